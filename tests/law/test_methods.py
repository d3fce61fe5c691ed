"""Does each method say in its own data what the law says of it? Order, numbers, windows, committee, award, rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yangcai import law, procedures
from yangcai.procedures import AwardBy, By, Invite, Stage, engine
from yangcai.procedures.committee import check, composition
from yangcai.procedures.evaluation import Bid, Criterion, Kind, Lot, Quote, Terms, check_terms, evaluate

ON = date(2026, 3, 2)
TENDER = "preparation invitation submission opening qualification evaluation award"
TALKS = "preparation invitation submission opening qualification dialogue final_offer evaluation award"
#: method → its stages, who checks qualification, whether prices are read out, ways of award, ways of inviting
METHODS: dict[str, tuple[str, By, bool, set[AwardBy], set[Invite]]] = {
    "open_tender": (TENDER, By.BUYER, True, {AwardBy.RATED, AwardBy.LOWEST}, {Invite.NOTICE, Invite.PREQUALIFICATION}),
    "restricted_tender": (
        TENDER, By.BUYER, True, {AwardBy.RATED, AwardBy.LOWEST},
        {Invite.LIBRARY, Invite.RECOMMENDATION, Invite.PREQUALIFICATION},
    ),
    "negotiation": (
        TALKS, By.COMMITTEE, False, {AwardBy.LOWEST}, {Invite.NOTICE, Invite.LIBRARY, Invite.RECOMMENDATION},
    ),
    "consultation": (
        TALKS, By.COMMITTEE, False, {AwardBy.RATED}, {Invite.NOTICE, Invite.LIBRARY, Invite.RECOMMENDATION},
    ),
    "quotations": (
        TENDER, By.COMMITTEE, False, {AwardBy.LOWEST}, {Invite.NOTICE, Invite.LIBRARY, Invite.RECOMMENDATION},
    ),
    "single_source": (TALKS, By.COMMITTEE, False, {AwardBy.AGREED}, {Invite.NAMED}),
    "emergency": (TENDER, By.COMMITTEE, False, {AwardBy.AGREED}, {Invite.NAMED}),
    "framework": (TENDER, By.BUYER, True, {AwardBy.LOWEST, AwardBy.RATED}, {Invite.NOTICE}),
    "cooperative_innovation": (TALKS, By.COMMITTEE, False, {AwardBy.RATED}, {Invite.NOTICE}),
    "first_purchase": (TENDER, By.COMMITTEE, False, {AwardBy.RATED}, {Invite.NAMED}),
}  # fmt: skip
#: What takes no bids, or has no committee: method → its stages, whether it spends, what it is called off from
OTHERS: dict[str, tuple[str, bool, tuple[str, ...]]] = {
    "framework_open": ("preparation invitation", False, ()),
    "call_off_direct": ("award", True, ("framework", "framework_open")),
    "call_off_rotation": ("award", True, ("framework",)),
    "call_off_mini_competition": ("submission opening award", True, ("framework",)),
    "innovative_product": ("award", True, ()),
}


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_second_stage_and_the_standing_call_say(code: str) -> None:
    stages, spends, draws_on = OTHERS[code]
    method = procedures.get(code)
    assert " ".join(method.stages) == stages
    assert (method.spends, method.draws_on) == (spends, draws_on)
    assert method.committee is None and not method.needs_approval
    assert engine.judging(procedure=method) == ()
    for key in method.rule_keys():
        assert law.rule(key), key


@pytest.mark.parametrize("code", METHODS)
def test_what_a_method_says_of_itself(code: str) -> None:
    stages, checks, read_out, awards, ways = METHODS[code]
    method = procedures.get(code)
    assert " ".join(method.stages) == stages
    assert engine.done_by(procedure=method, stage=Stage.QUALIFICATION) == checks
    assert engine.step(procedure=method, stage=Stage.OPENING).reads_out is read_out
    assert set(method.award_by) == awards and set(method.invites) == ways
    for key in method.rule_keys():
        assert law.rule(key), key


def test_every_method_is_in_the_table() -> None:
    assert set(METHODS) | set(OTHERS) == set(procedures.PROCEDURES)
    assert [code for code in METHODS if not procedures.get(code).spends] == ["framework"]


#: method, ground, stage → how many are enough, and by which instrument
ENOUGH = (
    ("open_tender", "", "submission", 3, "财政部令第87号"),
    ("restricted_tender", "", "qualification", 3, "财政部令第87号"),
    ("negotiation", "", "submission", 3, "财政部令第74号"),
    ("negotiation", "negotiation.two_bidders", "submission", 2, "财政部令第74号"),
    ("negotiation", "negotiation.two_bidders", "final_offer", 2, "财政部令第74号"),
    ("negotiation", "consultation.research", "final_offer", 3, "财政部令第74号"),
    ("consultation", "", "final_offer", 3, "财库〔2014〕214号"),
    ("consultation", "consultation.research", "final_offer", 2, "财库〔2014〕214号"),
    ("consultation", "consultation.services", "evaluation", 2, "财库〔2015〕124号"),
    ("consultation", "negotiation.two_bidders", "evaluation", 3, "财库〔2014〕214号"),
    ("quotations", "", "evaluation", 3, "财政部令第74号"),
    ("quotations", "negotiation.two_bidders", "evaluation", 3, "财政部令第74号"),
    ("framework", "", "submission", 2, "财政部令第110号"),
    ("framework", "", "evaluation", 2, "财政部令第110号"),
)


@pytest.mark.parametrize(("code", "ground", "stage", "number", "instrument"), ENOUGH)
def test_how_many_are_enough(code: str, ground: str, stage: str, number: int, instrument: str) -> None:
    method, grounds = procedures.get(code), {ground} - {""}
    found: dict[str, Any] = {"procedure": method, "stage": stage, "on": ON, "grounds": grounds}
    assert engine.fewest(**found) == number
    refusal = engine.too_few_bidders(bidders=number - 1, **found)
    assert refusal is not None and refusal.citation is not None
    assert refusal.citation.instrument == instrument
    assert engine.too_few_bidders(bidders=number, **found) is None


def test_one_is_enough_for_a_single_source() -> None:
    method = procedures.get("single_source")
    for stage in ("submission", "qualification", "final_offer", "evaluation"):
        assert engine.fewest(procedure=method, stage=stage, on=ON) == 1
        assert engine.too_few_bidders(procedure=method, stage=stage, bidders=1, on=ON) is None


def test_one_is_enough_for_research() -> None:
    """财库〔2024〕13号: two or one may go on, whatever the stage."""
    method = procedures.get("cooperative_innovation")
    for stage in ("submission", "qualification", "final_offer", "evaluation"):
        assert engine.fewest(procedure=method, stage=stage, on=ON) == 1


def test_what_research_leads_to() -> None:
    order, review, direct = (procedures.get(code) for code in ("cooperative_innovation", "first_purchase",
                                                               "innovative_product"))  # fmt: skip
    assert law.value(order.winners, on=ON) == 3 and order.leads_to and not review.leads_to
    assert review.follows == ("cooperative_innovation",) and set(direct.follows) > set(review.follows)
    assert law.value(review.advance, on=ON) == law.value(direct.advance, on=ON) == Decimal("0.30")
    # Whoever else uses a method needs nobody's permission below the threshold.
    assert [code for code, one in procedures.PROCEDURES.items() if one.authority] == ["cooperative_innovation"]
    talks = engine.step(procedure=order, stage=Stage.DIALOGUE)
    assert talks.together and law.value(talks.window, on=ON) == 10
    last = engine.step(procedure=order, stage=Stage.FINAL_OFFER)
    assert law.value(last.window, on=ON) == 5
    assert not engine.step(procedure=order, stage=Stage.SUBMISSION).quotes


def test_two_for_purchased_services_only_since_2015_06_30() -> None:
    method = procedures.get("consultation")
    found: dict[str, Any] = {"procedure": method, "stage": "final_offer", "grounds": {"consultation.services"}}
    assert engine.fewest(on=date(2015, 6, 29), **found) == 3
    assert engine.fewest(on=date(2015, 6, 30), **found) == 2


#: method → first day, hard end of the window for offers
WINDOWS = (
    ("open_tender", date(2026, 3, 2), date(2026, 3, 23)),  # the twentieth day is a Sunday
    ("restricted_tender", date(2026, 3, 2), date(2026, 3, 23)),
    ("framework", date(2026, 3, 2), date(2026, 3, 23)),
    ("cooperative_innovation", date(2026, 3, 2), date(2026, 3, 30)),
    ("consultation", date(2026, 3, 2), date(2026, 3, 12)),
    ("negotiation", date(2026, 3, 2), date(2026, 3, 5)),
    ("quotations", date(2026, 3, 2), date(2026, 3, 5)),
    # Over the National Day holiday of 2025 three working days end on 10 October (law.md, D16).
    ("negotiation", date(2025, 9, 29), date(2025, 10, 10)),
)


@pytest.mark.parametrize(("code", "opens", "ends"), WINDOWS)
def test_how_long_offers_may_be_made(code: str, opens: date, ends: date) -> None:
    key = engine.step(procedure=procedures.get(code), stage=Stage.SUBMISSION).window
    assert engine.window(key, start=opens, on=opens).floor_on == ends
    day_before = date.fromordinal(ends.toordinal() - 1)
    assert engine.too_short(key, opens=opens, closes=day_before, code="short", on=opens) is not None


#: method, budget, complex → members
SIZES = (
    ("open_tender", 9_999_999, False, 5, 4),
    ("open_tender", 10_000_000, False, 7, 5),
    ("open_tender", 100, True, 7, 5),
    ("restricted_tender", 100, False, 5, 4),
    ("negotiation", 3_999_999, False, 3, 2),
    ("negotiation", 4_000_000, False, 5, 4),
    ("negotiation", 100, True, 3, 2),  # being complex asks for a lawyer (74号令 art. 7), not for more members
    ("quotations", 4_000_000, False, 5, 4),
    ("consultation", 40_000_000, False, 3, 2),
    ("single_source", 40_000_000, False, 1, 0),
    ("emergency", 40_000_000, False, 1, 0),
    ("cooperative_innovation", 100, False, 5, 0),
    ("first_purchase", 40_000_000, True, 5, 0),
)


@pytest.mark.parametrize(("code", "budget", "demanding", "size", "experts"), SIZES)
def test_how_many_judge(code: str, budget: int, demanding: bool, size: int, experts: int) -> None:
    committee = procedures.get(code).committee
    assert committee is not None
    given: dict[str, Any] = {"committee": committee, "budget": Decimal(budget), "on": ON, "demanding": demanding}
    found = composition(**given)
    assert (found.size, found.experts) == (size, experts)
    assert list(check(experts=experts, buyer_members=size - experts, **given)) == []
    if committee.size:
        assert {r.code for r in check(experts=size + 1, buyer_members=0, **given)} == {"committee_size"}


def test_works_have_a_larger_group_where_they_would_have_to_be_tendered() -> None:
    """74号令 art. 7: 必须进行招标的规模标准, which is no province's threshold of open tender."""
    committee = procedures.get("negotiation").committee
    assert committee is not None
    sizes = {
        (category, budget): composition(
            committee=committee, budget=Decimal(budget), on=ON, category=category, jurisdiction=law.model.CHINA
        ).size
        for category in ("goods", "works")
        for budget in (3_999_999, 4_000_000)
    }
    assert sizes == {
        ("goods", 3_999_999): 5, ("goods", 4_000_000): 5, ("works", 3_999_999): 3, ("works", 4_000_000): 5,
    }  # fmt: skip


