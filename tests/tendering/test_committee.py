"""Is the committee composed and drawn as the law says, and who learns its names, when?"""

import datetime

import pytest

from tests import factories
from tests.factories import at
from tests.tendering.judging import (
    ANNOUNCED,
    DRAWN,
    JUDGED,
    OPENED,
    QUALIFIED,
    SCORED,
    SEATED,
    Hall,
    hall,
)
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import Entry, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Expert, Post
from yangcai.parties.roles import Role
from yangcai.tendering import draws, vrd
from yangcai.tendering.models import Committee, CommitteeMember
from yangcai.tendering.queries.evaluation import names_are_public, published_members, seats

pytestmark = pytest.mark.django_db


def three(**values: object) -> Hall:
    return hall("950000", "1000000", "1100000", **values)  # type: ignore[arg-type]


def draw(h: Hall, now: datetime.datetime = DRAWN, **data: object) -> Committee:
    return h.do("committee.draw", h.case, h.runner, now, **{"evaluates_at": SEATED, **data}).value


def test_the_draw_can_be_repeated_by_anyone() -> None:
    h = three()
    committee = draw(h, public_seed="2026-03-23 排列三 417")
    record = draws.record(committee.case.expert_draws.get(), is_complete=True)
    assert vrd.faults(record) == []
    assert record["numbers"]["public"] == "2026-03-23 排列三 417"
    assert committee.draw_seed == record["seed"]
    opened = {one["line"]: one["facts"]["id"] for one in record["opened"]}
    assert set(opened.values()) == set(Expert.objects.values_list("pk", flat=True))
    assert [m.expert_id for m in h.members] == [opened[line] for line in record["order"][:5]]
    assert [m.is_chair for m in h.members] == [True, False, False, False, False]


def test_a_given_seed_alone_does_not_decide() -> None:
    """Whoever names the public number cannot try numbers until the draw suits: the platform adds its own part."""
    first, second = draw(three(), public_seed="417"), draw(three(), public_seed="417")
    assert first.draw_seed != second.draw_seed


def test_no_draw_for_an_evaluation_beyond_the_calendar() -> None:
    """Where the holidays are not known the two working days cannot be counted: that is said, and nothing breaks."""
    h = three()
    evaluates_at = at("9999-12-31T09:00")
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=evaluates_at) == {"calendar_unknown"}


def test_no_draw_earlier_than_two_working_days_before() -> None:
    h = three()
    evaluates_at = at("2026-10-09T09:00")
    friday = at("2026-09-29T09:00")
    assert h.refused("committee.draw", h.case, h.agent, friday, evaluates_at=evaluates_at) == {"drawn_too_early"}
    assert draw(h, at("2026-09-30T09:00"), evaluates_at=evaluates_at)


def test_no_evaluation_before_the_opening() -> None:
    h = three()
    early = at("2026-03-20T09:00")
    assert h.refused("committee.draw", h.case, h.agent, early, evaluates_at=at("2026-03-20T10:00")) == {
        "evaluation_before_opening"
    }


@pytest.mark.parametrize(("size", "lawful"), [(3, 5), (4, 5), (6, 7)])
def test_size_is_odd_and_at_least_five(size: int, lawful: int) -> None:
    h = three()
    with pytest.raises(Refused) as refused:
        h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED, size=size)
    (told,) = refused.value.refusals
    assert told.code == "committee_size" and told.zh.endswith(f"请改为 {lawful} 人")


@pytest.mark.parametrize(
    ("budget", "is_complex", "expected"),
    [("9999999.99", False, 5), ("10000000.00", False, 7), ("500000.00", True, 7)],
)
def test_large_or_complex_needs_seven(budget: str, is_complex: bool, expected: int) -> None:
    h = three(budget=budget)
    assert draw(h, is_complex=is_complex).size == expected
    assert len(h.members) == expected


def representative(h: Hall) -> Post:
    return factories.make_post(Role.EXPERT, h.officer.organisation)


