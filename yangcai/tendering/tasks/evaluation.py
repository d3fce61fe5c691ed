"""What is due between opening and award notice, for whom, and what becomes of a buyer's silence?"""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Max

from yangcai import law
from yangcai.cases import periods
from yangcai.cases.models import Award, Case, Lot, LotOutcome, Stage
from yangcai.cases.rules import applicable, runner
from yangcai.kernel import calendar, tasks
from yangcai.kernel.actions import can, perform
from yangcai.kernel.models import Task
from yangcai.kernel.tasks import Due
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.tendering import abnormal, arithmetic, method, policies, standing
from yangcai.tendering.actions.award import deem_award
from yangcai.tendering.models import (
    AwardAnnulment,
    ClauseKind,
    Committee,
    CommitteeMember,
    DialogueChange,
    EvaluationReport,
    OpenedBid,
)
from yangcai.tendering.rules import award as awards
from yangcai.tendering.rules import covers, dialogue, exchange, reevaluation, review, sealed
from yangcai.tendering.rules import lots as lot_rules
from yangcai.tendering.rules.bids import close_set_of, live_bids
from yangcai.tendering.rules.clarification import clarifications
from yangcai.tendering.rules.committee.seats import members, undeclared
from yangcai.tendering.rules.evaluation.reporting import is_current
from yangcai.tendering.rules.evaluation.scores import has_submitted, is_rated
from yangcai.tendering.rules.prequalification.changes import lost
from yangcai.tendering.rules.qualification import through
from yangcai.tendering.rules.solicitation.completeness import is_complete
from yangcai.tendering.solicitations import solicitation
from yangcai.tendering.standstill import window_ends_at


