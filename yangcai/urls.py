"""Which address leads where?"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from yangcai.api import problem
from yangcai.www import errors, gallery
from yangcai.www.access import PUBLIC, stated

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("yangcai.api.urls")),
    path("sbp/v1/", include("yangcai.api.sbp.urls")),
    path("", include("yangcai.www.public.urls")),
    path("", include("yangcai.www.urls")),
]

if settings.YANGCAI_SANDBOX or settings.DEBUG:
    urlpatterns.append(path("_components/", stated(gallery.page, by=PUBLIC), name="gallery"))


def _is_of_a_program(request: HttpRequest) -> bool:
    """Whether who asked reads problem documents: a page would be nothing to it, also where no door is."""
    return request.path.split("/")[1] in {"api", "sbp"}


def _bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem.bad_request("bad request") if _is_of_a_program(request) else errors.bad_request(request, exception)


def _not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem.not_found() if _is_of_a_program(request) else errors.not_found(request, exception)


def _broken(request: HttpRequest) -> HttpResponse:
    return problem.broken(errors.incident(request)) if _is_of_a_program(request) else errors.broken(request)


handler400 = _bad_request
handler403 = "yangcai.www.errors.not_allowed"
handler404 = _not_found
handler500 = _broken
