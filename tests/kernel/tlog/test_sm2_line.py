"""Does the line of SM2 under a note agree with the standard and with OpenSSL, and does it hinder nobody else?"""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from tests.kernel.tlog.published import ROOTS
from yangcai.kernel import sm2
from yangcai.kernel.encoding import base64_of
from yangcai.kernel.tlog import checkpoint, note, policy
from yangcai.kernel.tlog.faults import Malformed, Unproven

NAME = "ggzy.example/log"
#: GB/T 32918.5 (GM/T 0003.5) annex A.2: its key, and its signature of "message digest".
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNED = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
KEY = note.Sm2Signer(NAME, PRIVATE)
LOG = note.Signer(NAME, note.ED25519, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
HEAD = checkpoint.Checkpoint(NAME, 8, ROOTS[8])
TRUST = f"log {LOG.verifier.vkey}\nlog {KEY.verifier.vkey}\nquorum none\n"
#: SubjectPublicKeyInfo of a key on the curve of SM2, but for the point.
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
SM2_DIGEST = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="private SM2 keys need OpenSSL's program")


def openssl(*arguments: object) -> bytes:
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=30, check=True).stdout


def pem(public: bytes) -> str:
    return f"-----BEGIN PUBLIC KEY-----\n{base64_of(SPKI + public)}\n-----END PUBLIC KEY-----\n"


def spoilt(line: note.Signature) -> note.Signature:
    return note.Signature(line.name, line.key_id, bytes([line.signature[0] ^ 1]) + line.signature[1:])


def test_the_key_is_written_as_signed_note_says() -> None:
    marked = b"\xff" + b"sm2sm3" + PUBLIC
    found = hashlib.sha256(NAME.encode() + b"\n" + marked).digest()[:4]
    assert KEY.verifier.public == PUBLIC and KEY.verifier.key_id == found
    assert KEY.verifier.vkey == f"{NAME}+{found.hex()}+{base64_of(marked)}"
    assert note.parse_vkey(KEY.verifier.vkey) == KEY.verifier
    assert note.parse_sm2_skey(KEY.skey) == KEY


def test_the_signature_of_the_standard_is_one() -> None:
    assert KEY.verifier.verifies("message digest", SIGNED)
    assert not KEY.verifier.verifies("message digest.", SIGNED)
    assert not KEY.verifier.verifies("message digest", SIGNED[:-1])
    assert not KEY.verifier.verifies("message digest", SIGNED + b"\0")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff" + PUBLIC,  # which of the types 0xff?
        b"\xffsm2sm4" + PUBLIC,
        b"\xffsm2sm3",
        b"\xffsm2sm3" + PUBLIC[:-1],
        b"\xffsm2sm3" + PUBLIC[1:],
        b"\xffsm2sm3" + b"\x04" + bytes(64),  # no point of the curve
        b"\xff",
    ],
)
def test_what_is_no_key_of_sm2(content: bytes) -> None:
    found = hashlib.sha256(NAME.encode() + b"\n" + content).digest()[:4].hex()
    with pytest.raises(Malformed):
        note.parse_vkey(f"{NAME}+{found}+{base64_of(content)}")


def test_a_private_key_is_not_taken_for_one_of_the_other_kind() -> None:
    for read, text in ((note.parse_skey, KEY.skey), (note.parse_sm2_skey, LOG.skey)):
        with pytest.raises(Malformed) as caught:
            read(text)
        assert text.rsplit("+", 1)[1] not in str(caught.value)
    name, key_id, secret = KEY.skey.removeprefix("PRIVATE+KEY+").split("+", 2)
    for other in (f"other+{key_id}+{secret}", f"{name}+00000000+{secret}"):
        with pytest.raises(Malformed):
            note.parse_sm2_skey(f"PRIVATE+KEY+{other}")
    for zero in (bytes(32), (sm2.N - 1).to_bytes(32)):
        text = base64_of(b"\xffsm2sm3" + zero)
        with pytest.raises(Malformed, match="no private key of SM2"):
            note.parse_sm2_skey(f"PRIVATE+KEY+{NAME}+{key_id}+{text}")
    assert PRIVATE.hex() not in repr(KEY) and repr(PRIVATE) not in repr(KEY)


