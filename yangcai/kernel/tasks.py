"""What is due, for whom, and what happens when nobody does it? Derived from state after every Action."""

import contextlib
import datetime
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from yangcai.kernel.beneath import may_have
from yangcai.kernel.models import Task
from yangcai.kernel.reading import reading
from yangcai.kernel.refusals import Refused

logger = logging.getLogger(__name__)

#: First key of the advisory locks that keep two workers from firing one task.
FIRE_LOCK = 7391002


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
        return (self.subject, self.action, self.clock, self.role, self.organisation_id, self.person_id, self.since)


Provider = Callable[..., Iterable[Due]]

#: root model -> functions(root, now) -> what is due now on it; each with the models of whose rows it speaks
PROVIDERS: dict[type[models.Model], list[tuple[Provider, tuple[type[models.Model], ...]]]] = {}
#: Actions that nobody owes anybody: when their time is over they are possible no more, and nobody is late.
LAPSES: set[str] = set()
#: Actions that cannot be done before their task's `since`, and long before are known: until then they wait on no desk.
NOT_BEFORE: set[str] = set()
#: clock id -> function(task, now): what the clock makes happen (deemed decision, reminder)
FIRES: dict[str, Callable[..., None]] = {}


#: After what shares of a deadline's time, in per cent, whoever must act is warned: law.alarms(), told at start-up. At
#: 100 the deadline fires.
ALARMS: list[int] = []
WHOLE = 100


#: So long before a deadline whoever must act is reminded, longest first; told at start-up.
LEADS: list[datetime.timedelta] = []
OPENED, NEAR, OVERDUE = "opened", "near", "overdue"


@dataclass(frozen=True)
class Told:
    """What happened to a task, and when: it opened, its deadline is `lead` away, or has passed."""

    what: str
    task: Task
    at: datetime.datetime
    lead: datetime.timedelta | None = None


#: functions(told, by, now) that hear what happens to tasks, in the same transaction; `by` is whose Action opened them
LISTENERS: list[Callable[..., None]] = []


#: functions(now) that the clock loop calls each time: what falls due by the day and is no task (a paper that expires)
ROUNDS: list[Callable[..., None]] = []

#: root model -> function(root, due, now) -> the Due that counts (a clock that stood still runs out later)
MOVERS: dict[type[models.Model], Callable[..., Due]] = {}


def due_on(model: type[models.Model], *, having: Iterable[type[models.Model]] = ()) -> Callable[[Provider], Provider]:
    """Register a provider: `@due_on(Case) def contract_tasks(case, *, now): yield Due(...)`. `having`: it is about
    these rows of the root; where there is none it is not asked."""

    def keep(function: Provider) -> Provider:
        PROVIDERS.setdefault(model, []).append((function, tuple(having)))
        return function

    return keep


def derive(root: Any, *, now: datetime.datetime) -> list[Due]:
    """Everything that is due on a root, from its state alone."""
    with reading():
        found = [
            due
            for provider, having in PROVIDERS.get(type(root), ())
            if not having or may_have(root, *having)
            for due in provider(root, now=now)
        ]
        mover = MOVERS.get(type(root))
        return [mover(root, due, now=now) for due in found] if mover else found


def _warning_after(
    share: int, *, since: datetime.datetime, due_at: datetime.datetime | None, role: str
) -> datetime.datetime | None:
    """When the first alarm after `share` rings; None where nobody in particular must act, or only the end is left."""
    later = [alarm for alarm in ALARMS if share < alarm < WHOLE]
    if due_at is None or due_at <= since or not role or not later:
        return None
    return since + (due_at - since) * min(later) / WHOLE


def _remind_at(task: Task | Due, *, after: datetime.datetime) -> datetime.datetime | None:
    """When next after a moment somebody is told of the task: that its deadline nears, or that what was known early can
    be done now; None where nobody in particular must act."""
    if not task.role:
        return None
    told = [task.due_at - lead for lead in LEADS] if task.due_at is not None else []
    told += [task.since] if task.action in NOT_BEFORE else []
    return min((at for at in told if at > after), default=None)


