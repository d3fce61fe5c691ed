"""How does a person work in the browser: as one post, through links, forms and the sandbox clock, by nothing else?"""

import datetime
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from yangcai.kernel import clock
from yangcai.parties.models import Post
from yangcai.www.work import places

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


class Desk:
    """One browser. Every step starts on a page, follows its link, fills in its form, and reads what came of it."""

    def __init__(self, page: Page):
        self.page = page
        self.post: Post | None = None
        self.badges: dict[int, Any] = {}
        self.steps: list[str] = []

    def sit_down(self, post: Post) -> None:
        """Take the role at the entrance of the demo. Who has been there before comes back with the cookies of then, as
        everybody does who has a browser of one's own: to change the role takes half as long as what is done in it."""
        if self.post == post:
            return
        self.post = post
        self.page.context.clear_cookies()  # whoever sat here stays signed in
        if post.pk in self.badges:
            self.page.context.add_cookies(self.badges[post.pk])
            return
        self.page.goto("/demo/")
        button = self.page.locator(f'button[name="post"][value="{post.pk}"]')
        if not button.is_visible():
            button.locator("xpath=ancestor::details/summary").click()
        button.click()
        self.page.wait_for_url("**/work/")
        self.badges[post.pk] = self.page.context.cookies()

    def do(self, code: str, subject: Any, by: Post, *, start: str = "", **data: Any) -> None:
        """Do an Action: from the page of its case (or `start`) through its link and form to the page of its outcome."""
        self.sit_down(by)
        name = subject._meta.model_name
        self.page.goto(start or places.page_of(subject))
        self.follow(f'a[href="/work/do/{name}/{subject.pk}/{code}/"]')
        self.fill(**data)
        self.send()
        if "/work/done/" not in self.page.url or not self.page.title().startswith("已办理"):
            said = self.page.locator("main" if self.page.locator("main").count() else "body").inner_text()[:1500]
            raise AssertionError(f"{code} was not done: {said}")
        self.steps.append(code)

    def follow(self, link: str) -> None:
        """Follow a link, and wait for the whole page: a click alone comes back when its first bytes are there."""
        with self.page.expect_navigation():
            self.page.locator(link).first.click()

    def send(self, button: str = "main form .form-buttons button >> nth=-1") -> None:
        """Send the form, and wait for the whole page that answers it."""
        with self.page.expect_navigation():
            self.page.locator(button).click()

    def fill(self, **data: Any) -> None:
        for name, value in data.items():
            if isinstance(value, list):
                for number, row in enumerate(value):
                    for column, cell in row.items():
                        self.fill_one(f"{name}-{number}-{column}", cell)
            else:
                self.fill_one(name, value)

    def fill_one(self, name: str, value: Any) -> None:
        field = self.page.locator(f'main form [name="{name}"]')
        assert field.count(), f"the form has no field {name}"
        kind = field.first.get_attribute("type") or field.first.evaluate("e => e.tagName.toLowerCase()")
        match kind:
            case "checkbox" if isinstance(value, list):  # several out of a list: these boxes and no others
                for box in field.all():
                    box.set_checked(box.get_attribute("value") in {str(one) for one in value})
            case "checkbox":
                field.first.set_checked(bool(value))
            case "radio":
                self.page.locator(f'main form [name="{name}"][value="{value}"]').check()
            case "select":
                field.first.select_option(value if isinstance(value, list) else str(value))
            case "file":
                field.first.set_input_files(value)
            case "datetime-local":
                field.first.fill(timezone.localtime(value).strftime("%Y-%m-%dT%H:%M"))
            case _:
                field.first.fill(str(value))

    def fill_all(self, column: str, value: Any) -> None:
        """The same value in one column of every row that is given."""
        numbers = self.page.locator(f'main form [name$="-{column}"]').count()
        for number in range(numbers):
            field = self.page.locator(f'main form [name$="-{column}"]').nth(number)
            self.fill_one(str(field.get_attribute("name")), value)

    def wait_until(self, at: datetime.datetime) -> None:
        """Move the sandbox clock at the entrance of the demo; the field knows whole minutes."""
        minute = timezone.localtime(at).replace(second=0, microsecond=0)
        if minute < at:
            minute += MINUTE
        self.page.goto("/demo/")
        self.page.fill("#jump", minute.strftime("%Y-%m-%dT%H:%M"))
        self.send(".jump button")
        assert clock.now() == minute
