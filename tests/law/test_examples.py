"""Do the 85 worked examples of the law, each computed twice by hand elsewhere, come out of the platform's own rules?

The file lies beside the project (../shared/data); where it is absent, the tests skip and say so. An example without a
check here fails: nothing is skipped silently.
"""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from yangcai import law, procedures
from yangcai.kernel import calendar, money
from yangcai.law.figures import (
    compensation,
    complaint_abuse,
    complaint_time,
    elimination,
    fines,
    late_payment,
    securities,
    set_aside,
    share,
    sme_size,
    splitting,
    supplement,
)
from yangcai.procedures import AwardBy, committee, engine
from yangcai.procedures.evaluation import (
    Bid,
    Claim,
    Criterion,
    Explanation,
    Kind,
    Line,
    Lot,
    Quote,
    Terms,
    abnormally_low,
    arithmetic_correction,
    evaluate,
    panel,
    price_preference,
    price_score,
)

FILE = Path(__file__).parents[3] / "shared" / "data" / "law_examples.json"
TODAY = date(2026, 11, 23)

Example = dict[str, Any]
CHECKS: dict[str, Callable[[Example, Example], Any]] = {}


def check(*ids: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the computation of some examples: (inputs, expected) -> what must equal `expected`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        CHECKS.update(dict.fromkeys(ids, function))
        return function

    return register


def load() -> list[Example]:
    if not FILE.exists():
        return []
    return json.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)["examples"]


