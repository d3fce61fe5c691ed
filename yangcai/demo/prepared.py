"""Where does the demo's district with its whole year come from within seconds? From a database prepared once beside it.

It is walked by the same Actions as everything, in a process of its own with a low priority, while the first pages are
served already; from then on each new beginning is a copy of it. Another program or schema prepares it anew.
"""

import contextlib
import fcntl
import functools
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from yangcai.kernel import embedded_postgres

#: The database that is served, and the one in which the year is being made.
SERVED, MAKING = embedded_postgres.NAME, "making"
#: The one that takes the place of the served one next, and the one whose place was taken (demo/anew.py).
NEXT, GONE = "next", "gone"
PROGRESS = "year.progress"
#: What the district is made of: where any of these changes, it is another one.
PARTS = ("*/migrations/*.py", "**/*.sql", "replay/**/*.py", "law/**/*.yaml", "procedures/**/*.py")


@functools.cache
def name() -> str:
    """The prepared database of this very program, as it was when it was first asked for."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted({path for pattern in PARTS for path in root.glob(pattern)}):
        digest.update(path.read_bytes())
    return f"prepared_{digest.hexdigest()[:16]}"


def administering(home: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(address(home, "postgres"), autocommit=True)


def address(home: Path, database: str) -> str:
    """The address of one database of the demo's cluster."""
    return psycopg.conninfo.make_conninfo(embedded_postgres.status(home / "postgres").dsn, dbname=database)


def url(home: Path, database: str) -> str:
    """Likewise, as DATABASE_URL wants it."""
    dsn = embedded_postgres.status(home / "postgres").dsn
    before, _slash, rest = dsn.rpartition(f"/{SERVED}")
    return f"{before}/{database}{rest}"


def databases(home: Path) -> set[str]:
    """Those of the cluster, which runs."""
    with administering(home) as server:
        return {name for (name,) in server.execute("SELECT datname FROM pg_database")}


def is_ready(home: Path) -> bool:
    return name() in databases(home)


def copy(home: Path, *, source: str, target: str) -> None:
    """A database as another one is; whoever is connected to either is sent away."""
    with administering(home) as server:
        free(server, source)
        drop(home, target)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source)))


def make_empty(home: Path, database: str) -> None:
    """A database without anything, whatever was there."""
    drop(home, database)
    with administering(home) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def drop(home: Path, database: str) -> None:
    with administering(home) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def free(server: psycopg.Connection[Any], database: str) -> None:
    server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


def keep(home: Path) -> None:
    """What was made is complete: it is the prepared one from now on, and those of other programs go."""
    for old in databases(home):
        if old.startswith("prepared_"):
            drop(home, old)
    with administering(home) as server:
        free(server, MAKING)
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(MAKING), sql.Identifier(name())))
    (home / PROGRESS).unlink(missing_ok=True)


def forget_log(home: Path) -> None:
    """A log that is begun anew is another log: its files go, and its key with the memory of what that signed."""
    from django.conf import settings

    from yangcai.kernel import log_keys

    if settings.YANGCAI_LOG.is_relative_to(home):
        shutil.rmtree(settings.YANGCAI_LOG, ignore_errors=True)
    if log_keys.folder().is_relative_to(home):
        for role in (log_keys.LOG, log_keys.SM2):
            for old in log_keys.folder().glob(f"{role}.*"):
                old.unlink()


def tell_progress(home: Path, *, done: int, total: int) -> None:
    """For the pages that are served meanwhile."""
    beside = home / f"{PROGRESS}.new"
    beside.write_text(json.dumps({"done": done, "total": total}))
    beside.replace(home / PROGRESS)


@contextlib.contextmanager
def alone(home: Path) -> Iterator[bool]:
    """Whether nobody else is making the year here; nobody begins to, as long as the block runs."""
    with (home / f"{PROGRESS}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
