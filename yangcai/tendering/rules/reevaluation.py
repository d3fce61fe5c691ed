"""When may a signed evaluation be taken up again, and has the treasury to know? (财政部令第87号 64, 67)"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.actions import chinese
from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import arithmetic, method
from yangcai.tendering.models import CommitteeMember, CorrectionGround, EvaluationReport, ReopenGround
from yangcai.tendering.rules.award import live_award
from yangcai.tendering.rules.evaluation.scores import is_rated, scores_are_asked


def former(report: EvaluationReport) -> EvaluationReport | None:
    """The signed report that this one took up again; None for what was corrected before anybody had signed it all."""
    if report.revision == 1:
        return None
    earlier = EvaluationReport.objects.filter(lot_id=report.lot_id, revision__lt=report.revision)
    return earlier.filter(signed_at__isnull=False).order_by("-revision").first()


def changed_result(report: EvaluationReport) -> bool:
    """Whether a re-evaluation, once signed, recommends other candidates or another order."""
    before = former(report)
    return (
        report.signed_at is not None
        and before is not None
        and before.result["candidates"] != report.result["candidates"]
    )


def taken_up_for_the_committee(report: EvaluationReport) -> datetime.datetime | None:
    """When the evaluation was taken up again because of the committee, since the last report that everybody signed;
    None where it was not. Whatever was corrected afterwards, on whatever ground, does not undo that: hence the first.
    """
    before = former(report)
    since = EvaluationReport.objects.filter(
        lot_id=report.lot_id, revision__gt=before.revision if before else 0, revision__lte=report.revision
    )
    found = since.filter(correction_ground=ReopenGround.COMMITTEE).order_by("revision").first()
    return found.computed_at if found is not None else None


def has_another_member(report: EvaluationReport, *, since: datetime.datetime) -> bool:
    """Whether somebody's place on the committee was given to somebody else from that moment on."""
    return CommitteeMember.objects.filter(committee__case_id=report.lot.case_id, replaced_at__gte=since).exists()


def committee_was_formed_anew(report: EvaluationReport) -> bool:
    """Whether the signed report came of a committee that was formed anew (87号令 art. 67)."""
    if report.signed_at is None or former(report) is None:
        return False
    since = taken_up_for_the_committee(report)
    return since is not None and has_another_member(report, since=since)


def is_owed(report: EvaluationReport) -> bool:
    """Whether the treasury has to be told in writing (87号令 art. 64, 67)."""
    return changed_result(report) or committee_was_formed_anew(report)


def grounds(lot: Lot) -> list[str]:
    """On what this lot's evaluation may be taken up again; without scores nothing that is about scores."""
    of_scores = set(CorrectionGround.values)
    return [code for code in method.of(lot.case).reopens if code not in of_scores or is_rated(lot)]


def something_may_be_wrong(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Without scores there is nothing of 87号令 art. 64; art. 67 is about the committee."""
    return None if grounds(subject) else scores_are_asked(subject, by=by, now=now)


def ground_is_the_method_s(subject: Lot, *, now: datetime.datetime, ground: str, **_rest: Any) -> Refusal | None:
    """Refuses a `ground` on which this method is not evaluated again."""
    if ground in grounds(subject):
        return None
    return refuse(
        own(subject.case, "evaluation.corrections"),
        code="no_ground_to_reopen",
        zh="“{ground}”不是该采购方式可以重新评审的情形",
        en="This method knows no such ground to evaluate anew: {ground}",
        field="ground",
        ground=chinese(ReopenGround(ground).label),
        **applicable(subject.case, now=now),
    )


def report_stands(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Before the signatures the members correct their scores themselves."""
    report = arithmetic.latest_report(subject)
    if report is not None and report.signed_at is not None:
        return None
    return refuse(
        own(subject.case, "evaluation.corrections"),
        code="nothing_to_reopen",
        zh="评标报告尚未签署完成，评委可以直接办理“评分更正”，无需重新评审",
        en="The report is not signed yet: the members correct their scores, nothing is taken up again",
        **applicable(subject.case, now=now),
    )


def nothing_determined(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Once a winner is determined the result is binding; from then on only an objection may lead to a re-evaluation."""
    made = (live_award(lot) for lot in subject.case.ranked_together(subject))
    award = next((one for one in made if one is not None), None)
    if award is None:
        return None
    return refuse(
        "award.no_change",
        code="winner_determined",
        zh="已确定 {supplier} 为中标供应商；此后发现评审错误的，按质疑投诉程序处理",
        en="{supplier} has been determined as the winner: an error found now is a matter of objection and complaint",
        supplier=Written(award.supplier.name),
        **applicable(subject.case, now=now),
    )


def committee_is_another(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What was taken up because of the committee is not signed once more by that very committee (87号令 art. 67)."""
    since = taken_up_for_the_committee(subject)
    if since is None or has_another_member(subject, since=since):
        return None
    return refuse(
        "evaluation.new_committee",
        code="committee_unchanged",
        zh="因评标委员会的原因重新评审的，须先更换有关评委，由重新组成的评标委员会评审、汇总后签署",
        en="It was taken up because of the committee: replace the members concerned; who then sits evaluates and signs",
        **applicable(subject.lot.case, now=now),
    )


def is_to_be_reported(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Refuses where the result did not change, or the treasury was told (87号令 art. 64, 67)."""
    if not is_owed(subject):
        yield refuse(
            own(subject.lot.case, "evaluation.corrections"),
            code="result_unchanged",
            zh="该评标报告没有改变此前的评标结果，无须报告财政部门",
            en="This report does not change the earlier result: there is nothing to report",
            **applicable(subject.lot.case, now=now),
        )
    if subject.reported_at is not None:
        yield Refusal("already_reported", "已经书面报告财政部门", "It has been reported already")
