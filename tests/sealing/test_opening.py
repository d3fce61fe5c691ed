"""Does every bid open, or else say by name what is wrong and whose fault it is?"""

import io
import tracemalloc
from dataclasses import replace
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sealing import fixed
from yangcai.sealing import payload
from yangcai.sealing.chunked import encrypted
from yangcai.sealing.envelope import Envelope, Imprint, imprint_of
from yangcai.sealing.faults import (
    ENVELOPE_DAMAGED,
    ENVELOPE_MALFORMED,
    HEADER_MALFORMED,
    HEADER_MISMATCH,
    MANIFEST_MALFORMED,
    MISDEALT,
    PAYLOAD_UNREADABLE,
    POLICY_UNKNOWN,
    PRICE_MISMATCH,
    SHARE_INCONSISTENT,
    SUITE_UNKNOWN,
    SUPPLIER_SHARE_INCONSISTENT,
    TOO_FEW_SHARES,
    Fault,
    Faulty,
    Whose,
)
from yangcai.sealing.header import Header
from yangcai.sealing.opening import close_set, open_envelope, share_fault
from yangcai.sealing.sealer import Sealer

SEALER, ENVELOPE = fixed.sealed()
POLICY, SHARES = SEALER.terms.policy, SEALER.shares
IMPRINT = imprint_of(io.BytesIO(ENVELOPE))
LEAD = 8 + len(SEALER.header.content)


def opened(envelope: bytes, **how: object) -> object:
    asked: dict[str, object] = {"policy": POLICY, "shares": SHARES} | how
    return open_envelope(io.BytesIO(envelope), **asked)  # type: ignore[arg-type]


def refused(envelope: bytes, **how: object) -> Fault:
    with pytest.raises(Faulty) as caught:
        opened(envelope, **how)
    return caught.value.fault


def test_a_bid_opens_with_its_files() -> None:
    kept: dict[str, io.BytesIO] = {}

    def sink(entry: payload.FileEntry) -> payload.Writer:
        kept[entry.name] = io.BytesIO()
        return fixed.Kept(kept[entry.name])

    found = open_envelope(io.BytesIO(ENVELOPE), policy=POLICY, shares=SHARES, expected=IMPRINT, sink=sink)
    assert {name: out.getvalue() for name, out in kept.items()} == {s.name: s.open().read() for s in fixed.FILES}
    assert (found.price, found.imprint, found.header) == (fixed.PRICE, IMPRINT, SEALER.header)
    assert len(ENVELOPE) == SEALER.header.envelope_size


@given(st.data())
def test_any_flipped_bit_is_refused_and_is_the_platforms_fault(data: st.DataObject) -> None:
    spoilt = bytearray(ENVELOPE)
    at = data.draw(st.one_of(st.integers(0, LEAD + 60), st.integers(0, len(ENVELOPE) - 1)))
    spoilt[at] ^= 1 << data.draw(st.integers(0, 7))
    assert refused(bytes(spoilt), expected=IMPRINT) is ENVELOPE_DAMAGED
    assert ENVELOPE_DAMAGED.whose is Whose.PLATFORM


@given(st.data())
def test_without_a_receipt_a_flipped_bit_is_refused_too(data: st.DataObject) -> None:
    """Only a wrapped share that nobody needs may differ then: its trustee notices, and the digest of the receipt."""
    spoilt = bytearray(ENVELOPE)
    wraps = ENVELOPE.index(b'"wraps"')
    at = data.draw(st.one_of(st.integers(0, wraps), st.integers(LEAD, len(ENVELOPE) - 1)))
    spoilt[at] ^= 1 << data.draw(st.integers(0, 7))
    allowed = {
        ENVELOPE_MALFORMED,
        HEADER_MALFORMED,
        HEADER_MISMATCH,
        MISDEALT,
        PAYLOAD_UNREADABLE,
        POLICY_UNKNOWN,
        SUITE_UNKNOWN,
        TOO_FEW_SHARES,
    }
    assert refused(bytes(spoilt)) in allowed


