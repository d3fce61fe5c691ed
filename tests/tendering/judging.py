"""A lot whose bids were opened on 23 March 2026, and the people who judge it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests import factories
from tests.factories import at
from tests.hurry import is_hurried, tasks_at_the_end
from tests.told import told
from yangcai.cases.models import Award, Case, EvaluationMethod, Lot, Period, Stage
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, Done, perform
from yangcai.kernel.models import SandboxClock, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import (
    AbnormalScore,
    Bid,
    BidLine,
    Clause,
    CommitteeMember,
    Criterion,
    EvaluationReport,
    GreenProduct,
    OfferedFigure,
    OpenedBid,
    Opening,
    Solicitation,
)

PUBLISHED = at("2026-03-02T09:00")
RECEIVED = at("2026-03-20T15:00")
CLOSES = at("2026-03-23T09:30")
OPENED = at("2026-03-23T10:00")
DRAWN = at("2026-03-23T10:10")
SEATED = at("2026-03-23T11:00")
QUALIFIED = at("2026-03-23T13:30")
JUDGED = at("2026-03-23T14:00")
SCORED = at("2026-03-23T15:00")
COMPUTED = at("2026-03-23T16:00")
SIGNED = at("2026-03-23T16:30")
SENT = at("2026-03-24T09:00")
DETERMINED = at("2026-03-26T09:00")
ANNOUNCED = at("2026-03-27T09:00")
#: By when a bidder answers what the committee asks it at JUDGED.
ANSWER_BY = at("2026-03-23T14:40")
#: How long a member has to speak for a score that is put to the committee.
HEARING = datetime.timedelta(minutes=10)
#: code, kind, weight, objective
THREE_CRITERIA = (
    ("price", "price", "30", True),
    ("technical", "technical", "50", False),
    ("record", "business", "20", True),
)
#: Points for three bids that are equally good.
EQUAL = {n: {"technical": "40", "record": "10"} for n in range(3)}


@dataclass
class Offer:
    """What one bidder offers; `rest` are further columns of OpenedBid, `figure` what it declares to be counted."""

    price: str
    size: str = "large"
    lines: Sequence[tuple[str, str, str]] = ()
    figure: str = "0"
    rest: dict[str, Any] = field(default_factory=dict)


@dataclass
class Hall:
    """Everybody in the room; `bids` in the order of the offers."""

    case: Case
    lot: Lot
    officer: Post
    reviewer: Post
    agent: Post | None
    bidders: list[Post]
    bids: list[OpenedBid]
    experts: list[Post]

    @property
    def runner(self) -> Post:
        return self.agent or self.officer

    @property
    def members(self) -> list[CommitteeMember]:
        return list(
            CommitteeMember.objects.filter(committee__case=self.case, replaced_at__isnull=True)
            .select_related("post__person", "post__organisation")
            .order_by("pk")
        )

    @property
    def chair(self) -> Post:
        return next(member.post for member in self.members if member.is_chair)

    @property
    def report(self) -> EvaluationReport:
        return EvaluationReport.objects.filter(lot=self.lot).order_by("-revision")[0]

    @property
    def award(self) -> Award:
        return Award.objects.filter(lot=self.lot).order_by("-pk")[0]

    def stage(self, now: datetime.datetime) -> str:
        return Lot.objects.get(pk=self.lot.pk).stage_at(now)

    def bid(self, number: int) -> OpenedBid:
        return OpenedBid.objects.get(pk=self.bids[number].pk)

    def result(self, number: int) -> dict[str, Any]:
        """What the latest report says of one bid."""
        return self.report.result["bids"][str(self.bids[number].pk)]

    def do(self, code: str, subject: Any, by: Post, now: datetime.datetime, **data: Any) -> Done:
        return perform(ACTIONS[code], type(subject).objects.get(pk=subject.pk), by=by, now=now, **data)

    def refused(self, code: str, subject: Any, by: Post, now: datetime.datetime, **data: Any) -> set[str]:
        """The codes of a refusal; an Action that is not refused fails the test."""
        try:
            self.do(code, subject, by, now, **data)
        except Refused as refused:
            return refused.codes
        raise AssertionError(f"{code} was not refused")

    # --- the steps -------------------------------------------------------------------------------------------------

    def findings(self, kind: str, *, failing: Iterable[int] = (), only: Iterable[int] | None = None) -> list[Any]:
        """Rows that pass every bid but the failing ones, by number."""
        failing, numbers = set(failing), range(len(self.bids)) if only is None else only
        return [
            {
                "bid": self.bids[n].pk,
                "clause": clause.pk,
                "passed": n not in failing,
                "reason": "未提供证明材料" if n in failing else "",
            }
            for n in numbers
            for clause in Clause.objects.filter(case=self.case, kind=kind)
        ]

    @tasks_at_the_end()
    def qualify(self, *, failing: Iterable[int] = ()) -> None:
        self.do(
            "qualification.record", self.lot, self.runner, OPENED, rows=self.findings("qualification", failing=failing)
        )
        self.do("qualification.conclude", self.lot, self.runner, QUALIFIED)

    @tasks_at_the_end()
    def seat(self, **data: Any) -> None:
        """Draw the committee and sign everybody in."""
        self.do("committee.draw", self.case, self.runner, DRAWN, evaluates_at=SEATED, **data)
        for member in self.members:
            self.do("committee.sign_in", member, member.post, SEATED, commits=True)

    def respond(self, *, failing: Iterable[int] = (), out: Iterable[int] = ()) -> None:
        """Responsiveness of every bid but those out before."""
        numbers = [n for n in range(len(self.bids)) if n not in set(out)]
        rows = self.findings("responsiveness", failing=failing, only=numbers)
        self.do("responsiveness.record", self.lot, self.chair, JUDGED, rows=rows)

    @tasks_at_the_end()
    def ready(self, **data: Any) -> "Hall":
        """Everything up to the point where members score."""
        self.seat(**data)
        self.qualify()
        self.respond()
        return self

    def rows(self, points: dict[int, dict[str, str]]) -> list[dict[str, Any]]:
        codes = {c.code: c for c in Criterion.objects.filter(lot=self.lot)}
        return [
            {"bid": self.bids[n].pk, "criterion": codes[code].pk, "value": value}
            | ({"reason": "演示理由"} if Decimal(value) in {Decimal(0), codes[code].weight} else {})
            for n, by_code in points.items()
            for code, value in by_code.items()
        ]

    @tasks_at_the_end()
    def score(self, points: dict[int, dict[str, str]], *, now: datetime.datetime = SCORED) -> None:
        """Every member gives the same points: bid number → criterion → points."""
        for member in self.members:
            self.do("scores.submit", self.lot, member.post, now, rows=self.rows(points))

    def propose_abnormal(
        self, who: Post, number: int, now: datetime.datetime, *, side: str = "low", by: Post | None = None
    ) -> AbnormalScore:
        """The technical score that `who` gave a bid is put to the committee, by another member."""
        proposer = by or next(member.post for member in self.members if member.post_id != who.pk)
        named = {
            "member": next(member.pk for member in self.members if member.post_id == who.pk),
            "bid": self.bids[number].pk,
            "criterion": Criterion.objects.get(lot=self.lot, code="technical").pk,
        }
        told = {"side": side, "reason": "与其他成员评分差距悬殊", "hear_until": now + HEARING}
        return self.do("abnormal_score.propose", self.lot, proposer, now, **named, **told).value

    def find_abnormal(self, who: Post, number: int, now: datetime.datetime, *, side: str = "low") -> AbnormalScore:
        """Proposed, its member heard, and voted for by as many as it takes."""
        proposal = self.propose_abnormal(who, number, now, side=side)
        self.do("abnormal_score.state", proposal, who, now, statement="误读技术参数，同意更正")
        for member in self.members[: len(self.members) // 2 + 1]:
            self.do("abnormal_score.vote", proposal, member.post, now, agrees="true")
        return proposal

    def compute(self) -> EvaluationReport:
        return self.do("evaluation.compute", self.lot, self.chair, COMPUTED).value

    @tasks_at_the_end()
    def sign(self, *, now: datetime.datetime = SIGNED) -> EvaluationReport:
        for member in self.members:
            self.do("report.sign", self.report, member.post, now)
        return self.report

    def send(self, *, now: datetime.datetime = SENT) -> None:
        self.do("report.send", self.report, self.runner, now)

    def judged(self, points: dict[int, dict[str, str]]) -> "Hall":
        """Scored, computed, signed and sent."""
        self.score(points)
        self.compute()
        self.sign()
        self.send()
        return self

    def awarded(self, *, rank: int = 1, **data: Any) -> Award:
        candidate = self.lot.candidates.get(rank=rank)
        return self.do("award.determine", self.lot, self.reviewer, DETERMINED, candidate=candidate.pk, **data).value

    def announced(self) -> Award:
        self.do("award.announce", self.award, self.runner, ANNOUNCED)
        return self.award


def hall(*offers: Offer | str, **values: Any) -> Hall:
    """Bids of these prices, opened; the lot stands at its qualification check. No committee is drawn yet."""
    return told(("hall", repr((offers, values)), is_hurried()), lambda: _hall(*offers, **values))


def _hall(
    *offers: Offer | str,
    method: str = EvaluationMethod.RATED,
    criteria: Sequence[tuple[Any, ...]] = THREE_CRITERIA,
    budget: str = "1200000.00",
    ceiling: str | None = None,
    category: str = "goods",
    self_organised: bool = False,
    experts: int = 8,
    lots: int = 1,
    jurisdiction: str = "620171",
    set_aside: str = "none",
    published: datetime.datetime = PUBLISHED,
    opened: bool = True,
    green: Sequence[tuple[str, str]] = (),
    **solicitation: Any,
) -> Hall:
    officer = factories.make_post(Role.BUYER_OFFICER)
    reviewer = factories.make_post(Role.BUYER_REVIEWER, officer.organisation)
    agent = None if self_organised else factories.make_post(Role.AGENT)
    case = factories.make_case(
        buyer=officer.organisation,
        agent=agent.organisation if agent else None,
        budget=budget,
        method=method,
        category=category,
        lots=lots,
        now=published,
        set_aside=set_aside,
    )
    _file(case, criteria if method == EvaluationMethod.RATED else (), ceiling, solicitation)
    for product, kind in green:
        GreenProduct.objects.create(case=case, product=product, kind=kind)
    Period.objects.filter(case=case).update(closes_at=published)
    Period.objects.create(case=case, stage=Stage.SUBMISSION, opens_at=published, closes_at=CLOSES)
    Period.objects.create(case=case, stage=Stage.OPENING, opens_at=CLOSES, closes_at=OPENED)
    Case.objects.filter(pk=case.pk).update(
        published_at=published, law_as_of=published.date(), jurisdiction=jurisdiction
    )
    case.refresh_from_db()
    lot = case.lots.order_by("pk")[0]
    terms = [offer if isinstance(offer, Offer) else Offer(offer) for offer in offers]
    bidders, sealed = _seal(lot, terms)
    bids = _open(lot, sealed, terms) if opened else []
    Opening.objects.create(case=case, begun_at=CLOSES, concluded_at=OPENED)
    for one in case.lots.all():
        Period.objects.create(case=case, lot=one, stage=Stage.QUALIFICATION, opens_at=OPENED)
    pool = [factories.make_expert() for _ in range(experts)]
    return Hall(case, lot, officer, reviewer, agent, bidders, bids, pool)


def three(*offers: Offer | str, **values: Any) -> Hall:
    """Three bids of the law's example, or the given ones, up to the point where members score."""
    offers = offers or ("950000", "1000000", "1100000")
    return told(("three", repr((offers, values)), is_hurried()), lambda: _hall(*offers, **values).ready())


