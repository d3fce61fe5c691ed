"""What waits for me, how urgently, and on what ground? The home page of every role."""

import datetime
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.cases.models import Stage
from yangcai.cases.queries import visible_to
from yangcai.funds.models import Appropriation
from yangcai.kernel import tasks
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Citation, in_chinese
from yangcai.kernel.wording import in_words
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.planning.queries import unplanned_appropriations
from yangcai.tendering.models import Prequalification
from yangcai.www import formats, signed_papers, wording
from yangcai.www.access import page
from yangcai.www.hall import acting
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import namesakes, own, places, rail, schedule, tables
from yangcai.www.work.clocks import ground_of, reminder, title_of
from yangcai.www.work.shown import KINDS
from yangcai.www.work.wanted import Wanted, narrowed, tabs

#: So many rows of a group are shown; more are counted up to COUNTED.
SHOWN = 50
COUNTED = 1000
CASES_SHOWN = 6
LINES_SHOWN = 5
#: So many cases of an agency are drawn on its desk; the rest on a page of their own.
PLANNED = 10
CASES_PER_PAGE = 25


@dataclass(frozen=True)
class Todo:
    """One line: verb and case, by when, on what ground, and where it is done. `seats`: where it is to be done for each
    of several members of one committee, who is meant and the address."""

    title: str
    url: str
    due_at: datetime.datetime | None
    citation: Citation | None
    root: str = ""
    detail: str = ""
    action: str = ""
    seats: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    key: str
    items: list[Todo]
    total: int
    more: bool = False


def bounds(now: datetime.datetime) -> dict[str, tuple[datetime.datetime | None, datetime.datetime | None]]:
    """Group -> [from, to) of its due times; the week ends with Sunday."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + datetime.timedelta(days=1)
    monday = midnight + datetime.timedelta(days=7 - midnight.weekday())
    return {"overdue": (None, now), "today": (now, tomorrow), "week": (tomorrow, monday), "later": (monday, None)}


def urgency(due_at: datetime.datetime | None, *, now: datetime.datetime) -> str:
    """The group in which something due then stands; empty without a time."""
    for key, (start, end) in bounds(now).items():
        if due_at is not None and (start is None or start <= due_at) and (end is None or due_at < end):
            return key
    return ""


def own_tasks(post: Post, *, now: datetime.datetime) -> QuerySet[Task]:
    """What a person at this post has to do. The platform's worker makes the signed papers, and no operator by hand:
    how many of them wait is told on the operator's own page."""
    found = tasks.of_post(post, now=now)
    return found.exclude(pk__in=signed_papers.waiting().values("pk")) if post.role == Role.PLATFORM else found


def groups(post: Post, *, now: datetime.datetime, waiting: QuerySet[Task] | None = None) -> list[Group]:
    """The tasks of a post by urgency, or those of them that are asked for; each group in at most three queries,
    however many tasks there are."""
    waiting = own_tasks(post, now=now) if waiting is None else waiting
    found = []
    for key, (start, end) in bounds(now).items():
        part = waiting.filter(due_at__isnull=False)
        if start is not None:
            part = part.filter(due_at__gte=start)
        if end is not None:
            part = part.filter(due_at__lt=end)
        found.append(_group(key, part, post=post, now=now))
    found.append(_group("undated", waiting.filter(due_at__isnull=True), post=post, now=now))
    return [group for group in found if group.items]


def _group(key: str, part: Any, *, post: Post, now: datetime.datetime) -> Group:
    rows = list(part[: SHOWN + 1])
    more = len(rows) > SHOWN
    total = part[:COUNTED].count() if more else len(rows)
    shown, who = rows[:SHOWN], namesakes.names(rows[:SHOWN], post=post)
    rooms = acting.rooms(shown)
    bought = wording.methods(task.root for task in shown)
    items = []
    for together in _together(shown, who):
        procedure = bought.get(together[0].root, "")
        with in_words(wording.of_method(procedure)):
            items.append(_line(together, who, rooms, procedure=procedure, now=now))
    return Group(key, items, total - len(shown) + len(items), more=more)


def count(post: Post, *, now: datetime.datetime) -> int:
    """How many lines the worklist of a post has, by the same rules by which `groups` draws them up."""
    parts: dict[str, list[Task]] = {}
    for task in own_tasks(post, now=now)[: COUNTED + SHOWN]:
        parts.setdefault(urgency(task.due_at, now=now), []).append(task)
    total = 0
    for rows in parts.values():
        shown = rows[:SHOWN]
        total += min(len(rows), COUNTED) - len(shown) + len(_together(shown, namesakes.names(shown, post=post)))
    return total


def _together(rows: list[Task], who: dict[str, str]) -> list[list[Task]]:
    """What is to be done alike for several seats, payments or lots by the same time is one line."""
    lines: dict[tuple[Any, ...], list[Task]] = {}
    for task in rows:
        key = (task.action, task.root, task.due_at) if task.subject in who else (task.pk,)
        lines.setdefault(key, []).append(task)
    return list(lines.values())


