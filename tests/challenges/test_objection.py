"""May who took part object in time, is it answered to all whom it concerns, and does the contract wait for it?"""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.challenges.support import LETTER, about, answer
from tests.contracts.support import document
from tests.factories import at
from tests.portal.chain import Chain
from tests.tendering.judging import SCORED, three
from tests.tendering.walk import Tender
from yangcai.cases.models import AwardFall, Case, Lot
from yangcai.challenges.models import Objection
from yangcai.challenges.objection_windows import windows
from yangcai.challenges.objections import EVIDENCE
from yangcai.challenges.queries import suppliers_concerned, visible_objections
from yangcai.contracts.models import Contract
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.notifications.models import Message
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.explanation import may_object_until
from yangcai.tendering.models import AwardLetter, Solicitation
from yangcai.www.work.files import readable

pytestmark = pytest.mark.django_db
#: The result was announced on Friday, 27 March 2026; its notice period ends on Monday, and then run seven working days.
RAISED = at("2026-03-31T10:00")


def do(code: str, subject: Any, by: Post, now: datetime.datetime, **data: Any) -> Any:
    return perform(ACTIONS[code], type(subject).objects.get(pk=subject.pk), by=by, now=now, **data).value


def refused(code: str, subject: Any, by: Post, now: datetime.datetime, **data: Any) -> dict[str, Refusal]:
    with pytest.raises(Refused) as error:
        do(code, subject, by, now, **data)
    return {refusal.code: refusal for refusal in error.value.refusals}


@pytest.fixture
def chain() -> Chain:
    return Chain().until("award announced")


def losers(chain: Chain) -> list[Post]:
    return [post for post in chain.suppliers if post.organisation_id != chain.hall.award.supplier_id]


def raised(chain: Chain, now: datetime.datetime = RAISED, **more: Any) -> Objection:
    post = losers(chain)[0]
    key = about(chain.case, post, "result", now)
    return do("objection.raise", chain.case, post, now, **{**LETTER, "about": key, **more})


def test_a_loser_objects_the_agent_answers_in_seven_working_days_and_the_complaint_has_its_last_day(
    chain: Chain,
) -> None:
    objection = raised(chain)
    assert (objection.target, objection.known_on) == ("result", datetime.date(2026, 3, 30))
    task = Task.objects.get(action="objection.answer")
    assert (task.clock, task.role, task.organisation_id) == ("C29", Role.AGENT, chain.case.agent_id)
    assert task.due_at == at("2026-04-11T00:00")  # seven working days over Qingming
    told = do(
        "objection.answer", objection, chain.agent_post, at("2026-04-02T09:00"), **answer(objection, False, False)
    )
    task.refresh_from_db()
    assert task.done_at == at("2026-04-02T09:00")
    # Fifteen working days from the end of the time for the answer, whenever it was given (政府采购法 art. 55).
    assert told.complaint_until == datetime.date(2026, 5, 6)
    right = Task.objects.get(clock="C30")
    assert (right.organisation_id, right.due_at) == (objection.supplier_id, at("2026-05-07T00:00"))
    tasks.fire_due(now=right.due_at)
    right.refresh_from_db()
    assert right.done_at == right.due_at


@pytest.mark.parametrize("at_once", [True, False])
def test_one_letter_for_one_step_where_the_document_wants_it_so(at_once: bool) -> None:
    """94号令 art. 10: said where it is entered; another supplier has a letter of its own, one taken back was none."""
    h = three(objections_at_once=at_once)
    case, (bidder, other, _third) = h.case, h.bidders
    letter = {**LETTER, "about": about(case, bidder, "process", SCORED, stage="opening")}
    first = do("objection.raise", case, bidder, SCORED, **letter)
    form = ACTIONS["objection.raise"].input(subject=case, by=bidder, now=SCORED)
    assert ("一次性提出" in str(form.fields["about"].help_text)) == at_once
    if at_once:
        again = refused("objection.raise", case, bidder, SCORED, **letter)["objected_already"]
        assert (again.field, again.facts["number"]) == ("about", first.number)
        assert again.citation is not None and again.citation.article == "第十条"
        do("objection.raise", case, other, SCORED, **letter)
        step = {**letter, "about": about(case, bidder, "process", SCORED, stage="qualification")}
        do("objection.raise", case, bidder, SCORED, **step)
        do("objection.withdraw", first, bidder, SCORED, reason="合并提出")
    assert do("objection.raise", case, bidder, SCORED, **letter).number != first.number


