"""How is money moved along the chain available → reserved → committed → paid? Called inside the Actions of later apps.

In every function `fund` is the one further down the chain; the other side is its parent, so no call can name a wrong
pair. Amounts are Decimal yuan with two places, above zero. The database checks each move and posts both balances; what
is not there makes it raise IntegrityError with a constraint's name, which `perform` turns into a Refusal. Balances read
before a move are stale after it: read the fund again.
"""

import datetime
from decimal import Decimal

from yangcai.funds.models import Appropriation, Fund, Transfer, TransferKind


def open_fund(*, bucket: str, parent: Fund | None = None) -> Fund:
    """A new fund at zero: `available` under nothing, `reserved` under available, `committed` under reserved, `paid`
    under committed. The database refuses any other place (funds_form_a_chain)."""
    return Fund.objects.create(bucket=bucket, parent=parent)


def appropriate(*, appropriation: Appropriation, now: datetime.datetime) -> Transfer:
    """预算下达: the approved amount enters the appropriation's available fund (GPL art. 33)."""
    return Transfer.objects.create(
        kind=TransferKind.APPROPRIATE,
        source=None,
        target_id=appropriation.available_fund_id,
        amount=appropriation.amount,
        at=now,
        ground=appropriation.ref,
    )


def reserve(*, fund: Fund, amount: Decimal, now: datetime.datetime, ground: str) -> Transfer:
    """预留: available → this reserved fund of a plan item. Refused beyond what is available (never_negative)."""
    return _down(TransferKind.RESERVE, fund, amount, now, ground)


def release_reservation(*, fund: Fund, amount: Decimal, now: datetime.datetime, ground: str) -> Transfer:
    """解除预留: this reserved fund → available. Refused while a published case leans on it."""
    return _up(TransferKind.RELEASE_RESERVATION, fund, amount, now, ground)


def commit(*, fund: Fund, amount: Decimal, now: datetime.datetime, ground: str) -> Transfer:
    """合同占用: reserved → this committed fund of a contract, at most up to the contract's amount."""
    return _down(TransferKind.COMMIT, fund, amount, now, ground)


def release_commitment(*, fund: Fund, amount: Decimal, now: datetime.datetime, ground: str) -> Transfer:
    """解除占用: this committed fund → reserved (termination, settlement below the contract's amount)."""
    return _up(TransferKind.RELEASE_COMMITMENT, fund, amount, now, ground)


def pay(*, fund: Fund, amount: Decimal, now: datetime.datetime, ground: str) -> Transfer:
    """支付: committed → this paid fund of the same contract. `ground` is the `ref` of the approved payment request."""
    return _down(TransferKind.PAY, fund, amount, now, ground)


def refund(*, fund: Fund, amount: Decimal, now: datetime.datetime, ground: str) -> Transfer:
    """退回: this paid fund → committed. `ground` is the `ref` of the payment request that is paid back."""
    return _up(TransferKind.REFUND, fund, amount, now, ground)


def _down(kind: str, fund: Fund, amount: Decimal, now: datetime.datetime, ground: str) -> Transfer:
    return Transfer.objects.create(
        kind=kind, source_id=fund.parent_id, target=fund, amount=amount, at=now, ground=ground
    )


def _up(kind: str, fund: Fund, amount: Decimal, now: datetime.datetime, ground: str) -> Transfer:
    return Transfer.objects.create(
        kind=kind, source=fund, target_id=fund.parent_id, amount=amount, at=now, ground=ground
    )
