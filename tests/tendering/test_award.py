"""Who wins, by whose decision or silence, who is told what, and what when nobody wins?"""

import datetime
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests.apart import apart
from tests.factories import at, make_expert, make_post
from tests.tendering.judging import (
    ANNOUNCED,
    DETERMINED,
    OPENED,
    QUALIFIED,
    SENT,
    Hall,
    hall,
)
from tests.tendering.walk import Tender
from yangcai.cases.models import Award, Case, Lot
from yangcai.credit.models import Debarment
from yangcai.kernel import documents, tasks
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import Attachment, Document, Entry, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import AwardAnnulment, AwardLetter
from yangcai.tendering.queries.evaluation import score_table

pytestmark = pytest.mark.django_db

POINTS = {n: {"technical": str(40 - n), "record": "10"} for n in range(3)}
#: Report sent on Tuesday 24 March 2026: five working days end with Tuesday 31 March.
SILENT = at("2026-04-01T00:00")


def evaluated(**values: Any) -> Hall:
    return hall("950000", "1000000", "1100000", **values).ready().judged(POINTS)


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hall]:
    """The report lies with the buyer: told once for this file; what each test adds is taken back."""
    with django_db_blocker.unblock(), apart():
        yield evaluated()


@pytest.fixture
def sent(told: Hall, db: None) -> Hall:
    return deepcopy(told)


def open_task(h: Hall, action: str) -> Task:
    return Task.objects.get(root=h.case.ref, action=action, done_at=None)


def test_the_buyer_takes_the_first_candidate(sent: Hall) -> None:
    h = sent
    task = open_task(h, "award.determine")
    assert (task.clock, task.due_at, task.organisation_id) == ("C13", SILENT, h.case.buyer_id)
    award = h.awarded()
    assert (award.supplier, award.amount, award.is_deemed) == (h.bids[0].supplier, Decimal("950000.00"), False)
    task = open_task(h, "award.announce")
    assert (task.clock, task.due_at) == ("C14", at("2026-03-31T00:00"))
    assert task.organisation_id == h.agent.organisation_id
    assert h.refused("award.determine", h.lot, h.officer, DETERMINED, candidate=h.lot.candidates.get(rank=2).pk) == {
        "already_awarded"
    }


def test_out_of_order_only_with_a_lawful_reason(sent: Hall) -> None:
    h = sent
    second = h.lot.candidates.get(rank=2).pk
    assert h.refused("award.determine", h.lot, h.officer, DETERMINED, candidate=second) == {"out_of_order"}
    assert h.refused("award.determine", h.lot, h.officer, DETERMINED, candidate=second, ground="gave_up") == {
        "out_of_order"
    }
    assert h.refused(
        "award.determine", h.lot, h.officer, DETERMINED, candidate=second, ground="cheaper", reason="更便宜"
    ) == {"invalid_input"}
    award = h.awarded(rank=2, ground="gave_up", reason="候选人来函放弃")
    assert award.supplier == h.bids[1].supplier
    assert (
        Entry.objects.get(action="award.determine", outcome="done").payload.data["input"]["reason"] == "候选人来函放弃"
    )


def test_the_agent_and_bidders_do_not_choose(sent: Hall) -> None:
    h = sent
    first = h.lot.candidates.get(rank=1).pk
    assert h.refused("award.determine", h.lot, h.agent, DETERMINED, candidate=first) == {"role_may_not"}
    assert h.refused("award.determine", h.lot, h.bidders[0], DETERMINED, candidate=first) == {"role_may_not"}


def test_a_candidate_of_another_lot_is_refused(sent: Hall) -> None:
    h, other = sent, evaluated()
    assert h.refused(
        "award.determine", h.lot, h.officer, DETERMINED, candidate=other.lot.candidates.get(rank=1).pk
    ) == {"invalid_input"}


def test_a_debarred_candidate_is_passed_over(sent: Hall) -> None:
    h = sent
    Debarment.objects.create(
        organisation=h.bids[0].supplier,
        ground="procurement",
        from_on=DETERMINED.date(),
        authority="兰州新区财政局",
        decision="兰新财〔2026〕9号",
    )
    assert h.refused("award.determine", h.lot, h.officer, DETERMINED, candidate=h.lot.candidates.get(rank=1).pk) == {
        "debarred"
    }
    assert h.awarded(rank=2).supplier == h.bids[1].supplier


