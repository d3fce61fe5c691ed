"""Who may open this page? Said once at the view, enforced here, and read by the walk over every URL."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from yangcai.kernel.documents import NoRoom, StoreDown
from yangcai.kernel.reading import reading
from yangcai.kernel.wording import in_words
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.www import errors

View = Callable[..., HttpResponseBase]

PUBLIC = "public"
#: Anybody with an account, whether or not a post is chosen.
ACCOUNT = "account"
#: Anybody who acts through a valid post.
SIGNED_IN = "signed_in"

#: Posts that decide on money or approvals: a password alone is not enough.
SECOND_FACTOR_ROLES = frozenset({Role.BUYER_REVIEWER, Role.TREASURY, Role.TREASURY_PAYER, Role.PLATFORM})
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def lacks_second_factor(post: Post) -> bool:
    """Whether this post needs a second factor that its person has not set up."""
    if post.role not in SECOND_FACTOR_ROLES:
        return False
    return not Authenticator.objects.filter(user_id=post.person_id, type__in=FACTORS).exists()


def stated(view: View, *, by: Any) -> View:
    """Say who may open a view that guards itself (allauth's, Django's)."""
    view.by = by  # type: ignore[attr-defined]
    return view


def page(
    *,
    by: Iterable[str] | str = SIGNED_IN,
    methods: tuple[str, ...] = ("GET",),
    takes: Callable[..., int] | None = None,
    from_anybody: int = 0,
) -> Callable[[View], View]:
    """Declare a view: `by` is "public", "account", "signed_in" or a set of roles; `takes` tells from the arguments of
    its address how many bytes a body may have that comes through a post (the rest takes a small form: sizes.py), and
    `from_anybody` is how many it may have from whoever it comes.

    Without an account: to the login. Without a valid post: to the choice of one. With another role: 403, with who may.
    Where the file store is full or down, what was sent is not done: 503, to be sent again.
    """
    who = by if isinstance(by, str) else frozenset(str(role) for role in by)
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            if any("\x00" in part for name, values in request.GET.lists() for part in (name, *values)):
                raise BadRequest("U+0000 is no text: the database takes none")
            if request.method == "POST":
                try:
                    with in_words(None):
                        return _turned_away(request, who) or view(request, *args, **kwargs)
                except (NoRoom, StoreDown) as error:
                    return errors.no_store(request, why=error)
            with (
                in_words(None),
                reading(),
            ):  # a page asks of each of its buttons what `perform` would ask: much of it is the same
                return _turned_away(request, who) or view(request, *args, **kwargs)

        guarded.takes = takes  # type: ignore[attr-defined]
        guarded.from_anybody = from_anybody  # type: ignore[attr-defined]
        return stated(guarded, by=who)

    return wrap


def _turned_away(request: HttpRequest, who: str | frozenset[str]) -> HttpResponse | None:
    if who == PUBLIC:
        return None
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if who == ACCOUNT:
        return None
    post = request.post  # type: ignore[attr-defined]
    if post is None:
        return HttpResponseRedirect(reverse("choose_post"))
    if isinstance(who, frozenset) and post.role not in who:
        return refused_page(request, roles=who)
    if settings.YANGCAI_SECOND_FACTOR and lacks_second_factor(post):
        return HttpResponseRedirect(reverse("second_factor_needed"))
    return None


def refused_page(request: HttpRequest, *, roles: Iterable[str]) -> HttpResponse:
    """403 with the posts that may."""
    labels = dict(Role.choices)
    return render(request, "work/forbidden.html", {"roles": [labels[Role(r)] for r in sorted(roles)]}, status=403)
