"""Is every frequent job of each role done within its number of screens, from the login to the result? (ux.md §2)

The numbers are those of the paths there; what is counted stands in tests/browser/screens.py. What others have to do
before is done by Actions; what the person of the story does is done by links, forms and keys alone.
"""

import datetime

import pytest
from playwright.sync_api import Page

from tests.browser.screens import Walk
from tests.contracts import support
from tests.factories import at, fund_appropriation, make_expert, make_post, make_supplier
from tests.tendering import judging
from tests.tendering.walk import CLOSES, Tender, criteria, document, payment_terms
from yangcai.challenges.models import Enquiry, Objection
from yangcai.contracts.models import Acceptance, Contract, PaymentRequest
from yangcai.kernel import clock, tasks
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.tendering.models import (
    AwardLetter,
    Bid,
    OpenedBid,
    Opening,
    Participation,
    ReportSignature,
    Score,
    ScoreDraft,
    Solicitation,
)

pytestmark = [pytest.mark.browser, pytest.mark.long]
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def test_a_buyer_starts_confirms_signs_and_pays(page: Page) -> None:
    s = support.scene()
    support.signed(s)
    h = judging.three().judged(judging.EQUAL)
    fund_appropriation(s.officer.organisation, amount="4800000.00")
    clock.set_sandbox(at=judging.SENT + HOUR)
    walk = Walk(page)

    # See what is due and risky: at once, with the article and one button.
    walk.sign_in(s.officer)
    row = page.locator('.todo-row:has(a[href*="/contract.publish/"])')
    assert row.locator(".citation").count() == 1 and row.locator(".button").count() == 1 and walk.screens == 0

    # Start a purchase from the budget: line, proposal, result.
    walk.follow("main a[href='/work/start/']")
    walk.follow("main a.primary[href^='/work/start/']")
    assert "公开招标" in page.locator(".advice").inner_text() and page.locator(".gates > li").count() == 6
    walk.fill(overview="实训设备 1 批", expected_on="2026-06-01")
    walk.send("form[action$='/intention.publish/'] .form-buttons button")
    walk.is_done(within=3)
    assert Intention.objects.filter(appropriation__amount="4800000.00").exists()

    # Publish the contract; then ask for its payment.
    walk.home()
    walk.take("contract.publish")
    walk.send()
    walk.is_done(within=2)
    contract = Contract.objects.get()
    perform(ACTIONS["contract.file"], contract, by=s.officer, now=clock.now())
    support.invoiced(s, s.milestone("signature"), now=clock.now())
    walk.home()
    walk.take("payment.request")
    walk.send()
    walk.is_done(within=3)
    assert PaymentRequest.objects.count() == 1

    # Confirm the winner: the ranking stands on the form.
    walk.sign_in(h.officer)
    walk.take("award.determine")
    assert h.bids[0].supplier.name in page.inner_text("main")
    walk.fill(candidate=h.lot.candidates.get(rank=1).pk)
    walk.send()
    walk.is_done(within=2)
    assert h.award.supplier_id == h.bids[0].supplier_id


