"""Does the browser's sealing client give every known answer: those of Python, and those of the RFC?"""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from playwright.sync_api import Page

from tests.browser.sealing.support import asked
from tests.sealing.vectors.make import FILE

pytestmark = pytest.mark.browser

KNOWN = json.loads(FILE.read_text(encoding="utf-8"))
HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
#: RFC 9180, appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0.
A1 = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skEm": "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
    "pkEm": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "skRm": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    "pkRm": "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "aad": "436f756e742d30",
    "ct": "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
}

#: Bytes that are no canonical JSON of ours.
REFUSED = [
    b'{"a":1.0}',
    b'{"a":1,"a":1}',
    b'{"b":1,"a":1}',
    b"[1, 2]",
    b"1e3",
    b'"\\ud800"',
    b"\xff",
    '{"é":1}'.encode(),
]


def test_it_gives_every_known_answer(desk: Page) -> None:
    """A whole bid among them, byte for byte, the wrapped shares included."""
    found = asked(desk, "known.js", "answers", KNOWN)
    assert {name: pair for name, pair in found.items() if pair[0] != pair[1]} == {}
    assert len(found) >= 109


def test_hpke_is_that_of_the_rfc(desk: Page) -> None:
    assert asked(desk, "known.js", "rfc9180", A1) == [A1["pt"], A1["pkEm"] + A1["ct"]]


def test_each_opens_what_the_other_sealed_by_hpke(desk: Page) -> None:
    key, info = X25519PrivateKey.from_private_bytes(bytes(range(32))), b"sbp/1 share"
    given = {
        "key": key.public_key().public_bytes_raw().hex(),
        "private": key.private_bytes_raw().hex(),
        "sealed": HPKE.encrypt(b"a share", key.public_key(), info=info).hex(),
    }
    theirs, opened = asked(desk, "known.js", "byChance", given)
    assert bytes.fromhex(opened) == b"a share"
    assert HPKE.decrypt(bytes.fromhex(theirs), key, info=info) == b"a share"


def test_what_has_two_forms_is_refused(desk: Page) -> None:
    read, written, canonical = asked(desk, "known.js", "refused", [content.hex() for content in REFUSED])
    assert read == [True] * len(REFUSED)
    assert written == [True] * 8
    assert canonical == [False, True, True, True, False]
