"""How is the platform asked at several sizes in the same minute? Each size stays as a database of its own, beside those
of the others, so that a change of the machine's load meets all alike."""

from types import TracebackType

import psycopg
from django.db import connection
from psycopg import sql


class Sizes:
    """Copies of the database on its way up; `use` says which of them is asked. All are gone at the end."""

    def __init__(self) -> None:
        self.name = connection.settings_dict["NAME"]
        self.copies: dict[int, str] = {}
        self.open: dict[int, psycopg.Connection] = {}

    def __enter__(self) -> "Sizes":
        return self

    def keep(self, size: int, *, as_copy: bool = True) -> None:
        """The database as it is now has this size: a copy of it is kept, or itself where it grows no more."""
        connection.close()  # nobody may be connected to what is copied: not this, nor what a run before it left behind
        self.copies[size] = f"{self.name}_{size}" if as_copy else self.name
        if not as_copy:
            return
        self._leave_alone()
        self._outside("DROP DATABASE IF EXISTS {}", self.copies[size])
        self._outside("CREATE DATABASE {} TEMPLATE {}", self.copies[size], self.name)

    def use(self, size: int) -> None:
        """From now on Django asks the database of this size; its connection stays open."""
        if size not in self.open:
            connection.connection = None  # the one before stays with its size
            connection.settings_dict["NAME"] = self.copies[size]
            connection.connect()
            self.open[size] = connection.connection
        connection.connection = self.open[size]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        connection.close()
        connection.settings_dict["NAME"] = self.name
        for opened in self.open.values():
            opened.close()
        for name in set(self.copies.values()) - {self.name}:
            self._outside("DROP DATABASE IF EXISTS {}", name)

    def _leave_alone(self) -> None:
        with _as_outsider() as outside:
            outside.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = %s AND backend_type = 'client backend'",
                [self.name],
            )

    @staticmethod
    def _outside(statement: str, *names: str) -> None:
        with _as_outsider() as outside:
            outside.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _as_outsider() -> psycopg.Connection:
    """A connection beside the database that is copied; to be closed."""
    return psycopg.connect(**{**connection.get_connection_params(), "dbname": "postgres"}, autocommit=True)
