"""May a buyer choose its experts itself: with a ground, by the consent of somebody else, published, and recusing?"""

import datetime
import json
from typing import Any

import pytest

from tests import factories
from tests.tendering.judging import ANNOUNCED, DRAWN, EQUAL, OPENED, SEATED, Hall, hall
from yangcai.kernel.actions import ACTIONS, SCOPES, can, perform
from yangcai.kernel.models import EntryPayload, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import LAW, Expert, ExpertTie, Organisation, Post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering import draws, vrd
from yangcai.tendering.models import CommitteeMember, ExpertChoice, ExpertDraw

pytestmark = pytest.mark.django_db

WHY = {"reason": "手术机器人专用导航，全国同类专家很少", "attempts": "库内没有该专业，两次抽取均不熟悉"}


def three(**values: Any) -> Hall:
    return hall("950000", "1000000", "1100000", **values)


def key(post: Post) -> int:
    return Expert.objects.get(person_id=post.person_id).pk


def choose(h: Hall, *posts: Post) -> ExpertChoice:
    rows = [{"expert": key(post), "reason": "长期从事该领域"} for post in posts]
    found: ExpertChoice = h.do("experts.choose", h.case, h.officer, OPENED, experts=rows, **WHY).value
    return found


def consented(h: Hall, *posts: Post) -> ExpertChoice:
    made = choose(h, *posts)
    h.do("experts.consent", made, h.reviewer, OPENED, decision="consent", opinion="同意")
    return made


def refusals(code: str, subject: Any, by: Post, at: datetime.datetime = OPENED, **data: Any) -> dict[str, Any]:
    try:
        perform(ACTIONS[code], subject, by=by, now=at, **data)
    except Refused as refused:
        return {one.code: one for one in refused.refusals}
    raise AssertionError(f"{code} was not refused")


def test_two_are_chosen_with_consent_and_the_rest_is_drawn() -> None:
    h = three()
    first, second = h.experts[:2]
    choice = choose(h, first, second)
    # Somebody else consents: the buyer's reviewer here, because no unit stands above the buyer.
    task = Task.objects.get(action="experts.consent", done_at=None)
    assert (task.role, task.organisation_id) == (Role.BUYER_REVIEWER, h.officer.organisation_id)
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED) == {"consent_awaited"}
    h.do("experts.consent", choice, h.reviewer, OPENED, decision="consent", opinion="")
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    chosen = [m.post for m in h.members if m.chosen_id]
    assert chosen == [first, second] and len(h.members) == 5
    draw = ExpertDraw.objects.get(case=h.case)
    record = draws.record(draw, is_complete=True)
    assert vrd.faults(record) == []
    assert (record["commit"]["places"], record["commit"]["chosen"]) == (3, 2)
    # Whom the buyer chose does not stand on the list of the draw, and the chair is somebody whom chance chose.
    listed = {one["facts"]["id"] for one in record["opened"]}
    assert not {key(first), key(second)} & listed
    assert [m.chosen_id for m in h.members if m.is_chair] == [None]


def test_it_is_published_with_the_result_who_was_chosen_and_why() -> None:
    h = three()
    first = h.experts[0]
    consented(h, first)
    h.ready()
    h.judged(EQUAL)
    h.awarded()
    h.announced()
    facts = Notice.objects.get(kind="award").facts
    assert f"{first.person.name}（采购人自行选定）" in facts["committee"]
    assert facts["committee"].count("自行选定") == 1
    assert WHY["reason"] in facts["chosen"] and h.case.buyer.name in facts["chosen"]


def test_an_ordinary_award_says_nothing_of_a_choice() -> None:
    h = three().ready()
    h.judged(EQUAL)
    h.awarded()
    h.announced()
    facts = Notice.objects.get(kind="award").facts
    assert not facts.get("chosen") and "自行选定" not in facts["committee"]


