"""Does time in which the platform itself was away count against those who release keys, and do both counts agree?"""

import datetime
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from tests.kernel.log import world
from tests.tendering.covers_walk import judged
from tests.tendering.outage_journal import Journal
from tests.tendering.sealing_walk import Device, SealedTender
from tests.tendering.walk import set_database_clock
from yangcai.cases.models import Case, Suspension
from yangcai.kernel import calendar, documents, tasks
from yangcai.kernel.encoding import parse_jcs, timestamp
from yangcai.kernel.models import Task
from yangcai.tendering import standstill, unsealing
from yangcai.tendering.models import BidClosing, OpenedBid, Opening, OpeningSuspension, SealedBid

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
HOUR = 60 * MINUTE
Minutes = tuple[float, float | None]


@dataclass(frozen=True)
class Told:
    """What happened, in minutes after the closing; the window is of 30. `well` and `ill` are lines of the journal."""

    now: float
    ends: float
    over: bool
    suspended: tuple[Minutes, ...] = ()
    adjourned: tuple[Minutes, ...] = ()
    well: tuple[float, ...] = ()
    ill: tuple[float, ...] = field(default=())


CASES = {
    "nothing": Told(29, 30, False),
    "nothing, and it is over": Told(30, 30, True),
    "a suspension": Told(70, 80, False, suspended=((10, 60),)),
    "a suspension that lasts": Told(100, 120, False, suspended=((10, None),)),
    "the hall and the case at once": Told(65, 80, False, suspended=((20, 60),), adjourned=((10, 50),)),
    "an outage": Told(21, 42, False, well=(0, 4, 8, 20), ill=(9, 10, 19)),
    "an outage in silence": Told(14, 35, False, well=(4, 8, 13)),
    "no outage yet: four minutes": Told(13, 30, False, well=(4, 8, 12)),
    "an outage over the end": Told(46, 47, False, well=(24, 28, 45)),
    "an outage over the end, later": Told(48, 47, True, well=(24, 28, 45, 47)),
    "an outage that lasts": Told(40, 44, False, well=(24, 26), ill=(27, 39)),
    "the end, and the journal does not say yet": Told(30, 30, False, well=(24, 26)),
    "the end, and what the journal says is bad": Told(30.5, 30, False, well=(24, 26), ill=(30,)),
    "the end, and the journal says that all was well": Told(31, 30, True, well=(24, 28, 30.5)),
    "an outage after the end": Told(60, 30, True, well=(26, 30, 50)),
    "an outage after the end that lasts": Told(60, 30, True, well=(26, 30)),
    "an outage and a suspension at once": Told(65, 70, False, suspended=((10, 40),), well=(16, 20, 50, 54, 58, 62)),
    "an outage from before the closing": Told(20, 37, False, well=(-3, 7, 11, 15, 19)),
    "an outage over before the closing": Told(20, 30, False, well=(-10, 0, 4, 8, 12, 16)),
    "two outages": Told(41, 65, False, well=(1, 5, 15, 40)),
    "an outage in the time that a suspension gave": Told(46, 50, False, suspended=((10, 20),), well=(31, 35, 45)),
    "never well: nothing is known": Told(40, 30, False, ill=(1, 5, 30)),
    "a journal that begins after the end": Told(40, 30, True, ill=(35,)),
}


