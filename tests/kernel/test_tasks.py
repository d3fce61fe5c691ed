"""Do tasks follow the state, and does the clock act once, in order, whatever else happens?"""

import datetime
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tests import factories
from tests.factories import NOW, at
from tests.kernel.probe import probe
from yangcai.kernel import tasks
from yangcai.kernel.actions import perform
from yangcai.kernel.models import Entry, Task
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.kernel.tasks import Due
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
DUE = at("2026-03-10T00:00")


@pytest.fixture
def officer() -> Post:
    return factories.make_post(Role.BUYER_OFFICER, factories.make_organisation(address="", contact=""))


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something is due on an organisation as long as its contact is missing; its address is the day."""

    def contact_due(organisation: Organisation, *, now: datetime.datetime) -> Iterator[Due]:
        if not organisation.contact:
            due_at = at(organisation.address) if organisation.address else DUE
            yield Due("probe.change", organisation.ref, Role.BUYER_OFFICER, NOW, clock="CX", due_at=due_at)

    monkeypatch.setitem(tasks.PROVIDERS, Organisation, [(contact_due, ())])
    monkeypatch.setattr(tasks, "FIRES", {})
    monkeypatch.setattr(tasks, "ALARMS", [50, 80, 100])


def make(count: int = 1) -> list[Organisation]:
    made = [factories.make_organisation(address="", contact="") for _ in range(count)]
    for organisation in made:
        tasks.refresh(organisation, now=NOW)
    return made


def test_a_round_of_the_clock_in_which_nothing_is_due_asks_four_questions(django_assert_num_queries: Any) -> None:
    """Who must be warned, who reminded, which papers expire, what is due; no transaction for any of them."""
    make(3)
    with django_assert_num_queries(4):
        assert tasks.fire_due(now=NOW) == []


def test_a_task_opens_with_its_ground_closes_with_the_deed_and_opens_again(officer: Post) -> None:
    organisation = officer.organisation
    tasks.refresh(organisation, now=NOW)
    tasks.refresh(organisation, now=NOW)
    task = Task.objects.get()
    assert (task.due_at, task.title, task.done_at) == (DUE, organisation.name, None)
    perform(probe(), organisation, by=officer, now=at("2026-03-03T09:00"), contact="电话")
    task.refresh_from_db()
    assert task.done_at == at("2026-03-03T09:00")
    Organisation.objects.filter(pk=organisation.pk).update(contact="")
    tasks.refresh(Organisation.objects.get(pk=organisation.pk), now=at("2026-03-04T09:00"))
    assert Task.objects.get().done_at is None


def test_what_cannot_be_done_yet_is_told_of_when_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits on no desk before, so nobody was told when it was found out; afterwards once, and not again."""
    opens, second = NOW + datetime.timedelta(days=3), datetime.timedelta(seconds=1)

    def later(organisation: Organisation, *, now: datetime.datetime) -> Iterator[Due]:
        yield Due("probe.change", organisation.ref, Role.BUYER_OFFICER, opens, organisation_id=organisation.pk)

    heard: list[tuple[str, datetime.datetime]] = []
    monkeypatch.setitem(tasks.PROVIDERS, Organisation, [(later, ())])
    monkeypatch.setattr(tasks, "NOT_BEFORE", {"probe.change"})
    monkeypatch.setattr(tasks, "LISTENERS", [lambda told, **_of: heard.extend((one.what, one.at) for one in told)])
    make()
    tasks.fire_due(now=opens - second)
    assert heard == []
    for _round in range(2):
        tasks.fire_due(now=opens + second)
    assert heard == [(tasks.OPENED, opens)]


def test_a_moved_deadline_moves_the_task_and_lets_it_fire_again(officer: Post) -> None:
    [organisation] = make()
    assert len(tasks.fire_due(now=DUE)) == 1
    tasks.refresh(organisation, now=DUE)
    assert Task.objects.get().fired_at == DUE
    Organisation.objects.filter(pk=organisation.pk).update(address="2026-03-20T00:00")
    tasks.refresh(Organisation.objects.get(pk=organisation.pk), now=DUE)
    task = Task.objects.get()
    assert (task.due_at, task.fired_at) == (at("2026-03-20T00:00"), None)
    assert len(tasks.fire_due(now=at("2026-03-20T00:00"))) == 1


def test_a_mover_has_the_last_word_on_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    later = at("2026-03-31T00:00")
    monkeypatch.setitem(tasks.MOVERS, Organisation, lambda root, due, *, now: replace(due, due_at=later))
    make()
    assert Task.objects.get().due_at == later


def test_nothing_fires_early_and_everything_once_in_order() -> None:
    first, second = make(2)
    Organisation.objects.filter(pk=first.pk).update(address="2026-03-12T00:00")
    tasks.refresh(Organisation.objects.get(pk=first.pk), now=NOW)
    assert tasks.next_due_at(after=NOW) == DUE
    assert tasks.fire_due(now=DUE - datetime.timedelta(seconds=1)) == []
    assert [t.root for t in tasks.fire_due(now=at("2026-03-15T00:00"))] == [second.ref, first.ref]
    assert tasks.fire_due(now=at("2026-03-15T00:00")) == []
    assert tasks.next_due_at(after=NOW) is None


