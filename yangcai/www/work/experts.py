"""Who is in the expert library, and what keeps one of them off which cases?"""

import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.actions import SCOPES
from yangcai.parties.models import Expert, ExpertTie, Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import CommitteeMember, ConductRecord, ExpertFee
from yangcai.www import formats
from yangcai.www.access import page
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import conduct, tables
from yangcai.www.work.offers import Offer, offers
from yangcai.www.work.rootpages import LINES, PER_PAGE, linked, root_context
from yangcai.www.work.shown import KINDS


@page(by={Role.TREASURY, Role.PLATFORM, Role.EXPERT})
def experts(request: HttpRequest) -> HttpResponse:
    """The library for the treasury, by day of admission; an expert is shown the own page."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    rows = SCOPES[Expert](post, now).select_related("person", "employer").order_by("-admitted_on", "pk")
    keeps_it = post.role != Role.EXPERT
    own = None if keeps_it else rows.first()
    if own is not None:
        return redirect("work_expert", own.pk)
    text = request.GET.get("q", "").strip()
    if keeps_it and text:
        rows = rows.filter(
            Q(specialities__contains=text) | Q(person__name__contains=text) | Q(employer__name__contains=text)
        )
    shown = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("专家库") if keeps_it else _("我的回避申报"),
        "page": shown,
        "table": linked(list(shown.object_list), KINDS[Expert].columns[:5], Expert),
        "search": text if keeps_it else None,
        "search_hint": _("按姓名、单位或者专业查找"),
        "offers": offers([post.organisation], post=post, now=now).of("expert"),
        "now": now,
    }
    return render(request, "work/list.html", context)


@page(by={Role.TREASURY, Role.PLATFORM, Role.EXPERT})
def expert(request: HttpRequest, pk: int) -> HttpResponse:
    """One expert: employer, specialities, recusal facts; for the library and the expert."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(SCOPES[Expert](post, now).select_related("person", "employer"), pk=pk)
    ties: list[Any] = list(SCOPES[ExpertTie](post, now).filter(expert=row)[:LINES])
    context = root_context(row, post=post, now=now, under=ties)
    links: dict[tuple[Any, int], list[Offer]] = {}
    for offer in context["offers"].open:
        links.setdefault((type(offer.subject), offer.subject.pk), []).append(offer)
    kind = KINDS[ExpertTie]
    context |= {
        "title": row.person.name,
        "kicker": [formats.titled(KINDS[Expert].title), row.employer.name],
        "tables": [
            *([tables.table(kind.title, ExpertTie, ties, kind.columns, links=links)] if ties else []),
            *_evaluations(row, post=post, now=now),
        ],
    }
    return render(request, "work/root.html", context)


def _evaluations(expert: Expert, *, post: Post, now: datetime.datetime) -> list[tables.Table]:
    """How the expert worked from case to case, how the organisers did, and what was paid."""
    of_expert = {"member__expert": expert}
    records = SCOPES[ConductRecord](post, now).filter(**of_expert)[:LINES]
    paid = SCOPES[ExpertFee](post, now).filter(**of_expert)[:LINES]
    heading = gettext("采购项目")
    found = (
        conduct.conduct(records, about=_case_of, heading=heading),
        conduct.fees(paid, about=_case_of, heading=heading),
    )
    return [table for table in found if table is not None]


def _case_of(member: CommitteeMember) -> tables.Cell:
    return tables.Cell(member.committee.case.title, is_data=True)
