"""In which stage is a case, in which is something done, and when is that? Words for a Refusal, in both languages."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from yangcai import law, procedures
from yangcai.cases.models import Case, Lot
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Citation

Words = tuple[str, str]


def separation(subject: Any, *, now: datetime.datetime) -> Citation:
    """The article by which different people run, review and accept (政府采购法 art. 61)."""
    on = getattr(subject.root, "law_as_of", None) or timezone.localdate(now)
    return law.cite("control.separation", on=on)


def words(subject: Any, *, stages: Iterable[str], now: datetime.datetime) -> tuple[Words, Words, Words]:
    """Where the subject stands, in which stages of its method the thing is done, and when those open or have closed."""
    case: Case = subject.root
    wanted = [stage for stage in procedures.get(case.procedure).stages if stage.value in set(stages)]
    titles = [_title(case, stage.value) for stage in wanted]
    if titles:
        where = ("、".join(f"“{zh}”" for zh, _ in titles), ", ".join(f"“{en}”" for _, en in titles))
    else:
        where = ("本采购方式没有的", "that this method does not have")
    return _standing(case, subject.stage_at(now), now=now), where, _when(subject, case, set(stages), now=now)


def _title(case: Case, stage: str) -> Words:
    return procedures.engine.step(procedure=procedures.get(case.procedure), stage=stage).titles


def _standing(case: Case, stage: str, *, now: datetime.datetime) -> Words:
    if stage:
        zh, en = _title(case, stage)
        return f"处于“{zh}”环节", f"it is now in “{en}”"
    if case.ended_at is not None and case.ended_at <= now:
        return "采购已经结束", "the procurement is over"
    return "没有进行中的环节", "no stage is open now"


def _when(subject: Any, case: Case, stages: set[str], *, now: datetime.datetime) -> Words:
    lot_id = subject.pk if isinstance(subject, Lot) else getattr(subject, "lot_id", None)
    found = [p for p in case.every_period() if p.stage in stages and p.lot_id in {None, lot_id}]
    coming = min((p for p in found if p.opens_at > now), key=lambda p: p.opens_at, default=None)
    if coming is not None:
        opens = calendar.to_the_minute(coming.opens_at)
        return f"（{opens} 开始）", f" (from {opens})"
    closed = [p.closes_at for p in found if p.closes_at is not None and p.closes_at <= now]
    if closed:
        ended = calendar.to_the_minute(max(closed))
        return f"（已于 {ended} 结束）", f" (which ended at {ended})"
    return "（尚未开始）", " (which has not begun)"
