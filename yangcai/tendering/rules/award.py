"""Whom may the buyer choose, when may it be told to whom, and when has a lot failed?"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.cases import periods, suspensions
from yangcai.cases.actions import chinese
from yangcai.cases.models import Award, AwardFall, Candidate, Case, Lot, LotOutcome, Stage
from yangcai.cases.queries import candidates
from yangcai.cases.rules import applicable, own, refuse, runs_the_case
from yangcai.kernel import calendar
from yangcai.kernel.beneath import may_have
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import arithmetic, method, standing
from yangcai.tendering.models import AwardAnnulment, AwardLetter, ClauseKind, EvaluationReport, OpenedBid
from yangcai.tendering.rules.bids import whole_bids
from yangcai.tendering.rules.dialogue import last_offers_are_open
from yangcai.tendering.rules.exchange import silent
from yangcai.tendering.rules.lots import at_limit
from yangcai.tendering.rules.prequalification.changes import lost
from yangcai.tendering.rules.qualification import through

#: The clock after whose end the first candidate is deemed the winner (87号令 art. 68).
DECIDE_CLOCK = "C13"
#: The clock within which the contract is signed, from the award letter (政府采购法 art. 46).
SIGN_CLOCK = "C20"
#: functions(lot, now) by which later apps say why a lot gets no winner any more (an objection makes it begin anew)
NO_WINNER_BY: list[Callable[..., Iterable[Refusal]]] = []


class AnnulmentGround(TextChoices):
    """On what an announced award is void, as long as no contract is signed; the same words as in AwardFall."""

    OBJECTION = AwardFall.OBJECTION.value, AwardFall.OBJECTION.label
    DECISION = AwardFall.DECISION.value, AwardFall.DECISION.label
    STATUS = AwardFall.STATUS.value, AwardFall.STATUS.label


class RefusalEvidence(TextChoices):
    """How the buyer knows that its winner refuses (条例 art. 49; 政府采购法 art. 46)."""

    LETTER = "letter", _("供应商书面表示拒绝签订合同")
    SILENCE = "silence", _("经通知，供应商在签约期限内未签订合同")


class UnsuccessfulGround(TextChoices):
    """废标: the closed list of 政府采购法 art. 36, for other methods of 74号令 art. 37, 43, 50 and 214号文 art. 34; and
    the winner's refusal (条例 art. 49), an objection that was upheld (94号令 art. 16)."""

    TOO_FEW = "too_few", _("符合专业条件的供应商或者对采购文件作实质响应的供应商不足三家（依法可以为两家的，不足两家）")
    ILLEGALITY = "illegality", _("出现影响采购公正的违法、违规行为")
    OVER_BUDGET = "over_budget", _("投标人的报价均超过了采购预算，采购人不能支付")
    CANCELLED = "cancelled", _("因重大变故，采购任务取消")
    GROUND_GONE = "ground_gone", _("因情况变化，不再符合该采购方式的适用情形")
    WINNER_REFUSED = "winner_refused", _("中标人拒绝签订合同，重新开展采购活动")
    OBJECTION_UPHELD = "objection_upheld", _("质疑成立，重新开展采购活动")


#: Ground -> the rule that knows it.
UNSUCCESSFUL_RULES = {
    UnsuccessfulGround.TOO_FEW: "bidders.responsive",
    UnsuccessfulGround.ILLEGALITY: "evaluation.unsuccessful",
    UnsuccessfulGround.OVER_BUDGET: "evaluation.all_above_budget",
    UnsuccessfulGround.CANCELLED: "evaluation.unsuccessful",
    UnsuccessfulGround.GROUND_GONE: "evaluation.unsuccessful",
    UnsuccessfulGround.WINNER_REFUSED: "award.refused",
    UnsuccessfulGround.OBJECTION_UPHELD: "objection.outcome",
}