def test_an_agency_keeps_its_cases_answers_opens_draws_and_announces(page: Page) -> None:
    h = judging.three().judged(judging.EQUAL)
    h.awarded()
    tender = Tender(title="课桌椅采购").published()
    for _n in range(9):
        make_expert()
    asker = tender.supplier()
    tender.bids("900000.00", "850000.00", "800000.00")
    tender.do("enquiry.ask", tender.case, asker, question="允许两种协议吗？")
    clock.set_sandbox(at=tender.now)
    walk = Walk(page)

    # Keep many projects on schedule: the desk itself.
    walk.sign_in(tender.agent_post)
    chart = page.locator("figure.gantt svg.wide")
    assert chart.is_visible() and "最近一次开标 2026-03-24 09:30" in str(chart.get_attribute("aria-label"))
    assert walk.screens == 0

    walk.take("enquiry.answer")
    walk.fill(answer="允许，见采购文件。")
    walk.send()
    walk.is_done(within=2)
    assert Enquiry.objects.get().answered_at is not None

    # Host an opening: everything on one screen, which nobody leaves.
    clock.set_sandbox(at=CLOSES)
    walk.home()
    walk.follow(f'.todo-row a[href="/hall/{tender.case.pk}/"]')
    walk.act("opening.begin")
    assert page.locator(".hall-board tbody tr").count() == 3
    walk.act("opening.remark", remark="请各投标人核对")
    page.wait_for_selector("#hall-messages q:has-text('请各投标人核对')")
    walk.act("opening.suspend", reason="核对一家的大写金额")
    walk.act("opening.resume")
    walk.act("opening.conclude", opens=True)
    assert page.locator("#hall-head .tone-ok").count() == 1 and walk.screens == 1
    assert Opening.objects.get(case=tender.case).concluded_at == CLOSES
    tender.now = CLOSES + HOUR

    clock.set_sandbox(at=tender.now)
    walk.home()
    walk.take("committee.draw")
    walk.fill(evaluates_at=tender.now + 2 * HOUR)
    walk.send()
    walk.is_done(within=2)

    clock.set_sandbox(at=judging.ANNOUNCED)
    assert h.agent is not None
    walk.sign_in(h.agent)
    walk.take("award.announce")
    walk.send()
    walk.is_done(within=2)


def test_a_document_is_drafted_on_one_page_and_confirmed(page: Page) -> None:
    tender = Tender(title="课桌椅采购")
    clock.set_sandbox(at=tender.now)
    tasks.refresh(tender.case, now=tender.now)
    walk = Walk(page)

    # The parts on one screen, the preview on the second; what is unlawful is told where it stands, with its article.
    walk.sign_in(tender.agent_post)
    walk.follow(f'.todo-row a[href="/work/draft/{tender.case.pk}/"]')
    assert "0 / 3" in page.inner_text("#draft-whole")
    walk.part("solicitation.draft", **document())
    assert "1 / 3" in page.inner_text("#draft-whole")
    walk.part("clauses.define", rows=[{"kind": "responsiveness", "text": "★ 质保三年"}])
    page.locator("details.part:has([id^=act-criteria]) > summary").click()
    with page.expect_response(lambda answer: "/criteria.define/" in answer.url):
        page.locator("button[id^=act-criteria]").click()
    page.locator("details.part .error-summary li").first.wait_for(
        state="attached"
    )  # the answer has come; the page takes it after
    assert "/work/draft/" in page.url
    page.locator("details.part:has([id^=act-criteria]) > summary").click()
    walk.part("criteria.define", rows=criteria())
    walk.part("payment_terms.define", rows=payment_terms())
    assert "3 / 3" in page.inner_text("#draft-whole") and "审核岗的待办" in page.inner_text("#draft-whole")
    assert walk.screens == 1
    walk.follow("#draft-whole a.primary")
    assert "★ 质保三年" in page.inner_text("main") and walk.screens == 2

    walk.sign_in(tender.reviewer)
    walk.take("solicitation.confirm")
    walk.send()
    walk.is_done(within=2)
    assert Solicitation.objects.get().confirmed_at is not None


def test_a_buyer_accepts_and_asks_for_the_payment(page: Page) -> None:
    s = support.scene()
    support.effective(s)
    milestone = s.milestone("acceptance")
    support.delivered(s, milestone)
    support.invoiced(s, milestone, now=support.DELIVERED)
    clock.set_sandbox(at=support.ACCEPTED)
    walk = Walk(page)
    walk.sign_in(s.officer)
    walk.take("acceptance.record")
    walk.fill(
        milestone=milestone.pk,
        accepted_on=support.ACCEPTED.date(),
        items=[{"item": "技术标准", "result": "符合", "passed": True}],
        members="使用科室、资产科",
        opinion="同意验收",
        report={"name": "验收书.txt", "mimeType": "text/plain", "buffer": "验收合格".encode()},
    )
    walk.send()
    assert Acceptance.objects.get().passed
    # Nothing more has to be filled in: the facts of the invoice and the button stand on the page of the outcome.
    assert "360,000.00" in page.inner_text(".action-card")
    walk.send(".action-card button")
    walk.is_done(within=3)
    assert PaymentRequest.objects.get().milestone == milestone


