"""What do the pages of an Action look like in the moment of a story at which it is done?

`YANGCAI_THROUGH=screens YANGCAI_PICTURES=folder YANGCAI_ACTS=dialogue.hold,… pytest -n0 tests/scenarios/…` keeps them:
the page that leads to it, its form, and what is told afterwards. `python tests/through/pictures.py folder` then takes
the pictures, in a process of its own: a browser's loop has another connection and sees no story.
"""

import itertools
import mimetypes
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, sync_playwright

#: Width, theme, language: what is wide and light in one picture is narrow and dark in the next but one.
VIEWS = ((1366, "light", "zh-hans"), (1366, "dark", "en"), (390, "dark", "en"), (390, "light", "zh-hans"))
BASE, STATIC = "http://testserver", Path(__file__).parents[2] / "yangcai/www/static"
DEBIAN = "/usr/bin/chromium-headless-shell"


class Camera:
    """Keeps what a desk sees."""

    def __init__(self, folder: Path, acts: set[str]):
        self.folder, self.acts = folder, acts
        self.number = itertools.count(1)

    @classmethod
    def asked(cls) -> "Camera | None":
        acts = set(filter(None, os.environ.get("YANGCAI_ACTS", "").split(",")))
        return cls(Path(os.environ["YANGCAI_PICTURES"]), acts) if acts else None

    def wants(self, code: str) -> bool:
        return code in self.acts

    def take(self, desk: Any, address: str, name: str) -> None:
        """The page in two views, the next one in the two others."""
        number = next(self.number)
        for width, theme, language in VIEWS[number % 2 :: 2]:
            desk.client.cookies["theme"], desk.client.cookies["django_language"] = theme, language
            content = desk.get(address).content
            del desk.client.cookies["theme"], desk.client.cookies["django_language"]
            (self.folder / f"{number:03}-{name}-{theme}-{language}-{width}.html").write_bytes(content)


def shoot(folder: Path) -> None:
    """A picture of every page that is kept there; how much too wide it is, said where it is."""
    with sync_playwright() as playwright:
        chromium = os.environ.get("YANGCAI_CHROMIUM", DEBIAN)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for kept in sorted(folder.glob("*.html")):
            width = int(kept.stem.rpartition("-")[2])
            page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
            page.route("**/*", _site(kept.read_bytes()))
            page.goto(f"{BASE}/")
            page.screenshot(path=str(kept.with_suffix(".png")), full_page=True)
            over = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
            sys.stdout.write(f"{kept.stem}{f': {over} px too wide' if over else ''}\n")
            page.close()
        browser.close()


def _site(content: bytes) -> Callable[[Route], None]:
    """Give the browser the page, and what lies in files beside it."""

    def answer(route: Route) -> None:
        path = route.request.url.partition("?")[0].removeprefix(BASE)
        beside = STATIC / path.removeprefix("/static/")
        if path == "/":
            route.fulfill(body=content, content_type="text/html; charset=utf-8")
        elif path.startswith("/static/") and beside.is_file():
            route.fulfill(path=beside, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")
        else:
            route.abort()

    return answer


if __name__ == "__main__":
    shoot(Path(sys.argv[1]))
