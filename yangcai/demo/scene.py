"""How far has a story come, and who has which part in it? Read afresh before every step."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from yangcai import procedures
from yangcai.cases import periods
from yangcai.cases.models import Award, Case, Lot
from yangcai.contracts.models import Contract
from yangcai.demo.models import Story
from yangcai.funds.models import Appropriation
from yangcai.kernel.models import Entry
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention, PlanItem
from yangcai.tendering.models import CommitteeMember, OpenedBid


@dataclass(frozen=True)
class Deed:
    """What somebody would do in a story, and not before when."""

    action: str
    subject: Any
    by: Post
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime.datetime | None = None
    #: Done by a device alone, whoever's post the visitor holds; and what a device does with what was begun.
    by_itself: bool = False
    then: Callable[[Any], object] | None = None


@dataclass(frozen=True)
class Plot:
    """What a story is about: a purchase by one method, whose suppliers offer these shares of the budget."""

    name: str
    title: str
    procedure: str
    category: str
    budget: Decimal
    offers: tuple[Decimal, ...] = ()
    quantity: str = "1"
    asks: bool = False
    fails: bool = False
    #: Bids are sealed by their bidders and opened by shares, of which not all come; and somebody objects to that.
    sealed: bool = False
    objects: bool = False
    #: What of the contract another firm takes over, with which the second bidder bids together; none without.
    joint: Decimal | None = None


class Scene:
    """A story at a moment."""

    def __init__(self, story: Story, plot: Plot, *, now: datetime.datetime):
        self.story, self.plot, self.now = story, plot, now

    # --- who ---

    @cached_property
    def buyer(self) -> Organisation:
        return self.appropriation.buyer

    def holder(self, role: str, organisation: Organisation | None = None) -> Post:
        """The first post of a role, at one organisation where one is named."""
        found = Post.objects.select_related("organisation", "person").filter(role=role).order_by("pk")
        chosen = found.filter(organisation=organisation) if organisation else found
        return chosen[:1].get()

    @cached_property
    def officer(self) -> Post:
        return self.holder(Role.BUYER_OFFICER, self.buyer)

    @cached_property
    def reviewer(self) -> Post:
        return self.holder(Role.BUYER_REVIEWER, self.buyer)

    @cached_property
    def agent(self) -> Post:
        return self.holder(Role.AGENT)

    @cached_property
    def treasury(self) -> Post:
        return self.holder(Role.TREASURY)

    @cached_property
    def notary(self) -> Post:
        """Whoever holds a share beside those who buy, run and supervise."""
        found = Post.objects.select_related("organisation", "person").filter(role=Role.AUDITOR)
        return found.exclude(organisation=self.treasury.organisation_id).order_by("pk")[:1].get()

    @cached_property
    def payer(self) -> Post:
        return self.holder(Role.TREASURY_PAYER)

    @cached_property
    def suppliers(self) -> list[Post]:
        """The bidders of this story, in the order of its offers."""
        found = Post.objects.select_related("organisation", "person").filter(
            role=Role.SUPPLIER, organisation__kind=OrganisationKind.SUPPLIER
        )
        return list(found.order_by("pk")[: len(self.plot.offers)])

    @cached_property
    def partner(self) -> Post | None:
        """Who bids together with the second bidder: the next supplier that does not bid itself."""
        found = Post.objects.select_related("organisation", "person").filter(
            role=Role.SUPPLIER, organisation__kind=OrganisationKind.SUPPLIER
        )
        bidding = [post.organisation_id for post in self.suppliers]
        return found.exclude(organisation__in=bidding).order_by("pk").first() if self.plot.joint else None

    def supplier(self, organisation_id: int) -> Post:
        return (
            Post.objects.select_related("organisation", "person")
            .filter(role=Role.SUPPLIER, organisation=organisation_id)
            .order_by("pk")[:1]
            .get()
        )

    # --- what ---

    @cached_property
    def procedure(self) -> procedures.Procedure:
        return procedures.get(self.plot.procedure)

    @cached_property
    def appropriation(self) -> Appropriation:
        return Appropriation.objects.select_related("buyer").get(pk=self.story.appropriation_id)

    @cached_property
    def intention(self) -> Intention | None:
        return self.appropriation.intentions.filter(withdrawn_at=None).order_by("pk").last()

    @cached_property
    def plan_item(self) -> PlanItem | None:
        return PlanItem.objects.filter(appropriation=self.appropriation).order_by("pk").last()

    @cached_property
    def case(self) -> Case | None:
        found = Case.objects.select_related("buyer", "agent", "plan_item")
        return found.filter(plan_item__appropriation=self.appropriation).order_by("pk").last()

    @cached_property
    def lots(self) -> list[Lot]:
        return list(Lot.objects.filter(case=self.case).select_related("case").order_by("pk")) if self.case else []

    def at_stage(self, *stages: str) -> Iterator[Lot]:
        """The lots that stand at one of these stages now."""
        return (lot for lot in self.lots if lot.stage_at(self.now) in stages)

    @cached_property
    def closes_at(self) -> datetime.datetime | None:
        """When the offers must be in."""
        return periods.closing_at(self.case) if self.case else None

    @cached_property
    def members(self) -> list[CommitteeMember]:
        found = CommitteeMember.objects.filter(committee__case=self.case, replaced_at=None)
        return list(found.select_related("post__organisation", "post__person", "committee__case").order_by("pk"))

    @cached_property
    def chair(self) -> CommitteeMember | None:
        return next((member for member in self.members if member.is_chair), None)

    @cached_property
    def opened(self) -> list[OpenedBid]:
        found = OpenedBid.objects.filter(lot__case=self.case).select_related("lot__case", "supplier", "bid")
        return list(found.order_by("pk"))

    @cached_property
    def awards(self) -> list[Award]:
        found = Award.objects.filter(lot__case=self.case, refused_at=None).select_related("lot__case", "supplier")
        return list(found.order_by("pk"))

    @cached_property
    def contracts(self) -> list[Contract]:
        found = Contract.objects.filter(case=self.case, terminated_at=None).select_related("supplier", "case", "award")
        return list(found.order_by("pk"))

    # --- what has been done ---

    @cached_property
    def roots(self) -> list[str]:
        """Every root of this purchase whose log is part of the story."""
        found: list[Any] = [self.appropriation, self.plan_item, self.case]
        found += list(self.appropriation.intentions.all())
        return [row.ref for row in found if row is not None]

    @cached_property
    def entries(self) -> list[Entry]:
        found = Entry.objects.filter(root__in=self.roots, outcome="done")
        return list(found.order_by("seq"))

    def did(self, action: str, *, by: Post | None = None) -> bool:
        """Whether an Action was done in this purchase, by that organisation where one is named."""
        return any(
            entry.action == action and (by is None or entry.organisation_id == by.organisation_id)
            for entry in self.entries
        )
