"""Can somebody walk a procurement from the budget to the last payment in a browser, by links and forms alone?"""

import datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from tests.browser.desk import HOUR, Desk
from tests.factories import make_expert, make_organisation, make_post, make_supplier
from yangcai.cases.models import Award, Case, Lot
from yangcai.challenges.models import Enquiry
from yangcai.contracts.models import Contract, Invoice, Milestone, PaymentRequest
from yangcai.funds.models import Appropriation
from yangcai.kernel import clock
from yangcai.kernel.models import Entry
from yangcai.parties.models import OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention, PlanItem
from yangcai.tendering.models import CommitteeMember, EvaluationReport, OpenedBid

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(1200)]

BUDGET = """采购人,统一社会信用代码,预算年度,预算项目编码,预算项目名称,品目,资金来源,预算金额（元）,批复日期
{name},{uscc},2026,JY2026-001,职教园区实训设备购置,A02010000,一般公共预算,4862000.00,2026-01-20
"""
PRICES = ("4735500.00", "4620000.00", "4510000.00")


class Story:
    """Who is there, and what has come about so far."""

    def __init__(self, page: Page):
        self.desk = Desk(page)
        buyer = make_organisation(
            name="兰州新区教育体育局", uscc="116201710139001239", address="兰州新区", contact="0931-8250000"
        )
        agent = make_organisation(OrganisationKind.AGENT, name="甘肃正信招标有限公司", address="兰州", contact="招标部")
        finance = make_organisation(OrganisationKind.TREASURY, name="兰州新区财政局")
        self.officer = make_post(Role.BUYER_OFFICER, buyer)
        self.reviewer = make_post(Role.BUYER_REVIEWER, buyer)
        self.agent = make_post(Role.AGENT, agent)
        self.treasury = make_post(Role.TREASURY, finance)
        self.payer = make_post(Role.TREASURY_PAYER, finance)
        self.suppliers = [make_supplier(name=f"兰州恒业机电{n}号有限公司") for n in (1, 2, 3)]
        self.experts = [make_expert() for _ in range(8)]

    @property
    def case(self) -> Case:
        return Case.objects.get()

    @property
    def lot(self) -> Lot:
        return Lot.objects.get()

    # --- the money and the plan -----------------------------------------------------------------------------------

    def budget(self, tmp_path) -> None:
        file = tmp_path / "budget.csv"
        buyer = self.officer.organisation
        file.write_text(BUDGET.format(name=buyer.name, uscc=buyer.uscc), encoding="utf-8")
        desk = self.desk
        desk.sit_down(self.treasury)
        desk.page.goto(f"/work/do/organisation/{self.treasury.organisation_id}/budget.import/")
        desk.fill(file=str(file))
        desk.send("button:has-text('先试算')")
        assert "尚未写入" in desk.page.inner_text("main")
        assert not Appropriation.objects.exists()
        desk.do("budget.import", self.treasury.organisation, self.treasury, start="/work/budget/", file=str(file))

    def plan(self) -> None:
        desk, line = self.desk, Appropriation.objects.get()
        desk.do(
            "intention.publish",
            line,
            self.officer,
            title="职教园区实训设备采购项目",
            overview="工业机器人实训设备 1 批，含安装调试和培训",
            amount="4862000.00",
            expected_on="2026-05-01",
        )
        desk.wait_until(Intention.objects.get().published_at + datetime.timedelta(days=31))
        desk.do(
            "plan.draft",
            line,
            self.officer,
            category="goods",
            start_on="2026-05-01",
            intention=Intention.objects.get().pk,
            set_aside="none",
            set_aside_reason="预算超过 200 万元，按规定预留其他项目份额",
            quantity="1 批",
            delivery="合同签订后 30 日内，职教园区",
            standards="GB/T 12642",
            service="免费质保三年",
            acceptance_plan="到货验收和最终验收，逐项测试",
            survey_respondents="3",
            survey_summary="向三家制造商书面调查市场价格和供应能力",
        )
        desk.do("plan.submit", PlanItem.objects.get(), self.officer)
        self.review()
        desk.do("plan.file", PlanItem.objects.get(), self.officer)
        desk.do("case.open", PlanItem.objects.get(), self.officer)
        desk.do(
            "agent.appoint",
            self.case,
            self.officer,
            agent=self.agent.organisation_id,
            mandate="编制采购文件、组织开标评标，至合同备案止",
            fee="由中标供应商按国家规定标准支付",
        )

    def review(self) -> None:
        desk, item = self.desk, PlanItem.objects.get()
        desk.sit_down(self.reviewer)
        desk.page.goto(f"/work/plan/{item.pk}/")
        desk.follow('a[href$="/plan.review/"]')
        desk.fill_all("answer", "pass")
        desk.fill(decision="approve")
        desk.send()
        assert "/work/done/" in desk.page.url

    # --- the tender -----------------------------------------------------------------------------------------------

    def invite(self) -> None:
        desk, case, lot = self.desk, self.case, self.lot
        desk.do(
            "solicitation.draft",
            case,
            self.agent,
            contract_terms="按《政府采购货物买卖合同（试行）》",
            payment_days="30",
            acceptance_days="10",
            bid_validity_days="90",
            industry="工业",
        )
        desk.do("clauses.define", case, self.agent, rows=[{"kind": "responsiveness", "text": "★ 额定负载不小于 6 kg"}])
        desk.do(
            "criteria.define",
            lot,
            self.agent,
            rows=[
                {"code": "price", "kind": "price", "title": "投标报价", "weight": "30"},
                {
                    "code": "technical",
                    "kind": "technical",
                    "title": "技术参数响应",
                    "weight": "50",
                    "is_objective": True,
                },
                {"code": "service", "kind": "business", "title": "实施和售后方案", "weight": "20"},
            ],
        )
        desk.do(
            "payment_terms.define",
            case,
            self.agent,
            rows=[
                {"title": "预付款", "percent": "30", "due_on": "signature"},
                {"title": "验收款", "percent": "70", "due_on": "acceptance"},
            ],
        )
        desk.do("solicitation.confirm", case, self.reviewer)
        today = clock.now()
        self.closes_at = at_nine(today + datetime.timedelta(days=25))
        desk.do(
            "invitation.publish",
            case,
            self.agent,
            supply_closes_at=at_nine(today + datetime.timedelta(days=12)),
            submission_closes_at=self.closes_at,
        )

    def bid(self) -> None:
        desk, case, lot = self.desk, self.case, self.lot
        for supplier, price in zip(self.suppliers, PRICES, strict=True):
            desk.do("documents.obtain", case, supplier)
            if supplier is self.suppliers[0]:
                desk.do("enquiry.ask", case, supplier, question="控制系统是否允许两种协议？")
                desk.do("enquiry.answer", Enquiry.objects.get(), self.agent, answer="允许，见采购文件技术要求。")
            desk.do(
                "bid.submit",
                lot,
                supplier,
                price=price,
                delivery="合同签订后 30 日",
                lines=[
                    {"item": "实训设备", "specification": "R6", "quantity": "1", "unit_price": price, "amount": price}
                ],
                commitment=True,
            )
            assert "TB" in desk.page.locator(".result-number").inner_text()

    def open(self) -> None:
        desk = self.desk
        desk.wait_until(self.closes_at)
        desk.do("opening.begin", self.case, self.agent)
        for opened in OpenedBid.objects.order_by("pk"):
            supplier = next(s for s in self.suppliers if s.organisation_id == opened.supplier_id)
            desk.do("opening.confirm", opened, supplier)
        desk.do("opening.conclude", self.case, self.agent)
        self.given_rows("qualification.record", self.lot, self.agent, "passed", True)
        desk.do("qualification.conclude", self.lot, self.agent)

    def given_rows(self, code: str, subject, by: Post, column: str, value) -> None:
        desk = self.desk
        desk.sit_down(by)
        desk.page.goto(f"/work/case/{self.case.pk}/")
        desk.follow(f'a[href="/work/do/lot/{subject.pk}/{code}/"]')
        desk.fill_all(column, value)
        desk.send()
        assert "/work/done/" in desk.page.url

    def evaluate(self) -> None:
        desk, case, lot = self.desk, self.case, self.lot
        desk.do("committee.draw", case, self.agent, evaluates_at=clock.now() + HOUR)
        members = list(CommitteeMember.objects.order_by("pk").select_related("post"))
        posts = [Post.objects.get(pk=member.post_id) for member in members]
        desk.wait_until(clock.now() + HOUR)
        for member, post in zip(members, posts, strict=True):
            desk.do("committee.sign_in", member, post, commits=True)
        chair = next(p for m, p in zip(CommitteeMember.objects.order_by("pk"), posts, strict=True) if m.is_chair)
        self.given_rows("responsiveness.record", lot, chair, "passed", True)
        for post in posts:
            self.score(post)
        desk.do("evaluation.compute", lot, chair)
        for post in posts:
            desk.do("report.sign", EvaluationReport.objects.get(), post)
        desk.do("report.send", EvaluationReport.objects.get(), self.agent)

    def score(self, post: Post) -> None:
        """Full marks for the technical part; the plans of the three bidders differ."""
        desk = self.desk
        desk.sit_down(post)
        desk.page.goto(f"/work/case/{self.case.pk}/")
        desk.follow('a[href$="/scores.submit/"]')
        for number, value in enumerate(("40", "15", "45", "18", "50", "16")):
            desk.fill_one(f"rows-{number}-value", value)
            desk.fill_one(f"rows-{number}-reason", "按评分标准")
        desk.send()
        assert "/work/done/" in desk.page.url

    # --- the contract ---------------------------------------------------------------------------------------------

    def contract(self) -> None:
        desk = self.desk
        candidate = self.lot.candidates.get(rank=1)
        desk.do("award.determine", self.lot, self.officer, candidate=candidate.pk)
        desk.do("award.announce", Award.objects.get(), self.agent)
        self.winner = next(s for s in self.suppliers if s.organisation_id == Award.objects.get().supplier_id)
        desk.do("contract.draft", Award.objects.get(), self.officer)
        desk.do("contract.sign", Contract.objects.get(), self.reviewer)
        desk.do("contract.sign", Contract.objects.get(), self.winner)
        desk.do("contract.publish", Contract.objects.get(), self.officer)
        desk.do("contract.file", Contract.objects.get(), self.officer)

    def pay(self, milestone: Milestone, number: str) -> None:
        desk = self.desk
        today = clock.now().date().isoformat()
        desk.do("invoice.submit", milestone, self.winner, number=number, amount=milestone.amount, issued_on=today)
        desk.do("payment.request", Invoice.objects.get(number=number), self.officer)
        desk.do("payment.approve", PaymentRequest.objects.get(paid_at=None), self.reviewer)
        desk.do("payment.pay", PaymentRequest.objects.get(paid_at=None), self.payer, start="/work/payments/")

    def perform_contract(self, tmp_path) -> None:
        desk = self.desk
        advance, final = Milestone.objects.order_by("number")
        report = tmp_path / "acceptance.pdf"
        report.write_bytes(b"%PDF-1.4\nacceptance report")
        self.pay(advance, "24620001")
        today = clock.now().date().isoformat()
        desk.do("delivery.report", final, self.winner, delivered_on=today)
        desk.do(
            "acceptance.record",
            Contract.objects.get(),
            self.officer,
            is_final=True,
            accepted_on=today,
            items=[
                {"item": "技术要求", "result": "逐项测试符合", "passed": True},
                {"item": "服务要求", "result": "已培训", "passed": True},
            ],
            members="验收小组五人",
            opinion="验收合格",
            report=str(report),
        )
        self.pay(final, "24620002")
        desk.do("contract.close", Contract.objects.get(), self.officer)


def at_nine(moment: datetime.datetime) -> datetime.datetime:
    """09:00 of that day in Lanzhou, or of the Monday after a weekend."""
    local = moment.astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    while local.weekday() > 4:
        local += datetime.timedelta(days=1)
    return local.replace(hour=9, minute=0, second=0, microsecond=0)


def test_a_procurement_is_walked_from_budget_to_payment(page: Page, tmp_path) -> None:
    story = Story(page)
    story.budget(tmp_path)
    story.plan()
    story.invite()
    story.bid()
    story.open()
    story.evaluate()
    story.contract()
    story.perform_contract(tmp_path)

    case, contract = story.case, Contract.objects.get()
    assert case.end_kind == "closed"
    assert contract.paid_fund.balance == contract.amount
    assert contract.committed_fund.balance == Decimal("0.00")
    assert not Entry.objects.filter(outcome="refused").exists()
    page.goto(f"/p/{case.pk}/")
    assert story.winner.organisation.name in page.inner_text("main")
