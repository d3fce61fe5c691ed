"""Does every page read well in every view: wide and narrow, light and dark, in both languages, as narrow as a phone?

Every address of the platform under which a page lies (samples.py), in Chromium. In `make long` each of them in one of
the eight views, in turn, so that every view is looked at on many pages; in `make nightly` each of them in all of them.

Whoever mends a page looks at that one: `YANGCAI_PAGES=notices,hall pytest -n0 tests/browser/test_every_page.py`, with
`YANGCAI_PICTURES=folder` for pictures.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import samples
from tests.browser.samples import Sample, Samples
from tests.browser.test_narrow import WIDE_BY
from tests.kernel.log import world
from tests.length import NIGHTLY
from tests.tendering.walk import set_database_clock
from tests.www.test_english import unmarked
from tools.screens import AXE_OPTIONS, NARROWEST, widest


class View(NamedTuple):
    """How somebody looks at a page."""

    width: int
    theme: str
    lang: str


VIEWS = tuple(View(*view) for view in itertools.product((1366, 390), ("light", "dark"), ("zh-hans", "en")))
#: What a run of this file goes through: the views in turn, or one of them for every page.
TURNS: dict[str, tuple[View, ...]] = (
    {"-".join(map(str, view)): (view,) for view in VIEWS} if NIGHTLY else {"in turn": VIEWS}
)
#: Names of pages, where only some are asked for; a folder for pictures.
ONLY = set(filter(None, os.environ.get("YANGCAI_PAGES", "").split(",")))
PICTURES = os.environ.get("YANGCAI_PICTURES")
#: Milliseconds for one page: all of them come one after the other, and something else may run beside.
SLOWEST = 300_000


@pytest.fixture
def shown(settings: Any, tmp_path: Path, page: Page) -> Iterator[Samples]:
    world.use(settings, tmp_path)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 24 * 60 * 60  # who has just signed in has, however long the walk takes
    settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = "demo", "demo"
    yield Samples()


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("turn", TURNS)
def test_every_page_reads_well(page: Page, live_server: Any, shown: Samples, turn: str) -> None:
    pages = shown.all()
    written = samples.written()
    wrong: list[str] = []
    said: list[str] = []
    page.set_default_timeout(SLOWEST)
    page.emulate_media(reduced_motion="reduce")  # nothing is on its way while it is measured
    page.on("console", lambda m: said.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    for sample, view in zip(pages, itertools.cycle(TURNS[turn]), strict=False):
        if ONLY and sample.name not in ONLY:
            continue
        said.clear()
        found = faults(page, live_server.url, sample, view, written)
        # The browser itself says so of a page that is not there.
        said[:] = [one for one in said if sample.status == 200 or "status of" not in one]
        wrong += [f"{sample.name} {view.width} {view.theme} {view.lang}: {one}" for one in (*found, *said)]
    assert not wrong, "\n".join(wrong)


def faults(page: Page, base: str, sample: Sample, view: View, written: list[str]) -> list[str]:
    """What is wrong with a page in this view: another answer, rules of accessibility, words, width."""
    set_database_clock(sample.at)
    page.context.clear_cookies()
    cookies = {"theme": view.theme, "django_language": view.lang, **sample.cookies}
    page.context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    page.set_viewport_size({"width": view.width, "height": 900})
    answer = page.goto(sample.address)
    assert answer is not None
    found = []
    if answer.status != sample.status or not page.url.endswith(sample.address):
        found.append(f"{sample.address} answered {answer.status} at {page.url}")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")  # a summary of errors takes the focus and scrolls
    told = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    found += [f"axe: {one['id']} {[' '.join(map(str, n['target'])) for n in one['nodes']][:4]}" for one in told]
    if view.lang == "en":
        found += [f"untranslated: {text}" for text in sorted(set(unmarked(page.content(), written)))]
    if PICTURES:
        name = f"{sample.name}-{view.width}-{view.theme}-{view.lang}.png"
        page.screenshot(path=str(Path(PICTURES) / name), full_page=True)
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    if over := page.evaluate(WIDE_BY):
        found.append(f"{over} px too wide at {NARROWEST} px: {widest(page)}")
    return found


def test_every_page_has_a_sample() -> None:
    """Of what an address names nobody can guess a row: whoever adds the page says which one shows it."""
    named = {*samples.NAMED, *samples.ACCOUNT_PAGES}
    without = [entry.name for entry in samples.pages() if entry.pattern.converters and entry.name not in named]
    assert not without, f"no sample of {without}: tests/browser/samples.py, NAMED (or NO_PAGE, and what it is)"


def test_no_sample_is_left_behind() -> None:
    """What is named there is an address."""
    names = {entry.name for _address, entry in samples.ADDRESSES}
    assert {*samples.NAMED, *samples.ACCOUNT_PAGES, *samples.NO_PAGE} <= names
