"""What does a test of sealed bids by commands begin with? A command that answers, and a folder with one sealed bid."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sealed.support import WORDS, Command, seal
from tests.sealing import closed, fixed
from yangcai import cli
from yangcai.sealing import key_file, lock
from yangcai.sealing.policy import Trustee


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs one command with --json: its answer, with the exit code."""

    def run(*arguments: object, code: int = 0) -> dict[str, Any]:
        given = [str(argument) for argument in arguments]
        assert cli.main([*given, "--json", "--quiet"]) == code, capsys.readouterr()
        answer = json.loads(capsys.readouterr().out)
        return {**answer["data"], "errors": answer["errors"], "warnings": answer["warnings"]}

    return run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock of one round: how long 600,000 take is no business of these tests."""
    monkeypatch.setattr(lock, "ITERATIONS", 1)
    monkeypatch.setattr(lock.by_passphrase, "__kwdefaults__", {"iterations": 1})


@pytest.fixture
def bid(tmp_path: Path, command: Command) -> Path:
    """A folder with the keys of five trustees and a supplier, a policy, and a sealed bid in out/."""
    (tmp_path / "words").write_text(f"{WORDS}\n")
    words = ["--passphrase-file", tmp_path / "words"]
    trustees = []
    for x, role in enumerate(fixed.ROLES, start=1):
        made = key_file.created(holder="trustee", code="I1", passphrase=WORDS, chance=fixed.chance(role))
        (tmp_path / f"t{x}.key").write_bytes(made.content)
        trustees.append(Trustee(x, role, f"机构{x}", made.public["wrap"], made.public["sig"]))
    (tmp_path / "policy.json").write_bytes(fixed.policy(trustees=tuple(trustees), witness_policy=closed.ALONE).content)
    command("bid", "keygen", "--out", tmp_path / "supplier.key", *words)
    (tmp_path / "price.json").write_text(json.dumps(fixed.PRICE, indent=1))
    files = tmp_path / "files"
    files.mkdir()
    for source in fixed.FILES:
        (files / source.name).write_bytes(source.open().read())
    seal(command, tmp_path)
    return tmp_path
