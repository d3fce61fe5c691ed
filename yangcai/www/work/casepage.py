"""Everything about one case on one page, the same for every role: what differs is what each may do and see."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai import procedures
from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.queries import OVERSEERS, concerns_case, runs_or_oversees, visible_to
from yangcai.controls.lamps import lamps
from yangcai.kernel import tasks
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.beneath import may_show
from yangcai.kernel.models import Task
from yangcai.kernel.whole import whole_rows
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.portal.queries import notices_of
from yangcai.tendering import blind
from yangcai.tendering.models import (
    BidLine,
    BidPartner,
    Clarification,
    CommitteeMember,
    ConsumablePrice,
    Deviation,
    DialogueTalk,
    ExpertDraw,
    FinalOffer,
    Finding,
    GoodsMaker,
    InvitedBy,
    LowPriceReview,
    OfferedFigure,
    OpenedBid,
    Prequalification,
    Sample,
    Solicitation,
    SupplierDraw,
)
from yangcai.tendering.queries import draws
from yangcai.tendering.queries.hall import has_hall
from yangcai.tendering.rules.opening import opening_of
from yangcai.www import formats, wording
from yangcai.www.access import page
from yangcai.www.draws import READERS as DRAW_READERS
from yangcai.www.pictures import csv_asked, prices
from yangcai.www.work import judging, namesakes, own, places, rail, tables, timeline
from yangcai.www.work.archive import READERS
from yangcai.www.work.clocks import clocks
from yangcai.www.work.explained import Paper, papers
from yangcai.www.work.files import attachments
from yangcai.www.work.money import money_of
from yangcai.www.work.offers import Offers, offers
from yangcai.www.work.shown import KINDS, OF_CASE
from yangcai.www.work.shown.kind import Kind

#: Kinds of which there is one at most, shown as facts instead of a table.
SINGLE = (Solicitation,)
#: A single row with more columns than this is told as facts too: no screen is as wide as such a table.
WIDEST = 9
#: What stands beside a bidder's name, and would tell whose bid it is where the document has them judged blindly.
OF_BIDS = frozenset(
    {
        BidLine,
        BidPartner,
        Clarification,
        ConsumablePrice,
        Deviation,
        DialogueTalk,
        FinalOffer,
        Finding,
        GoodsMaker,
        LowPriceReview,
        OfferedFigure,
        OpenedBid,
        Sample,
    }
)
#: So many sections stand unfolded.
UNFOLDED = 4
Links = dict[tuple[Any, int], list[Any]]
#: A table longer than this is cut; the API and exports have the rest.
LINES = 200


@page()
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One case for one post; not visible to it is 404."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    case = get_object_or_404(visible_to(post, now).prefetch_related("periods", "suspensions", "lots"), pk=pk)
    wording.speak_of(case)
    lots = sorted(case.lots.all(), key=lambda lot: lot.number)
    for lot in lots:
        lot.case = case
        lot.follows = next((one for one in lots if one.pk == lot.follows_id), None)
    rows = {Lot: lots, **rows_under(case, post=post, now=now)}
    due = list(tasks.of_post(post, now=now).filter(root=case.ref))
    records = judging.conduct_records(case, post=post, now=now) if CommitteeMember in rows else []
    shown = [case, *(row for found in rows.values() for row in found), *judging.to_explain(records, post=post)]
    may = offers(shown, post=post, now=now, due=due)
    if blind.case_is_blind_for(case, post):
        rows = {kind: found for kind, found in rows.items() if kind not in OF_BIDS}
    is_mine = concerns_case(case, post) and post.role != Role.SUPPLIER
    word, tone = own.stage_word(case, now=now)
    opened = opening_of(case) is not None
    timed = case_tasks(case, post=post)
    closes_at = own.closes_at(case)
    pictures = prices.of_bids(case, now=now) if opened and runs_or_oversees(case, post) else []
    table = csv_asked(request, pictures)
    if table is not None:
        return table
    return render(
        request,
        "work/case.html",
        {
            "case": case,
            "kicker": [case.number, tables.procedure(case.procedure), case.get_category_display()],
            "stage": word,
            "tone": tone,
            "suspended": case.is_suspended_at(now),
            "closes_at": closes_at if closes_at and now < closes_at else None,
            "hall_url": reverse("hall", args=[case.pk]) if has_hall(case, post, now=now) else "",
            "archive_url": reverse("work_archive", args=[case.pk]) if has_archive(case, post) else "",
            "desks": desks(case, lots, post=post, now=now),
            "steps": rail.steps(case.plan_item, case, now=now, post=post),
            "lamps": lamps(case, now=now) if is_mine else None,
            "offers": may,
            "due": due,
            "facts": tables.facts(case, KINDS[Case].columns),
            "prequalifications": prequalifications(case, rows, post=post, now=now),
            "sections": sections(rows, beside=beside(case, rows, may=may, post=post, now=now), now=now),
            "committees": judging.committees(case, post=post, now=now, links=links(may))
            if opened or CommitteeMember in rows
            else (),
            "conducts": judging.conducts(case, records, post=post, now=now) if CommitteeMember in rows else (),
            "judged": judging.judged(lots, post=post, now=now) if opened else (),
            "clocks": clocks(
                timed,
                on=case.law_as_of or timezone.localdate(now),
                now=now,
                who=namesakes.names(timed, post=post),
                procedure=case.procedure,
            ),
            "money": money_of(case) if is_mine and (post.role in BUYER or post.role in OVERSEERS) else None,
            "pictures": pictures,
            "documents": attachments(case, post=post, now=now),
            "notices": notices_of(case.ref, now=now),
            "happenings": happened(case, post=post, now=now),
            "now": now,
        },
    )


def has_archive(case: Case, post: Post) -> bool:
    """Whoever runs or oversees a purchase that was begun in public has its records."""
    return case.published_at is not None and post.role in READERS and runs_or_oversees(case, post)


def desks(case: Case, lots: list[Lot], *, post: Post, now: datetime.datetime) -> list[tuple[str, str]]:
    """The desks on which a supplier makes its bid ready, and a member of the committee judges; lot by lot."""
    if post.role == Role.SUPPLIER:
        if not procedures.get(case.procedure).takes_bids:
            return []
        wanted = [lot for lot in lots if lot.stage_at(now) in {Stage.INVITATION, Stage.SUBMISSION}]
        name, word = "work_bid_tasks", _("投标任务")
    elif post.role == Role.EXPERT:
        wanted = [lot for lot in lots if lot.stage_at(now) == Stage.EVALUATION]
        name, word = "work_evaluate", _("评审工作台")
    else:
        return []
    numbered = len(lots) > 1
    found = ((formats.titled(f"{word} {lot.number}" if numbered else word), lot) for lot in wanted)
    return [(title, reverse(name, args=[lot.pk])) for title, lot in found]


def prequalifications(
    case: Case, rows: dict[Any, list[Any]], *, post: Post, now: datetime.datetime
) -> tables.Table | None:
    """The rounds from which its suppliers come, where the document says so; each has a page of its own."""
    if not any(file.invited_by == InvitedBy.PREQUALIFICATION for file in rows.get(Solicitation, ())):
        return None
    found = list(SCOPES[Prequalification](post, now).filter(case=case).order_by("round"))
    columns = ("round", "opens_at", "closes_at", "examined_on", "concluded_at")
    table = tables.table(KINDS[Prequalification].title, Prequalification, found, columns)
    table = tables.with_column(table, _("状态"), [own.prequalification_word(one, now=now) for one in found])
    return tables.with_addresses(table, [places.page_of(one) for one in found])


def rows_under(case: Case, *, post: Post, now: datetime.datetime) -> dict[Any, list[Any]]:
    """What this post may see under the case, by kind, but for its lots, which are as public as itself. Every row is
    given the one case object: stages cost nothing."""
    found: dict[Any, list[Any]] = {}
    method = procedures.get(case.procedure)
    for kind in OF_CASE:
        if not kind.known_to(method) or (kind.after_opening and not case.has_reached(Stage.QUALIFICATION)):
            continue
        if kind.model is Lot or not may_show(case, kind.model):
            continue
        path = places.path_to(kind.model, Case)
        rows = whole_rows(SCOPES[kind.model](post, now).filter(**{path: case}), order=kind.order, limit=LINES + 1)
        for row in rows:
            _share(row, path.split("__"), case)
        if rows:
            found[kind.model] = rows
    return found


def _share(row: Any, chain: list[str], case: Case) -> None:
    """Put the loaded case (with its periods) in the place of the row's own copy."""
    for name in chain[:-1]:
        row = getattr(row, name)
    setattr(row, chain[-1], case)


