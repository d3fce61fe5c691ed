"""Does time that stood still count against anybody, and who may say that a sealed bid is waited for no longer?"""

import datetime
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import make_post
from tests.tendering.covers_walk import judged
from tests.tendering.sealing_walk import I1, SealedTender, three
from tests.tendering.walk import set_database_clock
from yangcai.kernel import documents
from yangcai.kernel.encoding import parse_jcs, timestamp
from yangcai.kernel.models import Task
from yangcai.kernel.tasks import derive
from yangcai.parties.roles import Role
from yangcai.sealing.statement import FailedShare, Release, signed
from yangcai.tendering import standstill, unsealing
from yangcai.tendering.models import Bid, BidClosing, OpenedBid, Opening, OpeningAbandonment, SealedBid, ShareRelease

pytestmark = pytest.mark.django_db
HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)


def closing() -> BidClosing:
    return BidClosing.objects.select_related("lot__case").get()


def database_says(at: datetime.datetime) -> tuple[datetime.datetime, bool]:
    """The end of the window and whether the barrier has fallen, as the database counts it."""
    set_database_clock(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT controls_window_ends_at(id), controls_keys_are_in(id) FROM tendering_bidclosing WHERE id = %s",
            [closing().pk],
        )
        return cursor.fetchone()


def suspended(tender: SealedTender) -> None:
    order = documents.store_bytes(data=b"%PDF- order", name="暂停通知.pdf")
    until = (tender.now + datetime.timedelta(days=20)).date()
    tender.do("case.suspend", tender.case, make_post(Role.TREASURY), reason="投诉", until_on=until, document=order)


def resumed(tender: SealedTender) -> None:
    tender.do("case.resume", tender.case, make_post(Role.TREASURY), reason="投诉已处理")


# --- the window ------------------------------------------------------------------------------------------------------


def test_the_record_says_when_the_window_ended_and_not_when_it_was_to_end() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    laid_down = closing().window_closes_at
    suspended(tender)
    tender.now += 50 * HOUR
    resumed(tender)
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    tender.conclude()
    record = parse_jcs(documents.read(Opening.objects.get(case=tender.case).record))
    assert record["lots"][0]["sealed"]["window_closes_at"] == timestamp(laid_down + 50 * HOUR)


@pytest.mark.long
def test_keys_of_prices_are_asked_for_as_long_as_they_are_taken() -> None:
    tender = judged()
    tender.conclude_technical()
    prices = BidClosing.objects.get(cover="PRICE")
    suspended(tender)
    tender.now = prices.window_closes_at + 50 * HOUR
    resumed(tender)
    case = type(tender.case).objects.get(pk=tender.case.pk)
    asked = [one for one in derive(case, now=tender.now) if one.action == "bid.release"]
    assert {one.due_at for one in asked} == {tender.now + (prices.window_closes_at - prices.closed_at)}
    tender.release(tender.prices[0])


def test_time_under_suspension_is_not_taken_from_the_bidders() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    tender.release(devices[0])
    laid_down = closing().window_closes_at
    tender.now += 10 * MINUTE  # 20 of 30 minutes are left
    suspended(tender)
    tender.now += 50 * HOUR
    assert standstill.window_ends_at(closing(), now=tender.now) == laid_down + 50 * HOUR > tender.now
    assert database_says(tender.now) == (laid_down + 50 * HOUR, False)
    resumed(tender)
    tender.now += 20 * MINUTE - datetime.timedelta(seconds=1)
    tender.release(devices[1])  # the last second counts
    holder = tender.holders[3]
    message = tender.trustee_message(holder).content.decode()
    assert set(tender.refused("trustee.release", tender.lot, holder.post, message=message)) == {"before_the_barrier"}
    tender.now += datetime.timedelta(seconds=1)
    assert database_says(tender.now) == (tender.now, True)
    bid = SealedBid.objects.get(header_digest=devices[2].header.sha256.hex()).bid
    late = devices[2].release(now=tender.now).content.decode()
    assert "window_is_over" in tender.refused("bid.release", bid, devices[2].post, message=late)


def test_halts_that_overlap_count_once_and_those_after_the_end_not_at_all() -> None:
    tender = SealedTender().announced()
    three(tender)
    tender.begin()
    laid_down = closing().window_closes_at
    tender.now += 5 * MINUTE
    tender.do("opening.suspend", tender.case, tender.agent_post, reason="核实异议")
    tender.now += HOUR
    suspended(tender)
    tender.now += HOUR
    resumed(tender)
    tender.now += HOUR
    tender.do("opening.resume", tender.case, tender.agent_post)
    ends_at = laid_down + 3 * HOUR
    assert standstill.window_ends_at(closing(), now=tender.now) == ends_at
    assert database_says(tender.now) == (ends_at, False)
    tender.now = ends_at + MINUTE
    tender.do("opening.suspend", tender.case, tender.agent_post, reason="再次核实")
    tender.now += 10 * HOUR
    assert standstill.window_ends_at(closing(), now=tender.now) == ends_at
    assert database_says(tender.now) == (ends_at, True)


# --- the end of waiting ----------------------------------------------------------------------------------------------


def waiting() -> SealedTender:
    """One bid can be opened, two lack shares, and the window is over."""
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    tender.release(devices[0])
    tender.now = closing().window_closes_at
    tender.trustee_releases(tender.holders[1])
    tender.unseal()
    return tender


