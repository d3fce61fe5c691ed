"""How are the figures told? As lines for the terminal, as tables for docs/benchmarks.md."""

import math
from collections.abc import Sequence
from typing import Any

MET = {True: "yes", False: "NO", None: ""}


def number(value: float) -> str:
    """Three digits that count; more only where the number itself has more."""
    if not math.isfinite(value):
        return "—"
    if value == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}"


def _cells(figure: dict[str, Any]) -> list[str]:
    spread = f"{number(figure['low'])}-{number(figure['high'])}" if figure["low"] != figure["high"] else ""
    return [
        figure["what"],
        f"{number(figure['value'])} {figure['unit']}",
        spread,
        f"{figure['peer']}: {number(figure['peer_value'])} {figure['unit']}",
        f"{number(figure['ratio'])} ×",
        figure["goal"],
        MET[figure["is_met"]],
        figure["note"],
    ]


HEAD = ["what", "median", "spread", "beside", "ratio", "goal", "met", "note"]


def text(found: list[dict[str, Any]]) -> str:
    """One paragraph a benchmark, one line a figure."""
    lines = []
    for benchmark in found:
        lines += [f"== {benchmark['name']}: {benchmark['question']}", f"   {machine(benchmark)}"]
        for figure in benchmark["figures"]:
            what, median, spread, beside, ratio, goal, met, note = _cells(figure)
            goals = f"; goal {goal}: {met}" if goal else ""
            lines.append(f"   {what}: {median} ({spread or 'one run'}), {ratio} {beside}{goals}; {note}".rstrip("; "))
    return "\n".join(lines)


def machine(benchmark: dict[str, Any]) -> str:
    """The machine in one line."""
    m = benchmark["machine"]
    disk = "durable" if benchmark["durable"] else "not durable: only reading is measured"
    return (
        f"{m['cpu']}, {m['cores']} cores, {m['memory_gib']} GiB, {m['system']}, Python {m['python']},"
        f" PostgreSQL {m['postgresql']} ({disk}), load {m['load_at_start']} at the start"
    )


SECTION = "## "


def markdown(found: list[dict[str, Any]], *, command: str, before: str = "", order: Sequence[str] = ()) -> str:
    """The document: one section a benchmark, in `order`. What of `before` was not measured now stays as it is."""
    sections = {
        heading: f"{SECTION}{heading}\n{text}"
        for heading, _line, text in (section.partition("\n") for section in f"\n{before}".split(f"\n{SECTION}")[1:])
    }
    sections |= {benchmark["name"]: _section(benchmark) for benchmark in found}
    lines = [
        "# Benchmarks",
        "",
        f"Written by `{command} --write`; not checked for freshness, as every machine gives other figures. A figure is",
        "the median of several runs; compare the ratios, not the times: both sides of a ratio come from one run.",
        "",
    ]
    names = sorted(sections, key=lambda name: list(order).index(name) if name in order else len(order))
    return "\n".join([*lines, "\n\n".join(sections[name].strip("\n") for name in names), ""])


def _section(benchmark: dict[str, Any]) -> str:
    lines = [f"{SECTION}{benchmark['name']}", "", benchmark["question"], "", f"{machine(benchmark)}.", ""]
    lines += [_row(HEAD), _row(["---"] * len(HEAD))]
    return "\n".join([*lines, *(_row(_cells(figure)) for figure in benchmark["figures"])])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
