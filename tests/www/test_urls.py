"""Does every address answer every person as it should, tell no secret, and never write when it is only read?

Personas × addresses × objects (one's own, another's, one that does not exist) at two stages of a case: all of them in
`make nightly`. In `make long` whoever has not signed in asks for everything, and the others share it out: each address
is asked for by several of them, and each of them asks for every fourth.
"""

import itertools
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.architecture.test_urls import ADDRESSES
from tests.factories import make_case, make_expert, make_organisation, make_post, make_supplier
from tests.length import NIGHTLY
from tests.tendering.walk import Tender
from tests.told import told
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel.models import Entry
from yangcai.parties.models import Expert, OrganisationKind, Person, Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import CommitteeMember

pytestmark = pytest.mark.django_db

SEALED = "876543.21"
SECRET_BIDDER = "隐名的投标人有限公司"
#: Addresses that are walked by hand below: they take a word, sign out, or belong to allauth's own flow.
BY_HAND = {"work_do", "work_try", "work_done", "law_rule", "set_language", "preferences", "gallery", "sealing_script"}
BY_HAND |= {"environment_probe"}
OVERSEERS = {Role.TREASURY, Role.TREASURY_PAYER, Role.AUDITOR, Role.PLATFORM}
#: What only takes a POST, and pages that take one: they keep what a person wants, or mark what was read.
ONLY_POST = {"work_message_open", "work_messages_read"}
TAKE_POST = {"work_wishes", *ONLY_POST}
#: Pages of rows that only the buyer itself and the overseers see; for the rest they are 404.
INTERNAL = {"work_plan_item", "work_appropriation", "work_start_line"}
#: Who keeps the expert library, and the pages on which they read its names; the supervisors of a draw read its list.
LIBRARIANS = {Role.TREASURY, Role.PLATFORM}
LIBRARY = {"work_experts", "work_expert", "work_draws", "work_draw_file"}
#: In `make long` every pair of somebody and an address is asked for at one of the two stages; what belongs to somebody
#: else, and the halls, at both.
EVERY = 1 if NIGHTLY else 2
FIRST = {"submission": 0, "evaluation": 1}
#: The opening hall of a case.
HALL = ("hall", "hall_board", "hall_mine", "hall_record")
#: The register of everybody who takes part in anything: that a name stands there tells nothing.
REGISTER = "work_organisations"


class World:
    """A case on its way, everybody around it, and strangers of the same roles."""

    def __init__(self, stage: str):
        tender = self.tender = Tender(title="围着它转的项目")
        self.experts = [make_expert() for _ in range(9)]
        if stage == "submission":
            tender.published()
            tender.bid(tender.supplier(name=SECRET_BIDDER), price=SEALED)
            tender.bid(tender.supplier())
        else:
            tender.published()
            tender.bids("900000.00", "850000.00", "800000.00")
            tender.open()
            tender.conclude()
            draw = {"evaluates_at": tender.now}
            tender.do("committee.draw", tender.case, tender.agent_post, **draw)
        self.is_drawn = stage == "evaluation"
        self.foreign = make_case(
            stage="preparation", agent=make_organisation(OrganisationKind.AGENT), title="别人的项目"
        )
        members = {m.post_id for m in CommitteeMember.objects.all()}
        drawn = next((e for e in self.experts if e.pk in members), self.experts[0])
        self.posts: dict[str, Post] = {
            "officer": tender.officer,
            "officer of another": make_post(Role.BUYER_OFFICER),
            "reviewer": tender.reviewer,
            "agent": tender.agent_post,
            "agent of another": make_post(Role.AGENT),
            "bidder": tender.suppliers[0],
            "other supplier": make_supplier(),
            "drawn expert": drawn,
            "other expert": next(e for e in self.experts if e.pk not in members and e != drawn),
            "treasury": make_post(Role.TREASURY),
            "payer": make_post(Role.TREASURY_PAYER),
            "auditor": make_post(Role.AUDITOR),
            "platform": make_post(Role.PLATFORM),
            "administrator": make_post(Role.ADMINISTRATOR),
        }

    def secrets_of(self, name: str) -> list[str]:
        """What must not be read on any page by this person."""
        found = [SEALED, "876,543.21"]
        if name != "bidder":
            found.append(SECRET_BIDDER)
        mine = self.posts.get(name)
        found += [e.person.name for e in self.experts if mine is None or e.person_id != mine.person_id]
        return found


def world_at(stage: str) -> World:
    return told((World, stage), lambda: World(stage))


