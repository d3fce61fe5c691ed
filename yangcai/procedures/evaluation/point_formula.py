"""How many points is a declared figure worth, by the formula that the file names?

An objective criterion whose points can be counted: the file names a formula and its table of figures and points, the
bid declares its figure, and the points follow, the same for every member (财政部令第87号 55, 64). A small closed set of
formulas; nothing that a file says is ever run.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yangcai.kernel.numbers import bare
from yangcai.kernel.refusals import in_chinese

#: Figure and points, figures rising.
Table = tuple[tuple[Decimal, Decimal], ...]
#: Nobody reads more rows than that in a criterion.
MOST_PAIRS = 20
_NUMBER = r"\d{1,12}(?:\.\d{1,4})?"
_PAIR = re.compile(rf"({_NUMBER})\s*[=＝]\s*({_NUMBER})")
NOTHING = Fraction(0)


class TableError(ValueError):
    """What was written is no table of figures and points; zh and en say why."""

    def __init__(self, zh: str, en: str):
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class PointFormula:
    """One way to count. `single`: one pair alone, so many points for so much; else a table. `rising`: whether more is
    worth more in a table of steps, None where either may be."""

    code: str
    zh: str
    en: str
    compute: Callable[[Table, Decimal, Decimal], Fraction]
    single: bool = False
    steps: bool = False
    rising: bool | None = None

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.zh if in_chinese() else self.en


def _interpolated(table: Table, figure: Decimal, weight: Decimal) -> Fraction:
    (low, _), (high, _) = table[0], table[-1]
    inside = Fraction(min(max(figure, low), high))
    for (x0, y0), (x1, y1) in itertools.pairwise(table):
        if inside <= x1:
            return Fraction(y0) + (inside - Fraction(x0)) / Fraction(x1 - x0) * Fraction(y1 - y0)
    return Fraction(table[-1][1])


def _at_least(table: Table, figure: Decimal, weight: Decimal) -> Fraction:
    return max((Fraction(points) for least, points in table if figure >= least), default=NOTHING)


def _at_most(table: Table, figure: Decimal, weight: Decimal) -> Fraction:
    return max((Fraction(points) for most, points in table if figure <= most), default=NOTHING)


def _each(table: Table, figure: Decimal, weight: Decimal) -> Fraction:
    ((unit, points),) = table
    return min(Fraction(weight), int(figure // unit) * Fraction(points))


def _each_off(table: Table, figure: Decimal, weight: Decimal) -> Fraction:
    ((unit, points),) = table
    return max(NOTHING, Fraction(weight) - int(figure // unit) * Fraction(points))


POINT_FORMULAS: dict[str, PointFormula] = {
    one.code: one
    for one in (
        PointFormula("interpolated", "按表中各点直线内插", "Straight lines between the points", _interpolated),
        PointFormula(
            "at_least", "达到各档数值得该档分", "By the step that is reached", _at_least, steps=True, rising=True
        ),
        PointFormula(
            "at_most", "不超过各档数值得该档分", "By the step that is not exceeded", _at_most, steps=True, rising=False
        ),
        PointFormula("each", "每满一个单位得分，得满为止", "So many points for each unit", _each, single=True),
        PointFormula(
            "each_off", "每满一个单位扣分，扣完为止", "So many points off for each unit", _each_off, single=True
        ),
    )
}


def parse(text: str) -> Table:
    """“12=0；24=10” as pairs, figures rising. Raises TableError."""
    parts = [part for part in re.split(r"[;；,，\n]+", text.strip()) if part.strip()]
    found = [_PAIR.fullmatch(part.strip()) for part in parts]
    if not parts or not all(found) or len(parts) > MOST_PAIRS:
        raise TableError(
            f"计分表写成“数值=分值”，用分号隔开，如 12=0；24=10，最多 {MOST_PAIRS} 档",
            f"write the table as figure=points with semicolons, as 12=0; 24=10, at most {MOST_PAIRS} pairs",
        )
    table = tuple(sorted((Decimal(one[1]), Decimal(one[2])) for one in found if one))
    if len({figure for figure, _points in table}) < len(table):
        raise TableError("计分表中同一数值出现两次", "a figure stands twice in the table")
    return table


def written(table: Table) -> str:
    """A table as text, always the same way."""
    return "；".join(f"{bare(figure)}={bare(points)}" for figure, points in table)


def points(*, code: str, table: Table, figure: Decimal, weight: Decimal) -> Fraction:
    """What a figure is worth, exactly: between nothing and `weight`. Raises KeyError for an unknown formula."""
    exact = POINT_FORMULAS[code].compute(table, figure, weight)
    return min(max(exact, NOTHING), Fraction(weight))


def faults(*, code: str, table: Table, weight: Decimal) -> Iterator[tuple[str, str]]:
    """Why the table cannot count the points of a criterion of so much weight, in both languages."""
    formula, values = POINT_FORMULAS[code], [value for _figure, value in table]
    if any(value > weight for value in values):
        yield f"计分表的分值超过该因素的 {bare(weight)} 分", f"points above the criterion's {bare(weight)}"
    if formula.single:
        if len(table) > 1 or not all(table[0]):
            yield "该公式只写一组“单位=分值”，都大于零", "this formula takes one pair above zero, unit=points"
        return
    if len(table) == 1 and not formula.steps:
        yield "直线内插至少要两组数值", "straight lines need two pairs or more"
    if max(values) != weight:
        yield (
            f"按计分表得不到该因素的满分 {bare(weight)} 分",
            f"the table never gives the criterion's full {bare(weight)} points",
        )
    if formula.steps and values != sorted(set(values), reverse=not formula.rising):
        yield (
            "各区间应当设置不同的分值，依次递增或者递减",
            "each interval has points of its own, rising or falling in order",
        )


def said(*, code: str, table: Table, unit: str, weight: Decimal) -> tuple[str, str]:
    """The formula with its numbers, as the solicitation document says it: Chinese, English."""
    formula = POINT_FORMULAS[code]
    zh = "；".join(f"{bare(figure)}{unit} {bare(value)} 分" for figure, value in table)
    en = "; ".join(f"{bare(figure)} {unit}: {bare(value)} points".replace("  ", " ") for figure, value in table)
    return f"{formula.zh}：{zh}（满分 {bare(weight)} 分）", f"{formula.en}: {en} (of {bare(weight)} points)"
