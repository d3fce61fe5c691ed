"""What may anyone know of one purchase, and of one buyer or supplier?"""

import datetime
from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Award, Candidate, Case
from yangcai.cases.periods import closing_at
from yangcai.cases.queries import timeline, visible_to
from yangcai.contracts.models import Contract, PaymentRequest
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Attachment, Entry
from yangcai.parties.models import OrganisationKind
from yangcai.parties.queries import visible_organisations
from yangcai.portal.models import Notice
from yangcai.portal.queries import notices_of
from yangcai.tendering.models import OpenedBid, Solicitation
from yangcai.www.access import PUBLIC, page
from yangcai.www.public.notices import procedure_name, rows

SHOWN = 20


@page(by=PUBLIC)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One published case, from notice to payment; nothing appears before its time."""
    now = request.now  # type: ignore[attr-defined]
    case = visible_to(None, now).prefetch_related("periods", "lots", "suspensions").filter(pk=pk).first()
    if case is None:
        raise Http404
    notices = list(notices_of(case.ref, now=now).select_related("buyer"))
    return render(
        request,
        "public/case.html",
        {
            "case": case,
            "facts": facts(case, now),
            "closes_at": closing_at(case),
            "notices": rows(reversed(notices), now=now),
            "results": results(case, now),
            "contracts": contracts(case, now),
            "events": events(case),
            "documents": public_documents(case),
            "record_url": reverse("ocds_record", args=[case.pk]),
        },
    )


def facts(case: Case, now: datetime.datetime) -> list[tuple[str, Any]]:
    solicitation = Solicitation.objects.filter(case=case).first()
    lines: list[tuple[str, Any]] = [
        (_("项目编号"), case.number),
        (_("采购人"), case.buyer.name),
        (_("代理机构"), case.agent.name if case.agent else _("自行组织")),
        (_("采购方式"), procedure_name(case.procedure)),
        (_("类别"), case.get_category_display()),
        (_("预算金额"), f"{case.budget:,.2f} {_('元')}"),
        (_("中小企业政策"), case.get_set_aside_display()),
        (_("适用法律日期"), case.law_as_of.isoformat() if case.law_as_of else ""),
    ]
    if solicitation:
        lines.append((_("采购需求"), solicitation.requirement))
    return [(label, value) for label, value in lines if value]


def results(case: Case, now: datetime.datetime) -> list[dict[str, Any]]:
    """Prices from the opening on, ranking and winner from the award notice on."""
    out = []
    for lot in case.lots.order_by("number"):
        award = Award.objects.filter(lot=lot, announced_at__lte=now, refused_at=None).select_related("supplier").first()
        ranked = Candidate.objects.filter(lot=lot).select_related("supplier").order_by("rank") if award else []
        bids = OpenedBid.objects.filter(lot=lot, opened_at__lte=now).select_related("supplier").order_by("pk")
        out.append({"lot": lot, "award": award, "candidates": ranked, "bids": bids})
    return out


def contracts(case: Case, now: datetime.datetime) -> list[dict[str, Any]]:
    out = []
    for contract in Contract.objects.filter(case=case, published_at__lte=now).select_related("supplier").order_by("pk"):
        paid = PaymentRequest.objects.filter(contract=contract, paid_at__lte=now).order_by("paid_at")
        out.append({"contract": contract, "paid": paid, "total": paid.aggregate(sum=Sum("amount"))["sum"] or 0})
    return out


def events(case: Case) -> list[dict[str, Any]]:
    """The public part of the log: secret Actions are left out, experts are not told apart."""
    return [event(entry) for entry in timeline(case) if ACTIONS[entry.action].is_public]


def event(entry: Entry) -> dict[str, Any]:
    actor = _("评审专家") if entry.role == "expert" else entry.organisation
    return {"at": entry.at, "sentence": ACTIONS[entry.action].tell(actor=actor), "seq": entry.seq}


def public_documents(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "title": a.title,
            "url": reverse("attachment", args=[a.pk]),
            "size": a.document.size,
            "digest": a.document_id,
            "at": a.at,
        }
        for a in Attachment.objects.filter(root=case.ref, is_public=True).select_related("document").order_by("at")
    ]


@page(by=PUBLIC)
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """What one buyer buys, one agent runs, or one supplier has won."""
    now = request.now  # type: ignore[attr-defined]
    found = get_object_or_404(visible_organisations(None, now), pk=pk)
    is_supplier = found.kind == OrganisationKind.SUPPLIER
    signed = Contract.objects.filter(published_at__lte=now).select_related("supplier", "buyer", "case")
    signed = signed.filter(supplier=found) if is_supplier else signed.filter(buyer=found)
    cases = visible_to(None, now)
    cases = cases.filter(agent=found) if found.kind in _AGENTS else cases.filter(buyer=found)
    total = signed.aggregate(sum=Sum("amount"))["sum"] or 0
    return render(
        request,
        "public/organisation.html",
        {
            "organisation": found,
            "is_supplier": is_supplier,
            "cases": cases.order_by("-published_at")[:SHOWN] if not is_supplier else [],
            "contracts": signed.order_by("-published_at")[:SHOWN],
            "figures": [
                {"label": _("合同"), "value": signed.count(), "unit": _("份")},
                {"label": _("合同金额"), "value": f"{total:,.2f}", "unit": _("元")},
            ],
            "notices": rows(
                Notice.objects.filter(buyer=found, published_at__lte=now).select_related("buyer")[:SHOWN], now=now
            ),
        },
    )


_AGENTS = frozenset({OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT})
