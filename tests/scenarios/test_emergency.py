"""How does a direct purchase in an emergency go, told by role: one supplier, no talks, no approval, no waiting?"""

import datetime
from copy import copy
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import FIRST, Story
from yangcai.cases.models import Award, CaseEnd, Stage
from yangcai.kernel.refusals import Refused
from yangcai.planning.models import MethodApproval, PlanItem
from yangcai.replay.published import CaseFile, Dates
from yangcai.www.work import rail
from yangcai.www.work.casepage import case_tasks
from yangcai.www.work.clocks import clocks

pytestmark = pytest.mark.django_db


def flood(day: str) -> CaseFile:
    """Planned in the morning of its day; from the open-tender threshold on any other method would need approval."""
    lot = story.lot("1", [story.bid(FIRST, "4800000.00")], budget="5000000.00", method="agreed")
    file = story.purchase(lot, method="emergency", grounds="emergency.direct")
    moment = datetime.datetime.fromisoformat(f"{day}T11:00+08:00")
    return replace(file, id=f"抢险{day}", dates=Dates(intention=moment.replace(hour=9), invitation=moment))


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    """The only supplier's offer lies open."""
    return story.begin(flood("2026-10-12"), until="opening")


@pytest.fixture
def opened(beginning: Story) -> Story:
    """From there each story goes on by itself."""
    return copy(beginning)


def test_the_buyer_chooses_the_method_itself(opened: Story) -> None:
    item = PlanItem.objects.get(pk=opened.plan_item.pk)
    assert item.amount >= 4_000_000 and not item.needs_approval
    assert not MethodApproval.objects.filter(plan_item=item).exists()


@pytest.mark.long
def test_no_talks_and_then_the_contract(opened: Story) -> None:
    tale = opened
    assert Stage.DIALOGUE not in tale.procedure.stages
    for stretch in ("qualification", "evaluation"):
        getattr(tale, stretch)()
    # Its time to decide has an article of its own method, on the page of the case too.
    timed, on = case_tasks(tale.refreshed(), post=tale.people.reviewer), tale.file_law_on()
    cited = {
        line.citation.rule for line in clocks(timed, on=on, now=tale.moment(58), procedure="emergency") if line.citation
    }
    assert "award.decide_single_source" in cited and "award.decide" not in cited
    for stretch in ("award", "contract", "acceptance", "payment"):
        getattr(tale, stretch)()
    award = Award.objects.get(lot=tale.lot)
    assert (award.supplier.name, award.amount) == (FIRST[0], Decimal("4800000.00"))
    assert tale.refreshed().end_kind == CaseEnd.CLOSED
    assert tale.money[3] == "4800000"


def test_before_its_day_it_is_refused() -> None:
    """财库〔2026〕12号 is in force from 2026-10-01."""
    with pytest.raises(Refused) as refused:
        story.begin(flood("2026-09-24"), until="plan")
    (reason,) = refused.value.refusals
    assert reason.code == "procedure_not_in_force"
    assert reason.citation is not None and "12号" in reason.citation.instrument


def test_nothing_says_that_a_notice_was_published_where_one_was_asked(opened: Story) -> None:
    case = opened.refreshed()
    names = [one.name for one in rail.steps(case.plan_item, case, now=opened.moment(12))]
    assert "紧急采购邀请书" in names and "采购公告" not in names
