"""Is a single source publicised long enough, may anybody object, and is approval asked for only after the answer?"""

import datetime
from typing import Any

import pytest

from tests import factories
from tests.factories import at
from tests.planning.office import NOW, Office, refused
from yangcai.cases.models import Case
from yangcai.kernel.actions import can, perform
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refusal
from yangcai.parties.roles import Role
from yangcai.planning import actions
from yangcai.planning.models import MethodApproval, PlanItem, Publicity
from yangcai.planning.queries import visible_publicities, visible_publicity_objections
from yangcai.portal.models import Notice
from yangcai.tendering.actions.retender import retender_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_method")]
SOLE = {
    "procedure": "single_source", "ground": "single_source.only_one", "method_reason": "不可替代的专利",
    "amount": "4500000",
}  # fmt: skip
#: Published on Monday, 2 March 2026: five working days end on Monday, 9 March, at 24:00.
CLOSED = at("2026-03-10T00:00")
OBJECTION = {"objector": "示例乙公司", "contact": "", "content": "本公司有同类产品"}
DISMISSED = {"reasoning": "该产品不能替代", "outcome": "dismissed", "answer": "经论证，异议不成立"}


@pytest.fixture
def office() -> Office:
    return Office("9000000.00")


@pytest.fixture
def item(office: Office) -> PlanItem:
    return office.draft(**SOLE)


def test_the_publicity_says_what_the_law_lists_and_lasts_five_working_days(office: Office, item: PlanItem) -> None:
    made = office.publicised(item)
    assert made.closes_at == CLOSED
    notice = Notice.objects.get(kind="publicity")
    assert notice.root == made.ref and notice.buyer == office.buyer
    assert notice.facts["supplier"] == "示例甲公司" and notice.facts["supplier_address"] == "示例路1号"
    assert notice.facts["opinions"] == [
        {"name": "论证人员甲", "unit": "某大学", "professional_title": "教授", "opinion": "该供应商独有专利"}
    ]
    assert (notice.facts["opens_on"], notice.facts["closes_on"]) == ("2026-03-02", "2026-03-09")
    assert "抄送财政部门" in notice.facts["how_to_object"]
    (clock,) = Task.objects.filter(root=made.ref, done_at=None)
    assert (clock.clock, clock.due_at) == ("C09", CLOSED)
    assert visible_publicities(factories.make_supplier(), NOW).get() == made


def test_four_working_days_are_too_short(office: Office, item: PlanItem) -> None:
    found = refused(office.publicised, item, closes_on="2026-03-06")
    assert set(found) == {"publicity_too_short"}
    assert found["publicity_too_short"].facts["earliest"] == datetime.date(2026, 3, 9)
    assert office.publicised(item, closes_on="2026-03-16").closes_at == at("2026-03-17T00:00")


def test_an_opinion_names_who_gives_it(office: Office, item: PlanItem) -> None:
    assert refused(office.publicised, item, opinions=[])
    assert refused(
        office.publicised, item, opinions=[{"name": "甲", "unit": "", "professional_title": "", "opinion": "x"}]
    )


def test_below_the_threshold_a_buyer_may_publicise_and_is_held_to_it(office: Office) -> None:
    """No article forbids it (条例 art. 38 only says when it is a duty)."""
    small = office.draft(**{**SOLE, "amount": "900000"})
    made = office.publicised(small)
    notice = Notice.objects.get(kind="publicity")
    assert made.is_voluntary and notice.facts["nature"].startswith("自愿公示")
    # The plan waits for the end of the period, and for the answer to whoever objected.
    running = {r.code: r for r in can(actions.submit_plan, small, by=office.officer, now=NOW)}
    assert running["publicity_runs"].citation.article == "第三十八条"
    perform(actions.object_to_publicity, made, by=factories.make_supplier(), now=NOW, **OBJECTION)
    waiting = {r.code for r in can(actions.submit_plan, small, by=office.officer, now=CLOSED)}
    assert waiting == {"objections_open"}
    perform(actions.conclude_publicity, made, by=office.officer, now=CLOSED, **DISMISSED)
    assert can(actions.submit_plan, small, by=office.officer, now=CLOSED) == []


