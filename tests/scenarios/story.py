"""Who takes part in the stories, and what do the tests ask of them? Made-up purchases, walked by real Actions."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.hurry import tasks_at_the_end
from tests.through import door
from yangcai.cases.models import Case, Lot
from yangcai.controls.lamps import lamps
from yangcai.funds.queries import balances, check_funds
from yangcai.kernel import tasks
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.parties.models import OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.replay import defaults, people, published
from yangcai.replay.driver import begin_again, move_to
from yangcai.replay.published import Bid, CaseFile, Criterion, Dates, Evaluation
from yangcai.replay.published import Organisation as Named
from yangcai.replay.walk import ONE_PAYMENT, Walk
from yangcai.tendering import arithmetic, consortia
from yangcai.tendering.models import CommitteeMember

#: Name, size: the first is the only one that may claim the preference of small and micro enterprises.
FIRST, SECOND, THIRD = ("示例甲公司", "small"), ("示例乙公司", "large"), ("示例丙公司", "medium")
BIDDERS = (FIRST, SECOND, THIRD)
FOURTH, FIFTH = ("示例丁公司", "medium"), ("示例戊公司", "medium")
ADVANCE = (
    {"title": "预付款", "percent": "30", "due_on": "signature"},
    {"title": "验收款", "percent": "70", "due_on": "acceptance"},
)
DAY = datetime.timedelta(days=1)


def bid(bidder: tuple[str, str], price: str, **more: Any) -> Bid:
    name, size = bidder
    prefer = "small_micro" if size in ("small", "micro") else ""
    return Bid(supplier=Named(name, size=size), price=Decimal(price), prefer=prefer, **more)


def lot(
    number: str,
    bids: Sequence[Bid],
    *,
    budget: str,
    method: str = "rated",
    price_preference: dict[str, Decimal] | None = None,
) -> published.Lot:
    criteria = (
        Criterion("price", Decimal(30)),
        Criterion("technical", Decimal(50)),
        Criterion("business", Decimal(20)),
    )
    evaluation = Evaluation(
        method=method,
        criteria=criteria if method == "rated" else (),
        price_preference={"small_micro": Decimal("0.10")} if price_preference is None else price_preference,
    )
    return published.Lot(number, f"示例第{number}包", Decimal(budget), None, evaluation, tuple(bids))


def purchase(
    *lots: published.Lot, category: str = "goods", method: str = "open_tender", grounds: str = "", **more: Any
) -> CaseFile:
    """Invited on Monday, 2 March 2026; every later day follows as in a replay."""
    return CaseFile(
        file="",
        id="示例",
        source="",
        title="示例采购项目",
        buyer=Named("示例采购人"),
        agent=Named("示例代理机构"),
        jurisdiction="620171",
        category=category,
        method=method,
        grounds=grounds,
        budget=sum((one.budget or Decimal(0) for one in lots), Decimal(0)),
        dates=Dates(invitation=datetime.date(2026, 3, 2)),
        lots=lots,
        **more,
    )


@dataclass
class Story(Walk):
    """A walk that can be asked what each role sees. `in_bids` is what a bid says beyond its price."""

    in_bids: dict[str, dict[str, Any]] = field(default_factory=dict)

    def do(self, code: str, subject: Any, by: Post, at: datetime.datetime, **data: Any) -> Any:
        if code == "bid.submit":
            data |= self.in_bids.get(by.organisation.name, {})
            self.confirmed(subject, by, at, [row for row in data.get("partners", ()) if row["kind"] == "member"])
        return super().do(code, subject, by, at, **data)

    def confirmed(self, lot: Lot, leader: Post, at: datetime.datetime, members: list[dict[str, Any]]) -> None:
        """The members confirm before the consortium bids; those of a published case have done so."""
        if not members or consortia.live(lot, leader.organisation) is not None:
            return
        area, posts = leader.organisation.jurisdiction, {}
        for row in members:
            named = Named(row["name"], row.get("uscc", ""), row["size"])
            posts[row["name"]] = people.post(
                people.organisation(named, OrganisationKind.SUPPLIER, jurisdiction=area), Role.SUPPLIER
            )
        rows = [{key: row[key] for key in ("name", "uscc", "share", "work") if key in row} for row in members]
        made = self.do("consortium.register", lot, leader, at, work="牵头", members=rows)
        for one in made.members.select_related("organisation"):
            self.do("consortium.confirm", one, posts[one.organisation.name], at, commitment=True)

    def no_earlier(self, at: datetime.datetime) -> datetime.datetime:
        """The tests of a file share one story: what another one did later has not happened in this one."""
        return at

    def refused(self, code: str, subject: Any, by: Post, at: datetime.datetime, **data: Any) -> dict[str, Refusal]:
        """The Refusals of an Action that must not go through, by code."""
        try:
            self.do(code, subject, by, at, **data)
        except Refused as refused:
            return {refusal.code: refusal for refusal in refused.refusals}
        raise AssertionError(f"{code} was not refused")

    def low_prices(self, lot: Lot, chair: CommitteeMember) -> None:
        """The committee first has the prices confirmed that the four rules of 87号令 art. 59 correct."""
        at = self.moment(18)
        for opened in arithmetic.outcome(lot, now=at).pending("confirm_correction"):
            until = at + datetime.timedelta(hours=1)
            self.do("price_correction.propose", opened, chair.post, at, answer_by=until)
            self.do("price_correction.answer", opened, self.supplier(opened.supplier.name), at, confirms=True)
        super().low_prices(lot, chair)

    # --- what everybody sees -----------------------------------------------------------------------------------------

    def supplier(self, bidder: str | tuple[str, str]) -> Post:
        return self.people.suppliers[bidder if isinstance(bidder, str) else bidder[0]]

    @property
    def lot(self) -> Lot:
        return Lot.objects.select_related("case").filter(case=self.case).order_by("pk")[0]

    @property
    def money(self) -> tuple[str, str, str, str]:
        """Available, reserved, committed, paid of the budget line, in whole yuan; the second witness agrees."""
        assert check_funds() == []
        found = balances(self.appropriation)
        assert found.agrees
        return tuple(f"{part:.0f}" for part in (found.available, found.reserved, found.committed, found.paid))  # type: ignore[return-value]

    def notices(self, case: Case | None = None) -> list[str]:
        """Kinds of the case's notices in the order in which the public saw them."""
        root = (case or self.case).ref
        return list(Notice.objects.filter(root=root).order_by("published_at", "pk").values_list("kind", flat=True))

    def waiting(self, post: Post) -> set[str]:
        """What waits on this post's desk for this case."""
        return set(tasks.of_post(post).filter(root=self.case.ref).values_list("action", flat=True))

    def task(self, action: str) -> Task:
        return Task.objects.get(root=self.case.ref, action=action, done_at=None)

    def lamps(self, at: datetime.datetime) -> str:
        return " ".join(lamp.state for lamp in lamps(self.refreshed(), now=at))

    def stage(self, at: datetime.datetime) -> str:
        return Case.objects.get(pk=self.case.pk).stage_at(at)


def begin(file: CaseFile, *, until: str, terms: tuple[dict[str, Any], ...] = ONE_PAYMENT, **more: Any) -> Story:
    """A story told as far as one stretch; what is due on the way nobody looks at."""
    begin_again()
    completed = defaults.complete(published=file).case
    story = Story(door(), completed, people.gather(completed), payment_terms=terms, **more)
    with tasks_at_the_end():
        story.run(until=until)
    return story


def pass_time(at: datetime.datetime) -> None:
    """Nobody does anything until then."""
    move_to(at)
