"""Is an enquiry answered in time by those whose case it is, and seen by nobody else?"""

import pytest

from tests import factories
from tests.factories import at
from tests.tendering.applying import Selection, times
from tests.tendering.walk import Tender
from yangcai.cases.models import Case
from yangcai.challenges.actions import answer_enquiry, ask_enquiry
from yangcai.challenges.models import Enquiry
from yangcai.challenges.queries import visible_to
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
ASKED = at("2026-03-05T15:00")


@pytest.fixture
def case() -> Case:
    agent = factories.make_organisation("agent")
    return factories.make_case(stage="submission", agent=agent)


def ask(case: Case, by: object) -> Enquiry:
    return perform(ask_enquiry, case, by=by, now=ASKED, question="是否接受同等规格？").value


def test_asked_on_thursday_due_on_tuesday_with_the_agent(case: Case) -> None:
    enquiry = ask(case, factories.make_supplier())
    task = Task.objects.get(action="enquiry.answer")
    assert (task.clock, task.role, task.organisation_id) == ("C27", Role.AGENT, case.agent_id)
    assert task.due_at == at("2026-03-11T00:00")
    agent = factories.make_post(Role.AGENT, case.agent)
    perform(answer_enquiry, enquiry, by=agent, now=at("2026-03-06T09:00"), answer="接受。")
    task.refresh_from_db()
    assert task.done_at == at("2026-03-06T09:00")
    assert can(answer_enquiry, enquiry, by=agent, now=ASKED) == []  # the row in hand is old …
    enquiry.refresh_from_db()
    assert can(answer_enquiry, enquiry, by=agent, now=ASKED)[0].code == "already_answered"
    with pytest.raises(Refused):  # … and perform reads it again
        perform(answer_enquiry, enquiry, by=agent, now=ASKED, answer="再答")


def test_without_an_agent_the_buyer_answers() -> None:
    case = factories.make_case(stage="submission")
    ask(case, factories.make_supplier())
    task = Task.objects.get(action="enquiry.answer")
    assert (task.role, task.organisation_id) == (Role.BUYER_OFFICER, case.buyer_id)


def test_an_unpublished_case_cannot_be_asked_about() -> None:
    case = factories.make_case()
    with pytest.raises(Refused) as error:
        ask(case, factories.make_supplier())
    assert error.value.codes == {"not_yours"}


def test_who_asks_stays_secret(case: Case) -> None:
    supplier = factories.make_supplier()
    ask(case, supplier)
    seen = {
        "supplier": supplier,
        "agent": factories.make_post(Role.AGENT, case.agent),
        "buyer": factories.make_post(Role.BUYER_OFFICER, case.buyer),
    }
    hidden = {
        "public": None,
        "treasury": factories.make_post(Role.TREASURY),
        "other supplier": factories.make_supplier(),
        "other agent": factories.make_post(Role.AGENT),
        "other buyer": factories.make_post(Role.BUYER_OFFICER),
        "expert": factories.make_expert(),
    }
    assert {k: visible_to(p, ASKED).count() for k, p in seen.items()} == dict.fromkeys(seen, 1)
    assert {k: visible_to(p, ASKED).count() for k, p in hidden.items()} == dict.fromkeys(hidden, 0)
    assert not ask_enquiry.is_public


def test_the_treasury_reads_who_asked_once_the_bids_are_open() -> None:
    """Until then it is secret who may bid, for whoever oversees it too (87号令 art. 28)."""
    tender, treasury = Tender().published(), factories.make_post(Role.TREASURY)
    tender.do("enquiry.ask", tender.case, tender.supplier(), question="是否接受同等规格？")
    tender.bids("900000.00", "850000.00", "800000.00")
    assert not visible_to(treasury, tender.now).exists()
    tender.open()
    assert visible_to(treasury, tender.now).count() == 1


def test_only_the_own_agent_or_buyer_answers(case: Case) -> None:
    enquiry = ask(case, factories.make_supplier())
    for post in (factories.make_post(Role.AGENT), factories.make_post(Role.BUYER_OFFICER)):
        assert can(answer_enquiry, enquiry, by=post, now=ASKED)[0].code == "not_yours"
    assert can(answer_enquiry, enquiry, by=factories.make_supplier(), now=ASKED)[0].code == "role_may_not"


@pytest.mark.parametrize("question", ["", "   ", "长" * 5001, "\x00"])
def test_an_empty_or_endless_question_is_refused(case: Case, question: str) -> None:
    with pytest.raises(Refused) as error:
        perform(ask_enquiry, case, by=factories.make_supplier(), now=ASKED, question=question)
    assert [r.field for r in error.value.refusals] == ["question"]


def test_what_a_prequalification_announces_may_be_asked_about() -> None:
    """政府采购法 art. 51: the case itself is nobody's yet, and the enquiry stands on the page of the notice."""
    s = Selection().written()
    supplier = factories.make_supplier()
    early = [refusal.code for refusal in can(ACTIONS["prequalification.ask"], s.row, by=supplier, now=s.now)]
    assert early == ["not_yours"]
    s.do("prequalification.confirm", s.row, s.reviewer)
    s.do("prequalification.publish", s.row, s.runner, **times())
    s.now = ASKED
    enquiry = s.do("prequalification.ask", s.row, supplier, question="是否接受分公司申请？").value
    assert (enquiry.root, enquiry.case) == (s.row, s.case)
    assert [visible_to(post, s.now).count() for post in (supplier, factories.make_supplier(), None)] == [1, 0, 0]
    task = Task.objects.get(action="enquiry.answer")
    assert (task.clock, task.due_at, task.root) == ("C27", at("2026-03-11T00:00"), s.row.ref)
    assert (task.role, task.organisation_id) == (Role.AGENT, s.case.agent_id)
    assert "not_yours" in s.refused("enquiry.answer", enquiry, factories.make_post(Role.AGENT), answer="否")
    s.do("enquiry.answer", enquiry, s.runner, answer="分公司由总公司授权的可以申请。")
    task.refresh_from_db()
    assert task.done_at == s.now


def test_an_enquiry_is_answered_after_its_prequalification_is_over() -> None:
    s = Selection()
    (supplier,) = s.applied(1)
    s.concluded()
    enquiry = s.do("prequalification.ask", s.row, supplier, question="未通过的理由？").value
    s.do("case.terminate", s.case, s.runner, ground="too_few_prequalified", reason="合格供应商一家")
    assert Task.objects.get(action="enquiry.answer").done_at is None
    s.do("enquiry.answer", enquiry, s.runner, answer="见告知书。")
    assert Task.objects.get(action="enquiry.answer").done_at == s.now
