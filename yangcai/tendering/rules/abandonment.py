"""Does a bid still lie sealed, and were those without whom it cannot be opened waited for long enough?"""

import datetime
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.tendering import standstill, unsealing
from yangcai.tendering.models import BidClosing, OpeningAbandonment
from yangcai.tendering.rules import sealed


def _closing(subject: Any) -> BidClosing | None:
    return sealed.closing_of(subject) if isinstance(subject, Lot) else subject.closing


def some_lie_sealed(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses where every bid of the closing was opened."""
    closing = _closing(subject)
    if closing is not None and sealed.lying_sealed(closing).exists():
        return None
    return Refusal("none_lies_sealed", "没有尚未开启的投标文件", "No bid lies sealed")


def still_lie_sealed(subject: OpeningAbandonment, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Shares may have come in since it was asked for."""
    if subject.closing.unsealed_at is None:
        return some_lie_sealed(subject, by=by, now=now)
    return Refusal("unsealed", "该采购包已经解密唱标", "The bids of this lot have been opened and read out")


def was_waited_for(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """A day after the window for keys as it was laid down (SBP/1 §2.9), without the time in which the case stood still.
    An outage does not lengthen the day, or nobody could end the waiting for a store that is gone (decision 28)."""
    closing = _closing(subject)
    if closing is None or unsealing.patience_is_over(closing, now=now):
        return None
    patient = now + unsealing.PATIENCE - standstill.waited(closing, now=now)
    return refuse(
        "opening.at_deadline",
        code="still_waited_for",
        zh="解密时限届满后须等待受托人二十四小时，最早 {at} 可以办理",
        en="Trustees are waited for twenty-four hours after the window: not before {at}",
        at=calendar.to_the_minute(max(patient, standstill.window_ends_at(closing, now=now))),
        **applicable(closing.lot.case, now=now),
    )


def none_is_asked_for(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """One request at a time to wait no longer."""
    closing = _closing(subject)
    if not OpeningAbandonment.objects.filter(closing=closing, answered_at__isnull=True).exists():
        return None
    return Refusal("abandonment_asked_for", "已经提请，等待复核", "It has been asked for and waits to be confirmed")


def is_unanswered(subject: OpeningAbandonment, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """A request is answered once."""
    if subject.answered_at is None:
        return None
    return Refusal("abandonment_answered", "已经复核", "It has been answered")
