"""What if a commit waits for a standby that is gone? Then bidders wait with it, but never in every thread of the site.

The server's threads are few (cli/commands/serve.py); a finalise that waits for the standby holds one for as long as the
standby is away, and must not be cut off (SBP/1 §2.5). One thread of each process is always left to everybody else.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Of the threads of a process, so many may be in a finalise at once.
MOST = 3
#: Seconds that one may wait for such a place: a burst before the deadline passes in less; a stall does not.
PATIENCE = 2.0


class Stalled(Exception):
    """Every place is taken and none is given back: ask again with the same key."""


class Places:
    """So many at once; of the others each waits a little, unless those who came first have waited for long already."""

    def __init__(self, most: int = MOST, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds = most, seconds
        self.since: dict[int, float] = {}
        self.freed = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Raises Stalled."""
        me = threading.get_ident()
        with self.freed:
            while len(self.since) >= self.most:
                waited = self.seconds() - min(self.since.values())
                if waited >= PATIENCE or not self.freed.wait(PATIENCE - waited):
                    raise Stalled
            self.since[me] = self.seconds()
        try:
            yield
        finally:
            with self.freed:
                del self.since[me]
                self.freed.notify()


PLACES = Places()
