"""Does a supplier who seals in the browser know that the bid will open, and does a bad line lose nothing of it?"""

import dataclasses
import io
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page

from tests.browser.sealing.bad_line import BadLine
from tests.browser.sealing.support import asked
from tests.sealing import fixed, test_parsing
from yangcai.kernel import encoding
from yangcai.kernel.tlog import note
from yangcai.sealing.envelope import Envelope
from yangcai.sealing.receipt import Receipt

pytestmark = pytest.mark.browser

GIVEN = {"policy": fixed.policy().as_dict(), "supplier": fixed.SUPPLIER, "price": fixed.PRICE}


@pytest.mark.long
def test_a_rehearsal_tells_whether_the_bid_will_open(desk: Page) -> None:
    answer = asked(desk, "way.js", "rehearsal", GIVEN)
    found = answer["found"]
    assert [name for name, told in found.items() if told == "ok"] == ["right", "later"], found
    assert answer["told"]


def test_a_passkey_opens_the_file_too(desk: Page) -> None:
    """A virtual authenticator with PRF; the file still opens by its passphrase alone."""
    devtools = desk.context.new_cdp_session(desk)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True}
    can = {"hasUserVerification": True, "isUserVerified": True, "hasPrf": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | can})
    found = asked(desk, "way.js", "passkey", GIVEN)
    assert [name for name, told in found.items() if told == "ok"] == ["passkey", "passphrase"], found


@pytest.mark.long
def test_a_bad_line_loses_nothing_and_doubles_nothing(desk: Page) -> None:
    """Every answer is lost once: the envelope arrives whole, and the statement is the same each time."""
    for seen in (BadLine.failed, BadLine.parts, BadLine.heard):
        seen.clear()  # type: ignore[attr-defined]
    found = asked(desk, "way.js", "badLine", GIVEN)
    assert (found["stage"], found["receipt"]) == ("submitted", "sbp-receipt/v1\n")
    assert sorted(BadLine.parts) == [1, 2]
    parts = [BadLine.parts[n] for n in (1, 2)]
    assert encoding.digest(b"".join(map(encoding.digest, parts))).hex() == found["st"]["env_digest"]
    assert Envelope(io.BytesIO(b"".join(parts))).header.envelope_size == sum(map(len, parts))
    finalised = [said for step, said in BadLine.heard if step == "finalise"]
    assert len(finalised) == 2 and finalised[0] == finalised[1]
    assert {said["idem"] for step, said in BadLine.heard if step == "submissions"} == {found["st"]["idem"]}


@pytest.mark.long
def test_a_refusal_is_final(desk: Page) -> None:
    """What the platform refuses is not asked again, and the bid stays as it was."""
    assert asked(desk, "way.js", "late", GIVEN | {"round": 9}) == [409, "SB001", "late", "sealed"]


def test_what_is_broken_for_good_is_said_and_not_asked_for_ever(desk: Page) -> None:
    assert asked(desk, "way.js", "broken") == [500, [500, 1000, 2000, 5000, 10_000]]


def test_a_receipt_for_another_bid_is_told_from_ones_own(desk: Page) -> None:
    at, said = fixed.policy().deadline, test_parsing.SUBMIT
    own = Receipt(
        tender=said.tender, rev=said.rev, lot=said.lot, cover=said.cover, round=said.round, supplier=said.supplier,
        submission=said.tender, seq=1, received_at=at, deadline=at, header_sha256=said.header_sha256,
        env_digest=said.env_digest, env_len=said.env_len, leaf=bytes(32),
    )  # fmt: skip
    other: dict[str, Any] = {
        "tender": "1b8f5d7e-3c1a-4e62-9b7d-5a1f2c3d4e5f", "rev": 2, "lot": "2", "cover": "TECH", "round": 1,
        "supplier": "91620100MA7XY99999", "header_sha256": bytes(32), "env_digest": bytes(32), "env_len": 1,
    }  # fmt: skip
    changed = {name: dataclasses.replace(own, **{name: value}) for name, value in other.items()}
    key = note.Signer("x/sbp-receipt", note.ED25519, Ed25519PrivateKey.from_private_bytes(b"r" * 32))
    owed = dataclasses.replace(own, follows_s=60)
    signed = {name: str(note.sign(one.text, key)) for name, one in {"own": own, "owed": owed, **changed}.items()}
    notes = signed | {"none": "", "another kind": signed["own"].replace("sbp-receipt/v1", "sbp-receipt/v2", 1)}
    found = asked(desk, "way.js", "receipts", {"notes": notes, "st": said.as_dict()})
    assert {name for name, holds in found.items() if holds} == {"own", "owed"}


def test_a_receipt_is_shown_whatever_it_says(desk: Page) -> None:
    """What a page cannot read in it is left open: its text is all that its supplier has against the platform."""
    lines = "submission 0b8f5d7e-3c1a-4e62-9b7d-5a1f2c3d4e5f seq 2\nreceived 2026-11-23T01:59:58.123456Z"
    notes = [f"sbp-receipt/v1\n{lines}\n", "sbp-receipt/v1\n", ""]
    found = asked(desk, "way.js", "told", notes)
    assert [one["receipt"] for one in found] == notes
    assert [(one["seq"], one["received"]) for one in found] == [("2", "2026-11-23 09:59:58"), ("—", "—"), ("—", "—")]
