"""Can a contract be accepted, changed, ended and closed only as the law lets it, and does every yuan come home?"""

from decimal import Decimal
from typing import Any

import pytest

from tests import factories
from tests.apart import shared
from tests.contracts import support
from tests.factories import at
from tests.portal.test_notices import check, check_pages
from yangcai.cases.models import Award, Case, Lot, LotOutcome, Period
from yangcai.contracts import actions
from yangcai.contracts.models import Contract
from yangcai.funds.models import Fund
from yangcai.kernel import calendar
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.portal.notices.contract_change import announced_of
from yangcai.tendering.models import AwardAnnulment

pytestmark = pytest.mark.django_db
LATER = at("2026-03-30T09:00")


def refused(*args: Any, **kwargs: Any) -> set[str]:
    with pytest.raises(Refused) as error:
        perform(*args, **kwargs)
    return error.value.codes


def amendment(**values: Any) -> dict[str, Any]:
    return {
        "is_supplement": True,
        "clause": "追加采购",
        "content": "追加同型号设备",
        "reason": "使用需要",
        "amount_change": "50000.00",
        "signed_on": LATER.date(),
        "document": support.document(),
        **values,
    }


def carried_out(s: support.Scene) -> Contract:
    """Delivered, accepted, paid to the last cent."""
    support.effective(s)
    for milestone in s.contract.milestones.exclude(due_on="signature"):
        support.delivered(s, milestone)
    support.accepted(s)
    for milestone in s.contract.milestones.all():
        support.paid(s, milestone)
    return s.contract


def come_into_effect() -> support.Scene:
    """Signed, published and filed."""
    s = support.scene()
    support.effective(s)
    return s


effective = shared(come_into_effect)


# --- acceptance --------------------------------------------------------------------------------------------------


def test_an_acceptance_passes_when_every_item_does(effective: Any) -> None:
    s = effective()
    assert support.accepted(s, passed=False).passed is False
    assert refused(actions.close_contract, s.contract, by=s.officer, now=LATER) == {
        "no_final_acceptance",
    }
    assert support.accepted(s).passed is True
    assert can(actions.record_acceptance, s.contract, by=s.officer, now=LATER)[0].code == "already_accepted"


def test_an_acceptance_names_its_items_and_its_one_subject(effective: Any) -> None:
    s = effective()
    with pytest.raises(Refused) as error:
        support.accepted(s, items=[])
    assert error.value.codes == {"invalid_input"}
    for values in ({"is_final": False}, {"milestone": s.milestone("acceptance"), "is_final": True}):
        with pytest.raises(Refused) as error:
            support.accepted(s, **values)
        assert error.value.codes == {"acceptance_of_what"}
    with pytest.raises(Refused) as error:
        support.accepted(s, milestone=s.milestone("signature"))
    assert error.value.codes == {"nothing_to_deliver"}
    with pytest.raises(Refused) as error:
        support.accepted(s, accepted_on="2026-03-09")
    assert error.value.codes == {"impossible_date"}


def test_whoever_signed_does_not_accept(effective: Any) -> None:
    s = effective()
    signer = factories.make_post(Role.BUYER_OFFICER, s.officer.organisation, person=s.reviewer.person)
    [refusal] = can(actions.record_acceptance, s.contract, by=signer, now=LATER)
    assert refusal.code == "same_person"


def test_services_to_the_public_need_their_users_and_are_announced(effective: Any) -> None:
    s = effective()
    with pytest.raises(Refused) as error:
        support.accepted(s, for_public=True)
    assert error.value.codes == {"users_not_invited"}
    support.accepted(s, milestone=s.milestone("acceptance"))
    assert not Notice.objects.filter(kind="acceptance").exists()
    support.accepted(s, for_public=True, users_took_part=True)
    assert Notice.objects.filter(kind="acceptance").count() == 1


def test_acceptance_is_due_after_the_agreed_days(effective: Any) -> None:
    s = effective()
    support.delivered(s, s.milestone("acceptance"), now=at("2026-03-16T09:00"))
    task = Task.objects.get(action="acceptance.record", done_at=None)
    assert (task.subject, task.due_at) == (s.contract.ref, at("2026-03-27T00:00"))  # the Action is the contract's