# --- silence -------------------------------------------------------------------------------------------------------


def test_silence_awards_to_the_first_candidate_once(sent: Hall) -> None:
    h = sent
    assert tasks.fire_due(now=at("2026-03-31T23:59")) == [] or not Award.objects.exists()
    late = at("2026-04-02T08:00")
    tasks.fire_due(now=late)
    award = Award.objects.get()
    assert (award.is_deemed, award.determined_at, award.supplier) == (True, SILENT, h.bids[0].supplier)
    entry = Entry.objects.get(action="award.deem", outcome="done")
    assert entry.role == "platform" and entry.at == late
    tasks.fire_due(now=late)
    assert Award.objects.count() == 1
    assert open_task(h, "award.announce").since == SILENT


def test_nothing_is_deemed_in_time_that_the_case_stood_still(sent: Hall) -> None:
    """政府采购法 art. 57: suspended for a week, the buyer has its five working days yet; its task says so."""
    h, treasury = sent, make_post(Role.TREASURY)
    clock, begun, resumed = platform_post(now=SENT), SENT + datetime.timedelta(1), SENT + datetime.timedelta(8)
    order = {"reason": "投诉", "until_on": resumed.date(), "document": paper(treasury)}
    h.do("case.suspend", h.case, treasury, begun, **order)
    h.do("case.resume", h.case, treasury, resumed - datetime.timedelta(minutes=1), reason="投诉不成立")
    assert h.refused("award.deem", h.lot, clock, resumed) == {"buyer_may_still_decide"}
    due_at = open_task(h, "award.determine").due_at
    assert due_at is not None and due_at > SILENT + datetime.timedelta(days=6)
    tasks.fire_due(now=due_at + datetime.timedelta(hours=9))
    assert Award.objects.get().determined_at == due_at


def test_nothing_is_deemed_early_or_against_a_decision(sent: Hall) -> None:
    h = sent
    clock = platform_post(now=SENT)
    assert h.refused("award.deem", h.lot, clock, at("2026-03-31T23:59")) == {"buyer_may_still_decide"}
    h.awarded()
    assert h.refused("award.deem", h.lot, clock, SILENT) >= {"already_awarded"}
    assert h.refused("award.deem", h.lot, h.officer, SILENT) == {"role_may_not"}


def test_a_self_run_tender_counts_from_the_end_of_the_evaluation() -> None:
    h = evaluated(self_organised=True)
    assert open_task(h, "award.determine").due_at == at("2026-03-31T00:00")
    h.awarded()
    h.announced()
    assert h.award.announced_at == ANNOUNCED


def test_the_buyer_cannot_announce_for_its_agent(sent: Hall) -> None:
    h = sent
    h.awarded()
    assert h.refused("award.announce", h.award, h.officer, ANNOUNCED) == {"agent_runs_the_case"}


# --- telling -------------------------------------------------------------------------------------------------------


def test_everybody_is_told_what_concerns_them() -> None:
    h = hall("950000", "1000000", "1100000", "1150000")
    h.seat()
    h.qualify(failing=[3])
    h.respond(out=[3])
    h.judged(POINTS)
    h.awarded()
    h.announced()
    letters = {letter.supplier_id: letter for letter in AwardLetter.objects.filter(lot=h.lot)}
    winner, second, unqualified = (letters[h.bids[n].supplier_id] for n in (0, 1, 3))
    assert (winner.is_winner, winner.score, winner.rank, winner.reason) == (True, Decimal("80.0000"), 1, "")
    assert (second.is_winner, second.score, second.rank) == (False, Decimal("77.5000"), 2)
    assert "第 2" in second.reason
    assert unqualified.score is None and "未提供证明材料" in unqualified.reason
    visible = SCOPES[AwardLetter]
    assert set(visible(h.bidders[1], ANNOUNCED)) == {second}
    assert visible(h.agent, ANNOUNCED).count() == 4
    assert not visible(None, ANNOUNCED).exists()
    table = score_table(h.lot, h.bidders[1], ANNOUNCED)
    assert [row.bid.supplier for row in table.rows] == [h.bids[1].supplier]
    assert table.rows[0].result["total"] == "77.50" and table.seats == [] and table.result == {}
    assert score_table(h.lot, None, ANNOUNCED) is None


