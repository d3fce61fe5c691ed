"""What waits for the treasury to approve, what was filed with it, and how long has each been waiting?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.kernel import calendar, tasks
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry, Task
from yangcai.kernel.refusals import Citation
from yangcai.kernel.wording import in_words
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.www import formats, wording
from yangcai.www.access import page
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import handled, places
from yangcai.www.work.clocks import ground_of, title_of

PER_PAGE = 50
#: What is filed with the treasury and needs no answer: it is there to be read.
FILED = ("plan.file", "contract.file", "framework.file", "outside_library.file")
FILED_SHOWN = 15
#: Of so many that came into the log last the newest by date are shown: where all is entered as it happens, both orders
#: are one, and nobody sorts the filings of ten years.
FILED_LOOKED_AT = 500


@dataclass(frozen=True)
class Waiting:
    """One line: what is to be decided on which project, since when, by when, by which article."""

    verb: str
    project: str
    url: str
    since: datetime.datetime
    working_days: int | None
    due_at: datetime.datetime | None
    tone: str
    citation: Citation | None


@page(by={Role.TREASURY, Role.TREASURY_PAYER})
def queue(request: HttpRequest) -> HttpResponse:
    """One list, the oldest legal deadline first, then what has waited longest; or one kind of it."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    waiting = tasks.of_post(post, now=now).exclude(action="")
    counts = kinds(waiting)
    asked = request.GET.get("kind", "")
    asked = asked if asked in counts else ""
    rows = (waiting.filter(action=asked) if asked else waiting).order_by(
        F("due_at").asc(nulls_last=True), "since", "pk"
    )
    shown = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "lines": lines(list(shown.object_list), now=now),
        "total": sum(counts.values()),
        "overdue": waiting.filter(due_at__lt=now).count(),
        "kinds": _tabs(counts, asked),
        "filed": filed(post, now=now) if post.role == Role.TREASURY else [],
        "now": now,
    }
    return render(request, "work/queue.html", context)


def kinds(waiting: QuerySet[Task]) -> dict[str, int]:
    """How many of each kind wait, by the Action's code."""
    found = waiting.order_by().values_list("action").annotate(n=Count("pk"))
    return {code: n for code, n in found if code in ACTIONS}


def _tabs(counts: dict[str, int], asked: str) -> list[dict[str, Any]]:
    named = sorted((formats.titled(ACTIONS[code].title), code) for code in counts)
    every = {"label": _("全部"), "url": "?", "current": not asked, "count": sum(counts.values())}
    return [
        every,
        *(
            {"label": label, "url": f"?kind={code}", "current": code == asked, "count": counts[code]}
            for label, code in named
        ),
    ]


def lines(shown: list[Task], *, now: datetime.datetime) -> list[Waiting]:
    """Each in the words of the method by which its project is bought."""
    bought, found = wording.methods(task.root for task in shown), []
    for task in shown:
        procedure = bought.get(task.root, "")
        with in_words(wording.of_method(procedure)):
            found.append(line(task, procedure=procedure, now=now))
    return found


def line(task: Task, *, procedure: str = "", now: datetime.datetime) -> Waiting:
    """The line of a task; without a clock of its own, the article behind the Action."""
    on = timezone.localdate(now)
    late = task.due_at is not None and task.due_at < now
    soon = task.due_at is not None and not late and task.due_at < now + datetime.timedelta(days=1)
    return Waiting(
        title_of(task),
        task.title,
        places.place_of_task(task.action, task.subject),
        task.since,
        _waited(task.since, now=now),
        task.due_at,
        "bad" if late else "warn" if soon else "info",
        ground_of(task, on=on, procedure=procedure),
    )


def _waited(since: datetime.datetime, *, now: datetime.datetime) -> int | None:
    """Working days since then; None beyond the days whose holidays are known."""
    try:
        return calendar.working_days_between(timezone.localdate(since), timezone.localdate(now))
    except calendar.HorizonError:
        return None


def filed(post: Post, *, now: datetime.datetime) -> list[handled.Deed]:
    """What came in last of what is filed: plans, contracts, framework agreements."""
    last = Entry.objects.filter(action__in=FILED, outcome="done").order_by("-seq")[:FILED_LOOKED_AT]
    rows: Iterable[Entry] = Entry.objects.filter(pk__in=last.values("pk")).order_by("-at", "-seq")[:FILED_SHOWN]
    return handled.deeds(rows, post=post, now=now)
