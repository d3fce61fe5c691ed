"""After a correction: does a bid stand by its bidder's word, in time, and who learns of it before the opening?"""

import datetime
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.factories import at, make_supplier
from tests.kernel.log import world
from tests.tendering.covers_walk import TwoCovers
from tests.tendering.sealing_walk import I1, Device, SealedTender
from tests.tendering.walk import CLOSES, Tender
from yangcai.kernel import leaves, tasks
from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.kernel.models import Entry, Leaf, LeafSecret
from yangcai.kernel.tlog import policy
from yangcai.kernel.verifying import case, log, source
from yangcai.kernel.verifying.findings import Evidence
from yangcai.notifications.models import Message as News
from yangcai.sealing.statement import Message, Reconfirm, signed
from yangcai.tendering import opening_record, reconfirming
from yangcai.tendering.models import Bid, BidReconfirmation, Correction, OpenedBid, Opening, SealedBid

pytestmark = pytest.mark.django_db

CORRECTED_AT = at("2026-03-09T10:00")
SAID = {"item": "技术参数", "before": "内存 8G", "after": "内存 16G"}


def correct(tender: Tender, *, affects_bids: bool = True) -> Correction:
    """In time: the deadline stays."""
    tender.now = max(tender.now, CORRECTED_AT) + datetime.timedelta(minutes=1)
    done = tender.do("correction.publish", tender.case, tender.runner, **SAID, affects_bids=affects_bids)
    tender.now += datetime.timedelta(minutes=1)
    return done.value


def waiting(post: Any) -> list[str]:
    return list(tasks.of_post(post).filter(action="bid.reconfirm").values_list("subject", flat=True))


# --- what the platform seals -----------------------------------------------------------------------------------------


def test_a_bid_older_than_a_correction_waits_for_its_bidders_word_and_then_no_more() -> None:
    tender = Tender().published()
    post = tender.supplier()
    bid = tender.bid(post)
    assert not waiting(post)
    assert set(tender.refused("bid.reconfirm", bid, post, rev="2", stands=True)) == {"nothing_to_reconfirm"}
    correct(tender)
    assert waiting(post) == [bid.ref]
    for wrong in ({"rev": "1"}, {"rev": "3"}, {"rev": "2", "stands": False}):
        tender.refused("bid.reconfirm", bid, post, **{"stands": True, **wrong})
    tender.do("bid.reconfirm", bid, post, rev="2", stands=True)
    kept = BidReconfirmation.objects.get()
    assert (kept.correction.number, kept.rev, kept.statement, kept.reconfirmed_at) == (1, 2, "", tender.now)
    assert not waiting(post)
    assert set(tender.refused("bid.reconfirm", bid, post, rev="2", stands=True)) == {"nothing_to_reconfirm"}


def test_only_what_affects_bids_asks_for_it_and_each_such_correction_anew() -> None:
    tender = Tender().published()
    post = tender.supplier()
    bid = tender.bid(post)
    correct(tender, affects_bids=False)
    assert not waiting(post)
    correct(tender)
    tender.do("bid.reconfirm", bid, post, rev="3", stands=True)
    correct(tender, affects_bids=False)
    assert not waiting(post)
    correct(tender)
    assert waiting(post) == [bid.ref]
    tender.do("bid.reconfirm", bid, post, rev="5", stands=True)
    assert [(one.correction.number, one.rev) for one in BidReconfirmation.objects.order_by("pk")] == [(2, 3), (4, 5)]


def test_a_newer_bid_or_its_withdrawal_ends_it_too() -> None:
    tender = Tender().published()
    replaced, gone = tender.supplier(), tender.supplier()
    first, other = tender.bid(replaced), tender.bid(gone, price="910000")
    correct(tender)
    assert waiting(replaced) and waiting(gone)
    tender.bid(replaced, price="880000")
    tender.do("bid.withdraw", other, gone)
    assert not waiting(replaced) and not waiting(gone)
    assert set(tender.refused("bid.reconfirm", first, replaced, rev="2", stands=True)) >= {"bid_not_live"}


