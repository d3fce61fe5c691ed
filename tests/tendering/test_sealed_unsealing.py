"""Do sealed bids become the same rows as any other once enough shares are there, each whatever befalls the others?"""

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests.factories import make_post
from tests.tendering.sealing_walk import Device, SealedTender, body_of, three, windowless
from tests.tendering.walk import CLOSES
from yangcai.cases.models import Lot
from yangcai.kernel import documents
from yangcai.kernel.encoding import jcs, read_base64, timestamp
from yangcai.kernel.models import Entry
from yangcai.kernel.tlog import note
from yangcai.parties.roles import Role
from yangcai.sealing.faults import TOO_FEW_SHARES, Faulty
from yangcai.sealing.header import price_commitment
from yangcai.sealing.opening import open_envelope
from yangcai.sealing.receipt import Receipt
from yangcai.tendering import envelopes, policies, receipts, unsealing
from yangcai.tendering.models import Bid, BidClosing, OpenedBid, SealedBid, ShareRelease

pytestmark = [pytest.mark.django_db, pytest.mark.long]


class OnOneLot(SealedTender):
    """Whose steps are taken on the lot `at`."""

    at = 0

    @property
    def lot(self) -> Lot:
        return self.case.lots.order_by("pk")[self.at]


def test_from_policy_to_opened_rows() -> None:
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(3)]
    first = tender.hand_in(devices[0], "880000.00", files={"投标函.pdf": b"%PDF-1.7 one"}, brand="甲")
    tender.hand_in(devices[1], "910000.00")
    tender.hand_in(devices[2], "920000.00")
    said = Receipt.parse(note.parse(first.note.encode()).text)
    assert note.opened(first.note.encode(), [receipts.signer().verifier])
    assert (said.header_sha256, said.env_digest, said.seq) == (
        devices[0].header.sha256,
        devices[0].imprint.env_digest,
        1,
    )
    assert body_of(first.note)["deadline"] == timestamp(CLOSES)

    tender.begin()
    assert not OpenedBid.objects.exists()
    for device in devices:
        tender.release(device)
    assert not OpenedBid.objects.exists()
    tender.trustee_releases(tender.holders[3])
    assert ShareRelease.objects.filter(trustee__role="platform").exists()
    tender.unseal()
    opened = {one.supplier_id: one for one in OpenedBid.objects.all()}
    mine = opened[devices[0].post.organisation_id]
    assert (mine.price, mine.brand, mine.price_in_words) == (Decimal("880000.00"), "甲", "人民币捌拾捌万元整")
    assert [file.name for file in mine.files.all()] == ["投标函.pdf"]
    assert [line.item for line in mine.lines.all()] == ["计算机"]
    assert {one.price for one in opened.values()} == {Decimal("880000"), Decimal("910000"), Decimal("920000")}
    assert Entry.objects.filter(action="bid.submit", outcome="done").count() == 3
    tender.conclude()


@pytest.mark.parametrize(("recovery", "opened"), [("auto", 3), ("consent", 2), ("never", 2)])
def test_an_absent_bidder_is_dealt_with_as_it_chose(recovery: str, opened: int) -> None:
    tender = SealedTender().announced()
    devices = three(tender, recoveries=(recovery, "auto", "auto"))
    tender.begin()
    for device in devices[1:]:
        tender.release(device)
    windowless(tender)
    for holder in tender.holders[1:4]:  # with the platform's four: enough without the bidder
        tender.trustee_releases(holder)
    tender.unseal()
    assert OpenedBid.objects.count() == opened
    absent = Bid.objects.get(supplier=devices[0].post.organisation)
    assert ("视为撤销" in absent.damage) == (opened == 2)
    tender.conclude()


def test_consent_within_the_window_lets_the_trustees_open() -> None:
    tender = SealedTender().announced()
    devices = three(tender, recovery="consent")
    tender.begin()
    for device in devices[1:]:
        tender.release(device)
    bid = SealedBid.objects.get(header_digest=devices[0].header.sha256.hex()).bid
    tender.do("bid.consent", bid, devices[0].post)
    assert "no_consent_needed" in tender.refused("bid.consent", bid, devices[0].post)
    windowless(tender)
    for holder in tender.holders[1:4]:
        tender.trustee_releases(holder)
    tender.unseal()
    assert OpenedBid.objects.count() == 3


def test_trustees_are_not_waited_for_while_everything_stands_still() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    tender.release(devices[0])
    windowless(tender)
    since, hour = tender.now, datetime.timedelta(hours=1)
    treasury, order = make_post(Role.TREASURY), documents.store_bytes(data=b"%PDF- order", name="暂停通知.pdf")
    until = (since + datetime.timedelta(days=20)).date()
    tender.do("opening.suspend", tender.case, tender.agent_post, reason="核实异议")
    tender.now += hour  # the two overlap, and count once
    tender.do("case.suspend", tender.case, treasury, reason="投诉处理", until_on=until, document=order)
    tender.now += 100 * hour
    tender.do("case.resume", tender.case, treasury, reason="投诉已处理")
    tender.now += hour
    tender.do("opening.resume", tender.case, tender.agent_post)
    assert len(policies.chain(tender.lot)) == 1  # the deadline was over: it did not move
    tender.unseal()
    # The window had just ended when the hall stood still: what stands still after it is not waited for either.
    tender.now = since + 102 * hour + unsealing.PATIENCE - datetime.timedelta(seconds=1)
    told = tender.refused("opening.abandon", tender.lot, tender.agent_post, reason="受托人失联")
    assert set(told) == {"still_waited_for"}
    tender.now += datetime.timedelta(seconds=1)
    tender.do("opening.abandon", tender.lot, tender.agent_post, reason="受托人失联")


