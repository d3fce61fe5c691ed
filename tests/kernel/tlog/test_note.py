"""Are notes read and written as Go's, and nothing else believed?"""

import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.kernel.tlog.published import (
    BAD_KEYS,
    BY_ENOCH,
    BY_PETER,
    ENOCH,
    PETER,
    PETER_PRIVATE,
    ROOTS,
    TEXT,
)
from yangcai.kernel.encoding import base64_of
from yangcai.kernel.tlog import checkpoint, cosignature, note
from yangcai.kernel.tlog.faults import Malformed, Unproven

PETERS, ENOCHS = note.parse_vkey(PETER), note.parse_vkey(ENOCH)
WITNESS = note.Signer("witness.example/w1", note.COSIGNATURE, Ed25519PrivateKey.from_private_bytes(b"w" * 32))


def test_a_published_note_comes_out() -> None:
    signer = note.parse_skey(PETER_PRIVATE)
    assert signer.verifier == PETERS and signer.skey == PETER_PRIVATE
    assert str(note.sign(TEXT, signer)) == f"{TEXT}\n{BY_PETER}"


def mangled(key: str) -> set[str]:
    """Every part of it, and every neighbour by one character."""
    parts = {key[a:b] for a in range(len(key)) for b in range(a + 1, len(key) + 1)}
    return (parts | {key[:n] + chr(ord(key[n]) + 1) + key[n + 1 :] for n in range(len(key))}) - {key}


def test_a_mangled_key_is_none() -> None:
    for key in (*mangled(PETER), *BAD_KEYS):
        with pytest.raises(Malformed):
            note.parse_vkey(key)
    for key in mangled(PETER_PRIVATE):
        with pytest.raises(Malformed):
            note.parse_skey(key)


@pytest.mark.parametrize("length", [0, 1, 4, 31, 33])
@pytest.mark.parametrize("kind", [note.ED25519, note.COSIGNATURE])
def test_a_key_of_another_length_is_none_though_its_id_fits(length: int, kind: int) -> None:
    public = bytes(range(length))
    name = note.key_id(name="short", kind=kind, public=public).hex()
    with pytest.raises(Malformed):
        note.parse_vkey(f"short+{name}+{base64_of(bytes([kind]) + public)}")


def test_what_unknown_keys_signed_is_passed_over() -> None:
    both = f"{TEXT}\n{BY_PETER}{BY_ENOCH}".encode()
    assert [s.name for s in note.opened(both, [PETERS]).signatures] == ["PeterNeumann"]
    assert [s.name for s in note.opened(both, [PETERS, ENOCHS, ENOCHS]).signatures] == ["PeterNeumann", "EnochRoot"]
    with pytest.raises(Unproven, match="no known key"):
        note.opened(both, [])
    twice = f"{TEXT}\n{BY_PETER * 2}{BY_ENOCH}".encode()
    assert len(note.opened(twice, [PETERS]).signatures) == 1


def test_one_wrong_signature_of_a_known_key_is_enough() -> None:
    wrong = f"{TEXT}\n{BY_ENOCH}{BY_PETER[:60]}ABCD{BY_PETER[60:]}".encode()
    assert note.opened(wrong, [ENOCHS]).text == TEXT
    for known in ([PETERS], [PETERS, ENOCHS]):
        with pytest.raises(Unproven, match="PeterNeumann is wrong"):
            note.opened(wrong, known)


def test_a_name_alone_is_no_key() -> None:
    """The same name with another id, the same id with another name: other keys, passed over."""
    for other in (BY_PETER.replace("x08g", "xxxx"), BY_PETER.replace("PeterNeumann", "CarmenSandiego")):
        with pytest.raises(Unproven, match="no known key"):
            note.opened(f"{TEXT}\n{other}".encode(), [PETERS])


@pytest.mark.parametrize(
    "content",
    [
        TEXT, f"{TEXT}\n", f"{TEXT}\n{BY_PETER[:-1]}", f"\x01{TEXT}\n{BY_PETER}", f"{TEXT}\n{BY_PETER}Unexpected.\n",
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', 'Bad Name')}", f"{TEXT}\n{BY_PETER.replace('Neumann', '+')}",
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', 'Peter　Neumann')}", f"{TEXT}\n{BY_PETER.replace('—', '-')}",
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', '')}", f"{TEXT}\n— PeterNeumann x08gow==\n",
        f"{TEXT}\r\n\n{BY_PETER}",
        f"{TEXT}\n{BY_PETER.replace('nAM=', 'nAN=')}", f"{TEXT}\n{BY_PETER * 101}", f"{TEXT}{BY_PETER}", "",
        f"{TEXT * 11_000}\n{BY_PETER}",
    ],
    ids=range(17),
)  # fmt: skip
def test_what_is_no_note_is_refused(content: str) -> None:
    with pytest.raises(Malformed):
        note.opened(content.encode(), [PETERS])


def test_notes_are_utf8() -> None:
    with pytest.raises(Malformed):
        note.parse(b"\xff" + f"{TEXT}\n{BY_PETER}".encode())


