"""How do the cases of an agency lie in time, what does the law demand of each stage, and where do they collide?"""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai import law, procedures
from yangcai.cases.models import Case, Period, Stage
from yangcai.kernel import calendar
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Citation, in_chinese
from yangcai.kernel.wording import in_words, worded
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.procedures.timeline import timeline
from yangcai.www import formats, wording
from yangcai.www.access import page
from yangcai.www.gantt import Bar, Mark, Row
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import own
from yangcai.www.work.clocks import citation_of, title_of

PER_PAGE = 20
ONE_DAY = datetime.timedelta(days=1)
#: What is drawn around today; a matter of layout, not of law.
BEFORE, AFTER = 21 * ONE_DAY, 63 * ONE_DAY
#: Two openings closer than this are held by the same people; a measure of the platform's own.
OPENING = datetime.timedelta(hours=1)
#: Stage -> the class of its bar: made ready, open to bidders, judged, decided.
KINDS = {
    Stage.PREPARATION: "g-prep",
    Stage.JUSTIFICATION: "g-prep",
    Stage.INVITATION: "g-open",
    Stage.SUBMISSION: "g-open",
    Stage.AWARD: "g-award",
}
JUDGED = "g-judge"


@dataclass(frozen=True)
class Conflict:
    """What collides, in a sentence; `other` is the project with which, as its owner called it."""

    said: str
    other: str = ""