def test_an_action_shared_by_all_cites_what_binds_the_method() -> None:
    keys = ("submission.open_tender", "submission.negotiation", "award.deemed", "intention.lead")
    assert procedures.binding(keys, procedure="open_tender") == (
        "submission.open_tender", "award.deemed", "intention.lead",
    )  # fmt: skip
    assert procedures.binding(keys, procedure="negotiation") == (
        "submission.negotiation", "award.deemed_negotiation", "intention.lead",
    )  # fmt: skip
    assert "submission.consultation" in procedures.every(Stage.SUBMISSION, "window")


def test_the_words_of_a_tender_become_those_of_the_method() -> None:
    assert procedures.get("negotiation").say("中标供应商的投标报价，开标时未中标") == "成交供应商的报价，开启时未成交"
    assert procedures.get("restricted_tender").say("中标") == "中标"


# --- how the award is found ----------------------------------------------------------------------------------------


def terms(code: str, **changes: Any) -> Terms:
    method = procedures.get(code)
    given: dict[str, Any] = {
        "award_by": method.award_by[0],
        "category": "goods",
        "budget": Decimal(1_000_000),
        "on": ON,
        "instead": dict(method.instead),
        "minimum": engine.enough(procedure=method, stage=Stage.EVALUATION, on=ON),
        "small_micro_rate": Decimal("0.10"),
    }
    return Terms(**(given | changes))


