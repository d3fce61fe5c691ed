"""May the site be shown, or a meeting be held, then, and is nobody named or kept out by it (87号令 art. 26, 28)?"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from yangcai.cases import periods
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.calendar import to_the_minute
from yangcai.kernel.refusals import Refusal
from yangcai.tendering.models import Participation, SiteVisit
from yangcai.tendering.solicitations import solicitation

#: Coming along as a condition or a factor: the visit and a duty or a consequence in one breath.
_VISIT = r"(现场考察|现场踏勘|踏勘现场|勘察现场|答疑会)"
CONDITION = re.compile(
    rf"[未不][^。；，]{{0,6}}(?:参加|参与|到场|进行)[^。；，]{{0,6}}{_VISIT}[^。；]{{0,16}}(?:无效|拒绝|否决|不得|不予|取消|扣)"
    rf"|(?:必须|应当|须|需)(?:按时|统一)?(?:参加|参与)[^。；，]{{0,10}}{_VISIT}"
    rf"|{_VISIT}[^。；，]{{0,8}}(?:证明|签到表|确认函|回执)"
)


def is_known_to_the_method(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """87号令 art. 26 is about tenders; the other orders know no such event."""
    if own(subject, "site_visit.visit"):
        return None
    return Refusal(
        "no_visit_here",
        "现场考察和开标前答疑会适用于招标，本采购方式没有此项",
        "Visits and meetings before the opening belong to tenders: this method has none",
    )


def begins_ahead(subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> Iterator[Refusal]:
    """Every visit in `rows` begins later than `now`; refuses row by row, counted from 1."""
    for number, row in enumerate(rows, start=1):
        if row["begins_at"] <= now:
            yield Refusal(
                "visit_in_the_past",
                f"第 {number} 行：时间不得早于现在",
                f"Row {number}: the time is over",
                field="rows",
            )


def _wrong_time(
    case: Case, visit: Any, *, supply: datetime.datetime, closes: datetime.datetime | None, now: datetime.datetime,
    field: str,
) -> Iterator[Refusal]:  # fmt: skip
    if visit < supply:
        yield refuse(
            "site_visit.visit",
            code="visit_before_supply_ends",
            zh="现场考察、答疑会应当在招标文件提供期限截止后组织：文件提供至 {supply}",
            en="A visit or meeting comes after the file was supplied, which is until {supply}",
            field=field,
            supply=to_the_minute(supply),
            **applicable(case, now=now),
        )
    elif closes is not None and visit >= closes:
        yield refuse(
            "site_visit.visit",
            code="visit_after_deadline",
            zh="现场考察、答疑会应当在投标截止 {closes} 以前",
            en="A visit or meeting comes before the deadline, {closes}",
            field=field,
            closes=to_the_minute(closes),
            **applicable(case, now=now),
        )


def visits_fit_the_times(
    subject: Case,
    *,
    now: datetime.datetime,
    supply_closes_at: datetime.datetime,
    submission_closes_at: datetime.datetime,
    **_: Any,
) -> Iterator[Refusal]:
    """When the invitation goes out: what the document says of a visit fits the times of the notice."""
    for visit in SiteVisit.objects.filter(case=subject, cancelled_at__isnull=True):
        yield from _wrong_time(
            subject, visit.begins_at, supply=supply_closes_at, closes=submission_closes_at, now=now,
            field="supply_closes_at",
        )  # fmt: skip


def supply_has_ended(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What the file does not say is told in writing once nobody obtains it any more, so that all are told."""
    file = solicitation(subject)
    if file is not None and file.supply_closes_at is not None and now >= file.supply_closes_at:
        return None
    return refuse(
        "site_visit.told",
        code="supply_runs",
        zh="招标文件没有载明的现场考察、答疑会，应当在文件提供期限截止后书面通知所有获取招标文件的潜在投标人",
        en="A visit that the file does not announce is told to all who have it, in writing, once the supply has ended",
        **applicable(subject, now=now),
    )


def comes_in_time(
    subject: Case, *, now: datetime.datetime, begins_at: datetime.datetime, **_: Any
) -> Iterator[Refusal]:
    """A visit told later than with the document: `begins_at` lies ahead of `now`, after the time in which the
    document is handed out, and before the deadline (87号令 art. 26)."""
    file = solicitation(subject)
    supply = file.supply_closes_at if file is not None and file.supply_closes_at else now
    if begins_at <= now:
        yield Refusal("visit_in_the_past", "时间不得早于现在", "The time is over", field="begins_at")
        return
    closes = periods.closing_at(subject)
    yield from _wrong_time(subject, begins_at, supply=supply, closes=closes, now=now, field="begins_at")


def is_ahead(subject: SiteVisit, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses to move or cancel what was held or cancelled."""
    if subject.is_ahead:
        return None
    return Refusal("visit_over", "已经举行或者取消", "It was held, or cancelled")


def has_begun(subject: SiteVisit, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses to record what has not begun at `now`."""
    if now >= subject.begins_at:
        return None
    return Refusal("visit_not_begun", "时间未到，不能记录", "It has not begun: there is nothing to record")


def names_no_bidder(subject: Case | SiteVisit, *, by: Any, now: datetime.datetime, **data: Any) -> Iterator[Refusal]:
    """投标截止前不得透露获取招标文件的潜在投标人的名称、数量 (87号令 art. 28). What is looked for are names."""
    names = Participation.objects.filter(case=subject.root).values_list("supplier__name", flat=True)
    for field, text in data.items():
        if isinstance(text, str) and any(name and name in text for name in names):
            yield refuse(
                "submission.secrecy",
                code="bidder_named",
                zh="内容会告知全部获取招标文件的潜在投标人，不得出现潜在投标人的名称",
                en="This is told to everybody who has the file: it may name none of them",
                field=field,
                **applicable(subject.root, now=now),
            )


def is_no_condition(case: Case, texts: list[str], *, now: datetime.datetime, field: str = "rows") -> Iterator[Refusal]:
    """A condition or factor that keeps out who stayed away (条例 art. 20(8)). Only what is evident."""
    for number, text in enumerate(texts, start=1):
        hit = CONDITION.search(text)
        if hit is not None:
            yield refuse(
                "site_visit.no_condition",
                code="visit_as_condition",
                zh="第 {number} 行：不得以是否参加现场考察、答疑会限制或者排斥潜在投标人：“{word}”",
                en="Row {number}: nobody is kept out for having stayed away from a visit: “{word}”",
                field=field,
                number=number,
                word=hit.group(0),
                **applicable(case, now=now),
            )


def clauses_keep_nobody_out(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """No clause makes coming to a visit a condition (条例 art. 20(8)); refuses at its row."""
    yield from is_no_condition(subject, [row["text"] for row in rows], now=now)


def criteria_keep_nobody_out(
    subject: Any, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """No criterion gives or takes points for coming to a visit (条例 art. 20(8)); refuses at its row."""
    texts = [f"{row['title']}：{row['standard']}" for row in rows]
    yield from is_no_condition(subject.case, texts, now=now)
