"""Who may release shares of a sealed bid, when, and which shares are taken?"""

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.factories import make_post
from tests.kernel.log import world
from tests.tendering.sealing_walk import I1, SealedTender, three, windowless
from tests.tendering.walk import CLOSES
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.roles import Role
from yangcai.sealing.statement import FailedShare, Release, ReleasedShare, signed
from yangcai.tendering.models import Bid, BidClosing, OpenedBid, SealedBid, ShareRelease

pytestmark = pytest.mark.django_db


def test_two_bids_are_closed_by_nobody_and_opened_by_nobody() -> None:
    """投标人不足 3 家的，不得开标 (87号令 art. 41)."""
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(2)]
    for device in devices:
        tender.hand_in(device)
    tender.begin()
    assert not BidClosing.objects.exists()
    bid = Bid.objects.first()
    message = devices[0].release(now=tender.now).content.decode()
    assert tender.refused("bid.release", bid, bid.submitted_by, message=message)


def test_nobody_is_early_and_the_platform_is_never_first() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    platform, _buyer, _agent, supervisor, notary = tender.holders
    tender.begin()
    message = tender.trustee_message(supervisor).content.decode()
    assert set(tender.refused("trustee.release", tender.lot, supervisor.post, message=message)) == {
        "before_the_barrier"
    }
    assert "before_the_barrier" in tender.refused("opening.unseal", tender.lot, tender.agent_post)
    for device in devices:
        tender.release(device)
    own = tender.trustee_message(platform).content.decode()
    assert "operator_is_never_first" in tender.refused("trustee.release", tender.lot, platform.post, message=own)
    assert "no_seat" in tender.refused("trustee.release", tender.lot, make_post(Role.TREASURY), message=message)
    assert "bids_still_sealed" in tender.refused("opening.conclude", tender.case, tender.agent_post, answer="")
    tender.trustee_releases(supervisor)
    assert ShareRelease.objects.filter(trustee__isnull=False).count() == 2  # the platform's followed
    for holder in (platform, supervisor):  # nothing is left of them to release, and no page offers it
        assert [one.code for one in can(ACTIONS["trustee.release"], tender.lot, by=holder.post, now=tender.now)] == [
            "shares_released"
        ]
    assert can(ACTIONS["trustee.release"], tender.lot, by=notary.post, now=tender.now) == []
    tender.unseal()
    assert OpenedBid.objects.count() == 3


def test_a_trustee_releases_for_every_bid_or_signs_why_it_cannot() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    tender.now = BidClosing.objects.get().window_closes_at  # nobody released: four trustees are needed
    for holder in tender.holders[1:3]:
        tender.trustee_releases(holder)
    holder = tender.holders[3]
    bids = list(Bid.objects.order_by("pk"))
    some = tender.trustee_message(holder, bids=bids[:2]).statement
    left_out = bytes.fromhex(bids[2].sealed.header_digest)

    def saying(*failed: bytes) -> str:
        said = replace(some, failed=tuple(FailedShare(one, "wrap_unreadable") for one in failed))
        return signed(said, suite=I1, keys=holder.pair).content.decode()

    for failed in ((), (bytes(32),), (left_out, bytes(32)), (left_out, some.shares[0].header_sha256)):
        told = tender.refused("trustee.release", tender.lot, holder.post, message=saying(*failed))
        assert "逐份说明" in told["invalid_input"].zh
    tender.do("trustee.release", tender.lot, holder.post, message=saying(left_out))
    assert "wrap_unreadable" in ShareRelease.objects.get(trustee=holder.row).statement
    tender.unseal()
    assert OpenedBid.objects.count() == 2 and not Bid.objects.exclude(damage="").exists()
    mended = tender.trustee_message(holder, bids=bids[2:]).content.decode()  # it found its key after all
    tender.do("trustee.release", tender.lot, holder.post, message=mended)
    tender.unseal()
    assert OpenedBid.objects.count() == len(devices)


