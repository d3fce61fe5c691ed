"""Is a signed statement read in its one form, and is a signature for one kind none for another?"""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sealing import fixed
from yangcai.kernel.encoding import jcs, parse_jcs
from yangcai.sealing import statement
from yangcai.sealing.envelope import Imprint
from yangcai.sealing.faults import RECEIPT_MALFORMED, SIGNATURE_WRONG, STATEMENT_MALFORMED, Faulty
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.sealer import statement_for
from yangcai.sealing.statement import Client, FailedShare, Message, Reconfirm, Release, ReleasedShare, Withdraw
from yangcai.sealing.suites.i1 import I1

KEYS = I1.new_sign_keys(fixed.chance("supplier"))
OTHER = I1.new_sign_keys(fixed.chance("other"))
HEADER = fixed.sealer().header
SUBMISSION = "5f0c1d2e-7a6b-4c5d-8e9f-0a1b2c3d4e5f"
SUBMIT = statement_for(
    HEADER, Imprint(bytes(32), HEADER.envelope_size), client=Client("yangcai", "1", bytes(32)), idem=bytes(16)
)
RELEASE = Release(fixed.TENDER, "ALL", "trustee", 7, (ReleasedShare(HEADER.sha256, 1, bytes(32)),), fixed.DEADLINE)
ALL = [
    SUBMIT,
    Withdraw(fixed.TENDER, SUBMISSION, bytes(16)),
    Reconfirm(fixed.TENDER, 2, SUBMISSION, HEADER.sha256, bytes(16)),
    RELEASE,
    replace(RELEASE, failed=(FailedShare(bytes(32), "wrap_unreadable"),)),
]


@pytest.mark.parametrize("said", ALL, ids=lambda said: type(said).__name__)
def test_what_was_signed_is_read_again(said: statement.Statement) -> None:
    message = statement.signed(said, suite=I1, keys=KEYS)
    read = Message.parse(message.content)
    assert read == message
    read.check(suite=I1, public=KEYS.public)
    with pytest.raises(Faulty) as caught:
        read.check(suite=I1, public=OTHER.public)
    assert caught.value.fault is SIGNATURE_WRONG


def test_a_signature_for_one_kind_is_none_for_another() -> None:
    labels = list({type(said): said.LABEL for said in ALL}.values())
    assert len(set(labels)) == len(labels) and all(label.endswith(b"\n") for label in labels)
    assert statement.signed_bytes(SUBMIT).startswith(b"sbp/1 statement\n{")


@pytest.mark.parametrize("said", ALL, ids=lambda said: type(said).__name__)
@given(data=st.data())
def test_a_flipped_bit_is_refused_by_name(said: statement.Statement, data: st.DataObject) -> None:
    spoilt = bytearray(statement.signed(said, suite=I1, keys=KEYS).content)
    at = data.draw(st.integers(0, len(spoilt) - 1))
    spoilt[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Faulty) as caught:
        Message.parse(bytes(spoilt)).check(suite=I1, public=KEYS.public)
    assert caught.value.fault in {STATEMENT_MALFORMED, SIGNATURE_WRONG}


@pytest.mark.parametrize(
    ("name", "value"), [("t", "offer"), ("idem", "00"), ("extra", 1), ("tender", "x"), ("submission", None)]
)
def test_a_field_out_of_its_form_is_refused(name: str, value: object) -> None:
    content = parse_jcs(statement.content_of(ALL[1])) | {name: value}
    with pytest.raises(Faulty) as caught:
        statement.parse(jcs(content))
    assert caught.value.fault is STATEMENT_MALFORMED


def test_a_long_statement_is_refused_and_a_long_release_is_not() -> None:
    wordy = replace(SUBMIT, lot="x" * 64, client=Client("n" * 64, "v" * 64, bytes(32)))
    assert statement.parse(statement.content_of(wordy)) == wordy
    many = replace(RELEASE, shares=RELEASE.shares * 1528)
    assert statement.parse(statement.content_of(many)) == many
    assert len(statement.content_of(many)) > statement.LARGEST
    with pytest.raises(Faulty) as caught:
        statement.parse(b" " * (statement.LARGEST_RELEASE + 1))
    assert caught.value.fault is STATEMENT_MALFORMED


RECEIPT = Receipt(
    tender=fixed.TENDER,
    rev=1,
    lot="1",
    cover="ALL",
    round=0,
    supplier=fixed.SUPPLIER,
    submission=SUBMISSION,
    seq=1,
    received_at=fixed.DEADLINE - datetime.timedelta(microseconds=1_876_544),
    deadline=fixed.DEADLINE,
    header_sha256=HEADER.sha256,
    env_digest=bytes(32),
    env_len=HEADER.envelope_size,
    leaf=bytes(32),
)


def test_a_receipt_has_the_layout_of_the_protocol() -> None:
    assert Receipt.parse(RECEIPT.text) == RECEIPT
    lines = RECEIPT.text.splitlines()
    assert lines[:2] == ["sbp-receipt/v1", f"tender {fixed.TENDER} rev 1 lot 1 cover ALL round 0"]
    assert lines[4] == "received 2026-11-23T01:59:58.123456Z"
    assert RECEIPT.text.endswith("\n") and len(lines) == 9


def test_a_receipt_says_until_when_the_ciphertext_is_owed() -> None:
    owed = replace(RECEIPT, follows_s=1800)
    assert Receipt.parse(owed.text) == owed
    lines = owed.text.splitlines()
    assert lines[8] == "ciphertext follows within 1800 s of closing" and lines[9:] == RECEIPT.text.splitlines()[8:]
    with pytest.raises(Faulty):
        Receipt.parse(owed.text.replace("1800", "0"))


@pytest.mark.parametrize(
    ("before", "after"),
    [("sbp-receipt/v1", "sbp-receipt/v2"), ("rev 1", "rev 01"), ("Z\ndeadline", "\ndeadline"), ("leaf ", "leaf  ")],
)
def test_a_receipt_out_of_its_form_is_refused(before: str, after: str) -> None:
    with pytest.raises(Faulty) as caught:
        Receipt.parse(RECEIPT.text.replace(before, after, 1))
    assert caught.value.fault is RECEIPT_MALFORMED
