"""Who releases which shares, when are the bids of a lot opened, and what if a bidder or a trustee does not come?"""

import datetime
import logging

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel import entries
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.sealing.faults import SIGNATURE_WRONG, Fault, Faulty
from yangcai.sealing.opening import share_fault
from yangcai.sealing.shares import SUPPLIER_FROM
from yangcai.sealing.statement import LARGEST_RELEASE, Message, Release
from yangcai.sealing.suites import suite
from yangcai.tendering import blind, finalise, opening_record, unsealing
from yangcai.tendering.actions.bids import PriceCover, SubmitBid
from yangcai.tendering.actions.dialogue import SubmitFinalOffer
from yangcai.tendering.actions.opening import write_opened, write_price
from yangcai.tendering.models import (
    Bid,
    BidClosing,
    Cover,
    OpenedBid,
    ReleasedShare,
    SealedBid,
    ShareRelease,
    Trustee,
)
from yangcai.tendering.policies import BID, LAST
from yangcai.tendering.rules import sealed as rules
from yangcai.tendering.rules.bids import is_live
from yangcai.tendering.rules.hall import not_suspended
from yangcai.tendering.rules.trustees import ROLE_OF_POST

logger = logging.getLogger(__name__)

#: Bids are opened at their opening; prices in covers of their own, and last offers, while the committee evaluates.
OPENED_AT = frozenset({Stage.OPENING, Stage.EVALUATION})


def wrong(fault: Fault, detail: str = "") -> forms.ValidationError:
    """A fault of the protocol as an error of the form."""
    return forms.ValidationError(
        (fault.zh if in_chinese() else fault.en) + (f"（{detail}）" if detail else ""), fault.code
    )


class ReleaseInput(Input):
    """A signed release as canonical JSON; whoever reads it finds each share held against its commitment."""

    message = TextField(label=_("释放声明"), lines=6, max_length=LARGEST_RELEASE, strip=False)

    def clean_message(self) -> Message:
        text = self.cleaned_data["message"]
        try:
            message = Message.parse(text.encode())
        except Faulty as faulty:
            raise wrong(faulty.fault, faulty.detail) from faulty
        if not isinstance(message.statement, Release):
            raise forms.ValidationError(_("不是释放份额的声明"), code="kind")
        lot = self.subject.lot if isinstance(self.subject, Bid) else self.subject
        closing = rules.closing_of(lot)
        if closing is None or (message.statement.tender, message.statement.cover) != (
            str(closing.policy.tender),
            closing.cover,
        ):
            raise forms.ValidationError(_("声明不是针对本包的"), code="tender")
        if message.statement.close_leaf != unsealing.place_of(closing):
            raise forms.ValidationError(_("声明引用的不是本次截止在公开日志中的记录"), code="close_leaf")
        self.held_to(message, closing)
        return message

    def held_to(self, message: Message, closing: BidClosing) -> None:
        """Signature, holder and commitments."""
        raise NotImplementedError


class ReleaseBid(ReleaseInput):
    def held_to(self, message: Message, closing: BidClosing) -> None:
        bid, statement = self.subject, message.statement
        assert isinstance(statement, Release)
        try:
            finalise.signer_of(message, by=self.by, code=unsealing.header_of(bid).core.suite)
        except Faulty as faulty:
            raise wrong(faulty.fault) from faulty
        core = unsealing.header_of(bid).core
        shares = statement.of(bytes.fromhex(bid.sealed.header_digest))
        own = {x for x in core.share_commit if x >= SUPPLIER_FROM}
        if statement.by != "supplier" or statement.failed or len(statement.shares) != len(own) or set(shares) != own:
            raise forms.ValidationError(_("应当且只应释放本投标文件的全部投标人份额"), code="shares")
        for x, share in shares.items():
            if fault := share_fault(core, x, share):
                raise wrong(fault, str(x))


@action(
    "bid.release",
    zh="在线解密",
    en="Release the key of the bid",
    on=Bid,
    by={Role.SUPPLIER},
    at=OPENED_AT,
    only=(rules.is_sealed_by_its_bidder, is_live, rules.opens_now),
    needs=(rules.window_is_open, rules.is_being_opened, rules.not_released_yet),
    input=ReleaseBid,
    sentence=("{post}释放了投标文件的密钥", "{post} released the key of its bid"),
    is_public=False,
    secret=True,
    cites=("opening.at_deadline", "opening.absence_accepts"),
    hint=(
        "在解密时限内办理；全部投标人解密或者时限届满前，任何人仍不能读取",
        "Within the window; until every bidder has done so, or it ends, still nobody can read a bid",
    ),
)
def release_bid(bid: Bid, *, by: Post, now: datetime.datetime, message: Message) -> ShareRelease:
    """Keep the bidder's own shares; they open nothing without the trustees'."""
    closing = rules.closing_of(bid.lot)
    assert closing is not None  # window_is_open
    bids = {bytes.fromhex(bid.sealed.header_digest): bid}
    return unsealing.keep_release(closing, message, by=by, bids=bids, now=now, bid=bid)


