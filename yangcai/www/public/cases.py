"""What may anyone know of one purchase?"""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai.cases.models import Award, Candidate, Case, CaseEnd, LotOutcome
from yangcai.cases.periods import closing_at
from yangcai.cases.queries import timeline, visible_to
from yangcai.contracts.models import Milestone, PaymentRequest
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry
from yangcai.kernel.money import ZERO
from yangcai.portal import published
from yangcai.portal.queries import notices_of
from yangcai.tendering import method
from yangcai.tendering.models import OpenedBid
from yangcai.tendering.queries import draws
from yangcai.tendering.queries.bids import visible_opened_bids
from yangcai.tendering.queries.hall import has_hall
from yangcai.tendering.queries.outages import extensions_of
from yangcai.www import formats, wording
from yangcai.www.access import PUBLIC, page
from yangcai.www.pictures import csv_asked, prices
from yangcai.www.public import editions, plain_case, status
from yangcai.www.public.notices import procedure_name, rows
from yangcai.www.work import rail

#: The tabs, in their order; each is an address of its own and needs no script.
TABS: dict[str, "str | Promise"] = {
    "overview": gettext_lazy("概况"),
    "documents": gettext_lazy("文件"),
    "timeline": gettext_lazy("时间线"),
    "results": gettext_lazy("结果"),
    "contracts": gettext_lazy("合同"),
    "payments": gettext_lazy("支付"),
}


@page(by=PUBLIC)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One published case, from notice to payment; nothing appears before its time. ?tab= chooses the part."""
    now = request.now  # type: ignore[attr-defined]
    case = (
        visible_to(None, now)
        .select_related("plan_item__intention", "opening", "solicitation", "plan_item__requirement")
        .prefetch_related("periods", "lots", "suspensions")
        .filter(pk=pk)
        .first()
    )
    if case is None:
        raise Http404
    wording.speak_of(case)
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in TABS else next(iter(TABS))
    closes_at = closing_at(case)
    address = reverse("public_case", args=[case.pk])
    parts = PARTS[chosen](case, now)
    table = csv_asked(request, parts.get("pictures", ()))
    if table is not None:
        return table
    return render(
        request,
        "public/case.html",
        {
            "case": case,
            "tab": chosen,
            "tabs": [{"label": TABS[t], "url": f"{address}?tab={t}", "current": t == chosen} for t in TABS],
            "kicker": [case.number, procedure_name(case.procedure), case.get_category_display()],
            "suspended": case.is_suspended_at(now),
            "extensions": extensions_of(case),
            "down_since": status.down_since(closes_at, now=now) if is_awaited(case) else None,
            "brief": plain_case.brief(case, closes_at=closes_at, now=now),
            "closes_at": closes_at if closes_at and now < closes_at and case.ended_at is None else None,
            "draw_url": reverse("public_draws", args=[case.pk]) if draws.may_read(case, post=None, now=now) else "",
            "hall_url": reverse("hall", args=[case.pk]) if has_hall(case, None, now=now) else "",
            "record_url": reverse("ocds_record", args=[case.pk]),
            **parts,
        },
    )


def overview(case: Case, now: datetime.datetime) -> dict[str, Any]:
    """What it is about, where it stands, what was announced."""
    notices = notices_of(case.ref, now=now).select_related("buyer", "superseded_by")
    return {
        "steps": rail.steps(case.plan_item, case, now=now),
        "facts": facts(case),
        "notices": rows(reversed(notices), now=now),
    }


def papers(case: Case, now: datetime.datetime) -> dict[str, Any]:
    """Every edition of the solicitation document with what changed, and the other public documents."""
    return {"editions": editions.listed(case, now=now), "documents": editions.other_documents(case, now=now)}


def timeline_of(case: Case, now: datetime.datetime) -> dict[str, Any]:
    return {"steps": rail.steps(case.plan_item, case, now=now), "events": events(case)}


def results_of(case: Case, now: datetime.datetime) -> dict[str, Any]:
    """Prices, ranking, winner; and how the winner's unit prices stand among what others contracted."""
    told = results(case, now)
    return {
        "results": told,
        "pictures": [one for row in told if row["award"] for one in prices.of_award(row["award"], now=now)],
    }


def contracts_of(case: Case, now: datetime.datetime) -> dict[str, Any]:
    """The published contracts, each with its notices."""
    kinds = ("contract", "contract_change", "contract_termination", "acceptance")
    announced = notices_of(case.ref, now=now).filter(kind__in=kinds).select_related("buyer")
    return {"contracts": contracts(case, now), "notices": rows(announced, now=now)}


def payments_of(case: Case, now: datetime.datetime) -> dict[str, Any]:
    return {"contracts": contracts(case, now)}


#: What each tab reads: the others cost nothing.
PARTS: dict[str, Callable[[Case, datetime.datetime], dict[str, Any]]] = {
    "overview": overview,
    "documents": papers,
    "timeline": timeline_of,
    "results": results_of,
    "contracts": contracts_of,
    "payments": payments_of,
}


def is_awaited(case: Case) -> bool:
    """Whether bids may still come in, or their deadline may still be extended."""
    return case.ended_at is None and getattr(case, "opening", None) is None


def facts(case: Case) -> list[dict[str, Any]]:
    solicitation = getattr(case, "solicitation", None)
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
    told = method.reads_out(case)  # what losers asked is nobody's business unless it was read out (政府采购法 38(4))
    return [
        {
            "lot": lot,
            "award": (award := awards.get(lot.pk)),
            "candidates": [
                {"one": one, "price": one.amount if told or (award and one.supplier_id == award.supplier_id) else None}
                for one in ranked.get(lot.pk, [])
            ],
            "bids": opened.get(lot.pk, []),
            "failed": lot.outcome_reason if lot.outcome in {LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED} else "",
        }
        for lot in sorted(case.lots.all(), key=lambda lot: lot.number)
    ]


def contracts(case: Case, now: datetime.datetime) -> list[dict[str, Any]]:
    """With what was paid of each and what is to be paid when, as far as it was published."""
    found = list(published.contracts(now).filter(case=case).select_related("supplier").order_by("pk"))
    if not found:
        return []
    paid: dict[int, list[PaymentRequest]] = {}
    for request in PaymentRequest.objects.filter(contract__in=found, paid_at__lte=now).order_by("paid_at", "pk"):
        paid.setdefault(request.contract_id, []).append(request)
    due: dict[int, list[Milestone]] = {}
    standing = Milestone.objects.filter(Q(amendment=None) | Q(amendment__published_at__lte=now), contract__in=found)
    for milestone in standing.order_by("number"):
        due.setdefault(milestone.contract_id, []).append(milestone)
    return [
        {
            "contract": one,
            "value": one.value,  # type: ignore[attr-defined]
            "total": one.paid,  # type: ignore[attr-defined]
            "paid": paid.get(one.pk, []),
            "milestones": [
                {
                    "row": milestone,
                    "paid": sum((p.amount for p in paid.get(one.pk, []) if p.milestone_id == milestone.pk), ZERO),
                }
                for milestone in due.get(one.pk, [])
            ],
        }
        for one in found
    ]


def events(case: Case) -> list[dict[str, Any]]:
    """The public part of the log, newest first: secret Actions are left out, experts are not told apart."""
    shown = [event(entry) for entry in timeline(case) if ACTIONS[entry.action].is_public]
    return shown[::-1]


def event(entry: Entry) -> dict[str, Any]:
    actor = _("评审专家") if entry.role == "expert" else entry.organisation
    return {"at": entry.at, "sentence": ACTIONS[entry.action].tell(actor=actor), "hash": entry.hash}
