"""How does cooperative innovation go, told by role: applications, one meeting with all, a file, two research contracts,
one of them eliminated or both accepted, the first purchase of what succeeded, and what others may buy of it?"""

import datetime
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from tests.portal.test_notices import check
from tests.scenarios import agreements, story
from tests.scenarios.story import ADVANCE, DAY, FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award, Case, CaseEnd, Lot, LotOutcome, Stage
from yangcai.contracts.models import Contract, ContractItem, Milestone
from yangcai.kernel import calendar
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.calendar import SHANGHAI
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.models import Attachment
from yangcai.parties.models import LAW
from yangcai.planning.models import PlanItem
from yangcai.planning.proposal import of_plan
from yangcai.portal.models import Notice
from yangcai.procedures.choice import Answer
from yangcai.replay import defaults, people
from yangcai.replay.driver import PythonDriver, move_to
from yangcai.replay.published import CaseFile, Dates
from yangcai.tendering import draws
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import (
    AwardLetter,
    Criterion,
    DialogueChange,
    DialogueTalk,
    EvaluationReport,
    FinalOffer,
    Invitee,
    OpenedBid,
)
from yangcai.tendering.queries.evaluation import score_table
from yangcai.tendering.rules.committee.composition import ECONOMY
from yangcai.www.work.files import readable

pytestmark = pytest.mark.django_db

RESEARCH, REVIEWED, DIRECT = "cooperative_innovation", "first_purchase", "innovative_product"
#: Two research suppliers cost 500,000 yuan each at most, the first purchase 500,000: together 最高研发费用.
FIRST_PURCHASE, ANNOUNCED = "cooperative_innovation.first_purchase", "cooperative_innovation.announced"
LIMIT, MOST = "500000.00", Decimal("1500000.00")


def research() -> CaseFile:
    """Three apply, each for one of two places."""
    bids = [story.bid(FIRST, "450000.00"), story.bid(SECOND, "480000.00"), story.bid(THIRD, "490000.00")]
    second = replace(story.lot("2", [], budget=LIMIT), follows="1", evaluation=None)
    file = story.purchase(story.lot("1", bids, budget=LIMIT), second, method=RESEARCH, grounds="breakthrough")
    dates = Dates(invitation=datetime.date(2026, 3, 2), award=datetime.date(2026, 4, 27))
    return replace(file, title="示例研发项目", budget=MOST, dates=dates)


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    """The applications lie open; the group is about to meet with all who qualify."""
    return story.begin(research(), until="qualification", terms=ADVANCE)


@pytest.fixture
def qualified(beginning: Story) -> Story:
    """From there each story goes on by itself."""
    return copy(beginning)


def chair(tale: Story) -> Any:
    return tale.chair().post


def offers(tale: Story) -> dict[str, OpenedBid]:
    return {bid.supplier.name: bid for bid in OpenedBid.objects.filter(lot=tale.lot).select_related("supplier")}


def paper(tale: Story, at: datetime.datetime) -> Any:
    return tale.paper("file.pdf", b"%PDF-1.4\nx", tale.people.runner, at)


def working_days_on(at: datetime.datetime, days: int) -> datetime.datetime:
    last = calendar.add_working_days(calendar.day_of(at), days)
    return datetime.datetime.combine(last, datetime.time(17), SHANGHAI)


# --- the choice of the method --------------------------------------------------------------------------------------


def test_it_is_proposed_on_its_grounds_and_with_a_permission_whatever_the_amount(qualified: Story) -> None:
    """Below the open-tender threshold as well: who may use it at all is said by the Measures."""
    plan = PlanItem.objects.get(pk=qualified.plan_item.pk)
    assert plan.amount < Decimal(4_000_000) and plan.needs_approval
    at = qualified.moment(11)
    asked = of_plan(plan, now=at, with_approvals=False).of(RESEARCH)
    assert asked.answer is Answer.APPROVAL
    (reason,) = asked.reasons
    assert reason.code == "method_not_approved" and "授权或者批准" in reason.zh
    assert reason.citation is not None and reason.citation.instrument == "财库〔2024〕13号"
    assert reason.citation.article == "第四条"
    assert asked.timeline is not None
    days = {one.code: one.earliest_on for one in asked.timeline.milestones}
    assert days["submission"] < days["dialogue"] < days["final_offer"] <= days["award_notice"]
    # Permitted it is lawful, on the ground that was stated and for its reason.
    permitted = of_plan(plan, now=at).of(RESEARCH)
    assert permitted.answer is Answer.OPEN
    assert {one.code for one in permitted.reasons} == {"ground_met", "method_approved"}
    # Without a ground it is not; works are not bought this way.
    bare = of_plan(plan, now=at, grounds=["policy"]).of(RESEARCH)
    assert {one.code for one in bare.reasons} == {"no_ground"}


