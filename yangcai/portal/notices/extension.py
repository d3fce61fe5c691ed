"""延期公告: the platform was down before the deadline, which is therefore later, for everybody."""

from typing import Any

from yangcai.cases.models import Case, Stage
from yangcai.portal.notices.base import (
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
from yangcai.tendering import method, outages
from yangcai.tendering.models import OutageExtension

#: What a new closing time stands in the place of.
ANNOUNCED = ("invitation", "correction", "extension")


def facts(home: Any, **_context: Any) -> dict[str, Any]:
    case: Case = home.root
    extension = _last(case)
    corrected = latest(case.ref, *ANNOUNCED)
    return {
        **project(case),
        "corrected": corrected.number if corrected else "",
        "first_published_at": case.published_at,
        "round": f"第 {OutageExtension.objects.filter(case=case, stage=Stage.SUBMISSION).count()} 次",
        "outage_began_at": extension.outage.begins_at,
        "outage_ended_at": extension.outage.ends_at,
        "failed": outages.what_failed(extension.outage.bad)[0],
        "old_closes_at": extension.old_closes_at,
        "submission_closes_at": extension.new_closes_at,
        **contacts(case),
    }


def _last(case: Case) -> OutageExtension:
    found = OutageExtension.objects.filter(case=case).select_related("outage").order_by("-pk").first()
    assert found is not None  # the Action that publishes this has just written it
    return found


notice_type(
    NoticeType(
        "extension",
        "停机顺延公告",
        "notice of an extension after an outage",
        (
            Section("项目基本情况", "The project", (*PROJECT, *CORRECTED)),
            Section(
                "停机",
                "The outage",
                (
                    Field("outage_began_at", "最后一次正常", "Last well", MOMENT, rule="outage.shortest"),
                    Field("outage_ended_at", "恢复正常", "Well again", MOMENT, rule="outage.shortest"),
                    Field("failed", "故障功能", "What failed", rule="outage.interval"),
                ),
            ),
            Section(
                "顺延",
                "The extension",
                (
                    Field("old_closes_at", "原截止时间", "Old closing time", MOMENT, rule="outage.extension"),
                    Field(
                        "submission_closes_at",
                        "投标截止和开标时间",
                        "Closing and opening",
                        MOMENT,
                        rule="outage.relief",
                    ),
                ),
            ),
            CONTACTS,
        ),
        facts,
        lambda home: f"{home.root.title}停机顺延公告",
        lambda home: latest(home.root.ref, *ANNOUNCED),
        when=lambda home: method.is_public(home.root) and _last(home.root).stage == Stage.SUBMISSION,
    )
)
