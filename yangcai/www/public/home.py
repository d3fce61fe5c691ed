"""What does somebody see first who has not signed in? Search, the running purchases, the latest notices."""

import datetime
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.cases.models import Period, Stage
from yangcai.kernel.money import ZERO
from yangcai.planning.models import Category
from yangcai.portal import pipeline, year
from yangcai.portal.models import Notice
from yangcai.portal.notices.base import TYPES
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page
from yangcai.www.public import guidance, running
from yangcai.www.public.notices import rows

LATEST = 6
TABS = ("invitation", "intention", "correction", "award", "contract")


@page(by=PUBLIC)
def page_home(request: HttpRequest) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    kind = request.GET.get("kind", "invitation")
    kind = kind if kind in TABS else TABS[0]
    found = counted(now)
    latest = Notice.objects.filter(kind=kind, published_at__lte=now).select_related("buyer")[:LATEST]
    return render(
        request,
        "public/home.html",
        {
            "doors": doors(),
            "pipeline": running.steps(found["stages"]),
            "tabs": [
                {"label": TYPES[k].name, "url": f"{reverse('home')}?kind={k}#latest", "current": k == kind}
                for k in TABS
            ],
            "notices": rows(latest, now=now, with_kind=False),
            "terms": terms(),
            "openings": openings(now),
            "articles": guidance.latest(now, most=4),
            "figures": figures(found),
            "year": year.year_of(now),
            "today": timezone.localdate(now),
        },
    )


def terms() -> list[tuple[str, str]]:
    """What many look for, as ready-made searches."""
    everything = reverse("notices")
    found = [(str(label), f"{everything}?category={code}") for code, label in Category.choices]
    return [*found, (_("面向中小企业"), f"{everything}?q=%E9%9D%A2%E5%90%91%E4%B8%AD%E5%B0%8F%E4%BC%81%E4%B8%9A")]


def doors() -> list[dict[str, str]]:
    return [
        {
            "icon": "file-search",
            "title": _("我要投标"),
            "hint": _("找项目，在线递交"),
            "url": f"{reverse('notices')}?kind=invitation",
        },
        {
            "icon": "calendar-clock",
            "title": _("采购意向"),
            "hint": _("提前看见机会"),
            "url": f"{reverse('notices')}?kind=intention",
        },
        {
            "icon": "trophy",
            "title": _("中标结果"),
            "hint": _("谁中标，多少钱"),
            "url": f"{reverse('notices')}?kind=award",
        },
        {"icon": "scale", "title": _("法规规则"), "hint": _("每个期限的依据"), "url": reverse("law")},
        {"icon": "badge-check", "title": _("文件验证"), "hint": _("核对公告真伪"), "url": reverse("verify")},
        {"icon": "layout-list", "title": _("办事服务"), "hint": _("谁能办，要什么"), "url": reverse("services")},
        {"icon": "book-open", "title": _("政策与指南"), "hint": _("怎么办，办多久"), "url": reverse("guidance")},
        {
            "icon": "message-circle-question-mark",
            "title": _("咨询"),
            "hint": _("提问，查答复"),
            "url": reverse("enquiries"),
        },
        {"icon": "phone", "title": _("联系方式"), "hint": _("质疑投诉找谁"), "url": reverse("contacts")},
        {"icon": "circle-question-mark", "title": _("帮助"), "hint": _("术语，常见问题"), "url": reverse("help")},
    ]


def counted(now: datetime.datetime) -> dict[str, Any]:
    """Every number of this page: what stands at each stage, and this year's sums. They are counts over all purchases,
    so they are counted once a minute, however many look: at 100,000 purchases it takes half a second."""
    key = f"home-{now:%Y%m%d%H%M}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = {"stages": pipeline.counts(now), "year": year.sums(year.year_of(now), now=now)}
        cache.set(key, found, timeout=60)
    return found


def openings(now: datetime.datetime) -> list[dict[str, Any]]:
    """The next openings: cases whose submission closes soonest."""
    soon = (
        Period.objects.filter(stage=Stage.SUBMISSION, closes_at__gt=now, opens_at__lte=now, case__ended_at=None)
        .select_related("case")
        .order_by("closes_at")[:4]
    )
    return [{"title": p.case.title, "url": reverse("public_case", args=[p.case_id]), "at": p.closes_at} for p in soon]


def figures(found: dict[str, Any]) -> list[dict[str, Any]]:
    """This year's figures, the same as on the page of figures; the caption names denominator and cut-off."""
    told = found["year"]
    signed, small = year.whole_and_small(told["sizes"])
    return [
        {"label": _("采购项目"), "value": told["cases"]["n"], "unit": _("项")},
        _large(_("采购预算"), told["cases"]["sum"]),
        _large(_("合同金额"), signed),
        {
            "label": _("面向中小企业"),
            "value": f"{100 * small / signed:.2f}" if signed else "0.00",
            "unit": "%",
            "note": formats.wan(small),
        },
        {"label": _("惠及中小企业"), "value": told["firms"], "unit": _("家")},
        {"label": _("平均采购周期"), "value": told["days"] if told["days"] is not None else "—", "unit": _("天")},
    ]


def _large(label: str, amount: Decimal | None) -> dict[str, Any]:
    """万元 with two places, as the bureau publishes its figures; millions in English."""
    value, unit = formats.wan_parts(amount or ZERO)
    return {"label": label, "value": value, "unit": unit}
