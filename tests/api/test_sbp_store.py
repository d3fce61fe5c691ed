"""When the file store takes no files: is a bid in time by its digest, and are only those bytes taken afterwards?"""

import datetime
import errno
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_sbp import Bidder, code
from tests.kernel.log import world
from tests.tendering.outage_journal import Journal
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.kernel import clock, documents, room
from yangcai.kernel.encoding import base64_of
from yangcai.kernel.health import Unwell
from yangcai.kernel.leaves import kept_back
from yangcai.kernel.tlog import note
from yangcai.sealing.faults import NOT_FOLLOWED
from yangcai.sealing.receipt import Receipt
from yangcai.tendering import envelopes, receipts, unsealing
from yangcai.tendering import health as watching
from yangcai.tendering.models import Bid, BidClosing, BidUpload, OpenedBid, SealedBid

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
WINDOW = 30 * 60


class Store:
    """A store that refuses, really: where its folder should be there lies a file."""

    def __init__(self, settings: Any, folder: Path) -> None:
        self.settings, self.works_at, self.broken = settings, settings.YANGCAI_FILES, folder / "no-folder"
        self.broken.write_text("")

    def breaks(self) -> None:
        self.settings.YANGCAI_FILES = str(self.broken)

    def works(self) -> None:
        self.settings.YANGCAI_FILES = self.works_at


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Store:
    return Store(settings, tmp_path)


@pytest.fixture
def tender(monkeypatch: pytest.MonkeyPatch) -> SealedTender:
    tender = SealedTender().announced()
    moment(tender, tender.now, monkeypatch)
    return tender


