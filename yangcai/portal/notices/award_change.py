"""结果变更公告: the winner refuses the contract or the award is void, and what was announced no longer stands
(条例 art. 49, 71)."""

from typing import Any

from yangcai.cases.actions import chinese
from yangcai.cases.models import Award, AwardFall
from yangcai.portal.notices.award import latest_award
from yangcai.portal.notices.base import (
    CONTACTS,
    MOMENT,
    MONEY,
    PROJECT,
    Field,
    NoticeType,
    Section,
    contacts,
    notice_type,
    project,
)


def facts(award: Award, **_context: Any) -> dict[str, Any]:
    lot, announced = award.lot, latest_award(award.lot)
    return {
        **project(lot.case),
        "lot": f"{lot.number} {lot.title}",
        "corrected": announced.number if announced else "",
        "first_published_at": award.announced_at,
        "supplier": award.supplier.name,
        "amount": award.amount,
        "refused_at": award.refused_at,
        "ground": chinese(AwardFall(award.fall_ground).label),
        "reason": award.refusal_reason,
        "after": "原中标（成交）结果不再有效；采购人依法确定下一候选人或者重新开展采购活动，结果另行公告",
        **contacts(lot.case),
    }


notice_type(
    NoticeType(
        "award_change",
        "结果变更公告",
        "notice that an award fell",
        (
            Section(
                "项目基本情况",
                "The project",
                (
                    *PROJECT,
                    Field("lot", "采购包", "Lot"),
                    Field("corrected", "变更的公告", "Notice changed", optional=True),
                    Field("first_published_at", "首次公告时间", "First published", MOMENT),
                ),
            ),
            Section(
                "变更内容",
                "What changes",
                (
                    Field("supplier", "原中标供应商", "Former winner", rule="award.refused"),
                    Field("amount", "原中标金额", "Amount", MONEY),
                    Field("refused_at", "原结果失效时间", "No longer stands since", MOMENT),
                    Field("ground", "变更情形", "On what ground", rule="award.annulled"),
                    Field("reason", "变更理由", "Reason", rule="award.refused"),
                    Field("after", "变更后", "From now on"),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda award: f"{award.lot.case.title}（{award.lot.number} 包）结果变更公告",
        lambda award: latest_award(award.lot),
    )
)
