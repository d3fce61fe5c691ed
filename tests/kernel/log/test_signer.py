"""Does the log go on when its key lies in another process, and does that process keep the key's one promise?"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.kernel.log import world
from yangcai.kernel import log_files, log_keys, log_signer, sequencer
from yangcai.kernel.log_keys import KeyFile, NeverTwo, NotSigned
from yangcai.kernel.tlog import checkpoint, note
from yangcai.kernel.tlog.checkpoint import Checkpoint

NAME = "ggzy.example.gov.cn/log"


@pytest.fixture
def held(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "apart", NAME)


@pytest.fixture
def apart(settings: Any, tmp_path: Path, held: KeyFile) -> Iterator[Path]:
    """A site whose log's key answers on a socket."""
    world.use(settings, tmp_path / "site")
    settings.YANGCAI_LOG_SIGNER = str(tmp_path / "apart" / "s.sock")
    with log_signer.serving(held, path=Path(settings.YANGCAI_LOG_SIGNER)):
        yield tmp_path / "site"


def head(size: int, root: bytes = b"r" * 32) -> Checkpoint:
    return Checkpoint(NAME, size, root)


@pytest.mark.django_db
def test_a_round_of_the_log_is_signed_by_the_process_and_the_site_has_no_key(apart: Path, held: KeyFile) -> None:
    world.submit(1)
    assert world.round_of().size == 8
    found, _signed = checkpoint.opened((log_files.folder() / "checkpoint").read_bytes(), held.verifier)
    assert found.size == 8 and held.last_signed() == found
    assert not (apart / "keys" / "log.key").exists() and not (apart / "keys" / "log.signed").exists()
    private = (held.folder / "log.key").read_text().rsplit("+", 1)[1]
    assert all(private not in path.read_text(errors="replace") for path in apart.rglob("*") if path.is_file())
    world.submit(2)
    assert world.round_of().size == 16


@pytest.mark.django_db
def test_without_the_process_nothing_is_signed_and_all_of_it_is_signed_later(
    settings: Any, tmp_path: Path, held: KeyFile
) -> None:
    world.use(settings, tmp_path / "site")
    settings.YANGCAI_LOG_SIGNER = str(tmp_path / "apart" / "s.sock")
    world.submit(1)
    with log_signer.serving(held, path=Path(settings.YANGCAI_LOG_SIGNER)):
        world.round_of()
    world.submit(2)
    with pytest.raises(NotSigned, match="no answer"):
        world.round_of()
    assert world_size(held) == 8
    with log_signer.serving(held, path=Path(settings.YANGCAI_LOG_SIGNER)):
        assert world.round_of().size == 16
    assert world_size(held) == 16


def world_size(held: KeyFile) -> int:
    return checkpoint.opened((log_files.folder() / "checkpoint").read_bytes(), held.verifier)[0].size


def test_it_never_signs_two_roots_for_one_size(apart: Path) -> None:
    asker = log_keys.holder()
    assert asker.last_signed() is None
    signed = asker.sign_head(head(8))
    assert asker.last_signed() == head(8) and asker.sign_head(head(8)) == signed
    for other in (head(8, b"s" * 32), head(7), Checkpoint("other.example/log", 9, b"r" * 32)):
        with pytest.raises(NeverTwo):
            asker.sign_head(other)
    assert asker.last_signed() == head(8)
    asker.sign_head(head(9, b"s" * 32))


def test_of_many_that_ask_at_once_one_root_is_signed(apart: Path, held: KeyFile) -> None:
    outcomes: list[str] = []

    def ask(n: int) -> None:
        try:
            outcomes.append(str(log_keys.holder().sign_head(head(8, bytes([n]) * 32))))
        except NeverTwo:
            outcomes.append("")

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in outcomes if one]) == 1 and len(outcomes) == 8