def test_the_notice_names_winner_committee_and_score(sent: Hall) -> None:
    h = sent
    h.awarded()
    names = {member.post.person.name for member in h.members}
    h.announced()
    notice = Notice.objects.get(kind="award")
    assert notice.facts["winner"] == h.bids[0].supplier.name
    assert set(notice.facts["committee"].split("、")) == names
    assert (notice.facts["amount"], notice.facts["score"]) == ("950000.00", "80.00")
    # These bids were one sum each: no quantity, no unit price is made up for them.
    assert notice.facts["items"] == [
        {
            "item": h.lot.title,
            "brand": "",
            "specification": h.case.solicitation.requirement,
            "quantity": "",
            "unit_price": None,
        }
    ]
    assert notice.facts["pricing"] == "报价为总价，未列分项数量和单价"
    assert Lot.objects.get(pk=h.lot.pk).outcome == "awarded" and h.stage(ANNOUNCED) == ""
    assert h.refused("award.announce", h.award, h.agent, ANNOUNCED) == {"already_announced"}


def test_names_wait_while_another_lot_is_judged() -> None:
    h = evaluated(lots=2, budget="2400000.00")
    other = h.case.lots.order_by("pk")[1]
    assert other.stage_at(ANNOUNCED) == "qualification"
    h.awarded()
    names = [member.post.person.name for member in h.members]
    h.announced()
    committee = Notice.objects.get(kind="award").facts["committee"]
    assert not any(name in committee for name in names)


# --- refusal -------------------------------------------------------------------------------------------------------

REFUSED = at("2026-04-03T09:00")


def test_when_the_winner_refuses_the_next_candidate_follows(sent: Hall) -> None:
    h = sent
    h.awarded()
    assert h.refused("award.refuse", h.award, h.bidders[0], DETERMINED, reason="无法供货") == {"not_announced"}
    h.announced()
    first = h.award
    assert h.refused("award.refuse", first, h.bidders[1], REFUSED, reason="无法供货") == {"not_yours"}
    h.do("award.refuse", first, h.bidders[0], REFUSED, reason="无法供货")
    assert h.stage(REFUSED) == "award" and Lot.objects.get(pk=h.lot.pk).outcome == ""
    task = open_task(h, "award.determine")
    assert (task.clock, task.due_at) == ("", None)
    assert h.refused("award.determine", h.lot, h.officer, REFUSED, candidate=first.candidate_id) == {
        "candidate_refused"
    }
    second = h.do("award.determine", h.lot, h.officer, REFUSED, candidate=h.lot.candidates.get(rank=2).pk).value
    h.do("award.announce", second, h.agent, at("2026-04-07T09:00"))
    again = AwardLetter.objects.filter(lot=h.lot, issued_at=at("2026-04-07T09:00"))
    assert again.get(is_winner=True).supplier == h.bids[1].supplier
    assert again.get(supplier=h.bids[0].supplier).reason == "拒绝与采购人签订合同"
    notices = Notice.objects.filter(kind="award").order_by("pk")
    changed = Notice.objects.get(kind="award_change")
    assert (notices[1].supersedes, changed.supersedes) == (changed, notices[0])


