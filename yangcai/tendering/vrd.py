"""Who was drawn, so that anyone who holds the published record can draw again, offline, and get the same? VRD/1.

Committed first, over a list that nobody can read; then every party reveals the number it had promised; then the seed
follows from all of them. Whoever knows one number too few knows nothing. Pure: no database, no clock, no chance.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from yangcai.kernel.encoding import h2, jcs

VERSION = "vrd/1"
#: Parties in the order in which their numbers enter the seed.
PARTIES = ("buyer", "agent", "supervisor", "platform", "public")
#: What became of somebody who was called.
SEATED, REFUSED, REPLACED, PASSED = "seated", "refused", "replaced", "passed"
#: One draw of the stream is eight bytes of a SHA-256 block.
_WORD, _SPAN = 8, 1 << 64
#: What is put into an order: digests of lines, or numbers of bids.
_Drawn = TypeVar("_Drawn", int, str)


def promise_of(number: str) -> str:
    """The SHA-256 of a number: what a party hands in before it says the number itself. `sha256sum` gives the same."""
    return hashlib.sha256(number.encode()).hexdigest()


def line_of(person: Mapping[str, Any], *, salt: str) -> str:
    """One line of the list: says nothing without its salt (32 random bytes in hexadecimal)."""
    return h2("vrd/1 line", bytes.fromhex(salt), jcs(dict(person))).hex()


def pool_of(lines: Iterable[str]) -> str:
    """One digest over all lines in their order."""
    return h2("vrd/1 pool", *(bytes.fromhex(line) for line in sorted(lines))).hex()


def leaf_of(body: Mapping[str, Any]) -> str:
    """The hash of the commit as a leaf of an RFC 6962 tree: the entry is `sbp1c ‖ JSON ‖ newline`."""
    return hashlib.sha256(b"\0sbp1c " + jcs(dict(body)) + b"\n").hexdigest()


def seed_of(*, leaf: str, numbers: Sequence[str], head: str) -> bytes:
    """The commit's leaf, the numbers in the order of PARTIES, and what the log was when the last one was said."""
    return h2("sbp/1 draw", bytes.fromhex(leaf), *(number.encode() for number in numbers), bytes.fromhex(head))


def seed_of_tie(draw_seed: str, *, lot: int) -> bytes:
    """Equal bids of a lot are put in order by the seed of the committee, which nobody could choose and which was
    there before any bid was opened."""
    return h2("vrd/1 tie", draw_seed.encode(), str(lot).encode())


def shuffled(lines: Iterable[_Drawn], *, seed: bytes) -> list[_Drawn]:
    """Fisher-Yates from the last place to the first over the sorted lines; each place by rejection sampling, so that
    no remainder makes anybody likelier."""
    order, words = sorted(lines), _Words(seed)
    for last in range(len(order) - 1, 0, -1):
        other = words.below(last + 1)
        order[last], order[other] = order[other], order[last]
    return order


class _Words:
    """Numbers out of SHA-256(label ‖ seed ‖ counter), eight bytes each."""

    def __init__(self, seed: bytes) -> None:
        self.seed, self.counter, self.rest = seed, 0, b""

    def below(self, bound: int) -> int:
        """Every number from 0 to bound - 1 with the same chance."""
        limit = _SPAN - _SPAN % bound
        while True:
            if not self.rest:
                self.rest = h2("vrd/1 stream", self.seed, self.counter.to_bytes(_WORD))
                self.counter += 1
            word, self.rest = int.from_bytes(self.rest[:_WORD]), self.rest[_WORD:]
            if word < limit:
                return word % bound


# --- the published record ------------------------------------------------------------------------------------------


def drawn_at_once(
    people: Mapping[str, Mapping[str, Any]], *, body: Mapping[str, Any], numbers: Mapping[str, str], head: str
) -> dict[str, Any]:
    """The record of a draw whose steps are all done at once: `people` by salt, as many called as `body` has places, all
    lines opened. Salts and numbers are the caller's chance."""
    opened = {line_of(facts, salt=salt): (salt, facts) for salt, facts in people.items()}
    promises = {party: promise_of(number) for party, number in numbers.items()}
    commit = {
        "v": f"{VERSION} draw-commit",
        **body,
        "count": len(opened),
        "pool": pool_of(opened),
        "promises": promises,
    }
    leaf = leaf_of(commit)
    seed = seed_of(leaf=leaf, numbers=[numbers[party] for party in PARTIES if party in numbers], head=head)
    order = shuffled(opened, seed=seed)
    return {
        "v": VERSION,
        "commit": commit,
        "leaf": leaf,
        "numbers": dict(numbers),
        "head": {"kind": "entry-hash", "hash": head},
        "seed": seed.hex(),
        "lines": sorted(opened),
        "order": order,
        "calls": [
            {"position": place, "line": line, "outcome": SEATED, "reason": ""}
            for place, line in enumerate(order[: commit["places"]], start=1)
        ],
        "opened": [{"line": line, "salt": opened[line][0], "facts": opened[line][1]} for line in order],
        "is_final": True,
    }


