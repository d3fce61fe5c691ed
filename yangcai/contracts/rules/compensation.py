"""May the costs of research that ends without its goal be settled, and are they paid?"""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils import translation

from yangcai import law, procedures
from yangcai.cases.actions import chinese
from yangcai.cases.rules import applicable
from yangcai.contracts import standing
from yangcai.contracts.models import Amendment, Contract, Milestone, MilestoneDue, TerminationGround
from yangcai.contracts.rules import contract as of_contract
from yangcai.contracts.rules.payment import agreed_share, compensates
from yangcai.kernel import money
from yangcai.kernel.refusals import Refusal
from yangcai.law.figures.compensation import compensation
from yangcai.parties.models import Post

RULE = "cooperative_innovation.termination"


def pays_costs_on_acceptance(milestone: Milestone, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """研发成本补偿: neither an advance nor an incentive, and under a contract for research alone."""
    if compensates(milestone) and milestone.due_on == MilestoneDue.ACCEPTANCE:
        return None
    return law.refusal(
        RULE,
        code="no_costs_to_settle",
        zh="该付款节点不是验收后支付的研发成本补偿，不适用终止研发的成本补偿",
        en="This milestone is no compensation of research costs that waits for acceptance",
        **applicable(milestone.root, now=now),
    )


def not_settled(milestone: Milestone, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Once settled, nothing of it is delivered, and it is not settled again."""
    return contract_not_settled(milestone.contract, by=by, now=now)


def contract_not_settled(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Research that has ended is neither delivered nor accepted: its costs are paid, and the contract is ended."""
    if standing.settlement_under(contract) is None:
        return None
    return law.refusal(
        RULE,
        code="research_has_ended",
        zh="研发已经终止并约定了成本补偿，不再交付、验收",
        en="The research has ended and its costs are settled: nothing more is delivered or accepted",
        **applicable(contract.case, now=now),
    )


def ending_is_lawful(
    milestone: Milestone, *, by: Post, now: datetime.datetime, ending: str, **_: Any
) -> Refusal | None:
    """On the grounds of research alone; a missed milestone is one whose acceptance failed."""
    found = of_contract.research_may_end(milestone.contract, by=by, now=now, ground=ending)
    return replace(found, field="ending") if found is not None else None


def within_the_agreed_share(
    milestone: Milestone, *, by: Post, now: datetime.datetime, eligible_cost: Decimal, amount: Decimal, **_: Any
) -> Refusal | None:
    """按合同约定补偿: the agreed share of what research really cost, and never more than the contract has for it."""
    case = milestone.contract.case
    rate = agreed_share(case)
    most = min(compensation(eligible_cost=eligible_cost, agreed_rate=rate), milestone.amount)
    if amount <= most:
        return None
    return law.refusal(
        procedures.get(case.procedure).compensates,
        code="above_the_compensation",
        zh="实际研发成本 {cost} 元，约定比例 {rate}，该节点限额 {limited} 元，最多补偿 {most} 元",
        en="Of a cost of {cost} yuan at the agreed share of {rate}, within the {limited} yuan of this milestone,"
        " at most {most} yuan are compensated",
        field="amount",
        cost=money.figures(eligible_cost),
        rate=f"{rate:.2%}",
        limited=money.figures(milestone.amount),
        most=money.figures(most),
        **applicable(case, now=now),
    )


def signed_in_the_past(
    milestone: Milestone, *, by: Post, now: datetime.datetime, signed_on: datetime.date, **_: Any
) -> Refusal | None:
    return of_contract.signed_in_the_past(milestone.contract, by=by, now=now, signed_on=signed_on)


def is_compensated(settlement: Amendment) -> bool:
    """Whether all that was settled is paid."""
    milestone = settlement.settles
    assert milestone is not None and settlement.settled_amount is not None
    paid = standing.total(milestone.payment_requests.filter(paid_at__isnull=False))
    return paid >= settlement.settled_amount


#: On which grounds somebody is at fault, and pays for it (政府采购法 art. 50); on no other ground is anybody.
AT_FAULT = frozenset({TerminationGround.BREACH, TerminationGround.MILESTONE_MISSED})
#: What neither side settles: the public interest, and what an authority or a court decides.
ABOVE_BOTH = frozenset({TerminationGround.PUBLIC_INTEREST, TerminationGround.DECISION})


def ends_as_it_was_settled(
    contract: Contract, *, by: Post, now: datetime.datetime, ground: str, **_: Any
) -> Refusal | None:
    """What both sides signed says whether anybody was at fault, and the compensation rests on it: the contract does not
    end on a ground that says otherwise (政府采购法 art. 50; 财库〔2024〕13号)."""
    settled = standing.settlement_under(contract)
    if settled is None or ground in ABOVE_BOTH or (settled.ending in AT_FAULT) == (ground in AT_FAULT):
        return None
    named = TerminationGround(settled.ending)
    return law.refusal(
        RULE,
        code="not_as_settled",
        zh="研发成本补偿按“{settled}”约定，{fault}，不能以“{ground}”解除合同",
        en="The costs were settled on another ground, “{settled_en}”, by which {fault_en}: the contract cannot end on"
        " this one",
        field="ground",
        settled=chinese(named.label),
        settled_en=_english(named.label),
        ground=chinese(TerminationGround(ground).label),
        fault="属供应商一方的原因" if named in AT_FAULT else "双方均无过错",
        fault_en="the supplier is at fault" if named in AT_FAULT else "nobody is at fault",
        **applicable(contract.case, now=now),
    )


def _english(label: Any) -> str:
    with translation.override("en"):
        return str(label)


def settled_alike(milestone: Milestone, *, by: Post, now: datetime.datetime, ending: str, **_: Any) -> Refusal | None:
    """One contract ends once: what was settled of one part of its costs says for all of them whether anybody was at
    fault, else it could end on no ground."""
    settled = standing.settlement_under(milestone.contract)
    if settled is None or (settled.ending in AT_FAULT) == (ending in AT_FAULT):
        return None
    return law.refusal(
        RULE,
        code="settled_otherwise",
        zh="本合同的另一笔研发成本已经按“{settled}”约定补偿，同一合同只能以同一过错认定终止",
        en="Other costs of this contract were settled on the ground “{settled_en}”: one contract ends with one finding"
        " of fault",
        field="ending",
        settled=chinese(TerminationGround(settled.ending).label),
        settled_en=_english(TerminationGround(settled.ending).label),
        **applicable(milestone.contract.case, now=now),
    )


def settlement_is_published(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """What was settled is a change of the contract, and is public before the contract ends by it."""
    settled = standing.settlement_under(contract)
    if settled is None or settled.published_at is not None:
        return None
    return law.refusal(
        "contract.amendment_publish",
        code="settlement_unpublished",
        zh="成本补偿约定尚未公告，公告后再解除合同",
        en="What was settled of the costs is not published yet: publish it, then end the contract",
        **applicable(contract.case, now=now),
    )


def compensation_is_paid(
    contract: Contract, *, by: Post, now: datetime.datetime, ground: str, **_: Any
) -> Refusal | None:
    """按合同约定补偿 before the money that is left goes back: ended, the contract pays nothing more. It is paid on the
    supplier's invoice; where that never comes, an authority or a court decides what is still owed, and no supplier
    keeps a contract open by its silence."""
    settled = standing.settlement_under(contract)
    if settled is None or is_compensated(settled) or ground == TerminationGround.DECISION:
        return None
    return law.refusal(
        RULE,
        code="compensation_unpaid",
        zh="研发成本补偿 {amount} 元尚未付清，付清后再解除合同；供应商经催告仍不开具发票的，按财政部门处理决定、仲裁"
        "裁决或者法院判决解除",
        en="The compensation of {amount} yuan is not wholly paid: pay it, then end the contract. Where the supplier"
        " sends no invoice though it was asked to, it ends by what the treasury, an arbitrator or a court decides",
        field="ground",
        amount=money.figures(settled.settled_amount or money.ZERO),
        **applicable(contract.case, now=now),
    )