@given(st.integers(0, len(ENVELOPE) - 1))
def test_a_cut_is_refused(length: int) -> None:
    assert refused(ENVELOPE[:length]) is ENVELOPE_MALFORMED
    assert refused(ENVELOPE[:length], expected=IMPRINT) is ENVELOPE_DAMAGED


def test_more_behind_the_end_is_refused() -> None:
    assert refused(ENVELOPE + b"\0") is ENVELOPE_MALFORMED


@given(st.sampled_from(sorted(SHARES)), st.integers(0, 255))
def test_a_flipped_share_is_set_aside_by_name(x: int, bit: int) -> None:
    share = bytearray(SHARES[x])
    share[bit // 8] ^= 1 << bit % 8
    expected = SUPPLIER_SHARE_INCONSISTENT if x > 200 else SHARE_INCONSISTENT
    assert share_fault(SEALER.header.core, x, bytes(share)) is expected
    assert share_fault(SEALER.header.core, x, SHARES[x]) is None
    with_it = {**SHARES, x: bytes(share)}
    opened(ENVELOPE, shares=with_it)  # six good ones are enough
    three = dict([item for item in with_it.items() if item[0] != x][:3])
    assert refused(ENVELOPE, shares={**three, x: bytes(share)}) is TOO_FEW_SHARES


@pytest.mark.parametrize(("x", "share"), [(6, bytes(32)), (203, bytes(32)), (1, b""), (1, bytes(33))])
def test_a_share_of_no_place_or_no_length_is_set_aside(x: int, share: bytes) -> None:
    assert share_fault(SEALER.header.core, x, share) is not None


def test_another_policy_than_the_published_one_is_refused() -> None:
    assert refused(ENVELOPE, policy=replace(POLICY, window_s=1801)) is POLICY_UNKNOWN


class _Dishonest(Sealer):
    """A client that cheats: it changes one thing after all else is computed."""

    def cheat(self, **core: object) -> bytes:
        self.header = Header(replace(self.header.core, **core), self.header.wraps)  # type: ignore[arg-type]
        out = io.BytesIO()
        self.write(fixed.Kept(out))
        return out.getvalue()


def cheat(**core: object) -> bytes:
    made = cast(_Dishonest, fixed.sealer(kind=_Dishonest))
    return made.cheat(**core)


def test_a_price_other_than_the_one_committed_to_is_the_suppliers_fault() -> None:
    assert refused(cheat(price_commit=bytes(32))) is PRICE_MISMATCH
    assert PRICE_MISMATCH.whose is Whose.SUPPLIER


def test_shares_that_were_dealt_wrongly_are_noticed_even_when_nobody_needs_them() -> None:
    """One trustee got a share that fits its commitment but not the polynomial: found by dealing again."""
    from yangcai.sealing.shares import commitment

    wrong = commitment(tender=fixed.TENDER, x=5, share=bytes(32))
    envelope = cheat(share_commit={**SEALER.header.core.share_commit, 5: wrong})
    good = {x: share for x, share in SHARES.items() if x != 5}
    assert refused(envelope, shares=good) is MISDEALT
    assert refused(envelope, shares={**dict(list(good.items())[:3]), 5: bytes(32)}) is MISDEALT  # whoever releases
    assert MISDEALT.whose is Whose.SUPPLIER


def test_a_payload_that_is_no_payload_is_the_suppliers_fault() -> None:
    sealer = fixed.sealer(files=[])
    size = sealer.header.core.padded_len
    core = sealer.header.core
    drawn, how = sealer.drawn, sealer.suite.payload
    sealed = encrypted(how, [b"\xff" * size], key=drawn.key, salt=drawn.payload_salt, context=core.payload_context)
    content = sealer.header.content
    envelope = b"SBE1" + len(content).to_bytes(4) + content + b"".join(sealed)
    assert refused(envelope, shares=sealer.shares) is MANIFEST_MALFORMED


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"SBE2" + ENVELOPE[4:], b"SBE1" + (16385).to_bytes(4) + ENVELOPE[8:], b"SBE1\0\0\0\0" + ENVELOPE[8:]],
)
def test_what_is_no_envelope_is_refused(spoilt: bytes) -> None:
    assert refused(spoilt) in {ENVELOPE_MALFORMED, HEADER_MALFORMED}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"v":"sbp/1"', b'"v":"sbp/2"'),
        (b'"round":0', b'"round":0.0'),
        (b'"round":0', b'"round": 0'),
        (b'"rev":1', b'"rev":1,"more":1'),
        (b'"padded_len":34816', b'"padded_len":34817'),  # no Padmé length
        (b'"recovery":"auto"', b'"recovery":"soon"'),
        (b'"cover":"ALL"', b'"cover":"ALL","cover":"ALL"'),
        (b'"201":', b'"199":'),
        (b'{"core"', b' {"core"'),
    ],
)
def test_a_header_out_of_its_form_is_refused(before: bytes, after: bytes) -> None:
    content = SEALER.header.content
    assert content.count(before) >= 1
    with pytest.raises(Faulty) as caught:
        Header.parse(content.replace(before, after, 1))
    assert caught.value.fault is HEADER_MALFORMED


