"""What stands on the pages of the other roots: a budget line, an intention, a plan, an organisation?"""

import datetime
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.cases.models import Case
from yangcai.challenges.models import Enquiry, Objection, ObjectionTarget
from yangcai.contracts.models import PaymentRequest
from yangcai.funds.models import Appropriation
from yangcai.funds.queries import OVERSEERS, balances, balances_of, waterfall
from yangcai.kernel import tasks
from yangcai.kernel.actions import SCOPES, STANDINGS
from yangcai.kernel.inputs import number_of
from yangcai.kernel.models import Task
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import BUYER, Role
from yangcai.planning.models import (
    AllowedSentence,
    ImportApproval,
    ImportExpert,
    Intention,
    MethodApproval,
    PlanItem,
    Publicity,
    PublicityObjection,
    PublicityOpinion,
)
from yangcai.tendering.models import Prequalification, PrequalificationApplication, StatusChange
from yangcai.www import formats, wording
from yangcai.www.access import page
from yangcai.www.paging import CappedPaginator
from yangcai.www.pictures import csv_asked
from yangcai.www.work import money, places, proposals, rail, tables, timeline
from yangcai.www.work.clocks import clocks
from yangcai.www.work.files import attachments
from yangcai.www.work.offers import Offer, offers
from yangcai.www.work.shown import KINDS
from yangcai.www.work.shown.parties import OF_ORGANISATION
from yangcai.www.work.shown.plans import REQUIREMENT
from yangcai.www.work.shown.prequalification import OF_PREQUALIFICATION

MONEY = BUYER | {Role.TREASURY, Role.TREASURY_PAYER, Role.AUDITOR}
PER_PAGE = 50
#: Lists inside a page are cut here; the lists of their own go on.
LINES = 100


def root_context(
    root: Any, *, post: Post, now: datetime.datetime, under: list[Any] | None = None, is_open: bool = True
) -> dict[str, Any]:
    """What the page of any root shows: facts, what may be done, clocks, documents, what happened."""
    due = list(tasks.of_post(post, now=now).filter(root=root.ref))
    mine = STANDINGS[type(root)](root, post)
    lines = timeline.entries([root.ref], post=post, is_open=is_open)[: timeline.SHOWN] if mine else []
    return {
        "root": root,
        "offers": offers([root, *(under or [])], post=post, now=now, due=due),
        "due": due,
        "facts": tables.facts(root, KINDS[type(root)].columns),
        "facts_title": formats.titled(KINDS[type(root)].title),
        "clocks": clocks(
            Task.objects.filter(root=root.ref).exclude(clock="") if mine else (), on=timezone.localdate(now), now=now
        ),
        "documents": attachments(root, post=post, now=now),
        "lines": timeline.happenings(lines, post=post),
        "now": now,
    }


def linked(rows: list[Any], columns: tuple[str, ...], model: Any) -> tables.Table:
    """A table whose first column leads to the page of each row."""
    return tables.with_addresses(
        tables.table(KINDS[model].title, model, rows, columns), [places.page_of(row) for row in rows]
    )


# --- budget ------------------------------------------------------------------------------------------------------


