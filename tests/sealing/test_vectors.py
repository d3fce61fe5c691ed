"""Does the same chance still give the same bytes, and does what other clients are held to open here?"""

import base64
import io
import json

from tests.sealing import fixed
from tests.sealing.vectors.make import FILE, text
from yangcai.kernel.encoding import parse_jcs
from yangcai.sealing.envelope import Imprint
from yangcai.sealing.opening import open_envelope
from yangcai.sealing.opening_file import OpeningFile, check_belongs, check_shares
from yangcai.sealing.policy import Policy
from yangcai.sealing.statement import Message
from yangcai.sealing.suites.i1 import I1

KNOWN = json.loads(FILE.read_text(encoding="utf-8"))


def test_no_byte_has_changed() -> None:
    assert text() == FILE.read_text(encoding="utf-8")


def test_the_known_bid_opens_through_its_trustees() -> None:
    bid = KNOWN["bid"]
    envelope, policy = base64.b64decode(bid["envelope_b64"]), Policy.parse(bid["policy"].encode())
    sealer = fixed.sealer()
    core = bid["core"].encode()
    wraps = {wrap["x"]: base64.b64decode(wrap["ct"]) for wrap in parse_jcs(bid["header"].encode())["wraps"]}
    shares = {
        x: I1.unwrap(wrapped=ct, x=x, core=core, private=bytes.fromhex(bid["trustees"][str(x)]["hpke_private"]))
        for x, ct in wraps.items()
    }
    assert {str(x): share.hex() for x, share in shares.items()}.items() <= bid["shares"].items()
    expected = Imprint(bytes.fromhex(bid["env_digest"]), bid["envelope_length"])
    opened = open_envelope(io.BytesIO(envelope), policy=policy, shares=shares, expected=expected)
    assert opened.price == fixed.PRICE
    assert opened.manifest == sealer.manifest


def test_the_known_opening_file_opens_by_passphrase_and_by_passkey() -> None:
    bid, told = KNOWN["bid"], KNOWN["bid"]["opening_file"]
    opening_file = OpeningFile.parse(told["content"].encode())
    header = fixed.sealer().header
    by_words = opening_file.shares(passphrase=told["passphrase"])
    by_key = opening_file.shares(prf=bytes.fromhex(told["prf"]))
    assert by_words == by_key == {x: bytes.fromhex(bid["shares"][str(x)]) for x in (201, 202)}
    check_shares(header, by_words)
    assert opening_file.header_sha256.hex() == bid["header_sha256"] != header.sha256.hex()  # wraps draw anew
    check_belongs(OpeningFile(header.core.tender, header.sha256, ()), header)


def test_the_known_messages_are_signed() -> None:
    public = bytes.fromhex(KNOWN["bid"]["supplier_public"])
    kinds = []
    for known in KNOWN["bid"]["messages"]:
        message = Message.parse(known["message"].encode())
        message.check(suite=I1, public=public)
        kinds.append(message.as_dict()["st"]["t"])
    assert kinds == ["submit", "withdraw", "reconfirm", "release"]