# --- the order of research -----------------------------------------------------------------------------------------


def test_until_the_meeting(qualified: Story) -> None:
    tale, at = qualified, qualified.moment(11)
    assert tale.stage(at) == Stage.DIALOGUE
    # An odd group of five with a lawyer and an economist, drawn as openly as everybody else.
    specialities = [member.expert.specialities for member in tale.members() if member.expert]
    assert len(specialities) == 5
    assert all(any(word in one for one in specialities) for word in (LAW, ECONOMY))
    record = draws.record(tale.case.expert_draws.get())
    assert (record["commit"]["lawyers"], record["commit"]["economists"]) == (1, 1)
    # Applications name no price, and nobody learns who else applied.
    assert {bid.price for bid in offers(tale).values()} == {Decimal(0)}
    seen = SCOPES[OpenedBid](tale.supplier(FIRST), at).filter(lot__case=tale.case)
    assert [bid.supplier.name for bid in seen] == [FIRST[0]]
    # The second place is not applied for.
    second = Lot.objects.get(case=tale.case, number="2")
    assert second.follows_id == tale.lot.pk and not second.bids.exists()
    notice = Notice.objects.get(root=tale.case.ref, kind="invitation")
    check(notice)
    assert notice.title.endswith("合作创新采购公告") and notice.facts["period"] == "自公告发布之日起 5 个工作日"
    assert [row["number"] for row in notice.facts["lots"]] == ["1", "2"]
    assert tale.waiting(chair(tale)) == {"dialogue.meet"}


def test_all_meet_at_once_and_the_file_comes_of_it(qualified: Story) -> None:
    tale, at, leader, bids = qualified, qualified.moment(11), chair(qualified), offers(qualified)
    # Nobody is talked to alone before everybody met, and there is no file before that.
    assert "file_not_issued" in tale.refused("dialogue.hold", bids[FIRST[0]], leader, at, minutes="谈")
    enough = working_days_on(at, 10)
    early = {"content": "谈判文件", "closes_at": enough}
    assert "not_met_yet" in tale.refused(
        "dialogue.issue_file", tale.lot, tale.people.runner, at, document=paper(tale, at), **early
    )
    tale.do("dialogue.meet", tale.lot, leader, at, minutes="共同交流")
    assert [talk.minutes for talk in DialogueTalk.objects.filter(opened_bid__lot=tale.lot)] == ["共同交流"] * 3
    assert "met_already" in tale.refused("dialogue.meet", tale.lot, leader, at, minutes="再来")
    assert tale.waiting(tale.people.runner) == {"dialogue.issue_file"}
    # At least ten working days for the first responses.
    short = tale.refused(
        "dialogue.issue_file", tale.lot, tale.people.runner, at, content="谈判文件", document=paper(tale, at),
        closes_at=working_days_on(at, 9),
    )  # fmt: skip
    assert short["response_too_short"].citation is not None
    assert short["response_too_short"].citation.rule == "cooperative_innovation.response"
    file = tale.do(
        "dialogue.issue_file", tale.lot, tale.people.runner, at, content="谈判文件", document=paper(tale, at),
        closes_at=enough,
    )  # fmt: skip
    # Told to all at the same instant, and they can read it; an outsider cannot.
    attached = Attachment.objects.get(subject=file.ref, kind="negotiation_file")
    for bidder in (FIRST, SECOND, THIRD):
        assert SCOPES[DialogueChange](tale.supplier(bidder), at).get().told_at == at
        assert tale.waiting(tale.supplier(bidder)) == {"dialogue.resubmit"}
        assert readable(tale.case, post=tale.supplier(bidder), now=at).filter(pk=attached.pk).exists()
    assert "responses_still_come" in tale.refused("dialogue.hold", bids[FIRST[0]], leader, at + DAY, minutes="谈")
    # Two respond in time; the third is too late, and out with the first talk.
    for bidder in (FIRST, SECOND):
        answer = PrivateFile("研发方案.pdf", "application/pdf", b"%PDF-1.4\nx")
        tale.do("dialogue.resubmit", bids[bidder[0]], tale.supplier(bidder), at + DAY, attachments=[answer])
    late = enough + datetime.timedelta(hours=1)
    answer = PrivateFile("研发方案.pdf", "application/pdf", b"%PDF-1.4\nx")
    assert "response_too_late" in tale.refused(
        "dialogue.resubmit", bids[THIRD[0]], tale.supplier(THIRD), late, attachments=[answer]
    )
    assert "no_first_response" in tale.refused("dialogue.hold", bids[THIRD[0]], leader, late, minutes="谈")
    for bidder in (FIRST, SECOND):
        tale.do("dialogue.hold", bids[bidder[0]], leader, late, minutes="分别谈判")
    assert offers(tale)[THIRD[0]].left_reason == "未在规定时间内提交首次响应文件"
    # At least five working days for the last responses, whose prices stay sealed until then.
    short = tale.refused("final_offer.invite", tale.lot, leader, late, closes_at=working_days_on(late, 4))
    assert set(short) == {"final_response_too_short"}
    closes = working_days_on(late, 5)
    tale.do("final_offer.invite", tale.lot, leader, late, closes_at=closes)
    assert "takes_no_part" in tale.refused(
        "final_offer.submit", tale.lot, tale.supplier(THIRD), late + DAY, price="1.00"
    )
    # Two, even one, may go on.
    plan = PrivateFile("最终研发方案.pdf", "application/pdf", b"%PDF-1.4\nlast")
    tale.do("final_offer.submit", tale.lot, tale.supplier(FIRST), late + DAY, price="450000.00", attachments=[plan])
    assert not Attachment.objects.filter(title="最终研发方案.pdf").exists()
    tale.do("final_offer.open", tale.lot, leader, closes + datetime.timedelta(minutes=1))
    assert [offer.price for offer in FinalOffer.objects.all()] == [Decimal("450000.00")]
    # The research plan of the last response lies open with its price, for the group and the buyer's side.
    assert Attachment.objects.get(title="最终研发方案.pdf").subject == bids[FIRST[0]].ref
    assert tale.stage(closes + DAY) == Stage.EVALUATION


