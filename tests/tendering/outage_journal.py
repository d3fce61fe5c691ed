"""A health journal whose minutes a test tells."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import set_database_clock
from yangcai.kernel import health
from yangcai.kernel.encoding import parse_jcs
from yangcai.kernel.leaf_lines import CLEAR
from yangcai.kernel.models import Leaf
from yangcai.tendering.health import Watched, watch

#: A step that is no outage, so that hours take few lines.
STEP = datetime.timedelta(minutes=4)


class Journal:
    """The probes pass unless they are named as failing; `now` is the time of the last line."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bad: tuple[str, ...] = ()
        probes = {name: self._probe(name) for name in ("finalise", "keys", "log", "store")}
        monkeypatch.setattr(health, "PROBES", probes)
        self.now: datetime.datetime | None = None

    def _probe(self, name: str) -> Any:
        def look() -> None:
            if name in self.bad:
                raise health.Unwell(name)

        return look

    def line(self, now: datetime.datetime, *bad: str) -> Watched:
        """One round of the worker's at this moment."""
        self.bad, self.now = bad, now
        set_database_clock(now)
        found = watch(now=now)
        assert found.line is not None
        return found

    def until(self, end: datetime.datetime, *bad: str) -> Watched:
        """Line after line from the last one; the last stands at `end`."""
        assert self.now is not None
        now = self.now
        while now + STEP < end:
            now += STEP
            self.line(now, *bad)
        return self.line(end, *bad)


def in_clear(*, root: str = "") -> Iterator[dict[str, Any]]:
    """What the log says in clear (of one root), in order."""
    leaves = Leaf.objects.filter(**({"root": root} if root else {})).order_by("pk")
    for line in map(bytes, leaves.values_list("line", flat=True)):
        if line.startswith(CLEAR):
            yield parse_jcs(line.removeprefix(CLEAR).removesuffix(b"\n"))