def test_the_document_says_it_and_so_does_its_notice_and_it_is_copied_with_it(client: Client) -> None:
    """It stands in the invitation, for who reads no more than that, and goes along where the document is used again."""
    tender = Tender().published(objections_at_once=True)
    notice = Notice.objects.get(root=tender.case.ref, kind="invitation")
    assert "一次性提出" in notice.facts["objections"]
    page = client.get(reverse("notice", args=[notice.pk])).content.decode()
    assert "其他补充事宜" in page and notice.facts["objections"] in page
    tender.do("case.terminate", tender.case, tender.runner, ground="solicitation_unlawful", reason="资格条件不当")
    again = tender.do("case.retender", tender.case, tender.runner).value
    assert Solicitation.objects.get(case=again).objections_at_once


def test_too_late_is_refused_with_the_last_day_and_who_was_not_there_may_not(chain: Chain) -> None:
    loser = losers(chain)[0]
    key = about(chain.case, loser, "result", RAISED)
    last = at("2026-04-09T23:59")
    assert not can(ACTIONS["objection.raise"], chain.case, by=loser, now=last)
    late = refused("objection.raise", chain.case, loser, at("2026-04-10T00:00"), **LETTER, about=key)
    assert "2026-04-09" in late["objection_too_late"].zh
    assert late["objection_too_late"].citation and late["objection_too_late"].citation.article == "第五十二条"
    stranger = refused("objection.raise", chain.case, factories.make_supplier(), RAISED, **LETTER, about=key)
    assert stranger["did_not_take_part"].citation and stranger["did_not_take_part"].citation.article == "第十一条"


def test_the_time_is_that_of_the_letter_also_while_the_case_stands_still(chain: Chain) -> None:
    """Suspended is what the buyer does (财政部令第94号 art. 28): a supplier may object all the while."""
    loser = losers(chain)[0]
    letter = AwardLetter.objects.get(supplier=loser.organisation_id)
    do(
        "case.suspend",
        chain.case,
        chain.treasury,
        RAISED,
        reason="投诉处理",
        until_on="2026-04-20",
        document=document("通知"),
    )
    case = Case.objects.get(pk=chain.case.pk)
    window = next(one for one in windows(case, loser.organisation_id, now=RAISED) if one.target == "result")
    task = Task.objects.get(clock="C28", organisation_id=loser.organisation_id)
    assert window.due_at == task.due_at == may_object_until(letter, now=RAISED).due_at
    assert not can(ACTIONS["objection.raise"], case, by=loser, now=RAISED)
    late = can(ACTIONS["objection.raise"], case, by=loser, now=at("2026-04-10T00:00"))
    assert [one.code for one in late] == ["objection_too_late"]


def test_each_step_has_a_time_of_its_own(chain: Chain) -> None:
    """The document was obtained on 4 March, its notice ended on the 9th: what is over stands in the list, and is
    refused by its article."""
    loser = losers(chain)[0]
    document = about(chain.case, loser, "document", RAISED)
    found = {one.key: one for one in windows(chain.case, loser.organisation_id, now=RAISED)}
    assert str(found[document].last_day) == "2026-03-18"
    late = refused("objection.raise", chain.case, loser, RAISED, **LETTER, about=document)
    assert set(late) == {"objection_too_late"} and late["objection_too_late"].field == "about"
    opening = about(chain.case, loser, "process", RAISED, "opening")
    assert str(found[opening].since) == "2026-03-23"
    assert do("objection.raise", chain.case, loser, RAISED, **LETTER, about=opening).stage == "opening"


def test_a_representative_shows_that_it_may(chain: Chain) -> None:
    loser = losers(chain)[0]
    key = about(chain.case, loser, "result", RAISED)
    found = refused("objection.raise", chain.case, loser, RAISED, **{**LETTER, "signed_as": "authorised"}, about=key)
    assert found["no_authorisation"].citation and found["no_authorisation"].citation.article == "第八条"


def test_the_document_is_objected_to_by_who_obtained_it_and_nobody_learns_who_that_is() -> None:
    tender = Tender().published()
    holder, other = tender.supplier(), tender.supplier()
    key = about(tender.case, holder, "document", tender.now)
    objection = do("objection.raise", tender.case, holder, tender.now, **LETTER, about=key, evidence=document("证据"))
    assert refused("objection.answer", objection, tender.agent_post, tender.now,
                   **answer(objection, True, False, consequence="next")).keys() == {"another_consequence"}  # fmt: skip
    do("objection.answer", objection, tender.agent_post, tender.now,
       **answer(objection, True, False, consequence="amend"))  # fmt: skip
    assert not visible_objections(other, tender.now).exists()  # before the opening: 87号令 art. 28
    overseer = factories.make_post(Role.TREASURY)
    assert not visible_objections(overseer, tender.now).exists()
    for post, reads in ((overseer, False), (tender.agent_post, True)):
        assert readable(tender.case, post=post, now=tender.now).filter(kind=EVIDENCE).exists() == reads
    assert visible_objections(tender.agent_post, tender.now).get() == objection
    tender.bids("900000.00", "850000.00", "800000.00")
    tender.open()
    assert visible_objections(overseer, tender.now).get() == objection
    assert Task.objects.get(action="correction.publish", done_at=None).organisation_id == tender.case.agent_id


