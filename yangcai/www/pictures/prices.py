"""How does an offered or contracted price stand among those of the same thing that others contracted and published?"""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yangcai.cases.models import Award, Case
from yangcai.contracts.models import Contract, ContractItem
from yangcai.tendering.models import BidLine
from yangcai.www import formats
from yangcai.www.pictures.picture import Column, Picture
from yangcai.www.pictures.spread import median, price_strip

#: What was published longer ago is no price of today. A choice of the platform, not of the law.
SINCE = datetime.timedelta(days=365)
#: So many lines of a contract are drawn, and so many prices are looked at, the newest.
DRAWN, LOOKED_AT = 4, 2000
CENT = Decimal("0.01")


def strips(contract: Contract, *, now: datetime.datetime) -> list[Picture]:
    """One for each line of the contract of which others have published a price; none where nobody has."""
    lines = [one for one in contract.items.all() if one.unit_price is not None]
    found = others(contract.case, names={one.item for one in lines}, without=contract, now=now)
    drawn = [one for one in lines if found.get(one.item)][:DRAWN]
    return [strip(one.item, one.unit_price, found[one.item], now=now, number=one.number) for one in drawn]


def of_award(award: Award, *, now: datetime.datetime) -> list[Picture]:
    """One for each line of the winning offer of which others have published a price; they are public with the award
    notice (87号令 art. 69)."""
    won = BidLine.objects.filter(opened_bid__lot=award.lot_id, opened_bid__supplier=award.supplier_id)
    last = won.filter(final_offer__isnull=False)
    lines = list((last if last.exists() else won).order_by("number"))
    return _offered(award.lot.case, lines, key=f"award-{award.lot_id}", whose=_("中标单价"), now=now)


def of_bids(case: Case, *, now: datetime.datetime) -> list[Picture]:
    """The lowest unit price of each thing among the opened offers, for those who run or oversee the case: what is far
    above or below what others paid is seen before the award."""
    lines: dict[tuple[int, str], BidLine] = {}
    found = BidLine.objects.filter(opened_bid__lot__case=case, opened_bid__invalid_reason="")
    for one in found.select_related("opened_bid").order_by("opened_bid__lot_id", "number", "pk"):
        key = (one.opened_bid.lot_id, one.item)
        if key not in lines or one.unit_price < lines[key].unit_price:
            lines[key] = one
    return _offered(case, list(lines.values()), key="offered", whose=_("最低单价"), now=now)


def _offered(case: Case, lines: Sequence[BidLine], *, key: str, whose: str, now: datetime.datetime) -> list[Picture]:
    known = others(case, names={one.item for one in lines}, now=now) if lines else {}
    drawn = [one for one in lines if known.get(one.item)][:DRAWN]
    return [
        strip(one.item, one.unit_price, known[one.item], now=now, number=number, key=key, whose=whose)
        for number, one in enumerate(drawn, start=1)
    ]


def others(
    case: Case, *, names: Iterable[str], without: Contract | None = None, now: datetime.datetime
) -> dict[str, list[Decimal]]:
    """Name of an item -> the unit prices at which contracts published in the last year bought it, under the same
    classification; a contract's own are left out."""
    rows = ContractItem.objects.filter(
        item__in=list(names),
        unit_price__isnull=False,
        contract__published_at__gt=now - SINCE,
        contract__published_at__lte=now,
        contract__terminated_at=None,
        contract__case__is_demo=settings.YANGCAI_SANDBOX,
        contract__case__plan_item__classification=case.plan_item.classification,
    )
    rows = rows.exclude(contract=without) if without is not None else rows.exclude(contract__case=case)
    prices: dict[str, list[Decimal]] = {}
    for item, price in rows.order_by("-contract__published_at").values_list("item", "unit_price")[:LOOKED_AT]:
        prices.setdefault(item, []).append(price)
    return prices


def strip(
    item: str,
    price: Decimal,
    prices: Sequence[Decimal],
    *,
    now: datetime.datetime,
    number: int = 1,
    key: str = "price",
    whose: str = "",
) -> Picture:
    """`price` of an item among the published ones. `whose` price it is: the contract's, where nothing else is said."""
    said = whose or _("本合同")
    says, rows = _("还没有同名同品目的已公告价格可以比较。"), [(said, price)]
    if prices:
        middle = median(prices).quantize(CENT)
        gap = 100 * (price - middle) / middle if middle else Decimal(0)
        told = {
            "price": formats.yuan(price),
            "middle": formats.yuan(middle),
            "gap": f"{abs(gap):.1f}%",
            "n": len(prices),
        }
        if price == middle:
            sentence = ngettext(
                "单价 %(price)s，与 %(n)d 个已公告价格的中位数相同。",
                "单价 %(price)s，与 %(n)d 个已公告价格的中位数相同。",
                len(prices),
            )
        elif price > middle:
            sentence = ngettext(
                "单价 %(price)s，比 %(n)d 个已公告价格的中位数（%(middle)s）高 %(gap)s。",
                "单价 %(price)s，比 %(n)d 个已公告价格的中位数（%(middle)s）高 %(gap)s。",
                len(prices),
            )
        else:
            sentence = ngettext(
                "单价 %(price)s，比 %(n)d 个已公告价格的中位数（%(middle)s）低 %(gap)s。",
                "单价 %(price)s，比 %(n)d 个已公告价格的中位数（%(middle)s）低 %(gap)s。",
                len(prices),
            )
        says = sentence % told
        rows += [(_("中位数"), middle), (_("最低"), min(prices)), (_("最高"), max(prices))]
    return Picture(
        key=f"{key}-{number}",
        title=_("这一单价与同类合同相比如何？"),
        says=says,
        about=item,
        caption=_("只用最近一年公告的、同名同品目的合同单价，不含本项目的合同。规格和服务可能不同。截至 %(day)s。")
        % {"day": formats.day(now)},
        drawings=price_strip(
            price,
            prices,
            price_label=f"{said} {formats.yuan(price)}",
            median_label=_("中位数 %(price)s") % {"price": formats.yuan(median(prices).quantize(CENT))}
            if prices
            else "",
        ),
        columns=(Column(_("价格")), Column(_("单价（元）"), 2)),
        rows=rows,
    )
