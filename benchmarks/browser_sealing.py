"""How long does a browser take to seal a large bid and to try its opening, and how much memory does that need?

The page's own modules in a real Chromium, from a file to a private file of the browser. Beside it: the same browser's
AES-256-GCM over the same file in pieces of 1 MiB, without shares, digests or writing.
"""

import http.server
import os
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, Timing, beside
from benchmarks.scale import Scale
from benchmarks.sealing import file_of, policy_of
from yangcai.www import bundle

#: Debian's; another one by YANGCAI_CHROMIUM.
CHROMIUM = Path(os.environ.get("YANGCAI_CHROMIUM", "/usr/bin/chromium"))
SUPPLIER = "91620100MA7XY12345"
#: Minutes are milliseconds here.
PATIENCE = 15 * 60 * 1000
#: Megabytes that the scripts of the page may hold (the goal is for the size it is about).
HEAP_AT_MOST, LARGE = 150, 100_000_000
SCRIPT = Path(__file__).with_suffix(".js")


class Files(http.server.BaseHTTPRequestHandler):
    """The bundle, the script of this benchmark, and a page with one field for a file."""

    def log_message(self, *_said: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        found = {**bundle.files(), SCRIPT.name: SCRIPT.read_bytes()}.get(self.path.removeprefix("/"))
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if found else "text/html")
        self.end_headers()
        self.wfile.write(found or b"<!doctype html><title>sealing</title><input type=file>")


def run(scale: Scale) -> list[Figure]:
    """A large bid sealed and tried in a browser, beside the cipher alone, and the peak of the heap beside the bid."""
    with ThreadPoolExecutor(1) as apart:  # the driver needs a thread in which no other loop runs
        return apart.submit(_run, scale).result()


def _run(scale: Scale) -> list[Figure]:
    size = scale.sealed_bytes
    given = {"policy": policy_of("I1").as_dict(), "supplier": SUPPLIER}
    seconds: dict[str, list[float]] = {"seal": [], "rehearse": [], "encrypt": []}
    heap = 0.0
    with tempfile.TemporaryDirectory() as folder, _page() as page:
        page.set_input_files("input", file_of(Path(folder), size))
        for _run in range(scale.runs):
            for name, found in seconds.items():
                told = _timed(page, name, given)
                found.append(told["seconds"])
                if name != "encrypt":  # the peer's garbage is not ours
                    heap = max(heap, told["heap"] / 1e6)
            _timed(page, "clean", given)
    times = {name: Timing(tuple(found)) for name, found in seconds.items()}
    megabytes = f"{size / 1e6:,.0f} MB"
    peer = "AES-256-GCM alone, in the browser"
    return [
        beside(f"seal {megabytes} in the browser", times["seal"], peer, times["encrypt"]),
        beside(f"open {megabytes} on trial in the browser", times["rehearse"], peer, times["encrypt"]),
        Figure(
            f"heap of the page's scripts for {megabytes}",
            heap,
            heap,
            heap,
            "MB",
            "the bid",
            size / 1e6,
            goal=f"≤ {HEAP_AT_MOST} MB" if size >= LARGE else "",
            is_met=heap <= HEAP_AT_MOST if size >= LARGE else None,
        ),
    ]


def _timed(page: Any, name: str, given: dict[str, Any]) -> dict[str, float]:
    call = f"async ([name, given]) => (await import('/{SCRIPT.name}')).run(name, given)"
    found: dict[str, float] = page.evaluate(call, [name, given])
    return found


@contextmanager
def _page() -> Iterator[Any]:
    """A page on localhost: a secure context, so that ciphers and private files are there."""
    from playwright.sync_api import sync_playwright

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            page = browser.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"http://localhost:{server.server_port}/")
            yield page
            browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