@page(by=MONEY)
def budget(request: HttpRequest) -> HttpResponse:
    """The budget lines of a year with their balances; a buyer's own as a waterfall, the treasury's over all buyers."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    visible: QuerySet[Appropriation] = SCOPES[Appropriation](post, now)
    years = budget_years(visible)
    asked = number_of(request.GET.get("year", ""), digits=4)
    year = asked if asked is not None else years[0] if years else now.year
    own = post.role in BUYER
    # One's own have one name, and then an index has the order.
    rows = visible.filter(fiscal_year=year).order_by(*(("code",) if own else ("buyer__name", "code")))
    shown = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    found = balances_of(shown.object_list)
    drawn = None
    if own and shown.object_list:
        of_year = waterfall(buyer=post.organisation, fiscal_year=year)
        drawn = money.picture(of_year, title=_("本单位预算用到了哪里？"), now=now)
    table = csv_asked(request, [drawn])
    if table is not None:
        return table
    return render(
        request,
        "work/budget.html",
        {
            "year": year,
            "years": years,
            "page": shown,
            "lines": [(row, found[row.pk]) for row in shown.object_list],
            "picture": drawn,
            "offers": offers([post.organisation], post=post, now=now).of("budget")
            if post.role == Role.TREASURY
            else None,
            "now": now,
        },
    )


def budget_years(visible: QuerySet[Appropriation]) -> list[int]:
    """The fiscal years to choose from, newest first: from the first to the last, found at both ends of an index."""
    ends = visible.aggregate(first=Min("fiscal_year"), last=Max("fiscal_year"))
    return list(range(ends["last"], ends["first"] - 1, -1)) if ends["last"] else []


@page(by=MONEY)
def appropriation(request: HttpRequest, pk: int) -> HttpResponse:
    """One budget line: its balances, intentions and plans."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Appropriation](post, now), pk=pk)
    drawn = money.picture(balances(row), title=_("这笔预算用到了哪里？"), now=now)
    table = csv_asked(request, [drawn])
    if table is not None:
        return table
    intentions = list(SCOPES[Intention](post, now).filter(appropriation=row).order_by("-pk")[:LINES])
    plans = list(SCOPES[PlanItem](post, now).filter(appropriation=row).order_by("-pk")[:LINES])
    stands = list(SCOPES[AllowedSentence](post, now).filter(appropriation=row).order_by("-pk")[:LINES])
    context = root_context(row, post=post, now=now)
    context |= {
        "title": row.name,
        "kicker": [row.fiscal_year, row.code],
        "picture": drawn,
        "tables": [
            table
            for table in (
                linked(intentions, ("title", "amount", "expected_on", "published_at", "withdrawn_at"), Intention),
                linked(plans, ("title", "amount", "procedure", "submitted_at", "approved_at", "filed_at"), PlanItem),
                tables.table(
                    _("保留的表述"), AllowedSentence, stands, ("sentence", "reason", "allowed_by", "allowed_at")
                ),
            )
            if table.lines
        ],
    }
    return render(request, "work/root.html", context)


# --- planning ----------------------------------------------------------------------------------------------------


@page(by=MONEY)
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan this post may see, newest first."""
    return _list(
        request,
        PlanItem,
        ("title", "appropriation__buyer", "amount", "procedure", "submitted_at", "approved_at", "filed_at"),
    )


@page(by=MONEY)
def intentions(request: HttpRequest) -> HttpResponse:
    """The intentions of one's own organisation; for the treasury, of all."""
    post = request.post  # type: ignore[attr-defined]
    own = {"appropriation__buyer_id": post.organisation_id} if post.role in BUYER else {}
    columns = ("title", "appropriation__buyer", "amount", "expected_on", "published_at", "withdrawn_at")
    return _list(request, Intention, columns, **own)


