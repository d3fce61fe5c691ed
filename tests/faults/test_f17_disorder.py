"""F17: is what came in disorder never verified, and is it mended when the client resumes a day later?"""

import datetime
import io
import random
import secrets
from typing import Any

import pytest

from tests.tendering.sealing_walk import Device, SealedTender
from yangcai.kernel.encoding import digest
from yangcai.tendering import envelopes
from yangcai.tendering.models import BidUpload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def noise() -> bytes:
    """What makes an envelope of three parts."""
    return random.Random(17).randbytes(2 * envelopes.PART + 1000)


def test_disorder_is_never_verified_and_can_be_mended_a_day_later(tells: Any, seed: int, noise: bytes) -> None:
    """Parts come in any order, twice, damaged, not at all or in another's place; then the client resumes."""
    chance = random.Random(seed)
    tender = SealedTender().announced()
    device = tender.device()
    upload = _begun(tender, device, noise)
    parts = [device.content[at : at + envelopes.PART] for at in range(0, len(device.content), envelopes.PART)]
    assert len(parts) == 3
    kept: dict[int, bytes] = {}
    for _step in range(6):
        number, content = chance.randint(1, 4), chance.choice(parts)
        if chance.random() < 0.3:
            with pytest.raises(envelopes.BadPart):
                _put(tender, upload, number, content, said=digest(secrets.token_bytes(8)).hex())
            continue
        _put(tender, upload, number, content)
        kept[number] = content
    assert envelopes.numbers(upload) == sorted(kept)
    disordered = [kept.get(n) for n in range(1, 5)] != [*parts, None]
    if disordered:
        with pytest.raises(ValueError):
            envelopes.verify(upload, header=device.header.content, now=tender.now)
        assert BidUpload.objects.get(pk=upload.pk).verified_at is None
    tender.now += datetime.timedelta(days=1)
    if 4 in kept:  # what is too many cannot be taken back: a new session begins
        device.idem = secrets.token_bytes(16)
        upload = tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex()).value
    for number, content in enumerate(parts, start=1):
        _put(tender, upload, number, content)
    verified = envelopes.verify(upload, header=device.header.content, now=tender.now)
    assert verified.envelope_id == device.imprint.env_digest.hex()
    tells(parts=6 + len(parts), disordered=int(disordered), verified_wrongly=0, resumed=1)


def _begun(tender: SealedTender, device: Device, noise: bytes) -> BidUpload:
    device.seal(tender.policy(), {"price": "900000.00"}, files={"noise.bin": noise}, recovery="auto")
    return tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex()).value


def _put(tender: SealedTender, upload: BidUpload, number: int, content: bytes, *, said: str = "") -> None:
    named, stream = said or digest(content).hex(), io.BytesIO(content)
    envelopes.take_part(upload, number=number, digest=named, stream=stream, now=tender.now)