def is_run_by(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The agent where there is one, else the buyer."""
    return runs_the_case(subject, by=by, now=now)


def report_is_signed(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Refuses what is done with a report while not every member has signed it (87号令 art. 58)."""
    if subject.signed_at is None:
        yield refuse(
            own(subject.lot.case, "evaluation.report"),
            code="report_unsigned",
            zh="评标报告须由评标委员会全体成员签署后才能送交采购人",
            en="Every member signs the report before it goes to the buyer",
            **applicable(subject.lot.case, now=now),
        )


def report_is_not_sent(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Refuses to send a report twice (87号令 art. 68)."""
    if subject.sent_at is not None:
        yield Refusal("already_sent", "评标报告已经送交采购人", "The report has been sent to the buyer already")


# --- determining the winner ----------------------------------------------------------------------------------------


def live_award(lot: Lot) -> Award | None:
    """The award of the lot that stands, None where none was made or it fell."""
    return next((one for one in lot.case.every_award() if one.lot_id == lot.pk and one.refused_at is None), None)


def open_candidates(lot: Lot, *, now: datetime.datetime) -> list[Candidate]:
    """Candidates in rank order who have not refused an award, are not debarred now, nor a member of their consortium,
    may win one lot more, and did not lose the status that a prequalification found (条例 art. 21)."""
    refused = Award.objects.filter(lot=lot, refused_at__isnull=False).values("supplier_id")
    ranked = candidates(lot).exclude(supplier_id__in=refused).exclude(supplier_id__in=at_limit(lot))
    gone = lost(lot.case)
    return standing.not_barred(lot, (one for one in ranked if one.supplier_id not in gone), at=now)


def awards_a_contract(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A first stage ends in entrants, a call-off in its own ways (110号令 art. 27, 32): neither by this decision."""
    found = method.of(subject.case)
    if found.spends and not found.draws_on:
        return None
    return refuse(
        "framework.second_stage" if found.draws_on else "framework.eliminate",
        code="framework_has_its_own_way",
        zh="框架协议第一阶段确定入围供应商，第二阶段以直接选定、二次竞价或者顺序轮候确定成交供应商，不按本事项办理",
        en="A framework agreement chooses entrants in its first stage, and in the second takes one of them by direct"
        " choice, second competition or rotation: not by this",
        **applicable(subject.case, now=now),
    )


def may_have_a_winner(subject: Lot | Award, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """What later parts of the house know: an objection was upheld, and the purchase begins anew (94号令 art. 16)."""
    for asks in NO_WINNER_BY:
        yield from asks(subject.lot if isinstance(subject, Award) else subject, now=now)


def not_awarded(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a second winner of the lot, and names the first."""
    award = live_award(subject)
    if award is None:
        return None
    return Refusal(
        "already_awarded",
        f"本包已经确定中标供应商：{award.supplier.name}",
        f"The winner of this lot is determined already: {award.supplier.name}",
        facts={"supplier": Written(award.supplier.name)},
    )


def fallen(lot: Lot, *grounds: str) -> bool:
    """Whether an award of the lot fell on one of the grounds."""
    return any(one.lot_id == lot.pk and one.fall_ground in grounds for one in lot.case.every_award())


def enough_are_left(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """After a founded objection the next candidate wins only where the legal number of qualified suppliers is left
    (财政部令第94号 art. 16); who has lost its status is not qualified (条例 art. 21). What the treasury decides it
    decides for itself, and 条例 art. 49, 71 want no number where the winner refused or its award was void."""
    if not fallen(subject, AwardFall.OBJECTION):
        return None
    report, least = sent_report(subject.judged_with), fewest(subject, Stage.EVALUATION, now=now)
    out = {one.supplier_id for one in subject.case.every_award() if one.lot_id == subject.pk and one.refused_at}
    bids = {str(bid.pk): bid.supplier_id for bid in OpenedBid.objects.filter(lot=subject.judged_with)}
    valid = [key for key, found in (report.result["bids"] if report else {}).items() if found["invalid"] is None]
    left = len({bids[key] for key in valid if key in bids} - out - set(lost(subject.case)))
    if left >= least:
        return None
    return refuse(
        "award.annulled_after_objection",
        code="too_few_left",
        zh="质疑成立后合格供应商只剩 {left} 家，不足法定的 {least} 家，不能另行确定中标供应商；请办理废标，重新采购",
        en="After the objection only {left} qualified suppliers are left of the {least} that the law wants: nobody else"
        " may be determined; declare the lot unsuccessful and procure again",
        left=left,
        least=least,
        **applicable(subject.case, now=now),
    )


def has_candidate(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where nobody is left to be determined, and says to declare the lot unsuccessful (条例 art. 49)."""
    if open_candidates(subject, now=now):
        return None
    return refuse(
        own(subject.case, "award.refused"),
        code="no_candidate_left",
        zh="没有可以确定为中标供应商的候选人；请对本包办理废标，重新开展采购活动",
        en="No candidate is left to be awarded: declare the lot unsuccessful and procure again",
        **applicable(subject.case, now=now),
    )


def in_rank_order(
    subject: Lot, *, now: datetime.datetime, candidate: Candidate, ground: str, reason: str, **_: Any
) -> Iterator[Refusal]:
    """采购人在中标候选人名单中按顺序确定; a later one only for a lawful reason in writing (87号令 art. 68)."""
    on = applicable(subject.case, now=now)
    still_open = open_candidates(subject, now=now)
    if candidate.pk not in {one.pk for one in still_open}:
        yield from standing.may_be_awarded(subject, candidate.supplier, at=now)
        if candidate.supplier_id in (gone := lost(subject.case)):
            yield refuse(
                "prequalification.change",
                code="status_lost",
                zh="该候选人资格发生变化，不再符合资格条件：{reason}；请确定下一候选人",
                en="This candidate is qualified no longer: {reason}. Take the next one",
                field="candidate",
                reason=Written(gone[candidate.supplier_id]),
                **on,
            )
        if candidate.supplier_id in at_limit(subject):
            yield refuse(
                "solicitation.lot_limit",
                code="lot_limit_reached",
                zh="该候选人在本项目中标的采购包已达到采购文件规定的数量，请确定下一候选人",
                en="This candidate has won as many lots as the file allows: take the next one",
                field="candidate",
                **on,
            )
        yield from _fell_before(candidate, **on)
    elif candidate.pk != still_open[0].pk and not (ground and reason):
        yield refuse(
            own(subject.case, "award.in_order"),
            code="out_of_order",
            zh="排名第 {rank} 的候选人在前；不按顺序确定中标供应商的，须选择法定情形并写明理由",
            en="The candidate of rank {rank} comes first; to pass it over, choose a lawful ground and state the reason",
            field="candidate",
            rank=still_open[0].rank,
            **on,
        )


def _fell_before(candidate: Candidate, **on: Any) -> Iterator[Refusal]:
    """Who was awarded once and refused, or whose award was void, is not determined again."""
    before = Award.objects.filter(candidate=candidate, refused_at__isnull=False).first()
    if before is None:
        return
    refused = before.fall_ground not in AnnulmentGround.values
    yield refuse(
        own(candidate.lot.case, "award.refused") if refused else "award.annulled",
        code="candidate_refused" if refused else "candidate_annulled",
        zh="该候选人已经拒绝签订合同，请确定下一候选人" if refused else "该候选人的中标结果已经无效，请确定下一候选人",
        en="This candidate has refused already: take the next one"
        if refused
        else "The award of this candidate was void: take the next one",
        field="candidate",
        **on,
    )


def sent_report(lot: Lot) -> EvaluationReport | None:
    """The newest report of the lot that went to the buyer."""
    return EvaluationReport.objects.filter(lot=lot, sent_at__isnull=False).order_by("-revision").first()


def decide_since(lot: Lot) -> datetime.datetime | None:
    """When the buyer's time to decide began: receipt of the report, or its signing where the buyer runs the tender."""
    report = sent_report(lot.judged_with)
    if report is None:
        return None
    return report.sent_at if lot.case.agent_id else report.signed_at


def is_timed(case: Case) -> bool:
    """Whether the buyer has a time to decide: with what silence means, or without (a single source, 条例 art. 43)."""
    return bool(own(case, "award.deemed") or method.step_of(case, Stage.AWARD).decide)


def decide_by(lot: Lot, *, now: datetime.datetime) -> datetime.datetime | None:
    """Until when the buyer decides; None where nothing runs, the method sets no time or the calendar ends."""
    since = decide_since(lot) if is_timed(lot.case) else None
    return law.due_at(DECIDE_CLOCK, since=since, **applicable(lot.case, now=now)) if since else None


def deemed_at(lot: Lot, *, now: datetime.datetime) -> datetime.datetime | None:
    """When the buyer's time to decide runs out, without the time in which the case was suspended (政府采购法 art. 57);
    None where nothing is deemed, or the case stands still. As its task has it."""
    if not own(lot.case, "award.deemed"):
        return None
    since, until = decide_since(lot), decide_by(lot, now=now)
    return suspensions.runs_out(lot.case, until, since=since, now=now) if since and until else None


def buyer_was_silent(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Deeming is for the first decision only, and only when its time is over (87号令 art. 68)."""
    until = deemed_at(subject, now=now)
    if until is not None and until <= now and not Award.objects.filter(lot=subject).exists():
        return None
    return refuse(
        own(subject.case, "award.deemed"),
        code="buyer_may_still_decide",
        zh="采购人确定中标供应商的期限未满或者已经作出决定，不能视同确定",
        en="The buyer's time to decide is not over, or it has decided: nothing is deemed",
        **applicable(subject.case, now=now),
    )


# --- telling -------------------------------------------------------------------------------------------------------


def not_announced(subject: Award, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Refuses an award that fell, or was announced."""
    if subject.refused_at is not None:
        yield Refusal("award_refused", "该中标结果已经失效", "This award no longer stands")
    elif subject.announced_at is not None:
        yield Refusal("already_announced", "中标结果已经公告", "The award has been announced already")


def may_be_refused(subject: Award, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Until the contract is signed (条例 art. 49; 87号令 art. 70)."""
    if subject.refused_at is not None:
        yield Refusal("award_refused", "该中标结果已经失效", "This award no longer stands")
    elif subject.announced_at is None:
        yield Refusal("not_announced", "中标结果尚未公告", "The award has not been announced yet")
    # The contract belongs to a later part of the house, which hangs itself on the award; nothing of it is imported.
    contract = getattr(subject, "contract", None)
    if contract is not None and contract.signed_at is not None:
        yield refuse(
            "award.no_change",
            code="contract_signed",
            zh="合同 {number} 已经签订，中标结果不得再以拒签或者无效改变",
            en="Contract {number} has been signed: its award can no longer be refused or be void",
            number=contract.number,
            **applicable(subject.lot.case, now=now),
        )


def annulment_has_its_ground(
    subject: Award, *, now: datetime.datetime, ground: str, report: Any, **_: Any
) -> Iterator[Refusal]:
    """A lost status stands in the rows; a result that an objection changed is reported in writing (94号令 art. 16)."""
    case = subject.lot.case
    if ground == AnnulmentGround.STATUS and subject.supplier_id not in lost(case):
        yield refuse(
            "prequalification.change",
            code="status_not_lost",
            zh="没有审查认定该供应商资格变化、不再符合资格条件，不得据此认定中标无效",
            en="Nobody has found that this supplier lost its status: the award is not void on this ground",
            field="ground",
            **applicable(case, now=now),
        )
    if ground == AnnulmentGround.OBJECTION and report is None:
        yield refuse(
            "award.annulled_after_objection",
            code="treasury_not_told",
            zh="质疑成立改变中标结果的，须书面报告本级财政部门：请附书面报告",
            en="A result that an objection changes is reported to the treasury in writing: attach the report",
            field="report",
            **applicable(case, now=now),
        )


def letter_sent_at(award: Award) -> datetime.datetime:
    """From when the time for the contract counts: the winner's letter (政府采购法 art. 46), else the announcement."""
    letter = AwardLetter.objects.filter(lot_id=award.lot_id, supplier_id=award.supplier_id, is_winner=True).last()
    sent = letter.issued_at if letter else award.announced_at
    assert sent is not None, "asked of announced awards only"
    return sent


def sign_by(award: Award, *, now: datetime.datetime) -> datetime.datetime | None:
    """Until when both sides sign (政府采购法 art. 46), later by as long as the case stood still; None while it does, or
    where the calendar ends."""
    case, since = award.lot.case, letter_sent_at(award)
    until = law.due_at(SIGN_CLOCK, since=since, **applicable(case, now=now))
    return until and suspensions.runs_out(case, until, since=since, now=now)


def refusal_has_its_evidence(subject: Award, *, now: datetime.datetime, evidence: str, **_: Any) -> Iterator[Refusal]:
    """It may be the buyer who does not sign (政府采购法 art. 46): who has signed refuses nothing, and silent is only
    who let its time pass with a contract before it that the buyer had signed."""
    yield from winner_has_not_signed(subject, now=now)
    if evidence != RefusalEvidence.SILENCE:
        return
    on = applicable(subject.lot.case, now=now)
    until = sign_by(subject, now=now)
    if until is None or now < until:
        yield refuse(
            "contract.sign",
            code="signing_time_runs",
            zh="签订合同的期限（{limit}，暂停期间不计）尚未届满，不能以逾期未签认定拒签；请附供应商的书面函件，或者等待期满",
            en="The time for the contract ({limit}, without suspensions) still runs: nobody let it pass. Attach the"
            " winner's letter, or wait",
            field="evidence",
            **on,
        )
        return
    contract = getattr(subject, "contract", None)
    offered_at = contract.buyer_signed_at if contract is not None else None
    if offered_at is None or offered_at >= until:
        yield refuse(
            "contract.sign",
            code="nothing_to_sign",
            zh="采购人没有在签约期限内签订合同并交供应商签订，逾期未签不能归于供应商；请采购人先签订，或者附供应商的书面函件",
            en="The buyer itself did not sign in time, so there was no contract for the winner to sign: sign first, or"
            " attach the winner's letter",
            field="evidence",
            **on,
        )


def winner_has_not_signed(subject: Award, *, now: datetime.datetime) -> Iterator[Refusal]:
    """Whatever the evidence: a winner whose signature stands under the contract does not refuse it."""
    contract = getattr(subject, "contract", None)
    if contract is not None and contract.supplier_signed_at is not None:
        yield refuse(
            "contract.sign",
            code="winner_signed",
            zh="中标供应商已于 {signed_on} 签订合同 {number}，没有拒签；请采购人签订",
            en="The winner signed contract {number} on {signed_on} and refuses nothing: it is for the buyer to sign",
            signed_on=calendar.day_of(contract.supplier_signed_at),
            number=contract.number,
            **applicable(subject.lot.case, now=now),
        )


def annulment_of(award: Award) -> AwardAnnulment | None:
    """What was asked for and waits to be confirmed."""
    if not may_have(award.lot.case, AwardAnnulment):
        return None
    return AwardAnnulment.objects.filter(award=award, answered_at__isnull=True).first()


def no_annulment_waits(subject: Award, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses while a request to let the award fall waits for its answer."""
    if annulment_of(subject) is None:
        return None
    return Refusal(
        "annulment_asked_for",
        "已有中标结果失效的提请，等待采购人复核",
        "It has been asked for and waits to be confirmed",
    )


def annulment_waits(subject: Award, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where nothing waits to be confirmed or declined."""
    if annulment_of(subject) is not None:
        return None
    return Refusal("no_annulment", "没有等待复核的中标结果失效的提请", "Nobody has asked to let this award fall")


def ground_still_stands(subject: Award, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """What stands in the rows is looked at again: the finding on the status may have been changed meanwhile, and the
    winner may have signed. That its time passed, and the buyer had signed in it, is never undone."""
    asked = annulment_of(subject)
    if asked is not None and asked.ground == AwardFall.REFUSED:
        yield from winner_has_not_signed(subject, now=now)
    elif asked is not None:
        yield from annulment_has_its_ground(subject, now=now, ground=asked.ground, report=True)


# --- failed lots ---------------------------------------------------------------------------------------------------


def bids_are_in(subject: Lot, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """A lot can fail from the bid deadline on, until its award is announced."""
    closes_at = periods.closing_at(subject.case)
    award = live_award(subject)
    if subject.outcome in {LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED} or subject.case.ended_at is not None:
        yield Refusal("lot_over", "本包已经结束", "This lot is over already")
    elif closes_at is None or now < closes_at:
        yield refuse(
            own(subject.case, "termination.reason"),
            code="bidding_not_over",
            zh="投标截止前不能废标；因重大变故取消采购任务的，请办理终止采购",
            en="No lot fails before the bid deadline; if the task is cancelled, terminate the case",
            **applicable(subject.case, now=now),
        )
    elif (award is not None and award.announced_at is not None) or _has_entrants(subject):
        yield refuse(
            "award.no_change",
            code="already_announced",
            zh="中标结果已经公告，不得以废标改变",
            en="The award has been announced: it cannot be undone by declaring the lot unsuccessful",
            **applicable(subject.case, now=now),
        )


def _has_entrants(lot: Lot) -> bool:
    """A first stage whose result is out, though it awarded nothing."""
    return lot.outcome == LotOutcome.AWARDED and not method.of(lot.case).spends


def failures(lot: Lot, *, now: datetime.datetime) -> set[str]:
    """The grounds that the rows themselves show at this stage."""
    found: set[str] = set()
    if any(may_have_a_winner(lot, by=None, now=now)):
        found.add(UnsuccessfulGround.OBJECTION_UPHELD)
    if live_award(lot) is None and fallen(lot, AwardFall.REFUSED):
        found.add(UnsuccessfulGround.WINNER_REFUSED)
    void = live_award(lot) is None and fallen(lot, *AnnulmentGround.values)
    if void and (enough_are_left(lot, by=None, now=now) or not open_candidates(lot, now=now)):
        found.add(UnsuccessfulGround.TOO_FEW)
    stage = lot.stage_at(now)
    if lot.follows_id is not None:
        if stage == Stage.AWARD and not live_award(lot) and not open_candidates(lot, now=now):
            found.add(UnsuccessfulGround.TOO_FEW)
        return found
    if not OpenedBid.objects.filter(lot=lot).exists():
        if _too_few_bids(lot, now=now):
            found.add(UnsuccessfulGround.TOO_FEW)
    elif stage == Stage.QUALIFICATION:
        unfinished = standing.unchecked(lot, ClauseKind.QUALIFICATION, standing.opened(lot))
        if through(lot) == standing.RESPONSIVENESS:
            qualified = standing.still_in(lot, through=standing.QUALIFICATION)
            unfinished += standing.unchecked(lot, ClauseKind.RESPONSIVENESS, qualified)
        remaining = standing.still_in(lot, through=through(lot))
        if not unfinished and len(remaining) < fewest(lot, Stage.QUALIFICATION, now=now):
            found.add(UnsuccessfulGround.TOO_FEW)
    elif stage in {Stage.DIALOGUE, Stage.FINAL_OFFER}:
        if len(standing.still_in(lot)) - len(silent(lot, now=now)) < fewest(lot, Stage.FINAL_OFFER, now=now):
            found.add(UnsuccessfulGround.TOO_FEW)
    elif stage == Stage.EVALUATION and not last_offers_are_open(lot, by=None, now=now):
        qualified = standing.still_in(lot, through=standing.QUALIFICATION)
        outcome = arithmetic.outcome(lot, now=now)
        settled = not outcome.pending("confirm_correction")
        if settled and not standing.unchecked(lot, ClauseKind.RESPONSIVENESS, qualified):
            failed = outcome.result.unsuccessful
            if failed is not None:
                over = failed.code == "all_above_budget"
                found.add(UnsuccessfulGround.OVER_BUDGET if over else UnsuccessfulGround.TOO_FEW)
    return found


def _too_few_bids(lot: Lot, *, now: datetime.datetime) -> bool:
    return whole_bids(lot).filter(damage="").count() < fewest(lot, Stage.SUBMISSION, now=now)


def fewest(lot: Lot, stage: str, *, now: datetime.datetime) -> int:
    """How many bidders the method wants to come through a stage."""
    return method.fewest(lot.case, stage, now=now)


def ground_is_given(subject: Lot, *, now: datetime.datetime, ground: str, reason: str, **_: Any) -> Iterator[Refusal]:
    """What the rows can show must be so; illegality and cancellation are stated with their reasons."""
    stated = {UnsuccessfulGround.ILLEGALITY, UnsuccessfulGround.CANCELLED}
    if method.of(subject.case).needs_approval:
        stated.add(UnsuccessfulGround.GROUND_GONE)
    if ground in stated:
        if not reason:
            yield refuse(
                own(subject.case, UNSUCCESSFUL_RULES[UnsuccessfulGround(ground)]),
                code="reason_missing",
                zh="请写明废标的事实和依据",
                en="State the facts and the basis on which the lot fails",
                field="reason",
                **applicable(subject.case, now=now),
            )
    elif ground not in failures(subject, now=now):
        yield refuse(
            own(subject.case, UNSUCCESSFUL_RULES[UnsuccessfulGround(ground)]),
            code="ground_not_given",
            zh="本包目前不存在“{ground}”这一情形，不得据此废标",
            en="The lot does not show this ground, so it may not be declared unsuccessful on it",
            field="ground",
            ground=chinese(UnsuccessfulGround(ground).label),
            **applicable(subject.case, now=now),
        )
