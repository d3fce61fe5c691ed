"""Which way does a program with a token take through the site? The short one: it has no session, no cookie, no form.

Half of what a request costs before its view is for people: session, form token, messages, language of the page. A
request to a door of ours that names a token is answered from here. Everything else, and what is no door, goes the long
way, with the same answers as ever.
"""

from collections.abc import Callable

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

PATHS = ("/api/v1/", "/sbp/v1/")


class TokenLane:
    """Stands after whatever protects every answer (transport, content policy) and before what reads cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._short: Callable[[HttpRequest], HttpResponse] = convert_exception_to_response(_answer)  # type: ignore[assignment]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PATHS) or "HTTP_AUTHORIZATION" not in request.META:
            return self.get_response(request)
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if not getattr(found.func, "is_api", False):
            return self.get_response(request)
        request.resolver_match = found
        return self._short(request)


def _answer(request: HttpRequest) -> HttpResponse:
    """As Django's own handler calls a view, with what the doors of CommonMiddleware check and add."""
    match = request.resolver_match
    assert isinstance(match, ResolverMatch)  # set above
    request.get_host()  # raises DisallowedHost
    # Of the request before in this thread something else may be left.
    translation.activate("en" if request.headers.get("Accept-Language", "").startswith("en") else "zh-hans")
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if not response.streaming and "Content-Length" not in response.headers:
        response.headers["Content-Length"] = str(len(response.content))
    return response