def test_a_header_of_an_unknown_suite_is_refused() -> None:
    with pytest.raises(Faulty) as caught:
        Header.parse(SEALER.header.content.replace(b'"suite":"I1"', b'"suite":"I2"'))
    assert caught.value.fault is SUITE_UNKNOWN


@pytest.mark.parametrize(
    "changed",
    [{"tender": "00000000-0000-4000-8000-000000000000"}, {"rev": 2}, {"lot": "2"}, {"cover": "TECH"}],
)
def test_a_header_for_another_lot_is_refused(changed: dict[str, object]) -> None:
    core = replace(SEALER.header.core, **changed)  # type: ignore[arg-type]
    with pytest.raises(Faulty) as caught:
        Header(core, SEALER.header.wraps).check(POLICY)
    assert caught.value.fault is HEADER_MISMATCH


def test_a_recovery_that_the_policy_does_not_allow_cannot_be_sealed() -> None:
    with pytest.raises(Faulty) as caught:
        fixed.sealer(under=replace(POLICY, recovery_allowed=("auto",)), recovery="never")
    assert caught.value.fault is HEADER_MISMATCH


def test_the_trial_opening_proves_that_a_bid_opens_and_finds_one_that_does_not() -> None:
    SEALER.try_opening(io.BytesIO(ENVELOPE), IMPRINT)
    spoilt = ENVELOPE[:-1] + bytes([ENVELOPE[-1] ^ 1])
    with pytest.raises(Faulty):
        SEALER.try_opening(io.BytesIO(spoilt), imprint_of(io.BytesIO(spoilt)))


def test_the_close_set_is_the_same_in_any_order() -> None:
    assert close_set([b"a" * 32, b"b" * 32]) == close_set([b"b" * 32, b"a" * 32]) != close_set([b"a" * 32])


class _Zeros(io.RawIOBase):
    """A large file that takes no room."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        taken = min(size, self.left)
        self.left -= taken
        return bytes(taken)


def test_a_large_bid_takes_no_more_memory_than_a_small_one(tmp_path: object) -> None:
    import tempfile

    size = 48 * 2**20
    large = payload.Source("large.bin", "application/octet-stream", lambda: cast(BinaryIO, _Zeros(size)))
    with tempfile.TemporaryFile() as out:
        tracemalloc.start()
        sealer = fixed.sealer(files=[large])
        imprint: Imprint = sealer.write(fixed.Kept(out))  # type: ignore[arg-type]
        out.seek(0)
        sealer.try_opening(out, imprint)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert imprint.env_len > size and peak < 12 * 2**20


def test_an_envelope_is_read_as_a_stream() -> None:
    """What was read of the header is enough to know it; the imprint reads the rest."""
    envelope = Envelope(io.BytesIO(ENVELOPE))
    assert envelope.header == SEALER.header
    assert envelope.imprint() == IMPRINT
