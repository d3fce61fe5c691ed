"""How does a supplier register itself? One form with its code; then its first person sets a password and is in."""

from allauth.core.internal import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yangcai.kernel.actions import perform
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.notifications import addresses
from yangcai.parties import joining
from yangcai.parties.queries import platform_post
from yangcai.www.access import PUBLIC, page

#: So many tries from one address.
LIMIT = {"register": "5/m/ip,30/d/ip"}
OFTEN = Refusal(
    "too_often",
    "来自该地址的登记过于频繁，请过一会儿再试",
    "Too many registrations from this address: try again later",
)


@page(by=PUBLIC, methods=("GET", "POST"))
def register(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: the organisation and its first person, who goes on to set a password."""
    now = request.now  # type: ignore[attr-defined]
    if request.method != "POST":
        return _form(request, joining.JoinPlatform(now=now))
    form = joining.JoinPlatform(request.POST, now=now)
    if not ratelimit.consume(request, app="yangcai", action="register", config=LIMIT):
        return _form(request, form, refusals=[OFTEN], status=429)
    platform = platform_post(now=now)
    try:
        done = perform(joining.join_platform, platform.organisation, by=platform, now=now, form_data=request.POST)
    except Refused as refused:
        return _form(request, form, refusals=refused.refusals, status=422)
    person = done.value.people.get()
    addresses.given(person, now=now)
    return HttpResponseRedirect(reverse("account_invitation", args=[joining.invite(person, now=now)]))


def _form(
    request: HttpRequest, form: forms.Form, *, refusals: list[Refusal] | tuple[()] = (), status: int = 200
) -> HttpResponse:
    return render(request, "public/register.html", {"form": form, "refusals": refusals}, status=status)