def test_the_buyers_silence_after_a_refusal_awards_nothing(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.announced()
    h.do("award.refuse", h.award, h.bidders[0], REFUSED, reason="无法供货")
    tasks.fire_due(now=at("2026-06-01T00:00"))
    assert not Award.objects.filter(refused_at=None).exists()


def test_after_a_refusal_the_procurement_may_also_restart(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.announced()
    assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, REFUSED, ground="winner_refused") >= {
        "already_announced"
    }
    h.do("award.refuse", h.award, h.bidders[0], REFUSED, reason="无法供货")
    h.do("lot.declare_unsuccessful", h.lot, h.agent, REFUSED, ground="winner_refused", reason="重新采购")
    case = Case.objects.get(pk=h.case.pk)
    assert (case.end_kind, case.ended_at) == ("unsuccessful", REFUSED)


def test_when_every_candidate_has_refused_the_lot_ends(sent: Hall) -> None:
    h = sent
    for rank, day in ((1, "03"), (2, "08"), (3, "13")):
        h.do(
            "award.determine",
            h.lot,
            h.officer,
            at(f"2026-04-{day}T09:00"),
            candidate=h.lot.candidates.get(rank=rank).pk,
        )
        h.do("award.announce", h.award, h.agent, at(f"2026-04-{day}T10:00"))
        h.do("award.refuse", h.award, h.bidders[rank - 1], at(f"2026-04-{day}T11:00"), reason="无法供货")
    last = at("2026-04-14T09:00")
    assert {r.code for r in can(ACTIONS["award.determine"], h.lot, by=h.officer, now=last)} == {"no_candidate_left"}
    assert open_task(h, "lot.declare_unsuccessful")


# --- an award that is void -----------------------------------------------------------------------------------------


ONE_SECOND = datetime.timedelta(seconds=1)
#: Thirty days from the letter of 27 March end on a Sunday, the day after it is the last.
OVER = at("2026-04-28T09:00")
LAST = at("2026-04-28T00:00") - ONE_SECOND


def paper(post: Post) -> Document:
    return documents.store_bytes(data=b"%PDF-1.7 void", name="依据.pdf", person_id=post.person_id, now=REFUSED)


def void(h: Hall, ground: str, **more: Any) -> dict[str, Any]:
    return {"ground": ground, "reason": "提供虚假业绩", "proof": paper(h.agent), **more}


def confirm(h: Hall, award: Award) -> None:
    """A reviewer of the buyer holds it against the papers."""
    h.do("award.confirm_annulment", award, h.reviewer, REFUSED, answer="与处理决定书原件一致")


def refusal(h: Hall, evidence: str = "letter") -> dict[str, Any]:
    return {"evidence": evidence, "reason": "中标人来函称无法供货", "proof": paper(h.officer)}


def test_the_buyer_needs_a_paper_and_a_second_person_to_say_that_its_winner_refuses(sent: Hall) -> None:
    """条例 art. 49 is no way round the two persons who let an award fall."""
    h = sent
    h.awarded()
    h.announced()
    award = h.award
    assert h.refused("award.refuse", award, h.officer, REFUSED, reason="中标人拒签") == {"role_may_not"}
    bare = {"evidence": "letter", "reason": "中标人拒签"}
    assert h.refused("award.report_refusal", award, h.officer, REFUSED, **bare) == {"invalid_input"}
    h.do("award.report_refusal", award, h.officer, REFUSED, **refusal(h))
    assert not Notice.objects.filter(kind="award_change").exists()
    with pytest.raises(DatabaseError, match="nobody confirmed"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(refused_at=REFUSED, fall_ground="refused")
    assert h.refused("award.report_refusal", award, h.officer, REFUSED, **refusal(h)) == {"annulment_asked_for"}
    both = make_post(Role.BUYER_REVIEWER, h.reviewer.organisation, person=h.officer.person)
    assert "same_person" in h.refused("award.confirm_annulment", award, both, REFUSED, answer="同意")
    task = Task.objects.get(action="award.confirm_annulment", done_at=None)
    assert (task.role, task.subject) == (Role.BUYER_REVIEWER, award.ref)
    confirm(h, award)
    fallen = Award.objects.get(pk=award.pk)
    assert (fallen.fall_ground, fallen.declared_by, h.stage(REFUSED)) == ("refused", None, "award")
    attached = Attachment.objects.get(subject=award.ref, kind="award_refusal")
    assert attached.title == "供应商书面表示拒绝签订合同" and not attached.is_public
    changed = Notice.objects.get(kind="award_change")
    assert changed.facts["ground"] == "中标供应商拒绝签订合同"
    # As after the winner's own word: it may also be procured again.
    h.do("lot.declare_unsuccessful", h.lot, h.agent, REFUSED, ground="winner_refused", reason="重新采购")


def test_silence_is_no_refusal_while_the_contract_may_still_be_signed(sent: Hall) -> None:
    """政府采购法 art. 46: thirty days from the award letter."""
    h = sent
    h.awarded()
    h.announced()
    found = can_report(h, "silence", REFUSED)
    assert codes(found) == {"signing_time_runs"}
    assert found[0].citation is not None and found[0].citation.article == "第四十六条"
    offered(h)
    assert codes(can_report(h, "silence", LAST)) == {"signing_time_runs"}
    h.do("award.report_refusal", h.award, h.officer, OVER, **refusal(h, "silence"))
    h.do("award.decline_annulment", h.award, h.reviewer, OVER, answer="没有通知签约的记录")
    assert Award.objects.get(lot=h.lot).refused_at is None


def test_who_was_given_no_contract_is_not_silent(sent: Hall) -> None:
    """政府采购法 art. 46 binds the buyer too: it signs first, and in time."""
    h = sent
    h.awarded()
    h.announced()
    found = can_report(h, "silence", OVER)
    assert codes(found) == {"nothing_to_sign"} and found[0].citation.article == "第四十六条"
    contract = h.do("contract.draft", h.award, h.officer, ANNOUNCED).value
    assert codes(can_report(h, "silence", OVER)) == {"nothing_to_sign"}
    h.do("contract.sign", contract, h.reviewer, OVER)  # too late for the winner to have let its time pass
    assert codes(can_report(h, "silence", OVER)) == {"nothing_to_sign"}
    h.do("award.report_refusal", h.award, h.officer, OVER, **refusal(h, "letter"))


def test_who_has_signed_refuses_nothing(sent: Hall) -> None:
    """It is the buyer who does not sign: no paper makes a refusal of that."""
    h = sent
    h.awarded()
    h.announced()
    contract = h.do("contract.draft", h.award, h.officer, ANNOUNCED).value
    h.do("contract.sign", contract, h.bidders[0], REFUSED)
    for evidence in ("letter", "silence"):
        found = can_report(h, evidence, OVER)
        assert "winner_signed" in codes(found) and found[0].citation.article == "第四十六条"
    # Nor does one that was asked for before, by whatever way the two came to stand side by side.
    AwardAnnulment.objects.create(
        award=h.award, ground="refused", reason="x", proposed_by=h.officer, proposed_at=ANNOUNCED
    )
    given = {"answer": "同意"}
    assert h.refused("award.confirm_annulment", h.award, h.reviewer, OVER, **given) == {"winner_signed"}
    h.do("award.decline_annulment", h.award, h.reviewer, OVER, answer="供应商已签订")


def test_a_report_does_not_keep_the_winner_from_signing(sent: Hall) -> None:
    """Else one officer alone could let its thirty days pass."""
    h = sent
    h.awarded()
    h.announced()
    contract = h.do("contract.draft", h.award, h.officer, ANNOUNCED).value
    h.do("award.report_refusal", h.award, h.officer, REFUSED, **refusal(h))
    assert h.refused("contract.sign", contract, h.reviewer, REFUSED) == {"annulment_asked_for"}
    h.do("contract.sign", contract, h.bidders[0], REFUSED)
    asked = AwardAnnulment.objects.get(award=h.award)
    assert (asked.answered_by, asked.answered_at, asked.is_confirmed) == (h.bidders[0], REFUSED, False)
    assert not Task.objects.filter(action="award.confirm_annulment", done_at=None).exists()
    assert h.refused("award.confirm_annulment", h.award, h.reviewer, REFUSED, answer="同意") == {"no_annulment"}
    h.do("contract.sign", contract, h.reviewer, REFUSED)
    assert Award.objects.get(lot=h.lot).refused_at is None


def test_the_winner_does_not_sign_away_what_the_treasury_found(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.announced()
    contract = h.do("contract.draft", h.award, h.officer, ANNOUNCED).value
    h.do("award.annul", h.award, h.agent, REFUSED, **void(h, "decision"))
    assert h.refused("contract.sign", contract, h.bidders[0], REFUSED) == {"annulment_asked_for"}


def test_silence_does_not_run_while_the_case_stands_still(sent: Hall) -> None:
    """政府采购法 art. 57: suspended from the third day to the thirty-third, the winner has its thirty days yet."""
    h = sent
    h.awarded()
    h.announced()
    offered(h)
    treasury = make_post(Role.TREASURY)
    third, day_33 = ANNOUNCED + datetime.timedelta(days=3), ANNOUNCED + datetime.timedelta(days=33)
    order = {"reason": "投诉", "until_on": day_33.date(), "document": paper(treasury)}
    h.do("case.suspend", h.case, treasury, third, **order)
    h.do("case.resume", h.case, treasury, day_33 - datetime.timedelta(minutes=1), reason="投诉不成立")
    assert codes(can_report(h, "silence", day_33)) == {"signing_time_runs"}
    # The task says the same time, and from then on it may be reported.
    due_at = Task.objects.get(action="contract.sign", role=Role.SUPPLIER, done_at=None).due_at
    assert due_at is not None and due_at > ANNOUNCED + datetime.timedelta(days=59)
    assert codes(can_report(h, "silence", due_at - datetime.timedelta(seconds=1))) == {"signing_time_runs"}
    h.do("award.report_refusal", h.award, h.officer, due_at, **refusal(h, "silence"))


def test_a_suspension_after_the_time_has_passed_gives_none_back(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.announced()
    offered(h)
    treasury = make_post(Role.TREASURY)
    until = OVER + datetime.timedelta(days=20)
    order = {"reason": "投诉", "until_on": until.date(), "document": paper(treasury)}
    h.do("case.suspend", h.case, treasury, OVER, **order)
    h.do("case.resume", h.case, treasury, until, reason="投诉不成立")
    assert Task.objects.get(action="contract.sign", role=Role.SUPPLIER, done_at=None).due_at == LAST + ONE_SECOND
    h.do("award.report_refusal", h.award, h.officer, until, **refusal(h, "silence"))


def offered(h: Hall) -> None:
    """A contract that the buyer has signed lies before the winner."""
    contract = h.do("contract.draft", h.award, h.officer, ANNOUNCED).value
    h.do("contract.sign", contract, h.reviewer, ANNOUNCED)


def codes(found: list[Any]) -> set[str]:
    return {one.code for one in found}


def can_report(h: Hall, evidence: str, now: datetime.datetime) -> list[Any]:
    with pytest.raises(Refused) as caught:
        h.do("award.report_refusal", h.award, h.officer, now, **refusal(h, evidence))
    return list(caught.value.refusals)


def test_the_winners_own_word_needs_nobody_elses(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.announced()
    h.do("award.report_refusal", h.award, h.officer, REFUSED, **refusal(h))
    h.do("award.refuse", h.award, h.bidders[0], REFUSED, reason="无法供货")
    fallen = Award.objects.get(lot=h.lot)
    assert (fallen.fall_ground, fallen.declared_by) == ("refused", h.bidders[0])
    assert not Task.objects.filter(action="award.confirm_annulment", done_at=None).exists()


def test_nobody_annuls_an_award_alone(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.announced()
    award = h.award
    assert h.refused("award.confirm_annulment", award, h.reviewer, REFUSED, answer="同意") == {"no_annulment"}
    h.do("award.annul", award, h.agent, REFUSED, **void(h, "decision"))
    both = make_post(Role.BUYER_REVIEWER, h.reviewer.organisation, person=h.agent.person)
    assert "same_person" in h.refused("award.confirm_annulment", award, both, REFUSED, answer="同意")
    with pytest.raises(DatabaseError, match="nobody confirmed"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(refused_at=REFUSED, fall_ground="decision")
    h.do("award.decline_annulment", award, h.reviewer, REFUSED, answer="处理决定书与本项目无关")
    award.refresh_from_db()
    assert award.refused_at is None and not Task.objects.filter(action="award.confirm_annulment", done_at=None).exists()
    h.do("award.annul", award, h.agent, REFUSED, **void(h, "decision"))  # with the right paper


def test_a_void_award_gives_way_to_the_next_candidate(sent: Hall) -> None:
    """条例 art. 71: before the contract; the winner refused nothing, and is told so."""
    h = sent
    h.awarded()
    assert h.refused("award.annul", h.award, h.agent, DETERMINED, **void(h, "decision")) == {"not_announced"}
    h.announced()
    first = h.award
    assert h.refused("award.annul", first, h.officer, REFUSED, **void(h, "decision")) == {"agent_runs_the_case"}
    assert "role_may_not" in {r.code for r in can(ACTIONS["award.annul"], first, by=h.bidders[1], now=REFUSED)}
    # Nobody found that it lost a status.
    assert h.refused("award.annul", first, h.agent, REFUSED, **void(h, "status")) == {"status_not_lost"}
    h.do("award.annul", first, h.agent, REFUSED, **void(h, "decision"))
    first.refresh_from_db()
    assert first.refused_at is None and not Notice.objects.filter(kind="award_change").exists()
    again = void(h, "decision")
    assert h.refused("award.annul", first, h.agent, REFUSED, **again) == {"annulment_asked_for"}
    task = Task.objects.get(action="award.confirm_annulment", done_at=None)
    assert (task.role, task.subject) == (Role.BUYER_REVIEWER, first.ref)
    confirm(h, first)
    fallen = Award.objects.get(pk=first.pk)
    assert (fallen.fall_ground, fallen.refused_at, h.stage(REFUSED)) == ("decision", REFUSED, "award")
    assert h.refused("award.annul", first, h.agent, REFUSED, **void(h, "decision")) == {"award_refused"}
    # It is no ground for ending the lot as long as there is another candidate.
    for ground in ("winner_refused", "too_few"):
        assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, REFUSED, ground=ground) == {"ground_not_given"}
    assert h.refused("award.determine", h.lot, h.officer, REFUSED, candidate=first.candidate_id) == {
        "candidate_annulled"
    }
    second = h.do("award.determine", h.lot, h.officer, REFUSED, candidate=h.lot.candidates.get(rank=2).pk).value
    again = at("2026-04-07T09:00")
    h.do("award.announce", second, h.agent, again)
    letter = AwardLetter.objects.get(lot=h.lot, issued_at=again, supplier=first.supplier)
    assert letter.reason == "中标结果无效：财政部门认定中标无效"
    (why,) = explain(letter, now=again).reasons
    assert why.citation is not None and why.citation.rule == "award.annulled"
    assert (why.zh, why.quoted) == ("经财政部门认定，贵单位的中标结果无效", "提供虚假业绩")
    changed = Notice.objects.get(kind="award_change")
    assert (changed.facts["ground"], changed.facts["supplier"]) == ("财政部门认定中标无效", first.supplier.name)
    assert changed.supersedes == Notice.objects.filter(kind="award").earliest("pk")


def test_after_a_founded_objection_enough_must_be_left(sent: Hall) -> None:
    """财政部令第94号 art. 16: of three qualified suppliers two are left, and the treasury is told in writing."""
    h = sent
    h.awarded()
    h.announced()
    assert h.refused("award.annul", h.award, h.agent, REFUSED, **void(h, "objection")) == {"treasury_not_told"}
    h.do("award.annul", h.award, h.agent, REFUSED, **void(h, "objection", report=paper(h.agent)))
    confirm(h, h.award)
    kinds = set(Attachment.objects.filter(subject=h.award.ref).values_list("kind", flat=True))
    assert kinds == {"award_annulment", "treasury_report"}
    refused = can(ACTIONS["award.determine"], h.lot, by=h.officer, now=REFUSED)
    assert [(r.code, r.facts["left"], r.facts["least"]) for r in refused] == [("too_few_left", 2, 3)]
    assert refused[0].citation is not None and refused[0].citation.article == "第十六条"
    h.do("lot.declare_unsuccessful", h.lot, h.agent, REFUSED, ground="too_few", reason="合格供应商不足三家")
    assert Case.objects.get(pk=h.case.pk).end_kind == "unsuccessful"


def test_with_enough_left_the_next_candidate_wins_after_an_objection() -> None:
    points = {n: {"technical": str(40 - n), "record": "10"} for n in range(4)}
    h = hall("950000", "1000000", "1100000", "1150000").ready().judged(points)
    h.awarded()
    h.announced()
    h.do("award.annul", h.award, h.agent, REFUSED, **void(h, "objection", report=paper(h.agent)))
    confirm(h, h.award)
    h.do("award.determine", h.lot, h.officer, REFUSED, candidate=h.lot.candidates.get(rank=2).pk)
    assert Award.objects.get(lot=h.lot, refused_at=None).candidate.rank == 2


# --- failed lots ---------------------------------------------------------------------------------------------------


def test_a_lot_fails_only_on_a_ground_that_the_rows_show() -> None:
    h = hall("950000", "1000000", "1100000")
    for ground in ("too_few", "over_budget", "winner_refused"):
        assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground=ground) == {"ground_not_given"}
    assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground="illegality") == {"reason_missing"}
    assert h.refused("lot.declare_unsuccessful", h.lot, h.officer, OPENED, ground="illegality", reason="串通") == {
        "agent_runs_the_case"
    }
    h.do("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground="illegality", reason="出现串通投标")
    assert Notice.objects.get(kind="unsuccessful").facts["reason"].endswith("出现串通投标")
    assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, QUALIFIED, ground="illegality", reason="再次") == {
        "lot_over"
    }


def test_two_bids_are_not_opened_and_the_lot_fails() -> None:
    h = hall("950000", "1000000", opened=False)
    h.do("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground="too_few")
    assert {letter.supplier_id for letter in AwardLetter.objects.all()} == {p.organisation_id for p in h.bidders}
    assert Case.objects.get(pk=h.case.pk).end_kind == "unsuccessful"


def test_the_case_goes_on_while_a_lot_lives() -> None:
    h = hall("950000", "1000000", "1100000", lots=2)
    h.do("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground="illegality", reason="出现串通投标")
    assert Case.objects.get(pk=h.case.pk).ended_at is None
    other = h.case.lots.order_by("pk")[1]
    h.do("lot.declare_unsuccessful", other, h.agent, QUALIFIED, ground="too_few")
    assert Case.objects.get(pk=h.case.pk).end_kind == "unsuccessful"


def test_a_decision_not_yet_announced_falls_with_the_lot(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.do("lot.declare_unsuccessful", h.lot, h.agent, ANNOUNCED, ground="cancelled", reason="任务取消")
    fell = Award.objects.get(lot=h.lot)
    assert (fell.refused_at, fell.fall_ground) == (ANNOUNCED, "lot_failed")
    # It refused nothing, and nobody says that it did.
    letter = AwardLetter.objects.get(lot=h.lot, supplier=fell.supplier)
    assert "award.refused" not in {why.citation.rule for why in explain(letter, now=ANNOUNCED).reasons if why.citation}


# --- from the sealed bid on ----------------------------------------------------------------------------------------


def test_from_sealed_bids_to_the_award_notice() -> None:
    """The whole stretch through the real Actions: what was sealed is what is judged, awarded and announced."""
    t = Tender().published()
    prices = ("900000.00", "800000.00", "850000.00")
    for price in prices:
        line = {
            "item": "计算机",
            "brand": "甲牌",
            "specification": "X1",
            "quantity": "1",
            "unit_price": price,
            "amount": price,
        }
        t.bid(t.supplier(), price=price, lines=[line])
    bids = t.open()
    t.conclude()
    experts = [make_expert() for _ in range(6)]
    h = Hall(t.case, t.lot, t.officer, t.reviewer, t.agent_post, t.suppliers, bids, experts)
    day = "2026-03-24T"
    h.do("qualification.record", h.lot, h.agent, at(day + "10:00"), rows=h.findings("qualification"))
    h.do("qualification.conclude", h.lot, h.agent, at(day + "10:30"))
    h.do("committee.draw", h.case, h.agent, at(day + "10:40"), evaluates_at=at(day + "13:00"))
    for member in h.members:
        h.do("committee.sign_in", member, member.post, at(day + "13:00"), commits=True)
    h.do("responsiveness.record", h.lot, h.chair, at(day + "13:30"), rows=h.findings("responsiveness"))
    h.score({n: {"technical": "45", "business": "18"} for n in range(3)}, now=at(day + "14:00"))
    h.do("evaluation.compute", h.lot, h.agent, at(day + "15:00"))
    assert [h.result(n)["price_score"] for n in range(3)] == ["26.67", "30.00", "28.24"]
    h.sign(now=at(day + "16:00"))
    h.send(now=at("2026-03-25T09:00"))
    h.awarded()
    award = h.announced()
    assert (award.supplier, award.amount) == (h.bids[1].supplier, Decimal("800000.00"))
    (item,) = Notice.objects.get(kind="award").facts["items"]
    assert (item["item"], item["brand"], item["quantity"]) == ("计算机", "甲牌", "1")
    assert item["unit_price"] == "800000.00"
    kinds = list(Notice.objects.filter(root=h.case.ref).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["invitation", "award"]
