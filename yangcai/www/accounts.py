"""How does somebody get in, and through which post do they act? allauth's sign-up is closed: a supplier registers with
its code (public/register.py), everybody else is invited (invitations.py)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yangcai.parties.queries import posts_of
from yangcai.www import factors, sessions
from yangcai.www.access import ACCOUNT, page
from yangcai.www.middleware import SESSION_KEY


class AccountAdapter(DefaultAccountAdapter):
    """allauth, with the sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("choose_post")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Each way in the words of the pages to which it leads."""
        found = super().get_reauthentication_methods(user)
        return [way | {"description": factors.WAYS.get(way["id"], way["description"])} for way in found]

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail server is part of the platform; what changed in an account is said on its page."""


@page(by=ACCOUNT, methods=("GET", "POST"))
def choose_post(request: HttpRequest) -> HttpResponse:
    """GET: the posts of the person, or straight on when there is one. POST: act through this one."""
    posts = list(posts_of(request.user, now=request.now))  # type: ignore[arg-type, attr-defined]
    onward = request.POST.get("next") or request.GET.get("next") or reverse("work")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = reverse("work")
    if request.method == "POST":
        chosen = next((post for post in posts if str(post.pk) == request.POST.get("post")), None)
        if chosen is None:
            raise Http404
        before = request.session.session_key
        request.session.cycle_key()  # other rights, another session key (ASVS 7.2.4)
        sessions.renamed(before, request)
        request.session[SESSION_KEY] = chosen.pk
        messages.success(request, _("您现在以“%(post)s”办理。") % {"post": str(chosen)})
        return HttpResponseRedirect(onward)
    if len(posts) == 1:
        return HttpResponseRedirect(onward)
    return render(request, "account/choose_post.html", {"posts": posts, "next": onward})


@page(by=ACCOUNT)
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Why this post needs a second factor, and where to set it up."""
    return render(request, "account/second_factor_needed.html")
