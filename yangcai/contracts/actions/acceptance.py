"""What was delivered, and did it pass? The supplier reports, the buyer accepts, never the person who signed."""

import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.contracts.models import Acceptance, AcceptanceItem, Contract, Delivery, Milestone
from yangcai.contracts.rules import acceptance as rules
from yangcai.contracts.rules import compensation
from yangcai.contracts.rules import contract as of_contract
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, DocumentField, Input, RowsField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


class ReportDelivery(Input):
    delivered_on = DateField(label=_("交付日期"))
    note = TextField(label=_("说明"), lines=3, required=False)
    document = DocumentField(label=_("交付凭证"), required=False)


@action(
    "delivery.report",
    zh="报告交付",
    en="Report delivery",
    on=Milestone,
    by={Role.SUPPLIER},
    needs=(rules.contract_runs, rules.something_to_deliver, rules.not_accepted_yet, compensation.not_settled),
    checks=(rules.delivered_in_time_span,),
    input=ReportDelivery,
    sentence=("{post}报告了交付", "{post} reported a delivery"),
    cites=("acceptance.by_buyer",),
)
def report_delivery(
    milestone: Milestone,
    *,
    by: Post,
    now: datetime.datetime,
    delivered_on: datetime.date,
    note: str,
    document: Document | None,
) -> Delivery:
    """The supplier says what was delivered and when; the agreed period of acceptance runs from that day."""
    delivery = Delivery.objects.create(
        contract=milestone.contract, milestone=milestone, delivered_on=delivered_on, note=note, reported_at=now
    )
    documents.attach(document, to=delivery, title=milestone.title, kind="delivery", by=by, now=now)
    return delivery


class ItemRow(forms.Form):
    item = TextField(label=_("验收事项"))
    result = TextField(label=_("验收情况"))
    passed = forms.BooleanField(label=_("合格"), required=False)


class RecordAcceptance(Input):
    milestone = forms.ModelChoiceField(
        label=_("付款节点"), queryset=Milestone.objects.none(), required=False, empty_label=_("整个合同")
    )
    is_final = forms.BooleanField(label=_("最终验收"), required=False, help_text=_("对整个合同的验收；合格后方可结项"))
    accepted_on = DateField(label=_("验收日期"))
    items = RowsField(
        ItemRow,
        min_rows=1,
        label=_("验收事项"),
        help_text=_("每一项技术、服务、安全标准各占一行；全部合格，本次验收才合格"),
    )
    members = TextField(label=_("验收小组"), lines=2, help_text=_("写明单位和岗位"))
    opinion = TextField(label=_("验收意见"), lines=4)
    for_public = forms.BooleanField(
        label=_("向社会公众提供的公共服务"), required=False, help_text=_("须有服务对象参与，验收结果向社会公告")
    )
    users_took_part = forms.BooleanField(label=_("服务对象参与验收"), required=False)
    report = DocumentField(label=_("验收书"))

    def scope(self) -> None:
        if self.subject is not None:
            milestone = cast(forms.ModelChoiceField, self.fields["milestone"])
            milestone.queryset = Milestone.objects.filter(contract=self.subject)


@action(
    "acceptance.record",
    zh="履约验收",
    en="Record acceptance",
    on=Contract,
    by={Role.BUYER_OFFICER},
    needs=(
        of_contract.signed,
        of_contract.not_terminated,
        of_contract.not_closed,
        of_contract.nothing_holds_it_up,
        rules.not_finally_accepted,
        compensation.contract_not_settled,
    ),
    checks=(rules.acceptance_has_a_subject, rules.accepted_in_time_span, rules.users_take_part),
    input=RecordAcceptance,
    notice="acceptance",
    creates=True,
    sentence=("{post}登记了履约验收", "{post} recorded an acceptance"),
    not_same_person_as=("contract.sign",),
    cites=("acceptance.by_buyer", "acceptance.content", "acceptance.public_services"),
)
def record_acceptance(
    contract: Contract,
    *,
    by: Post,
    now: datetime.datetime,
    milestone: Milestone | None,
    is_final: bool,
    accepted_on: datetime.date,
    items: list[dict[str, Any]],
    members: str,
    opinion: str,
    for_public: bool,
    users_took_part: bool,
    report: Document,
) -> Acceptance:
    """Write the acceptance certificate, item by item; it passed when every item did (条例 art. 45).

    The notice is published only for services to the public (`for_public`).
    """
    acceptance = Acceptance.objects.create(
        contract=contract,
        milestone=milestone,
        is_final=is_final,
        passed=all(row["passed"] for row in items),
        accepted_on=accepted_on,
        for_public=for_public,
        users_took_part=users_took_part,
        opinion=opinion,
        members=members,
        report=report,
        at=now,
    )
    AcceptanceItem.objects.bulk_create([AcceptanceItem(acceptance=acceptance, **row) for row in items])
    documents.attach(report, to=acceptance, title="验收书", kind="acceptance", by=by, now=now)
    return acceptance
