"""What can happen between the invitation and the deadline: corrections, second thoughts, a suspension, the end?"""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.scenarios import story
from tests.scenarios.story import DAY, FIRST, SECOND, THIRD, Story, pass_time
from yangcai.cases import periods
from yangcai.kernel import calendar
from yangcai.kernel.models import Task
from yangcai.notifications.models import Message
from yangcai.tendering.models import Bid, BidSecurity
from yangcai.www.work import own, rail

pytestmark = pytest.mark.django_db

OFFER = {"delivery": "按采购文件", "commitment": True}


@pytest.fixture(scope="module")
def invited(world: None) -> Story:
    """The invitation is out; three suppliers have the documents."""
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "910000.00"), story.bid(THIRD, "920000.00")]
    told = story.begin(story.purchase(story.lot("1", bids, budget="1000000.00")), until="invitation")
    for who in story.BIDDERS:
        told.do("documents.obtain", told.case, told.supplier(who), told.at("invitation") + DAY)
    return told


def test_a_late_correction_must_move_the_deadline(invited: Story) -> None:
    closes = invited.at("submission_closes")
    at = closes - 5 * DAY
    change = {"item": "第二章技术要求", "after": "改为不低于三年质保", "affects_bids": True}
    # A few days are too short to rewrite a bid: the answer names the earliest lawful day.
    sooner = change | {"new_submission_closes_at": closes + DAY}
    refusal = invited.refused("correction.publish", invited.case, invited.people.runner, at, **sooner)
    assert refusal["deadline_not_extended"].citation.article == "第二十七条"
    # Where no day is given the deadline moves there by itself, and the public sees a correction of the invitation.
    day = calendar.roll(refusal["deadline_not_extended"].facts["earliest"], region="620171")
    moved = datetime.datetime.combine(day, datetime.time(9, 30), tzinfo=calendar.SHANGHAI)
    invited.do("correction.publish", invited.case, invited.people.runner, at, **change)
    assert invited.notices() == ["invitation", "correction"]
    assert periods.closing_at(invited.refreshed()) == moved
    # On the old last day bids still come in.
    assert invited.stage(closes + DAY) == "submission"
    invited.do("bid.submit", invited.lot, invited.supplier(FIRST), closes + DAY, price="900000.00", **OFFER)


def test_a_bid_is_replaced_and_another_withdrawn(invited: Story) -> None:
    at = invited.at("submission_closes") - 3 * DAY
    for who in story.BIDDERS:
        invited.do("bid.submit", invited.lot, invited.supplier(who), at, price="900000.00", **OFFER)
    # The first thinks again: only its last bid counts.
    invited.do("bid.submit", invited.lot, invited.supplier(FIRST), at + DAY, price="880000.00", **OFFER)
    second = Bid.objects.get(lot=invited.lot, supplier__name=SECOND[0])
    # Nobody takes back what another has handed in.
    assert "not_yours" in invited.refused("bid.withdraw", second, invited.supplier(THIRD), at + DAY)
    invited.do("bid.withdraw", second, invited.supplier(SECOND), at + DAY)
    live = Bid.objects.filter(lot=invited.lot, withdrawn_at=None, replaced_at=None)
    assert sorted(live.values_list("supplier__name", flat=True)) == sorted([FIRST[0], THIRD[0]])
    # At the opening there are two: the tender cannot go on.
    opening = invited.at("opening")
    invited.do("opening.begin", invited.case, invited.people.runner, opening)
    late = invited.refused("bid.submit", invited.lot, invited.supplier(SECOND), opening, price="1.00", **OFFER)
    assert set(late) & {"late_bid", "wrong_stage"}


