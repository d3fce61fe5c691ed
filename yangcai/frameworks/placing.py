"""How does a call-off become a purchase like any other: its case, its file, its award?"""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from yangcai.cases import periods
from yangcai.cases.actions import next_number
from yangcai.cases.models import Award, Candidate, Case, EvaluationMethod, Lot, LotOutcome, Stage
from yangcai.frameworks.models import AgreedConsumable, CallOff, Dealer, Framework, OutsideOffer
from yangcai.parties.models import Organisation
from yangcai.planning.models import PARTNERED, PlanItem
from yangcai.tendering.models import AwardLetter, InvitedBy, PaymentTerm, Solicitation

#: Why a price of a second competition does not count (110号令 art. 33).
VOID = (
    "报价高于本供应商的协议价格或者采购预算，或者本供应商（含联合体成员）已不在协议中、不得参加政府采购活动、与其他报价供应商存在"
    "直接控股或者管理关系、不符合预留份额的要求，报价无效"
)
#: Of the file of the first stage: what binds the contracts called off under it (合同文本, 110号令 art. 22, 33).
TERMS = (
    "contract_terms", "payment_days", "acceptance_days", "performance_security_rate", "industry", "bid_validity_days",
)  # fmt: skip


def begin(
    plan_item: PlanItem,
    *,
    framework: Framework,
    quantity: Decimal,
    need: str,
    delivery: str,
    now: datetime.datetime,
    ceiling: Decimal | None = None,
    outside_offer: OutsideOffer | None = None,
    consumable: AgreedConsumable | None = None,
    dealer: Dealer | None = None,
) -> CallOff:
    """A case of one lot that takes its terms from the agreement, published as it is opened."""
    case = Case.objects.create(
        number=next_number(now=now),
        title=plan_item.title,
        plan_item=plan_item,
        buyer=plan_item.buyer,
        procedure=plan_item.procedure,
        category=plan_item.category,
        classification=plan_item.classification,
        budget=plan_item.amount,
        set_aside=plan_item.set_aside,
        jurisdiction=plan_item.buyer.jurisdiction,
        opened_at=now,
        is_demo=settings.YANGCAI_SANDBOX,
    )
    lot = Lot.objects.create(
        case=case,
        number="1",
        title=consumable.item if consumable else framework.lot.title,
        budget=case.budget,
        ceiling=None if ceiling is None else min(ceiling, case.budget),
        evaluation_method=EvaluationMethod.LOWEST,
        set_aside=plan_item.set_aside,
        set_aside_share=plan_item.set_aside_share if plan_item.set_aside in PARTNERED else 0,
        for_small_micro=bool(plan_item.set_aside_small_micro),
    )
    agreed = Solicitation.objects.get(case=framework.lot.case)
    Solicitation.objects.create(
        case=case,
        requirement=need or agreed.requirement,
        delivery=delivery or agreed.delivery,
        invited_by=InvitedBy.ENTRANTS,
        documents_from=now,
        supply_closes_at=now,
        confirmed_at=now,
        **{name: getattr(agreed, name) for name in TERMS},
    )
    PaymentTerm.objects.bulk_create(
        PaymentTerm(case=case, number=term.number, title=term.title, percent=term.percent, due_on=term.due_on)
        for term in PaymentTerm.objects.filter(case=framework.lot.case)
    )
    case.law_as_of, case.published_at = timezone.localdate(now), now
    case.save(update_fields=["law_as_of", "published_at"])
    return CallOff.objects.create(
        lot=lot,
        framework=framework,
        way=plan_item.procedure,
        quantity=quantity,
        need=need,
        outside_offer=outside_offer,
        consumable=consumable,
        dealer=dealer,
    )


def award(
    call_off: CallOff,
    ranked: list[tuple[Organisation, Decimal]],
    *,
    now: datetime.datetime,
    void: Sequence[Organisation] = (),
) -> Award:
    """The first of those ranked gets the contract; result and letters go out with the Action that calls this. `void`:
    whose price did not count; they are told so."""
    lot = call_off.lot
    for supplier in void:
        AwardLetter.objects.create(lot=lot, supplier=supplier, is_winner=False, reason=VOID, issued_at=now)
    made = [
        Candidate.objects.create(lot=lot, supplier=supplier, rank=rank, amount=amount, at=now)
        for rank, (supplier, amount) in enumerate(ranked, start=1)
    ]
    for candidate in made:
        wins = candidate.rank == 1
        AwardLetter.objects.create(
            lot=lot,
            supplier=candidate.supplier,
            is_winner=wins,
            rank=candidate.rank,
            reason="" if wins else "报价不是最低",
            issued_at=now,
        )
    first = made[0]
    lot.outcome, lot.outcome_at = LotOutcome.AWARDED, now
    lot.save(update_fields=["outcome", "outcome_at"])
    return Award.objects.create(
        candidate=first,
        lot=lot,
        supplier=first.supplier,
        amount=first.amount,
        determined_at=now,
        announced_at=now,
    )


def at_once(call_off: CallOff, supplier: Organisation, amount: Decimal, *, now: datetime.datetime) -> Case:
    """Direct choice, rotation, and a lower price: the stage of award begins and ends with the one Action."""
    case = call_off.lot.case
    periods.open_period(case, stage=Stage.AWARD, opens_at=now, closes_at=now)
    award(call_off, [(supplier, amount)], now=now)
    return case
