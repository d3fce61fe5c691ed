"""Does VRD/1 come out the same by a second hand, and does every change of a published record show?"""

import copy
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangcai import cli
from yangcai.tendering import vrd

PEOPLE = [{"id": n, "name": f"专家{n}", "unit": "测试单位"} for n in range(1, 10)]


def example(*, wanted: int = 5) -> dict[str, Any]:
    """Nine experts, three parties; the third in order declined and the sixth was called."""
    salts = [hashlib.sha256(bytes([n])).hexdigest() for n in range(len(PEOPLE))]
    opened = {vrd.line_of(person, salt=salt): (person, salt) for person, salt in zip(PEOPLE, salts, strict=True)}
    numbers = {"buyer": "b" * 64, "agent": "a" * 64, "supervisor": "c" * 64}
    body = {
        "v": "vrd/1 draw-commit",
        "case": "LZXQ-2026-1",
        "round": 1,
        "places": wanted,
        "count": len(opened),
        "pool": vrd.pool_of(opened),
        "promises": {party: vrd.promise_of(number) for party, number in numbers.items()},
    }
    leaf, head = vrd.leaf_of(body), "12" * 32
    seed = vrd.seed_of(leaf=leaf, numbers=[numbers[p] for p in ("buyer", "agent", "supervisor")], head=head)
    order = vrd.shuffled(opened, seed=seed)
    calls = [{"position": n, "line": order[n - 1], "outcome": "seated", "reason": ""} for n in range(1, wanted + 2)]
    calls[2] |= {"outcome": "refused", "reason": "engaged"}
    return {
        "v": "vrd/1",
        "case": {"number": "LZXQ-2026-1", "title": "测试项目"},
        "commit": body,
        "leaf": leaf,
        "numbers": numbers,
        "head": {"kind": "entry-hash", "hash": head},
        "seed": seed.hex(),
        "lines": sorted(opened),
        "order": order,
        "calls": calls,
        "opened": [
            {"line": call["line"], "salt": opened[call["line"]][1], "facts": opened[call["line"]][0]}
            for call in calls
            if call["outcome"] == "seated"
        ],
        "is_final": True,
    }


def test_an_honest_record_comes_out() -> None:
    assert vrd.faults(example()) == []
    assert vrd.faults(json.loads(json.dumps(example(), ensure_ascii=False))) == []


