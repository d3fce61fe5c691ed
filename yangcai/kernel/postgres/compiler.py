"""How is a query put into SQL sooner? What is the same for every query of a model is worked out once in a process.

Two thirds of the time that Django takes for the SQL of a query go into the list of its columns: each of thirty is
named, quoted and formatted, thousands of times the same. Here that is kept. The SQL is Django's to the letter:
tests/kernel/test_postgres.py holds one against the other.
"""

from typing import Any

from django.db.backends.postgresql import compiler as postgres
from django.db.models import Field
from django.db.models.expressions import Col
from django.db.models.sql import compiler as django

#: (model, alias of its table) -> its columns. Aliases are names of tables and T3, U0, …: there are not many.
_columns: dict[tuple[Any, str], tuple[Col, ...]] = {}
#: The same, with how the alias is written -> what `get_select` says of them
_selected: dict[tuple[Any, str, str], tuple[list[Any], list[int], frozenset[str]]] = {}
#: The field of a Col -> what is done with a value that was read
_converters: dict[tuple[int, int], tuple[Col, list[Any]]] = {}


class Kept:
    """What the compilers share."""

    connection: Any
    query: Any
    quote_cache: dict[str, str]

    def compile(self, node: Any) -> Any:
        """A column is its table and its name."""
        if type(node) is not Col or not node.alias:
            return super().compile(node)  # type: ignore[misc]
        names: dict[Any, str] = self.quote_cache
        try:
            return f"{names[node.alias]}.{names[node.target.column]}", []
        except KeyError:
            of = super().quote_name_unless_alias  # type: ignore[misc]
            return f"{of(node.alias)}.{of(node.target.column)}", []

    def get_default_columns(
        self, select_mask: Any, start_alias: Any = None, opts: Any = None, from_parent: Any = None
    ) -> Any:
        """All columns of a model that has no parent table, and of which none is left out."""
        opts = opts or self.query.get_meta()
        if select_mask or from_parent or opts is None or opts.parents:
            return super().get_default_columns(select_mask, start_alias, opts, from_parent)  # type: ignore[misc]
        key = opts.model, start_alias or self.query.get_initial_alias()
        if key not in _columns:
            _columns[key] = tuple(field.get_col(key[1]) for field in opts.concrete_fields)
        return _columns[key]

    def get_select(self, with_col_aliases: bool = False) -> Any:
        """The rows of a model, whole, and of those that they point to; nothing that is counted or named beside them."""
        query = self.query
        model = query.model
        if (
            with_col_aliases
            or model is None
            or model._meta.parents
            or not query.default_cols
            or query.selected is not None
            or query.extra_select
            or query.annotation_select
            or query.deferred_loading[0]
        ):
            return super().get_select(with_col_aliases)  # type: ignore[misc]
        if query.select_related:
            return self._with_related(model)
        alias = query.get_initial_alias()
        key = model, alias, self.quote_name_unless_alias(alias)  # type: ignore[attr-defined]
        kept = _selected.get(key)
        if kept is None:
            found, info, _ = super().get_select(with_col_aliases)  # type: ignore[misc]
            kept = found, info["select_fields"], frozenset(col.target.column for col, _, _ in found)
        found, numbers, names = kept
        # A table that is called as one of the columns leaves it without quotes: here, and nowhere else.
        if not (names.isdisjoint(query.alias_map) and names.isdisjoint(query.external_aliases)):
            return super().get_select(with_col_aliases)  # type: ignore[misc]
        _selected[key] = kept
        return list(found), {"model": model, "select_fields": list(numbers)}, {}

    def _with_related(self, model: Any) -> Any:
        """As Django does it, with each column written once."""
        select: list[Any] = [(column, None) for column in self.get_default_columns({})]
        info: dict[str, Any] = {"model": model, "select_fields": list(range(len(select)))}
        info["related_klass_infos"] = self.get_related_selections(select, {})  # type: ignore[attr-defined]
        _add_to_children(info)
        chosen = []
        for column, _ in select:
            said = self.compile(column)
            if type(column.output_field).select_format is not Field.select_format:
                said = column.select_format(self, *said)
            chosen.append((column, said, None))
        return chosen, info, {}

    def get_converters(self, expressions: Any) -> Any:
        """What is done with a value depends on its field alone."""
        found: dict[int, Any] = {}
        for number, expression in enumerate(expressions):
            if type(expression) is not Col:
                return super().get_converters(expressions)  # type: ignore[misc]
            key = id(expression.target), id(expression.output_field)
            if key not in _converters:  # the Col is kept too, so that no other field comes to this address
                of_field = expression.get_db_converters(self.connection)
                _converters[key] = expression, self.connection.ops.get_db_converters(expression) + of_field
            if converters := _converters[key][1]:
                found[number] = list(converters), expression
        return found


def _add_to_children(info: dict[str, Any]) -> None:
    """Rows of a child table are read with the columns of their parent's."""
    for related in info["related_klass_infos"]:
        if related["from_parent"]:
            related["select_fields"] = info["select_fields"] + related["select_fields"]
        _add_to_children(related)


class SQLCompiler(Kept, postgres.SQLCompiler):
    """SELECT."""


class SQLInsertCompiler(Kept, postgres.SQLInsertCompiler):
    """INSERT."""


class SQLDeleteCompiler(Kept, django.SQLDeleteCompiler):
    """DELETE."""


class SQLUpdateCompiler(Kept, django.SQLUpdateCompiler):
    """UPDATE."""


class SQLAggregateCompiler(Kept, django.SQLAggregateCompiler):
    """What is counted over a query."""
