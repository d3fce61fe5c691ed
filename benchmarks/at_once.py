"""How is the database kept busy on many connections? From several processes, so that not one interpreter is measured.

Nothing of Django is imported here before a worker has set it up.
"""

import importlib
import multiprocessing
import pickle
import threading
import time
from collections.abc import Callable
from typing import Any

PROCESSES = 2
PATIENCE = 120


def together(deed: Callable[[Any], None], work: list[Any], *, connections: int) -> tuple[float, list[float]]:
    """Seconds until every piece is done on so many connections, and how long each piece took. `deed` is a function of
    a module. Raises RuntimeError with what went wrong in a worker."""
    context = multiprocessing.get_context("spawn")
    ready, gone = context.Barrier(PROCESSES + 1), context.SimpleQueue()
    name = f"{deed.__module__}:{deed.__qualname__}"
    workers = [
        context.Process(
            target=_worker, args=(name, pickle.dumps(work[n::PROCESSES]), max(1, connections // PROCESSES), ready, gone)
        )
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    ready.wait(timeout=PATIENCE)
    began = time.perf_counter()
    told = [gone.get() for _worker_ in workers]
    seconds = time.perf_counter() - began
    for worker in workers:
        worker.join()
    if failed := [error for error, _waits in told if error]:
        raise RuntimeError(failed[0])
    return seconds, [wait for _error, waits in told for wait in waits]


def _worker(name: str, pickled: bytes, number: int, ready: Any, gone: Any) -> None:
    """A process with its share of the connections."""
    import django

    django.setup()
    from django.db import connection, connections

    module, _colon, function = name.partition(":")
    deed = getattr(importlib.import_module(module), function)
    work = pickle.loads(pickled)
    waits: list[float] = []
    errors: list[str] = []
    go = threading.Barrier(number + 1)

    def thread(share: list[Any]) -> None:
        try:
            connection.ensure_connection()
            go.wait(timeout=PATIENCE)
            for piece in share:
                began = time.perf_counter()
                deed(piece)
                waits.append(time.perf_counter() - began)
        except Exception as error:  # told to the process that asked
            errors.append(repr(error))
        finally:
            connections.close_all()

    running = [threading.Thread(target=thread, args=(work[n::number],)) for n in range(number)]
    for one in running:
        one.start()
    ready.wait(timeout=PATIENCE)
    go.wait(timeout=PATIENCE)
    for one in running:
        one.join()
    gone.put((errors[0] if errors else "", waits))
