"""When does a door write the Entries of the bids that came in? At once; in a rush, once in a while for all of them.

In a rush every Entry would take its time from the bidders who still wait. Whatever is left is written with the next
bid, by the worker within seconds, and at the latest by the opening.
"""

import datetime
import logging
import threading
import time

from django.db import DatabaseError

from yangcai.tendering import finalise

log = logging.getLogger(__name__)
#: Seconds that this process leaves between two rounds of which the first had more than one Entry to write.
PAUSE = 5.0


class Notes:
    """What one process writes down; one thread of it at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._not_before = float("-inf")

    def write(self, *, now: datetime.datetime) -> None:
        """Never fails: the bid is in, and has its receipt."""
        if time.monotonic() < self._not_before or not self._turn.acquire(blocking=False):
            return
        try:
            if finalise.note_in(now=now) > 1:
                self._not_before = time.monotonic() + PAUSE
        except DatabaseError:
            log.warning("the Entry of a bid is still to be written", exc_info=True)
        finally:
            self._turn.release()


notes = Notes()