def test_nobody_confirms_a_bid_of_another_or_after_the_deadline() -> None:
    tender = Tender().published()
    post = tender.supplier()
    bid = tender.bid(post)
    correct(tender)
    assert set(tender.refused("bid.reconfirm", bid, make_supplier(), rev="2", stands=True)) == {"not_yours"}
    assert set(tender.refused("bid.reconfirm", bid, tender.officer, rev="2", stands=True)) == {"role_may_not"}
    tender.now = CLOSES
    assert {"wrong_stage", "late_bid"} <= set(tender.refused("bid.reconfirm", bid, post, rev="2", stands=True))


def test_before_the_opening_nobody_but_the_bidder_learns_of_it() -> None:
    tender = Tender().published()
    posts = [tender.supplier() for _ in range(3)]
    bids = [tender.bid(post) for post in posts]
    correct(tender)
    others = (tender.officer, tender.agent_post, posts[1], make_supplier(), None)
    seen = SCOPES[BidReconfirmation]
    before = [list(tasks.of_post(post).values_list("action", flat=True)) for post in others if post]
    tender.do("bid.reconfirm", bids[0], posts[0], rev="2", stands=True)
    assert before == [list(tasks.of_post(post).values_list("action", flat=True)) for post in others if post]
    assert not any(seen(post, tender.now).exists() for post in others)
    assert seen(posts[0], tender.now).exists()
    entry = Entry.objects.get(action="bid.reconfirm", outcome="done")
    assert not ACTIONS["bid.reconfirm"].is_public
    assert not LeafSecret.objects.filter(leaf__entry=entry, disclosed_at__isnull=False).exists()
    assert {one.action for one in News.objects.exclude(person_id__in=[p.person_id for p in posts])} & {
        "bid.reconfirm"
    } == set()


def test_the_bidder_is_told_at_once_and_before_the_deadline() -> None:
    tender = Tender().published()
    post = tender.supplier()
    tender.bid(post)
    correct(tender)
    about = News.objects.filter(person_id=post.person_id, action="bid.reconfirm")
    assert [one.kind for one in about] == ["task_opened"]
    for hours in (24, 2):
        tender.now = CLOSES - datetime.timedelta(hours=hours) + datetime.timedelta(minutes=1)
        tasks.fire_due(now=tender.now)
    assert sorted(one.kind for one in about.all()) == ["deadline_near", "deadline_near", "task_opened"]


def test_silence_loses_nothing_and_the_record_says_what_each_bid_knew() -> None:
    """87号令 art. 63 lets no bid fall because its bidder kept silent."""
    tender = Tender().published()
    posts = [tender.supplier() for _ in range(3)]
    bids = [tender.bid(post, price=price) for post, price in zip(posts, ("900000", "910000", "920000"), strict=True)]
    correct(tender)
    tender.do("bid.reconfirm", bids[1], posts[1], rev="2", stands=True)
    tender.bid(posts[2], price="930000")
    assert len(tender.open()) == 3
    assert OpenedBid.objects.filter(invalid_reason="").count() == 3
    said = opening_record.said(Opening.objects.get(), now=tender.now)
    assert said["correction"] == 1
    assert [bid["correction"] for bid in said["lots"][0]["bids"]] == [0, 1, 1]
    assert SCOPES[BidReconfirmation](tender.officer, tender.now).count() == 1
    assert not SCOPES[BidReconfirmation](posts[0], tender.now).exists()


def test_without_a_correction_the_record_says_nothing_of_one() -> None:
    tender = Tender().published()
    tender.bids("900000", "910000", "920000")
    tender.open()
    said = opening_record.said(Opening.objects.get(), now=tender.now)
    assert "correction" not in said
    assert all("correction" not in bid for bid in said["lots"][0]["bids"])


# --- what the bidder seals -------------------------------------------------------------------------------------------


def statement(device: Device, sealed: SealedBid, **changes: Any) -> Message:
    said = Reconfirm(str(sealed.tender), 2, str(sealed.upload.sid), device.header.sha256, secrets.token_bytes(16))
    return signed(replace(said, **changes), suite=I1, keys=device.pair)


def confirm(tender: Tender, device: Device, sealed: SealedBid, message: Message) -> Any:
    return tender.do("bid.reconfirm", sealed.bid, device.post, message=message.content.decode())


