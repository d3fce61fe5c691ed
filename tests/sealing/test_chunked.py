"""Is the stream the published construction, and does every change of it show?"""

import json
import zlib
from pathlib import Path

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from hypothesis import given
from hypothesis import strategies as st

from tests.sealing.vectors.make import pattern
from yangcai.sealing import chunked
from yangcai.sealing.faults import MISDEALT, PAYLOAD_UNREADABLE, Faulty
from yangcai.sealing.suites.i1 import I1

KEY, SALT, CONTEXT = bytes(range(32)), bytes(range(24)), b"a context"
LENGTHS = st.one_of(
    st.integers(0, 70_000), st.sampled_from([n * 16384 + d for n in (1, 2, 3) for d in (-16, -1, 0, 1, 16)])
)
PUBLISHED = json.loads((Path(__file__).parent / "vectors" / "c2sp_chunked_encryption.json").read_text())["tests"]


def seal(plain: bytes, *, piece: int = 10_000) -> bytes:
    pieces = [plain[at : at + piece] for at in range(0, len(plain), piece)]
    return b"".join(chunked.encrypted(I1.payload, pieces, key=KEY, salt=SALT, context=CONTEXT))


def unseal(sealed: bytes, *, piece: int = 9_999, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    pieces = [sealed[at : at + piece] for at in range(0, len(sealed), piece)]
    return b"".join(chunked.decrypted(I1.payload, pieces, key=key, context=context))


@given(LENGTHS, st.integers(1, 40_000), st.integers(1, 40_000))
def test_it_is_the_librarys_cobblestone(length: int, in_pieces: int, out_pieces: int) -> None:
    """Another implementation opens ours, and we open theirs, in pieces of any size."""
    plain = pattern(length)
    sealed = seal(plain, piece=in_pieces)
    assert len(sealed) == chunked.length(length)
    theirs = Cobblestone256Decryptor(KEY, CONTEXT)
    assert theirs.update(sealed) + theirs.finalize() == plain
    other = Cobblestone256Encryptor(KEY, CONTEXT)
    assert unseal(other.update(plain) + other.finalize(), piece=out_pieces) == plain


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["comment"])
def test_the_published_vectors(case: dict[str, str]) -> None:
    sealed = zlib.decompress(bytes.fromhex(case["ct"]))
    key, context = bytes.fromhex(case["key"]), bytes.fromhex(case["ctx"])
    if case["result"] == "invalid":
        with pytest.raises(Faulty):
            unseal(sealed, key=key, context=context)
        return
    plain = unseal(sealed, key=key, context=context)
    assert len(plain) == case["msgLength"]
    again = chunked.encrypted(I1.payload, [plain], key=key, salt=sealed[:24], context=context)
    assert b"".join(again) == sealed


@given(LENGTHS, st.data())
def test_a_flipped_bit_shows(length: int, data: st.DataObject) -> None:
    sealed = bytearray(seal(pattern(length)))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Faulty) as caught:
        unseal(bytes(sealed))
    assert caught.value.fault is (MISDEALT if at < chunked.LEAD else PAYLOAD_UNREADABLE)


@given(LENGTHS, st.data())
def test_a_cut_shows(length: int, data: st.DataObject) -> None:
    sealed = seal(pattern(length))
    with pytest.raises(Faulty) as caught:
        unseal(sealed[: data.draw(st.integers(0, len(sealed) - 1))])
    assert caught.value.fault is PAYLOAD_UNREADABLE


def test_chunks_that_changed_places_and_chunks_behind_the_end_show() -> None:
    sealed, lead, full = seal(pattern(40_000)), chunked.LEAD, chunked.CHUNK + chunked.TAG
    swapped = (
        sealed[:lead] + sealed[lead + full : lead + 2 * full] + sealed[lead : lead + full] + sealed[lead + 2 * full :]
    )
    for spoilt in (swapped, sealed + b"\0", sealed + sealed[-100:], sealed[:lead] + sealed[lead + full :]):
        with pytest.raises(Faulty) as caught:
            unseal(spoilt)
        assert caught.value.fault is PAYLOAD_UNREADABLE


@pytest.mark.parametrize(("key", "context"), [(bytes(32), CONTEXT), (KEY, b"another"), (KEY[:16], CONTEXT)])
def test_another_key_or_context_is_seen_before_anything_is_read(key: bytes, context: bytes) -> None:
    with pytest.raises(Faulty) as caught:
        unseal(seal(b"secret"), key=key, context=context)
    assert caught.value.fault is MISDEALT
