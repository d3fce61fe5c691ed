"""Who acts in a replay? The organisations that the case names, and posts for everybody whom a procurement needs."""

import datetime
from dataclasses import dataclass

from yangcai import procedures
from yangcai.cases.actions import chinese
from yangcai.parties.models import LAW, Expert, Organisation, OrganisationKind, Person, Post
from yangcai.parties.roles import Role
from yangcai.replay.published import CaseFile
from yangcai.replay.published import Organisation as Named
from yangcai.tendering.rules.committee.composition import ECONOMY

#: Posts are valid from here on: before every published procurement.
FROM = datetime.date(2000, 1, 1)
#: The expert library of a replay: enough for the largest committee and its replacements.
EXPERTS = 24
#: So many of them are lawyers as well.
LAWYERS = 3
#: The ground of a purchase whose item stands in the centralised catalogue.
CATALOGUE = "framework.catalogue"


@dataclass(frozen=True)
class People:
    """The posts through which a case is walked."""

    treasury: Post
    payer: Post
    officer: Post
    reviewer: Post
    agent: Post | None
    suppliers: dict[str, Post]

    @property
    def runner(self) -> Post:
        """Who runs the tender: the agent, else the buyer's officer."""
        return self.agent or self.officer


def organisation(named: Named, kind: str, *, jurisdiction: str) -> Organisation:
    found, made = Organisation.objects.get_or_create(
        name=named.name,
        defaults={
            "kind": kind,
            "uscc": None if not named.uscc or Organisation.objects.filter(uscc=named.uscc).exists() else named.uscc,
            "jurisdiction": jurisdiction,
            "size": named.size,
            "address": f"{named.name}登记地址",
            "contact": f"{named.name}采购联系人",
        },
    )
    if not made and named.size and found.size != named.size:
        found.size = named.size
        found.save(update_fields=["size"])
    return found


def post(owner: Organisation, role: str) -> Post:
    """The one post of that role; its person carries the post's name, never a real one."""
    found = Post.objects.filter(organisation=owner, role=role).first()
    if found is not None:
        return found
    person = Person.objects.create(
        username=f"{role}-{owner.pk}", name=f"{chinese(Role(role).label)}{owner.pk}", password="!"
    )
    return Post.objects.create(person=person, organisation=owner, role=role, from_on=FROM)


def experts(number_of_experts: int = EXPERTS) -> None:
    """Fill the library once."""
    if Expert.objects.exists():
        return
    for number in range(1, number_of_experts + 1):
        unit = organisation(Named(f"评审专家单位{number}"), OrganisationKind.EXPERT_UNIT, jurisdiction="620171")
        seat = post(unit, Role.EXPERT)
        specialities = f"综合，{LAW}" if number > number_of_experts - LAWYERS else "综合"
        Expert.objects.create(person=seat.person, employer=unit, specialities=specialities, admitted_on=FROM)


def specialists(method: str) -> None:
    """A lawyer and an economist, and a substitute of each, where the method keeps a place for them."""
    committee = procedures.get(method).committee
    if committee is None or not committee.specialists_always:
        return
    for word in (LAW, ECONOMY) * 2:
        number = Expert.objects.count() + 1
        if Expert.objects.filter(specialities=word).count() > 1:
            continue
        unit = organisation(Named(f"评审专家单位{number}"), OrganisationKind.EXPERT_UNIT, jurisdiction="620171")
        seat = post(unit, Role.EXPERT)
        Expert.objects.create(person=seat.person, employer=unit, specialities=word, admitted_on=FROM)


def gather(case: CaseFile, *, bureau_name: str = "") -> People:
    """Everybody for one case; those who exist already are used again."""
    experts()
    specialists(case.method)
    area = case.jurisdiction
    bureau = organisation(Named(bureau_name or f"财政部门（{area}）"), OrganisationKind.TREASURY, jurisdiction=area)
    buyer = organisation(case.buyer, OrganisationKind.BUYER, jurisdiction=area)
    central = case.grounds == CATALOGUE  # catalogue items go to the centralised agency (政府采购法 art. 18)
    kind = OrganisationKind.CENTRAL_AGENT if central else OrganisationKind.AGENT
    agent = organisation(case.agent, kind, jurisdiction=area) if case.agent else None
    bids = [bid for lot in case.lots for bid in lot.bids]
    # A member of a consortium confirms it by its own post.
    members = (one for bid in bids for one in bid.partners if one.kind == "member")
    bidders = {one.name: Named(one.name, one.uscc, one.size) for one in members}
    bidders |= {bid.supplier.name: bid.supplier for bid in bids}
    return People(
        treasury=post(bureau, Role.TREASURY),
        payer=post(bureau, Role.TREASURY_PAYER),
        officer=post(buyer, Role.BUYER_OFFICER),
        reviewer=post(buyer, Role.BUYER_REVIEWER),
        agent=post(agent, Role.AGENT) if agent else None,
        suppliers={
            name: post(organisation(named, OrganisationKind.SUPPLIER, jurisdiction=area), Role.SUPPLIER)
            for name, named in bidders.items()
        },
    )


def reserve(number: int, *, area: str) -> Post:
    """A supplier of the library whom nobody published: the pool must be larger than what is drawn from it."""
    return post(
        organisation(Named(f"备选供应商{number}", size="medium"), OrganisationKind.SUPPLIER, jurisdiction=area),
        Role.SUPPLIER,
    )
