"""How does somebody say that an e-mail address is their own? By the link of the letter that was sent there.

Opening the link confirms nothing yet: programs that look through mail open links too. The button does.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.notifications import addresses
from yangcai.www.access import PUBLIC, page


@page(by=PUBLIC, methods=("GET", "POST"))
def address(request: HttpRequest, secret: str) -> HttpResponse:
    """GET: which address, and the button. POST: it is confirmed. 404 where the link is used up, old, or not ours."""
    person = addresses.of_secret(secret, now=request.now)  # type: ignore[attr-defined]
    if person is None:
        raise Http404
    if request.method == "POST":
        addresses.confirm(person)
        messages.success(request, _("电子邮箱已确认，今后的通知发到这里。"))
        return HttpResponseRedirect(reverse("work" if request.user == person else "home"))
    answer = render(request, "account/address.html", {"address": person.email})
    answer["Cache-Control"] = "no-store"
    return answer
