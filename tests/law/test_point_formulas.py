"""How many points is a figure worth, exactly, and is nothing that a file says ever run?"""

from decimal import Decimal
from fractions import Fraction

import pytest

from yangcai.procedures.evaluation import point_formula
from yangcai.procedures.evaluation.point_formula import TableError, faults, parse, points, said, written

TEN = Decimal(10)


@pytest.mark.parametrize(
    ("code", "table", "figure", "worth"),
    [
        ("interpolated", "12=0；24=10", "12", 0),
        ("interpolated", "12=0；24=10", "15", Fraction(5, 2)),
        ("interpolated", "12=0；24=10", "19", Fraction(35, 6)),
        ("interpolated", "12=0；24=10", "36", 10),
        ("interpolated", "12=0；24=10", "0", 0),
        ("interpolated", "10=10；30=4；60=0", "20", 7),
        ("interpolated", "10=10；30=4；60=0", "45", 2),
        ("at_least", "12=2；24=6；36=10", "11.9", 0),
        ("at_least", "12=2；24=6；36=10", "24", 6),
        ("at_least", "12=2；24=6；36=10", "99", 10),
        ("at_most", "10=10；20=6；30=2", "10", 10),
        ("at_most", "10=10；20=6；30=2", "10.5", 6),
        ("at_most", "10=10；20=6；30=2", "31", 0),
        ("each", "1=2", "3.9", 6),
        ("each", "1=2", "100", 10),
        ("each", "0.5=1", "2", 4),
        ("each_off", "1=3", "2", 4),
        ("each_off", "1=3", "9", 0),
    ],
)
def test_a_figure_is_worth_its_points(code: str, table: str, figure: str, worth: Fraction | int) -> None:
    assert points(code=code, table=parse(table), figure=Decimal(figure), weight=TEN) == worth


@pytest.mark.parametrize("code", point_formula.POINT_FORMULAS)
@pytest.mark.parametrize("figure", ["0", "0.0001", "7", "999999999999"])
def test_points_never_leave_their_range(code: str, figure: str) -> None:
    table = parse("1=2" if point_formula.POINT_FORMULAS[code].single else "1=2；5=7；9=10")
    assert 0 <= points(code=code, table=table, figure=Decimal(figure), weight=TEN) <= TEN


@pytest.mark.parametrize(
    "text",
    ["", "12", "12=", "=5", "12=0；12=5", "a=1", "1=1+1", "__import__('os')=1", "1e9=3", "-1=3", "1=2；" * 21 + "9=9"],
)
def test_what_is_no_table_is_refused_and_never_run(text: str) -> None:
    with pytest.raises(TableError) as caught:
        parse(text)
    assert caught.value.zh and caught.value.en


def test_a_table_is_kept_in_one_way_of_writing_it() -> None:
    assert written(parse(" 24 = 10.00\n12=0 ")) == "12=0；24=10"
    assert written(parse("0.50=1,1＝2")) == "0.5=1；1=2"


def test_it_says_in_both_languages_how_it_counts() -> None:
    zh, en = said(code="at_least", table=parse("12=4；24=10"), unit="月", weight=TEN)
    assert zh == "达到各档数值得该档分：12月 4 分；24月 10 分（满分 10 分）"
    assert "24 月: 10 points" in en and "(of 10 points)" in en


def test_a_sound_table_has_no_fault() -> None:
    assert list(faults(code="interpolated", table=parse("12=0；24=10"), weight=TEN)) == []
