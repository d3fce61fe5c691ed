"""How does one event reach many viewers, and how does one that was away get what it missed? Pure: bytes and counters.

A channel keeps the last events and the whole board. Each is made once; what goes to a viewer is the same bytes. Who
comes back names the last event it had: what followed is sent again, or the whole board where that is too long ago.
"""

import asyncio
import secrets
from collections import deque

from yangcai.kernel import log_index
from yangcai.www.hall.board import Board, changes

#: So many events are kept for those who were away for a moment.
KEPT = 256


def event(name: str, html: str) -> bytes:
    """One server-sent event; every line of its data is a line of the stream."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"id: {name}\n{lines}\n".encode()


class Channel:
    """What is told to one audience. Used by one thread, that of the loop."""

    def __init__(self) -> None:
        self.board: Board | None = None
        self.whole = b""
        self.number = 0
        self.events: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self.viewers: set[asyncio.Event] = set()
        #: Tells the events of this process from those of the one before it.
        self.run = secrets.token_hex(4)

    def name(self, number: int, position: int) -> str:
        """The id of an event: the log index it comes up to, enciphered, and its number in this channel."""
        return f"{log_index.shown(position)}.{self.run}.{number}"

    def show(self, board: Board) -> bool:
        """Take a newer board; tell everybody what changed. False where nothing did."""
        html = changes(self.board, board)
        self.board, was = board, self.board
        if was is not None and not html:
            return False
        self.number += 1
        name = self.name(self.number, board.position)
        self.whole = event(name, board.whole)
        self.events.append((self.number, event(name, html)))
        for viewer in self.viewers:
            viewer.set()
        return True

    def number_of(self, name: str) -> int:
        """The number of the last event that a viewer names; 0 for one that this channel never sent."""
        _position, _dot, rest = name.partition(".")
        run, _dot, number = rest.partition(".")
        return int(number) if run == self.run and number.isascii() and number.isdecimal() else 0

    def after(self, number: int) -> bytes:
        """What a viewer lacks that has everything up to this event: the events since, or the whole board."""
        if number == self.number:
            return b""
        first = self.events[0][0] if self.events else 0
        if not 0 < number < self.number or number + 1 < first:
            return self.whole
        return b"".join(content for n, content in self.events if n > number)
