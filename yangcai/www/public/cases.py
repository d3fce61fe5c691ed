"""What may anyone know of one purchase, and of one buyer or supplier?"""

import datetime
from typing import Any

from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Award, Candidate, Case, CaseEnd, LotOutcome
from yangcai.cases.periods import closing_at
from yangcai.cases.queries import timeline, visible_to
from yangcai.contracts.models import Contract, PaymentRequest
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry
from yangcai.kernel.money import ZERO
from yangcai.parties.models import OrganisationKind
from yangcai.parties.queries import visible_organisations
from yangcai.portal.models import Notice
from yangcai.portal.queries import notices_of
from yangcai.tendering.models import OpenedBid, Solicitation
from yangcai.tendering.queries import draws
from yangcai.tendering.queries.bids import visible_opened_bids
from yangcai.tendering.queries.hall import has_hall
from yangcai.tendering.queries.outages import extensions_of
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page
from yangcai.www.public import status
from yangcai.www.public.files import public_documents
from yangcai.www.public.notices import procedure_name, rows
from yangcai.www.work import rail

SHOWN = 20


@page(by=PUBLIC)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One published case, from notice to payment; nothing appears before its time."""
    now = request.now  # type: ignore[attr-defined]
    case = (
        visible_to(None, now)
        .select_related("plan_item__intention", "opening")
        .prefetch_related("periods", "lots", "suspensions")
        .filter(pk=pk)
        .first()
    )
    if case is None:
        raise Http404
    notices = list(notices_of(case.ref, now=now).select_related("buyer", "superseded_by"))
    closes_at = closing_at(case)
    return render(
        request,
        "public/case.html",
        {
            "case": case,
            "kicker": [case.number, procedure_name(case.procedure), case.get_category_display()],
            "steps": rail.steps(case.plan_item, case, now=now),
            "suspended": case.is_suspended_at(now),
            "extensions": extensions_of(case),
            "down_since": status.down_since(closes_at, now=now) if is_awaited(case) else None,
            "facts": facts(case),
            "closes_at": closes_at if closes_at and now < closes_at and case.ended_at is None else None,
            "notices": rows(reversed(notices), now=now),
            "results": results(case, now),
            "contracts": contracts(case, now),
            "events": events(case),
            "documents": public_documents(case.ref, now=now),
            "draw_url": reverse("public_draws", args=[case.pk]) if draws.may_read(case, post=None, now=now) else "",
            "hall_url": reverse("hall", args=[case.pk]) if has_hall(case, None, now=now) else "",
            "record_url": reverse("ocds_record", args=[case.pk]),
        },
    )


def is_awaited(case: Case) -> bool:
    """Whether bids may still come in, or their deadline may still be extended."""
    return case.ended_at is None and getattr(case, "opening", None) is None


def facts(case: Case) -> list[dict[str, Any]]:
    solicitation = Solicitation.objects.filter(case=case).first()
    lines: list[dict[str, Any]] = [
        {"label": _("采购人"), "value": case.buyer.name, "url": reverse("organisation", args=[case.buyer_id])},
        {"label": _("代理机构"), "value": _("自行组织")},
        {"label": _("预算金额"), "value": formats.yuan(case.budget)},
        {"label": _("中小企业政策"), "value": case.get_set_aside_display()},
        {"label": _("适用法律日期"), "value": formats.day(case.law_as_of)},
    ]
    if case.agent:
        lines[1] |= {"value": case.agent.name, "url": reverse("organisation", args=[case.agent_id])}
    if case.end_reason and case.end_kind != CaseEnd.CLOSED:
        lines.append({"label": case.get_end_kind_display(), "value": case.end_reason})
    if solicitation:
        lines.append({"label": _("采购需求"), "value": solicitation.requirement})
    return [line for line in lines if line["value"]]


def results(case: Case, now: datetime.datetime) -> list[dict[str, Any]]:
    """Prices from the opening on, ranking and winner from the award notice on."""
    found = Award.objects.filter(lot__case=case, announced_at__lte=now, refused_at=None).select_related("supplier")
    awards = {award.lot_id: award for award in found}
    ranked: dict[int, list[Candidate]] = {}
    standing = Candidate.objects.filter(lot__in=awards, superseded_at__isnull=True)
    for one in standing.select_related("supplier").order_by("rank"):
        ranked.setdefault(one.lot_id, []).append(one)
    opened: dict[int, list[OpenedBid]] = {}
    for bid in visible_opened_bids(None, now).filter(lot__case=case).order_by("pk"):
        opened.setdefault(bid.lot_id, []).append(bid)
    return [
        {
            "lot": lot,
            "award": awards.get(lot.pk),
            "candidates": ranked.get(lot.pk, []),
            "bids": opened.get(lot.pk, []),
            "failed": lot.outcome_reason if lot.outcome in {LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED} else "",
        }
        for lot in sorted(case.lots.all(), key=lambda lot: lot.number)
    ]


def contracts(case: Case, now: datetime.datetime) -> list[dict[str, Any]]:
    found = Contract.objects.filter(case=case, published_at__lte=now).select_related("supplier").order_by("pk")
    paid: dict[int, list[PaymentRequest]] = {}
    for request in PaymentRequest.objects.filter(contract__case=case, paid_at__lte=now).order_by("paid_at", "pk"):
        paid.setdefault(request.contract_id, []).append(request)
    return [
        {
            "contract": contract,
            "paid": paid.get(contract.pk, []),
            "total": sum((request.amount for request in paid.get(contract.pk, [])), ZERO),
        }
        for contract in found
    ]


def events(case: Case) -> list[dict[str, Any]]:
    """The public part of the log, newest first: secret Actions are left out, experts are not told apart."""
    shown = [event(entry) for entry in timeline(case) if ACTIONS[entry.action].is_public]
    return shown[::-1]


def event(entry: Entry) -> dict[str, Any]:
    actor = _("评审专家") if entry.role == "expert" else entry.organisation
    return {"at": entry.at, "sentence": ACTIONS[entry.action].tell(actor=actor), "hash": entry.hash}


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
    figures = signed.aggregate(n=Count("pk"), sum=Sum("amount"))
    return render(
        request,
        "public/organisation.html",
        {
            "organisation": found,
            "is_supplier": is_supplier,
            "cases": cases.order_by("-published_at")[:SHOWN] if not is_supplier else [],
            "contracts": signed.order_by("-published_at")[:SHOWN],
            "figures": [
                {"label": _("合同"), "value": figures["n"], "unit": _("份")},
                {"label": _("合同金额"), "value": f"{figures['sum'] or 0:,.2f}", "unit": _("元")},
            ],
            "notices": rows(
                Notice.objects.filter(buyer=found, published_at__lte=now).select_related("buyer")[:SHOWN], now=now
            ),
        },
    )


_AGENTS = frozenset({OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT})
