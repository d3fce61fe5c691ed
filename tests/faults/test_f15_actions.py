"""F15: does an Action that several ask for at the same moment happen once, and is the stale one told to look again?"""

import pytest

from tests import factories
from tests.factories import NOW
from tests.faults.at_once import at_once
from tests.faults.intention import WHAT, publish, rows
from tests.faults.intention import line as line
from tests.faults.intention import officer as officer
from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.portal.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_request_six_times_at_once_is_done_once(line: Appropriation, officer: Post) -> None:
    answers = at_once(6, lambda index: publish(Appropriation.objects.get(pk=line.pk), officer))
    assert {answer.entry for answer in answers} == {0}
    assert sorted(answer.again for answer in answers) == [False, *[True] * 5]
    assert rows() == (1, 1, 1, 1, 1)


def test_one_key_for_two_different_requests_is_refused(line: Appropriation, officer: Post) -> None:
    publish(line, officer)
    other = WHAT | {"amount": "200000.00"}
    with pytest.raises(Refused) as refused:
        perform(ACTIONS["intention.publish"], line, by=officer, now=NOW, idempotency_key="key-1", **other)
    assert refused.value.codes == {"idempotency_mismatch"}
    assert rows() == (1, 1, 1, 1, 1)


def test_of_two_who_saw_the_same_state_one_is_told_to_look_again(line: Appropriation, officer: Post) -> None:
    colleague = factories.make_post(Role.BUYER_OFFICER, officer.organisation)
    people = [officer, colleague]
    answers = at_once(
        2,
        lambda index: publish(
            Appropriation.objects.get(pk=line.pk), people[index], key=None, expected_version=line.version
        ),
    )
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer.codes for answer in refused] == [{"stale_form"}]
    assert Intention.objects.count() == Notice.objects.count() == 1