def _hear(told: list[Told], *, by: Any = None, now: datetime.datetime) -> None:
    for listener in LISTENERS if told else ():
        listener(told, by=by, now=now)


def _is_early(task: Task, now: datetime.datetime) -> bool:
    return task.action in NOT_BEFORE and task.since > now


def refresh(root: Any, *, now: datetime.datetime, by: Any = None) -> None:
    """Make the stored tasks of a root agree with its state: open what is new, close what is done. `by`: through whose
    Action it came to that state."""
    wanted = {due.key: due for due in derive(root, now=now)}
    stored = {
        (t.subject, t.action, t.clock, t.role, t.organisation_id, t.person_id, t.since): t
        for t in Task.objects.filter(root=root.ref)
    }
    done = []
    for key, task in stored.items():
        due = wanted.pop(key, None)
        if due is None:
            if task.done_at is None:
                done.append(task.pk)
        elif task.due_at != due.due_at:
            Task.objects.filter(pk=task.pk).update(
                done_at=None,
                due_at=due.due_at,
                fired_at=None,
                warned_at=None,
                warned_share=0,
                warn_at=_warning_after(0, since=due.since, due_at=due.due_at, role=due.role),
                remind_at=_remind_at(due, after=now),
            )
        elif task.done_at is not None:
            Task.objects.filter(pk=task.pk).update(done_at=None)
    if done:
        Task.objects.filter(pk__in=done).update(done_at=now)
    if wanted:
        opened = Task.objects.bulk_create(
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
                    warn_at=_warning_after(0, since=due.since, due_at=due.due_at, role=due.role),
                    remind_at=_remind_at(due, after=now),
                )
                for due in wanted.values()
            ]
        )
        _hear([Told(OPENED, task, now) for task in opened if task.role and not _is_early(task, now)], by=by, now=now)


def of_post(post: Any, *, now: datetime.datetime | None = None) -> models.QuerySet[Task]:
    """What waits for this post: its own, its organisation's, and what anybody of its role may do. Most urgent first.
    With `now` without what cannot be done yet (NOT_BEFORE)."""
    anybody = models.Q(person_id__isnull=True) & (
        models.Q(organisation_id=post.organisation_id) | models.Q(organisation_id__isnull=True)
    )
    early = models.Q(action__in=NOT_BEFORE, since__gt=now) if now is not None else models.Q(pk__in=())
    return (
        Task.objects.filter(done_at__isnull=True, role=post.role)
        .filter(models.Q(person_id=post.person_id) | anybody)
        .exclude(early)
        .order_by(models.F("due_at").asc(nulls_last=True), "pk")
    )


