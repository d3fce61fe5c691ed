"""What stands at each of the eight stages of purchasing at a moment? One query each: its count and its list agree."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from yangcai.cases.models import Award, Case, CaseEnd, Lot, LotOutcome, Period, Stage
from yangcai.contracts.models import Acceptance, Contract
from yangcai.planning.models import Intention, PlanItem

#: Where offers are judged, in whatever order a method does it.
JUDGING = (Stage.QUALIFICATION, Stage.DIALOGUE, Stage.FINAL_OFFER, Stage.EVALUATION, Stage.AWARD)


def intentions(now: datetime.datetime) -> QuerySet[Intention]:
    """Made public, and nothing planned on them yet."""
    found = Intention.objects.filter(published_at__lte=now, withdrawn_at=None, plan_items=None)
    return found.select_related("appropriation__buyer").order_by("-published_at", "-pk")


def plans(now: datetime.datetime) -> QuerySet[PlanItem]:
    """Filed, and no purchase on them announced that goes on or came to its end. Plans are not public: a number is."""
    announced = Case.objects.filter(plan_item=OuterRef("pk"), published_at__lte=now)
    standing = announced.filter(ended_at=None) | announced.filter(end_kind=CaseEnd.CLOSED)
    return PlanItem.objects.filter(~Exists(standing), filed_at__lte=now, cancelled_at=None)


def _running(*stages: str) -> Callable[[datetime.datetime], QuerySet[Case]]:
    def found(now: datetime.datetime) -> QuerySet[Case]:
        inside = Period.objects.filter(case=OuterRef("pk"), stage__in=stages, opens_at__lte=now)
        inside = inside.exclude(closes_at__lte=now)
        cases = Case.objects.filter(Exists(inside), published_at__lte=now, ended_at=None)
        return cases.select_related("buyer").prefetch_related("periods").order_by("-published_at", "-pk")

    return found


def to_sign(now: datetime.datetime) -> QuerySet[Lot]:
    """Announced winners whose contract is not signed, or not told yet: that it was is told by its notice."""
    announced = Award.objects.filter(lot=OuterRef("pk"), announced_at__lte=now, refused_at=None)
    signed = Contract.objects.filter(award__lot=OuterRef("pk"), published_at__lte=now)
    lots = Lot.objects.filter(Exists(announced), ~Exists(signed), outcome=LotOutcome.AWARDED, case__ended_at=None)
    return lots.select_related("case__buyer").order_by("-outcome_at", "-pk")


def _contracts(now: datetime.datetime) -> QuerySet[Contract]:
    found = Contract.objects.filter(published_at__lte=now, closed_at=None, terminated_at=None)
    return found.select_related("case", "buyer", "supplier").order_by("-published_at", "-pk")


def to_accept(now: datetime.datetime) -> QuerySet[Contract]:
    """Published contracts without their final acceptance."""
    return _contracts(now).filter(~Exists(Acceptance.objects.filter(contract=OuterRef("pk"), is_final=True)))


def to_pay(now: datetime.datetime) -> QuerySet[Contract]:
    """Published contracts that were accepted and are not settled."""
    passed = Acceptance.objects.filter(contract=OuterRef("pk"), is_final=True, passed=True)
    return _contracts(now).filter(Exists(passed))


#: In the order in which a purchase comes to them.
STAGES: dict[str, Callable[[datetime.datetime], QuerySet[Any]]] = {
    "intention": intentions,
    "plan": plans,
    "bidding": _running(Stage.INVITATION, Stage.SUBMISSION),
    "opening": _running(Stage.OPENING),
    "judging": _running(*JUDGING),
    "contract": to_sign,
    "acceptance": to_accept,
    "payment": to_pay,
}
#: What can be listed: all but the plans.
LISTED = tuple(code for code in STAGES if code != "plan")


def counts(now: datetime.datetime) -> dict[str, int]:
    """How many stand at each stage."""
    return {code: found(now).count() for code, found in STAGES.items()}
