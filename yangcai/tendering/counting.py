"""Which figures does a bid declare for the criteria that have a formula, and how many points are they worth?"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.numbers import bare
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.procedures.evaluation import point_formula
from yangcai.tendering.models import Criterion, OfferedFigure, OpenedBid

RULE = "evaluation.intervals"


@remembered
def of_lot(lot: Lot) -> list[Criterion]:
    """The criteria whose points are counted from a figure."""
    return list(Criterion.objects.filter(lot=lot).exclude(formula="").order_by("pk"))


def unlawful(lot: Lot, rows: Iterable[Mapping[str, Any]], *, now: datetime.datetime) -> Iterator[Refusal]:
    """Told at the bid's form before it is sealed: a figure that is missing, stated twice, or not asked for."""
    given, asked = [row["criterion"] for row in rows], [one.code for one in of_lot(lot)]
    missing = [code for code in asked if given.count(code) != 1]
    strange = [code for code in given if code not in asked]
    if missing or strange:
        yield refuse(
            RULE,
            code="figures_not_declared",
            zh="按公式计分的评审因素应当各填一个数值；未填或者重复：{missing}；采购文件没有列明：{strange}",
            en="Declare one figure for each criterion with a formula; missing or twice: {missing}; not asked for:"
            " {strange}",
            missing="、".join(missing) or "-",
            strange="、".join(strange) or "-",
            **applicable(lot.case, now=now),
        )


def write(opened: OpenedBid, rows: Iterable[Mapping[str, Any]]) -> None:
    """The figures of an envelope, beside the bid that was in it."""
    asked = {one.code: one for one in of_lot(opened.lot)}
    OfferedFigure.objects.bulk_create(
        OfferedFigure(opened_bid=opened, criterion=asked[row["criterion"]], declared=Decimal(row["figure"]))
        for row in rows
    )


def worth(criterion: Criterion, figure: Decimal) -> Fraction:
    """The points of a figure by the criterion's formula, exactly."""
    return point_formula.points(code=criterion.formula, table=criterion.table, figure=figure, weight=criterion.weight)


def computed(lot: Lot) -> dict[int, dict[str, Fraction]]:
    """Bid id -> criterion code -> points: the same for every member, because nobody gives them."""
    return {
        bid: {figure.criterion.code: worth(figure.criterion, figure.counts) for figure in rows}
        for bid, rows in _by_bid(lot.case).get(lot.pk, {}).items()
    }


def of_bids(lot: Lot) -> dict[int, list[OfferedFigure]]:
    """Bid id -> its figures, in the order of the criteria."""
    return _by_bid(lot.case).get(lot.pk, {})


@remembered
def _by_bid(case: Case) -> dict[int, dict[int, list[OfferedFigure]]]:
    """The same for every lot, by its id: one question for the whole case."""
    found: dict[int, dict[int, list[OfferedFigure]]] = {}
    rows = OfferedFigure.objects.filter(opened_bid__lot__case=case).select_related("criterion")
    for row in rows.order_by("opened_bid_id", "criterion_id"):
        found.setdefault(row.criterion.lot_id, {}).setdefault(row.opened_bid_id, []).append(row)
    return found


def frozen(lot: Lot) -> dict[str, dict[str, dict[str, str]]]:
    """What a report says of them: bid -> criterion -> figures, points and where they were read."""
    return {
        str(bid): {
            row.criterion.code: {
                "declared": bare(row.declared),
                "counts": bare(row.counts),
                "reason": row.reason,
                "page": row.page,
            }
            for row in rows
        }
        for bid, rows in of_bids(lot).items()
    }
