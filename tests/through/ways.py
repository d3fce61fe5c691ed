"""Where does somebody at a desk find an Action: on which page is the link, and which pages lead there?"""

import re
from collections.abc import Iterator
from typing import Any

from django.test import Client, override_settings

from tests.through.filling import NotOnScreen
from tests.through.markup import Page, page_of
from yangcai.kernel.actions import Action
from yangcai.parties.models import Post
from yangcai.www.work import places

HOME = "/work/"
#: Pages on which something is done beside the page of a row: the hall, the desks, the whole of a document.
DESKS = re.compile(r"^/(hall/\d+|work/(draft|eval|bid|objection|contract|trustees/lot)/\d+)/$")
#: Pages of rows and lists, over which one comes from the menu to any other.
ROOMS = re.compile(r"^/(work/(?!file/|seal/|done/)([a-z-]+/)?(\d+/)?|(notices|p)/(\d+/)?)$")
#: So many pages are looked at before it is said that nothing leads there.
MOST = 60


class Desk:
    """One post in its own browser."""

    def __init__(self, post: Post):
        self.post = post
        self.client = Client()
        self.sign_in()
        self.reached: set[str] = set()
        self.found_on: dict[str, str] = {}

    def sign_in(self) -> None:
        self.client.force_login(self.post.person)
        session = self.client.session
        session["post"] = self.post.pk
        session.save()

    def is_signed_in(self) -> bool:
        """Its session may have gone with the transaction of a test."""
        cookie = self.client.cookies.get("sessionid")
        return cookie is not None and self.client.session.exists(cookie.value)

    def get(self, address: str) -> Any:
        with override_settings(YANGCAI_SECOND_FACTOR=False):
            return self.client.get(address)

    def post_to(self, address: str, fields: dict[str, Any]) -> Any:
        with override_settings(YANGCAI_SECOND_FACTOR=False):
            return self.client.post(address, fields)

    def page(self, address: str) -> Page | None:
        """The page of that address; None where it shows this post none."""
        answer = self.get(address)
        shows = answer.status_code == 200 and "html" in answer.get("Content-Type", "")
        return page_of(answer) if shows else None

    # --- where it is done --------------------------------------------------------------------------------------------

    def place_of(self, action: Action, subject: Any) -> str:
        """The page that leads to the Action on this row, itself one that this post finds. Raises NotOnScreen."""
        wanted = {places.form_of(action, subject)}
        home = places.page_of(subject)
        for address, page in self._around(home):
            if any(page.leads_to(one) for one in wanted):
                self._reach(home if DESKS.match(address) else address)
                return address
        raise NotOnScreen(f"{self.post.get_role_display()} finds no link to {action.code} on {subject.ref}")

    def _around(self, home: str) -> Iterator[tuple[str, Page]]:
        """The page of the row, the desks to which it leads, the worklist, what the menu leads to."""
        seen = set()
        waiting = [home, HOME]
        first = True
        while waiting:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            page = self.page(address)
            if page is None:
                continue
            yield address, page
            if first or address == home:
                waiting[:0] = [one for one in dict.fromkeys(page.links) if DESKS.match(one)]
            if address == HOME:
                waiting += [one for one in dict.fromkeys(page.links) if ROOMS.match(one) and len(seen) < MOST]
            first = False

    def _reach(self, address: str) -> None:
        """Somebody who comes in at the workbench gets to that page over links. Raises NotOnScreen."""
        if address in self.reached or address == HOME:
            return
        waiting, seen = [HOME], {HOME}
        looked_at = 0
        while waiting and looked_at < MOST:
            here = waiting.pop(0)
            looked_at += 1
            page = self.page(here)
            for link in page.links if page else ():
                if ROOMS.match(link) and link not in seen:
                    seen.add(link)
                    waiting.append(link)
                    self.reached.add(link)
            if address in self.reached:
                return
        raise NotOnScreen(f"nothing leads {self.post.get_role_display()} to {address}")
