"""How does an open framework go, told by role: a standing call, requests at any time, entrants who come and go?"""

import datetime
from copy import copy
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from tests import factories
from tests.portal.test_notices import check
from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, Buyer, FirstStage
from tests.www.support import at_desk, text_of
from yangcai.cases.models import Award, Stage
from yangcai.credit.models import Debarment
from yangcai.frameworks.models import Entrant, EntryRequest
from yangcai.kernel import calendar, tasks
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.portal.models import Notice
from yangcai.replay.driver import move_to
from yangcai.www.work import own
from yangcai.www.work.offers import offers

pytestmark = pytest.mark.django_db

TERMS = {
    **agreements.TERMS, "by_mini_competition": False, "by_rotation": False, "allows_outside": False,
    "unit": "次", "users": "辖区居民",
}  # fmt: skip
ASKED = {"product": "上门体检服务", "statement": "具备医疗机构执业许可", "commitment": True}


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
    """The call is out since 11 o'clock."""
    tale = agreements.begin(agreements.open_file(), until="plan")
    people, at = tale.people, tale.at("invitation")
    tale.case = tale.do("case.open", tale.plan_item, people.officer, at, ceiling="200.00")
    tale.do("agent.appoint", tale.case, people.officer, at)
    lot = tale.case.lots.get()
    rotated = tale.refused("framework.define", lot, people.officer, at, **{**TERMS, "by_rotation": True})
    assert rotated["open_means_direct"].citation is not None
    tale.do("framework.define", lot, people.officer, at, **TERMS)
    tale.do("solicitation.draft", tale.case, people.officer, at, **tale.document())
    tale.do("payment_terms.define", tale.case, people.officer, at, rows=list(tale.payment_terms))
    tale.do("solicitation.confirm", tale.case, people.reviewer, at)
    # There is no deadline for bids, so there is no invitation to bid.
    closing = {"supply_closes_at": at + DAY, "submission_closes_at": at + 30 * DAY}
    assert "no_bids_here" in tale.refused("invitation.publish", tale.case, people.officer, at, **closing)
    assert "framework.call" in tale.waiting(people.officer)
    tale.do("framework.call", tale.case, people.officer, at)
    return tale


@pytest.fixture
def called(beginning: FirstStage) -> FirstStage:
    return copy(beginning)


def ask(tale: FirstStage, supplier: Post, at: datetime.datetime) -> EntryRequest:
    return tale.do("entry.ask", tale.agreement, supplier, at, **ASKED)


def enter(tale: FirstStage, supplier: Post, at: datetime.datetime) -> Entrant:
    tale.do("entry.answer", ask(tale, supplier, at), tale.people.officer, at, is_admitted=True)
    return Entrant.objects.get(framework=tale.agreement, supplier=supplier.organisation)


def test_the_call_stands_for_the_whole_term(called: FirstStage) -> None:
    agreement = called.agreement
    assert agreement.begins_on is not None and agreement.ends_on is not None
    assert called.stage(called.at("invitation") + 90 * DAY) == Stage.INVITATION
    over = calendar.start_of(agreement.ends_on + DAY)
    assert called.stage(over - DAY) == Stage.INVITATION and called.stage(over) == ""
    call = Notice.objects.get(root=called.case.ref, kind="framework_call")
    check(call)
    assert call.title.endswith("框架协议征集公告")
    assert call.facts["agreements"][0]["ceiling"] == "200.00"


def test_whoever_meets_the_call_enters_at_its_price(called: FirstStage) -> None:
    tale, at, supplier = called, called.at("invitation") + DAY, factories.make_supplier()
    request = ask(tale, supplier, at)
    task = Task.objects.get(root=tale.case.ref, action="entry.answer", done_at=None)
    # 7 个工作日内审核 (art. 39): the clock of the request.
    assert task.clock == "C39" and task.due_at is not None
    assert calendar.working_days_between(calendar.day_of(at), calendar.day_of(task.due_at - DAY)) == 7
    assert "has_asked" in tale.refused("entry.ask", tale.agreement, supplier, at, **ASKED)
    # Turned down only with its reasons, in writing.
    silent = tale.refused("entry.answer", request, tale.people.officer, at, is_admitted=False)
    assert silent["answer_missing"].citation is not None
    assert silent["answer_missing"].citation.article == "第三十九条"
    tale.do("entry.answer", request, tale.people.officer, at, is_admitted=True)
    entrant = Entrant.objects.get(framework=tale.agreement, supplier=supplier.organisation)
    assert entrant.may_be_awarded and entrant.unit_price == Decimal("200.00")
    entry = Notice.objects.get(root=tale.case.ref, kind="entry")
    check(entry)
    assert entry.facts["agreement"] == "本公告视为签订框架协议"
    assert "has_entered" in tale.refused("entry.ask", tale.agreement, supplier, at, **ASKED)


def test_who_is_turned_down_is_no_entrant_and_nothing_is_published(called: FirstStage) -> None:
    tale, at, supplier = called, called.at("invitation") + DAY, factories.make_supplier()
    request = ask(tale, supplier, at)
    tale.do("entry.answer", request, tale.people.officer, at, is_admitted=False, answer="没有执业许可")
    assert not Entrant.objects.filter(framework=tale.agreement).exists()
    assert not Notice.objects.filter(root=tale.case.ref, kind="entry").exists()
    # It may try again when it meets the call.
    assert enter(tale, supplier, at).may_be_awarded


