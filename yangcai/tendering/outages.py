"""What does an outage of the platform do to the time that bidders have? Which deadlines it touches, and to when each
of them moves, by the platform's declared terms (kernel/health_terms.py reckons; law/rules/outage.yaml has the numbers).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from yangcai import law
from yangcai.cases import periods
from yangcai.cases.models import Case, Lot, LotOutcome, Period, Stage
from yangcai.kernel import calendar, health_lines, health_terms
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.health_terms import MINUTE, Terms
from yangcai.kernel.leaves import append_leaf
from yangcai.kernel.models import HealthLine, Outage
from yangcai.tendering import method, policies
from yangcai.tendering.models import (
    ApplicationFinding,
    FinalOffer,
    OutageExtension,
    Prequalification,
    PrequalificationCorrection,
)
from yangcai.tendering.rules.opening import opening_of

#: `t` of the line of the log that tells of an extension.
KIND = "extension"
#: What it calls the time for applications, which is no stage of a case.
APPLICATION = "application"


def terms(*, now: datetime.datetime) -> Terms:
    """The terms in force on that day. Raises law.LawGap before there were any."""
    on = calendar.day_of(now)
    return Terms(
        interval=law.value("outage.interval", on=on) * MINUTE,
        shortest=law.value("outage.shortest", on=on) * MINUTE,
        protected=law.value("outage.protected", on=on) * MINUTE,
        relief=law.value("outage.relief", on=on) * MINUTE,
        from_hour=law.value("outage.from_hour", on=on),
        to_hour=law.value("outage.to_hour", on=on),
    )


def stands(column: str) -> Q:
    """Of rows with a deadline in that column: those whose deadline the health journal bears out, or of whose time there
    is no journal."""
    kept = HealthLine.objects.filter(at__lte=OuterRef(column))
    well = HealthLine.objects.filter(is_good=True, at__gte=OuterRef(column))
    owed = Outage.objects.filter(settled_at__isnull=True, begins_at__lt=OuterRef(column))
    return ~Q(Exists(kept)) | Q(Exists(well)) & ~Q(Exists(owed))


@dataclass(frozen=True)
class Deadline:
    """The end of a period for offers that could still be moved, and the period that begins there."""

    period: Period
    following: Period

    @property
    def closes_at(self) -> datetime.datetime:
        assert self.period.closes_at is not None  # `deadlines` takes no other
        return self.period.closes_at

    @property
    def length(self) -> datetime.timedelta | None:
        """Of a round of last offers, which may last minutes; the time for bids is never so short."""
        return self.closes_at - self.period.opens_at if self.period.stage == Stage.FINAL_OFFER else None


def deadlines(case: Case, *, now: datetime.datetime) -> Iterator[Deadline]:
    """Those that offers of this case are still held to, nothing opened yet; whether they have passed or not."""
    if case.published_at is None or case.ended_at is not None or case.is_suspended_at(now):
        return
    lots: list[Lot | None] = [lot for lot in case.every_lot() if lot.outcome == LotOutcome.PENDING]
    for stage, lot in [(Stage.SUBMISSION, None), *((Stage.FINAL_OFFER, lot) for lot in lots)]:
        if not method.has(case, stage):
            continue
        period = periods.planned(case, stage, lot=lot)
        if period is None or period.closes_at is None or _is_opened(case, lot):
            continue
        following = periods.planned(case, method.follows(case, stage), lot=lot)
        if following is not None and (following.opens_at, following.closes_at) == (period.closes_at, None):
            yield Deadline(period, following)


def _is_opened(case: Case, lot: Lot | None) -> bool:
    if lot is None:
        return opening_of(case) is not None
    return bool(FinalOffer.objects.filter(opened_bid__lot=lot).exists())


def span(outage: Outage) -> health_terms.Outage:
    """The outage as it is reckoned with."""
    return health_terms.Outage(outage.before_id, outage.after_id, outage.begins_at, outage.ends_at, tuple(outage.bad))


def touches(outage: Outage, deadline: Deadline) -> bool:
    """Whether the outage extends the deadline, by the terms that were in force when it ended."""
    in_force = terms(now=outage.ends_at)
    return in_force.affects(span(outage), closes_at=deadline.closes_at, length=deadline.length)


def owed(case: Case, *, now: datetime.datetime) -> list[tuple[Outage, Deadline]]:
    """Every extension that is still to be given: an outage, and a deadline of the case that it touches."""
    found = []
    for deadline in deadlines(case, now=now):
        near = Outage.objects.filter(
            begins_at__lt=deadline.closes_at, ends_at__gt=deadline.closes_at - calendar.ONE_DAY
        )
        found += [(outage, deadline) for outage in near.order_by("begins_at") if touches(outage, deadline)]
    return found


def extend(case: Case, deadline: Deadline, *, outage: Outage, now: datetime.datetime) -> OutageExtension:
    """Move one deadline and what follows it, and tell the log. One that has passed already opens a new round: what the
    database keeps closed stays closed, and nobody had been able to hand in."""
    old = deadline.closes_at
    new = terms(now=outage.ends_at).extended(old, at=now, region=case.jurisdiction, length=deadline.length)
    period, following = deadline.period, deadline.following
    extension = OutageExtension.objects.create(
        case=case,
        lot_id=period.lot_id,
        stage=period.stage,
        outage=outage,
        old_closes_at=old,
        new_closes_at=new,
        at=now,
    )
    following.opens_at = new  # the later period first: at no moment do the two overlap
    following.save(update_fields=["opens_at"])
    if now < old:
        period.closes_at = new
        period.save(update_fields=["closes_at"])
    else:
        periods.open_period(case, stage=period.stage, opens_at=now, closes_at=new, lot=extension.lot)
    _tell_the_log(
        extension.case,
        stage=period.stage,
        lot=extension.lot.number if extension.lot else "",
        outage=outage,
        old=old,
        new=new,
        now=now,
        length=deadline.length,
    )
    return extension


def _tell_the_log(
    case: Case,
    *,
    stage: str,
    lot: str = "",
    outage: Outage,
    old: datetime.datetime,
    new: datetime.datetime,
    now: datetime.datetime,
    length: datetime.timedelta | None = None,
) -> None:
    """In clear, with all that it takes to reckon it again."""
    body = {
        "t": KIND,
        "root": case.ref,
        "tender": str(policies.tender_of(case)),
        "stage": stage,
        "lot": lot,
        "before": outage.before_id,
        "after": outage.after_id,
        "old": timestamp(old),
        "new": timestamp(new),
        "at": timestamp(now),
        "region": case.jurisdiction,
        **({} if length is None else {"length_s": length // health_terms.SECOND}),
    }
    append_leaf(body=body, root=case.ref, in_clear=True)


# --- applications for a prequalification -----------------------------------------------------------------------------


def owed_to_applicants(found: Prequalification, *, now: datetime.datetime) -> list[Outage]:
    """The outages that still extend the time for applications; whether it has passed or not."""
    closes_at = found.closes_at
    if closes_at is None or found.concluded_at is not None or found.case.ended_at is not None:
        return []
    if (
        found.case.is_suspended_at(now)
        or ApplicationFinding.objects.filter(application__prequalification=found).exists()
    ):
        return []
    near = Outage.objects.filter(begins_at__lt=closes_at, ends_at__gt=closes_at - calendar.ONE_DAY)
    in_time = [(one, terms(now=one.ends_at)) for one in near.order_by("begins_at")]
    return [one for one, in_force in in_time if in_force.affects(span(one), closes_at=closes_at)]


def extend_applications(
    found: Prequalification, *, outage: Outage, now: datetime.datetime
) -> PrequalificationCorrection:
    """The deadline moves as by a correction, which is what the notice of it says, and is told in the log."""
    old = found.closes_at
    assert old is not None and found.examined_on is not None  # owed_to_applicants
    new = terms(now=outage.ends_at).extended(old, at=now, region=found.case.jurisdiction)
    correction = PrequalificationCorrection.objects.create(
        prequalification=found,
        number=found.corrections.count() + 1,
        item="资格预审申请截止时间",
        before=calendar.to_the_minute(old),
        after=f"{calendar.to_the_minute(new)}（{calendar.to_the_minute(outage.begins_at)} 至"
        f" {calendar.to_the_minute(outage.ends_at)} 平台停机：{what_failed(outage.bad)[0]}，按规则顺延）",
        affects_applications=False,
        old_closes_at=old,
        new_closes_at=new,
        at=now,
    )
    found.closes_at, found.examined_on = new, max(found.examined_on, calendar.day_of(new))
    found.save(update_fields=["closes_at", "examined_on"])
    _tell_the_log(found.case, stage=APPLICATION, outage=outage, old=old, new=new, now=now)
    return correction


def what_failed(bad: list[str]) -> tuple[str, str]:
    """In words, Chinese and English; a machine that was down wrote nothing."""
    if not bad:
        return "平台整体（健康日志中断）", "the whole platform (the journal breaks off)"
    names = [health_lines.PROBES.get(name, (name, name)) for name in bad]
    return "、".join(zh for zh, _en in names), ", ".join(en for _zh, en in names)
