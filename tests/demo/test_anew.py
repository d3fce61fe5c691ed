"""Is a demo that is being served as on its first morning again, and nothing else ever touched?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.settings import CLUSTER, OWN_CLUSTER
from yangcai.demo import anew, prepared
from yangcai.kernel import embedded_postgres, sequencer

pytestmark = pytest.mark.skipif(not OWN_CLUSTER, reason="makes databases of its own")
NAMES = {"SERVED": "test_anew_served", "NEXT": "test_anew_next", "GONE": "test_anew_gone"}
READY = "test_anew_prepared"


@pytest.fixture(autouse=True)
def in_the_demo() -> None:
    """No people are needed here."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, django_db_setup: None) -> Iterator[Path]:
    """A demo's folder whose cluster is that of the tests; one purchase in what is prepared, two in what is served."""
    cluster = embedded_postgres.status(CLUSTER)
    monkeypatch.setattr(prepared.embedded_postgres, "status", lambda _home: cluster)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for word, name in NAMES.items():
        monkeypatch.setattr(prepared, word, name)
    monkeypatch.setattr(prepared, "name", lambda: READY)
    settings.YANGCAI_SANDBOX, settings.YANGCAI_HOME, settings.YANGCAI_LOG = True, tmp_path, tmp_path / "log"
    for database, rows in ((READY, 1), (NAMES["SERVED"], 2)):
        prepared.make_empty(tmp_path, database)
        with psycopg.connect(prepared.address(tmp_path, database)) as connection:
            connection.execute("CREATE TABLE purchase AS SELECT generate_series(1, %s)", [rows])
    yield tmp_path
    for database in (READY, *NAMES.values()):
        prepared.drop(tmp_path, database)


def rows(home: Path) -> int:
    with psycopg.connect(prepared.address(home, prepared.SERVED)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM purchase").fetchone() or (0,)
        return int(found)


def test_whoever_is_connected_comes_back_to_the_first_morning(home: Path) -> None:
    (home / "log").mkdir()
    (home / "log" / "checkpoint").write_text("of the old log")
    with psycopg.connect(prepared.address(home, prepared.SERVED), autocommit=True) as visitor:
        anew.begin(home)
        with pytest.raises(psycopg.OperationalError):
            visitor.execute("SELECT 1")
    assert rows(home) == 1 and not (home / "log").exists()
    assert not {prepared.NEXT, prepared.GONE} & prepared.databases(home)
    anew.begin(home)  # as often as one likes
    assert rows(home) == 1


def test_only_a_prepared_demo_of_its_own_is_reset(home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setenv("DATABASE_URL", "postgresql://somewhere/real")
        with pytest.raises(anew.CannotReset, match="only a demo"):
            anew.begin(home)
    prepared.drop(home, READY)
    with pytest.raises(anew.CannotReset, match="being prepared"):
        anew.begin(home)
    settings.YANGCAI_SANDBOX = False
    with pytest.raises(anew.CannotReset, match="only a demo"):
        anew.begin(home)
    assert rows(home) == 2


def test_a_round_of_the_log_is_not_cut_in_two(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anew, "PATIENCE", "10ms")
    with psycopg.connect(prepared.address(home, prepared.SERVED), autocommit=True) as writer:
        writer.execute("SELECT pg_advisory_lock(%s)", [sequencer.LOCK])
        with pytest.raises(anew.CannotReset, match="log is busy"):
            anew.begin(home)
        assert writer.execute("SELECT 1").fetchone() == (1,)
    assert rows(home) == 2


def test_a_reset_that_fails_leaves_what_is_served_open(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_home: Path) -> None:
        raise PermissionError("log.key")

    monkeypatch.setattr(prepared, "forget_log", full)
    with pytest.raises(anew.CannotReset, match=r"log\.key"):
        anew.begin(home)
    assert rows(home) == 2


def test_what_was_cut_short_is_brought_to_its_end(home: Path) -> None:
    prepared.copy(home, source=READY, target=prepared.NEXT)
    prepared.drop(home, prepared.SERVED)
    anew.finish(home)
    assert rows(home) == 1 and prepared.NEXT not in prepared.databases(home)
    with prepared.administering(home) as server:
        server.execute(f"ALTER DATABASE {prepared.SERVED} ALLOW_CONNECTIONS false")
    anew.finish(home)
    assert rows(home) == 1
