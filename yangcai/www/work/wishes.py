"""What do I want to be told of, by which way, in which language, and when not? One page for each person."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.validators import RegexValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai import law
from yangcai.notifications import addresses, gateways
from yangcai.notifications.kinds.base import Kind, for_roles
from yangcai.notifications.models import OUTSIDE, Channel, Choice, Wishes
from yangcai.notifications.people import wishes_of
from yangcai.parties.models import Person
from yangcai.parties.queries import posts_of
from yangcai.www.access import page

CLOCK = {"type": "time"}


class WishesForm(forms.Form):
    """Where somebody is reached, in which language, and the quiet hours."""

    email = forms.EmailField(label=gettext_lazy("电子邮箱"), required=False, max_length=200)
    mobile = forms.CharField(
        label=gettext_lazy("手机号码"),
        required=False,
        validators=[RegexValidator(r"^\+?[0-9]{6,15}$", gettext_lazy("只填数字，可以加国家码，如 +86"))],
    )
    im_account = forms.CharField(
        label=gettext_lazy("即时消息账号"),
        required=False,
        max_length=100,
        validators=[RegexValidator(r"^[\w.@-]+$", gettext_lazy("只填字母、数字和 . @ - _"))],
    )
    language = forms.ChoiceField(label=gettext_lazy("通知语言"), choices=settings.LANGUAGES)
    quiet_from = forms.TimeField(
        label=gettext_lazy("免打扰起"), required=False, widget=forms.TimeInput(format="%H:%M", attrs=CLOCK)
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("免打扰止"), required=False, widget=forms.TimeInput(format="%H:%M", attrs=CLOCK)
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and (cleaned["quiet_from"] is None) != (cleaned["quiet_to"] is None):
            self.add_error("quiet_to", _("免打扰时段要填起止两个时间，或者都不填"))
        return cleaned


@page(methods=("GET", "POST"))
def wishes(request: HttpRequest) -> HttpResponse:
    """GET: the table of kinds and channels. POST: keep what was ticked. The person's own affair: no Action."""
    person: Person = request.user  # type: ignore[assignment]
    own = wishes_of(person)
    told = for_roles(post.role for post in posts_of(person, now=request.now))  # type: ignore[attr-defined]
    kinds = [kind for kind in told if not kind.confirms]
    initial = {"email": person.email, **{n: getattr(own, n) for n in WishesForm.base_fields if n != "email"}}
    form = WishesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        is_new = form.cleaned_data["email"] not in ("", person.email)
        keep(person, kinds, form.cleaned_data, request.POST)
        messages.success(request, _("通知设置已保存。"))
        if is_new or "again" in request.POST:
            person.refresh_from_db()
            addresses.given(person, now=request.now)  # type: ignore[attr-defined]
            messages.info(request, _("已向新的电子邮箱发出确认邮件；确认以前不向它发送通知。"))
        return HttpResponseRedirect(reverse("work_wishes"))
    context = {
        "form": form,
        "channels": channels(),
        "rows": rows(person, kinds),
        "unconfirmed": addresses.is_waiting(person),
    }
    return render(request, "work/wishes.html", context, status=422 if form.errors else 200)


def channels() -> list[tuple[str, str]]:
    """The message centre and those channels that have a gateway here."""
    return [(str(c), str(c.label)) for c in (Channel.CENTRE, *OUTSIDE) if c == Channel.CENTRE or gateways.is_there(c)]


def rows(person: Person, kinds: list[Kind]) -> list[dict[str, Any]]:
    """Each kind with its channels: on or off, and whether that can be changed."""
    said = {(c.kind, c.channel): c.is_on for c in Choice.objects.filter(person=person)}
    found = []
    for kind in kinds:
        cells = [
            {
                "name": field_of(kind, channel),
                "label": label,
                "is_on": _is_on(kind, channel, said),
                "is_fixed": channel == Channel.CENTRE and kind.is_for_everybody,
            }
            for channel, label in channels()
        ]
        found.append(
            {"kind": kind, "cells": cells, "citation": law.history(kind.rule)[-1].citation if kind.rule else None}
        )
    return found


def _is_on(kind: Kind, channel: str, said: dict[tuple[str, str], bool]) -> bool:
    if channel == Channel.CENTRE and kind.is_for_everybody:
        return True
    return said.get((kind.code, channel), channel in kind.by)


def field_of(kind: Kind, channel: str) -> str:
    return f"{kind.code}-{channel}"


def keep(person: Person, kinds: list[Kind], cleaned: dict[str, Any], ticked: Any) -> None:
    """Address, language, hours, and a row for each tick that can be changed."""
    choices = [
        Choice(person=person, kind=kind.code, channel=channel, is_on=field_of(kind, channel) in ticked)
        for kind in kinds
        for channel, _label in channels()
        if not (channel == Channel.CENTRE and kind.is_for_everybody)
    ]
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(email=cleaned.pop("email"))
        Wishes.objects.update_or_create(person=person, defaults=cleaned)
        Choice.objects.bulk_create(
            choices, update_conflicts=True, unique_fields=["person", "kind", "channel"], update_fields=["is_on"]
        )