def evaluated(tale: Story) -> Story:
    for stretch in ("dialogue", "final_offer", "evaluation"):
        getattr(tale, stretch)()
    return tale


def test_two_places_go_to_two_suppliers_in_the_order_of_one_ranking(qualified: Story) -> None:
    tale = evaluated(qualified)
    first, second = Lot.objects.filter(case=tale.case).order_by("number")
    assert [c.supplier.name for c in second.candidates.order_by("rank")] == [
        c.supplier.name for c in first.candidates.order_by("rank")
    ]
    at, reviewer = tale.moment(58), tale.people.reviewer
    assert tale.stage(at) == Stage.AWARD
    # Nothing is deemed here: the Measures know no silence of the buyer.
    assert tale.task("award.determine").due_at is None
    best, next_best, _last = first.candidates.order_by("rank")
    assert "earlier_lot_undecided" in tale.refused(
        "award.determine", second, reviewer, at, candidate=second.candidates.get(rank=1)
    )
    made = tale.do("award.determine", first, reviewer, at, candidate=best)
    # Not announced before it is known who else won.
    assert "others_undecided" in tale.refused("award.announce", made, tale.people.runner, at)
    assert "lot_limit_reached" in tale.refused(
        "award.determine", second, reviewer, at, candidate=second.candidates.get(rank=1)
    )
    other = tale.do("award.determine", second, reviewer, at, candidate=second.candidates.get(rank=2))
    for award in (made, other):
        tale.do("award.announce", award, tale.people.runner, at)
    letters = {letter.supplier.name: letter for letter in AwardLetter.objects.filter(lot__case=tale.case)}
    assert len(letters) == 3 and AwardLetter.objects.filter(lot__case=tale.case).count() == 3
    assert {name for name, letter in letters.items() if letter.is_winner} == {
        best.supplier.name, next_best.supplier.name,
    }  # fmt: skip
    for notice in Notice.objects.filter(root=tale.case.ref, kind="award"):
        check(notice)
        assert notice.title.endswith("研发供应商成交结果公告")


