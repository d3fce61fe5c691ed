"""Are the terms of a framework agreement lawful, and who may call for it?"""

import datetime
import itertools
from collections.abc import Iterator
from typing import Any

from yangcai import law, procedures
from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.frameworks.models import Framework
from yangcai.frameworks.rules import approval, consumables, quality
from yangcai.frameworks.standing import counted, staying
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import OrganisationKind
from yangcai.planning.models import Category
from yangcai.tendering.models import Consumable
from yangcai.tendering.rules.lots import TAKEN_BACK_BY

#: The terms of a lot and what its goods use up are taken back before the lot is.
TAKEN_BACK_BY.update({Framework: "framework.withdraw", Consumable: "framework.withdraw"})
TERM = {Category.GOODS: "framework.goods_years", Category.SERVICES: "framework.services_years"}
MONTHS = 12


def is_first_stage(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only a first stage has terms, entrants and agreements."""
    case = subject.root
    if not procedures.get(case.procedure).spends:
        return None
    return refuse(
        "method.framework",
        code="no_first_stage",
        zh="本项目不是框架协议采购的第一阶段",
        en="This case is not the first stage of a framework agreement",
        **applicable(case, now=now),
    )


def is_closed(case: Case) -> bool:
    """Whether suppliers enter by an evaluation, or, in an open framework, by a request at any time."""
    return procedures.Stage.AWARD in procedures.get(case.procedure).stages


def term_is_usual(subject: Lot, *, now: datetime.datetime, months: int, term_reason: str, **_: Any) -> Refusal | None:
    """货物一般不超过 1 年，服务一般不超过 2 年 (art. 15): 一般 leaves room for a stated reason."""
    key, on = TERM[Category(subject.case.category)], applicable(subject.case, now=now)
    if months <= law.value(key, **on) * MONTHS or term_reason.strip():
        return None
    return refuse(
        key,
        code="term_too_long",
        zh="有效期一般不超过{limit}；确需更长的，写明理由",
        en="The term is usually at most {limit}: shorten it, or state why it must be longer",
        field="months",
        **on,
    )


def has_a_way(
    subject: Lot,
    *,
    now: datetime.datetime,
    by_direct: bool,
    by_mini_competition: bool,
    by_rotation: bool,
    **_: Any,
) -> Iterator[Refusal]:
    """The call says in which ways contracts are awarded (art. 32); an open framework knows direct choice only."""
    on = applicable(subject.case, now=now)
    if not (by_direct or by_mini_competition or by_rotation):
        yield refuse(
            "framework.second_stage",
            code="no_way_of_award",
            zh="请至少选择一种确定第二阶段成交供应商的方式",
            en="Choose at least one way in which contracts are awarded in the second stage",
            field="by_direct",
            **on,
        )
    if not is_closed(subject.case) and (by_mini_competition or by_rotation):
        yield refuse(
            "framework.open_call",
            code="open_means_direct",
            zh="开放式框架协议的第二阶段由采购人或者服务对象直接选定",
            en="Under an open framework the buyer or the user chooses directly",
            field="by_direct",
            **on,
        )


def says_its_rules(
    subject: Lot, *, now: datetime.datetime, replacement_rule: str, feedback_rule: str, **_: Any
) -> Iterator[Refusal]:
    """征集文件应当包括入围产品升级换代规则、用户反馈和评价机制 (art. 23(13), (14); of an open one art. 38(1))."""
    on = applicable(subject.case, now=now)
    if not replacement_rule.strip():
        yield refuse(
            "framework.replacement_said",
            code="no_replacement_rule",
            zh="请写明入围产品升级换代规则（不涉及产品的，写明不适用）",
            en="State the rules on new products in the place of those that entered (or that there are none)",
            field="replacement_rule",
            **on,
        )
    if not feedback_rule.strip():
        yield refuse(
            "framework.feedback_said",
            code="no_feedback_rule",
            zh="请写明用户反馈和评价机制",
            en="State how feedback of users is taken in and used",
            field="feedback_rule",
            **on,
        )


def outside_is_possible(subject: Lot, *, now: datetime.datetime, allows_outside: bool, **_: Any) -> Refusal | None:
    """相同货物, in the chapter on closed agreements: for no services, and under no open one (art. 37)."""
    if not allows_outside or (subject.case.category == Category.GOODS and is_closed(subject.case)):
        return None
    return refuse(
        "framework.outside",
        code="outside_is_for_goods",
        zh="只有封闭式框架协议的货物项目，可以约定按更低价格授予非入围供应商",
        en="Only a closed framework for goods can let contracts go outside the entrants at a lower price",
        field="allows_outside",
        **applicable(subject.case, now=now),
    )


def consumables_are_of_goods(
    subject: Lot, *, now: datetime.datetime, uses_consumables: bool, **_: Any
) -> Refusal | None:
    """仪器设备 are goods, and only offers that are evaluated can be corrected by what they use up (art. 26)."""
    if not uses_consumables or (subject.case.category == Category.GOODS and is_closed(subject.case)):
        return None
    return refuse(
        "framework.consumables",
        code="consumables_are_of_goods",
        zh="只有封闭式框架协议的仪器设备项目，要求同时对专用耗材报价",
        en="Only a closed framework for equipment has consumables priced with it",
        field="uses_consumables",
        **applicable(subject.case, now=now),
    )


def discounts_grow(
    subject: Lot, *, now: datetime.datetime, discounts: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """达到一定采购数量，价格按照折扣降低 (art. 13): whoever buys more never pays more for one."""
    rows = sorted(discounts, key=lambda row: row["from_quantity"])
    pairs = itertools.pairwise(rows)
    if all(a["from_quantity"] < b["from_quantity"] and a["rate"] < b["rate"] for a, b in pairs):
        return None
    return refuse(
        "framework.quantity_discount",
        code="discounts_do_not_grow",
        zh="量价关系折扣的采购数量不得重复，数量越多降低的比例应当越大",
        en="Each quantity stands once, and the larger it is the more the price falls",
        field="discounts",
        **applicable(subject.case, now=now),
    )


def top_up_is_lawful(
    subject: Lot,
    *,
    now: datetime.datetime,
    tops_up: Framework | None,
    top_up_reason: str,
    discounts: list[dict[str, Any]],
    **terms: Any,
) -> Iterator[Refusal]:
    """补充征集: fewer than 70 % of the entrants are left and it hurts; on the terms of the first call (art. 31)."""
    if tops_up is None:
        return
    on = applicable(subject.case, now=now)
    entered, left = counted(tops_up), len(staying(tops_up))
    share = law.value("framework.topup_below", **on)
    if not is_closed(tops_up.lot.case) or not tops_up.is_in_force_at(now):
        yield refuse(
            "framework.topup_below",
            code="nothing_to_top_up",
            zh="只能对有效期内的封闭式框架协议补充征集",
            en="Only a closed framework agreement in force is topped up",
            field="tops_up",
            **on,
        )
    elif left >= entered * share:
        yield refuse(
            "framework.topup_below",
            code="enough_entrants_left",
            zh="入围 {entered} 家，剩余 {left} 家，不低于{limit}，不得补充征集",
            en="{left} of {entered} entrants are left, not fewer than {limit}: no top-up",
            field="tops_up",
            entered=entered,
            left=left,
            **on,
        )
    if not top_up_reason.strip():
        yield refuse(
            "framework.topup_below",
            code="top_up_without_reason",
            zh="补充征集须写明剩余入围供应商不足如何影响框架协议执行",
            en="State how the lack of entrants hurts the agreement",
            field="top_up_reason",
            **on,
        )
    changed = list(_changed(subject, tops_up, discounts=discounts, **terms))
    if changed:
        yield refuse(
            "framework.topup_terms",
            code="other_terms",
            zh="补充征集的条件、评审方法和成交方式应当与初次征集相同，入围后按初次征集的框架协议执行；与其不同的有：{which}",
            en="A top-up has the terms of the first call, and whoever enters joins its agreement; other than"
            " there: {which_en}",
            field=next((field for field, _zh, _en in changed if field in {*terms, "discounts"}), "tops_up"),
            which="、".join(zh for _field, zh, _en in changed),
            which_en=", ".join(en for _field, _zh, en in changed),
            **on,
        )


#: What a top-up says as the first call did (财政部令第110号 art. 31): its conditions, and what the agreement that its
#: entrants join has for everybody.
KEPT = {
    "unit": ("计量单位", "the unit"),
    "users": ("适用范围", "who may use it"),
    "quality_ground": ("质量优先法的情形", "the ground for quality first"),
    "by_direct": ("直接选定", "direct choice"),
    "by_mini_competition": ("二次竞价", "second competition"),
    "by_rotation": ("顺序轮候", "rotation"),
    "allows_outside": ("授予非入围供应商", "contracts outside the entrants"),
    "uses_consumables": ("专用耗材", "consumables"),
    "replacement_rule": ("升级换代规则", "the rules on newer products"),
    "feedback_rule": ("用户反馈和评价机制", "the rules on feedback"),
}


def _changed(
    subject: Lot, first: Framework, *, discounts: list[dict[str, Any]], **terms: Any
) -> Iterator[tuple[str, str, str]]:
    """Field, and what it is called: what is not as the first call has it."""
    if subject.ceiling != first.lot.ceiling:
        yield "ceiling", "最高限制单价", "the highest unit price"
    if subject.evaluation_method != first.lot.evaluation_method:
        yield "evaluation_method", "评审方法", "the evaluation"
    for field, (zh, en) in KEPT.items():
        said, agreed = terms.get(field), getattr(first, field)
        if (said.split() != agreed.split()) if isinstance(said, str) else (said != agreed):
            yield field, zh, en
    kept = set(first.discounts.values_list("from_quantity", "rate"))
    if {(row["from_quantity"], row["rate"]) for row in discounts} != kept:
        yield "discounts", "量价关系折扣", "the discounts by quantity"


def to_be_topped_up(lot: Lot, *, now: datetime.datetime) -> Framework | None:
    """The one closed agreement of the convener, in force and of the same category, of whose entrants too few are left;
    None where there is none, or more than one."""
    found = Framework.objects.select_related("lot__case").filter(
        lot__case__buyer_id=lot.case.buyer_id,
        lot__case__category=lot.case.category,
        begins_on__isnull=False,
        tops_up__isnull=True,
    )
    share = law.value("framework.topup_below", **applicable(lot.case, now=now))
    short = [
        one
        for one in found.exclude(lot=lot).order_by("pk")
        if is_closed(one.lot.case) and one.is_in_force_at(now) and len(staying(one)) < counted(one) * share
    ]
    return short[0] if len(short) == 1 else None


def file_is_complete(case: Case, *, now: datetime.datetime) -> Iterator[Refusal]:
    """What the call for a framework says beside an ordinary file (art. 5, 13, 22): every missing part at once."""
    if procedures.get(case.procedure).spends:
        return
    on = applicable(case, now=now)
    for lot in case.every_lot():
        if not Framework.objects.filter(lot=lot).exists():
            yield refuse(
                "framework.call_content",
                code="no_framework_terms",
                zh="采购包 {lot} 尚未设定框架协议条款",
                en="Lot {lot} has no terms of its framework agreement",
                lot=lot.number,
                **on,
            )
        if lot.ceiling is None:
            yield refuse(
                "framework.ceiling",
                code="no_highest_unit_price",
                zh="采购包 {lot} 尚未设定最高限制单价（最高限价）",
                en="Lot {lot} has no highest unit price (its ceiling)",
                lot=lot.number,
                **on,
            )
        yield from quality.still_permitted(lot, now=now)
        yield from consumables.are_listed(lot, now=now)
    yield from filter(None, (_convener(case, now=now), approval.is_given(case, now=now)))


def _convener(case: Case, *, now: datetime.datetime) -> Refusal | None:
    """集中采购机构 for the catalogue (art. 5); off it the main budget unit, or another with its approval."""
    agent = case.agent
    if not case.plan_item.in_catalogue or (agent is not None and agent.kind == OrganisationKind.CENTRAL_AGENT):
        return None
    return refuse(
        "framework.convener",
        code="not_the_central_agent",
        zh="集中采购目录以内品目的框架协议，由集中采购机构征集，请委托集中采购机构",
        en="A catalogue item is called for by the centralised agency: entrust it",
        **applicable(case, now=now),
    )


def is_open(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only an open framework has a standing call (art. 38)."""
    if not procedures.get(subject.procedure).spends and not is_closed(subject):
        return None
    return refuse(
        "framework.open_call",
        code="no_open_framework",
        zh="本项目不是开放式框架协议",
        en="This case is no open framework agreement",
        **applicable(subject, now=now),
    )
