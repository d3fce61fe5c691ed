"""How much may a request bring? More is refused by what it says of itself, before a byte of it is read or kept."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from yangcai.kernel.inputs import number_of
from yangcai.www import errors

#: A form without files: a login, a choice, a key of a browser. Nobody has to sign in to send one.
SMALL = 64 * 2**10


class SizeMiddleware:
    """413 for what is too large. It stands before the check of the form's token, which would read the whole body: files
    go to the disk while they are read. Nothing comes after the length that was named: Django reads no further, and
    without a length nothing at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if getattr(view, "is_api", False):  # which says it in a document of its own
            return None
        limit = limit_of(request, view, kwargs)
        said = number_of(request.META.get("CONTENT_LENGTH") or "0")
        return errors.too_large(request, limit=limit) if said is None or said > limit else None


def limit_of(request: HttpRequest, view: Callable[..., Any], kwargs: dict[str, Any]) -> int:
    """The most bytes of a body: what the page takes from whoever acts through a post, else from anybody, which is a
    small form unless it says more."""
    takes = getattr(view, "takes", None)
    return int(takes(**kwargs)) if takes and request.post is not None else max(SMALL, getattr(view, "from_anybody", 0))  # type: ignore[attr-defined]
