"""Does a bid that its bidder sealed come in before the deadline, stay closed until enough shares are there, and then
become the same rows as any other?"""

import datetime
import io
import secrets
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import make_post
from tests.tendering.sealing_walk import I1, Device, Holder, SealedTender, body_of
from tests.tendering.walk import CLOSES, Tender, offer, set_database_clock, window
from yangcai.cases.models import Lot
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.encoding import jcs, parse_jcs, timestamp
from yangcai.kernel.entries import plain
from yangcai.kernel.leaf_lines import blinded
from yangcai.kernel.models import Entry
from yangcai.kernel.tlog import note, tree
from yangcai.parties.roles import Role
from yangcai.sealing import schedule
from yangcai.sealing.header import price_commitment
from yangcai.sealing.payload import Source
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.sealing.statement import FailedShare, Release, ReleasedShare, signed
from yangcai.tendering import envelopes, finalise, policies, price_proof, receipts, unsealing
from yangcai.tendering.models import Bid, BidClosing, OpenedBid, Opening, OpeningPolicy, SealedBid, ShareRelease

pytestmark = pytest.mark.django_db


class OnOneLot(SealedTender):
    """Whose steps are taken on the lot `at`."""

    at = 0

    @property
    def lot(self) -> Lot:
        return self.case.lots.order_by("pk")[self.at]


def three(tender: SealedTender, **more: Any) -> list[Device]:
    devices = [tender.device() for _ in range(3)]
    for device, price in zip(devices, ("900000.00", "910000.00", "920000.00"), strict=True):
        tender.hand_in(device, price, **more)
    return devices


def windowless(tender: SealedTender) -> None:
    """The window is over."""
    tender.now = BidClosing.objects.get().window_closes_at


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


# --- the policy ------------------------------------------------------------------------------------------------------


def test_a_policy_must_keep_the_operator_out_and_the_absent_recoverable() -> None:
    tender = SealedTender()
    tender.describe()
    board = [holder.row.pk for holder in tender.board()]

    def refused(**changes: Any) -> set[str]:
        values = {
            "trustees": board, "threshold": 4, "supplier_shares": 2, "window_minutes": 30, "extension_minutes": 30,
            "recovery_allowed": ["auto"],
        }  # fmt: skip
        return set(tender.refused("opening_policy.set", tender.lot, tender.agent_post, **{**values, **changes}))

    assert refused(threshold=3) == {"threshold_too_low"}
    assert refused(threshold=6) == {"threshold_too_high"}
    assert refused(trustees=board[1:]) == {"one_seat_of_the_platform"}
    assert refused(trustees=board[:3]) == {"threshold_too_high"}
    policy = tender.set_policy()
    assert (policy.published_at, policies.in_force(tender.lot)) == (None, None)


def test_where_a_board_is_in_office_an_invitation_waits_for_the_policy() -> None:
    tender = SealedTender()
    tender.describe()
    tender.board()
    tender.confirm()
    found = tender.refused("invitation.publish", tender.case, tender.runner, **window())
    assert set(found) == {"no_opening_policy"}
    tender.set_policy()
    tender.publish()
    assert tender.policy().deadline == CLOSES


def test_an_invitation_freezes_no_retired_keys() -> None:
    tender = SealedTender()
    tender.describe()
    tender.board()
    tender.set_policy()
    tender.confirm()
    old = tender.holders[4]
    tender.holders[4] = Holder(old.post, old.role)
    tender.register(tender.holders[4])  # the rotation retires the keys that the draft names
    found = tender.refused("invitation.publish", tender.case, tender.runner, **window())
    assert set(found) == {"seat_out_of_office"}
    tender.set_policy()
    tender.publish()
    sign = tender.holders[4].pair.public
    assert [trustee.sig for trustee in tender.policy().trustees][-1] == sign


@pytest.mark.parametrize(("role", "kind"), [(Role.BUYER_OFFICER, "buyer"), (Role.AGENT, "agent")])
def test_nobody_is_seated_whose_post_does_not_stand_in_the_case(role: Role, kind: str) -> None:
    """Another buyer's or agent's share could never be released."""
    tender = SealedTender()
    tender.describe()
    board = tender.board()
    elsewhere = Holder(make_post(role), kind)
    tender.register(elsewhere)
    rest = [holder.row.pk for holder in board if holder.role != kind]
    values = {
        "threshold": 4, "supplier_shares": 2, "window_minutes": 30, "extension_minutes": 30,
        "recovery_allowed": ["auto"],
    }  # fmt: skip
    found = tender.refused(
        "opening_policy.set", tender.lot, tender.runner, trustees=[*rest, elsewhere.row.pk], **values
    )
    assert set(found) == {"invalid_input"} and found["invalid_input"].field == "trustees"
    offered = ACTIONS["opening_policy.set"].input(subject=tender.lot).fields["trustees"].queryset
    assert set(offered) == {holder.row for holder in board}


