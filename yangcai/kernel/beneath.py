"""Of which kinds can there be rows beneath a root? A case has sixty kinds of them, and most cases none of most.

Whoever derives tasks or checks rules asks of each kind; one prepared statement answers for all of them, and what is not
there is not asked for. `may_have` is never wrong when it says no; where it says yes, look.
"""

import functools
import weakref
from typing import Any, cast

from django.apps import apps
from django.db import connection, models

from yangcai.kernel.models import Rooted
from yangcai.kernel.reading import is_changed, lasting

#: Keys to rows that nearly every root has: that there is one tells nothing of what hangs on it.
COMMON = frozenset({"lot"})
#: psycopg's connection -> the statements that were prepared on it
_prepared: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()


def may_have(root: Rooted, *kinds: type[models.Model]) -> bool:
    """Whether a row of one of these models hangs on this root, as far as what stands nearest to the root on its way
    there tells: itself, a row of a lot, or what hangs on the root directly. Outside of a block of reading or writing
    nothing is kept and the answer is yes. Raises LookupError for a model that hangs on no such root."""
    told = {_told_by(kind, type(root)) for kind in kinds}
    if is_changed(frozenset(kind._meta.db_table for kind in told)):
        return True
    found = lasting(("beneath", type(root), root.pk), lambda: _found(root))
    return found is None or not told.isdisjoint(found)


@functools.cache
def way_to(root: type[models.Model], *, of: type[models.Model]) -> tuple[str, ...]:
    """The shortest chain of foreign keys from a model to that of its root, so that one query reads them all."""
    ways: list[tuple[type[models.Model], tuple[str, ...]]] = [(of, ())]
    seen = {of}
    for here, way in ways:  # grows while it is walked: the nearest first
        for key in here._meta.concrete_fields:
            target = key.related_model
            if not isinstance(key, models.ForeignKey) or not isinstance(target, type):
                continue
            if target is root:
                return (*way, key.name)
            if target not in seen and issubclass(target, Rooted):
                seen.add(target)
                ways.append((target, (*way, key.name)))
    return ()


@functools.cache
def _asked(root: type[models.Model]) -> dict[type[models.Model], tuple[str, ...]]:
    """The kinds that the statement asks for, each with its way: what hangs on the root, and on a row that does where
    hardly a root is without one."""
    ways = {kind: way_to(root, of=kind) for kind in apps.get_models() if issubclass(kind, Rooted) and kind is not root}
    return {kind: way for kind, way in ways.items() if len(way) == 1 or (len(way) == 2 and way[0] in COMMON)}


@functools.cache
def _told_by(kind: type[models.Model], root: type[models.Model]) -> type[models.Model]:
    """Of a kind further away: the one on its way that is asked for. Without it there is none of the kind."""
    here, asked = kind, _asked(root)
    for name in way_to(root, of=kind):
        key = here._meta.get_field(name)
        if not isinstance(key, models.ForeignKey) or key.null:
            break
        if here in asked:
            return here
        here = key.related_model
    raise LookupError(f"{kind.__name__} does not always hang on a {root.__name__}")


@functools.cache
def _statement(root: type[models.Model]) -> str:
    """One EXISTS for each kind, in their order."""

    def column(kind: type[models.Model], name: str) -> str:
        return cast(models.ForeignKey[Any, Any], kind._meta.get_field(name)).column

    said = []
    for kind, way in _asked(root).items():
        where = f'"{column(kind, way[0])}" = $1'
        if len(way) == 2:
            between = cast(type[models.Model], kind._meta.get_field(way[0]).related_model)
            inner = f'SELECT id FROM "{between._meta.db_table}" WHERE "{column(between, way[1])}" = $1'
            where = f'"{column(kind, way[0])}" = ANY (ARRAY({inner}))'
        said.append(f'EXISTS (SELECT FROM "{kind._meta.db_table}" WHERE {where})')
    return f"SELECT ARRAY[{', '.join(said)}]"


def _found(root: models.Model) -> frozenset[type[models.Model]]:
    """Planning so many questions takes longer than answering them: they are prepared once for a connection."""
    name = f"beneath_{root._meta.label_lower.replace('.', '_')}"
    with connection.cursor() as cursor:
        prepared = _prepared.setdefault(connection.connection, set())
        if name not in prepared:  # past Django's cursor: whoever counts a page's questions counts the same every time
            with connection.wrap_database_errors:
                connection.connection.execute(f"PREPARE {name}(bigint) AS {_statement(type(root))}")
            prepared.add(name)
        cursor.execute(f"EXECUTE {name}(%s)", [root.pk])
        answers = cursor.fetchone()[0]
    return frozenset(kind for kind, there in zip(_asked(type(root)), answers, strict=True) if there)
