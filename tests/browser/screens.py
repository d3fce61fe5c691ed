"""How many screens lie between the workbench and the result? Somebody who signs in, and every page that comes after."""

from typing import Any

from playwright.sync_api import Frame, Page

from tests.browser.desk import Desk
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

    def is_done(self, *, within: int) -> None:
        """The page says that it was done, and it took no more screens than that."""
        assert "/work/done/" in self.page.url, self.page.inner_text("main")[:800]
        assert self.screens <= within, self.seen

    def hidden(self, name: str) -> Any:
        return self.page.locator(f"main form input[type=hidden][name={name}]").first.get_attribute("value")