def test_trustees_of_other_buyers_make_no_board() -> None:
    """Nobody waits for a policy that could not be set."""
    tender = SealedTender()
    tender.describe()
    tender.register(Holder(make_post(Role.PLATFORM), "platform"))
    for role, kind in ((Role.BUYER_OFFICER, "buyer"), (Role.BUYER_OFFICER, "buyer"), (Role.AGENT, "agent")):
        tender.register(Holder(make_post(role), kind))
    tender.confirm()
    tender.publish()
    assert policies.in_force(tender.lot) is None


def test_a_postponed_deadline_is_a_revision_and_what_was_sealed_stays_valid() -> None:
    tender = SealedTender().announced()
    early = tender.device()
    upload = tender.sealed(early)
    later = CLOSES + datetime.timedelta(days=7)
    correction = {"item": "时间", "after": "顺延", "new_submission_closes_at": later, "affects_bids": False}
    tender.do("correction.publish", tender.case, tender.agent_post, **correction)
    assert [(p.revision, p.closes_at) for p in policies.chain(tender.lot)] == [(1, CLOSES), (2, later)]
    tender.now = CLOSES
    asked = finalise.request_of(upload, early.statement(), by=early.post, now=tender.now)
    taken = finalise.finalise(asked)
    assert body_of(taken.note)["deadline"] == timestamp(later)
    late = tender.device(tender.suppliers[0])
    tender.sealed(late)
    assert late.header.core.rev == 2


def test_either_way_of_sealing_is_refused_where_the_other_holds() -> None:
    plain = Tender().published()
    tender = SealedTender().announced()
    assert "sealed_by_the_bidder" in tender.refused("bid.submit", tender.lot, tender.supplier(), **offer())
    found = plain.refused("bid.upload", plain.lot, plain.supplier(), idem="00" * 16)
    assert "sealed_by_the_platform" in found


# --- coming in -------------------------------------------------------------------------------------------------------


def test_the_leaf_in_the_receipt_is_the_blinded_line() -> None:
    tender = SealedTender().announced()
    sealed = tender.hand_in(tender.device())
    line, secret = bytes(sealed.leaf.line), sealed.leaf.secret
    assert line == blinded(nonce=bytes(secret.nonce), body=bytes(secret.body)) and len(line) == 50
    said = Receipt.parse(note.parse(sealed.note.encode()).text)
    assert said.leaf == tree.leaf_hash(line)
    assert timestamp(sealed.bid.received_at).encode() in bytes(secret.body)


def test_nothing_in_the_database_tells_the_price() -> None:
    tender = SealedTender().announced()
    tender.hand_in(tender.device(), "734561.89", brand="金丝雀")
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY (%s)', [["%734561%", "%金丝雀%"]])
            assert cursor.fetchone() == (0,), table


def test_an_entry_is_written_once_at_the_time_of_the_receipt() -> None:
    tender = SealedTender().announced()
    sealed = tender.hand_in(tender.device())
    assert not Entry.objects.filter(action="bid.submit").exists()
    assert [finalise.note_in(now=tender.now) for _ in range(2)] == [1, 0]
    entry = Entry.objects.get(action="bid.submit")
    assert (entry.at, entry.organisation_id) == (sealed.bid.received_at, sealed.bid.supplier_id)
    assert entry.payload.data["input"] == {
        "receipt": sealed.bid.receipt,
        "revision": 1,
        "envelope": sealed.bid.envelope_id,
    }


def test_the_stamp_is_read_after_the_locks_and_held_against_the_deadline_to_the_microsecond() -> None:
    tender = SealedTender().announced()
    device = tender.device()
    upload = tender.sealed(device)
    asked = finalise.request_of(upload, device.statement(), by=device.post, now=tender.now)
    set_database_clock(CLOSES)
    with transaction.atomic():
        (late,) = finalise.receive([asked])
    assert isinstance(late, finalise.TooLate)
    set_database_clock(CLOSES - datetime.timedelta(microseconds=1))
    taken = finalise.finalise(asked)
    assert body_of(taken.note)["received"] == timestamp(CLOSES - datetime.timedelta(microseconds=1))


