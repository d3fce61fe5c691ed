"""招标公告, 谈判、磋商、询价公告: what 87号令 art. 13 and 214号文 art. 7 want in an invitation; by notice only."""

from typing import Any

from yangcai import law, procedures
from yangcai.cases.actions import chinese
from yangcai.cases.models import Case, EvaluationMethod, Lot, Stage
from yangcai.cases.periods import closing_at
from yangcai.kernel.numbers import percent
from yangcai.parties.models import Post
from yangcai.planning.models import PARTNERED, Category, Requirement, SetAside
from yangcai.portal.notices.base import (
    FLAG,
    MOMENT,
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
from yangcai.portal.notices.framework_call import OTHER_MATTERS, agreements, objections, terms
from yangcai.procedures.evaluation.panel import SCORE_FORMULAS
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.tendering import method, prequalified, weights
from yangcai.tendering.models import Clause, ClauseKind, Criterion, CriterionKind, GreenKind, GreenProduct, Solicitation

CONTENT = "notice.invitation.content"
#: 招标文件应当向所有通过资格预审的供应商提供 (87号令 art. 18).
PREQUALIFIED = "限于通过资格预审的供应商，登录本平台在线获取，免费"
LOTS = Field(
    "lots",
    "采购包",
    "Lots",
    TABLE,
    rule=CONTENT,
    columns=(
        Field("number", "包号", "Lot"),
        Field("title", "名称", "Title"),
        Field("budget", "预算金额", "Budget", MONEY),
        Field("ceiling", "最高限价", "Ceiling", MONEY),
        Field("set_aside", "预留份额", "Set aside"),
    ),
)


def set_aside(lot: Lot) -> str:
    """In which way, how much and for whom (财库〔2020〕46号 art. 12): 采购包专门面向中小企业（限于小微企业）."""
    way = SetAside(lot.way)
    told = [chinese(way.label)]
    if lot.way in PARTNERED:
        told.append(f"中小企业合同份额不低于 {percent(lot.set_aside_share)}")
    if lot.for_small_micro:
        told.append("限于小微企业")
    return told[0] if len(told) == 1 else f"{told[0]}（{'，'.join(told[1:])}）"


def preferences(case: Case, file: Solicitation) -> str:
    """Which share of the price is deducted for whom, for the evaluation alone (财库〔2020〕46号 art. 12(3))."""
    rates = (
        ("小微企业", file.small_micro_rate),
        ("小微企业合同份额达到规定比例的联合体或者分包", file.consortium_rate),
        ("本国产品", file.domestic_rate),
        ("节能环保产品", file.green_rate),
    )
    return "；".join(f"{who} {percent(rate)}" for who, rate in rates if rate)


def imports(case: Case, file: Solicitation) -> str:
    """Accepted with the number of the approval, or not at all (财库〔2007〕119号); nothing is said of services."""
    if not file.accepts_imports:
        return "不接受进口产品" if case.category == Category.GOODS else ""
    approved = case.plan_item.import_approvals.filter(approved_at__isnull=False).order_by("pk")
    return "接受进口产品，" + "；".join(f"{one.products}（{one.number}）" for one in approved)


def core_products(case: Case, file: Solicitation) -> str:
    """Of the whole document, and of the lots that have their own (87号令 art. 31)."""
    own = [f"采购包 {lot.number}：{lot.core_product}" for lot in case.every_lot() if lot.core_product]
    return "；".join([*([file.core_product] if file.core_product else []), *own])


def lot_limit(case: Case, solicitation: Solicitation) -> str:
    """For how many lots a supplier may bid, how many it may win, and in which order they are awarded."""
    most_bid, most_won = solicitation.max_lots_bid, solicitation.max_lots_won
    told = [f"每家供应商至多可投 {most_bid} 个采购包"] if most_bid else []
    if most_won:
        order = "、".join(lot.number for lot in case.lots_in_award_order)
        told.append(f"每家供应商至多可中 {most_won} 个采购包，按采购包 {order} 的次序确定中标供应商")
    return "；".join(told)


def evaluation(case: Case, file: Solicitation) -> str:
    """By which method the offers are compared, and by which formulas of the file points come about; once for all lots
    where they do not differ."""
    kinds: dict[int, set[str]] = {}
    for key, kind in Criterion.objects.filter(lot__case=case).values_list("lot", "kind"):
        kinds.setdefault(key, set()).add(kind)
    price, scores = FORMULAS[file.price_formula].zh, SCORE_FORMULAS[file.score_formula].zh
    told = {}
    for lot in case.lots.filter(follows=None).order_by("number"):
        scored = kinds.get(lot.pk, set())
        said = [method.of(case).say(chinese(EvaluationMethod(lot.evaluation_method).label))]
        if lot.is_information_system:
            said.append("政务信息系统项目")
        if CriterionKind.PRICE in scored:
            said.append(f"价格分：{price}")
        if scored - {CriterionKind.PRICE}:
            said.append(f"评委评分的汇总：{scores}")
        told[lot.number] = "；".join(said)
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "\n".join(f"采购包 {number}：{text}" for number, text in told.items())


def facts(case: Case, *, by: Post, data: dict[str, Any], **_context: Any) -> dict[str, Any]:
    solicitation = Solicitation.objects.get(case=case)
    clauses = Clause.objects.filter(case=case, kind=ClauseKind.QUALIFICATION).order_by("number")
    key = method.step_of(case, Stage.INVITATION).notice
    found = law.find(key, on=case.law_as_of, jurisdiction=case.jurisdiction) if key else None
    return {
        **project(case),
        "procedure": procedures.get(case.procedure).zh,
        "budget": case.budget,
        "ceiling": case.ceiling,
        "lots": [
            {
                "number": lot.number,
                "title": lot.title,
                "budget": lot.budget,
                "ceiling": lot.ceiling,
                "set_aside": set_aside(lot),
            }
            for lot in case.lots.order_by("number")
        ],
        "quantity": Requirement.objects.filter(plan_item=case.plan_item_id).values_list("quantity", flat=True).first(),
        "requirement": solicitation.requirement,
        "delivery": solicitation.delivery,
        "agreements": terms(case),
        "accepts_consortium": solicitation.accepts_consortium,
        "lot_limit": lot_limit(case, solicitation),
        "preferences": preferences(case, solicitation),
        "imports": imports(case, solicitation),
        "green": "；".join(
            f"{one.product}：{chinese(GreenKind(one.kind).label)}" for one in GreenProduct.objects.filter(case=case)
        ),
        "core_product": core_products(case, solicitation),
        "subcontracting": solicitation.subcontracting,
        "evaluation": evaluation(case, solicitation),
        "weight_consent": weights.announced(case),
        "objections": objections(solicitation),
        "qualification": "\n".join(f"{c.number}. {c.text}" for c in clauses),
        "set_aside": chinese(SetAside(case.set_aside).label),
        "documents_from": solicitation.documents_from,
        "supply_closes_at": solicitation.supply_closes_at,
        "documents_how": PREQUALIFIED if prequalified.is_the_way(case) else "登录本平台在线获取，免费",
        "submission_closes_at": closing_at(case),
        "place": data.get("opening_place") or method.of(case).say("本平台在线递交、在线开标"),
        "period": f"自公告发布之日起 {found.value} 个工作日" if found else "",
        "project_contact": f"{by.person.name}（{by.organisation.name}）",
        **contacts(case),
    }


notice_type(
    NoticeType(
        "invitation",
        "招标公告",
        "invitation to tender",
        (
            Section(
                "项目基本情况",
                "The project",
                (
                    *PROJECT,
                    Field("procedure", "采购方式", "Method"),
                    Field("budget", "预算金额", "Budget", MONEY, rule="solicitation.budget"),
                    Field("ceiling", "最高限价", "Ceiling", MONEY, optional=True),
                    LOTS,
                    Field("quantity", "采购数量", "Quantity", rule=CONTENT, optional=True),
                    Field("requirement", "采购需求", "Needs", rule=CONTENT),
                    Field("delivery", "合同履行期限", "Contract term"),
                    agreements(optional=True),
                    Field("accepts_consortium", "是否接受联合体投标", "Consortia accepted", FLAG),
                    Field("lot_limit", "采购包限制", "Limit on lots", rule="solicitation.lot_limit", optional=True),
                ),
            ),
            Section(
                "申请人的资格要求",
                "Qualification",
                (
                    Field("qualification", "资格要求", "Requirements", rule=CONTENT),
                    Field("set_aside", "落实政府采购政策", "Policy", rule=CONTENT),
                    Field(
                        "preferences",
                        "价格扣除",
                        "Price deductions",
                        rule="price_preference.evaluation_only",
                        optional=True,
                    ),
                    Field("imports", "进口产品", "Imported products", rule="import.approval", optional=True),
                    Field("green", "节能环保产品", "Green products", rule="solicitation.green_products", optional=True),
                    Field("core_product", "核心产品", "Core product", rule="solicitation.core_product", optional=True),
                    Field("subcontracting", "分包", "Subcontracting", rule="contract.subcontract", optional=True),
                ),
            ),
            Section(
                "评审方法",
                "Evaluation",
                (
                    Field(
                        "evaluation",
                        "评审方法和计分方法",
                        "Method and formulas",
                        rule="evaluation.factors",
                        optional=True,
                    ),
                    Field(
                        "weight_consent",
                        "价格分权重",
                        "Weight of price",
                        rule="evaluation.price_weight.consultation_consent",
                        optional=True,
                    ),
                ),
            ),
            Section(
                "获取招标文件",
                "Documents",
                (
                    Field("documents_from", "开始时间", "From", MOMENT, rule=CONTENT),
                    Field("supply_closes_at", "截止时间", "Until", MOMENT, rule=CONTENT),
                    Field("documents_how", "方式和售价", "How, and price", rule="documents.price"),
                ),
            ),
            Section(
                "提交投标文件截止时间、开标时间和地点",
                "Submission and opening",
                (
                    Field("submission_closes_at", "截止和开标时间", "Closing and opening", MOMENT, rule=CONTENT),
                    Field("place", "地点", "Place", rule=CONTENT),
                ),
            ),
            Section("公告期限", "Notice period", (Field("period", "公告期限", "Period", rule=CONTENT, optional=True),)),
            OTHER_MATTERS,
            full_contacts(Field("project_contact", "项目联系人", "Project contact", rule=CONTENT), rule=CONTENT),
        ),
        facts,
        lambda case: f"{case.title}{method.of(case).notice[0]}",
        when=method.is_public,  # the others get their invitation
        named="notice",
    )
)
