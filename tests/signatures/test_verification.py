"""Is every change to a signed paper found, and nothing believed that nobody vouches for?"""

import random
import re

import pytest

from tests.signatures import papers
from yangcai.kernel.signatures.authority import DemoAuthority, DemoSeals
from yangcai.kernel.signatures.verification import FAULTS, Findings, verify


def check(pdf: bytes) -> Findings:
    return verify(pdf, trust=papers.roots())


def rooms() -> list[tuple[int, int]]:
    """Where each signature stands, between its angle brackets."""
    return [match.span(1) for match in re.finditer(rb"/Contents <([0-9a-fA-F]+)>", papers.signed())]


def flipped(at: int, *, bit: int = 1) -> bytes:
    changed = bytearray(papers.signed())
    changed[at] ^= bit
    return bytes(changed)


@pytest.mark.long
def test_one_changed_byte_outside_the_signatures_is_found_wherever_it_is() -> None:
    signed, chance = papers.signed(), random.Random(40)
    outside = [at for at in range(len(signed)) if not any(start <= at < end for start, end in rooms())]
    for at in chance.sample(outside, 12):
        assert not check(flipped(at, bit=1 << chance.randrange(8))).is_valid, at


def test_a_changed_signature_stamp_or_filling_is_found() -> None:
    start, end = rooms()[-1]
    room = papers.signed()[start:end]
    used = len(room.rstrip(b"0"))
    imprint = room.index(b"301b060960864801650304020") if b"301b0609608648016503040201" in room else used // 2
    for place in (imprint, used - 4, used + 200):  # what was stamped, the stamp's own signature, the zeros behind it
        changed = bytearray(papers.signed())
        changed[start + place] = ord("1") if changed[start + place] != ord("1") else ord("2")
        assert not check(bytes(changed)).is_valid, place


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda signed: signed + b"\n% more\n", "open_end"),
        (lambda signed: signed[:-7], "unreadable"),
        (lambda signed: papers.plain(), "unsigned"),
        (lambda signed: b"", "unreadable"),
        (lambda signed: b"%PDF-1.7\n", "unreadable"),
    ],
)
def test_the_first_fault_says_what_it_is(made: object, code: str) -> None:
    found = check(made(papers.signed()))  # type: ignore[operator]
    assert not found.is_valid and found.first_fault == code and code in FAULTS


def test_what_was_signed_first_is_still_a_whole_paper_with_one_signature() -> None:
    before_the_second = papers.sign(signatures=papers.BOTH[:1])
    found = check(before_the_second)
    assert found.is_valid and len(found.signatures) == 1


def test_another_authority_is_not_believed(tmp_path: object) -> None:
    other = DemoSeals(DemoAuthority(tmp_path))  # type: ignore[arg-type]
    found = verify(papers.signed(), trust=other.roots)
    assert found.signatures[0].faults == ("untrusted", "untrusted_timestamp")
    assert verify(papers.signed(), trust=[]).first_fault == "untrusted"


def test_a_text_field_filled_in_afterwards_is_found() -> None:
    """What is appended so that a reader shows another text, although each signed byte stays."""
    import io

    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(papers.signed()))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    found = check(out.getvalue())
    assert "open_end" in found.faults and all("changed_afterwards" in one.faults for one in found.signatures)