# --- the opening -----------------------------------------------------------------------------------------------------


def test_two_bids_are_closed_by_nobody_and_opened_by_nobody() -> None:
    """投标人不足 3 家的，不得开标 (87号令 art. 41)."""
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(2)]
    for device in devices:
        tender.hand_in(device)
    tender.begin()
    assert not BidClosing.objects.exists()
    bid = Bid.objects.first()
    message = devices[0].release(now=tender.now).content.decode()
    assert tender.refused("bid.release", bid, bid.submitted_by, message=message)


def test_nobody_is_early_and_the_platform_is_never_first() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    platform, _buyer, _agent, supervisor, _notary = tender.holders
    tender.begin()
    message = tender.trustee_message(supervisor).content.decode()
    assert set(tender.refused("trustee.release", tender.lot, supervisor.post, message=message)) == {
        "before_the_barrier"
    }
    assert "before_the_barrier" in tender.refused("opening.unseal", tender.lot, tender.agent_post)
    for device in devices:
        tender.release(device)
    own = tender.trustee_message(platform).content.decode()
    assert "operator_is_never_first" in tender.refused("trustee.release", tender.lot, platform.post, message=own)
    assert "no_seat" in tender.refused("trustee.release", tender.lot, make_post(Role.TREASURY), message=message)
    assert "bids_still_sealed" in tender.refused("opening.conclude", tender.case, tender.agent_post, answer="")
    tender.trustee_releases(supervisor)
    assert ShareRelease.objects.filter(trustee__isnull=False).count() == 2  # the platform's followed
    tender.unseal()
    assert OpenedBid.objects.count() == 3


def test_a_trustee_releases_for_every_bid_or_signs_why_it_cannot() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    tender.now = BidClosing.objects.get().window_closes_at  # nobody released: four trustees are needed
    for holder in tender.holders[1:3]:
        tender.trustee_releases(holder)
    holder = tender.holders[3]
    bids = list(Bid.objects.order_by("pk"))
    some = tender.trustee_message(holder, bids=bids[:2]).statement
    left_out = bytes.fromhex(bids[2].sealed.header_digest)

    def saying(*failed: bytes) -> str:
        said = replace(some, failed=tuple(FailedShare(one, "wrap_unreadable") for one in failed))
        return signed(said, suite=I1, keys=holder.pair).content.decode()

    for failed in ((), (bytes(32),), (left_out, bytes(32)), (left_out, some.shares[0].header_sha256)):
        told = tender.refused("trustee.release", tender.lot, holder.post, message=saying(*failed))
        assert "逐份说明" in told["invalid_input"].zh
    tender.do("trustee.release", tender.lot, holder.post, message=saying(left_out))
    assert "wrap_unreadable" in ShareRelease.objects.get(trustee=holder.row).statement
    tender.unseal()
    assert OpenedBid.objects.count() == 2 and not Bid.objects.exclude(damage="").exists()
    mended = tender.trustee_message(holder, bids=bids[2:]).content.decode()  # it found its key after all
    tender.do("trustee.release", tender.lot, holder.post, message=mended)
    tender.unseal()
    assert OpenedBid.objects.count() == len(devices)


def test_a_share_that_is_not_the_committed_one_is_refused() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    honest = devices[0].release(now=tender.now).statement
    forged = Release(
        honest.tender, "ALL", "supplier", 0,
        (honest.shares[0], ReleasedShare(honest.shares[1].header_sha256, 202, bytes(32))), tender.now,
    )  # fmt: skip
    bid = SealedBid.objects.get(header_digest=devices[0].header.sha256.hex()).bid
    for said in (forged, Release(honest.tender, "ALL", "supplier", 0, honest.shares[:1], tender.now)):
        message = signed(said, suite=I1, keys=devices[0].pair).content.decode()
        assert tender.refused("bid.release", bid, devices[0].post, message=message).keys() == {"invalid_input"}
    stolen = signed(honest, suite=I1, keys=devices[1].pair).content.decode()
    assert tender.refused("bid.release", bid, devices[0].post, message=stolen).keys() == {"invalid_input"}
    assert not ShareRelease.objects.exists()


@pytest.mark.parametrize(("recovery", "opened"), [("auto", 3), ("consent", 2), ("never", 2)])
def test_an_absent_bidder_is_dealt_with_as_it_chose(recovery: str, opened: int) -> None:
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(3)]
    tender.hand_in(devices[0], "900000.00", recovery=recovery)
    for device in devices[1:]:
        tender.hand_in(device, "910000.00")
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