def plain(value: Any) -> Any:
    """Numbers as Decimal, dates as text, so that 30 equals 30.0 and a date equals its ISO form."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else Decimal(value)


@pytest.mark.skipif(not FILE.exists(), reason="../shared/data/law_examples.json is not beside the project")
def test_there_are_85_examples_and_each_has_its_check() -> None:
    ids = [example["id"] for example in load()]
    assert len(ids) == 85
    assert set(ids) == set(CHECKS)


@pytest.mark.skipif(not FILE.exists(), reason="../shared/data/law_examples.json is not beside the project")
@pytest.mark.parametrize("example", load(), ids=lambda example: example["id"])
def test_the_example_comes_out_as_computed_by_hand(example: Example) -> None:
    assert plain(CHECKS[example["id"]](example["inputs"], example["expected"])) == plain(example["expected"])


# --- prices -----------------------------------------------------------------------------------------------------


def terms(**changes: Any) -> Terms:
    given: dict[str, Any] = {
        "award_by": AwardBy.RATED,
        "category": "goods",
        "budget": Decimal(2_000_000),
        "on": TODAY,
        "small_micro_rate": Decimal("0.10"),
        "partner_rate": Decimal("0.04"),
    }
    return Terms(**(given | changes))


def points(weight: Decimal, prices: dict[str, Any]) -> dict[str, Decimal]:
    amounts = {bidder: Decimal(price) for bidder, price in prices.items()}
    return price_score.price_scores(prices=amounts, weight=weight * 100, decimals=2).scores


@check("P01", "P02")
def scores(inputs: Example, expected: Example) -> Any:
    return points(inputs["weight"], inputs["bids"])


@check("P03")
def deduction_then_score(inputs: Example, expected: Example) -> Any:
    weight = inputs["weight"] * 100
    criteria = (Criterion("price", weight, Kind.PRICE), Criterion("rest", 100 - weight, Kind.SUBJECTIVE))
    bids = tuple(
        Bid(
            bidder,
            Quote(Decimal(price)),
            claim=Claim.SMALL_MICRO if bidder in inputs["sme_deduction"] else Claim.NONE,
            scores={"rest": {"1": Decimal(50)}},
        )
        for bidder, price in inputs["bids"].items()
    )
    result = evaluate(Lot(terms(criteria=criteria, small_micro_rate=inputs["sme_deduction"]["B"]), bids))
    assert result.ranking[0] == "B"
    return {
        "eval_price": {bidder: bid.evaluated_price for bidder, bid in result.bids.items()},
        "scores": {bidder: bid.price_score for bidder, bid in result.bids.items()},
        "winner_contract_price_if_B": result.bids["B"].bid_price,
    }


@check("P05", "P07")
def partner(inputs: Example, expected: Example) -> Any:
    preference = price_preference.prefer(
        price=Decimal(inputs["bid"]),
        terms=terms(partner_rate=inputs["rate"]),
        claim=Claim.PARTNER,
        partner_share=inputs["small_micro_share"],
    )
    return {"eval_price": preference.evaluated_price}


def domestic_lot(prices: dict[str, Any], shares: dict[str, Any], on: date) -> Any:
    bids = tuple(
        Bid(bidder, Quote(Decimal(price)), domestic_share=Decimal(shares[bidder]), explanation=Explanation(True))
        for bidder, price in prices.items()
    )
    # Two bids make no tender: the number of bidders is another example's question.
    return evaluate(Lot(terms(award_by=AwardBy.LOWEST, on=on, minimum="framework.eliminate_least"), bids))


@check("P11")
def domestic(inputs: Example, expected: Example) -> Any:
    shares = {bidder: int(bidder in inputs["domestic"]) for bidder in inputs["bids"]}
    result = domestic_lot(inputs["bids"], shares, date.fromisoformat("2026-03-01"))
    evaluated = {bidder: bid.evaluated_price for bidder, bid in result.bids.items()}
    assert law.history("price_preference.domestic")[0].since.isoformat() == inputs["effective"]
    return {"eval_price": evaluated, "lowest": result.ranking[0], "scores_w30": points(Decimal("0.3"), evaluated)}


@check("P12")
def stacked(inputs: Example, expected: Example) -> Any:
    preference = price_preference.prefer(
        price=Decimal(inputs["bid"]),
        terms=terms(small_micro_rate=inputs["sme_rate"]),
        claim=Claim.SMALL_MICRO,
        domestic_share=inputs["domestic_ratio"],
        mixed_origin=True,
    )
    return {"eval_price": preference.evaluated_price}


@check("P13", "P14")
def package(inputs: Example, expected: Example) -> Any:
    exact = Fraction(inputs["domestic_cost"], inputs["domestic_cost"] + inputs["other_cost"])
    price = inputs.get("bid") or inputs["price_domestic"] + inputs["price_other"]
    preference = price_preference.prefer(
        price=Decimal(price), terms=terms(), domestic_share=money.rounded(exact, places=10), mixed_origin=True
    )
    return {"ratio": money.rounded(exact, places=4), "eval_price": preference.evaluated_price}


@check("P15")
def domestic_order(inputs: Example, expected: Example) -> Any:
    result = domestic_lot(inputs["bids"], inputs["domestic_ratio"], TODAY)
    evaluated = {bidder: bid.evaluated_price for bidder, bid in result.bids.items()}
    return {"eval_price": evaluated, "order": result.ranking}


@check("P17")
def final_offers(inputs: Example, expected: Example) -> Any:
    band = law.value("evaluation.price_weight.consultation_goods", on=TODAY)
    assert band["min"] <= inputs["weight"] <= band["max"]
    prices = {bidder: Decimal(price) for bidder, price in inputs["last_quotes"].items()}
    result = price_score.price_scores(prices=prices, weight=inputs["weight"] * 100, decimals=2)
    return {"base": result.base, "scores": result.scores}


@check("P18")
def weighted(inputs: Example, expected: Example) -> Any:
    factors = {name: Decimal(points) for name, points in inputs["F"].items()}
    return {"total": panel.weighted_total(factors, inputs["A"])}


@check("L01", "L02", "L03", "L04", "L06")
def low_prices(inputs: Example, expected: Example) -> Any:
    rates = inputs.get("rates", [None, None, None])
    ceiling = inputs["ceiling"]
    given = terms(
        budget=Decimal(inputs.get("budget") or ceiling),
        ceiling=None if ceiling is None else Decimal(ceiling),
        average_rate=rates[0],
        second_rate=rates[1],
        ceiling_rate=rates[2],
    )
    prices = {str(n): Decimal(price) for n, price in enumerate(inputs["bids"])}
    found = abnormally_low.screen(prices=prices, terms=given)
    lowest = min(prices, key=prices.__getitem__)
    assert not set(found.hits) - {lowest}
    tests = [abnormally_low.AVERAGE, abnormally_low.SECOND, abnormally_low.CEILING]
    hits = [tests.index(test) + 1 for test in found.hits.get(lowest, ())]
    lines = {f"{'avg' if t == 'average' else t}_line": money.rounded(found.lines[t], places=3) for t in tests}
    return {"lowest": prices[lowest], **lines, "hit": hits, "review": bool(hits)}


@check("C01")
def opening_list(inputs: Example, expected: Example) -> Any:
    quote = Quote(Decimal(inputs["opening_list"]), detail_total=Decimal(inputs["detail_total"]))
    return {"corrected": arithmetic_correction.correct(quote).price}


@check("C02")
def words(inputs: Example, expected: Example) -> Any:
    assert money.parse_capitals(inputs["words"]) == inputs["words_value"]
    quote = Quote(Decimal(inputs["figures"]), words=inputs["words"])
    return {"corrected": arithmetic_correction.correct(quote).price}


@check("C03")
def slipped_point(inputs: Example, expected: Example) -> Any:
    quote = Quote(Decimal(inputs["opening_total"]), lines=(Line(inputs["unit"], Decimal(inputs["qty"])),))
    corrected = arithmetic_correction.correct(quote)
    return {"corrected_total": corrected.price, "corrected_unit": corrected.lines[0].unit_price}


@check("C04")
def unit_prices(inputs: Example, expected: Example) -> Any:
    line = Line(Decimal(inputs["unit"]), Decimal(inputs["qty"]))
    return {
        "corrected_total": arithmetic_correction.correct(Quote(Decimal(inputs["stated_total"]), lines=(line,))).price
    }


@check("C05")
def not_confirmed(inputs: Example, expected: Example) -> Any:
    wrong = Quote(Decimal(118_000), lines=(Line(Decimal(1200), Decimal(100)),))
    bids = (
        Bid("A", wrong, correction_confirmed=inputs["confirmed"]),
        *(Bid(b, Quote(Decimal(130_000))) for b in "BCD"),
    )
    result = evaluate(Lot(terms(award_by=AwardBy.LOWEST, budget=Decimal(200_000)), bids))
    refusal = result.bids["A"].invalid
    assert refusal is not None and refusal.citation is not None and refusal.citation.article == "第五十九条"
    return {"valid": result.bids["A"].valid}


# --- money ------------------------------------------------------------------------------------------------------


@check("M01")
def bid_security(inputs: Example, expected: Example) -> Any:
    return {"max_bond": securities.largest_bid_security(budget=Decimal(inputs["budget"]), on=TODAY)}


@check("M03")
def performance_security(inputs: Example, expected: Example) -> Any:
    return {"max_bond": securities.largest_performance_security(amount=Decimal(inputs["contract"]), on=TODAY)}


@check("M04")
def late_return(inputs: Example, expected: Example) -> Any:
    assert law.value("bid_security.late_uplift", on=TODAY) == inputs["uplift"]
    interest = securities.late_return(
        security=Decimal(inputs["principal"]),
        days=inputs["days"],
        benchmark=inputs["benchmark"],
        day_basis=inputs["basis"],
        on=TODAY,
    )
    return {"interest": interest}


@check("M05")
def late_interest(inputs: Example, expected: Example) -> Any:
    return {"interest": late_payment.late_payment(amount=Decimal(inputs["amount"]), days=inputs["days"], on=TODAY)}


@check("M07", "M08")
def supplements(inputs: Example, expected: Example) -> Any:
    added = [Decimal(amount) for amount in inputs["supplements"]]
    found = supplement.growth(original=Decimal(inputs["original"]), added=added, on=TODAY)
    return {"ratio": money.rounded(found.ratio, places=6), "allowed": found.allowed}


@check("M10")
def add_on(inputs: Example, expected: Example) -> Any:
    found = supplement.growth(
        original=Decimal(inputs["original"]), added=[Decimal(inputs["addon"])], on=TODAY, rule=supplement.ADD_ON
    )
    return {"ratio": money.rounded(found.ratio, places=4), "allowed": found.allowed}


@check("M09")
def fine(inputs: Example, expected: Example) -> Any:
    low, high = fines.supplier_fine(amount=Decimal(inputs["amount"]), on=TODAY)
    return {"min": low, "max": high}


@check("M11")
def research_cost(inputs: Example, expected: Example) -> Any:
    cost = Decimal(inputs["eligible_cost"])
    return {"compensation": compensation.compensation(eligible_cost=cost, agreed_rate=inputs["rate"])}


@check("S01", "S02", "S03")
def split(inputs: Example, expected: Example) -> Any:
    bought = [splitting.Purchase(Decimal(i["amount"]), i["method"], i.get("approved", False)) for i in inputs["items"]]
    found = splitting.splitting(purchases=bought, threshold=Decimal(inputs["threshold"]))
    return {"counted": found.counted, "splitting": found.exceeds}


@check("Q04")
def quota(inputs: Example, expected: Example) -> Any:
    found = set_aside.set_aside(category="goods", total=Decimal(inputs["total"]), on=TODAY)
    return {"min_reserved": found.reserved, "min_small_micro": found.small_micro}


@check("T01")
def implied_total(inputs: Example, expected: Example) -> Any:
    return {"total": share.whole_of(part=inputs["sme"], share=inputs["share"])}


@check("T02")
def average(inputs: Example, expected: Example) -> Any:
    return {"mean": share.mean_of(total=inputs["budget"], count=inputs["projects"])}


# --- people and enterprises ---------------------------------------------------------------------------------------


@check("K01", "K02")
def composition(inputs: Example, expected: Example) -> Any:
    rules = procedures.get(inputs["method"]).committee
    assert rules is not None
    found = committee.composition(committee=rules, budget=Decimal(inputs["budget"]), on=TODAY)
    even = committee.check(
        committee=rules, experts=found.size, buyer_members=1, budget=Decimal(inputs["budget"]), on=TODAY
    )
    return {
        "min_members": found.size,
        "odd": [refusal.code for refusal in even] == ["committee_size"],
        "min_experts": found.experts,
        "max_purchaser_reps": found.buyer_members,
    }


@check("F01", "F04", "F05")
def entrants(inputs: Example, expected: Example) -> Any:
    by_quality = inputs["rate"] == law.value("framework.eliminate_quality", on=TODAY)
    assert by_quality or inputs["rate"] == law.value("framework.eliminate", on=TODAY)
    found = elimination.elimination(qualified=inputs["qualified"], on=TODAY, by_quality=by_quality)
    return {"min_eliminated": found.eliminated, "max_entrants": found.entrants}


@check("E01", "E02", "E05", "E06", "E08", "E12")
def size(inputs: Example, expected: Example) -> Any:
    industry = {"agri": "agriculture"}.get(inputs["industry"], inputs["industry"])
    given = {"employees": inputs.get("emp"), "revenue_wan": inputs.get("rev"), "assets_wan": inputs.get("ast")}
    if inputs["industry"] == "property":  # the example counts employees, as 物业管理 does; 房地产 counts assets
        industry = "property_management"
    return {"size": sme_size.sme_size(industry=industry, on=TODAY, **given)}


@check("X01", "X02")
def abuse(inputs: Example, expected: Example) -> Any:
    found = complaint_abuse.abuse(unfounded=[date.fromisoformat(day) for day in inputs["dates"]], on=TODAY)
    return {"count_in_window": found.count, "list_it": found.listed}


# --- time ---------------------------------------------------------------------------------------------------------


def last_day(moment: Any) -> date:
    """The day that ends at this instant."""
    return (moment - calendar.ONE_DAY).date()


def by_clock(clock_id: str) -> Callable[[Example, Example], Any]:
    """A plain deadline: the clock itself must carry the number of days that the example states."""

    def compute(inputs: Example, expected: Example) -> Any:
        start = date.fromisoformat(inputs["start"])
        clock = law.clock(clock_id)
        rule = law.cited(clock.rule, on=start)
        assert {rule.unit: rule.value} == {key: inputs[key] for key in ("days", "working_days") if key in inputs}
        due = law.due(clock_id, start=start, on=start)
        found = last_day(due) if clock.kind == "at_most" else due.date()
        raw = {"raw": calendar.due_on(start, rule.value, rule.unit, rounding="none")} if "raw" in expected else {}
        return raw | {"last_day": found}

    return compute


for name, clock_name in {
    "D01": "C28", "D02": "C29", "D04": "C35", "D05": "C31", "D06": "C32", "D07": "C33", "D08": "C14", "D09": "C20",
    "D10": "C21", "D11": "C22", "D16": "C07", "D17": "C04", "D24": "C16", "D25": "C09", "D28": "C12", "D29": "C13",
    "D32": "C24", "D37": "C27", "D42": "C15",
}.items():  # fmt: skip
    check(name)(by_clock(clock_name))


@check("D03")
def answer_then_complaint(inputs: Example, expected: Example) -> Any:
    received = date.fromisoformat(inputs["challenge_received"])
    answer = last_day(law.due("C29", start=received, on=received))
    return {"answer_due": answer, "complaint_last_day": last_day(law.due("C30", start=answer, on=received))}


def windows(key: str) -> Callable[[Example, Example], Any]:
    def compute(inputs: Example, expected: Example) -> Any:
        start = date.fromisoformat(inputs["start"])
        assert law.value(key, on=start) == inputs["days"]
        found = engine.window(key, start=start, on=start)
        raw = calendar.due_on(start, inputs["days"], "days", rounding="none")
        return {"raw": raw, "floor": found.floor_on, "strict": found.strict_on}

    return compute


check("D12", "D13", "D15")(windows("submission.open_tender"))
check("D14")(windows("submission.consultation"))


@check("D18")
def notice_period(inputs: Example, expected: Example) -> Any:
    start = date.fromisoformat(inputs["start"])
    assert law.value("notice.invitation.open_tender", on=start) == inputs["working_days"]
    return {"last_day": engine.window("notice.invitation.open_tender", start=start, on=start).floor_on}


@check("D19")
def result_then_objection(inputs: Example, expected: Example) -> Any:
    published = date.fromisoformat(inputs["published"])
    expires = engine.window("notice.award.period", start=published, on=published).floor_on
    objection = last_day(law.due("C28", start=expires, on=published))
    return {"notice_expires": expires, "challenge_last_day": objection}


def corrections(key: str) -> Callable[[Example, Example], Any]:
    def compute(inputs: Example, expected: Example) -> Any:
        notice, deadline = (date.fromisoformat(inputs[name]) for name in ("notice", "deadline"))
        found = engine.extension(key, corrected=notice, closes=deadline, on=notice)
        values = {"gap": found.gap, "must_extend": found.must_extend, "new_floor": found.floor_on}
        return {name: values[name] for name in expected}

    return compute


check("D20", "D21")(corrections("correction.open_tender"))
check("D22")(corrections("correction.consultation"))
check("D23")(corrections("correction.negotiation"))


@check("D27")
def intention(inputs: Example, expected: Example) -> Any:
    published = date.fromisoformat(inputs["published"])
    return {"earliest_start": law.due("C01", start=published, on=published).date()}


@check("D31")
def payment(inputs: Example, expected: Example) -> Any:
    accepted = date.fromisoformat(inputs["accepted"])
    longest = law.value("payment.sme_agreed", on=accepted)
    return {
        "default_due": last_day(law.due("C25", start=accepted, on=accepted)),
        "max_due_raw": calendar.due_on(accepted, longest, "days", rounding="none"),
        "max_due": last_day(law.due("C25b", start=accepted, on=accepted)),
    }


@check("D36")
def draw(inputs: Example, expected: Example) -> Any:
    evaluation = date.fromisoformat(inputs["evaluation"])
    ahead = law.value("committee.draw", on=evaluation)
    return {"earliest_draw": calendar.working_days_before(evaluation, ahead)}


@check("D38")
def decision(inputs: Example, expected: Example) -> Any:
    first, last = (date.fromisoformat(day) for day in inputs["pause"])
    received = date.fromisoformat(inputs["received"])
    found = complaint_time.decision_time(received=received, excluded=[(first, last)], on=received)
    return {"base_due": found.base_on, "paused_working_days": found.excluded, "due": found.due_on}


@check("H05")
def working_days(inputs: Example, expected: Example) -> Any:
    first, last = date.fromisoformat(inputs["from_"]), date.fromisoformat(inputs["to"])
    return {"working_days": calendar.working_days_within(first, last)}