def test_who_is_debarred_since_it_asked_is_turned_down(called: FirstStage) -> None:
    tale, at, supplier = called, called.at("invitation") + DAY, factories.make_supplier()
    request = ask(tale, supplier, at)
    Debarment.objects.create(
        organisation=supplier.organisation,
        ground="procurement",
        authority="示例财政局",
        decision="示例财罚〔2026〕9号",
        from_on=at.date(),
    )
    assert "debarred" in tale.refused("entry.answer", request, tale.people.officer, at + DAY, is_admitted=True)
    assert not Entrant.objects.filter(framework=tale.agreement).exists()
    tale.do("entry.answer", request, tale.people.officer, at + DAY, is_admitted=False, answer="被禁止参加政府采购活动")


def test_leaving_at_any_time_and_coming_back(called: FirstStage) -> None:
    """110号令 art. 20: an open agreement is left at any time; art. 19: who was removed does not come back."""
    tale, at = called, called.at("invitation") + DAY
    leaver, removed = factories.make_supplier(), factories.make_supplier()
    first, second = enter(tale, leaver, at), enter(tale, removed, at)
    assert [first.rank, second.rank] == [1, 2]
    tale.do("entrant.leave", first, leaver, at, reason="停业")
    left = Notice.objects.get(root=tale.case.ref, kind="entrant_left")
    assert (left.facts["supplier"], left.facts["how"]) == (leaver.organisation.name, "退出")
    assert "has_left" in tale.refused("entrant.leave", first, leaver, at, reason="停业")
    assert enter(tale, leaver, at).may_be_awarded
    because = {"ground": "false_material", "reason": "执业许可系伪造"}
    tale.do("entrant.remove", second, tale.people.officer, at, **because)
    refused = tale.refused("entry.ask", tale.agreement, removed, at, **ASKED)
    assert refused["was_removed"].citation is not None
    assert refused["was_removed"].citation.article == "第十九条"


def test_nothing_is_bid_for_so_nobody_has_a_bid_to_make(called: FirstStage, settings: Any) -> None:
    """A standing call takes requests: no list of bid tasks for who asks, who has entered, or who was removed."""
    tale, at = called, called.at("invitation") + DAY
    removed, settings.YANGCAI_SECOND_FACTOR = factories.make_supplier(), False
    move_to(at)
    entrant = enter(tale, removed, at)
    tale.do("entrant.remove", entrant, tale.people.officer, at, ground="false_material", reason="执业许可系伪造")
    bidding = reverse("work_bid_tasks", args=[tale.lot.pk])
    for supplier in (factories.make_supplier(), removed):
        page = text_of(at_desk(supplier).get(reverse("work_case", args=[tale.case.pk])))
        assert bidding not in page and "投标任务" not in page
        assert at_desk(supplier).get(bidding).status_code == 404
    assert not tasks.of_post(removed, now=at).filter(root=tale.case.ref).exists()
    gone = Entrant.objects.get(pk=entrant.pk)
    assert offers([tale.case, tale.lot, tale.agreement, gone], post=removed, now=at).open == []


def test_only_the_convener_removes(called: FirstStage) -> None:
    tale, at = called, called.at("invitation") + DAY
    entrant = enter(tale, factories.make_supplier(), at)
    other = agreements.buyer(at)
    assert "not_yours" in other.refused("entrant.remove", entrant, ground="agreed", reason="不满意")


def test_the_buyer_chooses_directly(called: FirstStage) -> None:
    tale, at = called, called.at("invitation") + DAY
    entrant = enter(tale, factories.make_supplier(), at)
    move_to(at + DAY)
    unit: Buyer = agreements.buyer(at + DAY)
    case = unit.do(
        "call_off.choose", unit.plan("call_off_direct", category="services"), entrant=entrant.pk, quantity=30
    )
    assert Award.objects.get(lot__case=case).amount == Decimal("6000.00")
    # Goods are not what this agreement is about.
    goods = unit.refused("call_off.choose", unit.plan("call_off_direct"), entrant=entrant.pk, quantity=1)
    assert goods and all(refusal.field == "entrant" for refusal in goods.values())


def test_when_the_term_is_over_nobody_enters(called: FirstStage) -> None:
    assert called.agreement.ends_on is not None
    late = calendar.start_of(called.agreement.ends_on + DAY)
    assert "wrong_stage" in called.refused("entry.ask", called.agreement, factories.make_supplier(), late, **ASKED)


def test_a_supplier_finds_the_standing_call_and_what_it_asked_for(called: FirstStage) -> None:
    """供应商可以随时申请加入 (art. 39): whoever looks for business sees the call as long as it stands, no longer."""
    tale, at, supplier = called, called.at("invitation") + DAY, factories.make_supplier()
    assert own.standing_calls(supplier, now=at) == [tale.case]
    assert not own.open_tenders(supplier, now=at).filter(pk=tale.case.pk).exists()
    assert not own.cases(supplier, now=at).exists()
    ask(tale, supplier, at)
    assert own.cases(supplier, now=at).get() == tale.case
    assert tale.agreement.ends_on is not None
    assert own.standing_calls(supplier, now=calendar.start_of(tale.agreement.ends_on + DAY)) == []
