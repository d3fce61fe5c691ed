"""How do ten cases become a hundred thousand? Every row of theirs is copied by SQL, under new keys.

The ten were made by real Actions (`replay.district`): every stage from the first draft to the last payment is among
them. A copy has its own budget lines, plans, cases, lots, periods, bids, contracts, funds, transfers, tasks, notices,
Entries; its times lie one second before those of the copy before it, so that nothing ties. Only its notices lie
anywhere in the year before, as those of a year do: ten thousand that answer a search would else lie behind one another.
The first copies belong to the same buyers, agents, suppliers and experts, so that the pages of whoever is measured fill
up; then these are copied SETS times and their copies take turns: whoever is measured keeps as many cases, what grows
lies beside. The finance bureau is one and has them all. Nine of ten copies are still running: more than in life.

Triggers and foreign keys look away meanwhile (session_replication_role, for which one must be superuser) and indexes
are built afterwards, which checks every unique constraint. The second witness of the ledger has the last word. Of the
log the hashes are copied and no longer form a chain: no page reads them.
"""

from collections.abc import Iterable
from typing import Any

import psycopg
from django.apps import apps
from django.db import models
from psycopg import sql

from benchmarks import site
from yangcai.funds.models import Appropriation
from yangcai.funds.queries import check_funds
from yangcai.kernel.models import Attachment, Entry, EntryPayload, Task
from yangcai.parties.models import Expert, Organisation, OrganisationKind, Person, Post
from yangcai.portal.models import Notice

#: So many buyers, agents, suppliers and experts of each kind at most.
SETS = 50
COPIED_APPS = ("funds", "planning", "cases", "tendering", "contracts", "challenges", "portal")
#: Copied SETS times.
PEOPLE: tuple[type[models.Model], ...] = (Organisation, Person, Post, Expert)
#: Rows that are only ever read with the one case or plan that they belong to: those of a thousand cases are enough.
DEEP = ("EntryPayload", "Finding", "Score", "CompetitionReview", "Clause", "ReportSignature")
DEEP_COPIES = 99
#: Columns that hold the key of a row without being a foreign key.
LOOSE: dict[str, type[models.Model]] = {
    "organisation_id": Organisation,
    "person_id": Person,
    "post_id": Post,
    "entry_seq": Entry,
}
#: Columns of the form `label:key`.
REFERENCES = frozenset({"root", "subject", "ground"})
#: Unique within a buyer's year: the buyer comes again.
ALSO_UNIQUE = {(Appropriation, "code")}
#: Times that are spread over the year before the latest; two primes put neighbours far apart.
SPREAD = {(Notice, "published_at")}
ANYWHERE = "(k * 7919 + b.id * 104729) % (365 * 24 * 60 * 60) * interval '1 second'"


