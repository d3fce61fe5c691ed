"""What may each role see of an evaluation, and from when on?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from yangcai.cases import queries as cases
from yangcai.cases.models import Case, Lot
from yangcai.kernel.actions import scope, standing
from yangcai.kernel.reading import remembered
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering import arithmetic, method
from yangcai.tendering.models import (
    AbnormalScore,
    AwardAnnulment,
    AwardLetter,
    Clarification,
    Committee,
    CommitteeMember,
    Criterion,
    EvaluationReport,
    Finding,
    LowPriceReview,
    OpenedBid,
    ReportSignature,
    ReviewRequest,
    SameBrand,
)
from yangcai.tendering.rules.committee.seats import member_at
from yangcai.tendering.rules.evaluation.scores import has_submitted, is_rated
from yangcai.tendering.standing import opened

# --- who belongs to it ---------------------------------------------------------------------------------------------


def sits_on(case: Case, post: Post) -> bool:
    """Whether this post has a seat in the case's committee that was not given to somebody else."""
    return member_at(case, post) is not None


cases.ALSO_STANDING.append(lambda case, post: post.role == Role.EXPERT and sits_on(case, post))


def _seated(post: Post) -> Q:
    """谈判小组确认谈判文件 (74号令 art. 8): its members read the case before the notice, from their draw on."""
    if post.role != Role.EXPERT:
        return Q(pk__in=[])
    seats = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True)
    return Q(pk__in=seats.order_by().values("committee__case_id"))


cases.ALSO_READ.append(_seated)


# --- the committee: secret until the award notice (87号令 art. 47) ----------------------------------------------------


@scope(Committee)
def visible_committees(post: Post | None, now: datetime.datetime) -> QuerySet[Committee]:
    """The buyer's side, the overseers and the members know that there is one; seed and pool could tell who."""
    if post is None:
        return Committee.objects.none()
    if post.role == Role.EXPERT:
        return Committee.objects.filter(members__post=post, members__replaced_at__isnull=True)
    return Committee.objects.filter(cases.run_by(post, "case__"))


@standing(Committee)
def concerns_committee(committee: Committee, post: Post) -> bool:
    """Whom its case concerns."""
    return cases.concerns_case(committee.case, post)


@scope(CommitteeMember)
def visible_members(post: Post | None, now: datetime.datetime) -> QuerySet[CommitteeMember]:
    """Seats, not names (see `seats`): the side that must replace an absent member; a member's own seat."""
    found = CommitteeMember.objects.select_related("committee__case", "post")
    if post is None:
        return found.none()
    return found.filter(Q(post=post) if post.role == Role.EXPERT else cases.run_by(post, "committee__case__"))


@standing(CommitteeMember)
def concerns_member(member: CommitteeMember, post: Post) -> bool:
    """An expert's own seat alone; else whoever runs or oversees the case."""
    if post.role == Role.EXPERT:
        return member.post_id == post.pk
    return cases.runs_or_oversees(member.committee.case, post)


@remembered
def names_are_public(case: Case, now: datetime.datetime) -> bool:
    """From the award notice on; with several lots, once none of them is being judged any more."""
    announced = any(award.announced_at is not None and award.announced_at <= now for award in case.every_award())
    return announced and not any(lot.stage_at(now) in method.judging(case) for lot in case.every_lot())


@dataclass(frozen=True)
class Seat:
    """A member as a reader may see it: `name` and `unit` are empty while they are secret to that reader."""

    member: CommitteeMember
    number: int
    name: str
    unit: str

    @property
    def is_representative(self) -> bool:
        return self.member.expert_id is None


def seats(case: Case, post: Post | None, now: datetime.datetime) -> list[Seat]:
    """The committee for this reader. The agent's side and fellow members see a name once its bearer has signed in."""
    public = names_are_public(case, now)
    is_member = post is not None and post.role == Role.EXPERT and sits_on(case, post)
    inside = is_member or cases.runs_or_oversees(case, post)
    if not public and not inside:
        return []
    shown, number, committee_id = [], 0, 0
    for member in (one for one in _ever(case) if inside or one.replaced_at is None):
        number, committee_id = (number + 1 if member.committee_id == committee_id else 1), member.committee_id
        own = post is not None and member.post.person_id == post.person_id
        shown.append(_seat(member, number, is_known=public or own or member.signed_in_at is not None))
    return shown


@remembered
def _ever(case: Case) -> tuple[CommitteeMember, ...]:
    """Everybody who was ever called into the committee."""
    found = CommitteeMember.objects.filter(committee__case=case)
    return tuple(found.select_related("committee", "post__person", "post__organisation").order_by("committee_id", "pk"))


