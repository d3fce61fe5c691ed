"""A tender whose bids are sealed by their bidders: trustees, policy, devices, and the steps of SBP/1 from outside."""

import base64
import datetime
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from stdnum.cn import uscc

from tests.factories import make_organisation, make_post, number
from tests.hurry import tasks_at_the_end
from tests.tendering.walk import CLOSES, Tender, offer
from yangcai.cases.models import Lot
from yangcai.kernel.encoding import base64_of
from yangcai.kernel.entries import plain
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.sealing import schedule
from yangcai.sealing.envelope import Imprint
from yangcai.sealing.header import Header
from yangcai.sealing.payload import Source
from yangcai.sealing.policy import Policy
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.sealing.statement import Client, Message, Release, ReleasedShare, Withdraw, signed
from yangcai.sealing.suites import Pair, suite
from yangcai.tendering import envelopes, finalise, keys, policies, unsealing
from yangcai.tendering.models import Bid, BidClosing, BidUpload, OpeningPolicy, SealedBid, Trustee
from yangcai.tendering.rules.sealed import closing_of

I1 = suite("I1")
CLIENT = Client("test", "1", bytes(32))


def credit_code() -> str:
    stem = f"91620100MA{number():07d}"
    return stem + uscc.calc_check_digit(stem)


@dataclass
class Holder:
    """A trustee with its private keys."""

    post: Post
    role: str
    wrap: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    sign: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    row: Trustee | None = None

    @property
    def pair(self) -> Pair:
        return Pair(self.sign.private_bytes_raw(), self.sign.public_key().public_bytes_raw())


def close_leaf_of(lot: Any) -> int:
    """The place of the latest close of a lot in the public log; 0 until it has one."""
    closing = BidClosing.objects.filter(lot=lot).order_by("pk").last()
    return unsealing.place_of(closing) if closing is not None else 0


@dataclass
class Device:
    """A bidder's device: its signing key, and what it sealed last."""

    post: Post
    sign: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    sealer: Sealer | None = None
    content: bytes = b""
    imprint: Imprint | None = None
    idem: bytes = b""

    @property
    def pair(self) -> Pair:
        return Pair(self.sign.private_bytes_raw(), self.sign.public_key().public_bytes_raw())

    def seal(
        self, policy: Policy, offer: dict[str, Any], *, files: dict[str, bytes], recovery: str, round: int = 0
    ) -> None:
        """As the clients do: what is read out is committed to, the rest of the form is one more file."""
        price, rest = schedule.split(offer)
        sources = [
            Source(name, "application/octet-stream", lambda content=content: io.BytesIO(content))
            for name, content in files.items()
        ]
        if rest:
            content = schedule.content(rest)
            sources.append(Source(schedule.NAME, schedule.TYPE, lambda: io.BytesIO(content)))
        terms = Terms(policy, supplier=self.post.organisation.uscc, recovery=recovery, round=round)
        self.sealer = Sealer(terms, price=price, sources=sources)
        out = io.BytesIO()
        self.imprint = self.sealer.write(out)
        self.content, self.idem = out.getvalue(), secrets.token_bytes(16)

    @property
    def header(self) -> Header:
        return self.sealer.header

    def statement(self, **changes: Any) -> Message:
        from yangcai.sealing.sealer import statement_for

        said = statement_for(self.header, self.imprint, client=changes.get("client", CLIENT), idem=self.idem)
        return signed(said, suite=I1, keys=self.pair)

    def release(self, *, now: datetime.datetime) -> Message:
        shares = tuple(ReleasedShare(self.header.sha256, x, s) for x, s in sorted(self.sealer.own_shares.items()))
        place = close_leaf_of(Lot.objects.get(bids__sealed__header_digest=self.header.sha256.hex()))
        said = Release(self.header.core.tender, self.header.core.cover, "supplier", place, shares, now)
        return signed(said, suite=I1, keys=self.pair)

    def withdrawal(self, sid: Any) -> Message:
        said = Withdraw(self.header.core.tender, str(sid), secrets.token_bytes(16))
        return signed(said, suite=I1, keys=self.pair)