@pytest.fixture
def journal(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    world.use(settings, tmp_path)
    return Journal(monkeypatch)


def no_space(**_where: Any) -> Any:
    raise OSError(errno.ENOSPC, "no space left on the device")


def keep_free_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """More is to be kept free than any disk has: the store works and is nearly full."""
    monkeypatch.setattr(room, "KEPT_FREE", 2)
    monkeypatch.setattr(room, "KEPT_FREE_BYTES", 2**80)


def moment(tender: SealedTender, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the walk, the site and the database."""
    tender.now = now
    monkeypatch.setattr(clock, "now", lambda: now)
    set_database_clock(now)


def read_only(**_where: Any) -> Any:
    raise OSError(errno.EROFS, "read-only file system")


def promise(bidder: Bidder, **changes: Any) -> Any:
    said = {
        "header_b64": base64_of(bidder.device.header.content),
        "env_digest": bidder.device.imprint.env_digest.hex(),
        "env_len": bidder.device.imprint.env_len,
        **changes,
    }
    return bidder.post(f"submissions/{bidder.sid}/promise", said)


def by_digest(tender: SealedTender, store: Store, price: str = "900000.00") -> Bidder:
    """A bidder whose bytes the store did not take: header, digest and length are bound, and the statement is in."""
    bidder = Bidder(tender, tender.device())
    bidder.seal(price)
    assert bidder.begin().status_code == 201
    store.breaks()
    refused = bidder.put(f"submissions/{bidder.sid}/parts/1", bidder.parts()[0])
    assert (refused.status_code, code(refused), refused["Retry-After"]) == (503, "store", "1")
    assert promise(bidder).json()["state"] == "PROMISED"
    assert bidder.finalise().status_code == 201
    store.works()
    return bidder


def test_the_receipt_says_that_the_ciphertext_follows_and_so_does_the_log(tender: SealedTender, store: Store) -> None:
    bidder = by_digest(tender, store)
    sealed = SealedBid.objects.get()
    said = Receipt.parse(note.parse(sealed.note.encode()).text)
    assert note.opened(sealed.note.encode(), [receipts.signer().verifier])
    assert (said.follows_s, said.env_digest) == (WINDOW, bidder.device.imprint.env_digest)
    assert f"\nciphertext follows within {WINDOW} s of closing\n" in sealed.note
    assert [body.get("follows_s") for body in kept_back(root=tender.case.ref).values()] == [WINDOW]


def test_what_follows_is_checked_and_the_bid_is_like_any_other(
    tender: SealedTender, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = by_digest(tender, store, "880000.00")
    others = [tender.device() for _ in range(2)]
    for device in others:
        tender.hand_in(device)
    before = SealedBid.objects.get(bid__supplier=first.device.post.organisation).note
    moment(tender, CLOSES, monkeypatch)
    tender.begin()
    for device in (first.device, *others):
        tender.release(device)
    # All keys are in, but not every envelope: who owes one shall not learn of prices before it delivers.
    holder = tender.holders[3]
    said = tender.trustee_message(holder).content.decode()
    assert set(tender.refused("trustee.release", tender.lot, holder.post, message=said)) == {"before_the_barrier"}
    first.upload()
    assert first.check().json()["state"] == "VERIFIED"
    again = first.finalise()
    assert (again.status_code, again.content.decode()) == (200, before)
    tender.trustee_releases(holder)
    tender.unseal()
    assert OpenedBid.objects.count() == 3 and BidClosing.objects.get().unsealed_at == tender.now


def test_only_the_bytes_that_were_signed_for_are_taken(tender: SealedTender, store: Store) -> None:
    bidder = by_digest(tender, store)
    assert promise(bidder).json()["state"] == "PROMISED"  # the same again
    other = "0" * 64
    assert code(promise(bidder, env_digest=other)) == "header_mismatch"
    signed, bidder.device.content = bidder.device.content, bidder.device.content[:-1] + b"\0"
    bidder.upload()
    assert code(bidder.check()) == NOT_FOLLOWED.code
    assert BidUpload.objects.get().verified_at is None
    bidder.device.content = signed
    bidder.upload()
    assert bidder.check().json()["env_digest"] == bidder.device.imprint.env_digest.hex()
    assert code(bidder.put(f"submissions/{bidder.sid}/parts/1", b"x")) == "verified"


@pytest.mark.long
@pytest.mark.parametrize("is_other", [False, True], ids=["nothing came", "other bytes came"])
def test_who_does_not_deliver_has_revoked_its_bid(
    is_other: bool, tender: SealedTender, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    owing = by_digest(tender, store)
    others = [tender.device() for _ in range(3)]
    for device in others:
        tender.hand_in(device)
    moment(tender, CLOSES, monkeypatch)
    tender.begin()
    for device in (owing.device, *others):
        tender.release(device)
    if is_other:
        owing.device.content = owing.device.content[:-1] + b"\0"
        owing.upload()
        assert code(owing.check()) == NOT_FOLLOWED.code
    over = BidClosing.objects.get().window_closes_at
    moment(tender, over, monkeypatch)
    assert code(owing.put(f"submissions/{owing.sid}/parts/1", b"late")) == "closed"
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    assert Bid.objects.get(supplier=owing.device.post.organisation).damage == unsealing.said(NOT_FOLLOWED)
    assert BidClosing.objects.get().unsealed_at == over


def test_while_the_store_is_down_nobody_falls_by_it(
    tender: SealedTender, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [tender.device() for _ in range(3)]
    for device in others:
        tender.hand_in(device)
    owing = by_digest(tender, store)
    moment(tender, CLOSES, monkeypatch)
    tender.begin()
    for device in (owing.device, *others):
        tender.release(device)
    over = BidClosing.objects.get().window_closes_at
    moment(tender, over, monkeypatch)
    tender.trustee_releases(tender.holders[3])
    monkeypatch.setattr(documents, "keeps_files", lambda *, size: False)
    tender.unseal()
    bid = Bid.objects.get(supplier=owing.device.post.organisation)
    assert OpenedBid.objects.count() == 3 and not bid.damage and BidClosing.objects.get().unsealed_at is None
    moment(tender, over + unsealing.PATIENCE, monkeypatch)
    tender.unseal()
    bid.refresh_from_db()
    assert not bid.damage, "two persons may say that it is waited for no longer; nobody falls by the clock alone"
    monkeypatch.undo()
    moment(tender, over + unsealing.PATIENCE, monkeypatch)
    tender.unseal()
    bid.refresh_from_db()
    assert bid.damage == unsealing.said(NOT_FOLLOWED)


def test_a_store_that_works_takes_the_parts_and_nothing_less(tender: SealedTender, store: Store) -> None:
    bidder = Bidder(tender, tender.device())
    bidder.seal()
    bidder.begin()
    assert code(promise(bidder)) == "store_works"
    assert code(bidder.finalise()) == "SB003"
    store.breaks()
    assert code(promise(bidder, env_len=1)) == "envelope_malformed"
    for wrong in ({"env_digest": "x"}, {"env_len": "1"}, {"env_len": True}, {"env_len": 0}):
        assert promise(bidder, **wrong).status_code == 400


def test_a_store_that_fails_at_any_door_asks_to_come_again(
    tender: SealedTender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parts are there and can be read; what stands for the envelope cannot be written."""
    bidder = Bidder(tender, tender.device())
    bidder.seal()
    assert bidder.begin().status_code == 201
    bidder.upload()
    with monkeypatch.context() as for_now:
        for_now.setattr(documents.tempfile, "mkstemp", read_only)
        refused = bidder.check()
        assert (refused.status_code, code(refused), refused["Retry-After"]) == (503, "store", "1")
    assert bidder.check().json()["state"] == "VERIFIED"


def test_a_store_that_is_nearly_full_lets_the_digest_in(tender: SealedTender, monkeypatch: pytest.MonkeyPatch) -> None:
    bidder = Bidder(tender, tender.device())
    bidder.seal()
    assert bidder.begin().status_code == 201
    with monkeypatch.context() as for_now:
        keep_free_all(for_now)
        refused = bidder.put(f"submissions/{bidder.sid}/parts/1", bidder.parts()[0])
        assert (refused.status_code, code(refused)) == (503, "no-room")
        assert promise(bidder).json()["state"] == "PROMISED"
        assert bidder.finalise().status_code == 201
        # What was promised may use what is kept free, as many bytes as were promised and no more.
        bidder.upload()
        more = bidder.put(f"submissions/{bidder.sid}/parts/2", b"more than was promised")
        assert (more.status_code, code(more)) == (503, "no-room")
        assert bidder.check().json()["state"] == "VERIFIED"


def test_a_store_that_is_nearly_full_halts_nothing_as_long_as_what_was_promised_fits(
    tender: SealedTender, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Suppliers can fill it: that must not move anybody's deadline. Nor is it an excuse for who does not deliver."""
    owing = by_digest(tender, store)
    owed = BidUpload.objects.get().envelope_size
    assert envelopes.bytes_owed() == owed
    for _ in range(2):
        tender.hand_in(tender.device())
    keep_free_all(monkeypatch)
    watching.store_keeps_what_it_must()
    with monkeypatch.context() as for_now:
        for_now.setattr(room, "free_bytes", lambda _folder: owed - 1)
        with pytest.raises(Unwell, match="promised"):
            watching.store_keeps_what_it_must()
    moment(tender, CLOSES, monkeypatch)
    tender.begin()
    moment(tender, BidClosing.objects.get().window_closes_at, monkeypatch)
    for one in tender.holders[1:4]:
        tender.trustee_releases(one)
    tender.unseal()
    bid = Bid.objects.get(supplier=owing.device.post.organisation)
    assert bid.damage == unsealing.said(NOT_FOLLOWED) and envelopes.bytes_owed() == 0


@pytest.mark.parametrize("is_replaced", [False, True], ids=["nobody signed", "another bid is in its place"])
def test_a_promise_without_a_bid_has_neither_the_reserve_nor_time_after_the_deadline(
    is_replaced: bool, tender: SealedTender, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_replaced:
        bidder = by_digest(tender, store)
        tender.hand_in(bidder.device)
    else:
        bidder = Bidder(tender, tender.device())
        bidder.seal()
        bidder.begin()
        store.breaks()
        assert promise(bidder).json()["state"] == "PROMISED"
        store.works()
    part = f"submissions/{bidder.sid}/parts/1"
    with monkeypatch.context() as for_now:
        keep_free_all(for_now)
        refused = bidder.put(part, b"into the reserve")
        assert (refused.status_code, code(refused)) == (503, "no-room")
    assert bidder.put(part, b"while there is room").status_code == 200
    moment(tender, CLOSES, monkeypatch)
    assert code(bidder.put(part, b"late")) == "closed"


def test_on_a_disk_that_is_full_what_was_promised_comes_again_and_loses_no_time(
    tender: SealedTender, store: Store, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    bidder = by_digest(tender, store)
    for _ in range(2):
        tender.hand_in(tender.device())
    moment(tender, CLOSES, monkeypatch)
    journal.line(tender.now)
    tender.begin()
    with monkeypatch.context() as for_now:
        for_now.setattr(documents.tempfile, "mkstemp", no_space)
        with pytest.raises(OSError, match="no space"):  # what the journal says too
            watching.store_keeps_what_it_must()
        moment(tender, journal.until(CLOSES + 2 * HOUR, "store").line.at, monkeypatch)
        refused = bidder.put(f"submissions/{bidder.sid}/parts/1", bidder.parts()[0])
        assert (refused.status_code, code(refused), refused["Retry-After"]) == (503, "no-room", "60")
    bidder.upload()
    assert bidder.check().json()["state"] == "VERIFIED"


def test_a_store_that_is_back_after_the_window_still_takes_what_is_owed(
    tender: SealedTender, store: Store, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it was away the window stood still: who owes has as much time again, and no more."""
    delivers, owes = by_digest(tender, store), by_digest(tender, store)
    tender.hand_in(tender.device())
    moment(tender, CLOSES, monkeypatch)
    journal.line(tender.now)
    tender.begin()
    laid_down = BidClosing.objects.get().window_closes_at
    moment(tender, journal.until(CLOSES + 10 * MINUTE).line.at, monkeypatch)
    store.breaks()
    for now in (laid_down, laid_down + 2 * HOUR):
        moment(tender, journal.until(now, "store").line.at, monkeypatch)
        away = delivers.put(f"submissions/{delivers.sid}/parts/1", delivers.parts()[0])
        assert (away.status_code, code(away)) == (503, "store"), "not that its time is over"
    store.works()
    moment(tender, journal.line(tender.now + MINUTE).line.at, monkeypatch)
    over = laid_down + (tender.now - CLOSES - 10 * MINUTE)
    moment(tender, journal.until(over - MINUTE).line.at, monkeypatch)
    delivers.upload()
    assert delivers.check().json()["state"] == "VERIFIED"
    moment(tender, over, monkeypatch)
    part = f"submissions/{owes.sid}/parts/1"
    assert owes.put(part, owes.parts()[0]).status_code == 200, "the journal does not say yet that it is over"
    journal.line(over)
    assert code(owes.put(part, b"another")) == "closed"


def test_after_the_deadline_no_digest_is_bound(
    tender: SealedTender, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bidder = Bidder(tender, tender.device())
    bidder.seal()
    bidder.begin()
    store.breaks()
    moment(tender, CLOSES, monkeypatch)
    assert code(promise(bidder)) == "closed"
    assert not SealedBid.objects.exists()


def test_the_probe_is_of_the_size_that_will_come(settings: Any, tmp_path: Path) -> None:
    settings.YANGCAI_FILES = str(tmp_path / "files")
    assert documents.takes_files(size=envelopes.PART) and not list((tmp_path / "files").iterdir())
