"""What do published facts alone say of a year's procurement? Counted once a minute, however many look.

Nothing here is read from what is not public: cases from their notice on, contracts from theirs with the amendments
that were published (portal/published.py), payments of those. Demonstration data stays apart: a sandbox counts only its
own, a real site none of it. Whoever tells a figure of a year in public tells it from here.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import (
    Aggregate,
    Avg,
    Count,
    DurationField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import ExtractMonth
from django.utils import timezone

from yangcai import procedures
from yangcai.cases.models import Case, Lot
from yangcai.contracts import benefiting, shares
from yangcai.contracts.models import Contract
from yangcai.contracts.shares import Moved
from yangcai.parties.sizes import SMALL_MICRO, SME, counted_size, small_medium, small_micro
from yangcai.portal import published

SECONDS = 60
DAY = datetime.timedelta(days=1)


class _Percentile(Aggregate):
    """The value below which a share of the group lies, between two values in proportion."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Flow:
    """Lots of one category and method: budget by what came of it, contracts and payments; all in yuan."""

    category: str
    procedure: str
    running: Decimal
    ended: Decimal
    contracted_budget: Decimal
    contracts: Decimal
    paid: Decimal


def year_of(now: datetime.datetime) -> int:
    return timezone.localdate(now).year


def years(now: datetime.datetime) -> list[int]:
    """The years of which there is something, newest first; always the running one."""
    first = _cases(now).order_by("published_at").values_list("published_at", flat=True).first()
    since = min(timezone.localdate(first).year, year_of(now)) if first else year_of(now)
    return list(range(year_of(now), since - 1, -1))


def sums(year: int, *, now: datetime.datetime) -> dict[str, Any]:
    """What is told of a year in numbers: purchases, contracts by the size of the supplier, the small and medium firms
    that have a part in them, mean days."""

    def count() -> dict[str, Any]:
        contracts = _contracts(year, now=now)
        taken_over = shares.moved(contracts)
        return {
            "sizes": _sizes(contracts, taken_over),
            "taken_over": taken_over,
            "firms": benefiting.small_firms(contracts),
            "days": _mean_days(contracts),
            "cases": _cases(now).filter(published_at__year=year).aggregate(n=Count("pk"), sum=Sum("budget")),
        }

    return _kept("sums", year, count, now=now)


def counted(year: int, *, now: datetime.datetime) -> dict[str, Any]:
    """The same numbers with what only pictures show: months, durations, where the budget has come."""

    def count() -> dict[str, Any]:
        contracts, told = _contracts(year, now=now), sums(year, now=now)
        return {
            **told,
            "months": _months(contracts, told["taken_over"]),
            "durations": _durations(contracts),
            "flows": _flows(year, now=now),
        }

    return _kept("figures", year, count, now=now)


def whole_and_small(sizes: dict[str, dict[str, Any]]) -> tuple[Decimal, Decimal]:
    """Of `sums(…)["sizes"]`: the amount of all contracts, and of those with small and medium firms."""
    whole = sum((row["sum"] for row in sizes.values()), Decimal(0))
    return whole, sum((row["sum"] for size, row in sizes.items() if size in SME), Decimal(0))


def _kept(what: str, year: int, count: Callable[[], dict[str, Any]], *, now: datetime.datetime) -> dict[str, Any]:
    key = f"{what}-{settings.YANGCAI_SANDBOX:d}-{year}-{now:%Y%m%d%H%M}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, timeout=SECONDS)
    return found


def _cases(now: datetime.datetime) -> QuerySet[Case]:
    return Case.objects.filter(published_at__lte=now, is_demo=settings.YANGCAI_SANDBOX)


def _contracts(year: int, *, now: datetime.datetime) -> QuerySet[Contract]:
    """Contracts that were signed in the year, are published and stand, each with its `value`."""
    found = published.standing(published.contracts(now)).filter(case__is_demo=settings.YANGCAI_SANDBOX)
    return found.filter(signed_at__year=year, signed_at__lte=now)


def _sizes(contracts: QuerySet[Contract], taken_over: list[Moved]) -> dict[str, dict[str, Any]]:
    """Size that the supplier counts as -> sum, contracts, suppliers. Of goods the sum is told by who made them, of a
    consortium by the share of each member; contract and supplier by whoever signed or leads."""
    found = contracts.annotate(counts_as=counted_size("supplier")).values("counts_as")
    told = found.annotate(sum=Sum("value"), n=Count("pk"), suppliers=Count("supplier", distinct=True))
    rows: dict[str, dict[str, Any]] = {row["counts_as"]: dict(row) for row in told.order_by()}
    for one in taken_over:
        of_member = rows.setdefault(one.to, {"counts_as": one.to, "sum": Decimal(0), "n": 0, "suppliers": 0})
        of_member["sum"] += one.amount
        rows[one.of]["sum"] -= one.amount
    return rows


