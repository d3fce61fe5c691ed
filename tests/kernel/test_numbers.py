"""Is a number that is no money written in one way, and by one function?"""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from yangcai.kernel import numbers

SOURCE = Path(numbers.__file__).resolve().parents[1]
#: How a number lost the zeros at its end where nobody knew of the function.
BY_HAND = re.compile(r"\.normalize\(\)[^}\n]*:f")


@pytest.mark.parametrize(
    ("value", "said"),
    [("12.50", "12.5"), ("100", "100"), ("1E+2", "100"), ("0.0000", "0"), ("-0.00", "0"), ("-1.10", "-1.1")],
)
def test_zeros_that_say_nothing_are_left_out(value: str, said: str) -> None:
    assert numbers.bare(Decimal(value)) == said


@pytest.mark.parametrize(("ratio", "said"), [("0.30", "30%"), ("0.2999", "29.99%"), ("1", "100%"), ("0", "0%")])
def test_a_share_is_of_a_hundred(ratio: str, said: str) -> None:
    assert numbers.percent(Decimal(ratio)) == said


def test_nobody_writes_it_by_hand() -> None:
    found = [path for path in SOURCE.rglob("*.py") if BY_HAND.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in found] == ["numbers.py"]
