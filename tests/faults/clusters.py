"""On what does a fault program break things? On clusters of its own that write to the disk, with today's schema.

Migrating takes longer than most programs: one cluster is migrated, stopped, and copied by whoever wants one. Two copies
of one stopped cluster are a primary and its standby, once the second is told to follow the first.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests import schema
from yangcai.kernel import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent.parent
#: Beside the tests' own cluster.
KEPT = Path(os.environ.get("YANGCAI_TEST_CLUSTER") or ROOT / "var" / "postgres-test").parent
#: What applies the migrations, and does more.
COMMAND = ROOT / "yangcai" / "cli" / "commands" / "migrate.py"
STANDBY = "standby"
PATIENCE = 60
#: On a machine that does ten other things.
MIGRATION_SECONDS = 1200


@dataclass(frozen=True)
class Cluster:
    """One server in a folder of its own."""

    home: Path

    @property
    def data(self) -> Path:
        return embedded_postgres.status(self.home).home / "data"

    @property
    def address(self) -> str:
        return embedded_postgres.status(self.home).dsn

    @property
    def socket(self) -> str:
        """The folder of its socket."""
        return str(psycopg.conninfo.conninfo_to_dict(self.address)["host"])

    def start(self) -> None:
        embedded_postgres.start(self.home)

    def stop(self) -> None:
        embedded_postgres.stop(self.home)

    def superuser(self) -> psycopg.Connection:
        return psycopg.connect(
            host=self.socket, user=embedded_postgres.SUPERUSER, dbname=embedded_postgres.NAME, autocommit=True
        )

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """As the superuser, on a connection of its own."""
        with self.superuser() as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def set(self, **settings: str) -> None:
        """Settings that take effect at once."""
        for name, value in settings.items():
            self.ask(psycopg.sql.SQL("ALTER SYSTEM SET {} = {}").format(psycopg.sql.Identifier(name), value))
        self.ask("SELECT pg_reload_conf()")

    def kill(self) -> int:
        """SIGKILL to the server and all its children, as a power cut would end them; how many."""
        postmaster = embedded_postgres.status(self.home).pid
        assert postmaster is not None
        children = [int(p.name) for p in Path("/proc").glob("[0-9]*") if _parent(p) == postmaster]
        for pid in (postmaster, *children):
            with suppress(ProcessLookupError):  # a backend that ended by itself just now
                os.kill(pid, signal.SIGKILL)
        return 1 + len(children)


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0  # it has ended meanwhile


def wait_until(said: Any, *, seconds: float = PATIENCE) -> None:
    """Until this is true. Raises TimeoutError."""
    ends = time.monotonic() + seconds
    while not said():
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {seconds} s")
        threading.Event().wait(0.01)


# --- what is copied ---------------------------------------------------------------------------------------------------


def migrated() -> Cluster:
    """Made by whoever comes first, kept until a migration changes."""
    KEPT.mkdir(parents=True, exist_ok=True)
    made = Cluster(KEPT / f"postgres-faults-{schema.digest(COMMAND)}")
    with (KEPT / "postgres-faults.lock").open("a") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        ready = KEPT / "postgres-faults.ready"  # beside it: root may not write where a server of `nobody` keeps house
        if not ready.exists() or ready.read_text() != made.home.name:
            for older in KEPT.glob("postgres-faults-*"):
                embedded_postgres.stop(older)
                _remove(older)
            embedded_postgres.start(made.home, durable=False)  # its copies are
            try:
                command = [sys.executable, "-m", "yangcai", "migrate", "--quiet"]
                with folder() as home:
                    subprocess.run(
                        command,
                        cwd=ROOT,
                        env=environment(made.address, home),
                        check=True,
                        timeout=MIGRATION_SECONDS,
                        stdout=subprocess.DEVNULL,
                    )
                made.set(wal_keep_size="512MB")
                with (made.data / "pg_hba.conf").open("a") as access:
                    access.write("local replication all trust\n")
            finally:
                made.stop()
            ready.write_text(made.home.name)
    return made


def _remove(home: Path) -> None:
    """A link to elsewhere goes with what it leads to."""
    shutil.rmtree(home.resolve(), ignore_errors=True)
    if home.is_symlink():
        home.unlink()


def environment(address: str, home: Path) -> dict[str, str]:
    """Of a process of the site on that database: a sandbox, so that a test can stand the database's clock."""
    unwanted = {"YANGCAI_DEBUG", "YANGCAI_TEST_CLUSTER"}
    return {name: value for name, value in os.environ.items() if name not in unwanted} | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "yangcai.settings",
        "PYTHONPATH": str(ROOT),
        "YANGCAI_HOME": str(home),
        "YANGCAI_SANDBOX": "1",
    }


