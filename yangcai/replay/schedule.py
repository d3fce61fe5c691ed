"""On which day does the replay take a step whose day was not published?"""

import datetime as dt
from dataclasses import replace

from yangcai import law, procedures
from yangcai.kernel import calendar
from yangcai.kernel.calendar import ONE_DAY, SHANGHAI, day_of
from yangcai.procedures import Stage, engine
from yangcai.replay.assumptions import Assumptions
from yangcai.replay.published import CaseFile, Dates, Event, Moment

#: Where a source prints no date at all, the replay begins here.
FIRST_DAY = dt.date(2026, 3, 2)

#: The time of day of a step of which only the day is known.
HOURS = {
    "intention": dt.time(9),
    "publicity": dt.time(10),
    "invitation": dt.time(9),
    "submission_closes": dt.time(9, 30),
    "opening": dt.time(9, 30),
    "award": dt.time(17),
    "contract": dt.time(10),
    "acceptance": dt.time(10),
    "payment": dt.time(10),
}
DOCUMENTS_BEGIN, DOCUMENTS_END = dt.time(9), dt.time(17, 30)
EVENT_HOUR = dt.time(10)
#: Kinds of events that a case file may tell and that the replay does not act on.
ONLY_TOLD = ("objection", "complaint", "decision")

#: Working days from one step to the next where the source is silent: conventions of the replay, not law.
AWARD_AFTER_OPENING = 1
CONTRACT_AFTER_AWARD = 5
PAYMENT_AFTER_ACCEPTANCE = 5
#: Days of performance, likewise.
PERFORMANCE = 30


def _key(case: CaseFile, stage: Stage, what: str) -> str:
    """The rule that the case's method names for a stage; empty where it has none."""
    found: str = getattr(engine.step(procedure=procedures.get(case.method), stage=stage), what)
    return found


def _safe_end(key: str, start: dt.date, *, on: dt.date, region: str) -> dt.date:
    """The safe end of a shortest period, on a working day; the next working day where the law sets none."""
    if not key:
        return calendar.add_working_days(start, 1, region=region)
    end = engine.window(key, start=start, on=on, jurisdiction=region, region=region).strict_on
    return calendar.roll(end, region=region)


def _said(key: str, on: dt.date, region: str) -> tuple[str, str]:
    return law.limit(key, on=on, jurisdiction=region) if key else ("1个工作日", "1 working day")


def closing_of(case: CaseFile) -> Moment | None:
    """The published deadline after the last correction or extension."""
    moved = [event.submission_closes for event in case.events if event.submission_closes]
    return moved[-1] if moved else case.dates.submission_closes


def complete_dates(*, case: CaseFile, assumed: Assumptions) -> CaseFile:
    """Fill every missing date: published ones stay, earlier ones are the latest lawful, later ones soon after.

    All moments of the result are aware datetimes. Raises HorizonError where the holiday calendar ends.
    """
    dates, region = case.dates, case.jurisdiction
    closes = _closing(case, assumed)
    final = closing_of(case) or closes
    documents, invitation = _documents(case, closes, assumed)
    lead = _lead(invitation, region)
    intention = dates.intention
    if intention is None:
        intention = day_of(invitation) - (lead + 1) * ONE_DAY
        if dates.publicity is not None:  # what is publicised is planned, and what is planned was an intention
            intention = min(intention, day_of(dates.publicity))
        while not calendar.is_working_day(intention, region=region):
            intention -= ONE_DAY
        zh, en = f"采购公告前超过{lead}日的工作日", f"a working day more than {lead} days before the invitation"
        assumed.day("采购意向公开", "the intention", intention, zh, en)
    opening = next((event.opening for event in reversed(case.events) if event.opening), None)
    if opening is None and final == closes:
        opening = dates.opening
    if opening is None:
        opening = final
        assumed.add("开标时间未公布，按投标截止时间", "the time of the opening is not published: at the deadline")
    award = dates.award
    if award is None:
        award = calendar.add_working_days(day_of(opening), AWARD_AFTER_OPENING, region=region)
        assumed.day("结果公告", "the result", award, "开标后第1个工作日", "the first working day after the opening")
    filled = Dates(
        intention=_at(intention, "intention"),
        publicity=_at(dates.publicity, "publicity") if dates.publicity else None,
        invitation=_at(invitation, "invitation"),
        documents=_window(documents, _at(invitation, "invitation"), _at(closes, "submission_closes")),
        submission_closes=_at(closes, "submission_closes"),
        opening=_at(opening, "opening"),
        award=_at(award, "award"),
    )
    if case.outcome.status in ("", "awarded"):
        filled = _after_award(case, filled, assumed)
    events = _events(case, award, assumed)
    return replace(case, dates=filled, events=events)


def _events(case: CaseFile, award: Moment, assumed: Assumptions) -> tuple[Event, ...]:
    """The published events with their times of day; a terminated case ends at the latest when its result was due."""
    events = [_event(event) for event in case.events]
    if case.outcome.status == "terminated" and not any(event.kind == "termination" for event in events):
        assumed.day("终止", "the termination", day_of(award), "结果公告日", "the day of the result")
        events.append(Event(on=_at(award, "award"), kind="termination"))
    if any(event.kind in ONLY_TOLD for event in events):
        zh = "质疑、投诉及其处理决定只作记载，不重放"
        assumed.add(zh, "objections, complaints and decisions are told, not replayed")
    return tuple(events)


