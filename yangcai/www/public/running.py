"""Which purchases stand at one stage right now?"""

import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.contracts.models import Contract
from yangcai.planning.models import Category, Intention
from yangcai.portal import pipeline
from yangcai.portal.models import Notice
from yangcai.www.access import PUBLIC, page
from yangcai.www.paging import CappedPaginator
from yangcai.www.public.notices import procedure_name

PER_PAGE = 20
NAMES: dict[str, "str | Promise"] = {
    "intention": _("采购意向"),
    "plan": _("计划备案"),
    "bidding": _("公告投标"),
    "opening": _("开标"),
    "judging": _("评审定标"),
    "contract": _("签订合同"),
    "acceptance": _("履约验收"),
    "payment": _("资金支付"),
}
MEANING: dict[str, "str | Promise"] = {
    "intention": _("已公开、尚未编入采购计划的采购意向。"),
    "bidding": _("已经发布公告、正在接收投标的采购项目。"),
    "opening": _("投标已经截止、正在开标的采购项目。"),
    "judging": _("正在评审或者等待定标的采购项目；结果公告前，评审情况依法保密。"),
    "contract": _("结果已经公告、合同尚未签订的采购包。"),
    "acceptance": _("合同已经公告、尚未最终验收。"),
    "payment": _("已经最终验收合格、款项尚未结清的合同。"),
}


def steps(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The pipeline as the component shows it."""
    return [
        {
            "name": NAMES[code],
            "count": counts[code],
            "url": reverse("running", args=[code]) if code in pipeline.LISTED else "",
            "live": code == "opening" and counts[code] > 0,
        }
        for code in pipeline.STAGES
    ]


@page(by=PUBLIC)
def stage(request: HttpRequest, code: str) -> HttpResponse:
    """The purchases (intentions, lots, contracts) that the pipeline counts at this stage."""
    if code not in pipeline.LISTED:
        raise Http404
    now = request.now  # type: ignore[attr-defined]
    pages = CappedPaginator(pipeline.STAGES[code](now), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "public/running.html",
        {
            "title": NAMES[code],
            "meaning": MEANING[code],
            "pages": pages,
            "rows": [row(one, now) for one in told(list(pages.object_list), now)],
            "tabs": [
                {"label": NAMES[one], "url": reverse("running", args=[one]), "current": one == code}
                for one in pipeline.LISTED
            ],
        },
    )


def told(found: list[Any], now: datetime.datetime) -> list[tuple[Any, Notice | None]]:
    """Each with the notice that leads to it, where it has no page of its own (an intention)."""
    refs = [one.ref for one in found if isinstance(one, Intention)]
    notices = Notice.objects.filter(root__in=refs, kind="intention", published_at__lte=now) if refs else ()
    by_root = {notice.root: notice for notice in notices}
    return [(one, by_root.get(one.ref) if isinstance(one, Intention) else None) for one in found]


def row(pair: tuple[Any, Notice | None], now: datetime.datetime) -> dict[str, Any]:
    one, notice = pair
    if isinstance(one, Intention):
        return {
            "title": one.title,
            "url": reverse("notice", args=[notice.pk]) if notice else "",
            "buyer": one.appropriation.buyer.name,
            "budget": one.amount,
            "published_at": one.published_at,
        }
    if isinstance(one, Contract):
        return {**_of_case(one.case), "title": one.title, "budget": None, "published_at": one.published_at}
    if isinstance(one, Lot):
        title = f"{one.case.title}（{one.number} 包）"
        return {**_of_case(one.case), "title": title, "budget": one.budget, "published_at": one.outcome_at}
    closings = [p.closes_at for p in one.periods.all() if p.stage == Stage.SUBMISSION and p.closes_at]
    closes_at = max(closings, default=None)
    return {**_of_case(one), "closes_at": closes_at if closes_at and closes_at > now else None}


def _of_case(case: Case) -> dict[str, Any]:
    return {
        "title": case.title,
        "url": reverse("public_case", args=[case.pk]),
        "buyer": case.buyer.name,
        "classification": dict(Category.choices).get(case.category, ""),
        "procedure": procedure_name(case.procedure),
        "budget": case.budget,
        "published_at": case.published_at,
    }
