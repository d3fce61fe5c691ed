"""Does the payload hide its exact size, refuse bad names and notice every difference from its manifest?"""

import hashlib
import io
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sealing import fixed
from yangcai.sealing import payload
from yangcai.sealing.digests import ByParts, of_parts
from yangcai.sealing.faults import (
    FILE_CHANGED,
    FILE_MISMATCH,
    FILES_REFUSED,
    MANIFEST_MALFORMED,
    PADDING_MISMATCH,
    Fault,
    Faulty,
)
from yangcai.sealing.payload import FileEntry, Manifest
from yangcai.sealing.suites.i1 import I1


@given(st.integers(2, 2**31))
def test_padme_hides_the_size_at_little_cost(length: int) -> None:
    padded = payload.padme(length)
    exponent = math.floor(math.log2(length))
    step = 2 ** (exponent - math.floor(math.log2(exponent)) - 1) if exponent else 1
    assert length <= padded <= length * 1.12 + 1
    assert padded % step == 0 and padded - length < step
    assert payload.padme(padded) == padded


@given(st.lists(st.integers(0, 150), max_size=4))
def test_the_digest_by_parts_is_that_of_the_parts(sizes: list[int]) -> None:
    """Parts of 100 bytes stand for those of 8 MiB, which the known answers have."""
    content = bytes(range(256)) * 3
    content = content[: sum(sizes)]
    running, at = ByParts(part=100), 0
    for size in sizes:
        running.update(content[at : at + size])
        at += size
    parts = [hashlib.sha256(content[n : n + 100]).digest() for n in range(0, len(content), 100)]
    assert running.digest() == of_parts(parts) == hashlib.sha256(b"".join(parts)).digest()
    assert running.size == len(content)


GOOD = ["投标函.pdf", "a", "com10.txt", "null.txt", "报价 (一).xlsx", "x" * 251 + ".pdf", "-rf"]
BAD = [
    "",
    ".",
    "..",
    "a/b",
    "..\\x",
    "a\0b",
    "line\nfeed",
    "\u202efdp.exe",
    "CON",
    "nul.pdf",
    "Lpt1.txt",
    "dot.",
    "sp ",
]
BAD += ["a:b", "what?", "x" * 256, "e\u0301.txt", " lead", "\u200bzero", "tab\t", "pipe|", "com1"]


def test_names_that_every_system_can_write_are_taken_and_no_others() -> None:
    assert [name for name in GOOD if not payload.is_portable(name)] == []
    assert [name for name in BAD if payload.is_portable(name)] == []


@pytest.mark.parametrize(
    "files",
    [
        [fixed.source(str(n), b"") for n in range(201)],
        [fixed.source("a.pdf", b""), fixed.source("A.PDF", b"")],
        [fixed.source("../a.pdf", b"")],
    ],
)
def test_files_that_cannot_be_sealed_are_refused(files: list[payload.Source]) -> None:
    with pytest.raises(Faulty) as caught:
        fixed.sealer(files=files)
    assert caught.value.fault is FILES_REFUSED


def test_what_only_padding_makes_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload, "LARGEST", 120_000)
    fixed.sealer(files=[fixed.source("a", bytes(98_000))])
    with pytest.raises(Faulty) as caught:
        fixed.sealer(files=[fixed.source("a", bytes(102_000))])
    assert caught.value.fault is FILES_REFUSED


def test_two_hundred_files_are_sealed() -> None:
    sealer = fixed.sealer(files=[fixed.source(f"{n}.txt", str(n).encode()) for n in range(200)])
    plain = b"".join(payload.plain(sealer.manifest, sealer.sources))
    kept: dict[str, io.BytesIO] = {}

    def sink(entry: FileEntry) -> payload.Writer:
        kept[entry.name] = io.BytesIO()
        return fixed.Kept(kept[entry.name])

    assert payload.read([plain], I1, sink=sink) == sealer.manifest
    assert {name: out.getvalue() for name, out in kept.items()} == {f"{n}.txt": str(n).encode() for n in range(200)}


def test_a_file_that_changes_while_it_is_sealed_is_noticed() -> None:
    for second in (b"changed", b"longer than before", b""):
        reads = iter([b"as it was", second])
        changing = payload.Source("a.txt", "text/plain", lambda reads=reads: io.BytesIO(next(reads)))  # type: ignore[misc]
        sealer = fixed.sealer(files=[changing])
        with pytest.raises(Faulty) as caught:
            sealer.write(fixed.Kept(io.BytesIO()))
        assert caught.value.fault is FILE_CHANGED


def plain_of(manifest: Manifest, *contents: bytes, padding: int | None = None) -> bytes:
    size = payload.padme(manifest.plain_size) - manifest.plain_size if padding is None else padding
    content = manifest.content
    return len(content).to_bytes(4) + content + b"".join(contents) + bytes(size)


def entry(name: str, content: bytes) -> FileEntry:
    running = ByParts()
    running.update(content)
    return FileEntry(name, len(content), running.digest(), "text/plain")


A, B = b"content of a", b"content of b"
MANIFEST = Manifest(bytes(32), bytes(32), {"fen": 1}, (entry("a", A), entry("b", B)))


@given(st.integers(1, 200))
def test_pieces_of_any_size_are_read(piece: int) -> None:
    plain = plain_of(MANIFEST, A, B)
    pieces = [plain[at : at + piece] for at in range(0, len(plain), piece)]
    assert payload.read(pieces, I1) == MANIFEST
    assert payload.read([b"", *pieces, b""], I1) == MANIFEST


@pytest.mark.parametrize(
    ("plain", "fault"),
    [
        (b"", MANIFEST_MALFORMED),
        (b"\0\0", MANIFEST_MALFORMED),
        ((2**20 + 1).to_bytes(4), MANIFEST_MALFORMED),
        (plain_of(MANIFEST, A, B)[:100], MANIFEST_MALFORMED),
        (plain_of(MANIFEST, B, A), FILE_MISMATCH),
        (plain_of(MANIFEST, A), FILE_MISMATCH),
        (plain_of(MANIFEST, A, B[:-1], padding=0), FILE_MISMATCH),
        (plain_of(MANIFEST, A, B, padding=0), PADDING_MISMATCH),
        (plain_of(MANIFEST, A, B) + b"\0", PADDING_MISMATCH),
        (plain_of(MANIFEST, A, B)[:-1] + b"\1", PADDING_MISMATCH),
        (plain_of(replace(MANIFEST, files=(entry("a", A), entry("a", B))), A, B), MANIFEST_MALFORMED),
        (plain_of(replace(MANIFEST, files=(entry("../a", A), entry("b", B))), A, B), MANIFEST_MALFORMED),
        (plain_of(replace(MANIFEST, deal_seed=bytes(31)), A, B), MANIFEST_MALFORMED),
        (plain_of(replace(MANIFEST, files=(replace(entry("a", A), sm3=bytes(32)),)), A), MANIFEST_MALFORMED),
    ],
)
def test_a_payload_that_is_not_its_manifest_is_refused_by_name(plain: bytes, fault: Fault) -> None:
    with pytest.raises(Faulty) as caught:
        payload.read([plain], I1)
    assert caught.value.fault is fault