def _list(request: HttpRequest, model: Any, columns: tuple[str, ...], **own: Any) -> HttpResponse:
    post, now = request.post, request.now  # type: ignore[attr-defined]
    shown = CappedPaginator(SCOPES[model](post, now).filter(**own).order_by("-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "title": formats.titled(KINDS[model].title),
        "page": shown,
        "table": linked(list(shown.object_list), columns, model),
    }
    return render(request, "work/list.html", context)


@page(by=MONEY)
def plan_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: requirement, review, reservation, and the case that came of it."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[PlanItem](post, now), pk=pk)
    wording.speak_of(row)
    cases = list(SCOPES[Case](post, now).filter(plan_item=row).order_by("-pk"))
    approvals = list(SCOPES[MethodApproval](post, now).filter(plan_item=row).order_by("-pk"))
    imports = list(SCOPES[ImportApproval](post, now).filter(plan_item=row).order_by("-pk"))
    reasoned = list(SCOPES[ImportExpert](post, now).filter(approval__in=imports)) if imports else []
    publicities = list(SCOPES[Publicity](post, now).filter(plan_item=row).order_by("-pk"))
    context = root_context(row, post=post, now=now, under=[*approvals, *imports])
    context |= {
        "title": row.title,
        "kicker": [row.buyer.name, row.get_category_display()],
        "proposal": proposals.shown(row, now=now),
        "repeats": proposals.repeated(row, post=post, now=now),
        "steps": rail.steps(row, cases[0] if cases else None, now=now, post=post),
        "more_facts": tables.facts(row.requirement, REQUIREMENT.columns) if hasattr(row, "requirement") else [],
        "more_title": formats.titled(REQUIREMENT.title),
        "tables": [
            table
            for table in (
                linked(cases, ("number", "title", "agent", "published_at", "end_kind"), Case),
                _under(MethodApproval, approvals, context),
                _under(ImportApproval, imports, context),
                _under(ImportExpert, reasoned, context),
                linked(publicities, ("title", "supplier_name", "opens_at", "closes_at", "is_upheld"), Publicity),
            )
            if table.lines
        ],
    }
    return render(request, "work/root.html", context)


def _under(model: Any, rows: list[Any], context: dict[str, Any]) -> tables.Table:
    """The rows of a kind with what each offers, and the way to its own page where it has one."""
    links: dict[tuple[Any, int], list[Offer]] = {}
    for offer in context["offers"].open:
        links.setdefault((type(offer.subject), offer.subject.pk), []).append(offer)
    found = tables.table(KINDS[model].title, model, rows, KINDS[model].columns, links=links)
    return tables.with_addresses(found, [places.page_of(row) for row in rows]) if model is Objection else found


@page()
def publicity(request: HttpRequest, pk: int) -> HttpResponse:
    """One single-source publicity: why, who says so, until when anybody may object, and what was objected."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Publicity](post, now), pk=pk)
    opinions = list(PublicityOpinion.objects.filter(publicity=row).order_by("pk"))
    objections = list(SCOPES[PublicityObjection](post, now).filter(publicity=row).order_by("raised_at", "pk"))
    context = root_context(row, post=post, now=now)
    if not (post.role in OVERSEERS or post.organisation_id == row.plan_item.buyer_id):
        context["lines"] = []  # who objected is between the objector, the buyer and the treasury
    context |= {
        "title": row.title,
        "kicker": [row.buyer.name],
        "tables": [
            table
            for table in (_under(PublicityOpinion, opinions, context), _under(PublicityObjection, objections, context))
            if table.lines
        ],
    }
    return render(request, "work/root.html", context)


@page()
def prequalification(request: HttpRequest, pk: int) -> HttpResponse:
    """One prequalification: its file, its conditions, one's own application, and for those who run it all of them."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Prequalification](post, now), pk=pk)
    under = {
        kind.model: list(
            SCOPES[kind.model](post, now)
            .filter(**{places.path_to(kind.model, Prequalification) or "prequalification": row})
            .order_by(*kind.order)
        )
        for kind in OF_PREQUALIFICATION
    }
    found = SCOPES[Objection](post, now).filter(case=row.case_id, target=ObjectionTarget.PREQUALIFICATION)
    under[Objection] = list(found.order_by(*KINDS[Objection].order))
    subjects = [*under[PrequalificationApplication], *under[StatusChange], *under[Enquiry], *under[Objection]]
    is_closed = row.closes_at is not None and now >= row.closes_at  # before that nobody learns who applied
    context = root_context(row, post=post, now=now, under=subjects, is_open=is_closed)
    context |= {
        "title": row.title,
        "kicker": [row.case.number, row.buyer.name, formats.titled(KINDS[Prequalification].title)],
        "tables": [table for model, rows in under.items() if (table := _under(model, rows, context)).lines],
    }
    return render(request, "work/root.html", context)


@page()
def intention(request: HttpRequest, pk: int) -> HttpResponse:
    """One intention and the plans that came of it."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Intention](post, now), pk=pk)
    found = list(SCOPES[PlanItem](post, now).filter(intention=row))
    context = root_context(row, post=post, now=now)
    context |= {
        "title": row.title,
        "kicker": [row.appropriation.buyer.name],
        "steps": rail.steps(found[0] if found else None, None, now=now, intention=row),
        "tables": [linked(found, ("title", "amount", "submitted_at", "approved_at", "filed_at"), PlanItem)]
        if found
        else [],
    }
    return render(request, "work/root.html", context)


# --- payments ----------------------------------------------------------------------------------------------------


@page(by={Role.TREASURY_PAYER, Role.TREASURY, Role.AUDITOR})
def payments(request: HttpRequest) -> HttpResponse:
    """What waits to be paid, oldest first, then what was paid."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    visible = SCOPES[PaymentRequest](post, now).filter(approved_at__isnull=False)
    visible = visible.select_related("contract__case", "contract__buyer", "contract__supplier", "milestone", "invoice")
    columns = (
        "contract__number",
        "contract__buyer",
        "contract__supplier",
        "milestone__title",
        "amount",
        "approved_at",
        "paid_at",
    )
    waiting = list(visible.filter(paid_at__isnull=True).order_by("approved_at", "pk")[:LINES])
    may = offers(waiting, post=post, now=now)
    links: dict[tuple[Any, int], list[Offer]] = {}
    for offer in may.open:
        links.setdefault((PaymentRequest, offer.subject.pk), []).append(offer)
    paid = CappedPaginator(visible.filter(paid_at__isnull=False).order_by("-paid_at", "-pk"), PER_PAGE)
    shown = paid.get_page(request.GET.get("page"))
    kind = KINDS[PaymentRequest]
    context = {
        "waiting": tables.table(kind.title, PaymentRequest, waiting, columns, links=links),
        "paid": tables.table(kind.title, PaymentRequest, list(shown.object_list), columns),
        "page": shown,
        "now": now,
    }
    return render(request, "work/payments.html", context)


# --- organisations -----------------------------------------------------------------------------------------------


@page(by={Role.TREASURY, Role.PLATFORM})
def organisations(request: HttpRequest) -> HttpResponse:
    """Everybody who takes part, by name."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    rows = SCOPES[Organisation](post, now).order_by("name")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(name__contains=text)
    shown = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    columns = ("name", "kind", "uscc", "size")
    context = {
        "title": formats.titled(KINDS[Organisation].title),
        "page": shown,
        "table": linked(list(shown.object_list), columns, Organisation),
        "search": text,
        "offers": offers([post.organisation], post=post, now=now).of("organisation", "debarment", "post"),
        "now": now,
    }
    return render(request, "work/list.html", context)


@page()
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation: its posts and tokens for those who belong to it, its debarments for everybody."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Organisation](post, now), pk=pk)
    found: dict[Any, list[Any]] = {}
    for kind in OF_ORGANISATION:
        path = places.path_to(kind.model, Organisation)
        found[kind.model] = list(SCOPES[kind.model](post, now).filter(**{path: row}).order_by("pk")[:LINES])
    context = root_context(row, post=post, now=now, under=[r for rows in found.values() for r in rows])
    links: dict[tuple[Any, int], list[Offer]] = {}
    for offer in context["offers"].open:
        links.setdefault((type(offer.subject), offer.subject.pk), []).append(offer)
    context |= {
        "title": row.name,
        "kicker": [row.get_kind_display()],
        "tables": [
            tables.table(kind.title, kind.model, rows, kind.columns, links=links)
            for kind in OF_ORGANISATION
            if (rows := found.get(kind.model))
        ],
    }
    return render(request, "work/root.html", context)
