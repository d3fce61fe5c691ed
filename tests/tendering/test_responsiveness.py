"""Which bids does the committee judge at all, and in which order does it do so?"""

from decimal import Decimal

import pytest

from tests import factories
from tests.factories import at
from tests.tendering.judging import COMPUTED, EQUAL, JUDGED, SCORED, hall, open_tasks, three
from tests.tendering.walk import Tender
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.roles import Role
from yangcai.tendering.models import BidSecurity

pytestmark = pytest.mark.django_db


@pytest.mark.long
def test_steps_come_in_order() -> None:
    h = hall("950000", "1000000", "1100000")
    h.seat()
    h.qualify()
    assert "responsiveness.record" in open_tasks(h)
    codes = {r.code for r in can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED)}
    assert codes == {"responsiveness_unfinished"}
    assert {"responsiveness_unfinished", "scores_outstanding"} == {
        r.code for r in can(ACTIONS["evaluation.compute"], h.lot, by=h.chair, now=COMPUTED)
    }
    h.respond()
    assert "scores.submit" in open_tasks(h)


def test_only_the_chair_records_for_the_committee() -> None:
    h = hall("950000", "1000000", "1100000")
    h.seat()
    h.qualify()
    other = next(m.post for m in h.members if not m.is_chair)
    rows = h.findings("responsiveness")
    assert h.refused("responsiveness.record", h.lot, other, JUDGED, rows=rows) == {"not_chair"}
    assert h.refused("responsiveness.record", h.lot, h.agent, JUDGED, rows=rows) == {"role_may_not"}


def test_fewer_than_three_after_responsiveness_is_a_failed_tender() -> None:
    h = hall("950000", "1000000", "1100000")
    h.seat()
    h.qualify()
    h.respond(failing=[1])
    assert "★交付期不超过 30 日" in h.bid(1).invalid_reason
    assert h.refused("scores.submit", h.lot, h.chair, SCORED, rows=h.rows(EQUAL)) == {"too_few_bidders"}
    assert open_tasks(h) == {"lot.declare_unsuccessful"}
    h.do("lot.declare_unsuccessful", h.lot, h.agent, SCORED, ground="too_few")
    h.lot.refresh_from_db()
    assert h.lot.outcome == "unsuccessful" and h.stage(SCORED) == ""


def test_a_bid_without_security_is_invalid() -> None:
    h = hall("950000", "1000000", "1100000", "1150000", bid_security=Decimal("10000"))
    for n, (day, amount) in enumerate(((20, "10000"), (20, "10000"), (20, "10000"), (24, "10000"))):
        BidSecurity.objects.create(
            case=h.case,
            supplier=h.bids[n].supplier,
            kind="transfer",
            amount=Decimal(amount),
            received_at=at(f"2026-03-{day}T09:00"),
        )
    h.seat()
    h.qualify()
    h.respond()
    assert [bool(h.bid(n).invalid_reason) for n in range(4)] == [False, False, False, True]
    assert "保证金" in h.bid(3).invalid_reason


def test_scores_asked_for_before_a_deadline_is_set_are_refused_in_words() -> None:
    """Until the submission has a deadline, no security can be late."""
    tender = Tender()
    tender.draft(bid_security="10000")
    expert = factories.make_post(Role.EXPERT)
    scoring = ACTIONS["scores.submit"]
    form = scoring.input(subject=tender.lot, by=expert, now=tender.now)
    assert form.fields["rows"].initial == []
    assert can(scoring, tender.lot, by=expert, now=tender.now)


def test_a_price_above_the_ceiling_is_invalid() -> None:
    h = three("950000", "1000000", "1100000", "1100000.01", ceiling="1100000")
    assert [bool(h.bid(n).invalid_reason) for n in range(4)] == [False, False, False, True]
    assert "1,100,000.01" in h.bid(3).invalid_reason


def test_all_above_the_budget() -> None:
    h = three("1200001", "1300000", "1400000")
    assert {r.code for r in can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED)} == {"all_above_budget"}
    assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, SCORED, ground="too_few") == {"ground_not_given"}
    h.do("lot.declare_unsuccessful", h.lot, h.agent, SCORED, ground="over_budget")
    assert h.stage(SCORED) == ""
