"""A framework agreement for tests that call off under it: its first stage walked by real Actions, its buyers made."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests import factories
from tests.hurry import tasks_at_the_end
from tests.scenarios import story
from tests.scenarios.story import FIFTH, FIRST, FOURTH, SECOND, THIRD, Story
from tests.through import door, over_the_screens
from tests.told import told
from yangcai.cases.models import Case
from yangcai.frameworks.models import Entrant, Framework
from yangcai.funds.models import Appropriation
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning import checks
from yangcai.planning.models import PlanItem
from yangcai.replay import defaults, people
from yangcai.replay.driver import begin_again
from yangcai.replay.published import CaseFile, Criterion, Dates, Evaluation

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
#: Five unit prices; at least a fifth is eliminated, so that four may enter.
PRICES = ((FIRST, "4800.00"), (SECOND, "4500.00"), (THIRD, "4600.00"), (FOURTH, "4700.00"), (FIFTH, "4900.00"))
TERMS: dict[str, Any] = {
    "unit": "台", "estimated_quantity": "300", "users": "兰州新区各预算单位", "months": 6, "by_direct": True,
    "by_mini_competition": True, "by_rotation": True, "replacement_rule": "质量不降低、价格不提高，经征集人审核",
    "feedback_rule": "采购后在平台评价并公开", "allows_outside": True,
}  # fmt: skip


@dataclass
class FirstStage(Story):
    """A story told as far as the agreements."""

    @property
    def agreement(self) -> Framework:
        return Framework.objects.select_related("lot__case").get(lot=self.lot)

    def entrant(self, bidder: tuple[str, str]) -> Entrant:
        """Of this agreement: other stories may have their own with the same supplier."""
        found = Entrant.objects.select_related("framework__lot__case", "supplier")
        return found.get(framework=self.agreement, supplier__name=bidder[0])

    def enter(self) -> None:
        """Evaluated, determined, signed by both sides, filed and told."""
        self.run_on("qualification", "evaluation")
        self.do("entrants.determine", self.lot, self.convener, self.moment(60))
        for entrant in Entrant.objects.select_related("supplier").filter(framework=self.agreement):
            self.do("agreement.sign", entrant, self.convener, self.moment(61))
            self.do("agreement.sign", entrant, self.supplier(entrant.supplier.name), self.moment(61))
        self.do("framework.file", self.agreement, self.people.runner, self.moment(63))
        self.do("framework.tell", self.agreement, self.people.runner, self.moment(64))

    def run_on(self, *stretches: str) -> None:
        for stretch in stretches:
            getattr(self, stretch)()


def file(prices: Sequence[tuple[tuple[str, str], str]] = PRICES, *, name: str = "示例") -> CaseFile:
    bids = [replace(story.bid(bidder, price), prefer="") for bidder, price in prices]
    lot = replace(story.lot("1", bids, budget="1500000.00", method="lowest"), ceiling=Decimal("5000.00"))
    return replace(story.purchase(lot, method="framework", grounds="framework.catalogue"), id=name)


def open_file() -> CaseFile:
    """A service at a fixed price for users outside the unit, without an agent."""
    lot = story.lot("1", [], budget="500000.00", method="lowest")
    made = story.purchase(lot, category="services", method="framework_open", grounds="framework.third_party")
    moment = factories.at("2026-03-02T11:00")
    dates = Dates(intention=moment - 40 * DAY, invitation=moment)
    return replace(made, id="开放示例", title="入户服务", agent=None, dates=dates)


def quality_file(name: str = "质量示例") -> CaseFile:
    """Laboratory equipment by quality first: five offers, of which the dearest has the most points."""
    scores = ((FIRST, "4800.00", 90), (SECOND, "4500.00", 70), (THIRD, "4600.00", 80), (FOURTH, "4700.00", 60),
              (FIFTH, "4900.00", 95))  # fmt: skip
    bids = [
        replace(story.bid(bidder, price), prefer="", scores={"technical": Decimal(points)})
        for bidder, price, points in scores
    ]
    lot = story.lot("1", bids, budget="1500000.00")
    made = replace(
        lot,
        ceiling=Decimal("5000.00"),
        evaluation=Evaluation(
            method="rated",
            criteria=(Criterion("technical", Decimal(100)),),
            price_preference={"small_micro": Decimal("0.10")},
        ),
    )
    return replace(story.purchase(made, method="framework", grounds="framework.catalogue"), id=name)


def begin(file: CaseFile, *, until: str, terms: dict[str, Any] | None = None, **more: Any) -> FirstStage:
    """A first stage told as far as one stretch; several files begin with the same."""
    how = begin, repr((file, until, terms, sorted(more.items())))
    return told(how, lambda: _begin(file, until, terms, more))


def _begin(file: CaseFile, until: str, terms: dict[str, Any] | None, more: dict[str, Any]) -> FirstStage:
    begin_again()
    bids = any(lot.bids for lot in file.lots)
    completed = defaults.complete(published=file).case if bids else file  # an open call has no bids to make up
    tale = FirstStage(door(), completed, people.gather(completed), framework_terms=terms or TERMS, **more)
    with tasks_at_the_end():
        tale.run(until=until)
    return tale


#: Printers, whose toner is priced with them.
PRINTERS: dict[str, Any] = {**TERMS, "uses_consumables": True}
TONER: dict[str, Any] = {"years": 3, "rows": [{"item": "硒鼓", "unit": "支", "quantity": "10"}]}
#: 乙's printer is the cheapest and its toner the dearest: what it uses up in three years puts it last.
TONER_PRICES = {FIRST: "60.00", SECOND: "300.00", THIRD: "60.00", FOURTH: "55.00", FIFTH: "40.00"}


def priced(price: str, item: str = "硒鼓") -> dict[str, Any]:
    """What a bid says of its consumables."""
    return {"consumables": [{"item": item, "unit_price": price}]}


def printers(name: str, *, until: str) -> FirstStage:
    bids = {bidder[0]: priced(price) for bidder, price in TONER_PRICES.items()}
    return begin(file(name=name), until=until, terms=PRINTERS, consumables=TONER, in_bids=bids)


@dataclass
class Buyer:
    """A unit that calls off: its two people, and plans that are approved, filed and funded."""

    officer: Post
    reviewer: Post
    at: datetime.datetime

    def plan(self, procedure: str, amount: str = "100000.00", **values: Any) -> PlanItem:
        money = factories.fund_appropriation(self.officer.organisation, amount=amount, now=self.at)
        values = {"ground": "call_off.entrants", **values}
        if over_the_screens():
            return self._planned(money, procedure=procedure, amount=amount, **values)
        return factories.make_plan_item(money, amount=amount, procedure=procedure, now=self.at, **values)

    def _planned(self, money: Appropriation, *, amount: str, approved: bool = True, **values: Any) -> PlanItem:
        """The same, written, reviewed and filed by the two; the intention has been known for long."""
        told = {
            "title": "测试采购项目",
            "category": "goods",
            "method_reason": "按规定由入围或者研发供应商供货",
            "amount": amount,
            "start_on": self.at.date(),
            "intention": factories.make_intention(money, amount=amount, now=self.at),
            "set_aside": "none",
            "set_aside_reason": "供应商已经确定",
            "description": "技术要求",
            "quantity": "1 批",
            "delivery": "合同签订后 30 日内",
            "acceptance_plan": "按合同验收",
            **values,
        }
        item = self.do("plan.draft", money, **told)
        if approved:
            self.do("plan.submit", item)
            answers = [{"check": code, "answer": "pass"} for code in checks.codes()]
            self.do("plan.review", item, self.reviewer, answers=answers, decision="approve")
            self.do("plan.file", item)
        return PlanItem.objects.get(pk=item.pk)

    def do(
        self, code: str, subject: Any, by: Post | None = None, at: datetime.datetime | None = None, **data: Any
    ) -> Any:
        return door().do(code, subject, by=by or self.officer, at=at or self.at, **data)

    def refused(self, code: str, subject: Any, by: Post | None = None, **data: Any) -> dict[str, Refusal]:
        try:
            self.do(code, subject, by, **data)
        except Refused as refused:
            return {refusal.code: refusal for refusal in refused.refusals}
        raise AssertionError(f"{code} was not refused")


def buyer(at: datetime.datetime) -> Buyer:
    unit = factories.make_organisation()
    return Buyer(factories.make_post(Role.BUYER_OFFICER, unit), factories.make_post(Role.BUYER_REVIEWER, unit), at)


def of(case: Case) -> Case:
    """As it stands now."""
    return Case.objects.get(pk=case.pk)