@dataclass
class InTwoStages(Story):
    """The file says that the two best research plans go on; the members come to their sheets twice."""

    def document(self) -> dict[str, Any]:
        return {**super().document(), "merit_first": 2}

    def sheets(
        self,
        lot: Lot,
        codes: set[str],
        points: dict[str, dict[str, str]],
        at: datetime.datetime,
        of: dict[int, dict[str, dict[str, str]]] | None = None,
    ) -> None:
        """Everybody gives the same points; who stands in `of` gives its own."""
        criteria = list(Criterion.objects.filter(lot=lot, code__in=codes))
        for member in self.members():
            given = (of or {}).get(member.pk, points)
            rows = [
                {"bid": bid.pk, "criterion": one.pk, "value": given[name][one.code]}
                for name, bid in offers(self).items()
                if name in given
                for one in criteria
            ]
            self.do("scores.submit", lot, member.post, at, rows=rows)

    def scores(self, judged: Any) -> None:
        ((lot, _told),) = judged
        at, (first, *_others) = self.moment(30), self.members()
        everything = [
            {"bid": bid.pk, "criterion": one.pk, "value": "1"}
            for bid in offers(self).values()
            for one in Criterion.objects.filter(lot=lot).exclude(code="price")
        ]
        # Nothing but the plans is scored in the first sitting.
        assert self.refused("scores.submit", lot, first.post, at, rows=everything)["invalid_input"].field == "rows"
        plans = {FIRST[0]: {"technical": "30"}, SECOND[0]: {"technical": "45"}, THIRD[0]: {"technical": "44"}}
        self.sheets(lot, {"technical"}, plans, at)
        # All have scored, and still nobody may compute or see what the others gave.
        assert "scores_outstanding" in self.refused("evaluation.compute", lot, self.chair().post, at)
        table = score_table(lot, first.post, at)
        assert table is not None and [seat.member for seat in table.seats] == [first]
        assert "scores.submit" in self.waiting(first.post)
        told = {SECOND[0]: {"business": "10"}, THIRD[0]: {"business": "15"}}
        too_many = {**told, FIRST[0]: {"business": "15"}}
        rows = [
            {
                "bid": offers(self)[name].pk,
                "criterion": Criterion.objects.get(lot=lot, code="business").pk,
                "value": "9",
            }
            for name in too_many
        ]
        # The sheet of the second sitting does not know the bidder who stayed behind.
        assert self.refused("scores.submit", lot, first.post, at, rows=rows)["invalid_input"].field == "rows"
        self.sheets(lot, {"business"}, told, at)


def test_the_plan_first_and_only_the_best_plans_are_evaluated_as_a_whole(world: None) -> None:
    begun = story.begin(replace(research(), id="示例两阶段"), until="plan", terms=ADVANCE)
    tale = InTwoStages(begun.driver, begun.file, begun.people)
    vars(tale).update(vars(begun))
    for stretch in ("preparation", "invitation", "submission", "opening", "qualification"):
        getattr(tale, stretch)()
    evaluated(tale)
    ranked = tale.lot.candidates.order_by("rank")
    assert [one.supplier.name for one in ranked] == [THIRD[0], SECOND[0]]
    tale.award()
    letter = AwardLetter.objects.get(lot__case=tale.case, supplier__name=FIRST[0])
    assert letter.reason == "研发方案得分第 3 名，未达到采购文件规定的名次，不进入综合评审"
    (why,) = explain(letter, now=letter.issued_at).reasons
    assert why.citation is not None and why.citation.rule == "cooperative_innovation.two_stages"
    assert "30.00" in why.zh


@dataclass
class CorrectedInTwoStages(InTwoStages):
    """In the first sitting one member misread a plan; found abnormal, its points put another bid through."""

    def scores(self, judged: Any) -> None:
        ((lot, _told),) = judged
        at, (odd, *_others) = self.moment(30), self.members()
        plans = {FIRST[0]: {"technical": "46"}, SECOND[0]: {"technical": "45"}, THIRD[0]: {"technical": "44"}}
        self.sheets(lot, {"technical"}, plans, at, of={odd.pk: {**plans, FIRST[0]: {"technical": "3"}}})
        told = {SECOND[0]: {"business": "10"}, THIRD[0]: {"business": "15"}}
        self.sheets(lot, {"business"}, told, at)

    def correct(self, lot: Lot, member: Any, points: str) -> EvaluationReport:
        row = {"bid": offers(self)[FIRST[0]].pk, "criterion": Criterion.objects.get(lot=lot, code="technical").pk}
        rows = [{**row, "value": points, "reason": "误读研发方案"}]
        made: EvaluationReport = self.do(
            "scores.correct", lot, member.post, self.moment(50), ground="abnormal", rows=rows
        )
        return made


