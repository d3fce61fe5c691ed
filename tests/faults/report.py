"""What did the campaign find? docs/generated/faults.md, made from the programs' own results file."""

import json
from pathlib import Path
from typing import Any

from tests.faults.rows import ROWS, Row

RESULTS = Path(__file__).with_name("results.json")
HEAD = """# Faults that must leave nothing lost (故障演练)

Each row is a program in `tests/faults/`; `make chaos` runs all of them at full length and writes these figures,
`make long` runs them shortly, and `make nightly` those that are long even then (F4, F6, F9, a page of F10, F18). The
judge is what clients were told: every receipt that somebody holds is that of a bid that is there, once, whole, with its
line of the log. Figures that must be 0 are marked ○; those of a negative control,
in which the protection is taken away and something must be lost, ●. Counts are summed over the runs; of times the
longest is given.
"""


class Incomplete(Exception):
    """The results do not show what the rows want; the text says what to run."""


def results() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"machine": {}, "rows": {}}
    return found


def summed(runs: list[dict[str, Any]]) -> dict[str, float]:
    """The figures of all runs: counts added up, of seconds the longest."""
    found: dict[str, float] = {}
    for run in runs:
        for name, value in run["figures"].items():
            found[name] = max(found.get(name, 0), value) if name.endswith("_seconds") else found.get(name, 0) + value
    return {name: round(value, 2) for name, value in found.items()}


def missing(row: Row, found: dict[str, Any]) -> list[str]:
    """What keeps this row from being shown."""
    figures = found["figures"]
    return [
        *(["failed"] if not found["passed"] else []),
        *([f"ran {found['runs']} times of {row.runs}"] if found["runs"] < row.runs else []),
        *(f"tells no {name}" for name in row.figures if name not in figures),
        *(f"{name} is {figures[name]}, not 0" for name in row.zero if figures.get(name)),
        *(f"{name} is 0: the program is blind" for name in row.control if name in figures and not figures[name]),
    ]


def markdown() -> str:
    """The page; a row that was never run at full length is named as such. Raises Incomplete."""
    found = results()
    ran = [row for row in ROWS if row.code in found["rows"]]
    wrong = [f"{row.code} {', '.join(why)}" for row in ran if (why := missing(row, found["rows"][row.code]))]
    if wrong:
        raise Incomplete("; ".join(wrong) + ": make chaos ROWS=…")
    machine = "; ".join(f"{name} {value}" for name, value in found["machine"].items())
    out = [HEAD, f"\nMeasured on: {machine}.\n"]
    if waiting := [row.code for row in ROWS if row not in ran]:
        out.append(f"\nNot run at full length yet: {', '.join(waiting)}.\n")
    for row in ran:
        told = found["rows"][row.code]
        out.append(f"\n## {row.code} {row.fault}\n\n")
        out.append(f"How: {row.made}.\nPassed when: {row.passed}.\n")
        seeds = f", seeds {told['seeds'][0]}-{told['seeds'][-1]}" if told["seeds"] else ""
        out.append(f"{told['on']}: {told['runs']} runs{seeds}, {told['seconds']:.0f} s{_load(told)}.\n\n")
        out.append("| figure | |\n| --- | --- |\n")
        out += [f"| {_words(name, row)} | {told['figures'][name]:,g} |\n" for name in row.figures]
    return "".join(out)


def _load(told: dict[str, Any]) -> str:
    return f"; load of the machine at the start: {told['load']}" if "load" in told else ""


def _words(name: str, row: Row) -> str:
    mark = " ○" if name in row.zero else " ●" if name in row.control else ""
    words = name.removesuffix("_seconds").replace("_", " ").replace("control ", "control: ")
    return f"{words}{', s' if name.endswith('_seconds') else ''}{mark}"