def test_a_share_that_is_not_the_committed_one_is_refused() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    honest = devices[0].release(now=tender.now).statement
    forged = Release(
        honest.tender, "ALL", "supplier", 0,
        (honest.shares[0], ReleasedShare(honest.shares[1].header_sha256, 202, bytes(32))), tender.now,
    )  # fmt: skip
    bid = SealedBid.objects.get(header_digest=devices[0].header.sha256.hex()).bid
    for said in (forged, Release(honest.tender, "ALL", "supplier", 0, honest.shares[:1], tender.now)):
        message = signed(said, suite=I1, keys=devices[0].pair).content.decode()
        assert tender.refused("bid.release", bid, devices[0].post, message=message).keys() == {"invalid_input"}
    stolen = signed(honest, suite=I1, keys=devices[1].pair).content.decode()
    assert tender.refused("bid.release", bid, devices[0].post, message=stolen).keys() == {"invalid_input"}
    assert not ShareRelease.objects.exists()


def test_a_release_is_for_the_close_that_stands_in_the_log(settings: Any, tmp_path: Path) -> None:
    """By it the record shows which close whoever signed had seen (SBP/1 §2.8)."""
    world.use(settings, tmp_path)
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    before = devices[0].release(now=tender.now).statement
    bid = SealedBid.objects.get(header_digest=devices[0].header.sha256.hex()).bid
    early = replace(before, close_leaf=5)
    message = signed(early, suite=I1, keys=devices[0].pair).content.decode()
    told = tender.refused("bid.release", bid, devices[0].post, message=message)
    assert "不是本次截止" in told["invalid_input"].zh, "before the close has a place in the log nobody can know one"
    world.round_of(now=tender.now)
    place = BidClosing.objects.get().leaf.index
    assert place and before.close_leaf == 0
    for said in (before, replace(before, close_leaf=place + 1)):
        message = signed(said, suite=I1, keys=devices[0].pair).content.decode()
        told = tender.refused("bid.release", bid, devices[0].post, message=message)
        assert "不是本次截止" in told["invalid_input"].zh
    for device in devices:
        tender.release(device)
    holder = tender.holders[3]
    honest = tender.trustee_message(holder)
    wrong = signed(replace(honest.statement, close_leaf=place + 1), suite=I1, keys=holder.pair).content.decode()
    assert "invalid_input" in tender.refused("trustee.release", tender.lot, holder.post, message=wrong)
    tender.trustee_releases(holder)
    said = [json.loads(text)["close_leaf"] for text in ShareRelease.objects.values_list("statement", flat=True)]
    assert said == [place] * 5  # three bidders, a person, and the platform after it


def test_the_window_is_extended_once_for_all_and_then_over() -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    before = BidClosing.objects.get().window_closes_at
    tender.do("opening.extend", tender.lot, tender.agent_post, reason="网络故障")
    assert BidClosing.objects.get().window_closes_at == before + datetime.timedelta(minutes=30)
    assert "window_extended" in tender.refused("opening.extend", tender.lot, tender.agent_post, reason="再一次")
    tender.now = before
    tender.release(devices[0])
    windowless(tender)
    bid = SealedBid.objects.get(header_digest=devices[1].header.sha256.hex()).bid
    message = devices[1].release(now=tender.now).content.decode()
    assert "window_is_over" in tender.refused("bid.release", bid, devices[1].post, message=message)


def test_off_duty_a_post_releases_nothing() -> None:
    tender = SealedTender().announced()
    three(tender)
    supervisor = tender.holders[3]
    colleague = make_post(Role.TREASURY, supervisor.post.organisation)
    day = CLOSES.date()
    tender.do("trustee.put_on_duty", supervisor.row, supervisor.post, post=colleague.pk, from_on=day, to_on=day)
    tender.begin()
    windowless(tender)
    message = tender.trustee_message(supervisor).content.decode()
    assert "no_seat" in tender.refused("trustee.release", tender.lot, supervisor.post, message=message)
    tender.do("trustee.release", tender.lot, colleague, message=message)


def test_a_bid_is_found_by_its_header_without_reading_those_of_every_tender() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, SealedBid._meta.db_table)
    assert [one["columns"] for one in found.values() if one["index"] and one["columns"][:1] == ["tender"]] == [
        ["tender", "header_digest"]
    ]