def test_a_correction_that_puts_another_bid_through_makes_the_report_void(world: None) -> None:
    begun = story.begin(replace(research(), id="示例两阶段更正"), until="plan", terms=ADVANCE)
    tale = CorrectedInTwoStages(begun.driver, begun.file, begun.people)
    vars(tale).update(vars(begun))
    for stretch in ("preparation", "invitation", "submission", "opening", "qualification", "dialogue", "final_offer"):
        getattr(tale, stretch)()
    at, lot, (odd, *others) = tale.moment(50), tale.lot, tale.members()
    chair = tale.chair().post
    tale.examine(list(tale.lots(Stage.EVALUATION, tale.moment(18))), by=chair, at=tale.moment(18))
    tale.low_prices(lot, tale.chair())
    tale.scores([(lot, None)])
    first: EvaluationReport = tale.do("evaluation.compute", lot, chair, at)
    assert first.result["bids"][str(offers(tale)[FIRST[0]].pk)]["left_behind"]
    tale.do("report.sign", first, others[0].post, at)
    kept = tale.correct(lot, odd, "46")
    # The first plan is now second best: it has to be scored as a whole before there is another result. Until then the
    # report says on what ground it fell, and can be neither signed nor sent.
    assert (kept.pk, kept.overtaken_ground, kept.signed_at) == (first.pk, "abnormal", None)
    assert "report_superseded" in tale.refused("report.sign", first, odd.post, at)
    assert "scores_outstanding" in tale.refused("evaluation.compute", lot, chair, at)
    assert "scores.submit" in tale.waiting(odd.post) and "report.sign" not in tale.waiting(odd.post)
    tale.sheets(lot, {"business"}, {FIRST[0]: {"business": "20"}}, at)
    second: EvaluationReport = tale.do("evaluation.compute", lot, chair, at)
    assert (second.revision, second.correction_ground, second.overtaken_ground) == (2, "abnormal", "")
    assert not second.result["bids"][str(offers(tale)[FIRST[0]].pk)]["left_behind"]
    for member in tale.members():
        tale.do("report.sign", second, member.post, at)
    assert EvaluationReport.objects.get(pk=second.pk).signed_at is not None
    assert EvaluationReport.objects.get(pk=first.pk).signed_at is None


def contracted(tale: Story) -> Story:
    evaluated(tale)
    for stretch in ("award", "contract"):
        getattr(tale, stretch)()
    return tale


def accept(tale: Story, contract: Contract, at: datetime.datetime, *, passed: bool) -> None:
    milestone = Milestone.objects.get(contract=contract, due_on="acceptance")
    supplier = tale.supplier(contract.supplier.name)
    tale.do("delivery.report", milestone, supplier, at, delivered_on=at.date(), note="样品")
    told = {"is_final": True, "accepted_on": at.date(), "members": "谈判小组", "opinion": "按研发合同验收"}
    items = [{"item": "最低研发目标", "result": "达到" if passed else "未达到", "passed": passed}]
    report = tale.paper("acceptance.pdf", b"%PDF-1.4\nx", tale.people.officer, at)
    tale.do("acceptance.record", contract, tale.people.officer, at, items=items, report=report, **told)


def test_costs_are_shared_as_agreed(qualified: Story) -> None:
    """最高研发费用, 补偿比例: of 500,000 yuan of real cost 80 % are compensated."""
    tale = contracted(qualified)
    contract = Contract.objects.get(case=tale.case, supplier__name=FIRST[0])
    assert contract.amount == Decimal("450000.00")
    at = tale.at("contract") + 20 * DAY
    accept(tale, contract, at, passed=True)
    milestone = Milestone.objects.get(contract=contract, due_on="acceptance")
    supplier = tale.supplier(FIRST)
    bill = {"number": "F-1", "amount": "315000.00", "issued_on": at.date()}
    assert "cost_not_stated" in tale.refused("invoice.submit", milestone, supplier, at, **bill)
    refused = tale.refused("invoice.submit", milestone, supplier, at, eligible_cost="393749.99", **bill)
    assert refused["above_the_compensation"].citation is not None
    assert refused["above_the_compensation"].citation.instrument == "财库〔2024〕13号"
    made = tale.do("invoice.submit", milestone, supplier, at, eligible_cost="393750.00", **bill)
    assert made.eligible_cost == Decimal("393750.00")


#: 30 % in advance, 60 % as costs are compensated, 10 % for success.
WITH_INCENTIVE = (
    *ADVANCE[:1],
    {"title": "验收款", "percent": "60", "due_on": "acceptance"},
    {"title": "研发激励", "percent": "10", "due_on": "acceptance", "is_incentive": True},
)


