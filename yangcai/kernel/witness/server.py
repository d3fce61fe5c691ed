"""How is a witness asked? POST add-checkpoint, by the standard library's server: a log asks seldom."""

import datetime
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from yangcai.kernel.tlog import witness
from yangcai.kernel.tlog.witness import Answer
from yangcai.kernel.witness.store import Store

#: Seconds after which a connection that says nothing is closed.
PATIENCE = 15
ADDRESS = "/add-checkpoint"
#: Of a length that somebody states: `int` fails at some four thousand.
DIGITS = 12


@dataclass(frozen=True)
class Running:
    """Where it listens."""

    port: int


@contextmanager
def serving(store: Store, *, host: str, port: int, clock: Callable[[], datetime.datetime]) -> Iterator[Running]:
    """Serve until the block ends; port 0 takes a free one."""
    server = ThreadingHTTPServer((host, port), _handler(store, clock))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield Running(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        store.close()


def _handler(store: Store, clock: Callable[[], datetime.datetime]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = PATIENCE

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdecimal()):
                self.close_connection = True
                self._send(Answer(411))
                return
            if len(length) > DIGITS or int(length) > witness.MOST_BYTES:
                self.close_connection = True
                self._send(Answer(413))
                return
            content = self.rfile.read(int(length))
            if self.path != ADDRESS:
                self._send(Answer(404, "only add-checkpoint is known here\n"))
                return
            try:
                answer = store.answer(content, now=clock())
            except OSError as error:  # what cannot be kept is not cosigned
                answer = Answer(503, f"nothing can be kept now: {error.strerror}\n")
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_anything: object) -> None:
            """Quiet: what a witness cosigned stands in its folder."""

    return Handler
