"""Does a lawyer sit in a complex negotiation, drawn as openly as everybody else, and replaced by a lawyer alone?"""

import datetime
from typing import Any

import pytest

from tests import factories
from tests.factories import NOW
from yangcai.cases.models import Case
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import LAW, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.tendering import draws, vrd
from yangcai.tendering.models import CommitteeMember
from yangcai.tendering.rules.committee.composition import smallest_size
from yangcai.tendering.rules.committee.seats import members

pytestmark = pytest.mark.django_db


class Table:
    """A complex negotiation with so many engineers and lawyers in the library."""

    def __init__(self, *, engineers: int = 7, lawyers: int = 2) -> None:
        self.agent: Post = factories.make_post(Role.AGENT, factories.make_organisation(OrganisationKind.AGENT))
        self.case: Case = factories.make_case(procedure="negotiation", agent=self.agent.organisation)
        self.engineers = [factories.make_expert() for _ in range(engineers)]
        self.lawyers = [factories.make_expert(specialities=LAW) for _ in range(lawyers)]
        self.size = smallest_size(self.case, is_complex=True, now=NOW)

    def draw(self, **data: Any) -> dict[str, Any]:
        asked = {"evaluates_at": NOW + datetime.timedelta(days=1), "is_complex": True, "specialities": "信息技术"}
        perform(ACTIONS["committee.draw"], self.case, by=self.agent, now=NOW, **{**asked, **data})
        return self.record()

    def record(self) -> dict[str, Any]:
        return draws.record(self.case.expert_draws.get(), is_complete=True)

    def replace(self, member: CommitteeMember) -> CommitteeMember:
        done = perform(
            ACTIONS["committee.replace"], member, by=self.agent, now=NOW, reason="因病不能到场", ground="ill"
        )
        found: CommitteeMember = done.value
        return found

    @property
    def seated(self) -> list[Post]:
        return [member.post for member in members(self.case)]


@pytest.mark.parametrize("_again", range(4))
def test_one_place_is_kept_for_the_first_lawyer(_again: int) -> None:
    table = Table()
    record = table.draw()
    assert vrd.faults(record) == [] and record["commit"]["lawyers"] == 1
    names = {one["line"]: one["facts"]["name"] for one in record["opened"]}
    order = [names[line] for line in record["order"]]
    lawyers = [name for name in order if name in {post.person.name for post in table.lawyers}]
    engineers = [name for name in order if name not in lawyers]
    sitting = {post.person.name for post in table.seated}
    assert sitting == {*engineers[: table.size - 1], lawyers[0]}
    # Who was passed over on the way has the reason on the record.
    last = max(order.index(name) for name in sitting)
    passed = {names[call["line"]]: call["reason"] for call in record["calls"] if call["outcome"] == "passed"}
    assert passed == {
        name: "lawyer_is_seated" if name in lawyers else "kept_for_lawyer"
        for name in order[:last]
        if name not in sitting
    }
    (chair,) = [member for member in members(table.case) if member.is_chair]
    assert chair.post.person.name == engineers[0]


def test_the_lawyer_is_followed_by_a_lawyer_and_an_engineer_by_an_engineer() -> None:
    table = Table()
    table.draw()
    lawyer = next(member for member in members(table.case) if member.post in table.lawyers)
    engineer = next(member for member in members(table.case) if member.post in table.engineers)
    assert table.replace(lawyer).post in table.lawyers
    assert table.replace(engineer).post in table.engineers
    assert len(table.seated) == table.size and vrd.faults(table.record()) == []


def test_without_another_lawyer_the_seat_stays_until_one_is_admitted() -> None:
    table = Table(lawyers=1)
    table.draw()
    lawyer = next(member for member in members(table.case) if member.post in table.lawyers)
    with pytest.raises(Refused) as refused:
        table.replace(lawyer)
    assert refused.value.codes == {"pool_too_small"}
    late = factories.make_expert(specialities=f"{LAW}、合同")
    assert table.replace(lawyer).post == late


def test_no_lawyer_in_the_library_is_refused_with_the_article() -> None:
    table = Table(lawyers=0)
    with pytest.raises(Refused) as refused:
        table.draw()
    (refusal,) = refused.value.refusals
    assert refusal.code == "no_legal_expert" and refusal.citation is not None and refusal.citation.article == "第七条"


def test_a_simple_negotiation_keeps_no_place() -> None:
    table = Table()
    record = table.draw(is_complex=False)
    assert record["commit"]["lawyers"] == 0 and {call["outcome"] for call in record["calls"]} == {"seated"}
    assert not set(table.seated) & set(table.lawyers)