def _seat(member: CommitteeMember, number: int, *, is_known: bool) -> Seat:
    name, unit = (member.post.person.name, member.post.organisation.name) if is_known else ("", "")
    return Seat(member, number, name, unit)


def seats_by_key(keys: Iterable[int], *, post: Post) -> dict[int, Seat]:
    """Seats of many committees at once, as `seats` shows them to those inside: key -> seat, in one query, however many.
    Whoever is outside reads no name here, even where it is public by now."""
    before = CommitteeMember.objects.filter(committee=OuterRef("committee"), pk__lte=OuterRef("pk")).order_by()
    number = before.values("committee").annotate(n=Count("pk")).values("n")
    found = CommitteeMember.objects.filter(pk__in=set(keys)).annotate(number=Subquery(number))
    shown: dict[int, Seat] = {}
    for member in found.select_related("committee__case", "post__person", "post__organisation").order_by("pk"):
        own = member.post.person_id == post.person_id
        inside = cases.runs_or_oversees(member.committee.case, post) and member.signed_in_at is not None
        shown[member.pk] = _seat(member, member.number, is_known=own or inside)
    return shown


def published_members(case: Case, now: datetime.datetime) -> list[dict[str, Any]]:
    """The list that the award notice carries (87号令 art. 69): empty while it is still secret. Who made a report that
    stands is on it, although the committee was dissolved afterwards, for another lot."""
    if not names_are_public(case, now):
        return []
    ever = _ever(case)
    stands = any(one.committee.dissolved_at for one in ever)
    judges = {one.pk for lot in case.every_lot() for one in arithmetic.seated(lot)} if stands else set()
    return [
        {
            "name": member.post.person.name,
            "is_representative": member.expert_id is None,
            "is_chosen": member.chosen_id is not None,
            "is_chair": member.is_chair,
        }
        for member in ever
        if member.replaced_at is None or member.pk in judges
    ]


# --- findings, scores, results -------------------------------------------------------------------------------------


def outcome_is_told(lot: Lot, post: Post, now: datetime.datetime) -> bool:
    """Whether this bidder has its letter: after the award notice, when the lot has failed, or when it was put out."""
    return AwardLetter.objects.filter(lot=lot, supplier_id=post.organisation_id, issued_at__lte=now).exists()


def sees_findings(lot: Lot, post: Post | None) -> bool:
    """The buyer's side, the overseers and the committee see what was found on every bid."""
    return cases.runs_or_oversees(lot.case, post) or (post is not None and sits_on(lot.case, post))


def findings(lot: Lot, post: Post | None, now: datetime.datetime) -> QuerySet[Finding]:
    """Every finding for those inside; a bidder's own once the outcome is told."""
    found = Finding.objects.filter(opened_bid__lot=lot, voided_at__isnull=True)
    found = found.select_related("opened_bid__supplier", "clause").order_by(
        "opened_bid_id", "clause__kind", "clause__number"
    )
    if sees_findings(lot, post):
        return found
    if post is not None and post.role == Role.SUPPLIER and outcome_is_told(lot, post, now):
        return found.filter(opened_bid__supplier_id=post.organisation_id)
    return found.none()


@scope(LowPriceReview)
def visible_low_price_reviews(post: Post | None, now: datetime.datetime) -> QuerySet[LowPriceReview]:
    """For those inside; a bidder sees its own at once, because it has to answer."""
    found = LowPriceReview.objects.select_related("opened_bid__supplier", "opened_bid__lot__case").order_by("pk")
    if post is None:
        return found.none()
    if post.role == Role.SUPPLIER:
        return found.filter(opened_bid__supplier_id=post.organisation_id)
    if post.role == Role.EXPERT:
        seat = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True).values("committee__case")
        return found.filter(opened_bid__lot__case__in=seat)
    return found.filter(cases.run_by(post, "opened_bid__lot__case__"))


@scope(Clarification)
def visible_clarifications(post: Post | None, now: datetime.datetime) -> QuerySet[Clarification]:
    """The bidder that is asked, the committee, whoever runs or oversees the case: never another bidder. A buyer with
    an agent reads them with the report (87号令 art. 66)."""
    found = Clarification.objects.select_related("opened_bid__supplier", "opened_bid__lot__case")
    if post is None:
        return found.none()
    if post.role == Role.SUPPLIER:
        return found.filter(opened_bid__supplier_id=post.organisation_id)
    if post.role == Role.EXPERT:
        seat = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True).values("committee__case")
        return found.filter(opened_bid__lot__case__in=seat)
    side = cases.run_by(post, "opened_bid__lot__case__")
    if post.role in BUYER:
        sent = EvaluationReport.objects.filter(lot=OuterRef("opened_bid__lot"), sent_at__lte=now)
        side &= Q(opened_bid__lot__case__agent__isnull=True) | Q(Exists(sent))
    return found.filter(side)