def test_an_incentive_is_a_sum_of_its_own_and_compensates_no_costs(world: None) -> None:
    tale = contracted(story.begin(replace(research(), id="激励示例"), until="qualification", terms=WITH_INCENTIVE))
    contract = Contract.objects.get(case=tale.case, supplier__name=FIRST[0])
    rows = Milestone.objects.filter(contract=contract).order_by("number")
    assert [(one.amount, one.is_incentive) for one in rows] == [
        (Decimal("135000.00"), False), (Decimal("270000.00"), False), (Decimal("45000.00"), True),
    ]  # fmt: skip
    _advance, costs, incentive = rows
    at, supplier = tale.at("contract") + 20 * DAY, tale.supplier(FIRST)
    for milestone in (costs, incentive):
        tale.do("delivery.report", milestone, supplier, at, delivered_on=at.date(), note="样品")
    told = {"is_final": True, "accepted_on": at.date(), "members": "谈判小组", "opinion": "按研发合同验收"}
    items = [{"item": "最低研发目标", "result": "达到", "passed": True}]
    report = tale.paper("acceptance.pdf", b"%PDF-1.4\nx", tale.people.officer, at)
    tale.do("acceptance.record", contract, tale.people.officer, at, items=items, report=report, **told)
    assert "cost_not_stated" in tale.refused(
        "invoice.submit", costs, supplier, at, number="F-1", amount="270000.00", issued_on=at.date()
    )
    made = tale.do("invoice.submit", incentive, supplier, at, number="F-2", amount="45000.00", issued_on=at.date())
    assert made.eligible_cost is None


def test_who_misses_a_milestone_is_eliminated_and_the_only_product_is_bought_directly(qualified: Story) -> None:
    tale = contracted(qualified)
    first, second = (Contract.objects.get(case=tale.case, supplier__name=name) for name, _size in (FIRST, SECOND))
    at, reviewer = tale.at("contract") + 20 * DAY, tale.people.reviewer
    missed = {"ground": "milestone_missed", "reason": "样品未达到最低研发目标"}
    # Nobody is eliminated before a milestone was really missed.
    assert "no_milestone_missed" in tale.refused("contract.terminate", second, reviewer, at, **missed)
    accept(tale, first, at, passed=True)
    accept(tale, second, at, passed=False)
    unit = agreements.Buyer(tale.people.officer, tale.people.reviewer, at)
    plan = unit.plan(DIRECT, amount="400000.00", ground=FIRST_PURCHASE)
    buy = {"product": first.pk, "quantity": "4", "price": "100000.00", "delivery": "交付后一个月"}
    # Not while research goes on.
    assert "research_goes_on" in unit.refused("innovative_product.buy", plan, **buy)
    tale.do("contract.terminate", second, reviewer, at, **missed)
    ended = Contract.objects.get(pk=second.pk)
    assert ended.terminated_at is not None and ended.committed_fund.balance == 0
    case = unit.do("innovative_product.buy", plan, at=at + DAY, **buy)
    award = Award.objects.get(lot__case=case)
    assert (award.supplier.name, award.amount) == (FIRST[0], Decimal("400000.00"))
    assert case.predecessor_id == tale.case.pk
    notice = Notice.objects.get(root=case.ref, kind="innovative_product")
    check(notice)
    assert notice.facts["items"] == [{"item": plan.title, "quantity": "4", "unit_price": "100000.00"}]
    contract = unit.do("contract.draft", award, at=at + DAY)
    (line,) = ContractItem.objects.filter(contract=contract)
    assert (line.quantity, line.unit_price) == (Decimal(4), Decimal("100000.00"))
    # 首购预付款不得低于 30%.
    advance = Milestone.objects.get(contract=contract, due_on="signature")
    assert advance.amount == Decimal("120000.00")
    # Bought first once.
    again = unit.plan(DIRECT, amount="100000.00", ground=FIRST_PURCHASE)
    assert "bought_first_already" in unit.refused("innovative_product.buy", again, **buy | {"quantity": "1"})
    spread(tale, unit, contract, at + 2 * DAY)


def spread(tale: Story, unit: agreements.Buyer, contract: Contract, at: datetime.datetime) -> None:
    """推广: another buyer takes the announced product, at no more than its first price."""
    move_to(at)
    unit.do("contract.sign", contract, unit.reviewer, at=at)
    unit.do("contract.sign", contract, tale.supplier(FIRST), at=at)
    unit.do("contract.publish", contract, at=at)
    other = agreements.buyer(at)
    plan = other.plan(DIRECT, amount="200000.00", ground=ANNOUNCED)
    buy = {"product": contract.pk, "quantity": "2", "delivery": "交付后一个月"}
    assert "above_the_first_price" in other.refused("innovative_product.buy", plan, price="100000.01", **buy)
    case = other.do("innovative_product.buy", plan, price="95000.00", **buy)
    assert Award.objects.get(lot__case=case).amount == Decimal("190000.00")
    # Neither the buyer of the first purchase nor a product that nobody bought first.
    own = unit.plan(DIRECT, amount="200000.00", ground=ANNOUNCED)
    assert "product" in {r.field for r in unit.refused("innovative_product.buy", own, price="1.00", **buy).values()}


