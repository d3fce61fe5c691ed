"""What does the clock table of a case say where several must act within one clock, and whose articles are cited?"""

import datetime

import pytest

from tests.factories import at
from yangcai.kernel.models import Task
from yangcai.www.work.clocks import clocks, ground_of

NOW = at("2026-03-30T09:00")


def task(action: str, *, done_at: datetime.datetime | None = None) -> Task:
    return Task(
        root="case:1",
        subject="committeemember:7",
        action=action,
        clock="C45",
        role="expert",
        since=at("2026-03-24T09:00"),
        due_at=at("2026-04-01T00:00"),
        done_at=done_at,
    )


@pytest.mark.parametrize("is_turned", [False, True])
def test_the_open_one_counts(is_turned: bool) -> None:
    both = [task("conduct.record"), task("conduct.answer", done_at=at("2026-03-25T09:00"))]
    (line,) = clocks(reversed(both) if is_turned else both, on=NOW.date(), now=NOW)
    assert (line.state, line.met_at) == ("running", None)


def test_when_all_have_acted_it_is_met() -> None:
    both = [task(code, done_at=at("2026-03-25T09:00")) for code in ("conduct.record", "conduct.answer")]
    (line,) = clocks(both, on=NOW.date(), now=NOW)
    assert (line.state, line.met_at) == ("met", at("2026-03-25T09:00"))


@pytest.mark.parametrize(
    ("procedure", "rule"),
    [
        ("open_tender", "award.decide"),
        ("negotiation", "award.decide_negotiation"),
        ("single_source", "award.decide_single_source"),
        ("", "award.decide"),
    ],
)
@pytest.mark.parametrize("clock", ["C13", ""])
def test_what_waits_cites_the_article_of_its_own_method(procedure: str, rule: str, clock: str) -> None:
    """With a clock of its own, and by the first article behind the Action."""
    waiting = Task(root="case:1", subject="lot:1", action="award.determine", clock=clock, role="buyer_reviewer")
    found = ground_of(waiting, on=NOW.date(), procedure=procedure)
    assert found is not None and found.rule == rule
