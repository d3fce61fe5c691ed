"""Is an address free to be served at, and does it stay ours? Granian shares its port, so two servers would split it."""

import argparse
import errno
import socket
import sys

from yangcai.cli.console import NOT_MET, USAGE, Stop, say

DEFAULT = 8000
TRIES = 20  # ports looked at, from the first wish on


def port(text: str) -> int:
    """A port number as an option. Raises argparse.ArgumentTypeError."""
    if text.isascii() and text.isdecimal() and 0 < int(text) < 2**16:
        return int(text)
    raise argparse.ArgumentTypeError(say(zh=f"端口应为 1 至 65535：{text}", en=f"a port is 1 to 65535, not {text}"))


def claim(*, host: str, port: int) -> socket.socket | None:
    """Keep the address for this process until the socket is closed; None where somebody has it.

    Nobody may listen there, and of several of us that look at the same time one gets it: an abstract socket's name is
    given once, and comes free however a process ends. Raises Stop where the address cannot be served at all.
    """
    claimed = socket.socket(socket.AF_UNIX)
    try:
        if sys.platform == "linux":
            claimed.bind(f"\0yangcai {host} {port}")
        _probe(host, port)
    except OSError as error:
        claimed.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise Stop(
            zh=f"不能监听 {host}:{port}：{error.strerror}",
            en=f"cannot listen at {host}:{port}: {error.strerror}",
            code=USAGE if isinstance(error, socket.gaierror) else NOT_MET,
        ) from error
    return claimed


def claim_or_stop(*, host: str, port: int, command: str) -> socket.socket:
    """As `claim`. Raises Stop with what to type instead when the address is taken."""
    if (claimed := claim(host=host, port=port)) is None:
        raise Stop(
            zh=f"端口 {port} 已被占用",
            en=f"port {port} is taken",
            hint=f"yangcai {command} --port {port + 1 if port < 2**16 - 1 else DEFAULT}",
        )
    return claimed


def _probe(host: str, port: int) -> None:
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
