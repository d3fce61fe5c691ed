"""What does a test in a browser find? A Chromium, the site served on its own database, and a sandbox clock."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.factories import NOW
from yangcai.kernel import clock

#: Milliseconds for one page or click: a machine that runs other tests beside this one takes its time.
SLOWEST = 90_000
#: Debian's two: the same engine; the one without windows loads a page with two thirds of the work.
DEBIAN = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
GIVEN = os.environ.get("YANGCAI_CHROMIUM")
CHROMIUM = Path(GIVEN) if GIVEN else next((path for path in DEBIAN if path.exists()), DEBIAN[-1])

_RUNNING: list[Any] = []  # one loop in a thread, so one Chromium in a process


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM} (set YANGCAI_CHROMIUM)")
    if _RUNNING:  # tests elsewhere borrow this fixture: to pytest it is another one
        yield _RUNNING[0]
        return
    with sync_playwright() as playwright:
        # Playwright runs a loop in this thread; the tests' own queries beside it are safe.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        _RUNNING.append(browser)
        yield browser
        _RUNNING.clear()
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def sandbox(settings: Any, transactional_db: None) -> None:
    """A demo at 2 March 2026, 09:00."""
    settings.YANGCAI_SANDBOX = True
    settings.YANGCAI_SECOND_FACTOR = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    clock.set_sandbox(at=NOW)


@pytest.fixture
def page(chromium: Any, live_server: Any, sandbox: None) -> Iterator[Page]:
    size = {"width": 1366, "height": 900}
    # Nothing is on its way while it is measured: halfway from light to dark no text has its contrast.
    context = chromium.new_context(viewport=size, base_url=live_server.url, locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(SLOWEST)
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield page
    context.close()
    assert errors == []
