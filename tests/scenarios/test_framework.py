"""How does the first stage of a closed framework go, told by role: unit prices, a fifth out, agreements?"""

import datetime
from copy import copy
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.portal.test_notices import check
from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, HOUR, FirstStage
from tests.scenarios.story import FIFTH, FIRST, FOURTH, SECOND, THIRD
from yangcai.cases.models import Award, Candidate, CaseEnd, Stage
from yangcai.frameworks.models import Entrant, Framework
from yangcai.funds.models import Fund
from yangcai.kernel import calendar
from yangcai.kernel.actions import ACTIONS, can, is_about
from yangcai.kernel.models import Entry, Task
from yangcai.kernel.refusals import Refused
from yangcai.planning.models import PlanItem
from yangcai.portal.models import Notice
from yangcai.replay import published
from yangcai.replay.published import Dates
from yangcai.replay.published import Organisation as Named
from yangcai.tendering.models import AwardLetter, Consumable
from yangcai.www.work.clocks import clocks
from yangcai.www.work.doing import next_steps
from yangcai.www.work.worklist import groups

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SIXTH = ("示例庚公司", "medium")


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
    """Five offers lie open."""
    return agreements.begin(agreements.file(), until="opening")


@pytest.fixture
def opened(beginning: FirstStage) -> FirstStage:
    """From there each story goes on by itself."""
    return copy(beginning)


def test_nothing_is_reserved_and_the_call_says_the_terms(opened: FirstStage) -> None:
    item = PlanItem.objects.get(pk=opened.plan_item.pk)
    assert not item.spends and not item.needs_approval
    assert Fund.objects.get(pk=item.reserved_fund_id).balance == 0
    call = Notice.objects.get(root=opened.case.ref, kind="invitation")
    assert call.title.endswith("框架协议征集公告")
    (row,) = call.facts["agreements"]
    assert (row["ceiling"], row["unit"], row["months"]) == ("5000.00", "台", "6")
    assert row["ways"] == "直接选定、二次竞价、顺序轮候、更低价格可以授予非入围供应商"
    assert row["evaluation"] == "价格优先法"


def test_the_terms_are_refused_with_their_articles(opened: FirstStage) -> None:
    """Before the call goes out: a term above the usual, no way of award, no highest unit price, no terms at all."""
    again = agreements.begin(agreements.file(name="另一示例"), until="plan")
    officer, at = again.people.officer, again.at("invitation")
    case = again.do("case.open", again.plan_item, officer, at)
    lot = case.lots.get()
    none = {**agreements.TERMS, "by_direct": False, "by_mini_competition": False, "by_rotation": False}
    long = again.refused("framework.define", lot, officer, at, **{**none, "months": 13})
    assert {code: r.citation.article for code, r in long.items() if r.citation} == {
        "term_too_long": "第十五条", "no_way_of_award": "第三十二条",
    }  # fmt: skip
    again.do("framework.define", lot, officer, at, **{**agreements.TERMS, "months": 13, "term_reason": "配套服务期"})
    document = {**again.document()}
    again.do("solicitation.draft", case, officer, at, **document)
    again.do("payment_terms.define", case, officer, at, rows=list(again.payment_terms))
    refused = {r.code: r for r in can(ACTIONS["solicitation.confirm"], case, by=again.people.reviewer, now=at)}
    assert refused["no_highest_unit_price"].citation is not None
    assert refused["no_highest_unit_price"].citation.article == "第十三条"


def test_the_terms_of_a_lot_are_taken_back_before_it_is_left_out(world: None) -> None:
    again = agreements.begin(agreements.file(name="撤销示例"), until="plan")
    officer, at = again.people.officer, again.at("invitation")
    case = again.do("case.open", again.plan_item, officer, at)
    lot = case.lots.get()
    again.do("framework.define", lot, officer, at, **agreements.PRINTERS)
    again.do("consumables.define", lot, officer, at, **agreements.TONER)
    other = {"number": "9", "title": "另一包", "budget": "1000.00", "evaluation_method": "lowest"}
    with pytest.raises(Refused) as refused:
        again.do("lots.define", case, officer, at, rows=[other])
    assert {(one.code, one.facts["kind"]) for one in refused.value.refusals} == {
        ("lot_is_not_bare", "框架协议"), ("lot_is_not_bare", "专用耗材"),
    }  # fmt: skip
    assert all("撤销框架协议条款" in one.zh for one in refused.value.refusals)
    again.do("framework.withdraw", Framework.objects.get(lot=lot), officer, at)
    assert not Framework.objects.filter(lot=lot).exists() and not Consumable.objects.filter(lot=lot).exists()
    again.do("lots.define", case, officer, at, rows=[other])
    assert [one.number for one in case.lots.all()] == ["9"]
    waiting = Task.objects.filter(root=case.ref, action="framework.define", done_at=None)
    assert [one.subject for one in waiting] == [case.lots.get().ref]  # the new lot has no terms yet


