"""Which documents may anyone read? Those marked public, of what anyone may see."""

import datetime

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from yangcai.cases.queries import visible_to
from yangcai.kernel.models import Attachment
from yangcai.www.access import PUBLIC, page
from yangcai.www.downloads import download


def public_attachments(root: str, *, now: datetime.datetime) -> QuerySet[Attachment]:
    """The public documents of a case, oldest first."""
    return Attachment.objects.filter(root=root, is_public=True, at__lte=now).select_related("document").order_by("at")


@page(by=PUBLIC)
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One public document of a published case."""
    now = request.now  # type: ignore[attr-defined]
    attachment = get_object_or_404(Attachment.objects.select_related("document"), pk=pk, is_public=True, at__lte=now)
    name, _colon, case = attachment.root.partition(":")
    if name != "case" or not visible_to(None, now).filter(pk=case).exists():
        raise Http404
    return download(request, attachment.document, cache="public, max-age=3600")