class Population:
    """The rows that are there when it is made, to be copied as often as wanted; the first `own` copies (the original
    among them) belong to the same organisations and people."""

    def __init__(self, *, own: int = 1) -> None:
        every = [model for label in COPIED_APPS for model in apps.get_app_config(label).get_models(True)]
        self.copied: list[type[models.Model]] = [*every, Entry, EntryPayload, Task, Attachment]
        self.own = own
        self.copies = 0
        self.sets = 1
        with site.connect() as connection:
            self.stride = {model: self._stride(connection, model) for model in (*self.copied, *PEOPLE)}
        single = Organisation.objects.filter(kind__in=[OrganisationKind.TREASURY, OrganisationKind.PLATFORM])
        posts = Post.objects.filter(organisation__in=single)
        self.single: dict[type[models.Model], list[int]] = {
            Organisation: sorted(single.values_list("pk", flat=True)),
            Post: sorted(posts.values_list("pk", flat=True)),
            Person: sorted(posts.values_list("person_id", flat=True)),
            Expert: [],
        }

    @staticmethod
    def _stride(connection: psycopg.Connection, model: type[models.Model]) -> int:
        """One more than the highest key: copy n begins n strides further. (The log begins at 0 and keeps no gaps.)"""
        query = sql.SQL("SELECT coalesce(max({}), 0) + 1 FROM {}")
        row = connection.execute(query.format(_name(model._meta.pk), sql.Identifier(model._meta.db_table))).fetchone()
        return int(row[0]) if row else 1

    def grow(self, *, copies: int) -> None:
        """Copy on until there are so many copies beside the original."""
        first, self.copies = self.copies + 1, copies
        if copies < first:
            return
        with site.connect(superuser=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET synchronous_commit = off")
            connection.execute("SET maintenance_work_mem = '1GB'")
            wanted = min(SETS, copies + 1) if copies >= self.own else 1
            for model in PEOPLE:
                if wanted > self.sets:
                    self._copy(connection, model, first=self.sets, last=wanted - 1)
            self.sets = max(self.sets, wanted)
            for model in self.copied:
                until = min(copies, DEEP_COPIES) if model.__name__ in DEEP else copies
                if first <= until:
                    self._copy(connection, model, first=first, last=until)
            connection.commit()
            for model in (*self.copied, *PEOPLE):
                _beyond(connection, model)
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM (ANALYZE)")
        if wrong := check_funds():
            raise RuntimeError(f"the copies do not balance: {wrong[0]}")

    def _copy(self, connection: psycopg.Connection, model: type[models.Model], *, first: int, last: int) -> None:
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        key = model._meta.pk
        assert key is not None
        table = sql.Identifier(model._meta.db_table)
        original = sql.SQL("{} < {}").format(_name(key), self.stride[model])
        if self.single.get(model):
            original += sql.SQL(" AND id <> ALL({})").format(self.single[model])
        connection.execute(
            sql.SQL("CREATE TEMPORARY TABLE original AS SELECT * FROM {} WHERE {} ORDER BY {}").format(
                table, original, _name(key)
            )
        )
        # OFFSET 0 and the look at k keep the rows of one copy together, as they would have come in.
        statement = sql.SQL(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM generate_series({}, {}) AS k,"
            " LATERAL (SELECT * FROM original WHERE k > 0 OFFSET 0) AS b"
        ).format(
            table,
            sql.SQL(", ").join(_name(field) for field in fields),
            sql.SQL(", ").join(self._value(model, field) for field in fields),
            first,
            last,
        )
        with _without_indexes(connection, model._meta.db_table):
            connection.execute(statement)
        connection.execute("DROP TABLE original")

    def _value(self, model: type[models.Model], field: Any) -> sql.Composable:
        """What stands in a column of the copy k."""
        column = sql.SQL("b.{}").format(_name(field))
        target = model if field.primary_key and not field.is_relation else field.related_model
        target = LOOSE.get(field.column, target) if not field.is_relation else target
        if target in PEOPLE and model in PEOPLE:  # k counts the sets here
            return sql.SQL("{}").format(self._shifted(column, target, turn=sql.SQL("k")))
        if target in PEOPLE:
            return self._shifted(column, target, turn=self._turn())
        if target in self.stride:
            return self._shifted(column, target, turn=sql.SQL("k"))
        if field.column in REFERENCES:
            return self._reference(column)
        if field.unique and field.null and field.max_length:
            return sql.SQL("NULL")  # a credit code is of one firm, and as long as it is
        if isinstance(field, models.TextField | models.CharField) and (
            field.unique or _is_key(model, field) or (model, field.name) in ALSO_UNIQUE
        ):
            return self._numbered(column, self.stride[model])
        if isinstance(field, models.DateTimeField):
            if (model, field.name) in SPREAD:
                latest = sql.SQL("(SELECT max({}) FROM original)").format(_name(field))
                return sql.SQL("{} - {}").format(latest, sql.SQL(ANYWHERE))
            return sql.SQL("{} - k * interval '1 second'").format(column)
        return column

    def _turn(self) -> sql.Composable:
        """Whose turn it is to have the copy k; nobody's but the original's before there are others."""
        others = max(self.sets - 1, 1)
        return sql.SQL("CASE WHEN k < {0} THEN 0 ELSE 1 + (k - {0}) % {1} END").format(self.own, others)

    def _shifted(self, key: sql.Composable, model: Any, *, turn: sql.Composable) -> sql.Composable:
        moved = sql.SQL("{} + ({}) * {}").format(key, turn, self.stride[model])
        if not self.single.get(model):
            return moved
        return sql.SQL("CASE WHEN {} = ANY({}) THEN {} ELSE {} END").format(key, self.single[model], key, moved)

    @staticmethod
    def _numbered(column: sql.Composable, stride: int) -> sql.Composable:
        """…00012号 goes on counting, as the next number is read from the last; other texts get the copy's number."""
        return sql.SQL(
            "CASE WHEN {0} ~ '[0-9]+号$' THEN substring({0} FROM '^(.*[^0-9])[0-9]+号$')"
            " || to_char(substring({0} FROM '([0-9]+)号$')::bigint + k * {1}, 'FM0000000') || '号'"
            " ELSE {0} || '-' || k END"
        ).format(column, stride)

    def _reference(self, column: sql.Composable) -> sql.Composable:
        """`label:key` with the key of the copy; what names no copied row stays."""
        label, key = (sql.SQL("split_part({}, ':', {})").format(column, n) for n in (1, 2))
        number = sql.SQL("{}::bigint").format(key)
        cases = [
            sql.SQL("WHEN {} THEN {} || ':' || ({})").format(
                sql.Literal(model._meta.model_name),
                label,
                self._shifted(number, model, turn=self._turn() if model in PEOPLE else sql.SQL("k")),
            )
            for model in self.stride
        ]
        return sql.SQL("CASE {} {} ELSE {} END").format(label, sql.SQL(" ").join(cases), column)


def _name(field: Any) -> sql.Identifier:
    return sql.Identifier(field.column)


def _is_key(model: type[models.Model], field: Any) -> bool:
    """Whether a text column is unique together with nothing that is copied."""
    found: Iterable[Any] = (c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint))
    return any(tuple(constraint.fields) == (field.name,) for constraint in found)


class _without_indexes:  # noqa: N801  # used like a function
    """The indexes of a table sleep while rows come in and are built anew afterwards: minutes instead of an hour."""

    def __init__(self, connection: psycopg.Connection, table: str):
        self.connection, self.table = connection, table

    def __enter__(self) -> None:
        self.connection.execute(
            "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = %s::regclass", [self.table]
        )

    def __exit__(self, kind: Any, *rest: Any) -> None:
        if kind is None:
            self.connection.execute(sql.SQL("REINDEX TABLE {}").format(sql.Identifier(self.table)))


def _beyond(connection: psycopg.Connection, model: type[models.Model]) -> None:
    """The sequence of a table goes on behind the copies."""
    key = model._meta.pk
    if not isinstance(key, models.AutoField):
        return
    connection.execute(
        sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), (SELECT max({}) FROM {}))").format(
            model._meta.db_table, key.column, _name(key), sql.Identifier(model._meta.db_table)
        )
    )
