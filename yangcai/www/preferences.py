"""How does this reader want pages to look? Kept in cookies, set by a link that works without JavaScript."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

#: Cookie -> what it may say; anything else counts as not set.
CHOICES = {"theme": ("light", "dark"), "size": ("normal", "large")}
ONE_YEAR = 365 * 24 * 60 * 60


def chosen(request: HttpRequest) -> dict[str, str]:
    """The reader's theme and size, empty where nothing is chosen."""
    return {
        name: value if (value := request.COOKIES.get(name, "")) in allowed else "" for name, allowed in CHOICES.items()
    }


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Remember ?theme= and ?size=, and go back to ?next=, which must be on this site."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, allowed in CHOICES.items():
        if (value := request.GET.get(name)) in allowed:
            response.set_cookie(name, value, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure())
    return response
