"""How does the record of a draw leave the site? As a JSON file that `yangcai draw verify` recomputes."""

import json
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse

from yangcai.cases.models import Case
from yangcai.cases.queries import visible_to
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering.queries import draws
from yangcai.www.access import PUBLIC, page


def _case(request: HttpRequest, post: Post | None, pk: int) -> Case:
    found = visible_to(post, request.now).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _file(case: Case, records: dict[str, Any] | None) -> HttpResponse:
    """404 while the names are secret: not even that there is a record is told."""
    if records is None:
        raise Http404
    text = json.dumps(records, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(case.number)}-draw.json"
    response["Cache-Control"] = "private, no-store"
    return response


@page(by=PUBLIC)
def public_record(request: HttpRequest, pk: int) -> HttpResponse:
    """For anyone, from the result notice on: the lines of those who sit are opened, no other."""
    case = _case(request, None, pk)
    return _file(case, draws.records(case, post=None, now=request.now))  # type: ignore[attr-defined]


@page(by={*BUYER, Role.AGENT, Role.TREASURY, Role.AUDITOR})
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """For the treasury and the auditors with every line opened, as soon as the draw is done."""
    post = request.post  # type: ignore[attr-defined]
    case = _case(request, post, pk)
    return _file(case, draws.records(case, post=post, now=request.now))  # type: ignore[attr-defined]
