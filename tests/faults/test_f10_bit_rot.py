"""F10: is a flipped bit found when it is read, never served, and mended by the same bytes or by the standby's copy?"""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.faults import process
from tests.faults.rows import row
from tests.tendering.sealing_walk import SealedTender, three
from yangcai.kernel import at_rest, documents
from yangcai.tendering import envelopes
from yangcai.tendering.models import Bid, BidUpload, OpenedBid, SealedBid


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def is_served(sealed: SealedBid) -> bool:
    """Whether a byte of it is given out that is not the bidder's."""
    try:
        with envelopes.stream(envelopes.parts_of(sealed.bid.envelope)) as file:
            return bool(file.read())
    except documents.BadDocument:
        return False


@pytest.mark.django_db
def test_a_flipped_bit_in_an_envelope_is_found_and_mended(tells: Any, full: bool) -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    chance, served, flipped = random.Random(10), 0, 0
    bids = [SealedBid.objects.get(header_digest=device.header.sha256.hex()) for device in devices]
    for _time in range(20 if full else 3):
        for device, sealed in zip(devices, bids, strict=True):
            for where in (sealed.upload.parts.get().document_id, sealed.bid.envelope_id):  # a part; the list of parts
                whole = documents.path_of(where).read_bytes()
                flip(documents.path_of(where), chance)
                flipped += 1
                served += is_served(sealed)
                if where == sealed.bid.envelope_id:
                    documents.path_of(where).write_bytes(whole)  # from a copy: it is what its name says
                else:
                    tender.parts(sealed.upload, device.content)  # the bidder sends the same bytes again
                assert is_served(sealed)
    flip(documents.path_of(bids[0].upload.parts.get().document_id), chance)
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    assert OpenedBid.objects.count() == 2 and not Bid.objects.exclude(damage="").exists()
    tender.parts(bids[0].upload, devices[0].content)
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    tells(flipped=flipped + 1, served=served, mended=flipped + 1)
    assert served == 0


@pytest.mark.django_db
def test_a_flipped_bit_in_a_part_is_found_when_the_envelope_is_checked(tells: Any, full: bool) -> None:
    """Before it is verified; the same part mends it, and later no other."""
    tender, chance, served = SealedTender().announced(), random.Random(11), 0
    times = 10 if full else 2
    for _time in range(times):
        device = tender.device()
        device.seal(tender.policy(), {"price": "900000.00"}, files={"a.bin": chance.randbytes(5000)}, recovery="auto")
        upload = tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex()).value
        tender.parts(upload, device.content)
        flip(documents.path_of(upload.parts.get().document_id), chance)
        header = device.header.content
        with pytest.raises(documents.BadDocument):
            envelopes.verify(upload, header=header, now=tender.now)
        served += BidUpload.objects.get(pk=upload.pk).verified_at is not None
        tender.parts(upload, device.content)
        verified = envelopes.verify(upload, header=header, now=tender.now)
        assert verified.envelope_id == device.imprint.env_digest.hex()
        flip(documents.path_of(upload.parts.get().document_id), chance)
        with pytest.raises(envelopes.BadPart):  # of an envelope that was verified none but its own bytes mend it
            tender.parts(verified, device.content[:-1] + bytes([device.content[-1] ^ 1]))
        tender.parts(verified, device.content)
    tells(flipped=2 * times, served=served, mended=2 * times)
    assert served == 0


@pytest.mark.django_db
def test_a_flipped_bit_in_an_opened_file_that_lies_enciphered_is_found(tells: Any, full: bool) -> None:
    """In its header or its chunks: it is called damaged, and nothing of it comes out; a copy mends it."""
    tender, chance, served = SealedTender().announced(), random.Random(12), 0
    devices = three(tender, files={"投标文件.bin": random.Random(13).randbytes(70_000)})
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    document = OpenedBid.objects.order_by("pk")[0].files.get()
    path, times = documents.path_of(document.digest), 200 if full else 20
    whole = path.read_bytes()
    assert whole.startswith(at_rest.MAGIC)
    for _time in range(times):
        flip(path, chance)
        with pytest.raises(documents.BadDocument) as refused:
            served += len(documents.read(document))
        assert refused.value.code == "damaged"
        path.write_bytes(whole)
        assert len(documents.read(document)) == 70_000
    tells(flipped=times, served=served, mended=times)


@pytest.mark.campaign(only=True)
@pytest.mark.long
def test_a_rotten_page_is_found_and_the_standby_has_every_bid(tells: Any, full: bool) -> None:
    found = process.found("rot:page", bids=500 if full else 60, pages=20 if full else 3, seed=10, seconds=1200)
    tells(**{name: found[name] for name in row("F10").figures if name in found})
    assert found["pages_flipped"] == found["found_by_checksum"] == found["mended"] > 0
    assert found["served"] == 0 and [found[name] for name in row("F10").zero] == [0] * len(row("F10").zero)
