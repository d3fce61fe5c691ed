"""Of what that happened is somebody told? Messages are written in the transaction of what they are about;
nothing is sent in it (outbox.py does that)."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from yangcai import law
from yangcai.kernel.actions import ACTIONS, Happened
from yangcai.kernel.models import Task
from yangcai.kernel.tasks import NEAR, OPENED, Told
from yangcai.notifications import gateways
from yangcai.notifications.kinds.base import OF_ACTION, Facts, Kind, Whom, moment_of, sound
from yangcai.notifications.kinds.deadline_near import DEADLINE_NEAR, LEFT
from yangcai.notifications.kinds.deadline_passed import DEADLINE_PASSED
from yangcai.notifications.kinds.task_opened import TASK_OPENED, UNTIL
from yangcai.notifications.models import Channel, Message, Outgoing
from yangcai.notifications.people import Asked, Reader, readers
from yangcai.notifications.quiet import when
from yangcai.parties.models import Person


@dataclass(frozen=True)
class News:
    """One thing that is told: of which kind, what, to whom. Who was told of this ground is not told again.

    `at`: when it happened. `until`: after that moment it is of no use, so that quiet hours do not hold it back longer.
    `to`: somebody who has no post yet, at the e-mail address that was just given.
    """

    kind: Kind
    facts: Facts
    whom: tuple[Whom, ...]
    ground: str
    root: str
    subject: str
    at: datetime.datetime
    action: str = ""
    without: int | None = None
    until: datetime.datetime | None = None
    to: Person | None = None


def of_action(happened: Happened, *, by: Any, now: datetime.datetime) -> None:
    """Tell whom the kinds of this Action name; never who did it."""
    found = []
    for kind in OF_ACTION.get(happened.action.code, ()):
        telling = kind.tells(happened, by=by, now=now) if kind.tells else None
        if telling is None:
            continue
        facts, whom = telling
        news = News(
            kind,
            facts,
            tuple(whom),
            ground=f"entry:{happened.entry}:{kind.code}",
            root=happened.home.root.ref,
            subject=happened.home.ref,
            at=now,
            without=getattr(by, "person_id", None),
        )
        found.append(news)
    tell(found, now=now)


def of_tasks(told: list[Told], *, by: Any, now: datetime.datetime) -> None:
    """Tell of tasks that opened, whose deadline nears or has passed: of one step on several rows of a root once."""
    seen, found = set(), []
    for one in told:
        task = one.task
        key = (one.what, task.root, task.action, task.role, task.organisation_id, task.person_id, task.due_at, one.lead)
        if key not in seen and not _comes_too_late(one, now=now):
            seen.add(key)
            found.append(_news_of_task(one, by=by))
    tell(found, now=now)


def _comes_too_late(one: Told, *, now: datetime.datetime) -> bool:
    """A worker that was down rings the last reminder only, and none after the deadline. A sandbox clock that jumps
    gives all of them, each with its own time: the demo lives through the days that it skips."""
    if one.what != NEAR or settings.YANGCAI_SANDBOX:
        return False
    due_at, later = one.task.due_at, [lead for lead in LEFT if one.lead and lead < one.lead]
    return due_at is None or due_at <= now or any(due_at - lead <= now for lead in later)


def _news_of_task(one: Told, *, by: Any) -> News:
    task, facts = one.task, _facts_of(one)
    mark = f"{task.root}:{task.action or task.clock}"
    if one.what == OPENED:
        kind, ground = TASK_OPENED, f"opened:{mark}:{task.pk}"
    elif one.what == NEAR:
        kind, ground = DEADLINE_NEAR, f"near:{mark}:{facts['due_at']}:{facts['left_en']}"
    else:
        kind, ground = DEADLINE_PASSED, f"passed:{mark}:{facts['due_at']}"
    return News(
        kind,
        facts,
        (_holders(task),),
        ground=ground,
        root=task.root,
        subject=task.subject,
        at=one.at,
        action=task.action,
        without=getattr(by, "person_id", None),
        until=task.due_at if one.what == NEAR else None,
    )


def _holders(task: Task) -> Whom:
    """Whose worklist the task stands on."""
    roles = frozenset({task.role})
    if task.person_id is not None:
        return Whom(person_id=task.person_id, roles=roles)
    return Whom(organisation_id=task.organisation_id, roles=roles)


def _facts_of(one: Told) -> Facts:
    task = one.task
    named: Any = ACTIONS.get(task.action) or law.book().clocks.get(task.clock)
    facts = {
        "what_zh": named.zh if named else task.action,
        "what_en": named.en if named else task.action,
        "case": task.title,
        "due_at": task.due_at,
    }
    if one.lead is not None:
        facts["left_zh"], facts["left_en"] = LEFT[one.lead]
    if one.what == OPENED and task.due_at is not None:
        until = moment_of(task.due_at.isoformat())
        facts["until_zh"], facts["until_en"] = (sentence % until for sentence in UNTIL)
    return sound(facts)


def tell(news: Sequence[News], *, now: datetime.datetime) -> list[Message]:
    """Write a message of each for each of its readers, and what is to go out of it: a few statements, however many are
    told, and of however much."""
    if not news:
        return []
    read_by = readers([Asked(one.kind, one.whom, one.without) for one in news], now=now)
    fresh: dict[tuple[str, int], tuple[Message, Reader, News]] = {}
    for one, found in zip(news, read_by, strict=True):
        kept = sound(one.facts)
        for reader in found if one.to is None else [_at_address(one.to)]:
            message = Message(
                person=reader.person,
                kind=one.kind.code,
                root=one.root,
                subject=one.subject,
                action=one.action,
                role=reader.role,
                organisation_id=reader.organisation_id,
                facts=kept,
                ground=one.ground,
                at=one.at,
            )
            fresh.setdefault((one.ground, reader.person.pk), (message, reader, one))
    if not fresh:
        return []
    told = Message.objects.filter(ground__in={ground for ground, _ in fresh}, person_id__in={pk for _, pk in fresh})
    for before in told.values_list("ground", "person_id"):
        fresh.pop(before, None)
    made = Message.objects.bulk_create(message for message, _reader, _news in fresh.values())
    _send(list(fresh.values()), now=now)
    return made


def _at_address(person: Person) -> Reader:
    return Reader(person, "", None, ((str(Channel.EMAIL), person.email),))


def _send(told: list[tuple[Message, Reader, News]], *, now: datetime.datetime) -> None:
    """A row in the outbox for each channel that is there, in the same transaction."""
    rows = [
        Outgoing(
            message=message,
            channel=channel,
            address=address,
            letter_id=f"{uuid.uuid4().hex}@{settings.YANGCAI_NAME}",
            next_at=when(reader.person, now=now, until=news.until),
        )
        for message, reader, news in told
        for channel, address in reader.outside
        if gateways.is_there(channel)
    ]
    if rows:
        Outgoing.objects.bulk_create(rows)
