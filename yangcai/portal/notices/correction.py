"""更正公告: what changed, before → after; it supersedes the notice that it corrects."""

from typing import Any

from yangcai.cases.models import Case
from yangcai.portal.notices.base import (
    CHANGE,
    CONTACTS,
    CORRECTED,
    MOMENT,
    PROJECT,
    Field,
    NoticeType,
    Section,
    contacts,
    latest,
    notice_type,
    project,
)
from yangcai.portal.notices.extension import ANNOUNCED
from yangcai.tendering import method
from yangcai.tendering.models import Correction


def facts(home: Any, **_context: Any) -> dict[str, Any]:
    case: Case = home.root
    correction = Correction.objects.filter(case=case).order_by("-number").first()
    assert correction is not None  # the Action that publishes this has just written it
    corrected = latest(case.ref, *ANNOUNCED)
    moved = correction.new_closes_at != correction.old_closes_at
    return {
        **project(case),
        "corrected": corrected.number if corrected else "",
        "first_published_at": case.published_at,
        "round": f"第 {correction.number} 次",
        "item": correction.item,
        "before": correction.before,
        "after": correction.after,
        "old_closes_at": correction.old_closes_at if moved else None,
        "submission_closes_at": correction.new_closes_at,
        **contacts(case),
    }


notice_type(
    NoticeType(
        "correction",
        "更正公告",
        "correction notice",
        (
            Section(
                "项目基本情况",
                "The project",
                (
                    *PROJECT,
                    *CORRECTED,
                ),
            ),
            Section(
                "更正信息",
                "What changes",
                (
                    *CHANGE,
                    Field("submission_closes_at", "投标截止和开标时间", "Closing and opening", MOMENT),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda home: f"{home.root.title}更正公告",
        lambda home: latest(home.root.ref, *ANNOUNCED),
        when=lambda home: method.is_public(home.root),  # those invited see the correction
    )
)
