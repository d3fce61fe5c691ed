"""What does the arithmetic of the law make of a lot's rows? Rows in, LotResult out; nothing is computed here."""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from yangcai import law, procedures
from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.rules import applicable
from yangcai.kernel import money
from yangcai.kernel.beneath import may_have
from yangcai.kernel.entries import canonical
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Citation, Refusal
from yangcai.planning.models import Category
from yangcai.procedures import evaluation
from yangcai.procedures.evaluation import merit_first, panel, point_formula
from yangcai.tendering import abnormal, brands, consumables, counting, green, makers, method, partners, standing, vrd
from yangcai.tendering.models import (
    Clarification,
    Committee,
    CommitteeMember,
    Criterion,
    CriterionKind,
    EvaluationReport,
    OpenedBid,
    PreferenceClaim,
    Score,
    Solicitation,
)
from yangcai.tendering.solicitations import solicitation

CLAIMS = {
    PreferenceClaim.NONE: evaluation.Claim.NONE,
    PreferenceClaim.SMALL_MICRO: evaluation.Claim.SMALL_MICRO,
    PreferenceClaim.CONSORTIUM: evaluation.Claim.PARTNER,
}
DRAWS = frozenset({"draw", "draw_brand"})


@dataclass(frozen=True)
class Outcome:
    """The arithmetic's result with the rows that went in; `results` is by OpenedBid id."""

    bids: dict[int, OpenedBid]
    scores: dict[int, dict[str, dict[int, Decimal]]]
    drawn: tuple[str, ...]
    result: evaluation.LotResult

    def of(self, bid: OpenedBid | int) -> evaluation.BidResult:
        return self.result.bids[str(bid if isinstance(bid, int) else bid.pk)]

    def pending(self, kind: str) -> list[OpenedBid]:
        """The bids on which people must still do something: confirm_correction, explain_low_price or score."""
        waiting = [bidder for p in self.result.pending if p.kind == kind for bidder in p.bidders]
        return [self.bids[int(bidder)] for bidder in dict.fromkeys(waiting)]

    @property
    def valid(self) -> list[OpenedBid]:
        return [bid for bid in self.bids.values() if self.of(bid).valid]


@remembered
def seated(lot: Lot) -> list[CommitteeMember]:
    """The members whose opinions count, in the order of the draw: of a signed report those who made it, whatever became
    of their seats since; else those who sit."""
    members = CommitteeMember.objects.filter(committee__case_id=lot.case_id).order_by("pk")
    made_it = _made_by(lot)
    return list(members.filter(pk__in=made_it) if made_it else members.filter(replaced_at__isnull=True))


def _drawn_by(lot: Lot) -> Committee | None:
    """By whose seed the ties of a report that stands were drawn: that of the committee that made it."""
    made_it = _made_by(lot)
    return Committee.objects.filter(members__in=made_it).first() if made_it else None


def _made_by(lot: Lot) -> frozenset[int]:
    """The members who made the report of the lot that stands; nobody while none does."""
    report = latest_report(lot)
    return frozenset(report.result.get("members", ())) if report is not None and report.signed_at else frozenset()


def criteria(lot: Lot) -> list[Criterion]:
    """The criteria of a lot, in their order."""
    return [one for one in _criteria(lot.case) if one.lot_id == lot.pk]


@remembered
def _criteria(case: Case) -> list[Criterion]:
    return list(Criterion.objects.filter(lot__case=case).order_by("pk"))


@remembered
def committee(case: Case) -> Committee | None:
    """The committee of a case that sits, None before it was drawn, and after it was dissolved."""
    if not may_have(case, Committee):
        return None
    return Committee.objects.filter(case=case, dissolved_at__isnull=True).first()


def scored_criteria(lot: Lot) -> list[Criterion]:
    """What members score; the price score is computed, and so is what has a formula of its own."""
    return [one for one in criteria(lot) if one.kind != CriterionKind.PRICE and not one.formula]


def in_sittings(lot: Lot) -> tuple[list[Criterion], list[Criterion]]:
    """What members score first and what afterwards: everything at once, unless the file has merit scored first."""
    file, found = solicitation(lot.case), scored_criteria(lot)
    if file is None or file.merit_first is None:
        return found, []
    merit = [one for one in found if one.kind == CriterionKind.TECHNICAL]
    return merit, [one for one in found if one not in merit]


