"""Does a trustee's page keep keys as the command line does, release all of a close set, and refuse what it should?"""

import dataclasses
import datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.sealing.support import asked
from tests.sealing import fixed
from yangcai.kernel.encoding import base64_of, read_base64, timestamp
from yangcai.sealing import key_file, lock
from yangcai.sealing.chance import system
from yangcai.sealing.drill import NOBODY
from yangcai.sealing.header import Header
from yangcai.sealing.key_file import KeyFile
from yangcai.sealing.opening import close_set, share_fault
from yangcai.sealing.policy import Policy
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.sealing.statement import Message, Release
from yangcai.sealing.suites.i1 import I1

pytestmark = pytest.mark.browser
WORDS = "correct horse battery staple"
HOUR = datetime.timedelta(hours=1)


def milliseconds(at: datetime.datetime) -> int:
    return int(at.timestamp() * 1000)


def board_with(held: KeyFile, *, x: int = 4, **changes: Any) -> Policy:
    """The fixed board with these keys at place x."""
    policy = fixed.policy(**changes)
    mine = dataclasses.replace(policy.trustees[x - 1], hpke=held.public["wrap"], sig=held.public["sig"])
    return dataclasses.replace(policy, trustees=(*policy.trustees[: x - 1], mine, *policy.trustees[x:]))


def header(policy: Policy, label: str, **terms: Any) -> Header:
    asked_for = Terms(policy, terms.pop("supplier", fixed.SUPPLIER), **terms)
    return Sealer(asked_for, price=fixed.PRICE, sources=fixed.FILES, chance=fixed.chance(label)).header


def texts(*headers: Header) -> list[str]:
    return [one.content.decode() for one in headers]


@pytest.mark.long
def test_python_and_the_page_open_each_others_key_files(desk: Page) -> None:
    made = asked(desk, "trustee_way.js", "created", {"passphrase": WORDS})
    theirs = KeyFile.parse(read_base64(made["file"]))
    pairs = theirs.keys(WORDS)
    assert (theirs.holder, theirs.suite) == ("trustee", "I1")
    assert {name: base64_of(pair.public) for name, pair in pairs.items()} == made["shown"]
    signature = I1.sign(message=b"m", private=pairs["sig"].private)
    I1.verify(message=b"m", signature=signature, public=pairs["sig"].public)
    wrapped = I1.wrap(share=bytes(32), x=1, core=b"{}", public=pairs["wrap"].public)
    assert I1.unwrap(wrapped=wrapped, x=1, core=b"{}", private=pairs["wrap"].private) == bytes(32)

    ours = key_file.created(holder="trustee", code="I1", passphrase=WORDS, chance=system)
    other = key_file.created(holder="trustee", code="I1", passphrase=WORDS, chance=system)
    swapped = _relocked(dataclasses.replace(ours, public=other.public), ours)
    files = {
        "ours": ours.content,
        "full-width": _created("ｃｏｒｒｅｃｔ horse battery staple ").content,
        "another passphrase": _created("babab-babab").content,
        "a supplier's": key_file.created(holder="supplier", code="I1", passphrase=WORDS, chance=system).content,
        "of G1": key_file.created(holder="trustee", code="G1", passphrase=WORDS, chance=system).content,
        "altered": dataclasses.replace(ours, public=other.public).content,
        "other public keys": swapped.content,
        "of one round": _in_rounds(ours, 1).content,
        "of too many rounds": _in_rounds(ours, 6_000_001).content,
    }
    given = {"files": {name: base64_of(content) for name, content in files.items()}, "passphrase": WORDS}
    found = asked(desk, "trustee_way.js", "opened", given)
    assert [name for name, told in found.items() if told == "ok"] == ["ours", "full-width"], found
    assert found["of one round"] == found["of too many rounds"] == "a lock that is too weak, or too slow"


def _created(passphrase: str) -> KeyFile:
    return key_file.created(holder="trustee", code="I1", passphrase=passphrase, chance=system)


def _in_rounds(file: KeyFile, rounds: int) -> KeyFile:
    return dataclasses.replace(file, lock=dataclasses.replace(file.lock, iterations=rounds))


def _relocked(about: KeyFile, of: KeyFile) -> KeyFile:
    """The private keys of one file under the public ones of another, by somebody who knows the passphrase."""
    inside = lock.opened(of.lock, about=of.about(), passphrase=WORDS)
    return dataclasses.replace(
        about, lock=lock.by_passphrase(inside, about=about.about(), passphrase=WORDS, chance=system)
    )


