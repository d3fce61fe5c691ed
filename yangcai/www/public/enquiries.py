"""How does anybody ask, and read the answer, without an account?"""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai import law
from yangcai.cases.models import Case
from yangcai.challenges.contact import code_of, found_by
from yangcai.challenges.models import PublicEnquiry
from yangcai.challenges.public_enquiries import ReceiveEnquiry, receive_enquiry
from yangcai.challenges.queries import published_answers
from yangcai.kernel.actions import perform
from yangcai.kernel.inputs import number_of
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Citation, Refused
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.queries import platform_post
from yangcai.www.access import PUBLIC, page
from yangcai.www.limits import is_within
from yangcai.www.paging import CappedPaginator
from yangcai.www.work.clocks import citation_of

PER_PAGE = 10


class AskForm(ReceiveEnquiry):
    """The input of the Action, and a field that no person sees: whoever fills it in is a program."""

    website = forms.CharField(required=False, max_length=200)


class ReadForm(forms.Form):
    """What was shown once when the enquiry was sent."""

    number = forms.CharField(label=gettext_lazy("询问编号"), max_length=40)
    code = forms.CharField(
        label=gettext_lazy("查询码"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def office_of(case: Case | None) -> Organisation | None:
    """Who answers: the agent of a purchase within its mandate, else its buyer; without one, the finance bureau."""
    if case is not None:
        return case.agent or case.buyer
    bureaus = Organisation.objects.filter(kind=OrganisationKind.TREASURY, jurisdiction=law.HOME)
    return bureaus.order_by("pk").first()


def _asked_case(request: HttpRequest) -> Case | None:
    """The published purchase that `?case=` names; 404 for any other."""
    given = request.POST.get("case") or request.GET.get("case")
    if not given:
        return None
    found = Case.objects.filter(pk=number_of(given), published_at__lte=request.now)  # type: ignore[attr-defined]
    case = found.select_related("agent", "buyer").first()
    if case is None:
        raise Http404
    return case


def _numbered_case(request: HttpRequest) -> Case | None:
    """The published purchase whose number somebody typed in; None where there is none."""
    typed = "".join(request.GET.get("number", "").split())[:60]
    found = Case.objects.filter(number=typed, published_at__lte=request.now)  # type: ignore[attr-defined]
    return found.select_related("agent", "buyer").first() if typed else None


def _key(request: HttpRequest) -> str:
    key = request.POST.get("key", "")[:64]
    if not key or not key.isprintable():
        raise BadRequest("a key of printable characters")
    return key


@page(by=PUBLIC)
def enquiries(request: HttpRequest) -> HttpResponse:
    """What was answered for everybody, and the ways to ask and to read."""
    now = request.now  # type: ignore[attr-defined]
    number = number_of(request.GET.get("case", ""))
    shown = CappedPaginator(published_answers(now=now, case=number), PER_PAGE).get_page(request.GET.get("page"))
    on = timezone.localdate(now)
    terms = [law.cited(key, on=on) for key in ("enquiry.answer", "enquiry.public") if law.applies(key, on=on)]
    return render(request, "public/enquiries.html", {"page": shown, "found": shown.object_list, "terms": terms})


@page(by=PUBLIC, methods=("GET", "POST"))
def enquiry_ask(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: the enquiry is received; its number and code are shown once."""
    now = request.now  # type: ignore[attr-defined]
    case = _asked_case(request) or _numbered_case(request)
    office = office_of(case)
    typed = request.GET.get("number", "").strip()[:60]
    context: dict[str, Any] = {"case": case, "office": office, "url": request.get_full_path(), "typed": typed}
    if office is None:
        return render(request, "public/enquiry_ask.html", context)
    if request.method != "POST":
        form = _arranged(AskForm(subject=office, now=now), case)
        return render(request, "public/enquiry_ask.html", context | _sending(form))
    form = AskForm(request.POST, subject=office, now=now)
    if request.POST.get("website"):
        form.add_error(None, _("有一栏是留空的，请不要填写。本次没有提交。"))
        return render(request, "public/enquiry_ask.html", context | _sending(_arranged(form, case)), status=422)
    if not form.is_valid():  # a mistake in the form costs no place
        return render(request, "public/enquiry_ask.html", context | _sending(_arranged(form, case)), status=422)
    if not is_within(request, what="ask", per_hour=law.value("service.asked_per_hour", on=timezone.localdate(now))):
        return _too_often(request, "service.asked_per_hour")
    data = {name: value for name, value in form.cleaned_data.items() if name != "website"}
    data["case"] = case.pk if case else ""
    try:
        done = perform(
            receive_enquiry, office, by=platform_post(now=now), now=now, idempotency_key=_key(request), **data
        )
    except Refused as refused:
        context |= {"refusals": refused.refusals}
        return render(request, "public/enquiry_ask.html", context | _sending(_arranged(form, case)), status=422)
    return _received(request, done.value)


def _arranged(form: AskForm, case: Case | None) -> AskForm:
    """The purchase is given by the address, not chosen from a list of all."""
    form.fields["case"].widget = forms.HiddenInput()
    form.initial["case"] = case.pk if case else ""
    return form


def _sending(form: AskForm) -> dict[str, Any]:
    return {"form": form, "key": secrets.token_urlsafe(18)}


def _received(request: HttpRequest, enquiry: PublicEnquiry) -> HttpResponse:
    context = {"enquiry": enquiry, "code": code_of(enquiry.number), **_due(enquiry, request)}
    return _kept_by_nobody(render(request, "public/enquiry_received.html", context))


def _due(enquiry: PublicEnquiry, request: HttpRequest) -> dict[str, Any]:
    """By when the answer is due, and by which article."""
    task = Task.objects.filter(root=enquiry.ref, action="public_enquiry.answer").first()
    on = timezone.localdate(enquiry.asked_at)
    citation: Citation | None = citation_of(task, on=on) if task else None
    return {"due_at": task.due_at if task else None, "citation": citation}


@page(by=PUBLIC, methods=("GET", "POST"))
def enquiry_read(request: HttpRequest) -> HttpResponse:
    """GET: where number and code are typed. POST: how the enquiry stands, and the answer."""
    if request.method != "POST":
        return render(request, "public/enquiry_read.html", {"form": ReadForm()})
    form, on = ReadForm(request.POST), timezone.localdate(request.now)  # type: ignore[attr-defined]
    if not form.is_valid():
        return render(request, "public/enquiry_read.html", {"form": form}, status=422)
    if not is_within(request, what="read", per_hour=law.value("service.read_per_hour", on=on)):
        return _too_often(request, "service.read_per_hour")
    enquiry = found_by(form.cleaned_data["number"], form.cleaned_data["code"])
    if enquiry is None:
        form.add_error(None, _("编号或者查询码不对。"))
        return render(request, "public/enquiry_read.html", {"form": form}, status=422)
    context = {"enquiry": enquiry, **_due(enquiry, request)}
    return _kept_by_nobody(render(request, "public/enquiry_answer.html", context))


def _too_often(request: HttpRequest, key: str) -> HttpResponse:
    """429, with the term and what else there is to do."""
    said = law.cited(key, on=timezone.localdate(request.now))  # type: ignore[attr-defined]
    context = {"term": said, "contacts_url": reverse("contacts")}
    response = render(request, "public/too_often.html", context, status=429)
    response["Retry-After"] = "3600"
    return response


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
