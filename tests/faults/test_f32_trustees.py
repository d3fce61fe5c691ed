"""F32: are bids opened by enough trustees and by no fewer, and is what is wrong, early or too much refused?"""

import argparse
import dataclasses
import datetime
import random
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sealed.conftest import bid, command  # noqa: F401 - fixtures
from tests.cli.sealed.support import Command, release, seal
from tests.tendering.sealing_walk import I1, Holder, SealedTender, three, windowless
from tests.tendering.walk import CLOSES
from yangcai.cli import console
from yangcai.cli.console import Stop
from yangcai.cli.sealed import releasing
from yangcai.sealing.faults import TOO_EARLY, Faulty
from yangcai.sealing.statement import Release, signed
from yangcai.tendering.models import Bid, OpenedBid, ShareRelease

pytestmark = pytest.mark.django_db


@pytest.mark.long
@pytest.mark.parametrize("absent", [1, 2, 3])
@pytest.mark.parametrize("bidders", ["released", "absent"])
def test_enough_open_and_too_few_wait(tells: Any, absent: int, bidders: str) -> None:
    """Two shares of the bidder, one of each trustee, the platform's after the first; four open."""
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    if bidders == "released":
        for device in devices:
            tender.release(device)
    else:
        windowless(tender)
    people = random.Random(absent).sample(tender.holders[1:], 4 - absent)
    for holder in people:
        tender.trustee_releases(holder)
    tender.unseal()
    shares = len(people) + 1 + (2 if bidders == "released" else 0)
    opened = OpenedBid.objects.count()
    assert opened == (3 if shares >= 4 else 0)
    assert not Bid.objects.exclude(damage="").exists()  # those who wait lose nothing by it
    tells(openings=1, opened=opened, opened_wrongly=opened if shares < 4 else 0, refused=0, taken_wrongly=0)


def _wrong_share(tender: SealedTender, holder: Holder) -> str:
    said = tender.trustee_message(holder).statement
    forged = dataclasses.replace(said.shares[0], share=bytes(32))
    return _signed(holder, dataclasses.replace(said, shares=(forged, *said.shares[1:])))


def _one_bid_more(tender: SealedTender, holder: Holder) -> str:
    """A bid that was replaced before the deadline, and is in no close set."""
    live = list(Bid.objects.filter(replaced_at__isnull=True))
    return tender.trustee_message(holder, bids=[*live, Bid.objects.get(replaced_at__isnull=False)]).content.decode()


def _somebody_elses(tender: SealedTender, holder: Holder) -> str:
    """Signed with the key of another seat."""
    other = next(one for one in tender.holders[1:] if one is not holder)
    return _signed(other, tender.trustee_message(holder).statement)


def _signed(holder: Holder, said: Release) -> str:
    return signed(said, suite=I1, keys=holder.pair).content.decode()


@pytest.mark.long
@pytest.mark.parametrize("made", [_wrong_share, _one_bid_more, _somebody_elses])
def test_what_is_wrong_is_refused_and_the_right_one_taken(tells: Any, made: Any) -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.hand_in(devices[0], "880000.00")  # replaces the first
    tender.begin()
    for device in devices:
        tender.release(device)
    holder = tender.holders[3]
    found = tender.refused("trustee.release", tender.lot, holder.post, message=made(tender, holder))
    assert set(found) == {"invalid_input"}
    taken = ShareRelease.objects.filter(trustee__isnull=False).count()
    tender.trustee_releases(holder)
    tender.unseal()
    assert OpenedBid.objects.count() == 3
    tells(openings=1, opened=3, opened_wrongly=0, refused=1, taken_wrongly=taken)


def test_a_release_before_its_time_is_refused_by_the_platform_and_by_the_trustees_own_client(
    tells: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tender = SealedTender().announced()
    three(tender)
    holder = tender.holders[3]
    early = tender.trustee_message(holder, bids=list(Bid.objects.filter(lot=tender.lot))).content.decode()
    assert tender.refused("trustee.release", tender.lot, holder.post, message=early)
    tender.begin()
    assert set(tender.refused("trustee.release", tender.lot, holder.post, message=early)) == {"before_the_barrier"}
    (tmp_path / "policy.json").write_bytes(tender.policy().content)
    options = argparse.Namespace(policy=[tmp_path / "policy.json"])
    monkeypatch.setattr(releasing, "now", lambda: CLOSES - datetime.timedelta(microseconds=1))
    with pytest.raises((Faulty, Stop)) as caught:
        releasing._policies(options)
    assert caught.value.fault is TOO_EARLY
    tells(openings=0, opened=0, opened_wrongly=0, refused=3, taken_wrongly=ShareRelease.objects.count())


def test_a_trustees_own_client_refuses_a_list_with_one_bid_more(
    tells: Any,
    bid: Path,  # noqa: F811
    command: Command,  # noqa: F811
) -> None:
    """A platform that wants a bid opened that was not closed with the others gives it out with them."""
    seal(command, bid, out="second")
    release(command, bid, 2, bid / "second" / "bid.sbe", code=console.VERIFICATION_FAILED)
    taken = len(list((bid / "out").glob("release*")))
    release(command, bid, 2)  # the list as it was closed
    assert len(list((bid / "out").glob("release*"))) == 1
    tells(openings=0, opened=0, opened_wrongly=0, refused=1, taken_wrongly=taken)
    assert taken == 0
