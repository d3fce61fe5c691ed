"""May the qualification of a lot be recorded and concluded, and are there enough qualified bidders?"""

import datetime
from typing import Any

from yangcai.cases.models import Lot, Stage
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.roles import Role
from yangcai.tendering import blind, method, prequalified, standing
from yangcai.tendering.models import ClauseKind, EvaluationReport, ReopenGround


def duplicates(rows: list[dict[str, Any]], *keys: str) -> list[Refusal]:
    """A table that says two things about the same pair is refused, rather than the last one taken."""
    seen: set[tuple[Any, ...]] = set()
    found = []
    for number, row in enumerate(rows, start=1):
        key = tuple(row[name] for name in keys)
        if key in seen:
            found.append(
                Refusal(
                    "duplicate_row",
                    f"第 {number} 行与前面的行重复",
                    f"Row {number} repeats an earlier one",
                    field="rows",
                )
            )
        seen.add(key)
    return found


def one_finding_per_pair(subject: Lot, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """A bid and a clause stand together in one row."""
    return duplicates(rows, "bid", "clause")


def is_mine_to_check(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A tender's qualification is checked by the buyer or its agent (87号令 art. 44), any other by the committee."""
    committee_does = method.committee_does(subject.case, Stage.QUALIFICATION)
    if committee_does == (by.role == Role.EXPERT):
        return None
    return refuse(
        own(subject.case, "qualification.by_buyer"),
        code="not_yours_to_check",
        zh="本项目由小组审查响应文件" if committee_does else "本项目由采购人或者采购代理机构审查投标人资格",
        en="The committee examines these offers" if committee_does else "The buyer or its agent checks the bidders",
        **applicable(subject.case, now=now),
    )


def is_checked_now(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Until it is concluded; again where a signed evaluation was taken up because of it (74号令 art. 21)."""
    if subject.stage_at(now) == Stage.QUALIFICATION:
        return None
    report = EvaluationReport.objects.filter(lot=subject).order_by("-revision").first()
    if report is not None and report.signed_at is None and report.correction_ground == ReopenGround.QUALIFICATION:
        return None
    return Refusal("wrong_stage", "资格审查已经完成", "The qualification check is concluded")


def something_to_check(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """已进行资格预审的，评审阶段可以不再对供应商资格进行审查 (条例 art. 21); what one lot alone demands is checked."""
    if subject.stage_at(now) != Stage.QUALIFICATION or not prequalified.is_the_way(subject.case):
        return None
    if standing.examined(subject, ClauseKind.QUALIFICATION):
        return None
    return refuse(
        "prequalification.not_repeated",
        code="checked_beforehand",
        zh="投标人已经资格预审合格，评审阶段不再审查资格",
        en="The bidders were found qualified beforehand: nothing is checked again",
        **applicable(subject.case, now=now),
    )


def is_examined_now(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """In which stages offers are found responsive, the method says."""
    stage = subject.stage_at(now)
    if stage and method.step_of(subject.root, stage).examines:
        return None
    return Refusal("wrong_stage", "本环节不审查响应情况", "Offers are not found responsive at this stage")


def through(lot: Lot) -> str:
    """As far as the stage of qualification looks: at the conditions alone, or at the substance too."""
    examines = method.step_of(lot.case, Stage.QUALIFICATION).examines
    return standing.RESPONSIVENESS if examines else standing.QUALIFICATION


def all_qualification_found(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """资格审查 is done when every bid has been checked against every clause (87号令 art. 44)."""
    missing = standing.unchecked(subject, ClauseKind.QUALIFICATION, standing.opened(subject))
    if not missing and through(subject) == standing.RESPONSIVENESS:
        qualified = standing.still_in(subject, through=standing.QUALIFICATION)
        missing = standing.unchecked(subject, ClauseKind.RESPONSIVENESS, qualified)
    if not missing:
        return None
    bid, clause = missing[0]
    return refuse(
        own(subject.case, "qualification.by_buyer"),
        code="qualification_unfinished",
        zh="资格审查尚有 {count} 项没有结论，例如“{bidder}”的“{clause}”；请逐项记录后再提交",
        en="{count} qualification checks are still open, for example “{clause}” of {bidder}: record each before"
        " concluding",
        count=len(missing),
        bidder=Written(blind.name_for(bid, by)),
        clause=Written(clause.text),
        **applicable(subject.case, now=now),
    )


def enough_qualified(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """合格投标人不足 3 家的，不得评标 (87号令 art. 44); of any other method as many as it says."""
    valid = standing.still_in(subject, through=through(subject))
    on = applicable(subject.case, now=now)
    least = method.fewest(subject.case, Stage.QUALIFICATION, now=now)
    if len(valid) >= least:
        return None
    return refuse(
        method.enough(subject.case, Stage.QUALIFICATION, now=now),
        code="too_few_qualified",
        zh="合格投标人只有 {count} 家，不足 {least} 家，不得评标；请对本包办理废标",
        en="Only {count} bidders are qualified, fewer than {least}: the lot may not be evaluated; declare it"
        " unsuccessful",
        count=len(valid),
        least=least,
        **on,
    )