@needs_openssl
def test_openssl_verifies_what_stands_under_a_note(tmp_path: Path) -> None:
    """Its own way: the public key as a PEM, the signature as DER."""
    signed = note.sign(HEAD.text, LOG, KEY)
    first, second = signed.signatures
    assert LOG.verifier.is_of(first) and KEY.verifier.is_of(second) and len(second.signature) == 64
    r, s = int.from_bytes(second.signature[:32]), int.from_bytes(second.signature[32:])
    (tmp_path / "key.pem").write_text(pem(PUBLIC))
    (tmp_path / "der").write_bytes(encode_dss_signature(r, s))
    (tmp_path / "text").write_text(HEAD.text)
    given = ("-pubin", "-inkey", tmp_path / "key.pem", "-sigfile", tmp_path / "der", "-in", tmp_path / "text")
    assert b"Verified Successfully" in openssl("pkeyutl", "-verify", *given, *SM2_DIGEST)
    (tmp_path / "text").write_text(HEAD.text.replace("8", "9"))
    with pytest.raises(subprocess.CalledProcessError):
        openssl("pkeyutl", "-verify", *given, *SM2_DIGEST)


@needs_openssl
def test_we_verify_what_openssl_signs_with_a_key_of_its_own(tmp_path: Path) -> None:
    openssl("genpkey", "-algorithm", "SM2", "-out", tmp_path / "key.pem")
    public = openssl("pkey", "-in", tmp_path / "key.pem", "-pubout", "-outform", "DER")[len(SPKI) :]
    (tmp_path / "text").write_text(HEAD.text)
    der = openssl("pkeyutl", "-sign", "-inkey", tmp_path / "key.pem", "-in", tmp_path / "text", *SM2_DIGEST)
    r, s = decode_dss_signature(der)
    key = note.Verifier(NAME, note.SM2, public)
    assert key.verifies(HEAD.text, r.to_bytes(32) + s.to_bytes(32))
    assert not key.verifies(HEAD.text + "x\n", r.to_bytes(32) + s.to_bytes(32))


@needs_openssl
def test_who_does_not_know_the_key_passes_its_line_over_whatever_it_says() -> None:
    good = note.sign(HEAD.text, LOG, KEY)
    first, second = good.signatures
    odd = note.Signature(NAME, second.key_id, b"anything")
    for lines in ((first, second), (second, first), (first, spoilt(second)), (first, odd), (odd, first)):
        content = str(note.Note(HEAD.text, lines)).encode()
        assert note.opened(content, [LOG.verifier]).signatures == (first,)
        found, _signed = checkpoint.opened(content, LOG.verifier)
        assert found == HEAD
        assert policy.parse(f"log {LOG.verifier.vkey}\nquorum none\n".encode()).verify(note.parse(content))


@needs_openssl
def test_a_policy_that_names_it_wants_it_and_wants_it_right() -> None:
    trust = policy.parse(TRUST.encode())
    good = note.sign(HEAD.text, LOG, KEY)
    first, second = good.signatures
    assert trust.verify(good).checkpoint == HEAD and trust.verify_sm2(good) == KEY.verifier
    wrong, alone = note.Note(HEAD.text, (first, spoilt(second))), note.Note(HEAD.text, (first,))
    for ask in (trust.verify, trust.verify_sm2):
        with pytest.raises(Unproven, match=r"the SM2 signature of .* is wrong"):
            ask(wrong)
    assert trust.verify(alone).checkpoint == HEAD  # as it was before the log had such a key
    with pytest.raises(Unproven, match="did not sign this checkpoint with its key of SM2"):
        trust.verify_sm2(alone)
    with pytest.raises(Unproven, match="did not sign"):
        trust.verify(note.Note(HEAD.text, (second,)))  # it never stands for the other line


@needs_openssl
def test_while_a_key_is_replaced_either_is_enough() -> None:
    new = note.Sm2Signer(NAME, b"\1" * 32)
    both = policy.parse(f"{TRUST}log {new.verifier.vkey}\n".encode())
    assert both.verify_sm2(note.sign(HEAD.text, LOG, KEY)) == KEY.verifier
    by_new = note.sign(HEAD.text, LOG, new)
    assert both.verify_sm2(by_new) == new.verifier
    with pytest.raises(Unproven):
        policy.parse(TRUST.encode()).verify_sm2(by_new)


def test_a_key_of_another_log_is_not_asked_for() -> None:
    other = note.Sm2Signer("other.example/log", PRIVATE).verifier
    trust = policy.parse(f"log {LOG.verifier.vkey}\nlog {other.vkey}\nquorum none\n".encode())
    assert trust.verify_sm2(note.sign(HEAD.text, LOG)) is None
    alone = policy.parse(f"log {KEY.verifier.vkey}\nquorum none\n".encode())
    with pytest.raises(Unproven, match="does not know"):
        alone.verify(note.sign(HEAD.text, LOG))  # a key of SM2 alone names no log


def test_it_stands_in_a_policy_once_and_as_no_witness() -> None:
    for text in (f"{TRUST}log {KEY.verifier.vkey}\n", f"{TRUST}witness W {KEY.verifier.vkey}\n"):
        with pytest.raises(Malformed):
            policy.parse(text.encode())
