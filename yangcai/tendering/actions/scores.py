"""How does each member score, alone; and on which four grounds may a score still change?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.kernel.numbers import bare
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, blind, drafts
from yangcai.tendering.actions.evaluation import write_report
from yangcai.tendering.inputs import narrow
from yangcai.tendering.models import CorrectionGround, Criterion, EvaluationReport, OpenedBid, Score
from yangcai.tendering.rules import covers
from yangcai.tendering.rules.clarification import clarifications_settled
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.dialogue import last_offers_are_open
from yangcai.tendering.rules.evaluation import (
    abnormal,
    low_price,
    price_correction,
    responsiveness,
    score_correction,
    scores,
)
from yangcai.tendering.solicitations import solicitation


class ScoreRow(forms.Form):
    bid = forms.IntegerField(label=_("投标人"))
    criterion = forms.IntegerField(label=_("评审因素"))
    value = forms.DecimalField(label=_("得分"), max_digits=8, decimal_places=4)
    reason = TextField(label=_("理由"), required=False)


class Scores(Input):
    """Rows of bid × criterion; the form lists every pair."""

    rows = RowsField(ScoreRow, label=_("评分"), min_rows=1, max_rows=5000, blank=0)

    def scope(self) -> None:
        if not isinstance(self.subject, Lot) or solicitation(self.subject.case) is None:
            return  # without a document there is nothing to score, and the refusal says so
        pairs = self.pairs(self.subject)
        narrow(
            self.fields["rows"],
            bid=list({bid.pk: (bid.pk, blind.name_for(bid, self.by)) for bid, _c in pairs}.values()),
            criterion=list({c.pk: (c.pk, f"{c.title}（{bare(c.weight)}）") for _bid, c in pairs}.values()),
        )
        noted = self.noted(self.subject)
        self.fields["rows"].initial = [
            {"bid": bid.pk, "criterion": c.pk, **noted.get((bid.pk, c.pk), {})} for bid, c in pairs
        ]

    def noted(self, lot: Lot) -> dict[drafts.Pair, dict[str, Any]]:
        """What this member has noted for itself so far: the form begins with it."""
        member = seats.member_at(lot.case, self.by) if self.by is not None else None
        if member is None:
            return {}
        found = drafts.of_member(lot, member)
        return {
            pair: {"value": None if one.value is None else bare(one.value), "reason": one.reason}
            for pair, one in found.items()
        }

    def pairs(self, lot: Lot) -> list[tuple[OpenedBid, Criterion]]:
        """What this member has to score now."""
        member = seats.member_at(lot.case, self.by) if self.by is not None else None
        found = arithmetic.sheet(lot, member, now=self.now)
        places = {bid.pk: n for n, bid in enumerate(blind.in_order([bid for bid, _criterion in found], self.by))}
        return sorted(found, key=lambda pair: places[pair[0].pk])


@action(
    "scores.submit",
    zh="提交评分",
    en="Submit scores",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(
        seats.sits,
        scores.scores_are_asked,
        last_offers_are_open,
        covers.technical_is_open,
        scores.not_submitted,
        responsiveness.responsiveness_found,
        responsiveness.not_failed,
        price_correction.corrections_settled,
        low_price.low_prices_decided,
        clarifications_settled,
    ),
    checks=(scores.scores_complete, scores.scores_in_range, scores.extremes_have_reasons),
    input=Scores,
    sentence=("{post}提交了评分", "{post} submitted scores"),
    is_public=False,
    cites=(
        "committee.independence",
        "evaluation.total",
        "evaluation.extreme_reason",
        "cooperative_innovation.two_stages",
    ),
    hint=(
        "独立评分；全部评委提交前，任何人看不到他人的评分。提交后只能按四种法定情形更正",
        "Score alone: nobody sees another's scores before all are in. Afterwards only the four lawful corrections",
    ),
)
def submit_scores(lot: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Write one member's scores of every valid bid; from then on they are frozen."""
    member = seats.member_at(lot.case, by)
    Score.objects.bulk_create(
        Score(
            member=member,
            opened_bid_id=row["bid"],
            criterion_id=row["criterion"],
            value=row["value"],
            reason=row["reason"],
            at=now,
        )
        for row in rows
    )
    drafts.forget(lot, member)


