"""Does every page read well in every view: wide and narrow, light and dark, in both languages, as narrow as a phone?

Every address of the platform under which a page lies (samples.py), in Chromium. A page is fetched once in each
language; how wide it is and how light is changed where it stands, as its reader's device and the switch would have it.
In `make long` each page is looked at wide and narrow, light and dark, in both languages: in four of the eight views, in
turn. In `make nightly` in all eight.

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
from tests.browser.test_marks import wrong_on
from tests.browser.test_narrow import WIDE_BY
from tests.kernel.log import world
from tests.length import NIGHTLY
from tests.tendering.walk import set_database_clock
from tools.screens import AXE_OPTIONS, NARROWEST, widest


class Look(NamedTuple):
    """At which width, in pixels, and how light a page is looked at."""

    width: int
    theme: str


LANGUAGES = ("zh-hans", "en")
WIDE, NARROW = 1366, 390
LOOKS = tuple(Look(*look) for look in itertools.product((WIDE, NARROW), ("light", "dark")))
#: What a page is given in turn, where it is not given all.
TURNS = (
    [LOOKS] if NIGHTLY else [(Look(WIDE, "light"), Look(NARROW, "dark")), (Look(WIDE, "dark"), Look(NARROW, "light"))]
)
#: Of which a picture is kept in docs/screens (tools/pictures.py).
KEPT = Look(WIDE, "light")
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
def test_every_page_reads_well(page: Page, live_server: Any, shown: Samples) -> None:
    pages = shown.all()
    written = samples.written()
    wrong: list[str] = []
    said: list[str] = []
    page.set_default_timeout(SLOWEST)
    page.emulate_media(reduced_motion="reduce")  # nothing is on its way while it is measured
    page.on("console", lambda m: said.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    for number, sample in enumerate(pages):
        if ONLY and sample.name not in ONLY:
            continue
        for turn, lang in enumerate(LANGUAGES, start=number):
            said.clear()
            found = faults(page, live_server.url, sample, lang, TURNS[turn % len(TURNS)], written)
            # The browser itself says so of a page that is not there.
            said[:] = [one for one in said if sample.status == 200 or "status of" not in one]
            wrong += [f"{sample.name} {lang}: {one}" for one in (*found, *said)]
    assert not wrong, "\n".join(wrong)


def faults(page: Page, base: str, sample: Sample, lang: str, looks: tuple[Look, ...], written: list[str]) -> list[str]:
    """What is wrong with a page in this language: another answer, words, rules of accessibility, width."""
    set_database_clock(sample.at)
    page.context.clear_cookies()
    cookies = {"theme": looks[0].theme, "django_language": lang, **sample.cookies}
    page.context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    page.set_viewport_size({"width": looks[0].width, "height": 900})
    answer = page.goto(sample.address)
    assert answer is not None
    found = []
    if answer.status != sample.status or not page.url.endswith(sample.address):
        found.append(f"{sample.address} answered {answer.status} at {page.url}")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")  # a summary of errors takes the focus and scrolls
    if lang == "en":
        found += [f"untranslated: {text}" for text in wrong_on(page.content(), written)]
    for look in looks:
        page.set_viewport_size({"width": look.width, "height": 900})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", look.theme)
        told = Axe().run(page, options=AXE_OPTIONS).response["violations"]
        found += [
            f"{look.width} {look.theme}: axe: {one['id']} {[' '.join(map(str, n['target'])) for n in one['nodes']][:4]}"
            for one in told
        ]
        if PICTURES:
            picture(page, sample, lang, look)
    if PICTURES and lang == "zh-hans" and KEPT not in looks:
        page.set_viewport_size({"width": KEPT.width, "height": 900})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", KEPT.theme)
        picture(page, sample, lang, KEPT)
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    if over := page.evaluate(WIDE_BY):
        found.append(f"{over} px too wide at {NARROWEST} px: {widest(page)}")
    return found


def picture(page: Page, sample: Sample, lang: str, look: Look) -> None:
    """As it is seen now, into the folder for pictures."""
    name = f"{sample.name}-{look.width}-{look.theme}-{lang}.png"
    page.screenshot(path=str(Path(PICTURES or "") / name), full_page=True)


def test_every_page_has_a_sample() -> None:
    """Of what an address names nobody can guess a row: whoever adds the page says which one shows it."""
    named = {*samples.NAMED, *samples.ACCOUNT_PAGES}
    without = [entry.name for entry in samples.pages() if entry.pattern.converters and entry.name not in named]
    assert not without, f"no sample of {without}: tests/browser/samples.py, NAMED (or NO_PAGE, and what it is)"


def test_no_sample_is_left_behind() -> None:
    """What is named there is an address."""
    names = {entry.name for _address, entry in samples.ADDRESSES}
    assert {*samples.NAMED, *samples.ACCOUNT_PAGES, *samples.NO_PAGE} <= names