def test_a_delivery_lies_between_signing_and_today_and_before_acceptance() -> None:
    s = support.scene()
    contract = support.drafted(s)
    goods = s.milestone("delivery")
    given = {"by": s.supplier, "now": LATER}
    assert refused(actions.report_delivery, goods, delivered_on=LATER.date(), **given) == {"contract_not_signed"}
    perform(actions.sign_contract, contract, by=s.reviewer, now=at("2026-03-10T09:00"))
    perform(actions.sign_contract, contract, by=s.supplier, now=at("2026-03-10T09:00"))
    for day in ("2026-03-09", "2026-03-31"):
        assert refused(actions.report_delivery, goods, delivered_on=day, **given) == {"impossible_date"}
    advance = s.milestone("signature")
    assert refused(actions.report_delivery, advance, delivered_on=LATER.date(), **given) == {"nothing_to_deliver"}
    support.accepted(s)
    assert refused(actions.report_delivery, goods, delivered_on=LATER.date(), **given) == {"already_accepted"}


# --- amending ----------------------------------------------------------------------------------------------------


def test_a_supplement_adds_a_milestone_and_commits_more(effective: Any) -> None:
    s = effective()
    done = perform(actions.amend_contract, s.contract, by=s.officer, now=LATER, **amendment())
    contract = s.contract
    assert contract.amount == Decimal("950000.00")
    assert contract.committed_fund.balance == Decimal("950000.00")
    assert sum(m.amount for m in contract.milestones.all()) == contract.amount
    assert s.reserved == Decimal("50000.00")
    assert done.notices == ()


def test_an_amendment_is_published_within_two_working_days_of_its_signing_however_late_it_is_entered(
    effective: Any,
) -> None:
    s = effective()
    signed_on = s.contract.signed_at.date()
    amended = perform(actions.amend_contract, s.contract, by=s.officer, now=LATER, **amendment(signed_on=signed_on))
    task = Task.objects.get(clock="C23")
    assert (task.action, task.role, task.subject) == ("amendment.publish", "buyer_officer", amended.value.ref)
    assert task.due_at == calendar.deadline(signed_on, 2, "working_days", region=s.case.jurisdiction) < LATER
    done = perform(actions.publish_amendment, amended.value, by=s.officer, now=LATER)
    assert [n.kind for n in done.notices] == ["contract_change"]
    assert not Task.objects.filter(clock="C23", done_at=None).exists()
    assert refused(actions.publish_amendment, amended.value, by=s.officer, now=LATER) == {"already_published"}


def test_supplements_together_stay_within_a_tenth_of_the_original() -> None:
    s = support.scene(amount="500000.00")
    support.effective(s)
    perform(actions.amend_contract, s.contract, by=s.officer, now=LATER, **amendment(amount_change="30000.00"))
    with pytest.raises(Refused) as error:
        perform(actions.amend_contract, s.contract, by=s.officer, now=LATER, **amendment(amount_change="20000.01"))
    [refusal] = error.value.refusals
    assert (refusal.code, refusal.citation.rule) == ("supplement_too_large", "contract.supplement")
    assert "20,000.00" in refusal.zh and "20,000.00" in refusal.en
    perform(actions.amend_contract, s.contract, by=s.officer, now=LATER, **amendment(amount_change="20000.00"))
    assert s.contract.amount == Decimal("550000.00")


def test_a_supplement_needs_reserved_money() -> None:
    s = support.scene(amount="990000.00")
    support.effective(s)
    assert refused(actions.amend_contract, s.contract, by=s.officer, now=LATER, **amendment()) == {
        "reservation_too_small"
    }
    assert s.contract.amount == Decimal("990000.00")


def test_a_change_needs_a_lawful_ground_and_brings_no_money(effective: Any) -> None:
    s = effective()
    change = amendment(is_supplement=False)
    assert refused(actions.amend_contract, s.contract, by=s.officer, now=LATER, **change) == {
        "change_may_not_add_money",
        "no_lawful_ground",
    }
    change = amendment(is_supplement=False, amount_change="", ground="force_majeure", clause="交付期限")
    perform(actions.amend_contract, s.contract, by=s.officer, now=LATER, **change)
    assert s.contract.amount == Decimal("900000.00")
    future = amendment(signed_on="2026-03-31")
    assert refused(actions.amend_contract, s.contract, by=s.officer, now=LATER, **future) == {"impossible_date"}


# --- ending ------------------------------------------------------------------------------------------------------


