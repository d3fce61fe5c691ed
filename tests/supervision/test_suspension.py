"""Does a suspended case stand still, and go on afterwards with exactly what was left of it?"""

import datetime
from typing import Any

import pytest

from tests import factories
from tests.contracts import support
from tests.factories import at
from yangcai.cases.models import Case, Period
from yangcai.contracts import actions as contracts
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, BLOCKS, can, perform
from yangcai.kernel.models import Entry, SandboxClock, Task
from yangcai.kernel.refusals import Refused
from yangcai.ocds import rows
from yangcai.ocds import tender as ocds_tender
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.supervision.actions import resume_case, suspend_case

pytestmark = pytest.mark.django_db
OPENED = factories.NOW
START = at("2026-03-04T12:00")


def suspend(case: Case, by: Post, *, now: datetime.datetime = START, until: str = "2026-03-20") -> Any:
    return perform(
        suspend_case, case, by=by, now=now, reason="处理投诉", until_on=until, document=support.document("通知")
    )


@pytest.fixture(autouse=True)
def database_clock() -> None:
    """What is past is past for the database too."""
    SandboxClock.objects.create(id=1, at=START)


@pytest.fixture
def treasury() -> Post:
    return factories.make_post(Role.TREASURY)


@pytest.fixture
def case() -> Case:
    """In submission until 23 March 09:00, opening planned right after."""
    factories.set_database_clock(START)
    made = factories.make_case(stage="submission")
    made.periods.update(closes_at=at("2026-03-23T09:00"))
    Period.objects.create(case=made, stage="opening", opens_at=at("2026-03-23T09:00"))
    return made


def test_the_stage_stops_at_once_and_goes_on_with_its_remainder(case: Case, treasury: Post) -> None:
    suspend(case, treasury)
    case = Case.objects.get(pk=case.pk)
    assert case.stage_at(START) == "" and case.is_suspended_at(START)
    assert case.stage_at(at("2026-03-23T10:00")) == ""
    perform(resume_case, case, by=treasury, now=at("2026-03-14T12:00"), reason="投诉不成立")
    case = Case.objects.get(pk=case.pk)
    assert not case.is_suspended_at(at("2026-03-14T12:00"))
    assert case.stage_at(at("2026-03-14T12:00")) == "submission"
    assert case.stage_at(at("2026-04-02T08:59")) == "submission"
    assert case.stage_at(at("2026-04-02T09:00")) == "opening"


@pytest.mark.parametrize(
    ("resumed", "closes"),
    [
        # What was left ends on a Sunday at 05:30: bids are opened on Monday, at the hour that was announced.
        ("2026-03-10T08:30", "2026-03-30T09:00"),
        # At the hour before it: the same day.
        ("2026-03-13T10:00", "2026-04-01T09:00"),
        # Past the hour on a Friday before Qingming: on the first working day after the holiday.
        ("2026-03-15T12:30", "2026-04-07T09:00"),
    ],
)
def test_bids_are_opened_on_a_working_day_at_the_hour_that_was_announced(
    case: Case, treasury: Post, resumed: str, closes: str
) -> None:
    suspend(case, treasury)
    perform(resume_case, case, by=treasury, now=at(resumed), reason="投诉不成立")
    assert "calendar.last_day" in resume_case.cites
    case = Case.objects.get(pk=case.pk)
    again = case.periods.get(stage="submission", round=2)
    assert (again.opens_at, again.closes_at) == (at(resumed), at(closes))
    assert again.closes_at - again.opens_at >= at("2026-03-23T09:00") - START
    assert case.periods.get(stage="opening").opens_at == at(closes)
    assert ocds_tender.closes_at(rows.read(case), at(resumed)) == at(closes)


def test_every_action_is_refused_except_those_declared(case: Case, treasury: Post) -> None:
    suspend(case, treasury)
    agent = factories.make_post(Role.AGENT, factories.make_organisation("agent"))
    Case.objects.filter(pk=case.pk).update(agent=agent.organisation)
    case = Case.objects.get(pk=case.pk)
    supplier = factories.make_supplier()
    posts = {
        Role.TREASURY: treasury,
        Role.SUPPLIER: supplier,
        Role.AGENT: agent,
        Role.BUYER_OFFICER: factories.make_post(Role.BUYER_OFFICER, case.buyer),
        Role.BUYER_REVIEWER: factories.make_post(Role.BUYER_REVIEWER, case.buyer),
        Role.PLATFORM: factories.make_post(Role.PLATFORM),
    }
    tried = 0
    for action in ACTIONS.values():
        if action.on is not Case:
            continue
        for role in action.by & set(posts):
            codes = {r.code for r in can(action, case, by=posts[Role(role)], now=START)}
            assert ("case_suspended" in codes) != (action.despite_block and action is not suspend_case), action.code
            tried += 1
    assert tried > 5


