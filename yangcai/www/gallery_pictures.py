"""What does each picture look like, also with nothing, with one thing, with huge numbers and with negative ones?"""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from yangcai.funds.queries import Balances
from yangcai.portal.year import Flow
from yangcai.www.pictures import of_contract, of_year
from yangcai.www.pictures.bars import Bar, waterfall
from yangcai.www.pictures.picture import Column, Picture
from yangcai.www.pictures.prices import strip
from yangcai.www.work import money

YEAR = 2026
TODAY = datetime.date(YEAR, 11, 26)
HUGE = Decimal("9876543210987.65")


def pictures(now: datetime.datetime) -> list[Picture]:
    """Every kind as it is meant, then its edges."""
    return [*usual(now), *edges(now)]


def usual(now: datetime.datetime) -> list[Picture]:
    return [
        money.picture(
            _balances("62000000", "14600000", "8900000", "26400000"), title=_("本单位预算用到了哪里？"), now=now
        ),
        *of_year.pictures(a_year(), year=YEAR, today=TODAY),
        strip("学生课桌椅", Decimal("428.00"), [Decimal(n) for n in (385, 390, 399, 402, 410, 415, 418, 455)], now=now),
        of_contract.drawn(
            Decimal(4735500), accepted=Decimal(2841300), invoiced=Decimal(2841300), paid=Decimal(1420650), now=now
        ),
    ]


def a_year() -> dict[str, Any]:
    """A district's year."""
    sizes = {"large": (1426, 12, 9), "medium": (3310, 41, 38), "small": (4870, 118, 131), "micro": (697, 61, 152)}
    ten_thousand = Decimal(10_000)
    return {
        "firms": sum(suppliers for size, (_amount, _n, suppliers) in sizes.items() if size != "large"),
        "sizes": {
            size: {"sum": amount * ten_thousand, "n": n, "suppliers": suppliers}
            for size, (amount, n, suppliers) in sizes.items()
        },
        "months": {
            month: (small * ten_thousand, small * 6000 + month * 90000, large * ten_thousand)
            for month, small, large in zip(
                range(1, 12),
                (Decimal(n) for n in (120, 86, 310, 455, 520, 498, 377, 610, 690, 530, 402)),
                (Decimal(n) for n in (0, 20, 90, 0, 160, 210, 40, 330, 280, 120, 176)),
                strict=True,
            )
        },
        "durations": {
            "open_tender": (48, _days(29, 36, 41, 52, 96)),
            "consultation": (31, _days(17, 22, 26, 34, 61)),
            "negotiation": (9, _days(12, 15, 19, 24, 33)),
            "single_source": (5, _days(9, 12, 14, 15, 22)),
        },
        "flows": [
            _flow("goods", "open_tender", 900, 120, 4300, 3975, 3100),
            _flow("goods", "consultation", 100, 0, 900, 850, 800),
            _flow("services", "open_tender", 700, 0, 2200, 2080, 900),
            _flow("services", "consultation", 300, 90, 1100, 1040, 610),
            _flow("services", "single_source", 0, 0, 380, 372, 372),
            _flow("works", "open_tender", 1200, 260, 1650, 1490, 450),
        ],
    }


def edges(now: datetime.datetime) -> list[Picture]:
    """Nothing, one thing, much, and less than nothing."""
    nothing: dict[str, Any] = {"firms": 0, "sizes": {}, "months": {}, "durations": {}, "flows": []}
    one = {
        "firms": 1,
        "sizes": {"micro": {"sum": Decimal("0.01"), "n": 1, "suppliers": 1}},
        "months": {1: (Decimal("0.01"), Decimal(0), Decimal(0))},
        "durations": {"open_tender": (1, _days(30, 30, 30, 30, 30))},
        "flows": [Flow("goods", "open_tender", Decimal(0), Decimal(0), Decimal(100), Decimal(100), Decimal(0))],
    }
    much = {
        "firms": 10**5,
        "sizes": {size: {"sum": HUGE, "n": 10**6, "suppliers": 10**5} for size in ("large", "small")},
        "months": {month: (HUGE, HUGE / 7, HUGE / 3) for month in range(1, 13)},
        "durations": {f"method_{n}": (10**5, _days(1, 90, 400, 1200, 9999)) for n in range(6)},
        "flows": [Flow("works", f"method_{n}", HUGE, HUGE / 9, HUGE * 2, HUGE * 2, HUGE) for n in range(8)],
    }
    below = [
        Bar(_("年初预算"), Decimal(100), "total"),
        Bar(_("追减"), Decimal(160), "minus"),
        Bar(_("差额"), Decimal(-60), "total"),
    ]
    return [
        *(
            picture
            for number, found in enumerate((nothing, one, much))
            for picture in (_renamed(each, number) for each in of_year.pictures(found, year=YEAR, today=TODAY))
        ),
        _renamed(money.picture(_balances(), title=_("本单位预算用到了哪里？"), now=now), 0),
        _renamed(money.picture(_balances(HUGE, HUGE, HUGE, HUGE), title=_("本单位预算用到了哪里？"), now=now), 2),
        Picture(
            key="below",
            title=_("调减之后还差多少？"),
            says=_("调减比预算多 60 万元。"),
            drawings=waterfall(below),
            columns=(Column(_("项目")), Column(_("金额（万元）"), 2)),
            rows=[(bar.label, bar.value if bar.kind != "minus" else -bar.value) for bar in below],
        ),
        strip("没有人买过的设备", Decimal(1), [], now=now, number=2),
        strip("只买过一次的设备", Decimal(900), [Decimal(900)], now=now, number=3),
        strip("贵得离谱的设备", HUGE, [Decimal(n) for n in range(1, 400)], now=now, number=4),
    ]


def _renamed(picture: Picture, number: int) -> Picture:
    """Two of a kind on one page have two names."""
    return Picture(**{**vars(picture), "key": f"{picture.key}-{('none', 'one', 'much')[number]}"})


def _balances(*parts: Decimal | str) -> Balances:
    values = [Decimal(part) for part in parts] or [Decimal(0)] * 4
    approved, reserved, committed, paid = values
    return Balances(approved, approved - reserved - committed - paid, reserved, committed, paid)


def _days(*days: int) -> list[Decimal]:
    return [Decimal(n) for n in days]


def _flow(category: str, procedure: str, *amounts: int) -> Flow:
    return Flow(category, procedure, *(Decimal(amount) * 10_000 for amount in amounts))
