"""Does a case begin only from a filed, funded plan, and end without a result only on a lawful ground?"""

import datetime
import threading
from decimal import Decimal

import pytest
from django.db import connection

from tests.factories import NOW, at, fund_appropriation, make_organisation, make_plan_item, make_post
from tests.tendering.walk import CLOSES, Tender
from yangcai.cases.actions import TerminateCase, TerminationGround, next_number
from yangcai.cases.models import Case, CaseEnd, LotOutcome, Stage
from yangcai.kernel import documents, tasks
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import Attachment, Entry, Task
from yangcai.kernel.refusals import Refused
from yangcai.kernel.tasks import derive
from yangcai.parties.models import OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.portal.models import Notice
from yangcai.tendering.models import Clause, Criterion, PaymentTerm, Solicitation
from yangcai.www.work.doing import next_steps

pytestmark = pytest.mark.django_db


def planned(**values: object) -> tuple[PlanItem, Post]:
    buyer = make_organisation()
    item = make_plan_item(fund_appropriation(buyer), **values)  # type: ignore[arg-type]
    return PlanItem.objects.get(pk=item.pk), make_post(Role.BUYER_OFFICER, buyer)


def refused(code: str, subject: object, by: Post, *, now: datetime.datetime = NOW, **data: object) -> set[str]:
    with pytest.raises(Refused) as found:
        perform(ACTIONS[code], subject, by=by, now=now, **data)
    return found.value.codes


# --- opening a case --------------------------------------------------------------------------------------------------


def test_a_filed_plan_becomes_a_case_with_one_lot() -> None:
    item, officer = planned(title="教学设备")
    assert [(d.clock, d.action) for d in derive(item, now=NOW) if d.clock or d.action == "case.open"] == [
        ("C01", ""),
        ("", "case.open"),
    ]
    case = perform(ACTIONS["case.open"], item, by=officer, now=NOW, ceiling="950000").value
    assert case.number == "兰新采〔2026〕0001号"
    assert (case.title, case.budget, case.ceiling) == ("教学设备", Decimal("1000000"), Decimal("950000"))
    assert case.stage_at(NOW) == Stage.PREPARATION
    lot = case.lots.get()
    assert (lot.budget, lot.ceiling, lot.evaluation_method) == (case.budget, case.ceiling, "rated")
    entry = Entry.objects.get(action="case.open")
    assert (entry.root, entry.subject) == (case.ref, case.ref)
    assert not Task.objects.filter(action="case.open", done_at__isnull=True).exists()
    assert Task.objects.filter(root=case.ref, action="agent.appoint", done_at__isnull=True).exists()


def test_a_plan_has_one_case() -> None:
    item, officer = planned()
    perform(ACTIONS["case.open"], item, by=officer, now=NOW)
    assert refused("case.open", item, officer) == {"case_exists"}


def test_no_case_without_filing() -> None:
    item, officer = planned(approved=False)
    assert refused("case.open", item, officer) >= {"plan_not_filed", "not_funded"}
    assert not Case.objects.exists()


def test_an_intention_precedes_by_thirty_days() -> None:
    item, officer = planned()  # its intention was published on 1 January
    # Thirty days later is Saturday 31 January, and the next working day Monday 2 February.
    found = can(ACTIONS["case.open"], item, by=officer, now=at("2026-01-31T23:59"))
    assert {r.code for r in found} == {"intention_too_recent"}
    assert found[0].citation is not None
    assert "2026-02-02" in found[0].zh
    assert can(ACTIONS["case.open"], item, by=officer, now=at("2026-02-02T00:00")) == []


def test_an_unforeseeable_need_has_no_intention() -> None:
    item, officer = planned()
    item.intention.withdrawn_at = NOW
    item.intention.save()
    assert refused("case.open", item, officer) == {"no_intention"}
    item, officer = planned(intention_exemption="突发公共卫生事件")
    item.intention.withdrawn_at = NOW
    item.intention.save()
    perform(ACTIONS["case.open"], PlanItem.objects.get(pk=item.pk), by=officer, now=NOW)