def test_the_buyer_may_send_one_of_five_who_does_not_chair() -> None:
    h = three()
    own = representative(h)
    draw(h, representatives=[own.pk])
    assert [m.expert_id is None for m in h.members] == [False] * 4 + [True]
    assert h.members[-1].post == own and not h.members[-1].is_chair


def test_two_of_five_are_one_too_many() -> None:
    h = three()
    posts = [representative(h).pk, representative(h).pk]
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED, representatives=posts) == {
        "too_few_experts"
    }


def test_a_stranger_is_no_representative() -> None:
    h = three()
    stranger = factories.make_post(Role.EXPERT)
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED, representatives=[stranger.pk]) == {
        "invalid_input"
    }


def test_people_with_an_interest_are_never_drawn() -> None:
    h = three(experts=5)
    ruled_out = []
    for organisation in (h.officer.organisation, h.agent.organisation, h.bids[0].supplier):
        post = factories.make_expert()
        Expert.objects.filter(person=post.person).update(employer=organisation)
        ruled_out.append(post)
    # Two years ago in a bidder's service (条例 art. 9), and an expert who left the library.
    former = factories.make_expert()
    Post.objects.create(
        person=former.person,
        organisation=h.bids[1].supplier,
        role=Role.SUPPLIER,
        from_on=datetime.date(2020, 1, 1),
        to_on=datetime.date(2024, 4, 1),
    )
    left = factories.make_expert()
    Expert.objects.filter(person=left.person).update(left_on=datetime.date(2026, 3, 1))
    committee = draw(h)
    assert {m.post for m in h.members} == set(h.experts)
    listed = set(committee.case.expert_draws.get().lines.values_list("expert__person", flat=True))
    assert listed == {post.person_id for post in h.experts}


def test_service_long_ago_is_no_interest() -> None:
    h = three(experts=4)
    former = factories.make_expert()
    Post.objects.create(
        person=former.person,
        organisation=h.bids[1].supplier,
        role=Role.SUPPLIER,
        from_on=datetime.date(2015, 1, 1),
        to_on=datetime.date(2023, 3, 22),
    )
    draw(h)
    assert former in {m.post for m in h.members}


def test_a_pool_that_is_too_small_is_refused_with_numbers() -> None:
    h = three(experts=4)
    refusals = can(ACTIONS["committee.draw"], h.case, by=h.agent, now=DRAWN)
    assert refusals == []
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED) == {"pool_too_small"}
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED, specialities="医疗、基建") == {
        "pool_too_small"
    }


def test_specialities_narrow_the_pool() -> None:
    h = three(experts=5)
    surgeons = [factories.make_expert(specialities="医疗设备") for _ in range(5)]
    draw(h, specialities="医疗")
    assert {m.post for m in h.members} == set(surgeons)


def test_the_committee_is_drawn_once() -> None:
    h = three()
    draw(h)
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED) == {"already_drawn"}


def test_members_sign_in_after_the_opening_each_for_itself() -> None:
    h = three()
    draw(h)
    one, other = h.members[:2]
    assert h.refused("committee.sign_in", one, other.post, SEATED, commits=True) == {"not_yours"}
    assert h.refused("committee.sign_in", one, one.post, at("2026-03-23T09:45"), commits=True) == {"opening_not_over"}
    with pytest.raises(Refused) as refused:
        h.do("committee.sign_in", one, one.post, SEATED)
    (told,) = refused.value.refusals
    assert (told.code, told.field) == ("not_declared", "commits") and "不要勾选" in told.zh
    assert told.citation is not None and told.citation.article == "第十二条"
    h.do("committee.sign_in", one, one.post, SEATED, commits=True)
    assert h.refused("committee.sign_in", one, one.post, SEATED, commits=True) == {"already_signed_in"}


def test_a_member_who_has_to_do_with_a_bidder_cannot_sign_in() -> None:
    h = three()
    draw(h)
    member = h.members[0]
    Post.objects.create(
        person=member.post.person,
        organisation=h.bids[2].supplier,
        role=Role.SUPPLIER,
        from_on=datetime.date(2026, 3, 1),
    )
    assert h.refused("committee.sign_in", member, member.post, SEATED, commits=True) == {"recusal"}


