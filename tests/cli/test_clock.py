"""Does the sandbox clock go on by command, past every deadline in its order, and never where time is real?"""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from tests.factories import NOW, at
from tests.tendering.walk import set_database_clock
from yangcai import cli
from yangcai.cli import console, site
from yangcai.kernel import clock
from yangcai.kernel.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    monkeypatch.setattr(site, "load", lambda **_how: translation.activate(site.LANGUAGES[console.language()]))
    settings.YANGCAI_SANDBOX = True
    set_database_clock(NOW)
    yield
    console.choose_language("zh")


def due(moment: Any, clock_id: str) -> None:
    Task.objects.create(
        root="case:1", subject="case:1", action="x", clock=clock_id, role="", title="项目", since=NOW, due_at=moment
    )


def test_it_goes_on_by_a_span_to_a_moment_and_to_the_next_milestone(command: Any) -> None:
    due(at("2026-03-12T17:30"), "C20")
    due(at("2026-03-04T09:00"), "C27")
    assert [one["at"] for one in command("clock", "show")["next"]] == [
        at("2026-03-04T09:00").astimezone(clock.now().tzinfo).isoformat(),
        at("2026-03-12T17:30").astimezone(clock.now().tzinfo).isoformat(),
    ]
    assert command("clock", "next")["fired"][0]["of"] == "项目"
    assert clock.now() == at("2026-03-04T09:00")
    gone = command("clock", "advance", "20d")
    assert len(gone["fired"]) == 1 and clock.now() == at("2026-03-24T09:00")
    assert command("clock", "set", "2026-04-01T08:00")["fired"] == []
    assert clock.now() == at("2026-04-01T08:00")


def test_it_never_goes_back_nor_beyond_the_known_holidays(command: Any) -> None:
    command("clock", "set", "2026-03-01T09:00", code=console.NOT_MET)
    command("clock", "set", "2099-01-01T09:00", code=console.NOT_MET)
    command("clock", "next", code=console.NOT_MET)
    assert clock.now() == NOW


def test_where_time_is_real_it_is_not_moved(command: Any, settings: Any) -> None:
    settings.YANGCAI_SANDBOX = False
    for verb in (["show"], ["advance", "1d"], ["set", "2026-04-01"], ["next"]):
        command("clock", *verb, code=console.NOT_PERMITTED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT at FROM kernel_sandboxclock")
        assert cursor.fetchone() == (NOW,)


def test_who_has_a_demo_is_told_how_its_clock_is_reached(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.YANGCAI_SANDBOX = False
    monkeypatch.setenv("YANGCAI_HOME", str(tmp_path))
    assert cli.main(["clock", "show"]) == console.NOT_PERMITTED
    assert capsys.readouterr().err.splitlines()[-1].endswith("：yangcai demo")
    (tmp_path / "demo" / "postgres").mkdir(parents=True)
    assert cli.main(["clock", "next"]) == console.NOT_PERMITTED
    home = tmp_path / "demo"
    assert f"YANGCAI_SANDBOX=1 YANGCAI_HOME={home} yangcai clock show" in capsys.readouterr().err


@pytest.mark.parametrize("span", ["0d", "20", "-1d", "1y", "١d"])
def test_a_span_is_a_number_and_a_unit(span: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["clock", "advance", span])
    assert ended.value.code == console.USAGE
