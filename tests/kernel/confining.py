"""What a hostile file could make of a parser: parsers without Django, for a process of their own."""

import os


def told(content: bytes) -> str:
    return content.decode()


def torn(content: bytes) -> None:
    raise ValueError(f"torn after {len(content)} bytes")


def endless(content: bytes) -> None:
    while content:
        pass


def hoarding(content: bytes) -> int:
    return len(content * 2**34)


def environment(content: bytes) -> list[str]:
    return sorted(os.environ)


def written(content: bytes) -> None:
    with open(content.decode(), "wb") as file:
        file.write(content)


def talkative(content: bytes) -> str:
    return "x" * 2**25
