"""Is the repository free of what belongs to one machine, and does only the edge of the program read a clock?"""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "django.utils.timezone.now",
}
#: With an argument these only convert.
CLOCKS_WHEN_BARE = {"django.utils.timezone.localtime", "django.utils.timezone.localdate"}
#: Who may ask for the time: the edge, and the two modules whose business it is.
EDGE = ("www/", "api/", "cli/", "settings.py", "kernel/clock.py", "kernel/embedded_postgres.py")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def clock_reads(source: str) -> list[int]:
    """The lines that name timezone.now, datetime.today, time.time and their like, under whatever alias.

    Naming is enough: `default=timezone.now` reads the clock when the row is made.
    """
    tree = ast.parse(source)
    meaning = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            meaning |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            meaning |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}

    def named(node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return meaning.get(node.id, "")
        return f"{named(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""

    found = set()
    for node in ast.walk(tree):
        bare = isinstance(node, ast.Call) and not node.args and not node.keywords
        if (isinstance(node, ast.Attribute | ast.Name) and named(node) in CLOCKS) or (
            bare and named(node.func) in CLOCKS_WHEN_BARE
        ):
            found.add(node.lineno)
    return sorted(found)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import datetime\nx = datetime.datetime.now()", [2]),
        ("from datetime import date as d\nx = d.today()", [2]),
        ("from django.utils import timezone\nclass A:\n    at = F(default=timezone.now)", [3]),
        ("from django.utils.timezone import now as clock\nx = clock()", [2]),
        ("import time\nx = time.time()", [2]),
        ("from time import time\nx = time()", [2]),
        ("from django.utils import timezone\nx = timezone.localdate()", [2]),
        ("from django.utils import timezone\nx = timezone.localdate(now)", []),
        ("import datetime\ndef f(*, now): return now.date() + datetime.timedelta(1)", []),
        ("import datetime\nx = datetime.time(9)\ny = datetime.datetime.combine(d, datetime.time.min)", []),
    ],
)
def test_the_scan_sees_clocks(source, lines):
    assert clock_reads(source) == lines


@pytest.mark.long
def test_nobody_below_the_edge_reads_a_clock():
    package = ROOT / "yangcai"
    found = {}
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        if not name.startswith(EDGE) and (lines := clock_reads(path.read_text(encoding="utf-8"))):
            found[name] = lines
    assert found == {}


def test_the_lock_names_no_host_and_has_hashes():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    packages = re.findall(r"^[A-Za-z0-9][\w.-]*==", lock, re.MULTILINE)
    assert len(packages) > 40
    assert len(re.findall(r"^[A-Za-z0-9][^\n]*\\\n    --hash=sha256:", lock, re.MULTILINE)) == len(packages)


def test_no_tracked_file_names_this_machine():
    folders = [ROOT, ROOT.parent / "shared", *(path for path in [Path.home()] if len(path.parts) > 2)]
    needles = [re.escape(str(folder)) + r"\b" for folder in folders]
    pattern = re.compile("|".join([*needles, r"file:///\w", r"(?<![\w.])/(root|home)/\.?\w+"]))
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


def test_nothing_generated_is_tracked():
    assert [
        path for path in tracked() if path.suffix in {".mo", ".pyc"} or path.name in {"uv.lock", "pylock.toml"}
    ] == []


def test_every_command_says_what_it_does_and_does_it():
    from yangcai.cli import modules

    for name, module in modules().items():
        assert callable(module.run), name
        assert callable(module.add_arguments), name
        zh, en = module.HELP
        assert re.search("[一-鿿]", zh), name
        assert en.isascii(), name


def test_forbidden_module_names():
    """services.py and the like say nothing about what is in them (DESIGN §2)."""
    names = {"services.py", "utils.py", "managers.py", "signals.py", "helpers.py", "misc.py"}
    assert [path for path in (ROOT / "yangcai").rglob("*.py") if path.name in names] == []


@pytest.mark.long
def test_only_funds_touches_its_ledger():
    """Money moves by `funds` alone: nobody else names the table of transfers (a foreign key does, as a string)."""
    found = []
    for path in (ROOT / "yangcai").rglob("*.py"):
        if path.is_relative_to(ROOT / "yangcai" / "funds"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("yangcai.funds")
            if imported and any(alias.name in {"Transfer", "models"} for alias in node.names):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