def offers(*prices: int, **more: Any) -> tuple[Bid, ...]:
    return tuple(Bid(bidder=f"b{n}", quote=Quote(figures=Decimal(price)), **more) for n, price in enumerate(prices))


@pytest.mark.parametrize(
    ("code", "instrument", "article"),
    [
        ("negotiation", "财政部令第74号", "第三十五条"),
        ("quotations", "财政部令第74号", "第四十八条"),
    ],
)
def test_the_lowest_price_wins_by_the_method_s_own_article(code: str, instrument: str, article: str) -> None:
    found = evaluate(Lot(terms(code), offers(900_000, 880_000, 890_000)))
    assert found.candidates == ("b1", "b2", "b0")
    ranking = next(step for step in found.steps if step.code == "ranking")
    assert ranking.citation is not None
    assert (ranking.citation.instrument, ranking.citation.article) == (instrument, article)


def test_offers_above_the_budget_do_not_count_towards_the_three() -> None:
    """74号令 art. 37(3): 报价未超过采购预算的供应商不足 3 家."""
    found = evaluate(Lot(terms("negotiation"), offers(900_000, 880_000, 1_000_001)))
    assert found.unsuccessful is not None and found.unsuccessful.code == "too_few_bidders"
    assert "终止采购活动" in found.unsuccessful.zh and "废标" not in found.unsuccessful.zh


