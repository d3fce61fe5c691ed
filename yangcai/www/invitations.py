"""How does somebody who was invited come in? With a link that is good once, to set a first password."""

from typing import Any

from django import forms
from django.contrib.auth import login, password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai.parties import joining
from yangcai.parties.models import Person
from yangcai.www import sessions
from yangcai.www.access import PUBLIC, page

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class FirstPassword(forms.Form):
    """Twice the same, and no easy one."""

    password1 = forms.CharField(
        label=gettext_lazy("密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("至少 12 个字符；可以用一句话"),
    )
    password2 = forms.CharField(
        label=gettext_lazy("再次输入密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password1(self) -> str:
        password = str(self.cleaned_data["password1"])
        password_validation.validate_password(password, user=self.person)
        return password

    def clean_password2(self) -> str:
        password = str(self.cleaned_data["password2"])
        first = self.cleaned_data.get("password1")
        if first is not None and password != first:
            raise ValidationError(_("两次输入的密码不一致"), code="mismatch")
        return password


@page(by=PUBLIC, methods=("GET", "POST"))
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """GET: the login name, and the form. POST: the password is set, the link is used up, and the person is in."""
    now = request.now  # type: ignore[attr-defined]
    found = joining.invited(secret, now=now)
    if found is None:
        raise Http404
    form = FirstPassword(request.POST or None, person=found.person)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            found = joining.invited(secret, now=now, lock=True)  # of two that come together one is first
            if found is None:
                raise Http404
            found.used_at = now
            found.save(update_fields=["used_at"])
            found.person.set_password(form.cleaned_data["password1"])
            found.person.save(update_fields=["password"])
        login(request, found.person, backend=BACKEND)
        sessions.note(request)
        return HttpResponseRedirect(reverse("choose_post"))
    context = {"form": form, "person": found.person, "secret": secret}
    answer = render(request, "account/invitation.html", context, status=422 if form.errors else 200)
    # The address is the secret. The site's Referrer-Policy keeps it here; a stricter one would take the Origin from the
    # form too, and Django would take it for a forged one.
    answer["Cache-Control"] = "no-store"
    return answer
