"""How many questions does each main page put to the database? A pinned number, the same for one row and for many."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apart import shared
from tests.factories import NOW, fund_appropriation, make_case, make_organisation, make_post
from tests.tendering.judging import SENT, hall
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.long]
MANY = 5

#: The rail of the most urgent case among them, the kinds of tasks to choose from, the methods of the cases whose tasks
#: are listed, and an agency's cases in time.
WORKLIST = {
    Role.BUYER_OFFICER: 21,
    Role.BUYER_REVIEWER: 20,
    Role.AGENT: 24,
    Role.SUPPLIER: 17,
    Role.EXPERT: 17,
    Role.TREASURY: 19,
    Role.TREASURY_PAYER: 19,
    Role.AUDITOR: 19,
    Role.PLATFORM: 19,
    Role.ADMINISTRATOR: 17,
}
#: A published case with two bids that nobody may know of yet; the rules behind every button are among the questions.
CASE_PAGE = {
    Role.BUYER_OFFICER: 30,  # whether the evaluation is over, for the record of the agent's conduct
    Role.BUYER_REVIEWER: 27,
    Role.AGENT: 27,
    Role.SUPPLIER: 32,  # whether it bid, for what it may object to
    Role.EXPERT: 22,
    Role.TREASURY: 27,
    Role.TREASURY_PAYER: 27,
    Role.AUDITOR: 27,
    Role.PLATFORM: 28,
}
#: The same page when the report is signed: the most that can be asked of a case.
EVALUATED = {Role.AGENT: 62, Role.BUYER_OFFICER: 48, Role.SUPPLIER: 32, Role.EXPERT: 64}
BUDGET = {Role.BUYER_OFFICER: 10, Role.BUYER_REVIEWER: 10, Role.TREASURY: 9, Role.TREASURY_PAYER: 9, Role.AUDITOR: 9}
PUBLIC = {"notices": 2, "law": 0, "law_clocks": 0}
SEARCH = 2
LAW_RULE = 0


def asked(client: Client, path: str) -> int:
    """Queries of the second look at a page: what is cached once is no matter of its rows."""
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def few_and_many(client: Client, path: str, *, more: Callable[[], Any]) -> tuple[int, int]:
    few = asked(client, path)
    more()
    return few, asked(client, path)


def own_side(post: Post) -> dict[str, Any]:
    """The part that an organisation of this role plays in a case."""
    if post.role in {Role.BUYER_OFFICER, Role.BUYER_REVIEWER}:
        return {"buyer": post.organisation}
    return {"agent": post.organisation} if post.role == Role.AGENT else {}


def busy(post: Post, *, cases: int, first: int) -> None:
    """So many cases with two lots each, and as many tasks that wait for this post."""
    for n in range(first, first + cases):
        case = make_case(stage="submission", lots=2, **own_side(post))
        Task.objects.create(
            root=case.ref,
            subject=case.ref,
            action="agent.appoint",
            clock="C13",
            role=post.role,
            organisation_id=post.organisation_id,
            title=case.title,
            since=NOW - datetime.timedelta(hours=n),
            due_at=NOW + datetime.timedelta(hours=1),
        )


@pytest.mark.parametrize("role", list(WORKLIST))
def test_worklist(clock: Clock, role: Role) -> None:
    post = make_post(role)
    busy(post, cases=1, first=1)
    found = few_and_many(at_desk(post), reverse("work"), more=lambda: busy(post, cases=MANY, first=2))
    assert found == (WORKLIST[role],) * 2


def tender_with_bids() -> Tender:
    tender = Tender().published()
    tender.bids("900000.00", "850000.00")
    return tender


with_bids = shared(tender_with_bids)


@pytest.mark.parametrize("role", list(CASE_PAGE))
def test_case_page(clock: Clock, with_bids: Callable[[], Tender], role: Role) -> None:
    tender = with_bids()
    follow(tender, clock)
    inside = {
        Role.BUYER_OFFICER: tender.officer,
        Role.BUYER_REVIEWER: tender.reviewer,
        Role.AGENT: tender.agent_post,
        Role.SUPPLIER: tender.suppliers[0],
    }
    post = inside.get(role) or make_post(role)
    path = reverse("work_case", args=[tender.case.pk])
    found = few_and_many(at_desk(post), path, more=lambda: busy(post, cases=MANY, first=1))
    assert found == (CASE_PAGE[role],) * 2


def test_case_page_after_the_evaluation(clock: Clock) -> None:
    h = hall("950000", "1000000", "1100000").ready()
    h.score({n: {"technical": "40", "record": "10"} for n in range(3)})
    h.compute()
    h.sign()
    clock.at = SENT
    assert h.agent is not None
    inside = {Role.AGENT: h.agent, Role.BUYER_OFFICER: h.officer, Role.SUPPLIER: h.bidders[0], Role.EXPERT: h.chair}
    address = reverse("work_case", args=[h.case.pk])
    assert {role: asked(at_desk(post), address) for role, post in inside.items()} == EVALUATED


@pytest.mark.parametrize("role", list(BUDGET))
def test_budget(clock: Clock, role: Role) -> None:
    post = make_post(role)
    buyer = post.organisation if own_side(post) else make_organisation()

    def lines(count: int) -> None:
        for _ in range(count):
            fund_appropriation(buyer)

    lines(1)
    found = few_and_many(at_desk(post), reverse("work_budget"), more=lambda: lines(MANY))
    assert found == (BUDGET[role],) * 2


@pytest.mark.parametrize(("page", "query"), [(name, "") for name in PUBLIC] + [("notices", "?q=设备&kind=invitation")])
def test_public_lists(client: Client, clock: Clock, page: str, query: str) -> None:
    tender = Tender(title="多媒体教学设备采购").published()
    follow(tender, clock)

    def more() -> None:
        for n in range(3):
            Tender(title=f"多媒体教学设备采购{n}").published()

    found = few_and_many(client, reverse(page) + query, more=more)
    assert found == ((SEARCH if query else PUBLIC[page]),) * 2


def test_a_rule_of_the_law(client: Client, clock: Clock) -> None:
    assert asked(client, reverse("law_rule", args=["enquiry.answer"])) == LAW_RULE
