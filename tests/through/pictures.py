"""What do the pages of an Action look like in the moment of a story at which it is done?

`YANGCAI_THROUGH=screens YANGCAI_PICTURES=folder YANGCAI_ACTS=dialogue.hold,… pytest -n0 tests/scenarios/…` takes them:
the page that leads to it, its form, and what is told afterwards; with what axe finds and how much too wide they are.
The browser is given every page by the test client, so that it sees what the story's transaction sees.
"""

import itertools
import mimetypes
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Route, sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.browser.test_narrow import WIDE_BY
from tools.screens import AXE_OPTIONS

BASE = "http://testserver"
#: Width, theme, language: both widths in both themes and both languages, in four pictures.
VIEWS = ((1366, "light", "zh-hans"), (390, "dark", "zh-hans"), (1366, "dark", "en"), (390, "light", "en"))


class Camera:
    """A browser that looks at what a desk sees."""

    def __init__(self, folder: Path, acts: set[str]):
        self.folder, self.acts = folder, acts
        self.browser: Any = None
        self.number = itertools.count(1)

    @classmethod
    def asked(cls) -> "Camera | None":
        acts = set(filter(None, os.environ.get("YANGCAI_ACTS", "").split(",")))
        return cls(Path(os.environ["YANGCAI_PICTURES"]), acts) if acts else None

    def wants(self, code: str) -> bool:
        return code in self.acts

    def take(self, desk: Any, address: str, name: str) -> None:
        """The page in each view; what is wrong with it goes into faults.txt beside the pictures."""
        if self.browser is None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
            playwright = sync_playwright().start()
            self.browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        number = next(self.number)
        for width, theme, language in VIEWS:
            context = self.browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
            page = context.new_page()
            chosen = {"theme": theme, "django_language": language}
            page.route("**/*", lambda route, chosen=chosen: _answer(route, desk, chosen))
            page.goto(BASE + address)
            picture = f"{number:03}-{name}-{width}-{theme}-{language}"
            page.screenshot(path=str(self.folder / f"{picture}.png"), full_page=True)
            told = Axe().run(page, options=AXE_OPTIONS).response["violations"]
            wide = page.evaluate(WIDE_BY)
            with (self.folder / "faults.txt").open("a") as faults:
                faults.writelines(f"{picture}: {one['id']} {one['nodes'][0]['target']}\n" for one in told)
                faults.write(f"{picture}: {wide} px too wide\n" if wide else "")
            context.close()


def _answer(route: Route, desk: Any, chosen: dict[str, str]) -> None:
    """Give the browser what the site says to this desk."""
    asked = urlsplit(route.request.url)
    if asked.path.startswith(settings.STATIC_URL):
        found = finders.find(asked.path.removeprefix(settings.STATIC_URL))
        kind = mimetypes.guess_type(asked.path)[0] or "application/octet-stream"
        route.fulfill(path=found, content_type=kind) if found else route.abort()
        return
    for name, value in chosen.items():
        desk.client.cookies[name] = value
    try:
        answer = desk.get(asked.path + (f"?{asked.query}" if asked.query else ""))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    finally:
        for name in chosen:
            desk.client.cookies.pop(name, None)
    route.fulfill(status=answer.status_code, body=body, content_type=answer.get("Content-Type", "text/html"))