def test_a_fifth_is_eliminated_at_the_least(opened: FirstStage) -> None:
    tale = opened
    tale.run_on("qualification", "evaluation")
    lot, at = tale.lot, tale.moment(60)
    assert tale.stage(at) == Stage.AWARD
    # 价格优先: from the lowest price up, everybody ranked.
    ranked = Candidate.objects.filter(lot=lot).order_by("rank").values_list("supplier__name", flat=True)
    assert list(ranked) == [SECOND[0], THIRD[0], FOURTH[0], FIRST[0], FIFTH[0]]
    # Its plan reserves nothing: neither procured again while it runs, nor anything to release.
    again = tale.refused("case.retender", tale.refreshed(), tale.people.officer, at)["not_ended_without_result"]
    none = tale.refused("plan.release_unsuccessful_lots", tale.plan_item, tale.people.officer, at)
    assert "解除废标采购包的预留" not in again.zh and "另行编制采购计划" in again.zh
    assert set(none) == {"nothing_is_reserved"}
    # Nothing is awarded in a first stage.
    refused = tale.refused("award.determine", lot, tale.people.reviewer, at, candidate=Candidate.objects.first().pk)
    assert refused["framework_has_its_own_way"].citation is not None
    # 五家至少淘汰一家: five may not enter.
    refused = tale.refused("entrants.determine", lot, tale.convener, at, count=5)
    assert refused["too_few_eliminated"].citation is not None
    assert refused["too_few_eliminated"].citation.article == "第二十七条"
    # A catalogue item is the centralised agency's call, so the unit that entrusted it determines nobody (art. 5).
    for post in (tale.people.officer, tale.people.reviewer):
        told = tale.refused("entrants.determine", lot, post, at)["other_convener"]
        assert told.citation is not None and told.citation.article == "第五条"
        assert tale.convener.organisation.name in told.zh and "entrants.determine" not in tale.waiting(post)
        assert not is_about(ACTIONS["entrants.determine"], lot, by=post, now=at)
    assert "entrants.determine" in tale.waiting(tale.convener)
    tale.do("entrants.determine", lot, tale.convener, at)
    entered = Entrant.objects.filter(framework=tale.agreement).order_by("rank")
    assert [(one.supplier.name, one.unit_price) for one in entered] == [
        (SECOND[0], Decimal("4500.00")), (THIRD[0], Decimal("4600.00")),
        (FOURTH[0], Decimal("4700.00")), (FIRST[0], Decimal("4800.00")),
    ]  # fmt: skip
    assert not Award.objects.filter(lot=lot).exists()
    letters = {letter.supplier.name: letter for letter in AwardLetter.objects.filter(lot=lot)}
    assert letters[FIFTH[0]].reason == "按淘汰比例未入围" and letters[SECOND[0]].is_winner
    notice = Notice.objects.get(root=tale.case.ref, kind="entrants")
    check(notice)
    assert notice.title.endswith("框架协议入围结果公告")
    assert notice.facts["highest"] == "4800.00"
    assert notice.facts["elimination"] == "响应并合格 5 家，入围 4 家，淘汰 1 家"


def test_both_sides_sign_and_the_term_begins(opened: FirstStage) -> None:
    tale = opened
    tale.run_on("qualification", "evaluation")
    tale.do("entrants.determine", tale.lot, tale.convener, tale.moment(60))
    second = tale.entrant(SECOND)
    assert "agreement.sign" in tale.waiting(tale.supplier(SECOND))
    tale.do("agreement.sign", second, tale.supplier(SECOND), tale.moment(61))
    assert tale.entrant(SECOND).signed_at is None and tale.agreement.begins_on is None
    # A supplier signs its own agreement only.
    assert "not_yours" in tale.refused("agreement.sign", tale.entrant(THIRD), tale.supplier(SECOND), tale.moment(62))
    assert "already_signed" in tale.refused(
        "agreement.sign", tale.entrant(SECOND), tale.supplier(SECOND), tale.moment(62)
    )
    # A catalogue item is convened by the centralised agency, so the buyer is no party (art. 5).
    assert tale.convener == tale.people.agent and "agreement.sign" not in tale.waiting(tale.people.reviewer)
    refused = tale.refused("agreement.sign", tale.entrant(SECOND), tale.people.reviewer, tale.moment(62))
    assert refused["other_convener"].citation is not None
    assert refused["other_convener"].citation.article == "第五条"
    assert "agreement.sign" in tale.waiting(tale.convener)
    tale.do("agreement.sign", tale.entrant(SECOND), tale.convener, tale.moment(63))
    agreement = tale.agreement
    assert agreement.begins_on is not None and agreement.ends_on is not None
    assert (agreement.ends_on.year, agreement.ends_on.month) == (2026, agreement.begins_on.month + 6)
    assert {"framework.file", "framework.tell"} <= tale.waiting(tale.people.runner)
    tale.do("framework.file", agreement, tale.people.runner, tale.moment(64))
    tale.do("framework.tell", agreement, tale.people.runner, tale.moment(65))
    assert not {"framework.file", "framework.tell"} & tale.waiting(tale.people.runner)


