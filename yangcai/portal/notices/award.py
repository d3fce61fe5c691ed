"""中标（成交）结果公告: winner, amount, main items, committee, who was recommended (条例 43; 87号令 69; 74号令 18)."""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.actions import chinese
from yangcai.cases.models import Award, Case, Lot
from yangcai.cases.queries import candidates
from yangcai.kernel.numbers import bare, percent
from yangcai.parties.models import Size
from yangcai.planning.models import SetAside
from yangcai.portal.models import Notice
from yangcai.portal.notices.base import (
    FLAG,
    MONEY,
    OF_ORGANISATION,
    ONE_SUM,
    PRICING,
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
from yangcai.tendering.models import (
    EvaluationReport,
    ExpertChoice,
    Invitee,
    InviteeSource,
    OpenedBid,
    OutsideLibrary,
    PartnerKind,
    Solicitation,
)
from yangcai.tendering.queries.evaluation import published_members

CONTENT = "notice.award.content"
RECOMMENDED = (InviteeSource.BUYER, InviteeSource.EXPERT)
#: 87号令 art. 47: while a lot of the same case is still being judged, its committee stays secret.
LATER = "评标委员会仍在评审本项目其他采购包，名单随最后一个采购包的结果公告公布"


def lot_of(home: Any) -> Lot:
    lot: Lot = home if isinstance(home, Lot) else home.lot
    return lot


def committee(case: Case, *, now: datetime.datetime) -> str:
    """The names; the buyer's representatives and whom the buyer chose itself are marked (财库〔2016〕198号)."""
    return "、".join(m["name"] + _mark(m) for m in published_members(case, now)) or LATER


def _mark(member: dict[str, Any]) -> str:
    if member["is_representative"]:
        return "（采购人代表）"
    return "（采购人自行选定）" if member["is_chosen"] else ""


def chosen(case: Case, *, now: datetime.datetime) -> str:
    """Why experts were not drawn, and who consented; nothing before their names are public."""
    if not any(m["is_chosen"] for m in published_members(case, now)):
        return ""
    made = ExpertChoice.objects.select_related("consent_by").get(case=case, is_consented=True, withdrawn_at=None)
    return f"{made.reason}；{made.attempts}；经{made.consent_by.name}同意，由采购人自行选定"


def outside(case: Case, *, now: datetime.datetime) -> str:
    """From which other province's library the experts came, and by what filing."""
    found = OutsideLibrary.objects.filter(case=case, received_at__isnull=False).first()
    if found is None or not published_members(case, now):
        return ""
    return f"评审专家从{found.library}抽取，备案文号 {found.number}，名单摘要 {found.list_digest}"


def points(score: Decimal | None) -> str:
    """93.00; 87.255 where the third place counts: nothing is rounded away."""
    if score is None:
        return ""
    plain = bare(score)
    return plain if len(plain.partition(".")[2]) > 2 else f"{score:.2f}"


def deducted(award: Award, offer: OpenedBid | None, *codes: str) -> list[Decimal]:
    """By which rates of these kinds the winner's price was lowered in the evaluation."""
    reports = EvaluationReport.objects.filter(lot=award.lot.judged_with, sent_at__isnull=False)
    report = reports.order_by("-revision").first()
    result = report.result["bids"].get(str(offer.pk), {}) if report and offer else {}
    return [Decimal(one["rate"]) for one in result.get("deductions", ()) if one["code"] in codes]


def domestic(award: Award, offer: OpenedBid | None) -> str:
    """The declaration of a winner whose price was lowered for its domestic products (国办发〔2025〕34号)."""
    return "；".join(
        f"《关于符合本国产品标准的声明函》：{award.supplier.name}，价格扣除 {percent(rate)}"
        for rate in deducted(award, offer, "domestic")
    )


def sme(award: Award, offer: OpenedBid | None) -> str:
    """The declaration of a winner that was favoured: set aside for its class, or its price lowered (46号 art. 13)."""
    rates = deducted(award, offer, "small_micro", "partner")
    supplier, told = award.supplier, []
    if award.lot.way != SetAside.NONE:
        told.append(chinese(SetAside(award.lot.way).label))
    told += [f"价格扣除 {percent(rate)}" for rate in rates]
    if not told:
        return ""
    if made := offer.makers.order_by("number") if offer else ():
        goods = "、".join(f"{one.item}由{one.maker}制造（{chinese(Size(one.size).label)}）" for one in made)
        return f"《中小企业声明函》：{supplier.name}，{goods}；{'；'.join(told)}"
    kinds = [chinese(Size(supplier.size).label)] if supplier.size else []
    kinds += ["监狱企业"] if supplier.is_prison_enterprise else []
    kinds += ["残疾人福利性单位"] if supplier.is_disabled_welfare else []
    return f"《中小企业声明函》：{supplier.name}，{'、'.join(kinds)}；{'；'.join(told)}"


def facts(home: Any, *, now: datetime.datetime, **_context: Any) -> dict[str, Any]:
    lot = lot_of(home)
    case = lot.case
    award = Award.objects.select_related("supplier", "candidate").get(lot=lot, refused_at__isnull=True)
    solicitation = Solicitation.objects.get(case=case)
    offer = OpenedBid.objects.filter(lot=lot.judged_with, supplier=award.supplier).prefetch_related("lines").first()
    lines = offer.last_lines if offer else []
    told = method.reads_out(case)  # what losers asked is nobody's business unless it was read out (政府采购法 38(4))
    ranked = candidates(lot)
    days = law.value("notice.award.period", on=case.law_as_of, jurisdiction=case.jurisdiction)
    return {
        **project(case),
        "lot": f"{lot.number} {lot.title}",
        "winner": award.supplier.name,
        "winner_uscc": award.supplier.uscc,
        "winner_address": award.supplier.address,
        "amount": award.amount,
        "score": points(award.candidate.score),
        "candidates": [
            {
                "rank": str(c.rank),
                "supplier": c.supplier.name,
                "price": c.amount if told or c.supplier_id == award.supplier_id else None,
                "score": points(c.score),
            }
            for c in ranked
        ],
        "items": [
            {
                "item": line.item,
                "brand": line.brand,
                "specification": line.specification,
                "quantity": bare(line.quantity),
                "unit_price": line.unit_price,
            }
            for line in lines
        ]
        or [
            {
                "item": lot.title,
                "brand": "",
                "specification": solicitation.requirement,
                "quantity": "",
                "unit_price": None,
            }
        ],
        "pricing": "" if lines else ONE_SUM,
        "brand": offer.brand if offer else "",
        "recommended": [
            {"supplier": one.supplier.name, "source": chinese(InviteeSource(one.source).label), "reason": one.reason}
            for one in Invitee.objects.filter(case=case, source__in=RECOMMENDED).select_related("supplier")
        ],
        "sme": sme(award, offer),
        "domestic": domestic(award, offer),
        "partners": [
            {
                "name": one.name,
                "kind": chinese(PartnerKind(one.kind).label),
                "size": chinese(Size(one.size).label),
                "share": percent(one.share),
                "work": one.work,
            }
            for one in (offer.partners.order_by("pk") if offer else ())
        ],
        "committee": committee(case, now=now),
        "chosen": chosen(case, now=now),
        "outside": outside(case, now=now),
        "is_deemed": award.is_deemed,
        "agent_fee": solicitation.agent_fee,
        "period": f"自公告发布之日起 {days} 个工作日",
        **contacts(case),
    }


notice_type(
    NoticeType(
        "award",
        "中标结果公告",
        "award notice",
        (
            Section("项目基本情况", "The project", (*PROJECT, Field("lot", "采购包", "Lot"))),
            Section(
                "中标信息",
                "Award",
                (
                    Field("winner", "中标供应商", "Winner", rule=CONTENT),
                    Field("winner_uscc", "统一社会信用代码", "Credit code", optional=True),
                    Field("winner_address", "供应商地址", "Winner's address", rule=CONTENT, where=OF_ORGANISATION),
                    Field("amount", "中标金额", "Amount", MONEY, rule=CONTENT),
                    Field("score", "中标供应商得分", "Winner's score", optional=True),
                    Field("is_deemed", "采购人逾期视同确定", "Deemed by the buyer's silence", FLAG),
                    Field(
                        "candidates",
                        "中标候选人",
                        "Candidates",
                        TABLE,
                        columns=(
                            Field("rank", "名次", "Rank"),
                            Field("supplier", "供应商", "Supplier"),
                            Field("price", "投标报价", "Price", MONEY),
                            Field("score", "得分", "Score"),
                        ),
                    ),
                ),
            ),
            Section(
                "主要标的信息",
                "Main items",
                (
                    Field(
                        "items",
                        "主要标的",
                        "Items",
                        TABLE,
                        rule=CONTENT,
                        columns=(
                            Field("item", "名称", "Item"),
                            Field("brand", "品牌", "Brand"),
                            Field("specification", "规格型号或服务要求", "Specification"),
                            Field("quantity", "数量", "Quantity"),
                            Field("unit_price", "单价", "Unit price", MONEY),
                        ),
                    ),
                    PRICING,
                    Field("brand", "核心产品品牌", "Brand of the core product", optional=True),
                ),
            ),
            Section(
                "推荐供应商",
                "Recommended suppliers",
                (
                    Field(
                        "recommended",
                        "被推荐供应商名单和推荐理由",
                        "Who was recommended, and why",
                        TABLE,
                        rule="suppliers.published",
                        optional=True,
                        columns=(
                            Field("supplier", "供应商", "Supplier"),
                            Field("source", "推荐者", "By"),
                            Field("reason", "理由", "Reason"),
                        ),
                    ),
                ),
            ),
            Section(
                "中小企业和联合体",
                "Small and medium enterprises, consortium",
                (
                    Field("sme", "中小企业声明", "Declaration", rule="set_aside.declaration_published", optional=True),
                    Field(
                        "domestic",
                        "本国产品声明",
                        "Domestic products",
                        rule="price_preference.domestic",
                        optional=True,
                    ),
                    Field(
                        "partners",
                        "联合体成员和分包供应商",
                        "Members and subcontractors",
                        TABLE,
                        rule="qualification.consortium",
                        optional=True,
                        columns=(
                            Field("name", "名称", "Name"),
                            Field("kind", "种类", "Kind"),
                            Field("size", "企业规模", "Size"),
                            Field("share", "合同份额", "Share"),
                            Field("work", "承担的工作", "Work"),
                        ),
                    ),
                ),
            ),
            Section(
                "评审专家名单",
                "Committee",
                (
                    Field("committee", "评审专家", "Members", rule=CONTENT),
                    Field(
                        "chosen", "自行选定评审专家", "Chosen experts", rule="committee.chosen_published", optional=True
                    ),
                    Field("outside", "异地抽取", "Another library", rule="committee.outside_library", optional=True),
                ),
            ),
            Section("代理服务收费", "Agent's fee", (Field("agent_fee", "收费标准及金额", "Fee", optional=True),)),
            Section("公告期限", "Notice period", (Field("period", "公告期限", "Period", rule="notice.award.period"),)),
            full_contacts(rule=CONTENT),
        ),
        facts,
        lambda home: f"{lot_of(home).case.title}（{lot_of(home).number} 包）{method.of(lot_of(home).case).result[0]}",
        lambda home: latest_award(lot_of(home)),
        named="result",
    )
)


def latest_award(lot: Lot) -> Notice | None:
    """What was announced last of this lot's result: an award, or that it fell."""
    announced = Notice.objects.filter(root=lot.case.ref, kind__in=("award", "award_change"), superseded_by__isnull=True)
    return announced.filter(facts__lot__startswith=f"{lot.number} ").order_by("-pk").first()
