"""With whom is negotiated where a tender had two suppliers? With those two, and with nobody else (74号令 art. 27).

公开招标过程中提交投标文件，或者经评审实质性响应招标文件要求的供应商只有两家的，经批准可以与该两家供应商谈判.
"""

import datetime
from collections.abc import Iterable

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import grounds
from yangcai.procedures import Invite, Procedure
from yangcai.tendering import method, prequalified, standing
from yangcai.tendering.models import Invitee, InviteeSource, OpenedBid
from yangcai.tendering.rules.bids import live_bids

#: So many, neither more nor fewer.
BOTH = 2


def are_meant_by(procedure: Procedure, on: Iterable[str]) -> bool:
    """Whether a method that is used on these grounds goes on with the bidders of the tender before alone."""
    known = {one.ground for step in procedure.steps for one in step.continuations if one.only_bidders}
    return not known.isdisjoint(on)


def are_invited(case: Case) -> bool:
    """Whether this case was chosen for the two bidders of the one before it."""
    return case.predecessor_id is not None and are_meant_by(method.of(case), grounds(case))


def ways(case: Case) -> tuple[Invite, ...]:
    """How suppliers may come to a case: those two alone where it is for them, else as its method has it."""
    return (Invite.BIDDERS,) if are_invited(case) else method.of(case).invites


def of_lot(lot: Lot) -> frozenset[int]:
    """The two suppliers of a failed lot: who bid, or of more than two those that responded; else none."""
    bid = frozenset(live_bids(lot=lot).values_list("supplier_id", flat=True))
    if len(bid) != BOTH and OpenedBid.objects.filter(lot=lot).exists():
        bid = frozenset(one.supplier_id for one in standing.still_in(lot))
    return bid if len(bid) == BOTH else frozenset()


def of_case(case: Case) -> frozenset[int]:
    """Those of every lot by whose offers is decided; none as soon as one lot had more or fewer. Where a
    prequalification came first and nobody was invited to bid, the two that it found qualified."""
    if case.published_at is None:
        done = prequalified.concluded(case)
        came = frozenset(one.supplier_id for one in prequalified.qualified(done)) if done is not None else frozenset()
        return came if len(came) == BOTH else frozenset()
    found = [of_lot(lot) for lot in case.every_lot() if lot.follows_id is None]
    return frozenset().union(*found) if all(found) else frozenset()


def put_on_the_list(case: Case, *, of: Case, now: datetime.datetime) -> None:
    """The two are on the list of the case that goes on with them, chosen from the start."""
    for supplier in sorted(of_case(of)):
        reason = f"{of.number} 的投标人"
        Invitee.objects.create(
            case=case, supplier_id=supplier, source=InviteeSource.BIDDER, reason=reason, is_chosen=True
        )