class ReleaseTrustee(ReleaseInput):
    def held_to(self, message: Message, closing: BidClosing) -> None:
        statement = message.statement
        assert isinstance(statement, Release)
        seat = rules.seat_of(closing.lot, by=self.by, now=self.now)
        if seat is None or statement.by != "trustee":
            raise forms.ValidationError(_("声明不是该受托人作出的"), code="holder")
        bids = unsealing.of_suite(unsealing.in_close_set(closing), self._suite(message, seat.trustee))
        named = [one.header_sha256 for one in statement.shares]
        if (
            not set(named) <= set(bids)
            or len(set(named)) != len(named)
            or any(one.x != seat.number for one in statement.shares)
        ):
            raise forms.ValidationError(_("只能释放清单内投标文件中属于该受托人的份额，每份一次"), code="shares")
        there = ReleasedShare.objects.filter(number=seat.number, bid__in=bids.values())
        held = set(there.values_list("bid_id", flat=True))
        if any(bids[digest].pk in held for digest in named):
            raise forms.ValidationError(_("该份额已经释放"), code="again")
        owed = {digest for digest, bid in bids.items() if not bid.damage and bid.pk not in held}
        failed = {one.header_sha256 for one in statement.failed}
        if owed - set(named) - failed or failed & set(named) or not failed <= set(bids):
            raise forms.ValidationError(
                _("应当释放清单内全部投标文件的份额；不能解出的，应当在声明中逐份说明"), code="selective"
            )
        for one in statement.shares:
            if fault := share_fault(unsealing.header_of(bids[one.header_sha256]).core, one.x, one.share):
                raise wrong(fault, str(one.x))

    @staticmethod
    def _suite(message: Message, trustee: Trustee) -> str:
        """By the key of which suite the trustee signed: of the bids sealed in it, it releases all."""
        for code, public in trustee.sign_keys.items():
            try:
                message.check(suite=suite(code), public=public)
            except Faulty:
                continue
            return code
        raise wrong(SIGNATURE_WRONG)


@action(
    "trustee.release",
    zh="受托人释放份额",
    en="Release a trustee's shares",
    on=Lot,
    by=frozenset(ROLE_OF_POST),
    at=OPENED_AT,
    only=(rules.holds_a_seat, rules.opens_now),
    needs=(rules.barrier_has_fallen, rules.platform_is_not_first, rules.shares_are_owed, not_suspended),
    input=ReleaseTrustee,
    sentence=("{post}作为受托人释放了份额", "{post} released its shares as a trustee"),
    secret=True,
    cites=("opening.at_deadline", "opening.no_disclosure"),
    hint=(
        "全部投标人解密或者解密时限届满后办理；首位受托人释放后平台份额自动释放",
        "Once every bidder has released, or the window is over; the platform's share follows the first trustee's",
    ),
)
def release_trustee(lot: Lot, *, by: Post, now: datetime.datetime, message: Message) -> ShareRelease:
    """Keep the trustee's shares, and let the platform's follow."""
    closing = rules.closing_of(lot)
    seat = rules.seat_of(lot, by=by, now=now)
    assert closing is not None  # barrier_has_fallen
    release = unsealing.keep_release(
        closing, message, by=by, bids=unsealing.in_close_set(closing), now=now, trustee=seat.trustee
    )
    if rules.human_released(closing):
        post = platform_post(now=now)
        for followed in unsealing.platform_releases(closing, by=post, now=now):
            entries.append(
                action="trustee.release",
                outcome="done",
                root=lot.case.ref,
                subject=lot.ref,
                by=post,
                now=now,
                data={"input": followed.entry_facts, "actor": str(post), "value": followed},
            )
    return release


class ExtendWindow(Input):
    reason = TextField(
        label=_("延长理由"), lines=2, help_text=_("如投标人申报的网络、证书、软件故障；适用于全部投标人")
    )


@action(
    "opening.extend",
    zh="延长解密时限",
    en="Extend the window for keys",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at=OPENED_AT,
    only=(rules.takes_sealed_envelopes, rules.opens_now),
    needs=(runs_the_case, rules.window_is_open, rules.not_extended_yet),
    input=ExtendWindow,
    sentence=("{post}延长了解密时限", "{post} extended the window for keys"),
    cites=("opening.at_deadline", "opening.recorded"),
    hint=("只能延长一次，对全部投标人一样", "Once, and for all bidders alike"),
    occasional=True,
)
def extend_window(lot: Lot, *, by: Post, now: datetime.datetime, reason: str) -> None:
    """By what the policy said beforehand."""
    closing = BidClosing.objects.select_related("policy").filter(lot=lot).latest("pk")
    closing.window_closes_at += datetime.timedelta(seconds=closing.policy.extension_seconds)
    closing.extended_at, closing.extension_reason = now, reason
    closing.save(update_fields=["window_closes_at", "extended_at", "extension_reason"])


