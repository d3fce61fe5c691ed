"""Does every reader refuse by the name of a fault whatever is put before it, and never in another way?"""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sealing import fixed
from yangcai.kernel.encoding import base64_of, jcs, parse_jcs
from yangcai.kernel.verifying import receipt
from yangcai.kernel.verifying.findings import NotVerified
from yangcai.sealing import faults, key_file, lock, statement
from yangcai.sealing.chance import system
from yangcai.sealing.envelope import Envelope, imprint_of
from yangcai.sealing.faults import FAULTS, Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.key_file import KeyFile
from yangcai.sealing.opening_file import OpeningFile
from yangcai.sealing.payload import Manifest
from yangcai.sealing.policy import Policy
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.sealer import statement_for
from yangcai.sealing.statement import Client, Message
from yangcai.sealing.suites.g1 import G1
from yangcai.sealing.suites.i1 import I1

SEALER, ENVELOPE = fixed.sealed()
EMPTY = OpeningFile(fixed.TENDER, SEALER.header.sha256, ())
SBO = EMPTY.with_passkey(SEALER.own_shares, prf=bytes(32), credential=b"id", chance=system)
KEYS = I1.new_sign_keys(system)
SUBMIT = statement_for(
    SEALER.header, imprint_of(io.BytesIO(ENVELOPE)), client=Client("yangcai", "1", bytes(32)), idem=bytes(16)
)
#: A reader and something that it takes.
READERS: dict[str, tuple[Callable[[bytes], Any], bytes]] = {
    "policy": (Policy.parse, fixed.policy().content),
    "policy of G1": (Policy.parse, fixed.policy(code="G1").content),
    "header": (Header.parse, SEALER.header.content),
    "header of G1": (Header.parse, fixed.sealer(code="G1").header.content),
    "manifest": (lambda content: Manifest.parse(content, I1), SEALER.manifest.content),
    "manifest of G1": (lambda content: Manifest.parse(content, G1), fixed.sealer(code="G1").manifest.content),
    "opening file": (OpeningFile.parse, SBO.content),
    "message": (Message.parse, statement.signed(SUBMIT, suite=I1, keys=KEYS).content),
    "key file": (
        KeyFile.parse,
        key_file.created(holder="trustee", code="I1", passphrase="x", chance=fixed.chance("k")).content,
    ),
}
NAMED = pytest.mark.parametrize("name", READERS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "v", "1", "201"]), inner),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a value something else may stand."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, entry in inner for place in places(entry, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = put(value[path[0]], path[1:], other)
    return copied


@NAMED
def test_it_reads_what_is_written(name: str) -> None:
    read, content = READERS[name]
    assert read(content).content == content


@pytest.mark.long
@NAMED
@given(data=st.data())
def test_anything_in_the_place_of_anything_is_refused_by_name_or_read_as_it_stands(
    name: str, data: st.DataObject
) -> None:
    read, content = READERS[name]
    value = parse_jcs(content)
    other = put(value, data.draw(st.sampled_from(places(value))), data.draw(JSON))
    try:
        written = jcs(other)
    except ValueError:
        return  # half a surrogate, or nested too deeply
    try:
        found = read(written)
    except Faulty as faulty:
        assert FAULTS[faulty.fault.code] is faulty.fault
        return
    assert found.content == written


@NAMED
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused_by_name(name: str, content: bytes) -> None:
    with pytest.raises(Faulty):
        READERS[name][0](content)


@NAMED
def test_a_field_that_is_missing_or_new_is_refused(name: str) -> None:
    read, content = READERS[name]
    value = parse_jcs(content)
    for path in [path for path in places(value) if path and isinstance(path[-1], str) and "price" not in path]:
        outer = value
        for key in path[:-1]:
            outer = outer[key]
        without = {key: entry for key, entry in outer.items() if key != path[-1]}
        fewer = [without] if path[-1] != "202" else []  # how many shares a supplier has is for the policy to say
        for other in (*fewer, without | {"new": outer[path[-1]]}):
            with pytest.raises(Faulty):
                read(jcs(put(value, path[:-1], other)))