@standing(Clarification)
def concerns_clarification(asked: Clarification, post: Post) -> bool:
    """The bidder that was asked, and whom the case concerns."""
    if post.role == Role.SUPPLIER:
        return asked.opened_bid.supplier_id == post.organisation_id
    return cases.concerns_case(asked.opened_bid.lot.case, post)


@scope(SameBrand)
def visible_same_brands(post: Post | None, now: datetime.datetime) -> QuerySet[SameBrand]:
    """The committee, whoever runs or oversees the case; a buyer with an agent reads it with the report (87号令 art.
    66), a bidder with its letter."""
    found = SameBrand.objects.select_related("lot__case", "committee")
    if post is None:
        return found.none()
    if post.role == Role.EXPERT:
        seat = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True).values("committee__case")
        return found.filter(lot__case__in=seat)
    side = cases.run_by(post, "lot__case__")
    if post.role in BUYER:
        sent = EvaluationReport.objects.filter(lot=OuterRef("lot"), sent_at__lte=now)
        side &= Q(lot__case__agent__isnull=True) | Q(Exists(sent))
    return found.filter(side)


@standing(SameBrand)
def concerns_same_brand(stated: SameBrand, post: Post) -> bool:
    """Whom its case concerns."""
    return cases.concerns_case(stated.lot.case, post)


@scope(EvaluationReport)
def visible_reports(post: Post | None, now: datetime.datetime) -> QuerySet[EvaluationReport]:
    """Members and agent see a report when it is computed, the buyer when it is sent; bidders get letters instead."""
    found = EvaluationReport.objects.select_related("lot__case")
    if post is None:
        return found.none()
    if post.role == Role.EXPERT:
        seat = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True).values("committee__case")
        return found.filter(lot__case__in=seat)
    if post.role in BUYER:
        own = found.filter(lot__case__buyer_id=post.organisation_id)
        return own.filter(Q(sent_at__lte=now) | Q(lot__case__agent__isnull=True))
    return found.filter(cases.run_by(post, "lot__case__"))


@standing(EvaluationReport)
def concerns_report(report: EvaluationReport, post: Post) -> bool:
    """Whom its case concerns."""
    return cases.concerns_case(report.lot.case, post)


@scope(ReviewRequest)
def visible_review_requests(post: Post | None, now: datetime.datetime) -> QuerySet[ReviewRequest]:
    """Whoever may read the report that was checked."""
    found = ReviewRequest.objects.select_related("report__lot__case").order_by("pk")
    return found.filter(report__in=visible_reports(post, now)) if post is not None else found.none()


@standing(ReviewRequest)
def concerns_review_request(asked: ReviewRequest, post: Post) -> bool:
    """Whom its case concerns."""
    return cases.concerns_case(asked.report.lot.case, post)


@scope(AbnormalScore)
def visible_abnormal_scores(post: Post | None, now: datetime.datetime) -> QuerySet[AbnormalScore]:
    """The committee, whoever runs or oversees the case; a buyer with an agent reads it with the report (87号令 art.
    66). A bidder reads no member's score."""
    found = AbnormalScore.objects.select_related(
        "lot__case", "score__opened_bid__supplier", "score__criterion", "score__member__post__person"
    ).order_by("pk")
    if post is None:
        return found.none()
    if post.role == Role.EXPERT:
        seat = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True).values("committee__case")
        return found.filter(lot__case__in=seat)
    side = cases.run_by(post, "lot__case__")
    if post.role in BUYER:
        sent = EvaluationReport.objects.filter(lot=OuterRef("lot"), sent_at__lte=now)
        side &= Q(lot__case__agent__isnull=True) | Q(Exists(sent))
    return found.filter(side)


@standing(AbnormalScore)
def concerns_abnormal_score(proposal: AbnormalScore, post: Post) -> bool:
    """Whom its case concerns."""
    return cases.concerns_case(proposal.lot.case, post)


def report_for(lot: Lot, post: Post | None, now: datetime.datetime) -> EvaluationReport | None:
    """The latest report that this reader may see."""
    return visible_reports(post, now).filter(lot=lot).order_by("-revision").first()


def signatures(report: EvaluationReport) -> QuerySet[ReportSignature]:
    """Who signed, in order, with dissent; for readers of the report."""
    return report.signatures.select_related("member__post__person").order_by("signed_at", "pk")