@action(
    "bid.consent",
    zh="同意由受托人开启",
    en="Consent to be opened by the trustees",
    on=Bid,
    by={Role.SUPPLIER},
    at=OPENED_AT,
    only=(rules.is_sealed_by_its_bidder, is_live, rules.opens_now),
    needs=(rules.window_is_open, rules.is_being_opened, rules.recovers_on_consent),
    sentence=("{post}同意由受托人开启投标文件", "{post} consented to its bid being opened by the trustees"),
    is_public=False,
    secret=True,
    cites=("opening.absence_accepts",),
    hint=(
        "开启文件遗失或者口令遗忘时办理；解密时限内未同意的，视为撤销投标",
        "When the opening file or its passphrase is lost; without consent within the window the bid is deemed revoked",
    ),
)
def consent_to_recovery(bid: Bid, *, by: Post, now: datetime.datetime) -> Bid:
    """The trustees alone may open it."""
    SealedBid.objects.filter(bid=bid).update(consented_at=now)
    return bid


@action(
    "opening.unseal",
    zh="解密唱标",
    en="Unseal and read out the bids",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at=OPENED_AT,
    only=(rules.takes_sealed_envelopes, rules.opens_now),
    needs=(runs_the_case, rules.barrier_has_fallen, rules.not_unsealed_yet, not_suspended),
    sentence=("{post}解密唱标", "{post} unsealed and read out the bids"),
    cites=("opening.at_deadline", "opening.recorded", "opening.absence_accepts"),
    hint=(
        "份额足够的投标文件一并开启；份额不足或者文件待恢复的保持密封，可以再次办理",
        "All bids with enough shares are opened together; the others stay sealed and can be opened later",
    ),
)
def unseal_bids(lot: Lot, *, by: Post, now: datetime.datetime) -> BidClosing:
    """Open whatever can be opened, write down what never can, and leave the rest sealed."""
    return open_what_waits(BidClosing.objects.select_related("policy").filter(lot=lot).latest("pk"), now=now)


def open_what_waits(closing: BidClosing, *, now: datetime.datetime, for_the_last_time: bool = False) -> BidClosing:
    """Every envelope of a closing that lies sealed. `for_the_last_time`: what must still wait then is given up."""
    waits = False
    lying = rules.lying_sealed(closing).select_related("submitted_by__organisation")
    for bid in blind.mixed(lying.prefetch_related("releases", "released_shares"), closing.lot):
        try:
            with transaction.atomic():  # whatever is in one envelope, the others are opened
                _open(bid, closing, now=now)
            continue
        except unsealing.Revoked as revoked:
            _give_up(bid, str(revoked), closing, now=now)
            continue
        except unsealing.Waits as waiting:
            reason = str(waiting)
        except Exception:
            logger.exception("bid %s cannot be unsealed", bid.pk)
            reason = unsealing.UNREADABLE  # it may be our own fault: the bid waits while that can still be mended
        if for_the_last_time:
            _give_up(bid, f"{reason}；{unsealing.GIVEN_UP}", closing, now=now)
        else:
            waits = True
    if not waits:
        closing.unsealed_at = now
        closing.save(update_fields=["unsealed_at"])
        if opening_record.has_its_own(closing):
            opening_record.write_own(closing, now=now)
            if opening_record.is_read_out(closing):  # what the hall reads out is told with the end of the opening
                unsealing.disclose(closing.lot.case, now=now)
    return closing


def _open(bid: Bid, closing: BidClosing, *, now: datetime.datetime) -> None:
    """The rows of one envelope: of a bid, of its price, or of a last offer. Raises Waits or Revoked."""
    unsealed = unsealing.unseal(bid, closing, now=now)
    form = FORMS.get((closing.cover, closing.round), SubmitBid)
    offer = unsealing.as_submitted(bid, unsealed, form=form, now=bid.received_at)
    SealedBid.objects.filter(bid=bid).update(price_salt=unsealed.price_salt.hex(), price=unsealed.price)
    if form is SubmitBid:
        write_opened(bid, offer, unsealed.files, now=now)
    else:
        write_price(bid, offer, unsealed.files, now=now)


#: By which form an offer was filled in that is no bid of its own.
FORMS: dict[tuple[str, int], type[Input]] = {
    (str(Cover.PRICE), BID): PriceCover,
    (str(Cover.ALL), LAST): SubmitFinalOffer,
}


def _give_up(bid: Bid, reason: str, closing: BidClosing, *, now: datetime.datetime) -> None:
    """The envelope is out, with the sentence for the record; and with its price or last offer the bidder."""
    bid.damage = reason
    bid.save(update_fields=["damage"])
    if (closing.cover, closing.round) in FORMS:
        OpenedBid.objects.filter(lot=bid.lot_id, supplier=bid.supplier_id).update(
            left_at=now, left_reason=f"{NAMES[closing.round]}无法开启：{reason}"
        )


NAMES = {BID: "报价信封", LAST: "最后报价"}