def test_the_ceiling_lies_within_the_budget() -> None:
    item, officer = planned()
    assert refused("case.open", item, officer, ceiling="1000000.01") == {"ceiling_above_budget"}


def test_numbers_run_through_the_year() -> None:
    assert next_number(now=NOW) == "兰新采〔2026〕0001号"
    for n in ("0009", "10000", "0010"):
        item, _officer = planned()
        Case.objects.create(
            number=f"兰新采〔2026〕{n}号",
            title="编号",
            plan_item=item,
            buyer=item.buyer,
            procedure="open_tender",
            category="goods",
            budget=item.amount,
            jurisdiction="620171",
            opened_at=NOW,
        )
    assert next_number(now=NOW) == "兰新采〔2026〕10001号"
    assert next_number(now=at("2027-01-01T00:00")) == "兰新采〔2027〕0001号"


@pytest.mark.django_db(transaction=True)
def test_two_plans_opened_together_get_two_numbers() -> None:
    plans = [planned() for _ in range(4)]
    errors: list[BaseException] = []

    def begin(item: PlanItem, officer: Post) -> None:
        try:
            perform(ACTIONS["case.open"], item, by=officer, now=NOW)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=plan) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(Case.objects.values_list("number", flat=True)) == [f"兰新采〔2026〕000{n}号" for n in range(1, 5)]


# --- who runs it -----------------------------------------------------------------------------------------------------


def test_the_buyer_entrusts_an_agent_or_itself() -> None:
    tender = Tender(agent=False)
    agent = make_organisation(OrganisationKind.AGENT)
    found = tender.refused("agent.appoint", tender.case, tender.officer, agent=agent.pk, mandate="全过程代理")
    assert set(found) == {"mandate_missing"}
    assert found["mandate_missing"].field == "fee"
    terms = {"mandate": "全过程代理，至合同签订", "fee": "由中标人支付，按计价格〔2002〕1980号"}
    tender.do("agent.appoint", tender.case, tender.officer, agent=agent.pk, **terms)
    assert Case.objects.get(pk=tender.case.pk).agent == agent
    tender.do("agent.appoint", tender.case, tender.officer)
    assert Case.objects.get(pk=tender.case.pk).agent is None
    assert "agent.appoint" not in {d.action for d in derive(Case.objects.get(pk=tender.case.pk), now=NOW)}
    supplier = make_organisation(OrganisationKind.SUPPLIER)
    assert set(tender.refused("agent.appoint", tender.case, tender.officer, agent=supplier.pk, **terms)) == {
        "invalid_input"
    }


def test_a_catalogue_item_goes_through_the_centralised_agency_alone() -> None:
    tender = Tender(agent=False, plan={"in_catalogue": True})
    terms = {"mandate": "全过程代理，至合同签订", "fee": "不收取"}
    ordinary, central = (make_organisation(kind) for kind in (OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT))
    for given in ({"agent": ordinary.pk, **terms}, {}):
        found = tender.refused("agent.appoint", tender.case, tender.officer, **given)
        assert set(found) == {"not_the_central_agent"}
        assert found["not_the_central_agent"].citation.article == "第十八条"
        assert found["not_the_central_agent"].field == "agent"
    # Whoever appoints nobody gets no further than the invitation.
    assert "not_the_central_agent" in tender.refused("invitation.publish", tender.case, tender.officer)
    tender.do("agent.appoint", tender.case, tender.officer, agent=central.pk, **terms)
    assert Case.objects.get(pk=tender.case.pk).agent == central
    refused = Entry.objects.filter(action="agent.appoint", outcome="refused")
    assert refused.count() == 2  # attempts on a legal ground leave their trace


def test_what_is_not_open_says_where_it_stands_and_when_it_is_done_in_both_languages() -> None:
    tender = Tender().published()
    [refusal] = tender.refused("opening.begin", tender.case, tender.runner).values()
    assert refusal.code == "wrong_stage"
    assert "在“开标”环节办理（2026-03-24 09:30 开始）；目前处于“投标”环节" in refusal.zh
    assert "2026-03-24 09:30" in refusal.en and "opening" in refusal.en.lower()
    [past] = tender.refused("agent.appoint", tender.case, tender.officer).values()
    assert "已于 2026-03-02" in past.zh and "ended at 2026-03-02" in past.en


