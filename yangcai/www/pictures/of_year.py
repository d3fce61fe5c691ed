"""Which pictures tell a year's procurement to the public, and what does each say?"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yangcai import procedures
from yangcai.kernel.refusals import in_chinese
from yangcai.planning.models import Category
from yangcai.portal.year import Flow, whole_and_small
from yangcai.www import formats
from yangcai.www.pictures.bars import Stack, stacked
from yangcai.www.pictures.flow import Link, Node, Stage, sankey
from yangcai.www.pictures.gauge import gauge
from yangcai.www.pictures.picture import Column, Picture, large, percent, unit, wan
from yangcai.www.pictures.spread import Spread, spreads

ZERO = Decimal(0)
MONTHS = range(1, 13)


def pictures(found: dict[str, Any], *, year: int, today: datetime.date) -> list[Picture]:
    """All of them, in the order of the page."""
    cut_off = min(today, datetime.date(year, 12, 31))
    return [
        for_small(found["sizes"], firms=found["firms"], year=year, cut_off=cut_off),
        by_month(found["months"], year=year, cut_off=cut_off),
        flows(found["flows"], year=year, cut_off=cut_off),
        durations(found["durations"], year=year, cut_off=cut_off),
    ]


def standing(items: Sequence[dict[str, Any]], *, now: datetime.datetime) -> Picture:
    """How many purchases stand at each step now: what the pipeline above it draws, in a sentence and a table."""
    total = sum(item["count"] for item in items)
    says = _("此刻没有正在办理的采购。")
    if total:
        most = max(items, key=lambda item: item["count"])
        says = ngettext(
            "此刻有 %(n)d 项在办，最多的一步是“%(step)s”：%(most)d 项。",
            "此刻有 %(n)d 项在办，最多的一步是“%(step)s”：%(most)d 项。",
            total,
        ) % {"n": total, "step": most["name"], "most": most["count"]}
    return Picture(
        key="now",
        title=_("采购全程，此刻进行中"),
        says=says,
        caption=_("各环节正在办理的数量，截至 %(at)s。") % {"at": formats.moment(now)},
        columns=(Column(_("环节")), Column(_("数量"), 0)),
        rows=[(item["name"], item["count"]) for item in items],
    )


def money_column(label: str) -> Column:
    return Column(formats.in_yuan(label), 2)


def of_contracts(year: int, cut_off: datetime.date) -> str:
    """The denominator of what is said of contracts, and the cut-off."""
    return _("分母：%(year)d 年签订并已公告、未解除的采购合同。截至 %(day)s。") % {
        "year": year,
        "day": formats.day(cut_off),
    }


def method_name(code: str) -> str:
    method = procedures.PROCEDURES.get(code)
    return (method.zh if in_chinese() else method.en) if method else code


# --- small and medium enterprises -----------------------------------------------------------------------------------


def for_small(sizes: dict[str, dict[str, Any]], *, firms: int, year: int, cut_off: datetime.date) -> Picture:
    """The share of contract sums that small and medium enterprises have; `firms` of them have a part in a contract."""
    whole, part = whole_and_small(sizes)
    share = percent(part, whole)
    says = _("还没有已公告的采购合同。")
    if whole:
        says = ngettext(
            "中小企业合同金额占 %(share)s：%(part)s，共 %(whole)s；惠及中小企业 %(n)d 家。",
            "中小企业合同金额占 %(share)s：%(part)s，共 %(whole)s；惠及中小企业 %(n)d 家。",
            firms,
        ) % {"share": share, "part": wan(part), "whole": wan(whole), "n": firms}
    below = (
        _("中小企业 %(sum)s") % {"sum": wan(part)},
        _("分母：合同金额 %(sum)s") % {"sum": wan(whole)},
        _("截至 %(day)s") % {"day": formats.day(cut_off)},
    )
    return Picture(
        key=f"sme-{year}",
        title=_("采购合同有多少给了中小企业？"),
        says=says,
        caption=of_contracts(year, cut_off)
        + _gap()
        + _(
            "货物的金额按制造商的规模计（中标、成交文件列明制造商的，按其中规模最大的）。"
            "联合体的金额按联合协议约定的份额分别计入各成员，没有约定份额的计入牵头人；分包的金额计入签约供应商。"
            "合同数和供应商数按签约供应商、牵头人计，惠及家数含联合体成员和分包供应商。"
        ),
        drawings=gauge(part, whole, number=share, below=below),
        columns=(Column(_("企业规模")), money_column(_("合同金额")), Column(_("合同数"), 0), Column(_("供应商数"), 0)),
        rows=[(size_name(size), row["sum"], row["n"], row["suppliers"]) for size, row in sorted(sizes.items())],
    )


def size_name(size: str) -> str:
    names = {"large": _("大型企业"), "medium": _("中型企业"), "small": _("小型企业"), "micro": _("微型企业")}
    return formats.titled(names.get(size, _("其他（事业单位等）")))


# --- month by month -------------------------------------------------------------------------------------------------


def by_month(months: dict[int, tuple[Decimal, ...]], *, year: int, cut_off: datetime.date) -> Picture:
    """What was contracted in each month, by the size of the supplier."""
    names = tuple(formats.titled(name) for name in (_("小微企业"), _("中型企业"), _("大型企业和其他")))
    nothing = (ZERO, ZERO, ZERO)
    shown = [month for month in MONTHS if months.get(month) or month <= cut_off.month]
    sums = {month: months.get(month, nothing) for month in shown}
    stacks = [
        Stack(month_name(month), str(month), tuple(large(part) for part in parts)) for month, parts in sums.items()
    ]
    says = _("还没有已公告的采购合同。")
    if any(any(parts) for parts in sums.values()):
        best = max(shown, key=lambda month: sum(sums[month]))
        total = sum((sum(parts, ZERO) for parts in sums.values()), ZERO)
        says = _("%(month)s签订最多：%(sum)s，占本年已签合同的 %(share)s。") % {
            "month": month_name(best),
            "sum": wan(sum(sums[best], ZERO)),
            "share": percent(sum(sums[best], ZERO), total),
        }
    return Picture(
        key=f"months-{year}",
        title=_("每个月签了多少合同，签给了谁？"),
        says=says,
        caption=_("单位：%(unit)s。") % {"unit": unit()} + _gap() + of_contracts(year, cut_off),
        legend=tuple((f"s{n}", name) for n, name in enumerate(names)),
        drawings=stacked(stacks, names),
        columns=(Column(_("月份")), *(money_column(name) for name in names), money_column(_("合计"))),
        rows=[(month_name(month), *parts, sum(parts, ZERO)) for month, parts in sums.items()],
    )


def month_name(month: int) -> str:
    """1月, or Jan."""
    english = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{month}月" if in_chinese() else english[month - 1]


def _gap() -> str:
    return "" if in_chinese() else " "


# --- from budget to payment -----------------------------------------------------------------------------------------


def flows(found: Sequence[Flow], *, year: int, cut_off: datetime.date) -> Picture:
    """Budget by category → method → what came of it → payment."""
    categories = dict(Category.choices)
    methods = _largest({code: sum(_budget(one) for one in found if one.procedure == code) for code in _codes(found)})
    links: dict[tuple[str, str], Decimal] = {}

    def add(source: str, target: str, value: Decimal) -> None:
        links[source, target] = links.get((source, target), ZERO) + value

    for one in found:
        category, method = f"c:{one.category}", f"m:{one.procedure if one.procedure in methods else OTHERS}"
        signed = min(one.contracts, one.contracted_budget) if one.contracted_budget else one.contracts
        add(category, method, one.running + one.ended + max(one.contracted_budget, signed))
        add(method, "running", one.running)
        add(method, "ended", one.ended)
        add(method, "saved", max(ZERO, one.contracted_budget - signed))
        add(method, "signed", signed)
        add("signed", "paid", min(one.paid, signed))
        add("signed", "unpaid", max(ZERO, signed - one.paid))
    named = {
        **{f"c:{code}": str(categories.get(code, code)) for code in {one.category for one in found}},
        **{f"m:{code}": method_name(code) if code != OTHERS else _("其他方式") for code in (*methods, OTHERS)},
        "signed": _("已签合同"),
        "saved": _("节约（预算减合同）"),
        "running": _("采购进行中"),
        "ended": _("废标、终止"),
        "paid": _("已支付"),
        "unpaid": _("待支付"),
    }
    named = {key: formats.titled(name) for key, name in named.items()}
    stages = (
        Stage(
            _("预算"), tuple(Node(f"c:{code}", named[f"c:{code}"], "s0") for code in categories if f"c:{code}" in named)
        ),
        Stage(_("采购方式"), tuple(Node(f"m:{code}", named[f"m:{code}"], "s1") for code in (*methods, OTHERS))),
        Stage(
            _("合同"),
            tuple(
                Node(key, named[key], css)
                for key, css in (("signed", "s2"), ("saved", "s1"), ("running", "s0"), ("ended", "rest"))
            ),
        ),
        Stage(_("支付"), (Node("paid", named["paid"], "s3"), Node("unpaid", named["unpaid"], "minus"))),
    )
    budget, signed, paid = (
        sum((value for (source, target), value in links.items() if test(source, target)), ZERO)
        for test in (
            lambda source, _target: source.startswith("c:"),
            lambda _source, target: target == "signed",
            lambda _source, target: target == "paid",
        )
    )
    says = _("还没有已公告的采购项目。")
    if budget:
        says = _("预算 %(budget)s，已签合同 %(signed)s（%(share)s），其中已支付 %(paid)s（%(paid_share)s）。") % {
            "budget": wan(budget),
            "signed": wan(signed),
            "share": percent(signed, budget),
            "paid": wan(paid),
            "paid_share": percent(paid, signed),
        }
    return Picture(
        key=f"flow-{year}",
        title=_("预算的钱经过什么方式、签成合同、付到了哪里？"),
        says=says,
        caption=_(
            "分母：%(year)d 年发布的采购项目各采购包的预算；框架协议按其中实际成交的计算，协议本身的预算不重复计入。"
            "合同和支付以已公告的合同为准。截至 %(day)s。"
        )
        % {"year": year, "day": formats.day(cut_off)},
        drawings=sankey(stages, [Link(*pair, value) for pair, value in links.items()], written=wan),
        columns=(Column(_("从")), Column(_("到")), money_column(_("金额"))),
        rows=[(named[source], named[target], value) for (source, target), value in links.items() if value],
    )


OTHERS = "others"
#: So many methods have a place of their own: the smaller ones stand together.
SHOWN_METHODS = 4


def _codes(found: Sequence[Flow]) -> list[str]:
    return sorted({one.procedure for one in found})


def _budget(one: Flow) -> Decimal:
    return one.running + one.ended + one.contracted_budget


def _largest(sums: dict[str, Any]) -> list[str]:
    """The methods with the most money; all of them where one more would not be crowded."""
    ordered = sorted(sums, key=lambda code: (-sums[code], code))
    return ordered if len(ordered) <= SHOWN_METHODS + 1 else ordered[:SHOWN_METHODS]


# --- how long it takes ----------------------------------------------------------------------------------------------


def durations(found: dict[str, tuple[int, list[Decimal]]], *, year: int, cut_off: datetime.date) -> Picture:
    """Days from the notice to the signed contract, method by method."""
    groups = sorted(
        (Spread(method_name(code), n, *five) for code, (n, five) in found.items()), key=lambda one: one.middle
    )
    says = _("还没有从公告走到签约的采购合同。")
    if len(groups) == 1:
        says = ngettext(
            "%(method)s的 %(n)d 份合同，从公告到签约的中位数是 %(days)s 天。",
            "%(method)s的 %(n)d 份合同，从公告到签约的中位数是 %(days)s 天。",
            groups[0].count,
        ) % {"method": groups[0].label, "n": groups[0].count, "days": groups[0].middle}
    elif groups:
        says = _("%(fast)s最快，中位数 %(least)s 天；%(slow)s最慢，中位数 %(most)s 天。") % {
            "fast": groups[0].label,
            "least": groups[0].middle,
            "slow": groups[-1].label,
            "most": groups[-1].middle,
        }
    labelled = [
        Spread(f"{one.label} ({one.count})", one.count, one.least, one.lower, one.middle, one.upper, one.most)
        for one in groups
    ]
    return Picture(
        key=f"durations-{year}",
        title=_("从公告到签约要多少天？"),
        says=says,
        caption=_("横线：最短到最长；框：中间一半；红线和数字：中位数；括号：合同数。")
        + _gap()
        + of_contracts(year, cut_off),
        drawings=spreads(labelled, unit=_("天")),
        columns=(
            Column(_("采购方式")),
            Column(_("合同数"), 0),
            *(
                Column(label, 1)
                for label in (
                    _("最短（天）"),
                    _("下四分位（天）"),
                    _("中位数（天）"),
                    _("上四分位（天）"),
                    _("最长（天）"),
                )
            ),
        ),
        rows=[(one.label, one.count, one.least, one.lower, one.middle, one.upper, one.most) for one in groups],
    )
