"""Who comes into the expert library, and which facts keep an expert off a case?"""

import datetime
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.factories import at
from tests.tendering.judging import DRAWN, OPENED, SEATED, Hall, hall
from yangcai.kernel.actions import ACTIONS, SCOPES, perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Expert, ExpertTie, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.tendering.rules.committee import pool

pytestmark = pytest.mark.django_db

NOW = at("2026-03-02T09:00")


@pytest.fixture
def treasury() -> Post:
    return factories.make_post(Role.TREASURY)


def candidate(**values: Any) -> dict[str, Any]:
    return {
        "username": factories.make_person().username,
        "employer": factories.make_organisation(OrganisationKind.EXPERT_UNIT).pk,
        "specialities": "信息技术",
        "title": "intermediate",
        "in_field_since_on": "2018-03-02",
        "born_on": "1980-05-01",
        **values,
    }


def admit(treasury: Post, **values: Any) -> Expert:
    return perform(ACTIONS["expert.admit"], treasury.organisation, by=treasury, now=NOW, **candidate(**values)).value


def refusals(code: str, subject: Any, by: Post, now: datetime.datetime = NOW, **data: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        perform(ACTIONS[code], subject, by=by, now=now, **data)
    return refused.value


def test_an_admitted_expert_can_be_drawn_and_signs_in_at_the_own_unit(treasury: Post) -> None:
    h = hall("950000", "1000000", "1100000", experts=0)
    expert = admit(treasury)
    post = Post.objects.get(person=expert.person)
    assert (post.role, post.organisation) == (Role.EXPERT, expert.employer)
    assert list(pool.pool(h.case, specialities="信息技术", now=DRAWN)) == [expert]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"in_field_since_on": "2018-03-03"}, "too_little_experience"),
        ({"born_on": "1956-03-02"}, "too_old"),
        ({"in_field_since_on": "2026-03-03", "title": "senior"}, "impossible_date"),
        ({"born_on": "2018-03-02"}, "impossible_date"),
        ({"born_on": "9999-12-31", "title": "senior"}, "impossible_date"),
        ({"username": "nobody"}, "unknown_person"),
    ],
)
def test_who_may_not_be_admitted(treasury: Post, values: dict[str, Any], code: str) -> None:
    refused = refusals("expert.admit", treasury.organisation, treasury, **candidate(**values))
    assert refused.codes == {code}


@pytest.mark.parametrize(
    "values",
    [{"title": "senior", "in_field_since_on": "2025-03-02"}, {"born_on": "1956-03-03", "title": "senior"}],
)
def test_who_just_may(treasury: Post, values: dict[str, Any]) -> None:
    assert admit(treasury, **values).left_on is None


def test_nobody_supervises_and_evaluates(treasury: Post) -> None:
    refused = refusals("expert.admit", treasury.organisation, treasury, **candidate(username=treasury.person.username))
    assert refused.codes == {"supervisor"}
    citation = refused.refusals[0].citation
    assert citation is not None and citation.rule == "expert.not_supervisor"


def test_nobody_is_admitted_twice(treasury: Post) -> None:
    expert = admit(treasury)
    again = candidate(username=expert.person.username)
    assert refusals("expert.admit", treasury.organisation, treasury, **again).codes == {"expert_exists"}


def test_only_the_treasury_keeps_the_library(treasury: Post) -> None:
    agent, expert = factories.make_post(Role.AGENT), admit(treasury)
    assert refusals("expert.admit", agent.organisation, agent, **candidate()).codes == {"role_may_not"}
    assert refusals("expert.dismiss", expert, agent, reason="无").codes == {"role_may_not"}
    for post in (None, agent, factories.make_expert()):
        assert expert not in SCOPES[Expert](post, NOW)


def test_a_dismissed_expert_is_not_drawn(treasury: Post) -> None:
    h = hall("950000", "1000000", "1100000", experts=0)
    expert = admit(treasury)
    assert pool.pool(h.case, specialities="", now=DRAWN).exists()
    perform(ACTIONS["expert.dismiss"], expert, by=treasury, now=NOW, reason="本人申请")
    assert not pool.pool(h.case, specialities="", now=DRAWN).exists()
    assert refusals("expert.dismiss", expert, treasury, reason="本人申请").codes == {"left_library"}


