"""Which conditions does the law itself put into every solicitation document? Written down beside the buyer's own."""

from collections.abc import Iterable, Iterator

from yangcai import procedures
from yangcai.cases.models import Case, Lot
from yangcai.kernel.numbers import percent
from yangcai.planning.models import SetAside
from yangcai.tendering.models import Clause, ClauseKind, GreenKind, GreenProduct, Solicitation

#: 政府采购法 art. 22 (1)-(5), and the credit check of 财库〔2016〕125号.
QUALIFICATION = (
    "具有独立承担民事责任的能力",
    "具有良好的商业信誉和健全的财务会计制度",
    "具有履行合同所必需的设备和专业技术能力",
    "有依法缴纳税收和社会保障资金的良好记录",
    "参加政府采购活动前三年内，在经营活动中没有重大违法记录",
    "未被列入失信被执行人、重大税收违法失信主体、政府采购严重违法失信行为记录名单",
)
#: 财库〔2020〕46号 art. 8, 12(2): what a set-aside demands of the bidder; {who}: 中小企业 or 小微企业.
SET_ASIDE = {
    SetAside.WHOLE: "本项目专门面向{who}采购，投标人应当提供《中小企业声明函》",
    SetAside.PACKAGE: "本采购包专门面向{who}采购，投标人应当提供《中小企业声明函》",
    SetAside.CONSORTIUM: "以联合体形式参加，联合协议约定{who}的合同份额不低于合同总金额的{share}，"
    "且其与联合体内其他企业之间不存在直接控股、管理关系（投标人自身为{who}的视同符合）",
    SetAside.SUBCONTRACT: "向{who}分包，分包意向协议约定的分包金额不低于合同总金额的{share}，"
    "且其与分包企业之间不存在直接控股、管理关系（投标人自身为{who}的视同符合）",
}
#: 87号令 art. 63: without these a bid is invalid.
RESPONSIVENESS = (
    "投标文件按照采购文件要求签署、盖章",
    "投标文件不含有采购人不能接受的附加条件",
    "投标有效期不少于采购文件规定的期限",
)
#: 财库〔2019〕9号: what the state's list makes mandatory.
MANDATORY = "{product}属于政府强制采购的节能产品，所投产品具有国家确定的认证机构出具的、处于有效期内的节能产品认证证书"
#: 暗标评审: the buyer's choice, so a clause of every bid.
BLIND = "按暗标评审的投标文件（技术、商务部分）不出现投标人的名称、标识和其他可以识别其身份的内容"
WITH_SECURITY = "按照采购文件的规定提交投标保证金"


def statutory(case: Case, solicitation: Solicitation) -> Iterator[tuple[str, str, int | None]]:
    """(kind, text, lot id) of the clauses that stand in this document whatever the buyer writes."""
    for text in QUALIFICATION:
        yield ClauseKind.QUALIFICATION, text, None
    for text, lot in set_aside(Lot.objects.filter(case=case).select_related("case").order_by("pk")):
        yield ClauseKind.QUALIFICATION, text, lot.pk if lot else None
    for green in GreenProduct.objects.filter(case=case, kind=GreenKind.MANDATORY):
        yield ClauseKind.RESPONSIVENESS, MANDATORY.format(product=green.product), green.lot_id
    for text in RESPONSIVENESS:
        yield ClauseKind.RESPONSIVENESS, text, None
    if solicitation.blind:
        yield ClauseKind.RESPONSIVENESS, BLIND, None
    if solicitation.bid_security:
        yield ClauseKind.RESPONSIVENESS, WITH_SECURITY, None


def set_aside(lots: Iterable[Lot]) -> Iterator[tuple[str, Lot | None]]:
    """What set-asides demand of the bidder: once for a purchase that is set aside as a whole, else for each lot."""
    for lot in lots:
        way = SetAside(lot.way)
        if way not in SET_ASIDE:
            continue
        who = "小微企业" if lot.for_small_micro else "中小企业"
        text = SET_ASIDE[way].format(who=who, share=percent(lot.set_aside_share))
        if way == SetAside.WHOLE:
            yield text, None
            return
        yield text, lot


def write_clauses(
    case: Case, *, solicitation: Solicitation | None, own: list[tuple[str, str, int | None]] | None = None
) -> None:
    """Write the statutory clauses and the own ones (kind, text, lot id), numbered by kind; None keeps them."""
    if own is None:
        kept = Clause.objects.filter(case=case, is_statutory=False).order_by("kind", "number")
        own = list(kept.values_list("kind", "text", "lot_id"))
    Clause.objects.filter(case=case).delete()
    rows: list[tuple[str, str, int | None, bool]] = [
        (kind, procedures.get(case.procedure).say(text), lot, True)
        for kind, text, lot in (statutory(case, solicitation) if solicitation else ())
    ]
    rows += [(kind, text, lot, False) for kind, text, lot in own]
    numbers = dict.fromkeys(ClauseKind.values, 0)
    for kind, text, lot, is_statutory in rows:
        numbers[kind] += 1
        Clause.objects.create(
            case=case, lot_id=lot, kind=kind, number=numbers[kind], text=text, is_statutory=is_statutory
        )
