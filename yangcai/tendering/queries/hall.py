"""What does the opening hall show at a moment: in which phase is each lot, who is there, what was read out?

One read for every reader, in two versions. `inside` is for whoever runs or oversees the case: who bid is known to them
from the deadline on. For everybody else, bidders too, a lot has no names, no number and no price until its bids were
opened together (87号令 art. 28, 39-41): a bidder that knew who else is in could still hold its key back.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.queries import runs_or_oversees, visible_to
from yangcai.kernel.actions import ACTIONS, scope
from yangcai.kernel.models import Attachment, Entry
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import opening_record, policies, price_proof
from yangcai.tendering.models import (
    Bid,
    BidClosing,
    CommitteeMember,
    Cover,
    OpenedBid,
    Opening,
    OpeningAttendance,
    OpeningSuspension,
    OutageExtension,
    ShareRelease,
)
from yangcai.tendering.queries.bids import READ_OUT
from yangcai.tendering.rules import hall as rules
from yangcai.tendering.rules import sealed
from yangcai.tendering.rules.bids import close_set_of, live_bids, whole_bids
from yangcai.tendering.rules.opening import enough_bids, opening_of
from yangcai.tendering.rules.outages import deadline_has_come
from yangcai.tendering.standstill import window_ends_at


class Phase(models.TextChoices):
    """Where a lot stands in the hall, in the order in which it goes through."""

    BEFORE = "before", _("等待开标")
    SIGN_IN = "sign_in", _("签到")
    RELEASES = "releases", _("投标人解密")
    TRUSTEES = "trustees", _("受托人开启")
    RECOVERY = "recovery", _("补救开启")
    READ_OUT = "read_out", _("唱标")
    CONFIRMATION = "confirmation", _("确认记录")
    CONCLUDED = "concluded", _("开标结束")
    NO_OPENING = "no_opening", _("不开标")


ORDER = tuple(Phase)
#: From here on everybody sees who bid, and what.
PUBLIC_FROM = ORDER.index(Phase.RECOVERY)


class Seal(models.TextChoices):
    """What became of an envelope."""

    SEALED = "sealed", _("已密封")
    RELEASED = "released", _("已解密，待开启")
    OPENED = "opened", _("已开启")
    DAMAGED = "damaged", _("未能开启")


class Clock(models.TextChoices):
    """What a time in the hall is left for."""

    DEADLINE = "deadline", _("距投标截止")
    RELEASES = "releases", _("解密剩余时间")
    CONFIRMATION = "confirmation", _("确认剩余时间")


@dataclass(frozen=True)
class Line:
    """One bid of a lot, in the order in which they came in. `is_price_proven`: the price was held against what the
    bidder had committed to before the deadline; None where it was sealed without such a commitment."""

    number: int
    supplier_id: int
    supplier: str
    received_at: datetime.datetime
    envelope: str
    signed_in_at: datetime.datetime | None
    seal: str
    damage: str = ""
    price: Decimal | None = None
    price_in_words: str = ""
    delivery: str = ""
    is_price_proven: bool | None = None
    confirmed_at: datetime.datetime | None = None
    objection: str = ""
    #: The opening is over and the bidder said nothing: 视同认可开标结果 (87号令 art. 42).
    is_deemed: bool = False


@dataclass(frozen=True)
class LotState:
    """One lot in the hall."""

    pk: int
    number: str
    title: str
    limit: Decimal
    phase: str
    lines: tuple[Line, ...] = ()
    #: How many envelopes lie there, and how many keys of bidders and of trustees are in; None where not to be told.
    bids: int | None = None
    released: int | None = None
    trustees: int | None = None
    trustees_needed: int | None = None
    window_closes_at: datetime.datetime | None = None
    #: PRICE: the covers with the prices, opened after the technical evaluation; of the bids otherwise (TECH or ALL).
    cover: str = Cover.ALL
    #: The closing whose record is written by now; the record of the hall is none of a closing.
    recorded: int | None = None

    @property
    def is_of_prices(self) -> bool:
        return self.cover == Cover.PRICE

    @property
    def is_to_come(self) -> bool:
        """The technical evaluation is not closed: nobody waits for these prices in the hall."""
        return self.is_of_prices and self.phase == Phase.BEFORE

    @property
    def is_read_out(self) -> bool:
        return self.phase != Phase.NO_OPENING and ORDER.index(Phase(self.phase)) >= PUBLIC_FROM


@dataclass(frozen=True)
class Message:
    """One line of what happened: an Entry, with what was said in it."""

    seq: int
    at: datetime.datetime
    action: str
    actor: str
    said: str = ""


@dataclass(frozen=True)
class Hall:
    """The whole hall at a moment."""

    case: Case
    phase: str
    lots: tuple[LotState, ...]
    messages: tuple[Message, ...]
    case_is_suspended: bool = False
    opening: Opening | None = None
    suspension: OpeningSuspension | None = None
    signed_in: int | None = None
    clock: str = ""
    clock_until: datetime.datetime | None = None
    record: Attachment | None = None
    #: The deadline is over by the clock, and the health journal does not say yet that it stands.
    waits_for_the_journal: bool = False
    extension: OutageExtension | None = None

    @property
    def bids(self) -> int | None:
        """How many bids there are in all lots; None where that is not to be told."""
        counts = [lot.bids for lot in self.lots if not lot.is_of_prices]
        return None if None in counts else sum(count or 0 for count in counts)

    @property
    def confirmed(self) -> tuple[int, int]:
        """How many of those that were read out confirmed or objected, and of how many."""
        read = [lot for lot in self.lots if not lot.is_of_prices]
        lines = [line for lot in read for line in lot.lines if line.seal == Seal.OPENED]
        return sum(1 for line in lines if line.confirmed_at or line.objection), len(lines)


# --- who may come in -----------------------------------------------------------------------------------------------


def halls(post: Post | None, now: datetime.datetime) -> models.QuerySet[Case]:
    """The tenders that have a hall this reader may enter: published, with prices that are read out."""
    return visible_to(post, now).filter(procedure__in=READ_OUT, published_at__isnull=False, published_at__lte=now)


def has_hall(case: Case, post: Post | None, *, now: datetime.datetime) -> bool:
    """`halls`, of one case that this reader sees; no expert is led there, for it may be one of the committee."""
    is_published = case.published_at is not None and case.published_at <= now
    return case.procedure in READ_OUT and is_published and (post is None or post.role != Role.EXPERT)


def is_inside(case: Case, post: Post | None) -> bool:
    """Whether this reader runs or oversees the case."""
    return runs_or_oversees(case, post)


def judges_it(case: Case, post: Post | None) -> bool:
    """评标委员会成员不得参加开标活动 (87号令 art. 40)."""
    if post is None or post.role != Role.EXPERT:
        return False
    return CommitteeMember.objects.filter(
        committee__case=case, post__person_id=post.person_id, replaced_at__isnull=True
    ).exists()


@scope(OpeningAttendance)
def visible_attendances(post: Post | None, now: datetime.datetime) -> models.QuerySet[OpeningAttendance]:
    """One's own; with the others' names once they are read out."""
    found = OpeningAttendance.objects.select_related("case", "supplier")
    if post is None:
        return found.none()
    own = models.Q(supplier_id=post.organisation_id) if post.role == Role.SUPPLIER else models.Q(pk__in=[])
    bidders = OpenedBid.objects.filter(opened_at__lte=now, lot__case=models.OuterRef("case"))
    return found.filter(own | models.Q(models.Exists(bidders), case__in=halls(post, now)))


@scope(OpeningSuspension)
def visible_opening_suspensions(post: Post | None, now: datetime.datetime) -> models.QuerySet[OpeningSuspension]:
    """With the case."""
    return OpeningSuspension.objects.filter(opening__case__in=visible_to(post, now)).select_related("opening__case")


# --- the state -----------------------------------------------------------------------------------------------------


def hall_state(case: Case, *, inside: bool, now: datetime.datetime) -> Hall:
    """The hall as it is now."""
    opening = opening_of(case)
    there = dict(OpeningAttendance.objects.filter(case=case).values_list("supplier_id", "signed_in_at"))
    lots = tuple(_lots(case, opening, there, inside=inside, now=now))
    has_come, closes_at = deadline_has_come(case, now=now), periods.closing_at(case)
    hall = Hall(
        case=case,
        phase=_whole(lot for lot in lots if not lot.is_to_come),
        lots=lots,
        messages=tuple(_messages(case, inside=inside and has_come)),
        case_is_suspended=case.is_suspended_at(now),
        opening=opening,
        suspension=rules.suspension_of(opening),
        waits_for_the_journal=not has_come and closes_at is not None and closes_at <= now,
        extension=case.extensions.filter(stage=Stage.SUBMISSION).last(),
        signed_in=len(there) if (inside and has_come) or any(lot.is_read_out for lot in lots) else None,
    )
    clock, until = _clock(case, hall, now=now)
    record = Attachment.objects.filter(root=case.ref, document_id=opening.record_id).first() if opening else None
    return replace(hall, clock=clock, clock_until=until, record=record)


def _lots(
    case: Case, opening: Opening | None, there: dict[int, datetime.datetime], *, inside: bool, now: datetime.datetime
) -> Iterator[LotState]:
    for lot in sorted(case.every_lot(), key=lambda lot: lot.number):
        if lot.follows_id is not None:
            continue
        closing = sealed.first_closing(lot) if opening is not None else None
        phase = _phase(lot, opening, closing, now=now)
        cover = Cover.TECH if policies.has_two_covers(case) else Cover.ALL
        state = LotState(lot.pk, lot.number, lot.title, Decimal(str(lot.limit)), phase, cover=cover)
        if closing is not None:
            state = replace(state, **_keys(closing, now=now))
        if state.is_read_out or (inside and phase != Phase.BEFORE):
            lines = tuple(_lines(lot, there, opening if state.is_read_out else None))
            released = sum(line.seal == Seal.RELEASED for line in lines)
            if phase != Phase.RELEASES:
                released = ShareRelease.objects.filter(closing=closing, bid__isnull=False).count()
            state = replace(state, lines=lines, bids=len(lines), released=released if closing is not None else None)
        yield state
        if cover == Cover.TECH and phase != Phase.NO_OPENING:
            yield _prices(lot, inside=inside, now=now)


def _prices(lot: Lot, *, inside: bool, now: datetime.datetime) -> LotState:
    """The second opening of a lot with two covers: names, number and prices in one moment, as in the first."""
    state = LotState(lot.pk, lot.number, lot.title, Decimal(str(lot.limit)), Phase.BEFORE, cover=Cover.PRICE)
    closing = sealed.closing_of(lot)
    if closing is None or closing.cover != Cover.PRICE:
        return state
    lines = tuple(_price_lines(lot, closing))
    phase = Phase.TRUSTEES if sealed.keys_are_in(closing, now=now) else Phase.RELEASES
    if closing.unsealed_at is not None:
        phase = Phase.CONCLUDED
    elif any(line.seal in {Seal.OPENED, Seal.DAMAGED} for line in lines):
        phase = Phase.RECOVERY
    # Openings of before it had a page have a record of another kind, among the documents of the case.
    is_recorded = closing.unsealed_at is not None and opening_record.shown(closing, inside=inside) is not None
    recorded = closing.pk if is_recorded else None
    state = replace(state, phase=phase, recorded=recorded, **_keys(closing, now=now))
    if not (inside or state.is_read_out):
        return state
    released = ShareRelease.objects.filter(closing=closing, bid__isnull=False).count()
    return replace(state, lines=lines, bids=len(lines), released=released)


def _price_lines(lot: Lot, closing: BidClosing) -> Iterator[Line]:
    bids = close_set_of(lot, cover=closing.cover, round=closing.round).select_related(
        "supplier", "final_offer", "sealed"
    )
    released = set(ShareRelease.objects.filter(closing=closing, bid__isnull=False).values_list("bid_id", flat=True))
    for number, bid in enumerate(bids.order_by("received_at", "pk"), start=1):
        price: Any = getattr(bid, "final_offer", None)
        line = Line(
            number=number,
            supplier_id=bid.supplier_id,
            supplier=bid.supplier.name,
            received_at=bid.received_at,
            envelope=bid.envelope_id,
            signed_in_at=None,
            seal=Seal.RELEASED if bid.pk in released else Seal.SEALED,
        )
        if price is not None:
            proven = price_proof.holds(bid, price.price)
            line = replace(
                line,
                seal=Seal.OPENED,
                price=price.price,
                price_in_words=price.price_in_words,
                is_price_proven=proven,
            )
        elif bid.damage:
            line = replace(line, seal=Seal.DAMAGED, damage=bid.damage)
        yield line


def _keys(closing: BidClosing, *, now: datetime.datetime) -> dict[str, Any]:
    """Until when bidders may release their keys, and how many trustees have: that tells nothing of a bidder."""
    policy = closing.policy
    gave = ShareRelease.objects.filter(closing=closing, trustee__isnull=False, shares__isnull=False)
    return {
        "window_closes_at": window_ends_at(closing, now=now),
        "trustees": gave.values("trustee").distinct().count(),
        "trustees_needed": policy.threshold - policy.supplier_shares,
    }


def _phase(lot: Lot, opening: Opening | None, closing: BidClosing | None, *, now: datetime.datetime) -> str:
    """Of one lot. A lot that was declared unsuccessful, or whose case ended, keeps the phase to which it came."""
    case = lot.case
    if opening is None:
        return Phase.SIGN_IN if deadline_has_come(case, now=now) else Phase.BEFORE
    has_opened = OpenedBid.objects.filter(lot=lot).exists()
    if not has_opened and not enough_bids(lot, now=now):
        return Phase.NO_OPENING
    if closing is not None and closing.unsealed_at is None and lot.outcome == "":
        if has_opened or whole_bids(lot).exclude(damage="").exists():
            return Phase.RECOVERY
        return Phase.TRUSTEES if sealed.keys_are_in(closing, now=now) else Phase.RELEASES
    if opening.concluded_at is not None:
        return Phase.CONCLUDED
    return Phase.CONFIRMATION if rules.read_out_at(case) is not None else Phase.READ_OUT


def _whole(lots: Iterable[LotState]) -> str:
    """Of the hall: that of the lot which has come the least far; a lot that is not opened holds nobody up."""
    return min((lot.phase for lot in lots), key=lambda phase: ORDER.index(Phase(phase)), default=Phase.BEFORE)


def _lines(lot: Lot, there: dict[int, datetime.datetime], opening: Opening | None) -> Iterator[Line]:
    """With what was read out, where an opening is given."""
    bids = live_bids(lot=lot).select_related("supplier", "opened", "sealed").order_by("received_at", "pk")
    released = set(ShareRelease.objects.filter(bid__in=bids).values_list("bid_id", flat=True))
    for number, bid in enumerate(bids, start=1):
        line = Line(
            number=number,
            supplier_id=bid.supplier_id,
            supplier=bid.supplier.name,
            received_at=bid.received_at,
            envelope=bid.envelope_id,
            signed_in_at=there.get(bid.supplier_id),
            seal=Seal.RELEASED if bid.pk in released else Seal.SEALED,
        )
        yield _opened(line, bid, opening) if opening else line


def _opened(line: Line, bid: Bid, opening: Opening) -> Line:
    opened: Any = getattr(bid, "opened", None)
    if opened is None:
        return replace(line, seal=Seal.DAMAGED, damage=bid.damage) if bid.damage else line
    return replace(
        line,
        seal=Seal.OPENED,
        price=None if bid.cover == Cover.TECH else opened.price,
        price_in_words=opened.price_in_words,
        delivery=opened.delivery,
        is_price_proven=price_proof.holds(bid, opened.price),
        confirmed_at=opened.record_confirmed_at,
        objection=opened.record_objection,
        is_deemed=bool(opening.concluded_at and not opened.record_confirmed_at and not opened.record_objection),
    )


def _clock(case: Case, hall: Hall, *, now: datetime.datetime) -> tuple[str, datetime.datetime | None]:
    """What the hall waits for, and until when; nothing while it is suspended."""
    closes_at = periods.closing_at(case)
    if hall.phase == Phase.BEFORE and closes_at is not None and now < closes_at:
        return Clock.DEADLINE, closes_at
    if hall.suspension is not None or hall.case_is_suspended:
        return "", None
    windows = [lot.window_closes_at for lot in hall.lots if lot.phase == Phase.RELEASES and lot.window_closes_at]
    if windows:
        return Clock.RELEASES, max(windows)
    if hall.phase == Phase.CONFIRMATION:
        until = rules.confirmation_closes_at(case, now=now)
        return (Clock.CONFIRMATION, until) if until is not None and now < until else ("", None)
    return "", None


# --- what happened -------------------------------------------------------------------------------------------------

#: What belongs to the hall, with the words of its input that are read aloud.
HEARD: dict[str, str] = {
    "period.extend": "",
    "opening.begin": "",
    "opening.sign_in": "",
    "opening.remark": "remark",
    "opening.suspend": "reason",
    "opening.resume": "",
    "opening.extend": "reason",
    "bid.release": "",
    "bid.consent": "",
    "trustee.release": "",
    "opening.unseal": "",
    "opening.abandon": "reason",
    "opening.confirm_abandonment": "answer",
    "opening.decline_abandonment": "answer",
    "opening.confirm": "",
    "opening.object": "objection",
    "opening.conclude": "answer",
    "lot.declare_unsuccessful": "",
    "case.suspend": "",
    "case.resume": "",
}


def _messages(case: Case, *, inside: bool) -> Iterator[Message]:
    """In order. What tells that somebody bids is for those inside alone, and for them only from the deadline on."""
    heard = [code for code in HEARD if code in ACTIONS and (inside or ACTIONS[code].is_public)]
    entries = Entry.objects.filter(root=case.ref, outcome="done", action__in=heard).select_related("payload")
    for entry in entries.order_by("seq"):
        word = HEARD[entry.action]
        said = entry.payload.data.get("input", {}).get(word, "") if word else ""
        yield Message(entry.seq, entry.at, entry.action, entry.organisation, str(said or ""))