@tasks.due_on(Case)
def evaluation_tasks(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """The next steps of every lot, and of the committee."""
    if case.ended_at is not None:
        return
    if case.published_at is None:
        yield from _early_committee(case, now=now)
        return
    lots = [lot for lot in case.every_lot() if lot.outcome == LotOutcome.PENDING]
    stages = {lot.pk: lot.stage_at(now) for lot in lots}
    yield from _committee(case, set(stages.values()), now=now)
    for lot in lots:
        match stages[lot.pk]:
            case Stage.QUALIFICATION:
                yield from _clarifications(lot, now=now)
                yield from _qualification(lot, now=now)
            case Stage.DIALOGUE:
                yield from _dialogue(lot, now=now)
            case Stage.FINAL_OFFER:
                yield from _final_offers(lot, now=now)
            case Stage.EVALUATION:
                yield from _clarifications(lot, now=now)
                yield from _evaluation(lot, now=now)
            case Stage.AWARD:
                yield from _award(lot, now=now)
    if not case.has_reached(Stage.AWARD):
        return
    for report in _to_be_reported(case):
        yield _run(case, "reevaluation.report", report, since=report.signed_at)
    yield from _annulments(case, now=now)
    for award in Award.objects.filter(lot__in=lots, announced_at__isnull=True, refused_at__isnull=True):
        yield _run(
            case,
            "award.announce",
            award,
            since=award.determined_at,
            clock="C14",
            due_at=law.due_at("C14", since=award.determined_at, **applicable(case, now=now)),
        )


def _to_be_reported(case: Case) -> Iterator[EvaluationReport]:
    """Re-evaluations of which the treasury has to know and does not yet (87号令 art. 64, 67)."""
    signed = EvaluationReport.objects.filter(lot__case=case, signed_at__isnull=False, reported_at__isnull=True)
    for report in signed.filter(revision__gt=1).order_by("pk"):
        if reevaluation.is_owed(report):
            yield report


def _annulments(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Awards that were announced before their winner was found to meet the conditions no longer (条例 art. 21, 71), and
    those that somebody asked to annul."""
    asked = {one.award_id: one for one in AwardAnnulment.objects.filter(award__lot__case=case, answered_at=None)}
    gone = lost(case)
    for award in case.every_award() if gone or asked else ():
        if list(awards.may_be_refused(award, by=None, now=now)):
            continue
        if award.pk in asked:
            yield Due(
                "award.confirm_annulment",
                award.ref,
                Role.BUYER_REVIEWER,
                since=asked[award.pk].proposed_at,
                organisation_id=case.buyer_id,
            )
        elif award.supplier_id in gone:
            yield _run(case, "award.annul", award, since=award.announced_at)


def _run(case: Case, action: str, subject: Any, *, since: datetime.datetime, **clock: Any) -> Due:
    """A task of whoever runs the case."""
    role, organisation_id = runner(case)
    return Due(action=action, subject=subject.ref, role=role, organisation_id=organisation_id, since=since, **clock)


def _seat(member: CommitteeMember, action: str, subject: Any, *, since: datetime.datetime) -> Due:
    """A task of one member, found by person, so that no list of an organisation shows who sits."""
    return Due(action=action, subject=subject.ref, role=Role.EXPERT, person_id=member.post.person_id, since=since)


def _since(lot: Lot, stage: str) -> datetime.datetime:
    period = periods.planned(lot.case, stage, lot=lot)
    return period.opens_at if period else lot.case.opened_at


def _early_committee(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """A group that recommends suppliers or confirms the file is formed, and signs in, before publication."""
    seated = members(case)
    for member in seated:
        if member.signed_in_at is None:
            yield _seat(member, "committee.sign_in", member, since=member.committee.drawn_at)
    if not method.file_confirmed_by_committee(case) or case.stage_at(now) != Stage.PREPARATION:
        return
    if not seated:
        yield _run(case, "committee.draw", case, since=case.opened_at)
        return
    chair, file = _chair(case, now=now), solicitation(case)
    if chair is None or file is None or file.committee_confirmed_at is not None:
        return
    if not is_complete(case, by=None, now=now):
        yield _seat(chair, "solicitation.confirm_by_committee", case, since=chair.signed_in_at)


def _committee(case: Case, stages: set[str], *, now: datetime.datetime) -> Iterator[Due]:
    if method.of(case).committee is None or not stages & (
        {str(Stage.SUBMISSION), str(Stage.OPENING)} | method.judging(case)
    ):
        return
    if arithmetic.committee(case) is None:
        closes_at = periods.closing_at(case)
        if closes_at is not None:
            since = _draw_from(case, closes_at, now=now) if method.drawn_late(case) else case.published_at
            gone = Committee.objects.filter(case=case).aggregate(last=Max("dissolved_at"))["last"]
            yield _run(case, "committee.draw", case, since=max(since, gone) if gone else since)
        return
    if stages & method.judging(case):
        for member in members(case):
            if member.signed_in_at is None:
                yield _seat(member, "committee.sign_in", member, since=member.committee.drawn_at)
        for member in undeclared(case, now=now):
            closes_at = periods.closing_at(case)
            yield _seat(member, "committee.declare", member, since=closes_at or member.committee.drawn_at)


def _draw_from(case: Case, closes_at: datetime.datetime, *, now: datetime.datetime) -> datetime.datetime:
    """From when experts may be drawn when evaluation follows the opening on the same day."""
    days = law.value("committee.draw", **applicable(case, now=now))
    try:
        return calendar.start_of(calendar.working_days_before(calendar.day_of(closes_at), days))
    except calendar.HorizonError:
        return closes_at


def _qualification(lot: Lot, *, now: datetime.datetime) -> Iterator[Due]:
    since = _since(lot, Stage.QUALIFICATION)
    chair = _chair(lot.case, now=now)

    def mine(action: str) -> Iterator[Due]:
        """For whoever examines: the chair of a committee that is complete, else whoever runs the case."""
        if not method.committee_does(lot.case, Stage.QUALIFICATION):
            clock = _evaluate_by(lot.case, now=now) if action.startswith("qualification.") else {}
            yield _run(lot.case, action, lot, since=since, **clock)
        elif chair is not None:
            yield _seat(chair, action, lot, since=since)

    qualified = standing.still_in(lot, through=standing.QUALIFICATION)
    if standing.unchecked(lot, ClauseKind.QUALIFICATION, standing.opened(lot)):
        yield from mine("qualification.record")
    elif through(lot) == standing.RESPONSIVENESS and standing.unchecked(lot, ClauseKind.RESPONSIVENESS, qualified):
        yield from mine("responsiveness.record")
    elif awards.failures(lot, now=now):
        yield _run(lot.case, "lot.declare_unsuccessful", lot, since=since)
    else:
        yield from mine("qualification.conclude")


def _evaluate_by(case: Case, *, now: datetime.datetime) -> dict[str, Any]:
    """C11: experts sit down within two working days of the draw, so the check that comes before has to be done. Only
    where the method says how late they are drawn."""
    committee = arithmetic.committee(case)
    if committee is None or not method.drawn_late(case):
        return {}
    return {"clock": "C11", "due_at": law.due_at("C11", since=committee.drawn_at, **applicable(case, now=now))}


def _chair(case: Case, *, now: datetime.datetime) -> CommitteeMember | None:
    """Who acts for the committee; nobody before all its members are here and have declared their interests."""
    seated = members(case)
    if not seated or any(member.signed_in_at is None for member in seated) or undeclared(case, now=now):
        return None
    return next((member for member in seated if member.is_chair), seated[0])


def _dialogue(lot: Lot, *, now: datetime.datetime) -> Iterator[Due]:
    """Talks with everybody in turn, changes for the buyer to confirm, new offers after each, then last ones."""
    since, chair = _since(lot, Stage.DIALOGUE), _chair(lot.case, now=now)
    if awards.failures(lot, now=now):
        yield _run(lot.case, "lot.declare_unsuccessful", lot, since=since)
        return
    for change in DialogueChange.objects.filter(lot=lot, told_at__isnull=True, refused_at__isnull=True):
        yield Due(
            action="dialogue.confirm_change",
            subject=change.ref,
            role=Role.BUYER_OFFICER,
            organisation_id=lot.case.buyer_id,
            since=change.proposed_at,
        )
    if exchange.begins_together(lot) and exchange.issued(lot) is None:
        if exchange.has_met(lot):
            yield _run(lot.case, "dialogue.issue_file", lot, since=since)
        elif chair is not None:
            yield _seat(chair, "dialogue.meet", lot, since=since)
        return
    told, window = dialogue.last_told(lot), exchange.response_window(lot)
    out, waits = exchange.silent(lot, now=now), window is not None and bool(window.closes_at and now < window.closes_at)
    for bid in dialogue.remaining(lot):
        if bid in out:
            continue
        if told is not None and dialogue.owes_a_new_offer(bid):
            yield Due(
                action="dialogue.resubmit",
                subject=bid.ref,
                role=Role.SUPPLIER,
                organisation_id=bid.supplier_id,
                since=told,
                due_at=window.closes_at if waits and window is not None else None,
            )
    # Who has not answered the file yet has until its time is over: from that instant on (`since`) the others are talked
    # to. The clock does it; nobody writes anything then.
    in_it = [
        bid for bid in dialogue.remaining(lot) if bid not in out and not (waits and dialogue.owes_a_new_offer(bid))
    ]
    if chair is None or not in_it:
        return
    held, least = dialogue.talks(lot), dialogue.least_talks(lot)
    behind = [bid for bid in in_it if held[bid.pk] < least or held[bid.pk] < max(held.values())]
    for bid in behind:
        yield _seat(chair, "dialogue.hold", bid, since=since)
    if not behind and not list(dialogue.dialogue_is_over(lot, by=None, now=now)):
        yield _seat(chair, "final_offer.invite", lot, since=since)


def _final_offers(lot: Lot, *, now: datetime.datetime) -> Iterator[Due]:
    """From everybody still in, within the time set for all."""
    period = periods.planned(lot.case, Stage.FINAL_OFFER, lot=lot)
    assert period is not None  # the lot stands in it
    made = set(live_bids(stage=Stage.FINAL_OFFER, lot=lot).values_list("supplier_id", flat=True))
    is_sealed = policies.takes_sealed(lot, round=policies.LAST)
    for bid in dialogue.remaining(lot):
        if bid.supplier_id not in made:
            yield Due(
                action="final_offer.upload" if is_sealed else "final_offer.submit",
                subject=lot.ref,
                role=Role.SUPPLIER,
                organisation_id=bid.supplier_id,
                since=period.opens_at,
                due_at=period.closes_at,
            )
    chair = _chair(lot.case, now=now)
    if chair is not None:
        yield _seat(chair, "final_offer.open", lot, since=period.closes_at or period.opens_at)


def _evaluation(lot: Lot, *, now: datetime.datetime) -> Iterator[Due]:
    """One step after the other, in the order of the law; a member's task never says what another one did."""
    since, seated, chair = _since(lot, Stage.EVALUATION), members(lot.case), _chair(lot.case, now=now)
    if chair is None:
        return
    if dialogue.last_offers_are_open(lot, by=None, now=now):
        closing = sealed.closing_of(lot)
        if closing is not None and closing.round == policies.LAST:
            yield from _sealed(lot, closing, now=now)
        else:
            yield _seat(chair, "final_offer.open", lot, since=since)
        return
    if covers.prices_are_closed(lot) and covers.prices_are_open(lot, by=None, now=now):
        yield from _sealed(lot, sealed.closing_of(lot), now=now)
        return
    if standing.unchecked(lot, ClauseKind.RESPONSIVENESS, standing.still_in(lot, through=standing.QUALIFICATION)):
        yield _seat(chair, "responsiveness.record", lot, since=since)
        return
    found = arithmetic.outcome(lot, now=now)
    contradictory = found.pending("confirm_correction")
    if contradictory:
        for bid in contradictory:
            yield from _correction(bid, chair, since=since)
        return
    if found.result.unsuccessful is not None:
        yield _run(lot.case, "lot.declare_unsuccessful", lot, since=since)
        return
    reviews = list(_low_prices(found, chair, since=since))
    if reviews:
        yield from reviews
        return
    waiting = [member for member in seated if not has_submitted(lot, member)] if is_rated(lot) else []
    if waiting:
        yield from (_seat(member, "scores.submit", lot, since=since) for member in waiting)
        return
    if covers.prices_are_open(lot, by=None, now=now):
        yield _seat(chair, "technical.conclude", lot, since=since)
        return
    yield from _report(lot, found, seated, since=since, now=now)


def _sealed(lot: Lot, closing: Any, *, now: datetime.datetime) -> Iterator[Due]:
    """Prices in covers of their own, and last offers that their suppliers sealed: keys, then the opening."""
    yield _run(lot.case, "opening.unseal", lot, since=closing.closed_at)
    ends_at = window_ends_at(closing, now=now)
    if now >= ends_at:
        return
    for bid in close_set_of(lot, cover=closing.cover, round=closing.round).filter(releases__isnull=True):
        yield Due(
            action="bid.release",
            subject=bid.ref,
            role=Role.SUPPLIER,
            organisation_id=bid.supplier_id,
            since=closing.closed_at,
            due_at=ends_at,
        )


def _clarifications(lot: Lot, *, now: datetime.datetime) -> Iterator[Due]:
    """The bidder answers until its time is over; the chair judges what was answered."""
    chair = _chair(lot.case, now=now)
    for one in clarifications(lot):
        if one.answered_at is None and now < one.answer_by_at:
            yield Due(
                action="clarification.answer",
                subject=one.ref,
                role=Role.SUPPLIER,
                organisation_id=one.opened_bid.supplier_id,
                since=one.asked_at,
                due_at=one.answer_by_at,
            )
        elif one.answered_at is not None and one.decided_at is None and chair is not None:
            yield _seat(chair, "clarification.decide", one, since=one.answered_at)


def _correction(bid: OpenedBid, chair: CommitteeMember, *, since: datetime.datetime) -> Iterator[Due]:
    if bid.corrected_price is None:
        yield _seat(chair, "price_correction.propose", bid, since=since)
        return
    yield Due(
        action="price_correction.answer",
        subject=bid.ref,
        role=Role.SUPPLIER,
        organisation_id=bid.supplier_id,
        since=since,
        due_at=bid.correction_answer_by_at,
    )
    yield _seat(chair, "price_correction.answer", bid, since=bid.correction_answer_by_at or since)


def _low_prices(found: arithmetic.Outcome, chair: CommitteeMember, *, since: datetime.datetime) -> Iterator[Due]:
    hit = {bid.pk for bid in found.pending("explain_low_price")}
    for bid in found.valid:
        review = getattr(bid, "low_price_review", None)
        if review is None:
            if bid.pk in hit:
                yield _seat(chair, "low_price.start", bid, since=since)
        elif review.decided_at is None:
            if review.explained_at is None:
                yield Due(
                    action="low_price.explain",
                    subject=bid.ref,
                    role=Role.SUPPLIER,
                    organisation_id=bid.supplier_id,
                    since=review.started_at,
                    clock="C47",
                    due_at=review.answer_by_at,
                )
            yield _seat(chair, "low_price.decide", bid, since=review.explained_at or review.answer_by_at)


def _report(
    lot: Lot,
    found: arithmetic.Outcome,
    seated: list[CommitteeMember],
    *,
    since: datetime.datetime,
    now: datetime.datetime,
) -> Iterator[Due]:
    report: EvaluationReport | None = arithmetic.latest_report(lot)
    if report is None or (report.signed_at is None and not is_current(report, now=now, found=found)):
        chair = next((member for member in seated if member.is_chair), seated[0])
        yield _seat(chair, "evaluation.compute", lot, since=since)
    elif (asked := review.open_request(lot)) is not None:
        chair = next((member for member in seated if member.is_chair), seated[0])
        yield _seat(chair, "review.answer", asked, since=asked.requested_at)
    elif report.signed_at is None and (proposals := abnormal.open_proposals(lot)):
        for one in proposals:
            yield from _to_be_found(one, seated)
    elif report.signed_at is None:
        signed = set(report.signatures.values_list("member_id", flat=True))
        for member in seated:
            if member.pk in signed:
                continue
            yield _seat(member, "report.sign", report, since=report.computed_at)
            if abnormal.found_of(lot, member=member.pk):
                yield _seat(member, "scores.correct", lot, since=report.computed_at)
    elif report.sent_at is None:
        yield _run(
            lot.case,
            "report.send",
            report,
            since=report.signed_at,
            clock="C12",
            due_at=law.due_at("C12", since=report.signed_at, **applicable(lot.case, now=now)),
        )


def _to_be_found(one: abnormal.Tally, seated: list[CommitteeMember]) -> Iterator[Due]:
    """The member concerned speaks; then, or when its time is over, whoever has not voted does."""
    proposal, voted = one.proposal, {vote.member_id for vote in one.votes}
    for member in seated:
        if proposal.stated_at is None and member.pk == proposal.score.member_id:
            due = _seat(member, "abnormal_score.state", proposal, since=proposal.proposed_at)
            yield replace(due, due_at=proposal.hear_until_at)
        if member.pk not in voted:
            yield _seat(member, "abnormal_score.vote", proposal, since=proposal.stated_at or proposal.hear_until_at)


def _award(lot: Lot, *, now: datetime.datetime) -> Iterator[Due]:
    """Until a winner is determined. Silence counts only for the first decision (87号令 art. 68)."""
    if awards.live_award(lot) is not None or awards.awards_a_contract(lot, by=None, now=now):
        return
    if not awards.open_candidates(lot, now=now):
        yield _run(lot.case, "lot.declare_unsuccessful", lot, since=_since(lot, Stage.AWARD))
        return
    if lot.follows_id is not None and lot_rules.undecided_before(lot):
        return
    first = not Award.objects.filter(lot=lot).exists() and awards.is_timed(lot.case)
    yield Due(
        action="award.determine",
        subject=lot.ref,
        role=Role.BUYER_OFFICER,
        organisation_id=lot.case.buyer_id,
        since=(awards.decide_since(lot) if first else None) or _since(lot, Stage.AWARD),
        clock=awards.DECIDE_CLOCK if first else "",
        due_at=awards.decide_by(lot, now=now) if first else None,
    )


def deem(task: Task, *, now: datetime.datetime) -> None:
    """C13 ran out: the first candidate is deemed the winner, unless that is refused; then the task stays overdue."""
    lot = Lot.objects.filter(pk=int(task.subject.partition(":")[2])).first()
    if lot is None:
        return
    by = platform_post(now=now)
    # Where a bidder may win only so many lots they follow one another, whichever task fires first.
    for one in lot.case.lots_in_award_order if lot_rules.may_win(lot.case) else (lot,):
        if not can(deem_award, one, by=by, now=now):
            perform(deem_award, one, by=by, now=now)


tasks.FIRES[awards.DECIDE_CLOCK] = deem
