"""May lots that failed give their budgets back, while the other lots of their case go on?"""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from yangcai import law
from yangcai.cases import suspensions
from yangcai.cases.models import Case, Lot, LotOutcome
from yangcai.cases.rules import applicable, begins_by_itself, beyond_calendar, has_its_own_file, refuse
from yangcai.kernel import calendar
from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import PlanItem
from yangcai.tendering.models import AwardLetter

FAILED = (LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED)
#: functions(lot) by which later apps say when an objection to its failure was last answered; None where none was
LAST_ANSWERS: list[Callable[[Lot], datetime.date | None]] = []
#: functions(lot, now) by which later apps say why its failure is not final: an objection waits for its answer
STILL_EXAMINED: list[Callable[..., Refusal | None]] = []


def live_case(plan_item: PlanItem) -> Case | None:
    """The published case that runs on the plan."""
    return Case.objects.filter(plan_item=plan_item, published_at__isnull=False, ended_at__isnull=True).first()


def failed_lots(plan_item: PlanItem) -> list[Lot]:
    """The lots of the live case that failed and have not given their budgets back, in their order; none where the plan
    reserves nothing, as that of a framework agreement."""
    if not plan_item.spends:
        return []
    return list(
        Lot.objects.filter(
            case__plan_item=plan_item,
            case__published_at__isnull=False,
            case__ended_at__isnull=True,
            outcome__in=FAILED,
            releases__isnull=True,
        )
        .select_related("case")
        .order_by("pk")
    )


def remedies_end(
    lot: Lot, *, now: datetime.datetime, answered_on: datetime.date | None = None
) -> datetime.datetime | None:
    """Until when suppliers may have the failure of a lot examined: an objection within clock C28 of being told; after
    an answer to one, a complaint within its own time (政府采购法 art. 52, 55). Later by as long as the case stood
    still, None while it does. Raises HorizonError past the calendar."""
    case = lot.case
    on = applicable(case, now=now)
    letters = AwardLetter.objects.filter(lot=lot).order_by("-issued_at").values_list("issued_at", flat=True)
    told = max([one for one in (lot.outcome_at, *letters[:1]) if one is not None], default=now)
    answered_on = max(filter(None, [answered_on, *(last(lot) for last in LAST_ANSWERS)]), default=None)
    ends = law.due("C28", start=calendar.day_of(told), **on)
    since = told
    if answered_on is not None:
        days = law.cited("complaint.file", **on)
        last = calendar.due_on(answered_on, days.value, days.unit, region=case.jurisdiction)
        if calendar.end_of(last) > ends:
            ends, since = calendar.end_of(last), calendar.start_of(answered_on)
    return suspensions.runs_out(case, ends, since=since, now=now)


def has_failed_lots(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only a lot that failed while others go on; a case that ended as a whole is procured again as a whole."""
    if failed_lots(subject):
        return None
    case = live_case(subject)
    if not begins_by_itself(subject):
        return has_its_own_file(subject, by=by, now=now)
    if case is not None and not subject.spends:
        return refuse(
            "method.framework",
            code="nothing_is_reserved",
            zh="该采购计划不占用预算，没有预留可以解除：部分采购包废标的，请另行编制采购计划重新征集",
            en="This plan reserves nothing, so nothing is released: call for a failed lot again on another plan",
            **applicable(case, now=now),
        )
    if case is None:
        return Refusal(
            "no_live_case",
            "该采购计划没有进行中的采购项目，不必单独解除预留：项目废标或者终止的，请办理“重新采购”",
            "No case runs on this plan, so no lot has to be released: a case that failed is procured again",
        )
    return refuse(
        "evaluation.retender",
        code="no_failed_lot",
        zh="采购项目 {number} 没有尚未解除预留的废标采购包",
        en="No failed lot of case {number} still holds its budget",
        number=case.number,
        **applicable(case, now=now),
    )


def _still_open(lot: Lot, *, now: datetime.datetime, answered_on: datetime.date | None, field: str) -> Refusal | None:
    """Why the failure of one lot is not final yet."""
    on = applicable(lot.case, now=now)
    examined = next((found for asks in STILL_EXAMINED if (found := asks(lot, now=now))), None)
    if examined is not None:
        return examined
    try:
        ends = remedies_end(lot, now=now, answered_on=answered_on)
    except HorizonError as error:
        return beyond_calendar(error, field=field)
    if ends is None:
        return refuse(
            "complaint.suspend",
            code="case_suspended",
            zh="采购活动已经暂停，恢复之前不能解除采购包 {lot} 的预留",
            en="The case is suspended: the reservation of lot {lot} is not released before it is resumed",
            field=field,
            lot=lot.number,
            **on,
        )
    if now >= ends:
        return None
    last = calendar.day_of(ends - datetime.timedelta(microseconds=1))
    answered_on = answered_on or next(filter(None, (last(lot) for last in LAST_ANSWERS)), None)
    return refuse(
        "complaint.file" if answered_on else "objection.file",
        code="remedies_open",
        zh="采购包 {lot} 的废标结果在 {last} 之前（含当日）仍可{what}，期满后才能解除预留",
        en="The failure of lot {lot} can still be {what_en} up to and including {last}: its reservation is released"
        " after that",
        field=field,
        lot=lot.number,
        last=last,
        what="投诉" if answered_on else "质疑",
        what_en="complained of" if answered_on else "objected to",
        **on,
    )


def some_failure_is_final(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Said before the form: nothing can be released where every failure can still be objected to."""
    found = [_still_open(lot, now=now, answered_on=None, field="") for lot in failed_lots(subject)]
    if found and all(found):
        yield from (one for one in found if one)


def chosen_failures_are_final(
    subject: PlanItem, *, now: datetime.datetime, lots: Any, answered_on: datetime.date | None, **_: Any
) -> Iterator[Refusal]:
    """Each of the lots chosen: its window for objections, and after an answer to one that for complaints, is over."""
    for lot in lots:
        wrong = _still_open(lot, now=now, answered_on=answered_on, field="answered_on" if answered_on else "lots")
        if wrong is not None:
            yield wrong


def answer_is_of_this_failure(
    subject: PlanItem, *, now: datetime.datetime, lots: Any, answered_on: datetime.date | None, **_: Any
) -> Refusal | None:
    """An answer to an objection lies between the failure and today."""
    first = min((calendar.day_of(lot.outcome_at) for lot in lots if lot.outcome_at), default=None)
    if answered_on is None or first is None or first <= answered_on <= calendar.day_of(now):
        return None
    return Refusal(
        "answer_out_of_time",
        f"质疑答复日期应当在废标之日（{first}）至今日之间",
        f"An objection to this failure was answered between its day ({first}) and today",
        field="answered_on",
    )
