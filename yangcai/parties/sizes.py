"""Which enterprises count as small and micro, and which as small and medium?

By their size, unless a large enterprise holds them (财库〔2020〕46号); treated as small are those of prisons
(财库〔2014〕68号) and welfare enterprises of the disabled (财库〔2017〕141号).
"""

from collections.abc import Iterable

from django.db.models import Case, F, Q, TextField, Value, When

from yangcai.parties.models import Organisation, Size

SMALL_MICRO = frozenset({Size.SMALL, Size.MICRO})
SME = SMALL_MICRO | {Size.MEDIUM}
#: The classes, the smallest first.
CLASSES = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE)


def small_micro(of: str) -> Q:
    """Rows whose organisation `of` (a way to it) counts as small or micro."""
    return _sized(of, SMALL_MICRO)


def small_medium(of: str) -> Q:
    """Rows whose organisation `of` counts as small or medium."""
    return _sized(of, SME)


def largest(sizes: Iterable[str]) -> str:
    """The largest of these classes; empty where there is none."""
    found = set(sizes)
    return next((str(one) for one in reversed(CLASSES) if one in found), "")


def counted(organisation: Organisation) -> str:
    """The size as which it counts, as `counted_size` has it in a query; empty where none is registered."""
    if organisation.is_small_micro:
        return organisation.size if organisation.size in SMALL_MICRO else Size.SMALL
    if organisation.size in SME and not organisation.is_sme:
        return Size.LARGE
    return organisation.size


def counted_size(of: str) -> Case:
    """The size as which the organisation `of` counts: its own; of whom a large one holds, large; of whom is treated as
    small, small."""
    return Case(
        When(small_micro(of) & Q(**{f"{of}__size__in": SMALL_MICRO}), then=F(f"{of}__size")),
        When(small_micro(of), then=Value(Size.SMALL)),
        When(Q(**{f"{of}__size__in": SME}) & ~small_medium(of), then=Value(Size.LARGE)),
        default=F(f"{of}__size"),
        output_field=TextField(),
    )


def _sized(of: str, sizes: frozenset[Size]) -> Q:
    treated_alike = Q(**{f"{of}__is_prison_enterprise": True}) | Q(**{f"{of}__is_disabled_welfare": True})
    return Q(**{f"{of}__size__in": sizes}) & ~Q(**{f"{of}__parent__size": Size.LARGE}) | treated_alike
