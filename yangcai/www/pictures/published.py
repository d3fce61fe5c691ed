"""What do published facts alone say of a year's procurement? Counted once a minute, however many look.

Nothing here is read from what is not public: cases from their notice on, contracts from theirs, payments of those.
Demonstration data stays apart: a sandbox counts only its own, a real site none of it.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models import Case as Choice
from django.db.models.functions import ExtractMonth
from django.utils import timezone

from yangcai import procedures
from yangcai.cases.models import Case, Lot
from yangcai.contracts.models import Contract, PaymentRequest
from yangcai.parties.models import Size
from yangcai.parties.sizes import SME, small_medium, small_micro

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


def counted(year: int, *, now: datetime.datetime) -> dict[str, Any]:
    """Every number of the page of figures."""
    key = f"figures-{settings.YANGCAI_SANDBOX:d}-{year}-{now:%Y%m%d%H%M}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        contracts = _contracts(year, now=now)
        found = {
            "sizes": _sizes(contracts),
            "months": _months(contracts),
            "durations": _durations(contracts),
            "flows": _flows(year, now=now),
            "cases": _cases(now).filter(published_at__year=year).aggregate(n=Count("pk"), sum=Sum("budget")),
        }
        cache.set(key, found, timeout=SECONDS)
    return found


def _cases(now: datetime.datetime) -> QuerySet[Case]:
    return Case.objects.filter(published_at__lte=now, is_demo=settings.YANGCAI_SANDBOX)


def _contracts(year: int, *, now: datetime.datetime) -> QuerySet[Contract]:
    """Contracts of the year that are published and stand."""
    return Contract.objects.filter(
        signed_at__year=year,
        signed_at__lte=now,
        published_at__lte=now,
        terminated_at=None,
        case__is_demo=settings.YANGCAI_SANDBOX,
    )


def _sizes(contracts: QuerySet[Contract]) -> dict[str, dict[str, Any]]:
    """Size that the supplier counts as -> sum, contracts, suppliers."""
    size = Choice(
        When(supplier__size__in=SME, then=F("supplier__size")),
        When(small_micro("supplier"), then=Value(Size.SMALL)),
        default=F("supplier__size"),
        output_field=TextField(),
    )
    found = contracts.annotate(counts_as=size).values("counts_as")
    told = found.annotate(sum=Sum("amount"), n=Count("pk"), suppliers=Count("supplier", distinct=True))
    return {row["counts_as"]: dict(row) for row in told.order_by()}


def _months(contracts: QuerySet[Contract]) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Month -> amounts with small and micro, with medium, with all other suppliers."""
    small = small_micro("supplier")
    medium = small_medium("supplier") & ~small
    found = (
        contracts.annotate(month=ExtractMonth("signed_at"))
        .values("month")
        .annotate(small=Sum("amount", filter=small), medium=Sum("amount", filter=medium), all=Sum("amount"))
        .order_by()
    )
    zero = Decimal(0)
    rows = {row["month"]: (row["small"] or zero, row["medium"] or zero, row["all"] or zero) for row in found}
    return {month: (small, medium, all_ - small - medium) for month, (small, medium, all_) in rows.items()}


def _durations(contracts: QuerySet[Contract]) -> dict[str, tuple[int, list[Decimal]]]:
    """Method -> how many contracts, and days from the notice to the signature: least, quarters, most."""
    took = F("signed_at") - F("case__published_at")
    shares = {name: _Percentile(took, share=share) for name, share in PERCENTILES.items()}
    groups = contracts.filter(case__published_at__lt=F("signed_at")).values("case__procedure")
    found: dict[str, tuple[int, list[Decimal]]] = {}
    for row in groups.annotate(n=Count("pk"), **shares).order_by():
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
    signed = Contract.objects.filter(signed_at__lte=now, published_at__lte=now, terminated_at=None)
    lots = Lot.objects.filter(**of_year).annotate(is_contracted=Exists(signed.filter(award__lot=OuterRef("pk"))))
    is_over = ~Q(outcome__in=["", "awarded"]) | Q(case__ended_at__lte=now)
    groups = ("case__category", "case__procedure")
    budgets = lots.values(*groups).annotate(
        contracted=Sum("budget", filter=Q(is_contracted=True)),
        ended=Sum("budget", filter=Q(is_contracted=False) & is_over),
        all=Sum("budget"),
    )
    contracts = signed.filter(**of_year)
    amounts = contracts.values(*groups).annotate(sum=Sum("amount")).order_by()
    paid = (
        PaymentRequest.objects.filter(paid_at__lte=now, contract__in=contracts)
        .values("contract__case__category", "contract__case__procedure")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    zero = Decimal(0)
    by_contract = {tuple(row[name] for name in groups): row["sum"] for row in amounts}
    by_payment = {(row["contract__case__category"], row["contract__case__procedure"]): row["sum"] for row in paid}
    found = []
    for row in budgets.order_by(*groups):
        group = (row["case__category"], row["case__procedure"])
        contracted, ended = row["contracted"] or zero, row["ended"] or zero
        left = (row["all"] or zero) - contracted - ended
        sums = (by_contract.get(group) or zero, by_payment.get(group) or zero)
        found.append(Flow(*group, left, ended, contracted, *sums))
    return found