def test_a_voluntary_publicity_whose_objection_was_right_ends_the_single_source(office: Office) -> None:
    small = office.draft(**{**SOLE, "amount": "900000"})
    made = office.publicised(small)
    perform(actions.object_to_publicity, made, by=factories.make_supplier(), now=NOW, **OBJECTION)
    upheld = {**DISMISSED, "outcome": "upheld", "answer": "异议成立"}
    perform(actions.conclude_publicity, made, by=office.officer, now=CLOSED, **upheld)
    found = {r.code: r for r in can(actions.submit_plan, small, by=office.officer, now=CLOSED)}
    assert set(found) == {"objection_upheld"} and found["objection_upheld"].citation.article == "第四十条"
    # Nor does a second publicity bring the ground back.
    assert set(refused(office.publicised, small, now=CLOSED)) == {"objection_upheld"}


def test_what_was_publicised_binds_the_purchase_that_begins_again_too() -> None:
    """74号令 art. 39-40: the first case of the plan fell through, and an objection was found to be right since."""
    case = factories.make_case(
        procedure="single_source", plan={"ground": SOLE["ground"]}, budget="900000.00", method="agreed",
        ended_at=NOW, end_kind="terminated", end_reason="采购任务暂缓",
    )  # fmt: skip
    office = Office()
    office.buyer, office.officer = case.buyer, factories.make_post(Role.BUYER_OFFICER, case.buyer)
    item = case.plan_item

    def told(now: datetime.datetime) -> dict[str, Refusal]:
        return {r.code: r for r in can(retender_case, Case.objects.get(pk=case.pk), by=office.officer, now=now)}

    assert told(NOW) == {}  # nothing was publicised: below the threshold nothing is owed
    made = office.publicised(item)
    assert made.is_voluntary and told(NOW)["publicity_runs"].citation.article == "第三十八条"
    perform(actions.object_to_publicity, made, by=factories.make_supplier(), now=NOW, **OBJECTION)
    assert set(told(CLOSED)) == {"objections_open"}
    upheld = {**DISMISSED, "outcome": "upheld", "answer": "异议成立"}
    perform(actions.conclude_publicity, made, by=office.officer, now=CLOSED, **upheld)
    assert told(CLOSED)["objection_upheld"].citation.article == "第四十条"


def by_another_method(first: Case, procedure: str, ground: str) -> tuple[Office, Case]:
    """The first case failed, another method was approved, and the case by that method has ended too."""
    office = Office()
    office.buyer, office.officer = first.buyer, factories.make_post(Role.BUYER_OFFICER, first.buyer)
    MethodApproval.objects.create(
        plan_item=first.plan_item, procedure=procedure, ground=ground, reason="x", overview="x", funding="x",
        amount=first.budget, applied_at=NOW, approved_at=NOW, number="兰财采1号",
    )  # fmt: skip
    second = perform(retender_case, first, by=office.officer, now=NOW).value
    Case.objects.filter(pk=second.pk).update(ended_at=AFTER, end_kind="terminated", end_reason="采购任务暂缓")
    return office, Case.objects.get(pk=second.pk)


ENDED: dict[str, Any] = {"ended_at": NOW, "end_kind": "unsuccessful", "end_reason": "不足三家"}
AFTER = at("2026-03-02T10:00")


def test_a_purchase_that_left_the_single_source_does_not_answer_for_its_publicity() -> None:
    """Planned as a single source, changed to negotiation: that an objection was right since ends nothing of it."""
    planned = factories.make_case(
        procedure="single_source", plan={"ground": SOLE["ground"]}, budget="900000.00", method="agreed", **ENDED
    )
    office, case = by_another_method(planned, "negotiation", "negotiation.complex")
    assert case.procedure == "negotiation"
    made = office.publicised(case.plan_item, now=AFTER)
    perform(actions.object_to_publicity, made, by=factories.make_supplier(), now=AFTER, **OBJECTION)
    upheld = {**DISMISSED, "outcome": "upheld", "answer": "异议成立"}
    perform(actions.conclude_publicity, made, by=office.officer, now=CLOSED, **upheld)
    assert can(retender_case, case, by=office.officer, now=CLOSED) == []


def test_a_purchase_that_came_to_the_single_source_waits_for_its_publicity() -> None:
    """Planned as an open tender, changed to a single source: the plan's ground says nothing of it."""
    office, case = by_another_method(
        factories.make_case(budget="4500000.00", **ENDED), "single_source", "single_source.only_one"
    )
    assert can(retender_case, case, by=office.officer, now=AFTER) == []
    office.publicised(case.plan_item, now=AFTER)
    assert {r.code for r in can(retender_case, case, by=office.officer, now=AFTER)} == {"publicity_runs"}


