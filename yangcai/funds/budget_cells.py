"""What does one cell of a budget file say, exactly?"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from stdnum.cn import uscc as social_credit_code

LONGEST_CELL = 300
#: The categories Cc, Cs, Co and Cf of Unicode: control characters, halves of surrogate pairs, private use, and what is
#: not seen: it makes two codes of one, or turns a name around.
UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
    r"\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
CENT_PLACES = 2
DIGITS_OF_YUAN = 16


class BadCell(Exception):
    """A cell is wrong: why, in Chinese and English."""


def plain(value: Any) -> str:
    """The text of a cell; formulas, errors and control characters are refused."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        if value.time() != datetime.time():
            raise BadCell("应为日期，不应带时间", "is a time, not a day")
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise BadCell("是公式或不能识别的内容，请粘贴为数值", "is a formula or something unknown: paste it as a value")
    text = (str(int(value)) if _is_whole(value) else str(value)).strip()
    if text.startswith(("=", "@", "+")) or (text.startswith("#") and text.endswith(("!", "?", "/A"))):
        raise BadCell("是公式，请粘贴为数值", "is a formula: paste it as a value")
    if UNPRINTABLE.search(text):
        raise BadCell("含有控制字符", "holds control characters")
    if len(text) > LONGEST_CELL:
        raise BadCell(f"超过 {LONGEST_CELL} 字", f"is longer than {LONGEST_CELL} characters")
    return text


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _year(text: str) -> int:
    matched = re.fullmatch(r"(20[0-9]{2})年?度?", text)
    if not matched:
        raise BadCell(f"“{text}”不是四位年份", f"“{text}” is not a year of four digits")
    return int(matched[1])


def _amount(text: str) -> Decimal:
    if not re.fullmatch(r"([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?", text):
        raise BadCell(f"“{text}”不是以元为单位的金额", f"“{text}” is not an amount in yuan")
    whole, _point, cents = text.replace(",", "").partition(".")
    if len(cents.rstrip("0")) > CENT_PLACES:
        raise BadCell(f"“{text}”精确到分以下", f"“{text}” has more than two decimal places")
    if len(whole) > DIGITS_OF_YUAN:
        raise BadCell(f"“{text}”过大", f"“{text}” is too large")
    amount = Decimal(f"{whole}.{cents[:CENT_PLACES].ljust(CENT_PLACES, '0')}")
    if amount == 0:
        raise BadCell("应大于零", "must be above zero")
    return amount


def _day(text: str) -> datetime.date:
    matched = re.fullmatch(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?", text)
    try:
        if matched:
            return datetime.date(*(int(part) for part in matched.groups()))
    except ValueError:
        pass
    raise BadCell(f"“{text}”不是日期，请写成 2026-01-31", f"“{text}” is not a date: write 2026-01-31")


def _uscc(text: str) -> str:
    code = text.upper()
    if not social_credit_code.is_valid(code):
        raise BadCell(
            f"“{text}”不是有效的统一社会信用代码（校验位不符）",
            f"“{text}” is not a valid unified social credit code (check digit)",
        )
    return code


def folded(text: str) -> str:
    """Full-width digits and signs as their ordinary ones: １２０．５ is 120.5. Names keep theirs: 教学设备（二期）."""
    return unicodedata.normalize("NFKC", text)


READERS: dict[str, Callable[[str], Any]] = {
    "buyer": str,
    "uscc": lambda text: _uscc(folded(text)),
    "fiscal_year": lambda text: _year(folded(text)),
    "code": folded,
    "name": str,
    "classification": str,
    "source": str,
    "amount": lambda text: _amount(folded(text)),
    "approved_on": lambda text: _day(folded(text)),
}
