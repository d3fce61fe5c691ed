"""With the demo's whole year loaded, does a page come within 300 ms nineteen times out of twenty?

The year is walked as `yangcai demo` walks it (132 purchases by the same Actions), then the site is served by Granian as
there, two processes with the sandbox clock and its bar, and every page is asked for over HTTP by somebody who is signed
in: the worklist and two cases of every role, lists, and what the public reads. One reader after another, and four at a
time; what a process or a connection keeps it has read before. Beside them: a request that only says who asks.
"""

import http.client
import statistics
import time
from collections import defaultdict

from django.conf import settings
from django.db import connections
from django.test.utils import override_settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from benchmarks.api import Request, at_once, load, served, token_of
from benchmarks.finalise import at
from benchmarks.measure import Figure
from benchmarks.pages import AT_MOST, Page, all_pages, founders
from benchmarks.scale import Scale
from yangcai.kernel import clock
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.replay import district, year_walk

READERS = 4
#: So often every page is read before it counts: each connection has heard its questions by then, as in the first hour.
WARM = 24
#: What the public reads beside the pages that `pages` knows; with a path of their own each.
PUBLIC = (
    "figures", "guidance", "services", "contacts", "enquiries", "data", "law", "law_clocks", "status", "help", "demo",
)  # fmt: skip
WORST = 5


def run(scale: Scale) -> list[Figure]:
    """The 95th percentile over all pages and rounds, and which pages are the slowest."""
    is_whole = scale.page_runs > 0  # the quick run shows that everything works
    founded = district.PURCHASES if is_whole else founders(scale.cases[-1])
    district.found_district(told=lambda purchase: None, purchases=founded)
    if is_whole:
        year_walk.make(told=lambda order, left: None)
    with override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"]):
        pages = all_pages(scale.case_pages)
        anybody = next(page.client for page in pages if page.name == "home")
        pages += [Page(name, anybody, reverse(name)) for name in PUBLIC]
        cookies = {page.name: _cookie(page) for page in pages}
    officer = Post.objects.filter(role=Role.BUYER_OFFICER).order_by("pk")[0]
    who = Request("GET", "/api/v1/me", token_of(officer, clock.now()))
    connections.close_all()
    rounds = max(scale.page_runs, 1)
    with served() as port:
        _together(port, pages * (WARM if is_whole else 2), cookies)
        nothing = load(port, [who] * len(pages), clients=1)
        alone = _read(port, pages * rounds, cookies)
        together = _together(port, pages * rounds, cookies)
    slowest = sorted(alone, key=lambda name: -statistics.median(alone[name]))[:WORST]
    return [
        _figure("any page, one reader", alone, nothing.each.median),
        _figure(f"any page, {READERS} readers at a time", together, nothing.each.median),
        *(_figure(f"{name}, one reader", {name: alone[name]}, nothing.each.median) for name in slowest),
    ]


def _cookie(page: Page) -> str:
    kept = page.client.cookies.get(settings.SESSION_COOKIE_NAME)
    return f"{settings.SESSION_COOKIE_NAME}={kept.value}" if kept else ""


def _read(port: int, pages: list[Page], cookies: dict[str, str]) -> dict[str, list[float]]:
    """Seconds of each page, by its name. Raises RuntimeError at any answer but the page."""
    found: dict[str, list[float]] = defaultdict(list)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for page in pages:
        began = time.perf_counter()
        connection.request("GET", iri_to_uri(page.path), headers={"Cookie": cookies[page.name]})
        answer = connection.getresponse()
        answer.read()
        found[page.name].append(time.perf_counter() - began)
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{page.name}: {answer.status} {page.path}")
    connection.close()
    return found


def _together(port: int, pages: list[Page], cookies: dict[str, str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)

    def reader(n: int) -> None:
        for name, seconds in _read(port, pages[n::READERS], cookies).items():
            found[name] += seconds

    at_once(reader, clients=READERS)
    return found


def _figure(what: str, found: dict[str, list[float]], nothing: float) -> Figure:
    seconds = sorted(one for each in found.values() for one in each)
    value = at(seconds, 95)
    return Figure(
        f"{what}, p95",
        value,
        seconds[0] * 1000,
        seconds[-1] * 1000,
        "ms",
        "a request that says who asks",
        nothing * 1000,
        goal=f"< {AT_MOST} ms",
        is_met=value < AT_MOST,
        note=f"median {statistics.median(seconds) * 1000:.0f} ms, {len(found)} pages, {len(seconds)} answers",
    )
