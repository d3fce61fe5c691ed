"""Which bidders are qualified? Checked by the buyer or its agent in a tender (87号令 44), else by the committee."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.parties.roles import Role
from yangcai.procedures import every
from yangcai.tendering import blind, findings, method, standing
from yangcai.tendering.inputs import narrow
from yangcai.tendering.models import AwardLetter, ClauseKind, Finding
from yangcai.tendering.rules import qualification as rules
from yangcai.tendering.rules.clarification import clarifications_settled
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.prequalification.changes import changes_are_decided


class FindingRow(findings.Conclusion):
    bid = forms.IntegerField(label=_("投标人"))
    clause = forms.IntegerField(label=_("审查条款"))
    passed = forms.BooleanField(label=_("通过"), required=False)
    reason = TextField(label=_("不通过的理由"), required=False)
    page = TextField(label=_("页码"), required=False, max_length=60)


class RecordFindings(Input):
    """Rows of bid × clause; the form lists every pair, with what has been found so far."""

    kind: str
    step: str
    rows = RowsField(FindingRow, label=_("审查结论"), min_rows=1, max_rows=5000, blank=0)

    def scope(self) -> None:
        if not isinstance(self.subject, Lot):
            return
        bids = blind.in_order(self.bids(), self.by)
        clauses = standing.examined(self.subject, self.kind)
        narrow(
            self.fields["rows"],
            bid=[(bid.pk, blind.name_for(bid, self.by)) for bid in bids],
            clause=[(clause.pk, clause.text) for clause in clauses],
        )
        found = {(f.opened_bid_id, f.clause_id): f for bid in bids for f in bid.findings.all()}
        pairs = [(bid.pk, clause.pk) for bid in bids for clause in clauses]
        self.fields["rows"].initial = findings.so_far("bid", pairs, found=found)

    def bids(self) -> list[Any]:
        return standing.opened(self.subject)


class RecordQualification(RecordFindings):
    kind = ClauseKind.QUALIFICATION


@action(
    "qualification.record",
    zh="记录资格审查",
    en="Record the qualification check",
    on=Lot,
    by={Role.BUYER_OFFICER, Role.AGENT, Role.EXPERT},
    at={Stage.QUALIFICATION, Stage.EVALUATION},
    needs=(rules.is_mine_to_check, rules.is_checked_now, rules.something_to_check, seats.sits, seats.chairs),
    input=RecordQualification,
    checks=(rules.one_finding_per_pair,),
    sentence=("{post}记录了资格审查结论", "{post} recorded the qualification check"),
    is_public=False,
    cites=(
        "qualification.by_buyer",
        "qualification.conditions",
        "qualification.credit_check",
        "prequalification.not_repeated",
    ),
    hint=(
        "逐家逐项记录；被列入三类失信名单的供应商由系统自动认定为不合格",
        "Bid by bid and clause by clause; suppliers on the three credit lists are found unqualified automatically",
    ),
)
def record_qualification(lot: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Write the findings; they can be revised until the check is concluded."""
    findings.write_findings(Finding, rows, opened_bid="bid", now=now)


@action(
    "qualification.conclude",
    zh="完成资格审查",
    en="Conclude the qualification check",
    on=Lot,
    by={Role.BUYER_OFFICER, Role.AGENT, Role.EXPERT},
    at={Stage.QUALIFICATION},
    needs=(
        rules.is_mine_to_check,
        seats.sits,
        seats.chairs,
        clarifications_settled,
        changes_are_decided,
        rules.all_qualification_found,
        rules.enough_qualified,
    ),
    sentence=("{post}完成了资格审查", "{post} concluded the qualification check"),
    cites=("qualification.by_buyer", *every(Stage.QUALIFICATION, "bidders")),
)
def conclude_qualification(lot: Lot, *, by: Any, now: datetime.datetime) -> None:
    """Fix who is qualified and go on as the method does; whoever is out of a dialogue is told why at once. With too few
    the lot is declared unsuccessful instead."""
    out = standing.record(lot, through=rules.through(lot))
    if rules.through(lot) == standing.RESPONSIVENESS:
        for one in out:
            AwardLetter.objects.create(
                lot=lot, supplier=one.bid.supplier, is_winner=False, reason=one.reason, issued_at=now
            )
    periods.advance(lot.case, to=method.follows(lot.case, Stage.QUALIFICATION), at=now, lot=lot)
