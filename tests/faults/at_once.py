"""What do so many get who ask at the same moment?"""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

from yangcai.kernel.refusals import Refused


def at_once(number: int, call: Callable[[int], Any]) -> list[Any]:
    """What so many threads get that make this call at the same moment: an answer, or a Refused."""
    ready, found = threading.Barrier(number), [None] * number

    def run(index: int) -> None:
        ready.wait()
        try:
            found[index] = call(index)
        except Refused as refused:
            found[index] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found
