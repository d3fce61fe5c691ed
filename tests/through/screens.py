"""How does each post do its Actions on the site: from a page that it finds, over the link there, by the form?

A `Driver` like those of yangcai/replay/driver.py. It signs the post in, looks for the Action on the pages that lead to
it, fills in the form, sends it, and reads what came of it. What the pages do not let somebody do must be refused by
the write path as well; where that would have let it pass, the story ends with `NotOnScreen`.
"""

import datetime
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import resolve

from tests.through.filling import NotOnScreen, filled
from tests.through.markup import page_of
from tests.through.pictures import Camera
from tests.through.ways import Desk
from yangcai.kernel.actions import ACTIONS, Action
from yangcai.kernel.models import Entry
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.kernel.wording import in_words
from yangcai.parties.models import Post
from yangcai.replay.driver import PythonDriver, move_to
from yangcai.www import wording
from yangcai.www.work import places

#: What a browser does by script only: it seals an envelope or opens one (tests/browser/sealing walks these).
EXCUSED = frozenset(places.BY_DEVICE)
#: A file to which every finding is written instead of ending the story: for whoever looks through many at once.
TOLD_TO = os.environ.get("YANGCAI_FINDINGS")


class ScreenDriver:
    """Every Action on its pages; with `once`, of each method and role only for the first time in this process."""

    walked: set[tuple[str, str, str]] = set()

    def __init__(self, *, once: bool = False):
        self.once = once
        self.camera = Camera.asked()
        self.straight = PythonDriver()
        self.desks: dict[int, Desk] = {}

    def __deepcopy__(self, memo: Any) -> "ScreenDriver":
        return self

    def file(self, name: str, content: bytes, *, by: Post, at: datetime.datetime) -> Any:
        """It lies on somebody's own machine until it is chosen in a form."""
        return SimpleUploadedFile(name, content)

    def do(self, code: str, subject: Any, *, by: Post, at: datetime.datetime, **data: Any) -> Any:
        action = ACTIONS[code]
        known = (str(getattr(subject.root, "procedure", "")), code, str(by.role))
        seen = self.once and known in self.walked and not (self.camera and self.camera.wants(code))
        if code in EXCUSED or seen:
            return self._straight(action, subject, by, at, data)
        move_to(at)
        fresh = type(subject)._base_manager.get(pk=subject.pk)
        try:
            with transaction.atomic():
                value = self._by_hand(action, fresh, by, data)
        except NotOnScreen as missing:
            try:
                with transaction.atomic():
                    value = self._straight(action, subject, by, at, data)
            except Refused:
                raise  # nobody can: neither here nor there
            self._found(f"{known}: {missing}")
            return value
        self.walked.add(known)
        return value

    def _straight(self, action: Action, subject: Any, by: Post, at: datetime.datetime, data: dict[str, Any]) -> Any:
        """By the write path itself, with files as it takes them."""
        kept = {name: self._kept(value, by, at) for name, value in data.items()}
        return self.straight.do(action.code, subject, by=by, at=at, **kept)

    def _kept(self, value: Any, by: Post, at: datetime.datetime) -> Any:
        if not isinstance(value, SimpleUploadedFile):
            return value
        value.seek(0)
        return self.straight.file(str(value.name), value.read(), by=by, at=at)

    @staticmethod
    def _found(what: str) -> None:
        if not TOLD_TO:
            raise NotOnScreen(what)
        with Path(TOLD_TO).open("a") as told:
            told.write(f"{what}\n")

    def desk(self, post: Post) -> Desk:
        desk = self.desks.get(post.pk)
        if desk is None or desk.post != post:
            desk = self.desks[post.pk] = Desk(post)
        elif not desk.is_signed_in():
            desk.sign_in()
        return desk

    def _by_hand(self, action: Action, subject: Any, by: Post, data: dict[str, Any]) -> Any:
        """Find it, open its form, fill it in, send it. Raises NotOnScreen; Refused with what the page says."""
        desk, address = self.desk(by), places.form_of(action, subject)
        answer = desk.get(address)
        if answer.status_code != 200:
            raise NotOnScreen(f"{address} answers {answer.status_code}")
        if answer.context["form"] is None:
            raise Refused(_shown(answer, answer.context["blocked"], subject))
        place = desk.place_of(action, subject)
        if self.camera and self.camera.wants(action.code):
            self.camera.take(desk, place, f"{action.code}-1-place")
            self.camera.take(desk, address, f"{action.code}-2-form")
        form = page_of(answer).form_to(address)
        if form is None:
            raise NotOnScreen(f"there is no form at {address}")
        answer = desk.post_to(address, filled(form, data))
        if answer.status_code == 422:
            raise Refused(_shown(answer, answer.context["refusals"], subject))
        if answer.status_code == 200:  # something is shown once
            return answer.context["shown_once"]
        if answer.status_code != 302:
            raise NotOnScreen(f"{address} answers {answer.status_code} to its form")
        told = desk.get(answer["Location"])
        if told.status_code != 200 or "已办理" not in page_of(told).text:
            raise NotOnScreen(f"{answer['Location']} does not say that {action.code} was done")
        if self.camera and self.camera.wants(action.code):
            self.camera.take(desk, answer["Location"], f"{action.code}-3-done")
        return _made(resolve(answer["Location"]).kwargs["seq"])


def _shown(answer: Any, refusals: Iterable[Refusal], subject: Any) -> list[Refusal]:
    """The Refusals, each of which stands on the page. Raises NotOnScreen."""
    found, text = list(refusals), page_of(answer).text
    with in_words(wording.of(subject)):
        for refusal in found:
            said = refusal.text
            if refusal.code == "invalid_input":  # a field says it beside its own name
                said = said.partition("：")[2] or said
            if " ".join(said.split()) not in text:
                raise NotOnScreen(f"the page does not say {refusal.code}: {said}")
    if TOLD_TO:
        with Path(TOLD_TO + ".refusals").open("a") as told:
            told.writelines(f"{r.code}\t{r.field}\t{r.citation.text if r.citation else '-'}\t{r.zh}\n" for r in found)
    return found


def _made(seq: int) -> Any:
    """The row that the Entry says was made; None without."""
    value = Entry.objects.select_related("payload").get(seq=seq).payload.data.get("value") or ""
    name, _colon, pk = str(value).partition(":")
    model = next((one for one in places.SCOPES if one._meta.model_name == name), None)
    return model._base_manager.get(pk=pk) if model is not None and pk else None
