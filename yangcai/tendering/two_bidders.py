"""With whom is negotiated where a tender had two suppliers? With those two, and with nobody else (74号令 art. 27).

公开招标过程中提交投标文件，或者经评审实质性响应招标文件要求的供应商只有两家的，经批准可以与该两家供应商谈判.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import grounds
from yangcai.planning.models import PlanItem
from yangcai.procedures import Invite, Procedure
from yangcai.tendering import method, prequalified, standing
from yangcai.tendering.models import Invitee, InviteeSource, OpenedBid
from yangcai.tendering.rules.bids import live_bids
from yangcai.tendering.rules.taking_over import released_lots

#: So many, neither more nor fewer.
BOTH = 2


def are_meant_by(procedure: Procedure, on: Iterable[str]) -> bool:
    """Whether a method that is used on these grounds goes on with the bidders of the tender before alone."""
    known = {one.ground for step in procedure.steps for one in step.continuations if one.only_bidders}
    return not known.isdisjoint(on)


def are_invited(case: Case) -> bool:
    """Whether this case was chosen for the two bidders of the one before it, and that one had two."""
    return case.predecessor is not None and are_meant_by(method.of(case), grounds(case)) and bool(_before(case))


def _before(case: Case) -> frozenset[int]:
    """The two of the lots that this case procures again."""
    earlier = case.predecessor
    assert earlier is not None
    if earlier.plan_item_id == case.plan_item_id:
        return of_case(earlier)
    return _of_lots(released_lots(case))


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
    """Those of every lot by whose offers is decided and that gave no budget back; none as soon as one of them had more
    or fewer. Where a prequalification came first and nobody was invited to bid, the two that it found qualified."""
    if case.published_at is None:
        done = prequalified.concluded(case)
        came = frozenset(one.supplier_id for one in prequalified.qualified(done)) if done is not None else frozenset()
        return came if len(came) == BOTH else frozenset()
    return _of_lots(Lot.objects.filter(case=case, releases__isnull=True).select_related("case"))


def _of_lots(lots: Iterable[Lot]) -> frozenset[int]:
    found = [of_lot(lot) for lot in lots if lot.follows_id is None]
    return frozenset().union(*found) if all(found) else frozenset()


def put_on_the_list(case: Case, *, now: datetime.datetime) -> None:
    """The two are on the list of the case that goes on with them, chosen from the start."""
    assert case.predecessor is not None
    for supplier in sorted(_before(case)):
        reason = f"{case.predecessor.number} 的投标人"
        Invitee.objects.create(
            case=case, supplier_id=supplier, source=InviteeSource.BIDDER, reason=reason, is_chosen=True
        )


def begin_with_them(plan_item: PlanItem, *, by: Any, now: datetime.datetime) -> None:
    """When the case of a plan is opened that procures failed lots again."""
    case = Case.objects.filter(plan_item=plan_item).order_by("-pk").first()
    if case is not None and are_invited(case):
        put_on_the_list(case, now=now)
