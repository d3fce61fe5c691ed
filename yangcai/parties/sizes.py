"""Which enterprises count as small and micro, and which as small and medium?

By their size, unless a large enterprise holds them (财库〔2020〕46号); treated as small are those of prisons
(财库〔2014〕68号) and welfare enterprises of the disabled (财库〔2017〕141号).
"""

from django.db.models import Case, F, Q, TextField, Value, When

from yangcai.parties.models import Size

SMALL_MICRO = frozenset({Size.SMALL, Size.MICRO})
SME = SMALL_MICRO | {Size.MEDIUM}


def small_micro(of: str) -> Q:
    """Rows whose organisation `of` (a way to it) counts as small or micro."""
    return _sized(of, SMALL_MICRO)


def small_medium(of: str) -> Q:
    """Rows whose organisation `of` counts as small or medium."""
    return _sized(of, SME)


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