def test_after_a_suspension_what_was_left_is_left(invited: Story) -> None:
    closes, at, treasury = invited.at("submission_closes"), invited.at("invitation") + 7 * DAY, invited.people.treasury
    paper = invited.driver.file("通知.pdf", b"%PDF-1.4\n", by=treasury, at=at)
    until = timezone.localdate(at + 20 * DAY)
    invited.do("case.suspend", invited.case, treasury, at, reason="投诉处理期间暂停", until_on=until, document=paper)
    # Everything stands still, and everybody is told.
    assert invited.stage(at) == ""
    halted = invited.refreshed()
    assert own.stage_word(halted, now=at) == ("已暂停", "warn")
    told = {one.name: one for one in rail.steps(halted.plan_item, halted, now=at)}
    assert (told["投标"].state, told["投标"].note) == ("current", "已暂停")
    assert told["投标"].at is None and told["开标"].at is None  # when it goes on nobody knows
    refusals = invited.refused("bid.submit", invited.lot, invited.supplier(FIRST), at, price="900000.00", **OFFER)
    assert "case_suspended" in refusals
    # Eight days later it goes on, with the days that were left.
    invited.do("case.resume", invited.case, treasury, at + 8 * DAY, reason="投诉不成立")
    assert periods.closing_at(invited.refreshed()) == closes + 8 * DAY
    assert invited.notices() == ["invitation", "suspension", "resumption"]
    invited.do("bid.submit", invited.lot, invited.supplier(FIRST), closes + 7 * DAY, price="900000.00", **OFFER)


def test_a_terminated_case_gives_bid_securities_back(invited: Story) -> None:
    runner, at = invited.people.runner, invited.at("invitation") + 7 * DAY
    paid_in = {"kind": "transfer", "amount": Decimal("10000.00"), "received_at": at}
    supplier = invited.supplier(FIRST).organisation
    # This document asks for no security: one cannot be recorded.
    assert invited.refused("bid_security.record", invited.case, runner, at, supplier=supplier, **paid_in)
    security = BidSecurity.objects.create(case=invited.case, supplier=supplier, **paid_in)
    assert "security_still_needed" in invited.refused("bid_security.return", security, runner, at)
    ended = {"ground": "task_cancelled", "reason": "任务取消"}
    # The supplier may not end it, the agent may, on a lawful ground.
    assert set(invited.refused("case.terminate", invited.case, invited.supplier(FIRST), at, **ended)) == {
        "role_may_not"
    }
    invited.do("case.terminate", invited.case, runner, at, **ended)
    assert (invited.refreshed().end_kind, invited.notices()) == ("terminated", ["invitation", "termination"])
    task = Task.objects.get(root=invited.case.ref, action="bid_security.return", done_at=None)
    assert task.clock == "C19" and task.due_at is not None
    invited.do("bid_security.return", security, runner, at + DAY)
    assert not Task.objects.filter(pk=task.pk, done_at=None).exists()
    assert invited.money == ("0", "1000000", "0", "0")


def test_an_enquiry_is_answered_in_time(invited: Story) -> None:
    at = invited.at("invitation") + 2 * DAY
    question = {"question": "是否接受同等规格？"}
    enquiry = invited.do("enquiry.ask", invited.case, invited.supplier(SECOND), at, **question)
    # Three working days for the agent, whom the buyer has commissioned.
    task = invited.task("enquiry.answer")
    due = calendar.add_working_days(at.date(), 3, region="620171")
    assert (task.clock, timezone.localdate(task.due_at - datetime.timedelta(seconds=1))) == ("C27", due)
    assert "enquiry.answer" in invited.waiting(invited.people.agent)
    pass_time(task.due_at)
    assert Task.objects.get(pk=task.pk).fired_at == task.due_at  # reminded, once; the duty stays
    invited.do("enquiry.answer", enquiry, invited.people.agent, task.due_at + DAY, answer="接受。")
    assert "enquiry.answer" not in invited.waiting(invited.people.agent)


def test_who_lets_the_deadline_pass_owes_nobody_a_bid(invited: Story) -> None:
    """Not to bid is no failure: nothing is overdue, and nobody is reminded that it is."""
    closes = invited.at("submission_closes")
    assert "bid.submit" in invited.waiting(invited.supplier(FIRST))
    pass_time(closes + DAY)
    assert not invited.waiting(invited.supplier(FIRST))
    told = Message.objects.filter(root=invited.case.ref, kind="deadline_passed")
    assert not told.filter(person=invited.supplier(FIRST).person).exists()
    # The opening is another matter: whoever runs the tender is late with it.
    assert "opening.begin" in invited.waiting(invited.people.runner)
    assert told.filter(person=invited.people.runner.person).exists()
