"""Do the commands of the public log sequence it, show whom to trust, and say why it stands still?"""

import argparse
import contextlib
import functools
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from django.utils import translation

from tests.kernel.log import world
from yangcai import cli
from yangcai.cli import console, site
from yangcai.cli.commands import log
from yangcai.cli.sealed import client
from yangcai.kernel import log_files, log_keys
from yangcai.kernel.tlog import note, policy
from yangcai.kernel.witness.store import Store
from yangcai.www import bundle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_log(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Django runs already, the clock stands, the log is this test's own."""
    world.use(settings, tmp_path)
    monkeypatch.setattr(
        site, "load", lambda with_database=True: translation.activate(site.LANGUAGES[console.language()])
    )
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: world.NOW)
    yield tmp_path
    translation.activate("zh-hans")
    console.choose_language("zh")


def test_one_round(capsys: pytest.CaptureFixture[str]) -> None:
    world.submit(1)
    assert cli.main(["log", "sequence", "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"] == {"busy": False, "size": 8, "placed": 8, "cosigned": []}
    assert world.assert_whole().size == 8


def test_the_policy_names_our_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["log", "policy"]) == 0
    key = log_keys.signer(log_keys.LOG).verifier.vkey
    assert capsys.readouterr().out == f"log {key}\nquorum none\n"


def test_the_policy_shows_the_key_of_sm2_behind_a_hash(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is written into a file stays a policy that every program reads."""
    settings.YANGCAI_LOG_SM2 = True
    assert cli.main(["log", "policy"]) == 0
    shown = capsys.readouterr().out
    second = log_keys.sm2_verifier()
    assert second is not None and shown.endswith(f"\n# log {second.vkey}\n")
    found = policy.parse(shown.encode())
    assert [one.verifier for one in found.logs] == [log_keys.verifier()] and not found.sm2
    assert policy.parse(shown.replace("# log", "log").encode()).sm2 == (second,)
    assert cli.main(["log", "policy", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["sm2"] == second.vkey


def test_the_clients_of_a_release_stand_in_the_log_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2):
        world.submit(number)
        assert cli.main(["log", "sequence", "--once", "--json"]) == 0
    told = [json.loads(line[6:]) for line in world.lines(16) if line.startswith(b"sbp1c ") and b'"t":"client"' in line]
    assert {one["name"] for one in told} == {"yangcai-web", "yangcai bid"} and len(told) == 2
    by_name = {one["name"]: one for one in told}
    assert by_name["yangcai-web"]["bundle_sha256"] == bundle.bundle_sha256()
    assert set(by_name["yangcai-web"]["files"]) == set(bundle.files())
    assert by_name["yangcai bid"]["bundle_sha256"] == client.bundle_digest().hex()
    assert all(one["release"] for one in told)

    site_folder = tmp_path / "served"
    address = bundle.address("seal.js").removesuffix("seal.js").strip("/")
    for name, content in bundle.files().items():
        (site_folder / address).mkdir(parents=True, exist_ok=True)
        (site_folder / address / name).write_bytes(content)
    (site_folder / "sealing" / "bundle.json").write_bytes(bundle.bundle(RequestFactory().get("/")).content)
    asked = ["verify", "--lang", "en", "client", str(site_folder), str(log_files.folder())]
    capsys.readouterr()
    assert cli.main(asked) == 0
    assert "yangcai-web" in capsys.readouterr().out
    script = site_folder / address / "seal.js"
    script.write_bytes(script.read_bytes() + b"\n// one line more\n")
    assert cli.main(asked) == console.VERIFICATION_FAILED
    assert "never announced" in capsys.readouterr().err
    script.unlink()
    assert cli.main(asked) == console.VERIFICATION_FAILED


def stopped() -> None:
    """The published log is ahead of the database."""
    world.submit(1)
    world.round_of()
    path = log_files.folder() / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n8\n", b"\n9\n"))


def test_a_log_that_must_not_go_on_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    stopped()
    assert cli.main(["log", "--lang", "en", "sequence", "--once"]) == console.NOT_MET
    assert "the public log has stopped" in capsys.readouterr().err


def test_a_worker_goes_on_and_says_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    stopped()
    beat = log.Beat(argparse.Namespace(quiet=False))
    for _round in range(3):
        beat.next_at = 0.0
        beat()
    beat()  # not due: nothing is asked
    assert capsys.readouterr().err.count("公开日志已停止") == 1


def test_rounds_outlive_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    answers = iter([OperationalError("away"), world.round_of()])

    def answer() -> Any:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        stop.set()
        return found

    monkeypatch.setattr(log, "_round", answer)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    assert len(list(log.rounds(stop=stop, interval=0, wait=lambda seconds: None))) == 1


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda home: (home / "log").write_text("a file where a folder should be"), "NotADirectoryError"),
        (lambda home: (home / "keys" / "log.key").write_text("PRIVATE+KEY+nonsense\n"), "Malformed"),
    ],
)
def test_what_nobody_foresaw_ends_neither_the_worker_nor_the_sequencer(
    damage: Callable[[Path], object], text: str, own_log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once with its traceback, and tried again."""
    log_keys.signer(log_keys.LOG)
    damage(own_log)
    world.submit(1)
    beat = log.Beat(argparse.Namespace(quiet=False))
    for _round in range(3):
        beat.next_at = 0.0
        beat()
    assert len(caplog.records) == 1 and text in caplog.text
    caplog.clear()
    stop, waits = threading.Event(), iter(range(3))
    wait = functools.partial(_stop_after, stop, waits)
    assert list(log.rounds(stop=stop, interval=0, wait=wait)) == [] and stop.is_set()
    assert len(caplog.records) == 1 and text in caplog.text


def _stop_after(stop: threading.Event, waits: Iterator[int], _seconds: float) -> None:
    if next(waits) == 2:
        stop.set()


def test_a_tied_sequencer_ends_with_its_parent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "closed").touch()
    stop = threading.Event()
    with (tmp_path / "closed").open() as closed:
        monkeypatch.setattr("sys.stdin", closed)
        log._input_closes(stop, 60)
    assert stop.is_set()


def test_a_witness_shows_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "w"
    assert cli.main(["witness", str(home), "--show"]) == console.NOT_MET
    key = log_keys.signer(log_keys.LOG).verifier.vkey
    assert cli.main(["witness", str(home), "--name", "w.example/1", "--log", key, "--show"]) == 0
    assert note.parse_vkey(capsys.readouterr().out.strip()).name == "w.example/1"
    assert (home / "logs").read_text() == f"{key}\n"
    assert cli.main(["witness", str(home), "--log", "nonsense", "--show"]) == console.NOT_MET
    with contextlib.closing(Store.opened(home)) as running:  # to name it in a policy nobody has to stop it
        capsys.readouterr()
        assert cli.main(["witness", str(home), "--show"]) == 0
        assert capsys.readouterr().out.strip() == running.signer.verifier.vkey
