"""How long does it take to evaluate: very many lots at once, one large lot, one ordinary one?

Beside the bulk path: the same computation in plain NumPy on dense arrays in floating point, which is neither exact nor
knows lots of different sizes: the limit of this machine. Beside the path of one lot: the time that a page may take.
"""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from benchmarks.measure import Figure, Timing, beside, in_turn
from benchmarks.scale import Scale
from yangcai.procedures import AwardBy
from yangcai.procedures.evaluation import Bid, Criterion, Kind, Lot, Quote, Terms, evaluate
from yangcai.procedures.evaluation.bulk import Lots, recompute

BIDDERS, MEMBERS, CRITERIA = 5, 5, 12
PRICE_WEIGHT = 30
#: A published tender had 1,528 bidders; an ordinary large one has 30.
CROWD, ROOM = 1_528, 30
AT_MOST = 3
ROOM_SECONDS = 0.05
DAY = datetime.date(2025, 6, 2)


def run(scale: Scale) -> list[Figure]:
    """The bulk path beside plain NumPy, its growth in each direction, and the path of one lot."""
    lots = scale.lots
    found = [_bulk(lots, BIDDERS, CRITERIA, runs=scale.runs)]
    tenth = max(lots // 10, 1)
    shapes = {
        "": (BIDDERS, CRITERIA),
        "10 × bidders": (10 * BIDDERS, CRITERIA),
        "10 × criteria": (BIDDERS, 10 * CRITERIA),
    }
    works = {name: _work(_columns(tenth, *shape)) for name, shape in shapes.items()}
    times = in_turn(works, runs=scale.runs)
    for name in ("10 × bidders", "10 × criteria"):
        what = f"bulk, {tenth:,} lots with {name}"
        found.append(beside(what, times[name], "the same lots as they were", times[""]))
    crowd, room = (_lot(n) for n in (min(CROWD, 10 * lots), ROOM))
    alone = in_turn({"crowd": lambda _run: evaluate(crowd), "room": lambda _run: evaluate(room)}, runs=scale.runs)
    limit = Timing((ROOM_SECONDS,))
    found.append(beside(f"one lot of {ROOM} bidders", alone["room"], "what a page may take", limit, at_most=1))
    per_bid = Timing(tuple(s * len(crowd.bids) / ROOM for s in alone["room"].seconds))
    what = f"one lot of {len(crowd.bids):,} bidders"
    found.append(beside(what, alone["crowd"], f"as many times {ROOM} bidders", per_bid, at_most=2))
    return found


def _bulk(lots: int, bidders: int, criteria: int, *, runs: int) -> Figure:
    columns = _columns(lots, bidders, criteria)
    price = columns.price.reshape(lots, bidders) / 100
    rate = columns.rates[:, 0].reshape(lots, bidders) / 10_000
    scores = columns.scores.reshape(lots, bidders, criteria, MEMBERS) / 100

    def plain(_run: int) -> Any:
        evaluated = np.round(price * (1 - rate), 2)
        base = evaluated.min(axis=1, keepdims=True)
        marks = np.floor(base / evaluated * PRICE_WEIGHT * 100 + 0.5) / 100
        total = np.floor((scores.mean(axis=3).sum(axis=2) + marks) * 100 + 0.5) / 100
        order = np.lexsort((price, -total), axis=1)
        return np.argsort(order, axis=1) + 1

    ours = recompute(columns).rank.reshape(lots, bidders)
    if (ours != plain(0)).mean() > 0.01:  # floating point and open ties differ here and there, nothing else may
        raise RuntimeError("the two paths do not compute the same")
    times = in_turn({"mine": _work(columns), "plain": plain}, runs=runs)
    what = f"bulk, {lots:,} lots × {bidders} bidders × {MEMBERS} members × {criteria} criteria"
    return beside(what, times["mine"], "plain NumPy, floating point", times["plain"], at_most=AT_MOST)


def _work(columns: Lots) -> Any:
    return lambda _run: recompute(columns)


def _columns(lots: int, bidders: int, criteria: int) -> Lots:
    random = np.random.default_rng(lots)
    bids = lots * bidders
    return Lots(
        starts=np.arange(lots) * bidders,
        weight=np.full(lots, PRICE_WEIGHT * 100),
        rated=np.full(lots, True),
        tie_by_evaluated=np.full(lots, False),
        price=random.integers(50_000_000, 99_999_999, size=bids),
        rates=np.where(random.random(bids) < 0.5, 1_000, 0)[:, None],
        scores=random.integers(0, 500, size=(bids, criteria, MEMBERS), dtype=np.int16),
        members=np.full(bids, MEMBERS),
        ranked=np.full(bids, True),
    )


def _lot(bidders: int) -> Lot:
    """The same shape for the path that keeps every step with its article."""
    random = np.random.default_rng(bidders)
    weight = Decimal(100 - PRICE_WEIGHT) / CRITERIA
    factors = tuple(Criterion(f"c{n}", weight, Kind.SUBJECTIVE) for n in range(CRITERIA))
    terms = Terms(
        award_by=AwardBy.RATED,
        category="services",
        budget=Decimal(1_000_000),
        on=DAY,
        criteria=(Criterion("price", Decimal(PRICE_WEIGHT), Kind.PRICE), *factors),
    )
    prices = random.integers(50_000_000, 99_999_999, size=bidders)
    points = random.integers(0, 500, size=(bidders, CRITERIA, MEMBERS))
    return Lot(
        terms=terms,
        bids=tuple(
            Bid(
                bidder=f"{n:05d}",
                quote=Quote(figures=Decimal(int(prices[n])) / 100),
                scores={
                    f"c{c}": {str(m): Decimal(int(points[n, c, m])) / 100 for m in range(MEMBERS)}
                    for c in range(CRITERIA)
                },
            )
            for n in range(bidders)
        ),
    )
