"""May these suppliers take part together, may one confirm or leave it, and does a bid fit what they agreed?"""

import datetime
from collections.abc import Generator, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from yangcai.cases import periods
from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.credit.queries import may_take_part
from yangcai.kernel.beneath import may_have
from yangcai.kernel.numbers import percent
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation
from yangcai.tendering import consortia
from yangcai.tendering.models import Consortium, ConsortiumMember, PartnerKind
from yangcai.tendering.partners import WHOLE, Partner
from yangcai.tendering.rules.bids import live_bids
from yangcai.tendering.rules.sealed import unfinished_uploads
from yangcai.tendering.solicitations import solicitation

#: The members submit a joint agreement that states the work and duties of each (政府采购法 art. 24).
AGREEMENT = "qualification.consortium_agreement"
#: Whoever takes part in a consortium takes part in the same contract neither alone nor in another one (条例 art. 22).
ONCE = "qualification.consortium"


# --- registering it ------------------------------------------------------------------------------------------------


def consortia_are_accepted(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The document says whether consortia may take part (87号令 art. 13, 20); after the deadline nobody asks it."""
    closes_at = periods.closing_at(subject.case)
    if closes_at is None or now >= closes_at:
        return Refusal("no_consortium_now", "投标截止后不再登记联合协议", "After the deadline none is registered")
    file = solicitation(subject.case)
    if file is not None and file.accepts_consortium:
        return None
    return refuse(
        ONCE,
        code="consortium_not_accepted",
        zh="采购文件不接受联合体，请单独投标",
        en="The document accepts no consortia: bid alone",
        **applicable(subject.case, now=now),
    )


def nothing_is_registered(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A leader has one agreement at a time for a lot."""
    if not may_have(subject.case, Consortium):
        return None
    if not Consortium.objects.filter(lot=subject, leader=by.organisation_id, withdrawn_at__isnull=True).exists():
        return None
    return Refusal(
        "consortium_registered",
        "贵单位已为本包登记联合协议；需要更改的，先撤回再重新登记",
        "You have registered an agreement for this lot: to change it, withdraw it and register another",
    )


def leader_has_not_bid(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A bid of before rests on no agreement, and would hold its members all the same. Without an article: what is
    refused on one is written down, and would tell that the supplier bids."""
    if not live_bids(lot=subject, supplier=by.organisation).exists():
        return None
    return Refusal(
        "leader_has_bid",
        "贵单位在本包已递交投标文件；组成联合体的，先撤回，待各成员确认后再递交联合体的投标文件",
        "You have handed in a bid for this lot: to bid with others withdraw it, and bid again when they have confirmed",
    )


def unlawful_agreement(
    lot: Lot, *, leader: Organisation, rows: Iterable[Mapping[str, Any]], now: datetime.datetime
) -> Iterator[Refusal]:
    """What is wrong with an agreement as it is entered; nothing here tells whether anybody else takes part."""
    on, named = applicable(lot.case, now=now), []
    rows = list(rows)
    for number, row in enumerate(rows, start=1):
        member = yield from _fits_the_register(row["name"], row["uscc"], number=number, on=on)
        if member is None:
            continue
        named.append(member.pk)
        yield from may_take_part(member, at=now)
    if leader.pk in named or len(set(named)) < len(named):
        yield refuse(
            ONCE,
            code="member_named_twice",
            zh="牵头人和成员各写一次，不得重复",
            en="The leader and its members are each named once",
            **on,
        )
    if (told := nothing_left((row["share"] for row in rows), **on)) is not None:
        yield told


def nothing_left(shares: Iterable[Decimal], **on: Any) -> Refusal | None:
    """The agreement states the work of each (政府采购法 art. 24), the leader's too: its members leave it something."""
    if sum(shares, Decimal(0)) < WHOLE:
        return None
    return refuse(
        AGREEMENT,
        code="nothing_left_to_the_leader",
        zh="成员的合同份额合计应当小于 100%，其余由牵头人承担",
        en="The members' shares must stay below 100 %: the rest is the leader's",
        **on,
    )


def _fits_the_register(
    name: str, uscc: str, *, number: int, on: dict[str, Any]
) -> Generator[Refusal, None, Organisation | None]:
    """Name and code are those of one registered supplier. Gives it back, or None after the refusal."""
    found, is_known = consortia.supplier_called(name, uscc)
    if found is None and is_known:
        yield refuse(
            AGREEMENT,
            code="member_mismatched",
            zh="第 {number} 行：“{name}”和所填代码不属于同一家登记的供应商，请按成员的营业执照核对名称和代码",
            en="Row {number}: “{name}” and the credit code are not those of one registered supplier: copy both from the"
            " member's business licence",
            number=number,
            name=Written(name),
            **on,
        )
    elif found is None:
        yield refuse(
            AGREEMENT,
            code="member_unknown",
            zh="第 {number} 行：平台上没有“{name}”这一供应商，请核对名称和代码；尚未注册的，请其先注册，再登记联合协议",
            en="Row {number}: no supplier “{name}” is registered here: check name and code, or let it register first",
            number=number,
            name=Written(name),
            **on,
        )
    return found


def takes_part_elsewhere(lot: Lot, supplier: Organisation, *, now: datetime.datetime) -> Iterator[Refusal]:
    """Its own word given to another leader: told to itself alone, on a form, and written down nowhere."""
    member = consortia.joined(lot, supplier)
    if member is not None:
        yield refuse(
            ONCE,
            code="is_member_elsewhere",
            zh="贵单位已确认作为“{leader}”的联合体成员参加本包，不得再单独或者另组联合体参加；需要退出的，先在联合协议中办理不参加",
            en="You have confirmed to take part in this lot as a member of “{leader}”: to bid otherwise, leave that"
            " consortium first",
            leader=Written(member.consortium.leader.name),
            **applicable(lot.case, now=now),
        )


# --- confirming, leaving, withdrawing ------------------------------------------------------------------------------


def agreement_stands(subject: Consortium | ConsortiumMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses what its leader withdrew."""
    consortium = subject if isinstance(subject, Consortium) else subject.consortium
    if consortium.withdrawn_at is None:
        return None
    return Refusal("agreement_withdrawn", "牵头人已撤回该联合协议", "The leader has withdrawn this agreement")


def not_answered(subject: ConsortiumMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A member confirms once, and not after it left: its leader registers another agreement then."""
    if subject.confirmed_at is None and subject.declined_at is None:
        return None
    return Refusal(
        "member_answered",
        "贵单位已答复该联合协议；不参加以后又要参加的，请牵头人重新登记",
        "You have answered this agreement; after leaving it, its leader registers another one",
    )


def has_not_left(subject: ConsortiumMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Who left has left."""
    if subject.declined_at is None:
        return None
    return Refusal("member_left", "贵单位已表示不参加", "You have said that you take no part")


def bid_of_the_consortium_is_not_in(
    subject: Consortium | ConsortiumMember, *, by: Any, now: datetime.datetime
) -> Refusal | None:
    """From the bid on all stand by it: whoever confirmed leaves only when the leader has taken it back. Who never
    confirmed has nothing to leave."""
    if isinstance(subject, ConsortiumMember):
        consortium = subject.consortium
        if subject.confirmed_at is None:
            return None
    else:
        consortium = subject
    if not live_bids(lot=consortium.lot_id, supplier=consortium.leader_id).exists():
        return None
    return Refusal(
        "consortium_has_bid",
        "牵头人已递交投标文件；先由牵头人撤回投标文件",
        "The leader has handed in a bid: it withdraws that first",
    )


def takes_part_once(subject: ConsortiumMember, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Whoever bids itself, leads a consortium of its own or has confirmed another one does not join this one as well.
    Without an article: what is refused on one is written down, and would tell that the supplier bids."""
    lot, supplier = subject.consortium.lot, by.organisation
    if live_bids(lot=lot, supplier=supplier).exists() or unfinished_uploads(lot, supplier_id=supplier.pk).exists():
        yield Refusal(
            "member_bids_itself",
            "贵单位在本包已递交或者正在上传投标文件，不得再作为联合体成员参加；先撤回或者放弃",
            "You have handed in a bid for this lot or are uploading one: withdraw it or give it up first",
        )
    if consortia.live(lot, supplier) is not None:
        yield Refusal(
            "member_leads_another",
            "贵单位在本包登记了自己的联合协议，先撤回",
            "You have registered a consortium of your own for this lot: withdraw it first",
        )
    other = consortia.joined(lot, supplier)
    if other is not None and other.pk != subject.pk:
        yield Refusal(
            "is_member_elsewhere",
            "贵单位已确认参加本包的另一联合体，先退出",
            "You have confirmed another consortium for this lot: leave it first",
        )


# --- the bid -------------------------------------------------------------------------------------------------------


def unready(lot: Lot, *, leader: Organisation, now: datetime.datetime) -> Iterator[Refusal]:
    """What the platform knows before a sealed bid is handed in, of which it cannot read whom it names: an agreement was
    registered, and a member has not confirmed it."""
    found = consortia.live(lot, leader)
    for one in found.members.all() if found is not None else ():
        yield from _unconfirmed(one, applicable(lot.case, now=now))


def before_sealing(lot: Lot, *, bidder: Organisation, now: datetime.datetime) -> Iterator[Refusal]:
    """All that speaks against a sealed bid of this supplier as far as consortia go."""
    yield from takes_part_elsewhere(lot, bidder, now=now)
    yield from unready(lot, leader=bidder, now=now)


def _unconfirmed(member: ConsortiumMember, on: dict[str, Any]) -> Iterator[Refusal]:
    if member.declined_at is not None:
        yield refuse(
            AGREEMENT,
            code="member_declined",
            zh="“{name}”表示不参加联合体；请撤回联合协议，另行登记或者单独投标",
            en="“{name}” takes no part in the consortium: withdraw the agreement, register another or bid alone",
            name=Written(member.organisation.name),
            **on,
        )
    elif member.confirmed_at is None:
        yield refuse(
            AGREEMENT,
            code="member_unconfirmed",
            zh="“{name}”尚未确认联合协议；请其在投标截止前登录平台确认，确认后再递交，否则投标无效",
            en="“{name}” has not confirmed the agreement: it does so here before the deadline, and you bid after that;"
            " otherwise the bid is invalid",
            name=Written(member.organisation.name),
            **on,
        )


def unlawful(
    lot: Lot, *, bidder: Organisation, partners: Iterable[Partner], now: datetime.datetime
) -> Iterator[Refusal]:
    """Whether the members that a bid names are those who agreed, each with its share. Asked while it is written; of a
    bid that is opened the qualification tells (standing.py)."""
    file = solicitation(lot.case)
    if file is None or not file.accepts_consortium or not file.members_confirm:
        return
    on, agreed = applicable(lot.case, now=now), consortia.live(lot, bidder)
    named = [one for one in partners if one.kind == PartnerKind.MEMBER]
    if agreed is None:
        if named:
            yield refuse(
                AGREEMENT,
                code="consortium_not_registered",
                zh="贵单位没有为本包登记联合协议；请先登记，由各成员在平台确认，再递交",
                en="You have registered no consortium agreement for this lot: register it, let every member confirm it"
                " here, then bid",
                **on,
            )
        return
    left = list(agreed.members.all())
    for row in named:
        member = next((one for one in left if _is(one, row)), None)
        if member is None:
            yield refuse(
                AGREEMENT,
                code="member_not_agreed",
                zh="“{name}”不是登记的联合协议的成员，或者名称、代码与登记的不符；请与联合协议一致",
                en="“{name}” is no member of the agreement that you registered, or its name or code is another: write"
                " what the agreement says",
                name=Written(row.name),
                **on,
            )
            continue
        left.remove(member)
        yield from _unconfirmed(member, on)
        if (told := other_share(row.name, agreed=member.share, given=row.share, **on)) is not None:
            yield told
    for one in left:
        yield refuse(
            AGREEMENT,
            code="member_left_out",
            zh="联合协议的成员“{name}”没有列入投标文件；请列入，单独投标的先撤回联合协议",
            en="“{name}” is a member by the agreement and not in the bid: name it, or withdraw the agreement to bid"
            " alone",
            name=Written(one.organisation.name),
            **on,
        )


def other_share(name: str, *, agreed: Decimal, given: Decimal, **on: Any) -> Refusal | None:
    """A bid says of a member what the agreement says of it."""
    if given == agreed:
        return None
    return refuse(
        AGREEMENT,
        code="share_not_agreed",
        zh="“{name}”的合同份额应当为联合协议约定的 {agreed}，所填为 {given}",
        en="The share of “{name}” is {agreed} by the agreement, not {given}",
        name=Written(name),
        agreed=percent(agreed),
        given=percent(given),
        **on,
    )


def _is(member: ConsortiumMember, row: Partner) -> bool:
    return member.organisation.name == row.name and (member.organisation.uscc or "") == row.uscc
