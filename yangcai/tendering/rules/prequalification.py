"""May a prequalification be announced, corrected, applied to, examined, and may its list be used?"""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable, beyond_calendar, refuse, runs_the_case, through_the_central_agent
from yangcai.credit.queries import may_take_part
from yangcai.kernel import calendar
from yangcai.kernel.calendar import HorizonError
from yangcai.kernel.refusals import Refusal
from yangcai.procedures import engine
from yangcai.tendering import method, prequalified
from yangcai.tendering.models import (
    ApplicationFinding,
    Clause,
    ClauseKind,
    InvitedBy,
    Prequalification,
    PrequalificationApplication,
    PrequalificationClause,
    StatusChange,
)
from yangcai.tendering.rules.invitation import intention_precedes, is_funded, on_a_working_day, too_short
from yangcai.tendering.rules.qualification import duplicates

Rule = Callable[..., Any]
CLOSING = ("资格预审申请截止", "applications close")


def of_case(rule: Rule) -> Rule:
    """A rule on the case, asked of its prequalification."""

    def asked(subject: Any, *, by: Any, now: datetime.datetime) -> Any:
        return rule(subject.root.case, by=by, now=now)

    asked.__name__, asked.__doc__ = rule.__name__, rule.__doc__
    return asked


runs_its_case = of_case(runs_the_case)
its_case_is_funded = of_case(is_funded)
its_intention_precedes = of_case(intention_precedes)
its_case_has_its_agent = of_case(through_the_central_agent)


def _refuse(case: Case, key: str, *, now: datetime.datetime, **said: Any) -> Refusal:
    return refuse(key, **said, **applicable(case, now=now))


def least(case: Case, *, now: datetime.datetime) -> tuple[str, int]:
    """The rule on how many must qualify, and their number: as many as are to be invited (政府采购法 art. 34), in an
    open tender as many as may be evaluated (87号令 art. 44)."""
    found = method.of(case)
    key = found.invited or method.enough(case, Stage.QUALIFICATION, now=now)
    on = applicable(case, now=now)
    return key, law.value(key, **on) if key and law.applies(key, **on) else 1


# --- the file ------------------------------------------------------------------------------------------------------


