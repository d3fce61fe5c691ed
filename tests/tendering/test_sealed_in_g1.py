"""Are bids that are sealed with the Chinese suite taken in, released and opened like any other, and beside them?"""

import dataclasses
import datetime
import io
import secrets
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.tendering.sealing_walk import CLIENT, Device, Holder, SealedTender, close_leaf_of, credit_code
from yangcai.cases.models import Lot
from yangcai.kernel.encoding import base64_of
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Organisation, Post
from yangcai.sealing.chance import system
from yangcai.sealing.faults import HEADER_MISMATCH, SIGNATURE_WRONG, Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.payload import Source
from yangcai.sealing.policy import Policy
from yangcai.sealing.sealer import Sealer, Terms, statement_for
from yangcai.sealing.statement import Message, Release, ReleasedShare, Submit, signed
from yangcai.sealing.suites import Pair, suite
from yangcai.tendering import finalise, keys, unsealing
from yangcai.tendering.models import Bid, BidUpload, OpenedBid, SealedBid, ShareRelease, Trustee

pytestmark = pytest.mark.django_db(transaction=True)
G1 = suite("G1")


class NationalDevice(Device):
    """A bidder's device that seals and signs in G1."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self.sm2 = G1.new_sign_keys(system)

    @property
    def pair(self) -> Pair:
        return self.sm2

    def seal(self, policy: Policy, price: dict[str, Any], *, files: dict[str, bytes], recovery: str) -> None:
        sources = [
            Source(name, "application/octet-stream", lambda content=content: io.BytesIO(content))
            for name, content in files.items()
        ]
        terms = Terms(policy, supplier=self.post.organisation.uscc, suite="G1", recovery=recovery)
        self.sealer, out = Sealer(terms, price=price, sources=sources), io.BytesIO()
        self.imprint = self.sealer.write(out)
        self.content, self.idem = out.getvalue(), secrets.token_bytes(16)

    def said(self, **changes: Any) -> Submit:
        return dataclasses.replace(statement_for(self.header, self.imprint, client=CLIENT, idem=self.idem), **changes)

    def statement(self, **changes: Any) -> Message:
        return signed(self.said(**changes), suite=G1, keys=self.pair)

    def release(self, *, now: datetime.datetime) -> Message:
        shares = tuple(ReleasedShare(self.header.sha256, x, s) for x, s in sorted(self.sealer.own_shares.items()))
        place = close_leaf_of(Lot.objects.get(bids__sealed__header_digest=self.header.sha256.hex()))
        return signed(Release(self.header.core.tender, "ALL", "supplier", place, shares, now), suite=G1, keys=self.pair)


class NationalTender(SealedTender):
    """Trustees with keys of both suites."""

    without: str = ""

    def register(self, holder: Holder) -> Trustee:
        pairs = (
            keys.trustee_sm2_keys()
            if holder.role == "platform"
            else {"wrap": G1.new_wrap_keys(system), "sig": G1.new_sign_keys(system)}
        )
        self.sm2 = {**getattr(self, "sm2", {}), holder.role: pairs}
        national = {"sm2_wrap_key": base64_of(pairs["wrap"].public), "sm2_signing_key": base64_of(pairs["sig"].public)}
        holder.row = self.do(
            "trustee.register",
            holder.post.organisation,
            holder.post,
            role=holder.role,
            hpke_key=base64_of(holder.wrap.public_key().public_bytes_raw()),
            signing_key=base64_of(holder.sign.public_key().public_bytes_raw()),
            **({} if holder.role == self.without else national),
        ).value
        return holder.row

    def national(self) -> NationalDevice:
        device = NationalDevice(self.supplier())
        Organisation.objects.filter(pk=device.post.organisation_id).update(uscc=credit_code())
        device.post.organisation.refresh_from_db()
        self.do("signing_key.register", device.post.organisation, device.post, public_key=base64_of(device.pair.public))
        return device

    def national_message(self, holder: Holder) -> Message:
        """A trustee's release of the bids that are sealed in G1."""
        policy, pairs, shares = self.policy(), self.sm2[holder.role], []
        x = next(t.x for t in policy.trustees if t.sm2_wrap == pairs["wrap"].public)
        for bid in Bid.objects.filter(lot=self.lot).order_by("pk"):
            header = Header.parse(bid.sealed_key.encode())
            if header.core.suite == "G1":
                private = pairs["wrap"].private
                share = G1.unwrap(wrapped=header.wraps[x], x=x, core=header.core.content, private=private)
                shares.append(ReleasedShare(header.sha256, x, share))
        said = Release(policy.tender, "ALL", "trustee", close_leaf_of(self.lot), tuple(shares), self.now)
        return signed(said, suite=G1, keys=pairs["sig"])

    def international(self) -> list[Bid]:
        return [bid for bid in Bid.objects.filter(lot=self.lot) if unsealing.header_of(bid).core.suite == "I1"]