def waits_for_points(lot: Lot, member: CommitteeMember) -> bool:
    """Where there are two sittings, whether the member has to score something now: its points of every bid's merit, and
    once everybody has given these, the rest of the bids that go on. (A bid that has a score was valid then.)"""
    first, rest = in_sittings(lot)
    given = scores_of(lot)

    def missing(bids: Iterable[int], wanted: list[Criterion], who: int) -> bool:
        return any(who not in given.get(bid, {}).get(one.code, {}) for bid in bids for one in wanted)

    if not given or missing(given, first, member.pk):
        return True
    if any(missing(given, first, other.pk) for other in seated(lot)):
        return False
    return missing(_going_on(lot, first), rest, member.pk)


def _going_on(lot: Lot, merit: list[Criterion]) -> list[int]:
    """The bids up to the rank that the file names, by the points of merit as they stand."""
    file, given = solicitation(lot.case), scores_of(lot)
    assert file is not None and file.merit_first is not None  # else there is one sitting

    def mean(by: dict[int, Decimal]) -> Fraction:
        return panel.mean({str(member): value for member, value in by.items()}, code=file.score_formula)

    counted, technical = (
        counting.computed(lot),
        [one for one in counting.of_lot(lot) if one.kind == CriterionKind.TECHNICAL],
    )

    def of_figures(bid: int) -> Fraction:
        return sum((counted.get(bid, {}).get(one.code, Fraction(0)) for one in technical), Fraction(0))

    points = {str(bid): sum((mean(by[one.code]) for one in merit), of_figures(bid)) for bid, by in given.items()}
    return [int(bid) for bid in merit_first.going_on(points, places=file.merit_first)]


def sheet(lot: Lot, member: CommitteeMember | None, *, now: datetime.datetime) -> list[tuple[OpenedBid, Criterion]]:
    """The pairs that a member has to score now."""
    first, rest = in_sittings(lot)
    found, given = outcome(lot, now=now), scores_of(lot)
    own = member.pk if member is not None else 0
    pairs = [(bid, one) for bid in found.valid for one in first if own not in given.get(bid.pk, {}).get(one.code, {})]
    if pairs or not rest:
        return pairs
    going = [bid for bid in found.valid if found.of(bid).merit_rank is not None and not found.of(bid).left_behind]
    return [(bid, one) for bid in going for one in rest if own not in given.get(bid.pk, {}).get(one.code, {})]


@remembered
def outcome(lot: Lot, *, now: datetime.datetime) -> Outcome:
    """Evaluate the lot as its rows stand now. Ties are drawn by the committee's seed, so it can be repeated."""
    found = standing.standings(lot)
    scores, judges = scores_of(lot), committee(lot.case)
    running, computed = consumables.running_costs(lot), counting.computed(lot)
    given, one_brand = terms(lot, now=now), brands.counted_as(lot)
    claiming = [s.bid for s in found if s.bid.preference != PreferenceClaim.NONE]
    made_by, together = (makers.counted_in(lot) if claiming else {}), counted_together(claiming)
    bids = tuple(
        _bid(
            s,
            scores.get(s.bid.pk, {}),
            running.get(s.bid.pk, Decimal(0)),
            computed.get(s.bid.pk, {}),
            made_by=made_by.get(s.bid.pk, ""),
            counts_as=together.get(s.bid.pk, ""),
            brand=one_brand.get(name := brands.as_compared(s.bid.brand), name),
        )
        for s in found
    )
    drawn: tuple[str, ...] = ()
    while True:
        result = evaluation.evaluate(evaluation.Lot(terms=given, bids=bids, drawn=drawn))
        ties = [p.bidders for p in result.pending if p.kind in DRAWS]
        if ties and not drawn:
            judges = _drawn_by(lot) or judges
        if not ties or judges is None:
            return Outcome(bids={s.bid.pk: s.bid for s in found}, scores=scores, drawn=drawn, result=result)
        for tie in ties:
            seed = vrd.seed_of_tie(judges.draw_seed, lot=lot.pk)
            order = vrd.shuffled((int(bidder) for bidder in tie), seed=seed)
            drawn = (*drawn, *(str(bidder) for bidder in order))


