"""Does a list show every row once, in order, to whom it concerns, however little of it is counted?"""

import datetime
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_case, make_expert, make_organisation, make_post
from yangcai.cases.models import Case
from yangcai.cases.queries import visible_to
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import (
    Committee,
    CommitteeMember,
    Consortium,
    ConsortiumMember,
    Invitee,
    InviteeSource,
    OpeningPolicy,
    Participation,
    PaymentTerm,
)
from yangcai.www import paging
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import own, tables

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NAMES = [f"单位{n:03}" for n in range(100)]


@pytest.fixture
def names() -> None:
    for name in NAMES:
        make_organisation(name=name)


def leafed(paginator: CappedPaginator) -> list[str]:
    """What somebody sees who goes on to the next page until there is none."""
    seen: list[str] = []
    number = 1
    while True:
        page = CappedPaginator(paginator.query, paginator.per_page, most=paginator.most).get_page(str(number))
        seen += [row.name for row in page]
        if not page.has_next():
            return seen
        number += 1


def test_whoever_leafs_on_sees_every_row_although_few_pages_are_counted(
    names: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "AHEAD", 2)
    rows = Organisation.objects.filter(name__in=NAMES).order_by("name")
    assert leafed(CappedPaginator(rows, 7)) == NAMES
    assert leafed(CappedPaginator(rows, 7, most=50)) == NAMES[:50]
    last = CappedPaginator(rows, 7, most=50).get_page("8")
    assert last.paginator.is_at_its_end and last.paginator.count == 50


@pytest.mark.parametrize(
    ("asked", "number", "counted", "is_cut"),
    [(None, 1, 30, True), ("1", 1, 30, True), ("x", 1, 30, True), ("7", 7, 90, True), ("8", 8, 100, False)],
)
def test_rows_are_counted_a_few_pages_beyond_the_one_that_is_shown(
    names: None, monkeypatch: pytest.MonkeyPatch, asked: str | None, number: int, counted: int, is_cut: bool
) -> None:
    monkeypatch.setattr(paging, "AHEAD", 2)
    rows = Organisation.objects.filter(name__in=NAMES).order_by("name")
    with CaptureQueriesContext(connection) as caught:
        page = CappedPaginator(rows, 10).get_page(asked)
        assert (page.number, page.paginator.count, page.paginator.is_cut) == (number, counted, is_cut)
        assert not page.paginator.is_at_its_end
        assert [row.name for row in page] == NAMES[10 * (number - 1) : 10 * number]
    assert len(caught) == 2


def test_beyond_the_last_page_stands_the_last(names: None) -> None:
    page = CappedPaginator(Organisation.objects.filter(name__in=NAMES).order_by("name"), 30).get_page("99")
    assert [row.name for row in page] == NAMES[90:]


def opened(count: int) -> list[Case]:
    """Published cases in the order in which they were opened, which is not that of their keys."""
    cases = [make_case(stage="submission") for _ in range(count)]
    random.Random(7).shuffle(cases)
    for n, case in enumerate(cases):
        case.opened_at = NOW - (count - n) * DAY
        case.save()
    return cases


def newest_first(post: Post, mine: list[Case]) -> bool:
    found = list(own.cases(post, now=NOW))
    return found == sorted(mine, key=lambda case: case.opened_at, reverse=True) and len(found) == len(mine)


def test_a_supplier_finds_what_it_takes_part_in_or_is_invited_to_newest_first() -> None:
    post, other = make_post(Role.SUPPLIER), make_organisation(OrganisationKind.SUPPLIER)
    cases = opened(7)
    hidden = make_case(stage="preparation")  # not published, so nothing to be seen yet
    for case in [*cases[:4], hidden]:
        Participation.objects.create(case=case, supplier=post.organisation, obtained_at=NOW)
    Participation.objects.create(case=cases[6], supplier=other, obtained_at=NOW)
    for case, invited_at in ((cases[3], NOW), (cases[4], NOW), (cases[5], None)):
        Invitee.objects.create(case=case, supplier=post.organisation, source=InviteeSource.BUYER, invited_at=invited_at)
    assert newest_first(post, cases[:5])
    # Who is one of several that bid together has asked for no documents of its own.
    member = make_post(Role.SUPPLIER)
    row = Consortium.objects.create(
        lot=cases[2].lots.get(), leader=post.organisation, registered_by=post, work="牵头", registered_at=NOW
    )
    ConsortiumMember.objects.create(consortium=row, organisation=member.organisation, share="0.3", work="安装")
    assert newest_first(member, [cases[2]])


def test_an_expert_finds_the_cases_of_its_committees_newest_first() -> None:
    post = make_expert()
    cases = opened(5)
    for n, case in enumerate(cases[:4]):
        committee = Committee.objects.create(case=case, size=5, draw_seed="0", pool_digest="0", drawn_at=NOW)
        CommitteeMember.objects.create(committee=committee, post=post, replaced_at=NOW if n == 2 else None)
    assert newest_first(post, [cases[0], cases[1], cases[3]])


def test_a_line_of_a_list_needs_no_query_of_its_own() -> None:
    post = make_post(Role.BUYER_OFFICER)
    for _ in range(3):
        make_case(buyer=post.organisation)
    with CaptureQueriesContext(connection) as caught:
        lines = own.listed(own.cases(post, now=NOW), now=NOW)
        assert {line.case.buyer.name for line in lines} == {post.organisation.name}
    assert len(lines) == 3 == len(caught)
    assert {line.case for line in lines} == set(visible_to(post, NOW))


def test_figures_of_a_row_have_their_units_and_nothing_stands_for_nothing() -> None:
    """Half an hour is no 1800, a share of the price says of what it is, and what is handed in first is no round 0."""
    policy = OpeningPolicy(revision=1, threshold=4, supplier_shares=2, window_seconds=1800)
    told = {one["label"]: one["value"] for one in tables.facts(policy, ("round", "revision", "window"))}
    assert told == {"版本": "1", "解密时限": "30分"}
    last = OpeningPolicy(round=1, window_seconds=5400)
    assert [one["value"] for one in tables.facts(last, ("round", "window"))] == ["1", "1小时30分"]
    (one,) = tables.facts(PaymentTerm(percent=Decimal("30.00")), ("percent",))
    assert one["value"] == "30%"
