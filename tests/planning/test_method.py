"""Does a plan go by another method only on a ground, with a reason, and approved where the law wants it?

What is refused where stands in choices.yaml; the way of an application is told here.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import factories
from tests.planning.office import NOW, Office, refused
from yangcai.cases import actions as cases
from yangcai.cases.models import Case
from yangcai.kernel.actions import can, perform
from yangcai.kernel.models import Attachment, Entry, Task
from yangcai.parties.roles import Role
from yangcai.planning import actions
from yangcai.planning.models import MethodApproval, PlanItem
from yangcai.planning.queries import PlanState, state_of, visible_plan_items
from yangcai.tendering.actions.retender import retender_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_method")]
CHOICES = yaml.safe_load((Path(__file__).parent / "choices.yaml").read_text(encoding="utf-8"))
UNIFORM = {"procedure": "quotations", "ground": "quotations.uniform", "method_reason": "规格、标准统一，货源充足"}
BIG = {**UNIFORM, "amount": "4500000"}


@pytest.mark.parametrize("row", CHOICES, ids=lambda row: row["case"])
def test_what_a_plan_is_told(row: dict[str, Any]) -> None:
    assert set(row) <= {"case", "plan", "draft", "submit"}
    office = Office("9000000.00")
    if "draft" in row:
        found = refused(office.draft, **row["plan"])
        assert sorted(found) == row["draft"]
        assert all(r.citation and r.field for r in found.values())
        return
    refusals = can(actions.submit_plan, office.draft(**row["plan"]), by=office.officer, now=NOW)
    assert sorted(r.code for r in refusals) == row.get("submit", [])
    assert all(r.citation and r.field for r in refusals)


@pytest.fixture
def office() -> Office:
    return Office("9000000.00", parent=True)


def test_the_way_of_an_application(office: Office) -> None:
    """Applied, consented to by the unit above, approved by the treasury; then the plan goes its way, and the case."""
    item = office.draft(**BIG)
    approval = office.applied(item)
    assert (approval.consent_by, approval.amount) == (office.buyer.parent, item.amount)
    assert Attachment.objects.get(subject=approval.ref).title == "申请材料"
    waiting = Task.objects.get(root=item.ref, action="method_approval.consent", done_at=None)
    assert waiting.organisation_id == office.buyer.parent_id
    assert visible_plan_items(office.above, NOW).filter(pk=item.pk).exists()

    perform(actions.consent_to_method, approval, by=office.above, now=NOW, decision="consent")
    assert Task.objects.get(root=item.ref, action="method_approval.decide", done_at=None).role == Role.TREASURY
    decision = {"decision": "approve", "number": "兰财采1号"}
    perform(actions.decide_on_method, approval, by=office.treasury, now=NOW, **decision)
    assert not Task.objects.filter(root=item.ref, action__startswith="method_approval", done_at=None).exists()

    perform(actions.submit_plan, PlanItem.objects.get(pk=item.pk), by=office.officer, now=NOW)
    item = office.review(PlanItem.objects.get(pk=item.pk))
    assert item.needs_approval
    perform(actions.file_plan, item, by=office.officer, now=NOW)
    case = perform(cases.open_case, PlanItem.objects.get(pk=item.pk), by=office.officer, now=NOW).value
    assert case.procedure == "quotations"
    assert list(Entry.objects.filter(root=item.ref, action__startswith="method_approval").values_list("action")) == [
        ("method_approval.apply",), ("method_approval.consent",), ("method_approval.decide",),
    ]  # fmt: skip


def test_a_unit_without_one_above_goes_straight_to_the_treasury() -> None:
    office = Office("9000000.00")
    approval = office.applied(office.draft(**BIG))
    assert approval.consent_by is None
    assert Task.objects.get(root=approval.plan_item.ref, action="method_approval.decide", done_at=None)


def test_each_says_no_in_its_own_right(office: Office) -> None:
    approval = office.applied(office.draft(**BIG))
    decide = {"decision": "approve", "number": "兰财采1号"}
    assert set(refused(perform, actions.decide_on_method, approval, by=office.treasury, now=NOW, **decide)) == {
        "consent_missing"
    }
    own = refused(perform, actions.consent_to_method, approval, by=office.reviewer, now=NOW, decision="consent")
    assert set(own) == {"not_the_main_budget_unit"} and own["not_the_main_budget_unit"].citation.article == "第四条"
    stranger = factories.make_post(Role.BUYER_REVIEWER)
    assert set(refused(perform, actions.consent_to_method, approval, by=stranger, now=NOW, decision="consent")) == {
        "not_yours"
    }
    without = refused(perform, actions.consent_to_method, approval, by=office.above, now=NOW, decision="return")
    assert set(without) == {"reason_missing"}
    perform(actions.consent_to_method, approval, by=office.above, now=NOW, decision="consent")
    assert set(refused(perform, actions.consent_to_method, approval, by=office.above, now=NOW, decision="consent")) == {
        "no_consent_awaited"
    }
    assert set(
        refused(perform, actions.decide_on_method, approval, by=office.treasury, now=NOW, decision="approve")
    ) == {"number_missing"}
    perform(actions.decide_on_method, approval, by=office.treasury, now=NOW, decision="return", reason="情形不成立")
    approval = MethodApproval.objects.get(pk=approval.pk)
    assert approval.return_reason == "情形不成立" and not approval.is_open
    assert set(refused(perform, actions.decide_on_method, approval, by=office.treasury, now=NOW, **decide)) == {
        "decided"
    }


def test_what_came_back_is_asked_anew_and_what_is_open_only_once(office: Office) -> None:
    item = office.draft(**BIG)
    first = office.applied(item)
    assert set(refused(office.applied, item)) == {"application_open"}
    perform(actions.withdraw_application, first, by=office.officer, now=NOW)
    office.approved(item)
    assert set(refused(perform, actions.withdraw_application, first, by=office.officer, now=NOW)) == {"decided"}


def test_nothing_is_asked_for_that_needs_no_approval_or_is_not_planned(office: Office) -> None:
    small = office.draft(**UNIFORM, amount="900000")
    assert set(refused(office.applied, small)) == {"approval_not_needed"}
    big = office.draft(**BIG, classification="A02")
    assert set(refused(office.applied, big, procedure="negotiation", ground="negotiation.complex")) == {
        "not_as_planned"
    }
    assert set(refused(office.applied, big, ground="negotiation.complex")) == {
        "not_as_planned", "ground_of_another_method",
    }  # fmt: skip
    assert "paper" in {r.field for r in refused(office.applied, big, paper="").values()}


def test_an_approval_is_for_its_sum_and_its_ground(office: Office) -> None:
    """Whoever raises the sum or changes the ground afterwards asks anew."""
    item = office.draft(**BIG)
    office.approved(item)
    assert can(actions.submit_plan, item, by=office.officer, now=NOW) == []
    PlanItem.objects.filter(pk=item.pk).update(amount="4500000.01")
    dearer = PlanItem.objects.get(pk=item.pk)
    assert [r.code for r in can(actions.submit_plan, dearer, by=office.officer, now=NOW)] == ["method_not_approved"]
    PlanItem.objects.filter(pk=item.pk).update(amount="4500000", ground="policy")
    other = PlanItem.objects.get(pk=item.pk)
    assert [r.code for r in can(actions.submit_plan, other, by=office.officer, now=NOW)] == ["method_not_approved"]


def test_a_plan_under_way_is_too_late(office: Office) -> None:
    item = office.draft(**BIG)
    office.approved(item)
    perform(actions.submit_plan, PlanItem.objects.get(pk=item.pk), by=office.officer, now=NOW)
    item = PlanItem.objects.get(pk=item.pk)
    assert state_of(item) is PlanState.REVIEW
    late = refused(office.applied, item)
    assert set(late) == {"activity_begun"} and late["activity_begun"].citation.rule == "method.approval"


def test_after_a_failed_tender_the_method_changes_with_three_more_papers() -> None:
    """A tender fails; negotiation is approved, and the next case of the same plan goes by it."""
    case = factories.make_case(budget="4500000.00")
    office = Office()
    office.buyer, office.officer = case.buyer, factories.make_post(Role.BUYER_OFFICER, case.buyer)
    item = case.plan_item
    ask = {"procedure": "negotiation", "ground": "negotiation.failed_tender", "reason": "没有供应商投标"}
    assert set(refused(office.applied, item, **ask)) == {"activity_begun"}
    Case.objects.filter(pk=case.pk).update(ended_at=NOW, end_kind="unsuccessful", end_reason="投标人不足三家")

    lacking = refused(office.applied, item, **ask)
    assert set(lacking) == {"paper_missing", "too_few_experts"}
    assert lacking["paper_missing"].citation.article == "第二十八条"
    papers = {
        "tender_notice": "甘肃政府采购网 2026-02-02", "objections_statement": "没有质疑",
        "opinion": "招标文件没有不合理条款", "opinion_experts": 3,
    }  # fmt: skip
    assert set(refused(office.applied, item, **ask, **{**papers, "opinion_experts": 2})) == {"too_few_experts"}
    office.approved(item, **ask, **papers)
    case = Case.objects.get(pk=case.pk)

    again = perform(retender_case, case, by=office.officer, now=NOW).value
    assert (again.procedure, again.predecessor, again.plan_item) == ("negotiation", case, item)


def test_without_a_change_the_same_method_is_repeated() -> None:
    case = factories.make_case()
    Case.objects.filter(pk=case.pk).update(ended_at=NOW, end_kind="unsuccessful", end_reason="x")
    officer = factories.make_post(Role.BUYER_OFFICER, case.buyer)

    again = perform(retender_case, Case.objects.get(pk=case.pk), by=officer, now=NOW).value
    assert again.procedure == "open_tender"


def test_the_desk_says_what_a_drafted_plan_still_needs(office: Office) -> None:
    """Not only to send it, which is refused without the approval."""
    item = office.draft(**BIG)
    waiting = Task.objects.filter(root=item.ref, done_at=None, role=Role.BUYER_OFFICER).order_by("action")
    assert [task.action for task in waiting] == ["method_approval.apply", "plan.submit"]
    office.applied(item)
    assert [task.action for task in waiting.all()] == ["plan.submit"]


def test_no_case_begins_without_the_approval(office: Office) -> None:
    """Should a plan ever come so far without it, the form says so before the database does."""
    item = factories.make_plan_item(
        factories.fund_appropriation(office.buyer, amount="4500000"), amount="4500000", procedure="quotations",
        ground="quotations.uniform", needs_approval=True,
    )  # fmt: skip
    item = PlanItem.objects.get(pk=item.pk)
    assert {r.code for r in can(cases.open_case, item, by=office.officer, now=NOW)} == {"method_not_approved"}