def terms(lot: Lot, *, now: datetime.datetime) -> evaluation.Terms:
    """What the solicitation document says about evaluating the lot. Raises DoesNotExist before it is drafted."""
    case = lot.case
    file = solicitation(case)
    if file is None:
        raise Solicitation.DoesNotExist(f"{case} has no solicitation document")
    own = dict(method.of(case).instead)
    return evaluation.Terms(
        award_by=procedures.AwardBy(lot.evaluation_method),
        category=case.category,
        budget=lot.budget,
        ceiling=lot.ceiling,
        criteria=tuple(
            evaluation.Criterion(
                code=c.code,
                weight=c.weight,
                kind=_kind(c),
                zh=c.title,
                en=c.title,
                merit=c.kind == CriterionKind.TECHNICAL,
            )
            for c in criteria(lot)
        ),
        price_formula=file.price_formula,
        score_formula=file.score_formula,
        decimals=file.rounding,
        # A lot that is set aside gets no price deduction, whatever the other lots get (财库〔2020〕46号 art. 9).
        small_micro_rate=Decimal(0) if lot.is_reserved else file.small_micro_rate,
        partner_rate=Decimal(0) if lot.is_reserved else file.consortium_rate,
        reserved=lot.is_reserved,
        it_system=lot.is_information_system,
        green_rate=file.green_rate if green.preferred(lot) else Decimal(0),
        average_rate=file.average_rate,
        second_rate=file.second_rate,
        ceiling_rate=file.ceiling_rate,
        # The state fixes the rate for goods; goods inside a service are preferred where the document says so.
        domestic_rate=None if case.category == Category.GOODS else file.domestic_rate,
        candidates=_candidates(lot, file, now=now),
        minimum=method.enough(case, Stage.EVALUATION, now=now),
        instead=own,
        by_merit="evaluation.rank_rated" in own,
        merit_first=file.merit_first,
        **applicable(case, now=now),
    )


def counted_together(bids: Iterable[OpenedBid]) -> dict[int, str]:
    """Bid -> the class as which its bidder and the members of its consortium count together, as of the opening."""
    bids = tuple(bids)
    stated = ((bid.supplier, partners.of_bid(bid), bid.opened_at) for bid in bids)
    return {bid.pk: found for bid, found in zip(bids, partners.each_together(stated), strict=True)}


def _candidates(lot: Lot, file: Solicitation, *, now: datetime.datetime) -> int | None:
    """Where a bidder may win only so many lots, as many candidates more as winners of other lots may have to be passed
    over; None: the usual number."""
    key = method.of(lot.case).own("evaluation.candidates")
    if file.max_lots_won is None or not key:
        return None
    usual = law.find(key, **applicable(lot.case, now=now))
    return int(usual.value) + len(lot.case.every_lot()) - 1 if usual is not None else None


def _kind(criterion: Criterion) -> evaluation.Kind:
    if criterion.kind == CriterionKind.PRICE:
        return evaluation.Kind.PRICE
    if criterion.formula:
        return evaluation.Kind.COMPUTED
    return evaluation.Kind.OBJECTIVE if criterion.is_objective else evaluation.Kind.SUBJECTIVE


def _bid(
    found: standing.Standing,
    scores: dict[str, dict[int, Decimal]],
    running_cost: Decimal,
    computed: dict[str, Fraction],
    *,
    made_by: str,
    counts_as: str,
    brand: str,
) -> evaluation.Bid:
    bid = found.bid
    review = getattr(bid, "low_price_review", None)
    decided = review is not None and review.is_accepted is not None
    return evaluation.Bid(
        bidder=str(bid.pk),
        quote=quote(bid),
        qualified=found.step != standing.QUALIFICATION,
        qualification_reason=found.reason,
        responsive=found.step != standing.RESPONSIVENESS,
        responsiveness_reason=found.reason,
        claim=CLAIMS[PreferenceClaim(bid.preference)],
        partner_share=bid.small_micro_share,
        made_by=made_by,
        counts_as=counts_as,
        domestic_share=domestic_share(is_domestic=bid.is_domestic, share=bid.domestic_share),
        brand=brand,
        is_green=bool(bid.green_certificates.strip()),
        correction_confirmed=bid.correction_confirmed,
        explanation=evaluation.Explanation(review.is_accepted, review.decision) if decided else None,
        scores={code: {str(member): value for member, value in by.items()} for code, by in scores.items()},
        running_cost=running_cost,
        computed=computed,
    )


