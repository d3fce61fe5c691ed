"""How is a package of many cases sent without holding it? Piece by piece, a few cases in memory."""

import datetime
import json
from collections.abc import Iterable, Iterator
from typing import Any

from yangcai.ocds import release
from yangcai.ocds.rows import read_all


def releases(chunks: Iterable[list[int]], *, uri: str, policy: str, now: datetime.datetime) -> Iterator[str]:
    """A release package of these cases (their numbers, some at a time)."""
    head = release.release_package([], uri=uri, policy=policy, now=now)
    items = (item for pks in chunks for rows in read_all(pks) for item in release.releases(rows, now=now))
    return written(head, key="releases", items=items)


def records(chunks: Iterable[list[int]], *, uri: str, policy: str, now: datetime.datetime) -> Iterator[str]:
    """A record package of these cases."""
    head = release.record_package([], uri=uri, policy=policy, now=now)
    items = (release.record(rows, now=now) for pks in chunks for rows in read_all(pks))
    return written(head, key="records", items=items)


def written(head: dict[str, Any], *, key: str, items: Iterable[Any]) -> Iterator[str]:
    """A JSON object whose last member is a long list, one item a line."""
    start = json.dumps({k: v for k, v in head.items() if k != key}, ensure_ascii=False)
    yield f'{start[:-1]}, "{key}": ['
    first = True
    for item in items:
        yield ("\n" if first else ",\n") + json.dumps(item, ensure_ascii=False)
        first = False
    yield "\n]}\n"
