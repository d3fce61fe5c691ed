"""How long does it take to open the bids of the largest opening that was ever published, by the Actions themselves?

So many suppliers sealed a bid with a small file and released their keys. Measured is what all wait for then: a
trustee's release of one share of every bid, which the platform's follows, and the unsealing: every share and
commitment checked, every envelope decrypted, files stored, offers held to the form of a bid, rows and Entries written.
Beside it, in the same run: the same envelopes opened by the pure functions alone.
"""

import datetime
import functools
import io
import time
import uuid
from dataclasses import dataclass
from typing import Any

from benchmarks import bidders
from benchmarks.measure import Figure, timed
from benchmarks.published import publish
from benchmarks.scale import Scale
from yangcai.cases.models import Lot
from yangcai.cases.periods import closing_at
from yangcai.kernel import clock, documents
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.encoding import base64_of
from yangcai.parties.models import Person, Post
from yangcai.parties.roles import Role
from yangcai.sealing.chance import system
from yangcai.sealing.envelope import Imprint
from yangcai.sealing.opening import open_envelope
from yangcai.sealing.payload import Source
from yangcai.sealing.policy import Policy
from yangcai.sealing.sealer import Sealer, Terms, statement_for
from yangcai.sealing.statement import Message, Release, ReleasedShare, content_of, signed
from yangcai.sealing.suites import Pair, suite
from yangcai.tendering import envelopes, finalise, keys, unsealing
from yangcai.tendering.models import Bid, BidClosing, BidUpload, OpenedBid, OpeningPolicy, SigningKey

#: All bids of the largest opening that was ever published have to be open before anyone grows impatient.
AT_MOST_SECONDS = 60
OFFER = {"price": "1480000.00", "delivery": "60 日"}
FILE = 20_000
I1 = suite("I1")


@dataclass
class Held:
    """What a bidder has on its device."""

    pair: Pair
    sealer: Sealer
    content: bytes
    imprint: Imprint


def run(scale: Scale) -> list[Figure]:
    """One opening."""
    found = publish(cases=1)
    lot = Lot.objects.select_related("case").get(pk=found.cases[0].lots.order_by("pk").first().pk)
    case = lot.case
    supervisor = I1.new_wrap_keys(system), I1.new_sign_keys(system)
    policy = bidders.policy_of(lot, found.now, {"supervisor": supervisor, "platform": _platform()})
    held = _handed_in(lot, policy, scale.unsealed_bids, now=found.now)
    now = closing_at(case)
    clock.set_sandbox(at=now)
    host = Post.objects.get(
        organisation=case.agent or case.buyer, role=Role.AGENT if case.agent else Role.BUYER_OFFICER
    )
    perform(ACTIONS["opening.begin"], case, by=host, now=now)
    _bidders_release(lot, held, now=now)
    message = _trustee_message(lot, policy, supervisor, now=now)
    began = time.perf_counter()
    perform(ACTIONS["trustee.release"], lot, by=_trustee_post(policy), now=now, message=message.content.decode())
    released = time.perf_counter() - began
    perform(ACTIONS["opening.unseal"], lot, by=host, now=now)
    seconds = time.perf_counter() - began
    if OpenedBid.objects.filter(lot=lot).count() != scale.unsealed_bids:
        damage = Bid.objects.filter(lot=lot).exclude(damage="").values_list("damage", flat=True).first()
        raise RuntimeError(f"not every bid was opened: {damage}")
    alone = timed(lambda: _purely(held))
    return [
        Figure(
            f"open {scale.unsealed_bids:,} bids by Actions",
            seconds,
            seconds,
            seconds,
            "s",
            "by the pure functions alone",
            alone,
            goal=f"< {AT_MOST_SECONDS} s",
            is_met=seconds < AT_MOST_SECONDS,
            note=f"{released:.1f} s for the trustee's release; {seconds / scale.unsealed_bids * 1000:.0f} ms a bid",
        )
    ]


def _platform() -> tuple[Pair, Pair]:
    """The platform's own keys, as they lie on this machine."""
    wrap, sign = keys.trustee_wrap_key(), keys.trustee_signing_key()
    return (
        Pair(wrap.private_bytes_raw(), wrap.public_key().public_bytes_raw()),
        Pair(sign.private_bytes_raw(), sign.public_key().public_bytes_raw()),
    )


