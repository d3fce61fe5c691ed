"""Does a supplier who seals in the browser know that the bid will open, and does a bad line lose nothing of it?"""

import io

import pytest
from playwright.sync_api import Page

from tests.browser.sealing.bad_line import BadLine
from tests.browser.sealing.support import asked
from tests.sealing import fixed
from yangcai.kernel import encoding
from yangcai.sealing.envelope import Envelope

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
