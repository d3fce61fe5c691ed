"""How does a line look on which everything goes wrong once?"""

import hashlib
import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

from yangcai.kernel import encoding
from yangcai.www import bundle

#: What the page may load: the bundle, and the tests' own scripts, which import from it.
SCRIPTS = {path.name: path.read_bytes() for path in Path(__file__).parent.glob("*.js")} | bundle.files()


class BadLine(BaseHTTPRequestHandler):
    """The bundle, and /sbp/v1 as SBP/1 §2.5 has it, on a line where each request fails once after it was carried out:
    the connection is cut, or a proxy answers 503, in turn."""

    protocol_version = "HTTP/1.1"
    failed: ClassVar[set[str]] = set()
    parts: ClassVar[dict[int, bytes]] = {}
    heard: ClassVar[list[tuple[str, Any]]] = []

    def log_message(self, *_said: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        name = self.path.removeprefix("/")
        if name in SCRIPTS:
            return self.answer(200, SCRIPTS[name], "text/javascript")
        if self.path.endswith("/broken"):
            return self.answer(500, b"{}", "application/problem+json")
        if self.path.endswith("/parts"):
            return self.answer_once(sorted(self.parts))
        self.answer(200, b"<!doctype html><title>sealing</title>", "text/html")

    def do_PUT(self) -> None:
        body = self.body()
        assert hashlib.sha256(body).hexdigest() == self.headers["Content-SHA256"]
        self.parts[int(self.path.rsplit("/", 1)[1])] = body
        self.answer_once({"sha256": self.headers["Content-SHA256"]})

    def do_POST(self) -> None:
        step, said = self.path.rsplit("/", 1)[1], encoding.parse_jcs(self.body())
        self.heard.append((step, said))
        if step == "finalise" and said["st"]["round"] == 9:
            return self.answer(409, b'{"type": "/api/v1/problems/SB001", "title": "late"}', "application/problem+json")
        assert self.headers["X-CSRFToken"] == "a token"
        answers: dict[str, Any] = {
            "submissions": {"sid": "a-session", "part_size": 8 * 2**20},
            "check": {"state": "VERIFIED"},
            "finalise": "sbp-receipt/v1\n",
        }
        self.answer_once(answers[step])

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def answer_once(self, found: Any) -> None:
        if self.path in self.failed:
            text = found if isinstance(found, str) else json.dumps(found)
            return self.answer(200, text.encode(), "text/plain")
        self.failed.add(self.path)
        if len(self.failed) % 2:
            self.close_connection = True  # carried out, and nobody learns of it
        else:
            self.answer(503, b"<h1>no</h1>", "text/html")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