def test_too_few_trustees_are_waited_for_and_after_a_day_the_platform_answers_for_it() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    tender.release(devices[0])
    windowless(tender)
    tender.trustee_releases(tender.holders[1])
    tender.unseal()
    assert OpenedBid.objects.count() == 1  # two shares of its own and two of trustees: the others go on waiting
    assert BidClosing.objects.get().unsealed_at is None
    tender.now += unsealing.PATIENCE
    tender.unseal()
    assert Bid.objects.filter(damage__contains="平台赔偿").count() == 2
    tender.conclude()


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
    tender.now = since + 102 * hour + unsealing.PATIENCE - datetime.timedelta(seconds=1)
    tender.unseal()
    assert not Bid.objects.exclude(damage="").exists()
    tender.now += datetime.timedelta(seconds=1)
    tender.unseal()
    assert Bid.objects.filter(damage__contains="平台赔偿").count() == 3


def test_the_window_is_extended_once_for_all_and_then_over() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    before = BidClosing.objects.get().window_closes_at
    tender.do("opening.extend", tender.lot, tender.agent_post, reason="网络故障")
    assert BidClosing.objects.get().window_closes_at == before + datetime.timedelta(minutes=30)
    assert "window_extended" in tender.refused("opening.extend", tender.lot, tender.agent_post, reason="再一次")
    tender.now = before
    tender.release(devices[0])
    windowless(tender)
    bid = SealedBid.objects.get(header_digest=devices[1].header.sha256.hex()).bid
    message = devices[1].release(now=tender.now).content.decode()
    assert "window_is_over" in tender.refused("bid.release", bid, devices[1].post, message=message)


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
    devices = [tender.device() for _ in range(4)]
    tender.hand_in(devices[0], preference="consortium")  # the file accepts none
    for device in devices[1:]:
        tender.hand_in(device)
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
    import json

    price = json.loads(sealed.price)
    assert jcs(price).decode() == sealed.price and price["price"] == "900000.00"
    found = price_commitment(salt=bytes.fromhex(sealed.price_salt), price=price)
    assert found == devices[0].header.core.price_commit


def test_what_is_published_with_the_salt_is_what_was_read_out() -> None:
    """Unit prices, partners and brands are the bidder's: they come out of the envelope, and not into the record."""
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()
    for sealed in SealedBid.objects.all():
        assert set(parse_jcs(sealed.price.encode())) == {"price", "price_in_words", "delivery"}
    assert all(one.lines.exists() for one in OpenedBid.objects.all())
    assert not any(one.files.filter(name=schedule.NAME).exists() for one in OpenedBid.objects.all())
    record = documents.read(Opening.objects.get().record)
    assert b"unit_price" not in record and record.count(b'"price_salt":"') == 3


def test_an_envelope_with_the_whole_form_in_its_price_is_opened_too() -> None:
    """Another client may commit to all of it; it chose to have it published."""
    tender = SealedTender().announced()
    devices = three(tender)
    own = {**plain(offer("880000.00")), "price_in_words": ""}
    own.pop("commitment")
    reseal(tender, devices[0], price=own)
    opened_together(tender, devices)
    assert OpenedBid.objects.get(supplier=devices[0].post.organisation).price == Decimal("880000.00")
    assert "unit_price" in SealedBid.objects.get(header_digest=devices[0].header.sha256.hex()).price


@pytest.mark.parametrize("rest", [b"nothing", b'{"price":"1.00"}', b'{"brand": "x"}'])
def test_a_second_price_in_the_rest_of_the_form_counts_for_nothing(rest: bytes) -> None:
    tender = SealedTender().announced()
    devices = [*three(tender), tender.device()]
    tender.hand_in(devices[3])
    reseal(tender, devices[0], price={"price": "880000.00", "price_in_words": ""}, rest=rest)
    opened_together(tender, devices)
    assert "报价表格式有误" in Bid.objects.get(supplier=devices[0].post.organisation, replaced_at=None).damage
    assert OpenedBid.objects.count() == 3