def _closing(case: CaseFile, assumed: Assumptions) -> Moment:
    """The first deadline for bids."""
    dates, region = case.dates, case.jurisdiction
    if dates.submission_closes:
        return dates.submission_closes
    if dates.opening:
        assumed.add("投标截止时间未公布，按开标时间", "the deadline is not published: at the opening")
        return dates.opening
    begins = dates.documents[0] if dates.documents else dates.invitation
    after = next((moment for moment in (dates.award, dates.contract, dates.acceptance, dates.payment) if moment), None)
    if begins is None and after is None:
        begins = FIRST_DAY
    if begins is not None:
        key, first = _key(case, Stage.SUBMISSION, "window"), day_of(begins)
        day = _safe_end(key, first, on=first, region=region)
        limit_zh, limit_en = _said(key, first, region)
        zh, en = f"采购文件发出满{limit_zh}后的工作日", f"the working day after {limit_en} in full"
    else:
        assert after is not None
        back = AWARD_AFTER_OPENING if dates.award else AWARD_AFTER_OPENING + CONTRACT_AFTER_AWARD
        day = calendar.working_days_before(day_of(after), back, region=region)
        zh, en = "公布的后一步骤之前的工作日", "a working day before the next published step"
    assumed.day("投标截止", "the deadline", day, zh, en)
    return day


def _documents(case: CaseFile, closes: Moment, assumed: Assumptions) -> tuple[tuple[Moment, Moment], Moment]:
    """The days on which documents are supplied, and the invitation."""
    dates, region = case.dates, case.jurisdiction
    invitation = dates.invitation
    if invitation is None and dates.documents:
        invitation = calendar.working_days_before(day_of(dates.documents[0]), 1, region=region)
        assumed.day(
            "采购公告", "the invitation", invitation, "文件发售前1个工作日", "one working day before the documents"
        )
    elif invitation is None:
        day, key = day_of(closes), _key(case, Stage.SUBMISSION, "window")
        first = day - ONE_DAY
        while not (
            calendar.is_working_day(first, region=region) and _safe_end(key, first, on=day, region=region) <= day
        ):
            first -= ONE_DAY
        invitation = first
        limit_zh, limit_en = _said(key, day, region)
        zh, en = f"截止日前满{limit_zh}的最后一个工作日", f"the last working day {limit_en} before the deadline"
        assumed.day("采购公告", "the invitation", invitation, zh, en)
    if dates.documents:
        return dates.documents, invitation
    first = day_of(invitation)
    # Where the law sets no time for handing out the file it is handed out as long as the notice stands.
    key = _key(case, Stage.INVITATION, "documents") or _key(case, Stage.INVITATION, "notice")
    last = min(_safe_end(key or _key(case, Stage.SUBMISSION, "window"), first, on=first, region=region), day_of(closes))
    limit_zh, limit_en = _said(key, first, region)
    zh, en = f"采购公告日起{limit_zh}", f"{limit_en} from the invitation"
    assumed.day("招标文件提供至", "the last day of the documents", last, zh, en)
    return (invitation, last), invitation


def _lead(invitation: Moment, region: str) -> int:
    """Days by which an intention precedes; before the rule was in force the replay uses its first value."""
    found = law.find("intention.lead", on=invitation, jurisdiction=region) or law.history("intention.lead")[0]
    return int(found.value)


def _after_award(case: CaseFile, filled: Dates, assumed: Assumptions) -> Dates:
    """Contract, acceptance and payment of a case that was awarded."""
    dates, region = case.dates, case.jurisdiction
    assert filled.award is not None
    contract, acceptance, payment = dates.contract, dates.acceptance, dates.payment
    if contract is None:
        contract = calendar.add_working_days(day_of(filled.award), CONTRACT_AFTER_AWARD, region=region)
        zh, en = f"结果公告后第{CONTRACT_AFTER_AWARD}个工作日", f"{CONTRACT_AFTER_AWARD} working days after the award"
        assumed.day("合同签订", "the contract", contract, zh, en)
    if acceptance is None:
        acceptance = calendar.add_days(day_of(contract), PERFORMANCE, region=region)
        assumed.day(
            "验收", "the acceptance", acceptance, f"合同签订后{PERFORMANCE}日", f"{PERFORMANCE} days after the contract"
        )
    if payment is None:
        payment = calendar.add_working_days(day_of(acceptance), PAYMENT_AFTER_ACCEPTANCE, region=region)
        days = PAYMENT_AFTER_ACCEPTANCE
        assumed.day(
            "支付", "the payment", payment, f"验收后第{days}个工作日", f"{days} working days after the acceptance"
        )
    return replace(
        filled,
        contract=_at(contract, "contract"),
        acceptance=_at(acceptance, "acceptance"),
        payment=_at(payment, "payment"),
    )


def _at(moment: Moment, step: str) -> dt.datetime:
    if isinstance(moment, dt.datetime):
        return moment
    return dt.datetime.combine(moment, HOURS[step], tzinfo=SHANGHAI)


def _window(
    documents: tuple[Moment, Moment], invitation: dt.datetime, closes: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    """Documents are supplied from the invitation at the earliest until the evening of the last day, or the deadline."""
    first, last = documents
    begins = first if isinstance(first, dt.datetime) else dt.datetime.combine(first, DOCUMENTS_BEGIN, tzinfo=SHANGHAI)
    ends = last if isinstance(last, dt.datetime) else dt.datetime.combine(last, DOCUMENTS_END, tzinfo=SHANGHAI)
    return max(begins, invitation), min(ends, closes)


def _event(event: Event) -> Event:
    on = event.on if isinstance(event.on, dt.datetime) else dt.datetime.combine(event.on, EVENT_HOUR, tzinfo=SHANGHAI)
    closes = event.submission_closes
    opening = event.opening
    return replace(
        event,
        on=on,
        submission_closes=_at(closes, "submission_closes") if closes else None,
        opening=_at(opening, "opening") if opening else None,
    )
