"""What does somebody see when something is not there, not allowed, or broken?"""

import logging
import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from yangcai.kernel.documents import BadDocument, NoRoom
from yangcai.kernel.models import Document

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for what does not exist and for what this reader may not see."""
    return render(request, "errors/404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no page of ours sends: a broken form, or characters that are no text."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return render(request, "errors/400.html", status=400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def stale_page(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    """The form's token does not fit: the page was left open too long, or the request came from another site."""
    return render(request, "errors/stale.html", status=403)


def too_large(request: HttpRequest, *, limit: int) -> HttpResponse:
    """413, in most cases before the body was read."""
    return render(request, "errors/413.html", {"limit": limit}, status=413)


def no_file(request: HttpRequest, *, document: Document, why: BadDocument) -> HttpResponse:
    """503: the stored file is gone or was changed, or its key is away. It is not handed out until the operator has put
    that back."""
    logger.error("stored file %s is %s", document.digest, why.code)
    page = render(request, "errors/no_file.html", {"document": document, "why": why}, status=503)
    page["Cache-Control"] = "no-store"
    return page


def no_store(request: HttpRequest, *, why: Exception) -> HttpResponse:
    """503: the file store is full (to come again in a minute) or takes no files, so what was sent was not done."""
    logger.error("the file store took nothing at %s: %s", request.path, why)
    is_full = isinstance(why, NoRoom)
    page = render(request, "errors/no_store.html", {"is_full": is_full}, status=503)
    page["Cache-Control"], page["Retry-After"] = "no-store", "60" if is_full else "1"
    return page


def incident(request: HttpRequest) -> str:
    """The number under which the log has what broke just now."""
    number = secrets.token_hex(4).upper()
    logger.error("incident %s at %s", number, request.path)
    return number


def broken(request: HttpRequest) -> HttpResponse:
    """500 with the number of the incident; drawn without the database, which may be what is broken."""
    return HttpResponse(render_to_string("errors/500.html", {"incident": incident(request)}), status=500)