@dataclass
class Planned:
    """One case in time, ready for the drawing and for its table."""

    case: Case
    stage: str
    tone: str
    closes_at: datetime.datetime | None
    bars: list[Bar] = field(default_factory=list)
    bands: list[tuple[Bar, Citation | None]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def url(self) -> str:
        return reverse("work_case", args=[self.case.pk])

    def is_between(self, start: datetime.datetime, end: datetime.datetime) -> bool:
        """Whether anything of it lies in that time."""
        spans = [(bar.start, bar.end) for bar in (*self.bars, *(bar for bar, _citation in self.bands))]
        return any(a < end and b > start for a, b in spans) or any(start <= mark.at <= end for mark in self.marks)

    @property
    def row(self) -> Row:
        bands = [bar for bar, _citation in self.bands]
        return Row(self.case.title, self.url, self.bars, bands, self.marks, bool(self.conflicts))


@dataclass(frozen=True)
class Schedule:
    """What is drawn: some cases, from when to when, what the drawing says in words; what an opening is called here."""

    cases: list[Planned]
    start: datetime.datetime
    end: datetime.datetime
    said: str
    opening: str

    @property
    def rows(self) -> list[Row]:
        """Those that have something to show in that time; the table has all."""
        return [one.row for one in self.cases if one.is_between(self.start, self.end)]

    @property
    def conflicts(self) -> list[tuple[Planned, Conflict]]:
        return [(one, found) for one in self.cases for found in one.conflicts]


@page(by={Role.AGENT, *BUYER})
def schedule(request: HttpRequest) -> HttpResponse:
    """The running cases of one's own organisation, as a drawing and as a table."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    shown = CappedPaginator(running(post, now=now), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": shown, "plan": planned(list(shown.object_list), now=now), "now": now}
    wording.speak_of_all(case.procedure for case in shown)
    return render(request, "work/schedule.html", context)


def running(post: Post, *, now: datetime.datetime) -> Any:
    """The cases that are not over, newest first."""
    return own.cases(post, now=now).filter(ended_at__isnull=True)


def planned(cases: Sequence[Case], *, now: datetime.datetime) -> Schedule:
    """Some cases in time; their periods, lots and clocks in three queries, however many there are."""
    found = []
    for listed in own.listed(_with_periods(cases), now=now):
        with in_words(wording.of(listed.case)):
            found.append(_planned(listed, now=now))
    clocks: dict[str, list[Task]] = {}
    timed = Task.objects.filter(root__in=[case.ref for case in cases], due_at__isnull=False).exclude(clock="")
    for task in timed.order_by("due_at", "pk"):
        clocks.setdefault(task.root, []).append(task)
    for one in found:
        with in_words(wording.of(one.case)):
            _clocked(one, clocks.get(one.case.ref, []), now=now)
    _collide(found, now=now)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    with in_words(wording.of_all(one.case.procedure for one in found)):
        return Schedule(found, today - BEFORE, today + AFTER, _said(found, now=now), _("开标"))


def _with_periods(cases: Sequence[Case]) -> list[Case]:
    found = list(cases)
    prefetch_related_objects(found, "periods", "lots")
    return found


def _planned(listed: own.Listed, *, now: datetime.datetime) -> Planned:
    case = listed.case
    one = Planned(case, listed.stage, listed.tone, listed.closes_at)
    stages: dict[str, list[Period]] = {}
    for period in case.periods.all():
        stages.setdefault(period.stage, []).append(period)
    for stage, periods in stages.items():
        ends = [period.closes_at or max(now, period.opens_at) for period in periods]
        kind = KINDS.get(Stage(stage), JUDGED)
        one.bars.append(
            Bar(kind, min(p.opens_at for p in periods), max(ends), formats.titled(own.stage_name(case, stage)))
        )
    if case.published_at is None:
        _foreseen(one, now=now)
    return one


def _foreseen(one: Planned, *, now: datetime.datetime) -> None:
    """Of what is not announced yet: the shortest windows of the law, if it were announced today."""
    case = one.case
    on = timezone.localdate(now)
    days = timeline(
        procedure=procedures.get(case.procedure), start=on, on=on, jurisdiction=case.jurisdiction, intention=False
    )
    first, last = days.of("invitation"), days.of("submission")
    if first is None or last is None:
        return
    label = _("若今天公告，最早截止")
    bar = Bar("g-least", calendar.start_of(first.earliest_on), calendar.end_of(last.earliest_on), label)
    one.bands.append((bar, last.citation))


def _clocked(one: Planned, tasks: list[Task], *, now: datetime.datetime) -> None:
    """The clocks of the law: windows that must run their course, and deadlines that somebody must keep."""
    on = one.case.law_as_of or timezone.localdate(now)
    for task in tasks:
        assert task.due_at is not None  # asked for so
        if law.clock(task.clock).kind == "at_least":
            one.bands.append((Bar("g-least", task.since, task.due_at, _clock_name(task)), citation_of(task, on=on)))
        elif task.done_at is None and task.action:
            late = task.due_at < now
            one.marks.append(Mark("g-late" if late else "g-due", task.due_at, title_of(task)))


def _clock_name(task: Task) -> str:
    clock = law.clock(task.clock)
    return worded(clock.zh if in_chinese() else clock.en)


def _collide(found: list[Planned], *, now: datetime.datetime) -> None:
    """Openings at the same time, and openings on days on which nobody works."""
    coming = sorted(_coming(found, now=now), key=lambda pair: pair[0])
    for (at, one), (then, other) in itertools.pairwise(coming):
        if then - at < OPENING:
            _clash(one, other, at=at, then=then)
            _clash(other, one, at=then, then=at)
    for at, one in coming:
        day = timezone.localdate(at)
        if _rests(day):
            with in_words(wording.of(one.case)):
                one.conflicts.append(Conflict(_("开标日 %(day)s 不是工作日") % {"day": formats.day(day)}))


def _clash(one: Planned, other: Planned, *, at: datetime.datetime, then: datetime.datetime) -> None:
    """Said of two projects at once: in the words of both."""
    with in_words(wording.of_all((one.case.procedure, other.case.procedure))):
        said = _("%(at)s 开标，与 %(then)s 开标的另一项目相差不到 1 小时")
    hours = {"at": formats.moment(at), "then": formats.moment(then)}
    one.conflicts.append(Conflict(said % hours, other.case.title))


def _coming(found: list[Planned], *, now: datetime.datetime) -> list[tuple[datetime.datetime, Planned]]:
    """The openings that are still to come: a bid is opened when its time to come in ends (87号令 art. 40)."""
    return [(one.closes_at, one) for one in found if one.closes_at is not None and one.closes_at > now]


def _rests(day: datetime.date) -> bool:
    try:
        return not calendar.is_working_day(day)
    except calendar.HorizonError:
        return False


def _said(found: list[Planned], *, now: datetime.datetime) -> str:
    """What the drawing shows, in a sentence."""
    coming = sorted(_coming(found, now=now), key=lambda pair: pair[0])
    late = sum(1 for one in found if any(mark.kind == "g-late" for mark in one.marks))
    said = [_("%(n)d 个项目在办") % {"n": len(found)}]
    if coming:
        said.append(_("最近一次开标 %(at)s") % {"at": formats.moment(coming[0][0])})
    if late:
        said.append(_("%(n)d 个项目有逾期事项") % {"n": late})
    clashes = sum(1 for one in found if one.conflicts)
    said.append(_("%(n)d 个项目的开标时间有冲突") % {"n": clashes} if clashes else _("开标时间没有冲突"))
    return _("；").join(said) + _("。")