def test_every_member_has_a_task_of_its_own() -> None:
    h = three()
    draw(h)
    waiting = Task.objects.filter(root=h.case.ref, action="committee.sign_in", done_at__isnull=True)
    assert set(waiting.values_list("person_id", flat=True)) == {m.post.person_id for m in h.members}
    assert set(waiting.values_list("organisation_id", flat=True)) == {None}


def test_nobody_evaluates_on_an_incomplete_committee() -> None:
    h = three()
    draw(h)
    h.qualify()
    chair = h.members[0]
    rows = h.findings("responsiveness")
    assert h.refused("responsiveness.record", h.lot, chair.post, JUDGED, rows=rows) == {"not_signed_in"}
    h.do("committee.sign_in", chair, chair.post, QUALIFIED, commits=True)
    assert h.refused("responsiveness.record", h.lot, chair.post, JUDGED, rows=rows) == {"committee_incomplete"}


def test_an_outsider_does_not_evaluate() -> None:
    h = three()
    h.seat()
    h.qualify()
    outsider = factories.make_expert()
    assert h.refused("responsiveness.record", h.lot, outsider, JUDGED, rows=h.findings("responsiveness")) == {
        "not_yours"
    }


def test_a_replaced_members_scores_are_void_and_the_chair_passes_on() -> None:
    h = three().ready()
    points = {n: {"technical": "40", "record": "10"} for n in range(3)}
    chair = next(m for m in h.members if m.is_chair)
    h.do("scores.submit", h.lot, chair.post, SCORED, rows=h.rows(points))
    new = h.do("committee.replace", chair, h.agent, SCORED, reason="突发疾病").value
    assert chair.post not in {m.post for m in h.members}
    assert [m.is_chair for m in h.members] == [True, False, False, False, False]
    # The sixth in the order of the draw; five were seated.
    assert new.expert_id == h.case.expert_draws.get().lines.get(position=6).expert_id
    assert h.refused("scores.submit", h.lot, chair.post, SCORED, rows=h.rows(points)) == {"not_yours"}
    assert h.refused("scores.submit", h.lot, h.chair, SCORED, rows=h.rows(points)) == {"committee_incomplete"}
    h.do("committee.sign_in", new, new.post, SCORED, commits=True)
    h.score({n: {"technical": "30", "record": "10"} for n in range(3)})
    assert h.compute().result["bids"][str(h.bids[0].pk)]["means"]["technical"] == "30.00"


def test_only_an_expert_replaces_an_expert() -> None:
    h = three()
    draw(h)
    post = representative(h)
    assert h.refused("committee.replace", h.members[0], h.agent, OPENED, reason="缺席", representative=post.pk) == {
        "too_few_experts"
    }


def test_names_stay_secret_until_the_award_notice() -> None:
    h = three()
    draw(h)
    supplier, public = h.bidders[0], None
    names = {m.post.person.name for m in h.members}
    assert seats(h.case, supplier, SEATED) == seats(h.case, public, SEATED) == []
    assert {s.name for s in seats(h.case, h.agent, SEATED)} == {""}
    first = h.members[0]
    h.do("committee.sign_in", first, first.post, SEATED, commits=True)
    assert {s.name for s in seats(h.case, h.agent, SEATED)} == {"", first.post.person.name}
    assert not names & {str(m) for m in h.members}
    for model in (Committee, CommitteeMember):
        assert not SCOPES[model](supplier, SEATED).exists()
        assert not SCOPES[model](public, SEATED).exists()
    for member in h.members[1:]:
        h.do("committee.sign_in", member, member.post, SEATED, commits=True)
    h.qualify()
    h.respond()
    h.judged({n: {"technical": "40", "record": "10"} for n in range(3)})
    h.awarded()
    assert published_members(h.case, ANNOUNCED) == []
    h.announced()
    assert names_are_public(h.case, ANNOUNCED)
    assert {m["name"] for m in published_members(h.case, ANNOUNCED)} == names
    assert {s.name for s in seats(h.case, public, ANNOUNCED)} == names
    assert not any(ACTIONS[e.action].is_public for e in Entry.objects.filter(action__startswith="committee."))
