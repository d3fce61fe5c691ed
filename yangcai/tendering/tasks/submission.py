"""What is due from the drafting of the document to the end of the opening, and which securities are to go back?"""

import datetime
from collections.abc import Iterable, Iterator

from yangcai import law
from yangcai.cases import periods
from yangcai.cases.models import Case, EvaluationMethod, Lot, Stage
from yangcai.cases.rules import applicable, runner
from yangcai.kernel import tasks
from yangcai.kernel.beneath import may_have
from yangcai.kernel.models import Rooted
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.tendering import consortia, method, prequalified, reconfirming
from yangcai.tendering.method import has, of, step_of
from yangcai.tendering.models import (
    Bid,
    BidSecurity,
    Correction,
    CorrectionReceipt,
    Criterion,
    InvitedBy,
    Invitee,
    OpenedBid,
    Opening,
    Participation,
    PaymentTerm,
    Solicitation,
    SupplierDraw,
)
from yangcai.tendering.policies import has_two_covers, takes_sealed
from yangcai.tendering.rules.bids import holders, live_bids, released, whole_bids
from yangcai.tendering.rules.opening import enough_bids, opening_of, pending_lots
from yangcai.tendering.rules.prequalification.qualified import enough_came_through, too_few_came_through
from yangcai.tendering.solicitations import solicitation


def _next(case: Case, code: str, subject: Rooted, *, since: datetime.datetime, due_at: datetime.datetime | None) -> Due:
    """Something for whoever runs the case."""
    role, organisation = runner(case)
    return Due(code, subject.ref, role, since, organisation_id=organisation, due_at=due_at)


