"""Does the Chinese suite agree with its standards and with OpenSSL, and does a whole bid open in it?"""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sealing import fixed
from yangcai.kernel import sm2
from yangcai.sealing import statement
from yangcai.sealing.envelope import imprint_of
from yangcai.sealing.faults import KEY_MALFORMED, SIGNATURE_WRONG, SUITE_UNAVAILABLE, WRAP_UNREADABLE, Faulty
from yangcai.sealing.opening import open_envelope
from yangcai.sealing.policy import Policy
from yangcai.sealing.sealer import statement_for
from yangcai.sealing.statement import Client, Message
from yangcai.sealing.suites import g1
from yangcai.sealing.suites.g1 import G1, Sm4Gcm

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="private SM2 keys need OpenSSL's program")


def test_sm3_is_that_of_the_standard() -> None:
    """GB/T 32905 annex A."""
    assert sm2.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    """Appendix A.1."""
    plain = b"".join(bytes([byte]) * count for byte, count in [(0xAA, 8), (0xBB, 8), (0xCC, 8), (0xDD, 8)])
    plain += b"".join(bytes([byte]) * 8 for byte in (0xEE, 0xFF, 0xEE, 0xAA))
    sealed = Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")).encrypt(
        bytes.fromhex("00001234567800000000ABCD"), plain, bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    )
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )


def test_the_curve_is_that_of_the_standard() -> None:
    """GB/T 32918.5: the base point lies on it and has order n; the key pair of its annex A.2."""
    assert sm2.point(sm2.public_of((1).to_bytes(32)))[0] == sm2.G[0]
    assert sm2.public_of((sm2.N - 1).to_bytes(32))[1:33] == sm2.G[0].to_bytes(32)
    private = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    assert sm2.public_of(private).hex().upper() == (
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )


def test_a_signature_of_the_standard_is_verified() -> None:
    """GB/T 32918.5 annex A.2: message digest."""
    public = sm2.public_of(bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"))
    signature = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    assert sm2.is_signed(message=b"message digest", signature=signature, public=public)
    assert not sm2.is_signed(message=b"message digest.", signature=signature, public=public)


@needs_openssl
@settings(max_examples=15)
@given(st.binary(min_size=32, max_size=32).filter(any), st.binary(min_size=1, max_size=300))
def test_openssl_reads_what_we_encrypt_and_we_verify_what_it_signs(seed: bytes, content: bytes) -> None:
    keys = G1.new_sign_keys(fixed.chance(seed.hex()))
    sealed = sm2.encrypt(plain=content, public=keys.public, chance=fixed.chance("k" + seed.hex()))
    assert sm2.decrypt(sealed=sealed, private=keys.private) == content
    signature = sm2.sign(message=content, private=keys.private)
    assert sm2.is_signed(message=content, signature=signature, public=keys.public)
    spoilt = bytes([signature[0] ^ 1]) + signature[1:]
    assert not sm2.is_signed(message=content, signature=spoilt, public=keys.public)
    assert not sm2.is_signed(message=content + b".", signature=signature, public=keys.public)


@needs_openssl
def test_openssl_derives_the_same_public_key(tmp_path: Path) -> None:
    private = sm2.new_private(fixed.chance("derive"))
    out = subprocess.run(
        ["openssl", "ec", "-noout", "-text"], input=sm2._pem(private), capture_output=True, timeout=30, check=True
    ).stdout.decode()
    shown = "".join(out.split("pub:")[1].split("ASN1")[0].split()).replace(":", "")
    assert shown == sm2.public_of(private).hex() and "SM2" in out


@pytest.mark.parametrize("signature", [b"", bytes(64), b"\xff" * 64, bytes(31) + b"\1" + bytes(32), bytes(63)])
def test_what_is_no_signature_is_refused(signature: bytes) -> None:
    keys = fixed.trustee_keys(1, "G1")[1][1]
    with pytest.raises(Faulty) as caught:
        G1.verify(message=b"", signature=signature, public=keys.public)
    assert caught.value.fault is SIGNATURE_WRONG


@pytest.mark.parametrize("public", [b"", bytes(65), b"\4" + bytes(64), b"\4" + b"\xff" * 64, b"\2" + bytes(32)])
def test_a_key_off_the_curve_is_refused(public: bytes) -> None:
    with pytest.raises(Faulty) as caught:
        G1.wrap(share=bytes(16), x=1, core=b"", public=public)
    assert caught.value.fault is KEY_MALFORMED


@needs_openssl
def test_a_share_comes_back_to_its_trustee_bid_and_place_only() -> None:
    (mine, _s), (other, _t) = fixed.trustee_keys(2, "G1").values()
    share = bytes(range(16))
    wrapped = G1.wrap(share=share, x=1, core=b"core", public=mine.public)
    assert len(wrapped) == G1.wrapped_size(16)
    right = {"wrapped": wrapped, "x": 1, "core": b"core", "private": mine.private}
    assert G1.unwrap(**right) == share  # type: ignore[arg-type]
    for wrong in (
        {"private": other.private},
        {"core": b"corf"},
        {"x": 2},
        {"wrapped": wrapped[:-1] + bytes([wrapped[-1] ^ 1])},
        {"wrapped": wrapped[:50]},
    ):
        with pytest.raises(Faulty) as caught:
            G1.unwrap(**(right | wrong))  # type: ignore[arg-type]
        assert caught.value.fault is WRAP_UNREADABLE


def test_without_openssl_a_private_key_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(Faulty) as caught:
        G1.sign(message=b"", private=bytes(31) + b"\1")
    assert caught.value.fault is SUITE_UNAVAILABLE
    wrapped = G1.wrap(share=bytes(16), x=1, core=b"", public=fixed.trustee_keys(1, "G1")[1][0].public)
    with pytest.raises(Faulty) as caught:
        G1.unwrap(wrapped=wrapped, x=1, core=b"", private=bytes(31) + b"\1")
    assert caught.value.fault is SUITE_UNAVAILABLE  # nobody is told that the wrap is unreadable


def test_the_same_chance_gives_the_same_wrap() -> None:
    public = fixed.trustee_keys(1, "G1")[1][0].public
    both = [g1.Suite(fixed.chance("wrap")).wrap(share=bytes(16), x=1, core=b"", public=public) for _n in range(2)]
    assert both[0] == both[1]


@needs_openssl
def test_a_whole_bid_is_sealed_signed_and_opened_by_its_trustees() -> None:
    sealer, envelope = fixed.sealed(code="G1")
    policy, core = sealer.terms.policy, sealer.header.core
    assert Policy.parse(policy.content) == policy
    imprint = imprint_of(io.BytesIO(envelope), G1)
    keys = fixed.trustee_keys(5, "G1")
    shares = {
        x: G1.unwrap(wrapped=wrapped, x=x, core=core.content, private=keys[x][0].private)
        for x, wrapped in sealer.header.wraps.items()
    }
    opened = open_envelope(io.BytesIO(envelope), policy=policy, shares=shares, expected=imprint)
    assert (opened.price, opened.imprint) == (fixed.PRICE, imprint)
    assert all(len(entry.sm3) == 32 for entry in opened.manifest.files)
    said = statement_for(sealer.header, imprint, client=Client("yangcai", "1", bytes(32)), idem=bytes(16))
    assert said.header_sm3 == sm2.sm3(sealer.header.content) and said.env_sm3 == imprint.env_sm3
    message = statement.signed(said, suite=G1, keys=keys[1][1])
    Message.parse(message.content).check(suite=G1, public=keys[1][1].public)
