"""Which enterprises count as small and micro, and which as small and medium?

By their size, unless a large enterprise holds them (财库〔2020〕46号); treated as small are those of prisons
(财库〔2014〕68号) and welfare enterprises of the disabled (财库〔2017〕141号).
"""

from django.db.models import Q

from yangcai.parties.models import Size

SMALL_MICRO = frozenset({Size.SMALL, Size.MICRO})
SME = SMALL_MICRO | {Size.MEDIUM}


def small_micro(of: str) -> Q:
    """Rows whose organisation `of` (a way to it) counts as small or micro."""
    return _sized(of, SMALL_MICRO)


def small_medium(of: str) -> Q:
    """Rows whose organisation `of` counts as small or medium."""
    return _sized(of, SME)


def _sized(of: str, sizes: frozenset[Size]) -> Q:
    treated_alike = Q(**{f"{of}__is_prison_enterprise": True}) | Q(**{f"{of}__is_disabled_welfare": True})
    return Q(**{f"{of}__size__in": sizes}) & ~Q(**{f"{of}__parent__size": Size.LARGE}) | treated_alike