def test_nobody_leaves_a_closed_agreement_without_reason(opened: FirstStage) -> None:
    tale = opened
    tale.enter()
    at = tale.moment(70)
    refused = tale.refused("entrant.leave", tale.entrant(THIRD), tale.supplier(THIRD), at, reason="另有安排")
    assert refused["no_exit_without_reason"].citation is not None
    assert refused["no_exit_without_reason"].citation.article == "第二十条"
    assert "向征集人书面说明" in refused["no_exit_without_reason"].zh  # and what whoever has a reason does
    because = {"ground": "refuses", "reason": "三次拒绝接受合同授予"}
    tale.do("entrant.remove", tale.entrant(THIRD), tale.people.runner, at, **because)
    left = Notice.objects.get(root=tale.case.ref, kind="entrant_left")
    check(left)
    assert left.facts["supplier"] == THIRD[0] and "无正当理由" in left.facts["reason"]
    assert not tale.entrant(THIRD).may_be_awarded


def test_with_one_offer_the_call_fails(world: None) -> None:
    """110号令 art. 27: two are enough, one is not."""
    alone = replace(
        agreements.file(agreements.PRICES[:1], name="一家示例"), outcome=published.Outcome(status="unsuccessful")
    )
    tale = agreements.begin(alone, until="opening")
    assert tale.refreshed().end_kind == CaseEnd.UNSUCCESSFUL
    notice = Notice.objects.get(root=tale.case.ref, kind="unsuccessful")
    assert notice.title.endswith("框架协议征集失败公告")


def test_a_top_up_only_when_too_few_are_left(opened: FirstStage) -> None:
    """110号令 art. 31: fewer than 70 % are left, on the same terms, to the same end; who was removed stays out."""
    tale = opened
    tale.enter()
    asks = ((FIFTH, "4850.00"), (THIRD, "4400.00"), (SIXTH, "4900.00"))
    file = replace(agreements.file(asks, name="补充示例"), dates=Dates(invitation=datetime.date(2026, 6, 1)))
    terms = {**agreements.TERMS, "tops_up": tale.agreement.pk, "top_up_reason": "供货能力不足"}
    again = agreements.begin(file, until="plan", terms=terms)
    officer, at = again.people.officer, again.at("invitation") - 2 * HOUR
    lot = again.do("case.open", again.plan_item, officer, at, ceiling="5000.00").lots.get()
    enough = again.refused("framework.define", lot, officer, at, **terms)
    assert enough["enough_entrants_left"].citation is not None
    assert enough["enough_entrants_left"].citation.article == "第三十一条"
    # Two of four are removed: half is left.
    for bidder in (SECOND, THIRD):
        because = {"ground": "not_performed", "reason": "逾期未交付"}
        tale.do("entrant.remove", tale.entrant(bidder), tale.people.runner, at, **because)
    changed = {"unit": "套", "by_rotation": False, "replacement_rule": "不作更新"}
    other = again.refused("framework.define", lot, officer, at, **{**terms, **changed})["other_terms"]
    assert other.citation is not None and other.citation.article == "第三十一条"
    assert (other.field, other.facts["which"]) == ("unit", "计量单位、顺序轮候、升级换代规则")
    # The form has the terms of the agreement that lacks entrants, and they are taken as they stand.
    form = ACTIONS["framework.define"].input(subject=lot, by=officer, now=at)
    kept = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    assert kept["tops_up"] == tale.agreement and kept["discounts"] == []
    assert {name: str(kept[name]) for name in agreements.TERMS if name != "estimated_quantity"} == {
        name: str(value) for name, value in agreements.TERMS.items() if name != "estimated_quantity"
    }
    again.do(
        "framework.define", lot, officer, at, **{**kept, "tops_up": tale.agreement.pk, "top_up_reason": "供货不足"}
    )
    assert Framework.objects.get(lot=lot).tops_up == tale.agreement
    again.do("case.terminate", lot.case, officer, at, ground="not_published", reason="另行立项")