def _copied(home: Path) -> Cluster:
    home.mkdir(mode=0o700)
    subprocess.run(["cp", "-a", migrated().data, home / "data"], check=True)
    own(home, as_=home / "data")
    return Cluster(home)


def own(path: Path, *, as_: Path) -> None:
    """It belongs to whom this belongs: root's server runs as somebody else."""
    owner = as_.stat()
    os.chown(path, owner.st_uid, owner.st_gid)


# --- what is lent -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that the owner of a cluster can enter, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="yangcai-faults-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextlib.contextmanager
def alone() -> Iterator[Cluster]:
    """One cluster, running."""
    with folder() as where:
        made = _copied(where / "alone")
        try:
            made.start()
            yield made
        finally:
            made.stop()


@dataclass(frozen=True)
class Pair:
    """A primary and the standby that follows it."""

    primary: Cluster
    standby: Cluster

    @property
    def address(self) -> str:
        """Of whichever takes writes."""
        hosts = f"{self.primary.socket},{self.standby.socket}"
        return f"postgresql://{embedded_postgres.NAME}@/{embedded_postgres.NAME}?host={hosts}&target_session_attrs=read-write"

    def is_synchronous(self) -> bool:
        found = self.primary.ask("SELECT sync_state FROM pg_stat_replication WHERE application_name = %s", STANDBY)
        return found == [("sync",)]

    def wait_for_standby(self) -> None:
        self.primary.set(synchronous_standby_names=STANDBY)
        wait_until(self.is_synchronous)

    def forget_standby(self) -> None:
        """The negative control: a commit is confirmed when it stands on one machine."""
        self.primary.set(synchronous_standby_names="")

    @contextlib.contextmanager
    def stalled(self) -> Iterator[None]:
        """The standby takes nothing in while this lasts: whoever receives for it is stopped by SIGSTOP."""
        ((receiver,),) = self.standby.ask("SELECT pid FROM pg_stat_wal_receiver")
        os.kill(receiver, signal.SIGSTOP)
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(receiver, signal.SIGCONT)

    def waiting(self) -> list[int]:
        """The backends whose commit waits for the standby."""
        found = self.primary.ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' ORDER BY pid")
        return [pid for (pid,) in found]

    def promote(self) -> None:
        """The standby takes over."""
        self.standby.ask("SELECT pg_promote(true, %s)", PATIENCE)


@contextlib.contextmanager
def pair() -> Iterator[Pair]:
    """Two clusters, streaming; commits wait for the second."""
    with folder() as where:
        made = Pair(_copied(where / "primary"), _copied(where / "standby"))
        follows = f"host={made.primary.socket} user={embedded_postgres.SUPERUSER} application_name={STANDBY}"
        with (made.standby.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"primary_conninfo = '{follows}'\nwal_retrieve_retry_interval = '200ms'\n")
        signal_file = made.standby.data / "standby.signal"
        signal_file.touch()
        own(signal_file, as_=made.standby.data)
        try:
            made.primary.start()
            made.standby.start()
            made.wait_for_standby()
            yield made
        finally:
            made.standby.stop()
            made.primary.stop()
