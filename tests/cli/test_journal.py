"""Does the worker keep the health journal beside everything else, and survive whatever is wrong?"""

import argparse
import threading
from typing import Any

import pytest

from tests.factories import NOW
from yangcai.cli import journal
from yangcai.kernel import health
from yangcai.kernel.models import HealthLine
from yangcai.tendering.health import Watched

OPTIONS = argparse.Namespace(quiet=False)


@pytest.mark.django_db
def test_in_a_sandbox_there_is_no_journal(settings: Any) -> None:
    """Its clock leaps: every leap would be an outage."""
    settings.YANGCAI_SANDBOX = True
    assert journal.once() is None and not HealthLine.objects.exists()
    with journal.beside(OPTIONS, stop=threading.Event()):
        assert not [thread for thread in threading.enumerate() if thread.name == "health"]


@pytest.mark.django_db
def test_one_round_writes_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: NOW)
    monkeypatch.setattr(health, "PROBES", {"store": lambda: None})
    found = journal.once()
    assert found is not None and found.line is not None and found.line.is_good
    assert journal.once() == Watched()  # a minute later


def test_it_goes_on_whatever_fails_and_says_it_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    stop, answers = threading.Event(), iter([OSError("full"), OSError("full"), ValueError("x"), None])

    def once() -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        stop.set()
        return Watched(line=HealthLine(number=1, at=NOW, is_good=False, bad=["store"]))

    monkeypatch.setattr(journal, "once", once)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    journal.rounds(OPTIONS, stop=stop, beat=0)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [OSError, ValueError]
    assert "上传存储故障" in capsys.readouterr().err


def test_it_ends_with_the_worker(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.YANGCAI_SANDBOX = False
    stop, ran = threading.Event(), threading.Event()
    monkeypatch.setattr(journal, "once", lambda: ran.set())
    with journal.beside(OPTIONS, stop=stop):
        assert ran.wait(10)
    assert stop.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "health"]