def test_money_in_fen_and_money_in_yuan_are_the_same_price() -> None:
    """The browser writes whole fen, a program may write yuan as a text."""
    tender = SealedTender().announced()
    devices = three(tender)
    own = {**plain(offer("880000.50")), "price_in_words": ""}
    own.pop("commitment")
    price, rest = schedule.split(own)
    reseal(tender, devices[0], price={**price, "price": 88_000_050}, rest=schedule.content(rest))
    opened_together(tender, devices)
    opened = OpenedBid.objects.get(supplier=devices[0].post.organisation)
    assert opened.price == Decimal("880000.50") and price_proof.holds(opened.bid, opened.price)
    assert not price_proof.holds(opened.bid, Decimal("88000050"))


def reseal(tender: SealedTender, device: Device, *, price: dict[str, Any], rest: bytes = b"") -> None:
    """Replace a bid by one that lies in its envelope in just this way."""
    terms = Terms(tender.policy(), supplier=device.post.organisation.uscc, recovery="auto")
    files = [Source(schedule.NAME, schedule.TYPE, lambda: io.BytesIO(rest))] if rest else []
    device.sealer, out = Sealer(terms, price=price, sources=files), io.BytesIO()
    device.imprint = device.sealer.write(out)
    device.content, device.idem = out.getvalue(), secrets.token_bytes(16)
    upload = tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex()).value
    tender.parts(upload, device.content)
    upload = envelopes.verify(upload, header=device.header.content, now=tender.now)
    finalise.finalise(finalise.request_of(upload, device.statement(), by=device.post, now=tender.now))


def opened_together(tender: SealedTender, devices: list[Device]) -> None:
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()


def test_a_replaced_bid_is_never_in_the_close_set() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    old = devices[0].header.sha256
    tender.hand_in(devices[0], "870000.00")
    tender.begin()
    closing = BidClosing.objects.get()
    assert closing.size == 3 and old not in unsealing.in_close_set(closing)


def test_off_duty_a_post_releases_nothing() -> None:
    tender = SealedTender().announced()
    three(tender)
    supervisor = tender.holders[3]
    colleague = make_post(Role.TREASURY, supervisor.post.organisation)
    day = CLOSES.date()
    tender.do("trustee.put_on_duty", supervisor.row, supervisor.post, post=colleague.pk, from_on=day, to_on=day)
    tender.begin()
    windowless(tender)
    message = tender.trustee_message(supervisor).content.decode()
    assert "no_seat" in tender.refused("trustee.release", tender.lot, supervisor.post, message=message)
    tender.do("trustee.release", tender.lot, colleague, message=message)


def test_a_rotation_retires_the_keys_before_and_policies_keep_theirs() -> None:
    tender = SealedTender().announced()
    notary = tender.holders[4]
    before = notary.row
    again = tender.refused(
        "trustee.register", notary.post.organisation, notary.post, role="notary",
        hpke_key=before.hpke_key, signing_key=before.signing_key,
    )  # fmt: skip
    assert set(again) == {"key_known"}
    fresh = type(notary)(notary.post, "notary")
    tender.register(fresh)
    before.refresh_from_db()
    assert before.retired_at == tender.now and fresh.row.retired_at is None
    assert [seat.trustee_id for seat in OpeningPolicy.objects.get().seats.all()][-1] == before.pk


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
    from yangcai.kernel.encoding import read_base64
    from yangcai.sealing.faults import TOO_FEW_SHARES, Faulty
    from yangcai.sealing.opening import open_envelope

    held = {x: read_base64(share) for x, share in shares.items()} | {
        one.x: one.share for one in own if one.header_sha256.hex() == bid.sealed.header_digest
    }
    with envelopes.stream(envelopes.parts_of(bid.envelope)) as file, pytest.raises(Faulty) as faulty:
        open_envelope(file, policy=unsealing.policy_of(bid), shares=held)
    assert faulty.value.fault is TOO_FEW_SHARES and len(held) == 3


# --- one envelope never stops the others -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "oddity",
    [{"bra\0nd": "x"}, {"preference": "no\0ne"}, {"preference": "长" * 300_000}, {"preference": "a\u202eb"}, {"?": 1}],
    ids=["NUL in a key", "NUL in a text", "huge", "deceiving", "unknown"],
)
def test_whatever_a_bidder_wrote_the_others_are_opened(oddity: dict[str, Any]) -> None:
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(4)]
    tender.hand_in(devices[0], **oddity)
    for device in devices[1:]:
        tender.hand_in(device)
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
    devices = [tender.device() for _ in range(4)]
    for device in devices:
        tender.hand_in(device)
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
    tender.unseal()
    bid.refresh_from_db()
    assert bid.damage == unsealing.UNREADABLE and BidClosing.objects.get().unsealed_at == tender.now


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
