"""How long does it take somebody by hand to live through a story of the demo, who reads the bar and clicks?

Counted is what a person does: a click, a page that comes, a field that the form has filled in already, a file that is
chosen. Each has its seconds, from the keystroke-level model of Card, Moran and Newell (1980): to decide 1.35 s, to
point 1.1 s, to press 0.2 s; a fixation of the eye is a quarter of a second. What the machine takes is measured beside
it, because it is the machine's.
"""

import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

#: To decide what to click, to point, to press.
CLICK = 1.35 + 1.1 + 0.2
#: To see what has come, and where on it to go on: the title, what is said, the button.
PAGE = 1.35
#: To look at a label and at what stands beside it already.
FIELD = 2 * 0.25
#: To choose a file: it is decided on, pointed at and opened in a window of its own.
FILE = 2 * CLICK
MINUTE = 60
#: More turns than any story has.
MOST = 60
PAPER = {"name": "验收书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n"}
TYPED = "main form :is(input, select, textarea):visible:not([type=hidden])"
#: How many of them have something in them: over empty cells the eye passes.
FILLED = "all => all.filter(one => ['checkbox', 'radio'].includes(one.type) ? one.checked : one.value).length"
OVER = "这个剧本走完了"


@dataclass
class Turn:
    """One step of a story: what was clicked, and what came of it."""

    what: str
    clicks: int = 0
    pages: int = 0
    fields: int = 0
    files: int = 0
    waited: float = 0.0

    @property
    def seconds(self) -> float:
        """What it takes the person alone."""
        return self.clicks * CLICK + self.pages * PAGE + self.fields * FIELD + self.files * FILE


@dataclass
class Visitor:
    """Somebody who reads the bar and clicks, and types nothing."""

    page: Page
    turns: list[Turn] = field(default_factory=list)

    def go(self, what: Locator) -> None:
        """One click that brings one page."""
        began = time.perf_counter()
        with self.page.expect_navigation():
            what.click()
        turn = self.turns[-1]
        turn.waited += time.perf_counter() - began
        turn.clicks += 1
        turn.pages += 1

    def begin(self, what: str) -> None:
        self.turns.append(Turn(what))

    def live_through(self, name: str) -> None:
        """A story from its button at the entrance to its end."""
        self.page.goto("/demo/")
        self.begin("begin")
        self.go(self.page.locator(f"button[name=story][value={name}]"))
        for _turn in range(MOST):
            if OVER in (self.page.locator(".sandbox-turn").text_content() or ""):
                return
            turn = self.page.locator(".sandbox-next a")
            if not turn.count():
                self.begin("forward")
                self.go(self.page.locator(".sandbox button[name=forward][value=turn]"))
                continue
            self.begin(turn.inner_text())
            if turn.get_attribute("href") != urlsplit(self.page.url).path:  # the clock leads to the form itself
                self.go(turn)
            self.fill_in()
        raise AssertionError(f"{name} does not end: {[turn.what for turn in self.turns]}")

    def fill_in(self) -> None:
        """A form as it is filled in already."""
        turn = self.turns[-1]
        turn.fields += self.page.locator(TYPED).evaluate_all(FILLED)
        for file in self.page.locator("main form input[type=file][required]").all():
            file.set_input_files(PAPER)  # type: ignore[arg-type]
            turn.files += 1
        self.go(self.page.locator("main form .form-buttons button >> nth=-1"))
        said = self.page.locator("main").inner_text()[:600]
        assert "/work/done/" in self.page.url, (turn.what, self.page.url, said)

    @property
    def minutes(self) -> float:
        """What the person takes."""
        return sum(turn.seconds for turn in self.turns) / MINUTE

    @property
    def waited(self) -> float:
        """The minutes that the machine took."""
        return sum(turn.waited for turn in self.turns) / MINUTE

    def told(self) -> str:
        """The turns, one a line."""
        return "\n".join(
            f"{turn.seconds:6.1f} s + {turn.waited:5.1f} s  {turn.clicks} clicks {turn.pages} pages"
            f" {turn.fields} fields {turn.files} files  {turn.what}"
            for turn in self.turns
        )
