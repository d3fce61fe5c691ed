"""What does somebody see when something is not there, not allowed, or broken?"""

import logging
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for what does not exist and for what this reader may not see."""
    return render(request, "errors/404.html", status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def stale_page(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    """The form's token does not fit: the page was left open too long, or the request came from another site."""
    return render(request, "errors/stale.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500 with a number under which the log has it; drawn without the database, which may be what is broken."""
    incident = secrets.token_hex(4).upper()
    logger.error("incident %s at %s", incident, request.path)
    return HttpResponse(render_to_string("errors/500.html", {"incident": incident}), status=500)
