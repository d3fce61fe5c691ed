"""Is what somebody comes for once or twice done within its number of screens: to register, to look up a result, to be
paid, to find a unit? (ux.md §2.3, §2.6; the daily jobs are in test_stories.py)"""

import datetime
import zipfile

import pytest
from playwright.sync_api import Page

from tests.browser.screens import PASSWORD, Walk
from tests.contracts import support
from tests.tendering import judging
from yangcai.contracts.models import Invoice, PaymentRequest
from yangcai.kernel import clock
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.parties.models import Organisation

pytestmark = [pytest.mark.browser, pytest.mark.long]
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def test_a_supplier_registers_once(page: Page) -> None:
    """Form, password, done: whoever has registered is in, and has a desk at which it may bid."""
    walk = Walk(page)
    page.goto("/")
    walk.start()
    walk.follow("footer a[href='/register/']")
    walk.fill(
        uscc="91140000783254954T",
        name="测试自行登记有限公司",
        address="某路 1 号",
        contact="办公室",
        size="small",
        person_name="测试人甲",
        is_true=True,
    )
    walk.send()
    walk.fill(password1=PASSWORD, password2=PASSWORD)
    walk.send()
    assert Organisation.objects.get(uscc="91140000783254954T").people.get().has_usable_password()
    assert walk.screens <= 3 and "以此岗位办理" in page.inner_text("main"), walk.seen
    walk.send("main form:has-text('供应商') button >> nth=-1")
    assert page.url.endswith("/work/")


def test_a_bidder_reads_its_result_and_its_scores(page: Page) -> None:
    h = judging.three().judged(judging.EQUAL)
    h.awarded()
    h.announced()
    clock.set_sandbox(at=judging.ANNOUNCED + HOUR)
    loser = h.bidders[1]
    walk = Walk(page)
    walk.sign_in(loser)
    # The last day to challenge stands on the desk; behind it why, and what each criterion brought.
    row = page.locator(".todo-row:has(a[href^='/work/explanation/'])")
    assert "2026-04-09 24:00" in row.inner_text() and row.locator(".citation").count() == 1
    walk.follow(".todo-row a[href^='/work/explanation/']")
    told = page.inner_text("main")
    assert walk.screens == 1 and "78.50" in told and h.bidders[0].organisation.name in told
    assert "提出质疑的最后期限" in told and "2026-04-09 24:00" in told


def test_a_supplier_is_paid_and_sees_it(page: Page) -> None:
    s = support.scene()
    support.effective(s)
    milestone = s.milestone("acceptance")
    support.delivered(s, milestone)
    support.accepted(s, milestone=milestone)
    clock.set_sandbox(at=support.INVOICED)
    walk = Walk(page)
    walk.sign_in(s.supplier)
    walk.follow(f"main a[href$='/milestone/{milestone.pk}/invoice.submit/']")
    walk.fill(number="24620001", issued_on=support.INVOICED.date())
    walk.send()
    walk.is_done(within=3)
    invoice = Invoice.objects.get(number="24620001")
    request = perform(ACTIONS["payment.request"], invoice, by=s.officer, now=support.INVOICED).value
    perform(ACTIONS["payment.approve"], request, by=s.reviewer, now=support.INVOICED)
    perform(ACTIONS["payment.pay"], request, by=s.payer, now=support.PAID)
    clock.set_sandbox(at=support.PAID + HOUR)
    paid = PaymentRequest.objects.get()
    walk.home()
    walk.follow(f"main a[href='/work/case/{s.case.pk}/']")
    assert "2026-03-27 09:00" in page.inner_text(f"tr:has(a[href='/work/paper/payment_receipt/{paid.pk}/'])")
    walk.follow(f"main a[href='/work/paper/payment_receipt/{paid.pk}/']")
    assert "叁拾陆万元整" in page.inner_text("main") and walk.screens == 2


def test_a_citizen_finds_what_a_school_spends(page: Page) -> None:
    s = support.scene()
    Organisation.objects.filter(pk=s.officer.organisation_id).update(name="兰州新区第一中学")
    support.effective(s)
    clock.set_sandbox(at=support.EFFECTIVE + DAY)
    walk = Walk(page)
    page.goto("/")
    walk.start()
    page.fill("#hero-q", "第一中学")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    told = page.inner_text("main")
    assert page.url.partition("?")[0].endswith(f"/org/{s.officer.organisation_id}/")
    assert walk.screens == 1 and "兰州新区第一中学" in told and "900,000.00" in told


def test_an_agent_publishes_the_result_and_takes_the_records_along(page: Page) -> None:
    h = judging.three().judged(judging.EQUAL)
    h.awarded()
    clock.set_sandbox(at=judging.ANNOUNCED)
    assert h.agent is not None
    walk = Walk(page)
    walk.sign_in(h.agent)
    walk.take("award.announce")
    walk.send()
    walk.is_done(within=2)
    # From the case to its records, and all of them in one file.
    page.goto(f"/work/case/{h.case.pk}/")
    walk.start()
    walk.follow("main a[href$='/archive/']")
    told = page.inner_text("main")
    assert "定标文件" in told and "合同文本" in told and walk.screens == 1
    with page.expect_download() as kept:
        page.click("main a[href$='/archive.zip']")
    assert zipfile.is_zipfile(kept.value.path())
