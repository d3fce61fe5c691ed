"""How do our values look in OCDS 1.1? Money, times, periods, organisations."""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from yangcai.parties.models import Organisation
from yangcai.tendering.models import BidPartner

CURRENCY = "CNY"


#: Stands before every title and publisher that leaves a demo, so that nobody takes it for real, however it is cut up.
DEMO = "【演示，不是真实采购】"


def ocid(case_id: int) -> str:
    """The contracting process of a case. The prefix is a setting: a publisher registers its own."""
    return f"{settings.YANGCAI_OCID_PREFIX}-{case_id}"


def money(amount: Decimal | None) -> dict[str, Any] | None:
    """JSON knows only numbers; two places of yuan stay exact below 90 million million."""
    return None if amount is None else {"amount": float(amount), "currency": CURRENCY}


def moment(at: datetime.datetime | None) -> str | None:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def day(on: datetime.date | None) -> str | None:
    return f"{on.isoformat()}T00:00:00+08:00" if on else None


def organisation_id(organisation: Organisation) -> str:
    return f"CN-USCC-{organisation.uscc}" if organisation.uscc else f"YC-{organisation.pk}"


def reference(organisation: Organisation) -> dict[str, str]:
    return {"id": organisation_id(organisation), "name": organisation.name}


def partner_id(partner: BidPartner) -> str:
    """By its credit code, as if it were registered here; without one by its name, the same in every bid."""
    return f"CN-USCC-{partner.uscc}" if partner.uscc else f"YC-NAME-{partner.name}"


def partner_reference(partner: BidPartner) -> dict[str, str]:
    return {"id": partner_id(partner), "name": partner.name}


def without_empty(data: Any) -> Any:
    """Drop None, empty lists and empty objects: OCDS says nothing about what is not known."""
    if isinstance(data, dict):
        kept = {k: without_empty(v) for k, v in data.items()}
        return {k: v for k, v in kept.items() if v not in (None, [], {}, "")}
    if isinstance(data, list):
        return [without_empty(v) for v in data]
    return data


def until(at: datetime.datetime | None, now: datetime.datetime) -> datetime.datetime | None:
    """A time of the past as it was known at `now`; what came later is not known yet."""
    return at if at is not None and at <= now else None
