"""A server whose answer never ends: each byte comes in time, the whole never."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds between two bytes.
EVERY = 0.05


@contextmanager
def dripping(*headers: str) -> Iterator[str]:
    """Its address on the loopback, for one visitor; it begins with these headers of an answer."""
    stop = threading.Event()
    begun = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *headers)).encode() + b"X-Slow: "
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            taken, _peer = listening.accept()
            with taken:
                taken.sendall(begun)
                while not stop.wait(EVERY):
                    try:
                        taken.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)  # nobody may come at all
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            stop.set()
            thread.join(timeout=5)