def test_after_publication_the_agent_stays() -> None:
    tender = Tender().published()
    assert set(tender.refused("agent.appoint", tender.case, tender.officer)) == {"wrong_stage"}


# --- ending without a result -----------------------------------------------------------------------------------------


def test_termination_ends_everything_and_is_published() -> None:
    tender = Tender(lots=2).published()
    done = tender.do("case.terminate", tender.case, tender.runner, ground="task_cancelled", reason="机构撤并")
    case = Case.objects.get(pk=tender.case.pk)
    assert (case.end_kind, case.stage_at(NOW), case.stage_at(CLOSES)) == (CaseEnd.TERMINATED, "", "")
    assert {(lot.outcome, lot.stage_at(CLOSES)) for lot in case.lots.all()} == {(LotOutcome.TERMINATED, "")}
    assert "机构撤并" in case.end_reason
    assert done.notices[0].kind == "termination"
    assert set(tender.refused("case.terminate", case, tender.runner, ground="task_cancelled", reason="再次")) == {
        "case_ended"
    }
    assert case.plan_item.reserved_fund.balance == case.budget  # the plan can be procured again


def test_what_was_never_announced_ends_without_a_notice() -> None:
    tender = Tender()
    done = tender.do("case.terminate", tender.case, tender.runner, ground="not_published", reason="需求调整")
    assert done.notices == ()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("ground", ["evaluation_stopped", "set_aside_too_few", "not_published"])
def test_a_ground_that_does_not_exist_is_refused(ground: str) -> None:
    tender = Tender().published()
    found = tender.refused("case.terminate", tender.case, tender.runner, ground=ground, reason="理由")
    assert set(found) == {"ground_not_given"}
    assert found["ground_not_given"].citation is not None


def test_grounds_are_a_closed_list() -> None:
    tender = Tender().published()
    found = tender.refused("case.terminate", tender.case, tender.runner, ground="changed_our_mind", reason="不想买了")
    assert set(found) == {"invalid_input"}


# --- again -----------------------------------------------------------------------------------------------------------


def test_a_terminated_case_is_procured_again_on_the_same_plan() -> None:
    tender = Tender(lots=2)
    writer = tender.runner.person_id
    paper = documents.store_bytes(data=b"%PDF-1.7 file", name="采购文件.pdf", person_id=writer, now=NOW)
    tender.published(bid_security="10000", document=paper)
    own = [{"kind": "responsiveness", "text": "★ 质保五年", "lot": "2"}]
    first = tender.case
    assert set(tender.refused("case.retender", first, tender.runner)) == {"not_ended_without_result"}
    tender.do("case.terminate", first, tender.runner, ground="solicitation_unlawful", reason="资格条件不当")
    assert refused("case.open", PlanItem.objects.get(pk=first.plan_item_id), tender.officer) == {"retender_instead"}
    tender.now = at("2026-03-10T09:00")
    again = tender.do("case.retender", first, tender.runner).value
    assert again.number != first.number
    assert (again.predecessor, again.plan_item, again.agent) == (first, first.plan_item, first.agent)
    assert again.title.endswith("（重新采购）")
    assert (again.stage_at(tender.now), again.published_at, again.law_as_of) == (Stage.PREPARATION, None, None)
    copied = Solicitation.objects.get(case=again)
    assert (copied.revision, copied.documents_from, copied.confirmed_at) == (1, None, None)
    assert copied.bid_security == Decimal("10000")
    assert [lot.outcome for lot in again.lots.all()] == ["", ""]
    attached = Attachment.objects.get(root=again.ref, kind="solicitation")
    assert (attached.document, attached.subject, attached.is_public) == (paper, copied.ref, False)
    assert Criterion.objects.filter(lot__case=again).count() == Criterion.objects.filter(lot__case=first).count() == 6
    assert PaymentTerm.objects.filter(case=again).count() == 2
    assert Clause.objects.filter(case=again).count() == Clause.objects.filter(case=first).count()
    assert set(tender.refused("case.retender", first, tender.runner)) == {"retendered"}
    tender.case = again
    tender.do("clauses.define", again, tender.runner, rows=own)
    tender.confirm()
    tender.publish(supply_closes_at=at("2026-03-17T17:30"), submission_closes_at=at("2026-03-31T09:30"))


