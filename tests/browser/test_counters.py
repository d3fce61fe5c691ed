"""Is what somebody comes to a counter for done within two screens: to sign, to approve a payment, to pay, to have a
paper verified, to ask the office and to be answered? (ux.md §2.1, §2.3, §2.5, §2.6)"""

import datetime

import pytest
from playwright.sync_api import Page

from tests.browser.screens import Walk
from tests.contracts import support
from tests.factories import make_organisation, make_post
from yangcai.challenges.models import PublicEnquiry
from yangcai.contracts.models import Contract, PaymentRequest
from yangcai.kernel import clock
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.parties.models import OrganisationKind
from yangcai.parties.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.long]
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def test_a_contract_is_signed_by_both(page: Page) -> None:
    s = support.scene()
    support.drafted(s)
    clock.set_sandbox(at=support.SIGNED)
    walk = Walk(page)
    for signatory in (s.supplier, s.reviewer):
        walk.sign_in(signatory)
        walk.take("contract.sign")
        assert "玖拾万元整" in page.inner_text("main"), "what is signed is told in capitals"
        walk.send()
        walk.is_done(within=2)
    assert Contract.objects.get().signed_at == support.SIGNED


def test_a_payment_is_approved_and_paid(page: Page) -> None:
    s = support.scene()
    support.effective(s)
    milestone = s.milestone("signature")
    invoice = support.invoiced(s, milestone)
    perform(ACTIONS["payment.request"], invoice, by=s.officer, now=support.INVOICED)
    clock.set_sandbox(at=support.PAID)
    walk = Walk(page)
    for code, holder in (("payment.approve", s.reviewer), ("payment.pay", s.payer)):
        walk.sign_in(holder)
        walk.take(code)
        told = page.inner_text("main")
        assert "270,000.00" in told and "贰拾柒万元整" in told
        walk.send()
        walk.is_done(within=2)
    assert PaymentRequest.objects.get().paid_at == support.PAID


def test_whoever_holds_a_contract_has_it_verified(page: Page) -> None:
    s = support.scene()
    support.effective(s)
    clock.set_sandbox(at=support.EFFECTIVE + DAY)
    walk = Walk(page)
    page.goto("/")
    walk.start()
    walk.follow("footer a[href='/verify/']")
    page.fill("#code", s.contract.number)
    walk.send("main form:has(#code) button")
    assert walk.screens <= 2 and s.case.title in page.inner_text("main .callout.tone-ok")


def test_a_citizen_asks_and_the_office_answers(page: Page) -> None:
    bureau = make_organisation(OrganisationKind.TREASURY)
    clerk = make_post(Role.TREASURY, bureau)
    clock.set_sandbox(at=support.DRAFTED)
    walk = Walk(page)
    page.goto("/enquiries/")
    walk.start()
    walk.follow("main a[href^='/enquiries/ask/']")
    walk.fill(asker="person", title="怎么注册", question="我想知道怎么注册供应商", contact="演示联系方式")
    walk.send()
    enquiry = PublicEnquiry.objects.get()
    assert walk.screens == 2 and enquiry.number in page.inner_text("main")

    walk.sign_in(clerk)
    row = page.locator('.todo-row:has(a[href*="/public_enquiry.answer/"])')
    assert row.locator(".citation").count() == 1
    walk.take("public_enquiry.answer")
    walk.fill(answer="登录页有说明。")
    walk.send()
    walk.is_done(within=2)
