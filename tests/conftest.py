"""What does every test find? A clock that stands, and a database that is started when the first test wants one."""

import datetime
import fcntl
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from tests.settings import CLUSTER, OWN_CLUSTER
from yangcai.kernel import embedded_postgres


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Run the tests' cluster; several test runs share it, and the last one stops it."""
    if not OWN_CLUSTER:
        yield
        return
    CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    with (CLUSTER.parent / "postgres-test.in-use").open("a") as in_use:
        fcntl.flock(in_use, fcntl.LOCK_SH)
        embedded_postgres.start(CLUSTER, durable=False)
        yield
        try:
            fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another run goes on
        _drop_leftovers()
        embedded_postgres.stop(CLUSTER)


def _drop_leftovers() -> None:
    """The test databases of runs that were killed."""
    with psycopg.connect(embedded_postgres.status(CLUSTER).dsn, autocommit=True) as connection:
        found = connection.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'test\_%'").fetchall()
        for (name,) in found:
            connection.execute(psycopg.sql.SQL("DROP DATABASE {}").format(psycopg.sql.Identifier(name)))


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_what_is_append_only() -> Iterator[None]:
    """After a test with real transactions its database is emptied; the triggers that forbid TRUNCATE look away."""
    patch = pytest.MonkeyPatch()
    ordinary = DatabaseOperations.execute_sql_flush

    def flush(operations: DatabaseOperations, statements: list[str]) -> None:
        with operations.connection.cursor() as cursor:
            cursor.execute(
                "SELECT format('ALTER TABLE %s %%s TRIGGER %I', tgrelid::regclass, tgname) FROM pg_trigger"
                " WHERE NOT tgisinternal AND tgtype & 32 <> 0"  # bit 5: TRUNCATE
            )
            switches = [row[0] for row in cursor.fetchall()]
        off, on = ([switch.replace("%s", word) for switch in switches] for word in ("DISABLE", "ENABLE"))
        ordinary(operations, [*off, *statements, *on])

    patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _every_test_begins_in_chinese() -> None:
    """A page asked for in English leaves its language behind in the thread."""
    translation.activate("zh-hans")


@pytest.fixture
def now() -> datetime.datetime:
    """Monday, 2 March 2026, 09:00 in Lanzhou: an ordinary working day."""
    return datetime.datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