def test_who_changes_the_employer_still_recuses_for_the_old_one(treasury: Post) -> None:
    h = hall("950000", "1000000", "1100000", experts=0)
    expert = admit(treasury, employer=h.bids[0].supplier.pk)
    new = factories.make_organisation(OrganisationKind.EXPERT_UNIT)
    perform(ACTIONS["expert.move"], expert, by=treasury, now=NOW, employer=new.pk)
    expert.refresh_from_db()
    assert expert.employer == new
    assert list(expert.ties.values_list("organisation", "kind", "to_on")) == [
        (h.bids[0].supplier_id, "employment", datetime.date(2026, 3, 2))
    ]
    assert not pool.pool(h.case, specialities="", now=DRAWN).exists()
    assert refusals("expert.move", expert, treasury, employer=new.pk).codes == {"same_employer"}


# --- recusal facts -------------------------------------------------------------------------------------------------

#: kind, last day (None: lasts), whether it keeps the expert off a draw on 23 March 2026.
TIES = [
    ("employment", None, True),
    ("employment", "2023-03-23", True),
    ("employment", "2023-03-22", False),
    ("director", "2024-01-01", True),
    ("director", "2022-12-31", False),
    ("shareholder", "2023-04-01", True),
    ("shareholder", "2020-01-01", False),
    ("kinship", None, True),
    ("kinship", "2025-12-31", False),
    ("other", None, True),
]


@pytest.mark.long
@pytest.mark.parametrize(("kind", "to_on", "recuses"), TIES)
@pytest.mark.parametrize("whose", ["bidder", "buyer", "agent"])
def test_a_declared_fact_keeps_off_the_draw(kind: str, to_on: str | None, recuses: bool, whose: str) -> None:
    h = hall("950000", "1000000", "1100000", experts=1)
    post, expert = h.experts[0], Expert.objects.get(person=h.experts[0].person)
    assert h.agent is not None
    concerned = {"bidder": h.bids[1].supplier, "buyer": h.officer.organisation, "agent": h.agent.organisation}[whose]
    data = {"organisation": concerned.pk, "kind": kind, "from_on": "2015-01-01", "to_on": to_on}
    perform(ACTIONS["expert_tie.declare"], expert, by=post, now=NOW, **data)
    assert pool.pool(h.case, specialities="", now=DRAWN).exists() is not recuses


def test_a_fact_about_somebody_else_changes_nothing() -> None:
    h = hall("950000", "1000000", "1100000", experts=1)
    expert = Expert.objects.get(person=h.experts[0].person)
    stranger = factories.make_supplier().organisation
    ExpertTie.objects.create(
        expert=expert, organisation=stranger, kind="kinship", from_on=datetime.date(2015, 1, 1), declared_at=NOW
    )
    assert pool.pool(h.case, specialities="", now=DRAWN).exists()


def drawn() -> Hall:
    h = hall("950000", "1000000", "1100000")
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    return h


def test_who_must_recuse_is_refused_at_sign_in_with_article_and_remedy() -> None:
    h = drawn()
    member = h.members[0]
    data = {"organisation": h.bids[0].supplier_id, "kind": "kinship", "from_on": "2020-01-01"}
    h.do("expert_tie.declare", member.expert, member.post, OPENED, **data)
    refused = refusals("committee.sign_in", member, member.post, SEATED, commits=True)
    (refusal,) = refused.refusals
    assert refusal.code == "recusal" and refusal.citation is not None
    assert refusal.citation.rule == "committee.recusal"
    assert "不能参加评审" in refusal.zh and "decline the seat" in refusal.en
    h.do("committee.decline", member, member.post, SEATED, reason="recusal")
    assert member.post not in {m.post for m in h.members}