@pytest.mark.long
def test_both_suites_are_handed_in_released_and_opened_side_by_side() -> None:
    tender = NationalTender().announced()
    assert tender.policy().suites == ("I1", "G1")
    national, ordinary, other = tender.national(), tender.device(), tender.device()
    first = tender.hand_in(national, "900000.00", files={"技术方案.pdf": b"%PDF-1.4 national"})
    for device in (ordinary, other):
        tender.hand_in(device, "910000.00")
    upload = BidUpload.objects.get(sealed=first)
    assert bytes.fromhex(upload.envelope_sm3) == national.imprint.env_sm3
    assert f'"env_sm3":"{upload.envelope_sm3}"' in first.statement
    tender.begin()
    for device in (national, ordinary, other):
        tender.release(device)
    holder = next(holder for holder in tender.holders if holder.role == "supervisor")
    message = tender.national_message(holder)
    tender.do("trustee.release", tender.lot, holder.post, message=message.content.decode())
    ours = ShareRelease.objects.filter(trustee__role="platform")
    assert ours.count() == 2  # one signature for each suite
    ordinaries = tender.trustee_message(holder, bids=tender.international())
    tender.do("trustee.release", tender.lot, holder.post, message=ordinaries.content.decode())
    assert ours.count() == 2
    tender.unseal()
    assert sorted(str(bid.price) for bid in OpenedBid.objects.all()) == ["900000.00", "910000.00", "910000.00"]
    opened = OpenedBid.objects.get(bid=first.bid)
    assert opened.files.get().size == len(b"%PDF-1.4 national")


@pytest.mark.long
def test_a_trustee_releases_all_bids_of_the_suite_that_it_signs_in() -> None:
    tender = NationalTender().announced()
    devices = [tender.national(), tender.national(), tender.device()]
    for device in devices:
        tender.hand_in(device)
    tender.begin()
    for device in devices:
        tender.release(device)
    holder = next(holder for holder in tender.holders if holder.role == "notary")
    whole = tender.national_message(holder)
    part = dataclasses.replace(whole.statement, shares=whole.statement.shares[:1])
    mixed = dataclasses.replace(
        whole.statement,
        shares=(
            *whole.statement.shares,
            *tender.trustee_message(holder, bids=tender.international()).statement.shares,
        ),
    )
    for said in (part, mixed):
        message = signed(said, suite=G1, keys=tender.sm2["notary"]["sig"])
        with pytest.raises(Refused):
            tender.do("trustee.release", tender.lot, holder.post, message=message.content.decode())
    tender.do("trustee.release", tender.lot, holder.post, message=whole.content.decode())


def test_what_the_national_digests_say_is_held_to_the_envelope() -> None:
    tender = NationalTender().announced()
    device = tender.national()
    upload = tender.sealed(device)
    for wrong in ({"env_sm3": bytes(32)}, {"header_sm3": bytes(32)}, {"env_sm3": b"", "header_sm3": b""}):
        with pytest.raises(Faulty) as faulty:
            finalise.request_of(upload.sid, device.statement(**wrong), by=device.post, now=tender.now)
        assert faulty.value.fault is HEADER_MISMATCH
    with pytest.raises(IntegrityError), transaction.atomic():
        BidUpload.objects.filter(pk=upload.pk).update(envelope_sm3="00" * 32)
    finalise.finalise(finalise.request_of(upload.sid, device.statement(), by=device.post, now=tender.now))
    assert SealedBid.objects.count() == 1


def test_a_statement_is_signed_in_the_suite_of_its_envelope() -> None:
    tender = NationalTender().announced()
    device = tender.national()
    ordinary = tender.device(device.post)
    upload = tender.sealed(device)
    said = signed(device.said(), suite=suite("I1"), keys=ordinary.pair)
    with pytest.raises(Faulty) as faulty:
        finalise.request_of(upload.sid, said, by=device.post, now=tender.now)
    assert faulty.value.fault is SIGNATURE_WRONG


def test_a_suite_that_one_trustee_lacks_is_not_offered() -> None:
    tender = NationalTender()
    tender.without = "notary"
    tender.announced()
    assert tender.policy().suites == ("I1",)
    assert not any(trustee.sm2_wrap for trustee in tender.policy().trustees)


def test_national_keys_come_together_and_lie_on_the_curve() -> None:
    tender = NationalTender()
    tender.describe()
    wrap, sign = (base64_of(G1.new_wrap_keys(system).public) for _n in range(2))
    holder = Holder(tender.officer, "buyer")
    given = {
        "role": "buyer",
        "hpke_key": base64_of(holder.wrap.public_key().public_bytes_raw()),
        "signing_key": base64_of(holder.sign.public_key().public_bytes_raw()),
    }
    off = base64_of(b"\x04" + bytes(63) + b"\x01")
    for wrong in (
        {"sm2_wrap_key": wrap},
        {"sm2_signing_key": sign},
        {"sm2_wrap_key": off, "sm2_signing_key": sign},
        {"sm2_wrap_key": given["hpke_key"], "sm2_signing_key": sign},
    ):
        with pytest.raises(Refused):
            tender.do("trustee.register", holder.post.organisation, holder.post, **given, **wrong)
    national = {"sm2_wrap_key": wrap, "sm2_signing_key": sign}
    row = tender.do("trustee.register", holder.post.organisation, holder.post, **given, **national).value
    assert (row.sm2_wrap_key, row.sm2_signing_key) == (wrap, sign)
    with pytest.raises(IntegrityError), transaction.atomic():
        Trustee.objects.filter(pk=row.pk).update(sm2_wrap_key=sign)
