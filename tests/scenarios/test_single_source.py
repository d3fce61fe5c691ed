"""How does a single-source purchase go, told by role: one supplier, talks on the record, a price within the budget?"""

import datetime
from copy import copy
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import DAY, FIRST, Story, pass_time
from yangcai.cases.models import Award, CaseEnd, Stage
from yangcai.contracts.models import Contract
from yangcai.kernel import calendar
from yangcai.kernel.actions import ACTIONS, can
from yangcai.planning.models import PlanItem, Publicity
from yangcai.portal.models import Notice
from yangcai.replay.observe import observe
from yangcai.tendering.actions.dialogue import HoldTalk
from yangcai.tendering.models import DialogueTalk, Invitee, OpenedBid

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    """The only supplier's offer lies open and responds."""
    lot = story.lot("1", [story.bid(FIRST, "480000.00")], budget="500000.00", method="agreed")
    return story.begin(story.purchase(lot, method="single_source"), until="qualification")


@pytest.fixture
def talking(beginning: Story) -> Story:
    """From there each story goes on by itself."""
    return copy(beginning)


def test_only_the_named_one_takes_part(talking: Story) -> None:
    invitee = Invitee.objects.get(case=talking.case)
    assert (invitee.supplier.name, invitee.source) == (FIRST[0], "named")
    assert invitee.invited_at == talking.case.published_at
    # No invitation to anybody else is published; whoever comes uninvited is told so.
    assert talking.notices() == []
    stranger = story.people.reserve(1, area="620171")
    case, then = talking.refreshed(), talking.at("invitation")
    refused = {r.code: r for r in can(ACTIONS["documents.obtain"], case, by=stranger, now=then)}
    assert refused["not_invited"].citation is not None


def test_the_record_says_cost_prices_and_rights(talking: Story) -> None:
    at, chair = talking.moment(11), next(m.post for m in talking.members() if m.is_chair)
    offer = OpenedBid.objects.get(lot=talking.lot)
    refused = talking.refused("dialogue.hold", offer, chair, at, minutes="协商")
    assert refused["record_incomplete"].citation is not None
    assert refused["record_incomplete"].citation.article == "第四十二条"
    form = HoldTalk(subject=offer, by=chair, now=at)
    assert all(form.fields[name].required and not form.fields[name].disabled for name in HoldTalk.depends)
    said = {"cost": "原厂维保成本 30 万元", "similar_prices": "去年 49 万元", "rights": "软件著作权一项"}
    talking.do("dialogue.hold", offer, chair, at, minutes="协商", **said)
    talk = DialogueTalk.objects.get(opened_bid=offer)
    assert all(text in talk.minutes for text in said.values())


@pytest.mark.long
def test_the_agreed_price_becomes_the_contract(talking: Story) -> None:
    tale = talking
    for stretch in ("dialogue", "final_offer", "evaluation", "award", "contract", "acceptance", "payment"):
        getattr(tale, stretch)()
    award = Award.objects.get(lot=tale.lot)
    assert (award.supplier.name, award.amount) == (FIRST[0], Decimal("480000.00"))
    notice = Notice.objects.get(root=tale.case.ref, kind="award")
    assert notice.title.endswith("单一来源采购成交公告")
    # 74号令 art. 18: the names of the single-source staff stand in it.
    assert all(member.post.person.name in notice.facts["committee"] for member in tale.members())
    assert Contract.objects.get(case=tale.case).amount == Decimal("480000.00")
    assert tale.refreshed().end_kind == CaseEnd.CLOSED


def test_silence_awards_nothing(talking: Story) -> None:
    """The buyer has its five working days (条例 art. 43); only negotiations and quotations are decided by silence."""
    tale = talking
    for stretch in ("dialogue", "final_offer", "evaluation"):
        getattr(tale, stretch)()
    task = tale.task("award.determine")
    assert task.due_at is not None
    pass_time(task.due_at + DAY)
    assert not Award.objects.filter(lot=tale.lot).exists()
    assert tale.task("award.determine").pk == task.pk


@pytest.mark.long
def test_a_price_above_the_budget_ends_it(talking: Story) -> None:
    """74号令 art. 43."""
    tale, lot = copy(talking), talking.file.lots[0]
    dear = tuple(replace(bid, price=Decimal("500000.01")) for bid in lot.bids)
    tale.file = replace(tale.file, lots=(replace(lot, bids=dear),))
    tale.dialogue()
    tale.final_offer()
    assert tale.stage(tale.moment(18)) == Stage.EVALUATION
    at, chair = tale.moment(18), next(m.post for m in tale.members() if m.is_chair)
    assert "all_above_budget" in tale.refused("evaluation.compute", tale.lot, chair, at)
    tale.do("lot.declare_unsuccessful", tale.lot, tale.people.runner, at, ground="over_budget")
    assert tale.refreshed().end_kind == CaseEnd.UNSUCCESSFUL


@pytest.mark.long
def test_a_publicity_that_nobody_asked_for_is_told_with_the_case(world: None) -> None:
    """Half a million is below the threshold: the buyer publicises all the same, and its plan waits for its end."""
    lot = story.lot("1", [story.bid(FIRST, "480000.00")], budget="500000.00", method="agreed")
    file = replace(story.purchase(lot, method="single_source"), id="示例自愿公示")
    dates = replace(file.dates, publicity=datetime.date(2026, 2, 2))
    tale = story.begin(replace(file, dates=dates), until="award")
    made = Publicity.objects.get(plan_item=tale.plan_item)
    assert made.is_voluntary and calendar.day_of(made.opens_at) == datetime.date(2026, 2, 2)
    notice = Notice.objects.get(root=made.ref)
    assert notice.facts["nature"].startswith("自愿公示")
    plan = PlanItem.objects.get(pk=tale.plan_item.pk)
    assert plan.submitted_at is not None and plan.submitted_at >= made.closes_at and not plan.needs_approval
    assert observe(tale.refreshed()).dates["publicity"] == made.opens_at
    assert Award.objects.get(lot=tale.lot).supplier.name == FIRST[0]
