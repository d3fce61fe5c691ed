"""Which price holds when a bid contradicts itself? The four rules of 财政部令第87号 59, in their order."""

from dataclasses import dataclass, replace
from decimal import Decimal

from yangcai.kernel.money import cents, parse_capitals
from yangcai.procedures.evaluation.model import Correction, Line, Quote

#: How far a decimal point is thought to slip: up to ten thousand times, either way; a percent sign is a hundred times.
SLIPS = tuple(Decimal(10) ** n for n in (-1, 1, -2, 2, -3, 3, -4, 4))

OPENING_LIST = 1
WORDS = 2
DECIMAL_POINT = 3
UNIT_PRICES = 4


@dataclass(frozen=True)
class Corrected:
    """The price that holds, the rows as corrected and each correction made. Unconfirmed it does not bind (59, 51)."""

    price: Decimal
    lines: tuple[Line, ...]
    corrections: tuple[Correction, ...]


def _sum(lines: tuple[Line, ...]) -> Decimal:
    return cents(sum((line.product for line in lines), Decimal(0)))


def _slipped(lines: tuple[Line, ...], *, total: Decimal) -> tuple[int, Decimal] | None:
    """The one row, and its factor, whose unit price moved by whole decimals makes the sum right; None when not one."""
    found = [
        (index, factor)
        for index, line in enumerate(lines)
        for factor in SLIPS
        if cents(sum((x.product for x in lines), Decimal(0)) - line.product + line.product * factor) == total
    ]
    return found[0] if len(found) == 1 else None


def correct(quote: Quote) -> Corrected:
    """Apply the four rules in order.

    1 the opening list wins over the rest of the bid; 2 words over figures; 3 an evidently misplaced decimal point of a
    unit price yields to the opening list's total; 4 otherwise unit prices win over a total. A detail total that
    differs from the opening list is a case of rule 1, so rule 4 then has nothing left to decide.
    Raises MoneyError when the words are no amount.
    """
    price, lines, made = cents(quote.figures), quote.lines, []
    opening_list_settled = quote.detail_total is not None and cents(quote.detail_total) != price
    if opening_list_settled and quote.detail_total is not None:
        made.append(
            Correction(
                order=OPENING_LIST,
                zh="开标一览表与投标文件相应内容不一致，以开标一览表为准",
                en="The opening list differs from the rest of the bid; the opening list holds",
                before=cents(quote.detail_total),
                after=price,
            )
        )
    if quote.words and (in_words := parse_capitals(quote.words)) != price:
        made.append(
            Correction(
                order=WORDS,
                zh="大写金额与小写金额不一致，以大写金额为准",
                en="Words and figures differ; the words hold",
                before=price,
                after=in_words,
            )
        )
        price = in_words
    if lines and _sum(lines) != price:
        if slip := _slipped(lines, total=price):
            index, factor = slip
            before = lines[index].unit_price
            lines = (*lines[:index], replace(lines[index], unit_price=before * factor), *lines[index + 1 :])
            made.append(
                Correction(
                    order=DECIMAL_POINT,
                    zh="单价金额小数点或者百分比明显错位，以开标一览表的总价为准并修改单价",
                    en="A unit price has its decimal point misplaced; the total of the opening list holds",
                    before=before,
                    after=lines[index].unit_price,
                )
            )
        elif not opening_list_settled:
            made.append(
                Correction(
                    order=UNIT_PRICES,
                    zh="总价金额与按单价汇总金额不一致，以单价金额计算结果为准",
                    en="The total differs from the sum of the unit prices; the unit prices hold",
                    before=price,
                    after=_sum(lines),
                )
            )
            price = _sum(lines)
    return Corrected(price=price, lines=lines, corrections=tuple(made))
