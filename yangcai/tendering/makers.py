"""Who made the goods of a bid, and does the policy for small and medium enterprises reach them?

In goods the maker's size counts and not the seller's: all of them made by small or micro enterprises for a price
deduction of their own, by small and medium ones for what is reserved and for the deduction of a consortium or a
subcontract; one large maker among them, and nothing is favoured (财库〔2020〕46号 art. 4, 9).
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.inputs import TextField
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Size
from yangcai.parties.sizes import SMALL_MICRO, SME, largest
from yangcai.planning.models import Category
from yangcai.tendering import partners
from yangcai.tendering.models import GoodsMaker, OpenedBid, PartnerKind, PreferenceClaim

RULE = "sme.goods_by_maker"


class MakerRow(forms.Form):
    """One item of the declaration 中小企业声明函（货物）; a new enterprise leaves last year's figures empty."""

    item = TextField(label=_("标的名称"), max_length=200)
    maker = TextField(label=_("制造商"), max_length=200)
    size = forms.ChoiceField(label=_("制造商企业规模"), choices=Size.choices)
    staff = forms.IntegerField(label=_("从业人员（人）"), min_value=0, max_value=10_000_000, required=False)
    revenue = forms.DecimalField(
        label=_("营业收入（万元）"), min_value=0, max_digits=16, decimal_places=2, required=False
    )
    assets = forms.DecimalField(
        label=_("资产总额（万元）"), min_value=0, max_digits=16, decimal_places=2, required=False
    )


@dataclass(frozen=True)
class Maker:
    """Who made an item, of what size by its own declaration."""

    item: str
    maker: str
    size: str


def are_asked(lot: Lot) -> bool:
    """Whether goods are bought, which somebody made."""
    return bool(lot.case.category == Category.GOODS)


def of_offer(offer: Mapping[str, Any]) -> tuple[Maker, ...]:
    """As the bidder fills them in, or as they lie in the envelope; what was sealed before the form asked names none."""
    return tuple(Maker(row["item"], row["maker"], row["size"]) for row in offer.get("makers") or ())


def of_bid(bid: OpenedBid) -> tuple[Maker, ...]:
    """As they were read from the envelope."""
    return _by_bid(bid.lot.case).get(bid.pk, ())


@remembered
def _by_bid(case: Case) -> dict[int, tuple[Maker, ...]]:
    found: dict[int, tuple[Maker, ...]] = {}
    for one in GoodsMaker.objects.filter(opened_bid__lot__case=case).order_by("opened_bid", "number"):
        found[one.opened_bid_id] = (*found.get(one.opened_bid_id, ()), Maker(one.item, one.maker, one.size))
    return found


def write(opened: OpenedBid, rows: Iterable[Mapping[str, Any]]) -> None:
    """What an envelope held."""

    def number(value: Any) -> Decimal | None:
        return None if value in (None, "") else Decimal(value)

    GoodsMaker.objects.bulk_create(
        GoodsMaker(
            opened_bid=opened,
            number=n,
            item=row["item"],
            maker=row["maker"],
            size=row["size"],
            staff=row.get("staff"),
            revenue=number(row.get("revenue")),
            assets=number(row.get("assets")),
        )
        for n, row in enumerate(rows, start=1)
    )


def each_as_registered(stated: Iterable[tuple[Maker, datetime.datetime]]) -> tuple[Maker, ...]:
    """Each with the size that counts: a maker that was on the platform at that moment is no smaller than it says of
    itself there. Of a bid the moment is its opening: who registers afterwards under a maker's name changes nobody's
    standing (docs/decisions/0046)."""
    stated = tuple(stated)
    as_partners = [
        (partners.Partner(PartnerKind.MEMBER, one.maker, "", one.size, Decimal(0)), at) for one, at in stated
    ]
    counted = partners.each_as_registered(as_partners)
    return tuple(replace(one, size=found.size) for (one, _at), found in zip(stated, counted, strict=True))


def as_registered(makers: Iterable[Maker], *, at: datetime.datetime) -> tuple[Maker, ...]:
    """The same of the makers of one offer."""
    return each_as_registered((one, at) for one in makers)


def counted(makers: Iterable[Maker], *, at: datetime.datetime) -> str:
    """The class that counts for all the goods of an offer: that of the largest maker; empty where none is named, and
    then its bidder made them itself."""
    return largest(one.size for one in as_registered(makers, at=at))


def counted_of(bid: OpenedBid) -> str:
    """The same of an opened bid, as of its opening; empty too where no goods are bought."""
    return counted(of_bid(bid), at=bid.opened_at) if are_asked(bid.lot) else ""


def counted_in(lot: Lot) -> dict[int, str]:
    """The same of every opened bid of the lot that names makers, by its number."""
    return _counted(lot.case) if are_asked(lot) else {}


@remembered
def _counted(case: Case) -> dict[int, str]:
    """Of all lots at once, as `_by_bid` reads them."""
    named = [(bid, one) for bid, made in _by_bid(case).items() for one in made]
    opened = dict(OpenedBid.objects.filter(pk__in={bid for bid, _one in named}).values_list("pk", "opened_at"))
    sizes: dict[int, set[str]] = {}
    for (bid, _stated), one in zip(named, each_as_registered((one, opened[bid]) for bid, one in named), strict=True):
        sizes.setdefault(bid, set()).add(one.size)
    return {bid: largest(found) for bid, found in sizes.items()}


def unlawful(
    lot: Lot, *, makers: Iterable[Maker], claim: str, counts_as: str = "", now: datetime.datetime
) -> Iterator[Refusal]:
    """What is claimed for goods that larger enterprises made, told with its article before the bid is sealed.
    `counts_as`: the class of its bidder with its members, who made the goods where no maker is named."""
    makers = tuple(makers)
    itself = not makers and claim == PreferenceClaim.CONSORTIUM and are_asked(lot) and not lot.is_reserved
    if itself and counts_as not in SME and law.applies(RULE, **applicable(lot.case, now=now)):
        yield refuse(
            RULE,
            code="bidder_is_larger",
            zh="没有填写货物制造商，即声明全部货物由投标人自己制造；投标人（联合体的，含成员）登记的规模不是中小企业，不能享受价格"
            "扣除：请逐项填写制造商",
            en="Without a named maker the bid declares that the bidder made all the goods itself; it or a member of its"
            " consortium is not registered as a small or medium enterprise, so there is no deduction: name the maker of"
            " each item",
            **applicable(lot.case, now=now),
        )
    allowed = None
    if claim == PreferenceClaim.SMALL_MICRO or (lot.is_reserved and lot.for_small_micro):
        allowed, who, who_en = SMALL_MICRO, "小微企业", "small and micro enterprises"
    elif lot.is_reserved or claim == PreferenceClaim.CONSORTIUM:
        allowed, who, who_en = SME, "中小企业", "small and medium enterprises"
    if allowed is None:
        return
    larger = [one for one in as_registered(makers, at=now) if one.size not in allowed]
    if larger:
        yield refuse(
            RULE,
            code="made_by_larger",
            zh="货物应当全部由{who}制造，才能享受扶持政策；下列货物的制造商不是（含平台登记的规模大于所填的）：{names}",
            en="All goods must be made by {who_en} to be favoured; the makers of these are larger, by the bid or by"
            " their registration here: {names}",
            who=who,
            who_en=who_en,
            names=Written("；".join(f"{one.item}（{one.maker}）" for one in larger)),
            **applicable(lot.case, now=now),
        )