# --- the first purchase --------------------------------------------------------------------------------------------


def purchase(tale: Story, *, budget: str = "500000.00") -> Story:
    """The plan, the intention and the money of the first purchase, as far as its plan is filed."""
    bids = [story.bid(FIRST, "460000.00"), story.bid(SECOND, "420000.00")]
    file = story.purchase(story.lot("1", bids, budget=budget), method=REVIEWED, grounds="first_purchase")
    dates = Dates(invitation=datetime.date(2026, 8, 3))
    completed = defaults.complete(published=replace(file, id="示例首购", title="示例首购项目", dates=dates)).case
    told = Story(PythonDriver(), completed, people.gather(completed), payment_terms=ADVANCE)
    told.run(until="plan")
    return told


def test_of_several_products_the_group_chooses_and_it_goes_through_to_payment(qualified: Story) -> None:
    tale = contracted(qualified)
    for stretch in ("acceptance", "payment"):
        getattr(tale, stretch)()
    done = tale.refreshed()
    assert done.end_kind == CaseEnd.CLOSED
    assert Contract.objects.filter(case=done, closed_at__isnull=False).count() == 2
    told = purchase(tale)
    plan, officer, at = told.plan_item, told.people.officer, told.at("invitation") - datetime.timedelta(hours=1)
    # It begins with the research, not by itself.
    assert "begins_with_its_contracts" in told.refused("case.open", plan, officer, at)
    told.preparation()
    assert told.case.predecessor_id == done.pk
    lot = Lot.objects.get(case=told.case)
    assert lot.limit == Decimal("500000.00")
    invited = Invitee.objects.filter(case=told.case).select_related("supplier")
    assert {one.supplier.name for one in invited} == {FIRST[0], SECOND[0]}
    # Nobody else is named in their place.
    named = {"supplier": told.supplier(FIRST).organisation, "reason": "指定"}
    at += datetime.timedelta(minutes=55)
    assert "contractors_only" in told.refused("suppliers.name", told.case, officer, at, **named)
    for stretch in ("invitation", "submission", "opening", "qualification", "evaluation", "award"):
        getattr(told, stretch)()
    award = Award.objects.get(lot=lot)
    notice = Notice.objects.get(root=told.case.ref, kind="award")
    check(notice)
    assert notice.title.endswith("首购产品公告") and notice.facts["winner"] == award.supplier.name
    for stretch in ("contract", "acceptance", "payment"):
        getattr(told, stretch)()
    assert told.refreshed().end_kind == CaseEnd.CLOSED
    assert told.money[3] == f"{award.amount:.0f}"
    # 升级迭代 (at most a tenth) is what a supplement may add.
    assert "contract.supplement" not in {key for key in told.procedure.rule_keys()}
    assert told.procedure.own("contract.supplement") == "cooperative_innovation.upgrade"


def test_one_product_needs_no_review_and_an_advance_is_paid(qualified: Story) -> None:
    tale = contracted(qualified)
    contract = Contract.objects.get(case=tale.case, supplier__name=FIRST[0])
    other = Contract.objects.get(case=tale.case, supplier__name=SECOND[0])
    at = tale.at("contract") + 20 * DAY
    accept(tale, contract, at, passed=True)
    ended = {"ground": "on_the_market", "reason": "市场已出现同类产品"}
    tale.do("contract.terminate", other, tale.people.reviewer, at, **ended)
    unit = agreements.Buyer(tale.people.officer, tale.people.reviewer, at)
    plan = unit.plan(REVIEWED, amount="600000.00", ground=FIRST_PURCHASE)
    refused = unit.refused("first_purchase.begin", plan, research=tale.case.pk)
    assert set(refused) == {"only_one_product", "above_the_first_purchase"}


# --- what the file may not say -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drafting(world: None) -> Story:
    """The plan is filed and permitted."""
    return story.begin(replace(research(), id="示例编制"), until="plan", terms=ADVANCE)


