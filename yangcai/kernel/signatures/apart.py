"""How is pyHanko called from a thread in which an event loop may be running?

Its plain functions run a loop of their own, and Python has one loop in a thread: beside another they would fail, which
a verifier would have to take for a damaged file.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")


def in_its_own_thread(work: Callable[[], R]) -> R:
    """What `work` returns or raises. It must ask no database: connections belong to the thread that opened them."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
