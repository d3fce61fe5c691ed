"""How is a row with those it leads to read by a statement that is written once?

Django makes the statement of a queryset anew each time, which takes longer than PostgreSQL needs to answer it: at a
door through which everybody comes, most of the time. Fields whose values Django converts as it reads are refused.
"""

import functools
from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


@functools.cache
def columns(model: type[models.Model], alias: str) -> str:
    """All columns of a model under this alias, in the order that `Row` wants them. Raises TypeError."""
    for field in model._meta.concrete_fields:
        if field.get_db_converters(connection) or connection.ops.get_db_converters(field.get_col(alias)):
            raise TypeError(f"{field} is converted as it is read")
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


class Row:
    """One row of several models' columns: called with each model in their order, it gives its instance."""

    def __init__(self, values: tuple[object, ...]) -> None:
        self._values, self._first = values, 0

    def __call__(self, model: type[M]) -> M:
        names = _names(model)
        ends = self._first + len(names)
        values, self._first = self._values[self._first : ends], ends
        return model.from_db(connection.alias, names, values)


@functools.cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