def test_two_offers_are_enough_where_the_ground_says_so() -> None:
    minimum = "bidders.negotiation_after_tender"
    found = evaluate(Lot(terms("negotiation", minimum=minimum), offers(900_000, 880_000)))
    assert found.unsuccessful is None and found.candidates == ("b1", "b0")


def test_brands_count_only_in_tenders() -> None:
    same = offers(900_000, 880_000, 890_000, brand="同一品牌")
    assert evaluate(Lot(terms("negotiation"), same)).unsuccessful is None
    assert evaluate(Lot(terms("open_tender", award_by=AwardBy.LOWEST), same)).unsuccessful is not None


@pytest.mark.parametrize(("price", "ends"), [(1_000_000, False), (1_000_001, True)])
def test_a_single_source_ends_above_the_budget(price: int, ends: bool) -> None:
    found = evaluate(Lot(terms("single_source"), offers(price)))
    assert (found.unsuccessful is not None) is ends
    if found.unsuccessful is not None:
        assert found.unsuccessful.code == "all_above_budget"


CRITERIA = (
    Criterion("price", Decimal(30), Kind.PRICE),
    Criterion("technical", Decimal(50), Kind.SUBJECTIVE, merit=True),
    Criterion("business", Decimal(20), Kind.SUBJECTIVE),
)


def scored(bidder: str, price: int, technical: str, business: str) -> Bid:
    scores = {"technical": {"m": Decimal(technical)}, "business": {"m": Decimal(business)}}
    return Bid(bidder=bidder, quote=Quote(figures=Decimal(price)), scores=scores)


def test_a_consultation_breaks_ties_by_price_and_then_by_technical_merit() -> None:
    """214号文 art. 25: score, last offer, technical merit."""
    lot = Lot(
        terms("consultation", criteria=CRITERIA, by_merit=True),
        (
            scored("less_technical", 900_000, "40.00", "15.00"),
            scored("more_technical", 900_000, "45.00", "10.00"),
            scored("worse", 900_000, "30.00", "10.00"),
        ),
    )
    found = evaluate(lot)
    assert found.candidates == ("more_technical", "less_technical", "worse") and not found.pending
    # A tender would have to draw: 87号令 art. 57 knows no such order.
    tender = terms("open_tender", award_by=AwardBy.RATED, criteria=CRITERIA)
    assert [p.kind for p in evaluate(Lot(tender, lot.bids)).pending] == ["draw"]


@pytest.mark.parametrize(
    ("category", "weight", "lawful"),
    [("goods", 29, False), ("goods", 30, True), ("goods", 60, True), ("goods", 61, False),
     ("services", 10, True), ("services", 30, True), ("services", 31, False)],
)  # fmt: skip
def test_the_weight_of_price_in_a_consultation(category: str, weight: int, lawful: bool) -> None:
    criteria = (
        Criterion("price", Decimal(weight), Kind.PRICE),
        Criterion("technical", Decimal(100 - weight), Kind.SUBJECTIVE),
    )
    method = procedures.get("consultation")
    refusals = check_terms(terms=terms("consultation", category=category, criteria=criteria), procedure=method)
    assert ("price_weight_outside_law" not in {r.code for r in refusals}) is lawful


def test_the_treasury_consents_to_just_one_weight_outside_the_range() -> None:
    """214号文 art. 24; a tender knows no such consent, whatever its terms say."""

    def told(procedure: str, weight: int, consented: int) -> bool:
        criteria = (
            Criterion("price", Decimal(weight), Kind.PRICE),
            Criterion("technical", Decimal(100 - weight), Kind.SUBJECTIVE),
        )
        given = terms(procedure, criteria=criteria, consented_weight=Decimal(consented))
        refusals = check_terms(terms=given, procedure=procedures.get(procedure))
        return "price_weight_outside_law" in {refusal.code for refusal in refusals}

    assert not told("consultation", 70, 70)
    assert told("consultation", 71, 70)
    assert told("open_tender", 20, 20)


def test_a_negotiation_is_never_rated() -> None:
    refusals = check_terms(
        terms=terms("negotiation", award_by=AwardBy.RATED, criteria=CRITERIA), procedure=procedures.get("negotiation")
    )
    assert "method_does_not_fit" in {r.code for r in refusals}
