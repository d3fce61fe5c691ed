"""What may be counted of contracts in public: as their notices said, with the amendments that were published."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, ExtractYear

from yangcai.contracts import shares
from yangcai.contracts.models import Amendment, Contract, PaymentRequest
from yangcai.parties.models import Organisation
from yangcai.parties.sizes import small_medium

MONEY = DecimalField(max_digits=18, decimal_places=2)
NOTHING = Value(Decimal(0), output_field=MONEY)
SMALL = small_medium("supplier")


def contracts(now: datetime.datetime) -> QuerySet[Contract]:
    """Published contracts, each with its `value`: the amount without what unpublished amendments added, and `paid`."""
    later = Amendment.objects.filter(contract=OuterRef("pk")).exclude(published_at__lte=now)
    added = later.order_by().values("contract").annotate(sum=Sum("amount_change")).values("sum")
    paid = PaymentRequest.objects.filter(contract=OuterRef("pk"), paid_at__lte=now)
    sum_paid = paid.order_by().values("contract").annotate(sum=Sum("amount")).values("sum")
    return (
        Contract.objects.filter(published_at__lte=now)
        .annotate(
            value=F("amount") - Coalesce(Subquery(added, output_field=MONEY), NOTHING),
            paid=Coalesce(Subquery(sum_paid, output_field=MONEY), NOTHING),
        )
        .order_by("-published_at", "-pk")
    )


def of(organisation: Organisation, *, as_supplier: bool, now: datetime.datetime) -> QuerySet[Contract]:
    """Those that it has as a supplier, or as a buyer."""
    return contracts(now).filter(**{"supplier" if as_supplier else "buyer": organisation})


def standing(found: QuerySet[Contract]) -> QuerySet[Contract]:
    """Without those that were terminated: what they were worth was not spent."""
    return found.filter(terminated_at=None)


def by_year(found: QuerySet[Contract]) -> list[dict[str, Any]]:
    """Year of signing -> how many and how much, oldest first."""
    years: Any = standing(found).order_by().annotate(year=ExtractYear("signed_at")).values("year")
    return list(years.annotate(n=Count("pk"), sum=Sum("value")).order_by("year"))


def partners(found: QuerySet[Contract], *, side: str, most: int) -> list[dict[str, Any]]:
    """With whom, by how much, the largest first; `side` is "supplier" or "buyer"."""
    grouped: Any = standing(found).order_by().values(f"{side}_id", f"{side}__name")
    return list(grouped.annotate(n=Count("pk"), sum=Sum("value")).order_by("-sum", f"{side}__name")[:most])


def totals(found: QuerySet[Contract]) -> dict[str, Any]:
    """Number, value and payments, and of these the value that went to small and medium firms; of goods by who made
    them, of a consortium by the share of each member."""
    found = standing(found).order_by()
    told: dict[str, Any] = found.aggregate(
        n=Count("pk"),
        sum=Coalesce(Sum("value"), NOTHING),
        paid_out=Coalesce(Sum("paid"), NOTHING),
        small=Coalesce(Sum("value", filter=SMALL), NOTHING),
    )
    told["small"] += shares.gained_by_small(shares.moved(found))
    return told
