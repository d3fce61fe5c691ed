"""What do the pages of an Action look like in the moment of a story at which it is done?

`YANGCAI_THROUGH=screens YANGCAI_PICTURES=folder YANGCAI_ACTS=dialogue.hold,… pytest -n0 tests/scenarios/…` takes them:
the page that leads to it, its form, and what is told afterwards; and how much too wide they are.
The browser is given each page as the test client got it, which sees what the story's transaction sees.
"""

import itertools
import mimetypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Route, sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.browser.test_narrow import WIDE_BY

BASE = "http://testserver"
#: Width, theme, language: what is wide and light in one picture is narrow and dark in the next but one.
VIEWS = ((1366, "light", "zh-hans"), (1366, "dark", "en"), (390, "dark", "en"), (390, "light", "zh-hans"))


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
        """The page in two views, the next one in the two others; what is wrong with it goes into faults.txt beside the
        pictures. It is asked for here, and only shown there: a browser's own loop has no part in this transaction."""
        if self.browser is None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
            self.browser = (
                sync_playwright().start().chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            )
        number = next(self.number)
        for width, theme, language in VIEWS[number % 2 :: 2]:
            desk.client.cookies["theme"], desk.client.cookies["django_language"] = theme, language
            answer = desk.get(address)
            del desk.client.cookies["theme"], desk.client.cookies["django_language"]
            context = self.browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
            page = context.new_page()
            page.route("**/*", _site(BASE + address, answer.content))
            page.goto(BASE + address)
            picture = f"{number:03}-{name}-{width}-{theme}-{language}"
            page.screenshot(path=str(self.folder / f"{picture}.png"), full_page=True)
            if wide := page.evaluate(WIDE_BY):
                with (self.folder / "faults.txt").open("a") as faults:
                    faults.write(f"{picture}: {wide} px too wide\n")
            context.close()


def _site(address: str, content: bytes) -> Callable[[Route], None]:
    """Give the browser the page, and what lies in files beside it."""

    def answer(route: Route) -> None:
        asked = route.request.url.partition("?")[0]
        path = asked.removeprefix(BASE)
        if asked == address:
            route.fulfill(body=content, content_type="text/html; charset=utf-8")
        elif path.startswith(settings.STATIC_URL) and (found := finders.find(path.removeprefix(settings.STATIC_URL))):
            route.fulfill(path=found, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")
        else:
            route.abort()

    return answer
