"""Which purchases make up the demo district's year, so that its sums are those that the article of 2022 published?

Pure: from what the district holds already, the purchases that are missing. Every name is invented.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from itertools import count, islice, product

from yangcai.kernel import calendar
from yangcai.kernel.calendar import SHANGHAI
from yangcai.parties.models import Size
from yangcai.replay.published import Organisation as Named
from yangcai.replay.published import Partner

#: The article: 132 purchases with a budget of 14,200.25 万元; 10,302.80 万元 spent, 8,876.88 万元 (86.16 %) of it with
#: small and medium firms, more than 300 of them.
CASES, FIRMS = 132, 300
BUDGET, SIGNED, SMALL = Decimal("142002500.00"), Decimal("103028000.00"), Decimal("88768800.00")
#: How many of each kind the year adds; competitive ones take whatever is left to the sums, the last SME and the last
#: large one to the cent.
AGREEMENTS, FAILED, RUNNING, LARGE, COMPETITIVE = 2, 5, 5, 4, 30
#: Subcontractors that a competitive purchase names, and what part of the contract is each one's.
PARTNERS, PART = 10, Decimal("0.0400")
#: A small firm that is favoured may subcontract to small ones only (财库〔2020〕46号).
SUBCONTRACTORS = (Size.SMALL, Size.MICRO)
#: Prices go in hundreds of yuan; the others ask so much more than who wins.
STEP = Decimal(100)
ABOVE = (Decimal("1.012"), Decimal("1.025"))

BUYERS = tuple(
    f"兰州新区{name}（演示）"
    for name in ("农林水务局", "城市管理局", "民政司法和社会保障局", "文化旅游局", "应急管理局", "自然资源局",
                 "经济发展局", "公安局", "第一中学", "中川园区管理委员会")
)  # fmt: skip
WORDS = ("恒岳", "金川", "祁连", "黄河", "敦煌", "白塔", "兴隆", "皋兰", "永登", "安宁", "武都", "崆峒",
         "临洮", "渭源", "景泰", "靖远", "华亭", "民勤", "山丹", "肃南", "舟曲", "积石", "榆中", "秦岭")  # fmt: skip
TRADES = ("信息技术", "电子科技", "办公设备", "教学仪器", "医疗器械", "物业服务", "环境工程", "安防工程",
          "网络科技", "家具制造", "印务", "园林绿化", "检测技术", "节能科技", "供应链管理")  # fmt: skip
GOODS = ("数字化校园终端", "实验室通风系统", "环卫作业车辆", "应急救援装备", "基层医疗影像设备", "图书馆自助设备",
         "执法记录和存储设备", "水质在线监测设备", "会议室音视频系统", "学生宿舍家具", "食堂厨房设备", "档案密集架",
         "气象观测设备", "森林防火监控设备", "消防训练器材")  # fmt: skip
SERVICES = ("政务云租赁", "园区保洁和绿化养护", "社区养老服务", "国土空间规划编制", "环境质量检测", "公共区域安保服务",
            "智慧城管平台运维", "文化惠民演出", "农村饮水安全运维", "校车运营服务", "地质灾害评估", "劳动技能培训",
            "公共卫生宣传", "行政中心物业管理", "道路清雪服务")  # fmt: skip
NEEDS = ("网站等级保护测评", "业务系统巡检", "数据备份和恢复演练", "机房设备维保", "终端安全加固", "合同合规审查",
         "行政诉讼代理", "规范性文件审核", "信息公开法律咨询", "重大项目法律尽职调查")  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """What a year comes to: purchases, their budgets, contracts, and those with small and medium firms."""

    cases: int = 0
    budget: Decimal = Decimal(0)
    signed: Decimal = Decimal(0)
    small: Decimal = Decimal(0)


@dataclass(frozen=True)
class Order:
    """One purchase of the year: what, by whom, by which method, when, how far, and who offers at which price."""

    id: str
    title: str
    buyer: str
    category: str
    procedure: str
    budget: Decimal
    on: datetime.datetime
    until: str
    bidders: tuple[Named, ...] = ()
    prices: tuple[Decimal, ...] = ()
    partners: tuple[Partner, ...] = ()
    ceiling: Decimal | None = None
    quantity: str = "1"
    number: int = 0
    fails: bool = False


def names() -> Iterator[str]:
    """Invented firms, always in the same order, none twice."""
    for trade, word in product(TRADES, WORDS):
        yield f"甘肃{word}{trade}有限公司（演示）"


def firm(number: int) -> Named:
    """The firm of that number, small, micro and medium by turns."""
    name = next(islice(names(), number, None))
    return Named(name, size=(Size.SMALL, Size.MICRO, Size.MEDIUM)[number % 3])


#: The large one, and the medium ones that bid beside it.
BIG = Named("西北博远系统集成股份有限公司（演示）", size=Size.LARGE)
#: Who bids beside whoever wins, by turns; the winners come after them, then the subcontractors.
LOSERS = tuple(firm(number) for number in range(10))
MEDIUM = tuple(one for one in LOSERS if one.size == Size.MEDIUM)
FIRST_WINNER = len(LOSERS)
FIRST_PARTNER = FIRST_WINNER + COMPETITIVE


def shares(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """The total divided in these proportions, in whole steps, the rest with the last: the sum is exact."""
    whole = sum(weights, Decimal(0))
    parts = [(total * weight / whole / STEP).quantize(Decimal(1), rounding=ROUND_DOWN) * STEP for weight in weights]
    return [*parts[:-1], total - sum(parts[:-1], Decimal(0))]


def morning(month: int, day: int, *, later: int = 0, hour: int = 9, minute: int = 30) -> datetime.datetime:
    """A working morning of 2026: so many days after that day, or the next working day."""
    on = calendar.roll(datetime.date(2026, month, day) + datetime.timedelta(days=later))
    return datetime.datetime(on.year, on.month, on.day, hour, minute, tzinfo=SHANGHAI)


def agreements() -> list[Order]:
    """Two framework agreements of the first weeks, under which most of the small purchases are called off."""
    made = []
    for number, (title, unit) in enumerate((("信息系统运维服务框架协议", 1600), ("法律服务框架协议", 900))):
        prices = tuple(Decimal(unit - 40 - 25 * place) for place in range(5))
        bidders = tuple(firm(5 * number + place) for place in range(5))
        made.append(
            Order(
                f"year-a{number + 1}", title, BUYERS[number], "services", "framework", Decimal(1200000),
                morning(2, 2 + number), "award", bidders, prices, ceiling=Decimal(unit), number=number,
            )
        )  # fmt: skip
    return made


def call_offs(*, so_far: Sums) -> list[Order]:
    """As many as are missing to 132 beside the rest, from the end of February to June."""
    missing = CASES - so_far.cases - FAILED - RUNNING - COMPETITIVE
    made = []
    for number in range(missing):
        days = 60 + number * 37 % 120
        on = morning(2, 24, later=number * 105 // missing, hour=10)
        is_paid = number % 4 == 0 and on < morning(5, 1)
        title = f"{BUYERS[number % len(BUYERS)][4:-4]}{NEEDS[number % len(NEEDS)]}"
        budget = (Decimal(days) * (1600 if number % 2 == 0 else 900) / 1000).quantize(Decimal(1)) * 1000
        made.append(
            Order(
                f"year-c{number + 1:03d}", title, BUYERS[number % len(BUYERS)], "services", "call_off_direct",
                budget, on, "payment" if is_paid else "contract", quantity=str(days), number=number,
            )
        )  # fmt: skip
    return made


def unsuccessful() -> list[Order]:
    """Only two came."""
    made = []
    for number in range(FAILED):
        budget = Decimal(900000 + 230000 * number)
        prices = tuple((budget * share).quantize(Decimal(1)) for share in (Decimal("0.94"), Decimal("0.97")))
        made.append(
            Order(
                f"year-f{number + 1}", f"{GOODS[-1 - number]}（首次招标）", BUYERS[number], "goods", "open_tender",
                budget, morning(3, 9, later=17 * number), "opening", LOSERS[number : number + 2], prices, fails=True,
            )
        )  # fmt: skip
    return made


def running() -> list[Order]:
    """Announced, and still open on the first morning."""
    return [
        Order(
            f"year-r{number + 1}", SERVICES[-1 - number], BUYERS[-1 - number], "services", "open_tender",
            Decimal(1100000 + 310000 * number), morning(6, 24, later=2 * number), "invitation",
        )
        for number in range(RUNNING)
    ]  # fmt: skip


def competitive(*, so_far: Sums) -> list[Order]:
    """Tenders and what stands beside them: they take what is left of the budget, of the contracts, and of what small
    and medium firms won. Raises ValueError where that is not enough for sound prices."""
    ranks = [5 + number * 7 % 11 for number in range(COMPETITIVE)]
    small = shares(SMALL - so_far.small, ranks[LARGE:])
    large = shares((SIGNED - SMALL) - (so_far.signed - so_far.small), ranks[:LARGE])
    prices = [*large, *small]
    budgets = shares(BUDGET - so_far.budget, prices)
    if any(
        not Decimal("1.03") < budget / price < Decimal("1.25") for budget, price in zip(budgets, prices, strict=True)
    ):
        raise ValueError(f"what is left cannot be spent soundly: {so_far}")
    return [
        _competition(number, price=price, budget=budget)
        for number, price, budget in zip(count(), prices, budgets, strict=False)
    ]


def _competition(number: int, *, price: Decimal, budget: Decimal) -> Order:
    is_large = number < LARGE
    others = [one for one in (MEDIUM if is_large else LOSERS[number % 7 :])][:2]
    winner = BIG if is_large else firm(FIRST_WINNER + number)
    category = "goods" if number % 2 else "services"
    procedure = "open_tender"
    if price < Decimal(2000000) and not is_large:
        procedure = ("consultation", "quotations", "negotiation", "negotiation")[number % 4]
    on = morning(2, 9, later=number * 101 // COMPETITIVE)
    until = "payment" if number % 2 == 0 and on < morning(4, 16) else "contract"
    first = FIRST_PARTNER + PARTNERS * number
    return Order(
        f"year-t{number + 1:02d}",
        f"{(GOODS if category == 'goods' else SERVICES)[number // 2]}采购项目",
        BUYERS[number % len(BUYERS)],
        category,
        procedure,
        budget,
        on,
        until,
        (winner, *others),
        (price, *((price * share).quantize(Decimal("0.01")) for share in ABOVE)),
        tuple(
            Partner("subcontractor", firm(one).name, size=SUBCONTRACTORS[one % 2], share=PART, work="配套供货和安装")
            for one in range(first, first + PARTNERS)
        ),
        number=number,
    )
