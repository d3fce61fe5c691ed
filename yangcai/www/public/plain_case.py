"""Who buys what, for how much, until when, and how does one take part? The answer in plain words, as of now."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Award, Case, CaseEnd
from yangcai.tendering import method
from yangcai.www import formats
from yangcai.www.public.plain import excerpt


def brief(case: Case, *, closes_at: datetime.datetime | None, now: datetime.datetime) -> list[dict[str, Any]]:
    """The rows of the summary on top of a case's page."""
    lines: list[dict[str, Any]] = [
        {
            "label": _("谁买"),
            "value": case.buyer.name,
            "url": reverse("organisation", args=[case.buyer_id]),
            "lang": "zh-Hans",
        },
        {"label": _("买什么"), "value": _what(case), "lang": "zh-Hans"},
        {"label": _("多少钱"), "value": _("预算 %(sum)s") % {"sum": formats.yuan(case.budget)}},
        {"label": _("到什么时候"), "value": _until(case, closes_at=closes_at, now=now)},
        {"label": _("怎样参加"), **_how(case, closes_at=closes_at, now=now)},
    ]
    winners = Award.objects.filter(lot__case=case, announced_at__lte=now, refused_at=None).select_related("supplier")
    lines += [
        {
            "label": _("谁中选"),
            "value": f"{award.supplier.name}，{formats.yuan(award.amount)}",
            "url": reverse("organisation", args=[award.supplier_id]),
        }
        for award in winners.order_by("lot__number")[:MOST_WINNERS]
    ]
    return lines


#: A purchase of many lots names the others under its results.
MOST_WINNERS = 3


def _what(case: Case) -> str:
    requirement = getattr(case.plan_item, "requirement", None)
    file = getattr(case, "solicitation", None)
    parts = [excerpt(file.requirement) if file else "", requirement.quantity if requirement else ""]
    return "，".join(part for part in parts if part) or case.title


def _until(case: Case, *, closes_at: datetime.datetime | None, now: datetime.datetime) -> str:
    if case.ended_at is not None and case.end_kind != CaseEnd.CLOSED:
        return _("已于 %(at)s 停止：%(how)s") % {"at": formats.day(case.ended_at), "how": case.get_end_kind_display()}
    if closes_at is None:
        return _("没有统一的截止时间")
    if now < closes_at:
        return _("%(at)s 投标截止") % {"at": formats.moment(closes_at)}
    return _("已于 %(at)s 截止") % {"at": formats.moment(closes_at)}


def _how(case: Case, *, closes_at: datetime.datetime | None, now: datetime.datetime) -> dict[str, str]:
    """What somebody may still do: bid, object, or follow it."""
    if case.ended_at is not None:
        return {"value": _("本次采购已经结束；全部公告、结果、合同和支付长期公开")}
    if closes_at is not None and closes_at <= now:
        return {"value": _("投标已经截止；结果、合同和支付将陆续在本页公开")}
    if not method.is_public(case):
        return {"value": _("只限收到邀请或者资格预审合格的供应商参加")}
    return {
        "value": _("登录后免费获取采购文件，在线递交"),
        "url": reverse("work_case", args=[case.pk]),
        "hint": _("没有账号的，请先由本单位登记"),
    }