def test_the_names_stay_secret_until_then() -> None:
    h = three()
    first = h.experts[0]
    consented(h, first)
    written = json.dumps([one.data for one in EntryPayload.objects.all()], ensure_ascii=False)
    assert first.person.name not in written and f'"expert": {key(first)}' not in written
    assert h.agent is not None
    for outsider in (h.agent, h.bidders[0]):
        assert not SCOPES[ExpertChoice](outsider, ANNOUNCED).exists()
    assert SCOPES[ExpertChoice](h.reviewer, ANNOUNCED).exists()
    form = ACTIONS["experts.consent"].input
    choice = ExpertChoice.objects.get(case=h.case)
    told = [
        str(form(None, None, subject=choice, by=post, now=OPENED).fields["decision"].help_text)
        for post in (h.reviewer, factories.make_post(Role.PLATFORM))
    ]
    assert first.person.name in told[0] and first.person.name not in told[1]


def test_who_asked_does_not_consent_and_no_other_unit_does() -> None:
    h = three()
    choice = choose(h, h.experts[0])
    person = h.officer.person
    both = factories.make_post(Role.BUYER_REVIEWER, h.officer.organisation, person=person)
    assert h.refused("experts.consent", choice, both, OPENED, decision="consent", opinion="") == {"same_person"}
    stranger = factories.make_post(Role.BUYER_REVIEWER)
    with pytest.raises(Refused):
        h.do("experts.consent", choice, stranger, OPENED, decision="consent", opinion="")
    assert h.refused("experts.consent", choice, h.reviewer, OPENED, decision="return", opinion="") == {"reason_missing"}


def test_the_unit_above_consents_where_there_is_one() -> None:
    h = three()
    above = factories.make_organisation()
    Organisation.objects.filter(pk=h.case.buyer_id).update(parent=above)
    h.case.refresh_from_db()
    choice = choose(h, h.experts[0])
    assert choice.consent_by == above
    assert h.refused("experts.consent", choice, h.reviewer, OPENED, decision="consent", opinion="") == {
        "not_the_main_budget_unit"
    }
    chief = factories.make_post(Role.BUYER_REVIEWER, above)
    h.do("experts.consent", choice, chief, OPENED, decision="consent", opinion="")
    assert ExpertChoice.objects.get(pk=choice.pk).is_consented


def test_without_consent_everybody_is_drawn() -> None:
    h = three()
    choice = choose(h, h.experts[0])
    h.do("experts.consent", choice, h.reviewer, OPENED, decision="return", opinion="库内有合适专家")
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    assert not CommitteeMember.objects.filter(chosen__isnull=False).exists() and len(h.members) == 5


def test_of_several_who_are_chosen_the_one_who_must_recuse_is_named() -> None:
    h = three()
    tied, free = h.experts[0], h.experts[1]
    factories.make_post(Role.SUPPLIER, h.bidders[0].organisation, person=tied.person)
    rows = [{"expert": key(one), "reason": "x"} for one in (free, tied)]
    with pytest.raises(Refused) as refused:
        h.do("experts.choose", h.case, h.officer, OPENED, experts=rows, **WHY)
    (found,) = refused.value.refusals
    assert found.code == "recusal" and found.zh.startswith(tied.person.name) and free.person.name not in found.zh


def test_whoever_has_an_interest_is_not_chosen_and_recuses_later() -> None:
    h = three()
    bidder = h.bidders[0].organisation
    tied = h.experts[0]
    Expert.objects.filter(person=tied.person).update(employer=bidder)
    rows = [{"expert": key(tied), "reason": "x"}]
    found = refusals("experts.choose", h.case, h.officer, experts=rows, **WHY)
    assert "recusal" in found or "invalid_input" in found
    # Chosen before the tie came about: at the sign-in the member recuses all the same.
    second = h.experts[1]
    consented(h, second)
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    factories.make_post(Role.SUPPLIER, bidder, person=second.person)
    member = CommitteeMember.objects.get(chosen__isnull=False)
    assert h.refused("committee.sign_in", member, member.post, SEATED, commits=True) == {"recusal"}
    # The next of the draw takes the seat: nobody is chosen in a hurry.
    h.do("committee.replace", member, h.agent, SEATED, reason="回避", ground="recusal")
    assert not any(m.chosen_id for m in h.members) and len(h.members) == 5


