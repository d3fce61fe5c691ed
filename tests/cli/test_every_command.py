"""Does every command say how it is used, answer with one JSON object, speak of its way on stderr, and end rightly?"""

import argparse
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from yangcai import cli
from yangcai.cli import console

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_site")]
KEYS = {"ok", "data", "warnings", "errors"}


def leaves(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command with its verb, where it has one."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield path
    for action in below:
        for name, sub in action.choices.items():
            yield from leaves(sub, (*path, name))


LEAVES = sorted(leaves(cli.parser()))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else serves."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def said(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The one object on stdout, and what stands on stderr; no colours anywhere."""
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err and "Traceback" not in err
    answer = json.loads(out)
    assert set(answer) == KEYS and isinstance(answer["data"], dict)
    return answer, err


@pytest.mark.long
@pytest.mark.parametrize("leaf", LEAVES, ids=" ".join)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_how_it_is_used(leaf: tuple[str, ...], lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*leaf, "--lang", lang, "--help"])
    out, err = capsys.readouterr()
    assert (ended.value.code, err) == (0, "")
    assert all(option in out for option in ("--json", "--quiet", "--yes", "--lang")), leaf
    assert lang == "en" or not any(words in out for words in ("usage", "arguments", "options:", "show this help"))
    assert (("一个 JSON 对象" if lang == "zh" else "one JSON object") in out) and f"yangcai {' '.join(leaf)}" in out


@pytest.mark.long
@pytest.mark.parametrize("leaf", LEAVES, ids=" ".join)
def test_a_wrong_use_is_an_object_too(leaf: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*leaf, "--json", "--lang", "en", "--no-such-option"])
    answer, err = said(capsys)
    assert ended.value.code == console.USAGE
    assert not answer["ok"] and len(answer["errors"]) == 1 and answer["errors"][0] in err and "usage:" in err


def test_a_wrong_use_is_told_in_the_readers_language(capsys: pytest.CaptureFixture[str]) -> None:
    """Also where our own sentence says what is wrong with a value."""
    with pytest.raises(SystemExit):
        cli.main(["clock", "advance", "20"])
    err = capsys.readouterr().err
    assert "用法有误：SPAN：时长应如 20d、36h：20" in err and "argument" not in err
    assert cli.main(["user", "role", "nobody", "--role", "king"]) == console.USAGE
    assert "buyer_officer" in capsys.readouterr().err


def calls(folder: Path, port: int) -> dict[str, tuple[list[str], int]]:
    """Of every command one use that ends by itself, and how: what it needs is there, or is told to be missing."""
    nothing = str(folder / "nothing")
    key = ["--out", str(folder / "a.key"), "--passphrase-file", str(folder / "words")]
    (folder / "words").write_text("correct horse battery staple\n")
    (folder / "damaged").mkdir()
    (folder / "damaged" / "manifest.json").write_text("{")
    bids = ["open", str(folder / "damaged"), "--policy", nothing]
    return {
        "backup": ([str(folder)], console.NOT_MET),
        "bid": (["keygen", *key], console.OK),
        "check": ([], console.OK),
        "check-evaluations": ([], console.OK),
        "check-funds": ([], console.OK),
        "clock": (["advance", "1d"], console.NOT_PERMITTED),
        "db": (["status"], console.NOT_PERMITTED),
        "demo": (["--no-browser"], console.NOT_PERMITTED),
        "doctor": (["--port", str(port)], console.OK),
        "draw": (["number"], console.OK),
        "export": (["notices", "--output", str(folder / "n.csv")], console.OK),
        "import": (["suppliers", nothing], console.USAGE),
        "law": (["show", "submission.open_tender"], console.OK),
        "live": (["--port", str(port)], console.NOT_MET),
        "log": (["policy"], console.OK),
        "migrate": (["--plan"], console.OK),
        "ocds": (["export", "--case", "987654321", "--output", str(folder / "o.json")], console.NOT_MET),
        "open": (bids[1:], console.NOT_MET),
        "organisation": (["list"], console.OK),
        "outbox": (["list"], console.OK),
        "replay": ([nothing], console.USAGE),
        "report": (["sme", "--year", "2026"], console.OK),
        "restore": ([str(folder / "damaged")], console.VERIFICATION_FAILED),
        "scenario": (["run", "open-tender"], console.NOT_PERMITTED),
        "serve": (["--port", str(port)], console.NOT_MET),
        "signer": ([str(folder / "signer"), "--name", "x", "--show"], console.OK),
        "trustee": (["keygen", *key], console.OK),
        "user": (["reset-password", "nobody", "--generate"], console.NOT_MET),
        "verify": (["log", nothing], console.VERIFICATION_FAILED),
        "witness": ([str(folder / "witness"), "--name", "w", "--show"], console.OK),
        "work": (["--once"], console.OK),
    }


def test_every_command_is_tried(tmp_path: Path) -> None:
    """One that is new has its use in the table above."""
    untried = set(cli.modules()) - set(calls(tmp_path, 1))
    assert not untried


@pytest.mark.parametrize("name", sorted(cli.modules()))
def test_it_answers_with_one_object_and_ends_rightly(
    name: str, tmp_path: Path, taken: int, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.YANGCAI_HOME, settings.YANGCAI_LOG = tmp_path / "home", tmp_path / "home" / "log"
    arguments, code = calls(tmp_path, taken)[name]
    found = cli.main([name, *arguments, "--json", "--quiet"])
    answer, err = said(capsys)
    assert (found, answer["ok"]) == (code, code == console.OK), answer
    assert err == "", "nothing is said on the way with --quiet"
    assert bool(answer["errors"]) == (code != console.OK)


def test_the_way_is_told_on_stderr_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.csv").write_text("name,uscc\n甲公司,123\n", encoding="utf-8")
    assert cli.main(["import", "suppliers", str(tmp_path / "s.csv"), "--json"]) == console.NOT_MET
    answer, err = said(capsys)
    assert answer["data"]["rows"] == 1 and "s.csv" in err and "1/1 行" in err


def test_an_interruption_has_its_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(options: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("yangcai.cli.commands.check_funds.run", interrupted)
    assert cli.main(["check-funds"]) == console.INTERRUPTED
    assert "\x1b" not in "".join(capsys.readouterr())
