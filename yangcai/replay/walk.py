"""How is a whole procurement walked, from budget to payment, through the platform's own Actions?

Every method is one stretch and takes its moments from the case's dates. The demo district, the scenario tests and the
replay of published cases are all walked here; `until` stops after a stretch.
"""

import csv
import datetime
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from yangcai import law, procedures
from yangcai.cases.models import Award, Case, Lot, LotOutcome, Stage
from yangcai.cases.queries import candidates
from yangcai.contracts.models import Contract, Milestone, PaymentRequest
from yangcai.frameworks.models import Entrant, Framework, Way
from yangcai.frameworks.rules import call_off as call_offs
from yangcai.frameworks.standing import staying
from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import ACTIONS
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning import checks
from yangcai.planning.models import PlanItem
from yangcai.planning.rules.method import needs_approval
from yangcai.procedures import grounds
from yangcai.replay import published
from yangcai.replay.driver import Driver
from yangcai.replay.people import People, post, reserve
from yangcai.replay.published import PRICE
from yangcai.tendering import arithmetic, method, standing
from yangcai.tendering.models import (
    Clause,
    ClauseKind,
    CommitteeMember,
    Criterion,
    EvaluationReport,
    Invitee,
    OpenedBid,
)
from yangcai.tendering.rules.award import open_candidates

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
#: What the call for a framework agreement says where nothing else is told.
FRAMEWORK_TERMS = {
    "unit": "项",
    "estimated_quantity": "100",
    "users": "本区各预算单位",
    "months": 6,
    "by_direct": True,
    "by_mini_competition": True,
    "by_rotation": True,
}
ONE_PAYMENT = ({"title": "验收合格后付款", "percent": "100", "due_on": "acceptance"},)
#: A made-up document stands for papers whose text is not published.
PAPER = "演示文件".encode()


@dataclass(frozen=True)
class Step:
    """One Action taken: when, what, by whom, on what ground."""

    at: datetime.datetime
    action: str
    by: str
    citation: str