def is_by_prequalification(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if prequalified.is_the_way(subject):
        return None
    return _refuse(
        subject,
        "prequalification.examined",
        now=now,
        code="not_this_way",
        zh="采购文件没有确定以资格预审公告邀请供应商",
        en="The file does not say that suppliers come by a prequalification",
    )


def none_is_announced(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """One at a time; another round only where too few came through the last one."""
    last = prequalified.announced(subject)
    if last is None:
        return None
    if last.concluded_at is None:
        zh, en, code = "资格预审公告已经发布，尚未完成", "A prequalification is under way", "prequalification_runs"
    elif enough_came_through(last, now=now):
        zh, en, code = "资格预审已经完成，合格供应商名单已经产生", "The qualified suppliers are known", "prequalified"
    else:
        return None
    return _refuse(subject, "prequalification.examined", now=now, code=code, zh=zh, en=en)


def enough_came_through(subject: Prequalification, *, now: datetime.datetime) -> bool:
    return len(prequalified.qualified(subject)) >= least(subject.case, now=now)[1]


def is_announced(case: Case) -> bool:
    """Whether suppliers were called before the case was published (87号令 art. 29)."""
    return prequalified.announced(case) is not None


def too_few_came_through(case: Case, *, now: datetime.datetime) -> bool:
    """A concluded round from which no invitation can go out (政府采购法 art. 36(1))."""
    done = prequalified.announced(case)
    return done is not None and done.concluded_at is not None and not enough_came_through(done, now=now)


def draws_lawfully(subject: Case, *, now: datetime.datetime, draws: int | None, **_: Any) -> Refusal | None:
    """随机抽取 3 家以上 (87号令 art. 14); in an open tender all the qualified get the file (art. 18)."""
    if draws is None:
        return None
    if not method.of(subject).invited:
        return _refuse(
            subject,
            "prequalification.supplied_to_all",
            now=now,
            code="all_are_supplied",
            zh="公开招标的招标文件应当向所有通过资格预审的供应商提供，不得抽取",
            en="In an open tender every qualified supplier gets the file: nobody is drawn",
            field="draws",
        )
    key, number = least(subject, now=now)
    if draws >= number:
        return None
    return _refuse(
        subject,
        key,
        now=now,
        code="too_few_drawn",
        zh="应当抽取不少于 {fewest} 家供应商",
        en="At least {fewest} suppliers are to be drawn",
        field="draws",
        fewest=number,
    )


def announces_its_conditions(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if conditions(subject):
        return None
    return _refuse(
        subject,
        "prequalification.file",
        now=now,
        code="no_conditions",
        zh="采购文件没有资格要求，请先编制采购文件",
        en="The document states no conditions: draft it first",
    )


def conditions(case: Case) -> list[Clause]:
    """What every applicant must meet; what only one lot demands is checked with its bids."""
    return list(Clause.objects.filter(case=case, kind=ClauseKind.QUALIFICATION, lot=None).order_by("number"))


def is_not_confirmed(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.confirmed_at is None:
        return None
    return Refusal("already_confirmed", "资格预审文件已经确认", "The prequalification file is confirmed already")


def is_confirmed(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购人 stands for the file that its agent wrote (政府采购法 art. 20)."""
    if subject.confirmed_at is not None:
        return None
    return _refuse(
        subject.case,
        "prequalification.file",
        now=now,
        code="not_confirmed",
        zh="资格预审文件尚未经采购人审核岗确认",
        en="The buyer's reviewer has not confirmed the prequalification file",
    )


def is_drafted(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Before its notice the file is written; afterwards it changes by corrections only (87号令 art. 27)."""
    if subject.opens_at is None:
        return None
    return Refusal("already_announced", "资格预审公告已经发布", "The prequalification notice is out already")


def case_is_prepared(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """It belongs to the preparation of its case, and ends with it (87号令 art. 29)."""
    case = subject.root.case
    if case.ended_at is None and case.published_at is None:
        return None
    if case.ended_at is None:
        return Refusal("already_invited", "投标邀请已经发出", "The invitations have gone out")
    return _refuse(
        case,
        "termination.reason",
        now=now,
        code="case_ended",
        zh="采购活动已经终止：{reason}",
        en="The procurement has ended: {reason}",
        reason=case.end_reason,
    )


# --- its times -----------------------------------------------------------------------------------------------------


def lasts_long_enough(
    subject: Prequalification,
    *,
    now: datetime.datetime,
    supply_closes_at: datetime.datetime,
    closes_at: datetime.datetime,
    **_: Any,
) -> list[Refusal]:
    """申请文件提交期限 (条例 art. 21) and 资格预审文件提供期限 (87号令 art. 18), each at least 5 working days."""
    on = applicable(subject.case, now=now)
    window = too_short(
        "prequalification.window", opens=now, closes=closes_at, code="window_too_short", field="closes_at", **on
    )
    supply = too_short(
        "prequalification.supply",
        opens=now,
        closes=supply_closes_at,
        code="supply_too_short",
        field="supply_closes_at",
        **on,
    )
    return [refusal for refusal in (window, supply) if refusal]


def times_are_in_order(
    subject: Prequalification,
    *,
    now: datetime.datetime,
    supply_closes_at: datetime.datetime,
    closes_at: datetime.datetime,
    examined_on: datetime.date,
    **_: Any,
) -> list[Refusal]:
    found = [on_a_working_day(subject.case, closes_at, "closes_at", now=now, what=CLOSING)]
    if supply_closes_at > closes_at:
        found.append(
            Refusal(
                "supply_after_deadline",
                "资格预审文件的提供截止时间不得晚于申请截止时间",
                "The file is not supplied after the deadline of applications",
                field="supply_closes_at",
            )
        )
    if examined_on < timezone.localdate(closes_at):
        found.append(
            Refusal(
                "examined_before_deadline",
                "资格预审日期不得早于申请截止日",
                "Applications are not examined before their deadline",
                field="examined_on",
            )
        )
    return [refusal for refusal in found if refusal]


# --- corrections ---------------------------------------------------------------------------------------------------


def changes_no_condition(
    subject: Prequalification, *, now: datetime.datetime, changes_subject_or_conditions: bool, **_: Any
) -> Refusal | None:
    """不得改变采购标的和资格条件 (87号令 art. 27)."""
    if not changes_subject_or_conditions:
        return None
    return _refuse(
        subject.case,
        "correction.subject",
        now=now,
        code="subject_changed",
        zh="澄清或者修改不得改变采购标的和资格条件；确需改变的，应当终止后重新采购",
        en="A change may not alter what is bought or who qualifies: terminate and procure again",
        field="changes_subject_or_conditions",
    )


def is_extended_enough(
    subject: Prequalification,
    *,
    now: datetime.datetime,
    affects_applications: bool,
    new_closes_at: datetime.datetime | None,
    **_: Any,
) -> Refusal | None:
    """不足 3 日的，应当顺延 (87号令 art. 27). Where no new time is given the deadline moves by itself."""
    if not affects_applications:
        return None
    try:
        earliest = postponed_to(subject, new_closes_at or subject.closes_at, now=now)
        if new_closes_at is None and earliest is not None:
            calendar.roll(earliest, region=subject.case.jurisdiction)
    except HorizonError as error:
        return beyond_calendar(error, field="new_closes_at")
    if earliest is None or new_closes_at is None:
        return None
    return _refuse(
        subject.case,
        "correction.prequalification",
        now=now,
        code="deadline_not_extended",
        zh="距申请截止不足{limit}，应当顺延；申请截止最早为 {earliest}",
        en="Less than {limit} remain until the deadline: it must be extended, to {earliest} at the earliest",
        field="new_closes_at",
        earliest=earliest,
    )


def postponed_to(
    subject: Prequalification, closes_at: datetime.datetime | None, *, now: datetime.datetime
) -> datetime.date | None:
    """The first day on which applications may close after a change now; None where that deadline is late enough."""
    key, on = "correction.prequalification", applicable(subject.case, now=now)
    if closes_at is None or not law.applies(key, **on):
        return None
    extension = engine.extension(key, corrected=now, closes=closes_at, **on)
    return extension.floor_on if extension.must_extend else None


def extended_to(subject: Prequalification, *, now: datetime.datetime) -> datetime.datetime | None:
    """Where a change moves the announced deadline by itself: the earliest lawful working day, at its hour."""
    closes_at = subject.closes_at
    earliest = postponed_to(subject, closes_at, now=now)
    if closes_at is None or earliest is None:
        return None
    day = calendar.roll(earliest, region=subject.case.jurisdiction)
    return timezone.localtime(closes_at).replace(year=day.year, month=day.month, day=day.day)


def moves_only_later(
    subject: Prequalification, *, now: datetime.datetime, new_closes_at: datetime.datetime | None, **_: Any
) -> list[Refusal]:
    """A deadline that applicants rely on is only ever postponed, to a working day."""
    if new_closes_at is None or subject.closes_at is None:
        return []
    found = [on_a_working_day(subject.case, new_closes_at, "new_closes_at", now=now, what=CLOSING)]
    if new_closes_at < subject.closes_at:
        found.append(
            _refuse(
                subject.case,
                "correction.prequalification",
                now=now,
                code="deadline_brought_forward",
                zh="已公告的时间 {announced} 只能推迟，不得提前",
                en="The announced time {announced} can be postponed, never brought forward",
                field="new_closes_at",
                announced=_local(subject.closes_at),
            )
        )
    return [refusal for refusal in found if refusal]


# --- applications --------------------------------------------------------------------------------------------------


def takes_applications(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """From the notice to the announced deadline (87号令 art. 15)."""
    found: Prequalification = subject.root
    if found.opens_at is None or found.closes_at is None:
        return Refusal("not_published", "资格预审公告尚未发布", "The prequalification notice is not out yet")
    if found.opens_at <= now < found.closes_at:
        return None
    return _refuse(
        found.case,
        "prequalification.content",
        now=now,
        code="late_application",
        zh="资格预审申请已于 {closes} 截止",
        en="Applications closed at {closes}",
        closes=_local(found.closes_at),
    )


def has_not_applied(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not subject.applications.filter(supplier_id=by.organisation_id, withdrawn_at__isnull=True).exists():
        return None
    return Refusal(
        "already_applied",
        "贵单位已提交申请；截止前可以撤回后重新提交",
        "Your organisation has applied; until the deadline it may withdraw and apply again",
    )


def is_live(subject: PrequalificationApplication, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.withdrawn_at is None:
        return None
    return Refusal("already_withdrawn", "该申请已经撤回", "This application has been withdrawn")


# --- the examination -----------------------------------------------------------------------------------------------


def deadline_is_past(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nobody learns who applied before the announced deadline (87号令 art. 28)."""
    if lies_open(subject, now=now):
        return None
    if subject.closes_at is None:
        return Refusal("not_published", "资格预审公告尚未发布", "The prequalification notice is not out yet")
    return _refuse(
        subject.case,
        "submission.secrecy",
        now=now,
        code="applications_are_closed",
        zh="资格预审申请在 {closes} 截止，截止后方可审查",
        en="Applications are examined once they have closed, at {closes}",
        closes=_local(subject.closes_at),
    )


def is_not_concluded(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.concluded_at is None:
        return None
    return Refusal("already_concluded", "资格预审已经完成", "The prequalification is concluded")


def lies_open(subject: Prequalification, *, now: datetime.datetime) -> bool:
    """Whether applications have closed. Before that no refusal and no form may tell that there is one."""
    return subject.closes_at is not None and now >= subject.closes_at


def somebody_applied(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not lies_open(subject, now=now) or live(subject):
        return None
    return Refusal(
        "no_applications",
        "没有供应商申请，无需审查，请直接办理“完成资格预审”",
        "Nobody has applied: there is nothing to examine, conclude it",
    )


def live(subject: Prequalification) -> list[PrequalificationApplication]:
    """The applications that were not withdrawn, in the order in which they came."""
    found = subject.applications.filter(withdrawn_at__isnull=True)
    return list(found.select_related("supplier").order_by("submitted_at", "pk"))


def one_finding_per_pair(subject: Prequalification, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    return duplicates(rows, "application", "clause")


def everything_is_examined(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """按照资格预审文件载明的标准: each application against each announced condition (87号令 art. 14)."""
    missing = unexamined(subject) if lies_open(subject, now=now) else []
    if not missing:
        return None
    application, clause = missing[0]
    return _refuse(
        subject.case,
        "prequalification.examined",
        now=now,
        code="examination_unfinished",
        zh="资格预审尚有 {count} 项没有结论，例如“{applicant}”的“{clause}”",
        en="{count} conditions are still open, for example “{clause}” of {applicant}",
        count=len(missing),
        applicant=application.supplier.name,
        clause=clause.text,
    )


def unexamined(subject: Prequalification) -> list[tuple[PrequalificationApplication, PrequalificationClause]]:
    found = set(
        ApplicationFinding.objects.filter(application__prequalification=subject).values_list(
            "application_id", "clause_id"
        )
    )
    clauses = list(subject.clauses.order_by("number"))
    return [(one, clause) for one in live(subject) for clause in clauses if (one.pk, clause.pk) not in found]


def why_not(application: PrequalificationApplication, *, now: datetime.datetime) -> str:
    """Every failing condition with its reason, and the credit lists (财库〔2016〕125号); empty where there is none."""
    reasons = [refusal.zh for refusal in may_take_part(application.supplier, at=now)]
    failed = application.findings.filter(passed=False).select_related("clause").order_by("clause__number")
    for finding in failed:
        page = f"，见申请文件第 {finding.page} 页" if finding.page else ""
        reasons.append(f"{finding.clause.text}（{finding.reason}{page}）")
    return "；".join(reasons)


# --- the list ------------------------------------------------------------------------------------------------------


def enough_are_qualified(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """符合专业条件的供应商不足三家的，应予废标 (政府采购法 art. 36(1)): no invitation goes out."""
    if not prequalified.is_the_way(subject):
        return None
    done = prequalified.concluded(subject)
    if done is None:
        return _refuse(
            subject,
            "prequalification.examined",
            now=now,
            code="not_prequalified",
            zh="资格预审尚未完成，不能发出投标邀请",
            en="The prequalification is not concluded: no invitation goes out",
        )
    count, least_count = len(prequalified.qualified(done)), least(subject, now=now)[1]
    if count >= least_count:
        return None
    return _refuse(
        subject,
        "prequalification.too_few",
        now=now,
        code="too_few_prequalified",
        zh="资格预审合格的供应商只有 {count} 家，不足 {least} 家；请重新组织资格预审，或者终止后重新采购",
        en="Only {count} suppliers are qualified, fewer than {least}: hold another prequalification, or terminate and"
        " procure again",
        count=count,
        least=least_count,
    )


def way_stays_announced(subject: Case, *, now: datetime.datetime, invited_by: str, **_: Any) -> Refusal | None:
    """Once suppliers were called by a prequalification they are invited from its list (87号令 art. 14, 29)."""
    if invited_by == InvitedBy.PREQUALIFICATION or prequalified.announced(subject) is None:
        return None
    if too_few_came_through(subject, now=now):
        return None  # the next round, or another way, begins anew
    return _refuse(
        subject,
        "termination.reason",
        now=now,
        code="way_is_announced",
        zh="资格预审公告已经发布，不得改为其他邀请方式",
        en="The prequalification notice is out: suppliers are invited from its list and no other way",
        field="invited_by",
    )


def conditions_stay_announced(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """不得改变资格条件 (87号令 art. 27): what was announced stands in the tender file, and nothing is added to it."""
    found = prequalified.announced(subject)
    if found is None or too_few_came_through(subject, now=now):
        return None
    told = set(found.clauses.filter(is_statutory=False).values_list("text", flat=True))
    wanted = {row["text"] for row in rows if row["kind"] == ClauseKind.QUALIFICATION and not row["lot"]}
    if wanted == told:
        return None
    return _refuse(
        subject,
        "correction.subject",
        now=now,
        code="conditions_are_announced",
        zh="资格条件已随资格预审公告发布，不得改变",
        en="The conditions were announced with the prequalification and stay as they are",
        field="rows",
    )


# --- changed status ------------------------------------------------------------------------------------------------


def was_qualified(subject: PrequalificationApplication, *, by: Any, now: datetime.datetime) -> Refusal | None:
    case = subject.root.case
    counts = subject.prequalification_id == getattr(prequalified.latest(case), "pk", None)  # an old round does not
    if counts and subject.is_qualified and subject.supplier_id not in prequalified.lost(case):
        return None
    return Refusal(
        "not_qualified", "贵单位不是资格预审合格的供应商", "Your organisation was not found qualified, or is no longer"
    )


def tender_goes_on(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """评审阶段 ends with the award (条例 art. 21)."""
    case = subject.root.case
    if case.ended_at is None and not case.has_reached(Stage.AWARD):
        return None
    return _refuse(
        case,
        "prequalification.change",
        now=now,
        code="evaluation_is_over",
        zh="评审已经结束，资格变化请直接告知采购人",
        en="The evaluation is over: tell the buyer directly",
    )


def nothing_is_open(subject: PrequalificationApplication, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not subject.changes.filter(decided_at__isnull=True).exists():
        return None
    return Refusal("change_is_open", "此前报告的资格变化尚在审查", "The change reported before is still being examined")


def is_undecided(subject: StatusChange, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.decided_at is None:
        return None
    return Refusal("already_decided", "该资格变化已经审查", "This change has been examined")


def changes_are_decided(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What a supplier reported is looked at before anybody is found qualified (条例 art. 21)."""
    case = subject.root
    waiting = prequalified.undecided(case) if prequalified.is_the_way(case) else []
    if not waiting:
        return None
    return _refuse(
        case,
        "prequalification.change",
        now=now,
        code="status_change_open",
        zh="“{supplier}”报告的资格变化尚未审查",
        en="The change of status reported by {supplier} has not been examined",
        supplier=waiting[0].application.supplier.name,
    )


def still_prequalified(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Who lost its status after the prequalification does not take part (条例 art. 21)."""
    reason = prequalified.lost(subject).get(by.organisation_id) if prequalified.is_the_way(subject) else None
    if reason is None:
        return None
    return _refuse(
        subject,
        "prequalification.change",
        now=now,
        code="status_lost",
        zh="贵单位资格发生变化，不再符合资格条件：{reason}",
        en="Your organisation is qualified no longer: {reason}",
        reason=reason,
    )


def _local(moment: datetime.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
