"""Which notices are there, and what does one say?"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yangcai import procedures
from yangcai.cases.queries import visible_to
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Organisation
from yangcai.planning.models import Category
from yangcai.portal.models import Notice
from yangcai.portal.notices.base import DAY, FLAG, MOMENT, MONEY, TABLE, Field, type_of
from yangcai.portal.queries import search_notices
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page
from yangcai.www.paging import MOST_HITS, CappedPaginator
from yangcai.www.public import plain
from yangcai.www.public.files import public_documents
from yangcai.www.public.filters import Filters, as_query

PER_PAGE = 20
#: Characters of the digest that a person types from paper; 2^-64 against finding another notice with the same.
CODE_LENGTH = 16
#: What may be announced of a case that only its prequalification notice has told of (87号令 art. 29).
BEFOREHAND = ("termination", "suspension", "resumption")
DIGEST_LENGTH = 64


def rows(notices: Iterable[Notice], *, now: datetime.datetime, with_kind: bool = True) -> list[dict[str, Any]]:
    """Notices as rows of a list; `with_kind` False where all are of one type."""
    return [
        {
            "title": n.title,
            "url": reverse("notice", args=[n.pk]),
            "buyer": n.buyer.name,
            "classification": dict(Category.choices).get(n.category, ""),
            "procedure": procedure_name(n.procedure),
            "budget": n.budget,
            "published_at": n.published_at,
            "closes_at": n.closes_at if n.closes_at and n.closes_at > now else None,
            "status": type_of(n.kind, n.procedure).name if with_kind else "",
            "tone": "mute",
            "summary": plain.sentence(n),
        }
        for n in notices
    ]


def procedure_name(code: str) -> str:
    """The method's name in the reader's language; nothing for notices without one (intentions)."""
    if not code:
        return ""
    method = procedures.get(code)
    return method.zh if in_chinese() else method.en


@page(by=PUBLIC)
def listing(request: HttpRequest) -> HttpResponse:
    """The notices that the filters leave, newest first, with their feed and a search to keep."""
    now = request.now  # type: ignore[attr-defined]
    form = Filters(request.GET or None)
    wanted = form.wanted()
    pages = CappedPaginator(search_notices(now=now, **wanted), PER_PAGE, most=MOST_HITS).get_page(
        request.GET.get("page")
    )
    query = urlencode(as_query(wanted))
    return render(
        request,
        "public/notices.html",
        {
            "form": form,
            "pages": pages,
            "rows": rows(pages.object_list, now=now),
            "buyer": Organisation.objects.filter(pk=wanted["buyer"]).first() if wanted.get("buyer") else None,
            "feed_url": f"{reverse('notice_feed')}{'?' if query else ''}{query}",
            "wanted": as_query(wanted),
        },
    )


@page(by=PUBLIC)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice as an A4 page, made from its frozen facts alone."""
    now = request.now  # type: ignore[attr-defined]
    notice = get_object_or_404(Notice.objects.select_related("buyer", "supersedes"), pk=pk, published_at__lte=now)
    declared = type_of(notice.kind, notice.procedure)
    return render(
        request,
        "public/notice.html",
        {
            "notice": notice,
            "declared": declared,
            "sections": sections(notice),
            "brief": brief(notice),
            "code": code_of(notice),
            "superseded_by": Notice.objects.filter(supersedes=notice).first(),
            "case_url": case_url(notice, now=now),
            "documents": public_documents(notice.root, now=now) if notice.kind == "prequalification" else [],
        },
    )


def case_url(notice: Notice, *, now: datetime.datetime) -> str:
    """The page on which one goes on from a notice; empty where there is none."""
    name, _colon, pk = notice.root.partition(":")
    if notice.kind in BEFOREHAND and not visible_to(None, now).filter(pk=pk).exists():
        return ""  # the case itself was not published: its prequalification was
    # To object (74号令 art. 39) and to apply (87号令 art. 15) one signs in.
    pages = {"case": "public_case", "publicity": "work_publicity", "prequalification": "work_prequalification"}
    return reverse(pages[name], args=[pk]) if name in pages else ""


def code_of(notice: Notice) -> str:
    return notice.digest[:CODE_LENGTH]


def sections(notice: Notice) -> list[dict[str, Any]]:
    """Sections and fields in the official order; an optional field without a value is left out."""
    out: list[dict[str, Any]] = []
    for section in type_of(notice.kind, notice.procedure).sections:
        fields = [f for f in (shown(f, notice.facts.get(f.name)) for f in section.fields) if f]
        if fields:
            out.append({"number": numeral(len(out) + 1), "title": section.title, "groups": groups(fields)})
    return out


def numeral(number: int) -> str:
    """一、 in Chinese documents, 1. in English."""
    return f"{'一二三四五六七八九十'[number - 1]}、" if in_chinese() else f"{number}. "


def groups(fields: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Runs of plain fields, and each table alone, in order: what becomes one table of the page."""
    found: list[list[dict[str, Any]]] = []
    for field in fields:
        if found and field["kind"] != TABLE and found[-1][-1]["kind"] != TABLE:
            found[-1].append(field)
        else:
            found.append([field])
    return found


def shown(field: Field, value: Any) -> dict[str, Any] | None:
    if value in (None, "", []):
        return None
    out: dict[str, Any] = {"label": field.label, "kind": field.kind, "value": value}
    if field.kind == MOMENT:
        out["value"] = datetime.datetime.fromisoformat(value)
    elif field.kind == DAY:
        out["value"] = datetime.date.fromisoformat(value)
    elif field.kind == FLAG:
        out["value"] = formats.titled(_("是") if value else _("否"))
    elif field.kind == TABLE:
        columns = [c for c in field.columns if any(row.get(c.name) not in (None, "") for row in value)]
        out["columns"] = [c.label for c in columns]
        out["rows"] = [[{"value": row.get(c.name), "money": c.kind == MONEY} for c in columns] for row in value]
    return out


def brief(notice: Notice) -> list[tuple[str, Any]]:
    """Who, what, how much, by when: the answer in plain words before the official text."""
    facts = notice.facts
    amount = facts.get("amount") or facts.get("budget")
    lines = [
        (_("谁买"), facts.get("buyer", "")),
        (_("买什么"), facts.get("title", "")),
        (_("多少钱"), formats.yuan(Decimal(amount)) if amount else ""),
        (_("谁中标"), facts.get("winner") or facts.get("supplier") or ""),
        (_("何时截止"), formats.moment(notice.closes_at) if notice.closes_at else ""),
    ]
    return [(label, value) for label, value in lines if value]
