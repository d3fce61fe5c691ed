"""Are the times of an invitation and of a correction lawful? Shortest periods, working days, extensions."""

import datetime
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.cases import periods
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable, beyond_calendar, intention_refusal, refuse
from yangcai.kernel import calendar
from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.refusals import Refusal
from yangcai.procedures import engine
from yangcai.tendering.method import has, said, step_of
from yangcai.tendering.models import Solicitation


def intention_precedes(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购意向 30 日 (财库〔2020〕10号); a case procured again rests on the first one's."""
    if subject.predecessor_id is not None:
        return None
    return intention_refusal(subject.plan_item, now=now, **applicable(subject, now=now))


def takes_bids(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What has no deadline for bids goes out by a call of its own (110号令 art. 38)."""
    if has(subject, Stage.SUBMISSION):
        return None
    return refuse(
        "framework.open_call",
        code="no_bids_here",
        zh="本采购方式不设投标截止时间，请发布开放式征集公告",
        en="This method has no deadline for bids: publish its standing call",
        **applicable(subject, now=now),
    )


def is_funded(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """无预算不采购: the lots are covered by what the plan has reserved, where the method spends anything at all."""
    if not subject.plan_item.spends:
        return None
    reserved = subject.plan_item.reserved_fund.balance
    wanted = sum(lot.budget for lot in subject.lots.all())
    if wanted <= reserved and not subject.plan_item.cancelled_at:
        return None
    return refuse(
        "control.no_budget_no_procurement",
        code="not_funded",
        zh="采购包预算合计 {wanted} 元，预留资金 {reserved} 元，不足以发布公告",
        en="The lots cost {wanted} yuan, but only {reserved} yuan are reserved: the invitation cannot be published",
        wanted=f"{wanted:,.2f}",
        reserved=f"{reserved:,.2f}",
        **applicable(subject, now=now),
    )


def times_are_in_order(
    subject: Case,
    *,
    now: datetime.datetime,
    documents_from: datetime.datetime | None,
    supply_closes_at: datetime.datetime,
    submission_closes_at: datetime.datetime,
    **_: Any,
) -> list[Refusal]:
    """The documents are supplied from the day of the notice on, and no longer than bids come in."""
    found = []
    if documents_from and timezone.localdate(documents_from) < timezone.localdate(now):
        found.append(
            refuse(
                step_of(subject, Stage.INVITATION).documents,
                code="documents_in_the_past",
                zh="采购文件的提供时间不得早于公告当日",
                en="The documents cannot be supplied from before the day of the notice",
                field="documents_from",
                **applicable(subject, now=now),
            )
        )
    if supply_closes_at > submission_closes_at:
        found.append(
            Refusal(
                "supply_after_submission",
                "采购文件的提供截止时间不得晚于投标截止时间",
                "The supply of documents cannot end after submission closes",
                field="supply_closes_at",
            )
        )
    return found


def supplied_long_enough(
    subject: Case,
    *,
    now: datetime.datetime,
    supply_closes_at: datetime.datetime,
    **_: Any,
) -> Refusal | None:
    """招标文件的提供期限不得少于 5 个工作日, counted from the notice: practice hands the file out from the next day
    for five working days, that day included (条例 art. 31; 87号令 art. 18)."""
    key, on = step_of(subject, Stage.INVITATION).documents, applicable(subject, now=now)
    return too_short(
        key,
        opens=now,
        closes=supply_closes_at,
        code="supply_too_short",
        field="supply_closes_at",
        **on,
    )


def submission_long_enough(
    subject: Case,
    *,
    now: datetime.datetime,
    documents_from: datetime.datetime | None,
    submission_closes_at: datetime.datetime,
    **_: Any,
) -> Refusal | None:
    """自招标文件开始发出之日起至投标截止之日止不得少于 20 日 (政府采购法 art. 35)."""
    key, on = step_of(subject, Stage.SUBMISSION).window, applicable(subject, now=now)
    return too_short(
        key,
        opens=documents_from or now,
        closes=submission_closes_at,
        code="submission_too_short",
        field="submission_closes_at",
        **on,
    )


def too_short(key: str, *, on: datetime.date, jurisdiction: str, field: str, **period: Any) -> Refusal | None:
    """A period that opens and closes then, against the rule on its shortest time, where that is in force."""
    if not key or not law.applies(key, on=on, jurisdiction=jurisdiction):
        return None
    try:
        return engine.too_short(key, on=on, jurisdiction=jurisdiction, field=field, **period)
    except HorizonError as error:
        return beyond_calendar(error, field=field)


def closes_on_a_working_day(
    subject: Case, *, now: datetime.datetime, submission_closes_at: datetime.datetime, **_: Any
) -> Refusal | None:
    """Bids close on a working day."""
    return on_a_working_day(subject, submission_closes_at, "submission_closes_at", now=now)


#: What falls on the day of a deadline, in both languages.
OPENING = ("投标截止和开标", "submission closes and bids are opened")


def on_a_working_day(
    case: Case, moment: datetime.datetime, field: str, *, now: datetime.datetime, what: tuple[str, str] = OPENING
) -> Refusal | None:
    """The opening takes place at the deadline, when people work (87号令 art. 39, 85)."""
    day = timezone.localdate(moment)
    try:
        if calendar.is_working_day(day, region=case.jurisdiction):
            return None
        later = calendar.roll(day, region=case.jurisdiction)
    except HorizonError as error:
        return beyond_calendar(error, field=field)
    return refuse(
        "calendar.last_day",
        code="not_a_working_day",
        zh="{day} 不是工作日；{what}应当在工作日，最近的工作日是 {later}",
        en="{day} is no working day; {what_en} on a working day, next on {later}",
        field=field,
        what=what[0],
        what_en=what[1],
        day=day,
        later=later,
        **applicable(case, now=now),
    )


# --- corrections ---------------------------------------------------------------------------------------------------


def changes_no_subject(
    subject: Case, *, now: datetime.datetime, changes_subject_or_qualification: bool, **_: Any
) -> Refusal | None:
    """澄清或者修改不得改变采购标的和资格条件 (87号令 art. 27): such a change needs a new tender."""
    if not changes_subject_or_qualification:
        return None
    return refuse(
        "correction.subject",
        code="subject_changed",
        zh="更正不得改变采购标的和资格条件；确需改变的，应当终止本次采购，修改采购文件后重新采购",
        en="A correction may not change what is bought or who qualifies: terminate, amend the document and procure"
        " again",
        field="changes_subject_or_qualification",
        **applicable(subject, now=now),
    )


def is_extended_enough(
    subject: Case,
    *,
    now: datetime.datetime,
    affects_bids: bool,
    new_submission_closes_at: datetime.datetime | None,
    **_: Any,
) -> Refusal | None:
    """可能影响投标文件编制的，应当在投标截止 15 日前发出，不足的顺延 (87号令 art. 27). Where no new time is given, the
    deadline moves by itself (`extended_to`)."""
    closes_at = new_submission_closes_at or periods.closing_at(subject)
    if not affects_bids or closes_at is None:
        return None
    try:
        earliest = _postponed_to(subject, closes_at, now=now)
        if new_submission_closes_at is None and earliest is not None:
            calendar.roll(earliest, region=subject.jurisdiction)
    except HorizonError as error:
        return beyond_calendar(error, field="new_submission_closes_at")
    if earliest is None or new_submission_closes_at is None:
        return None
    return refuse(
        step_of(subject, Stage.SUBMISSION).correction,
        code="deadline_not_extended",
        zh="距投标截止不足{limit}，应当顺延；投标截止最早为 {earliest}",
        en="Less than {limit} remain until the deadline: it must be extended, to {earliest} at the earliest",
        field="new_submission_closes_at",
        earliest=earliest,
        **applicable(subject, now=now),
    )


def extended_to(case: Case, *, now: datetime.datetime) -> datetime.datetime | None:
    """The deadline to which a correction that affects bids moves the announced one by itself: the earliest lawful
    working day, at the announced hour (87号令 art. 27); None where time enough remains."""
    closes_at = periods.closing_at(case)
    earliest = _postponed_to(case, closes_at, now=now) if closes_at is not None else None
    if closes_at is None or earliest is None:
        return None
    day = calendar.roll(earliest, region=case.jurisdiction)
    return timezone.localtime(closes_at).replace(year=day.year, month=day.month, day=day.day)


def _postponed_to(case: Case, closes_at: datetime.datetime, *, now: datetime.datetime) -> datetime.date | None:
    """The first day on which bids may close after a correction now; None where that deadline is late enough."""
    key, on = step_of(case, Stage.SUBMISSION).correction, applicable(case, now=now)
    if not key or not law.applies(key, **on):
        return None
    extension = engine.extension(key, corrected=now, closes=closes_at, **on)
    return extension.floor_on if extension.must_extend else None


def moves_only_later(
    subject: Case,
    *,
    now: datetime.datetime,
    new_submission_closes_at: datetime.datetime | None,
    new_supply_closes_at: datetime.datetime | None,
    **_: Any,
) -> list[Refusal]:
    """A deadline that bidders rely on is only ever postponed."""
    found: list[Refusal | None] = []
    closes_at = periods.closing_at(subject)
    if new_submission_closes_at is not None:
        if closes_at is not None and new_submission_closes_at < closes_at:
            rule = step_of(subject, Stage.SUBMISSION).correction
            found.append(_earlier(subject, "new_submission_closes_at", closes_at, rule=rule, now=now))
        found.append(on_a_working_day(subject, new_submission_closes_at, "new_submission_closes_at", now=now))
    if new_supply_closes_at is not None:
        supply = Solicitation.objects.get(case=subject).supply_closes_at
        if supply is not None and new_supply_closes_at < supply:
            rule = step_of(subject, Stage.INVITATION).documents
            found.append(_earlier(subject, "new_supply_closes_at", supply, rule=rule, now=now))
        last = new_submission_closes_at or closes_at
        if last is not None and new_supply_closes_at > last:
            found.append(
                Refusal(
                    "supply_after_submission",
                    "采购文件的提供截止时间不得晚于投标截止时间",
                    "The supply of documents cannot end after submission closes",
                    field="new_supply_closes_at",
                )
            )
    return [refusal for refusal in found if refusal]


def _earlier(case: Case, field: str, moment: datetime.datetime, *, rule: str, now: datetime.datetime) -> Refusal:
    """What the law lets a correction do to a deadline is to extend it (87号令 art. 18, 27)."""
    return refuse(
        rule,
        code="deadline_brought_forward",
        zh="已公告的时间 {announced} 只能推迟，不得提前",
        en="The announced time {announced} can be postponed, never brought forward",
        field=field,
        announced=calendar.to_the_minute(moment),
        **applicable(case, now=now),
    )


def before_the_opening(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """After the deadline the document is what it was."""
    closes_at = periods.closing_at(subject)
    if closes_at is not None and now < closes_at:
        return None
    return refuse(
        said(subject, Stage.SUBMISSION, "correction"),
        code="too_late_to_correct",
        zh="投标已经截止，采购文件不能再更正",
        en="Submission has closed: the document cannot be corrected any more",
        **applicable(subject, now=now),
    )