def test_every_bid_is_released_or_named_with_its_fault(desk: Page) -> None:
    held = _created(WORDS)
    first = board_with(held)
    later = dataclasses.replace(first, rev=2, deadline=first.deadline + HOUR, open_at=first.open_at + HOUR)
    good, unreadable, misdealt = (header(first, "one"), header(later, "two"), header(later, "three"))
    wraps = dict(unreadable.wraps)
    wraps[4] = wraps[3]
    unreadable = dataclasses.replace(unreadable, wraps=wraps)
    share = I1.wrap(share=bytes(32), x=4, core=misdealt.core.content, public=held.public["wrap"])
    misdealt = dataclasses.replace(misdealt, wraps=dict(misdealt.wraps) | {4: share})
    headers = (good, unreadable, misdealt)
    given = {
        "file": base64_of(held.content),
        "passphrase": WORDS,
        "headers": texts(*headers),
        "policies": [first.content.decode(), later.content.decode()],
        "round": 0,
        "at": milliseconds(later.open_at),
        "ts": timestamp(later.open_at),
    }
    found = asked(desk, "trustee_way.js", "released", given)
    assert found["close_set"] == close_set([one.sha256 for one in headers]).hex()
    message = Message.parse(read_base64(found["said"]))
    message.check(suite=I1, public=held.public["sig"])
    said = message.statement
    assert isinstance(said, Release) and (said.by, said.close_leaf, said.tender) == ("trustee", 7, first.tender)
    (one,) = said.shares
    assert (one.header_sha256, one.x, share_fault(good.core, 4, one.share)) == (good.sha256, 4, None)
    assert {(one.header_sha256, one.fault) for one in said.failed} == {
        (unreadable.sha256, "wrap_unreadable"),
        (misdealt.sha256, "share_inconsistent"),
    }


def test_what_the_platform_hands_over_is_held_to_the_policies(desk: Page) -> None:
    """The platform is among those against whom bids are sealed: it says which bids, which policy, what time."""
    policy = fixed.policy()
    later = dataclasses.replace(policy, rev=2, deadline=policy.deadline + HOUR, open_at=policy.open_at + HOUR)
    sooner = dataclasses.replace(policy, rev=2, deadline=policy.deadline - HOUR, open_at=policy.open_at - HOUR)
    elsewhere = fixed.policy(tender="1b8f5d7e-3c1a-4e62-9b7d-5a1f2c3d4e5f")
    foreign = dataclasses.replace(policy, rev=2, witness_policy="log x\nquorum none\n")
    mine = header(policy, "one")
    good: dict[str, Any] = {
        "headers": texts(mine),
        "policies": [policy.content.decode()],
        "round": 0,
        "at": milliseconds(policy.open_at),
    }
    both = [policy.content.decode(), later.content.decode()]
    attempts = {
        "good": good,
        "postponed": good | {"policies": both, "at": milliseconds(later.open_at)},
        "before the later time": good | {"policies": both},
        "early": good | {"at": milliseconds(policy.open_at) - 1},
        "time taken back": good | {"policies": [policy.content.decode(), sooner.content.decode()]},
        "other witnesses": good | {"policies": [policy.content.decode(), foreign.content.decode()]},
        "a bid of another tender": good | {"headers": texts(mine, header(elsewhere, "two"))},
        "a bid of another round": good | {"headers": texts(mine, header(policy, "three", round=1))},
        "no bid": good | {"headers": []},
    }
    found = asked(desk, "trustee_way.js", "refused", {"attempts": attempts})
    assert {name for name, told in found.items() if told == "ok"} == {"good", "postponed"}, found
    assert "too early" in found["early"] and "too early" in found["before the later time"]
    assert "takes time back" in found["time taken back"]


def test_under_the_name_of_a_drill_no_real_bid_is_touched(desk: Page) -> None:
    policy = fixed.policy()
    made_up, real = header(policy, "one", supplier=NOBODY), header(policy, "two")
    other = dataclasses.replace(policy, window_s=1).content.decode()
    attempts = {
        "made up": {"headers": texts(made_up), "policy": policy.content.decode()},
        "one is real": {"headers": texts(made_up, real), "policy": policy.content.decode()},
        "another policy": {"headers": texts(made_up), "policy": other},
        "none": {"headers": [], "policy": policy.content.decode()},
    }
    found = asked(desk, "trustee_way.js", "drills", {"attempts": attempts})
    assert {name for name, told in found.items() if told == "ok"} == {"made up"}, found