def rows() -> dict[str, int]:
    """How many rows there are, table by table; the session of the client is no row of the platform."""
    with connection.cursor() as cursor:
        tables = [
            t for t in connection.introspection.table_names(cursor) if t not in {"django_session", "platform_cache"}
        ]
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t}" for t in tables))
        return dict(cursor.fetchall())


def pages(world: World) -> list[tuple[str, str, int]]:
    """(name, address, object number) of everything that can be read with GET; three objects where one is named."""
    case = world.tender.case
    own = {
        "work_case": case.pk,
        "work_timeline": case.pk,
        "work_archive": case.pk,
        "work_archive_file": case.pk,
        "public_case": case.pk,
        "public_changes": case.pk,
        "public_draws": case.pk,
        "public_draw_file": case.pk,
        "work_draws": case.pk,
        "work_draw_file": case.pk,
        "work_expert": Expert.objects.get(person=world.posts["drawn expert"].person).pk,
        "work_plan_item": case.plan_item_id,
        "work_intention": case.plan_item.intention_id,
        "work_appropriation": case.plan_item.appropriation_id,
        "work_start_line": case.plan_item.appropriation_id,
        "work_bid_tasks": world.tender.lot.pk,
        "work_evaluate": world.tender.lot.pk,
        "work_organisation": case.buyer_id,
        "organisation": case.buyer_id,
        **dict.fromkeys(HALL, case.pk),
    }
    foreign_case = world.foreign
    foreign = {
        "work_case": foreign_case.pk,
        "work_timeline": foreign_case.pk,
        "work_archive": foreign_case.pk,
        "work_archive_file": foreign_case.pk,
        "public_case": foreign_case.pk,
        "public_changes": foreign_case.pk,
        "public_draws": foreign_case.pk,
        "work_draws": foreign_case.pk,
        "work_plan_item": foreign_case.plan_item_id,
        "work_appropriation": foreign_case.plan_item.appropriation_id,
        "work_start_line": foreign_case.plan_item.appropriation_id,
        "work_bid_tasks": foreign_case.lots.get().pk,
        "work_evaluate": foreign_case.lots.get().pk,
        **dict.fromkeys(HALL, foreign_case.pk),
    }
    found = []
    for _address, entry in ADDRESSES:
        name = entry.name or ""
        if name in BY_HAND or entry.callback.by == "token" or name.startswith(("mfa_", "api_", "ocds_")):
            continue
        if not entry.pattern.converters:
            found.append((name, reverse(name), 0))
            continue
        if name.startswith("sbp_"):  # what it answers to whom is told in tests/api; here: to nobody about nothing
            nothing = {key: UUID(int=7) if key in {"tender", "sid"} else 1 for key in entry.pattern.converters}
            found.append((name, reverse(name, kwargs=nothing), 2))
            continue
        argument = next(iter(entry.pattern.converters))
        for number, pk in enumerate((own.get(name), foreign.get(name), 987_654_321)):
            if pk is not None:
                found.append((name, reverse(name, kwargs={argument: pk}), number))
    return found


def hall_answers(name: str, number: int, who: str, world: World) -> set[int]:
    """Anybody may enter the hall of a published case, but those who judge its bids; a record there is at its end."""
    is_there = number == 0 and (name != "hall_record" or world.is_drawn)
    return {200} if is_there and not (who == "drawn expert" and world.is_drawn) else {404}


def expected(name: str, number: int, who: str, post: Post | None, by: Any, world: World) -> set[int]:
    """The statuses that are right, from what the address declares and whose row it is."""
    if name.startswith("sandbox_") or name == "demo" or name.startswith("demo_"):
        return {404, 405}
    if name in ONLY_POST:
        return {405}
    if name == "account_logout":
        return {200, 302}
    if name == "sbp_trustees":
        return {200}  # the public keys in office
    if name.startswith("sbp_"):
        return {401, 403, 404, 405}
    if name in HALL:
        return hall_answers(name, number, who, world)
    if name in {"public_draws", "public_draw_file"}:
        return {404}  # no result has been announced
    if post is None:
        return {200} if by == "public" and number == 0 else {200, 404} if by == "public" else {302}
    if name == "account_reauthenticate":
        return {403}  # nobody here has a password to repeat
    if isinstance(by, frozenset) and post.role not in by:
        return {403}
    if number == 2 or name == "work_trustee_drill":
        return {404}  # no such row; no drill goes on
    if name in {"work_case", "work_timeline"}:
        inside = post.role in OVERSEERS
        return {200} if number == 0 or inside else {404}
    if name in {"work_archive", "work_archive_file"}:
        runs = who in {"officer", "reviewer", "agent"} and number == 0
        return {200} if runs or post.role in OVERSEERS else {404}
    if name == "work_bid_tasks":
        return {200} if number == 0 else {404}
    if name == "work_evaluate":
        return {200} if number == 0 and who == "drawn expert" and world.is_drawn else {404}
    if name in INTERNAL:
        mine = who in {"officer", "reviewer"} and number == 0
        return {200} if mine or post.role in OVERSEERS else {404}
    if name in {"work_draws", "work_draw_file"}:
        supervises = post.role in {Role.TREASURY, Role.AUDITOR}
        return {200} if supervises and number == 0 and world.is_drawn else {404}
    if name == "work_experts" and post.role == Role.EXPERT:
        return {302}  # to the own page
    if name == "work_expert":
        return {200} if who == "drawn expert" or post.role in LIBRARIANS else {404}
    if name in {"public_case", "public_changes"}:
        return {404} if number == 1 else {200}
    return {200, 302} if by in {"public", "account"} else {200}