def open_tasks(h: Hall) -> set[str]:
    """The Actions that wait for somebody in this case."""
    return set(Task.objects.filter(root=h.case.ref, done_at__isnull=True).values_list("action", flat=True))


def _file(case: Case, criteria: Iterable[Any], ceiling: str | None, solicitation: dict[str, Any]) -> None:
    Solicitation.objects.create(
        case=case,
        **{
            "requirement": "采购需求",
            "delivery": "合同签订后 30 日内",
            "bid_validity_days": 90,
            "contract_terms": "合同主要条款",
            "payment_days": 30,
            "acceptance_days": 10,
            "confirmed_at": PUBLISHED,
            **solicitation,
        },
    )
    Clause.objects.create(
        case=case, kind="qualification", number=1, text="具有独立承担民事责任的能力", is_statutory=True
    )
    Clause.objects.create(case=case, kind="qualification", number=2, text="具有良好的商业信誉", is_statutory=True)
    Clause.objects.create(case=case, kind="responsiveness", number=1, text="★交付期不超过 30 日")
    for lot in case.lots.all():
        if ceiling:
            Lot.objects.filter(pk=lot.pk).update(ceiling=Decimal(ceiling))
        for code, kind, weight, objective, *formula in criteria:  # (formula, figure, unit, table) of a counted one
            counted = dict(zip(("formula", "figure", "unit", "points_table"), formula, strict=False))
            Criterion.objects.create(
                lot=lot, code=code, kind=kind, title=code, weight=Decimal(weight), is_objective=objective, **counted
            )