def test_before_the_answer_both_sides_see_it_and_after_it_who_is_concerned(chain: Chain) -> None:
    objection = raised(chain)
    own, other = losers(chain)
    winner = next(post for post in chain.suppliers if post.organisation_id == chain.hall.award.supplier_id)
    inside = {own, chain.agent_post, chain.officer, chain.reviewer, chain.treasury}
    outside = {None, factories.make_supplier(), factories.make_post(Role.AGENT), factories.make_expert()}
    for post in inside:
        assert visible_objections(post, RAISED).get() == objection
    for post in outside | {other, winner}:
        assert not visible_objections(post, RAISED).exists()
    do("objection.answer", objection, chain.agent_post, RAISED, **answer(objection, False, False))
    for post in (other, winner):
        assert visible_objections(post, RAISED).get() == objection
        assert can(ACTIONS["objection.withdraw"], objection, by=post, now=RAISED)[0].code == "not_yours"
    for post in outside:
        assert not visible_objections(post, RAISED).exists()
    assert suppliers_concerned(objection) == {other.organisation_id, winner.organisation_id}
    told = set(Message.objects.filter(kind="objection_answered").values_list("organisation_id", flat=True))
    assert {own.organisation_id, other.organisation_id, winner.organisation_id, chain.case.buyer_id} <= told
    assert not Message.objects.filter(kind="objection_answered", facts__icontains=own.organisation.name).exists()


def test_where_the_purchase_begins_anew_nobody_wins_it_any_more() -> None:
    """财政部令第94号 art. 16: answered before there is a winner, it holds up the winner, and says how it ends."""
    chain = Chain().until("award determined")
    loser = losers(chain)[0]
    key = about(chain.case, loser, "process", chain.now, "opening")
    objection = do("objection.raise", chain.case, loser, chain.now, **LETTER, about=key)
    award = chain.hall.award
    unfounded = {"ground": "objection_upheld", "reason": ""}
    found = refused("lot.declare_unsuccessful", award.lot, chain.agent_post, chain.now, **unfounded)
    assert found["ground_not_given"].citation is not None
    assert found["ground_not_given"].citation.article == "第十六条"
    said = answer(objection, True, False, consequence="restart")
    do("objection.answer", objection, chain.agent_post, chain.now, **said)
    announcing = can(ACTIONS["award.announce"], award, by=chain.agent_post, now=chain.now)
    assert [one.code for one in announcing] == ["objection_restarts"]
    assert announcing[0].citation is not None and announcing[0].citation.article == "第十六条"
    waits = Task.objects.get(action="lot.declare_unsuccessful", done_at=None)
    assert (waits.subject, waits.organisation_id) == (award.lot.ref, chain.case.agent_id)
    form = ACTIONS["lot.declare_unsuccessful"].input(subject=award.lot, by=chain.agent_post, now=chain.now)
    assert form.fields["ground"].initial == "objection_upheld"
    do("lot.declare_unsuccessful", award.lot, chain.agent_post, chain.now, ground="objection_upheld", reason="")
    assert Lot.objects.get(pk=award.lot_id).outcome_reason == "质疑成立，重新开展采购活动"
    assert not Task.objects.filter(action="lot.declare_unsuccessful", done_at=None).exists()


def test_what_is_missing_is_told_once_and_the_time_runs_on(chain: Chain) -> None:
    objection = raised(chain)
    due = Task.objects.get(action="objection.answer").due_at
    assert refused("objection.complete", objection, losers(chain)[0], RAISED, completion="补").keys() == {
        "nothing_to_complete"
    }
    do("objection.ask_completion", objection, chain.agent_post, RAISED, missing="没有写明法律依据")
    assert "completion_asked" in refused(
        "objection.ask_completion", objection, chain.agent_post, RAISED, missing="还有"
    )
    task = Task.objects.get(action="objection.complete")
    assert (task.organisation_id, task.due_at) == (objection.supplier_id, due)
    do("objection.complete", objection, losers(chain)[0], RAISED, completion="依据为 87号令第五十五条")
    assert Task.objects.get(action="objection.answer", done_at=None).due_at == due


