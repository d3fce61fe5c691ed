"""Is everything that a source leaves out filled lawfully, and is every filling listed?"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from yangcai import law, procedures
from yangcai.kernel import calendar
from yangcai.kernel.calendar import SHANGHAI, day_of
from yangcai.procedures import engine
from yangcai.procedures.committee import composition
from yangcai.replay.casefile import parse_case, read_case
from yangcai.replay.compare import Observed, compare
from yangcai.replay.defaults import Completed, complete
from yangcai.replay.published import Award, CaseFile, Lot

CASES = Path(__file__).resolve().parents[2] / "cases"
SHIPPED = sorted(path for path in CASES.rglob("*.yaml") if path.parent.name != "left-out")

HEAD = """\
yangcai: case/1
id: sample
source: 公告 1
title: 样例
buyer: {name: 采购人}
jurisdiction: "620171"
category: services
method: open_tender
"""


def completed(text: str) -> Completed:
    return complete(published=parse_case(data=(HEAD + text).encode()))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_published_dates_stay_and_the_rest_follows_lawfully():
    case = completed('budget: "500000.00"\ndates: {award: 2024-06-12T15:00}\nlots: [{lot: "1"}]\n').case
    dates = case.dates
    assert dates.award == dt.datetime(2024, 6, 12, 15, 0, tzinfo=SHANGHAI)
    # 10 June 2024 was a holiday: the working day before 12 June is the 11th.
    assert dates.opening == dates.submission_closes == dt.datetime(2024, 6, 11, 9, 30, tzinfo=SHANGHAI)
    assert dates.invitation is not None and day_of(dates.invitation) == day("2024-05-17")
    assert dates.documents is not None and day_of(dates.documents[1]) == day("2024-05-24")
    assert dates.intention is not None and day_of(dates.intention) == day("2024-04-16")
    assert dates.contract is not None and day_of(dates.contract) == day("2024-06-19")
    assert dates.acceptance is not None and day_of(dates.acceptance) == day("2024-07-19")
    assert dates.payment is not None and day_of(dates.payment) == day("2024-07-26")


def test_from_the_invitation_the_deadline_leaves_full_days():
    case = completed("dates: {invitation: 2026-01-26}\nlots: [{lot: '1'}]\n").case
    # The worked example D12: twenty days end in the Spring Festival; the safe deadline is 25 February.
    assert case.dates.submission_closes is not None
    assert day_of(case.dates.submission_closes) == day("2026-02-25")


def test_a_correction_moves_the_opening_with_the_deadline():
    text = (
        "dates: {invitation: 2024-02-08T17:58, submission_closes: 2024-03-01T09:00, opening: 2024-03-01T09:00}\n"
        "events: [{on: 2024-02-23T12:07, kind: correction, submission_closes: 2024-03-11T09:00}]\n"
        'lots: [{lot: "1"}]\n'
    )
    dates = completed(text).case.dates
    assert dates.submission_closes == dt.datetime(2024, 3, 1, 9, 0, tzinfo=SHANGHAI)
    assert dates.opening == dt.datetime(2024, 3, 11, 9, 0, tzinfo=SHANGHAI)


def test_nothing_published_still_gives_a_complete_case():
    done = completed('lots: [{lot: "1"}]\n')
    lot = done.case.lots[0]
    assert done.case.budget == lot.budget == Decimal("1000000.00")
    assert [bid.supplier.name for bid in lot.bids] == ["未公布供应商1", "未公布供应商2", "未公布供应商3"]
    assert [str(bid.price) for bid in lot.bids] == ["950000.00", "1000000.00", "1000000.00"]


def test_an_awarded_case_gets_bidders_that_lose():
    text = (
        'budget: "900000.00"\nceiling: "880000.00"\nlots:\n  - lot: "1"\n    bids:\n'
        '      - supplier: {name: 甲}\n        price: "870000.00"\n'
        'outcome: {status: awarded, awards: [{lot: "1", supplier: 甲, amount: "870000.00"}]}\n'
    )
    lot = completed(text).case.lots[0]
    assert lot.ceiling == Decimal("880000.00")
    assert [str(bid.price) for bid in lot.bids] == ["870000.00", "880000.00", "880000.00"]
    totals = totals_of(lot)
    assert max(totals, key=lambda name: totals[name]) == "甲"


def test_a_failed_case_gets_one_bidder_too_few_and_no_contract():
    case = completed('lots: [{lot: "1"}]\noutcome: {status: unsuccessful}\n').case
    fewest = law.value("bidders.submitted", on=day_of(case.dates.invitation or day("2026-03-02")))
    assert len(case.lots[0].bids) == fewest - 1
    assert case.dates.contract is None and case.dates.payment is None
    assert all(bid.panel == {} for bid in case.lots[0].bids)


def test_published_bidders_of_a_failed_case_are_not_filled_up():
    case = read_case(path=CASES / "nanping-2026-sports.yaml")
    bids = complete(published=case).case.lots[0].bids
    assert [bid.valid for bid in bids] == [True, True, False]


def test_price_scores_give_the_prices_that_were_not_published():
    done = complete(published=read_case(path=CASES / "zhongshan-2020-laboratory.yaml"))
    lot = done.case.lots[0]
    assert lot.evaluation is not None
    prices = [bid.price for bid in lot.bids]
    assert prices == [Decimal("1267500.00"), Decimal("1345541.40"), Decimal("1286802.03")]
    scores = [(prices[0] * 20 / price).quantize(Decimal("0.01")) for price in prices if price and prices[0]]
    assert scores == [Decimal("20.00"), Decimal("18.84"), Decimal("19.70")]
    assert any("反推" in sentence.zh for sentence in done.assumed)


def test_a_price_preference_enters_the_implied_price():
    text = (
        'budget: "2000.00"\nlots:\n  - lot: "1"\n    evaluation:\n'
        "      criteria: [{code: price, weight: 30}, {code: technical, weight: 70}]\n"
        '      price_preference: {small_micro: "0.10"}\n    bids:\n'
        '      - {supplier: {name: 甲}, price: "900.00"}\n'
        "      - {supplier: {name: 乙}, prefer: small_micro}\n"
        '      - {supplier: {name: 丙}, price: "1000.00"}\n'
        'outcome: {status: awarded, awards: [{lot: "1", supplier: 甲}], price_scores: {"1": {甲: "30", 乙: "25"}}}\n'
    )
    lot = completed(text).case.lots[0]
    # 900 × 30 ÷ 25 = 1080 after the deduction of 10%: 1200 before it.
    assert lot.bids[1].price == Decimal("1200.00")
    assert lot.bids[1].supplier.size == "small" and lot.bids[0].supplier.size == "medium"


OPEN_WEIGHTS = """\
lots:
  - lot: "1"
    evaluation: {criteria: [{code: price, weight: 40}, {code: technical}, {code: business}]}
    bids:
      - {supplier: {name: 甲}, price: "900.00", panel: {technical: ["32", "30", "31", "31", "31"]}}
      - {supplier: {name: 乙}, price: "1000.00", scores: {technical: "14"}}
