"""Does the browser, before a share leaves the device, hold the close to the same proof as Python does?"""

import dataclasses
import datetime

import pytest
from playwright.sync_api import Page

from tests.browser.sealing.support import asked
from tests.sealing import closed, fixed
from yangcai.kernel.encoding import timestamp

pytestmark = pytest.mark.browser
POLICY = fixed.policy()
OF = {
    "tender": POLICY.tender, "lot": POLICY.lot, "cover": POLICY.cover, "round": 0,
    "deadline": timestamp(POLICY.deadline), "open_at": timestamp(POLICY.open_at),
}  # fmt: skip
SET = bytes(range(32))


def test_a_good_proof_is_taken_and_what_proves_nothing_is_refused(desk: Page) -> None:
    at, said = POLICY.open_at, closed.body(POLICY, SET)
    good = {
        f"{index} of {size}": (closed.proof_of(said, index=index, size=size, seen={1: at, 2: at}), closed.TWO_OF_THREE)
        for index, size in ((0, 1), (41, 100), (99, 100), (63, 64), (64, 65), (0, 100))
    }
    good["by the log alone"] = (closed.proof_of(said), closed.ALONE)
    good["with a line of SM2"] = (closed.in_sm2_too(closed.proof_of(said, seen={1: at, 2: at})), closed.TWO_OF_THREE)
    found = asked(desk, "proofs.js", "answers", {"proofs": {**good, **closed.lies(POLICY)}, "of": OF})
    taken = {name for name, told in found.items() if isinstance(told, dict)}
    assert taken == set(good), found
    assert found["41 of 100"] == {"close_leaf": 41, "close_set": SET.hex()}


def test_only_a_policy_that_was_sealed_under_says_whom_to_trust(desk: Page) -> None:
    later = dataclasses.replace(
        POLICY, rev=2, deadline=POLICY.deadline + datetime.timedelta(days=1),
        open_at=POLICY.open_at + datetime.timedelta(days=1),
    )  # fmt: skip
    foreign = dataclasses.replace(later, witness_policy=closed.ALONE)
    day = datetime.timedelta(days=1)
    sooner = dataclasses.replace(POLICY, rev=2, deadline=POLICY.deadline - day, open_at=POLICY.open_at - day)
    shorter = dataclasses.replace(later, window_s=POLICY.window_s - 1)
    chains = {
        "one": [POLICY], "postponed": [POLICY, later], "other trust": [POLICY, foreign], "unknown": [later],
        "sooner": [POLICY, sooner], "shorter": [POLICY, shorter], "again": [POLICY, POLICY],
    }  # fmt: skip
    given = {
        "chains": {name: [one.content.decode() for one in chain] for name, chain in chains.items()},
        "core": {"policy_sha256": POLICY.sha256.hex()},
    }
    found = asked(desk, "proofs.js", "policies", given)
    assert (found["one"], found["postponed"]) == (1, 2)
    assert "witness_policy" in found["other trust"] and "never published" in found["unknown"]
    assert {name for name, told in found.items() if "takes time back" in str(told)} == {"sooner", "shorter", "again"}
