"""When is how much paid?"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.procedures.evaluation.model import FULL_MARKS
from yangcai.tendering import method
from yangcai.tendering.models import PaymentTermDue

#: A hundred per cent.
WHOLE = FULL_MARKS


def paid_in_time(subject: Case, *, now: datetime.datetime, payment_days: int, **_: Any) -> Refusal | None:
    """满足约定支付条件的，收到发票后 30 日内支付 (财库〔2019〕38号)."""
    on = applicable(subject, now=now)
    if not law.applies("payment.invoice_limit", **on) or payment_days <= law.value("payment.invoice_limit", **on):
        return None
    return refuse(
        "payment.invoice_limit",
        code="payment_too_late",
        zh="付款期限不得超过收到发票后{limit}",
        en="Payment may not be promised later than {limit} after the invoice",
        field="payment_days",
        **on,
    )


def percentages_add_up(subject: Case, *, rows: list[dict[str, Any]], **_: Any) -> Refusal | None:
    """The payments of a contract add up to 100 per cent."""
    total = sum((row["percent"] for row in rows), Decimal(0))
    if total == WHOLE:
        return None
    return Refusal(
        "percentages_not_100",
        f"各期付款比例之和应为 100%，现为 {total}%",
        f"The payments must add up to 100%; they add up to {total}%",
        field="rows",
    )


def incentive_rewards_success(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """激励费用 is a sum of its own beside the compensation: paid for what was accepted, and never all there is."""
    found, on = [row for row in rows if row.get("is_incentive")], applicable(subject, now=now)
    if any(row["due_on"] != PaymentTermDue.ACCEPTANCE for row in found):
        yield refuse(
            "cooperative_innovation.incentive",
            code="incentive_before_acceptance",
            zh="激励费用的付款条件应当是“验收合格”",
            en="An incentive is due on acceptance",
            field="rows",
            **on,
        )
    if found and len(found) == len(rows):
        yield refuse(
            "cooperative_innovation.compensation",
            code="nothing_is_compensated",
            zh="研发合同应当补偿研发成本，不能全部是激励费用",
            en="A contract for research compensates costs: not all of it can be an incentive",
            field="rows",
            **on,
        )


def advance_is_large_enough(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """首购预付款的最低比例 (财库〔2024〕13号): what is due on signature, where the method says so."""
    key, on = method.of(subject).advance, applicable(subject, now=now)
    if not key or not law.applies(key, **on):
        return None
    advance = sum((row["percent"] for row in rows if row["due_on"] == PaymentTermDue.SIGNATURE), Decimal(0))
    if advance / WHOLE >= law.value(key, **on):
        return None
    return refuse(
        key,
        code="advance_too_small",
        zh="预付款（付款条件为“合同签订”）不得低于{limit}，现为 {advance}%",
        en="The advance (due on signature) must be at least {limit}; it is {advance}%",
        field="rows",
        advance=advance,
        **on,
    )
