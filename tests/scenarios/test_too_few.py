"""What happens when fewer than three bid, or fewer than three are left?"""

from dataclasses import replace

import pytest

from tests.scenarios import story
from tests.scenarios.story import DAY, FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award, Case
from yangcai.replay import defaults, people
from yangcai.tendering.models import AwardLetter, OpenedBid

pytestmark = pytest.mark.django_db


def file_of(*bids: story.Bid) -> story.CaseFile:
    """The fewest that bid here are meant: nobody is made up to fill three."""
    return replace(
        story.purchase(story.lot("1", bids, budget="1000000.00")),
        outcome=story.published.Outcome(status="unsuccessful"),
    )


@pytest.mark.long
def test_two_bids_then_a_second_tender_with_three() -> None:
    told = story.begin(file_of(story.bid(FIRST, "900000.00"), story.bid(SECOND, "910000.00")), until="opening")
    failed = told.refreshed()
    # The tender failed before any bid was opened; the public is told, the money stays reserved.
    assert (failed.end_kind, OpenedBid.objects.filter(lot=told.lot).count()) == ("unsuccessful", 0)
    assert told.notices() == ["invitation", "unsuccessful"]
    assert told.money == ("0", "1000000", "0", "0")
    # The agent starts a new tender on the same plan and document.
    at = told.at("award") + 3 * DAY
    again = told.do("case.retender", failed, told.people.runner, at)
    assert (again.predecessor, again.plan_item) == (failed, failed.plan_item)
    assert "retendered" in told.refused("case.retender", failed, told.people.runner, at)
    # The second tender, with the document confirmed anew, finds three bidders.
    bids = [
        story.bid(who, price) for who, price in zip((FIRST, SECOND, THIRD), ("900000", "910000", "920000"), strict=True)
    ]
    second = story.purchase(story.lot("1", bids, budget="1000000.00"))
    second = replace(second, dates=story.Dates(invitation=(at + 4 * DAY).date()))
    completed = defaults.complete(published=second).case
    tale = Story(told.driver, completed, people.gather(completed))
    tale.case = Case.objects.get(pk=again.pk)
    tale.do("solicitation.confirm", tale.case, told.people.reviewer, at + DAY)
    for stretch in (
        tale.invitation, tale.submission, tale.opening, tale.qualification, tale.evaluation, tale.award,
    ):  # fmt: skip
        stretch()
    assert Award.objects.get(lot__case=tale.case).supplier.name == FIRST[0]
    assert tale.notices() == ["invitation", "award"]


def test_three_bids_of_which_two_respond() -> None:
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "910000.00")]
    bids.append(story.bid(THIRD, "920000.00", responsive="未响应★条款"))
    told = story.begin(file_of(*bids), until="award")
    # The committee found it, nobody was awarded, and everybody has it in writing.
    assert told.refreshed().end_kind == "unsuccessful"
    assert told.notices() == ["invitation", "unsuccessful"]
    assert not Award.objects.filter(lot=told.lot).exists()
    letters = AwardLetter.objects.filter(lot=told.lot)
    assert {letter.supplier.name for letter in letters} == {FIRST[0], SECOND[0], THIRD[0]}
    assert not any(letter.is_winner for letter in letters) and all(letter.reason for letter in letters)
    assert told.money == ("0", "1000000", "0", "0")


def test_three_bids_are_not_declared_too_few() -> None:
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "910000.00"), story.bid(THIRD, "920000.00")]
    told = story.begin(story.purchase(story.lot("1", bids, budget="1000000.00")), until="submission")
    at = told.at("opening")
    refusals = told.refused("lot.declare_unsuccessful", told.lot, told.people.runner, at, ground="too_few")
    assert "ground_not_given" in refusals