@dataclass
class Walk:
    """A case on its way. `told` is called after every step; `payment_terms` may hold an advance."""

    driver: Driver
    file: published.CaseFile
    people: People
    told: Callable[[Step], None] = lambda step: None
    payment_terms: tuple[dict[str, Any], ...] = ONE_PAYMENT
    for_public: bool = False
    framework_terms: dict[str, Any] = field(default_factory=lambda: dict(FRAMEWORK_TERMS))
    quantity: str = "1"
    steps: list[Step] = field(default_factory=list)
    later: list[published.Event] = field(default_factory=list, init=False)
    reached: datetime.datetime | None = field(default=None, init=False)
    case: Case = field(init=False)
    plan_item: PlanItem = field(init=False)

    def run(self, *, until: str = "") -> None:
        """Every stretch in order; a case whose lots all failed, or that was terminated, ends early."""
        stages = [str(stage) for stage in self.procedure.stages]
        stretches = ["budget", "intention", "plan", *stages, "contract", "acceptance", "payment"]
        if until and until not in stretches:
            raise ValueError(f"there is no stretch {until!r}: {', '.join(stretches)}")
        for name in stretches:
            if name == "contract" and self.dates.contract is None:
                return  # published as failed or terminated, and yet awarded: the comparison shows it
            if self.happened_before(name):
                return
            getattr(self, name)()
            if name == until or (name not in ("budget", "intention", "plan") and self.refreshed().ended_at):
                return

    @property
    def procedure(self) -> procedures.Procedure:
        return procedures.get(self.file.method)

    # --- helpers ---------------------------------------------------------------------------------------------------

    def do(self, code: str, subject: Any, by: Post, at: datetime.datetime, **data: Any) -> Any:
        """One Action, and its line in the report."""
        at = self.no_earlier(at)
        value = self.driver.do(code, subject, by=by, at=at, **data)
        action = ACTIONS[code]
        on = self.file_law_on()
        keys = procedures.binding(action.cites, procedure=self.file.method)
        cited = next((law.cite(key, on=on) for key in keys if law.applies(key, on=on)), None)
        step = Step(at, code, str(by.organisation), cited.text if cited else "")
        self.steps.append(step)
        self.told(step)
        return value

    def paper(self, name: str, content: bytes, by: Post, at: datetime.datetime) -> Any:
        return self.driver.file(name, content, by=by, at=self.no_earlier(at))

    def no_earlier(self, at: datetime.datetime) -> datetime.datetime:
        """No step comes before the one it follows: where published moments stand the wrong way round, the later step
        waits, and the comparison shows that its moment was missed."""
        self.reached = max(at, self.reached or at)
        return self.reached

    def file_law_on(self) -> datetime.date:
        assert self.dates.invitation is not None
        return timezone.localdate(_moment(self.dates.invitation))

    @property
    def dates(self) -> published.Dates:
        return self.file.dates

    def at(self, name: str) -> datetime.datetime:
        return _moment(getattr(self.dates, name))

    def refreshed(self) -> Case:
        self.case = Case.objects.select_related("buyer", "agent", "plan_item").get(pk=self.case.pk)
        return self.case

    def lots(self, stage: str, at: datetime.datetime) -> Iterator[tuple[Lot, published.Lot]]:
        """The lots that stand at a stage, each with what was published about it."""
        by_number = {lot.lot: lot for lot in self.file.lots}
        at = self.no_earlier(at)
        for lot in Lot.objects.filter(case=self.case).select_related("case").order_by("pk"):
            if lot.stage_at(at) == stage:
                yield lot, by_number[lot.number]

    # --- before the tender -----------------------------------------------------------------------------------------

    def budget(self) -> None:
        """The budget line comes in as the file that a bureau would import."""
        at = self.at("intention") - HOUR
        table = io.StringIO()
        rows = csv.writer(table)
        rows.writerow(["采购人", "预算年度", "预算项目编码", "预算项目名称", "预算金额", "批复日期"])
        year = timezone.localdate(at).year
        rows.writerow(
            [self.file.buyer.name, year, self.file.id, self.file.title, self.file.budget, f"{timezone.localdate(at)}"]
        )
        paper = self.paper("budget.csv", table.getvalue().encode("utf-8-sig"), self.people.treasury, at)
        self.do("budget.import", self.people.treasury.organisation, self.people.treasury, at, file=paper)

    @property
    def appropriation(self) -> Appropriation:
        return Appropriation.objects.get(buyer=self.people.officer.organisation, code=self.file.id)

    def intention(self) -> None:
        assert self.file.budget is not None
        self.do(
            "intention.publish",
            self.appropriation,
            self.people.officer,
            self.at("intention"),
            title=self.file.title,
            overview=self.file.title,
            amount=self.file.budget,
            expected_on=timezone.localdate(self.at("invitation")),
            for_sme=self.file.set_aside != "none",
        )

    def plan(self) -> None:
        at, officer = self.at("intention"), self.people.officer
        on = self.file_law_on()
        respondents = law.find("requirement.survey.respondents", on=on)
        self.plan_item = self.do(
            "plan.draft",
            self.appropriation,
            officer,
            at + 10 * MINUTE,
            title=self.file.title,
            category=self.file.category,
            classification=self.file.classification,
            procedure=self.file.method,
            amount=self.file.budget,
            start_on=timezone.localdate(self.at("invitation")),
            intention=self.appropriation.intentions.latest("pk"),
            set_aside=self.file.set_aside,
            set_aside_reason="" if self.file.set_aside != "none" else "公开资料未载明",
            description=self.file.title,
            quantity="按采购文件",
            delivery="按采购文件",
            acceptance_plan="按采购文件和合同验收",
            survey_respondents=respondents.value if respondents else None,
            survey_summary="已开展需求调查",
            **self.ground(),
        )
        at = self.approved_method(at + 15 * MINUTE) - 15 * MINUTE
        self.do("plan.submit", self.plan_item, officer, at + 20 * MINUTE)
        answers = [{"check": code, "answer": "pass"} for code in checks.codes()]
        self.do(
            "plan.review", self.plan_item, self.people.reviewer, at + 30 * MINUTE, answers=answers, decision="approve"
        )
        self.do("plan.file", self.plan_item, officer, at + 40 * MINUTE)

    def ground(self) -> dict[str, Any]:
        """The ground of a method that needs one: as the file names it, else the first that carries such a purchase."""
        possible = [g.code for g in grounds.of_method(self.file.method) if self.file.category in g.categories]
        if not possible:
            return {}
        named = next((code for code in possible if self.file.grounds in {code, code.rpartition(".")[2]}), possible[0])
        spared = {"intention_exemption": "紧急采购"} if grounds.get(named).waives_intention else {}
        return {"ground": named, "method_reason": self.file.grounds or "公开资料未载明", **spared}

    def approved_method(self, at: datetime.datetime) -> datetime.datetime:
        """Publicity, application and approval where the plan's method needs them; the moment at which it goes on."""
        item, people = PlanItem.objects.get(pk=self.plan_item.pk), self.people
        if not needs_approval(item, now=at):
            return at
        if grounds.get(item.ground).publicity:
            opinion = {
                "name": "论证专家",
                "unit": "公开资料未载明",
                "professional_title": "公开资料未载明",
                "opinion": "同意",
            }
            supplier = next(iter(people.suppliers.values())).organisation
            publicity = self.do(
                "publicity.publish",
                item,
                people.officer,
                at,
                description=item.title,
                reason=item.method_reason,
                supplier_name=supplier.name,
                supplier_address=supplier.address,
                opinions=[opinion],
            )
            at = publicity.closes_at + 9 * HOUR
        papers = {name: "公开资料未载明" for name in ("tender_notice", "objections_statement", "opinion")}
        failed = {**papers, "opinion_experts": 3} if grounds.get(item.ground).papers else {}
        approval = self.do(
            "method_approval.apply",
            item,
            people.officer,
            at,
            procedure=item.procedure,
            ground=item.ground,
            reason=item.method_reason,
            overview=item.title,
            funding=str(item.appropriation),
            paper=self.driver.file("application.pdf", PAPER, by=people.officer, at=at),
            **failed,
        )
        self.do("method_approval.decide", approval, people.treasury, at + MINUTE, decision="approve", number="演示批复")
        return at + 5 * MINUTE

    def preparation(self) -> None:
        """Everything that must stand before the invitation, on the same morning."""
        before, people = self.at("invitation"), self.people
        self.case = self.do("case.open", self.plan_item, people.officer, before - 50 * MINUTE)
        if people.agent:
            terms = {"agent": people.agent.organisation, "mandate": "组织本项目采购活动", "fee": "按委托代理协议"}
            self.do("agent.appoint", self.case, people.officer, before - 45 * MINUTE, **terms)
        rows = [
            {
                "number": lot.lot,
                "title": lot.title or self.file.title,
                "budget": lot.budget,
                **({"ceiling": lot.ceiling} if lot.ceiling is not None else {}),
                "evaluation_method": self.award_by(lot),
            }
            for lot in self.file.lots
        ]
        self.do("lots.define", self.case, people.runner, before - 40 * MINUTE, rows=rows)
        self.do("solicitation.draft", self.case, people.runner, before - 35 * MINUTE, **self.document())
        clause = {"kind": "responsiveness", "text": "★实质性响应招标文件的全部要求"}
        self.do("clauses.define", self.case, people.runner, before - 30 * MINUTE, rows=[clause])
        by_number = {lot.number: lot for lot in Lot.objects.filter(case=self.case)}
        for lot in self.file.lots:
            if self.award_by(lot) != "rated":
                continue
            criteria = [
                {
                    "code": c.code,
                    "kind": c.code if c.code in ("price", "technical", "business") else "technical",
                    "title": TITLES.get(c.code, c.code),
                    "weight": c.weight,
                }
                for c in _evaluation(lot).criteria
            ]
            self.do("criteria.define", by_number[lot.lot], people.runner, before - 25 * MINUTE, rows=criteria)
        self.do("payment_terms.define", self.case, people.runner, before - 20 * MINUTE, rows=list(self.payment_terms))
        self.suppliers(before - 15 * MINUTE)
        if method.file_confirmed_by_committee(self.case):
            chair = self.seat([(by_number[lot.lot], lot) for lot in self.file.lots], at=before - 13 * MINUTE)
            self.do("solicitation.confirm_by_committee", self.case, chair.post, before - 11 * MINUTE)
        self.do("solicitation.confirm", self.case, people.reviewer, before - 10 * MINUTE)

    def award_by(self, lot: published.Lot) -> str:
        """As published, where the method knows it; else the method's own."""
        ways = [str(way) for way in self.procedure.award_by]
        return _evaluation(lot).method if _evaluation(lot).method in ways else ways[0]

    def suppliers(self, at: datetime.datetime) -> None:
        """Without a notice somebody has to be invited: the only one, or those who are drawn. The call for a framework
        agreement says its terms."""
        if not self.procedure.spends:
            for lot in Lot.objects.filter(case=self.case).order_by("pk"):
                self.do("framework.define", lot, self.people.runner, at, **self.framework_terms)
        invite, runner = self.procedure.invites[0], self.people.runner
        if invite == procedures.Invite.NAMED:
            only = next(iter(self.people.suppliers.values()))
            why = {"supplier": only.organisation, "reason": "公开资料未载明"}
            self.do("suppliers.name", self.case, self.people.officer, at, **why)
        elif invite == procedures.Invite.LIBRARY:
            names = list(self.people.suppliers)
            spare = [reserve(number, area=self.file.jurisdiction) for number in range(1, len(names) + 1)]
            pool = [post.organisation for post in (*self.people.suppliers.values(), *spare)]
            watchers = [self.people.officer, self.people.reviewer]
            self.do("suppliers.draw", self.case, runner, at, pool=pool, wanted=len(names), watchers=watchers)
            self.whoever_was_drawn(names)

    def whoever_was_drawn(self, names: list[str]) -> None:
        """The lot decides who may offer: those drawn make the offers of this story, in its order."""
        drawn = Invitee.objects.filter(case=self.case, is_chosen=True).select_related("supplier")
        posts = {one.supplier.name: post(one.supplier, Role.SUPPLIER) for one in drawn.order_by("drawn_rank")}
        renamed = dict(zip(names, posts, strict=True))
        lots = tuple(
            replace(
                lot,
                bids=tuple(
                    replace(bid, supplier=replace(bid.supplier, name=renamed[bid.supplier.name]), prefer="")
                    for bid in lot.bids
                ),
            )
            for lot in self.file.lots
        )
        self.file, self.people = replace(self.file, lots=lots), replace(self.people, suppliers=posts)

    def document(self) -> dict[str, Any]:
        evaluation = _evaluation(self.file.lots[0])
        rates = evaluation.price_preference
        data: dict[str, Any] = {
            "requirement": self.file.title,
            "delivery": "按合同约定",
            "contract_terms": "按招标文件所附合同文本",
            "payment_days": 30,
            "acceptance_days": 10,
            "bid_validity_days": 90,
            "industry": "其他未列明行业",
            "price_formula": evaluation.price_formula,
            "rounding": evaluation.rounding,
        }
        for limit in ("max_lots_bid", "max_lots_won"):
            if getattr(self.file, limit) is not None:
                data[limit] = getattr(self.file, limit)
        if "small_micro" in rates:
            data["small_micro_rate"] = rates["small_micro"]
        if "consortium" in rates:
            data |= {"consortium_rate": rates["consortium"], "accepts_consortium": True}
        if Stage.DIALOGUE in self.procedure.stages:
            data |= {"may_change_technical": True, "may_change_service": True, "may_change_contract": True}
        return data

    # --- the tender ------------------------------------------------------------------------------------------------

    def invitation(self) -> None:
        assert self.dates.documents is not None
        begins, ends = (_moment(moment) for moment in self.dates.documents)
        times = {"supply_closes_at": ends, "submission_closes_at": self.at("submission_closes")}
        if begins > self.at("invitation"):
            times["documents_from"] = begins
        self.do("invitation.publish", self.case, self.people.runner, self.at("invitation"), **times)

    def submission(self) -> None:
        """Suppliers fetch the documents; corrections and bids come in the order of their times."""
        assert self.dates.documents is not None
        begins, ends = (_moment(moment) for moment in self.dates.documents)
        names = list(dict.fromkeys(bid.supplier.name for lot in self.file.lots for bid in lot.bids))
        pace = min(10 * MINUTE, (ends - begins) / (len(names) + 1))
        happenings: list[tuple[datetime.datetime, int, Callable[[datetime.datetime], None]]] = []
        for number, name in enumerate(names):
            happenings.append((begins + pace * (number + 1), 0, self._obtain(name)))
        for event in self.file.events:
            if _moment(event.on) < self.at("opening"):
                happenings.append((_moment(event.on), 1, self._event(event)))
            else:
                self.later.append(event)
        lots = {lot.number: lot for lot in Lot.objects.filter(case=self.case)}
        for lot in self.file.lots:
            for bid in lot.bids:
                happenings.append((_moment(bid.received), 2, self._bid(lots[lot.lot], bid)))
        for at, _order, happen in sorted(happenings, key=lambda h: h[:2]):
            if self.refreshed().ended_at:
                return
            happen(at)

    def _obtain(self, name: str) -> Callable[[datetime.datetime], None]:
        return lambda at: self.do("documents.obtain", self.case, self.people.suppliers[name], at)

    def _bid(self, lot: Lot, bid: published.Bid) -> Callable[[datetime.datetime], None]:
        def submit(at: datetime.datetime) -> None:
            data = {"price": bid.price, "delivery": "按采购文件", "commitment": True}
            if bid.prefer:
                data["preference"] = bid.prefer
            if bid.prefer == "consortium":
                share = law.value("price_preference.partner_share", on=self.file_law_on())
                unnamed = {"kind": "member", "name": "未公布的联合体成员", "size": "small", "share": share}
                data["partners"] = [unnamed]
            self.do("bid.submit", lot, self.people.suppliers[bid.supplier.name], at, **data)

        return submit

    def _event(self, event: published.Event) -> Callable[[datetime.datetime], None]:
        def happen(at: datetime.datetime) -> None:
            if event.kind in ("correction", "clarification", "extension"):
                data: dict[str, Any] = {"item": event.reason or "采购文件", "after": event.reason or "见更正公告"}
                if event.submission_closes:
                    data["new_submission_closes_at"] = _moment(event.submission_closes)
                self.do("correction.publish", self.case, self.people.runner, at, **data)
            elif event.kind == "termination":
                data = {"ground": "task_cancelled", "reason": event.reason or "公告未载明"}
                self.do("case.terminate", self.case, self.people.runner, at, **data)
            elif event.kind == "suspension":
                paper = self.paper("suspension.txt", PAPER, self.people.treasury, at)
                until = timezone.localdate(at) + datetime.timedelta(days=30)
                data = {"reason": event.reason or "公告未载明", "until_on": until, "document": paper}
                self.do("case.suspend", self.case, self.people.treasury, at, **data)
            elif event.kind == "resumption":
                self.do("case.resume", self.case, self.people.treasury, at, reason=event.reason or "公告未载明")
            elif event.kind == "enquiry":
                asker = self.people.suppliers.get(event.by) or next(iter(self.people.suppliers.values()))
                self.do("enquiry.ask", self.case, asker, at, question=event.reason or "公告未载明")

        return happen

    def happened_before(self, stretch: str) -> bool:
        """Let happen what was published for between the opening and this stretch; True when that ended the case."""
        begins = {"qualification": 8, "dialogue": 11, "final_offer": 15, "evaluation": 17}
        while self.later:
            at = self.moment(begins[stretch]) if stretch in begins else self.at(stretch)
            if _moment(self.later[0].on) > at:
                return False
            event = self.later.pop(0)
            self._event(event)(_moment(event.on))
            if self.refreshed().ended_at:
                return True
        return False

    def opening(self) -> None:
        at = self.at("opening")
        self.do("opening.begin", self.case, self.people.runner, at)
        self.do("opening.conclude", self.case, self.people.runner, at + self.pace * 4)
        self.fail_lots(Stage.OPENING, at + self.pace * 5)

    @property
    def pace(self) -> datetime.timedelta:
        """A unit of time of the evaluation, so that it fits between the opening and the published result."""
        span = self.at("award") - self.at("opening")
        return max(min(span, 8 * HOUR) / 60, datetime.timedelta(seconds=1))

    def moment(self, units: int) -> datetime.datetime:
        return self.at("opening") + self.pace * units

    def fail_lots(self, stage: str, at: datetime.datetime, *, beside_awards: bool = False) -> None:
        """Lots that got no further than this stage are declared unsuccessful on the published day of the result: when
        no other lot goes on, else beside the awards."""
        waiting = Lot.objects.filter(case=self.case, outcome=LotOutcome.PENDING).select_related("case").order_by("pk")
        lots, at = list(waiting), self.no_earlier(at)
        order = ["", *self.procedure.stages]  # "" is the stage of a lot which is done
        stuck = [lot for lot in lots if order.index(lot.stage_at(at)) <= order.index(stage)]
        if beside_awards or len(stuck) == len(lots):
            for lot in stuck:
                self.fail(lot, self.at("award"))

    def fail(self, lot: Lot, at: datetime.datetime) -> None:
        self.do("lot.declare_unsuccessful", lot, self.people.runner, at, ground="too_few")

    def awarded(self, told: published.Lot) -> bool:
        """Whether an award of this lot was published (or nothing at all, so that one may be made)."""
        outcome = self.file.outcome
        return not outcome.status or any(award.lot == told.lot for award in outcome.awards)

    def qualification(self) -> None:
        """By the buyer's side in a tender; by the committee, substance included, in any other method."""
        running, checker = list(self.lots(Stage.QUALIFICATION, self.moment(5))), self.people.runner
        if running and method.committee_does(self.case, Stage.QUALIFICATION):
            checker = (self.chair() if self.members() else self.seat(running, at=self.moment(5))).post
        for lot, told in running:
            rows = list(self.findings(standing.opened(lot), told, ClauseKind.QUALIFICATION, lot))
            self.do("qualification.record", lot, checker, self.moment(8), rows=rows)
        examines = self.step(Stage.QUALIFICATION).examines
        if examines:
            self.examine(running, by=checker, at=self.moment(9))
        fewest = method.fewest(self.case, Stage.QUALIFICATION, now=self.moment(8))
        for lot, told in running:
            passed = [bid for bid in told.bids if (bid.valid if examines else bid.qualified is True)]
            # A published award with too few bidders is tried, so that the rule that forbids it speaks.
            if len(passed) >= fewest or (self.file.outcome.status and self.awarded(told)):
                self.do("qualification.conclude", lot, checker, self.moment(10))
        self.fail_lots(Stage.QUALIFICATION, self.moment(11))

    def step(self, stage: str) -> procedures.Step:
        return method.step_of(self.case, stage)

    def seat(self, running: list[tuple[Lot, published.Lot]], *, at: datetime.datetime) -> CommitteeMember:
        """Draw the committee, with as many members as gave scores, and have everybody sign in; its chair."""
        size = max((len(v) for _lot, told in running for b in told.bids for v in b.panel.values()), default=0)
        at = self.no_earlier(at)
        begins = at + min(self.pace, MINUTE)
        data: dict[str, Any] = {"evaluates_at": begins} | ({"size": size} if size else {})
        self.do("committee.draw", self.case, self.people.runner, at, **data)
        for member in self.members():
            self.do("committee.sign_in", member, member.post, begins, commits=True)
        return self.chair()

    def chair(self) -> CommitteeMember:
        return next(member for member in self.members() if member.is_chair)

    def examine(self, running: list[tuple[Lot, published.Lot]], *, by: Post, at: datetime.datetime) -> None:
        """What the committee finds on every substantive requirement."""
        for lot, told in running:
            bids = standing.still_in(lot, through=standing.QUALIFICATION)
            rows = list(self.findings(bids, told, ClauseKind.RESPONSIVENESS, lot))
            if rows:
                self.do("responsiveness.record", lot, by, at, rows=rows)

    def dialogue(self) -> None:
        """One talk with everybody still in; then the last offers are asked for."""
        running = list(self.lots(Stage.DIALOGUE, self.moment(11)))
        record = {"minutes": "谈判情况公开资料未载明"}
        if "agreed" in {lot.evaluation_method for lot, _told in running}:
            record |= {"cost": "未公布", "similar_prices": "未公布", "rights": "未公布"}
        for lot, _told in running:
            for bid in standing.still_in(lot):
                self.do("dialogue.hold", bid, self.chair().post, self.moment(11), **record)
        for lot, _told in running:
            self.do("final_offer.invite", lot, self.chair().post, self.moment(14), closes_at=self.moment(16))

    def final_offer(self) -> None:
        """Everybody's last offer is the published price; all are opened when the time is over."""
        running = list(self.lots(Stage.FINAL_OFFER, self.moment(15)))
        for lot, told in running:
            for bid in told.bids:
                if bid.valid:
                    supplier = self.people.suppliers[bid.supplier.name]
                    price = {"price": bid.price, "delivery": "按采购文件"}
                    self.do("final_offer.submit", lot, supplier, self.moment(15), **price)
        for lot, _told in running:
            self.do("final_offer.open", lot, self.chair().post, self.moment(17))

    def findings(self, bids: list[OpenedBid], told: published.Lot, kind: str, lot: Lot) -> Iterator[dict[str, Any]]:
        """Every bid × clause; a published reason fails the bid's first clause."""
        known = {bid.supplier.name: bid for bid in told.bids}
        clauses = Clause.objects.filter(case=self.case, kind=kind, lot__in=[lot]) | Clause.objects.filter(
            case=self.case, kind=kind, lot=None
        )
        for opened in bids:
            bid = known[opened.supplier.name]
            verdict = bid.qualified if kind == ClauseKind.QUALIFICATION else bid.responsive
            for number, clause in enumerate(clauses.order_by("number")):
                fails = verdict is not True and number == 0
                yield {
                    "bid": opened.pk,
                    "clause": clause.pk,
                    "passed": not fails,
                    "reason": str(verdict) if fails else "",
                }

    def evaluation(self) -> None:
        """Committee, responsiveness, low prices, scores, arithmetic, signatures, report."""
        at = self.moment(17)
        running = list(self.lots(Stage.EVALUATION, at))
        if not running:
            return
        chair = self.chair() if self.members() else self.seat(running, at=at)
        if not self.step(Stage.QUALIFICATION).examines:
            self.examine(running, by=chair.post, at=self.moment(18))
        fewest = method.fewest(self.case, Stage.EVALUATION, now=at)
        judged = []
        for lot, told in running:
            enough = sum(1 for bid in told.bids if bid.valid) >= fewest
            if enough and self.file.outcome.status != "terminated" and not self.awarded(told):
                self.fail(lot, self.moment(18))  # published as unsuccessful in spite of enough bids: the rule speaks
            elif enough or (self.file.outcome.status and self.awarded(told)):  # likewise
                judged.append((lot, told))
        for lot, _told in judged:
            self.low_prices(lot, chair)
        self.scores(judged)
        for lot, _told in judged:
            self.do("evaluation.compute", lot, chair.post, self.moment(50))
        reports = [EvaluationReport.objects.filter(lot=lot).latest("revision") for lot, _told in judged]
        for member in self.members():
            for report in reports:
                self.do("report.sign", report, member.post, self.moment(52))
        for report in reports:
            self.do("report.send", report, self.people.runner, self.moment(54))
        self.fail_lots(Stage.EVALUATION, self.moment(55))

    def members(self) -> list[CommitteeMember]:
        return list(
            CommitteeMember.objects.filter(committee__case=self.case, replaced_at=None)
            .select_related("post__organisation", "post__person", "committee__case")
            .order_by("pk")
        )

    def low_prices(self, lot: Lot, chair: CommitteeMember) -> None:
        """A price that the tests catch is explained and accepted: publication says that the bid went on."""
        at = self.moment(20)
        for bid in arithmetic.outcome(lot, now=at).pending("explain_low_price"):
            self.do("low_price.start", bid, chair.post, at)
            supplier = self.people.suppliers[bid.supplier.name]
            told = {"explanation": "成本构成说明（公开资料未载明）"}
            self.do("low_price.explain", bid, supplier, self.moment(22), **told)
            ruling = {"is_accepted": True, "decision": "公布的结果表明其报价被认可"}
            self.do("low_price.decide", bid, chair.post, self.moment(24), **ruling)

    def scores(self, judged: list[tuple[Lot, published.Lot]]) -> None:
        """Each member scores every lot, one member after the other."""
        tables = []
        for lot, told in judged:
            if lot.evaluation_method == "rated":
                criteria = [c for c in Criterion.objects.filter(lot=lot) if c.code != PRICE]
                valid = arithmetic.outcome(lot, now=self.moment(30)).valid
                tables.append((lot, criteria, valid, {bid.supplier.name: bid.panel for bid in told.bids}))
        for number, member in enumerate(self.members()):
            for lot, criteria, valid, panels in tables:
                rows = [
                    {"bid": bid.pk, "criterion": c.pk, "value": panels[bid.supplier.name][c.code][number]}
                    for bid in valid
                    for c in criteria
                ]
                self.do("scores.submit", lot, member.post, self.moment(30) + self.pace * number, rows=rows)

    def award(self) -> None:
        """The buyer decides in rank order before its time runs out; the notice goes out on the published day."""
        if not self.procedure.spends:
            return self.entry()
        if self.procedure.draws_on:
            return self.call_off()
        for lot, told in list(self.lots(Stage.AWARD, self.moment(58))):
            if Award.objects.filter(lot=lot, refused_at=None).exists():
                continue
            winner = next((a.supplier for a in self.file.outcome.awards if a.lot == told.lot), None)
            first = open_candidates(lot, now=self.moment(58))[0]
            chosen = next((c for c in candidates(lot) if c.supplier.name == winner), first)
            data: dict[str, Any] = {"candidate": chosen}
            if chosen.rank > first.rank:
                data |= {"ground": "other", "reason": "公布的结果"}
            self.do("award.determine", lot, self.people.reviewer, self.moment(58), **data)
        self.fail_lots(Stage.EVALUATION, self.moment(58), beside_awards=True)
        for made in self.awards():
            self.do("award.announce", made, self.people.runner, self.at("award"))

    def entry(self) -> None:
        """As many enter as may; everybody signs, and the agreement is filed and told."""
        at, people = self.at("award"), self.people
        for lot, _told in list(self.lots(Stage.AWARD, self.moment(58))):
            self.do("entrants.determine", lot, people.reviewer, self.moment(58))
        for entrant in Entrant.objects.filter(framework__lot__case=self.case).select_related("supplier"):
            self.do("agreement.sign", entrant, people.reviewer, at)
            self.do("agreement.sign", entrant, people.suppliers[entrant.supplier.name], at)
        for framework in Framework.objects.filter(lot__case=self.case):
            self.do("framework.file", framework, people.runner, at)
            self.do("framework.tell", framework, people.runner, at)

    def call_off(self) -> None:
        """Under the first agreement that can be used: of its first entrant, or of the one whose turn it is."""
        at, item = self.at("award"), PlanItem.objects.get(pk=self.plan_item.pk)
        framework = call_offs.offered(item, Way(item.procedure), now=at)[0]
        if item.procedure == Way.DIRECT:
            whom: dict[str, Any] = {"entrant": staying(framework)[0].pk}
            self.case = self.do("call_off.choose", item, self.people.officer, at, quantity=self.quantity, **whom)
        else:
            under = {"framework": framework.pk, "quantity": self.quantity}
            self.case = self.do("call_off.take_turn", item, self.people.officer, at, **under)

    def awards(self) -> list[Award]:
        return list(Award.objects.filter(lot__case=self.case, refused_at=None).order_by("pk"))

    # --- after the tender ------------------------------------------------------------------------------------------

    def contract(self) -> None:
        at = self.at("contract")
        drafted = [
            self.do("contract.draft", award, self.people.officer, at - 30 * MINUTE).pk for award in self.awards()
        ]
        made = list(Contract.objects.filter(pk__in=drafted).select_related("supplier").order_by("pk"))
        for contract in made:
            self.do("contract.sign", contract, self.people.reviewer, at - 10 * MINUTE)
        for contract in made:
            self.do("contract.sign", contract, self.people.suppliers[contract.supplier.name], at)
        for contract in made:
            self.do("contract.publish", contract, self.people.officer, at + 30 * MINUTE)
        for contract in made:
            self.do("contract.file", contract, self.people.officer, at + 60 * MINUTE)
        self.pay([milestone for milestone in self.milestones() if milestone.due_on == "signature"], at + 2 * HOUR)

    def contracts(self) -> list[Contract]:
        return list(Contract.objects.filter(case=self.case).select_related("supplier").order_by("pk"))

    def milestones(self) -> list[Milestone]:
        found = Milestone.objects.filter(contract__case=self.case).select_related("contract__supplier")
        return list(found.order_by("contract", "number"))

    def acceptance(self) -> None:
        at = self.at("acceptance")
        day = timezone.localdate(at)
        for milestone in self.milestones():
            if milestone.due_on != "signature":
                supplier = self.people.suppliers[milestone.contract.supplier.name]
                self.do("delivery.report", milestone, supplier, at - 2 * HOUR, delivered_on=day, note="已交付")
        for contract in self.contracts():
            paper = self.paper("acceptance.pdf", b"%PDF-1.4\n" + PAPER, self.people.officer, at)
            data: dict[str, Any] = {
                "is_final": True,
                "accepted_on": day,
                "items": [{"item": "技术、服务、安全要求", "result": "符合合同约定", "passed": True}],
                "members": "采购人验收小组",
                "opinion": "验收合格",
                "report": paper,
            }
            if self.for_public:
                data |= {"for_public": True, "users_took_part": True}
            self.do("acceptance.record", contract, self.people.officer, at, **data)

    def payment(self) -> None:
        at = self.at("payment")
        self.pay([milestone for milestone in self.milestones() if milestone.due_on != "signature"], at - 30 * MINUTE)
        for contract in self.contracts():
            self.do("contract.close", contract, self.people.officer, at + HOUR)

    def pay(self, milestones: list[Milestone], at: datetime.datetime) -> None:
        """Invoices, requests, approvals, payments: each for all contracts before the next, half an hour in all."""
        invoices = []
        for milestone in milestones:
            bill = {
                "number": f"{milestone.contract.number}-{milestone.number}",
                "amount": milestone.amount,
                "issued_on": timezone.localdate(at),
            }
            supplier = self.people.suppliers[milestone.contract.supplier.name]
            invoices.append(self.do("invoice.submit", milestone, supplier, at, **bill))
        requests: list[PaymentRequest] = []
        for invoice in invoices:
            requests.append(self.do("payment.request", invoice, self.people.officer, at + 10 * MINUTE))
        for request in requests:
            self.do("payment.approve", request, self.people.reviewer, at + 20 * MINUTE)
        for request in requests:
            self.do("payment.pay", request, self.people.payer, at + 30 * MINUTE)


TITLES = {"price": "投标报价", "technical": "技术", "business": "商务"}


def _evaluation(lot: published.Lot) -> published.Evaluation:
    assert lot.evaluation is not None  # `defaults.complete` has filled it
    return lot.evaluation


def _moment(moment: Any) -> datetime.datetime:
    assert isinstance(moment, datetime.datetime)  # likewise
    return moment