@pytest.mark.django_db
def test_a_database_that_was_restored_too_far_back_stops_the_log(apart: Path) -> None:
    world.submit(1)
    world.round_of()
    with transaction.atomic():
        world.submit(2)
        assert world.round_of().size == 16
        transaction.set_rollback(True)
    (log_files.folder() / "checkpoint").unlink()  # nobody else remembers but the process
    with pytest.raises(sequencer.LogStopped):
        world.round_of()


def test_a_record_is_signed_and_what_could_be_a_checkpoint_is_not(apart: Path, held: KeyFile) -> None:
    text = "opening-record/v1\ncase 1\n"
    signed = log_keys.sign_record(text)
    assert note.opened(str(signed).encode(), [held.verifier]).text == text
    for bad in (
        head(8).text,
        f"{NAME}\nanything\n",
        "Opening-record/v1\nx\n",
        "\n",
        "opening-record/v1",
        "a/v1\n\x01\n",
    ):
        with pytest.raises(NotSigned):
            log_keys.sign_record(bad)
    assert log_keys.last_signed() is None


def test_another_key_behind_the_same_socket_is_refused(apart: Path, tmp_path: Path, settings: Any) -> None:
    log_keys.sign_head(head(8))
    other = KeyFile(tmp_path / "other", NAME)
    settings.YANGCAI_LOG_SIGNER = str(tmp_path / "o.sock")
    with log_signer.serving(other, path=tmp_path / "o.sock"), pytest.raises(NotSigned, match="not signed by"):
        log_keys.sign_head(head(9))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nothing\n",
        b"[]\n",
        b'{"do":"skey"}\n',
        b'{"do":"sm2","more":1}\n',
        b'{"do":"head"}\n',
        b'{"do":"key","more":1}\n',
        b"[" * 9999,
    ],
)
def test_what_it_does_not_understand_it_refuses(held: KeyFile, line: bytes) -> None:
    assert set(log_signer.answer(held, line)) == {"refused"}


def test_whoever_says_nothing_is_hung_up_on_and_holds_up_nobody(
    apart: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_signer, "PATIENCE", 0.3)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.settimeout(5)
        silent.connect(settings.YANGCAI_LOG_SIGNER)
        silent.send(b'{"do":')
        assert log_keys.holder().sign_head(head(8))
        assert silent.recv(100) in (b"", b'{"refused": "JSONDecodeError: Expecting value: line 1 column 7 (char 6)"}\n')


def test_a_socket_on_which_somebody_answers_is_not_taken_over(apart: Path, settings: Any, held: KeyFile) -> None:
    with pytest.raises(FileExistsError), log_signer.serving(held, path=Path(settings.YANGCAI_LOG_SIGNER)):
        pass
    assert log_keys.holder().sign_head(head(8))


def test_the_command_serves_until_it_is_told_to_end_and_again_after_it_was_killed(
    tmp_path: Path, settings: Any
) -> None:
    world.use(settings, tmp_path / "site")
    settings.YANGCAI_LOG_SIGNER = str(tmp_path / "apart" / "signer.sock")
    command = [sys.executable, "-m", "yangcai", "signer", str(tmp_path / "apart"), "--name", "ggzy.example.gov.cn"]
    command += ["--sm2"] if shutil.which("openssl") else []
    settings.YANGCAI_LOG_SM2 = "--sm2" in command
    shown = subprocess.run([*command, "--show", "--json"], capture_output=True, timeout=60, check=True)
    keys = json.loads(shown.stdout)["data"]
    vkey = keys["vkey"]
    for number in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as running:
            assert running.stderr is not None and vkey.encode() in running.stderr.readline()
            signed = log_keys.sign_head(head(8))
            assert log_keys.verifier().vkey == vkey
            assert len(signed.signatures) == len(keys) and log_keys.sm2_verifier() == (
                note.parse_vkey(keys["sm2"]) if "sm2" in keys else None
            )
            running.send_signal(number)
            assert running.wait(timeout=30) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    with pytest.raises(NotSigned):
        log_keys.sign_head(head(9))
