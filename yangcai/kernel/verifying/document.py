"""Is this notice, contract or payment order what the log says was published? Its digest stands there in clear."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from yangcai.kernel.encoding import BadEncoding, parse_jcs
from yangcai.kernel.leaf_lines import CLEAR
from yangcai.kernel.tlog import proof, tree
from yangcai.kernel.tlog.faults import Malformed, Unproven
from yangcai.kernel.tlog.policy import Policy
from yangcai.kernel.verifying.findings import NotVerified
from yangcai.kernel.verifying.log import Log

#: Of each kind of line (`t`), the field in which the operator names a file. In any other line or field a digest is
#: somebody else's word: a supplier chooses the `price_commit` of a bid.
FIELDS = {"contract": "sha256", "notice": "digest"}


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


def verify(content: bytes, *, kind: str, log: Log) -> list[tuple[int, dict[str, Any]]]:
    """Where the log names it as this kind of line (a key of FIELDS). Raises NotVerified where it nowhere does."""
    wanted = list(digests(content))
    found = [(index, body) for index, body in log.saying(kind) if body.get(FIELDS[kind]) in wanted]
    if not found:
        raise NotVerified(zh="公开日志中没有这份文件", en="the log does not name this file")
    return found


def verify_proof(content: bytes, *, kind: str, proved: bytes, policy: Policy) -> list[tuple[int, dict[str, Any]]]:
    """Without the log, by a `.tlog-proof` alone that has the line in clear in it. Raises NotVerified."""
    try:
        found = proof.parse(proved)
        if not found.extra.startswith(CLEAR):
            raise Unproven("it holds no line in clear")
        proof.verify(found, leaf=tree.leaf_hash(found.extra), policy=policy)
        body = parse_jcs(found.extra.removeprefix(CLEAR).removesuffix(b"\n"))
    except (Malformed, Unproven, BadEncoding) as error:
        raise NotVerified(zh=f"证明核对不符：{error}", en=f"the proof does not verify: {error}") from error
    if not isinstance(body, dict) or body.get("t") != kind or body.get(FIELDS[kind]) not in list(digests(content)):
        raise NotVerified(zh="这份证明说的是另一份文件", en="the proof is of another file")
    return [(found.index, body)]
