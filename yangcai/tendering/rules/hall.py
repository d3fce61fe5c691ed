"""Is the hall at work, who is in it, and how long may bidders still look at the record?"""

import datetime
from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel import calendar
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import method
from yangcai.tendering.models import (
    BidClosing,
    Cover,
    OpenedBid,
    Opening,
    OpeningAttendance,
    OpeningSuspension,
    Solicitation,
)
from yangcai.tendering.rules.bids import live_bids
from yangcai.tendering.rules.opening import opening_of

NOTHING = datetime.timedelta()


def is_read_out(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A hall is where names and prices are read out; no other offer has one (政府采购法 art. 38(4))."""
    if method.reads_out(subject):
        return None
    return refuse(
        "opening.no_disclosure",
        code="no_hall",
        zh="本项目的响应文件不公开唱标，不设开标大厅",
        en="The offers of this purchase are not read out: it has no opening hall",
        **applicable(subject, now=now),
    )


# --- who is in it --------------------------------------------------------------------------------------------------


@remembered
def _bids(case: Case, *, supplier_id: int) -> bool:
    return bool(live_bids(lot__case=case, supplier_id=supplier_id).exists())


def has_a_bid(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """投标人 are those whose bid is in; everybody else looks on."""
    if _bids(subject, supplier_id=by.organisation_id):
        return None
    return Refusal("no_bid", "贵单位没有递交投标文件", "Your organisation has no bid in this tender")


def not_signed_in_yet(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A bidder signs in to the opening once."""
    if not OpeningAttendance.objects.filter(case=subject, supplier_id=by.organisation_id).exists():
        return None
    return Refusal("signed_in", "贵单位已经签到", "Your organisation has signed in already")


def not_concluded(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses once the opening was concluded."""
    opening = opening_of(subject)
    if opening is None or opening.concluded_at is None:
        return None
    return Refusal("opening_concluded", "开标已经结束", "The opening is over")


# --- suspensions ---------------------------------------------------------------------------------------------------


def suspension_of(opening: Opening | None) -> OpeningSuspension | None:
    """The suspension that lasts."""
    return OpeningSuspension.objects.filter(opening=opening, resumed_at__isnull=True).first() if opening else None


def not_suspended(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nothing is opened, read out or concluded behind the back of those who were told to wait."""
    suspension = suspension_of(opening_of(subject.root))
    if suspension is None:
        return None
    at = calendar.to_the_minute(suspension.suspended_at)
    return Refusal(
        "opening_suspended", f"开标已于 {at} 暂停，恢复后再办理", f"The opening was suspended at {at}: resume it first"
    )


def is_suspended(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses to resume an opening that goes on."""
    if suspension_of(opening_of(subject)) is not None:
        return None
    return Refusal("opening_not_suspended", "开标没有暂停", "The opening is not suspended")


def stood_still(opening: Opening, *, since: datetime.datetime, now: datetime.datetime) -> datetime.timedelta:
    """How long of the time since then the hall was suspended."""
    suspensions = OpeningSuspension.objects.filter(opening=opening)
    spans = ((max(p.suspended_at, since), p.resumed_at or now) for p in suspensions)
    return sum((end - begin for begin, end in spans if end > begin), NOTHING)


# --- the minutes of the record -------------------------------------------------------------------------------------


def read_out_at(case: Case) -> datetime.datetime | None:
    """When the last of the lots was read out; None while one is not. Where bidders sealed their bids that is when they
    were unsealed, else when the opening began."""
    opening = opening_of(case)
    if opening is None:
        return None
    first = BidClosing.objects.filter(lot__case=case, lot__outcome="", round=0).exclude(cover=Cover.PRICE)
    unsealed = list(first.values_list("unsealed_at", flat=True))
    return None if None in unsealed else max([opening.begun_at, *unsealed])


def confirmation_closes_at(case: Case, *, now: datetime.datetime) -> datetime.datetime | None:
    """Until when the host leaves bidders time to confirm or object: the minutes that the document promised, from the
    end of the reading, with what was lost to suspensions. None where the document says nothing, or nothing was read."""
    opening, began = opening_of(case), read_out_at(case)
    minutes = Solicitation.objects.filter(case=case).values_list("confirmation_minutes", flat=True).first()
    if opening is None or began is None or minutes is None:
        return None
    return began + datetime.timedelta(minutes=minutes) + stood_still(opening, since=began, now=now)


def bidders_had_their_time(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """未参加开标的视同认可 (87号令 art. 42), but not before the minutes are over that the document left to all."""
    closes_at = confirmation_closes_at(subject, now=now)
    if closes_at is None or now >= closes_at:
        return None
    silent = OpenedBid.objects.filter(lot__case=subject, record_confirmed_at__isnull=True, record_objection="").count()
    if not silent:
        return None
    return refuse(
        "opening.objection",
        code="confirmation_is_open",
        zh="尚有 {silent} 家投标人没有确认，确认时限到 {at} 为止",
        en="{silent} bidders have not confirmed yet; they have time until {at}",
        silent=silent,
        at=calendar.to_the_minute(closes_at),
        **applicable(subject, now=now),
    )
