"""Is a share wrapped as RFC 9180 says, for one trustee, one bid and one place?"""

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.sealing import fixed, hpke_reference
from yangcai.sealing.faults import KEY_MALFORMED, WRAP_UNREADABLE, Faulty
from yangcai.sealing.suites.i1 import I1, share_info

#: RFC 9180 A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode.
A1 = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skEm": "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
    "pkEm": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "pkRm": "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    "skRm": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    "shared_secret": "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc",
    "key": "4531685d41d65f03dc48f6b8302c05b0",
    "base_nonce": "56d890e5accaaf011cff4b7d",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "aad": "436f756e742d30",
    "ct": "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
}
KNOWN = {name: bytes.fromhex(value) for name, value in A1.items()}


def test_the_reference_gives_the_vector_of_the_rfc() -> None:
    made = hpke_reference.schedule(
        public=KNOWN["pkRm"], info=KNOWN["info"], ephemeral=KNOWN["skEm"], aead=1, key_size=16
    )
    assert made == {"enc": KNOWN["pkEm"]} | {name: KNOWN[name] for name in ("shared_secret", "key", "base_nonce")}
    sealed = hpke_reference.seal(
        plain=KNOWN["pt"],
        public=KNOWN["pkRm"],
        info=KNOWN["info"],
        ephemeral=KNOWN["skEm"],
        aad=KNOWN["aad"],
        aead=1,
    )
    assert sealed == KNOWN["pkEm"] + KNOWN["ct"]


def test_the_library_opens_what_the_reference_seals_with_the_keys_of_the_rfc() -> None:
    private = X25519PrivateKey.from_private_bytes(KNOWN["skRm"])
    for aead, number in ((hpke.AEAD.AES_128_GCM, 1), (hpke.AEAD.AES_256_GCM, 2)):
        sealed = hpke_reference.seal(
            plain=KNOWN["pt"], public=KNOWN["pkRm"], info=KNOWN["info"], ephemeral=KNOWN["skEm"], aead=number
        )
        library = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, aead)
        assert library.decrypt(sealed, private, info=KNOWN["info"]) == KNOWN["pt"]


@given(st.binary(min_size=32, max_size=32), st.integers(1, 200), st.binary(max_size=80))
def test_a_share_comes_back_to_its_trustee_only(share: bytes, x: int, core: bytes) -> None:
    (mine, _s), (other, _t) = fixed.trustee_keys(2).values()
    wrapped = I1.wrap(share=share, x=x, core=core, public=mine.public)
    assert len(wrapped) == I1.wrapped_size(len(share)) == 80
    assert I1.unwrap(wrapped=wrapped, x=x, core=core, private=mine.private) == share
    for wrong in (
        {"private": other.private},
        {"core": core + b" "},
        {"x": x + 1},
        {"wrapped": wrapped[:-1]},
        {"wrapped": bytes([wrapped[0] ^ 1]) + wrapped[1:]},
        {"wrapped": wrapped[:-1] + bytes([wrapped[-1] ^ 1])},
        {"wrapped": b""},
    ):
        with pytest.raises(Faulty) as caught:
            I1.unwrap(**({"wrapped": wrapped, "x": x, "core": core, "private": mine.private} | wrong))  # type: ignore[arg-type]
        assert caught.value.fault is WRAP_UNREADABLE


def test_a_key_that_gives_everyone_the_same_secret_is_refused() -> None:
    with pytest.raises(Faulty) as caught:
        I1.wrap(share=bytes(32), x=1, core=b"", public=bytes(32))  # a point of low order
    assert caught.value.fault is KEY_MALFORMED


def test_all_that_a_share_is_bound_to_stands_in_info() -> None:
    assert share_info(core=b"{}", x=7).startswith(b"sbp/1 share\0") and share_info(core=b"{}", x=7)[-1] == 7
    assert len(share_info(core=b"{}", x=7)) == 12 + 32 + 1
