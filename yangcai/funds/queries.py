"""How much money is where, and do the balances agree with the transfers?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet, Sum

from yangcai.funds.models import Appropriation, Fund, Transfer, TransferKind
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import BUYER, Role

#: Who oversees every buyer's money.
OVERSEERS = frozenset({Role.TREASURY, Role.TREASURY_PAYER, Role.AUDITOR, Role.PLATFORM})


@scope(Appropriation)
def visible_to(post: Post | None, now: datetime.datetime) -> QuerySet[Appropriation]:
    """A buyer sees its own budget, the overseers every one, nobody else any."""
    appropriations = Appropriation.objects.select_related("buyer", "available_fund")
    if post is not None and post.role in OVERSEERS:
        return appropriations
    if post is not None and post.role in BUYER:
        return appropriations.filter(buyer_id=post.organisation_id)
    return appropriations.none()


@standing(Appropriation)
def concerns_appropriation(appropriation: Appropriation, post: Post) -> bool:
    return post.role in OVERSEERS or (post.role in BUYER and appropriation.buyer_id == post.organisation_id)


@dataclass(frozen=True)
class Balances:
    """Where the money of an appropriation, or of a buyer, stands; all in yuan. The four parts add up to `approved`."""

    approved: Decimal
    available: Decimal
    reserved: Decimal
    committed: Decimal
    paid: Decimal

    @property
    def agrees(self) -> bool:
        return self.approved == self.available + self.reserved + self.committed + self.paid


#: The whole tree of funds under some available funds, fund by fund. The chain has four links (funds_form_a_chain), so
#: that no recursion is needed. OFFSET 0: each fund is asked for its own by index; where PostgreSQL may choose, it
#: guesses wrongly how many there are and reads every fund of the district.
CHAIN = """
WITH available AS ({available}),
  reserved AS (SELECT top, f.* FROM available a, LATERAL (
    SELECT id, bucket, balance FROM funds_fund WHERE parent_id = a.id OFFSET 0) f),
  committed AS (SELECT top, f.* FROM reserved r, LATERAL (
    SELECT id, bucket, balance FROM funds_fund WHERE parent_id = r.id OFFSET 0) f),
  paid AS (SELECT top, f.* FROM committed c, LATERAL (
    SELECT id, bucket, balance FROM funds_fund WHERE parent_id = c.id OFFSET 0) f),
  chain AS (
    SELECT top, bucket, balance FROM available UNION ALL SELECT top, bucket, balance FROM reserved
    UNION ALL SELECT top, bucket, balance FROM committed UNION ALL SELECT top, bucket, balance FROM paid)
"""
BY_BUCKET = (
    CHAIN.format(available="SELECT id, id AS top, bucket, balance FROM funds_fund WHERE id = ANY(%s)")
    + "SELECT top, bucket, sum(balance) FROM chain GROUP BY top, bucket"
)
#: The same over all lines of a buyer's year, summed where the rows are.
OF_BUYER = (
    CHAIN.format(
        available="SELECT f.id, f.id AS top, f.bucket, f.balance FROM funds_appropriation a, LATERAL ("
        "SELECT id, bucket, balance FROM funds_fund WHERE id = a.available_fund_id OFFSET 0) f"
        " WHERE a.buyer_id = %s AND a.fiscal_year = %s"
    )
    + """SELECT bucket, sum(balance) FROM chain GROUP BY bucket
UNION ALL SELECT 'approved', sum(given.amount) FROM available a, LATERAL (
  SELECT amount FROM funds_transfer WHERE kind = 'appropriate' AND target_id = a.id OFFSET 0) given
"""
)


def balances_of(appropriations: Iterable[Appropriation]) -> dict[int, Balances]:
    """Appropriation id -> its balances, in two queries however many there are."""
    rows = {a.available_fund_id: a for a in appropriations}
    sums: dict[int, dict[str, Decimal]] = {top: {} for top in rows}
    with connection.cursor() as cursor:
        cursor.execute(BY_BUCKET, [list(rows)])
        for top, bucket, balance in cursor.fetchall():
            sums[top][bucket] = balance
    given = dict(
        Transfer.objects.filter(kind="appropriate", target_id__in=rows)
        .values_list("target_id")
        .annotate(Sum("amount"))
        .values_list("target_id", "amount__sum")
    )
    zero = Decimal("0.00")
    return {
        rows[top].pk: Balances(
            approved=given.get(top, zero),
            available=found.get("available", zero),
            reserved=found.get("reserved", zero),
            committed=found.get("committed", zero),
            paid=found.get("paid", zero),
        )
        for top, found in sums.items()
    }


def balances(appropriation: Appropriation) -> Balances:
    """The balances of one appropriation."""
    return balances_of([appropriation])[appropriation.pk]


def paid_on(ground: str) -> list[Decimal]:
    """The sums in yuan that were paid on this ground (the ref of a payment request), in order."""
    found = Transfer.objects.filter(kind=TransferKind.PAY, ground=ground).order_by("pk")
    return list(found.values_list("amount", flat=True))


def waterfall(*, buyer: Organisation, fiscal_year: int) -> Balances:
    """The balances of a buyer's whole year, for the waterfall on its page; one query."""
    with connection.cursor() as cursor:
        cursor.execute(OF_BUYER, [buyer.pk, fiscal_year])
        found = dict(cursor.fetchall())
    parts = ("approved", "available", "reserved", "committed", "paid")
    return Balances(*(found.get(part) or Decimal("0.00") for part in parts))


@dataclass(frozen=True)
class Difference:
    """A fund whose balance is not what its transfers say: there is none unless somebody got past the database."""

    fund: int
    bucket: str
    balance: Decimal
    from_transfers: Decimal


def check_funds() -> list[Difference]:
    """The second witness: every balance recomputed from the transfers alone; what does not agree."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.id, f.bucket, f.balance, coalesce(m.amount, 0) FROM funds_fund f LEFT JOIN ("
            " SELECT id, sum(amount) AS amount FROM ("
            "  SELECT target_id AS id, amount FROM funds_transfer WHERE target_id IS NOT NULL UNION ALL"
            "  SELECT source_id, -amount FROM funds_transfer WHERE source_id IS NOT NULL) sides GROUP BY id"
            ") m ON m.id = f.id WHERE f.balance <> coalesce(m.amount, 0) ORDER BY f.id"
        )
        return [Difference(*row) for row in cursor.fetchall()]


def funds_checked() -> int:
    """How many funds `check_funds` looks at."""
    return Fund.objects.count()