class ReasonRow(forms.Form):
    bid = forms.IntegerField(label=_("投标人"))
    criterion = forms.IntegerField(label=_("评审因素"))
    reason = TextField(label=_("理由"))


class ExplainScores(Input):
    rows = RowsField(ReasonRow, label=_("评分理由"), min_rows=1, max_rows=5000, blank=1)

    def scope(self) -> None:
        """What the member may be asked about: its own scores where there is something to judge."""
        if not isinstance(self.subject, Lot) or solicitation(self.subject.case) is None:
            return
        bids = arithmetic.outcome(self.subject, now=self.now).valid
        criteria = [c for c in arithmetic.scored_criteria(self.subject) if not c.is_objective]
        narrow(
            self.fields["rows"],
            bid=[(bid.pk, blind.name_for(bid, self.by)) for bid in bids],
            criterion=[(c.pk, c.title) for c in criteria],
        )


@action(
    "scores.explain",
    zh="说明评分理由",
    en="Give reasons for scores",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(seats.sits, scores.scores_are_asked, scores.all_submitted, score_correction.not_signed_by_all),
    checks=(score_correction.one_reason_per_score,),
    input=ExplainScores,
    sentence=("{post}说明了评分理由", "{post} gave reasons for scores"),
    is_public=False,
    cites=("evaluation.corrections", "committee.independence"),
    hint=(
        "评分不变，只补充理由；已经汇总的，评审结果连同理由重新汇总，已有签名作废",
        "The scores stay, reasons are added; a computed result is computed anew, and earlier signatures lapse",
    ),
)
def explain_scores(lot: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Reasons beside the member's own scores; what the members sign has them in it."""
    member = seats.member_at(lot.case, by)
    for row in rows:
        own = Score.objects.filter(member=member, opened_bid_id=row["bid"], criterion_id=row["criterion"])
        own.update(reason=row["reason"])
    latest = arithmetic.latest_report(lot)
    if latest is not None:
        write_report(lot, now=now, correction_ground=latest.overtaken_ground or latest.correction_ground)


class CorrectScores(Scores):
    ground = forms.ChoiceField(label=_("更正情形"), choices=CorrectionGround.choices)

    field_order = ("ground", "rows")

    def pairs(self, lot: Lot) -> list[tuple[OpenedBid, Criterion]]:
        """Whatever may have been scored."""
        valid = arithmetic.outcome(lot, now=self.now).valid
        return [(bid, one) for bid in valid for one in arithmetic.scored_criteria(lot)]

    def scope(self) -> None:
        super().scope()
        self.fields["rows"].initial = []
        self.fields["rows"].widget.blank = 1


@action(
    "scores.correct",
    zh="评分更正",
    en="Correct scores",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(seats.sits, scores.scores_are_asked, score_correction.report_unsigned),
    checks=(
        score_correction.ground_is_given,
        abnormal.found_by_the_committee,
        scores.scores_in_range,
        score_correction.abnormal_has_reasons,
    ),
    input=CorrectScores,
    sentence=("{post}按法定情形更正了评分", "{post} corrected scores on a lawful ground"),
    is_public=False,
    cites=("evaluation.corrections", abnormal.KEY, abnormal.UNANIMOUS),
    hint=(
        "只限四种法定情形，评分畸高、畸低的须先经评标委员会认定；更正后评审结果重新汇总，已有签名作废",
        "Only on the four lawful grounds; a score is abnormally high or low only once the committee has found so. The"
        " result is computed anew and earlier signatures lapse",
    ),
)
def correct_scores(
    lot: Lot, *, by: Any, now: datetime.datetime, ground: str, rows: list[dict[str, Any]]
) -> EvaluationReport:
    """Change the member's own scores and write the next revision of the report, with the ground. Where another bid goes
    on by it, that one has to be scored first: the earlier report is marked as overtaken, and the next revision, written
    when the points are in, has the ground."""
    member = seats.member_at(lot.case, by)
    for row in rows:
        Score.objects.filter(member=member, opened_bid_id=row["bid"], criterion_id=row["criterion"]).update(
            value=row["value"], reason=row["reason"], at=now
        )
    latest = arithmetic.latest_report(lot)
    if latest is not None and any(not scores.has_submitted(lot, seat) for seat in arithmetic.seated(lot)):
        latest.overtaken_ground = ground
        latest.save(update_fields=["overtaken_ground"])
        return latest
    return write_report(lot, now=now, correction_ground=ground)
