"""Does a refusal keep a name, a title or a clause as somebody wrote it, in whosever words the rest is said?

A case, an agent or a clause may well be called after a tender (某某招标代理公司). Whoever buys by talks has
other words for that, and would put them into such a name too, were it not Written (kernel/wording.py).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "yangcai"
#: What people wrote, by the name under which a row keeps it.
WRITTEN = frozenset({"name", "title", "text"})
#: Texts of ours: an Action's title, a rule's number with its unit.
OURS = frozenset({"chosen.title", "least.text[0]"})


def bare(value: ast.expr) -> bool:
    """Whether what somebody wrote goes into the sentence as it is."""
    if ast.unparse(value) in OURS:
        return False
    match value:
        case ast.Attribute():
            return value.attr in WRITTEN
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key in WRITTEN
        case ast.IfExp():
            return bare(value.body) or bare(value.orelse)
    return False


def refusals() -> Iterator[tuple[str, ast.keyword]]:
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in {"refuse", "refusal"}:
                yield from ((f"{path.relative_to(ROOT)}:{node.lineno}", fact) for fact in node.keywords)


def test_what_somebody_wrote_is_written() -> None:
    found = list(refusals())
    assert len(found) > 1000
    assert [(place, ast.unparse(fact.value)) for place, fact in found if bare(fact.value)] == []