def test_what_the_file_may_not_say(drafting: Story) -> None:
    tale, people_, at = copy(drafting), drafting.people, drafting.at("invitation")
    case = tale.do("case.open", tale.plan_item, people_.officer, at)
    tale.case = case
    tale.do(
        "agent.appoint", case, people_.officer, at, agent=people_.agent.organisation, mandate="组织采购", fee="按协议"
    )
    runner = people_.runner
    row = {"title": "研发", "budget": "300000.00", "evaluation_method": "rated"}

    def lots(*rows: dict[str, str]) -> Any:
        return [{**row, **one} for one in rows]

    four = lots({"number": "1"}, *({"number": n, "follows": "1"} for n in ("2", "3", "4")))
    refused = tale.refused("lots.define", case, runner, at, rows=four)
    assert refused["too_many_winners"].citation is not None
    assert "follows_no_lot" in tale.refused(
        "lots.define", case, runner, at, rows=lots({"number": "1"}, {"number": "2", "follows": "9"})
    )
    tale.do("lots.define", case, runner, at, rows=lots({"number": "1"}, {"number": "2", "follows": "1"}))
    head, follower = Lot.objects.filter(case=case).order_by("number")
    criteria = [
        {"code": "price", "kind": "price", "title": "报价", "weight": "51"},
        {"code": "plan", "kind": "technical", "title": "研发方案", "weight": "49"},
    ]
    assert "merit_weight" in tale.refused("criteria.define", head, runner, at, rows=criteria)
    assert "lot_follows_another" in tale.refused("criteria.define", follower, runner, at, rows=criteria)
    terms = {**tale.document(), "follow_up_amount": "900000.01"}
    # Two years, three for major projects with their reason.
    assert "term_too_long" in tale.refused("solicitation.draft", case, runner, at, **{**terms, "contract_months": 25})
    major = {"contract_months": 37, "long_term_reason": "重大项目"}
    assert "term_too_long" in tale.refused("solicitation.draft", case, runner, at, **{**terms, **major})
    tale.do("solicitation.draft", case, runner, at, **{**terms, **major, "contract_months": 36})
    # An incentive rewards what was accepted, and is not all that is paid.
    early = [*ADVANCE[1:], {**ADVANCE[0], "is_incentive": True}]
    told = tale.refused("payment_terms.define", case, runner, at, rows=early)["incentive_before_acceptance"]
    assert told.citation is not None and told.citation.confidence == "memory"
    only = [{"title": "激励", "percent": "100", "due_on": "acceptance", "is_incentive": True}]
    assert "nothing_is_compensated" in tale.refused("payment_terms.define", case, runner, at, rows=only)
    refused = tale.refused("solicitation.confirm", case, people_.reviewer, at)
    assert {"no_criteria", "no_payment_terms", "above_the_most_cost"} <= set(refused)
    assert "too_few_go_on" not in refused
    # Of one plan no two suppliers are chosen.
    tale.do("solicitation.draft", case, runner, at, **{**terms, **major, "contract_months": 36, "merit_first": 1})
    refused = tale.refused("solicitation.confirm", case, people_.reviewer, at)
    assert refused["too_few_go_on"].citation is not None
    tale.do("solicitation.draft", case, runner, at, **{**terms, "follow_up_amount": None, "compensation_rate": None})
    refused = tale.refused("solicitation.confirm", case, people_.reviewer, at)
    assert "contract_not_described" in refused and "above_the_most_cost" not in refused


def test_other_methods_have_one_winner_and_no_small_advance(world: None) -> None:
    """What is said of research is not said of a tender."""
    bids = [story.bid(one, price) for one, price in ((FIRST, "90.00"), (SECOND, "91.00"), (THIRD, "92.00"))]
    told = story.begin(
        replace(story.purchase(story.lot("1", bids, budget="100.00")), id="示例招标"), until="preparation"
    )
    rows = [
        {"number": "1", "title": "一", "budget": "50.00", "evaluation_method": "rated"},
        {"number": "2", "title": "二", "budget": "50.00", "evaluation_method": "rated", "follows": "1"},
    ]
    at = told.at("invitation") - datetime.timedelta(minutes=5)
    assert "one_winner_only" in told.refused("lots.define", told.case, told.people.runner, at, rows=rows)
    paid = told.refused("payment_terms.define", told.case, told.people.runner, at, rows=list(WITH_INCENTIVE))
    assert {one.field for one in paid.values()} == {"rows"} and all("is_incentive" in one.zh for one in paid.values())
    assert LotOutcome.PENDING == "" and Case.objects.filter(pk=told.case.pk).exists()