def test_a_supplier_finds_prepares_and_hands_in(page: Page) -> None:
    tender = Tender(title="课桌椅采购").published()
    bidder = make_supplier()
    clock.set_sandbox(at=tender.now)
    walk = Walk(page)

    # Find suitable tenders.
    walk.sign_in(bidder)
    walk.follow("nav a[href='/work/tenders/']")
    assert tender.case.title in page.inner_text("main") and walk.screens == 1

    # Prepare: the list says what is to do, and why the rest cannot begin.
    list_of_tasks = f"/work/bid/{tender.lot.pk}/"
    page.goto(list_of_tasks)
    walk.start()
    assert page.locator(".tasks .refusals").count() == 1
    walk.follow("a[href*='/documents.obtain/']")
    walk.send()
    walk.is_done(within=2)
    assert Participation.objects.filter(supplier=bidder.organisation).exists()

    # The device is ready: by the very script that seals bids.
    page.goto("/work/environment/")
    page.wait_for_selector("[data-check=seal] .tag")
    assert page.locator("[data-check=seal] .tag").inner_text() == "通过"
    assert page.locator("[data-result] .tone-bad").count() == 0

    # A draft stays in this browser when the page goes, and nowhere else.
    page.goto(list_of_tasks)
    assert "通过" in page.locator("[data-local=environment]").inner_text()
    walk.start()
    walk.follow("a[href*='/bid.submit/']")
    walk.fill(price="880000.00", delivery="30 日")
    page.reload()
    assert page.input_value("[name=price]") == "880000.00" and page.input_value("[name=delivery]") == "30 日"
    page.goto(list_of_tasks)
    assert "20" in page.locator("[data-local^=draft]").inner_text()
    assert not Bid.objects.exists()

    # Hand in: form and receipt; the draft is gone.
    walk.start()
    walk.follow("a[href*='/bid.submit/']")
    walk.fill(commitment=True)
    walk.send()
    walk.is_done(within=2)
    receipt = Bid.objects.get().receipt
    assert receipt in page.inner_text("main")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('yangcai:draft')).length") == 0
    page.goto(list_of_tasks)
    assert receipt in page.inner_text("main") and "已完成" in page.inner_text(".tasks >> nth=2")

    # On the day of the opening the hall is one step away, and signing in and confirming are done in it.
    for _n in range(2):
        tender.bid(tender.supplier())
    clock.set_sandbox(at=CLOSES)
    page.goto(list_of_tasks)
    walk.start()
    walk.follow("main a[href^='/hall/']")
    walk.act("opening.sign_in")
    tender.open()
    walk.home()
    walk.follow(f'.todo-row a[href="/hall/{tender.case.pk}/"]')
    assert "880,000.00" in page.inner_text("#hall-mine") and "捌拾捌万元整" in page.inner_text("#hall-mine")
    walk.act("opening.confirm")
    assert walk.screens == 1
    assert OpenedBid.objects.get(supplier=bidder.organisation).record_confirmed_at is not None


