"""Whose cases does `yangcai law preview` look at, and does it say so?"""

import fcntl
import os
from pathlib import Path
from typing import Any

import pytest

from yangcai.cli import site, whose
from yangcai.cli.console import Stop


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which nobody has made anything, and no other database is named."""
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("YANGCAI_HOME", str(tmp_path))
    monkeypatch.setenv("YANGCAI_SANDBOX", "")
    monkeypatch.setattr(site, "cluster_home", lambda: tmp_path / "postgres")
    return tmp_path


def made(home: Path) -> Path:
    (home / "postgres" / "data").mkdir(parents=True)
    (home / "postgres" / "data" / "PG_VERSION").write_text("18")
    return home


def in_use(home: Path) -> Any:
    held = site.in_use(home / "postgres").open("a+")
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


def test_where_only_a_demo_runs_the_demo_is_looked_at(home: Path) -> None:
    made(home)
    district = made(home / "demo")
    assert whose.chosen(None) == f"网站（{home}）" and os.environ["YANGCAI_HOME"] == str(home)
    with in_use(district):
        assert whose.chosen("site") == f"网站（{home}）"
        with in_use(home):
            assert whose.chosen(None) == f"网站（{home}）"
        assert whose.chosen(None) == f"演示区（{district}）"
    assert (os.environ["YANGCAI_HOME"], os.environ["YANGCAI_SANDBOX"]) == (str(district), "1")


def test_no_database_is_made_to_look_at(home: Path) -> None:
    assert whose.chosen(None) == ""
    with pytest.raises(Stop, match="no demo"):
        whose.chosen("demo")
    assert list(home.iterdir()) == []


def test_a_database_that_is_named_is_the_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for rest in ("", "?password=secret", "?host=/run/postgresql"):
        monkeypatch.setenv("DATABASE_URL", f"postgresql://somebody:secret@db/district{rest}")
        assert whose.chosen(None) == "网站（district）"
    with pytest.raises(Stop, match="DATABASE_URL"):
        whose.chosen("demo")
