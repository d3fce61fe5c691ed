"""Where is each rule used, and is every key that the code names a rule? Read from the source, nothing is run."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yangcai.law.model import Book

#: Functions of yangcai.law whose first argument is a rule's key, and those that take a clock's id.
RULE_FUNCTIONS = frozenset({"applies", "cite", "cited", "find", "history", "limit", "refusal", "rule", "value"})
CLOCK_FUNCTIONS = frozenset({"clock", "due", "due_at"})
#: What makes a function say what is due on a row: `@tasks.due_on(Case)`.
PROVIDES = "due_on"
CANDIDATE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+|C\d\d[a-z]?")


@dataclass(frozen=True)
class Place:
    """A line of the source."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass
class Usage:
    """Literals that look like keys, the keys and clock ids that stand in a call to the law, what each module takes from
    which of ours, and the modules that say what is due."""

    literals: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    clocks: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    imports: dict[Path, set[Path]] = field(default_factory=lambda: defaultdict(set))
    providers: set[Path] = field(default_factory=set)

    def started(self, clock: str) -> list[Path]:
        """The modules that say what is due (`@tasks.due_on`) and name the clock; else those that take it from where it
        is named."""
        named = {place.path for place in self.literals.get(clock, ())}
        return sorted(self.providers & named or (path for path in self.providers if named & self.imports[path]))


def scan(root: Path) -> Usage:
    """Read every Python file below `root` (the yangcai package)."""
    usage = Usage()
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        relative = path.relative_to(root.parent)
        imported = _imported(tree)
        usage.imports[relative] = _modules(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CANDIDATE.fullmatch(node.value):
                usage.literals[node.value].append(Place(relative, node.lineno))
            elif isinstance(node, ast.FunctionDef) and any(map(_provides, node.decorator_list)):
                usage.providers.add(relative)
            elif isinstance(node, ast.Call):
                _call(node, imported=imported, place=Place(relative, node.lineno), usage=usage)
    return usage


def _imported(tree: ast.Module) -> dict[str, str]:
    """Names that `from yangcai.law import …` bound in this file, with what they are called there."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "yangcai.law"
        for alias in node.names
    }


def _provides(decorator: ast.expr) -> bool:
    """Whether a decorator is `@tasks.due_on(…)`."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(function, ast.Attribute) and function.attr == PROVIDES


def _modules(tree: ast.Module) -> set[Path]:
    """The files that a file may have imported something from: of `from a.b import c` both a/b.py and a/b/c.py."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                found.add(Path(*name.split(".")).with_suffix(".py"))
    return found


def _call(node: ast.Call, *, imported: Mapping[str, str], place: Place, usage: Usage) -> None:
    function = ""
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == "law":
        function = node.func.attr
    elif isinstance(node.func, ast.Name):
        function = imported.get(node.func.id, "")
    if not node.args or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
        return
    if function in RULE_FUNCTIONS:
        usage.rules[node.args[0].value].append(place)
    elif function in CLOCK_FUNCTIONS:
        usage.clocks[node.args[0].value].append(place)


@dataclass(frozen=True)
class Findings:
    """What `yangcai law check` says: `problems` fail the check, `notes` do not."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]


def check(book: Book, usage: Usage, *, named: Iterable[str] = (), windows: Iterable[str] = ()) -> Findings:
    """Compare the Book with its use. `named` are the keys that procedures name; the clocks of those that are `windows`
    start by themselves."""
    problems, notes = [], []
    clocked = {clock.rule for clock in book.clocks.values()}
    named = set(named)
    for key, places in sorted(usage.rules.items()):
        if key not in book.rules:
            problems.append(f"{places[0]}: there is no rule {key}")
    for key in sorted(named - set(book.rules)):
        problems.append(f"a procedure names {key}, but there is no such rule")
    for key, places in sorted(usage.clocks.items()):
        if key not in book.clocks:
            problems.append(f"{places[0]}: there is no clock {key}")
    for key, rule in book.rules.items():
        used = key in usage.literals or key in named
        if not used and key not in clocked and not rule.waits_for:
            problems.append(f"nobody uses the rule {key}: use it, or say what it waits_for")
        if used and rule.waits_for:
            notes.append(f"{key} is used ({usage.literals[key][0]}) and no longer waits_for {rule.waits_for}")
    windows = set(windows)
    for key, clock in book.clocks.items():
        starts = clock.rule in windows or bool(usage.started(key))
        if not starts and not clock.waits_for and not clock.at_once:
            problems.append(f"nothing starts the clock {key}: yield it where it is due, or say what it waits_for")
        if starts and clock.at_once:
            problems.append(f"the clock {key} runs, and so nothing is done at_once")
        if starts and clock.waits_for:
            problems.append(f"the clock {key} runs and no longer waits_for {clock.waits_for}")
    cited = {value.instrument.key for rule in book.rules.values() for value in rule.values}
    cited |= {item.key for rule in book.rules.values() for value in rule.values for item, _ in value.also}
    replaced = {instrument.repealed_by for instrument in book.instruments.values()}
    problems += [f"no rule cites the instrument {key}" for key in book.instruments if key not in cited | replaced]
    return Findings(problems=tuple(problems), notes=tuple(notes))
