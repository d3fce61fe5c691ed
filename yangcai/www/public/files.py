"""Which documents may anyone read? Those marked public, of what anyone may see."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from yangcai.cases.queries import visible_to
from yangcai.kernel.models import Attachment
from yangcai.tendering import opening_record
from yangcai.tendering.queries.prequalification import visible_prequalifications
from yangcai.www.access import PUBLIC, page
from yangcai.www.downloads import download

#: The roots whose public documents anybody reads, as far as anybody sees the root.
ANYBODYS: dict[str, Callable[..., QuerySet[Any]]] = {
    "case": visible_to,
    "prequalification": visible_prequalifications,
}


def public_attachments(root: str, *, now: datetime.datetime) -> QuerySet[Attachment]:
    """The public documents of a root, oldest first."""
    return Attachment.objects.filter(root=root, is_public=True, at__lte=now).select_related("document").order_by("at")


def public_documents(root: str, *, now: datetime.datetime) -> list[dict[str, Any]]:
    """The list of them, as the component shows it."""
    return [listed_document(attachment) for attachment in public_attachments(root, now=now)]


def listed_document(attachment: Attachment) -> dict[str, Any]:
    """One of them."""
    return {
        "title": attachment.title,
        "url": reverse("public_file", args=[attachment.pk]),
        "page": page_of(attachment),
        "size": attachment.document.size,
        "digest": attachment.document_id,
        "at": attachment.at,
    }


def page_of(attachment: Attachment) -> str:
    """Where the content of a document is shown; empty where it can only be downloaded."""
    if attachment.kind not in (opening_record.OF_CLOSING, opening_record.INSIDE):
        return ""
    return reverse("closing_record", args=[attachment.subject.partition(":")[2]])


@page(by=PUBLIC)
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One public document of a published case, or a prequalification file: free of charge (87号令 art. 21)."""
    now = request.now  # type: ignore[attr-defined]
    attachment = get_object_or_404(Attachment.objects.select_related("document"), pk=pk, is_public=True, at__lte=now)
    name, _colon, root = attachment.root.partition(":")
    anybodys = ANYBODYS.get(name)
    if anybodys is None or not anybodys(None, now).filter(pk=root).exists():
        raise Http404
    return download(request, attachment.document, cache="public, max-age=3600")
