"""Who is in whose consortium: as its leader registered it, and as each member confirmed it itself?

A bid says whom it names; that alone binds nobody else. Rules that look at several bids count a member only here.
Of a document that was published before agreements were registered, whoever is named in a bid is its member.
"""

from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.tendering import partners
from yangcai.tendering.models import BidPartner, Consortium, ConsortiumMember, OpenedBid, PartnerKind
from yangcai.tendering.partners import Partner
from yangcai.tendering.solicitations import solicitation

#: Why a bid is out whose consortium its members did not agree to, as its bidder is told.
UNCONFIRMED = "联合体成员“{name}”没有在投标截止前通过平台确认联合协议，投标文件没有有效的联合协议"
DIFFERENT = "联合体成员“{name}”的合同份额与其确认的联合协议不一致，投标文件没有有效的联合协议"
TWICE = "投标文件重复列入联合体成员“{name}”，投标文件没有有效的联合协议"
LEFT_OUT = "联合协议的成员“{name}”没有列入投标文件，投标文件没有有效的联合协议"


def live(lot: Lot, leader: Organisation) -> Consortium | None:
    """What this leader has registered for the lot; None where nothing, or where it withdrew it."""
    found = Consortium.objects.filter(lot=lot, leader=leader, withdrawn_at__isnull=True)
    return found.select_related("lot__case", "leader").prefetch_related("members__organisation").first()


def joined(lot: Lot, supplier: Organisation) -> ConsortiumMember | None:
    """As whose member this supplier has confirmed to take part in the lot."""
    found = ConsortiumMember.objects.filter(
        consortium__lot=lot,
        consortium__withdrawn_at__isnull=True,
        organisation=supplier,
        confirmed_at__isnull=False,
        declined_at__isnull=True,
    )
    return found.select_related("consortium__leader").first()


def supplier_called(name: str, uscc: str) -> tuple[Organisation | None, bool]:
    """The registered supplier that bears this name and this code, both; else None, and whether either is known."""
    suppliers = Organisation.objects.filter(kind=OrganisationKind.SUPPLIER)
    found = suppliers.filter(name=name).first()
    if found is not None and (found.uscc or "") == uscc:
        return found, True
    return None, found is not None or bool(uscc and suppliers.filter(uscc=uscc).exists())


def _confirmed(case: Case) -> dict[tuple[int, int], list[ConsortiumMember]]:
    """Lot and leader -> who has confirmed."""
    return _rows(case) if may_have(case, Consortium) else {}


@remembered
def _rows(case: Case) -> dict[tuple[int, int], list[ConsortiumMember]]:
    found: dict[tuple[int, int], list[ConsortiumMember]] = {}
    rows = ConsortiumMember.objects.filter(
        consortium__lot__case=case,
        consortium__withdrawn_at__isnull=True,
        confirmed_at__isnull=False,
        declined_at__isnull=True,
    )
    for one in rows.select_related("organisation", "consortium").order_by("pk"):
        found.setdefault((one.consortium.lot_id, one.consortium.leader_id), []).append(one)
    return found


def is_asked(case: Case) -> bool:
    """Whether members confirm the agreement here by the terms of the document."""
    file = solicitation(case)
    return file is None or file.members_confirm


@remembered
def _known(case: Case) -> dict[int, tuple[Organisation, ...]]:
    """Who was on the platform when the bids were opened of those whom they name, by the number of the row."""
    named = BidPartner.objects.filter(opened_bid__lot__case=case, kind=PartnerKind.MEMBER).select_related("opened_bid")
    rows = list(named.order_by("pk"))
    found = partners.each_registered(
        (Partner(one.kind, one.name, one.uscc, one.size, one.share), one.opened_bid.opened_at) for one in rows
    )
    return {one.pk: organisations for one, organisations in zip(rows, found, strict=True)}


def confirmed(bid: OpenedBid) -> list[ConsortiumMember]:
    """Who has agreed to stand behind the bidder in this lot."""
    return _confirmed(bid.lot.case).get((bid.lot_id, bid.supplier_id), [])


def members(bid: OpenedBid) -> list[Organisation]:
    """The members that the bid names and that have confirmed it."""
    rows = _named(bid)
    if not rows:
        return []
    if not is_asked(bid.lot.case):
        known = _known(bid.lot.case)
        return [one for row in rows for one in known.get(row.pk, ())]
    return [one.organisation for one in confirmed(bid) if any(one.is_called(row.name, row.uscc) for row in rows)]


def unagreed(bid: OpenedBid) -> str:
    """Why a bid is not what was agreed: it names who did not agree, or leaves out who did and may therefore not bid
    itself. Empty where it is, or where its bidder agreed with nobody and bids alone."""
    rows, agreed = _named(bid), confirmed(bid)
    if not (rows or agreed) or not is_asked(bid.lot.case):
        return ""
    found, seen = [], set()
    for row in rows:
        member = next((one for one in agreed if one.is_called(row.name, row.uscc)), None)
        if member is None:
            found.append(UNCONFIRMED.format(name=row.name))
        elif member.pk in seen:  # by its name and by its code: its share would count twice
            found.append(TWICE.format(name=member.organisation.name))
        elif member.share != row.share:
            found.append(DIFFERENT.format(name=row.name))
        if member is not None:
            seen.add(member.pk)
    for one in agreed:
        if not any(one.is_called(row.name, row.uscc) for row in rows):
            found.append(LEFT_OUT.format(name=one.organisation.name))
    return "；".join(found)


def _named(bid: OpenedBid) -> list[Any]:
    return [one for one in bid.partners.all() if one.kind == PartnerKind.MEMBER]


def of_case(case: Case) -> set[int]:
    """Every supplier that has confirmed to take part in some lot of the case as a member."""
    return {one.organisation_id for found in _confirmed(case).values() for one in found}


def joined_in(case: Case) -> frozenset[tuple[int, int]]:
    """Lot and supplier, for every member that has confirmed."""
    return frozenset((lot, one.organisation_id) for (lot, _leader), found in _confirmed(case).items() for one in found)
