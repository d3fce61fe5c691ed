"""What when the winner does not sign: by whose word has it refused, and since when was it silent?"""

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests.factories import at, make_post
from tests.tendering.awarding import REFUSED, confirm, open_task, paper, void
from tests.tendering.judging import (
    ANNOUNCED,
    DETERMINED,
    Hall,
)
from yangcai.cases.models import Award, Case, Lot
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Attachment, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.models import AwardAnnulment, AwardLetter

pytestmark = pytest.mark.django_db


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


ONE_SECOND = datetime.timedelta(seconds=1)
#: Thirty days from the letter of 27 March end on a Sunday, the day after it is the last.
OVER = at("2026-04-28T09:00")
LAST = at("2026-04-28T00:00") - ONE_SECOND


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
