"""What came out of a walk, read from the platform's own rows?"""

from decimal import Decimal
from typing import Any

from yangcai.cases.models import Award, Case, CaseEnd, Lot
from yangcai.cases.periods import closing_at
from yangcai.contracts.models import Acceptance, Contract, PaymentRequest
from yangcai.planning.models import Intention, Publicity
from yangcai.replay import published
from yangcai.replay.compare import Observed
from yangcai.tendering.models import EvaluationReport, OpenedBid, Solicitation


def observe(case: Case) -> Observed:
    """Everything that the comparison may ask for."""
    price_scores: dict[str, dict[str, Decimal]] = {}
    totals: dict[str, dict[str, Decimal]] = {}
    ranking: dict[str, tuple[str, ...]] = {}
    prices: dict[str, dict[str, Decimal]] = {}
    valid: dict[str, dict[str, bool]] = {}
    partners: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {}
    means: dict[str, dict[str, dict[str, Decimal]]] = {}
    members: dict[str, dict[str, dict[str, tuple[Decimal, ...]]]] = {}
    for lot in Lot.objects.filter(case=case):
        bids = list(OpenedBid.objects.filter(lot=lot).select_related("supplier", "final_offer"))
        prices[lot.number] = {b.supplier.name: b.last.price for b in bids}
        valid[lot.number] = {b.supplier.name: not _failed(b) for b in bids}
        partners[lot.number] = {b.supplier.name: tuple((p.kind, p.name) for p in b.partners.all()) for b in bids}
        report = EvaluationReport.objects.filter(lot=lot).order_by("-revision").first()
        if report is not None:
            price_scores[lot.number], totals[lot.number], ranking[lot.number] = _scores(report.result)
            means[lot.number], members[lot.number] = _of_members(report.result)
    awards = Award.objects.filter(lot__case=case, refused_at=None).select_related("lot", "supplier").order_by("pk")
    return Observed(
        status=_status(case, bool(awards)),
        awards=tuple(published.Award(a.lot.number, a.supplier.name, a.amount) for a in awards),
        price_scores=price_scores,
        totals=totals,
        ranking=ranking,
        prices=prices,
        valid=valid,
        partners=partners,
        means=means,
        members=members,
        dates=_dates(case),
    )


def _status(case: Case, awarded: bool) -> str:
    if case.end_kind == CaseEnd.TERMINATED:
        return "terminated"
    return "awarded" if awarded else "unsuccessful" if case.end_kind == CaseEnd.UNSUCCESSFUL else ""


def _failed(bid: OpenedBid) -> bool:
    return bool(bid.invalid_reason) or bid.findings.filter(passed=False, voided_at=None).exists()


def _scores(result: dict[str, Any]) -> tuple[dict[str, Decimal], dict[str, Decimal], tuple[str, ...]]:
    names = result["bidders"]
    bids = {names[pk]: bid for pk, bid in result["bids"].items()}
    ranked = sorted((bid["rank"], name) for name, bid in bids.items() if bid.get("rank") is not None)
    return (
        {name: Decimal(bid["price_score"]) for name, bid in bids.items() if bid.get("price_score") is not None},
        {name: Decimal(bid["total"]) for name, bid in bids.items() if bid.get("total") is not None},
        tuple(name for _rank, name in ranked),
    )


def _of_members(
    result: dict[str, Any],
) -> tuple[dict[str, dict[str, Decimal]], dict[str, dict[str, tuple[Decimal, ...]]]]:
    """Supplier → criterion → the mean, and each member's score; under PANEL_TOTAL what a member's scores and the price
    score add up to."""
    means: dict[str, dict[str, Decimal]] = {}
    members: dict[str, dict[str, tuple[Decimal, ...]]] = {}
    for pk, bid in result["bids"].items():
        name = result["bidders"][pk]
        means[name] = {code: Decimal(mean) for code, mean in (bid.get("means") or {}).items()}
        by_code = {code: {m: Decimal(v) for m, v in by.items()} for code, by in result["scores"].get(pk, {}).items()}
        members[name] = {code: tuple(by.values()) for code, by in by_code.items()}
        if by_code and bid.get("price_score") is not None:
            judges = {member for by in by_code.values() for member in by}
            added = (sum((by.get(judge, Decimal(0)) for by in by_code.values()), Decimal(0)) for judge in judges)
            members[name][published.PANEL_TOTAL] = tuple(Decimal(bid["price_score"]) + points for points in added)
    return means, members


def _dates(case: Case) -> dict[str, Any]:
    """When each step was taken; the opening of a failed tender is the one that was announced."""
    solicitation = Solicitation.objects.filter(case=case).first()
    intention = Intention.objects.filter(plan_items__cases=case).first()
    publicity = Publicity.objects.filter(plan_item__cases=case).first()
    award = Award.objects.filter(lot__case=case, announced_at__isnull=False).order_by("announced_at").first()
    failed = Lot.objects.filter(case=case, outcome="unsuccessful").order_by("outcome_at").first()
    contract = Contract.objects.filter(case=case).order_by("signed_at").first()
    acceptance = Acceptance.objects.filter(contract__case=case).order_by("pk").first()
    paid = PaymentRequest.objects.filter(contract__case=case, paid_at__isnull=False).order_by("-paid_at").first()
    closes = closing_at(case)
    supply = (solicitation.documents_from or case.published_at, solicitation.supply_closes_at) if solicitation else None
    return {
        "intention": intention.published_at if intention else None,
        "publicity": publicity.opens_at if publicity else None,
        "invitation": case.published_at,
        "documents": supply,
        "submission_closes": closes,
        "opening": case.opening.begun_at if hasattr(case, "opening") else closes,
        "award": award.announced_at if award else failed.outcome_at if failed else None,
        "contract": contract.signed_at if contract else None,
        "acceptance": acceptance.at if acceptance else None,
        "payment": paid.paid_at if paid else None,
    }
