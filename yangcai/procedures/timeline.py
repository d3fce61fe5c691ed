"""When may each step of a method come at the earliest, and by when must it come at the latest?

Computed from the windows that a definition names, in the days in which each rule counts; no method is known here.
"""

import datetime
from dataclasses import dataclass, field

from yangcai import law
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Citation, in_chinese
from yangcai.law.model import CHINA
from yangcai.procedures.engine import Window, window
from yangcai.procedures.procedure import Procedure
from yangcai.procedures.stages import Stage

#: Stages before the activity begins.
BEFORE = frozenset({Stage.PREPARATION, Stage.JUSTIFICATION})
#: Stages whose windows run from the day on which the file is first issued.
ISSUED = frozenset({Stage.INVITATION, Stage.SUBMISSION})
#: A stage that lasts is named by its end.
ENDS = {Stage.SUBMISSION: ("提交截止", "Submission closes")}
#: What the decision is called that ends a stage: (code, zh, en).
DECISIONS = {Stage.AWARD: ("decided", "确定中标（成交）供应商", "Winner determined")}
REPORT = ("report", "评审报告送采购人", "Report sent to the buyer")
#: What follows the last stage of every method, each within so much of the step before: (code, rule, zh, en).
AFTER_AWARD = (
    ("award_notice", "award.publish", "公告结果、发出通知书", "Result notice and award letter"),
    ("contract", "contract.sign", "签订合同", "Contract signed"),
)
#: The same of a first stage, which spends nothing: an agreement is signed with those who enter (110号令 art. 29).
AFTER_ENTRY = (
    ("award_notice", "award.publish", "公告入围结果、发出入围通知书", "Entrants announced, and their letters"),
    ("contract", "framework.sign", "签订框架协议", "Framework agreement signed"),
)
ENTRANTS = ("decided", "确定入围供应商", "Entrants determined")


@dataclass(frozen=True)
class Milestone:
    """One step: not before `earliest_on`; `safe_on` is the earliest day by the stricter reading of a window (law.md
    8.1), `latest_on` the last day when each step before it was taken on its own last day. None: the law sets none."""

    code: str
    zh: str
    en: str
    earliest_on: datetime.date
    safe_on: datetime.date | None = None
    latest_on: datetime.date | None = None
    limit: tuple[str, str] = ("", "")
    citation: Citation | None = None

    @property
    def text(self) -> str:
        return self.zh if in_chinese() else self.en

    @property
    def limit_text(self) -> str:
        return self.limit[0 if in_chinese() else 1]


@dataclass(frozen=True)
class Timeline:
    """The milestones in order. `ends_at_year`: the calendar of that year is not loaded, nothing is guessed there."""

    milestones: tuple[Milestone, ...]
    ends_at_year: int | None = None

    def of(self, code: str) -> Milestone | None:
        """The milestone of that code, None when it is not reached or the method has none."""
        return next((found for found in self.milestones if found.code == code), None)


@dataclass
class _Walk:
    """Where the walk over the stages stands: the earliest and the latest day of the step before."""

    on: datetime.date
    jurisdiction: str
    day: datetime.date
    latest: datetime.date | None = None
    begins: datetime.date | None = None
    found: list[Milestone] = field(default_factory=list)

    @property
    def region(self) -> str:
        return "" if self.jurisdiction == CHINA else self.jurisdiction

    def add(self, code: str, zh: str, en: str, *, rule: str = "", safe_on: datetime.date | None = None) -> None:
        value = law.find(rule, on=self.on, jurisdiction=self.jurisdiction) if rule else None
        limit = ("", "") if value is None or value.unit == "principle" else value.text
        self.found.append(
            Milestone(code, zh, en, self.day, safe_on, self.latest, limit, value.citation if value else None)
        )

    def floor(self, rule: str, start: datetime.date) -> Window | None:
        """A shortest period that begins then; None where the law sets none that day."""
        if not rule or not law.applies(rule, on=self.on, jurisdiction=self.jurisdiction):
            return None
        return window(rule, start=start, on=self.on, jurisdiction=self.jurisdiction, region=self.region)

    def end_of(self, rule: str, *, default: datetime.date) -> datetime.date:
        """The hard end of a shortest period that begins on the current day."""
        value = law.find(rule, on=self.on, jurisdiction=self.jurisdiction)
        return calendar.due_on(self.day, value.value, value.unit, region=self.region) if value else default

    def within(self, rule: str) -> None:
        """The next step is due within the rule's time after the step before."""
        value = law.find(rule, on=self.on, jurisdiction=self.jurisdiction)
        if value is not None:
            self.latest = calendar.due_on(self.latest or self.day, value.value, value.unit, region=self.region)


