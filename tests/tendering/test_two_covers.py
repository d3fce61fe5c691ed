"""Are prices in covers of their own opened when the technical evaluation is closed, and only of who came through?"""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.tendering.covers_walk import MINUTE, TwoCovers, judged
from tests.tendering.sealing_walk import body_of
from tests.tendering.walk import CLOSES, Tender, window
from yangcai.kernel import documents
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.leaves import kept_back
from yangcai.kernel.models import Entry
from yangcai.kernel.tasks import derive
from yangcai.sealing.faults import HEADER_MISMATCH, POLICY_UNKNOWN, Faulty
from yangcai.sealing.policy import Policy, check_chain
from yangcai.tendering import envelopes, policies, price_proof, unsealing
from yangcai.tendering.models import (
    Bid,
    BidClosing,
    EvaluationReport,
    FinalOffer,
    OpenedBid,
    Opening,
    ReleasedShare,
    SealedBid,
)
from yangcai.tendering.rules.opening import enough_bids

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def due(tender: TwoCovers) -> set[str]:
    return {
        one.action for one in derive(type(tender.case).objects.get(pk=tender.case.pk), now=tender.now) if one.action
    }


def kept_of(tender: TwoCovers) -> list[dict[str, Any]]:
    return [body for body in kept_back(root=tender.case.ref).values() if body["t"] == "submit"]


def test_the_document_chooses_and_the_invitation_publishes_a_policy_for_each_cover() -> None:
    tender = TwoCovers().announced()
    found = {one.cover: one for one in policies.all_in_force(tender.lot, round=policies.BID)}
    assert list(found) == ["TECH", "PRICE"]
    assert found["TECH"].digest != found["PRICE"].digest
    assert {one.closes_at for one in found.values()} == {CLOSES}
    assert [seat.trustee_id for seat in found["TECH"].seats.all()] == [
        seat.trustee_id for seat in found["PRICE"].seats.all()
    ]


def test_two_covers_need_trustees_and_a_method_that_reads_out() -> None:
    tender = Tender()
    tender.describe(two_covers=True)
    tender.confirm()
    found = tender.refused("invitation.publish", tender.case, tender.runner, **window())
    assert set(found) == {"two_covers_need_a_policy"}
    quiet = Tender(procedure="consultation")
    quiet.draft(two_covers=True)
    assert not policies.has_two_covers(quiet.case)  # the form does not even ask


def test_from_two_receipts_to_a_ranking() -> None:
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00", "880000.00", "920000.00", "910000.00")
    receipts = [body_of(one.note) for one in SealedBid.objects.order_by("pk")[:2]]
    assert [one["tender"].split()[5:7] for one in receipts] == [["cover", "TECH"], ["cover", "PRICE"]]
    assert {one["submission"].split()[2] for one in receipts} == {"1"}  # each cover counts for itself
    assert enough_bids(tender.lot, now=tender.now)

    tender.open_technical()
    opened = tender.opened
    assert [bid.price for bid in opened] == [Decimal(0)] * 4 and not FinalOffer.objects.exists()
    assert {body["cover"] for body in kept_of(tender)} == {"PRICE"}  # told are the technical covers alone
    record = json.loads(record_of(tender))
    assert {"price_fen", "price_in_words"}.isdisjoint(record["lots"][0]["bids"][0])

    tender.qualify()
    assert "scores.submit" not in due(tender)
    tender.judge(failing=[3])
    assert "technical.conclude" in due(tender) and "evaluation.compute" not in due(tender)
    assert set(tender.refused("evaluation.compute", tender.lot, tender.chair.post)) == {"prices_sealed"}
    tender.conclude_technical()
    closing = BidClosing.objects.get(cover="PRICE")
    assert (closing.size, closing.policy.revision, closing.policy.opens_at) == (3, 2, tender.now)
    chain = [Policy.parse(one.content.encode()) for one in policies.chain(tender.lot, cover="PRICE")]
    assert check_chain(chain).open_at == tender.now
    assert due(tender) >= {"bid.release", "opening.unseal"}

    last = Bid.objects.get(supplier=tender.prices[3].post.organisation, cover="PRICE")
    message = tender.prices[3].release(now=tender.now).content.decode()
    assert set(tender.refused("bid.release", last, tender.prices[3].post, message=message)) == {"not_in_the_close_set"}
    tender.open_prices(of=[0, 1, 2])
    assert [bid.last.price for bid in tender.opened] == [Decimal(p) for p in ("900000", "880000", "920000", "0")]
    assert [line.item for line in tender.opened[1].last_lines] == ["计算机"]
    assert {price_proof.holds(one.bid, one.price) for one in FinalOffer.objects.all()} == {True}
    assert not SealedBid.objects.get(bid=last).price and not ReleasedShare.objects.filter(bid=last).exists()
    # In the log who did not go on says nothing of its price, not even that it lies there.
    left = kept_of(tender)
    assert [body["supplier"] for body in left] == [tender.prices[3].post.organisation.uscc]

    tender.do("evaluation.compute", tender.lot, tender.chair.post)
    result = EvaluationReport.objects.get(lot=tender.lot).result["bids"]
    assert [result[str(bid.pk)]["rank"] for bid in tender.opened] == [2, 1, 3, None]