def next_due_at(*, after: datetime.datetime) -> datetime.datetime | None:
    """When the next open task falls due, for the sandbox clock and the worker."""
    return (
        Task.objects.filter(done_at__isnull=True, fired_at__isnull=True, due_at__gt=after)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def warn_due(*, now: datetime.datetime) -> list[Task]:
    """Mark every open task whose alarm has rung, each alarm once; who comes late past several warns once, of the last.

    Tasks that somebody else holds are left for the next round: nobody waits here, so nobody waits in a circle.
    """
    warned: list[Task] = []
    ringing = Task.objects.filter(done_at__isnull=True, warn_at__lte=now).order_by("warn_at", "pk")
    while ringing.exists():  # mostly nothing does: no transaction for that
        with transaction.atomic():
            found = list(ringing.select_for_update(skip_locked=True)[:500])
            for task in found:
                _ring(task, now=now)
            Task.objects.bulk_update(found, ["warn_at", "warned_at", "warned_share"])
        warned += found
        if len(found) < 500:
            break
    return warned


def _ring(task: Task, *, now: datetime.datetime) -> None:
    """Note the last alarm that has rung, and when the next one will."""
    grounds: dict[str, Any] = {"since": task.since, "due_at": task.due_at, "role": task.role}
    while (at := _warning_after(task.warned_share, **grounds)) is not None and at <= now:
        task.warned_share = min(alarm for alarm in ALARMS if alarm > task.warned_share)
        task.warned_at = now
    task.warn_at = at


def remind_due(*, now: datetime.datetime) -> list[Told]:
    """Tell whoever must act that a deadline is near: each moment of `LEADS` once, and again where the deadline moved;
    and that what was known early has opened (NOT_BEFORE).

    All moments that have passed since the last round are told of, each with its own time: what to do with those that
    come late is for the listeners. Tasks that somebody else holds are left for the next round.
    """
    given: list[Told] = []
    ringing = Task.objects.filter(done_at__isnull=True, remind_at__lte=now).order_by("remind_at", "pk")
    while ringing.exists():
        with transaction.atomic():
            found = list(ringing.select_for_update(skip_locked=True)[:500])
            told = [
                Told(NEAR, task, task.due_at - lead, lead)
                for task in found
                for lead in LEADS
                if task.due_at and task.remind_at and task.remind_at <= task.due_at - lead <= now
            ]
            told += [
                Told(OPENED, task, task.since)
                for task in found
                if task.action in NOT_BEFORE and task.remind_at and task.remind_at <= task.since <= now
            ]
            for task in found:
                task.remind_at = _remind_at(task, after=now)
            Task.objects.bulk_update(found, ["remind_at"])
            _hear(told, now=now)
        given += told
        if len(found) < 500:
            break
    return given


def fire_due(*, now: datetime.datetime) -> list[Task]:
    """Do what the clock has made due, in order, each once: late or twice does no harm. Returns what fired.

    Whatever is not due yet, but an alarm of which has rung, is marked first (`warn_due`), and whoever must act is
    reminded (`remind_due`).
    What fails (anything but a refusal, which is an answer) is logged, left for the next run, and holds up nothing else.
    """
    warn_due(now=now)
    remind_due(now=now)
    for turn in ROUNDS:
        turn(now=now)
    fired: list[Task] = []
    failed: set[int] = set()
    while waiting := _due_now(now).exclude(pk__in=failed).order_by("due_at", "pk")[:100]:
        before = len(fired) + len(failed)
        for task in waiting:
            try:
                done = _fire(task, now=now)
            except Exception:
                logger.exception("the clock %s of %s could not fire", task.clock, task.root)
                failed.add(task.pk)
                continue
            if done is not None:
                fired.append(done)
        if len(fired) + len(failed) == before:
            break  # another worker has the rest in hand
    return fired


def _due_now(now: datetime.datetime) -> models.QuerySet[Task]:
    return Task.objects.filter(done_at__isnull=True, fired_at__isnull=True, due_at__lte=now)


def _fire(task: Task, *, now: datetime.datetime) -> Task | None:
    """Fire one task, unless another worker has it. An advisory lock, because a row lock on the task taken before the
    root's would be the wrong way round: whoever performs an Action locks the root first and then its tasks."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [FIRE_LOCK, task.pk % 2**31])
            if not cursor.fetchone()[0]:
                return None
        found = _due_now(now).filter(pk=task.pk).first()
        if found is None:
            return None
        fire = FIRES.get(found.clock)
        if fire is not None:
            with contextlib.suppress(Refused):
                fire(found, now=now)
        Task.objects.filter(pk=found.pk).update(fired_at=now)
        found.fired_at = now
        if found.action in LAPSES:
            Task.objects.filter(pk=found.pk).update(done_at=now)
        if found.role and Task.objects.filter(pk=found.pk, done_at__isnull=True).exists():
            _hear([Told(OVERDUE, found, now)], now=now)
        return found