def timeline(
    *,
    procedure: Procedure,
    start: datetime.date,
    on: datetime.date,
    jurisdiction: str = law.HOME,
    intention: bool = True,
    intention_on: datetime.date | None = None,
    publicity: str = "",
    publicity_on: datetime.date | None = None,
    approval: bool = False,
) -> Timeline:
    """The earliest lawful days of a method when one begins on `start` (a date) by the law of `on`.

    `intention`: one is needed, published on `intention_on` or else on `start`. `publicity`: the rule on how long a
    single source is publicised before approval is asked for, from `publicity_on` or else from `start` on. `approval`:
    the treasury's is needed first; the law sets it no time, so its day is that of the application.
    """
    walk = _Walk(on=on, jurisdiction=jurisdiction, day=start)
    try:
        start = walk.day = calendar.roll(start, region=walk.region)
        if intention:
            walk.day = intention_on or start
            walk.add("intention", "公开采购意向", "Intention published", rule="intention.lead")
            walk.begins = walk.end_of("intention.lead", default=start)
        asked = start
        if publicity:
            walk.day = publicity_on or start
            walk.add("publicity", "单一来源公示", "Single-source publicity", rule=publicity)
            closes = walk.end_of(publicity, default=start)  # at 24:00 of that day
            asked = calendar.add_working_days(closes, 1, region=walk.region)
            walk.begins = max(walk.begins or start, asked)
        if approval:
            walk.day = max(start, asked)
            walk.add("approval", "报批采购方式", "Approval of the method asked for", rule="method.approval")
            walk.begins = max(walk.begins or start, walk.day)
        walk.day = max(start, walk.begins or start)
        _stages(walk, procedure)
    except calendar.HorizonError as horizon:
        return Timeline(tuple(walk.found), horizon.year)
    return Timeline(tuple(walk.found))


def _stages(walk: _Walk, procedure: Procedure) -> None:
    """From the first stage of the activity to the contract."""
    issued = walk.day
    pending: list[Window] = []
    for step in procedure.steps:
        if step.stage in BEFORE:
            continue
        starts = step.stage is Stage.INVITATION  # its periods run on into the next stage
        if starts:
            walk.add(step.stage.value, procedure.say(step.stage.zh), procedure.say_en(step.stage.en), rule=step.notice)
        start = issued if step.stage in ISSUED else walk.day
        pending += [found for rule in (step.notice, step.documents, step.window) if (found := walk.floor(rule, start))]
        if not starts:
            walk.day = max([walk.day, *(found.floor_on for found in pending)])
            safe_on = max([walk.day, *(found.strict_on for found in pending)]) if pending else None
            pending = []
            if step.stage is not Stage.AWARD:
                zh, en = ENDS.get(step.stage, step.titles)
                walk.add(step.stage.value, procedure.say(zh), procedure.say_en(en), rule=step.window, safe_on=safe_on)
        if step.decide:
            walk.within(step.decide)
            decided = DECISIONS.get(step.stage, REPORT)
            walk.add(*(decided if procedure.spends or decided is REPORT else ENTRANTS), rule=step.decide)
    for code, rule, zh, en in AFTER_AWARD if procedure.spends else AFTER_ENTRY:
        walk.within(procedure.own(rule))
        walk.add(code, zh, en, rule=procedure.own(rule))