def test_a_representative_who_must_recuse_is_refused_where_named() -> None:
    h = hall("950000", "1000000", "1100000")
    own = factories.make_post(Role.EXPERT, h.officer.organisation)
    library = Expert.objects.create(
        person=own.person, employer=own.organisation, specialities="", admitted_on=datetime.date(2020, 1, 1)
    )
    ExpertTie.objects.create(
        expert=library,
        organisation=h.bids[2].supplier,
        kind="shareholder",
        from_on=datetime.date(2020, 1, 1),
        to_on=datetime.date(2025, 1, 1),
        declared_at=NOW,
    )
    codes = h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED, representatives=[own.pk])
    assert codes == {"recusal"}


def test_a_fact_is_ended_never_dated_back() -> None:
    h = hall("950000", "1000000", "1100000", experts=1)
    post, expert = h.experts[0], Expert.objects.get(person=h.experts[0].person)
    data = {"organisation": h.bids[0].supplier_id, "kind": "employment", "from_on": "2015-01-01"}
    tie = perform(ACTIONS["expert_tie.declare"], expert, by=post, now=NOW, **data).value
    for wrong in ("2020-01-01", "2026-02-28", "2026-03-03"):
        assert refusals("expert_tie.end", tie, post, to_on=wrong).codes == {"impossible_date"}
    perform(ACTIONS["expert_tie.end"], tie, by=post, now=NOW, to_on="2026-03-01")
    assert not pool.pool(h.case, specialities="", now=DRAWN).exists()
    assert refusals("expert_tie.end", tie, post, to_on="2026-03-02").codes == {"tie_ended"}


@pytest.mark.parametrize(
    ("from_on", "to_on"), [("2026-03-03", None), ("2020-01-02", "2020-01-01"), ("9999-12-31", None)]
)
def test_a_fact_has_possible_dates(from_on: str, to_on: str | None) -> None:
    post = factories.make_expert()
    expert = Expert.objects.get(person=post.person)
    data = {"organisation": post.organisation_id, "kind": "employment", "from_on": from_on, "to_on": to_on}
    assert refusals("expert_tie.declare", expert, post, **data).codes == {"impossible_date"}


def test_nobody_declares_for_another_expert() -> None:
    one, other = factories.make_expert(), factories.make_expert()
    expert = Expert.objects.get(person=other.person)
    data = {"organisation": one.organisation_id, "kind": "other", "from_on": "2020-01-01"}
    assert refusals("expert_tie.declare", expert, one, **data).codes == {"not_yours"}
    agent = factories.make_post(Role.AGENT)
    assert refusals("expert_tie.declare", expert, agent, **data).codes == {"role_may_not"}
    for post in (None, agent, one):
        assert not SCOPES[ExpertTie](post, NOW).filter(expert=expert).exists()


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "申报回避事实"), ("en", "Declare a recusal fact")])
def test_an_expert_finds_the_own_page_and_no_other(client: Client, language: str, word: str) -> None:
    one, other = factories.make_expert(), factories.make_expert()
    own, foreign = (Expert.objects.get(person=post.person) for post in (one, other))
    client.force_login(one.person)
    session = client.session
    session["post"] = one.pk
    session.save()
    factories.set_database_clock(NOW)
    listed = client.get("/work/experts/", headers={"accept-language": language}, follow=True)
    assert listed.redirect_chain == [(f"/work/expert/{own.pk}/", 302)]
    assert listed.status_code == 200 and word in listed.content.decode()
    assert other.person.name not in listed.content.decode()
    assert client.get(f"/work/expert/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "专家库"), ("en", "Expert library")])
def test_the_treasury_finds_experts_by_name_employer_and_speciality(
    client: Client, settings: Any, language: str, word: str
) -> None:
    settings.YANGCAI_SECOND_FACTOR = False
    one, other = (Expert.objects.get(person=factories.make_expert().person) for _ in range(2))
    Expert.objects.filter(pk=one.pk).update(specialities="桥梁工程")
    keeper = factories.make_post(Role.TREASURY)
    client.force_login(keeper.person)
    session = client.session
    session["post"] = keeper.pk
    session.save()
    factories.set_database_clock(NOW)
    for text in ("桥梁", one.person.name, one.employer.name):
        found = client.get("/work/experts/", {"q": text}, headers={"accept-language": language}).content.decode()
        assert word in found and one.person.name in found and other.person.name not in found
