"""What comes next, and may it? One engine for every method: the order of stages, their windows, their bidders."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from yangcai import law
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.procedures.procedure import By, Procedure, Step
from yangcai.procedures.stages import Stage


class NoSuchStage(LookupError):
    """The method has no such stage: a mistake in the code, never the reader's."""


def step(*, procedure: Procedure, stage: Stage | str) -> Step:
    """The method's step for a stage. Raises NoSuchStage."""
    for found in procedure.steps:
        if found.stage == stage:
            return found
    raise NoSuchStage(f"{procedure.code} has no stage {stage}")


def next_stage(*, procedure: Procedure, stage: Stage | str) -> Stage | None:
    """The stage after this one; None after the last. Raises NoSuchStage."""
    stages = procedure.stages
    at = stages.index(step(procedure=procedure, stage=stage).stage) + 1
    return stages[at] if at < len(stages) else None


def allowed(*, procedure: Procedure, before: Stage | str, after: Stage | str) -> bool:
    """Whether the method goes from one stage directly to the other."""
    return next_stage(procedure=procedure, stage=before) == after


def has(*, procedure: Procedure, stage: Stage | str) -> bool:
    """Whether the method goes through this stage at all."""
    return stage in procedure.stages


def judging(*, procedure: Procedure) -> tuple[Stage, ...]:
    """The stages in which offers are judged: what lies between the opening and the award; none without an opening."""
    stages = procedure.stages
    if Stage.OPENING not in stages:
        return ()
    return stages[stages.index(Stage.OPENING) + 1 : stages.index(Stage.AWARD)]


def done_by(*, procedure: Procedure, stage: Stage | str) -> By:
    """Who does what the stage asks for. Raises NoSuchStage."""
    return step(procedure=procedure, stage=stage).by


@dataclass(frozen=True)
class Window:
    """From when a shortest period may end: `floor_on` is the hard stop, `strict_on` the safe default (all days full).

    Both readings of 不得少于 N 日 are in use (law.md 8.1); the platform refuses below the floor and proposes strict.
    """

    rule: str
    floor_on: datetime.date
    strict_on: datetime.date


def window(
    key: str, *, start: datetime.date, on: datetime.date, jurisdiction: str = law.HOME, region: str = ""
) -> Window:
    """The window of a shortest-period rule that begins with the day of `start`. Raises LawGap, HorizonError."""
    found = law.cited(key, on=on, jurisdiction=jurisdiction)
    floor_on = calendar.due_on(start, found.value, found.unit, region=region)
    # A period in working days ends with a full working day; only calendar days have the stricter reading.
    rounding = "strict" if found.unit == "days" else "roll"
    strict_on = calendar.due_on(start, found.value, found.unit, rounding=rounding, region=region)
    return Window(rule=key, floor_on=floor_on, strict_on=strict_on)


def too_short(
    key: str,
    *,
    opens: datetime.date,
    closes: datetime.date,
    code: str,
    on: datetime.date,
    jurisdiction: str = law.HOME,
    field: str = "",
) -> Refusal | None:
    """A Refusal when a period that opens and closes then is shorter than the rule allows; None when long enough."""
    floor_on = window(key, start=opens, on=on, jurisdiction=jurisdiction).floor_on
    if calendar.day_of(closes) >= floor_on:
        return None
    return law.refusal(
        key,
        code=code,
        zh="期限不得少于{limit}，最早可在 {earliest} 截止",
        en="The period must last {limit}; it may end on {earliest} at the earliest",
        on=on,
        jurisdiction=jurisdiction,
        field=field,
        earliest=floor_on,
    )


@dataclass(frozen=True)
class Extension:
    """Whether a correction published then forces a later deadline. `gap` is in days or working days, as the rule."""

    rule: str
    gap: int
    must_extend: bool
    floor_on: datetime.date


def extension(
    key: str, *, corrected: datetime.date, closes: datetime.date, on: datetime.date, jurisdiction: str = law.HOME
) -> Extension:
    """What a correction that affects bids does to the deadline (财政部令第87号 27). Raises LawGap, HorizonError."""
    found = law.cited(key, on=on, jurisdiction=jurisdiction)
    begin, end = calendar.day_of(corrected), calendar.day_of(closes)
    count = calendar.working_days_between if found.unit == "working_days" else calendar.days_between
    gap = count(begin, end)
    return Extension(
        rule=key,
        gap=gap,
        must_extend=gap < found.value,
        floor_on=calendar.due_on(begin, found.value, found.unit),
    )


def enough(
    *,
    procedure: Procedure,
    stage: Stage | str,
    on: datetime.date,
    grounds: Collection[str] = (),
    jurisdiction: str = law.HOME,
) -> str:
    """The key of the rule that says how many must come through this stage; empty where one is enough.

    `grounds` are the situations of the case: two are enough after a tender with two bidders (74号令 art. 27), for
    research (214号文 art. 21) and for purchased services (财库〔2015〕124号), as the method's continuations say.
    """
    found = step(procedure=procedure, stage=stage)
    for continuation in found.continuations:
        if continuation.ground in grounds and law.applies(continuation.bidders, on=on, jurisdiction=jurisdiction):
            return continuation.bidders
    return found.bidders if found.bidders and law.applies(found.bidders, on=on, jurisdiction=jurisdiction) else ""


def fewest(
    *,
    procedure: Procedure,
    stage: Stage | str,
    on: datetime.date,
    grounds: Collection[str] = (),
    jurisdiction: str = law.HOME,
) -> int:
    """How many must come through this stage; one where the law sets no number."""
    key = enough(procedure=procedure, stage=stage, on=on, grounds=grounds, jurisdiction=jurisdiction)
    return law.value(key, on=on, jurisdiction=jurisdiction) if key else 1


def too_few_bidders(
    *,
    procedure: Procedure,
    stage: Stage | str,
    bidders: int,
    on: datetime.date,
    grounds: Collection[str] = (),
    jurisdiction: str = law.HOME,
) -> Refusal | None:
    """A Refusal when fewer bidders than the law wants came through this stage; None when there are enough."""
    key = enough(procedure=procedure, stage=stage, on=on, grounds=grounds, jurisdiction=jurisdiction)
    if not key or bidders >= law.value(key, on=on, jurisdiction=jurisdiction):
        return None
    found = law.rule(key)
    return law.refusal(
        key,
        code="too_few_bidders",
        zh=f"只有{{bidders}}家，少于{{limit}}家：{found.zh}",
        en=f"Only {{bidders}}, fewer than {{limit}}: {found.en}",
        on=on,
        jurisdiction=jurisdiction,
        bidders=bidders,
    )