def test_what_was_withdrawn_is_answered_no_more_and_another_may_follow(chain: Chain) -> None:
    objection = raised(chain)
    do("objection.withdraw", objection, losers(chain)[0], RAISED, reason="")
    found = refused("objection.answer", objection, chain.agent_post, RAISED, **answer(objection, False, False))
    assert set(found) == {"objection_withdrawn"} and not Task.objects.filter(clock="C29", done_at=None).exists()
    assert raised(chain).number != objection.number


def test_an_answer_is_whole_and_follows_from_what_was_found(chain: Chain) -> None:
    objection = raised(chain)
    whole = answer(objection, False, False)
    half = {**whole, "rows": whole["rows"][:1]}
    assert refused("objection.answer", objection, chain.agent_post, RAISED, **half).keys() == {"matter_unanswered"}
    for consequence, founded, code in (
        ("next", False, "nothing_is_founded"),
        ("amend", True, "another_consequence"),
    ):
        said = answer(objection, founded, False, consequence=consequence)
        found = refused("objection.answer", objection, chain.agent_post, RAISED, **said)
        assert set(found) == {code} and found[code].citation is not None
        assert found[code].citation.article == "第十六条"
    do("objection.answer", objection, chain.agent_post, RAISED, **whole)
    assert "objection_answered" in refused("objection.answer", objection, chain.agent_post, RAISED, **whole)


def signing(chain: Chain, now: datetime.datetime = RAISED) -> list[str]:
    contract = Contract.objects.filter(case=chain.case).order_by("-pk")[0]
    return [refusal.code for refusal in can(ACTIONS["contract.sign"], contract, by=chain.reviewer, now=now)]


def test_no_contract_is_signed_while_it_waits_unless_the_buyer_says_why_it_cannot_matter(chain: Chain) -> None:
    do("contract.draft", chain.hall.award, chain.officer, RAISED)
    objection = raised(chain)
    assert signing(chain) == ["objection_waits"]
    waits = can(ACTIONS["contract.sign"], chain.contract, by=chain.reviewer, now=RAISED)[0]
    assert waits.citation is not None and waits.citation.article == "第五十四条"
    do("objection.find_harmless", objection, chain.officer, RAISED, reason="只涉及得分次序在后的供应商")
    assert signing(chain) == []
    second = raised(chain)
    assert signing(chain) == ["objection_waits"]
    do("objection.answer", second, chain.agent_post, RAISED, **answer(second, False, False))
    assert signing(chain) == []


def test_a_contract_that_was_signed_is_not_carried_on_meanwhile() -> None:
    """条例 art. 54, second half; and what the database holds against is the signature alone."""
    chain = Chain().until("amendment published")
    now = chain.now
    objection = raised(chain, now=now)

    def accepting() -> list[str]:
        by = chain.officer
        return [refusal.code for refusal in can(ACTIONS["acceptance.record"], chain.contract, by=by, now=now)]

    assert accepting() == ["objection_waits"]
    waits = can(ACTIONS["acceptance.record"], chain.contract, by=chain.officer, now=now)[0]
    assert "中止履行合同" in waits.zh
    do("objection.answer", objection, chain.agent_post, now, **answer(objection, False, False))
    assert accepting() == []


def test_where_it_was_right_the_award_falls_by_the_act_that_is_there_for_it(chain: Chain) -> None:
    """财政部令第94号 art. 16: nothing of the re-determination is done twice."""
    do("contract.draft", chain.hall.award, chain.officer, RAISED)
    objection = raised(chain)
    said = answer(objection, True, False, consequence="next")
    do("objection.answer", objection, chain.agent_post, RAISED, **said)
    assert signing(chain) == ["objection_upheld"]
    waits = Task.objects.get(action="award.annul", done_at=None)
    assert (waits.subject, waits.organisation_id) == (chain.hall.award.ref, chain.case.agent_id)
    form = ACTIONS["award.annul"].input(subject=chain.hall.award, by=chain.agent_post, now=RAISED)
    assert form.fields["ground"].choices[0][0] == AwardFall.OBJECTION
    papers = {name: document(name) for name in ("proof", "report")}
    do("award.annul", chain.hall.award, chain.agent_post, RAISED, ground="objection", reason="业绩不实", **papers)
    assert not Task.objects.filter(action="award.annul", done_at=None).exists()  # now it waits for who confirms
