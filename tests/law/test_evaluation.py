"""Does the evaluation of a lot run in the order of the law, keep every step, and stop where people must decide?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yangcai import procedures
from yangcai.kernel.money import MoneyError
from yangcai.procedures import AwardBy
from yangcai.procedures.evaluation import (
    Bid,
    Claim,
    Criterion,
    EvaluationError,
    Explanation,
    Kind,
    Line,
    Lot,
    Quote,
    Terms,
    arithmetic_correction,
    check_terms,
    evaluate,
    panel,
    price_score,
)

ON = date(2026, 3, 2)
CRITERIA = (
    Criterion("price", Decimal(30), Kind.PRICE),
    Criterion("certificates", Decimal(20), Kind.OBJECTIVE),
    Criterion("plan", Decimal(50), Kind.SUBJECTIVE),
)
RATED = Terms(
    award_by=AwardBy.RATED,
    category="goods",
    budget=Decimal(1_000_000),
    ceiling=Decimal(980_000),
    on=ON,
    criteria=CRITERIA,
    small_micro_rate=Decimal("0.10"),
    partner_rate=Decimal("0.04"),
)
LOWEST = replace(RATED, award_by=AwardBy.LOWEST, criteria=())


def bid(bidder: str, price: Any, *, plan: Any = 40, certificates: Any = 20, **changes: Any) -> Bid:
    scores = {
        "certificates": {member: Decimal(certificates) for member in "abcde"},
        "plan": {member: Decimal(plan) for member in "abcde"},
    }
    return Bid(bidder, **({"quote": Quote(Decimal(price)), "scores": scores} | changes))


def lot(*bids: Bid, terms: Terms = RATED, **changes: Any) -> Lot:
    return Lot(terms=terms, bids=bids, **changes)


def kinds(result: Any) -> list[str]:
    return [pending.kind for pending in result.pending]


def test_a_plain_rated_lot_is_scored_and_ranked() -> None:
    result = evaluate(lot(bid("A", 900_000, plan=45), bid("B", 950_000, plan=40), bid("C", 860_000, plan=30)))
    assert {name: one.price_score for name, one in result.bids.items()} == {
        "A": Decimal("28.67"),
        "B": Decimal("27.16"),
        "C": Decimal("30.00"),
    }
    assert [result.bids[name].total for name in result.ranking] == [
        Decimal("93.67"),
        Decimal("87.16"),
        Decimal("80.00"),
    ]
    assert result.ranking == result.candidates == ("A", "B", "C")
    assert result.base_price == 860_000
    assert result.final and result.unsuccessful is None


def test_every_step_is_kept_with_its_article() -> None:
    result = evaluate(lot(bid("A", 900_000), bid("B", 950_000), bid("C", 860_000)))
    assert [step.code for step in result.steps] == [
        "qualification", "conformity", "arithmetic", "price_limit", "number", "low_price", "preference", "price_score",
        "total", "ranking", "corrections",
    ]  # fmt: skip
    for step in result.steps:
        assert step.citation is not None and step.citation.rule == step.rule
        assert step.zh and step.en


def test_the_unqualified_and_the_unresponsive_are_out_with_reason_and_article() -> None:
    result = evaluate(
        lot(
            bid("A", 900_000),
            bid("B", 950_000),
            bid("C", 860_000),
            bid("D", 700_000, qualified=False, qualification_reason="未提供纳税证明"),
            bid("E", 710_000, responsive=False, responsiveness_reason="未响应★号条款"),
        )
    )
    unqualified, unresponsive = result.bids["D"].invalid, result.bids["E"].invalid
    assert unqualified is not None and unqualified.code == "not_qualified" and "纳税证明" in unqualified.zh
    assert unresponsive is not None and unresponsive.code == "not_responsive"
    assert unresponsive.citation is not None and unresponsive.citation.article == "第五十条"
    assert result.base_price == 860_000  # their prices count for nothing
    assert set(result.ranking) == {"A", "B", "C"}


def test_a_price_above_the_ceiling_is_invalid_also_after_correction() -> None:
    wrong = Quote(Decimal(900_000), lines=(Line(Decimal("9900.00"), Decimal(100)),))
    result = evaluate(
        lot(
            bid("A", "980000.01"),
            bid("B", 1, quote=wrong, correction_confirmed=True),
            bid("C", 980_000),
            bid("D", 900_000),
            bid("E", 910_000),
        )
    )
    for name in "AB":
        refusal = result.bids[name].invalid
        assert refusal is not None and refusal.code == "above_ceiling"
    assert result.bids["C"].valid


def test_all_above_the_budget_is_a_ground_of_its_own() -> None:
    result = evaluate(lot(bid("A", 1_000_001), bid("B", 1_100_000), bid("C", 1_200_000)))
    assert result.unsuccessful is not None and result.unsuccessful.code == "all_above_budget"
    assert result.unsuccessful.citation is not None
    assert result.unsuccessful.citation.article == "第三十六条第（三）项"
    assert not result.ranking


def test_two_valid_bids_fail_the_tender() -> None:
    result = evaluate(lot(bid("A", 900_000), bid("B", 910_000), bid("C", 920_000, responsive=False)))
    assert result.unsuccessful is not None and result.unsuccessful.code == "too_few_bidders"
    assert result.unsuccessful.facts["count"] == 2
    assert not result.ranking and result.steps[-1].code == "number"


def test_three_bids_of_two_brands_fail_the_tender_by_the_brand_rule() -> None:
    result = evaluate(lot(bid("A", 900_000, brand="X"), bid("B", 910_000, brand="X"), bid("C", 920_000, brand="Y")))
    assert result.unsuccessful is not None and result.unsuccessful.citation is not None
    assert result.unsuccessful.citation.article == "第三十一条"
    assert result.unsuccessful.facts["count"] == 2


def test_under_rated_evaluation_the_best_of_a_brand_is_candidate() -> None:
    result = evaluate(
        lot(
            bid("A", 900_000, plan=30, brand="X"),
            bid("B", 910_000, plan=45, brand="X"),
            bid("C", 920_000, plan=40, brand="Y"),
            bid("D", 930_000, plan=20, brand="Z"),
        )
    )
    assert result.ranking == ("B", "C", "D")
    assert result.bids["A"].same_brand_as == "B"
    assert result.bids["A"].valid and result.bids["A"].rank is None and result.bids["A"].total is not None


def test_under_lowest_price_only_the_cheapest_of_a_brand_is_evaluated() -> None:
    bids = (bid("A", 900_000, brand="X"), bid("B", 890_000, brand="X"), bid("C", 895_000, brand="Y"), bid("D", 950_000))
    result = evaluate(lot(*bids, terms=LOWEST))
    assert result.ranking == ("B", "C", "D")
    refusal = result.bids["A"].invalid
    assert refusal is not None and refusal.code == "same_brand"


def test_equal_prices_of_a_brand_wait_for_the_draw() -> None:
    bids = (bid("A", 900_000, brand="X"), bid("B", 900_000, brand="X"), bid("C", 895_000), bid("D", 950_000))
    open_result = evaluate(lot(*bids, terms=LOWEST))
    assert kinds(open_result) == ["draw_brand"] and not open_result.final
    drawn = evaluate(lot(*bids, terms=LOWEST, drawn=("B", "A")))
    assert drawn.final and drawn.ranking == ("C", "B", "D")


def test_an_unanswered_correction_waits_and_a_refused_one_is_invalid() -> None:
    wrong = Quote(Decimal(900_000), words="玖拾壹万元整")
    others = (bid("B", 950_000), bid("C", 960_000), bid("D", 970_000))
    waiting = evaluate(lot(bid("A", 1, quote=wrong), *others))
    assert kinds(waiting) == ["confirm_correction"]
    assert waiting.bids["A"].bid_price == 910_000 and waiting.bids["A"].quoted_price == 900_000
    refused = evaluate(lot(bid("A", 1, quote=wrong, correction_confirmed=False), *others))
    assert refused.final and "A" not in refused.ranking
    confirmed = evaluate(lot(bid("A", 1, quote=wrong, correction_confirmed=True), *others))
    assert confirmed.final and confirmed.base_price == 910_000


def test_corrections_come_in_the_order_of_the_law() -> None:
    quote = Quote(Decimal(900), words="捌佰元整", lines=(Line(Decimal(10), Decimal(100)),), detail_total=Decimal(1000))
    corrected = arithmetic_correction.correct(quote)
    assert [made.order for made in corrected.corrections] == [1, 2]
    assert corrected.price == 800  # rule 1 settled list against detail, so unit prices do not win


def test_a_slipped_point_in_one_of_several_rows_is_found() -> None:
    lines = (Line(Decimal(120), Decimal(10)), Line(Decimal("3.5"), Decimal(20)), Line(Decimal(5000), Decimal(2)))
    corrected = arithmetic_correction.correct(Quote(Decimal(2270), lines=lines))
    assert [made.order for made in corrected.corrections] == [3]
    assert corrected.lines[2].unit_price == 500 and corrected.price == 2270


def test_a_percent_slip_is_a_misplaced_point() -> None:
    corrected = arithmetic_correction.correct(Quote(Decimal(100), lines=(Line(Decimal(10000), Decimal(1)),)))
    assert corrected.lines[0].unit_price == 100


def test_an_ambiguous_slip_leaves_the_unit_prices_to_win() -> None:
    lines = (Line(Decimal(100), Decimal(1)), Line(Decimal(100), Decimal(1)))
    corrected = arithmetic_correction.correct(Quote(Decimal(110), lines=lines))
    assert [made.order for made in corrected.corrections] == [4]
    assert corrected.price == 200


def test_what_agrees_is_not_corrected() -> None:
    quote = Quote(Decimal("1200.50"), "壹仟贰佰元伍角整", (Line(Decimal("120.05"), Decimal(10)),), Decimal("1200.50"))
    assert arithmetic_correction.correct(quote).corrections == ()


def test_words_that_are_no_amount_are_refused() -> None:
    with pytest.raises(MoneyError):
        arithmetic_correction.correct(Quote(Decimal(1), words="面议"))


def test_a_low_price_waits_for_its_explanation() -> None:
    others = (bid("B", 900_000), bid("C", 910_000), bid("D", 920_000))
    waiting = evaluate(lot(bid("A", 430_000), *others))
    assert kinds(waiting) == ["explain_low_price"]
    assert waiting.bids["A"].low_price_tests == ("second", "ceiling")
    said = [note.zh for step in waiting.steps if step.code == "low_price" for note in step.notes]
    assert [text.rpartition(" ")[2] for text in said] == ["450,000.00", "441,000.00"]
    accepted = evaluate(lot(bid("A", 430_000, explanation=Explanation(True)), *others))
    assert accepted.final and accepted.base_price == 430_000
    rejected = evaluate(lot(bid("A", 430_000, explanation=Explanation(False, "低于人工成本")), *others))
    refusal = rejected.bids["A"].invalid
    assert refusal is not None and refusal.code == "low_price_unexplained" and "低于人工成本" in refusal.zh
    assert rejected.base_price == 900_000


def test_the_low_price_tests_ignore_preferences() -> None:
    others = (bid("B", 900_000), bid("C", 910_000), bid("D", 920_000))
    result = evaluate(lot(bid("A", 455_000, claim=Claim.SMALL_MICRO), *others))
    assert result.bids["A"].evaluated_price == 409_500  # below every line
    assert result.bids["A"].low_price_tests == ()


def test_before_2026_only_the_committees_judgment_counts() -> None:
    terms = replace(RATED, on=date(2025, 12, 1))
    bids = (bid("A", 100_000), bid("B", 900_000), bid("C", 910_000), bid("D", 920_000))
    assert evaluate(lot(*bids, terms=terms)).final
    judged = replace(bids[0], explanation=Explanation(False, "无法证明"))
    refusal = evaluate(lot(judged, *bids[1:], terms=terms)).bids["A"].invalid
    assert refusal is not None and refusal.citation is not None and refusal.citation.article == "第六十条"


def test_all_rejected_for_low_prices_leaves_nobody() -> None:
    no = Explanation(False, "无法证明")
    result = evaluate(lot(*(bid(name, 400_000, explanation=no) for name in "ABC")))
    assert result.unsuccessful is not None and result.unsuccessful.code == "no_valid_bid"


def test_a_preference_lowers_the_evaluated_price_only() -> None:
    result = evaluate(lot(bid("A", 900_000, claim=Claim.SMALL_MICRO), bid("B", 850_000), bid("C", 870_000)))
    assert (result.bids["A"].bid_price, result.bids["A"].evaluated_price) == (900_000, 810_000)
    assert result.bids["A"].price_score == 30
    assert [d.code for d in result.bids["A"].deductions] == ["small_micro"]


def test_a_set_aside_lot_and_a_small_share_get_no_preference() -> None:
    reserved = replace(RATED, reserved=True, small_micro_rate=Decimal(0), partner_rate=Decimal(0))
    bids = (bid("A", 900_000, claim=Claim.SMALL_MICRO), bid("B", 850_000), bid("C", 870_000))
    in_set_aside = evaluate(lot(*bids, terms=reserved)).bids["A"]
    assert in_set_aside.evaluated_price == 900_000
    assert [refusal.code for refusal in in_set_aside.not_granted] == ["no_preference_in_set_aside"]
    partner = replace(bids[0], claim=Claim.PARTNER, partner_share=Decimal("0.29"))
    result = evaluate(lot(partner, *bids[1:])).bids["A"]
    assert [refusal.code for refusal in result.not_granted] == ["partner_share_too_small"]
    assert "30%" in result.not_granted[0].zh


@pytest.mark.parametrize(
    ("claim", "made_by", "on", "granted"),
    [
        (Claim.PARTNER, "", ON, True),
        (Claim.PARTNER, "medium", ON, True),
        (Claim.PARTNER, "large", ON, False),
        (Claim.SMALL_MICRO, "micro", ON, True),
        (Claim.SMALL_MICRO, "medium", ON, False),
        (Claim.SMALL_MICRO, "large", ON, False),
        (Claim.PARTNER, "large", date(2020, 12, 31), True),
    ],
)
def test_goods_of_a_larger_maker_get_no_deduction(claim: Claim, made_by: str, on: date, granted: bool) -> None:
    """财库〔2020〕46号 art. 4, in force since 2021: the maker counts, whoever sells."""
    one = bid("A", 900_000, claim=claim, partner_share=Decimal("0.35"), made_by=made_by)
    result = evaluate(lot(one, bid("B", 850_000), bid("C", 870_000), terms=replace(RATED, on=on))).bids["A"]
    assert bool(result.deductions) is granted
    assert [refusal.code for refusal in result.not_granted] == ([] if granted else ["made_by_larger"])
    assert all(refusal.citation and refusal.citation.article == "第四条" for refusal in result.not_granted)


def test_domestic_products_are_preferred_only_against_others_and_only_since_2026() -> None:
    mixed = (bid("A", 900_000, domestic_share=Decimal(1)), bid("B", 850_000), bid("C", 870_000))
    assert evaluate(lot(*mixed)).bids["A"].evaluated_price == 720_000
    alike = tuple(replace(one, domestic_share=Decimal(1)) for one in mixed)
    assert evaluate(lot(*alike)).bids["A"].evaluated_price == 900_000
    before = replace(RATED, on=date(2025, 12, 31))
    assert evaluate(lot(*mixed, terms=before)).bids["A"].evaluated_price == 900_000


def test_equal_scores_are_ordered_by_price_and_equal_prices_wait_for_the_draw() -> None:
    fixed = replace(RATED, criteria=(Criterion("plan", Decimal(100), Kind.SUBJECTIVE),))
    plan = {"scores": {"plan": {"a": Decimal(80)}}}
    cheaper = evaluate(
        lot(*(bid(n, p, **plan) for n, p in (("A", 900_000), ("B", 890_000), ("C", 910_000))), terms=fixed)
    )
    assert cheaper.ranking == ("B", "A", "C") and cheaper.final
    assert cheaper.base_price is None  # price is no factor
    bids = tuple(bid(name, 900_000, **plan) for name in "ABC")
    tied = evaluate(lot(*bids, terms=fixed))
    assert kinds(tied) == ["draw"] and {tied.bids[name].rank for name in "ABC"} == {1}
    assert tied.bids["A"].tied_with == ("B", "C")
    drawn = evaluate(lot(*bids, terms=fixed, drawn=("C", "A", "B")))
    assert drawn.final and drawn.ranking == ("C", "A", "B")
    assert [drawn.bids[name].rank for name in drawn.ranking] == [1, 2, 3]


def test_the_file_may_break_ties_by_the_evaluated_price() -> None:
    fixed = replace(RATED, criteria=(Criterion("plan", Decimal(100), Kind.SUBJECTIVE),))
    plan = {"scores": {"plan": {"a": Decimal(80)}}}
    small = bid("A", 900_000, claim=Claim.SMALL_MICRO, **plan)
    others = (bid("B", 890_000, **plan), bid("C", 910_000, **plan))
    assert evaluate(lot(small, *others, terms=fixed)).ranking[0] == "B"
    assert evaluate(lot(small, *others, terms=replace(fixed, tie_price="evaluated"))).ranking[0] == "A"


def test_missing_scores_wait() -> None:
    unscored = bid(
        "A", 900_000, scores={"certificates": {"a": Decimal(20), "b": Decimal(20)}, "plan": {"a": Decimal(1)}}
    )
    result = evaluate(lot(unscored, bid("B", 910_000), bid("C", 920_000), bid("D", 930_000)))
    assert kinds(result) == ["score"]
    assert result.pending[0].facts["criteria"] == ("plan",)
    assert result.bids["A"].total is None and "A" not in result.ranking


def test_the_four_lawful_corrections_are_found_and_nothing_else() -> None:
    others = (bid("B", 910_000), bid("C", 920_000))
    plain = bid("A", 900_000)

    def found(changed: Bid, **changes: Any) -> list[tuple[str, str, str]]:
        result = evaluate(lot(changed, *others, **changes))
        return [(finding.kind, finding.member, finding.criterion) for finding in result.findings]

    def scored(code: str, member: str, points: Any) -> Bid:
        scores = {key: dict(value) for key, value in plain.scores.items()}
        scores[code][member] = Decimal(points)
        return replace(plain, scores=scores)

    assert found(plain) == []
    assert found(plain, declared_totals={"a": {"A": Decimal("90.00"), "B": Decimal("89.67")}}) == []
    assert found(plain, declared_totals={"a": {"A": Decimal("90.01")}}) == [("sum", "a", "")]
    assert found(scored("plan", "b", "50.01")) == [("range", "b", "plan")]
    assert found(scored("plan", "b", "-1"))[0] == ("range", "b", "plan")
    assert found(scored("certificates", "c", 19)) == [("objective", "", "certificates")]
    assert found(scored("plan", "d", 24)) == [("abnormal", "d", "plan")]
    assert found(scored("plan", "d", 25)) == []  # exactly three tenths of the points away
    assert not evaluate(lot(scored("plan", "d", 24), *others)).final


def test_candidates_are_three_unless_the_file_says_otherwise_and_ties_are_not_cut() -> None:
    bids = [bid(name, 900_000 + n, plan=45 - n) for n, name in enumerate("ABCDE")]
    assert evaluate(lot(*bids)).candidates == ("A", "B", "C")
    assert evaluate(lot(*bids, terms=replace(RATED, candidates=1))).candidates == ("A",)
    tied = [*bids[:2], *(replace(bids[2], bidder=name) for name in "CD")]
    assert evaluate(lot(*tied)).candidates == ("A", "B", "C", "D")


def test_totals_are_rounded_once_at_the_end() -> None:
    thirds = {
        "certificates": {m: Decimal(20) for m in "abc"},
        "plan": dict(zip("abc", map(Decimal, "112"), strict=True)),
    }
    result = evaluate(lot(*(bid(name, 900_000, scores=thirds) for name in "ABC"), drawn=("A", "B", "C")))
    assert result.bids["A"].means["plan"] == Decimal("1.33")
    assert result.bids["A"].total == Decimal("51.33")
    fine = evaluate(lot(*(bid(n, 900_000, scores=thirds) for n in "ABC"), terms=replace(RATED, decimals=4)))
    assert fine.bids["A"].total == Decimal("51.3333")


def test_before_the_order_was_in_force_the_arithmetic_still_runs() -> None:
    early = replace(RATED, on=date(2016, 5, 1))
    result = evaluate(lot(bid("A", 900_000), bid("B", 950_000), bid("C", 860_000), terms=early))
    assert result.ranking[0] == "C"
    steps = {step.code: step.citation for step in result.steps}
    assert steps["price_score"] is None  # 财政部令第87号 came in 2017


@pytest.mark.parametrize(
    ("code", "mean", "total", "noted"),
    [("mean", "38.00", "88.00", False), ("trimmed_mean", "40.00", "90.00", True)],
)
def test_the_file_says_whether_extreme_scores_count(code: str, mean: str, total: str, noted: bool) -> None:
    """50, 40, 45, 35 and 20: all of them, or without one of the highest and one of the lowest."""
    points = {
        "certificates": dict.fromkeys("abcde", Decimal(20)),
        "plan": dict(zip("abcde", map(Decimal, (50, 40, 45, 35, 20)), strict=True)),
    }
    terms = replace(RATED, score_formula=code)
    result = evaluate(lot(*(bid(name, 900_000 + n, scores=points) for n, name in enumerate("ABC")), terms=terms))
    assert result.bids["A"].means["plan"] == Decimal(mean)
    assert result.bids["A"].total == Decimal(total)
    step = next(step for step in result.steps if step.code == "total")
    assert any("去掉一个最高分" in note.zh for note in step.notes) is noted


def test_scores_are_only_dropped_where_some_are_left() -> None:
    assert panel.mean({"a": Decimal(1), "b": Decimal(2), "c": Decimal(9)}, code="trimmed_mean") == 2
    # While the members score one after the other, a lot is evaluated with the scores that there are.
    assert panel.mean({"a": Decimal(1), "b": Decimal(2)}, code="trimmed_mean") == Decimal("1.5")
    assert panel.mean({"a": Decimal(1)}, code="trimmed_mean") == 1
    with pytest.raises(EvaluationError, match="unknown score formula median"):
        panel.mean({"a": Decimal(1)}, code="median")


def test_a_published_case_may_use_another_formula_by_name() -> None:
    mean = price_score.price_scores(
        prices={"A": Decimal(90), "B": Decimal(100), "C": Decimal(110)},
        weight=Decimal(30),
        decimals=2,
        code="mean_deviation",
        options={"above": Decimal(1), "below": Decimal("0.5")},
    )
    assert mean.base == 100
    assert mean.scores == {"A": Decimal("28.50"), "B": Decimal(30), "C": Decimal(27)}


def test_a_formula_without_its_numbers_is_refused_before_anybody_bids_and_never_computed() -> None:
    """Before 87号令 another formula was no breach, but it takes numbers; since then it is unlawful with them too."""
    given = {"above": Decimal(1), "below": Decimal("0.5")}
    past = replace(RATED, price_formula="mean_deviation", on=date(2016, 3, 1))
    found = {
        name: {refusal.code for refusal in check_terms(terms=terms, procedure=procedures.get("open_tender"))}
        for name, terms in (
            ("bare", past),
            ("told", replace(past, formula_options=given)),
            ("now", replace(past, formula_options=given, on=ON)),
            ("works", replace(past, formula_options=given, on=ON, category="works")),
        )
    }
    assert "price_formula_incomplete" in found["bare"] and not found["told"] & {"price_formula_incomplete"}
    assert all("price_formula_unlawful" in found[name] for name in ("now", "works"))
    assert not (found["bare"] | found["told"]) & {"price_formula_unlawful"}
    with pytest.raises(EvaluationError, match="mean_deviation needs above, below"):
        evaluate(lot(*(bid(n, 900_000) for n in "ABC"), terms=replace(RATED, price_formula="mean_deviation")))


@pytest.mark.parametrize(
    "broken",
    [
        lambda: evaluate(lot(bid("A", 1), bid("A", 2))),
        lambda: evaluate(lot(*(bid(n, 0) for n in "ABC"), terms=replace(RATED, on=date(2025, 1, 1)))),
        lambda: evaluate(lot(*(bid(n, 900_000) for n in "ABC"), terms=replace(RATED, price_formula="magic"))),
    ],
)
def test_contradictory_input_is_an_error_not_a_refusal(broken: Any) -> None:
    with pytest.raises(EvaluationError):
        broken()


def test_a_ceiling_above_the_budget_is_refused_in_amounts_that_can_be_read() -> None:
    found = check_terms(terms=replace(RATED, ceiling=Decimal(1_100_000)), procedure=procedures.get("open_tender"))
    (refusal,) = (one for one in found if one.code == "ceiling_above_budget")
    assert refusal.zh == "最高限价 1,100,000.00 超过采购预算 1,000,000.00"
