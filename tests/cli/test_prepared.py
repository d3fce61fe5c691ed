"""Is a demo begun anew by a copy of what was prepared once, whoever is connected to it?"""

import os
import select
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from tests.factories import make_post
from tests.settings import CLUSTER, OWN_CLUSTER
from yangcai.cli.commands import demo
from yangcai.demo import prepared
from yangcai.kernel import embedded_postgres
from yangcai.parties.roles import Role

pytestmark = pytest.mark.skipif(not OWN_CLUSTER, reason="makes databases of its own")
SERVED, MAKING, READY = "test_demo_served", "test_demo_making", "test_demo_prepared"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_setup: None) -> Iterator[Path]:
    """A demo's folder whose cluster is that of the tests."""
    cluster = embedded_postgres.status(CLUSTER)
    monkeypatch.setattr(prepared.embedded_postgres, "status", lambda _home: cluster)
    monkeypatch.setattr(prepared, "MAKING", MAKING)
    monkeypatch.setattr(prepared, "name", lambda: READY)
    yield tmp_path
    for database in (SERVED, MAKING, READY):
        prepared.drop(tmp_path, database)


def rows(home: Path) -> int:
    with psycopg.connect(prepared.address(home, SERVED)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM purchase").fetchone() or (0,)
        return int(found)


def test_a_beginning_is_a_copy_of_what_is_prepared(home: Path) -> None:
    prepared.make_empty(home, SERVED)
    with psycopg.connect(prepared.address(home, SERVED), autocommit=True) as connection:
        connection.execute("CREATE TABLE purchase (id int)")
        prepared.copy(home, source=SERVED, target=MAKING)  # sends this connection away
    assert not prepared.is_ready(home)
    with psycopg.connect(prepared.address(home, MAKING), autocommit=True) as connection:
        connection.execute("INSERT INTO purchase VALUES (1), (2)")
    prepared.tell_progress(home, done=1, total=2)
    prepared.keep(home)
    assert prepared.is_ready(home) and MAKING not in prepared.databases(home)
    assert not (home / prepared.PROGRESS).exists()
    assert rows(home) == 0
    for _ in range(2):  # whatever a visitor did is gone
        prepared.copy(home, source=READY, target=SERVED)
        assert rows(home) == 2
        with psycopg.connect(prepared.address(home, SERVED), autocommit=True) as connection:
            connection.execute("DELETE FROM purchase")


def test_the_address_for_a_child_names_the_database(home: Path) -> None:
    with psycopg.connect(prepared.url(home, "postgres")) as connection:
        assert connection.info.dbname == "postgres"


def test_another_program_prepares_another_district() -> None:
    assert prepared.name() == prepared.name() and prepared.name().startswith("prepared_")


@pytest.mark.django_db
@pytest.mark.parametrize(("somebody", "begun"), [(False, True), (True, False)])
def test_a_first_start_that_was_cut_short_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, somebody: bool, begun: bool
) -> None:
    """The schema is there, and nobody in it: without that the demo stayed empty for good."""
    done: list[str] = []
    for name in ("forget_log", "make_empty", "copy"):
        monkeypatch.setattr(prepared, name, lambda *_args, **_options: None)
    monkeypatch.setattr(prepared, "is_ready", lambda _home: False)
    monkeypatch.setattr(demo, "settle", lambda: done.append("settled"))
    monkeypatch.setattr(connections["default"], "close", lambda: None)
    if somebody:
        make_post(Role.AGENT)
    demo.begin(Namespace(reset=False, quiet=True, json=False), tmp_path)
    assert bool(done) == begun


def test_a_log_that_is_begun_anew_gets_new_keys(settings: Any, tmp_path: Path) -> None:
    settings.YANGCAI_HOME, settings.YANGCAI_LOG = tmp_path, tmp_path / "log"
    names = ("log.key", "log.signed", "log.vkey", "log-sm2.key", "log-sm2.vkey", "sbp-receipt.key")
    for path in (tmp_path / "log" / "checkpoint", *(tmp_path / "keys" / name for name in names)):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    prepared.forget_log(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["sbp-receipt.key"]


def test_one_alone_makes_the_year(tmp_path: Path) -> None:
    with prepared.alone(tmp_path) as first, prepared.alone(tmp_path) as second:
        assert (first, second) == (True, False)
    with prepared.alone(tmp_path) as third:
        assert third


MAKER = """
import pathlib, signal, subprocess, sys
from yangcai.cli import making

popen = subprocess.Popen

def begun(line, **how):
    child = popen([sys.executable, "-c", "import signal; signal.pause()"], **how)
    print(child.pid, flush=True)
    return child

making.subprocess.Popen, making.url = begun, lambda *_: "postgresql://"
with making._child(pathlib.Path(sys.argv[1])):
    signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells a child that its parent was killed")
def test_nothing_is_made_for_a_demo_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", MAKER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        child = os.pidfd_open(int(demo.stdout.readline()))
        demo.kill()
        ended, _, _ = select.select([child], [], [], 20)
        if not ended:
            signal.pidfd_send_signal(child, signal.SIGKILL)
        os.close(child)
    assert ended