def _line(
    together: list[Task], who: dict[str, str], rooms: dict[str, str], *, procedure: str, now: datetime.datetime
) -> Todo:
    """What is done in an opening hall is done there, with everything beside it that is wanted next."""
    first = together[0]
    in_hall = acting.is_of_hall(first) and first.root in rooms
    if len(together) == 1 or in_hall:
        named = who.get(first.subject, "") if len(together) == 1 else ""
        found = todo(first, who=named, procedure=procedure, now=now)
        return replace(found, url=rooms[first.root]) if in_hall else found
    seats = tuple((who[task.subject], places.place_of_task(task.action, task.subject)) for task in together)
    return replace(todo(first, procedure=procedure, now=now), seats=seats)


def todo(task: Task, *, who: str = "", procedure: str = "", now: datetime.datetime) -> Todo:
    """The line of a task; `who` is somebody whom its title does not name, `procedure` by whose articles it waits."""
    citation = ground_of(task, on=timezone.localdate(now), procedure=procedure)
    colon = "：" if in_chinese() else ": "
    return Todo(
        f"{title_of(task, who=who)}{colon}{task.title}",
        places.place_of_task(task.action, task.subject),
        task.due_at,
        citation,
        task.root,
        reminder(task),
        "" if task.action else str(_("查看")),
    )


@page()
def worklist(request: HttpRequest) -> HttpResponse:
    """The tasks of this post by urgency, beside its cases."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    waiting = own_tasks(post, now=now)
    form = Wanted(request.GET or None, waiting=waiting)
    asked = form.asked
    found = groups(post, now=now, waiting=narrowed(waiting, asked, post=post))
    drawn = post.role == Role.AGENT
    cases = own.listed(own.cases(post, now=now)[:CASES_SHOWN], now=now)
    context = {
        "groups": found,
        "wanted": form,
        "asked": asked,
        "query": urlencode(asked),
        "tabs": tabs("work"),
        "waiting": sum(group.total for group in found),
        "overdue": next((group.total for group in found if group.key == "overdue"), 0),
        "cases": cases,
        "focus": focus(found, post=post, now=now),
        "unplanned": unplanned(post, now=now),
        "stages": stage_counts(post, now=now),
        "plan": schedule.planned(list(schedule.running(post, now=now)[:PLANNED]), now=now) if drawn else None,
        "now": now,
    }
    wording.speak_of_all(line.case.procedure for line in cases)
    return render(request, "work/worklist.html", context)


def focus(found: list[Group], *, post: Post, now: datetime.datetime) -> dict[str, Any] | None:
    """The case of the most urgent task, with its rail: where the work of today stands."""
    kind, _colon, pk = next(
        (todo.root for group in found for todo in group.items if todo.root.startswith("case:")), ""
    ).partition(":")
    case = visible_to(post, now).prefetch_related("periods", "lots").filter(pk=pk).first() if kind else None
    if case is None:
        return None
    closes_at = own.closes_at(case)
    with in_words(wording.of(case)):
        label = _("距投标截止")
    return {
        "label": label,
        "case": case,
        "kicker": [case.number, tables.procedure(case.procedure), formats.yuan(case.budget)],
        "steps": rail.steps(case.plan_item, case, now=now, post=post),
        "closes_at": closes_at if closes_at and now < closes_at else None,
    }


def unplanned(post: Post, *, now: datetime.datetime) -> list[Appropriation]:
    """This year's budget lines with which nothing was begun yet: from here a buyer sets out."""
    if post.role != Role.BUYER_OFFICER:
        return []
    year = timezone.localdate(now).year
    return list(unplanned_appropriations(buyer_id=post.organisation_id, fiscal_year=year)[:LINES_SHOWN])


def stage_counts(post: Post, *, now: datetime.datetime) -> list[tuple[str, int]]:
    """How many running cases of the own organisation stand in each stage; only for those who run cases."""
    if post.role not in BUYER and post.role != Role.AGENT:
        return []
    counts = own.stages(post, now=now)
    found = []
    for stage, label in Stage.choices:
        if by_method := counts.get(stage):
            with in_words(wording.of_all(by_method)):
                found.append((formats.titled(label), sum(by_method.values())))
    return found


@page()
def cases(request: HttpRequest) -> HttpResponse:
    """Every case of this post, newest first."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    shown = CappedPaginator(own.cases(post, now=now), CASES_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "work/cases.html", {"page": shown, "cases": own.listed(shown.object_list, now=now), "now": now}
    )


@page(by={Role.SUPPLIER})
def tenders(request: HttpRequest) -> HttpResponse:
    """Published cases in which a supplier may take part now, what closes first on top."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    shown = CappedPaginator(own.open_tenders(post, now=now), CASES_PER_PAGE).get_page(request.GET.get("page"))
    found = own.open_prequalifications(post, now=now) if shown.number == 1 else []
    standing = own.standing_calls(post, now=now) if shown.number == 1 else []
    columns = ("title", "case__buyer", "opens_at", "closes_at", "examined_on")
    table = tables.table(KINDS[Prequalification].title, Prequalification, found, columns)
    table = tables.with_column(table, _("状态"), [own.prequalification_word(one, now=now) for one in found])
    context = {
        "page": shown,
        "cases": own.listed(shown.object_list, now=now),
        "standing": own.listed(standing, now=now),
        "prequalifications": tables.with_addresses(table, [places.page_of(one) for one in found]),
        "now": now,
    }
    return render(request, "work/tenders.html", context)
