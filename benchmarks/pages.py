"""Do pages stay as fast when there are ten thousand times as many cases?

The same few cases, the same posts and the same questions at every size; what grows is what lies beside them. A page is
asked for in this process (all middleware, templates, queries; no network), and at every size in turn, each size on a
database of its own, so that a change of load meets all.

With the fewest cases most lists are nearly empty, and a page that shows fifty rows takes longer than one that shows
two, whatever its queries do. So a figure stands beside that of the first size at which the page was as full, which its
length tells (it is in the note); the posts that are measured have their pages full at the second size already, and no
more cases of their own after it. A page that is still longer with the most cases than at any size before is held to the
size before. The bar of the sandbox is off: a site in use has none, and it lists more people where there are more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from benchmarks.measure import Figure, Timing, in_turn
from benchmarks.population import Population
from benchmarks.scale import Scale
from benchmarks.sizes import Sizes
from yangcai.cases.models import Case
from yangcai.funds.models import Appropriation
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.replay import district
from yangcai.tendering.models import Bid, CommitteeMember
from yangcai.www import sandbox
from yangcai.www.middleware import SESSION_KEY

#: A page that is found by indexes may take so many times longer: deeper trees, colder caches, the noise of the machine.
FLAT = 1.5
#: A page is as full as another from this share of its length on.
AS_FULL = 0.9
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

    def look(self) -> "Look":
        with CaptureQueriesContext(connection) as caught:
            began = time.perf_counter()
            answer = self.get()
            took = time.perf_counter() - began
        return Look(len(caught), len(answer.content), took)


@dataclass(frozen=True)
class Look:
    """One look at a page: its queries, its bytes, the seconds it took while they were counted."""

    queries: int
    length: int
    took: float


@dataclass(frozen=True)
class Seen:
    """A page at one size of the platform."""

    size: int
    took: Timing
    look: Look

    @property
    def length(self) -> int:
        return self.look.length


def run(scale: Scale) -> list[Figure]:
    """Every page at every size; one figure a page and size."""
    district.found_district(told=lambda purchase: None, purchases=founders(scale.cases[0]))
    original = Case.objects.count()
    population = Population(own=scale.cases[-2] // original)
    pages = all_pages(scale.case_pages)
    found: dict[tuple[str, int], Seen] = {}
    hosts = override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"])
    with hosts, mock.patch.object(sandbox, "bar", return_value=None), Sizes() as sizes:
        for size in scale.cases:
            population.grow(copies=size // original - 1)
            sizes.keep(size, as_copy=size != scale.cases[-1])
        asked = [(page, size) for page in pages for size in scale.cases]
        looks = {(page.name, size): _look(page, size, sizes) for page, size in asked}  # and what is cached once
        works = {(page.name, size): _asking(page, size, sizes) for page, size in asked}
        for key, took in in_turn(works, runs=scale.page_runs).items():
            found[key] = Seen(key[1], took if scale.page_runs else Timing((looks[key].took,)), looks[key])
    return [
        _figure(page.name, found[page.name, size], [found[page.name, less] for less in scale.cases[:n]], scale)
        for n, size in enumerate(scale.cases)
        for page in pages
    ]


def _look(page: Page, size: int, sizes: Sizes) -> Look:
    sizes.use(size)
    return page.look()


def _asking(page: Page, size: int, sizes: Sizes) -> Callable[[int], Any]:
    def ask(_run: int) -> None:
        sizes.use(size)
        page.get()

    return ask


def founders(size: int) -> list[district.Purchase]:
    """The purchases that are founded, of which all others are copies: as many cases as the smallest size has, those
    whose pages are read among them. (What was called off under a framework agreement would make more.)"""
    tenders = [one for one in district.PURCHASES if one.procedure == "open_tender" and one.until not in EARLY]
    read = [one for one in tenders if one.title in READ]
    return read + [one for one in tenders if one not in read][: size - len(read)]


def _figure(name: str, seen: Seen, before: list[Seen], scale: Scale) -> Figure:
    """A page beside the first size at which it was as full; beside itself where there is none to be held to."""
    as_full = [one for one in before if one.length >= AS_FULL * seen.length]
    held_to = as_full[:1] or (before[-1:] if seen.size == scale.cases[-1] else [])
    beside = held_to[0] if held_to else seen
    is_quick = seen.took.median * 1000 < AT_MOST
    note = f"{seen.look.queries} queries, {seen.length / 1000:.0f} kB"
    if before:
        note += f"; {seen.took.median / before[0].took.median:.2f} × of {before[0].size:,} cases"
    return Figure(
        f"{name}, {seen.size:,} cases",
        seen.took.median * 1000,
        seen.took.low * 1000,
        seen.took.high * 1000,
        "ms",
        f"with {beside.size:,} cases" if held_to else "itself",
        beside.took.median * 1000,
        goal=f"≤ {FLAT:g} ×, < {AT_MOST} ms" if held_to else f"< {AT_MOST} ms",
        is_met=is_quick and (not held_to or seen.took.median / beside.took.median <= FLAT),
        note=note,
    )


def signed_in(post: Post) -> Client:
    """A browser in which this post is chosen."""
    client = Client()
    client.force_login(post.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[SESSION_KEY] = post.pk
    session.save()
    return client


def all_pages(case_pages: int) -> list[Page]:
    """The worklist and the page of so many cases for every role, and the pages that list or search."""
    anybody = Client()
    cases = [Case.objects.filter(title=title).earliest("pk") for title in READ]
    posts = {role: _post(role, cases[0]) for role in Role if role != Role.PLATFORM}
    desks = {role: signed_in(post) for role, post in posts.items() if post is not None}
    pages = [Page(f"worklist, {role}", desk, reverse("work")) for role, desk in desks.items()]
    for number, case in enumerate(cases[:case_pages], start=1):
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
    """Who of that role has to do with the case: it is theirs, they bid for it, they sit in its committee."""
    posts = Post.objects.filter(role=role).select_related("person", "organisation").order_by("pk")
    if role in {Role.BUYER_OFFICER, Role.BUYER_REVIEWER}:
        return posts.get(organisation_id=case.buyer_id)
    if role == Role.AGENT:
        return posts.get(organisation_id=case.agent_id)
    if role == Role.SUPPLIER:
        return posts.filter(organisation__in=Bid.objects.filter(lot__case=case).values("supplier")).first()
    if role == Role.EXPERT:
        seats = CommitteeMember.objects.filter(committee__case=case, replaced_at=None)
        return posts.filter(pk__in=seats.values("post")).first()
    return posts.first()
