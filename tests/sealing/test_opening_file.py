"""Does the opening file open by its passphrase or passkey and by nothing else, and does every change of it show?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sealing import fixed
from yangcai.kernel.encoding import jcs, parse_jcs
from yangcai.sealing import passphrase
from yangcai.sealing.faults import (
    OPENING_FILE_FOREIGN,
    OPENING_FILE_LOCKED,
    OPENING_FILE_MALFORMED,
    SUPPLIER_SHARE_INCONSISTENT,
    Faulty,
)
from yangcai.sealing.opening_file import OpeningFile, check_belongs, check_shares

SEALER = fixed.sealer()
WORDS = passphrase.generated(fixed.chance("words"))
PRF = fixed.chance("prf")(32)
BY_WORDS = SEALER.opening_file(passphrase=WORDS, chance=fixed.chance("lock"))
EMPTY = OpeningFile(fixed.TENDER, SEALER.header.sha256, ())
BY_PASSKEY = EMPTY.with_passkey(SEALER.own_shares, prf=PRF, credential=b"id", chance=fixed.chance("passkey"))


def test_it_opens_by_its_passphrase_however_it_is_typed() -> None:
    read = OpeningFile.parse(BY_WORDS.content)
    assert read == BY_WORDS
    for typed in (WORDS, f"  {WORDS}\n", "".join(chr(ord(c) + 0xFEE0) for c in WORDS)):  # full-width letters
        assert read.shares(passphrase=typed) == SEALER.own_shares


@pytest.mark.parametrize("typed", ["", "wrong", WORDS[:-1], WORDS.upper()])
def test_it_opens_by_no_other_passphrase(typed: str) -> None:
    with pytest.raises(Faulty) as caught:
        BY_WORDS.shares(passphrase=typed)
    assert caught.value.fault is OPENING_FILE_LOCKED


def test_it_opens_by_a_passkey_and_a_second_lock_leaves_the_first() -> None:
    assert BY_PASSKEY.shares(prf=PRF) == SEALER.own_shares
    with pytest.raises(Faulty):
        BY_PASSKEY.shares(prf=bytes(32))
    with pytest.raises(Faulty):
        BY_PASSKEY.shares(passphrase=WORDS)
    both = BY_PASSKEY.with_passphrase(SEALER.own_shares, passphrase=WORDS, chance=fixed.chance("second"))
    assert both.shares(prf=PRF) == both.shares(passphrase=WORDS) == SEALER.own_shares


@given(st.data())
@settings(max_examples=300)
def test_a_flipped_bit_is_refused_by_name(data: st.DataObject) -> None:
    spoilt = bytearray(BY_PASSKEY.content)
    at = data.draw(st.integers(0, len(spoilt) - 1))
    spoilt[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Faulty) as caught:
        OpeningFile.parse(bytes(spoilt)).shares(prf=PRF)
    assert caught.value.fault in {OPENING_FILE_MALFORMED, OPENING_FILE_LOCKED}


@pytest.mark.parametrize(
    ("rounds", "taken"), [(599_999, False), (600_000, True), (6_000_000, True), (6_000_001, False)]
)
def test_a_lock_that_is_too_easily_tried_or_holds_its_reader_up_is_not_taken(rounds: int, taken: bool) -> None:
    content = parse_jcs(BY_WORDS.content)
    content["locks"][0]["iterations"] = rounds
    if taken:
        OpeningFile.parse(jcs(content))
        return
    with pytest.raises(Faulty) as caught:
        OpeningFile.parse(jcs(content))
    assert caught.value.fault is OPENING_FILE_MALFORMED


def test_it_is_of_one_bid_only() -> None:
    check_belongs(BY_WORDS, SEALER.header)
    check_shares(SEALER.header, SEALER.own_shares)
    other = fixed.sealer(label="another bid")
    with pytest.raises(Faulty) as caught:
        check_belongs(BY_WORDS, other.header)
    assert caught.value.fault is OPENING_FILE_FOREIGN
    with pytest.raises(Faulty) as caught:
        check_shares(other.header, SEALER.own_shares)
    assert caught.value.fault is SUPPLIER_SHARE_INCONSISTENT
    with pytest.raises(Faulty) as caught:
        check_shares(SEALER.header, {201: SEALER.own_shares[201]})
    assert caught.value.fault is OPENING_FILE_FOREIGN


@given(st.binary(min_size=12, max_size=12))
def test_a_generated_passphrase_has_six_words_and_all_its_chance(drawn: bytes) -> None:
    words = passphrase.generated(lambda _length: drawn).split("-")
    assert len(words) == 6 and all(len(word) == 5 for word in words)
    letters, vowels = "bdfghjklmnprstvz", "aiou"
    back = b""
    for c1, v1, c2, v2, c3 in words:
        number = letters.index(c1) << 12 | vowels.index(v1) << 10 | letters.index(c2) << 6
        back += (number | vowels.index(v2) << 4 | letters.index(c3)).to_bytes(2)
    assert back == drawn