def test_a_supplier_objects_to_a_result_and_is_answered(page: Page) -> None:
    h = judging.three().judged(judging.EQUAL)
    h.awarded()
    h.announced()
    loser = next(post for post in h.bidders if post.organisation_id != h.award.supplier_id)
    raised = at("2026-03-31T10:00")
    clock.set_sandbox(at=raised)
    walk = Walk(page)

    # From what waits to the result with one's own points; from there to the letter of objection, and it is received.
    walk.sign_in(loser)
    letter = AwardLetter.objects.get(lot=h.lot, supplier=loser.organisation)
    walk.follow(f'.todo-row a[href="/work/explanation/{letter.pk}/"]')
    assert "还剩 7 个工作日" in page.inner_text("main") and "2026-04-09 24:00" in page.inner_text("main")
    assert "本单位各评审因素得分" in page.inner_text("main")
    walk.follow("main a[href*='/objection.raise/']")
    walk.fill(
        rows=[
            {"matter": "技术得分有误", "facts": "与采购文件第 3 章的评分标准不符", "legal_basis": "87号令第五十五条"}
        ],
        requests="重新评审",
        evidence={"name": "证明.txt", "mimeType": "text/plain", "buffer": "样本检测报告".encode()},
        signed_as="seal",
        contact="投标部",
        phone="0000-0000000",
        address="示例路 1 号",
        postcode="730000",
    )
    walk.send()
    walk.is_done(within=3)
    objection = Objection.objects.get()
    assert objection.number in page.inner_text("main")

    # Whoever answers has the letter with its evidence on the left, the frame of the answer on the right: two screens.
    assert h.agent is not None
    walk.sign_in(h.agent)
    row = page.locator('.todo-row:has(a[href*="/objection.answer/"])')
    assert "2026-04-10 24:00" in row.inner_text() and row.locator(".citation").count() == 1
    walk.take("objection.answer")
    left, right = (page.locator(f".halves > .stack >> nth={n}").bounding_box() for n in (0, 1))
    assert left and right and left["x"] + left["width"] <= right["x"]
    assert (
        "技术得分有误" in page.inner_text(".halves .sheet") and page.locator("main a[href*='/work/file/']").count() == 1
    )
    page.fill("[name=rows-0-answer]", "经核查，各评委按评分标准独立评分，汇总无误。")
    page.fill("[name=rows-0-answer_facts]", "评标报告及评分表")
    page.fill("[name=rows-0-answer_basis]", "财政部令第87号第五十五条")
    walk.send()
    walk.is_done(within=2)
    objection.refresh_from_db()
    assert objection.answered_at == raised

    # The answer is there with the last day for a complaint.
    walk.sign_in(loser)
    walk.follow(f'.todo-row a[href="/work/objection/{objection.pk}/"]')
    assert "汇总无误" in page.inner_text("main") and "2026-05-06 24:00" in page.inner_text("main")
    assert walk.screens == 1


