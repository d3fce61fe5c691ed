"""How does the district become again what it was on its first morning, while it is being served?

The database that is prepared is copied beside the served one, which takes seconds; then the two change names, which
takes an instant. Whoever was connected is sent away and comes back to the new one. It works on a demo alone: on a
cluster of its own that holds what `yangcai demo` prepared, named by no DATABASE_URL.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from yangcai.demo import prepared

#: So long a round of the public log is waited for: none may be under way while its files go.
PATIENCE = "5s"


class CannotReset(Exception):
    """Why not, for a person. Callers show .zh or .en."""

    def __init__(self, *, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def obstacle(home: Path) -> CannotReset | None:
    """What stands in the way of a reset; None where it can be done."""
    if not settings.YANGCAI_SANDBOX or os.environ.get("DATABASE_URL"):
        return CannotReset(zh="只有演示区可以重置", en="only a demo can be reset")
    try:
        is_ready = prepared.is_ready(home)
    except (OSError, psycopg.OperationalError):
        return CannotReset(zh="只有演示区可以重置", en="only a demo can be reset")
    if not is_ready:
        return CannotReset(
            zh="全区全年数据还在准备，备好后才能重置", en="the year is still being prepared; reset when it is ready"
        )
    return None


def begin(home: Path) -> None:
    """Everything that anybody did is gone, the clock stands on the first morning. Raises CannotReset."""
    if (why := obstacle(home)) is not None:
        raise why
    with _alone(home):
        prepared.copy(home, source=prepared.name(), target=prepared.NEXT)
        connections.close_all()
        with prepared.administering(home) as server:
            with contextlib.ExitStack() as stack:
                _take_the_log(stack, home)
                _let_in(server, prepared.SERVED, False)
                _forget_the_log(server, home)
            _change_places(server)
        prepared.drop(home, prepared.GONE)


def finish(home: Path) -> None:
    """Bring to its end what a reset that was cut short left behind; nothing where there is none."""
    with prepared.administering(home) as server:
        rows = server.execute("SELECT datname, datallowconn FROM pg_database")
        open_to_all: dict[str, bool] = {str(name): bool(is_open) for name, is_open in rows}
        if prepared.SERVED not in open_to_all and prepared.NEXT in open_to_all:
            _rename(server, prepared.NEXT, prepared.SERVED)
        elif not open_to_all.get(prepared.SERVED, True):
            _let_in(server, prepared.SERVED, True)
    for left in {prepared.NEXT, prepared.GONE} & prepared.databases(home):
        prepared.drop(home, left)


def _take_the_log(stack: contextlib.ExitStack, home: Path) -> None:
    """As its one writer, so that no round writes files of the old log beside those of the new one."""
    from yangcai.kernel import sequencer  # models, which a command has only once the site is loaded

    served = stack.enter_context(psycopg.connect(prepared.address(home, prepared.SERVED), autocommit=True))
    try:
        served.execute(sql.SQL("SET lock_timeout = {}").format(PATIENCE))
        served.execute("SELECT pg_advisory_lock(%s)", [sequencer.LOCK])
    except psycopg.errors.LockNotAvailable as error:
        raise CannotReset(zh="公开日志正忙，请稍后再试", en="the public log is busy; try again") from error


def _forget_the_log(server: psycopg.Connection, home: Path) -> None:
    """Where that fails the district goes on as it is, open to everybody."""
    try:
        prepared.forget_log(home)
    except OSError as error:
        _let_in(server, prepared.SERVED, True)
        raise CannotReset(
            zh=f"公开日志的文件不能删除：{error}", en=f"the files of the public log cannot be removed: {error}"
        ) from error


def _change_places(server: psycopg.Connection) -> None:
    """The next one is the served one. Nobody can come in meanwhile; who is in is sent away."""
    try:
        prepared.free(server, prepared.SERVED)
        _rename(server, prepared.SERVED, prepared.GONE)
    except psycopg.Error:
        _let_in(server, prepared.SERVED, True)
        raise
    _rename(server, prepared.NEXT, prepared.SERVED)


def _let_in(server: psycopg.Connection, name: str, whether: bool) -> None:
    order = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    server.execute(order.format(sql.Identifier(name), sql.Literal(whether)))


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Of two who reset at once the second does it again after the first."""
    with (home / "reset.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
