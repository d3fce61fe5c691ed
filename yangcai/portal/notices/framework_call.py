"""征集公告: what a call for a framework agreement says of price, quantity, users and term (110号令 art. 22, 38).

The call of a closed framework is the invitation to a tender with this table; an open one has a notice of its own.
"""

from typing import Any

from yangcai.cases.actions import chinese
from yangcai.cases.models import Case, EvaluationMethod
from yangcai.frameworks.models import Framework, QualityGround
from yangcai.frameworks.rules.terms import is_closed
from yangcai.kernel.numbers import bare, percent
from yangcai.portal.notices.base import (
    MONEY,
    PROJECT,
    TABLE,
    Field,
    NoticeType,
    Section,
    contacts,
    full_contacts,
    notice_type,
    project,
)
from yangcai.tendering import method
from yangcai.tendering.models import Clause, ClauseKind, Consumable, Solicitation

CONTENT = "framework.call_content"
WAYS = (("by_direct", "直接选定"), ("by_mini_competition", "二次竞价"), ("by_rotation", "顺序轮候"))


def agreements(*, optional: bool = False) -> Field:
    """The table of terms, lot by lot."""
    return Field(
        "agreements",
        "框架协议条款",
        "Terms of the framework agreement",
        TABLE,
        rule=CONTENT,
        optional=optional,
        columns=(
            Field("lot", "包号", "Lot"),
            Field("ceiling", "最高限制单价", "Highest unit price", MONEY),
            Field("unit", "计量单位", "Unit"),
            Field("quantity", "预估采购数量", "Estimated quantity"),
            Field("users", "适用框架协议的采购人或者服务对象", "Who may use it"),
            Field("months", "有效期（月）", "Term in months"),
            Field("evaluation", "评审方法", "Evaluation"),
            Field("ways", "第二阶段成交方式", "Ways of award"),
            Field("consumables", "同时报价的专用耗材", "Consumables priced as well"),
            Field("discounts", "量价关系折扣", "Discounts by quantity", optional=True),
        ),
    )


#: 其他补充事宜: after the notice period, where the form has it.
OTHER_MATTERS = Section(
    "其他补充事宜",
    "Other matters",
    (Field("objections", "质疑的提出", "How to object", rule="objection.once", optional=True),),
)


def objections(file: Solicitation) -> str:
    """Whether all objections to one step of the procedure are wanted at once (财政部令第94号 art. 10)."""
    return "针对同一采购程序环节的质疑，须在法定质疑期内一次性提出" if file.objections_at_once else ""


def evaluation(framework: Framework) -> str:
    """价格优先法, or 质量优先法 with the situation that permits it; an open framework evaluates nothing."""
    lot = framework.lot
    if not is_closed(lot.case):
        return "—"
    named = method.of(lot.case).say(chinese(EvaluationMethod(lot.evaluation_method).label))
    ground = framework.quality_ground
    return f"{named}（{chinese(QualityGround(ground).label)}）" if ground else named


def ways(framework: Framework) -> list[str]:
    """How contracts are awarded, and whether they may go outside the entrants (art. 32, 37)."""
    found = [zh for name, zh in WAYS if getattr(framework, name)]
    return [*found, "更低价格可以授予非入围供应商"] if framework.allows_outside else found


def consumables(framework: Framework) -> str:
    """What is priced with the equipment, how much one piece uses of it, for how many years (art. 26)."""
    found = Consumable.objects.filter(lot=framework.lot_id).order_by("number")
    listed = "、".join(f"{one.item} {bare(one.quantity)} {one.unit}" for one in found)
    return f"{listed}（每台 {framework.consumables_years} 年用量）" if listed else ""


def discounts(framework: Framework) -> str:
    """From which quantity of one purchase the price falls by how much (art. 13)."""
    return "、".join(
        f"满 {bare(one.from_quantity)} {framework.unit}降低 {percent(one.rate)}" for one in framework.discounts.all()
    )


def terms(case: Case) -> list[dict[str, Any]]:
    """The rows of that table; none for any other method."""
    found = Framework.objects.filter(lot__case=case).select_related("lot__case").order_by("lot__number")
    return [
        {
            "lot": one.lot.number,
            "ceiling": one.lot.ceiling,
            "unit": one.unit,
            "quantity": bare(one.estimated_quantity),
            "users": one.users,
            "months": str(one.months),
            "evaluation": evaluation(one),
            "ways": "、".join(ways(one)),
            "consumables": consumables(one) or "—",
            "discounts": discounts(one),
        }
        for one in found
    ]


def facts(case: Case, **_context: Any) -> dict[str, Any]:
    solicitation = Solicitation.objects.get(case=case)
    clauses = Clause.objects.filter(case=case, kind=ClauseKind.QUALIFICATION).order_by("number")
    return {
        **project(case),
        "requirement": solicitation.requirement,
        "qualification": "\n".join(f"{c.number}. {c.text}" for c in clauses),
        "agreements": terms(case),
        "objections": objections(solicitation),
        "how": "有效期内供应商可以随时登录本平台申请入围，征集人在法定时间内书面答复",
        **contacts(case),
    }


notice_type(
    NoticeType(
        "framework_call",
        "开放式框架协议征集公告",
        "standing call for an open framework agreement",
        (
            Section(
                "项目基本情况",
                "The project",
                (*PROJECT, Field("requirement", "采购需求", "Needs", rule=CONTENT), agreements()),
            ),
            Section(
                "入围条件和申请",
                "Entry",
                (
                    Field("qualification", "资格要求", "Requirements", rule=CONTENT),
                    Field("how", "申请方式", "How to apply", rule="framework.open_call"),
                ),
            ),
            OTHER_MATTERS,
            full_contacts(rule=CONTENT),
        ),
        facts,
        lambda case: f"{case.title}{method.of(case).notice[0]}",
    )
)