@pytest.fixture(autouse=True)
def site(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    return Journal(monkeypatch)


@pytest.fixture
def tender() -> SealedTender:
    """Three bids are closed; the window for their keys runs."""
    tender = SealedTender().announced()
    for _ in range(3):
        tender.hand_in(tender.device())
    tender.begin()
    return tender


def closing() -> BidClosing:
    return BidClosing.objects.select_related("lot__case").get()


def happens(told: Told, journal: Journal) -> datetime.datetime:
    """All of it, and the moment at which it is looked at."""
    began = closing().closed_at

    def at(minute: float | None) -> Any:
        return None if minute is None else began + minute * MINUTE

    for begin, end in told.suspended:
        Suspension.objects.create(
            case=closing().lot.case, reason="投诉", authority="财政局", suspended_at=at(begin), resumed_at=at(end),
            until_on=(began + 30 * 24 * 60 * MINUTE).date(),
        )  # fmt: skip
    for begin, end in told.adjourned:
        OpeningSuspension.objects.create(
            opening=Opening.objects.get(), reason="核实", suspended_at=at(begin), resumed_at=at(end)
        )
    for minute in sorted({*told.well, *told.ill}):
        journal.line(at(minute), *(("store",) if minute in told.ill else ()))
    return at(told.now)


def database_says(at: datetime.datetime) -> tuple[datetime.datetime, bool, bool]:
    """The end of the window, whether it is over for good, and whether the barrier has fallen."""
    set_database_clock(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT controls_window_ends_at(id), controls_window_is_over(id), controls_keys_are_in(id)"
            " FROM tendering_bidclosing"
        )
        return cursor.fetchone()


def both_say(now: datetime.datetime) -> tuple[datetime.datetime, bool]:
    """The end of the window and whether it is over, as the platform and its database count alike."""
    found = standstill.window_ends_at(closing(), now=now), standstill.window_is_over(closing(), now=now)
    assert database_says(now) == (*found, found[1])
    return found


@pytest.mark.long
def test_platform_and_database_count_alike_whatever_made_time_stand_still(
    tender: SealedTender, journal: Journal
) -> None:
    began, found = closing().closed_at, {}
    for name, told in CASES.items():
        with transaction.atomic():
            ends_at, is_over = both_say(happens(told, journal))
            found[name] = (round((ends_at - began) / MINUTE, 3), is_over)
            transaction.set_rollback(True)
    assert found == {name: (told.ends, told.over) for name, told in CASES.items()}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_they_count_alike_whatever_comes_by_chance(tender: SealedTender, journal: Journal, seed: int) -> None:
    chance = random.Random(seed)
    moved = 0
    for _ in range(12):
        minutes = sorted(chance.sample(range(-20, 120), chance.randrange(2, 12)))
        ill = tuple(minute for minute in minutes if chance.random() < 0.3)
        cuts = sorted(chance.sample(range(0, 120), 4))
        told = Told(
            now=121 + chance.randrange(60), ends=0, over=False,
            suspended=((cuts[0], cuts[2]),), adjourned=((cuts[1], chance.choice([cuts[3], None])),),
            well=tuple(minute for minute in minutes if minute not in ill), ill=ill,
        )  # fmt: skip
        with transaction.atomic():
            ends_at, _is_over = both_say(happens(told, journal))
            moved += ends_at > closing().window_closes_at
            transaction.set_rollback(True)
    assert moved > 6


def release_of(device: Device, *, now: datetime.datetime) -> str:
    return device.release(now=now).content.decode()


def test_bidders_get_the_time_back_that_an_outage_took(tender: SealedTender, journal: Journal) -> None:
    first, second, third = tender.devices.values()
    laid_down = closing().window_closes_at
    journal.line(tender.now)
    tender.release(first)
    tender.now = journal.until(tender.now + 10 * MINUTE).line.at
    tender.now += 80 * MINUTE  # 20 of 30 minutes were left
    set_database_clock(tender.now)
    holder = tender.holders[3]
    message = tender.trustee_message(holder).content.decode()
    early = tender.refused("trustee.release", tender.lot, holder.post, message=message)
    assert set(early) == {"before_the_barrier"}, "an outage that lasts halts the window like any other halt"
    journal.line(tender.now)
    assert standstill.window_ends_at(closing(), now=tender.now) == laid_down + 80 * MINUTE
    tender.now = journal.until(tender.now + 19 * MINUTE).line.at
    tender.release(second)
    tender.now += MINUTE
    set_database_clock(tender.now)
    bid = SealedBid.objects.get(header_digest=third.header.sha256.hex()).bid
    early = tender.refused("bid.release", bid, third.post, message=release_of(third, now=tender.now))
    assert "health_unknown" in early, "an outage that nobody knows of yet may give it time again"
    message = tender.trustee_message(holder).content.decode()
    waits = tender.refused("trustee.release", tender.lot, holder.post, message=message)
    assert set(waits) == {"health_unknown"} and waits["health_unknown"].citation is not None
    assert set(tender.refused("opening.unseal", tender.lot, tender.runner)) == {"health_unknown"}
    journal.line(tender.now)
    late = tender.refused("bid.release", bid, third.post, message=release_of(third, now=tender.now))
    assert "window_is_over" in late
    for one in tender.holders[1:4]:
        tender.trustee_releases(one)
    tender.unseal()
    assert OpenedBid.objects.count() == 3  # the third by the trustees
    tender.conclude()
    record = parse_jcs(documents.read(Opening.objects.get().record))
    assert record["lots"][0]["sealed"]["window_closes_at"] == timestamp(laid_down + 80 * MINUTE)


def test_whoever_has_its_time_back_is_told_when_the_outage_is_over(tender: SealedTender, journal: Journal) -> None:
    journal.line(tender.now)
    laid_down = closing().window_closes_at
    asked = Task.objects.filter(action="opening.unseal", root=tender.case.ref)
    assert asked.get().due_at == laid_down
    journal.until(tender.now + 10 * MINUTE)
    journal.line(laid_down + 2 * HOUR)
    over = closing().closed_at + 30 * MINUTE + (laid_down + 2 * HOUR - tender.now - 10 * MINUTE)
    assert standstill.window_ends_at(closing(), now=laid_down + 2 * HOUR) == over
    assert (asked.get().due_at, asked.get().done_at) == (over, None)


@pytest.mark.long
def test_bidders_whose_prices_wait_have_a_task_with_their_new_time(journal: Journal) -> None:
    tender = judged()
    journal.line(tender.now)
    tender.conclude_technical()
    prices = BidClosing.objects.get(cover="PRICE")
    well = journal.until(prices.closed_at + MINUTE).line.at
    asked = Task.objects.filter(action="bid.release", root=tender.case.ref)
    assert set(asked.values_list("due_at", "done_at")) == {(prices.window_closes_at, None)}
    tender.now = prices.window_closes_at + MINUTE
    set_database_clock(tender.now)
    tasks.refresh(Case.objects.get(pk=tender.case.pk), now=tender.now)
    journal.line(prices.window_closes_at + HOUR)
    over = prices.window_closes_at + HOUR + (prices.window_closes_at - well)
    assert set(asked.values_list("due_at", "done_at")) == {(over, None)}


def asked_to_end_it(tender: SealedTender) -> dict[str, Any]:
    set_database_clock(tender.now)
    return tender.refused("opening.abandon", tender.lot, tender.agent_post, reason="平台故障，无法恢复")


def test_two_persons_end_the_waiting_while_the_store_stays_away(tender: SealedTender, journal: Journal) -> None:
    """The window stands still with it; the patience does not, or the opening would wait for ever (decision 28)."""
    journal.line(tender.now)
    laid_down = closing().window_closes_at
    tender.now = journal.until(tender.now + 10 * MINUTE).line.at
    tender.now = laid_down + unsealing.PATIENCE - MINUTE
    journal.line(tender.now, "store")
    assert set(asked_to_end_it(tender)) == {"still_waited_for"}
    tender.now += MINUTE
    journal.line(tender.now, "store")
    assert not standstill.window_is_over(closing(), now=tender.now)
    asked = tender.do("opening.abandon", tender.lot, tender.agent_post, reason="平台故障，无法恢复").value
    tender.do("opening.confirm_abandonment", asked, tender.reviewer, answer="同意")
    assert closing().unsealed_at == tender.now and not OpenedBid.objects.exists()


def test_bidders_have_their_time_back_before_anybody_ends_the_waiting(tender: SealedTender, journal: Journal) -> None:
    """An outage of days is over: it is longer than the patience, and the window still runs."""
    journal.line(tender.now)
    tender.now = journal.until(tender.now + 10 * MINUTE).line.at
    tender.now += 30 * HOUR
    journal.line(tender.now)
    over = closing().window_closes_at + 30 * HOUR
    assert standstill.window_ends_at(closing(), now=tender.now) == over
    waits = asked_to_end_it(tender)["still_waited_for"]
    assert calendar.to_the_minute(over) in waits.zh
    tender.now = journal.until(over - MINUTE).line.at
    assert set(asked_to_end_it(tender)) == {"still_waited_for"}
    tender.now += MINUTE
    journal.line(tender.now)
    tender.do("opening.abandon", tender.lot, tender.agent_post, reason="受托人失联")


def test_a_suspension_is_not_taken_from_the_patience(tender: SealedTender, journal: Journal) -> None:
    journal.line(tender.now)
    over = closing().window_closes_at
    for begin, end in ((over - 10 * MINUTE, over + HOUR), (over + 3 * HOUR, over + 5 * HOUR)):
        OpeningSuspension.objects.create(
            opening=Opening.objects.get(), reason="核实", suspended_at=begin, resumed_at=end
        )
    now = over + 10 * HOUR
    assert standstill.waited(closing(), now=now) == 10 * HOUR - (HOUR + 10 * MINUTE) - 2 * HOUR