"""


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        (OPEN_WEIGHTS, {"price": 40, "technical": 32, "business": 28}),
        (OPEN_WEIGHTS.replace("price, weight: 40", "price"), {"price": 10, "technical": 32, "business": 58}),
        (
            OPEN_WEIGHTS.replace('technical: "14"', 'technical: "14", business: "20"'),
            {"price": 40, "technical": 36, "business": 24},
        ),
    ],
)
def test_criteria_without_published_points_hold_the_published_scores(text, weights):
    """The best score stays possible; what is left goes to those of which nothing is known, else to all."""
    done = completed(text)
    evaluation = done.case.lots[0].evaluation
    assert evaluation is not None
    assert {one.code: one.weight for one in evaluation.criteria} == weights
    assert not any(one.open for one in evaluation.criteria)
    assert any("points of some criteria" in sentence.en for sentence in done.assumed)


def smallest_committee(case: CaseFile) -> int:
    """As many members as the method's law asks for at least."""
    committee = procedures.get(case.method).committee
    assert committee is not None and case.dates.invitation is not None
    return composition(committee=committee, budget=Decimal(0), on=day_of(case.dates.invitation)).size


def totals_of(lot: Lot) -> dict[str, Decimal]:
    """Total per evaluated bidder: lowest-first price score plus the mean of each criterion, as the law computes it;
    where nothing is scored the price alone counts, the lowest most."""
    rates = lot.evaluation.price_preference
    prices = {bid.supplier.name: bid.price * (1 - rates.get(bid.prefer, 0)) for bid in lot.bids if bid.valid}
    cent = Decimal(1).scaleb(-lot.evaluation.rounding)
    totals = {}
    if lot.evaluation.method != "rated":
        return {name: -price for name, price in prices.items()}
    for bid in lot.bids:
        if bid.valid:
            score = (min(prices.values()) / prices[bid.supplier.name] * lot.evaluation.weight("price")).quantize(cent)
            totals[bid.supplier.name] = score + sum(means_of(bid.panel).values(), Decimal(0))
    return totals


def means_of(panel: Mapping[str, tuple[Decimal, ...]]) -> dict[str, Decimal]:
    return {code: sum(members, Decimal(0)) / len(members) for code, members in panel.items()}


def members_of(lot: Lot) -> dict[str, dict[str, tuple[Decimal, ...]]]:
    """Each member's scores, and what they come to with the bid's price score."""
    totals = totals_of(lot)
    found: dict[str, dict[str, tuple[Decimal, ...]]] = {}
    for bid in lot.bids:
        name, scores = bid.supplier.name, list(zip(*bid.panel.values(), strict=True))
        price_score = totals.get(name, Decimal(0)) - sum(means_of(bid.panel).values(), Decimal(0))
        found[name] = dict(bid.panel) | {"total": tuple(price_score + sum(one, Decimal(0)) for one in scores)}
    return found


