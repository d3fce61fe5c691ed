"""How is the state of a hall written as HTML, in parts that can be replaced one by one?

The page is made of the same parts as what is sent to it later, so that a stream carries only what changed. A part is
one element with an id; a lot is a part with rows of its own; a message is a part that is added to a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yangcai.kernel import log_index
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.wording import in_words
from yangcai.tendering.queries.hall import ORDER, Clock, Hall, Line, LotState, Message, Phase, Seal
from yangcai.www import formats, wording

#: Whose word an envelope's state is, and in which colour.
SEAL_TONES = {Seal.SEALED: "mute", Seal.RELEASED: "info", Seal.OPENED: "ok", Seal.DAMAGED: "bad"}
SEAL_ICONS = {Seal.SEALED: "lock", Seal.RELEASED: "key-round", Seal.OPENED: "lock-open", Seal.DAMAGED: "circle-x"}
PHASE_TONES = {Phase.NO_OPENING: "bad", Phase.CONCLUDED: "done"}


@dataclass(frozen=True)
class Part:
    """One element: `key` is what makes it another one (a countdown's HTML differs with every second)."""

    id: str
    html: str
    key: Any
    rows: tuple["Part", ...] = ()
    shell: str = ""


@dataclass(frozen=True)
class Board:
    """A hall in one language. `position` is the log index of the last thing told in it."""

    parts: tuple[Part, ...]
    position: int
    phase: str
    by_id: dict[str, Part] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self.by_id.update({part.id: part for part in self.parts})

    @property
    def whole(self) -> str:
        """Everything, for a reader who comes in."""
        return "\n".join(part.html for part in self.parts)

    def html(self, part: str) -> SafeString:
        return mark_safe(self.by_id[part].html)  # made by templates of this package


def changes(before: Board | None, after: Board) -> str:
    """The elements that are other than before; empty where nothing is. A part that is gone stays: halls only grow."""
    if before is None:
        return after.whole
    return "\n".join(html for part in after.parts for html in _changed(before.by_id.get(part.id), part))


def _changed(before: Part | None, after: Part) -> Iterator[str]:
    if before is not None and before.key == after.key:
        return
    is_row_by_row = before is not None and after.rows and before.shell == after.shell
    if is_row_by_row and before is not None and [row.id for row in before.rows] == [row.id for row in after.rows]:
        rows = [row.html for old, row in zip(before.rows, after.rows, strict=True) if old.key != row.key]
        yield f"<table data-rows><tbody>{''.join(rows)}</tbody></table>"  # a row alone is no HTML beside other elements
    else:
        yield after.html


def board(hall: Hall, *, now: Any, known: Board | None = None) -> Board:
    """The hall in the active language. Rows that `known` shows already are not written again."""
    with in_words(wording.of(hall.case)):
        parts = [_clock(hall, now=now), _head(hall)]
        parts += [_lot(lot, known.by_id.get(_id(lot)) if known else None) for lot in hall.lots]
        parts += [_message(message, first=hall.messages[0]) for message in hall.messages]
    position = hall.messages[-1].seq if hall.messages else 0
    return Board(tuple(parts), position, hall.phase)


def _part(name: str, template: str, context: dict[str, Any], *, key: Any = None) -> Part:
    html = render_to_string(f"hall/{template}.html", {"id": name, **context}).strip()
    return Part(name, html, key if key is not None else html)


# --- the head ------------------------------------------------------------------------------------------------------


def _clock(hall: Hall, *, now: Any) -> Part:
    label = str(Clock(hall.clock).label) if hall.clock else ""
    context = {"until": hall.clock_until, "label": label, "now": now, "suspension": hall.suspension}
    return _part("hall-clock", "clock", context, key=(label, hall.clock_until, hall.suspension and hall.suspension.pk))


def _head(hall: Hall) -> Part:
    context = {
        "segments": segments(hall),
        "suspension": hall.suspension,
        "waits": hall.waits_for_the_journal,
        "extension": hall.extension,
        "is_suspended": hall.case_is_suspended,
        "phase": hall.phase,
        "has_shares": _has_shares(hall),
        "answer": hall.opening.answer if hall.opening else "",
        "record": hall.record,
        "case": hall.case,
    }
    return _part("hall-head", "head", context)


def _has_shares(hall: Hall) -> bool:
    """Whether every lot that waits for its trustees has as many shares as a bid needs whose bidder has released."""
    waiting = [lot for lot in hall.lots if lot.phase == Phase.TRUSTEES]
    return bool(waiting) and all((lot.trustees or 0) >= (lot.trustees_needed or 0) for lot in waiting)


def segments(hall: Hall) -> list[dict[str, str]]:
    """The bar: what is done, what runs, what is to come. Keys are handed in only where bidders sealed their bids."""
    steps = [(str(Phase.SIGN_IN.label), Phase.SIGN_IN, _signed_in(hall))]
    if any(lot.window_closes_at for lot in hall.lots):
        steps.append((_("解密"), Phase.RECOVERY, _released(hall)))
    steps += [
        (str(Phase.READ_OUT.label), Phase.READ_OUT, ""),
        (str(Phase.CONFIRMATION.label), Phase.CONFIRMATION, _confirmed(hall)),
        (str(Phase.CONCLUDED.label), Phase.CONCLUDED, ""),
    ]
    if hall.phase == Phase.NO_OPENING:
        return [
            {"name": formats.titled(name), "state": "done" if at == 0 else "todo", "note": ""}
            for at, (name, *_r) in enumerate(steps)
        ]
    place, found, is_open = ORDER.index(Phase(hall.phase)), [], hall.phase != Phase.BEFORE
    for name, phase, note in steps:
        upto = ORDER.index(phase)
        done = place > upto or hall.phase == Phase.CONCLUDED
        state = "done" if done else "current" if is_open else "todo"
        is_open = is_open and done
        found.append({"name": formats.titled(name), "state": state, "note": note})
    return found


def _signed_in(hall: Hall) -> str:
    return "" if hall.signed_in is None else _("已签到 %(n)d 家") % {"n": hall.signed_in}


def _released(hall: Hall) -> str:
    opening = [lot for lot in hall.lots if lot.is_of_prices and not lot.is_to_come] or hall.lots
    known = [lot for lot in opening if lot.released is not None and lot.bids is not None]
    if not known:
        return ""
    return f"{sum(lot.released or 0 for lot in known)} / {sum(lot.bids or 0 for lot in known)}"


def _confirmed(hall: Hall) -> str:
    settled, read = hall.confirmed
    return f"{settled} / {read}" if read else ""


# --- lots and rows -------------------------------------------------------------------------------------------------


def _id(lot: LotState) -> str:
    return f"lot-{lot.pk}-price" if lot.is_of_prices else f"lot-{lot.pk}"


def _lot(lot: LotState, known: Part | None) -> Part:
    drawn = {row.key: row for row in known.rows} if known else {}
    rows = tuple(drawn.get((line, lot.is_read_out)) or _line(lot, line) for line in lot.lines)
    context = {
        "lot": lot,
        "phase": str(Phase(lot.phase).label),
        "tone": PHASE_TONES.get(Phase(lot.phase), "info"),
        "keys": _keys(lot),
    }
    name = _id(lot)
    shell = _part(name, "lot", context).html
    if not rows:
        return Part(name, shell, shell, (), shell)
    full = render_to_string(
        "hall/lot.html", {"id": name, **context, "rows": mark_safe("\n".join(row.html for row in rows))}
    ).strip()
    return Part(name, full, (shell, *(row.key for row in rows)), rows, shell)


def _keys(lot: LotState) -> str:
    """How many of the trustees' shares are in, and whether they are enough where the bidder's own are in too."""
    if lot.trustees is None or lot.trustees_needed is None:
        return ""
    found = {"n": lot.trustees, "needed": lot.trustees_needed}
    if lot.trustees < lot.trustees_needed:
        return _("受托人已释放 %(n)d 份份额；投标人已解密的，满 %(needed)d 份方可开启") % found
    return _("受托人已释放 %(n)d 份份额，已满足投标人已解密的所需 %(needed)d 份") % found


def _line(lot: LotState, line: Line) -> Part:
    seal = Seal(line.seal)
    context = {
        "line": line,
        "is_read_out": lot.is_read_out,
        "is_of_prices": lot.is_of_prices,
        "cover": lot.cover,
        "seal": {"tone": SEAL_TONES[seal], "icon": SEAL_ICONS[seal], "word": str(seal.label)},
    }
    return _part(f"{_id(lot)}-{line.number}", "line", context, key=(line, lot.is_read_out))


def _message(message: Message, *, first: Message) -> Part:
    """What was said on another day than the first of them, as after a pause, says which."""
    sentence = ACTIONS[message.action].tell(actor=message.actor)
    is_later = timezone.localdate(message.at) != timezone.localdate(first.at)
    context = {"message": message, "sentence": sentence, "is_later": is_later}
    return _part(f"said-{log_index.shown(message.seq)}", "message", context)
