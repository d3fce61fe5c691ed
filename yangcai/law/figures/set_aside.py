"""How much must be set aside for small and medium enterprises? (财库〔2020〕46号 7, 8)"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from yangcai import law
from yangcai.kernel.money import cents

WHOLE = {"goods": "set_aside.whole.goods_services", "services": "set_aside.whole.goods_services"}
WORKS = "works"


@dataclass(frozen=True)
class SetAside:
    """Smallest amounts in yuan: for small and medium enterprises, and of it for small and micro ones."""

    reserved: Decimal
    small_micro: Decimal
    rule: str


def is_whole(*, category: str, budget: Decimal, on: datetime.date, jurisdiction: str = law.HOME) -> bool:
    """Whether a suitable project of that budget in yuan is set aside as a whole (the limit included)."""
    key = WHOLE.get(category, "set_aside.whole.works")
    return bool(budget <= law.value(key, on=on, jurisdiction=jurisdiction))


def set_aside(*, category: str, total: Decimal, on: datetime.date, jurisdiction: str = law.HOME) -> SetAside:
    """Of the total budget in yuan of suitable projects above that limit."""
    rule = "set_aside.works_share" if category == WORKS else "set_aside.share"
    reserved = cents(total * law.value(rule, on=on, jurisdiction=jurisdiction))
    small_micro = cents(reserved * law.value("set_aside.small_micro", on=on, jurisdiction=jurisdiction))
    return SetAside(reserved=reserved, small_micro=small_micro, rule=rule)