def test_who_does_not_publicise_below_the_threshold_owes_nothing(office: Office) -> None:
    small = office.draft(**{**SOLE, "amount": "900000"})
    assert can(actions.submit_plan, small, by=office.officer, now=NOW) == []


def test_other_grounds_are_not_publicised(office: Office) -> None:
    big = office.draft(procedure="quotations", ground="quotations.uniform", method_reason="规格统一", amount="4500000")
    found = {r.code for r in can(actions.publicise_single_source, big, by=office.officer, now=NOW)}
    assert found == {"no_single_source"}


def test_approval_is_asked_for_only_after_it(office: Office, item: PlanItem) -> None:
    assert set(refused(office.applied, item)) == {"not_publicised"}
    made = office.publicised(item)
    running = refused(office.applied, item, now=at("2026-03-09T17:00"))
    assert set(running) == {"publicity_runs"} and "2026-03-09" in running["publicity_runs"].zh
    assert {r.code for r in can(actions.publicise_single_source, item, by=office.officer, now=NOW)} == {
        "publicity_runs"
    }
    approval = office.approved(item, now=CLOSED)
    assert approval.publicity == made


def test_anybody_may_object_within_the_period(office: Office, item: PlanItem) -> None:
    made = office.publicised(item)
    supplier, other = factories.make_supplier(), factories.make_supplier()
    objection = perform(actions.object_to_publicity, made, by=supplier, now=at("2026-03-09T23:59"), **OBJECTION).value
    for post in (supplier, office.officer, office.treasury):  # the treasury has its copy
        assert visible_publicity_objections(post, NOW).get() == objection
    assert not visible_publicity_objections(other, NOW).exists()
    letter = {"objector": "某市民", "contact": "来信", "content": "价格过高"}
    assert perform(actions.object_to_publicity, made, by=office.officer, now=NOW, **letter)
    late = refused(perform, actions.object_to_publicity, made, by=other, now=CLOSED, **OBJECTION)
    assert set(late) == {"publicity_over"} and late["publicity_over"].citation.article == "第三十九条"


def test_objections_are_answered_within_five_working_days_and_go_along(office: Office, item: PlanItem) -> None:
    made = office.publicised(item)
    supplier = factories.make_supplier()
    perform(actions.object_to_publicity, made, by=supplier, now=NOW, **OBJECTION)
    task = Task.objects.get(root=made.ref, action="publicity.conclude", done_at=None)
    assert (task.clock, task.due_at, task.role) == ("C10", at("2026-03-17T00:00"), Role.BUYER_OFFICER)
    assert set(refused(perform, actions.conclude_publicity, made, by=office.officer, now=NOW, **DISMISSED)) == {
        "publicity_runs"
    }
    assert set(refused(office.applied, item, now=CLOSED)) == {"objections_open"}
    stranger = factories.make_post(Role.BUYER_OFFICER)
    assert set(refused(perform, actions.conclude_publicity, made, by=stranger, now=CLOSED, **DISMISSED)) == {
        "not_the_buyer"
    }
    perform(actions.conclude_publicity, made, by=office.officer, now=CLOSED, **DISMISSED)
    told = visible_publicity_objections(supplier, CLOSED).get()
    assert (told.answer, told.answered_at) == ("经论证，异议不成立", CLOSED)
    assert not Task.objects.filter(root=made.ref, done_at=None).exists()
    assert set(refused(perform, actions.conclude_publicity, made, by=office.officer, now=CLOSED, **DISMISSED)) == {
        "already_concluded"
    }
    assert office.applied(item, now=CLOSED).publicity == made


def test_an_upheld_objection_leads_to_another_method(office: Office, item: PlanItem) -> None:
    made = office.publicised(item)
    perform(actions.object_to_publicity, made, by=factories.make_supplier(), now=NOW, **OBJECTION)
    upheld = {**DISMISSED, "outcome": "upheld", "answer": "异议成立"}
    perform(actions.conclude_publicity, made, by=office.officer, now=CLOSED, **upheld)
    found = refused(office.applied, item, now=CLOSED)
    assert set(found) == {"objection_upheld"} and found["objection_upheld"].citation.article == "第四十条"


def test_without_objections_there_is_nothing_to_conclude(office: Office, item: PlanItem) -> None:
    made = office.publicised(item)
    found = refused(perform, actions.conclude_publicity, made, by=office.officer, now=CLOSED, **DISMISSED)
    assert set(found) == {"no_objections"}
    assert Publicity.objects.get(pk=made.pk).concluded_at is None