def test_the_last_empty_line_parts_text_and_signatures() -> None:
    text = "one\n\ntwo\n"
    signed = note.sign(text, note.parse_skey(PETER_PRIVATE))
    assert note.opened(str(signed).encode(), [PETERS]) == signed


@pytest.mark.parametrize("text", ["", "no end", "tab\there\n", "nul\0\n"])
def test_other_texts_are_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="newline"):
        note.sign(text, note.parse_skey(PETER_PRIVATE))


HEAD = checkpoint.Checkpoint("example.com/log", 8, ROOTS[8])


def test_a_checkpoint_is_three_lines_and_comes_back() -> None:
    assert HEAD.text == f"example.com/log\n8\n{base64_of(ROOTS[8])}\n"
    assert checkpoint.parse(HEAD.text) == HEAD
    more = checkpoint.Checkpoint("原点 of a log", 0, ROOTS[0], ("one", "two"))
    assert checkpoint.parse(more.text) == more


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "example.com/log\n8\n", HEAD.text[:-1], HEAD.text + "\n", "\n" + HEAD.text, HEAD.text + "x\n\n",
        HEAD.text.replace("\n8\n", "\n08\n"), HEAD.text.replace("\n8\n", "\n+8\n"),
        HEAD.text.replace("\n8\n", "\n-8\n"),
        HEAD.text.replace("\n8\n", "\n8 \n"), HEAD.text.replace("\n8\n", "\n٨\n"), HEAD.text.replace("\n8\n", "\n\n"),
        HEAD.text.replace("\n8\n", f"\n{1 << 64}\n"), HEAD.text.replace("=", ""),
        HEAD.text.replace("8\n", "8\nAAAA", 1),
        HEAD.text.replace(base64_of(ROOTS[8]), base64_of(ROOTS[8][:31])), "example.com/log\n8\n\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        checkpoint.parse(text)


def test_a_checkpoint_is_opened_for_its_own_log_alone() -> None:
    log = note.Signer(HEAD.origin, note.ED25519, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
    signed = str(note.sign(HEAD.text, log)).encode()
    assert checkpoint.opened(signed, log.verifier)[0] == HEAD
    other = note.Signer("example.com/other", note.ED25519, log.private)
    with pytest.raises(Unproven, match="not of"):
        checkpoint.opened(signed, other.verifier)
    with pytest.raises(Unproven, match="did not sign"):
        checkpoint.opened(str(note.sign(HEAD.text, other)).encode(), log.verifier)


def test_a_cosignature_of_a_time_that_no_calendar_has_is_read_as_a_very_late_one() -> None:
    """It is good by its specification: whoever reads it reckons with the time all the same."""
    for at in (253402300799, 1 << 40, note.LATEST):
        line = WITNESS.sign(HEAD.text, at=at)
        assert WITNESS.verifier.verifies(HEAD.text, line.signature)
        seen = cosignature.seen_at(line)
        assert seen == cosignature.LATEST and seen + datetime.timedelta(days=1) > seen


def test_a_cosignature_covers_time_and_checkpoint() -> None:
    now = datetime.datetime(2023, 3, 20, 12, 12, 27, 999999, tzinfo=datetime.UTC)
    line = cosignature.cosign(text=HEAD.text, signer=WITNESS, now=now)
    assert note.cosigned(text=HEAD.text, at=1679314347) == f"cosignature/v1\ntime 1679314347\n{HEAD.text}".encode()
    assert cosignature.seen_at(line) == now.replace(microsecond=0)
    assert len(line.signature) == 8 + 64
    verifier = WITNESS.verifier
    assert note.parse_vkey(verifier.vkey) == verifier
    assert verifier.verifies(HEAD.text, line.signature)
    later = (int.from_bytes(line.signature[:8]) + 1).to_bytes(8) + line.signature[8:]
    for text, signature in (
        (HEAD.text, later),
        (HEAD.text.replace("8", "9", 1), line.signature),
        (HEAD.text, line.signature[8:]),
        (HEAD.text, b"\xff" + line.signature[1:]),
        (HEAD.text, b""),
    ):
        assert not verifier.verifies(text, signature)
    # A key of one kind never verifies what the same key signed as another.
    as_log = note.Verifier(verifier.name, note.ED25519, verifier.public)
    assert not as_log.is_of(line) and not as_log.verifies(HEAD.text, line.signature)


def test_only_checkpoints_are_cosigned_and_only_by_witnesses() -> None:
    now = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
    with pytest.raises(Malformed):
        cosignature.cosign(text=TEXT, signer=WITNESS, now=now)
    with pytest.raises(ValueError, match="0x04"):
        cosignature.cosign(text=HEAD.text, signer=note.parse_skey(PETER_PRIVATE), now=now)


def test_a_newer_cosignature_takes_the_place_of_the_older() -> None:
    log = note.Signer(HEAD.origin, note.ED25519, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
    first, second = (WITNESS.sign(HEAD.text, at=at) for at in (1, 2))
    signed = cosignature.with_lines(note.sign(HEAD.text, log), (first,))
    assert [s.name for s in signed.signatures] == [log.name, WITNESS.name]
    assert cosignature.with_lines(signed, (second,)).signatures == (signed.signatures[0], second)
