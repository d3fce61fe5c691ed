"""Did an outage touch a deadline of this case, and does the health journal say by now that none did?"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases import periods
from yangcai.cases.models import Case, Lot, Period, Stage
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel import calendar, health
from yangcai.kernel.models import Outage
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation
from yangcai.tendering import outages
from yangcai.tendering.models import OutageExtension, Prequalification
from yangcai.tendering.rules.bids import holders_at


def an_extension_is_owed(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the health journal shows no outage in the protected time before the deadline (terms of the
    platform, art. 1, 4)."""
    if outages.owed(subject, now=now):
        return None
    return refuse(
        "outage.extension",
        code="no_outage_touches_it",
        zh="截止前的保护时间内没有停机，截止时间不顺延",
        en="No outage lies in the protected time before a deadline: none is extended",
        **applicable(subject, now=now),
    )


def outage_touches_it(subject: Case, *, by: Any, now: datetime.datetime, outage: Outage, **_: Any) -> Refusal | None:
    """Only by the rule, never at somebody's wish."""
    if any(owed == outage for owed, _deadline in outages.owed(subject, now=now)):
        return None
    return refuse(
        "outage.protected",
        code="outage_does_not_touch_it",
        zh="该停机不在本项目截止前{limit}内，或者已经顺延",
        en="This outage does not lie within {limit} before a deadline of the case, or has extended it already",
        field="outage",
        **applicable(subject, now=now),
    )


def an_extension_is_owed_to_applicants(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The same of a prequalification, whose applications have a deadline of their own."""
    return None if outages.owed_to_applicants(subject, now=now) else an_extension_is_owed(subject.case, by=by, now=now)


def outage_touches_the_applications(
    subject: Prequalification, *, by: Any, now: datetime.datetime, outage: Outage, **_: Any
) -> Refusal | None:
    """Refuses an `outage` by which no deadline for applications is owed an extension."""
    if outage in outages.owed_to_applicants(subject, now=now):
        return None
    return outage_touches_it(subject.case, by=by, now=now, outage=outage)


def applications_are_closed_for_good(subject: Prequalification, *, by: Any, now: datetime.datetime) -> list[Refusal]:
    """As of bids: nothing is examined before the journal shows that applicants had their time."""
    if subject.closes_at is None:
        return []
    return _known(subject.case, subject.closes_at, owed=bool(outages.owed_to_applicants(subject, now=now)), now=now)


def health_is_known(subject: Case | Lot, *, by: Any, now: datetime.datetime) -> list[Refusal]:
    """Nothing is opened before the journal shows that bidders had their time: a good line after the deadline, and no
    outage before it that has not extended it. Where no journal is kept (a replay) there is nothing to wait for."""
    case: Case = subject.root
    lot, stage = (None, Stage.SUBMISSION) if isinstance(subject, Case) else (subject, Stage.FINAL_OFFER)
    period = periods.planned(case, stage, lot=lot)
    closes_at = period.closes_at if period else None
    if closes_at is None:
        return []
    owed = any(deadline.closes_at == closes_at for _outage, deadline in outages.owed(case, now=now))
    return _known(case, closes_at, owed=owed, now=now)


def _known(case: Case, closes_at: datetime.datetime, *, owed: bool, now: datetime.datetime) -> list[Refusal]:
    on = applicable(case, now=now)
    if not health.has_spoken(of=closes_at):
        return [
            refuse(
                "outage.opening",
                code="health_unknown",
                zh="平台健康日志尚未确认 {at} 截止前各项功能正常，稍候再办理；平台恢复后，应当顺延的自动顺延",
                en="The health journal does not say yet that all was well until the deadline at {at}: wait for it; once"
                " the platform has recovered, what is to be extended is extended",
                at=calendar.to_the_minute(closes_at),
                **on,
            )
        ]
    if owed:
        return [
            refuse(
                "outage.opening",
                code="extension_due",
                zh="截止前平台停机，截止时间应当顺延，顺延办结前不能开标、审查",
                en="The platform was down before the deadline, which is to be extended: nothing is opened before that",
                **on,
            )
        ]
    return []


@remembered
def deadline_has_come(case: Case, *, now: datetime.datetime) -> bool:
    """Whether the time for bids is over, by the clock and by the journal. Until then nobody learns who bid."""
    closes_at = periods.closing_at(case)
    return closes_at is not None and closes_at <= now and not health_is_known(case, by=None, now=now)


def was_told(subject: OutageExtension, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Whoever had the documents when the deadline moved."""
    if holders_at(subject.case, at=subject.at).filter(supplier_id=by.organisation_id).exists():
        return None
    return Refusal(
        "not_a_holder",
        "截止时间顺延时贵单位没有获取采购文件，无须确认",
        "Your organisation did not have the documents when the deadline was extended: nothing to acknowledge",
    )


def not_acknowledged(subject: OutageExtension, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A supplier acknowledges an extension once."""
    if not subject.receipts.filter(supplier_id=by.organisation_id).exists():
        return None
    return Refusal("acknowledged", "贵单位已确认收到顺延", "Your organisation has acknowledged this extension")


# --- planned maintenance -------------------------------------------------------------------------------------------


def maintenance_is_ahead(
    subject: Organisation, *, by: Any, now: datetime.datetime, begins_at: datetime.datetime, **data: Any
) -> Refusal | None:
    """Announced no later than it begins, and ending after that: moments with time zone (terms of the platform, art.
    7)."""
    if now <= begins_at < data["ends_at"]:
        return None
    return law.refusal(
        "outage.maintenance",
        code="maintenance_not_ahead",
        zh="计划维护应当事先公布，结束时间应当晚于开始时间",
        en="Maintenance is announced before it begins, and ends after it",
        field="begins_at",
        on=calendar.day_of(now),
    )


def maintenance_keeps_off_deadlines(
    subject: Organisation,
    *,
    by: Any,
    now: datetime.datetime,
    begins_at: datetime.datetime,
    ends_at: datetime.datetime,
    **_: Any,
) -> Refusal | None:
    """A deliberate outage is not laid upon those who want to hand in."""
    running = Period.objects.filter(
        stage=Stage.SUBMISSION, case__published_at__isnull=False, case__ended_at__isnull=True
    )
    protected = outages.terms(now=now).protected
    found = running.filter(closes_at__gt=begins_at, closes_at__lt=ends_at + protected)
    if not (first := found.select_related("case").order_by("closes_at").first()):
        return None
    return law.refusal(
        "outage.protected",
        code="maintenance_before_a_deadline",
        zh="{count} 个项目的投标截止前{limit}与该时段重叠，最早的是“{case}”（{at} 截止），请另选时段",
        en="This time lies within {limit} before the deadline of {count} cases, the first of them “{case}” at {at}:"
        " choose another",
        field="begins_at",
        count=found.count(),
        case=Written(first.case.title),
        at=calendar.to_the_minute(first.closes_at) if first.closes_at else "",
        on=calendar.day_of(now),
    )
