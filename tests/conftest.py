"""What does every test find? A clock that stands, and a database that is started when the first test wants one."""

import datetime
import fcntl
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from tests import derived, length, schema
from tests.law.methods import METHODS
from tests.settings import CLUSTER, OWN_CLUSTER
from tests.told import COPIER
from yangcai import procedures
from yangcai.cli import console
from yangcai.kernel import embedded_postgres

# No deadline: on a busy machine it would measure the others. What must be fast is counted, or has a benchmark.
hypothesis.settings.register_profile("yangcai", deadline=None)
hypothesis.settings.load_profile("yangcai")

OF_DJANGO = {"django_content_type", "auth_permission"}
IN_USE = pytest.StashKey[Any]()


def pytest_configure(config: pytest.Config) -> None:
    """Say that the tests' cluster is in use: several test runs share it. (Workers of a run are part of that run.)"""
    if OWN_CLUSTER and not hasattr(config, "workerinput"):
        CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        in_use = (CLUSTER.parent / "postgres-test.in-use").open("a")
        fcntl.flock(in_use, fcntl.LOCK_SH)
        config.stash[IN_USE] = in_use


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last run stops the cluster."""
    in_use = config.stash.get(IN_USE, None)
    if in_use is None:
        return
    with in_use:
        try:
            fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another run goes on
        if embedded_postgres.status(CLUSTER).running:
            _drop_leftovers()
            embedded_postgres.stop(CLUSTER)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, in whatever order the others come: at the end of a run no worker waits for another."""
    length.cut(items)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if item.get_closest_marker("long") is not None and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(1200))  # a busy machine is no failure


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector need not look at it again, nor look as often as it would in
    a program that must stay small. A tenth of all processor time went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    """Run the tests' cluster; of several workers one starts it and all wait for it."""
    if OWN_CLUSTER:
        embedded_postgres.start(CLUSTER, durable=False)
        _make_copier()
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = _migrated_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A browser holds its connections open, and with each a thread of the live server its own to the database, which
    can then not be dropped: whoever is still there at the end is sent away."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


def _make_copier() -> None:
    """The role of tests/told.py; its rights are lent to the programme's own only where that asks for them."""
    owner = {"user": embedded_postgres.SUPERUSER, "dbname": "postgres"}
    with psycopg.connect(embedded_postgres.status(CLUSTER).dsn, autocommit=True, **owner) as server:
        if server.info.server_version < 160000:
            return  # a right that one has is in force there always
        server.execute("SELECT pg_advisory_lock(1)")  # several workers begin at once
        if server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [COPIER]).fetchone() is None:
            server.execute(f"CREATE ROLE {COPIER}")
            server.execute(f"GRANT SET ON PARAMETER session_replication_role TO {COPIER}")
            server.execute(f"GRANT {COPIER} TO {embedded_postgres.NAME} WITH INHERIT FALSE")


def _migrated_template() -> str:
    """A database to which all migrations were applied: made by the first worker, copied by all, kept until a migration
    changes. (Migrating takes longer than most test files.)"""
    name = f"template_{schema.digest()}"
    with (CLUSTER.parent / "postgres-test.template").open("a") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        known = _databases("template")
        if name not in known:
            creation, test = connection.creation, connection.settings_dict["TEST"]
            ordinary = connection.settings_dict["NAME"], test["NAME"]
            test["NAME"] = f"test_{name}"  # until it is complete, a leftover like others
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            connection.settings_dict["NAME"], test["NAME"] = ordinary
            settings.DATABASES["default"]["NAME"] = ordinary[0]
            with psycopg.connect(embedded_postgres.status(CLUSTER).dsn, autocommit=True) as server:
                server.execute(f'ALTER DATABASE "test_{name}" RENAME TO "{name}"')
            _drop(known)
    return name


def _drop_leftovers() -> None:
    """The test databases of runs that were killed."""
    _drop(_databases("test"))


def _databases(kind: str) -> set[str]:
    with psycopg.connect(embedded_postgres.status(CLUSTER).dsn, autocommit=True) as server:
        found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{kind}_"])
        return {name for (name,) in found}


def _drop(names: set[str]) -> None:
    with psycopg.connect(embedded_postgres.status(CLUSTER).dsn, autocommit=True) as server:
        for name in names:
            server.execute(psycopg.sql.SQL("DROP DATABASE {}").format(psycopg.sql.Identifier(name)))


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_what_is_append_only() -> Iterator[None]:
    """After a test with real transactions its database is emptied; the triggers that forbid it look away. Only tables
    that have rows are touched: to truncate all of them takes over half a second. What Django itself writes after a
    migration stays, and need not be written again."""
    patch = pytest.MonkeyPatch()
    patch.setattr("django.core.management.commands.flush.emit_post_migrate_signal", lambda *_, **__: None)

    def flush(operations: DatabaseOperations, style: Any, tables: list[str], **_: Any) -> list[str]:
        quoted = [operations.quote_name(table) for table in tables if table not in OF_DJANGO]
        with operations.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in quoted))
            full = [row[0] for row in cursor.fetchall()]
        return [
            *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in full),
            *(f"DELETE FROM {name}" for name in full),
            "SET CONSTRAINTS ALL IMMEDIATE",  # foreign keys speak now: afterwards a table may be altered again
            *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in full),
        ]

    patch.setattr(DatabaseOperations, "sql_flush", flush)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _files_may_be_lost_with_the_power() -> Iterator[None]:
    """As the cluster may: to wait for the disk takes some milliseconds for each stored file. (The programs of the fault
    campaign are processes of their own, and wait.)"""
    patch = pytest.MonkeyPatch()
    patch.setattr(os, "fsync", lambda _file: None)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _whoever_is_not_asked_has_nothing_to_say() -> Iterator[None]:
    """At night, in every test (decision 35); in `make test` tests/tendering/test_having.py looks."""
    with derived.nothing_lost() if length.NIGHTLY else nullcontext():
        yield


@pytest.fixture(autouse=True)
def _every_test_begins_in_chinese() -> None:
    """A page asked for in English leaves its language behind in the thread, and a command in the process."""
    translation.activate("zh-hans")
    console.choose_language("zh")


@pytest.fixture(autouse=True)
def _no_test_comes_in_the_rush_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A door that wrote Entries a moment ago leaves the next ones to whoever comes later."""
    if views := sys.modules.get("yangcai.api.sbp.views"):
        monkeypatch.setattr(views, "notes", type(views.notes)())


@pytest.fixture
def now() -> datetime.datetime:
    """Monday, 2 March 2026, 09:00 in Lanzhou: an ordinary working day."""
    return datetime.datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def every_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """Methods that the platform may not know yet: the choice of a method is tested with every one of the law."""
    for code, method in METHODS.items():
        if code not in procedures.PROCEDURES:
            monkeypatch.setitem(procedures.PROCEDURES, code, method)
