"""May bids of a lot be sealed by their bidders, may shares of their keys be released, and may they be opened?"""

import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel import calendar
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.sealing.fields import LONGEST_LOT, LOT
from yangcai.tendering import method, policies
from yangcai.tendering.models import (
    SBP,
    Bid,
    BidClosing,
    BidUpload,
    Cover,
    OpeningPolicy,
    PolicySeat,
    ReleasedShare,
    SealedBid,
    ShareRelease,
    SigningKey,
    Trustee,
    TrusteeRole,
)
from yangcai.tendering.rules.bids import close_set_of
from yangcai.tendering.standstill import window_ends_at, window_is_over

#: As many different organisations make a board of trustees (SBP/1 §2.1).
FULL_BOARD = 4
#: No law: so many sessions of one supplier in one lot may stand open that never became a bid. Enough for whoever begins
#: over and over on a bad line, too few to fill a disk.
MOST_UNFINISHED = 10
#: No law: what one session may bring in, bytes, so that parts can be replaced and no disk is filled; what came in by
#: those that were given up stays on the disk, and is bounded with it.
MOST_TAKEN = 4 * 2**30


def is_opened_at_a_deadline(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Offers that come in one by one, or go with another lot, have no opening of their own."""
    if (
        subject.follows_id is None
        and method.has(subject.case, Stage.SUBMISSION)
        and method.has(subject.case, Stage.OPENING)
    ):
        return None
    return Refusal("no_opening", "该采购包没有单独的开标", "This lot has no opening of its own")


def number_is_one_word(subject: Lot, *, by: Post, now: datetime.datetime, **_: Any) -> Refusal | None:
    """Receipts and the public log name the lot by its number, as one word of a line (SBP/1 §2.6)."""
    if LOT.fullmatch(subject.number) and len(subject.number.encode()) <= LONGEST_LOT:
        return None
    return Refusal(
        "number_is_no_word",
        "包号含有空白，或者过长（超过二十一个汉字），回执无法载明，请先修改包号",
        "The number of the lot holds blanks or is too long (64 bytes) for a receipt: change it first",
    )


def policy_is_safe(
    subject: Lot,
    *,
    by: Post,
    now: datetime.datetime,
    trustees: Any,
    threshold: int,
    supplier_shares: int,
    **_: Any,
) -> list[Refusal]:
    """`1 + w_s < θ ≤ n`, one seat of the platform, the others of different organisations (SBP/1 §2.1)."""
    found = []
    seats = list(trustees)
    roles = [trustee.role for trustee in seats]
    organisations = {trustee.organisation_id for trustee in seats}
    if threshold <= 1 + supplier_shares:
        found.append(
            Refusal(
                "threshold_too_low",
                "开启所需份额须大于投标人份额加一：否则开启文件被盗时平台即可单方开启",
                "The threshold exceeds the bidder's shares by more than one: else a stolen opening file and the"
                " platform's share would open a bid",
                field="threshold",
            )
        )
    if threshold > len(seats):
        found.append(
            Refusal(
                "threshold_too_high",
                "开启所需份额不得超过受托席位数：否则投标人缺席时无法补救",
                "The threshold is at most the number of trustees: else no absent bidder's bid could be recovered",
                field="threshold",
            )
        )
    if roles.count(TrusteeRole.PLATFORM) != 1:
        found.append(
            Refusal("one_seat_of_the_platform", "平台须恰有一席", "The platform has exactly one seat", field="trustees")
        )
    if len(organisations) < min(FULL_BOARD, len(seats)):
        found.append(
            Refusal(
                "too_few_organisations",
                "受托人须属于不同单位",
                "The trustees are of different organisations",
                field="trustees",
            )
        )
    return found


def may_hold_seats(case: Case) -> QuerySet[Trustee]:
    """Trustees in office whose posts stand in the case: its own buyer's, its own agent's, and those who oversee every
    case. A share of anybody else's could never be released."""
    elsewhere = Q(role=TrusteeRole.BUYER) & ~Q(organisation=case.buyer_id)
    # Without an agent there is no agent's seat either.
    elsewhere |= Q(role=TrusteeRole.AGENT) & ~Q(organisation__in=[case.agent_id] if case.agent_id else [])
    return Trustee.objects.filter(retired_at__isnull=True).exclude(elsewhere)


def seats_can_release(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """The invitation freezes the keys: none of a trustee that retired, or left the case, after the policy was set."""
    case = subject.root
    drafts = OpeningPolicy.objects.filter(lot__case=case, published_at__isnull=True)
    lots = case.lots.filter(
        pk__in=drafts.filter(seats__in=PolicySeat.objects.exclude(trustee__in=may_hold_seats(case))).values("lot")
    )
    if not lots.exists():
        return None
    numbers = "、".join(lots.order_by("pk").values_list("number", flat=True))
    return Refusal(
        "seat_out_of_office",
        f"采购包 {numbers} 开启规则中有受托人已停用公钥或者已与本项目无关，请重新设定开启规则",
        f"The opening policy of lot {numbers} seats a trustee whose keys were retired or who left the case: set the"
        " opening policy anew",
    )


def board_is_used(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Once trustees of four organisations, the platform's among them, are in office, a public tender is sealed by its
    bidders (docs/decisions/0023)."""
    case = subject.root
    if not method.reads_out(case) or policies.has_two_covers(case):
        return None
    board = may_hold_seats(case).filter(registered_at__lte=now)
    if (
        board.values("organisation").distinct().count() < FULL_BOARD
        or not board.filter(role=TrusteeRole.PLATFORM).exists()
    ):
        return None
    lots = case.lots.filter(follows__isnull=True).exclude(opening_policies__isnull=False)
    if not lots.exists():
        return None
    return refuse(
        "submission.secrecy",
        code="no_opening_policy",
        zh="受托人已经到位，采购包 {lots} 应当先设定开启规则",
        en="The trustees are in office: set the opening policy of lot {lots} first",
        lots="、".join(lots.order_by("pk").values_list("number", flat=True)),
        **applicable(case, now=now),
    )


def covers_have_their_policy(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """The platform's own envelope has one cover: two need bidders who seal them, and so trustees."""
    case = subject.root
    if not policies.has_two_covers(case):
        return None
    lots = case.lots.filter(follows__isnull=True).exclude(opening_policies__isnull=False)
    if not lots.exists():
        return None
    numbers = "、".join(lots.order_by("pk").values_list("number", flat=True))
    return Refusal(
        "two_covers_need_a_policy",
        f"技术与报价分别密封、先后开启的，采购包 {numbers} 应当先设定开启规则",
        f"Two covers are opened one after the other by trustees: set the opening policy of lot {numbers} first",
    )


def takes_platform_envelopes(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Where an opening policy was published, the server never sees a bid in the clear."""
    if not policies.takes_sealed(subject):
        return None
    return Refusal(
        "sealed_by_the_bidder",
        "本包投标文件须由投标人自行密封后上传",
        "Bids for this lot are sealed by their bidders before they are uploaded",
    )


def takes_sealed_envelopes(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses an envelope for a lot without a published opening policy: there the platform seals."""
    if policies.takes_sealed(subject):
        return None
    return Refusal(
        "sealed_by_the_platform",
        "本包没有公布开启规则，请在线填写投标文件，由平台密封",
        "No opening policy was published for this lot: fill in the bid here, and the platform seals it",
    )


def takes_sealed_last_offers(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """With the round of last offers a policy of its own was published."""
    if policies.takes_sealed(subject, round=policies.LAST):
        return None
    return Refusal(
        "sealed_by_the_platform",
        "本包的最后报价由平台密封，请在线填写",
        "The platform seals the last offers of this lot: fill yours in here",
    )


def takes_last_offers_in_the_clear(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses a last offer in the clear where a policy of the last round was published."""
    if not policies.takes_sealed(subject, round=policies.LAST):
        return None
    return Refusal(
        "sealed_by_the_bidder",
        "本包的最后报价须由供应商自行密封后上传",
        "Last offers of this lot are sealed by their suppliers before they are uploaded",
    )


def has_a_credit_code(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """An envelope names its supplier by the unified social credit code."""
    if by.organisation.uscc:
        return None
    return Refusal(
        "no_credit_code",
        "贵单位未登记统一社会信用代码",
        "Your organisation has no unified social credit code on record",
    )


def has_a_signing_key(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses a post without a live signing key of its own."""
    if SigningKey.objects.filter(post_id=by.pk, revoked_at__isnull=True).exists():
        return None
    return Refusal("no_signing_key", "请先登记签名公钥", "Register a signing key first")


def few_are_unfinished(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Whoever began over and over goes on with one of its sessions: until it is verified, its parts can be replaced."""
    begun = unfinished_uploads(subject, supplier_id=by.organisation_id)
    if begun.count() >= MOST_UNFINISHED:
        return Refusal(
            "too_many_uploads",
            f"贵单位在本包已有 {MOST_UNFINISHED} 个未完成的上传，请用原幂等键继续其中之一，或者先放弃不再需要的",
            f"{MOST_UNFINISHED} uploads of yours for this lot are unfinished: go on with one of them by its key, or"
            " give up those that you need no longer",
        )
    given_up = BidUpload.objects.filter(lot=subject, supplier_id=by.organisation_id, given_up_at__isnull=False)
    if (given_up.aggregate(taken=Sum("taken_bytes"))["taken"] or 0) < MOST_UNFINISHED * MOST_TAKEN:
        return None
    return Refusal(
        "too_much_given_up",
        "贵单位在本包放弃的上传占用的空间已达上限，请继续未完成的上传",
        "The uploads that you gave up for this lot fill the room there is: go on with an unfinished one",
    )


def unfinished_uploads(lot: Lot, *, supplier_id: int) -> QuerySet[BidUpload]:
    """Begun, not given up, and no bid yet."""
    found = BidUpload.objects.filter(lot=lot, supplier_id=supplier_id, sealed__isnull=True, given_up_at__isnull=True)
    return found.order_by("begun_at", "pk")


def upload_is_unfinished(subject: BidUpload, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses to give up what was given up or became a bid."""
    if subject.given_up_at is not None:
        return Refusal("upload_given_up", "该上传已经放弃", "This upload has been given up")
    if SealedBid.objects.filter(upload=subject).exists():
        return Refusal("upload_became_a_bid", "该上传已经递交，请办理撤回", "This upload became a bid: withdraw that")
    return None


# --- the opening ---------------------------------------------------------------------------------------------------


@remembered
def closings(lot: Lot) -> list[BidClosing]:
    """The closings of the lot in order: of its bids, then of prices or last offers; to be read, not changed."""
    if not may_have(lot.case, BidClosing):
        return []
    return list(BidClosing.objects.filter(lot=lot).select_related("policy", "lot__case").order_by("pk"))


def closing_of(lot: Lot) -> BidClosing | None:
    """The latest closing of the lot: that of which keys are released now. The one before it was opened by then."""
    return next(reversed(closings(lot)), None)


def closing_under(policy: OpeningPolicy) -> BidClosing | None:
    """The closing of what is sealed under a policy, of its cover and round; None before it."""
    of = (policy.cover, policy.round)
    return next((one for one in closings(policy.lot) if (one.cover, one.round) == of), None)


def first_closing(lot: Lot) -> BidClosing | None:
    """The closing of the lot's bids, at their deadline."""
    return next(iter(closings(lot)), None)


def keys_are_in(closing: BidClosing, *, now: datetime.datetime) -> bool:
    """The barrier: every bidder in the close set has released its key and its envelope is here, or the time is over."""
    if window_is_over(closing, now=now):
        return True
    released = ShareRelease.objects.filter(closing=closing, bid__isnull=False).values("bid")
    closed = close_set_of(closing.lot_id, cover=closing.cover, round=closing.round)
    return not closed.exclude(pk__in=released, sealed__upload__verified_at__isnull=False).exists()


def is_sealed_by_its_bidder(subject: Bid, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses a bid that the platform sealed: nobody releases a share of it."""
    if subject.seal_scheme == SBP:
        return None
    return Refusal("sealed_by_the_platform", "该投标文件由平台密封", "The platform sealed this bid")


def opens_now(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """While the committee evaluates there is something to open only where prices or last offers were sealed apart."""
    lot = subject if isinstance(subject, Lot) else subject.lot
    if lot.stage_at(now) != Stage.EVALUATION:
        return None
    closing = closing_of(lot)
    if closing is not None and (closing.cover == Cover.PRICE or closing.round == policies.LAST):
        return None
    return Refusal("nothing_to_open", "本包没有待开启的文件", "In this lot nothing waits to be opened")


def is_being_opened(subject: Bid, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """A price is released when prices are opened, and then only of a bid that went on."""
    closing = closing_of(subject.lot)
    if (
        closing is None
        or close_set_of(subject.lot, cover=closing.cover, round=closing.round).filter(pk=subject.pk).exists()
    ):
        return None
    return Refusal("not_in_the_close_set", "现在开启的不是这份文件", "It is not this envelope that is being opened now")


def window_is_open(subject: Any, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """The time in which bidders release their keys."""
    lot = subject if isinstance(subject, Lot) else subject.lot
    closing = closing_of(lot)
    if closing is None:
        return refuse(
            "opening.at_deadline",
            code="not_closed_yet",
            zh="尚未开标，不能释放密钥",
            en="The opening has not begun: no key is released yet",
            **applicable(lot.case, now=now),
        )
    ends_at = window_ends_at(closing, now=now)
    if now < ends_at:
        return None
    if not window_is_over(closing, now=now):
        return _journal_is_silent(lot, ends_at, now=now)
    return Refusal(
        "window_is_over",
        f"解密时限已于 {calendar.to_the_minute(ends_at)} 结束",
        f"The time for releasing keys ended at {calendar.to_the_minute(ends_at)}",
    )


def _journal_is_silent(lot: Lot, ends_at: datetime.datetime, *, now: datetime.datetime) -> Refusal:
    """The clock says that the window ended, and the journal may still move it: to bidders and trustees alike."""
    return refuse(
        "outage.window",
        code="health_unknown",
        zh="解密时限已于 {at} 届满，平台健康日志尚未确认其间没有停机，稍候再办理；有停机的，时限相应后延",
        en="The time for keys ended at {at}, and the health journal does not say yet that there was no outage in it:"
        " wait for it; after an outage that time ends later",
        at=calendar.to_the_minute(ends_at),
        **applicable(lot.case, now=now),
    )


def not_released_yet(subject: Bid, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses once a share of the bid's key was released."""
    if not ShareRelease.objects.filter(bid=subject).exists():
        return None
    return Refusal("key_released", "该投标文件的密钥已经释放", "The key of this bid has been released")


def recovers_on_consent(subject: Bid, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses where the bid's policy of recovery asks no consent, or it was given."""
    sealed = getattr(subject, "sealed", None)
    if sealed is not None and sealed.recovery == "consent" and sealed.consented_at is None:
        return None
    return Refusal("no_consent_needed", "该投标文件无须另行同意", "No further consent is needed for this bid")


def barrier_has_fallen(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """开标前不得开启: nobody's share comes in while bidders may still release theirs (SBP/1 §2.8)."""
    closing = closing_of(subject)
    if closing is not None and keys_are_in(closing, now=now):
        return None
    ends_at = window_ends_at(closing, now=now) if closing is not None else None
    if ends_at is not None and now >= ends_at:
        return _journal_is_silent(subject, ends_at, now=now)
    until = f"（{calendar.to_the_minute(ends_at)}）" if ends_at is not None else ""
    return Refusal(
        "before_the_barrier",
        f"投标人解密尚未全部完成，且时限{until}未到，不能释放份额或者开启",
        f"Bidders may still release their keys{until}: no share is released and nothing is opened before",
    )


def holds_a_seat(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses whose organisation holds no share of the lot, or who is not on duty at `now`."""
    if seat_of(subject, by=by, now=now) is not None:
        return None
    return Refusal(
        "no_seat",
        "贵单位不是本包的受托人，或者您不在值守",
        "Your organisation holds no share here, or you are not on duty",
    )


def seat_of(lot: Lot, *, by: Post, now: datetime.datetime) -> Any:
    """The seat that this post releases for; None without one, or off duty."""
    from yangcai.tendering.rules.trustees import on_duty

    closing = closing_of(lot)
    if closing is None:
        return None
    for seat in closing.policy.seats.select_related("trustee").filter(trustee__organisation_id=by.organisation_id):
        if on_duty(seat.trustee, by=by, now=now):
            return seat
    return None


def platform_is_not_first(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """The operator's share follows a person's, never leads (SBP/1 §2.8)."""
    seat = seat_of(subject, by=by, now=now)
    if seat is None or seat.trustee.role != TrusteeRole.PLATFORM or human_released(closing_of(subject)):
        return None
    return Refusal(
        "operator_is_never_first", "平台份额须在其他受托人之后释放", "The platform's share follows another trustee's"
    )


def shares_are_owed(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses whose shares are all there. Of bids whose share could not be read, it can still come."""
    from yangcai.tendering.unsealing import owed_shares

    closing, seat = closing_of(subject), seat_of(subject, by=by, now=now)
    if closing is None or seat is None or any(owed_shares(closing, number=seat.number).values()):
        return None
    return Refusal(
        "shares_released",
        "贵单位的份额已经全部释放，无须再办理",
        "All shares of your organisation are released: nothing is left to do",
    )


def not_closed_for_last_offers(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses once the last round was closed: from there on it opens by shares."""
    closing = closing_of(subject)
    if closing is None or closing.round != policies.LAST:
        return None
    return Refusal(
        "last_offers_closed",
        "最后报价已经截止登记，由供应商和受托人释放密钥后开启",
        "The last offers are closed: they open when their suppliers and the trustees have released their shares",
    )


def human_released(closing: BidClosing | None) -> bool:
    """Whether a person gave a share out; a release that only says which shares are lost opens nothing."""
    given = ReleasedShare.objects.filter(release__closing=closing, release__trustee__isnull=False)
    return given.exclude(release__trustee__role=TrusteeRole.PLATFORM).exists()


def not_extended_yet(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """One extension, for all (SBP/1 §2.9)."""
    closing = closing_of(subject)
    if closing is None or closing.extended_at is None:
        return None
    return Refusal("window_extended", "解密时限已延长过一次", "The time for releasing keys has been extended once")


def not_unsealed_yet(subject: Lot, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses once the bids of the lot were opened."""
    closing = closing_of(subject)
    if closing is None or closing.unsealed_at is None:
        return None
    return Refusal("unsealed", "该采购包已经解密唱标", "The bids of this lot have been opened and read out")


def lying_sealed(closing: BidClosing) -> QuerySet[Bid]:
    """The bids that were in and are neither opened nor given up, in the order in which they came in."""
    closed = close_set_of(closing.lot_id, cover=closing.cover, round=closing.round)
    found = closed.filter(damage="", opened__isnull=True, final_offer__isnull=True)
    related = found.select_related("sealed__upload__policy", "lot__case", "supplier", "envelope")
    return related.order_by("received_at", "pk")


def every_lot_is_unsealed(subject: Case, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """The record is not final while a bid lies sealed that may still be opened."""
    waiting = BidClosing.objects.filter(
        lot__case=subject, lot__outcome="", unsealed_at__isnull=True, round=policies.BID
    )
    waiting = waiting.exclude(cover=Cover.PRICE)
    if not waiting.exists():
        return None
    numbers = "、".join(waiting.order_by("lot_id").values_list("lot__number", flat=True))
    return Refusal(
        "bids_still_sealed", f"采购包 {numbers} 的投标文件尚未全部解密", f"Bids of lot {numbers} still lie sealed"
    )
