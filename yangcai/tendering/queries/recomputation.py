"""Do all evaluation reports still come out as they were signed? Recomputed from what they say went in, by another path.

The second witness of the scores, as check_funds is that of the money: the digest of every report, and its deductions,
price scores, totals and ranks through yangcai.procedures.evaluation.bulk.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import OuterRef, Subquery

from yangcai.procedures.evaluation import EvaluationError
from yangcai.procedures.evaluation.model import MEAN
from yangcai.tendering.arithmetic import digest
from yangcai.tendering.models import EvaluationReport, Solicitation

#: Reports that are held in memory at once.
CHUNK = 2_000
#: The one price formula that the law knows (财政部令第87号 55), and the plain mean of the members' scores; a file, or a
#: published case, may have used others.
FORMULA = ("lowest_first", MEAN)


@dataclass(frozen=True)
class Difference:
    """A report that does not say what its own scores and prices come to. `bid` is 0 for the report as a whole."""

    report: int
    bid: int
    what: str
    reported: str
    recomputed: str


@dataclass
class Recomputation:
    """How many reports were recomputed, how many use a formula of their own, and every difference."""

    checked: int = 0
    other_formula: int = 0
    differences: list[Difference] | None = None


def check_evaluations(*, chunk: int = CHUNK) -> Recomputation:
    """Every report of every lot, all revisions, in the order in which they were computed."""
    told = Recomputation(differences=[])
    files = Solicitation.objects.filter(case=OuterRef("lot__case"))
    reports = EvaluationReport.objects.order_by("pk").annotate(
        formula=Subquery(files.values("price_formula")[:1]),
        of_scores=Subquery(files.values("score_formula")[:1]),
        decimals=Subquery(files.values("rounding")[:1]),
    )
    names = ("pk", "result", "digest", "formula", "of_scores", "decimals")
    rows = reports.values_list(*names).iterator(chunk_size=chunk)
    while some := list(islice(rows, chunk)):
        by_decimals: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        for pk, result, signed, formula, of_scores, decimals in some:
            told.checked += 1
            if (found := digest(result)) != signed:
                told.differences.append(Difference(pk, 0, "digest", signed, found))
            if formula is not None and (formula, of_scores) != FORMULA:
                told.other_formula += 1
            elif any(_is_placed(bid) for bid in result["bids"].values()):
                by_decimals[decimals or 0].append((pk, result))
        for decimals, group in by_decimals.items():
            try:
                told.differences += _compare(group, decimals=decimals)
            except EvaluationError as error:
                told.differences += [Difference(pk, 0, "arithmetic", "", str(error)) for pk, _result in group]
    return told


def _is_placed(bid: dict[str, Any]) -> bool:
    """Whether a bid was valid to the end: its price counts, and it has its total where totals are formed."""
    return bid["invalid"] is None and (bid["rank"] is not None or bool(bid["same_brand_as"]))


def _compare(group: list[tuple[int, dict[str, Any]]], *, decimals: int) -> Iterator[Difference]:
    """Recompute the reports of one number of decimals together."""
    import numpy as np  # only whoever recomputes pays for loading it

    from yangcai.procedures.evaluation.bulk import Lots, recompute

    placed = [[(key, bid) for key, bid in result["bids"].items() if _is_placed(bid)] for _pk, result in group]
    bids = [(result, key, bid) for (_pk, result), own in zip(group, placed, strict=True) for key, bid in own]
    scores = [[list(by.values()) for by in result["scores"].get(key, {}).values()] for result, key, _bid in bids]
    wide = max((len(of_bid) for of_bid in scores), default=0) or 1
    deep = max((len(by) for of_bid in scores for by in of_bid), default=0) or 1
    points = np.zeros((len(bids), wide, deep), dtype=np.int64)
    for row, of_bid in enumerate(scores):
        for column, by in enumerate(of_bid):
            points[row, column, : len(by)] = [_hundredths(value) for value in by]
    most = max(len(bid["deductions"]) for _result, _key, bid in bids) or 1
    rates = [[_scaled(d["rate"], 4) for d in bid["deductions"]] for _result, _key, bid in bids]
    found = recompute(
        Lots(
            starts=np.cumsum([0, *(len(own) for own in placed[:-1])]),
            weight=np.array([_price_weight(result) for _pk, result in group]),
            rated=np.array([result["method"] == "rated" for _pk, result in group]),
            tie_by_evaluated=np.zeros(len(group), dtype=bool),
            price=np.array([_hundredths(bid["bid_price"]) for _result, _key, bid in bids]),
            rates=np.array([row + [0] * (most - len(row)) for row in rates]),
            scores=points,
            members=np.array([max((len(by) for by in of_bid), default=0) or 1 for of_bid in scores]),
            ranked=np.array([not bid["same_brand_as"] for _result, _key, bid in bids]),
            decimals=decimals,
            running=np.array([_hundredths(bid.get("running_cost", 0)) for _result, _key, bid in bids]),
        )
    )
    row = 0
    for (pk, result), own in zip(group, placed, strict=True):
        for key, bid in own:
            pairs = [("evaluated_price", bid["evaluated_price"], found.evaluated[row], 2)]
            if result["method"] == "rated":
                pairs.append(("price_score", bid["price_score"], found.price_score[row], decimals))
                pairs.append(("total", bid["total"], found.total[row], decimals))
            for what, reported, recomputed, places in pairs:
                told = Decimal(int(recomputed)).scaleb(-places)
                if Decimal(reported) != told:
                    yield Difference(pk, int(key), what, str(reported), str(told))
            if (rank := int(found.rank[row])) != (bid["rank"] or 0) and not _drawn_apart(rank, key, bid, own, result):
                yield Difference(pk, int(key), "rank", str(bid["rank"]), str(rank))
            row += 1


def _drawn_apart(
    rank: int, key: str, bid: dict[str, Any], own: Iterable[tuple[str, dict[str, Any]]], result: dict[str, Any]
) -> bool:
    """Whether equals were put in an order by the draw: the places from the shared one on, for as many as there are."""
    if key not in result["drawn"] or bid["rank"] is None:
        return False
    equal = [other for name, other in own if name in result["drawn"] and other["total"] == bid["total"]]
    return rank <= bid["rank"] < rank + len(equal)


def _price_weight(result: dict[str, Any]) -> int:
    if result["method"] != "rated":
        return 0
    return sum(_hundredths(c["weight"]) for c in result["criteria"] if c["kind"] == "price")


def _hundredths(value: Any) -> int:
    return _scaled(value, 2)


def _scaled(value: Any, places: int) -> int:
    """A number in units of its last place; EvaluationError where it has more places than that."""
    scaled = Decimal(value).scaleb(places)
    if scaled != scaled.to_integral_value():
        raise EvaluationError(f"{value} has more than {places} decimals")
    return int(scaled)
