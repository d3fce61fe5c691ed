"""How do the editions of a solicitation document look to the public, and what changed from one to another?"""

import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Case
from yangcai.cases.queries import visible_to
from yangcai.kernel.inputs import number_of
from yangcai.kernel.models import Attachment
from yangcai.portal import editions
from yangcai.portal.notices.base import FLAG, MOMENT, MONEY, type_of
from yangcai.portal.queries import notices_of
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page
from yangcai.www.public import plain
from yangcai.www.public.files import listed_document, public_attachments

SOLICITATION = "solicitation"


def of(case: Case, *, now: datetime.datetime) -> list[editions.Edition]:
    return editions.editions(notices_of(case.ref, now=now).select_related("buyer"))


def listed(case: Case, *, now: datetime.datetime) -> list[dict[str, Any]]:
    """Newest first: each edition with its notice, its file, and whether it stands; files alone where no notice was."""
    files = [one for one in public_attachments(case.ref, now=now) if one.kind == SOLICITATION]
    found = of(case, now=now)
    if not found:
        return [
            {"number": n, "at": file.at, "file": listed_document(file), "is_current": n == len(files), "changes": []}
            for n, file in enumerate(files, start=1)
        ][::-1]
    address = reverse("public_changes", args=[case.pk])
    return [
        {
            "number": one.number,
            "at": one.notice.published_at,
            "notice": one.notice,
            "kind": type_of(one.notice.kind, one.notice.procedure).name,
            "says": plain.sentence(one.notice) if one.number > 1 else "",
            "file": _file(one, files, last=before),
            "is_current": one.is_current,
            "changes_url": f"{address}?from={one.number - 1}&to={one.number}" if one.number > 1 else "",
        }
        for before, one in zip([None, *found], found, strict=False)
    ][::-1]


def _file(one: editions.Edition, files: list[Attachment], *, last: editions.Edition | None) -> dict[str, Any] | None:
    """The file that came with this edition; None where the one before still stands."""
    since = last.notice.published_at if last else None
    new = [f for f in files if f.at <= one.notice.published_at and (since is None or f.at > since)]
    return listed_document(new[-1]) if new else None


def other_documents(case: Case, *, now: datetime.datetime) -> list[dict[str, Any]]:
    return [listed_document(one) for one in public_attachments(case.ref, now=now) if one.kind != SOLICITATION]


@page(by=PUBLIC)
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs between two editions: ?from= and ?to=; without them between the first and the last."""
    now = request.now  # type: ignore[attr-defined]
    case = get_object_or_404(visible_to(None, now), pk=pk)
    found = of(case, now=now)
    if not found:
        raise Http404
    old = _chosen(request.GET.get("from"), found, otherwise=1)
    new = _chosen(request.GET.get("to"), found, otherwise=len(found))
    if old.number > new.number:
        old, new = new, old
    return render(
        request,
        "public/changes.html",
        {
            "case": case,
            "editions": found,
            "old": old,
            "new": new,
            "changes": [shown(change) for change in editions.changes(old, new)],
            "statements": editions.statements(found, old=old.number, new=new.number),
        },
    )


def _chosen(typed: str | None, found: list[editions.Edition], *, otherwise: int) -> editions.Edition:
    number = number_of(typed or "") or otherwise
    return found[min(max(number, 1), len(found)) - 1]


def shown(change: editions.Change) -> dict[str, Any]:
    kind = change.field.kind
    return {
        "label": change.field.label,
        "pieces": change.pieces,
        "before": _value(kind, change.before),
        "after": _value(kind, change.after),
    }


def _value(kind: str, value: Any) -> str:
    if value in (None, ""):
        return _("无")
    if kind == MOMENT:
        return formats.moment(datetime.datetime.fromisoformat(value))
    if kind == MONEY:
        return formats.yuan(Decimal(value))
    if kind == FLAG:
        return _("是") if value else _("否")
    return str(value)
