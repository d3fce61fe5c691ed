"""Who learns of an objection where bidders are not read out, and what does one hold up where a lot follows another?"""

import datetime
from copy import copy
from typing import Any

import pytest

from tests.challenges.support import LETTER, about, answer
from tests.scenarios.research import evaluated, qualified
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award
from yangcai.challenges.models import Objection
from yangcai.challenges.queries import suppliers_concerned, visible_objections
from yangcai.contracts.models import Contract
from yangcai.contracts.rules.contract import nothing_holds_it_up
from yangcai.kernel import clock
from yangcai.kernel.models import Task
from yangcai.notifications.models import Message
from yangcai.tendering.models import AwardLetter

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    return qualified()


@pytest.fixture
def tale(beginning: Story) -> Story:
    return copy(beginning)


def raised(tale: Story, target: str, stage: str, at: datetime.datetime) -> Objection:
    by = tale.supplier(THIRD)
    found: Any = tale.do("objection.raise", tale.case, by, at, **LETTER, about=about(tale.case, by, target, at, stage))
    return Objection.objects.get(pk=getattr(found, "value", found).pk)


@pytest.mark.long
def test_who_takes_part_in_a_dialogue_is_told_to_nobody_by_an_answer_before_the_result(tale: Story) -> None:
    """政府采购法 art. 38(4)."""
    at = clock.now()  # the applications lie open, the group has not met
    objection = raised(tale, "process", "opening", at)
    tale.do("objection.answer", objection, tale.people.runner, at, **answer(objection, False, False))
    objection.refresh_from_db()
    other = tale.supplier(FIRST)
    assert not visible_objections(other, at).exists() and suppliers_concerned(objection) == set()
    told = Message.objects.filter(kind="objection_answered").values_list("organisation_id", flat=True)
    assert tale.supplier(THIRD).organisation_id in told and other.organisation_id not in told
    evaluated(tale).award()
    assert set(visible_objections(other, tale.at("award") + HOUR)) == {objection}


@pytest.mark.long
def test_an_objection_to_a_lot_holds_up_the_one_that_is_decided_with_it(tale: Story) -> None:
    """条例 art. 54: both come of one ranking, and its losers have a letter of the first alone."""
    evaluated(tale).award()
    letter = AwardLetter.objects.get(supplier=tale.supplier(THIRD).organisation_id)
    objection = raised(tale, "result", "", tale.at("award") + 3 * HOUR)
    followed = tale.case.lots.get(number="2")
    assert objection.lot_id == letter.lot_id == followed.follows_id
    contract = Contract(award=followed.awards.get(supplier__name=SECOND[0]), case=tale.case)
    found = nothing_holds_it_up(contract, by=tale.people.officer, now=objection.received_at)
    assert [one.code for one in found] == ["objection_waits"]
    said = answer(objection, True, False, consequence="next")
    tale.do("objection.answer", objection, tale.people.runner, objection.received_at + HOUR, **said)
    fall = Task.objects.filter(action="award.annul", done_at=None).values_list("subject", flat=True)
    assert set(fall) == {award.ref for award in Award.objects.filter(lot__case=tale.case)} and len(fall) == 2
