"""How is a coroutine run where a browser of an earlier test of this worker keeps its event loop in the same thread?"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

R = TypeVar("R")


def run(coroutine: Coroutine[Any, Any, R]) -> R:
    """`asyncio.run`, in this thread, whose database it may ask; the loop that sleeps here sleeps on."""
    sleeping = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return asyncio.run(coroutine)
    finally:
        asyncio._set_running_loop(sleeping)
