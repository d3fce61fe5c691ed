"""What is due, for whom, and what happens when nobody does it? Derived from state after every Action."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from yangcai.kernel.models import Task


@dataclass(frozen=True)
class Due:
    """One thing to do, as an app derives it from state: `clock` is a key of law/clocks.yaml or empty."""

    action: str
    subject: str
    role: str
    since: datetime.datetime
    organisation_id: int | None = None
    person_id: int | None = None
    clock: str = ""
    due_at: datetime.datetime | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.subject, self.action, self.clock, self.role, self.person_id, self.since)


Provider = Callable[..., Iterable[Due]]

#: root model -> functions(root, now) -> what is due now on it
PROVIDERS: dict[type[models.Model], list[Provider]] = {}
#: clock id -> function(task, now): what the clock makes happen (deemed decision, reminder)
FIRES: dict[str, Callable[..., None]] = {}


def due_on(model: type[models.Model]) -> Callable[[Provider], Provider]:
    """Register a provider: `@due_on(Case) def contract_tasks(case, *, now): yield Due(...)`."""

    def keep(function: Provider) -> Provider:
        PROVIDERS.setdefault(model, []).append(function)
        return function

    return keep


def derive(root: Any, *, now: datetime.datetime) -> list[Due]:
    """Everything that is due on a root, from its state alone."""
    return [due for provider in PROVIDERS.get(type(root), ()) for due in provider(root, now=now)]


def refresh(root: Any, *, now: datetime.datetime) -> None:
    """Make the stored tasks of a root agree with its state: open what is new, close what is done."""
    wanted = {due.key: due for due in derive(root, now=now)}
    stored = {
        (t.subject, t.action, t.clock, t.role, t.person_id, t.since): t for t in Task.objects.filter(root=root.ref)
    }
    for key, task in stored.items():
        due = wanted.pop(key, None)
        if due is None:
            if task.done_at is None:
                Task.objects.filter(pk=task.pk).update(done_at=now)
        elif task.done_at is not None or task.due_at != due.due_at or task.organisation_id != due.organisation_id:
            moved = task.due_at != due.due_at
            Task.objects.filter(pk=task.pk).update(
                done_at=None,
                due_at=due.due_at,
                organisation_id=due.organisation_id,
                fired_at=None if moved else task.fired_at,
                warned_at=None if moved else task.warned_at,
            )
    if wanted:
        Task.objects.bulk_create(
            [
                Task(
                    root=root.ref,
                    subject=due.subject,
                    action=due.action,
                    clock=due.clock,
                    role=due.role,
                    organisation_id=due.organisation_id,
                    person_id=due.person_id,
                    title=str(root),
                    since=due.since,
                    due_at=due.due_at,
                )
                for due in wanted.values()
            ]
        )


def next_due_at(*, after: datetime.datetime) -> datetime.datetime | None:
    """When the next open task falls due, for the sandbox clock and the worker."""
    return (
        Task.objects.filter(done_at__isnull=True, fired_at__isnull=True, due_at__gt=after)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def fire_due(*, now: datetime.datetime) -> list[Task]:
    """Do what the clock has made due, in order, each once: late or twice does no harm. Returns what fired."""
    fired = []
    while True:
        with transaction.atomic():
            task = (
                Task.objects.select_for_update(skip_locked=True)
                .filter(done_at__isnull=True, fired_at__isnull=True, due_at__lte=now)
                .order_by("due_at", "pk")
                .first()
            )
            if task is None:
                return fired
            Task.objects.filter(pk=task.pk).update(fired_at=now)
            task.fired_at = now
            fire = FIRES.get(task.clock)
            if fire is not None:
                fire(task, now=now)
        fired.append(task)