def domestic_share(*, is_domestic: bool, share: Decimal | None) -> Decimal:
    """Of one product its declaration; of several the share of domestic ones in the cost (国办发〔2025〕34号)."""
    return (Decimal(1) if share is None else share) if is_domestic else Decimal(0)


def quote(bid: OpenedBid) -> evaluation.Quote:
    """The offer that counts, in figures and words, and its detailed table: the last one where there was a dialogue. As
    long as an application has named no price the limit stands in its place: pages ask before there is an answer, and
    nothing is recorded before the last offers lie open."""
    limit = bid.lot.budget if bid.lot.ceiling is None else bid.lot.ceiling
    return stated(figures=bid.last.price or limit, words=bid.last.price_in_words, lines=bid.last_lines)


def stated(*, figures: Decimal, words: str, lines: Iterable[Any]) -> evaluation.Quote:
    """What a bid says about its price in yuan; each line has a unit_price, a quantity and an amount."""
    table = tuple(evaluation.Line(unit_price=x.unit_price, quantity=x.quantity, total=x.amount) for x in lines)
    return evaluation.Quote(
        figures=figures,
        words=_readable(words),
        lines=table,
        detail_total=sum((line.total or Decimal(0) for line in table), Decimal(0)) if table else None,
    )


def _readable(words: str) -> str:
    """Words that are no amount cannot contradict the figures."""
    try:
        money.parse_capitals(words)
    except money.MoneyError:
        return ""
    return words


def scores_of(lot: Lot) -> dict[int, dict[str, dict[int, Decimal]]]:
    """bid id -> criterion code -> member id -> points; a replaced member's scores are void (87号令 art. 49), but for
    those under a report that was signed before."""
    return _scores(lot.case).get(lot.pk, {})


@remembered
def _scores(case: Case) -> dict[int, dict[int, dict[str, dict[int, Decimal]]]]:
    """The same for every lot, by its id."""
    found: dict[int, dict[int, dict[str, dict[int, Decimal]]]] = {}
    rows = Score.objects.filter(opened_bid__lot__case=case).order_by("member_id")
    columns = ("member__replaced_at", "opened_bid__lot_id", "opened_bid_id", "criterion__code", "member_id", "value")
    signed: dict[int, frozenset[int]] = {}
    for left_at, lot, bid, code, member, value in rows.values_list(*columns):
        if left_at is not None:
            if not signed:
                signed = {one.pk: _made_by(one) for one in case.every_lot()}
            if member not in signed.get(lot, ()):
                continue
        found.setdefault(lot, {}).setdefault(bid, {}).setdefault(code, {})[member] = value
    return found


def _reasons(lot: Lot) -> dict[str, dict[str, dict[str, str]]]:
    """bid id -> criterion code -> member id -> what the member wrote beside its score."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    rows = Score.objects.filter(opened_bid__lot=lot, member__in=seated(lot)).exclude(reason="")
    for bid, code, member, reason in rows.values_list("opened_bid_id", "criterion__code", "member_id", "reason"):
        found.setdefault(str(bid), {}).setdefault(code, {})[str(member)] = reason
    return found


def record(found: Outcome) -> None:
    """Write on each bid's row why it is invalid, or that it is not, for the screens."""
    for bid in found.bids.values():
        invalid = found.of(bid).invalid
        reason = invalid.zh if invalid else ""
        if bid.invalid_reason != reason:
            OpenedBid.objects.filter(pk=bid.pk).update(invalid_reason=reason)


# --- the frozen result ---------------------------------------------------------------------------------------------


