"""Who in a story holds a share of the bids, who releases it, who fails to, and who objects to the opening?"""

import datetime
from collections.abc import Iterator
from functools import partial
from typing import Any

from yangcai.cases.models import Lot, Stage
from yangcai.demo import devices
from yangcai.demo.scene import Deed, Scene
from yangcai.parties.models import Post
from yangcai.parties.queries import platform_post
from yangcai.tendering import method, policies
from yangcai.tendering.models import Bid, BidClosing, ShareRelease, SigningKey, Trustee, TrusteeRole
from yangcai.tendering.rules.sealed import closing_of, may_hold_seats
from yangcai.tendering.standstill import window_ends_at

MINUTE = datetime.timedelta(minutes=1)
#: How many of the bidders release their keys; whoever comes after them is not there, and the trustees open its bid.
RELEASING = 2
#: After the window for keys each trustee releases a little after the one before.
SEATS = (TrusteeRole.BUYER, TrusteeRole.AGENT, TrusteeRole.SUPERVISOR)
THRESHOLD = 4
POLICY = {
    "threshold": THRESHOLD,
    "supplier_shares": 2,
    "window_minutes": 30,
    "extension_minutes": 30,
    "recovery_allowed": ["auto", "consent", "never"],
}
OBJECTION = "有一家投标人未在时限内解密，其投标文件为何仍然开启并唱标？请说明依据"


def board(scene: Scene) -> dict[str, Post]:
    """Who holds a share in a sealed story, by the role of the trustee. The notary's device fails at the opening."""
    return {
        TrusteeRole.PLATFORM: platform_post(now=scene.now),
        TrusteeRole.BUYER: scene.reviewer,
        TrusteeRole.AGENT: scene.agent,
        TrusteeRole.SUPERVISOR: scene.treasury,
        TrusteeRole.NOTARY: scene.notary,
    }


def seating(scene: Scene) -> Iterator[Deed]:
    """While the document is prepared: trustees make their keys known, and the policy of each lot is laid down."""
    assert scene.case is not None
    if scene.plot.sealed:
        for role, post in board(scene).items():
            if not Trustee.objects.filter(organisation=post.organisation_id, retired_at__isnull=True).exists():
                told = {
                    "role": role,
                    "hpke_key": devices.public(devices.wrap_key(post)),
                    "signing_key": devices.public(devices.signing_key(post)),
                }
                yield Deed("trustee.register", post.organisation, post, told, by_itself=True)
                return
    seats = may_hold_seats(scene.case)
    is_full = seats.filter(role=TrusteeRole.PLATFORM).exists() and seats.count() >= THRESHOLD
    # Where the law has bids read out, an office that is full is used; elsewhere the visitor bids by the page it knows.
    if not is_full or not (scene.plot.sealed or method.reads_out(scene.case)):
        return
    for lot in scene.lots:
        if not lot.opening_policies.exists():
            chosen = list(seats.order_by("pk").values_list("pk", flat=True))
            yield Deed("opening_policy.set", lot, scene.agent, {**POLICY, "trustees": chosen})
            return


def sealing(scene: Scene, lot: Lot, supplier: Post, offer: dict[str, Any], *, at: datetime.datetime) -> Iterator[Deed]:
    """A bidder makes its key known, seals on its device and hands in."""
    key = devices.public(devices.signing_key(supplier))
    if not SigningKey.objects.filter(public_key=key).exists():
        yield Deed("signing_key.register", supplier.organisation, supplier, {"public_key": key}, at=at)
        return
    then = partial(devices.hand_in, offer=offer, by=supplier, now=scene.now)
    yield Deed("bid.upload", lot, supplier, {"idem": devices.new_idem(), "cover": "ALL"}, at=at, then=then)


def takes_sealed(lot: Lot) -> bool:
    return bool(policies.takes_sealed(lot))


def opening(scene: Scene) -> Iterator[Deed]:
    """In the hall: bidders release their keys but for one, the trustees open all after the window, one objects."""
    for lot in scene.at_stage(Stage.SUBMISSION, Stage.OPENING):
        closing = closing_of(lot) if takes_sealed(lot) else None
        if closing is None:
            continue
        if closing.unsealed_at is None:
            yield from _keys(scene, lot, closing)
            yield from _shares(scene, lot, closing)
        elif scene.plot.objects and not scene.did("opening.object"):
            for opened in scene.opened[:1]:
                by = scene.supplier(opened.supplier_id)
                yield Deed("opening.object", opened, by, {"objection": OBJECTION})


def _keys(scene: Scene, lot: Lot, closing: BidClosing) -> Iterator[Deed]:
    bids = Bid.objects.filter(lot=lot, withdrawn_at=None).select_related("sealed").order_by("pk")
    for number, bid in enumerate(bids):
        is_there = number < RELEASING or not scene.plot.sealed
        if not is_there or bid.releases.exists() or not devices.can_release(bid):
            continue
        by, at = scene.supplier(bid.supplier_id), closing.closed_at + (number + 1) * MINUTE
        message = devices.bidder_release(bid, by=by, now=scene.now) if at <= scene.now else ""
        yield Deed("bid.release", bid, by, {"message": message}, at=at)


def _shares(scene: Scene, lot: Lot, closing: BidClosing) -> Iterator[Deed]:
    ends_at = window_ends_at(closing, now=scene.now)
    for number, role in enumerate(SEATS):
        by = board(scene)[role]
        trustee = closing.policy.seats.filter(trustee__organisation=by.organisation_id).first()
        is_done = ShareRelease.objects.filter(closing=closing, trustee__organisation=by.organisation_id).exists()
        if trustee is None or is_done or not devices.is_on_the_device(trustee.trustee, by):
            continue
        at = ends_at + (number + 1) * MINUTE
        message = devices.trustee_release(closing, by=by, now=scene.now) if at <= scene.now else ""
        yield Deed("trustee.release", lot, by, {"message": message}, at=at, by_itself=True)


def is_waited_for(scene: Scene, lot: Lot) -> bool:
    """Whether shares are still to come before anything is read out."""
    closing = closing_of(lot)
    return closing is not None and any(True for _deed in _shares(scene, lot, closing))