def test_one_of_the_buyers_own_may_be_chosen_in_a_tender_alone() -> None:
    """87号令 art. 47 excepts art. 48; 74号令 art. 7 excepts nothing."""
    h = three()
    own = factories.make_post(Role.EXPERT, h.case.buyer)
    Expert.objects.create(
        person=own.person, employer=h.case.buyer, specialities="信息技术", admitted_on=OPENED.date().replace(year=2015)
    )
    consented(h, own)
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    member = CommitteeMember.objects.get(chosen__isnull=False)
    h.do("committee.sign_in", member, member.post, SEATED, commits=True)
    assert not member.is_chair
    case = factories.make_case(procedure="negotiation", buyer=h.case.buyer)
    rows = [{"expert": key(own), "reason": "x"}]
    found = refusals("experts.choose", case, h.officer, experts=rows, **WHY)
    assert set(found) == {"expert_of_the_buyer"} and own.person.name in found["expert_of_the_buyer"].zh


@pytest.mark.parametrize("procedure", ["quotations", "single_source"])
def test_other_methods_know_no_choice(procedure: str) -> None:
    officer = factories.make_post(Role.BUYER_OFFICER)
    case = factories.make_case(procedure=procedure, buyer=officer.organisation, method="lowest")
    expert = factories.make_expert()
    found = refusals("experts.choose", case, officer, experts=[{"expert": key(expert), "reason": "x"}], **WHY)
    assert set(found) == {"experts_are_drawn"} and found["experts_are_drawn"].citation.article == "第三十九条"


def test_nobody_is_chosen_once_the_draw_has_begun_and_nothing_is_withdrawn_then() -> None:
    h = three()
    choice = consented(h, h.experts[0])
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    assert h.refused("experts.withdraw", choice, h.officer, DRAWN) == {"choice_used"}
    rows = [{"expert": key(h.experts[1]), "reason": "x"}]
    assert "draw_begun" in h.refused("experts.choose", h.case, h.officer, DRAWN, experts=rows, **WHY)


def left(expert: Expert, how: str, h: Hall) -> None:
    """What came about after the consent."""
    match how:
        case "dismissed":
            Expert.objects.filter(pk=expert.pk).update(left_on=OPENED.date())
        case "post_ended":
            Post.objects.filter(person=expert.person).update(to_on=OPENED.date() - datetime.timedelta(days=1))
        case "tie":
            bidder = h.bidders[0].organisation
            ExpertTie.objects.create(
                expert=expert, organisation=bidder, kind="kinship", from_on=OPENED.date(), declared_at=OPENED
            )


