"""中标（成交）通知书: what does the winner get in its hand?"""

import datetime
from typing import Any

from yangcai import law, procedures
from yangcai.cases.models import Award
from yangcai.kernel.numbers import bare
from yangcai.portal.notices.base import CONTACTS, MOMENT, MONEY, PROJECT, Field, Section, contacts, project
from yangcai.tendering.models import AwardLetter
from yangcai.www import formats
from yangcai.www.official.kind import Kind, official


def facts(letter: AwardLetter) -> dict[str, Any]:
    case = letter.lot.case
    award = Award.objects.filter(lot=letter.lot, supplier=letter.supplier, determined_at__lte=letter.issued_at).last()
    return {
        **project(case),
        "lot": f"{letter.lot.number} {letter.lot.title}",
        "supplier": letter.supplier.name,
        "uscc": letter.supplier.uscc or "",
        "amount": award.amount if award else None,
        "issued_at": letter.issued_at,
        "sign_days": str(law.value("contract.sign", on=_law_on(letter), jurisdiction=case.jurisdiction)),
        "method": procedures.get(case.procedure).zh,
        **contacts(case),
    }


def _law_on(letter: AwardLetter) -> Any:
    return letter.lot.case.law_as_of or letter.issued_at.date()


def lead(letter: AwardLetter) -> str:
    """The sentence that the letter says."""
    days = law.value("contract.sign", on=_law_on(letter), jurisdiction=letter.lot.case.jurisdiction)
    method = procedures.get(letter.lot.case.procedure)
    said = method.say("经评审确定，贵单位为下列采购项目的中标供应商。")
    issued_on = formats.day(letter.issued_at)
    return f"{letter.supplier.name}：{said}请自本通知书发出之日（{issued_on}）起 {days} 日内与采购人签订合同。"


AWARD_LETTER = official(
    Kind(
        code="award_letter",
        mark=1,
        zh="中标（成交）通知书",
        en="Award letter",
        model=AwardLetter,
        sections=(
            Section(
                "采购项目",
                "Procurement",
                (*PROJECT, Field("lot", "采购包", "Lot"), Field("method", "采购方式", "Method")),
            ),
            Section(
                "中标（成交）结果",
                "Result",
                (
                    Field("supplier", "中标（成交）供应商", "Winner"),
                    Field("uscc", "统一社会信用代码", "Unified social credit code"),
                    Field("amount", "中标（成交）金额", "Amount", MONEY),
                    Field("issued_at", "发出时间", "Issued", MOMENT),
                    Field("sign_days", "签订合同期限（日）", "Days to sign the contract"),
                ),
            ),
            CONTACTS,
        ),
        facts=facts,
        at=lambda letter: letter.issued_at,
        acts=("award.announce",),
        when=lambda letter: letter.is_winner,
        lead=lead,
    )
)


def explained(letter: AwardLetter, now: datetime.datetime) -> str:
    """The explanation itself: points, arithmetic and remedies."""
    from yangcai.www.work.explained import explanation_inside  # which imports pages that ask this package

    return explanation_inside(letter, now=now)


def told(letter: AwardLetter) -> dict[str, Any]:
    case = letter.lot.case
    award = Award.objects.filter(lot=letter.lot, announced_at__lte=letter.issued_at).select_related("supplier").last()
    return {
        **project(case),
        "lot": f"{letter.lot.number} {letter.lot.title}",
        "supplier": letter.supplier.name,
        "winner": award.supplier.name if award else "",
        "amount": award.amount if award else None,
        "score": None if letter.score is None else bare(letter.score),
        "rank": None if letter.rank is None else str(letter.rank),
        "reason": letter.reason,
        "issued_at": letter.issued_at,
        **contacts(case),
    }


#: What every bidder is told of the result, with the points and the arithmetic of its own offer.
RESULT_NOTICE = official(
    Kind(
        code="result_notice",
        mark=2,
        zh="结果告知书",
        en="Notice of the result",
        model=AwardLetter,
        sections=(),
        facts=told,
        at=lambda letter: letter.issued_at,
        acts=("award.announce", "lot.declare_unsuccessful", "award.confirm_annulment"),
        body=explained,
    )
)
