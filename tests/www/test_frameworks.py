"""Do the pages of a framework agreement and of a call-off come out of their own data, in both languages?"""

from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.apart import apart
from tests.factories import make_supplier
from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, Buyer, FirstStage
from tests.scenarios.story import FOURTH, SECOND
from tests.through.markup import page_of
from tests.www.support import Clock, at_desk, text_of
from tests.www.test_english import data, unmarked
from yangcai.cases.models import Award, Case
from yangcai.frameworks.models import CallOff
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.models import Post
from yangcai.replay.driver import PythonDriver, move_to

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[FirstStage]:
    """A week after the agreements: told once for this file."""
    with django_db_blocker.unblock(), apart():
        with override_settings(YANGCAI_SANDBOX=True):
            tale = agreements.begin(agreements.file(), until="opening")
            tale.enter()
            move_to(tale.moment(64) + 7 * DAY)
        yield tale


@pytest.fixture
def agreed(told: FirstStage, clock: Clock, db: None) -> FirstStage:
    clock.at = told.moment(64) + 7 * DAY
    return copy(told)


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
        none = dict.fromkeys(("by_mini_competition", "by_rotation", "allows_outside"), False)
        terms = {**agreements.TERMS, **none}
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
        assert "递交竞价文件" in page(agreed.supplier(SECOND), reverse("work_do", args=["lot", lot.pk, "bid.submit"]))
        unit.do("bid.submit", lot, agreed.supplier(FOURTH), price="94000.01", commitment=True)
        unit.do("bid.submit", lot, agreed.supplier(SECOND), price="80000.00", commitment=True)
        unit.at = clock.at = closes
        move_to(closes)
        unit.do("opening.begin", case)
        unit.do("opening.conclude", case)
        assert "确定二次竞价成交供应商" in look(unit.officer, case)
        # Who publishes the winner sees first who it is, and whose price does not count: 4700 × 20 is the most.
        form = reverse("work_do", args=["lot", lot.pk, "call_off.conclude"])
        told = " ".join(page_of(at_desk(unit.officer).get(form)).text.split())
        assert "1 示例乙公司 80,000.00 90,000.00 不计入 示例丁公司 94,000.01 94,000.00" in told
        assert unmarked(page(unit.officer, form, language="en"), data()) == []
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


def test_pages_of_what_comes_after_the_agreements(clock: Clock) -> None:
    """One walk: toner, a new product, a lower price outside and feedback, for whom they concern, in both languages."""
    with override_settings(YANGCAI_SANDBOX=True):
        tale = agreements.printers("打印机", until="opening")
        tale.enter()
        clock.at = tale.moment(64) + 7 * DAY
        move_to(clock.at)
        unit = agreements.buyer(clock.at)
        newer = {"product": "示例 P2 打印机", "unit_price": "4650.00", "statement": "速度、分辨率均不低于原型号"}
        asked = tale.do("replacement.ask", tale.entrant(FOURTH), tale.supplier(FOURTH), clock.at, **newer)
        tale.do("replacement.answer", asked, tale.people.runner, clock.at, is_admitted=True)
        plan = unit.plan("call_off_direct")
        proof = PythonDriver().file("price.pdf", b"%PDF-1.4\nquotation", by=unit.officer, at=clock.at)
        told = {"supplier": make_supplier(name="示例场外公司").organisation_id, "unit_price": "4300.00", "quantity": 20}
        told |= {"evidence": "同型号，官方商城同日价格", "proof": proof, "answer_by": clock.at + 2 * DAY}
        offer = unit.do("outside_offer.report", plan, entrant=tale.entrant(FOURTH).pk, **told)
        case = unit.do("call_off.choose", unit.plan("call_off_direct"), entrant=tale.entrant(FOURTH).pk, quantity=2)
        contract = unit.do("contract.draft", Award.objects.get(lot__case=case))
        unit.do("contract.sign", contract, unit.reviewer)
        unit.do("contract.sign", contract, tale.supplier(FOURTH))
        call_off = CallOff.objects.select_related("lot__case", "framework").get(lot__case=case)
        feedback = page(unit.officer, reverse("work_do", args=["calloff", call_off.pk, "feedback.give"]))
        assert "基本满意" in feedback
        unit.do("feedback.give", call_off, grade=4, comment="交付及时，安装规范")
    for post, texts in (
        (tale.people.runner, ("专用耗材协议价格", "硒鼓", "示例 P2 打印机", "示例场外公司", "交付及时", "采购方案")),
        (tale.supplier(FOURTH), ("示例场外公司", "答复降价要求", "申请产品升级换代")),
        (unit.officer, ("硒鼓", "交付及时")),
        (tale.people.treasury, ("示例场外公司", "演示批复")),
    ):
        shown = look(post, tale.refreshed())
        for text in texts:
            assert text in shown, (post.role, text)
    other = look(tale.supplier(SECOND), tale.refreshed())
    assert "示例场外公司" not in other and "price.pdf" not in other  # the proof is for the entrant that is asked
    assert "price.pdf" in look(tale.supplier(FOURTH), tale.refreshed())
    for address, asked_for in (
        (["outsideoffer", offer.pk, "outside_offer.answer"], "是否同意降价"),
        (["entrant", tale.entrant(FOURTH).pk, "replacement.ask"], "质量不降低的说明"),
    ):
        assert asked_for in page(tale.supplier(FOURTH), reverse("work_do", args=address))
    form = page(unit.officer, reverse("work_do", args=["planitem", plan.pk, "call_off.choose"]))
    assert "示例 P2 打印机 · 4,650.00 元/台 · 用户评价 4.0 分（1 条）" in form
    assert "示例丁公司 · 硒鼓 · 55.00 元/支" in form
    another = unit.plan("call_off_direct")
    report = page(unit.officer, reverse("work_do", args=["planitem", another.pk, "outside_offer.report"]))
    assert "提供相同货物的入围供应商" in report


def test_pages_of_the_scheme_and_of_the_consumables(clock: Clock) -> None:
    """Before the call: what the agency fills in, what the treasury decides on, what a bidder prices."""
    with override_settings(YANGCAI_SANDBOX=True):
        tale = agreements.printers("打印机征集", until="invitation")
        clock.at = tale.at("invitation") + DAY
        move_to(clock.at)
        for post in (tale.people.runner, tale.people.treasury):
            assert "框架协议采购方案" in look(post, tale.refreshed())
        tale.do("documents.obtain", tale.case, tale.supplier(SECOND), clock.at)
    form = page(tale.supplier(SECOND), reverse("work_do", args=["lot", tale.lot.pk, "bid.submit"]))
    assert "专用耗材报价" in form and "硒鼓" in form
