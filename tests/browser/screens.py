"""How many screens lie between the workbench and the result? Somebody who signs in, and every page that comes after."""

from typing import Any

from playwright.sync_api import Frame, Page

from tests.browser.desk import Desk
from yangcai.kernel.actions import ACTIONS
from yangcai.parties.models import Post

PASSWORD = "a-long-enough-passphrase"


class Walk(Desk):
    """One person at one browser: signs in with a password, and counts each page that it lands on afterwards. A redirect
    is no page, nor is what a script brings without leaving the page."""

    def __init__(self, page: Page):
        super().__init__(page)
        self.seen: list[str] = []
        page.on("framenavigated", self._landed)

    def _landed(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.seen.append(frame.url)

    @property
    def screens(self) -> int:
        return len(self.seen)

    def sign_in(self, post: Post) -> None:
        """Through the door, to the workbench: from here the screens are counted."""
        post.person.set_password(PASSWORD)
        post.person.save()
        self.page.context.clear_cookies()
        self.page.goto("/accounts/login/")
        self.page.fill("input[name=login]", post.person.username)
        self.page.fill("input[name=password]", PASSWORD)
        self.send("main form button.primary")
        self.page.goto("/work/")
        self.start()

    def start(self) -> None:
        """Back at the workbench, or at another beginning of a job: nothing is counted yet."""
        self.seen.clear()

    def home(self) -> None:
        self.page.goto("/work/")
        self.start()

    def take(self, code: str) -> None:
        """Follow the button of what waits: the worklist names it by what it does."""
        self.follow(f'.todo-row a[href*="/{code}/"]')

    def act(self, code: str, *, opens: bool = False, **data: Any) -> None:
        """Do an Action on the card of the hall: its form is there, and what came of it too."""
        name = code.replace(".", "-")
        form = self.page.locator(f"#hall-mine form:has([id^=act-{name}-])").first
        if data or opens:
            self.page.locator(f"#hall-mine summary[id^=act-{name}-]").first.click()
        for field, value in data.items():
            form.locator(f"[name={field}]").fill(value)
        with self.page.expect_response(lambda answer: f"/{code}/" in answer.url) as came:
            form.locator(f"button[id^=act-{name}-]").click()
        assert came.value.status == 302, form.inner_text()
        self.page.wait_for_function(
            "text => document.querySelector('[data-done]').textContent.includes(text)", arg=self.told(code)
        )

    def part(self, code: str, **data: Any) -> None:
        """Write one part of a document on the page of the whole."""
        name = code.replace(".", "-")
        box = self.page.locator(f"details.part:has([id^=act-{name}-])").first
        box.locator("summary >> nth=0").click()
        for field, value in data.items():
            for number, row in enumerate(value if isinstance(value, list) else ()):
                for column, cell in row.items():
                    self._fill(box, f"{field}-{number}-{column}", cell)
            if not isinstance(value, list):
                self._fill(box, field, value)
        with self.page.expect_response(lambda answer: f"/{code}/" in answer.url) as came:
            box.locator(f"button[id^=act-{name}-]").click()
        assert came.value.status == 302, box.locator(".error-summary").inner_text()
        self.page.wait_for_function("() => document.querySelector('[data-done]').textContent")
        assert box.locator(".tone-done").count() == 1

    @staticmethod
    def _fill(box: Any, name: str, value: Any) -> None:
        field = box.locator(f'[name="{name}"]').first
        if field.count() == 0:  # one more row
            box.locator("[data-rows] > button").click()
        match field.get_attribute("type") or field.evaluate("e => e.tagName.toLowerCase()"):
            case "checkbox":
                field.set_checked(bool(value))
            case "select":
                field.select_option(str(value))
            case _:
                field.fill(str(value))

    def told(self, code: str) -> str:
        """How the page says that an Action was done, without who did it."""
        return ACTIONS[code].sentence[0].rpartition("{post}")[2]

    def is_done(self, *, within: int) -> None:
        """The page says that it was done, and it took no more screens than that."""
        assert "/work/done/" in self.page.url, self.page.inner_text("main")[:800]
        assert self.screens <= within, self.seen

    def hidden(self, name: str) -> Any:
        return self.page.locator(f"main form input[type=hidden][name={name}]").first.get_attribute("value")