def test_contracts_stand_still_but_what_is_owed_is_paid() -> None:
    s = support.scene()
    support.effective(s)
    suspend(s.case, s.treasury, now=at("2026-03-12T09:00"), until="2026-04-10")
    [refusal] = can(contracts.record_acceptance, s.contract, by=s.officer, now=at("2026-03-13T09:00"))
    assert (refusal.code, refusal.citation.rule) == ("case_suspended", "supervision.suspend")
    assert "2026-04-10" in refusal.zh and "2026-04-10" in refusal.en
    support.paid(s, s.milestone("signature"), now=at("2026-03-13T09:00"))


def test_at_most_thirty_days_with_a_written_notice_and_never_twice(case: Case, treasury: Post) -> None:
    for until, code in (("2026-04-04", "suspension_too_long"), ("2026-03-04", "impossible_date")):
        with pytest.raises(Refused) as error:
            suspend(case, treasury, until=until)
        assert error.value.codes == {code}
    with pytest.raises(Refused) as error:
        perform(suspend_case, case, by=treasury, now=START, reason="处理投诉", until_on="2026-03-20")
    assert [r.field for r in error.value.refusals] == ["document"]
    done = suspend(case, treasury, until="2026-04-03")
    assert [n.kind for n in done.notices] == ["suspension"]
    with pytest.raises(Refused) as error:
        suspend(case, treasury)
    assert error.value.codes == {"case_suspended"}


def test_only_the_treasury_suspends_and_only_what_is_suspended_is_resumed(case: Case, treasury: Post) -> None:
    officer = factories.make_post(Role.BUYER_OFFICER, case.buyer)
    with pytest.raises(Refused) as error:
        suspend(case, officer)
    assert error.value.codes == {"role_may_not"}
    with pytest.raises(Refused) as error:
        perform(resume_case, case, by=treasury, now=START, reason="…")
    assert error.value.codes == {"not_suspended"}


def test_the_legal_period_ends_the_suspension_by_itself_once(case: Case, treasury: Post) -> None:
    suspend(case, treasury)
    assert tasks.fire_due(now=at("2026-03-20T23:59")) == []
    [fired] = tasks.fire_due(now=at("2026-03-21T00:10"))
    assert fired.clock == "C36"
    case = Case.objects.get(pk=case.pk)
    assert case.stage_at(at("2026-03-21T00:10")) == "submission"
    entry = Entry.objects.get(action="case.resume")
    assert (entry.role, entry.outcome) == (Role.PLATFORM, "done")
    assert tasks.fire_due(now=at("2026-03-22T00:10")) == []


def test_other_clocks_stand_still_meanwhile() -> None:
    """The contract is due on 8 April; ten days of suspension later it is due ten days later, on a working day."""
    s = support.scene()
    perform(ACTIONS["enquiry.ask"], s.case, by=s.supplier, now=at("2026-03-06T11:00"), question="何时签约？")
    task = Task.objects.get(action="contract.draft")
    assert task.due_at == at("2026-04-08T00:00")
    enquiry_due = Task.objects.get(action="enquiry.answer").due_at
    suspend(s.case, s.treasury, now=at("2026-03-09T09:00"), until="2026-04-08")
    task.refresh_from_db()
    assert (task.due_at, task.done_at) == (None, None)
    assert tasks.fire_due(now=at("2026-04-08T00:01"))[0].clock == "C27"
    assert Task.objects.get(action="enquiry.answer").due_at == enquiry_due
    perform(resume_case, s.case, by=s.treasury, now=at("2026-03-19T09:00"), reason="投诉不成立")
    task.refresh_from_db()
    assert task.due_at == at("2026-04-18T00:00")


def test_the_block_is_registered_once() -> None:
    assert len(BLOCKS[Case]) == 1
