"""Is every ranking a fair order: complete, monotone, independent of the order in which bids arrived?"""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from yangcai.procedures.evaluation.price_score import price_scores
from yangcai.procedures.evaluation.ranking import Standing, rank, same_brands

NAMES = "ABCDEFGH"
PRICES = st.integers(min_value=1, max_value=5).map(lambda n: Decimal(n) * 1000)
TOTALS = st.integers(min_value=0, max_value=4).map(Decimal)
BRANDS = st.sampled_from(["", "X", "Y"])


@st.composite
def fields(draw: st.DrawFn, *, rated: bool) -> list[Standing]:
    count = draw(st.integers(min_value=1, max_value=len(NAMES)))
    return [
        Standing(name, draw(PRICES), total=draw(TOTALS) if rated else None, brand=draw(BRANDS))
        for name in NAMES[:count]
    ]


FIELDS = st.one_of(fields(rated=True), fields(rated=False))


def better(a: Standing, b: Standing) -> bool:
    if a.total is not None and b.total is not None and a.total != b.total:
        return a.total > b.total
    return a.price < b.price


@given(FIELDS)
def test_a_better_bid_never_stands_behind(standings: list[Standing]) -> None:
    ranked = rank(standings)
    assert sorted(ranked.order) == sorted(s.bidder for s in standings)
    for a in standings:
        for b in standings:
            if better(a, b):
                assert ranked.ranks[a.bidder] < ranked.ranks[b.bidder]
    assert min(ranked.ranks.values()) == 1


@given(FIELDS, st.randoms())
def test_the_order_of_arrival_does_not_matter(standings: list[Standing], random) -> None:
    shuffled = list(standings)
    random.shuffle(shuffled)
    assert rank(shuffled) == rank(standings)


@given(FIELDS, st.permutations(NAMES))
def test_a_full_draw_leaves_no_tie_and_moves_nobody_else(standings: list[Standing], drawn: list[str]) -> None:
    before, after = rank(standings), rank(standings, drawn=drawn)
    assert after.ties == ()
    assert sorted(after.ranks.values()) == list(range(1, len(standings) + 1))
    tied = {bidder for tie in before.ties for bidder in tie}
    for bidder, place in before.ranks.items():
        if bidder not in tied:
            assert after.ranks[bidder] == place


@given(FIELDS)
def test_bidders_are_tied_exactly_when_nothing_tells_them_apart(standings: list[Standing]) -> None:
    tied = {frozenset(tie) for tie in rank(standings).ties}
    groups: dict[tuple, set[str]] = {}
    for standing in standings:
        groups.setdefault((standing.total, standing.price), set()).add(standing.bidder)
    assert tied == {frozenset(group) for group in groups.values() if len(group) > 1}


@given(FIELDS, st.permutations(NAMES))
def test_one_bid_stands_for_each_brand(standings: list[Standing], drawn: list[str]) -> None:
    by_score = standings[0].total is not None
    brands = same_brands(standings, drawn=drawn, by_score=by_score)
    kept = [s for s in standings if s.bidder not in brands.others]
    assert brands.ties == ()
    assert len(kept) == brands.count
    named = [s.brand for s in kept if s.brand]
    assert len(named) == len(set(named))
    for standing in standings:
        if standing.bidder in brands.others:
            leader = next(s for s in standings if s.bidder == brands.others[standing.bidder])
            assert leader.brand == standing.brand
            if by_score:
                assert (leader.total or 0) >= (standing.total or 0)
            else:
                assert leader.price <= standing.price


@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=8), st.integers(1, 100))
def test_a_lower_price_never_scores_less(amounts: list[int], weight: int) -> None:
    prices = {str(n): Decimal(amount) for n, amount in enumerate(amounts)}
    scores = price_scores(prices=prices, weight=Decimal(weight), decimals=2).scores
    assert max(scores.values()) == weight
    for a in prices:
        for b in prices:
            if prices[a] <= prices[b]:
                assert scores[a] >= scores[b]
    assert all(0 <= score <= weight for score in scores.values())
