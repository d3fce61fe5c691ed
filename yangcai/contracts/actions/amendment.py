"""How does a signed contract change or end early? By a supplement, on a lawful ground, or not at all."""

import datetime
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.contracts import standing
from yangcai.contracts.actions.closing import end_case_when_over
from yangcai.contracts.models import (
    Amendment,
    ChangeGround,
    Contract,
    Milestone,
    MilestoneDue,
    TerminationGround,
)
from yangcai.contracts.rules import compensation
from yangcai.contracts.rules import contract as rules
from yangcai.funds import actions as ledger
from yangcai.funds.models import Fund
from yangcai.kernel import calendar, documents, money
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, DocumentField, Input, MoneyField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.procedures import PROCEDURES


class AmendContract(Input):
    is_supplement = forms.BooleanField(
        label=_("补充合同"), required=False, help_text=_("追加与合同标的相同的货物、工程或者服务，其他条款不变")
    )
    ground = forms.ChoiceField(label=_("变更情形"), required=False, choices=[("", "—"), *ChangeGround.choices])
    clause = TextField(label=_("变更条款"))
    content = TextField(label=_("变更后内容"), lines=6)
    reason = TextField(label=_("理由"), lines=3)
    amount_change = MoneyField(label=_("增加金额（元）"), required=False, initial=money.ZERO)
    due_on = forms.ChoiceField(
        label=_("增加金额的付款条件"),
        required=False,
        choices=MilestoneDue.choices,
        initial=MilestoneDue.ACCEPTANCE,
    )
    contract_months = forms.IntegerField(
        label=_("延长后的合同期限（月）"),
        min_value=1,
        max_value=1200,
        required=False,
        help_text=_("延长研发合同期限的填写，含原合同期限"),
    )
    signed_on = DateField(label=_("签订日期"))
    document = DocumentField(label=_("双方签订的文件"))

    def scope(self) -> None:
        """The law limits the term of contracts for research; elsewhere nothing is asked about it."""
        if isinstance(self.subject, Contract):
            self.fields["contract_months"].disabled = not rules.term_is_limited(self.subject)

    def clean_amount_change(self) -> Decimal:
        return self.cleaned_data["amount_change"] or money.ZERO

    def clean_due_on(self) -> str:
        return self.cleaned_data["due_on"] or MilestoneDue.ACCEPTANCE.value


@action(
    "contract.amend",
    zh="变更合同",
    en="Amend the contract",
    on=Contract,
    by={Role.BUYER_OFFICER},
    needs=(rules.signed, rules.not_terminated, rules.not_closed),
    checks=(
        rules.supplement_within_share,
        rules.reservation_suffices,
        rules.money_only_by_supplement,
        rules.change_has_ground,
        rules.longer_term_is_lawful,
        rules.signed_in_the_past,
    ),
    input=AmendContract,
    sentence=("{post}变更了合同", "{post} amended the contract"),
    cites=(
        "contract.supplement",
        "contract.amendment_ground",
        *dict.fromkeys(key for one in PROCEDURES.values() for key in one.terms),
    ),
)
def amend_contract(
    contract: Contract,
    *,
    by: Post,
    now: datetime.datetime,
    is_supplement: bool,
    ground: str,
    clause: str,
    content: str,
    reason: str,
    amount_change: Decimal,
    due_on: str,
    contract_months: int | None,
    signed_on: datetime.date,
    document: Document,
) -> Amendment:
    """Write the amendment; what it adds becomes a milestone of its own and is committed from the reservation."""
    amendment = Amendment.objects.create(
        contract=contract,
        number=contract.amendments.count() + 1,
        is_supplement=is_supplement,
        ground=ground,
        clause=clause,
        content=content,
        reason=reason,
        amount_change=amount_change,
        contract_months=contract_months,
        signed_at=now if signed_on == calendar.day_of(now) else calendar.start_of(signed_on),
    )
    documents.attach(document, to=amendment, title=clause, kind="amendment", by=by, now=now)
    if amount_change:
        contract.amount += amount_change
        contract.save(update_fields=["amount"])
        last = contract.milestones.order_by("-number").first()
        Milestone.objects.create(
            contract=contract,
            number=(last.number if last else 0) + 1,
            title=clause,
            due_on=due_on,
            amount=amount_change,
            amendment=amendment,
        )
        ledger.commit(fund=contract.committed_fund, amount=amount_change, now=now, ground=amendment.ref)
    return amendment


@action(
    "amendment.publish",
    zh="公告合同变更",
    en="Publish the amendment",
    on=Amendment,
    by={Role.BUYER_OFFICER},
    needs=(rules.amendment_not_published,),
    notice="contract_change",
    sentence=("{post}发布了合同变更公告", "{post} published the contract change"),
    cites=("contract.amendment_publish",),
)
def publish_amendment(amendment: Amendment, *, by: Post, now: datetime.datetime) -> Amendment:
    """The change notice, within 2 working days of signing (财办库〔2023〕243号); owed even if it comes late."""
    amendment.published_at = now
    amendment.save(update_fields=["published_at"])
    return amendment


class TerminateContract(Input):
    ground = forms.ChoiceField(label=_("解除情形"), choices=[("", _("请选择")), *TerminationGround.choices])
    reason = TextField(label=_("理由"), lines=4)
    document = DocumentField(label=_("依据文件"), required=False)

    def scope(self) -> None:
        """Where the costs of research were settled, on what ground stands there already."""
        settled = standing.settlement_under(self.subject) if isinstance(self.subject, Contract) else None
        if settled is not None:
            self.fields["ground"].initial = settled.ending
            self.fields["ground"].help_text = _("成本补偿约定已经写明终止情形；解除情形与其一致")


@action(
    "contract.terminate",
    zh="解除合同",
    en="Terminate the contract",
    on=Contract,
    by={Role.BUYER_REVIEWER},
    needs=(rules.not_terminated, rules.not_closed, rules.nothing_in_payment, compensation.settlement_is_published),
    checks=(
        rules.may_be_terminated,
        rules.research_may_end,
        compensation.ends_as_it_was_settled,
        compensation.compensation_is_paid,
    ),
    input=TerminateContract,
    notice="contract_termination",
    sentence=("{post}解除了合同", "{post} terminated the contract"),
    cites=(
        "contract.amendment_ground",
        "contract.amendment_publish",
        "award.refused",
        "award.annulled",
        "cooperative_innovation.termination",
    ),
    hint=(
        "尚未支付的合同占用资金退回采购计划的预留资金；已签订的合同同时发布终止公告",
        "What is not paid goes back to the plan's reservation; of a signed contract the notice goes out at once",
    ),
    dangerous=True,
)
def terminate_contract(
    contract: Contract,
    *,
    by: Post,
    now: datetime.datetime,
    ground: str,
    reason: str,
    document: Document | None,
) -> Contract:
    """End the contract on a lawful ground (政府采购法 art. 50), give its unpaid commitment back, tell the public."""
    contract.terminated_at, contract.termination_ground, contract.termination_reason = now, ground, reason
    contract.save(update_fields=["terminated_at", "termination_ground", "termination_reason"])
    documents.attach(document, to=contract, title="解除合同依据", kind="termination", by=by, now=now)
    left = Fund.objects.get(pk=contract.committed_fund_id)
    if left.balance:
        ledger.release_commitment(fund=left, amount=left.balance, now=now, ground=contract.ref)
    if contract.signed_at is not None:
        end_case_when_over(contract.case, now=now)
    return contract