@dataclass(frozen=True)
class ScoreRow:
    """One bid in the table: points by criterion and member (None where this reader may not see them, or none yet)."""

    bid: OpenedBid
    points: dict[str, dict[int, Any]]
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreTable:
    """What this reader sees: criteria across, bids down; `seats` are the columns within a criterion."""

    criteria: list[Criterion]
    seats: list[Seat]
    rows: list[ScoreRow]
    result: dict[str, Any]


def score_table(lot: Lot, post: Post | None, now: datetime.datetime) -> ScoreTable | None:
    """The scores as this reader may see them; None when there is nothing to see.

    A member sees only its own scores until every member has submitted; then the committee sees all. Agent and
    overseers see all once computed, the buyer with the report. A bidder sees its own bid once the outcome is told.
    """
    report = report_for(lot, post, now)
    if report is not None and arithmetic.is_void(report):
        report = None
    case, criteria = lot.case, arithmetic.criteria(lot)
    member = member_at(case, post) if post is not None and post.role == Role.EXPERT else None
    if member is not None:
        complete = not is_rated(lot) or all(has_submitted(lot, seat) for seat in arithmetic.seated(lot))
        return _table(lot, post, now, criteria, report, only_member=None if complete else member)
    if report is not None:
        return _table(lot, post, now, criteria, report)
    if post is not None and post.role == Role.SUPPLIER and outcome_is_told(lot, post, now):
        latest = arithmetic.latest_report(lot)
        return _own_row(lot, post, criteria, latest) if latest else None
    return None


def _table(
    lot: Lot,
    post: Post | None,
    now: datetime.datetime,
    criteria: list[Criterion],
    report: EvaluationReport | None,
    *,
    only_member: CommitteeMember | None = None,
) -> ScoreTable:
    scores = arithmetic.scores_of(lot)
    result = report.result if report else {}
    judges = {member.pk for member in arithmetic.seated(lot)}
    shown = [seat for seat in seats(lot.case, post, now) if seat.member.pk in judges]
    if only_member is not None:
        shown = [seat for seat in shown if seat.member.pk == only_member.pk]
    rows = []
    for bid in opened(lot):
        points = {
            criterion.code: {
                seat.member.pk: scores.get(bid.pk, {}).get(criterion.code, {}).get(seat.member.pk) for seat in shown
            }
            for criterion in criteria
        }
        rows.append(ScoreRow(bid, points, result.get("bids", {}).get(str(bid.pk), {})))
    return ScoreTable(criteria, shown, _by_rank(rows), result)


def _own_row(lot: Lot, post: Post, criteria: list[Criterion], report: EvaluationReport) -> ScoreTable | None:
    """Own means, total and rank; nobody else's, and no member's (87号令 art. 69)."""
    bid = OpenedBid.objects.filter(lot=lot, supplier_id=post.organisation_id).select_related("supplier").first()
    if bid is None:
        return None
    return ScoreTable(criteria, [], [ScoreRow(bid, {}, report.result["bids"].get(str(bid.pk), {}))], {})


def _by_rank(rows: Iterable[ScoreRow]) -> list[ScoreRow]:
    return sorted(rows, key=lambda row: (row.result.get("rank") is None, row.result.get("rank") or 0, row.bid.pk))


# --- the outcome ---------------------------------------------------------------------------------------------------


@scope(AwardAnnulment)
def visible_annulments(post: Post | None, now: datetime.datetime) -> QuerySet[AwardAnnulment]:
    """Those of the buyer's side and the overseers: until it is confirmed nobody else hears of it."""
    found = AwardAnnulment.objects.select_related("award__lot__case", "proposed_by", "answered_by")
    return found.none() if post is None else found.filter(cases.run_by(post, "award__lot__case__"))


@scope(AwardLetter)
def visible_letters(post: Post | None, now: datetime.datetime) -> QuerySet[AwardLetter]:
    """A bidder's own letters; all of them for the buyer's side and the overseers."""
    found = AwardLetter.objects.select_related("lot__case", "supplier").order_by("-issued_at", "rank", "pk")
    if post is None:
        return found.none()
    if post.role == Role.SUPPLIER:
        return found.filter(supplier_id=post.organisation_id, issued_at__lte=now)
    return found.filter(cases.run_by(post, "lot__case__"))


@standing(AwardLetter)
def concerns_letter(letter: AwardLetter, post: Post) -> bool:
    """The supplier it is written to, and whoever runs or oversees the case."""
    if post.role == Role.SUPPLIER:
        return letter.supplier_id == post.organisation_id
    return cases.runs_or_oversees(letter.lot.case, post)
