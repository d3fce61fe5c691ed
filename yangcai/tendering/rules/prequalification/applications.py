"""May a supplier apply to be qualified, and take its application back?"""

import datetime
from typing import Any

from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.tendering.models import Prequalification, PrequalificationApplication
from yangcai.tendering.rules.prequalification.its_case import refuse_on


def takes_applications(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """From the notice to the announced deadline (87号令 art. 15)."""
    found: Prequalification = subject.root
    if found.opens_at is None or found.closes_at is None:
        return Refusal("not_published", "资格预审公告尚未发布", "The prequalification notice is not out yet")
    if found.opens_at <= now < found.closes_at:
        return None
    return refuse_on(
        found.case,
        "prequalification.content",
        now=now,
        code="late_application",
        zh="资格预审申请已于 {closes} 截止",
        en="Applications closed at {closes}",
        closes=calendar.to_the_minute(found.closes_at),
    )


def has_not_applied(subject: Prequalification, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A supplier has one live application."""
    if not subject.applications.filter(supplier_id=by.organisation_id, withdrawn_at__isnull=True).exists():
        return None
    return Refusal(
        "already_applied",
        "贵单位已提交申请；截止前可以撤回后重新提交",
        "Your organisation has applied; until the deadline it may withdraw and apply again",
    )


def is_live(subject: PrequalificationApplication, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses an application that was withdrawn."""
    if subject.withdrawn_at is None:
        return None
    return Refusal("already_withdrawn", "该申请已经撤回", "This application has been withdrawn")


def live(subject: Prequalification) -> list[PrequalificationApplication]:
    """The applications that were not withdrawn, in the order in which they came."""
    found = subject.applications.filter(withdrawn_at__isnull=True)
    return list(found.select_related("supplier").order_by("submitted_at", "pk"))