def second_hand(lines: list[str], seed: bytes) -> list[str]:
    """The same from the words of the specification alone: whole blocks as one endless list of 64-bit words."""

    def words() -> Any:
        for counter in itertools.count():
            message = b"vrd/1 stream\0"
            for part in (seed, counter.to_bytes(8, "big")):
                message += len(part).to_bytes(4, "big") + part
            block = hashlib.sha256(message).digest()
            yield from (int.from_bytes(block[at : at + 8], "big") for at in (0, 8, 16, 24))

    stream, order = words(), sorted(lines)
    for last in range(len(order) - 1, 0, -1):
        word = next(w for w in stream if w < 2**64 // (last + 1) * (last + 1))
        order[last], order[word % (last + 1)] = order[word % (last + 1)], order[last]
    return order


@given(st.sets(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=40), st.binary(min_size=32, max_size=32))
def test_the_order_is_what_the_specification_says(lines: set[str], seed: bytes) -> None:
    order = vrd.shuffled(lines, seed=seed)
    assert order == second_hand(sorted(lines), seed)
    assert sorted(order) == sorted(lines)


def test_every_order_of_four_is_as_likely_as_every_other() -> None:
    """24 orders in 24,000 draws: chi-squared with 23 degrees of freedom stays below 49.7 (p = 0.001)."""
    lines = [f"{n:064x}" for n in range(4)]
    seen = Counter(tuple(vrd.shuffled(lines, seed=n.to_bytes(32))) for n in range(24_000))
    assert len(seen) == 24
    assert sum((count - 1000) ** 2 / 1000 for count in seen.values()) < 49.7


def test_one_number_changes_the_whole_order() -> None:
    record = example()
    other = vrd.seed_of(leaf=record["leaf"], numbers=["b" * 64, "a" * 64, "d" * 64], head=record["head"]["hash"])
    assert vrd.shuffled(record["lines"], seed=other) != record["order"]


def test_a_line_says_nothing_without_its_salt() -> None:
    one, other = (vrd.line_of(PEOPLE[0], salt=salt * 32) for salt in ("00", "01"))
    assert one != other


def swap(record: dict[str, Any], name: str, one: int, other: int) -> None:
    rows = record[name]
    rows[one], rows[other] = rows[other], rows[one]


ATTACKS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "said to be of another case": (lambda r: r["case"].update(number="LZXQ-2026-2"), "case"),
    "another order": (lambda r: swap(r, "order", 0, 1), "order"),
    "a friend called first": (lambda r: swap(r, "calls", 0, 1), "call"),
    "somebody left out": (lambda r: r["calls"].pop(1), "call"),
    "somebody slipped into the list": (lambda r: r["lines"].append("f" * 64), "pool"),
    "somebody struck from the list": (lambda r: r["lines"].pop(), "pool"),
    "another number than promised": (lambda r: r["numbers"].update(agent="e" * 64), "promise"),
    "a party left out": (lambda r: r["numbers"].pop("supervisor"), "parties"),
    "a party that never promised": (lambda r: r["numbers"].update(public="417"), "parties"),
    "the commit rewritten": (lambda r: r["commit"].update(places=3), "leaf"),
    "another head": (lambda r: r["head"].update(hash="34" * 32), "seed"),
    "another seed": (lambda r: r.update(seed="56" * 32), "seed"),
    "another person behind a line": (lambda r: r["opened"][0]["facts"].update(name="张三"), "opening"),
    "a seated line kept closed": (lambda r: r["opened"].pop(), "unopened"),
    "a refusal without a reason": (lambda r: r["calls"][2].update(reason=""), "reason"),
    "an outcome nobody knows": (lambda r: r["calls"][0].update(outcome="waved through"), "outcome"),
    "fewer seated than promised": (lambda r: r["calls"].pop(), "places"),
    "another protocol": (lambda r: r.update(v="vrd/0"), "version"),
    "no seed at all": (lambda r: r.pop("seed"), "unreadable"),
    "a salt that is none": (lambda r: r["opened"][0].update(salt="xyz"), "unreadable"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_change_of_the_record_shows(attack: str) -> None:
    change, code = ATTACKS[attack]
    record = example()
    change(record)
    assert code in {fault.code for fault in vrd.faults(record)}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, st.sampled_from(sorted(example())))
def test_no_file_breaks_the_verifier(value: Any, key: str) -> None:
    assert vrd.faults(value)
    vrd.faults(copy.deepcopy(example()) | {key: value})


def test_the_command_recomputes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "draw.json"
    file.write_text(json.dumps({"v": "vrd/1", "draws": [example()]}), encoding="utf-8")
    assert cli.main(["draw", "verify", str(file)]) == 0
    told = capsys.readouterr()
    assert "核对 1 轮抽取，0 处不符" in told.out
    assert "尚无见证人联署" in told.err
    forged = example()
    swap(forged, "order", 0, 1)
    file.write_text(json.dumps({"v": "vrd/1", "draws": [forged]}), encoding="utf-8")
    assert cli.main(["draw", "--lang", "en", "verify", str(file), "--json"]) == 4
    answer = json.loads(capsys.readouterr().out)
    assert not answer["ok"] and {"draw": 1, "code": "order"} in answer["data"]["differences"]


@pytest.mark.parametrize(("content", "code"), [("no json", 4), ("[]", 4), ("{}", 4), ('{"draws": []}', 4), ("1", 4)])
def test_the_command_refuses_what_is_no_record(tmp_path: Path, content: str, code: int) -> None:
    file = tmp_path / "draw.json"
    file.write_text(content, encoding="utf-8")
    assert cli.main(["draw", "verify", str(file)]) == code


def test_the_command_says_that_a_file_is_missing(tmp_path: Path) -> None:
    assert cli.main(["draw", "verify", str(tmp_path / "none.json")]) == 5


def test_the_command_makes_a_number_and_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["draw", "number", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)["data"]
    assert made["digest"] == hashlib.sha256(made["number"].encode()).hexdigest()