def beside(case: Case, rows: dict[Any, list[Any]], *, may: Offers, post: Post, now: datetime.datetime) -> Links:
    """What stands beside a row: what may be done now, and what there is to read."""
    found = links(may)
    for row, paper in papers(rows, post=post, now=now):
        found.setdefault(row, []).append(paper)
    drawn = [row for row in (*rows.get(ExpertDraw, ()), *rows.get(SupplierDraw, ())) if row.drawn_at]
    if drawn and post.role in DRAW_READERS and draws.may_read(case, post=post, now=now):
        for row in drawn:
            record = Paper(_("抽取记录"), reverse("work_draws", args=[case.pk]))
            found.setdefault((type(row), row.pk), []).append(record)
    return found


def sections(rows: dict[Any, list[Any]], *, beside: Links, now: datetime.datetime) -> list[dict[str, Any]]:
    """The tables of the page: the lots, then what came last before what came first; each line with its open Actions."""
    found: list[dict[str, Any]] = []
    first, *later = OF_CASE
    for kind in [first, *reversed(later)]:
        lines = rows.get(kind.model)
        if not lines or kind.model is CommitteeMember:
            continue  # seats are shown by `judging`, which knows whose name may be read
        section = _section(kind, lines, beside=beside, now=now)
        # What is worked on now is unfolded: the newest kinds of rows, and those that offer something.
        section["is_open"] = len(found) < UNFOLDED or section["offers_something"]
        found.append(section)
    return found