def test_a_terminated_contract_gives_back_what_was_not_paid(effective: Any) -> None:
    s = effective()
    support.paid(s, s.milestone("signature"))
    perform(actions.terminate_contract, s.contract, by=s.reviewer, now=LATER, ground="breach", reason="逾期未交付")
    contract = s.contract
    assert (contract.committed_fund.balance, contract.paid_fund.balance) == (Decimal(0), Decimal("270000.00"))
    case = Case.objects.get(pk=s.case.pk)
    assert (case.end_kind, s.reserved) == ("terminated", Decimal(0))
    available = case.plan_item.appropriation.available_fund
    assert Fund.objects.get(pk=available.pk).balance == Decimal("730000.00")
    assert refused(actions.publish_contract, contract, by=s.officer, now=LATER) == {
        "contract_terminated",
        "already_published",
    }


def test_the_end_of_a_signed_contract_is_announced_and_takes_the_place_of_its_last_notice(
    effective: Any, client: Any
) -> None:
    s = effective()
    support.paid(s, s.milestone("signature"))
    first = Notice.objects.get(root=s.case.ref, kind="contract")
    changed = perform(actions.amend_contract, s.contract, by=s.officer, now=LATER, **amendment()).value
    perform(actions.publish_amendment, changed, by=s.officer, now=LATER)
    change = Notice.objects.get(root=s.case.ref, kind="contract_change")
    given = {"by": s.reviewer, "now": LATER, "ground": "force_majeure", "reason": "地震损毁"}
    perform(actions.terminate_contract, s.contract, **given)
    notice = Notice.objects.get(root=s.case.ref, kind="contract_termination")
    check(notice)
    check_pages(notice, client)
    assert (change.supersedes, notice.supersedes) == (first, change)
    facts = notice.facts
    assert (facts["corrected"], facts["ground"]) == (change.number, "不可抗力致使不能实现合同目的")
    assert (facts["amount"], facts["paid"], facts["reason"]) == ("950000.00", "270000.00", "地震损毁")
    assert announced_of(s.contract) is None


def test_what_is_being_paid_is_paid_before_termination(effective: Any) -> None:
    s = effective()
    claim = support.invoiced(s, s.milestone("signature"))
    perform(actions.request_payment, claim, by=s.officer, now=LATER)
    given = {"by": s.reviewer, "now": LATER, "ground": "breach", "reason": "逾期"}
    assert refused(actions.terminate_contract, s.contract, **given) == {"payment_in_progress"}


def test_an_unsigned_contract_ends_with_the_winners_refusal_and_the_next_candidate_gets_one() -> None:
    s = support.scene()
    support.drafted(s)
    given = {"by": s.reviewer, "now": LATER, "reason": "拒签"}
    assert refused(actions.terminate_contract, s.contract, ground="award_refused", **given) == {"award_not_refused"}
    Award.objects.filter(pk=s.award.pk).update(
        refused_at=at("2026-03-28T09:00"), fall_ground="refused", declared_by=s.supplier
    )
    for ground in ("breach", "award_void"):
        assert refused(actions.terminate_contract, s.contract, ground=ground, **given) == {"no_lawful_ground"}
    perform(actions.terminate_contract, s.contract, ground="award_refused", **given)
    assert Case.objects.get(pk=s.case.pk).ended_at is None
    assert not Notice.objects.filter(kind="contract_termination").exists()  # a draft was never announced
    assert s.reserved == Decimal("1000000.00")
    second = support.announce(s.award.lot, factories.make_supplier(), amount="950000.00", rank=2)
    contract = perform(actions.draft_contract, second, by=s.officer, now=LATER).value
    assert contract.number.endswith("合2")
    assert Fund.objects.get(pk=contract.committed_fund_id).balance == Decimal("950000.00")


@pytest.mark.parametrize("fell", ["objection", "decision", "status"])
def test_whose_award_was_void_is_not_said_to_have_refused(fell: str) -> None:
    """条例 art. 71: the draft ends because the award did, and accuses nobody."""
    s = support.scene()
    support.drafted(s)
    given = {"by": s.reviewer, "now": LATER, "reason": "中标结果无效"}
    assert refused(actions.terminate_contract, s.contract, ground="award_void", **given) == {"award_not_refused"}
    AwardAnnulment.objects.create(
        award=s.award, ground=fell, reason="见附件", proposed_by=s.officer, proposed_at=at("2026-03-28T08:00"),
        answered_by=s.reviewer, answered_at=at("2026-03-28T09:00"), is_confirmed=True,
    )  # fmt: skip
    Award.objects.filter(pk=s.award.pk).update(refused_at=at("2026-03-28T09:00"), fall_ground=fell)
    for ground in ("award_refused", "breach"):
        assert refused(actions.terminate_contract, s.contract, ground=ground, **given) == {"no_lawful_ground"}
    perform(actions.terminate_contract, s.contract, ground="award_void", **given)
    assert s.contract.termination_ground == "award_void" and s.reserved == Decimal("1000000.00")


