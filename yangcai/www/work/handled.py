"""What has somebody done so far (已办), and how are that list and the one of what waits taken along as tables?"""

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.kernel.cells import BYTE_ORDER_MARK, harmless
from yangcai.kernel.models import Entry
from yangcai.kernel.wording import Say, in_words
from yangcai.parties.models import Post
from yangcai.www import formats, wording
from yangcai.www.access import page
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import places, worklist
from yangcai.www.work.wanted import Wanted, narrowed, tabs

PER_PAGE = 50
#: More lines than this nobody takes along from a worklist.
LINES = 5000


@dataclass(frozen=True)
class Deed:
    """One line of what was done: when, what, on which row, and where the record of it stands."""

    at: datetime.datetime
    title: str
    about: str
    about_url: str
    url: str


@page()
def handled(request: HttpRequest) -> HttpResponse:
    """What this person has done, newest first, each with its record."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    shown = CappedPaginator(_done_by(post), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": shown, "deeds": deeds(shown.object_list, post=post, now=now), "tabs": tabs("work_handled")}
    return render(request, "work/handled.html", context)


def _done_by(post: Post) -> QuerySet[Entry]:
    return Entry.objects.filter(person_id=post.person_id, outcome="done").order_by("-seq")


def deeds(entries: Iterable[Entry], *, post: Post, now: datetime.datetime) -> list[Deed]:
    """The lines of some Entries; the rows they are about, of each kind in one query, as far as they may be seen."""
    entries = [entry for entry in entries if entry.action in ACTIONS]
    seen = rows({entry.root for entry in entries}, post=post, now=now)
    unseen = wording.of_roots(entry.root for entry in entries if entry.root not in seen)
    return [_deed(entry, seen.get(entry.root), unseen) for entry in entries]


def _deed(entry: Entry, row: Any, unseen: dict[str, Say | None]) -> Deed:
    """In the words of the method by which the row is bought, also where it may not be seen any more."""
    with in_words(unseen.get(entry.root) if row is None else wording.of(row)):
        title = ACTIONS[entry.action].title
    about, address = ("", "") if row is None else (str(row), places.page_of(row))
    return Deed(entry.at, title, about, address, reverse("work_done", args=[entry.seq]))


def rows(refs: set[str], *, post: Post, now: datetime.datetime) -> dict[str, Any]:
    """`label:id` -> the row, of those with a page that this post may see; each kind in one query."""
    names = {model._meta.model_name: model for model in places.PAGES}
    wanted: dict[Any, list[int]] = {}
    for name, _colon, pk in (ref.partition(":") for ref in refs):
        if name in names and pk.isdecimal():
            wanted.setdefault(names[name], []).append(int(pk))
    return {row.ref: row for model, keys in wanted.items() for row in SCOPES[model](post, now).filter(pk__in=keys)}


@page()
def handled_table(request: HttpRequest) -> HttpResponse:
    """What this person has done, newest first, as a file for a spreadsheet."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    found = deeds(_done_by(post)[:LINES], post=post, now=now)
    lines = [(one.title, one.about, formats.moment(one.at), request.build_absolute_uri(one.url)) for one in found]
    return _file("handled", (_("事项"), _("采购项目或者对象"), _("办理时间"), _("办理记录")), lines, now=now)


@page()
def as_table(request: HttpRequest) -> HttpResponse:
    """What waits on the desk, most urgent first, as a file for a spreadsheet: what the same filters leave."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    waiting = worklist.own_tasks(post, now=now)
    found = narrowed(waiting, Wanted(request.GET, waiting=waiting).asked, post=post)
    words = {"overdue": _("已逾期"), "today": _("今日到期"), "week": _("本周"), "later": _("以后"), "": _("无期限")}
    shown = list(found[:LINES])
    bought = wording.methods(task.root for task in shown)
    lines = []
    for task in shown:
        procedure = bought.get(task.root, "")
        with in_words(wording.of_method(procedure)):
            line = worklist.todo(task, procedure=procedure, now=now)
        cited = line.citation.text if line.citation else ""
        row = (words[worklist.urgency(line.due_at, now=now)], line.title, formats.deadline(line.due_at), cited)
        lines.append((*row, line.detail, request.build_absolute_uri(line.url)))
    heading = (_("紧急程度"), _("事项"), _("期限"), _("依据"), _("提醒"), _("办理地址"))
    return _file("worklist", heading, lines, now=now)


def _file(name: str, heading: Sequence[str], lines: Iterable[Sequence[Any]], *, now: datetime.datetime) -> HttpResponse:
    """For its reader alone; a cell that a spreadsheet would run is made harmless."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(heading)
    table.writerows([harmless(cell) for cell in line] for line in lines)
    return HttpResponse(
        BYTE_ORDER_MARK + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{timezone.localdate(now).isoformat()}.csv"',
            "Cache-Control": "private, no-store",
        },
    )
