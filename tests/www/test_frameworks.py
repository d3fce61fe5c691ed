"""Do the pages of a framework agreement and of a call-off come out of their own data, in both languages?"""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.factories import make_supplier
from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, Buyer, FirstStage
from tests.scenarios.story import FOURTH, SECOND
from tests.www.support import Clock, at_desk, text_of
from tests.www.test_english import data, unmarked
from yangcai.cases.models import Award, Case
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.models import Post
from yangcai.replay.driver import move_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(clock: Clock) -> FirstStage:
    with override_settings(YANGCAI_SANDBOX=True):
        tale = agreements.begin(agreements.file(), until="opening")
        tale.enter()
        move_to(tale.moment(64) + 7 * DAY)
    clock.at = tale.moment(64) + 7 * DAY
    return tale


def page(post: Post | None, address: str, *, language: str = "zh-hans") -> str:
    client = at_desk(post) if post else Client()
    client.cookies["django_language"] = language
    answer = client.get(address)
    assert answer.status_code == 200, address
    return text_of(answer)


def called(agreed: FirstStage, unit: Buyer) -> Case:
    with override_settings(YANGCAI_SANDBOX=True):
        made: Any = unit.do(
            "call_off.choose", unit.plan("call_off_direct"), entrant=agreed.entrant(FOURTH).pk, quantity=20
        )
    return Case.objects.get(pk=made.pk)


def look(post: Post | None, case: Case) -> str:
    """The page of a case in both languages; the Chinese one is given back."""
    address = reverse("work_case" if post else "public_case", args=[case.pk])
    assert unmarked(page(post, address, language="en"), data()) == []
    return page(post, address)


def test_pages_without_bids_or_committee(clock: Clock) -> None:
    """A standing call before and after it is out, a second competition before and after its prices lie open."""
    with override_settings(YANGCAI_SANDBOX=True):
        tale = agreements.begin(agreements.open_file(), until="plan")
        people, clock.at = tale.people, tale.at("invitation")
        tale.case = case = tale.do("case.open", tale.plan_item, people.officer, clock.at, ceiling="200.00")
        look(people.officer, case)
        lot = case.lots.get()
        terms = {**agreements.TERMS, "by_mini_competition": False, "by_rotation": False}
        tale.do("framework.define", lot, people.officer, clock.at, **terms)
        tale.do("solicitation.draft", case, people.officer, clock.at, **tale.document())
        tale.do("payment_terms.define", case, people.officer, clock.at, rows=list(tale.payment_terms))
        tale.do("solicitation.confirm", case, people.reviewer, clock.at)
        assert "发布开放式征集公告" in look(people.officer, case)
        tale.do("framework.call", case, people.officer, clock.at)
    supplier = make_supplier()
    assert "申请入围" in look(supplier, case)
    for post in (people.officer, people.treasury, None):
        assert "常年征集" in look(post, tale.refreshed()) or post is None


def test_pages_of_a_second_competition(agreed: FirstStage, clock: Clock) -> None:
    unit, closes = agreements.buyer(clock.at), clock.at + 2 * DAY
    with override_settings(YANGCAI_SANDBOX=True):
        under = {"framework": agreed.agreement.pk, "quantity": 20, "closes_at": closes}
        case = unit.do("call_off.invite", unit.plan("call_off_mini_competition"), **under)
        lot = case.lots.get()
        for post in (unit.officer, agreed.supplier(SECOND), agreed.people.treasury, None):
            look(post, case)
        assert "递交投标文件" in page(agreed.supplier(SECOND), reverse("work_do", args=["lot", lot.pk, "bid.submit"]))
        unit.do("bid.submit", lot, agreed.supplier(SECOND), price="80000.00", commitment=True)
        unit.at = clock.at = closes
        move_to(closes)
        unit.do("opening.begin", case)
        unit.do("opening.conclude", case)
        assert "确定二次竞价成交供应商" in look(unit.officer, case)
        for post in (agreed.supplier(SECOND), agreed.supplier(FOURTH), agreed.people.treasury, None):
            look(post, case)
        unit.do("call_off.conclude", lot)
    for post in (unit.officer, agreed.supplier(SECOND), None):
        assert "80,000.00" in look(post, case)


def test_every_page_of_both_stages(agreed: FirstStage, clock: Clock) -> None:
    """One walk, because telling it takes long: the first stage for its roles, then the plan, form, case and notice."""
    first = reverse("work_case", args=[agreed.case.pk])
    officer = page(agreed.people.runner, first)
    for text in ("框架协议", "入围供应商", "示例丁公司", "4,700.00", "确定入围供应商", "签订框架协议", "成交汇总"):
        assert text in officer
    assert unmarked(page(agreed.people.runner, first, language="en"), data()) == []
    for code in ("lot.declare_unsuccessful", "case.terminate"):  # what has been entered stands
        subject = agreed.lot if code.startswith("lot") else agreed.refreshed()
        assert can(ACTIONS[code], subject, by=agreed.people.runner, now=clock.at)
    assert "示例乙公司" in page(agreed.supplier(SECOND), first)

    unit = agreements.buyer(clock.at)
    plan = unit.plan("call_off_direct")
    stands = page(unit.officer, reverse("work_plan_item", args=[plan.pk]))
    assert "直接选定成交供应商" in stands
    form = page(unit.officer, reverse("work_do", args=["planitem", plan.pk, "call_off.choose"]))
    # Supplier and agreement price stand where one chooses.
    assert "示例乙公司 · 4,500.00 元/台" in form and "示例戊公司" not in form

    case = called(agreed, unit)
    shown = page(unit.officer, reverse("work_case", args=[case.pk]))
    for text in ("框架协议成交（直接选定）", "直接选定", "20", "94,000.00"):
        assert text in shown
    assert unmarked(page(unit.officer, reverse("work_case", args=[case.pk]), language="en"), data()) == []
    public = page(None, reverse("public_case", args=[case.pk]))
    assert "示例丁公司" in public and "94,000.00" in public
    assert Award.objects.get(lot__case=case).announced_at == clock.at
