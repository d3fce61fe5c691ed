"""Is this notice, contract or payment order what the log says was published? Its digest stands there in clear."""

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from yangcai.kernel.encoding import BadEncoding, parse_jcs
from yangcai.kernel.leaf_lines import CLEAR
from yangcai.kernel.tlog import proof, tree
from yangcai.kernel.tlog.faults import Malformed, Unproven, in_chinese
from yangcai.kernel.tlog.policy import Policy
from yangcai.kernel.verifying import awards
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.lots import when
from yangcai.kernel.verifying.opening import CLOCKS

#: What is stamped is in the log by the next day.
DAY = datetime.timedelta(days=1)
#: Of each kind of line (`t`), the field in which the operator names a file. In any other line or field a digest is
#: somebody else's word: a supplier chooses the `price_commit` of a bid.
FIELDS = {"contract": "sha256", "notice": "digest", "payment": "sha256"}

#: What of a notice its digest is of.
DIGESTED = ("kind", "title", "facts")

#: Kind of line -> of what its papers are, in both languages; the field of that name says of which.
PAPERS = {"contract": ("同一合同", "one contract"), "payment": ("同一笔支付", "one payment")}


def digests(content: bytes) -> Iterator[str]:
    """Under which digests a file can stand in the log: its own, and that of each notice that the API's JSON holds."""
    yield hashlib.sha256(content).hexdigest()
    yield from (digest for digest, _notice in notices(content))


def notices(content: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each notice that the API's JSON holds, with the digest that it must have in the log. Whoever holds the file need
    not know who made it: what no notice can be (nested without end, half a sign) is none."""
    try:
        given = json.loads(content)
        listed = given.get("items", [given]) if isinstance(given, dict) else []
        found = [
            (hashlib.sha256(_written(notice)).hexdigest(), notice)
            for notice in (listed if isinstance(listed, list) else [])
            if isinstance(notice, dict) and set(DIGESTED) <= set(notice)
        ]
    except (ValueError, RecursionError):  # JSONDecodeError and UnicodeError are ValueErrors
        return
    yield from found


def _written(notice: dict[str, Any]) -> bytes:
    facts = {name: notice[name] for name in DIGESTED}
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def verify(content: bytes, *, kind: str, log: Log) -> list[tuple[int, dict[str, Any]]]:
    """Where the log names it as this kind of line (a key of FIELDS). Raises NotVerified where it nowhere does, or not
    each notice of several; Evidence where the log names another paper of the same contract or payment too."""
    wanted = list(digests(content))
    found = [(index, body) for index, body in log.saying(kind) if body.get(FIELDS[kind]) in wanted]
    if not found:
        raise NotVerified(zh="公开日志中没有这份文件", en="the log does not name this file")
    named = {body[FIELDS[kind]] for _index, body in found}
    for digest, notice in notices(content) if kind == "notice" else ():
        if digest not in named:
            raise NotVerified(
                zh=f"公开日志中没有这样的公告：{notice['title']}", en=f"the log names no such notice: {notice['title']}"
            )
    if kind == "notice":
        _check_awards(found, dict(notices(content)), log=log)
        awards.check(found, log=log)
    if kind in PAPERS:
        for index, body in log.saying(kind):
            if not isinstance(body.get(kind), str):  # it may be a second paper of any of them
                raise Evidence(
                    zh=f"第 {index} 条没有写明是哪一份合同或者哪一笔支付的签署文本",
                    en=f"line {index} does not say of which contract or payment its paper is",
                )
        subjects = {body[kind] for _index, body in found}
        check_papers((line for line in log.saying(kind) if line[1][kind] in subjects), kind=kind)
    return found


def _check_awards(found: list[tuple[int, dict[str, Any]]], told: dict[str, dict[str, Any]], *, log: Log) -> None:
    """Of one lot one award stands: where there are two, a notice took the first back before the second."""
    replaced = {str(body.get("supersedes")): index for index, body in log.saying("notice")}
    standing: dict[tuple[str, str], tuple[int, str]] = {}
    for index, body in found:
        facts = told.get(str(body.get("digest")), {}).get("facts")
        if body.get("kind") != "award" or not isinstance(facts, dict):
            continue
        if not awards.is_of(body, facts):
            raise Evidence(
                zh=f"第 {index} 条写明的中标供应商或者金额不是公告中的",
                en=f"line {index} names another winner or sum than the notice itself",
            )
        lot = str(body.get("root")), str(facts.get("lot"))
        if lot in standing and replaced.get(standing[lot][1], index) >= index:
            raise Evidence(
                zh=f"第 {standing[lot][0]} 条和第 {index} 条是同一采购包的两份中标结果公告，前一份没有变更公告",
                en=f"lines {standing[lot][0]} and {index} award one lot twice, and no notice took the first back",
            )
        standing[lot] = index, str(body.get("number"))


def check_papers(lines: Iterable[tuple[int, dict[str, Any]]], *, kind: str) -> None:
    """A contract has one signed paper, and so has a payment: what changes later is a paper of its own. `lines` are all
    of this kind (a key of PAPERS). Raises Evidence."""
    first: dict[Any, tuple[int, Any]] = {}
    for index, body in lines:
        if kind not in body:
            continue
        known, digest = first.setdefault(body[kind], (index, body.get("sha256")))
        if body.get("sha256") != digest:
            zh, en = PAPERS[kind]
            raise Evidence(
                zh=f"第 {known} 条和第 {index} 条是{zh}的两份不同的签署文本",
                en=f"lines {known} and {index} are two different papers of {en}",
            )


def check_stamped(lines: Iterable[tuple[int, dict[str, Any]]], stamps: Iterable[datetime.datetime | None]) -> None:
    """What was stamped stands in the log by the next day, and was not stamped after it stood there: two clocks that
    do not know of each other (appendix B, step 7). Raises Evidence, NotVerified."""
    known = [at for at in stamps if at is not None]
    for index, body in lines:
        if "at" not in body or not known:
            continue
        at = when(index, body, "at")
        if max(known) > at + CLOCKS:
            raise Evidence(
                zh=f"第 {index} 条写入时文件尚未加盖时间戳",
                en=f"the paper of line {index} was stamped only later",
            )
        if min(known) + DAY < at:
            raise NotVerified(
                zh=f"时间戳早于第 {index} 条一天以上", en=f"the paper was stamped more than a day before line {index}"
            )


def verify_proof(content: bytes, *, kind: str, proved: bytes, policy: Policy) -> list[tuple[int, dict[str, Any]]]:
    """Without the log, by a `.tlog-proof` alone that has the line in clear in it. Raises NotVerified."""
    try:
        found = proof.parse(proved)
        if not found.extra.startswith(CLEAR):
            raise Unproven("it holds no line in clear", zh="其中没有明文条目")
        proof.verify(found, leaf=tree.leaf_hash(found.extra), policy=policy)
        body = parse_jcs(found.extra.removeprefix(CLEAR).removesuffix(b"\n"))
    except (Malformed, Unproven, BadEncoding) as error:
        raise NotVerified(zh=f"证明核对不符：{in_chinese(error)}", en=f"the proof does not verify: {error}") from error
    if not isinstance(body, dict) or body.get("t") != kind or body.get(FIELDS[kind]) not in list(digests(content)):
        raise NotVerified(zh="这份证明说的是另一份文件", en="the proof is of another file")
    return [(found.index, body)]