def test_unsealing_gives_no_bid_up_however_long_it_took() -> None:
    tender = waiting()
    tender.now += 10 * unsealing.PATIENCE
    tender.unseal()
    assert OpenedBid.objects.count() == 1 and not Bid.objects.exclude(damage="").exists()
    assert closing().unsealed_at is None


def test_another_person_confirms_that_bids_are_given_up() -> None:
    tender = waiting()
    early = tender.refused("opening.abandon", tender.lot, tender.agent_post, reason="受托人失联")
    assert set(early) == {"still_waited_for"} and early["still_waited_for"].citation is not None
    tender.now += unsealing.PATIENCE
    asked = tender.do("opening.abandon", tender.lot, tender.agent_post, reason="受托人失联").value
    assert not Bid.objects.exclude(damage="").exists()
    again = tender.refused("opening.abandon", tender.lot, tender.agent_post, reason="再次")
    assert set(again) == {"abandonment_asked_for"}
    task = Task.objects.get(action="opening.confirm_abandonment", done_at=None)
    assert (task.role, task.subject) == (Role.BUYER_REVIEWER, asked.ref)
    same = make_post(Role.TREASURY, person=tender.agent_post.person)
    assert "same_person" in tender.refused("opening.confirm_abandonment", asked, same, answer="同意")
    tender.do("opening.confirm_abandonment", asked, tender.reviewer, answer="已联系，仍无法取得份额")
    given_up = list(Bid.objects.exclude(damage="").values_list("damage", flat=True))
    assert len(given_up) == 2 and all("有效份额不足" in text and "复核" in text for text in given_up)
    assert closing().unsealed_at == tender.now
    tender.conclude()


def test_what_can_be_opened_after_all_is_opened_at_the_last_moment() -> None:
    tender = waiting()
    tender.now += unsealing.PATIENCE
    asked = tender.do("opening.abandon", tender.lot, tender.agent_post, reason="受托人失联").value
    for holder in tender.holders[2:4]:
        tender.trustee_releases(holder)
    tender.do("opening.confirm_abandonment", asked, tender.reviewer, answer="同意")
    assert OpenedBid.objects.count() == 3 and not Bid.objects.exclude(damage="").exists()


def test_a_reviewer_may_want_to_go_on_waiting() -> None:
    tender = waiting()
    tender.now += unsealing.PATIENCE
    asked = tender.do("opening.abandon", tender.lot, tender.agent_post, reason="受托人失联").value
    tender.do("opening.decline_abandonment", asked, tender.reviewer, answer="财政受托人明日到岗")
    told = tender.refused("opening.confirm_abandonment", asked, tender.reviewer, answer="同意")
    assert set(told) == {"abandonment_answered"}
    tender.do("opening.abandon", tender.lot, tender.agent_post, reason="仍然失联")
    assert OpeningAbandonment.objects.count() == 2 and not Bid.objects.exclude(damage="").exists()


def test_the_database_lets_nobody_answer_its_own_question() -> None:
    tender = waiting()
    tender.now += unsealing.PATIENCE
    asked = tender.do("opening.abandon", tender.lot, tender.agent_post, reason="受托人失联").value
    with pytest.raises(DatabaseError, match="does not confirm it"), transaction.atomic():
        OpeningAbandonment.objects.filter(pk=asked.pk).update(answered_by=asked.proposed_by, is_confirmed=True)


# --- a trustee that can read nothing ---------------------------------------------------------------------------------


def test_a_trustee_that_can_read_no_share_signs_just_that_and_the_platform_does_not_follow() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    for device in devices:
        tender.release(device)
    holder = tender.holders[3]
    failed = tuple(FailedShare(device.header.sha256, "wrap_unreadable") for device in devices)
    said = Release(tender.policy().tender, "ALL", "trustee", 0, (), tender.now, failed)
    message = signed(said, suite=I1, keys=holder.pair).content.decode()
    tender.do("trustee.release", tender.lot, holder.post, message=message)
    release = ShareRelease.objects.get(trustee__isnull=False)
    assert release.trustee == holder.row and not release.shares.exists()
    platform = tender.holders[0]
    own = tender.trustee_message(platform).content.decode()
    assert "operator_is_never_first" in tender.refused("trustee.release", tender.lot, platform.post, message=own)
    tender.trustee_releases(tender.holders[1])
    tender.unseal()
    assert OpenedBid.objects.count() == 3


# --- ids -------------------------------------------------------------------------------------------------------------


def test_two_ids_of_one_bidder_do_not_tell_who_came_in_between() -> None:
    """They keep the order and tell when, which the bidder knows; not how many."""
    tender = SealedTender().announced()
    mine = tender.device()
    found = [tender.hand_in(mine, price).bid for price in ("900000.00", "890000.00")]
    tender.hand_in(tender.device())
    found.append(tender.hand_in(mine, "880000.00").bid)
    for drawn in ([bid.pk for bid in found], [bid.sealed.upload_id for bid in found]):
        assert drawn == sorted(drawn) and drawn[-1] < 2**53
        assert all(later - earlier > 16 * 1000 for earlier, later in pairwise(drawn))  # more than a millisecond each
    assert len({bid.pk % 16 for bid in found} | {bid.sealed.upload_id % 16 for bid in found}) > 1  # and chance