def record_of(tender: TwoCovers) -> bytes:
    return documents.read(Opening.objects.get(case=tender.case).record)


# --- half a bid is none ----------------------------------------------------------------------------------------------


def test_a_technical_cover_without_its_price_is_no_bid() -> None:
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00", "910000.00")
    lonely = tender.device()
    tender.hand_in_technical(lonely)
    assert not enough_bids(tender.lot, now=tender.now)
    tender.hand_in_both("920000.00")
    tender.begin()
    assert BidClosing.objects.get().size == 3
    half = Bid.objects.get(supplier=lonely.post.organisation)
    assert half.damage == "投标截止前没有递交报价信封，技术信封不予开启"
    message = lonely.release(now=tender.now).content.decode()
    assert "not_in_the_close_set" in tender.refused("bid.release", half, lonely.post, message=message)
    for device in tender.technical:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    assert OpenedBid.objects.count() == 3 and BidClosing.objects.get().unsealed_at
    tender.conclude()


def test_covers_are_replaced_alone_and_taken_back_together() -> None:
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00")
    again = tender.another(tender.prices[0])
    tender.hand_in_price(again, "890000.00")
    live = Bid.objects.filter(replaced_at__isnull=True)
    assert {(bid.cover, bid.revision) for bid in live} == {("TECH", 1), ("PRICE", 2)}
    tender.do("bid.withdraw", live.get(cover="TECH"), tender.prices[0].post)
    assert not live.filter(withdrawn_at__isnull=True).exists()
    told = [body for body in kept_back(root=tender.case.ref).values() if body["t"] == "withdraw"]
    assert len(told) == 2


def test_a_price_in_the_technical_cover_puts_the_bid_out() -> None:
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00", "910000.00", "920000.00")
    device = tender.device()
    tender.hand_in_technical(device, price="1.00")
    tender.technical.append(device)
    tender.hand_in_price(tender.another(device), "930000.00")
    tender.open_technical()
    assert Bid.objects.get(supplier=device.post.organisation, cover="TECH").damage == unsealing.PRICE_IN_TECHNICAL
    assert OpenedBid.objects.count() == 3


def test_an_envelope_for_one_cover_is_none_for_the_other() -> None:
    tender = TwoCovers().announced()
    device = tender.device()
    tender.seal_technical(device)
    found = tender.refused("bid.upload", tender.lot, device.post, idem="0" * 32, cover="ALL")
    assert "cover" in str(found)
    upload = tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex(), cover="PRICE").value
    tender.parts(upload, device.content)
    with pytest.raises(Faulty) as faulty:
        envelopes.verify(upload, header=device.header.content, now=tender.now)
    assert faulty.value.fault in {POLICY_UNKNOWN, HEADER_MISMATCH}


