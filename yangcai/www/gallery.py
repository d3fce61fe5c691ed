"""How does every component look in every state? The page `/_components/`, in a sandbox and for developers only."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.kernel.inputs import DateField, DocumentField, Input, MomentField, MoneyField, RowsField, TextField
from yangcai.kernel.refusals import Refusal
from yangcai.www import formats, gallery_pictures, story_line
from yangcai.www.gantt import Bar, Mark, Row
from yangcai.www.nav import Link
from yangcai.www.pictures import csv_asked

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
NOW = datetime.datetime(2026, 3, 2, 9, 12, tzinfo=SHANGHAI)
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR

TENDER = law.cite("submission.open_tender", on=NOW.date())
CONTRACT = law.cite("contract.publish", on=NOW.date())
UNSURE = law.cite("threshold.open_tender", on=NOW.date())
DIGEST = "5d1c90ae77b20f3e8a64c5d91b20e7f13c8842aa9d06b51f60e37c14aa9528d0"


class QuotationRow(forms.Form):
    """One line of the opening schedule."""

    item = forms.CharField(label=_("品目"), max_length=60)
    quantity = forms.IntegerField(label=_("数量"), min_value=1)
    unit_price = MoneyField(label=_("单价（元）"))
    imported = forms.BooleanField(label=_("进口"), required=False)


class EveryField(Input):
    """One field of each kind that Actions use."""

    title = TextField(label=_("项目名称"), help_text=_("与采购计划一致。"))
    price = MoneyField(label=_("投标报价（元）"), help_text=_("含税总价，保留两位小数。"))
    delivery_on = DateField(label=_("交货日期"))
    closes_at = MomentField(label=_("投标截止时间"), required=False)
    method = forms.ChoiceField(
        label=_("评审方法"),
        choices=[("rated", _("综合评分法")), ("lowest", _("最低评标价法"))],
        widget=forms.RadioSelect,
    )
    category = forms.ChoiceField(
        label=_("类别"), choices=[("goods", _("货物")), ("services", _("服务")), ("works", _("工程"))]
    )
    policies = forms.MultipleChoiceField(
        label=_("政府采购政策"),
        choices=[("sme", _("面向中小企业预留")), ("green", _("节能环保")), ("prison", _("监狱企业"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = TextField(label=_("理由"), lines=4, required=False, help_text=_("写明事实和依据，将随公告公开。"))
    document = DocumentField(label=_("采购文件"), required=False)
    rows = RowsField(QuotationRow, label=_("分项报价"), min_rows=1, blank=2, help_text=_("空行不计。"))
    confirmed = forms.BooleanField(label=_("我已核对以上内容，提交后不可更改"))


class FilterForm(forms.Form):
    """The filters of a notice list."""

    q = forms.CharField(label=_("关键词"), required=False)
    procedure = forms.ChoiceField(
        label=_("采购方式"),
        required=False,
        choices=[("", _("全部")), ("open_tender", _("公开招标")), ("consultation", _("竞争性磋商"))],
    )


def broken_form() -> EveryField:
    """A form that was sent with mistakes."""
    query = QueryDict(mutable=True)
    query.update(
        {
            "price": "4925000.00",
            "category": "goods",
            "rows-0-item": "工业机器人工作站",
            "rows-0-quantity": "0",
            "rows-0-unit_price": "235000.00",
            "rows-1-quantity": "3",
        }
    )
    return EveryField(query)


def refusals() -> list[Refusal]:
    """Reasons for which something is not yet possible."""
    return [
        Refusal(
            "window_too_short",
            "距投标截止只有 17 天，自招标文件发出之日起不得少于 20 日",
            "Submission closes in 17 days; at least 20 days must pass from issuing the documents",
            TENDER,
        ),
        Refusal(
            "no_reservation", "采购计划尚未冻结预算资金", "The plan item has no reservation of funds yet", CONTRACT
        ),
    ]


def steps() -> list[dict[str, Any]]:
    """A case in the middle of its submission."""
    return [
        {"name": _("采购意向"), "state": "done", "on": datetime.date(2026, 1, 20), "limit": _("提前公开")},
        {"name": _("采购计划"), "state": "done", "on": datetime.date(2026, 2, 10), "note": _("资金已预留")},
        {"name": _("采购公告"), "state": "done", "on": datetime.date(2026, 2, 24), "limit": _("公告期已满")},
        {
            "name": _("投标"),
            "state": "current",
            "at": NOW + 15 * DAY,
            "note": _("进行中"),
            "citation": TENDER,
            "url": "#",
        },
        {"name": _("开标"), "state": "todo", "at": NOW + 15 * DAY, "limit": _("与截止时间相同")},
        {"name": _("评审定标"), "state": "todo", "note": _("预计两天")},
        {"name": _("合同"), "state": "todo", "citation": CONTRACT},
        {"name": _("验收支付"), "state": "todo"},
    ]


def lamps() -> list[dict[str, Any]]:
    """The four controls in four states."""
    money = {"label": _("预留"), "value": formats.yuan(Decimal(4862000))}
    return [
        {"label": _("预算"), "tone": "ok", "word": _("已预留"), "evidence": [money], "citation": CONTRACT, "url": "#"},
        {
            "label": _("系统"),
            "tone": "info",
            "word": _("交易进行中"),
            "evidence": [{"label": _("采购项目"), "value": "LXQ-2026-0087", "url": "#"}],
        },
        {"label": _("合同"), "tone": "mute", "word": _("尚未签订"), "citation": CONTRACT},
        {"label": _("验收"), "tone": "bad", "word": _("未经验收"), "evidence": [], "citation": UNSURE},
    ]


def clocks() -> list[dict[str, Any]]:
    """Deadlines in every state."""
    return [
        {
            "title": _("公告采购合同"),
            "due_at": NOW - DAY,
            "state": "overdue",
            "citation": CONTRACT,
            "actor": _("采购人"),
            "url": "#",
        },
        {
            "title": _("投标截止"),
            "due_at": NOW + 15 * DAY,
            "state": "running",
            "citation": TENDER,
            "actor": _("供应商"),
        },
        {
            "title": _("公开采购意向"),
            "due_at": NOW - 10 * DAY,
            "met_at": NOW - 12 * DAY,
            "state": "met",
            "actor": _("采购人"),
        },
        {"title": _("支付合同款"), "state": "waiting", "citation": UNSURE, "actor": _("采购人")},
    ]


def entries() -> list[dict[str, Any]]:
    """A timeline with a refusal."""
    return [
        {
            "at": NOW - HOUR,
            "sentence": _("教育体育局发布了采购公告"),
            "actor": _("教育体育局（经办）"),
            "citation": TENDER,
            "hash": "9f2c41aa",
            "url": "#",
        },
        {
            "at": NOW - DAY,
            "sentence": _("更正投标截止时间"),
            "actor": _("代理机构"),
            "refused": True,
            "note": _("剩余时间不足，须先顺延截止时间。"),
            "hash": "03be7715",
        },
        {"at": NOW - 9 * DAY, "sentence": _("审核人通过了采购需求"), "actor": _("教育体育局（审核）")},
    ]


def groups() -> list[dict[str, Any]]:
    """Work in every urgency."""
    return [
        {
            "key": "overdue",
            "items": [
                {
                    "title": _("公告采购合同：校园网络升级服务"),
                    "url": "#",
                    "due_at": NOW - DAY,
                    "citation": CONTRACT,
                    "action": _("去公告"),
                }
            ],
        },
        {
            "key": "today",
            "items": [
                {
                    "title": _("答复供应商质疑：食堂设备采购项目"),
                    "url": "#",
                    "due_at": NOW + 8 * HOUR,
                    "detail": _("质疑人：甘肃某商贸公司"),
                    "action": _("起草答复"),
                },
                {"title": _("确认中标候选人：操场改造"), "url": "#", "due_at": NOW + 8 * HOUR, "citation": TENDER},
            ],
        },
        {
            "key": "week",
            "items": [
                {
                    "title": _("组织验收：课桌椅采购（二批）"),
                    "url": "#",
                    "due_at": NOW + 3 * DAY,
                    "seats": [(f"{n:02}", "#") for n in range(1, 16)],
                }
            ],
        },
        {"key": "later", "items": [{"title": _("编制下半年采购意向"), "url": "#"}]},
    ]


def notices() -> list[dict[str, Any]]:
    """Open, closing soon, and closed."""
    common = {"url": "#", "buyer": _("兰州新区教育体育局"), "procedure": _("公开招标")}
    return [
        {
            **common,
            "title": "职教园区实训设备（工业机器人工作站）采购项目公开招标公告",
            "classification": _("货物"),
            "budget": Decimal("4862000"),
            "published_at": NOW - 6 * DAY,
            "closes_at": NOW + 6 * DAY + 4 * HOUR,
        },
        {
            **common,
            "title": "智慧城管视频云平台运维服务公开招标公告",
            "classification": _("服务"),
            "budget": Decimal("1280000"),
            "published_at": NOW - 2 * DAY,
            "closes_at": NOW + 19 * DAY,
        },
        {
            **common,
            "title": "第一人民医院影像设备采购结果公告",
            "published_at": NOW - 30 * DAY,
            "closes_at": NOW - 9 * DAY,
            "tone": "done",
            "status": _("已成交"),
        },
    ]


def scores() -> list[dict[str, Any]]:
    """A panel of five, one member far from the rest and one score missing."""
    return [
        {"name": _("专家甲"), "cells": [Decimal("42.5"), 39, 47, Decimal("36.5")]},
        {"name": _("专家乙"), "cells": [41, Decimal("38.5"), 46, 37]},
        {
            "name": _("专家丙"),
            "cells": [{"value": Decimal("29.5"), "outlier": True, "note": _("须说明理由")}, 39, Decimal("46.5"), 36],
        },
        {"name": _("采购人代表"), "cells": [42, 38, Decimal("47.5"), None]},
    ]


def story() -> SimpleNamespace:
    """A story of the demo half way, as yangcai/www/guided.py tells it."""
    lines = [
        SimpleNamespace(text=_("公布采购意向"), hint="", is_done=True),
        SimpleNamespace(text=_("编制采购计划"), hint=_("从预算项目开始"), is_done=False),
    ]
    return SimpleNamespace(
        title=_("公开招标"),
        done=1,
        lines=lines,
        is_over=False,
        turn=_("编制采购计划"),
        turn_url="#",
        case=None,
        story=SimpleNamespace(is_automatic=True),
    )


def story_points() -> list[story_line.Point]:
    """The line of a story: what lies behind, this moment, what comes."""
    days = [datetime.timedelta(days=n) for n in (-9, 0, 11, 31)]
    return [
        story_line.Point("done", NOW + days[0], _("公布采购意向"), _("已完成")),
        story_line.Point("current", NOW, _("此刻")),
        *(
            story_line.Point("next", NOW + day, name, story_line.forward(NOW, NOW + day), to=(NOW + day).isoformat())
            for day, name in zip(days[2:], (_("投标截止"), _("评审")), strict=True)
        ),
    ]


def page(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    budget, unit = formats.wan_parts(Decimal("142002500"))
    drawn = gallery_pictures.pictures(NOW)
    table = csv_asked(request, drawn)
    if table is not None:
        return table
    return render(
        request,
        "gallery.html",
        {
            "now": NOW,
            "nav": [Link(str(_("我的工作台")), "/work", True)]
            + [
                Link(str(label), "#")
                for label in (_("采购计划"), _("采购项目"), _("合同"), _("监督公开"), _("政策法规"))
            ],
            "crumbs": [(_("首页"), "/"), (_("采购项目"), "#"), ("LXQ-2026-0087", "")],
            "kicker": ["LXQ-2026-0087", _("公开招标"), ""],
            "tones": ["ok", "warn", "bad", "info", "mute", "done"],
            "steps": steps(),
            "stopped": [
                *steps()[:3],
                {"name": _("投标"), "state": "stopped", "note": _("已暂停")},
                {"name": _("开标"), "state": "skipped"},
            ],
            "lamps": lamps(),
            "clocks": clocks(),
            "entries": entries(),
            "groups": groups(),
            "notices": notices(),
            "price": Decimal("4735500"),
            "due": NOW + 19 * DAY + 23 * HOUR,
            "soon": NOW + datetime.timedelta(minutes=4, seconds=14),
            "past": NOW - HOUR,
            "refusals": refusals(),
            "form": EveryField(),
            "broken": broken_form(),
            "hidden": {"idempotency_key": "b1946ac9", "version": 7},
            "filter_form": FilterForm(request.GET),
            "page": Paginator(range(240), 10).get_page(request.GET.get("page", 5)),
            "facts": [
                (_("项目编号"), "LXQ-2026-0087"),
                {"label": _("采购人"), "value": _("兰州新区教育体育局"), "url": "#"},
                {"label": _("预算金额"), "value": formats.yuan(Decimal(4862000)), "hint": _("含税"), "change_url": "#"},
                {"label": _("文件摘要"), "value": DIGEST[:32], "mono": True},
            ],
            "figures": [
                {"label": _("采购项目"), "value": "132", "unit": _("项")},
                {"label": _("采购预算"), "value": budget, "unit": unit, "url": "#"},
                {"label": _("平均采购周期"), "value": "31.4", "unit": _("天"), "note": _("自公告至合同")},
            ],
            "pictures": drawn,
            "guided": {"story": story()},
            "waiting": {"story": None},
            "story_points": story_points(),
            "plan": [
                Row(
                    str(_("课桌椅采购")),
                    "#",
                    [
                        Bar("g-prep", NOW - 9 * DAY, NOW - 5 * DAY, str(_("编制"))),
                        Bar("g-open", NOW - 5 * DAY, NOW + 16 * DAY),
                    ],
                    [Bar("g-least", NOW - 5 * DAY, NOW + 15 * DAY, str(_("法定最短期限")))],
                    [Mark("g-due", NOW + 4 * DAY), Mark("g-late", NOW - DAY)],
                )
            ],
            "plan_from": NOW.replace(hour=0, minute=0) - 14 * DAY,
            "plan_to": NOW.replace(hour=0, minute=0) + 42 * DAY,
            "stages": [
                {"name": _("签到"), "state": "done"},
                {"name": _("解密"), "state": "current", "note": "3 / 5"},
                {"name": _("唱标"), "state": "todo"},
                {"name": _("确认签字"), "state": "todo"},
            ],
            "columns": ["陇原智造", "恒业机电", "西安航数", "重庆博联"],
            "scores": scores(),
            "averages": ["38.8", "38.6", "46.8", "36.5"],
            "log": [
                {"at": NOW - HOUR, "actor": _("主持人"), "text": _("宣布开标纪律。")},
                {"at": NOW, "text": _("全部解密完成。")},
            ],
            "tasks": [
                {"title": _("确认参加并获取采购文件"), "url": "#", "tone": "done", "status": _("已完成")},
                {"title": _("开标一览表"), "url": "#", "tone": "bad", "status": _("有错误")},
                {
                    "title": _("技术响应与偏离表"),
                    "url": "#",
                    "hint": _("已响应 31 条，共 42 条"),
                    "tone": "info",
                    "status": _("进行中"),
                },
                {"title": _("递交"), "tone": "mute", "status": _("尚不能开始")},
            ],
            "files": [
                {
                    "title": _("招标文件"),
                    "url": "#",
                    "kind": "PDF",
                    "size": 40_475_033,
                    "digest": DIGEST,
                    "at": NOW - DAY,
                },
                {"title": _("更正公告"), "url": "#"},
            ],
            "doors": [
                {"icon": "file-search", "title": _("我要投标"), "hint": _("找项目，在线递交"), "url": "#"},
                {"icon": "gavel", "title": _("开标大厅"), "hint": _("看得见的开标"), "url": "#"},
                {"icon": "calendar-clock", "title": _("采购意向"), "hint": _("提前看见机会"), "url": "#"},
                {"icon": "scale", "title": _("政策法规"), "hint": _("每条规则有出处"), "url": "#"},
                {"icon": "message-square-warning", "title": _("质疑投诉"), "hint": _("在线提交，限时答复"), "url": "#"},
            ],
            "pipeline": [
                {"name": _("采购意向"), "count": 18, "url": "#"},
                {"name": _("采购计划"), "count": 9, "url": "#"},
                {"name": _("投标"), "count": 12, "url": "#"},
                {"name": _("开标"), "count": 2, "url": "#", "live": True},
                {"name": _("评审定标"), "count": 5},
                {"name": _("合同"), "count": 11},
                {"name": _("验收支付"), "count": 31},
            ],
            "terms": [("复印纸", "#"), ("物业服务", "#"), ("面向中小企业", "#")],
            "tabs": [
                {"label": _("采购意向"), "url": "#", "count": 18},
                {"label": _("采购公告"), "url": "#", "current": True},
                {"label": _("结果公告"), "url": "#"},
            ],
            "signatures": [
                {"role": _("主持人"), "name": "王某", "at": NOW},
                {"role": _("记录人"), "name": "陈某", "at": NOW},
                {"role": _("监督人"), "name": "周某"},
            ],
            "digest": DIGEST,
            "next": [
                {"text": _("等待开标"), "who": _("平台"), "by_at": NOW + 15 * DAY},
                {"text": _("截止前可以撤回或修改投标文件"), "who": _("供应商"), "url": "#"},
            ],
            "receipt": [
                (_("递交时间"), "2026-03-02 09:12:43"),
                (_("大小"), "38.6 MB"),
                {"label": _("文件摘要"), "value": DIGEST, "mono": True},
            ],
            "citations": [TENDER, UNSURE],
        },
    )