def _seal(lot: Lot, offers: list[Offer]) -> tuple[list[Post], list[Bid]]:
    """Handed in under the sandbox clock before the deadline: the database looks at its own clock."""
    _clock(RECEIVED)
    bidders = [factories.make_supplier(size=offer.size) for offer in offers]
    sealed = [
        Bid.objects.create(
            lot=lot,
            supplier=post.organisation,
            envelope=documents.store_bytes(data=f"密封{factories.number()}".encode(), name="envelope"),
            sealed_key="",
            seal_scheme="test",
            receipt=f"TB{factories.number()}",
            submitted_by=post,
            received_at=RECEIVED,
        )
        for post in bidders
    ]
    return bidders, sealed


def _open(lot: Lot, sealed: list[Bid], offers: list[Offer]) -> list[OpenedBid]:
    _clock(OPENED)
    opened = []
    for bid, offer in zip(sealed, offers, strict=True):
        price = Decimal(offer.price)
        one = OpenedBid.objects.create(
            lot=lot, bid=bid, supplier=bid.supplier, price=price, opened_at=OPENED, **offer.rest
        )
        for number, (quantity, unit_price, amount) in enumerate(offer.lines, start=1):
            BidLine.objects.create(
                opened_bid=one,
                number=number,
                item="货物",
                quantity=Decimal(quantity),
                unit_price=Decimal(unit_price),
                amount=Decimal(amount),
            )
        for criterion in Criterion.objects.filter(lot=lot).exclude(formula=""):
            OfferedFigure.objects.create(opened_bid=one, criterion=criterion, declared=Decimal(offer.figure))
        opened.append(one)
    return opened


def _clock(now: datetime.datetime) -> None:
    SandboxClock.objects.update_or_create(id=1, defaults={"at": now})