def frozen(lot: Lot, found: Outcome) -> dict[str, Any]:
    """The result as JSON: every step, bid, score and citation; what a report signs, and what screens read."""
    return {
        "method": lot.evaluation_method,
        "formulas": _formulas(lot),
        "members": [member.pk for member in seated(lot)],
        "criteria": [
            {
                "code": c.code,
                "kind": c.kind,
                "title": c.title,
                "weight": str(c.weight),
                "objective": c.is_objective,
                **({"formula": _counted(c)} if c.formula else {}),
            }
            for c in criteria(lot)
        ],
        **({"figures": counting.frozen(lot)} if counting.of_lot(lot) else {}),
        "bidders": {str(pk): bid.supplier.name for pk, bid in found.bids.items()},
        "scores": {
            str(bid): {code: {str(m): str(value) for m, value in by.items()} for code, by in scores.items()}
            for bid, scores in found.scores.items()
        },
        "reasons": _reasons(lot),
        "drawn": list(found.drawn),
        "clarifications": [_clarification(one) for one in _clarifications(lot)],
        **({"abnormal_scores": decided} if (decided := abnormal.frozen(lot)) else {}),
        **({"same_brands": told} if (told := _same_brands(lot)) else {}),
        **_json(found.result),
    }


def _formulas(lot: Lot) -> dict[str, str]:
    """By which formulas of the file the points came about, as far as there are any."""
    file, kinds = solicitation(lot.case), {criterion.kind for criterion in criteria(lot)}
    if file is None:
        return {}
    return {
        **({"price": file.price_formula} if CriterionKind.PRICE in kinds else {}),
        **({"scores": file.score_formula} if scored_criteria(lot) else {}),
    }


def _counted(criterion: Criterion) -> dict[str, str]:
    """How a figure becomes points, as the document said it."""
    zh, en = point_formula.said(
        code=criterion.formula, table=criterion.table, unit=criterion.unit, weight=criterion.weight
    )
    return {"figure": criterion.figure, "unit": criterion.unit, "zh": zh, "en": en}


def _same_brands(lot: Lot) -> list[dict[str, str]]:
    """What the committee stated of the brands, as the members sign it."""
    return [
        {"brand": one.brand, "other": one.other, "reason": one.reason, "stated_at": one.stated_at.isoformat()}
        for one in brands.stated(lot)
    ]


def _clarifications(lot: Lot) -> list[Clarification]:
    return list(Clarification.objects.filter(opened_bid__lot=lot).order_by("asked_at", "pk"))


def _clarification(one: Clarification) -> dict[str, Any]:
    """One question with its answer, as the members sign it; no answer stays empty."""
    return {
        "bidder": str(one.opened_bid_id),
        "ground": one.ground,
        "page": one.page,
        "question": one.question,
        "asked_at": one.asked_at.isoformat(),
        "answer": one.answer,
        "signed_as": one.signed_as,
        "answered_at": one.answered_at.isoformat() if one.answered_at else "",
        "is_accepted": one.is_accepted,
        "opinion": one.opinion,
    }


def digest(result: dict[str, Any]) -> str:
    """SHA-256 of a result in its canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(result)).hexdigest()


def latest_report(lot: Lot) -> EvaluationReport | None:
    """The newest report of a lot, signed or not; None before anything was computed."""
    found = latest_reports(lot.case).get(lot.pk)
    if found is not None:
        found.lot = lot
    return found


@remembered
def computed(lot: Lot) -> EvaluationReport | None:
    """The newest report of a lot, as far as it was not made by a committee that was dissolved before it was signed."""
    report = latest_report(lot)
    return None if report is None or is_void(report) else report


def is_void(report: EvaluationReport) -> bool:
    """Whether the committee that made the report was dissolved before everybody had signed it (87号令 art. 49)."""
    if report.signed_at is not None:
        return False
    gone = Committee.objects.filter(case_id=report.lot.case_id, dissolved_at__gte=report.computed_at)
    return gone.exists()


@remembered
def latest_reports(case: Case) -> dict[int, EvaluationReport]:
    """lot id -> its newest report."""
    newest = EvaluationReport.objects.filter(lot__case=case).order_by("lot_id", "-revision").distinct("lot_id")
    return {report.lot_id: report for report in newest}


def _json(value: Any) -> Any:
    match value:
        case Refusal() | Citation():
            return value.as_dict()
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Decimal() | Fraction() | datetime.date():
            return str(value)
        case dict():
            return {str(key): _json(one) for key, one in value.items()}
        case list() | tuple():
            return [_json(one) for one in value]
    if is_dataclass(value):
        return {field.name: _json(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no place in a report")