class SealedTender(Tender):
    """As Tender, with five trustees and an opening policy on every lot."""

    def __init__(self, **values: Any):
        super().__init__(**values)
        self.devices: dict[int, Device] = {}
        self.holders: list[Holder] = []

    # --- trustees and policy ------------------------------------------------------------------------------------------

    def board(self) -> list[Holder]:
        """Platform, buyer, agent, supervisor, notary: five organisations."""
        platform = Holder(make_post(Role.PLATFORM), "platform", keys.trustee_wrap_key(), keys.trustee_signing_key())
        treasury = make_post(Role.TREASURY)
        notary = make_post(Role.AUDITOR, make_organisation(OrganisationKind.TREASURY))
        self.holders = [
            platform,
            Holder(self.officer, "buyer"),
            Holder(self.agent_post, "agent"),
            Holder(treasury, "supervisor"),
            Holder(notary, "notary"),
        ]
        for holder in self.holders:
            self.register(holder)
        return self.holders

    def register(self, holder: Holder) -> Trustee:
        holder.row = self.do(
            "trustee.register",
            holder.post.organisation,
            holder.post,
            role=holder.role,
            hpke_key=base64_of(holder.wrap.public_key().public_bytes_raw()),
            signing_key=base64_of(holder.sign.public_key().public_bytes_raw()),
            reason="例行轮换",
        ).value
        return holder.row

    def set_policy(self, lot: Any = None, **changes: Any) -> OpeningPolicy:
        values = {
            "trustees": [holder.row.pk for holder in self.holders],
            "threshold": 4,
            "supplier_shares": 2,
            "window_minutes": 30,
            "extension_minutes": 30,
            "recovery_allowed": ["auto", "consent", "never"],
        }
        return self.do("opening_policy.set", lot or self.lot, self.runner, **{**values, **changes}).value

    def announced(self, **terms: Any) -> Self:
        return self._told(self._announce, terms)

    @tasks_at_the_end()
    def _announce(self, **terms: Any) -> None:
        self.describe(**terms)
        self.board()
        for lot in self.case.lots.all():
            self.set_policy(lot)
        self.confirm()
        self.publish()
        self.case.refresh_from_db()

    # --- bidders ------------------------------------------------------------------------------------------------------

    def device(self, post: Post | None = None, *, sign: Ed25519PrivateKey | None = None) -> Device:
        """A supplier that obtained the documents, with a registered key."""
        post = post or self.supplier()
        Organisation.objects.filter(pk=post.organisation_id, uscc__isnull=True).update(uscc=credit_code())
        post.organisation.refresh_from_db()
        device = Device(post, sign) if sign else Device(post)
        public = base64.b64encode(device.pair.public).decode()
        self.do("signing_key.register", post.organisation, post, public_key=public)
        self.devices[post.pk] = device
        return device

    def policy(self, lot: Any = None, *, cover: str = "", round: int = policies.BID) -> Policy:
        return Policy.parse(policies.in_force(lot or self.lot, cover=cover, round=round).content.encode())

    def another(self, device: Device) -> Device:
        """The same device, for one more envelope of its post."""
        return Device(device.post, device.sign)

    def sealed(
        self,
        device: Device,
        price: str = "900000.00",
        *,
        files: dict[str, bytes] | None = None,
        recovery: str = "auto",
        **more: Any,
    ) -> BidUpload:
        """Sealed on the device, uploaded and verified."""
        filled = plain({**offer(price), "price_in_words": "", **more})
        filled.pop("commitment")
        device.seal(self.policy(), filled, files=files or {}, recovery=recovery)
        return self.uploaded(device)

    def uploaded(self, device: Device) -> BidUpload:
        """What the device sealed, as its header says, verified."""
        core = device.header.core
        if core.round == policies.LAST:
            begun = self.do("final_offer.upload", self.lot, device.post, idem=device.idem.hex())
        else:
            cover = {} if core.cover == "ALL" else {"cover": core.cover}
            begun = self.do("bid.upload", self.lot, device.post, idem=device.idem.hex(), **cover)
        upload = begun.value
        self.parts(upload, device.content)
        return envelopes.verify(upload, header=device.header.content, now=self.now)

    def parts(self, upload: BidUpload, content: bytes) -> None:
        from yangcai.kernel.encoding import digest

        for n, at in enumerate(range(0, len(content), envelopes.PART), start=1):
            piece = content[at : at + envelopes.PART]
            said = digest(piece).hex()
            envelopes.take_part(upload, number=n, digest=said, stream=io.BytesIO(piece), now=self.now)

    def hand_in(self, device: Device, price: str = "900000.00", **more: Any) -> SealedBid:
        return self.finalised(device, self.sealed(device, price, **more))

    @tasks_at_the_end()
    def _three(self, *, recoveries: Sequence[str] = ("auto", "auto", "auto"), **more: Any) -> None:
        devices = [self.device() for _ in recoveries]
        for device, price, recovery in zip(devices, ("900000.00", "910000.00", "920000.00"), recoveries, strict=True):
            self.hand_in(device, price, **{"recovery": recovery, **more})

    def finalised(self, device: Device, upload: BidUpload) -> SealedBid:
        taken = finalise.finalise(finalise.request_of(upload.sid, device.statement(), by=device.post, now=self.now))
        return SealedBid.objects.get(pk=taken.bid)

    # --- the opening --------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.now = max(self.now, CLOSES)
        self.do("opening.begin", self.case, self.runner)

    def release(self, device: Device) -> None:
        bid = SealedBid.objects.get(header_digest=device.header.sha256.hex()).bid
        self.do("bid.release", bid, device.post, message=device.release(now=self.now).content.decode())

    def trustee_message(self, holder: Holder, *, bids: list[Bid] | None = None) -> Message:
        """What an honest trustee's client makes of the headers in the close set, or of those given."""
        closing = closing_of(self.lot)
        frozen = closing.policy if closing is not None else policies.in_force(self.lot)
        policy = Policy.parse(frozen.content.encode())
        x = next(t.x for t in policy.trustees if t.hpke == holder.wrap.public_key().public_bytes_raw())
        shares = []
        for bid in bids if bids is not None else unsealing.in_close_set(closing).values():
            header = Header.parse(bid.sealed_key.encode())
            share = I1.unwrap(
                wrapped=header.wraps[x], x=x, core=header.core.content, private=holder.wrap.private_bytes_raw()
            )
            shares.append(ReleasedShare(header.sha256, x, share))
        said = Release(policy.tender, policy.cover, "trustee", close_leaf_of(self.lot), tuple(shares), self.now)
        return signed(said, suite=I1, keys=holder.pair)

    def trustee_releases(self, holder: Holder) -> None:
        self.do("trustee.release", self.lot, holder.post, message=self.trustee_message(holder).content.decode())

    def unseal(self) -> None:
        self.do("opening.unseal", self.lot, self.runner)


def body_of(note: str) -> dict[str, str]:
    """The lines of a receipt by their first word."""
    return dict(line.split(" ", 1) for line in note.split("\n\n")[0].splitlines()[1:])


def three(tender: SealedTender, **more: Any) -> list[Device]:
    """Three bids of the same terms; `recoveries`: of each."""
    tender._told(tender._three, more)
    return list(tender.devices.values())[-3:]


def windowless(tender: SealedTender) -> None:
    """The window is over."""
    tender.now = BidClosing.objects.get().window_closes_at
