"""How does a case or a lot move from one stage to the next? Only by closing one period and opening another."""

import datetime
from dataclasses import dataclass

from yangcai.cases.models import Case, Lot, Period, Stage, SuspendedPeriod, Suspension
from yangcai.kernel import calendar, tasks


def open_period(
    case: Case,
    *,
    stage: str,
    opens_at: datetime.datetime,
    closes_at: datetime.datetime | None = None,
    lot: Lot | None = None,
) -> Period:
    """Write the next round of a stage."""
    rounds = Period.objects.filter(case=case, lot=lot, stage=stage).count()
    return Period.objects.create(
        case=case, lot=lot, stage=stage, round=rounds + 1, opens_at=opens_at, closes_at=closes_at
    )


def close_period(case: Case, *, at: datetime.datetime, lot: Lot | None = None) -> Period | None:
    """End the period that is open at `at` (of the lot, or of the case); later planned periods are left."""
    current = (
        Period.objects.filter(case=case, lot=lot, opens_at__lte=at)
        .exclude(closes_at__lte=at)
        .order_by("-opens_at")
        .first()
    )
    if current is not None:
        current.closes_at = at
        current.save(update_fields=["closes_at"])
    return current


def advance(
    case: Case, *, to: str, at: datetime.datetime, lot: Lot | None = None, closes_at: datetime.datetime | None = None
) -> Period:
    """Close the open period and open the next stage at the same instant."""
    close_period(case, at=at, lot=lot)
    return open_period(case, stage=to, opens_at=at, closes_at=closes_at, lot=lot)


def planned(case: Case, stage: str, *, lot: Lot | None = None) -> Period | None:
    """The latest period of a stage, whether past, present or to come."""
    lot_id = lot.pk if lot is not None else None
    of_stage = [p for p in case.every_period() if p.stage == stage and p.lot_id == lot_id]
    return max(of_stage, key=lambda period: period.round, default=None)


def closing_at(case: Case) -> datetime.datetime | None:
    """投标截止时间: when the latest submission period closes."""
    period = planned(case, Stage.SUBMISSION)
    return period.closes_at if period else None


def closing_of(lot: Lot, stage: str, *, now: datetime.datetime) -> datetime.datetime | None:
    """When the period of a stage ends in which the lot stands now; None where it stands elsewhere, or without end."""
    here = Period.objects.filter(case=lot.case_id, lot=lot, stage=stage, opens_at__lte=now)
    found = here.exclude(closes_at__lte=now).first()
    return found.closes_at if found else None


def suspend(suspension: Suspension) -> None:
    """Cut off every open or planned period at the suspension's instant and remember what was left of each."""
    at = suspension.suspended_at
    for period in Period.objects.filter(case=suspension.case).exclude(closes_at__lte=at):
        begins = max(period.opens_at, at)
        SuspendedPeriod.objects.create(
            suspension=suspension,
            lot_id=period.lot_id,
            stage=period.stage,
            begins_after=begins - at,
            lasts=period.closes_at - begins if period.closes_at else None,
        )
        if period.opens_at >= at:
            period.delete()
            continue
        period.closes_at = at
        period.save(update_fields=["closes_at"])


@dataclass(frozen=True)
class Remainder:
    """What was left of a period, and when it goes on."""

    cut: SuspendedPeriod
    opens_at: datetime.datetime
    closes_at: datetime.datetime | None


def remainders(suspension: Suspension) -> list[Remainder]:
    """When each period that was cut off goes on after the resumption, and when it ends; from the rows alone.

    Nothing is shorter than what was left of it (DESIGN §4). What had a time of its own, such as the closing of
    submission at which bids are opened, keeps its hour and falls on a working day, as it must when people set it
    (87号令 art. 39, 85; 民法典 art. 203: calendar.last_day).
    """
    stopped_at, pause = suspension.suspended_at, suspension.resumed_at - suspension.suspended_at
    region = suspension.case.jurisdiction
    cuts = list(suspension.cut_off.all())
    times = {stopped_at + cut.begins_after for cut in cuts}
    times |= {stopped_at + cut.begins_after + cut.lasts for cut in cuts if cut.lasts is not None}
    moved, shift = {stopped_at: suspension.resumed_at}, pause
    for time in sorted(times - {stopped_at}):
        moved[time] = calendar.same_hour(time, not_before=time + shift, region=region)
        shift = moved[time] - time  # what comes later is not cut short either
    return [
        Remainder(
            cut,
            moved[stopped_at + cut.begins_after],
            moved[stopped_at + cut.begins_after + cut.lasts] if cut.lasts is not None else None,
        )
        for cut in cuts
    ]


def resume(suspension: Suspension) -> None:
    """Open again, from the moment of resumption, what was cut off, each with its remainder at least."""
    lots = {lot.pk: lot for lot in suspension.case.lots.all()}
    for one in remainders(suspension):
        open_period(
            suspension.case,
            stage=one.cut.stage,
            opens_at=one.opens_at,
            closes_at=one.closes_at,
            lot=lots[one.cut.lot_id] if one.cut.lot_id is not None else None,
        )


def end(case: Case, *, at: datetime.datetime, kind: str, reason: str) -> None:
    """The case is over: every open period closes, planned ones that have not begun are taken back."""
    for period in Period.objects.filter(case=case).exclude(closes_at__lte=at):
        if period.opens_at >= at:
            period.delete()
            continue
        period.closes_at = at
        period.save(update_fields=["closes_at"])
    case.ended_at, case.end_kind, case.end_reason = at, kind, reason
    case.save(update_fields=["ended_at", "end_kind", "end_reason"])
    # A plan that its case leaves free (a call-off that was refused) waits for its buyer again.
    tasks.refresh(case.plan_item, now=at)
