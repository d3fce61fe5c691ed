"""Can a supplier's engineer read the sealing client in an hour, and check that it is the published one?"""

import hashlib
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory

from yangcai.www import bundle

FOLDER = Path(bundle.__file__).parent / "static" / "www" / "sealing"
MODULES = sorted(FOLDER.iterdir())
#: What an hour is enough for: 23 lines a minute, where something stands.
MOST_LINES, MOST_OF_ONE, WIDEST = 60 * 23, 250, 120
#: What the pages of a supplier start, and those of a trustee.
READERS = {"supplier": ("seal.js", "release.js"), "trustee": ("setup.js", "trustee.js")}
#: Ways by which a script runs or fetches what is not in front of the reader.
ELSEWHERE = re.compile(
    r"\beval\(|\bFunction\(|\bimport\(|importScripts|innerHTML|insertAdjacentHTML|document\.write|XMLHttpRequest"
    r"|WebSocket|sendBeacon|https?:|\brequire\b|localStorage"
)


def reached(*names: str) -> set[str]:
    """These modules and all that they import."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r"from \"\./([^\"]+)\"", (FOLDER / name).read_text(encoding="utf-8"))
    return found


def test_it_is_short() -> None:
    """Whoever reads what runs for a supplier, or what runs for a trustee; and nothing is there for neither."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in MODULES}
    lines = {name: [line for line in text.splitlines() if line.strip()] for name, text in texts.items()}
    for reader in READERS.values():
        assert sum(len(lines[name]) for name in reached(*reader)) <= MOST_LINES
    assert set().union(*(reached(*reader) for reader in READERS.values())) == set(lines)
    assert {name: len(found) for name, found in lines.items() if len(found) > MOST_OF_ONE} == {}
    assert [f"{name}: {line}" for name, found in lines.items() for line in found if len(line) > WIDEST] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_begins_with_its_question_and_stays_in_its_folder(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = re.match(r"(?:// .*\n)+", text)
    assert first and "?" in first.group()
    known = {f"./{module.name}" for module in MODULES}
    assert set(re.findall(r"from \"([^\"]+)\"", text)) <= known
    assert len(re.findall(r"^import\b", text, re.MULTILINE)) == len(
        re.findall(r"^import .* from \"", text, re.MULTILINE)
    )
    assert ELSEWHERE.findall(text) == []


def test_one_module_alone_talks_to_the_platform() -> None:
    assert [path.name for path in MODULES if "fetch(" in path.read_text(encoding="utf-8")] == ["upload.js"]


def test_anybody_computes_the_digest_with_two_commands(tmp_path: Path) -> None:
    for name, content in bundle.files().items():
        (tmp_path / name).write_bytes(content)
    said = subprocess.run(
        "LC_ALL=C sha256sum *.js | sha256sum", shell=True, cwd=tmp_path, capture_output=True, check=True, text=True
    )
    assert said.stdout.split()[0] == bundle.bundle_sha256()


def test_a_byte_or_a_name_changes_the_digest() -> None:
    files = bundle.files()
    changed = files | {"hpke.js": files["hpke.js"] + b"\n"}
    renamed = {("other.js" if name == "hpke.js" else name): content for name, content in files.items()}
    digests = {bundle.bundle_digest(content) for content in (files, changed, renamed)}
    assert len(digests) == 3


@pytest.mark.django_db
def test_the_files_are_served_under_their_digest_for_ever(client: Client) -> None:
    told: dict[str, Any] = client.get("/sealing/bundle.json").json()
    assert told["bundle_sha256"] == bundle.bundle_sha256()
    assert {one["name"] for one in told["files"]} == {*(path.name for path in MODULES), "app.js"}
    for one in told["files"]:
        answer = client.get(one["url"])
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
        assert "immutable" in answer["Cache-Control"] and answer["Content-Type"].startswith("text/javascript")
        assert told["bundle_sha256"] in one["url"]
    assert client.get(f"/sealing/{'0' * 64}/seal.js").status_code == 404
    assert client.get(f"/sealing/{told['bundle_sha256']}/settings.py").status_code == 404


def test_the_page_lets_nothing_else_run() -> None:
    policy = bundle.policy_for(RequestFactory().get("/work/seal/1/", secure=True))
    scripts = next(one for one in policy.split("; ") if one.startswith("script-src"))
    assert scripts == f"script-src https://testserver/sealing/{bundle.bundle_sha256()}/"
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "unsafe" not in policy
