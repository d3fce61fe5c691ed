"""Why can this delivery not be reported, this acceptance not be recorded, this contract not be closed?"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases.rules import applicable
from yangcai.contracts import standing
from yangcai.contracts.models import Contract, Milestone, MilestoneDue
from yangcai.contracts.rules import contract as of_contract
from yangcai.kernel import calendar, money
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Post


def contract_runs(milestone: Milestone, *, by: Post, now: datetime.datetime) -> list[Refusal]:
    """The milestone's contract is signed and has not ended."""
    rules = (of_contract.signed, of_contract.not_terminated, of_contract.not_closed)
    return [refusal for rule in rules if (refusal := rule(milestone.contract, by=by, now=now))]


def something_to_deliver(milestone: Milestone, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if milestone.due_on != MilestoneDue.SIGNATURE:
        return None
    return law.refusal(
        "acceptance.by_buyer",
        code="nothing_to_deliver",
        zh="“{title}”是合同签订后的预付款，没有可交付的内容",
        en="“{title}” is an advance due on signature: there is nothing to deliver",
        title=Written(milestone.title),
        **applicable(milestone.root, now=now),
    )


def not_accepted_yet(milestone: Milestone, *, by: Post, now: datetime.datetime) -> Refusal | None:
    accepted = standing.acceptance_of(milestone)
    if accepted is None:
        return None
    return law.refusal(
        "acceptance.by_buyer",
        code="already_accepted",
        zh="“{title}”已于 {accepted_on} 验收合格",
        en="“{title}” was accepted on {accepted_on}",
        title=Written(milestone.title),
        accepted_on=accepted.accepted_on,
        **applicable(milestone.root, now=now),
    )


def delivered_in_time_span(
    milestone: Milestone, *, by: Post, now: datetime.datetime, delivered_on: datetime.date, **data: Any
) -> Refusal | None:
    return _between(milestone.contract, delivered_on, "delivered_on", ("交付日期", "The day of delivery"), now=now)


def accepted_in_time_span(
    contract: Contract, *, by: Post, now: datetime.datetime, accepted_on: datetime.date, **data: Any
) -> Refusal | None:
    return _between(contract, accepted_on, "accepted_on", ("验收日期", "The day of acceptance"), now=now)


def _between(
    contract: Contract, day: datetime.date, field: str, name: tuple[str, str], *, now: datetime.datetime
) -> Refusal | None:
    first, last = calendar.day_of(contract.signed_at or now), calendar.day_of(now)
    if first <= day <= last:
        return None
    return Refusal(
        "impossible_date",
        f"{name[0]}应在合同签订日 {first} 至今天 {last} 之间",
        f"{name[1]} must lie between the signing of the contract ({first}) and today ({last})",
        field=field,
    )


def not_finally_accepted(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    accepted = standing.final_acceptance(contract)
    if accepted is None:
        return None
    return law.refusal(
        "acceptance.by_buyer",
        code="already_accepted",
        zh="合同已于 {accepted_on} 最终验收合格",
        en="The whole contract was accepted on {accepted_on}",
        accepted_on=accepted.accepted_on,
        **applicable(contract.case, now=now),
    )


def acceptance_has_a_subject(
    contract: Contract,
    *,
    by: Post,
    now: datetime.datetime,
    milestone: Milestone | None,
    is_final: bool,
    **data: Any,
) -> Refusal | None:
    """Either one milestone or the whole contract; a milestone that is still open for acceptance."""
    if is_final and milestone is None:
        return None
    if not is_final and milestone is not None:
        return something_to_deliver(milestone, by=by, now=now) or not_accepted_yet(milestone, by=by, now=now)
    return law.refusal(
        "acceptance.by_buyer",
        code="acceptance_of_what",
        zh="请选择一个付款节点，或者勾选“最终验收”（二者取一）",
        en="Choose one milestone, or tick final acceptance: one of the two",
        field="milestone",
        **applicable(contract.case, now=now),
    )


def users_take_part(
    contract: Contract, *, by: Post, now: datetime.datetime, for_public: bool, users_took_part: bool, **data: Any
) -> Refusal | None:
    if not for_public or users_took_part:
        return None
    return law.refusal(
        "acceptance.public_services",
        code="users_not_invited",
        zh="向社会公众提供的公共服务项目，验收时应当邀请服务对象参与并出具意见",
        en="For services to the public the users must take part in the acceptance and give their opinion",
        field="users_took_part",
        **applicable(contract.case, now=now),
    )


# --- closing -----------------------------------------------------------------------------------------------------


def finally_accepted(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """无验收不结项."""
    if standing.final_acceptance(contract) is not None:
        return None
    return law.refusal(
        "control.no_acceptance_no_closing",
        code="no_final_acceptance",
        zh="本合同没有合格的最终验收，不得结项",
        en="This contract has no passed final acceptance and may not be closed",
        **applicable(contract.case, now=now),
    )


def no_open_invoice(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    waiting = standing.open_invoices(contract)
    if not waiting:
        return None
    return law.refusal(
        "control.no_acceptance_no_closing",
        code="unsettled",
        zh="发票 {numbers} 尚未支付，结清后才能结项",
        en="Invoice(s) {numbers} are not paid: settle them before closing",
        numbers="、".join(i.number for i in waiting),
        **applicable(contract.case, now=now),
    )


def remainder_explained(
    contract: Contract, *, by: Post, now: datetime.datetime, settlement: str, **data: Any
) -> Refusal | None:
    """Closing gives back what was committed and not paid; then the settlement says why less was paid than agreed."""
    left = contract.committed_fund.balance
    if not left or settlement:
        return None
    return law.refusal(
        "control.no_acceptance_no_closing",
        code="unsettled",
        zh="合同尚有 {left} 元未支付；确认不再支付的，请在结算说明中写明理由",
        en="{left} yuan of the contract are not paid; if they never will be, say why in the settlement note",
        field="settlement",
        left=money.figures(left),
        **applicable(contract.case, now=now),
    )