@pytest.mark.long
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_case_completes_to_the_published_figures(path):
    """The completed bids alone, evaluated by hand, give back the published winners, totals and ranking."""
    published = read_case(path=path)
    done = complete(published=published)
    case = done.case
    totals: dict[str, dict[str, Decimal]] = {}
    ranking: dict[str, tuple[str, ...]] = {}
    awards: list[Award] = []
    for lot in case.lots:
        assert lot.evaluation is not None and lot.budget is not None
        if lot.evaluation.method == "rated":
            assert sum(criterion.weight for criterion in lot.evaluation.criteria) == 100
        for bid in lot.bids:
            assert bid.price is not None and 0 < bid.price <= lot.budget
            assert bid.supplier.size
            assert (
                bid.received is not None and case.dates.invitation is not None and bid.received > case.dates.invitation
            )
            for code, members in bid.panel.items():
                assert all(0 <= member <= lot.evaluation.weight(code) for member in members)
                assert len(members) % 2 == 1 and len(members) >= smallest_committee(case)
        totals[lot.lot] = totals_of(lot)
        ranking[lot.lot] = tuple(sorted(totals[lot.lot], key=lambda name: -totals[lot.lot][name]))
        if any(award.lot == lot.lot for award in published.outcome.awards):
            won = [award.supplier for award in awards]
            free = [name for name in ranking[lot.lot] if not case.max_lots_won or won.count(name) < case.max_lots_won]
            first = next(bid for bid in lot.bids if bid.supplier.name == free[0])
            awards.append(Award(lot.lot, first.supplier.name, first.price))
    closes = [case.dates.submission_closes, *(event.submission_closes for event in case.events)]
    dates = {name: getattr(case.dates, name) for name in case.dates.__dataclass_fields__}
    observed = Observed(
        status=published.outcome.status,
        awards=tuple(awards),
        totals=totals,
        ranking=ranking,
        price_scores=published.outcome.price_scores,
        prices={lot.lot: {bid.supplier.name: bid.price for bid in lot.bids} for lot in case.lots},
        partners={
            lot.lot: {bid.supplier.name: tuple((p.kind, p.name) for p in bid.partners) for bid in lot.bids}
            for lot in case.lots
        },
        valid={lot.lot: {bid.supplier.name: bid.valid for bid in lot.bids} for lot in case.lots},
        means={lot.lot: {bid.supplier.name: means_of(bid.panel) for bid in lot.bids} for lot in case.lots},
        members={lot.lot: members_of(lot) for lot in case.lots},
        dates=dates | {"submission_closes": [moment for moment in closes if moment][-1]},
    )
    assert compare(published=published, observed=observed).differences == ()
    assert done.assumed, "no source states everything"
    assert len(set(done.assumed)) == len(done.assumed)


@pytest.mark.long
@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_case_keeps_the_shortest_windows(path):
    """Published or filled in, the dates of a case that is expected to pass break no window."""
    case = complete(published=read_case(path=path)).case
    dates, region = case.dates, case.jurisdiction
    assert dates.invitation and dates.documents and dates.submission_closes and dates.intention and dates.award
    on = day_of(dates.invitation)
    method = procedures.get(case.method)
    window = engine.step(procedure=method, stage="submission").window
    supply = engine.step(procedure=method, stage="invitation").documents
    given = {"code": "short", "on": on, "jurisdiction": region}
    if window:
        closes = day_of(dates.submission_closes)
        assert engine.too_short(window, opens=day_of(dates.documents[0]), closes=closes, **given) is None
    if supply:
        assert engine.too_short(supply, opens=on, closes=day_of(dates.documents[1]), **given) is None
    assert calendar.days_between(day_of(dates.intention), on) > 30
    assert dates.submission_closes <= (dates.opening or dates.submission_closes) < dates.award
    if dates.contract:
        assert dates.award < dates.contract
        assert day_of(dates.contract) <= calendar.add_days(day_of(dates.award), 30, region=region)


def test_the_refused_cases_do_break_a_rule():
    case = complete(published=read_case(path=CASES / "refused" / "shenzhen-2020-lockers.yaml")).case
    assert case.dates.documents and case.dates.submission_closes
    assert calendar.days_between(day_of(case.dates.documents[0]), day_of(case.dates.submission_closes)) == 13
    bids = complete(published=read_case(path=CASES / "refused" / "yichang-2025-irrigation.yaml")).case.lots[0].bids
    assert [bid.valid for bid in bids] == [True, True, False]


def test_sentences_stand_in_both_languages():
    for sentence in completed('lots: [{lot: "1"}]\n').assumed:
        assert sentence.in_language("zh") != sentence.in_language("en")
        assert sentence.in_language("en").isascii() or "未公布供应商" in sentence.en
