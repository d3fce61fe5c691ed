"""F33: what becomes of a bid whose supplier is absent, forgot the passphrase, or lost the computer?"""

from typing import Any

import pytest

from tests.tendering.sealing_walk import Device, SealedTender, three, windowless
from yangcai.sealing import lock
from yangcai.sealing.faults import OPENING_FILE_LOCKED, Faulty
from yangcai.sealing.opening_file import OpeningFile, check_belongs, check_shares
from yangcai.tendering.models import Bid, OpenedBid, SealedBid

pytestmark = [pytest.mark.django_db, pytest.mark.long]
WORDS = "babab-babab-babab-babab-babab-babab"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock of one round: how long 600,000 take is no business of these tests."""
    monkeypatch.setattr(lock, "ITERATIONS", 1)
    monkeypatch.setattr(lock.by_passphrase, "__kwdefaults__", {"iterations": 1})


def absent(tender: SealedTender, device: Device, kept: bytes) -> None:
    """Nobody comes."""


def forgot(tender: SealedTender, device: Device, kept: bytes) -> None:
    """The opening file is there and does not open: nothing can be released."""
    with pytest.raises(Faulty) as faulty:
        OpeningFile.parse(kept).shares(passphrase="bobob-bobob")
    assert faulty.value.fault is OPENING_FILE_LOCKED


def lost(tender: SealedTender, device: Device, kept: bytes) -> None:
    """Another computer, a new key of the post, the copy of the opening file, the passphrase."""
    other = tender.device(device.post)
    copy = OpeningFile.parse(kept)
    check_belongs(copy, device.header)
    shares = copy.shares(passphrase=WORDS)
    check_shares(device.header, shares)
    device.sign = other.sign
    tender.release(device)


@pytest.mark.parametrize("recovery", ["auto", "consent", "consented", "never"])
@pytest.mark.parametrize("befell", [absent, forgot, lost])
def test_what_the_supplier_chose_decides(tells: Any, recovery: str, befell: Any) -> None:
    tender = SealedTender().announced()
    devices = three(tender, recoveries=(recovery.replace("consented", "consent"), "auto", "auto"))
    kept = devices[0].sealer.opening_file(passphrase=WORDS).content
    tender.begin()
    for device in devices[1:]:
        tender.release(device)
    befell(tender, devices[0], kept)
    bid = SealedBid.objects.get(header_digest=devices[0].header.sha256.hex()).bid
    if recovery == "consented" and befell is not lost:
        tender.do("bid.consent", bid, devices[0].post)
    windowless(tender)
    for holder in tender.holders[1:4]:  # with the platform's four
        tender.trustee_releases(holder)
    tender.unseal()
    expected = befell is lost or recovery in {"auto", "consented"}
    opened = OpenedBid.objects.filter(supplier=devices[0].post.organisation).exists()
    damage = Bid.objects.get(pk=bid.pk).damage
    assert opened == expected and ("视为撤销" in damage) == (not expected)
    assert OpenedBid.objects.count() == 2 + expected  # nobody else suffers by it
    tender.conclude()
    tells(
        bids=3,
        opened=OpenedBid.objects.count(),
        revoked=Bid.objects.exclude(damage="").count(),
        opened_wrongly=int(opened and not expected),
        revoked_wrongly=int(bool(damage) and expected),
    )
