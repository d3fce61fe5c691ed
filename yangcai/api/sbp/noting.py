"""When does a door write the Entries of the bids that came in? At once; in a rush, for a small share of its time only.

An Entry and the tasks that follow from it take longer than the bid itself, time that bidders would wait for. Whatever
is left is written with the next bid, by the worker within seconds, and at the latest by the opening.
"""

import datetime
import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError

from yangcai.tendering import finalise

log = logging.getLogger(__name__)
#: Of the time of a process, so much goes into Entries while one bid follows another.
SHARE = 0.1
#: Seconds that are left between two rounds at most: one that was long because much was waiting is none to wait for.
PAUSE = 5.0


class Notes:
    """What one process writes down; one thread of it at a time."""

    def __init__(self, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._turn = threading.Lock()
        self._not_before = float("-inf")

    def write(self, *, now: datetime.datetime) -> None:
        """Never fails: the bid is in, and has its receipt."""
        began = self.seconds()
        if began < self._not_before or not self._turn.acquire(blocking=False):
            return
        try:
            finalise.note_in(now=now)
        except DatabaseError:
            log.warning("the Entry of a bid is still to be written", exc_info=True)
        finally:
            ended = self.seconds()
            self._not_before = ended + min(PAUSE, (ended - began) * (1 / SHARE - 1))
            self._turn.release()


notes = Notes()
