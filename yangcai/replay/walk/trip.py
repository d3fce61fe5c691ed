"""What does every stretch of a walk need: an Action at its moment, a paper, the lots that stand at a stage?"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from yangcai import law, procedures
from yangcai.cases import periods
from yangcai.cases.models import Award, Case, Lot, LotOutcome
from yangcai.kernel.actions import ACTIONS
from yangcai.parties.models import Post
from yangcai.planning.models import PlanItem
from yangcai.replay import published
from yangcai.replay.driver import Driver
from yangcai.replay.people import People
from yangcai.tendering import method
from yangcai.tendering.models import (
    CommitteeMember,
)

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
    "replacement_rule": "质量不降低、价格不提高的，经征集人审核后替代",
    "feedback_rule": "采购人每次采购后在平台评价，评价公开，供直接选定时参考",
}
ONE_PAYMENT = ({"title": "验收合格后付款", "percent": "100", "due_on": "acceptance"},)
#: A made-up document stands for papers whose text is not published.
PAPER = "演示文件".encode()
#: What stands in a form that has to be filled in where no source says anything.
UNKNOWN = "公开资料未载明"
TITLES = {"price": "投标报价", "technical": "技术", "business": "商务", "green": "节能环保"}


@dataclass(frozen=True)
class Step:
    """One Action taken: when, what, by whom, on what ground."""

    at: datetime.datetime
    action: str
    by: str
    citation: str


@dataclass
class Trip:
    """A case on its way. `told` is called after every step; `payment_terms` may hold an advance."""

    driver: Driver
    file: published.CaseFile
    people: People
    told: Callable[[Step], None] = lambda step: None
    payment_terms: tuple[dict[str, Any], ...] = ONE_PAYMENT
    for_public: bool = False
    framework_terms: dict[str, Any] = field(default_factory=lambda: dict(FRAMEWORK_TERMS))
    consumables: dict[str, Any] = field(default_factory=dict)  # priced with the goods of a framework
    quantity: str = "1"
    steps: list[Step] = field(default_factory=list)
    later: list[published.Event] = field(default_factory=list, init=False)
    reached: datetime.datetime | None = field(default=None, init=False)
    waited: datetime.timedelta = field(default=datetime.timedelta(0), init=False)
    case: Case = field(init=False)
    plan_item: PlanItem = field(init=False)

    @property
    def procedure(self) -> procedures.Procedure:
        return procedures.get(self.file.method)

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
        return timezone.localdate(moment_of(self.dates.invitation))

    @property
    def dates(self) -> published.Dates:
        return self.file.dates

    def at(self, name: str) -> datetime.datetime:
        return moment_of(getattr(self.dates, name))

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

    def step(self, stage: str) -> procedures.Step:
        return method.step_of(self.case, stage)

    @property
    def pace(self) -> datetime.timedelta:
        """A unit of time of the evaluation, so that it fits between the opening and the published result."""
        span = self.at("award") - self.at("opening")
        return max(min(span, 8 * HOUR) / 60, datetime.timedelta(seconds=1))

    def moment(self, units: int) -> datetime.datetime:
        """So many units after the opening, and after whatever had to be waited for since."""
        return self.at("opening") + self.waited + self.pace * units

    def wait_for(self, lot: Lot, stage: str) -> None:
        """Everything from here on comes after the period of this stage that is open now."""
        closes = periods.closing_of(lot, stage, now=self.no_earlier(self.moment(15)))
        assert closes is not None  # it has just been opened with an end
        self.waited += closes - self.moment(15)

    def awarded(self, told: published.Lot) -> bool:
        """Whether an award of this lot was published (or nothing at all, so that one may be made)."""
        outcome = self.file.outcome
        return not outcome.status or any(award.lot == told.lot for award in outcome.awards)

    def awards(self) -> list[Award]:
        return list(Award.objects.filter(lot__case=self.case, refused_at=None).order_by("pk"))

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

    def members(self) -> list[CommitteeMember]:
        return list(
            CommitteeMember.objects.filter(committee__case=self.case, replaced_at=None)
            .select_related("post__organisation", "post__person", "committee__case")
            .order_by("pk")
        )

    def chair(self) -> CommitteeMember:
        return next(member for member in self.members() if member.is_chair)

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


def evaluation_of(lot: published.Lot) -> published.Evaluation:
    assert lot.evaluation is not None  # `defaults.complete` has filled it
    return lot.evaluation


def moment_of(moment: Any) -> datetime.datetime:
    assert isinstance(moment, datetime.datetime)  # likewise
    return moment
