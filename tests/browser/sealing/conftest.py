"""On what do the sealing modules run in a test? A page of a real Chromium, with no database behind it."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.sealing.bad_line import BadLine


@pytest.fixture(scope="session")
def desk(chromium: Any) -> Iterator[Page]:
    """A page on localhost: a secure context, so that WebCrypto, private files and passkeys are there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BadLine)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = chromium.new_context(base_url=f"http://localhost:{server.server_port}")
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
