"""How long may a whole exchange with another server last? So many seconds, whatever it sends in the meantime."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


@contextmanager
def connected(url: str, *, seconds: float) -> Iterator[tuple[http.client.HTTPConnection, threading.Event]]:
    """A connection to the server of an http(s) address, and an event that is set where it was hung up: so many seconds
    to connect, and as many for all that follows, the handshake of TLS too. Follows no redirection and knows no proxy.
    Raises OSError, ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("no address of a server")
    plain: type[http.client.HTTPConnection] = http.client.HTTPConnection
    connection = (http.client.HTTPSConnection if parts.scheme == "https" else plain)(parts.hostname, parts.port)
    sock = socket.create_connection((connection.host, connection.port), timeout=seconds)
    try:
        with hung_up_after(seconds, sock) as hung_up:
            if parts.scheme == "https":
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname)
            connection.sock = sock
            yield connection, hung_up
    finally:
        connection.close()
        sock.close()


@contextmanager
def hung_up_after(seconds: float, sock: socket.socket) -> Iterator[threading.Event]:
    """Shut this socket after so many seconds, and set the event. Its own timeout begins anew with every byte: whoever
    drips would hold us for ever."""
    done = threading.Event()
    same = sock.dup()  # TLS takes the first one over

    def hang_up() -> None:
        done.set()
        with suppress(OSError):
            same.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield done
    finally:
        timer.cancel()
        timer.join()
        same.close()
