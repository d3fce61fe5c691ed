"""How do pages look, and what do accessibility and content-security checks say about them?

    python tools/screens.py --base http://127.0.0.1:8000 --out var/screens /_components/ /law/
    python tools/screens.py --login buyer:password --size large /work/

Takes each page at 1366 and 390 px, light and dark, Chinese and English; runs axe on each view, measures sideways scroll
at 320 px, and listens for console errors. Exit 1 when anything was found. Needs a Chromium (YANGCAI_CHROMIUM, else
/usr/bin/chromium).
"""

import argparse
import itertools
import os
import sys
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

WIDTHS = {"wide": 1366, "phone": 390}
NARROWEST = 320
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Every rule looks at everything; but of what is in order it need not name each element, a megabyte for every page.
    "resultTypes": ["violations"],
}


def open_page(browser: Browser, *, base: str, width: int, theme: str, lang: str, size: str, script: bool = True) -> Any:
    """A fresh page with the reader's preferences as cookies."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
    cookies = {"theme": theme, "django_language": lang, "size": size}
    context.add_cookies([{"name": k, "value": v, "url": base} for k, v in cookies.items()])
    return context.new_page()


def sign_in(page: Any, *, base: str, login: str) -> None:
    """Through the login form, as a person would."""
    name, _, password = login.partition(":")
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("main button")


def look(browser: Browser, options: argparse.Namespace, path: str) -> list[str]:
    """All views of one page; returns what is wrong with them."""
    wrong: list[str] = []
    stem = path.strip("/").replace("/", "-").replace("?", "-") or "home"
    views = itertools.product(WIDTHS, options.themes, options.langs)
    for shape, theme, lang in views:
        page = open_page(browser, base=options.base, width=WIDTHS[shape], theme=theme, lang=lang, size=options.size)
        view = f"{path} {shape} {theme} {lang}"
        listen(page, view=view, wrong=wrong)
        if options.login:
            sign_in(page, base=options.base, login=options.login)
        answer = page.goto(options.base + path)
        if answer is None or answer.status != 200:
            wrong.append(f"{view}: status {answer and answer.status}")
        options.out.mkdir(parents=True, exist_ok=True)
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.screenshot(path=options.out / f"{stem}-{shape}-{theme}-{lang}.png", full_page=True)
        wrong += [f"{view}: axe: {found}" for found in violations(page)]
        page.set_viewport_size({"width": NARROWEST, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over:
            wrong.append(f"{view}: {over} px too wide at {NARROWEST} px: {widest(page)}")
        page.context.close()
    return wrong


def listen(page: Any, *, view: str, wrong: list[str]) -> None:
    """Note console errors (a breach of the content security policy is one) and exceptions of scripts."""
    page.on("console", lambda m: wrong.append(f"{view}: console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: wrong.append(f"{view}: script: {e}"))


def violations(page: Any) -> list[str]:
    """What axe finds: the rule, and the elements."""
    response = Axe().run(page, options=AXE_OPTIONS).response
    return [f"{v['id']} {[' '.join(map(str, n['target'])) for n in v['nodes']][:6]}" for v in response["violations"]]


def widest(page: Any) -> list[str]:
    """The elements that stick out at the right, for whoever mends it."""
    return page.evaluate(
        """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
           && !e.closest('.table-box, .rows-input, .nav, .tabs')).slice(0, 6).map(e => `${e.tagName}.${e.className}`)"""
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("var/screens"))
    parser.add_argument("--login", help="name:password")
    parser.add_argument("--themes", nargs="+", default=["light", "dark"])
    parser.add_argument("--langs", nargs="+", default=["zh-hans", "en"])
    parser.add_argument("--size", default="normal", choices=["normal", "large"])
    options = parser.parse_args()
    with sync_playwright() as playwright:
        executable = os.environ.get("YANGCAI_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        wrong = [sentence for path in options.paths for sentence in look(browser, options, path)]
        browser.close()
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    print(f"{len(options.paths)} pages in {options.out}, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