@pytest.mark.parametrize("place", ["9" * 5000, "1000", "01", "٠", "256"])
def test_a_place_that_no_share_has_is_refused_by_name(place: str) -> None:
    value = parse_jcs(SEALER.header.content)
    commitments = value["core"]["share_commit"]
    other = json.dumps(
        put(value, ("core", "share_commit"), commitments | {place: commitments["1"]}),
        sort_keys=True, separators=(",", ":"), ensure_ascii=False,
    )  # fmt: skip
    with pytest.raises(Faulty):
        Header.parse(other.encode())


@pytest.mark.parametrize("lot", ["第 1 包", "1\nsupplier x", "1\u3000", "\u2028", "1\x7f", "包" * 22, ""])
def test_the_number_of_a_lot_is_one_word(lot: str) -> None:
    """It stands in a line of the receipt among other words."""
    for name, path in {"policy": ("lot",), "header": ("core", "lot"), "message": ("st", "lot")}.items():
        read, content = READERS[name]
        read(jcs(put(parse_jcs(content), path, "第1包")))
        with pytest.raises(Faulty):
            read(jcs(put(parse_jcs(content), path, lot)))


@given(st.binary(max_size=300))
def test_any_bytes_are_no_envelope(content: bytes) -> None:
    for lead in (b"", b"SBE1"):
        with pytest.raises(Faulty):
            Envelope(io.BytesIO(lead + content))


@given(st.text(max_size=300))
def test_any_text_is_no_receipt(text: str) -> None:
    with pytest.raises(Faulty):
        Receipt.parse(text)
    with pytest.raises(Faulty):
        Receipt.parse("sbp-receipt/v1\n" + text)


@pytest.mark.parametrize("digits", ["9" * 5000, "٣"])
@pytest.mark.parametrize("name", ["rev", "round", "seq", "size", "follows_s"])
def test_a_receipt_with_such_a_number_is_none(name: str, digits: str) -> None:
    numbers = {"rev": "1", "round": "0", "seq": "1", "size": "9", "follows_s": "60"} | {name: digits}
    text = (
        f"sbp-receipt/v1\ntender {fixed.TENDER} rev {numbers['rev']} lot 1 cover ALL round {numbers['round']}\n"
        f"supplier {fixed.SUPPLIER}\nsubmission {fixed.TENDER} seq {numbers['seq']}\n"
        "received 2026-11-23T01:59:58.123456Z\ndeadline 2026-11-23T02:00:00.000000Z\n"
        f"header sha256:{'0' * 64}\nenvelope sha256:{'0' * 64} {numbers['size']}\n"
        f"ciphertext follows within {numbers['follows_s']} s of closing\nleaf {base64_of(bytes(32))}\n"
    )
    assert Receipt.parse(text.replace(f" {digits}", f" {dict(rev=1, round=0, seq=1, size=9, follows_s=60)[name]}"))
    with pytest.raises(Faulty):
        Receipt.parse(text)
    with pytest.raises(NotVerified):
        receipt.parse(f"{text}\n— a {base64_of(bytes(68))}\n".encode())


def test_every_fault_says_in_both_languages_what_it_is_and_what_follows() -> None:
    declared = {fault.code for fault in vars(faults).values() if isinstance(fault, faults.Fault)}
    assert declared == set(FAULTS)
    for fault in FAULTS.values():
        for zh, en in ((fault.zh, fault.en), (fault.consequence.zh, fault.consequence.en)):
            assert any("一" <= c <= "鿿" for c in zh) and en.isascii()


def test_the_key_files_lock_is_the_opening_files() -> None:
    made = key_file.created(holder="supplier", code="I1", passphrase="words", chance=system)
    assert made.lock.iterations == lock.ITERATIONS == 600_000
    assert made.keys("words")["sig"].public == made.public["sig"]
    with pytest.raises(Faulty):
        made.keys("other")


def test_the_package_needs_neither_django_nor_a_database() -> None:
    program = (
        "import sys, yangcai.sealing.sealer, yangcai.sealing.rehearsal, yangcai.sealing.key_file;"
        "import yangcai.sealing.receipt, yangcai.sealing.suites.g1;"
        "print([name for name in ('django', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
