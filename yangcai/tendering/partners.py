"""Who stands behind a bid beside its bidder, how much of the contract is whose, and is that lawful?"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.credit.queries import may_take_part
from yangcai.kernel.numbers import percent
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties import sizes
from yangcai.parties.models import Organisation, Size
from yangcai.parties.queries import registered_at
from yangcai.parties.sizes import SMALL_MICRO, SME
from yangcai.planning.models import PARTNERED, RESERVED, SetAside
from yangcai.procedures.evaluation import UNREGISTERED
from yangcai.tendering.models import OpenedBid, PartnerKind, PreferenceClaim
from yangcai.tendering.solicitations import solicitation

WHOLE = Decimal(1)
#: Whose share counts where a consortium, or a subcontract, is demanded.
COUNTED = {SetAside.CONSORTIUM: PartnerKind.MEMBER, SetAside.SUBCONTRACT: PartnerKind.SUBCONTRACTOR}


@dataclass(frozen=True)
class Partner:
    """A member of the consortium beside its leader, or a subcontractor; `share` of the contract amount."""

    kind: str
    name: str
    uscc: str
    size: str
    share: Decimal
    work: str = ""


def of_offer(offer: Mapping[str, Any]) -> tuple[Partner, ...]:
    """As the bidder fills them in, or as they lie in the envelope."""
    return tuple(Partner(**{**row, "share": Decimal(row["share"])}) for row in offer.get("partners") or ())


def of_bid(bid: OpenedBid) -> tuple[Partner, ...]:
    """As they were read out."""
    return tuple(Partner(p.kind, p.name, p.uscc, p.size, p.share, p.work) for p in bid.partners.all())


def as_registered(partners: Iterable[Partner], *, at: datetime.datetime) -> tuple[Partner, ...]:
    """Each with the size that counts: whoever was on the platform at that moment is no smaller than it says of itself
    there. Of a bid the moment is its opening: who registers afterwards changes nobody's standing
    (docs/decisions/0046)."""
    return each_as_registered((one, at) for one in partners)


def each_as_registered(stated: Iterable[tuple[Partner, datetime.datetime]]) -> tuple[Partner, ...]:
    """The same of partners of many bids, each at the moment of its own."""
    stated = tuple(stated)
    known = each_registered(stated)
    return tuple(replace(p, size=_counted_size(found, p.size)) for (p, _at), found in zip(stated, known, strict=True))


def registered(partners: Iterable[Partner], *, at: datetime.datetime) -> tuple[tuple[Organisation, ...], ...]:
    """Who of the partners, in their order, was on the platform at that moment: whoever bears the name or the code that
    the bid gives. Each bid may call one and the same by a name of its own."""
    return each_registered((one, at) for one in partners)


def each_registered(stated: Iterable[tuple[Partner, datetime.datetime]]) -> tuple[tuple[Organisation, ...], ...]:
    """The same of partners of many bids, each at the moment of its own."""
    stated = tuple(stated)
    if not stated:
        return ()
    names, codes = {p.name for p, _at in stated}, {p.uscc for p, _at in stated if p.uscc}
    found = list(Organisation.objects.filter(Q(name__in=names) | Q(uscc__in=codes)).order_by("pk"))
    since = registered_at(found)
    bearers: dict[str, list[Organisation]] = defaultdict(list)
    for one in found:
        for borne in {one.name, one.uscc}:
            if borne:
                bearers[borne].append(one)
    return tuple(
        tuple(
            one
            for one in {one.pk: one for key in (p.name, p.uscc) if key for one in bearers.get(key, ())}.values()
            if one.pk not in since or since[one.pk] <= at
        )
        for p, at in stated
    )


def together(bidder: Organisation, partners: Iterable[Partner], *, at: datetime.datetime) -> str:
    """The class as which a bidder and the members of its consortium count: that of the largest (财库〔2020〕46号 art.
    4); UNREGISTERED where the bidder has registered none."""
    return each_together([(bidder, partners, at)])[0]


def each_together(bids: Iterable[tuple[Organisation, Iterable[Partner], datetime.datetime]]) -> tuple[str, ...]:
    """The same of many bids, each at the moment of its own."""
    classes: list[list[str]] = []
    members: list[tuple[Partner, datetime.datetime]] = []
    of: list[list[str]] = []
    for bidder, partners, at in bids:
        classes.append([sizes.counted(bidder)])
        own = [(one, at) for one in partners if one.kind == PartnerKind.MEMBER]
        members += own
        of += [classes[-1]] * len(own)
    for found, one in zip(of, each_as_registered(members), strict=True):
        found.append(one.size)
    return tuple(sizes.largest(found) if found[0] else UNREGISTERED for found in classes)


def _counted_size(organisations: Iterable[Organisation], stated: str) -> str:
    counted = stated
    for one in organisations:
        if not (one.size or one.is_sme) or counted not in SME or (counted in SMALL_MICRO and one.is_small_micro):
            continue
        counted = Size.MEDIUM if one.is_sme else Size.LARGE
    return counted


def is_favoured(organisation: Organisation, *, small_only: bool) -> bool:
    """Whether an organisation counts for the price preference: small and micro alone, or medium ones too
    (财库〔2020〕46号)."""
    return organisation.is_small_micro if small_only else organisation.is_sme


def share(bidder: Organisation, partners: Iterable[Partner], *, small_only: bool, way: str = "") -> Decimal:
    """How much of the contract is that of small and medium (or small and micro) enterprises: theirs among the partners,
    and what is left to the bidder if it is one itself. `way` counts only the partners that this set-aside demands."""
    partners = tuple(partners)
    allowed = SMALL_MICRO if small_only else SME
    counted = COUNTED.get(SetAside(way)) if way else None
    theirs = sum((p.share for p in partners if p.size in allowed and counted in (None, p.kind)), Decimal(0))
    left = WHOLE - sum((p.share for p in partners), Decimal(0))
    return theirs + (left if is_favoured(bidder, small_only=small_only) else Decimal(0))


def falls_short(
    lot: Lot, *, bidder: Organisation, partners: Iterable[Partner], goods: str = "", now: datetime.datetime
) -> list[Refusal]:
    """What a set-aside demands of the bidder and its partners: a condition of qualification (46号 art. 4, 12(2)), as
    they were registered at `now`, of a bid that lies open its opening.
    `goods`: of what class the largest maker of the goods is, whose size then counts and not that of who sells them,
    leader or member (docs/decisions/0046)."""
    return short_of(
        way=lot.way,
        wanted=lot.set_aside_share,
        small_only=lot.for_small_micro,
        bidder=bidder,
        partners=partners,
        goods=goods,
        at=now,
        on=applicable(lot.case, now=now),
    )


def short_of(
    *,
    way: str,
    wanted: Decimal,
    small_only: bool,
    bidder: Organisation,
    partners: Iterable[Partner],
    on: dict[str, Any],
    at: datetime.datetime,
    goods: str = "",
) -> list[Refusal]:
    """The same of one way to set aside, and of the share that it wants of partners; `at`: when they were registered."""
    who = "小微企业" if small_only else "中小企业"
    who_en = "small and micro enterprises" if small_only else "small and medium enterprises"
    partners = as_registered(partners, at=at)
    if way in RESERVED:
        allowed = SMALL_MICRO if small_only else SME
        if goods:
            return [] if goods in allowed else [_made_by_larger(bidder, who=who, who_en=who_en, on=on)]
        others = [p.name for p in partners if p.kind == PartnerKind.MEMBER and p.size not in allowed]
        if not is_favoured(bidder, small_only=small_only):
            others.insert(0, bidder.name)
        if others:
            return [
                refuse(
                    "set_aside.consortium",
                    code="not_all_are_smes",
                    zh="本包专门面向{who}采购，投标人和联合体各方应当均为{who}：{names}不是",
                    en="The lot is reserved for {who_en}: the bidder and every member must be one; not so: {names}",
                    who=who,
                    who_en=who_en,
                    names=Written("、".join(others)),
                    **on,
                )
            ]
    elif way in PARTNERED:
        given = share(bidder, partners, small_only=small_only, way=way)
        if given < wanted:
            return [
                refuse(
                    "set_aside.partner_share",
                    code="sme_share_too_small",
                    zh="{who}的合同份额为 {given}，未达到采购文件要求的 {wanted}",
                    en="The contract share of {who_en} is {given}, below the {wanted} that the document demands",
                    who=who,
                    who_en=who_en,
                    given=percent(given),
                    wanted=percent(wanted),
                    **on,
                )
            ]
    return []


def _made_by_larger(bidder: Organisation, *, who: str, who_en: str, on: dict[str, Any]) -> Refusal:
    """In goods neither leader nor member is looked at, but who made them (财库〔2020〕46号 art. 4)."""
    return refuse(
        "sme.goods_by_maker",
        code="goods_of_larger_makers",
        zh="本包专门面向{who}采购，货物应当全部由{who}制造：{name}所投货物的制造商中有更大的企业",
        en="The lot is reserved for {who_en}, who must have made all the goods: a larger enterprise made some of"
        " those of {name}",
        who=who,
        who_en=who_en,
        name=Written(bidder.name),
        **on,
    )


def unlawful(
    lot: Lot,
    *,
    bidder: Organisation,
    partners: Iterable[Partner],
    claim: str,
    goods: str = "",
    lies_open: bool = False,
    now: datetime.datetime,
) -> Iterator[Refusal]:
    """Everything that the form of a bid says about its partners before it is sealed; nothing here tells of others. What
    `lies_open` is asked only what no document accepts: who of them is how large, or barred, is judged by qualification
    and evaluation, whoever sealed it (docs/decisions/0046)."""
    partners, on = tuple(partners), applicable(lot.case, now=now)
    file = solicitation(lot.case)
    members = [p for p in partners if p.kind == PartnerKind.MEMBER]
    subcontractors = [p for p in partners if p.kind == PartnerKind.SUBCONTRACTOR]
    if members and not (file and file.accepts_consortium):
        yield refuse(
            "qualification.consortium",
            code="consortium_not_accepted",
            zh="采购文件不接受联合体，请单独投标",
            en="The document accepts no consortia: bid alone",
            **on,
        )
    if subcontractors and not (file and file.subcontracting):
        yield refuse(
            own(lot.case, "contract.subcontract"),
            code="subcontract_not_allowed",
            zh="采购文件不允许分包",
            en="The document allows no subcontracts",
            **on,
        )
    if sum((p.share for p in partners), Decimal(0)) >= WHOLE:
        yield refuse(
            own(lot.case, "contract.subcontract"),
            code="nothing_left_to_the_bidder",
            zh="联合体其他成员和分包供应商的份额合计应当小于 100%：合同的主体部分由投标人承担",
            en="The shares of members and subcontractors must stay below 100 %: the main part is the bidder's",
            **on,
        )
    names = [bidder.name, *(p.name for p in partners)]
    if len(set(names)) < len(names):
        yield refuse(
            "qualification.consortium",
            code="partner_named_twice",
            zh="投标人、联合体成员和分包供应商各写一次，不得重复",
            en="The bidder, its members and its subcontractors are each named once",
            **on,
        )
    yield from _too_high(lot, bidder, subcontractors, claim, on)
    if claim == PreferenceClaim.CONSORTIUM or lot.way in PARTNERED:
        yield from _related(lot, bidder, partners, now=now)
    if lies_open:
        return
    if claim == PreferenceClaim.SMALL_MICRO and not goods and any(p.size not in SMALL_MICRO for p in members):
        yield refuse(
            "set_aside.consortium",
            code="consortium_not_small",
            zh="联合体各方均为小微企业的才视同小微企业；有其他企业的，请选择“联合体或者分包”",
            en="Only a consortium of small and micro enterprises alone counts as one; claim as a consortium instead",
            **on,
        )
    if claim == PreferenceClaim.CONSORTIUM and not partners:
        yield refuse(
            "price_preference.partner_share",
            code="no_partner",
            zh="请填写联合体成员或者分包供应商及其合同份额",
            en="Name the members or subcontractors and their shares of the contract",
            **on,
        )
    yield from _smaller_than_registered(partners, on, now=now)
    for member in {one.pk: one for found in registered(members, at=now) for one in found}.values():
        yield from may_take_part(member, at=now)
    if not (goods and lot.is_reserved):  # else what falls short is said at the makers, each by its name
        yield from falls_short(lot, bidder=bidder, partners=partners, goods=goods, now=now)


def _smaller_than_registered(
    partners: tuple[Partner, ...], on: dict[str, Any], *, now: datetime.datetime
) -> Iterator[Refusal]:
    """A partner declares its own size, and has done so where it registered (财库〔2020〕46号 art. 11)."""
    for stated, counted in zip(partners, as_registered(partners, at=now), strict=True):
        if stated.size != counted.size:
            yield refuse(
                "set_aside.declaration",
                code="partner_is_larger",
                zh="“{name}”在平台登记的企业规模大于所填的，或者由大型企业直接控股、管理，不按所填的规模计算；登记有误的，请其先更正",
                en="“{name}” is registered as a larger enterprise than the bid says, or a large one holds it: it does"
                " not count as what the bid says; if this is wrong, it has its registration corrected first",
                name=Written(stated.name),
                **on,
            )


def _too_high(
    lot: Lot, bidder: Organisation, subcontractors: list[Partner], claim: str, on: dict[str, Any]
) -> Iterator[Refusal]:
    """Who is favoured passes nothing on to a larger class (财库〔2020〕46号 art. 12(4))."""
    if not (lot.is_reserved or claim == PreferenceClaim.SMALL_MICRO):
        return
    allowed = SMALL_MICRO if bidder.is_small_micro else SME
    for partner in subcontractors:
        if partner.size not in allowed:
            yield refuse(
                "set_aside.no_upward_subcontract",
                code="upward_subcontract",
                zh="享受扶持政策的小微企业不得分包给大中型企业，中型企业不得分包给大型企业：{name}",
                en="A favoured enterprise may not subcontract to a larger class: {name}",
                name=Written(partner.name),
                **on,
            )


def _related(
    lot: Lot, bidder: Organisation, partners: tuple[Partner, ...], *, now: datetime.datetime
) -> Iterator[Refusal]:
    """As far as the platform knows who holds whom (财库〔2020〕46号 art. 8, 9)."""
    known = Q(name__in=[p.name for p in partners]) | Q(uscc__in=[p.uscc for p in partners if p.uscc])
    group = {bidder.pk: bidder} | {found.pk: found for found in Organisation.objects.filter(known)}
    if any(one.parent_id in group for one in group.values()):
        yield refuse(
            "set_aside.unrelated",
            code="partner_related",
            zh="中小企业与联合体内其他企业、分包企业之间不得存在直接控股、管理关系",
            en="A small or medium enterprise may not be held or managed by the others in the consortium or subcontract",
            **applicable(lot.case, now=now),
        )