def test_an_expert_signs_in_scores_by_the_keyboard_and_signs(page: Page) -> None:
    line = [("1", "950000", "950000")]
    h = judging.hall(judging.Offer("950000", lines=line), "1000000", "1100000")
    h.do("committee.draw", h.case, h.runner, judging.DRAWN, evaluates_at=judging.SEATED)
    mine, *others = sorted(h.members, key=lambda member: member.is_chair)
    for member in others:
        h.do("committee.sign_in", member, member.post, judging.SEATED, commits=True)
    clock.set_sandbox(at=judging.SEATED)
    walk = Walk(page)
    visited: set[str] = set()

    walk.sign_in(mine.post)
    walk.take("committee.sign_in")
    visited.add("sign in")
    walk.fill(commits=True)
    walk.send()
    walk.is_done(within=2)

    h.qualify()
    h.respond()
    clock.set_sandbox(at=judging.JUDGED + HOUR / 2)
    walk.home()
    walk.follow(f'.todo-row a[href="/work/eval/{h.lot.pk}/"]')
    visited.add("desk")
    assert walk.screens == 1 and "还剩 6 项未打分" in page.inner_text("main")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    focused = page.evaluate("[...document.querySelectorAll('[data-clause]')].indexOf(document.activeElement)")
    assert focused == 0
    with page.expect_navigation():
        page.keyboard.press("]")
    assert "2 / 3" in page.inner_text(".turn-here")
    with page.expect_navigation():
        page.keyboard.press("[")
    assert "1 / 3" in page.inner_text(".turn-here")

    # Enter leads into the points, Esc out of them; what cannot be kept is not said to be.
    # The next bid opens on the same clause.
    criterion = page.locator("[data-clause]:has(.points-value)").first
    criterion.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("400")
    page.locator("[data-kept]:has-text('有 1 处没有保存')").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.locator("[data-kept]:has-text('已自动保存')").wait_for()
    page.keyboard.press("Escape")
    here = criterion.get_attribute("id")
    for key in "][":
        with page.expect_navigation():
            page.keyboard.press(key)
        page.locator(f"#{here}:focus").wait_for()

    page.keyboard.press("/")
    page.keyboard.type("货物")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#searched mark").first.inner_text() == "货物"
    walk.home()
    walk.follow(f'.todo-row a[href="/work/eval/{h.lot.pk}/"]')

    # What is typed is kept without being sent, for nobody else to see.
    points = page.locator(".points-value")
    with page.expect_response(lambda answer: "/work/eval/" in answer.url and answer.request.method == "POST"):
        points.nth(0).fill("40")
    page.wait_for_function("document.querySelector('[data-left]').textContent.includes('5')")
    assert ScoreDraft.objects.get().member == mine and not Score.objects.exists()
    page.reload()
    assert points.nth(0).input_value() == "40"
    for number in range(3):
        if number:
            walk.follow("[data-turn=after]")
        points.nth(0).fill("40")
        points.nth(1).fill("10")
        with page.expect_navigation():
            page.locator("#notes button >> nth=0").click()
    assert "全部都有草稿了" in page.inner_text("main")

    # The form of the scores begins with them: checked once more, and handed in.
    walk.start()
    walk.follow("main a[href$='/scores.submit/']")
    visited.add("scores")
    walk.send()
    walk.is_done(within=2)
    assert Score.objects.filter(member=mine).count() == 6 and not ScoreDraft.objects.exists()

    for member in others:
        h.do("scores.submit", h.lot, member.post, judging.SCORED, rows=h.rows(judging.EQUAL))
    h.compute()
    clock.set_sandbox(at=judging.COMPUTED)
    walk.home()
    walk.take("report.sign")
    visited.add("report")
    walk.send()
    walk.is_done(within=2)
    assert ReportSignature.objects.filter(member=mine).exists()
    assert len(visited) <= 5


def test_the_treasury_clears_its_queue(page: Page) -> None:
    tender = Tender(title="课桌椅采购").published()
    treasury = make_post(Role.TREASURY)
    until_on = (tender.now + 10 * DAY).date()
    perform(
        ACTIONS["case.suspend"],
        tender.case,
        by=treasury,
        now=tender.now,
        reason="投诉处理",
        until_on=until_on,
        document=support.document("暂停通知"),
    )
    clock.set_sandbox(at=tender.now + DAY)
    walk = Walk(page)
    walk.sign_in(treasury)
    walk.follow("nav a[href='/work/queue/']")
    assert "课桌椅采购" in page.inner_text("main tbody") and walk.screens == 1
    walk.start()
    walk.follow("main tbody a[href*='/case.resume/']")
    walk.fill(reason="投诉已处理")
    walk.send()
    walk.is_done(within=2)
    page.goto("/work/queue/")
    assert "没有等待办理的审批" in page.inner_text("main")
    page.goto("/work/handled/")
    assert "恢复采购活动" in page.inner_text("main tbody tr >> nth=0")


def test_the_public_finds_a_unit_in_one_step(page: Page) -> None:
    tender = Tender(title="课桌椅采购").published()
    clock.set_sandbox(at=tender.now + DAY)
    walk = Walk(page)
    page.goto("/")
    walk.start()
    page.fill("#hero-q", tender.case.buyer.name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "课桌椅采购" in page.inner_text("main") and walk.screens == 1
    walk.follow("main .notice-title")
    assert tender.case.buyer.name in page.inner_text("main") and walk.screens == 2
    assert at("2026-03-24T09:30") == CLOSES and "2026-03-24 09:30" in page.inner_text("main")