@pytest.mark.parametrize("ground", ["award_refused", "award_void"])
def test_a_signed_contract_is_not_ended_as_if_unsigned(effective: Any, ground: str) -> None:
    s = effective()
    given = {"by": s.reviewer, "now": LATER, "ground": ground, "reason": "拒签"}
    assert refused(actions.terminate_contract, s.contract, **given) == {"no_lawful_ground"}


# --- closing -----------------------------------------------------------------------------------------------------


def test_no_acceptance_no_closing(effective: Any) -> None:
    s = effective()
    [refusal] = can(actions.close_contract, s.contract, by=s.officer, now=LATER)
    assert (refusal.code, refusal.citation.rule) == ("no_final_acceptance", "control.no_acceptance_no_closing")


def test_closing_the_last_contract_ends_the_case_and_empties_the_reservation() -> None:
    s = support.scene()
    carried_out(s)
    assert Task.objects.filter(action="contract.close", done_at=None, role="buyer_officer").count() == 1
    perform(actions.close_contract, s.contract, by=s.officer, now=LATER)
    contract, case = s.contract, Case.objects.get(pk=s.case.pk)
    assert contract.closing_acceptance.is_final and contract.closed_at == LATER
    assert (case.end_kind, case.ended_at) == ("closed", LATER)
    assert (contract.committed_fund.balance, contract.paid_fund.balance) == (Decimal(0), Decimal("900000.00"))
    assert s.reserved == 0
    available = case.plan_item.appropriation.available_fund
    assert Fund.objects.get(pk=available.pk).balance == Decimal("100000.00")
    left = Task.objects.filter(root=case.ref, done_at=None).exclude(role="platform")  # its papers
    assert not left.exclude(clock="C46").exists()
    [records] = Task.objects.filter(root=case.ref, clock="C46")
    assert (records.role, records.due_at.year) == ("", 2041)


def test_a_remainder_is_explained_and_goes_home(effective: Any) -> None:
    s = effective()
    support.accepted(s)
    support.paid(s, s.milestone("acceptance"))
    assert refused(actions.close_contract, s.contract, by=s.officer, now=LATER) == {"unsettled"}
    perform(actions.close_contract, s.contract, by=s.officer, now=LATER, settlement="供应商放弃预付款和到货款")
    assert s.contract.committed_fund.balance == 0
    available = s.case.plan_item.appropriation.available_fund
    assert Fund.objects.get(pk=available.pk).balance == Decimal("640000.00")


def test_an_unpaid_invoice_keeps_the_contract_open(effective: Any) -> None:
    s = effective()
    support.accepted(s)
    support.invoiced(s, s.milestone("acceptance"))
    codes = refused(actions.close_contract, s.contract, by=s.officer, now=LATER, settlement="x")
    assert codes == {"unsettled"}


def test_the_case_waits_for_its_last_lot() -> None:
    s = support.scene(amount="400000.00", lots=2)
    carried_out(s)
    perform(actions.close_contract, s.contract, by=s.officer, now=LATER)
    assert Case.objects.get(pk=s.case.pk).ended_at is None
    assert s.reserved == Decimal("600000.00")


def test_a_failed_lot_does_not_keep_the_case_open() -> None:
    s = support.scene(amount="400000.00", lots=2)
    Lot.objects.filter(case=s.case, number="2").update(outcome=LotOutcome.UNSUCCESSFUL)
    carried_out(s)
    perform(actions.close_contract, s.contract, by=s.officer, now=LATER)
    assert Case.objects.get(pk=s.case.pk).end_kind == "closed"
    assert s.reserved == 0


def test_the_case_ends_when_its_last_lot_fails_after_the_others_were_closed() -> None:
    s = support.scene(amount="400000.00", lots=2)
    carried_out(s)
    perform(actions.close_contract, s.contract, by=s.officer, now=LATER)
    Period.objects.create(
        case=s.case, stage="submission", opens_at=at("2026-02-01T09:00"), closes_at=at("2026-02-25T09:00")
    )
    second = Lot.objects.get(case=s.case, number="2")
    given = {"by": s.officer, "now": LATER, "ground": "cancelled", "reason": "采购任务取消"}
    perform(ACTIONS["lot.declare_unsuccessful"], second, **given)
    assert Case.objects.get(pk=s.case.pk).end_kind == "closed"
    assert s.reserved == 0
