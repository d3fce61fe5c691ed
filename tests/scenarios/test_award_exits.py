"""What happens when the buyer is silent, or the winner does not want to sign?"""

import datetime
from typing import Any

import pytest

from tests.scenarios import story
from tests.scenarios.story import DAY, FIRST, SECOND, THIRD, Story, pass_time
from yangcai.cases.models import Award, Case
from yangcai.kernel import tasks
from yangcai.kernel.models import Entry
from yangcai.tendering.models import AwardLetter
from yangcai.www.work import own

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def evaluated(world: None) -> Story:
    """The report lies with the buyer."""
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "910000.00"), story.bid(THIRD, "920000.00")]
    return story.begin(story.purchase(story.lot("1", bids, budget="1000000.00")), until="evaluation")


def test_a_silent_buyer_is_deemed_to_take_the_first_and_only_once(evaluated: Story) -> None:
    task = evaluated.task("award.determine")
    assert task.clock == "C13" and task.due_at is not None
    # A second before, nothing is decided.
    pass_time(task.due_at - datetime.timedelta(seconds=1))
    assert not Award.objects.filter(lot=evaluated.lot).exists()
    pass_time(task.due_at)
    award = Award.objects.get(lot=evaluated.lot)
    assert (award.is_deemed, award.candidate.rank, award.supplier.name) == (True, 1, FIRST[0])
    # The clock may come late or twice: there is one award by one Entry.
    assert tasks.fire_due(now=task.due_at + DAY) == []
    assert Entry.objects.filter(root=evaluated.case.ref, action="award.deem", outcome="done").count() == 1
    # The buyer comes too late; the agent announces.
    candidate = evaluated.lot.candidates.get(rank=2)
    at = task.due_at + DAY
    refusals = evaluated.refused("award.determine", evaluated.lot, evaluated.people.reviewer, at, candidate=candidate)
    assert set(refusals) & {"already_awarded", "wrong_stage"}
    assert "award.announce" in evaluated.waiting(evaluated.people.agent)


@pytest.mark.long
def test_a_winner_who_refuses_makes_room_for_the_next(evaluated: Story) -> None:
    evaluated.award()
    won = Award.objects.get(lot=evaluated.lot)
    at = evaluated.at("award") + DAY
    # Another bidder cannot refuse for the winner.
    assert set(evaluated.refused("award.refuse", won, evaluated.supplier(THIRD), at, reason="不签")) == {"not_yours"}
    evaluated.do("award.refuse", won, evaluated.supplier(FIRST), at, reason="不能按期供货")
    # It cannot be chosen again; the next may be, and is told so.
    first, second = evaluated.lot.candidates.order_by("rank")[:2]
    reviewer = evaluated.people.reviewer
    refusals = evaluated.refused("award.determine", evaluated.lot, reviewer, at + DAY, candidate=first)
    assert "candidate_refused" in refusals
    evaluated.do("award.determine", evaluated.lot, reviewer, at + DAY, candidate=second)
    now_won = Award.objects.get(lot=evaluated.lot, refused_at=None)
    evaluated.do("award.announce", now_won, evaluated.people.runner, at + DAY)
    assert now_won.supplier.name == second.supplier.name == SECOND[0]
    letter = AwardLetter.objects.filter(lot=evaluated.lot, supplier=second.supplier).order_by("-issued_at")[0]
    assert letter.is_winner
    assert evaluated.notices() == ["invitation", "award", "award_change", "award"]
    # The contract goes to the second; none was ever made for the first.
    officer = evaluated.people.officer
    assert "award_refused" in evaluated.refused("contract.draft", won, officer, at + 2 * DAY)
    contract = evaluated.do("contract.draft", now_won, officer, at + 2 * DAY)
    assert contract.supplier == second.supplier


def test_the_next_one_wins_while_the_clock_stands_still(evaluated: Story) -> None:
    """In a demo nobody need move the clock between a refusal and the next result: letters keep their order."""
    evaluated.award()
    won = Award.objects.get(lot=evaluated.lot)
    at = AwardLetter.objects.filter(lot=evaluated.lot).latest("issued_at").issued_at
    evaluated.do("award.refuse", won, evaluated.supplier(FIRST), at, reason="不能按期供货")
    second = evaluated.lot.candidates.get(rank=2)
    evaluated.do("award.determine", evaluated.lot, evaluated.people.reviewer, at, candidate=second)
    evaluated.do("award.announce", Award.objects.get(lot=evaluated.lot, refused_at=None), evaluated.people.runner, at)
    last = AwardLetter.objects.filter(lot=evaluated.lot, supplier=second.supplier).latest("issued_at")
    assert last.is_winner and AwardLetter.objects.filter(lot=evaluated.lot).count() == 6


@pytest.mark.long
def test_a_list_asks_no_awarded_case_whether_it_is_suspended(evaluated: Story, django_assert_num_queries: Any) -> None:
    evaluated.award()
    case = Case.objects.prefetch_related("periods", "lots").get(pk=evaluated.case.pk)
    with django_assert_num_queries(0):
        assert own.stage_word(case, now=evaluated.at("award") + DAY) == ("合同履行", "info")