def test_a_damaged_envelope_waits_until_the_same_bytes_come_again() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    sealed = SealedBid.objects.get(header_digest=devices[0].header.sha256.hex())
    documents.path_of(sealed.upload.parts.get().document_id).unlink()
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    assert OpenedBid.objects.count() == 2 and not Bid.objects.exclude(damage="").exists()
    tender.parts(sealed.upload, devices[0].content)
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    assert BidClosing.objects.get().unsealed_at == tender.now


def test_a_bid_that_breaks_a_rule_of_the_form_is_found_at_the_opening() -> None:
    tender = SealedTender().announced()
    others = three(tender)
    devices = [tender.device(), *others]
    tender.hand_in(devices[0], preference="consortium")  # the file accepts none
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    assert "联合体" in Bid.objects.get(supplier=devices[0].post.organisation).damage


def test_an_opened_price_fits_the_commitment_that_was_in_the_header() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    sealed = SealedBid.objects.get(header_digest=devices[0].header.sha256.hex())

    price = json.loads(sealed.price)
    assert jcs(price).decode() == sealed.price and price["price"] == "900000.00"
    found = price_commitment(salt=bytes.fromhex(sealed.price_salt), price=price)
    assert found == devices[0].header.core.price_commit


def test_who_holds_everything_of_the_operator_reads_nothing() -> None:
    """Database, files and the platform's own key: one share of four (SBP/1 §2.1)."""
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    for device in devices:
        tender.release(device)
    closing = BidClosing.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():  # the database does not even take it
        unsealing.platform_releases(closing, by=tender.holders[0].post, now=tender.now)
    own = tender.trustee_message(tender.holders[0]).statement.shares
    bid = Bid.objects.first()
    shares = {row.number: row.share for row in bid.released_shares.all()}

    held = {x: read_base64(share) for x, share in shares.items()} | {
        one.x: one.share for one in own if one.header_sha256.hex() == bid.sealed.header_digest
    }
    with envelopes.stream(envelopes.parts_of(bid.envelope)) as file, pytest.raises(Faulty) as faulty:
        open_envelope(file, policy=unsealing.policy_of(bid), shares=held)
    assert faulty.value.fault is TOO_FEW_SHARES and len(held) == 3


@pytest.mark.parametrize(
    "oddity",
    [{"bra\0nd": "x"}, {"preference": "no\0ne"}, {"preference": "长" * 300_000}, {"preference": "a\u202eb"}, {"?": 1}],
    ids=["NUL in a key", "NUL in a text", "huge", "deceiving", "unknown"],
)
def test_whatever_a_bidder_wrote_the_others_are_opened(oddity: dict[str, Any]) -> None:
    tender = SealedTender().announced()
    others = three(tender)
    devices = [tender.device(), *others]
    tender.hand_in(devices[0], **oddity)
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    damage = Bid.objects.get(supplier=devices[0].post.organisation).damage
    assert damage and damage.isprintable() and len(damage) <= unsealing.LONGEST_REASON
    assert BidClosing.objects.get().unsealed_at == tender.now


def test_an_error_of_our_own_keeps_one_bid_waiting_and_in_the_end_gives_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    devices.append(tender.device())
    tender.hand_in(devices[-1])
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    as_submitted, broken = unsealing.as_submitted, devices[0].post.organisation_id

    def failing(bid: Bid, *args: Any, **more: Any) -> Any:
        if bid.supplier_id == broken:
            Bid.objects.filter(pk=bid.pk).update(damage="\0")  # refused below the form, as by the database
        return as_submitted(bid, *args, **more)

    monkeypatch.setattr(unsealing, "as_submitted", failing)
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    bid = Bid.objects.get(supplier=broken)
    assert not bid.damage and BidClosing.objects.get().unsealed_at is None
    windowless(tender)
    tender.now += unsealing.PATIENCE
    asked = tender.do("opening.abandon", tender.lot, tender.agent_post, reason="程序出错").value
    tender.do("opening.confirm_abandonment", asked, tender.reviewer, answer="工程师无法排除")
    bid.refresh_from_db()
    assert bid.damage == f"{unsealing.UNREADABLE}；{unsealing.GIVEN_UP}"
    assert BidClosing.objects.get().unsealed_at == tender.now


def test_of_bids_for_too_many_lots_only_the_surplus_falls() -> None:
    tender = OnOneLot(lots=3).announced(max_lots_bid=2)
    posts = [tender.device().post for _ in range(3)]
    sealed: list[list[Device]] = []
    for tender.at in range(3):
        sealed.append([tender.device(post) for post in posts])
        for device in sealed[-1]:
            tender.hand_in(device, "300000.00")  # a program that asks for no pre-flight
    tender.begin()
    for tender.at, devices in enumerate(sealed):
        for device in devices:
            tender.release(device)
        tender.trustee_releases(tender.holders[2])
    for tender.at in (2, 1, 0):
        tender.unseal()
    lots = list(tender.case.lots.order_by("pk"))
    assert [OpenedBid.objects.filter(lot=lot).count() for lot in lots] == [3, 3, 0]
    surplus = Bid.objects.exclude(damage="")
    assert {(bid.lot, "至多投 2 个采购包" in bid.damage) for bid in surplus} == {(lots[2], True)}


@pytest.mark.long
def test_what_its_form_did_not_have_to_ask_costs_no_bid() -> None:
    """The page with which it was sealed wrote a brand where this method has no rule that counts brands."""
    tender = SealedTender(procedure="negotiation", method="lowest").announced()
    devices = [tender.device(tender.supplier()) for _ in range(3)]
    for device in devices:
        tender.hand_in(device, brand="示例牌", partners=[])
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    opened = OpenedBid.objects.filter(lot=tender.lot)
    assert opened.count() == 3 and not any(one.bid.damage or one.brand for one in opened)
