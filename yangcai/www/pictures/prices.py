"""How does a contracted price stand among the prices of the same thing that others have contracted and published?"""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yangcai.contracts.models import Contract, ContractItem
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
    found = others(contract, names={one.item for one in lines}, now=now)
    drawn = [one for one in lines if found.get(one.item)][:DRAWN]
    return [strip(one.item, one.unit_price, found[one.item], now=now, number=one.number) for one in drawn]


def others(contract: Contract, *, names: Iterable[str], now: datetime.datetime) -> dict[str, list[Decimal]]:
    """Name of an item -> the unit prices at which contracts published in the last year bought it, under the same
    classification, without the contract's own."""
    rows = ContractItem.objects.filter(
        item__in=list(names),
        unit_price__isnull=False,
        contract__published_at__gt=now - SINCE,
        contract__published_at__lte=now,
        contract__terminated_at=None,
        contract__case__is_demo=settings.YANGCAI_SANDBOX,
        contract__case__plan_item__classification=contract.case.plan_item.classification,
    ).exclude(contract=contract)
    prices: dict[str, list[Decimal]] = {}
    for item, price in rows.order_by("-contract__published_at").values_list("item", "unit_price")[:LOOKED_AT]:
        prices.setdefault(item, []).append(price)
    return prices


def strip(item: str, price: Decimal, prices: Sequence[Decimal], *, now: datetime.datetime, number: int = 1) -> Picture:
    """`price` of an item among the published ones."""
    says, rows = _("还没有同名同品目的已公告价格可以比较。"), [(_("本合同"), price)]
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
        key=f"price-{number}",
        title=_("这一单价与同类合同相比如何？"),
        says=says,
        about=item,
        caption=_("只用最近一年公告的、同名同品目的合同单价，不含本合同。规格和服务可能不同。截至 %(day)s。")
        % {"day": formats.day(now)},
        drawings=price_strip(
            price,
            prices,
            price_label=_("本合同 %(price)s") % {"price": formats.yuan(price)},
            median_label=_("中位数 %(price)s") % {"price": formats.yuan(median(prices).quantize(CENT))}
            if prices
            else "",
        ),
        columns=(Column(_("价格")), Column(_("单价（元）"), 2)),
        rows=rows,
    )