def test_a_sealed_bid_is_confirmed_by_a_signed_statement_alone() -> None:
    tender = SealedTender().announced()
    device, other = tender.device(), tender.device()
    sealed, foreign = tender.hand_in(device), tender.hand_in(other)
    correct(tender)
    assert waiting(device.post) == [sealed.bid.ref]

    def refused(message: str) -> None:
        assert tender.refused("bid.reconfirm", sealed.bid, device.post, message=message)
        assert not BidReconfirmation.objects.exists()

    refused("")
    refused("{}")
    refused(device.withdrawal(sealed.upload.sid).content.decode())
    refused(statement(other, foreign).content.decode())
    refused(statement(device, sealed, submission=str(foreign.upload.sid)).content.decode())
    refused(statement(device, sealed, header_sha256=bytes(32)).content.decode())
    refused(statement(device, sealed, rev=1).content.decode())
    refused(statement(device, sealed, rev=3).content.decode())
    right = statement(device, sealed)
    refused(Message(replace(right.statement, rev=3), right.sig).content.decode())
    refused(Message(right.statement, bytes(64)).content.decode())

    before = Leaf.objects.count()
    confirm(tender, device, sealed, right)
    kept = BidReconfirmation.objects.get()
    assert (kept.statement, kept.rev) == (right.said.decode(), 2)
    lines = [bytes(leaf.line) for leaf in Leaf.objects.order_by("pk")[before:] if leaf.entry_id is None]
    assert [(len(line), line[:5]) for line in lines] == [(50, b"sbp1 ")]
    assert not waiting(device.post) and waiting(other.post)


def test_each_cover_is_confirmed_by_itself() -> None:
    """A statement names one header."""
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00")
    correct(tender)
    price = tender.prices[0]
    bids = {bid.cover: bid for bid in Bid.objects.all()}
    assert set(waiting(price.post)) == {bid.ref for bid in bids.values()}
    sealed = bids["PRICE"].sealed
    confirm(tender, price, sealed, statement(price, sealed))
    assert waiting(price.post) == [bids["TECH"].ref]
    assert reconfirming.first_owed(Bid.objects.order_by("pk"))[0] == bids["TECH"]


def verified(folder: Path) -> log.Log:
    return log.verify(source.opened(str(folder)), policy=policy.parse((folder / "policy").read_bytes()))


def opened(tender: SealedTender, devices: list[Device]) -> None:
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()


@pytest.mark.long
def test_after_the_opening_the_log_tells_who_confirmed(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(3)]
    sealed = [tender.hand_in(device) for device in devices]
    correct(tender)
    confirm(tender, devices[1], sealed[1], statement(devices[1], sealed[1]))
    name = tender.policy().tender
    world.round_of(now=tender.now)
    told = case.verify(name, log=verified(tmp_path / "log"))
    assert not {body["t"] for _place, body in told} & {"submit", "reconfirm", "entry"}

    opened(tender, devices)
    assert not leaves.kept_back(root=tender.case.ref)
    world.round_of(now=tender.now)
    found = verified(tmp_path / "log")
    told = case.verify(name, log=found)
    kinds = [body["t"] for _place, body in told if body["t"] not in {"notice", "entry"}]
    assert kinds == ["policy", *["submit"] * 3, "reconfirm", "close", "opening"]
    (line,) = [body for _place, body in told if body["t"] == "reconfirm"]
    assert line["header_sha256"] == sealed[1].header_digest
    (ended,) = [body for _place, body in told if body["t"] == "opening"]
    assert ended["reconfirmed"] == 1
    record = opening_record.said(Opening.objects.get(), now=tender.now)
    assert [bid["correction"] for bid in record["lots"][0]["bids"]] == [0, 1, 0]

    (place,) = [place for place, body in found.told.items() if body["t"] == "reconfirm"]
    (close,) = [place for place, body in found.told.items() if body["t"] == "close"]
    whole = dict(found.told)
    for wrong in (
        {"header_sha256": sealed[0].header_digest},
        {"reconfirmed_at": "2027-01-01T00:00:00.000000Z"},
    ):
        found.told.update(whole | {place: whole[place] | wrong})
        with pytest.raises(Evidence):
            case.verify(name, log=found)
    del found.told[place]
    with pytest.raises(Evidence):  # one that the operator counts and does not tell
        case.verify(name, log=found)
    found.told.update(whole | {close + 1000: whole[place]})
    with pytest.raises(Evidence):  # one that was written after the close
        case.verify(name, log=found)
    assert Bid.objects.filter(damage="").count() == 3