def _handed_in(lot: Lot, policy: OpeningPolicy, count: int, *, now: datetime.datetime) -> list[Held]:
    """So many sealed bids, each really its supplier's."""
    frozen, found = Policy.parse(policy.content.encode()), []
    for post in bidders.suppliers(count):
        content = system(FILE)
        source = Source("bid.bin", "application/octet-stream", functools.partial(io.BytesIO, content))
        sealer, out = Sealer(Terms(frozen, post.organisation.uscc), price=OFFER, sources=[source]), io.BytesIO()
        held = Held(I1.new_sign_keys(system), sealer, b"", sealer.write(out))
        held.content = out.getvalue()
        _hand_in(lot, policy, post, held, now=now)
        found.append(held)
    return found


def _hand_in(lot: Lot, policy: OpeningPolicy, post: Post, held: Held, *, now: datetime.datetime) -> None:
    header = held.sealer.header
    envelope = envelopes.bind([documents.store_bytes(data=held.content, name="part")])
    upload = BidUpload.objects.create(
        sid=uuid.uuid4(),
        lot=lot,
        supplier=post.organisation,
        post=post,
        policy=policy,
        idem=system(16).hex(),
        begun_at=now,
        header=header.content.decode(),
        envelope=envelope,
        envelope_size=len(held.content),
        verified_at=now,
    )
    key = SigningKey.objects.create(post=post, public_key=base64_of(held.pair.public), registered_at=now)
    said = statement_for(header, held.imprint, client=bidders.CLIENT, idem=bytes.fromhex(upload.idem))
    finalise.finalise(
        finalise.Request(
            upload=upload.pk,
            sid=upload.sid,
            case=lot.case_id,
            idem=upload.idem,
            statement=content_of(said).decode(),
            signature=base64_of(signed(said, suite=I1, keys=held.pair).sig),
            signing_key=key.pk,
            core=header.core,
            header_digest=header.sha256.hex(),
            envelope=envelope.pk,
            size=len(held.content),
            now=now,
        )
    )


def _bidders_release(lot: Lot, held: list[Held], *, now: datetime.datetime) -> None:
    """Every bidder's own shares, as `bid.release` keeps them."""
    closing = BidClosing.objects.select_related("policy").get(lot=lot)
    bids = unsealing.in_close_set(closing)
    for one in held:
        header = one.sealer.header
        shares = tuple(ReleasedShare(header.sha256, x, share) for x, share in sorted(one.sealer.own_shares.items()))
        message = signed(Release(header.core.tender, "ALL", "supplier", 0, shares, now), suite=I1, keys=one.pair)
        bid = bids[header.sha256]
        unsealing.keep_release(closing, message, by=bid.submitted_by, bids=bids, now=now, bid=bid)


def _trustee_message(lot: Lot, policy: OpeningPolicy, own: tuple[Pair, Pair], *, now: datetime.datetime) -> Message:
    """What an honest trustee's client makes of the headers in the close set."""
    x = policy.seats.get(trustee__role="supervisor").number
    shares = []
    for digest, bid in unsealing.in_close_set(BidClosing.objects.get(lot=lot)).items():
        header = unsealing.header_of(bid)
        private = own[0].private
        share = I1.unwrap(wrapped=header.wraps[x], x=x, core=header.core.content, private=private)
        shares.append(ReleasedShare(digest, x, share))
    return signed(Release(str(policy.tender), "ALL", "trustee", 0, tuple(shares), now), suite=I1, keys=own[1])


def _trustee_post(policy: OpeningPolicy) -> Post:
    trustee = policy.seats.select_related("trustee__organisation").get(trustee__role="supervisor").trustee
    person = Person.objects.create(username="trustee", name="受托人", password="!")
    return Post.objects.create(
        person=person, organisation=trustee.organisation, role=Role.TREASURY, from_on=datetime.date(2020, 1, 1)
    )


def _purely(held: list[Held]) -> None:
    for one in held:
        policy: Any = one.sealer.terms.policy
        shares = one.sealer.shares
        open_envelope(io.BytesIO(one.content), policy=policy, shares=shares, expected=one.imprint)
