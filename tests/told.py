"""How does a test come to a beginning that others had before it? Its rows are copied back, not made once more."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from yangcai.kernel import documents
from yangcai.kernel.models import Document

T = TypeVar("T")

#: The role of the tests' own cluster that may look past triggers. Nobody has it outside of a copy: tests attack them.
COPIER = "yangcai_test_copier"


@dataclass(frozen=True)
class Told:
    """What a teller gave back, the rows of every table that had any, and the stored files: each is named after what is
    in it."""

    found: Any
    rows: dict[str, bytes]
    files: list[Path]

    def is_whole(self) -> bool:
        """No test has damaged a file since: rows come back with the test's transaction, files do not."""
        return all(path.exists() and sha256(path.read_bytes()).hexdigest() == path.name for path in self.files)


#: What was told in this process.
_TOLD: dict[Any, Told] = {}
#: As long as these are empty nothing has happened yet.
_FIRST = ("kernel_entry", "parties_organisation", "parties_person")


def told(how: Any, begin: Callable[[], T], *, onwards: bool = False) -> T:
    """What `begin` gives, which makes the same rows whenever it is called on an empty database. `how`: what it depends
    on; equal answers, equal beginnings. Sequences have gone on since: later rows have other numbers. `onwards`: the
    database is not empty, but `how` tells all that is in it."""
    how = how, _settings()
    if not _may_copy() or not (onwards or is_untouched()):
        return begin()
    if how not in _TOLD or not _TOLD[how].is_whole():
        found = begin()
        _TOLD[how] = Told(deepcopy(found), _rows(), _files())
        return found
    _bring_back(_TOLD[how].rows)
    return deepcopy(_TOLD[how].found)


def is_untouched() -> bool:
    """Whether this database knows of nobody and nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " AND ".join(f"NOT EXISTS (SELECT FROM {table})" for table in _FIRST))
        return bool(cursor.fetchone()[0])


def written() -> tuple[int, int]:
    """How many rows this transaction has written so far, and how many people there have been: the same numbers later
    say that nothing happened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables), last_value"
            " FROM parties_person_id_seq"
        )
        found = cursor.fetchone()
        return int(found[0] or 0), int(found[1])


def _settings() -> str:
    """What the test at hand has changed in the settings, and where the platform keeps its keys and files."""
    overridden = vars(settings._wrapped) if "default_settings" in vars(settings._wrapped) else {}
    names = {name for name in (*dir(settings), *overridden) if name.startswith("YANGCAI_") or name in overridden}
    return repr([(name, getattr(settings, name, None)) for name in sorted(names) if name.isupper()])


def _may_copy() -> bool:
    """What is committed is not copied, and rows are brought back past every trigger, which only COPIER may."""
    return connection.in_atomic_block and _has_copier()


@cache
def _has_copier() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [COPIER])
        return cursor.fetchone() is not None


def _files() -> list[Path]:
    return [documents.path_of(digest) for digest in Document.objects.values_list("pk", flat=True)]


def _full() -> list[str]:
    """The tables that have rows, quoted."""
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if not table.startswith("django_")]
        quoted = [connection.ops.quote_name(table) for table in tables]
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in quoted))
        return [name for (name,) in cursor.fetchall()]


def _rows() -> dict[str, bytes]:
    with connection.cursor() as cursor:
        kept = {}
        for name in _full():
            with cursor.copy(f"COPY {name} TO STDOUT") as out:
                kept[name] = b"".join(bytes(part) for part in out)
        return kept


def _bring_back(rows: dict[str, bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {COPIER}; SET LOCAL session_replication_role = replica; SET LOCAL ROLE NONE")
        for name in _full():
            cursor.execute(f"DELETE FROM {name}")
        for name, content in rows.items():
            with cursor.copy(f"COPY {name} FROM STDIN") as into:
                into.write(content)
        cursor.execute(f"SET LOCAL ROLE {COPIER}; SET LOCAL session_replication_role = origin; SET LOCAL ROLE NONE")
