"""Where do these words stand in the bids that a member may read? In what they declare, price and attach.

Of a file its text is read where it has one that can be told without guessing: DOCX, XLSX, plain text, a PDF page by
page. Of the rest (pictures, pages that were scanned) only the name is looked at, and the page says how many those are.
Nothing is kept but the text of a file for some hours, under its digest. A file that is not plain text is taken apart in
a process of its own; a search waits for so many seconds of that and no longer, whatever bidders hand in.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from yangcai.kernel import confined, documents
from yangcai.kernel.models import Attachment, Document
from yangcai.www.work import office_text, pdf_text

#: Less would be found everywhere; more is no word.
SHORTEST, LONGEST = 2, 60
#: Characters on each side of a hit, hits in one place, and in all.
AROUND, PER_PLACE, MOST = 40, 3, 60
#: A larger file is not read for this, nor more of a text kept; for so many seconds it is.
READ_BYTES, KEPT_CHARACTERS, KEPT_SECONDS = 30 * 2**20, 400_000, 6 * 3600
PLAIN = frozenset({".txt", ".csv", ".md"})
#: After so many seconds a search takes no further file apart; the next one goes on where this one stopped.
PATIENCE = 20


@dataclass(frozen=True)
class Hit:
    """One place: in which bid, where, and the words around."""

    bidder: str
    where: str
    url: str
    before: str
    found: str
    after: str


@dataclass(frozen=True)
class Found:
    """What was asked for, where it stands, how many files could not be looked into, and to how many it did not come
    yet. `more`: there are more hits."""

    asked: str
    hits: list[Hit]
    unread: int
    waiting: int
    more: bool

    @property
    def is_too_short(self) -> bool:
        return len(self.asked) < SHORTEST


@dataclass(frozen=True)
class Place:
    """A text of one bid."""

    bidder: str
    where: str
    url: str
    text: str


def search(asked: str, places: Iterator[Place], *, unread: int, waiting: int = 0) -> Found:
    """The hits in these places, in their order."""
    asked = asked.strip()[:LONGEST]
    hits: list[Hit] = []
    if len(asked) >= SHORTEST:
        for place in places:
            hits += _hits(place, asked)
            if len(hits) > MOST:
                break
    return Found(asked, hits[:MOST], unread, waiting, len(hits) > MOST)


def _hits(place: Place, asked: str) -> Iterator[Hit]:
    text, wanted, at = place.text, asked.casefold(), -1
    low = text.casefold()
    if len(low) != len(text):  # a letter that folds into two would shift the places
        low, wanted = text.lower(), asked.lower()
    for _n in range(PER_PLACE):
        at = low.find(wanted, at + 1)
        if at < 0:
            return
        end = at + len(wanted)
        before, after = text[max(0, at - AROUND) : at], text[end : end + AROUND]
        yield Hit(place.bidder, place.where, place.url, before, text[at:end], after)


def files(found: list[tuple[str, str, Attachment, str]]) -> tuple[list[Place], int, int]:
    """The files of the bids, each with its bidder, title and address; how many have a text that cannot be read, or not
    all of it; and how many are still to be read. Of a PDF each page is a place."""
    read, unread, waiting, until = [], 0, 0, time.monotonic() + PATIENCE
    for bidder, title, attachment, url in found:
        try:
            told = text_of(attachment.document, until=until)
        except TooLate:
            told, waiting = None, waiting + 1
        else:
            unread += told is None or not told.is_whole
        parts = told.parts if told is not None else ()
        read.append(Place(bidder, title, url, "\n".join((title, *parts[:1])) if len(parts) < 2 else title))
        if len(parts) > 1:
            pages = enumerate(parts, start=1)
            read += [Place(bidder, _page(title, n), f"{url}#page={n}", text) for n, text in pages if text]
    return read, unread, waiting


def _page(title: str, number: int) -> str:
    return _("%(title)s，第 %(n)d 页") % {"title": title, "n": number}


class TooLate(Exception):
    """Nobody has read this file yet, and this search reads no further one."""


@dataclass(frozen=True)
class Told:
    """What a file says, in one part or page by page, and whether that is all of it."""

    parts: tuple[str, ...]
    is_whole: bool = True


def text_of(document: Document, *, until: float = math.inf) -> Told | None:
    """The text of a file; None where it has none that can be told, or is not there. Raises TooLate where it is not read
    yet and the monotonic clock has come to `until`, in seconds."""
    suffix = PurePath(document.name).suffix.lower()
    if suffix not in READERS or document.size > READ_BYTES:
        return None
    key = f"told:{document.pk}"
    kept: Told | None = cache.get(key)
    if kept is None:
        if time.monotonic() >= until:
            raise TooLate
        try:
            content = documents.read(document)
        except (OSError, documents.BadDocument):
            return None
        try:
            kept = _read(suffix, content)
        except confined.NoAnswer:
            return None  # and asked again at the next search
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _read(suffix: str, content: bytes) -> Told:
    """What cannot be read today cannot tomorrow: that is kept like a text, and not found out at every search."""
    try:
        return _shortened(READERS[suffix](content))
    except ValueError:
        return Told((), is_whole=False)


def _shortened(told: "str | Told") -> Told:
    """No more than is kept."""
    whole = told if isinstance(told, Told) else Told((told,))
    parts, left = [], KEPT_CHARACTERS
    for part in whole.parts:
        parts.append(part[:left])
        left -= len(parts[-1])
    is_all = sum(map(len, parts)) == sum(map(len, whole.parts))
    return Told(tuple(parts), whole.is_whole and is_all)


def _pdf(content: bytes) -> Told:
    told = confined.apart(pdf_text.plainly, content)
    return Told(tuple(told["pages"]), told["is_whole"])


def _plain(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _docx(content: bytes) -> str:
    return str(confined.apart(office_text.docx, content))


def _xlsx(content: bytes) -> str:
    return str(confined.apart(office_text.xlsx, content))


READERS: dict[str, Any] = {**dict.fromkeys(PLAIN, _plain), ".docx": _docx, ".xlsx": _xlsx, ".pdf": _pdf}


def where_in_table(number: int) -> str:
    return _("偏离表第 %(n)d 条") % {"n": number}