def _section(kind: Kind, lines: list[Any], *, beside: Links, now: datetime.datetime) -> dict[str, Any]:
    """The rows of one kind: as facts where there is one at most, or one that is too wide for a table."""
    section: dict[str, Any] = {"title": formats.titled(kind.title), "id": anchor(kind), "offers_something": False}
    if kind.model in SINGLE:
        return section | {
            "facts": tables.facts(lines[0], kind.columns),
            "links": beside.get((kind.model, lines[0].pk), ()),
        }
    table = tables.table(kind.title, kind.model, lines[:LINES], kind.columns, links=beside)
    has_stages = kind.model is Lot and lines[0].case.published_at
    stages = [_stage_of(lot, now=now) for lot in lines[:LINES]] if has_stages else []
    if any(stages):
        table = tables.with_column(table, _("环节"), stages)
    section["offers_something"] = table.has_links
    if len(lines) > 1 or len(table.columns) <= WIDEST:
        return section | {"table": table, "cut": len(lines) > LINES}
    told = tables.facts(lines[0], kind.columns)
    if any(stages):
        told.append({"label": _("环节"), "value": stages[0]})
    return section | {"facts": told, "links": table.lines[0].links}


def links(may: Offers) -> Links:
    """What may be done now, by row."""
    found: Links = {}
    for offer in may.open:
        found.setdefault((type(offer.subject), offer.subject.pk), []).append(offer)
    return found


def anchor(kind: Kind) -> str:
    return f"of-{kind.model._meta.model_name}"


def _stage_of(lot: Lot, *, now: datetime.datetime) -> str:
    code = lot.stage_at(now)
    return own.stage_name(lot.case, code) if code else ""


def case_tasks(case: Case, *, post: Post) -> list[Task]:
    """The clocks of the case. Suppliers and experts see the windows, which are public, and their own deadlines."""
    found = Task.objects.filter(root=case.ref).exclude(clock="").order_by("pk")
    if post.role in {Role.SUPPLIER, Role.EXPERT}:
        found = found.filter(role="") | found.filter(role=post.role, organisation_id=post.organisation_id)
        return [task for task in found if task.person_id in {None, post.person_id}]
    if not concerns_case(case, post):
        found = found.filter(role="")
    return list(found)


def happened(case: Case, *, post: Post, now: datetime.datetime) -> dict[str, Any]:
    """The newest lines of the timeline, and how many there are before them."""
    shown = timeline.entries(timeline.roots_of(case), post=post, is_open=timeline.is_open(case))
    rows = list(shown[: timeline.SHOWN + 1])
    more = reverse("work_timeline", args=[case.pk]) if len(rows) > timeline.SHOWN else ""
    return {"lines": timeline.happenings(rows[: timeline.SHOWN], post=post), "more": more}


@page()
def case_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole timeline of a case."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    case = get_object_or_404(visible_to(post, now), pk=pk)
    wording.speak_of(case)
    shown = timeline.entries(timeline.roots_of(case), post=post, is_open=timeline.is_open(case))
    context = {"case": case, "lines": timeline.happenings(shown[:2000], post=post), "title": _("全部留痕")}
    return render(request, "work/timeline.html", context)