# --- nothing before its barrier --------------------------------------------------------------------------------------


def test_the_technical_evaluation_closes_when_everybody_has_scored_and_then_stands() -> None:
    tender = TwoCovers().opened_with("900000.00", "910000.00", "920000.00")
    tender.qualify()
    assert "responsiveness_unfinished" in tender.refused("technical.conclude", tender.lot, tender.chair.post)
    rows = tender.findings("responsiveness")
    tender.do("responsiveness.record", tender.lot, tender.chair.post, rows=rows)
    members = tender.members()
    for member in members[:-1]:
        tender.score(member)
    assert set(tender.refused("technical.conclude", tender.lot, tender.chair.post)) == {"scores_outstanding"}
    tender.score(members[-1])
    other = next(member for member in members if not member.is_chair)
    assert tender.refused("technical.conclude", tender.lot, other.post)
    tender.conclude_technical()
    assert "technical_closed" in tender.refused("technical.conclude", tender.lot, tender.chair.post)
    found = tender.refused("responsiveness.record", tender.lot, tender.chair.post, rows=rows)
    assert {"technical_closed", "scoring_begun"} <= set(found)


def test_no_key_of_a_price_is_taken_before() -> None:
    tender = judged()
    price = Bid.objects.get(supplier=tender.prices[0].post.organisation, cover="PRICE")
    own = tender.prices[0].release(now=tender.now).content.decode()
    assert tender.refused("bid.release", price, tender.prices[0].post, message=own)
    # Nor a trustee's: even one that would give out what it holds.
    holder = tender.holders[3]
    said = tender.trustee_message(holder, bids=list(Bid.objects.filter(cover="PRICE"))).content.decode()
    assert tender.refused("trustee.release", tender.lot, holder.post, message=said)
    assert tender.refused("opening.unseal", tender.lot, tender.runner)
    assert not ReleasedShare.objects.filter(bid__cover="PRICE").exists()


def test_a_price_that_is_not_released_falls_by_its_own_choice_and_the_others_open() -> None:
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00", "910000.00", "920000.00")
    stubborn = tender.device()
    tender.hand_in_technical(stubborn)
    tender.technical.append(stubborn)
    tender.prices.append(tender.another(stubborn))
    tender.hand_in_price(tender.prices[-1], "930000.00", recovery="never")
    tender.open_technical()
    tender.qualify()
    tender.judge()
    tender.conclude_technical()
    for n in range(3):
        tender.release(tender.prices[n])
    assert "before_the_barrier" in tender.refused("opening.unseal", tender.lot, tender.runner)
    tender.now = BidClosing.objects.get(cover="PRICE").window_closes_at
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    out = OpenedBid.objects.get(supplier=stubborn.post.organisation)
    assert unsealing.ABSENT in out.left_reason and out.left_at == tender.now
    assert FinalOffer.objects.count() == 3
    tender.now += MINUTE
    tender.do("evaluation.compute", tender.lot, tender.chair.post)
    assert Entry.objects.filter(action="bid.submit", outcome="done").count() == 8


def test_the_times_of_both_policies_follow_the_deadline() -> None:
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00")
    later = CLOSES + MINUTE * 60 * 24 * 7
    moved = {"item": "时间", "after": "顺延", "new_submission_closes_at": later, "affects_bids": False}
    tender.do("correction.publish", tender.case, tender.agent_post, **moved)
    assert {one.revision for one in policies.all_in_force(tender.lot, round=policies.BID)} == {2}
    deadlines = {policy.closes_at for policy in policies.all_in_force(tender.lot, round=policies.BID)}
    assert deadlines == {later}
    assert timestamp(CLOSES) in SealedBid.objects.first().note  # what was given out stays
