"""How are the rows of a queryset read, with those they lead to, without writing their columns anew each time?

Of the time that Django takes for a statement most goes into its columns and their order, which are the same whoever
asks; what differs are the conditions. So the columns are written once for each kind and order, around whatever the
queryset says about which rows are meant. It stays the only place that says it.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)
#: Stands in the statement where the queryset's own one belongs.
_MEANT = "which rows are meant"
#: What `select_related` was told, as something that can be compared: True, or names with what they lead to.
Led = bool | tuple[Any, ...]


def whole_rows(found: models.QuerySet[M], *, order: tuple[str, ...], limit: int) -> list[M]:
    """The rows, as the queryset itself would make them: each once, in this order, at most so many. Raises ValueError
    for a queryset that does more than say which rows of a kind are meant."""
    query = found.query
    if query.annotations or query.extra or query.is_sliced or query.combinator or not query.default_cols:
        raise ValueError(f"{found.model.__name__}: more is asked for than its rows")
    if query.deferred_loading != (frozenset(), True) or found._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise ValueError(f"{found.model.__name__}: not its whole rows are asked for, or not they alone")
    try:
        meant, parameters = found.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    written = _written(found.model, _frozen(query.select_related), order)
    with connection.cursor() as cursor:
        cursor.execute(written.around.format(meant), (*parameters, limit))
        rows: list[Any] = cursor.fetchall()
    return list(written.instances(rows))


@dataclass(frozen=True)
class _Written:
    """The statement around the queryset's own, and how its rows become instances."""

    around: str
    instances: Callable[[list[Any]], Iterator[Any]]


@functools.cache
def _written(model: type[models.Model], led: Led, order: tuple[str, ...]) -> _Written:
    wanted = model._base_manager.filter(pk__in=RawSQL(_MEANT, ())).order_by(*order)
    wanted.query.select_related = _thawed(led)
    compiler = wanted.query.get_compiler(connection.alias)
    sql, parameters = compiler.as_sql()
    assert not parameters
    select, klass = compiler.select, compiler.klass_info
    first, last = klass["select_fields"][0], klass["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[first:last]]
    others = get_related_populators(klass, select, connection.alias)  # type: ignore[call-arg]  # stubs of a later one
    converters = compiler.get_converters([column[0] for column in select])

    def instances(rows: list[Any]) -> Iterator[Any]:
        for row in compiler.apply_converters(rows, converters) if converters else rows:
            made = model.from_db(connection.alias, names, row[first:last])
            for other in others:
                other.populate(row, made)
            yield made

    # As an array it is planned for itself, and what it takes to plan grows with the tables that are planned together.
    around = sql.replace("{", "{{").replace("}", "}}").replace(f"IN ({_MEANT})", "= ANY (ARRAY({}))")
    assert "ARRAY({})" in around
    return _Written(f"{around} LIMIT %s", instances)


def _frozen(led: Any) -> Led:
    return tuple((name, _frozen(more)) for name, more in led.items()) if isinstance(led, dict) else bool(led)


def _thawed(led: Led) -> Any:
    return {name: _thawed(more) or {} for name, more in led} if isinstance(led, tuple) else led