def test_each_alarm_rings_once_on_the_way_and_the_end_marks_it_overdue() -> None:
    make()
    half, most = NOW + (DUE - NOW) / 2, NOW + (DUE - NOW) * 4 / 5
    second = datetime.timedelta(seconds=1)

    def rung(now: datetime.datetime) -> tuple[list[int], int, datetime.datetime | None]:
        found = [task.warned_share for task in tasks.warn_due(now=now)]
        task = Task.objects.get()
        return found, task.warned_share, task.warned_at

    assert rung(half - second) == ([], 0, None)
    assert rung(half) == ([50], 50, half)
    assert rung(half + second) == ([], 50, half)
    assert rung(most) == ([80], 80, most)
    assert rung(DUE + second) == ([], 80, most)
    assert [task.warned_share for task in tasks.fire_due(now=DUE)] == [80]
    assert tasks.fire_due(now=DUE) == []
    assert Task.objects.get().fired_at == DUE


def test_who_comes_late_is_warned_of_the_last_alarm_alone_and_a_moved_deadline_warns_anew() -> None:
    [organisation] = make()
    late = DUE - datetime.timedelta(hours=1)
    assert [task.warned_share for task in tasks.warn_due(now=late)] == [80]
    assert tasks.warn_due(now=late) == []
    Organisation.objects.filter(pk=organisation.pk).update(address="2026-04-20T00:00")
    tasks.refresh(Organisation.objects.get(pk=organisation.pk), now=late)
    task = Task.objects.get()
    assert (task.warned_share, task.warned_at) == (0, None)
    assert task.warn_at == NOW + (at("2026-04-20T00:00") - NOW) / 2
    assert tasks.warn_due(now=late) == []
    assert [task.warned_share for task in tasks.warn_due(now=task.warn_at)] == [50]


def test_the_loop_warns_of_what_is_not_due_yet() -> None:
    make()
    assert tasks.fire_due(now=NOW + (DUE - NOW) * 9 / 10) == []
    assert Task.objects.get().warned_share == 80
    Task.objects.update(done_at=NOW, warn_at=NOW)
    assert tasks.warn_due(now=DUE) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_warn_of_each_task_once() -> None:
    make(12)
    warned: list[str] = []
    _together(lambda: warned.extend(task.root for task in tasks.warn_due(now=DUE - datetime.timedelta(1))), threads=3)
    assert len(warned) == len(set(warned))
    tasks.warn_due(now=DUE - datetime.timedelta(1))
    assert not Task.objects.exclude(warned_share=80).exists()


def test_what_the_clock_does_is_an_action_like_any_other(officer: Post) -> None:
    organisation = officer.organisation
    tasks.refresh(organisation, now=NOW)
    tasks.FIRES["CX"] = lambda task, *, now: perform(probe(), organisation, by=officer, now=now, contact="视同")
    assert len(tasks.fire_due(now=DUE)) == 1
    task = Task.objects.get()
    assert (task.done_at, task.fired_at) == (DUE, DUE)
    assert Entry.objects.get().action == "probe.change"


def test_a_refusal_is_an_answer_and_a_fault_holds_up_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    broken, refused, well = make(3)
    calls: list[str] = []

    def fire(task: Task, *, now: datetime.datetime) -> None:
        calls.append(task.root)
        if task.root == broken.ref:
            Organisation.objects.filter(pk=broken.pk).update(address="half done")
            raise RuntimeError("the machine fell over")
        if task.root == refused.ref:
            raise Refused([Refusal("no", "否", "No")])

    tasks.FIRES["CX"] = fire
    fired = tasks.fire_due(now=DUE)
    assert {t.root for t in fired} == {refused.ref, well.ref}
    assert "could not fire" in caplog.text
    assert Organisation.objects.get(pk=broken.pk).address == ""
    assert tasks.fire_due(now=DUE) == []
    assert calls.count(broken.ref) == 2 and calls.count(well.ref) == 1
    tasks.FIRES.clear()
    assert [t.root for t in tasks.fire_due(now=DUE)] == [broken.ref]


@pytest.mark.django_db(transaction=True)
def test_two_workers_fire_each_task_once() -> None:
    make(12)
    fired: list[str] = []
    tasks.FIRES["CX"] = lambda task, *, now: (time.sleep(0.02), fired.append(task.root))
    _together(lambda: tasks.fire_due(now=DUE), threads=3)
    assert len(fired) == len(set(fired)) == 12
    assert not Task.objects.filter(fired_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_and_a_person_on_the_same_root_do_not_deadlock(officer: Post) -> None:
    """Both want the root and its task: whoever performs locks the root first, so must the clock."""
    organisation = officer.organisation
    tasks.refresh(organisation, now=NOW)
    inside = threading.Event()
    held = threading.Event()

    def fire(task: Task, *, now: datetime.datetime) -> None:
        inside.set()
        held.wait(5)
        perform(probe(), organisation, by=officer, now=now, contact="时钟")

    tasks.FIRES["CX"] = fire
    errors: list[BaseException] = []

    def person() -> None:
        try:
            inside.wait(5)
            with transaction.atomic():
                perform(probe(), organisation, by=officer, now=NOW, contact="本人")
                held.set()
                time.sleep(0.3)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=person)
    thread.start()
    fired = tasks.fire_due(now=DUE)
    thread.join()
    assert errors == [] and len(fired) == 1
    assert Organisation.objects.get(pk=organisation.pk).contact == "时钟"


def _together(work: Any, *, threads: int) -> None:
    start = threading.Barrier(threads)

    def run() -> None:
        start.wait()
        work()
        connection.close()

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