def asked(stage: str, people: list[Any], addresses: list[Any]) -> list[tuple[Any, Any]]:
    """Who asks for what, in order: everybody's turn comes at another address."""
    return [
        (somebody, address)
        for (n, somebody), (m, address) in itertools.product(enumerate(people), enumerate(addresses))
        if somebody[1] is None or address[0] in HALL or address[2] == 1 or (n + m + FIRST[stage]) % EVERY == 0
    ]


@pytest.mark.long
@pytest.mark.campaign
@pytest.mark.parametrize("stage", ["submission", "evaluation"])
def test_every_address_for_everybody(clock: Clock, settings: Any, stage: str) -> None:
    world = world_at(stage)
    follow(world.tender, clock)
    before, entries = rows(), Entry.objects.count()
    by = {entry.name: entry.callback.by for _address, entry in ADDRESSES}
    wrong = []
    people: list[tuple[str, Post | None]] = [("anonymous", None), *world.posts.items()]
    clients = {who: at_desk(post) if post else Client() for who, post in people}
    # What signs out, or asks who one is, comes last: the desk is kept until then.
    addresses = sorted(pages(world), key=lambda page: page[0].startswith("account_"))
    for (who, post), (name, address, number) in asked(stage, people, addresses):
        answer = clients[who].get(address)
        right = expected(name, number, who, post, by[name], world)
        if answer.status_code not in right:
            wrong.append(f"{who}: {address} answered {answer.status_code}, not {sorted(right)}")
        body = text_of(answer)
        said = [secret for secret in world.secrets_of(who) if secret in body]
        if name in LIBRARY and post is not None and post.role in {*LIBRARIANS, Role.AUDITOR}:
            said = [secret for secret in said if not Person.objects.filter(name=secret, expert__isnull=False).exists()]
        if said and not (name == REGISTER and said == [SECRET_BIDDER]):
            wrong.append(f"{who}: {address} tells {said}")
        if answer.status_code == 404 and "别人的项目" in body:
            wrong.append(f"{who}: {address} names what it hides")
    assert not wrong, "\n".join(wrong)
    assert rows() == before and Entry.objects.count() == entries


@pytest.mark.parametrize(
    "who", ["anonymous", "officer of another", "agent of another", "other supplier", "other expert"]
)
def test_no_form_of_somebody_elses_row(clock: Clock, who: str) -> None:
    """Every Action on a row that one may not see is 404, and without an account the login."""
    world = world_at("submission")
    follow(world.tender, clock)
    client = at_desk(world.posts[who]) if who in world.posts else Client()
    foreign, right = world.foreign, 302 if who == "anonymous" else 404
    bid = world.tender.lot.bids.first()
    for subject, code in (
        (foreign, "case.terminate"),
        (foreign, "invitation.publish"),
        (foreign.plan_item, "plan.submit"),
        (foreign.plan_item.appropriation, "intention.publish"),
        (bid, "bid.withdraw"),
    ):
        address = reverse("work_do", args=[subject._meta.model_name, subject.pk, code])
        assert client.get(address).status_code == right, address
        assert client.post(address, {}).status_code == right, address


def test_only_what_is_declared_takes_a_post(clock: Clock) -> None:
    """A POST to a page that only shows is 405."""
    world = world_at("submission")
    follow(world.tender, clock)
    client = at_desk(world.posts["officer"])
    only_show = ("work", "public", "notice", "law", "home", "verify", "help", "org")
    for name, address, number in pages(world):
        if name.startswith(only_show) and number == 0 and name not in TAKE_POST:
            assert client.post(address).status_code in {403, 405}, name