@tasks.due_on(Case)
def preparation(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Each part of the document, then its confirmation, then its publication."""
    if case.published_at is not None or case.stage_at(now) != Stage.PREPARATION:
        return
    since, file = case.opened_at, solicitation(case)
    missing = []
    if file is None:
        missing.append(_next(case, "solicitation.draft", case, since=since, due_at=None))
    if not PaymentTerm.objects.filter(case=case).exists():
        missing.append(_next(case, "payment_terms.define", case, since=since, due_at=None))
    if file is not None:
        missing += _suppliers(case, file, since=since, now=now)
    judged = Lot.objects.filter(case=case, evaluation_method=EvaluationMethod.RATED, follows__isnull=True)
    for lot in judged.order_by("pk"):
        if not Criterion.objects.filter(lot=lot).exists():
            missing.append(_next(case, "criteria.define", lot, since=since, due_at=None))
    yield from missing
    if missing or file is None:
        return
    if file.confirmed_at is None:
        yield Due(
            "solicitation.confirm", case.ref, Role.BUYER_REVIEWER, since=case.opened_at, organisation_id=case.buyer_id
        )
    elif prequalified.is_the_way(case) and prequalified.concluded(case) is None:
        return  # the invitations wait for the list of the qualified
    elif has(case, Stage.SUBMISSION) and (
        file.committee_confirmed_at is not None or not method.file_confirmed_by_committee(case)
    ):
        yield _next(case, "invitation.publish", case, since=file.confirmed_at, due_at=None)


def _suppliers(case: Case, file: Solicitation, *, since: datetime.datetime, now: datetime.datetime) -> list[Due]:
    """Where no notice calls them, the suppliers are found first."""
    if file.invited_by == InvitedBy.PREQUALIFICATION:
        return _prequalified(case, since=since, now=now)
    way, drawn = file.invited_by, SupplierDraw.objects.filter(case=case).exists()
    listed = Invitee.objects.filter(case=case).exists()
    asked = {InvitedBy.NAMED: "suppliers.name", InvitedBy.RECOMMENDATION: "suppliers.recommend"}.get(InvitedBy(way))
    if asked and not listed:
        return [Due(asked, case.ref, Role.BUYER_OFFICER, since, organisation_id=case.buyer_id)]
    if not drawn and (way == InvitedBy.LIBRARY or (way == InvitedBy.RECOMMENDATION and of(case).pool)):
        return [_next(case, "suppliers.draw", case, since=since, due_at=None)]
    return []


def _prequalified(case: Case, *, since: datetime.datetime, now: datetime.datetime) -> list[Due]:
    """Its file first; a draw from its list where the file says so; where too few came through another round, or the
    end of the case once suppliers were drawn."""
    found, drawn = prequalified.latest(case), prequalified.is_drawn(case)
    if drawn and too_few_came_through(case, now=now):
        return [_next(case, "case.terminate", case, since=(found and found.concluded_at) or since, due_at=None)]
    if found is None or (found.concluded_at is not None and not enough_came_through(found, now=now)):
        began = since if found is None or found.concluded_at is None else found.concluded_at
        return [_next(case, "prequalification.draft", case, since=began, due_at=None)]
    if found.concluded_at is None or drawn:
        return []
    if Invitee.objects.filter(case=case, is_chosen=True).exists():
        return []
    return [_next(case, "suppliers.draw", case, since=found.concluded_at, due_at=None)]


@tasks.due_on(Case)
def shortest_periods(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """C04, C05 and C08: what may not end earlier. Nobody's task; the case page shows them."""
    if case.published_at is None or case.ended_at is not None or opening_of(case) is not None:
        return
    file = solicitation(case)
    if (
        file is None
        or file.documents_from is None
        or not has(case, Stage.INVITATION)
        or not has(case, Stage.SUBMISSION)
    ):
        return
    submission = step_of(case, Stage.SUBMISSION)
    yield from _window(case, step_of(case, Stage.INVITATION).documents, since=case.published_at, now=now)
    yield from _window(case, submission.window, since=file.documents_from, now=now)
    if not may_have(case, Correction):
        return
    last = Correction.objects.filter(case=case, affects_bids=True).order_by("-number").first()
    if last is not None:
        yield from _window(case, submission.correction, since=last.at, now=now)


def _window(case: Case, rule: str, *, since: datetime.datetime, now: datetime.datetime) -> Iterator[Due]:
    """The clock of the case's method that counts this rule."""
    for clock in law.clocks(procedure=case.procedure):
        if rule and clock.rule == rule:
            due_at = law.due_at(clock.id, since=since, **applicable(case, now=now))
            yield Due("", case.ref, "", since, clock=clock.id, due_at=due_at)


#: Whoever lets the deadline pass does not bid; it has not failed to do anything.
tasks.LAPSES |= {"bid.submit", "bid.upload", "documents.obtain"}


@tasks.due_on(Case)
def submission(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Bids until the deadline, from those who have the documents; the opening at the deadline."""
    closes_at = periods.closing_at(case) if case.published_at and case.ended_at is None else None
    if closes_at is None or opening_of(case) is not None:
        return
    yield _next(case, "opening.begin", case, since=closes_at, due_at=closes_at)
    if now >= closes_at:
        return
    lots = pending_lots(case)
    bidders = _bidders(case, lots)
    codes = {lot.pk: "bid.upload" if takes_sealed(lot) else "bid.submit" for lot in lots}
    participations = list(Participation.objects.filter(case=case))
    holders = {one.supplier_id for one in participations}
    invited = Invitee.objects.filter(case=case, invited_at__isnull=False).exclude(supplier_id__in=holders)
    for invitee in invited if may_have(case, Invitee) else ():
        yield Due(
            "documents.obtain",
            case.ref,
            Role.SUPPLIER,
            invitee.invited_at or closes_at,
            organisation_id=invitee.supplier_id,
            due_at=closes_at,
        )
    elsewhere = consortia.joined_in(case)
    for participation in (one for one in participations if one.supplier_id not in bidders):
        for lot in lots:
            if (lot.pk, participation.supplier_id) in elsewhere:
                continue  # its leader bids for it
            yield Due(
                codes[lot.pk],
                lot.ref,
                Role.SUPPLIER,
                participation.obtained_at,
                organisation_id=participation.supplier_id,
                due_at=closes_at,
            )


def _bidders(case: Case, lots: Iterable[Lot]) -> set[int]:
    """Who has a bid in, with all its covers."""
    if not may_have(case, Bid):
        return set()
    if not has_two_covers(case):
        return set(live_bids(lot__case=case).values_list("supplier_id", flat=True))
    return {supplier for lot in lots for supplier in whole_bids(lot).values_list("supplier_id", flat=True)}


@tasks.due_on(Case, having=[Correction])
def corrections(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Whoever has the documents is told of every correction, until it acknowledges or bids are in (87号令 art. 27)."""
    closes_at = periods.closing_at(case) if case.published_at and case.ended_at is None else None
    if closes_at is None or now >= closes_at:
        return
    for correction in Correction.objects.filter(case=case).order_by("number"):
        read = CorrectionReceipt.objects.filter(correction=correction).values("supplier_id")
        for participation in holders(correction).exclude(supplier_id__in=read):
            yield Due(
                "correction.acknowledge",
                correction.ref,
                Role.SUPPLIER,
                correction.at,
                organisation_id=participation.supplier_id,
                due_at=closes_at,
            )


#: Silence loses nothing: the bid stands as it was handed in.
tasks.LAPSES |= {"bid.reconfirm"}


@tasks.due_on(Case, having=[Correction])
def reconfirmations(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Whose bid came before the newest substantive correction is reminded, until it confirms it or hands in another."""
    closes_at = periods.closing_at(case) if case.published_at and case.ended_at is None else None
    if closes_at is None or now >= closes_at or opening_of(case) is not None:
        return
    last = next(reversed(reconfirming.substantive(case)), None)
    if last is None or not may_have(case, Bid):
        return
    live = Bid.objects.filter(
        lot__case=case, stage=Stage.SUBMISSION, replaced_at__isnull=True, withdrawn_at__isnull=True
    )
    older = live.filter(received_at__lt=last.at, lot__in=[lot.pk for lot in pending_lots(case)])
    for bid in older.exclude(reconfirmations__correction=last).order_by("pk"):
        yield Due("bid.reconfirm", bid.ref, Role.SUPPLIER, last.at, organisation_id=bid.supplier_id, due_at=closes_at)


@tasks.due_on(Case, having=[Opening])
def opening(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """The bidders' confirmation and the end of the opening; lots with too few bids are declared unsuccessful."""
    begun = opening_of(case) if case.published_at and case.ended_at is None else None
    if begun is None:
        return
    for lot in pending_lots(case):
        if lot.stage_at(now) == Stage.OPENING and not enough_bids(lot, now=now):
            yield _next(case, "lot.declare_unsuccessful", lot, since=begun.begun_at, due_at=None)
    if begun.concluded_at is not None:
        return
    yield _next(case, "opening.conclude", case, since=begun.begun_at, due_at=None)
    silent = OpenedBid.objects.filter(lot__case=case, record_confirmed_at__isnull=True, record_objection="")
    for opened in silent:
        yield Due("opening.confirm", opened.ref, Role.SUPPLIER, begun.begun_at, organisation_id=opened.supplier_id)


@tasks.due_on(Case, having=[BidSecurity])
def securities(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """C16 to C19: each security that is to go back, with its own legal time."""
    if case.published_at is None:
        return
    role, organisation = runner(case)
    for security in BidSecurity.objects.filter(case=case, returned_at__isnull=True, kept_reason=""):
        found = released(security)
        if found is None:
            continue
        since, clock = found
        yield Due(
            "bid_security.return",
            security.ref,
            role,
            since,
            organisation_id=organisation,
            clock=clock,
            due_at=law.due_at(clock, since=since, **applicable(case, now=now)),
        )