@dataclass(frozen=True)
class Fault:
    """One thing that does not come out as the record says."""

    code: str
    zh: str
    en: str


def faults(record: Any) -> list[Fault]:
    """Recompute a record from its own parts: every difference, none when all comes out. No JSON makes it raise."""
    try:
        return list(_faults(record))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        return [
            Fault(
                "unreadable",
                f"不是 VRD/1 抽取记录：{type(error).__name__} {error}",
                f"this is no VRD/1 record: {type(error).__name__} {error}",
            )
        ]


def _faults(record: dict[str, Any]) -> Iterable[Fault]:
    body, lines = record["commit"], record["lines"]
    if record["v"] != VERSION or body["v"] != f"{VERSION} draw-commit":
        yield Fault("version", "版本不是 vrd/1", "the version is not vrd/1")
        return
    if record["case"]["number"] != body["case"]:
        yield Fault("case", "项目编号与承诺的不符", "the number of the case is not the one committed to")
    if lines != sorted(set(lines)) or len(lines) != body["count"] or pool_of(lines) != body["pool"]:
        yield Fault("pool", "名单与承诺的名单摘要或者人数不符", "the list is not the one committed to")
    if leaf_of(body) != record["leaf"]:
        yield Fault("leaf", "承诺的叶摘要不符", "the leaf of the commit differs")
    numbers = record["numbers"]
    parties = [party for party in PARTIES if party in body["promises"]]
    if set(numbers) != set(body["promises"]) or len(parties) != len(body["promises"]) or not parties:
        yield Fault(
            "parties", "公布随机数的各方与承诺的各方不符", "the parties that revealed are not those that promised"
        )
        return
    for party in parties:
        if promise_of(numbers[party]) != body["promises"][party]:
            yield Fault(
                "promise", f"{party} 公布的随机数与其承诺不符", f"{party} revealed another number than promised"
            )
    seed = seed_of(leaf=record["leaf"], numbers=[numbers[party] for party in parties], head=record["head"]["hash"])
    if seed.hex() != record["seed"]:
        yield Fault("seed", "种子不符", "the seed differs")
    order = shuffled(lines, seed=seed)
    if order != record["order"]:
        yield Fault("order", "抽取顺序不符", "the order of the draw differs")
    yield from _called(record, order)


def _called(record: dict[str, Any], order: list[str]) -> Iterable[Fault]:
    """Called one after the other, nobody left out; whoever was not seated has a reason; the seated lines open."""
    calls, opened = record["calls"], {one["line"]: one for one in record["opened"]}
    for place, call in enumerate(calls, start=1):
        if call["position"] != place or call["line"] != order[place - 1]:
            yield Fault("call", f"第 {place} 个被叫到的不是抽取顺序的第 {place} 位", f"call {place} is out of order")
        if call["outcome"] not in {SEATED, REFUSED, REPLACED, PASSED}:
            yield Fault("outcome", f"第 {place} 位的结果不明", f"what became of call {place} is unknown")
        elif call["outcome"] != SEATED and not call["reason"]:
            yield Fault("reason", f"第 {place} 位未入席但没有理由", f"call {place} was not seated, without a reason")
        elif call["outcome"] == SEATED and call["line"] not in opened:
            yield Fault("unopened", f"第 {place} 位已入席但没有公开", f"call {place} was seated but is not opened")
    if len(calls) > len(order):
        yield Fault("call", "叫到的人多于名单", "more were called than stand on the list")
    if record["is_final"] and sum(call["outcome"] == SEATED for call in calls) < record["commit"]["places"]:
        yield Fault("places", "入席人数少于承诺的席位", "fewer were seated than the commit says")
    for line, one in opened.items():
        if line not in order or line_of(one["facts"], salt=one["salt"]) != line:
            yield Fault("opening", f"公开的内容与名单上的行不符：{line[:16]}", f"an opened line differs: {line[:16]}")
