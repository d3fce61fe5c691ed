"""Which editions has the invitation of a purchase had, what did each one say, and what changed between two of them?

The invitation is frozen; each correction or extension is a notice of its own that says what it changes. An edition is
what stood after one of them: the facts of the invitation with every change so far applied to them.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from yangcai.portal.models import Notice
from yangcai.portal.notices.base import FLAG, MOMENT, MONEY, TABLE, TEXT, Field, type_of
from yangcai.portal.notices.extension import ANNOUNCED

#: What a later notice says of these stands in the place of what was said before.
MOVED = ("submission_closes_at",)
#: Names and numbers: a correction of the text leaves them alone.
FIXED = frozenset({"number", "title", "procedure", "place", "period", "documents_how"})
#: Longer passages are shown as a whole, before and after: comparing them sign by sign takes too long.
LONGEST = 4_000
#: One hanzi or other sign, a run of Latin letters and digits, a run of blanks.
_TOKEN = re.compile(r"[0-9A-Za-z.,:%]+|\s+|.", re.DOTALL)

KEPT, REMOVED, ADDED = "kept", "removed", "added"


@dataclass(frozen=True)
class Statement:
    """A change in words that does not stand in the facts of the invitation literally: what, before, after."""

    item: str
    before: str
    after: str


@dataclass(frozen=True)
class Edition:
    """One edition: the notice that made it, and what it says."""

    number: int
    notice: Notice
    facts: dict[str, Any]
    statements: tuple[Statement, ...] = ()
    is_current: bool = False


@dataclass(frozen=True)
class Piece:
    """A part of a text that was kept, removed or added."""

    how: str
    text: str


@dataclass(frozen=True)
class Change:
    """One fact that differs between two editions; `pieces` for texts, else the two values."""

    field: Field
    before: Any
    after: Any
    pieces: tuple[Piece, ...] = ()


def editions(notices: Iterable[Notice]) -> list[Edition]:
    """Of the notices of a case, oldest first; empty where no invitation was published by notice."""
    found: list[Edition] = []
    for notice in notices:
        if notice.kind not in ANNOUNCED:
            continue
        if notice.kind == ANNOUNCED[0]:
            found.append(Edition(len(found) + 1, notice, dict(notice.facts)))
        elif found:
            found.append(_after(found[-1], notice))
    return [Edition(e.number, e.notice, e.facts, e.statements, e is found[-1]) for e in found]


def _after(last: Edition, notice: Notice) -> Edition:
    facts, told = dict(last.facts), notice.facts
    for name in MOVED:
        if told.get(name):
            facts[name] = told[name]
    before, after = str(told.get("before") or ""), str(told.get("after") or "")
    statements: tuple[Statement, ...] = ()
    if after and not _replace(facts, before, after, of=last.notice):
        statements = (Statement(str(told.get("item") or ""), before, after),)
    return Edition(last.number + 1, notice, facts, statements)


def _replace(facts: dict[str, Any], before: str, after: str, *, of: Notice) -> bool:
    """Put the new words where the old ones stand literally; whether they stood anywhere."""
    if not before.strip():
        return False
    hit = [
        field.name
        for field in _base(of).values()
        if field.kind == TEXT and field.name not in FIXED and before in str(facts.get(field.name) or "")
    ]
    for name in hit:
        facts[name] = str(facts[name]).replace(before, after)
    return bool(hit)


def _base(notice: Notice) -> dict[str, Field]:
    return {field.name: field for field in type_of(ANNOUNCED[0], notice.procedure).fields}


def changes(old: Edition, new: Edition) -> list[Change]:
    """The facts that differ, in the order of the notice."""
    found = []
    for name, field in _base(new.notice).items():
        before, after = old.facts.get(name), new.facts.get(name)
        if before == after:
            continue
        texts = (_text(field, before), _text(field, after))
        literal = field.kind in (MOMENT, MONEY, FLAG)
        found.append(Change(field, before, after, () if literal else tuple(compared(*texts))))
    return found


def statements(between: Sequence[Edition], *, old: int, new: int) -> list[tuple[Edition, Statement, tuple[Piece, ...]]]:
    """What was changed in words alone after edition `old`, up to edition `new`."""
    return [
        (edition, one, tuple(compared(one.before, one.after)))
        for edition in between
        if old < edition.number <= new
        for one in edition.statements
    ]


def _text(field: Field, value: Any) -> str:
    if field.kind == TABLE:
        columns = [column.name for column in field.columns]
        return "\n".join(" | ".join(str(row.get(name) or "") for name in columns) for row in value or ())
    return str(value or "")


def compared(before: str, after: str) -> Iterator[Piece]:
    """The parts of two texts: line by line, and within the lines that differ sign by sign."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for how, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            yield Piece(KEPT, "".join(old[a:b]))
        else:
            yield from _signs("".join(old[a:b]), "".join(new[c:d]))


def _signs(before: str, after: str) -> Iterator[Piece]:
    if len(before) + len(after) > LONGEST:
        tokens_before, tokens_after = [before], [after]
    else:
        tokens_before, tokens_after = _TOKEN.findall(before), _TOKEN.findall(after)
    for how, a, b, c, d in difflib.SequenceMatcher(None, tokens_before, tokens_after, autojunk=False).get_opcodes():
        if how == "equal":
            yield Piece(KEPT, "".join(tokens_before[a:b]))
            continue
        if a < b:
            yield Piece(REMOVED, "".join(tokens_before[a:b]))
        if c < d:
            yield Piece(ADDED, "".join(tokens_after[c:d]))
