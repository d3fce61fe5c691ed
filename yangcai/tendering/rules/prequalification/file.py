"""May the prequalification file be written, and has the buyer confirmed it?"""

import datetime
from typing import Any

from yangcai.cases.models import Case
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import method, prequalified
from yangcai.tendering.models import Clause, ClauseKind, Prequalification
from yangcai.tendering.rules.prequalification.its_case import refuse_on
from yangcai.tendering.rules.prequalification.qualified import enough_came_through, least


def is_by_prequalification(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the document invites suppliers in another way."""
    if prequalified.is_the_way(subject):
        return None
    return refuse_on(
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
    return refuse_on(subject, "prequalification.examined", now=now, code=code, zh=zh, en=en)


def draws_lawfully(subject: Case, *, now: datetime.datetime, draws: int | None, **_: Any) -> Refusal | None:
    """随机抽取 3 家以上 (87号令 art. 14); in an open tender all the qualified get the file (art. 18)."""
    if draws is None:
        return None
    if not method.of(subject).invited:
        return refuse_on(
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
    return refuse_on(
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
    """Refuses where no condition of qualification is written down."""
    if conditions(subject):
        return None
    return refuse_on(
        subject,
        "prequalification.file",
        now=now,
        code="no_conditions",
        zh="采购文件没有资格要求，请先编制采购文件",
        en="The document states no conditions: draft it first",
    )


def conditions(case: Case) -> list[Clause]:
    """What is announced: what every applicant must meet, then what one lot alone demands."""
    found = Clause.objects.filter(case=case, kind=ClauseKind.QUALIFICATION).select_related("lot")
    return sorted(found, key=lambda clause: (clause.lot is not None, clause.number))


def is_not_confirmed(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A file is confirmed once."""
    if subject.confirmed_at is None:
        return None
    return Refusal("already_confirmed", "资格预审文件已经确认", "The prequalification file is confirmed already")


def is_confirmed(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购人 stands for the file that its agent wrote (政府采购法 art. 20)."""
    if subject.confirmed_at is not None:
        return None
    return refuse_on(
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
