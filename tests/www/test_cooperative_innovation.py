"""Does every task of cooperative innovation have its form on the case page, in both languages?"""

import datetime
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from tests.scenarios.test_cooperative_innovation import paper, research, working_days_on
from tests.www.support import Clock
from tests.www.test_english import data, unmarked
from tests.www.test_frameworks import look, page
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.replay.driver import move_to
from yangcai.tendering.models import OpenedBid

pytestmark = pytest.mark.django_db


@pytest.fixture
def tale(clock: Clock) -> Story:
    with override_settings(YANGCAI_SANDBOX=True):
        told = story.begin(research(), until="qualification", terms=story.ADVANCE)
    clock.at = told.moment(11)
    return told


def does(tale: Story, clock: Clock, post: Post, code: str) -> None:
    """The task stands on the page of the case, and its form opens, in both languages."""
    assert code in tale.waiting(post), code
    assert ACTIONS[code].zh in look(post, tale.refreshed())
    task = Task.objects.filter(root=tale.case.ref, action=code, done_at=None).order_by("pk")
    name, _colon, pk = task[0].subject.partition(":")
    form = reverse("work_do", args=[name, int(pk), code])
    assert ACTIONS[code].zh in page(post, form)
    assert unmarked(page(post, form, language="en"), data()) == []


@pytest.mark.long
def test_every_task_from_the_meeting_to_the_last_responses(tale: Story, clock: Clock) -> None:
    leader, runner = tale.chair().post, tale.people.runner
    with override_settings(YANGCAI_SANDBOX=True):
        does(tale, clock, leader, "dialogue.meet")
        tale.do("dialogue.meet", tale.lot, leader, clock.at, minutes="共同交流")
        does(tale, clock, runner, "dialogue.issue_file")
        closes = working_days_on(clock.at, 10)
        issued: dict[str, Any] = {"content": "要点", "document": paper(tale, clock.at), "closes_at": closes}
        tale.do("dialogue.issue_file", tale.lot, runner, clock.at, **issued)
        bids = {one.supplier.name: one for one in OpenedBid.objects.filter(lot=tale.lot).select_related("supplier")}
        for bidder in (FIRST, SECOND, THIRD):
            assert "研发谈判文件" in look(tale.supplier(bidder), tale.refreshed())
        does(tale, clock, tale.supplier(FIRST), "dialogue.resubmit")
        for bidder in (FIRST, SECOND):
            answer = PrivateFile("研发方案.pdf", "application/pdf", b"%PDF-1.4\nx")
            tale.do("dialogue.resubmit", bids[bidder[0]], tale.supplier(bidder), clock.at, attachments=[answer])
        clock.at = closes + datetime.timedelta(minutes=1)
        move_to(clock.at)
        does(tale, clock, leader, "dialogue.hold")
        for bidder in (FIRST, SECOND):
            tale.do("dialogue.hold", bids[bidder[0]], leader, clock.at, minutes="分别谈判")
        does(tale, clock, leader, "final_offer.invite")
        closes = working_days_on(clock.at, 5)
        tale.do("final_offer.invite", tale.lot, leader, clock.at, closes_at=closes)
        does(tale, clock, tale.supplier(SECOND), "final_offer.submit")
        # An application shows no price to be read, and the place that is not applied for is no task of anybody.
        assert "第2包" in look(runner, tale.refreshed())
        for post in (tale.people.treasury, None):
            look(post, tale.refreshed())