def _months(contracts: QuerySet[Contract], taken_over: list[Moved]) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Month -> amounts with small and micro, with medium, with all other suppliers; of goods by who made them, of
    consortia by shares."""
    small = small_micro("supplier")
    medium = small_medium("supplier") & ~small
    by_month = contracts.annotate(month=ExtractMonth("signed_at"))
    found = (
        by_month.values("month")
        .annotate(small=Sum("value", filter=small), medium=Sum("value", filter=medium), all=Sum("value"))
        .order_by()
    )
    zero = Decimal(0)
    sums: dict[int, list[Decimal]] = {}
    for row in found:
        of_small, of_medium = row["small"] or zero, row["medium"] or zero
        sums[row["month"]] = [of_small, of_medium, (row["all"] or zero) - of_small - of_medium]
    months = dict(by_month.filter(pk__in={one.contract for one in taken_over}).values_list("pk", "month"))
    for one in taken_over:
        amounts = sums[months[one.contract]]
        amounts[_place(one.of)] -= one.amount
        amounts[_place(one.to)] += one.amount
    return {month: (of_small, of_medium, other) for month, (of_small, of_medium, other) in sums.items()}


def _place(size: str) -> int:
    """In which of the three amounts of a month a size is."""
    return 0 if size in SMALL_MICRO else 1 if size in SME else 2


def _mean_days(contracts: QuerySet[Contract]) -> int | None:
    """Mean days from the notice to the signed contract."""
    mean = contracts.aggregate(mean=Avg(F("signed_at") - F("case__published_at")))["mean"]
    return round(mean / DAY) if mean is not None else None


def _durations(contracts: QuerySet[Contract]) -> dict[str, tuple[int, list[Decimal]]]:
    """Method -> how many contracts, and days from the notice to the signature: least, quarters, most."""
    took = F("signed_at") - F("case__published_at")
    parts = {name: _Percentile(took, share=share) for name, share in PERCENTILES.items()}
    groups = contracts.filter(case__published_at__lt=F("signed_at")).values("case__procedure")
    found: dict[str, tuple[int, list[Decimal]]] = {}
    for row in groups.annotate(n=Count("pk"), **parts).order_by():
        told: dict[str, Any] = dict(row)
        days = [Decimal(told[name] / DAY).quantize(TENTH) for name in PERCENTILES]
        found[told["case__procedure"]] = (told["n"], days)
    return found


TENTH = Decimal("0.1")
PERCENTILES = {"least": 0, "lower": 0.25, "middle": 0.5, "upper": 0.75, "most": 1}


def _flows(year: int, *, now: datetime.datetime) -> list[Flow]:
    """Category and method -> where the budget of the year's lots has come. An agreement itself spends nothing."""
    spending = [code for code, method in procedures.PROCEDURES.items() if method.spends]
    of_year: dict[str, Any] = {
        "case__published_at__year": year,
        "case__published_at__lte": now,
        "case__is_demo": settings.YANGCAI_SANDBOX,
        "case__procedure__in": spending,
    }
    signed = published.standing(published.contracts(now)).filter(signed_at__lte=now)
    lots = Lot.objects.filter(**of_year).annotate(is_contracted=Exists(signed.filter(award__lot=OuterRef("pk"))))
    is_over = ~Q(outcome__in=["", "awarded"]) | Q(case__ended_at__lte=now)
    groups = ("case__category", "case__procedure")
    budgets = lots.values(*groups).annotate(
        contracted=Sum("budget", filter=Q(is_contracted=True)),
        ended=Sum("budget", filter=Q(is_contracted=False) & is_over),
        all=Sum("budget"),
    )
    amounts = signed.filter(**of_year).values(*groups).annotate(sum=Sum("value"), paid_out=Sum("paid")).order_by()
    zero = Decimal(0)
    by_contract: dict[Any, Any] = {tuple(row[name] for name in groups): row for row in amounts}
    found = []
    for row in budgets.order_by(*groups):
        group = (row["case__category"], row["case__procedure"])
        contracted, ended = row["contracted"] or zero, row["ended"] or zero
        left = (row["all"] or zero) - contracted - ended
        told = by_contract.get(group, {})
        sums = (told.get("sum") or zero, told.get("paid_out") or zero)
        found.append(Flow(*group, left, ended, contracted, *sums))
    return found
