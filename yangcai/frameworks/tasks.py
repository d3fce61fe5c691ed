"""What is due in a framework agreement, from its terms to its summary, and on a plan that is to be called off?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai import law, procedures
from yangcai.cases.models import Case, Lot, LotOutcome, Stage
from yangcai.cases.rules import applicable, runner
from yangcai.frameworks.models import CallOff, Entrant, EntryRequest, Framework, OutsideOffer, Replacement, Way
from yangcai.frameworks.rules import approval
from yangcai.frameworks.rules.agreement import convener, decides
from yangcai.frameworks.rules.call_off import is_free
from yangcai.frameworks.rules.terms import is_closed
from yangcai.kernel import calendar, tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.tendering.models import PaymentTerm, Solicitation
from yangcai.tendering.rules.award import decide_since

#: Way -> the Action by which a plan is called off.
ACTIONS = {
    Way.DIRECT: "call_off.choose",
    Way.ROTATION: "call_off.take_turn",
    Way.MINI_COMPETITION: "call_off.invite",
}


def _run(case: Case, code: str, subject: Any, *, since: datetime.datetime, clock: str = "") -> Due:
    """For whoever runs the first stage, by its clock where it has one."""
    role, organisation = runner(case)
    due_at = law.due_at(clock, since=since, **applicable(case, now=since)) if clock else None
    return Due(code, subject.ref, role, since, organisation_id=organisation, clock=clock, due_at=due_at)


@tasks.due_on(PlanItem)
def call_off(plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Due]:
    """A filed plan that is to be called off waits for its buyer."""
    if plan_item.procedure not in ACTIONS or not plan_item.filed_at or plan_item.cancelled_at:
        return
    if is_free(plan_item, by=None, now=now) is None:
        yield Due(
            ACTIONS[Way(plan_item.procedure)],
            plan_item.ref,
            Role.BUYER_OFFICER,
            plan_item.filed_at,
            organisation_id=plan_item.buyer_id,
        )


@tasks.due_on(Case)
def second_competition(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Once the prices lie open, the lowest is awarded."""
    if case.ended_at is not None or case.procedure != Way.MINI_COMPETITION:
        return
    for found in CallOff.objects.filter(lot__case=case, lot__outcome=LotOutcome.PENDING).select_related("lot__case"):
        if found.lot.stage_at(now) == Stage.AWARD:
            yield _run(case, "call_off.conclude", found.lot, since=case.opened_at)


@tasks.due_on(Case)
def first_stage(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Terms, call, entrants, signatures, filing, telling, requests and the summary."""
    if case.ended_at is not None or procedures.get(case.procedure).spends:
        return
    if case.published_at is None:
        yield from _preparation(case, now=now)
        return
    for lot in case.every_lot():
        if lot.outcome == LotOutcome.PENDING and lot.stage_at(now) == Stage.AWARD:
            yield _entrants(case, lot)
    for framework in Framework.objects.filter(lot__case=case).select_related("lot__case"):
        yield from _agreement(case, framework)
    yield from _running(case, now=now)
    for request in EntryRequest.objects.filter(framework__lot__case=case, answered_at__isnull=True):
        yield _run(case, "entry.answer", request, since=request.asked_at, clock="C39")


def _entrants(case: Case, lot: Lot) -> Due:
    """As a tender's winner, within five working days of the report (art. 9 with 87号令 art. 68); nothing is deemed."""
    since = decide_since(lot)
    clock: dict[str, Any] = {}
    if since is not None:
        clock = {"clock": "C37a", "due_at": law.due_at("C37a", since=since, **applicable(case, now=since))}
    begun = since or case.published_at or case.opened_at
    role, organisation = decides(case)
    return Due("entrants.determine", lot.ref, role, begun, organisation_id=organisation, **clock)


def _preparation(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    if case.stage_at(now) != Stage.PREPARATION:
        return
    written = set(Framework.objects.filter(lot__case=case).values_list("lot_id", flat=True))
    lacking = [lot for lot in Lot.objects.filter(case=case).order_by("pk") if lot.pk not in written]
    for lot in lacking:
        yield _run(case, "framework.define", lot, since=case.opened_at)
    if not lacking:
        yield from _approval(case, now=now)
    confirmed = Solicitation.objects.filter(case=case, confirmed_at__isnull=False).first()
    terms = PaymentTerm.objects.filter(case=case).exists()
    if not is_closed(case) and confirmed is not None and terms and not lacking:
        yield _run(case, "framework.call", case, since=confirmed.confirmed_at or case.opened_at)


def _running(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Replacements wait for the convener; a lower price outside for its entrant, then for its buyer (art. 16, 37).
    Of an entrant that has left nothing is waited for."""
    of_those_in = {"entrant__framework__lot__case": case, "entrant__left_at__isnull": True}
    for one in Replacement.objects.filter(**of_those_in, answered_at__isnull=True):
        yield _run(case, "replacement.answer", one, since=one.asked_at)
    open_ones = OutsideOffer.objects.filter(entrant__framework__lot__case=case, concluded_at__isnull=True)
    for offer in open_ones.select_related("entrant", "plan_item__appropriation"):
        if not offer.is_settled_at(now):
            if offer.entrant.left_at is not None:
                continue
            supplier = offer.entrant.supplier_id
            yield Due("outside_offer.answer", offer.ref, Role.SUPPLIER, offer.reported_at, organisation_id=supplier)
        elif is_free(offer.plan_item, by=None, now=now) is None:
            buyer = offer.plan_item.buyer_id
            since = offer.answered_at or offer.answer_by_at
            yield Due("outside_offer.conclude", offer.ref, Role.BUYER_OFFICER, since, organisation_id=buyer)


def _approval(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """The scheme is sent in by whoever runs the case, and waits for the treasury or for the unit above (art. 5, 8)."""
    asked = approval.last(case)
    if asked is not None and asked.is_open:
        unit = asked.consent_by_id
        role = Role.BUYER_REVIEWER if unit else Role.TREASURY
        yield Due("framework_approval.decide", asked.ref, role, asked.applied_at, organisation_id=unit)
    elif approval.is_given(case, now=now) is not None:
        yield _run(case, "framework_approval.apply", case, since=case.opened_at)


tasks.NOT_BEFORE.add("framework.summarise")


def _agreement(case: Case, framework: Framework) -> Iterator[Due]:
    """Both signatures (C37); then filing (C38), telling (C38b) and, when it is over, the summary (C42)."""
    for entrant in Entrant.objects.filter(framework=framework, signed_at__isnull=True, left_at__isnull=True):
        since = entrant.entered_at
        clock: dict[str, Any] = {
            "clock": "C37",
            "due_at": law.due_at("C37", since=since, **applicable(case, now=since)),
        }
        if entrant.convener_signed_at is None:
            role, organisation = convener(case)
            yield Due("agreement.sign", entrant.ref, role, since, organisation_id=organisation, **clock)
        if entrant.supplier_signed_at is None:
            role, organisation = Role.SUPPLIER, entrant.supplier_id
            yield Due("agreement.sign", entrant.ref, role, since, organisation_id=organisation, **clock)
    if framework.begins_on is None or framework.ends_on is None:
        return
    begun = calendar.start_of(framework.begins_on)
    if framework.filed_at is None:
        yield _run(case, "framework.file", framework, since=begun, clock="C38")
    if framework.told_at is None and is_closed(case):
        yield _run(case, "framework.tell", framework, since=begun, clock="C38b")
    if framework.summarised_at is None:
        over = calendar.start_of(framework.ends_on + datetime.timedelta(days=1))
        yield _run(case, "framework.summarise", framework, since=over, clock="C42")
