"""What does every page know without being told?"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The active Post (set by the middleware), and whether this is a sandbox."""
    return {"post": getattr(request, "post", None), "sandbox": settings.YANGCAI_SANDBOX}
