"""Whom does one turn to with what, by when, and how is that office reached?"""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import ContactPoint, Organisation, OrganisationKind, Purpose
from yangcai.www.access import PUBLIC, page
from yangcai.www.paging import CappedPaginator

PER_PAGE = 20
#: In the order in which somebody comes to them: with what, to whom, by when one turns there and by when they answer.
WAYS: tuple[tuple[str, Any, Any, str, str], ...] = (
    (
        Purpose.ENQUIRY,
        _("对采购活动有疑问，随时可以问"),
        _("采购人；委托代理机构采购的，代理机构；一般问题，财政部门"),
        "",
        "enquiry.answer",
    ),
    (
        Purpose.OBJECTION,
        _("供应商认为采购文件、过程或者结果使自己的权益受到损害"),
        _("采购人；委托代理机构采购的，代理机构"),
        "objection.file",
        "objection.answer",
    ),
    (
        Purpose.COMPLAINT,
        _("质疑供应商对答复不满意，或者没有在期限内得到答复"),
        _("本级财政部门"),
        "complaint.file",
        "complaint.decide",
    ),
)
#: What is open to whoever does not accept the decision.
FURTHER = ("complaint.reconsideration", "complaint.litigation")
#: Offices to which the public turns.
OFFICES = (
    OrganisationKind.TREASURY,
    OrganisationKind.BUYER,
    OrganisationKind.AGENT,
    OrganisationKind.CENTRAL_AGENT,
)


def term(key: str, *, on: datetime.date) -> dict[str, Any] | None:
    """A time of the law with its article, in the reader's language; None where nothing is in force."""
    found = law.find(key, on=on) if key else None
    if found is None:
        return None
    rule = law.rule(key)
    return {
        "text": found.text[0 if in_chinese() else 1],
        "title": rule.zh if in_chinese() else rule.en,
        "citation": found.citation,
    }


def ways(*, on: datetime.date) -> list[dict[str, Any]]:
    """Each way with its terms as they are in force."""
    labels = dict(Purpose.choices)
    return [
        {"label": labels[purpose], "what": what, "whom": whom, "file": term(file, on=on), "answer": term(answer, on=on)}
        for purpose, what, whom, file, answer in WAYS
    ]


def offices(text: str) -> QuerySet[Organisation]:
    """The organisations that buy, run purchases or oversee, whoever has stated an office first."""
    points = ContactPoint.objects.order_by("pk")
    found = (
        Organisation.objects.filter(kind__in=OFFICES)
        .annotate(is_stated=Exists(ContactPoint.objects.filter(organisation=OuterRef("pk"))))
        .prefetch_related(Prefetch("contact_points", queryset=points))
        .order_by("-is_stated", "name")
    )
    return found.filter(name__contains=text) if text else found


@page(by=PUBLIC)
def contacts(request: HttpRequest) -> HttpResponse:
    """The three ways with their terms, then every office."""
    now = request.now  # type: ignore[attr-defined]
    on, typed = timezone.localdate(now), request.GET.get("q", "").strip()[:100]
    shown = CappedPaginator(offices(typed), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "ways": ways(on=on),
        "further": [found for key in FURTHER if (found := term(key, on=on))],
        "page": shown,
        "offices": shown.object_list,
        "typed": typed,
        "is_demo": settings.YANGCAI_SANDBOX,
    }
    return render(request, "public/contacts.html", context)