def test_a_set_aside_with_too_few_is_repeated_without_it() -> None:
    tender = Tender(set_aside="whole").published()
    tender.bids("900000", "910000")
    tender.open()
    tender.do("case.terminate", tender.case, tender.runner, ground="set_aside_too_few", reason="只有两家")
    again = tender.do("case.retender", tender.case, tender.runner, lift_set_aside=True).value
    assert again.set_aside == "none"
    assert not Clause.objects.filter(case=again, text__contains="专门面向").exists()
    assert Solicitation.objects.get(case=again).small_micro_rate == Decimal("0.10")
    tender.case = again
    tender.confirm()
    tender.publish(supply_closes_at=at("2026-03-31T17:30"), submission_closes_at=at("2026-04-15T09:30"))


def test_a_case_in_a_foreign_hand_is_not_touched() -> None:
    tender = Tender().published()
    other = make_post(Role.BUYER_OFFICER)
    assert set(tender.refused("case.terminate", tender.case, other, ground="task_cancelled", reason="x")) == {
        "not_yours"
    }


@pytest.mark.parametrize(("ground", "waits"), [("solicitation_unlawful", True), ("task_cancelled", False)])
def test_what_is_still_needed_waits_for_its_buyer_to_procure_it_again(ground: str, waits: bool) -> None:
    """政府采购法 art. 37: 废标后，除采购任务取消情形外，应当重新组织招标."""
    tender = Tender().published()
    plan = PlanItem.objects.get(pk=tender.case.plan_item_id)

    def waiting() -> list[tuple[str, str]]:
        found = tasks.of_post(tender.officer).filter(root=plan.ref)
        return list(found.values_list("action", "subject"))

    assert waiting() == []
    tender.do("case.terminate", tender.case, tender.runner, ground=ground, reason="见附件")
    assert waiting() == ([("case.retender", tender.case.ref)] if waits else [])
    again = tender.do("case.retender", tender.case, tender.runner).value
    assert waiting() == []
    tender.do("case.terminate", again, tender.runner, ground="solicitation_unlawful", reason="仍有歧视性条款")
    assert waiting() == [("case.retender", again.ref)]
    # Whoever gives the plan up is not asked for it any more.
    tender.do("plan.cancel", plan, tender.officer, reason="改为下年度采购")
    assert waiting() == []


def test_the_grounds_that_can_be_given_now_come_first_and_a_refusal_names_them() -> None:
    tender = Tender().published()
    form = TerminateCase(subject=tender.case, by=tender.runner, now=tender.now)
    shown = [str(label) for _value, label in form.fields["ground"].choices]  # type: ignore[attr-defined]
    lawful = ["因重大变故采购任务取消", "采购文件违反法律或者影响潜在投标人投标，须修改后重新采购"]
    assert shown[:2] == lawful and shown[2] == "财政部门、监察机关或者人民法院的决定"
    assert all(label.endswith("（当前不存在）") for label in shown[3:]) and len(shown) == len(TerminationGround)
    refusal = tender.refused("case.terminate", tender.case, tender.runner, ground="evaluation_stopped", reason="x")
    assert all(ground in refusal["ground_not_given"].zh for ground in lawful)
    assert "task" in refusal["ground_not_given"].en


def test_the_outcome_of_a_termination_says_to_procure_again() -> None:
    tender = Tender().published()
    tender.do("case.terminate", tender.case, tender.runner, ground="solicitation_unlawful", reason="资格条件不当")
    entry = Entry.objects.get(action="case.terminate", outcome="done", root=tender.case.ref)
    assert "重新采购" in {one["text"] for one in next_steps(entry, None, post=tender.officer)}
