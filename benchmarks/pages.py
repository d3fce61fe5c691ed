"""Do pages stay as fast when there are ten thousand times as many cases?

The same few cases, the same posts and the same questions at every size; what grows is what lies beside them. A page is
asked for in this process (all middleware, templates, queries; no network), each page in turn, so that a change of load
meets all. The first figure of a page is that with the fewest cases; every other stands beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from benchmarks.measure import Figure, Timing, in_turn
from benchmarks.population import Population
from benchmarks.scale import Scale
from yangcai.cases.models import Case
from yangcai.funds.models import Appropriation
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.replay import district
from yangcai.www.middleware import SESSION_KEY

#: A page that is found by indexes may take so many times longer: deeper trees, colder caches, the noise of the machine.
FLAT = 1.5
#: DESIGN: so many milliseconds at 100,000 cases.
AT_MOST = 300
#: The purchases of the district whose pages are read: one in its contract, one whose bids are awaited.
READ = ("智慧教室终端设备采购项目", "中小学计算机教室设备采购项目")
#: A purchase that has come no further has no case yet.
EARLY = ("budget", "intention")


@dataclass(frozen=True)
class Page:
    """One question: by whom (None: anybody), and where."""

    name: str
    client: Client
    path: str

    def get(self) -> Any:
        answer = self.client.get(self.path)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.name}: {answer.status_code} {self.path}")
        return answer

    def queries(self) -> int:
        with CaptureQueriesContext(connection) as caught:
            self.get()
        return len(caught)


def run(scale: Scale) -> list[Figure]:
    """Every page at every size; one figure a page and size."""
    district.found_district(told=lambda purchase: None, purchases=_original(scale.cases[0]))
    original = Case.objects.count()
    population = Population()
    figures: list[Figure] = []
    first: dict[str, Timing] = {}
    with override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"]):
        pages = _pages()
        for size in scale.cases:
            population.grow(copies=size // original - 1)
            took, queries = _measure(pages, runs=scale.page_runs)
            for page in pages:
                first.setdefault(page.name, took[page.name])
                figures.append(
                    _figure(page.name, size, took[page.name], first[page.name], queries[page.name], few=scale.cases[0])
                )
    return figures


def _original(size: int) -> list[district.Purchase]:
    """The purchases that are founded, of which all others are copies: as many cases as the smallest size has, those
    whose pages are read among them. (What was called off under a framework agreement would make more.)"""
    tenders = [one for one in district.PURCHASES if one.procedure == "open_tender" and one.until not in EARLY]
    read = [one for one in tenders if one.title in READ]
    return read + [one for one in tenders if one not in read][: size - len(read)]


def _measure(pages: list[Page], *, runs: int) -> tuple[dict[str, Timing], dict[str, int]]:
    queries = {page.name: page.queries() for page in pages}  # and what is cached once

    def ask(page: Page) -> Callable[[int], Any]:
        return lambda _run: page.get()

    return in_turn({page.name: ask(page) for page in pages}, runs=runs), queries


def _figure(name: str, size: int, took: Timing, first: Timing, queries: int, *, few: int) -> Figure:
    return Figure(
        f"{name}, {size:,} cases",
        took.median * 1000,
        took.low * 1000,
        took.high * 1000,
        "ms",
        f"with {few} cases",
        first.median * 1000,
        goal=f"≤ {FLAT:g} ×, < {AT_MOST} ms",
        is_met=took.median / first.median <= FLAT and took.median * 1000 < AT_MOST,
        note=f"{queries} queries",
    )


def signed_in(post: Post) -> Client:
    """A browser in which this post is chosen."""
    client = Client()
    client.force_login(post.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[SESSION_KEY] = post.pk
    session.save()
    return client


def _pages() -> list[Page]:
    """The worklist and a case's page for every role, and the pages that list or search."""
    anybody = Client()
    cases = [Case.objects.filter(title=title).earliest("pk") for title in READ]
    posts = {role: _post(role, cases[0]) for role in Role if role != Role.PLATFORM}
    desks = {role: signed_in(post) for role, post in posts.items() if post is not None}
    pages = [Page(f"worklist, {role}", desk, reverse("work")) for role, desk in desks.items()]
    for number, case in enumerate(cases, start=1):
        pages += [
            Page(f"case page {number}, {role}", desk, reverse("work_case", args=[case.pk]))
            for role, desk in desks.items()
        ]
        pages.append(Page(f"public case page {number}", anybody, reverse("public_case", args=[case.pk])))
    budget = Appropriation.objects.order_by("pk").first()
    assert budget is not None
    pages += [
        Page("list of cases, treasury", desks[Role.TREASURY], reverse("work_cases")),
        Page("list of cases, agent", desks[Role.AGENT], reverse("work_cases")),
        Page("open tenders, supplier", desks[Role.SUPPLIER], reverse("work_tenders")),
        Page("budget, buyer", desks[Role.BUYER_OFFICER], reverse("work_budget")),
        Page("budget, treasury", desks[Role.TREASURY], reverse("work_budget")),
        Page("budget line", desks[Role.BUYER_OFFICER], reverse("work_appropriation", args=[budget.pk])),
        Page("plans, treasury", desks[Role.TREASURY], reverse("work_plans")),
        Page("payments, payer", desks[Role.TREASURY_PAYER], reverse("work_payments")),
        Page("home", anybody, reverse("home")),
        Page("notices", anybody, reverse("notices")),
        Page("search, many hits", anybody, f"{reverse('notices')}?q=采购项目"),
        Page("search, one kind", anybody, f"{reverse('notices')}?q=教室&kind=award"),
        Page("search, no hit", anybody, f"{reverse('notices')}?q=航空母舰"),
        Page("a buyer, public", anybody, reverse("organisation", args=[cases[0].buyer_id])),
        Page("API: cases", anybody, "/api/v1/cases?limit=100"),
        Page("API: one case", anybody, f"/api/v1/cases/{cases[0].pk}"),
        Page("API: change feed", anybody, reverse("api_feed")),
        Page("OCDS record", anybody, reverse("ocds_record", args=[cases[0].pk])),
    ]
    return pages


def _post(role: str, case: Case) -> Post | None:
    """Who of that role has to do with the case."""
    posts = Post.objects.filter(role=role).select_related("person", "organisation").order_by("pk")
    if role in {Role.BUYER_OFFICER, Role.BUYER_REVIEWER}:
        return posts.get(organisation_id=case.buyer_id)
    if role == Role.AGENT:
        return posts.get(organisation_id=case.agent_id)
    return posts.first()
