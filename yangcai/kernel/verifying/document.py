"""Is this notice, contract or payment order what the log says was published? Its digest stands there in clear."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from yangcai.kernel.verifying.findings import NotVerified
from yangcai.kernel.verifying.log import Log


def digests(content: bytes) -> Iterator[str]:
    """Under which digests a file can stand in the log: its own, and that of each notice that the API's JSON holds."""
    yield hashlib.sha256(content).hexdigest()
    try:
        given = json.loads(content)
    except ValueError:
        return
    for notice in given.get("items", [given]) if isinstance(given, dict) else []:
        if {"kind", "title", "facts"} <= set(notice):
            facts = {name: notice[name] for name in ("kind", "title", "facts")}
            written = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            yield hashlib.sha256(written).hexdigest()


def verify(content: bytes, *, log: Log) -> list[tuple[int, dict[str, Any]]]:
    """Where the log names it. Raises NotVerified where it nowhere does."""
    wanted = set(digests(content))
    found = [
        (index, body)
        for index, body in sorted(log.told.items())
        if wanted & {value for value in body.values() if isinstance(value, str)}
    ]
    if not found:
        raise NotVerified(zh="公开日志中没有这份文件", en="the log does not name this file")
    return found
