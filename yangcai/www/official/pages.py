"""Where is each official paper read, printed and taken away?"""

import datetime
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from yangcai.kernel import papers
from yangcai.www import signed_papers, typeset
from yangcai.www.access import page
from yangcai.www.downloads import download
from yangcai.www.official import making
from yangcai.www.official.kind import KINDS, Kind, case_of

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page()
def sheet(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The paper as an A4 page."""
    declared, row = _found(request, pk, kind)
    case = case_of(row)
    context = _signed(declared, row) | {
        "kind": declared,
        "title": declared.title,
        "case": case,
        "serial": declared.serial(row),
        "inside": making.inside(declared, row, now=_now(request)),
        "acts": declared.done(row),
        "digest": declared.digest(row),
        "code": declared.code_of(row),
        "paper_url": reverse(f"{declared.name}_pdf", args=[pk]),
        "docx_url": reverse(f"{declared.name}_docx", args=[pk]) if declared.draft else "",
    }
    return render(request, "work/official.html", context)


@page()
def pdf(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The same as PDF/A; once it was issued with signatures that very file, which the public log names."""
    declared, row = _found(request, pk, kind)
    issued = papers.paper_of(row) if declared.is_signed else None
    if issued is not None:
        return download(request, issued.document)
    made = typeset.pdf(making.paper(declared, row, now=_now(request), url=_verify(request)))
    return file(made, media=PDF, name=f"{declared.serial(row)}.pdf")


@page()
def word(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The same as DOCX, where officials go on writing in it."""
    declared, row = _found(request, pk, kind)
    from yangcai.www.official.word import written  # the library costs memory that only this needs

    made = written(making.paper(declared, row, now=_now(request), url=_verify(request)))
    return file(made, media=DOCX, name=f"{declared.serial(row)}.docx")


def file(content: bytes, *, media: str, name: str, cache: str = "private, no-store") -> HttpResponse:
    """Bytes that the platform made, as a download."""
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = cache
    return response


def _verify(request: HttpRequest) -> str:
    """Where the code is typed."""
    return request.build_absolute_uri(reverse("verify"))


def _signed(kind: Kind, row: Any) -> dict[str, Any]:
    """What is said of the signatures, of a kind that bears them."""
    if not kind.is_signed:
        return {}
    is_waiting = signed_papers.waiting(root=row.root.ref).filter(subject=row.ref).exists()
    return signed_papers.context(row, pdf_url="", is_waiting=is_waiting)


def _now(request: HttpRequest) -> datetime.datetime:
    return request.now  # type: ignore[attr-defined]


def _found(request: HttpRequest, pk: int, kind: str) -> tuple[Kind, Any]:
    """The row of a paper that this post may read; 404 otherwise."""
    declared = KINDS[kind]
    row = declared.row(pk, post=request.post, now=_now(request))  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    return declared, row


def addresses() -> list[URLPattern]:
    """Page, PDF and, of drafts, DOCX of every kind; each has a name of its own."""
    found = []
    for kind in KINDS.values():
        views: list[tuple[str, Callable[..., Any]]] = [("", sheet), ("pdf", pdf)]
        if kind.draft:
            views.append(("docx", word))
        for suffix, view in views:
            route = f"paper/{kind.code}/<int:pk>/{suffix}/".replace("//", "/")
            name = f"{kind.name}_{suffix}".rstrip("_")
            found.append(path(route, view, {"kind": kind.code}, name=name))
    return found