def test_who_is_added_stands_at_the_end_of_the_order(opened: FirstStage) -> None:
    tale = opened
    tale.enter()
    asks = ((FIFTH, "4850.00"), (THIRD, "4400.00"), (SIXTH, "4900.00"))
    file = replace(agreements.file(asks, name="补充征集"), dates=Dates(invitation=datetime.date(2026, 6, 1)))
    terms = {**agreements.TERMS, "tops_up": tale.agreement.pk, "top_up_reason": "供货能力不足"}
    for bidder in (SECOND, THIRD):
        because = {"ground": "not_performed", "reason": "逾期未交付"}
        tale.do("entrant.remove", tale.entrant(bidder), tale.people.runner, tale.moment(70), **because)
    again = agreements.begin(file, until="evaluation", terms=terms)
    again.do("entrants.determine", again.lot, again.convener, again.moment(60))
    # 丙 was the cheapest, but had been removed: it does not count. Of the two others one is eliminated.
    order = Entrant.objects.filter(framework=tale.agreement).order_by("rank").values_list("supplier__name", flat=True)
    assert list(order) == [SECOND[0], THIRD[0], FOURTH[0], FIRST[0], FIFTH[0]]
    assert again.refreshed().end_kind == CaseEnd.CLOSED
    added = tale.entrant(FIFTH)
    again.do("agreement.sign", added, tale.convener, again.moment(61))
    again.do("agreement.sign", added, again.supplier(FIFTH), again.moment(61))
    assert tale.entrant(FIFTH).may_be_awarded
    assert tale.agreement.ends_on == added.framework.ends_on


def test_off_the_catalogue_the_unit_signs_and_not_its_agent(world: None) -> None:
    """110号令 art. 5: 集中采购目录以外由主管预算单位征集, whoever runs the call for it."""
    off = replace(agreements.file(name="目录外"), grounds="framework.administration", category="services")
    terms = {**agreements.TERMS, "allows_outside": False}
    tale = agreements.begin(replace(off, agent=Named("示例社会代理机构")), until="evaluation", terms=terms)
    agent, at = tale.people.agent, tale.moment(60)
    assert agent is not None and "entrants.determine" not in tale.waiting(agent)
    told = tale.refused("entrants.determine", tale.lot, agent, at)["other_convener"]
    assert tale.case.buyer.name in told.en and "entrants.determine" in tale.waiting(tale.people.officer)
    tale.do("entrants.determine", tale.lot, tale.people.officer, at)
    assert "agreement.sign" not in tale.waiting(agent)
    assert "other_convener" in tale.refused("agreement.sign", tale.entrant(SECOND), agent, tale.moment(61))
    assert "agreement.sign" in tale.waiting(tale.people.reviewer)
    tale.do("agreement.sign", tale.entrant(SECOND), tale.people.reviewer, tale.moment(61))
    assert tale.entrant(SECOND).convener_signed_at == tale.moment(61)


def test_the_buyer_has_five_working_days_and_knows_whom_it_signs_with(opened: FirstStage) -> None:
    """110号令 art. 9 with 87号令 art. 68: as the winner of a tender; four agreements are four names on one line."""
    tale = opened
    tale.run_on("qualification", "evaluation")
    task = tale.task("entrants.determine")
    assert task.clock == "C37a" and task.due_at is not None
    assert calendar.working_days_between(calendar.day_of(task.since), calendar.day_of(task.due_at - DAY)) == 5
    tale.do("entrants.determine", tale.lot, tale.convener, tale.moment(60))
    now = tale.moment(60)
    found = [one for group in groups(tale.convener, now=now) for one in group.items if one.root == tale.case.ref]
    seats = [{name for name, _url in one.seats} for one in found]  # beside them those of the experts, for the records
    assert {FIRST[0], SECOND[0], THIRD[0], FOURTH[0]} in seats
    (line,) = [one for group in groups(tale.supplier(FIRST), now=now) for one in group.items]
    assert not line.seats and FIRST[0] not in line.title  # one's own agreement needs no name
    # What this set going comes before the records on agent and experts, which fall due sooner.
    entry = Entry.objects.get(root=tale.case.ref, action="entrants.determine", outcome="done")
    following = next_steps(entry, None, post=tale.convener)
    assert following[0]["text"].startswith("签订框架协议（示例") and following[0]["url"]
    due = Task.objects.filter(root=tale.case.ref, clock="C37")
    assert {one.actor for one in clocks(due, on=calendar.day_of(now), now=now)} == {"代理机构、供应商"}
    tale.do("agreement.sign", tale.entrant(FIRST), tale.convener, now)
    due = Task.objects.filter(root=tale.case.ref, clock="C37", subject=tale.entrant(FIRST).ref)
    assert [one.actor for one in clocks(due, on=calendar.day_of(now), now=now)] == ["供应商"]
