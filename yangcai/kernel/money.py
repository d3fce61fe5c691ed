"""How is money written, read and shared out? Always Decimal yuan with two places, never float.

Capital amounts (大写) follow 支付结算办法, annex 1: 元 or 角 at the end takes 整, 分 does not; inner zeros read
零 once.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
#: Largest amount the platform writes: sixteen digits before the point (database columns hold the same).
LIMIT = Decimal(10) ** 16

PLAIN = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?", re.ASCII)

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
READ_DIGITS = {c: n for n, chars in enumerate(zip(DIGITS, "〇一二三四五六七八九", strict=True)) for c in chars}
READ_DIGITS |= {"两": 2, "贰": 2, "0": 0}
READ_PLACES = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}


class MoneyError(ValueError):
    """Text that is not an amount of money. Callers show .zh or .en."""

    def __init__(self, *, zh: str, en: str):
        self.zh = zh
        self.en = en
        super().__init__(en)


def cents(value: Decimal | int | Fraction) -> Decimal:
    """The amount in yuan rounded to the cent, half up. Floats are refused (TypeError)."""
    return rounded(value, places=2)


def rounded(value: Decimal | int | Fraction, *, places: int) -> Decimal:
    """A Decimal with `places` decimals, rounded half up, exact also for fractions."""
    if isinstance(value, float | bool):
        raise TypeError("money is never a float")
    unit = Decimal(1).scaleb(-places)
    if isinstance(value, Fraction):
        scaled = abs(value) * 10**places
        whole = Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator))
        return (whole if value >= 0 else -whole) * unit
    return Decimal(value).quantize(unit, rounding=ROUND_HALF_UP)


def parse(text: str) -> Decimal:
    """Yuan from text such as "4735500", "4,735,500.00". Refuses exponents, misplaced commas and fractions of a cent."""
    cleaned = text.strip()
    if not PLAIN.fullmatch(cleaned):
        raise MoneyError(
            zh=f"“{text}”不是金额：请写成 4735500.00 或 4,735,500.00，最多两位小数",
            en=f"“{text}” is not an amount: write 4735500.00 or 4,735,500.00, two decimals at most",
        )
    value = Decimal(cleaned.replace(",", "")).quantize(CENT)
    if abs(value) >= LIMIT:
        raise MoneyError(zh=f"“{text}”超出可记录的金额", en=f"“{text}” is larger than can be recorded")
    return value


def figures(value: Decimal) -> str:
    """4,735,500.00"""
    return f"{cents(value):,.2f}"


def _group(number: int) -> str:
    """Four digits in capitals, e.g. 5500 -> 伍仟伍佰, 1001 -> 壹仟零壹; a leading zero is the caller's."""
    text, pending = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if pending and text else "") + DIGITS[digit] + PLACES[place]
            pending = False
        else:
            pending = True
    return text


def _whole(number: int) -> str:
    text, gap = "", False
    for index in (3, 2, 1, 0):
        part = number // 10 ** (4 * index) % 10000
        if part:
            text += ("零" if text and (gap or part < 1000) else "") + _group(part)
            text += "万" if index == 3 and number // 10**8 % 10000 else GROUPS[index]
            gap = False
        else:
            gap = bool(text)
    return text


def capitals(value: Decimal) -> str:
    """The amount in capital characters: 4,735,500.00 -> 人民币肆佰柒拾叁万伍仟伍佰元整. Negative is refused."""
    amount = cents(value)
    if amount < 0 or amount >= LIMIT:
        raise MoneyError(zh=f"{amount} 不能写成大写金额", en=f"{amount} cannot be written in capitals")
    number, fraction = divmod(int(amount * 100), 100)
    tenth, hundredth = divmod(fraction, 10)
    text = f"{_whole(number)}元" if number else ""
    if not fraction:
        return f"人民币{text or '零元'}整"
    if tenth:
        text += f"{DIGITS[tenth]}角"
    elif text:
        text += "零"
    return f"人民币{text}{DIGITS[hundredth] + '分' if hundredth else '整'}"


def _read_number(text: str, *, whole: str) -> int:
    total = section = digit = 0
    for char in text:
        if char in READ_DIGITS:
            digit = READ_DIGITS[char]
        elif char in READ_PLACES:
            section += (digit or 1) * READ_PLACES[char]
            digit = 0
        elif char == "万":
            total += (section + digit) * 10**4
            section = digit = 0
        elif char == "亿":
            total = (total + section + digit) * 10**8
            section = digit = 0
        else:
            raise _unreadable(whole)
    return total + section + digit


def _unreadable(text: str) -> MoneyError:
    return MoneyError(zh=f"“{text}”不是大写金额", en=f"“{text}” is not an amount in capitals")


def parse_capitals(text: str) -> Decimal:
    """Yuan from capitals, 元/圆/块 and 整/正 accepted; for 财政部令第87号 59(2), where words win over figures."""
    cleaned = re.sub(r"\s", "", text).removeprefix("人民币").removeprefix("：").removesuffix("整").removesuffix("正")
    match = re.fullmatch(r"(?:(.+)[元圆块])?零?(?:(.)角)?零?(?:(.)分)?", cleaned)
    if not match or not any(match.groups()):
        raise _unreadable(text)
    number, tenth, hundredth = match.groups()
    if any(part and part not in READ_DIGITS for part in (tenth, hundredth)):
        raise _unreadable(text)
    value = Decimal(_read_number(number, whole=text) if number else 0)
    return cents(
        value + Decimal(READ_DIGITS.get(tenth or "零", 0)) / 10 + Decimal(READ_DIGITS[hundredth or "零"]) / 100
    )


def shares(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Split `total` in proportion to `weights` so that the parts add up exactly (largest remainders get the cents)."""
    whole = sum(Fraction(w) for w in weights)
    if not weights or whole <= 0 or any(w < 0 for w in weights):
        raise ValueError("weights must be non-negative and not all zero")
    amount = int(cents(total) * 100)
    exact = [Fraction(amount) * Fraction(w) / whole for w in weights]
    parts = [int(Decimal(x.numerator // x.denominator).to_integral_value(ROUND_FLOOR)) for x in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in order[: amount - sum(parts)]:
        parts[index] += 1
    return [Decimal(part).scaleb(-2).quantize(CENT) for part in parts]