@pytest.mark.parametrize(
    ("how", "code", "article"),
    [
        ("dismissed", "chosen_has_left", "第四十八条"),
        ("post_ended", "chosen_has_left", "第四十八条"),
        ("tie", "chosen_must_recuse", "第十二条"),
    ],
)
def test_whom_the_buyer_chose_is_looked_at_again_when_the_seats_are_filled(how: str, code: str, article: str) -> None:
    h = three()
    choice = consented(h, *h.experts[:2])
    second = h.experts[1]
    left(Expert.objects.get(person=second.person), how, h)
    found = refusals("committee.draw", h.case, h.agent, at=DRAWN, evaluates_at=SEATED)
    assert set(found) == {code}
    assert found[code].citation.article == article
    assert "第 2 名" in found[code].zh and second.person.name not in found[code].zh  # the names are secret
    assert code in h.refused("draw.open", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    # As the refusal says: the choice is withdrawn, and everybody is drawn.
    h.do("experts.withdraw", choice, h.officer, DRAWN)
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    assert not any(m.chosen_id for m in h.members)


def test_nor_does_a_draw_of_all_parties_seat_who_left_meanwhile() -> None:
    h = three()
    choice = consented(h, h.experts[0])
    h.do("draw.open", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    draw = ExpertDraw.objects.get(case=h.case)
    supervisor = factories.make_post(Role.TREASURY)
    numbers = {post: f"{n}" * 64 for n, post in enumerate((h.officer, h.agent, supervisor))}
    for post, number in numbers.items():
        h.do("draw.promise", draw, post, DRAWN, digest=vrd.promise_of(number))
    for post, number in numbers.items():
        h.do("draw.reveal", draw, post, DRAWN, number=number)
    left(Expert.objects.get(person=h.experts[0].person), "post_ended", h)
    assert h.refused("draw.complete", draw, h.agent, DRAWN) == {"chosen_has_left"}
    h.do("draw.abandon", draw, h.agent, DRAWN, reason="自行选定的专家岗位已终止")
    h.do("experts.withdraw", choice, h.officer, DRAWN)
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    assert len(h.members) == 5 and not any(m.chosen_id for m in h.members)


def test_who_joined_the_buyer_since_recuses_where_its_own_may_not_be_chosen() -> None:
    """74号令 art. 7 excepts nobody of the buyer's own unit, as 87号令 art. 47-48 do."""
    officer = factories.make_post(Role.BUYER_OFFICER)
    reviewer = factories.make_post(Role.BUYER_REVIEWER, officer.organisation)
    case = factories.make_case(procedure="negotiation", buyer=officer.organisation)
    experts = [factories.make_expert() for _ in range(4)]
    rows = [{"expert": key(experts[0]), "reason": "x"}]
    made = perform(ACTIONS["experts.choose"], case, by=officer, now=factories.NOW, experts=rows, **WHY).value
    perform(ACTIONS["experts.consent"], made, by=reviewer, now=factories.NOW, decision="consent", opinion="")
    perform(ACTIONS["committee.draw"], case, by=officer, now=factories.NOW, evaluates_at=SEATED)
    member = CommitteeMember.objects.get(committee__case=case, chosen__isnull=False)

    def told() -> set[str]:
        return {one.code for one in can(ACTIONS["committee.sign_in"], member, by=member.post, now=factories.NOW)}

    assert "recusal" not in told()
    factories.make_post(Role.BUYER_OFFICER, officer.organisation, person=member.post.person)
    assert "recusal" in told()


def test_a_withdrawn_choice_is_no_choice() -> None:
    h = three()
    choice = consented(h, h.experts[0])
    rows = [{"expert": key(h.experts[1]), "reason": "x"}]
    assert h.refused("experts.choose", h.case, h.officer, OPENED, experts=rows, **WHY) == {"choice_open"}
    h.do("experts.withdraw", choice, h.officer, OPENED)
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    assert not any(m.chosen_id for m in h.members)


def test_more_than_there_are_places_are_refused_at_the_draw() -> None:
    h = three()
    consented(h, *h.experts[:6])
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED) == {"too_many_chosen"}


def test_a_whole_committee_may_be_chosen_and_ties_still_have_a_seed() -> None:
    h = three()
    consented(h, *h.experts[:5])
    h.do("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED)
    assert all(m.chosen_id for m in h.members) and sum(m.is_chair for m in h.members) == 1
    record = draws.record(ExpertDraw.objects.get(case=h.case), is_complete=True)
    assert vrd.faults(record) == [] and record["commit"]["places"] == 0 and record["seed"]


def test_a_chosen_lawyer_fills_the_lawyers_place_and_is_followed_by_a_lawyer() -> None:
    officer = factories.make_post(Role.BUYER_OFFICER)
    reviewer = factories.make_post(Role.BUYER_REVIEWER, officer.organisation)
    case = factories.make_case(procedure="negotiation", buyer=officer.organisation)
    for _ in range(4):
        factories.make_expert()
    lawyer, other = (factories.make_expert(specialities=LAW) for _ in range(2))
    made = perform(
        ACTIONS["experts.choose"],
        case,
        by=officer,
        now=factories.NOW,
        experts=[{"expert": key(lawyer), "reason": "x"}],
        **WHY,
    ).value
    perform(ACTIONS["experts.consent"], made, by=reviewer, now=factories.NOW, decision="consent", opinion="")
    asked = {"evaluates_at": SEATED, "is_complex": True, "specialities": "信息技术"}
    perform(ACTIONS["committee.draw"], case, by=officer, now=factories.NOW, **asked)
    record = draws.record(ExpertDraw.objects.get(case=case), is_complete=True)
    assert record["commit"]["lawyers"] == 0
    member = CommitteeMember.objects.get(committee__case=case, chosen__isnull=False)
    perform(ACTIONS["committee.replace"], member, by=officer, now=factories.NOW, reason="因病", ground="ill")
    seated = CommitteeMember.objects.filter(committee__case=case, replaced_at=None)
    assert [m.post for m in seated if m.expert and LAW in m.expert.specialities] == [other]
