"""What lies behind a story and what before it, on one line that can be clicked?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yangcai.demo.scene import Scene
from yangcai.kernel.actions import ACTIONS

#: How many points the line has at most; how many of them may lie behind, and how many have a date before them.
POINTS, BEHIND, DATED = 8, 3, 3
#: What a purchase is remembered by.
STATIONS = (
    "intention.publish", "plan.file", "case.open", "invitation.publish", "opening.begin", "award.announce",
    "call_off.choose", "lot.declare_unsuccessful", "contract.sign", "contract.file", "acceptance.record",
    "payment.pay", "contract.close",
)  # fmt: skip
#: What it still has to pass through: planned, bought by one of three ways, and settled.
PLANNED, SETTLED = ("intention.publish", "plan.file"), ("contract.sign", "acceptance.record", "payment.pay")
CALLED_OFF, FAILED = ("call_off.choose",), ("invitation.publish", "opening.begin", "lot.declare_unsuccessful")
COMPETED = ("invitation.publish", "opening.begin", "award.announce")


class Ahead(Protocol):
    """A moment at which something comes (www/sandbox.Milestone)."""

    @property
    def at(self) -> datetime.datetime: ...
    @property
    def label(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class Point:
    """A point of the line: done, current or next; `to`: the moment to which a click leads."""

    state: str
    at: datetime.datetime | None
    name: str | Promise
    note: str | Promise = ""
    title: str = ""
    to: str = ""


def points(scene: Scene | None, ahead: Iterable[Ahead], *, now: datetime.datetime) -> list[Point]:
    """The last stations of the story, this moment, what comes with its date, and what is still without one."""
    behind: list[Point] = []
    seen = {entry.action: entry for entry in scene.entries} if scene else {}
    for entry in sorted((seen[code] for code in STATIONS if code in seen), key=lambda entry: (entry.at, entry.seq)):
        behind.append(Point("done", entry.at, ACTIONS[entry.action].title, _("已完成")))
    line = [*behind[-BEHIND:], Point("current", now, _("此刻"))]
    least = DATED if scene else POINTS
    for milestone in list(ahead)[: min(least, POINTS - len(line))]:
        note, title = forward(now, milestone.at), "" if scene else milestone.title
        line.append(Point("next", milestone.at, milestone.label, note, title, milestone.at.isoformat()))
    if scene is not None and (scene.case is None or scene.case.ended_at is None):
        named = {point.name for point in line}
        missing = [ACTIONS[code].title for code in stations(scene) if code not in seen]
        line += [Point("next", None, title) for title in missing if title not in named][: POINTS - len(line)]
    return line


def stations(scene: Scene) -> tuple[str, ...]:
    """What a purchase of this kind passes through."""
    if scene.procedure.draws_on:
        return (*PLANNED, *CALLED_OFF, *SETTLED)
    return (*PLANNED, *FAILED) if scene.plot.fails else (*PLANNED, *COMPETED, *SETTLED)


def forward(now: datetime.datetime, to: datetime.datetime) -> str:
    """How far the clock goes, in days, or within a day in hours or minutes."""
    days = (timezone.localdate(to) - timezone.localdate(now)).days
    if days:
        return ngettext("快进 %(n)d 天", "快进 %(n)d 天", days) % {"n": days}
    minutes = -(-(to - now) // datetime.timedelta(minutes=1))
    if minutes >= 60:
        return ngettext("快进 %(n)d 小时", "快进 %(n)d 小时", minutes // 60) % {"n": minutes // 60}
    return ngettext("快进 %(n)d 分钟", "快进 %(n)d 分钟", minutes) % {"n": minutes}
