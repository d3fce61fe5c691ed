"""Is money written, read and shared out exactly?"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangcai.kernel import money

WORDS = {
    "0.00": "人民币零元整",
    "0.05": "人民币伍分",
    "0.50": "人民币伍角整",
    "0.56": "人民币伍角陆分",
    "10.00": "人民币壹拾元整",
    "325.04": "人民币叁佰贰拾伍元零肆分",
    "1409.50": "人民币壹仟肆佰零玖元伍角整",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "107000.53": "人民币壹拾万柒仟元伍角叁分",
    "1200000": "人民币壹佰贰拾万元整",
    "4735500.00": "人民币肆佰柒拾叁万伍仟伍佰元整",
    "100000000": "人民币壹亿元整",
    "100010000": "人民币壹亿零壹万元整",
    "100000001": "人民币壹亿零壹元整",
    "1010000000000": "人民币壹万零壹佰亿元整",
    "1000000000000.00": "人民币壹万亿元整",
    "20.20": "人民币贰拾元贰角整",
    "1000.00": "人民币壹仟元整",
    "9999.99": "人民币玖仟玖佰玖拾玖元玖角玖分",
    "10000.00": "人民币壹万元整",
    "10001.01": "人民币壹万零壹元零壹分",
    "10010000": "人民币壹仟零壹万元整",
    "99999999.99": "人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    "10000000000.01": "人民币壹佰亿元零壹分",
    "9999999999999999.99": "人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize(("figures", "words"), WORDS.items())
def test_capitals_read_as_a_bank_writes_them(figures: str, words: str) -> None:
    assert money.capitals(Decimal(figures)) == words
    assert money.parse_capitals(words) == Decimal(figures)


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_capitals_survive_the_round_trip(number: int) -> None:
    value = Decimal(number) / 100
    assert money.parse_capitals(money.capitals(value)) == value


@pytest.mark.parametrize("text", ["壹佰贰拾万元整", "人民币：壹佰贰拾万圆正", "一百二十万元"])
def test_capitals_are_read_in_the_spellings_of_real_bids(text: str) -> None:
    assert money.parse_capitals(text) == Decimal(1200000)


@pytest.mark.parametrize("text", ["", "元整", "人民币整", "壹佰x拾元整", "1200000", "壹元贰"])
def test_what_is_not_capitals_is_refused(text: str) -> None:
    with pytest.raises(money.MoneyError) as refused:
        money.parse_capitals(text)
    assert refused.value.zh and refused.value.en


@pytest.mark.parametrize(
    ("text", "value"),
    [("4735500", "4735500.00"), ("4,735,500.00", "4735500.00"), (" 0.5 ", "0.50"), ("-1,000.1", "-1000.10")],
)
def test_amounts_are_read_strictly(text: str, value: str) -> None:
    assert str(money.parse(text)) == value


@pytest.mark.parametrize("text", ["", "1.234", "1e5", "12,34", "1,0000", "NaN", "１２", "1.", ".5", "9" * 17, "¥5"])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(money.MoneyError):
        money.parse(text)


def test_figures_are_grouped() -> None:
    assert money.figures(Decimal("4735500")) == "4,735,500.00"


def test_rounding_is_half_up_also_for_fractions() -> None:
    assert money.cents(Decimal("0.005")) == Decimal("0.01")
    assert money.cents(Decimal("2.675")) == Decimal("2.68")
    assert money.rounded(Fraction(5, 1000), places=2) == Decimal("0.01")
    assert money.rounded(Fraction(-5, 1000), places=2) == Decimal("-0.01")
    assert money.rounded(Fraction(2, 3), places=4) == Decimal("0.6667")


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        money.cents(0.1)  # type: ignore[arg-type]


@given(
    st.integers(min_value=0, max_value=10**12),
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any),
)
def test_shares_add_up_exactly_and_stay_within_a_cent(number: int, weights: list[int]) -> None:
    total = Decimal(number).scaleb(-2)
    parts = money.shares(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(total) * weight / sum(weights)) < Fraction(1, 100)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_shares_need_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        money.shares(Decimal(1), weights)


@pytest.mark.parametrize("text", ["壹拾万柒仟元零伍角叁分", "壹拾万零柒仟元伍角叁分", "壹拾万柒仟元伍角叁分"])
def test_optional_zeros_are_read(text: str) -> None:
    assert money.parse_capitals(text) == Decimal("107000.53")
