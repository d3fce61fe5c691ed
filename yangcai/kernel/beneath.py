"""Of which kinds can there be rows beneath a root? A case has sixty kinds of them, and most cases none of most.

Whoever derives tasks or checks rules asks of each kind; one prepared statement answers for all of them, and what is not
there is not asked for. `may_have` is never wrong when it says no; where it says yes, look. A page that shows all kinds
asks `may_show`, with a second statement for those further away: a question to each of them would take longer.
"""

import functools
from collections.abc import Mapping
from typing import Any, cast

from django.apps import apps
from django.db import models

from yangcai.kernel import prepared
from yangcai.kernel.models import Rooted
from yangcai.kernel.reading import is_changed, known, lasting

#: Keys to rows that nearly every root has: that there is one tells nothing of what hangs on it.
COMMON = frozenset({"lot"})


def may_have(root: Rooted, *kinds: type[models.Model]) -> bool:
    """Whether a row of one of these models hangs on this root, as far as what stands nearest to the root on its way
    there tells: itself, a row of a lot, or what hangs on the root directly. Outside of a block of reading or writing
    nothing is kept and the answer is yes. Raises LookupError for a model that hangs on no such root."""
    told = {_told_by(kind, type(root)) for kind in kinds}
    if is_changed(frozenset(kind._meta.db_table for kind in told)):
        return True
    found = lasting(("beneath", type(root), root.pk), lambda: _found(root, _asked(type(root))))
    if found is None:
        return True
    return not told.isdisjoint(found) and not all(_is_known_not_to_be(kind, root) for kind in kinds)


def may_show(root: Rooted, kind: type[models.Model]) -> bool:
    """As `may_have`, of the kind itself however far it is away, as long as its way leads over keys that are never
    empty. For a page that asks of nearly every kind; a single rule asks sooner for what it wants."""
    if not may_have(root, kind):
        return False
    far = _far(type(root))
    if kind not in far or is_changed(frozenset({kind._meta.db_table})):
        return True
    found = lasting(_further(root), lambda: _found(root, far))
    return found is None or kind in found


def _further(root: Rooted) -> tuple[Any, ...]:
    """Under which question the answer about kinds further away is kept."""
    return ("far beneath", type(root), root.pk)


def _is_known_not_to_be(kind: type[models.Model], root: Rooted) -> bool:
    """Whether a page has asked already of kinds further away, and this is none of those that are there."""
    found = known(_further(root))
    if found is None or kind not in _far(type(root)):
        return False
    return kind not in found and not is_changed(frozenset({kind._meta.db_table}))


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
def _far(root: type[models.Model]) -> dict[type[models.Model], tuple[str, ...]]:
    """The kinds that the first statement does not ask for, each with its way, where that is never empty."""
    ways = {kind: way_to(root, of=kind) for kind in apps.get_models() if issubclass(kind, Rooted) and kind is not root}
    asked = _asked(root)
    return {kind: way for kind, way in ways.items() if way and kind not in asked and not _can_be_empty(kind, way)}


def _can_be_empty(kind: type[models.Model], way: tuple[str, ...]) -> bool:
    here: Any = kind
    for name in way:
        key = here._meta.get_field(name)
        if key.null:
            return True
        here = key.related_model
    return False


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


def _statement(ways: Mapping[type[models.Model], tuple[str, ...]]) -> str:
    """One EXISTS for each kind, in their order."""
    said = (f'EXISTS (SELECT FROM "{kind._meta.db_table}" WHERE {_where(kind, way)})' for kind, way in ways.items())
    return f"SELECT ARRAY[{', '.join(said)}]"


def _where(kind: type[models.Model], way: tuple[str, ...]) -> str:
    """That the way of a kind leads to the root with the key $1."""
    key = cast(models.ForeignKey[Any, Any], kind._meta.get_field(way[0]))
    if len(way) == 1:
        return f'"{key.column}" = $1'
    above = key.related_model
    inner = f'SELECT id FROM "{above._meta.db_table}" WHERE {_where(above, way[1:])}'
    return f'"{key.column}" = ANY (ARRAY({inner}))'


def _found(root: models.Model, ways: Mapping[type[models.Model], tuple[str, ...]]) -> frozenset[type[models.Model]]:
    """Planning so many questions takes longer than answering them: they are prepared once for a connection."""
    which = "" if ways is _asked(type(root)) else "far_"
    name = f"beneath_{which}{root._meta.label_lower.replace('.', '_')}"
    told = prepared.first_row(name, "bigint", lambda: _statement(ways), [root.pk])
    assert told is not None
    return frozenset(kind for kind, there in zip(ways, told[0], strict=True) if there)
