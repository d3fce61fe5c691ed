"""How do released shares and stored parts become opened bids, and what follows where they do not? (SBP/1 §2.8, §2.9)

Nothing here asks who may: the Actions do, and the database counts the shares. What is wrong with a bid is told by the
fault that the protocol names; whose fault that is decides what follows.
"""

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from yangcai.cases.models import Case
from yangcai.kernel import at_rest, documents, leaves
from yangcai.kernel.encoding import base64_of, jcs, read_base64, timestamp
from yangcai.kernel.entries import plain
from yangcai.kernel.models import Document
from yangcai.sealing import schedule
from yangcai.sealing.envelope import Imprint
from yangcai.sealing.faults import ENVELOPE_DAMAGED, NOT_FOLLOWED, RESTORED, REVOKED, WAITED, Fault, Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.opening import close_set, open_envelope
from yangcai.sealing.payload import FileEntry
from yangcai.sealing.policy import SUITES, Policy
from yangcai.sealing.statement import FailedShare, Release, ReleasedShare, signed
from yangcai.sealing.suites import Pair, suite
from yangcai.tendering import envelopes, keys, opened_files, sealed_offer, standstill
from yangcai.tendering.models import (
    Bid,
    BidClosing,
    Cover,
    PolicySeat,
    Recovery,
    ShareRelease,
    Trustee,
)
from yangcai.tendering.models import ReleasedShare as ShareRow
from yangcai.tendering.policies import BID, STAGES, in_force
from yangcai.tendering.rules.bids import close_set_of, live_bids

#: How long trustees are waited for (SBP/1 §2.9).
PATIENCE = datetime.timedelta(hours=24)
#: Of a reason in the record, characters.
LONGEST_REASON = 200
UNREADABLE = "读取投标文件时程序出错"
NOT_KEPT = "文件存储或者其密钥暂时不可用，恢复后再开启"
#: What follows for a bid that lay sealed to the end.
GIVEN_UP = "等候期满，经复核不再等待，无法开启，由平台承担"
PRICE_IN_TECHNICAL = "技术信封载有报价，不符合采购文件关于技术与报价分别密封的规定"
#: What an offer says of its price; of it a technical cover says nothing.
PRICED = ("price", "price_in_words", "lines", "consumables")
ABSENT = "投标人未在解密时限内释放密钥，且未选择由受托人开启，视为撤销投标"


class Waits(Exception):
    """The bid cannot be opened yet; the text says for what it waits."""


class Revoked(Exception):
    """The bid is out by the bidder's own doing; the text goes into the record of the opening."""


@dataclass
class Unsealed:
    """What came out of an envelope: what the header commits to, the rest of the form, and the files, stored."""

    said: dict[str, Any]
    price_salt: bytes
    rest: bytes | None = field(default=None, repr=False)
    files: list[tuple[Document, str]] = field(default_factory=list)

    @property
    def price(self) -> str:
        """The canonical bytes that the commitment is over."""
        return jcs(self.said).decode()

    @property
    def offer(self) -> dict[str, Any]:
        """As it was filled in. Raises schedule.BadOffer."""
        return schedule.joined(self.said, self.rest)


def close(lot: Any, *, now: datetime.datetime, cover: str = "", round: int = BID) -> BidClosing:
    """Write down which offers were in, of the cover that is opened first where none is named. The database stamps it,
    and refuses before the deadline or another set."""
    policy = in_force(lot, cover=cover, round=round)
    assert policy is not None  # the lot takes sealed offers
    found = close_set_of(lot, cover=policy.cover, round=round).select_related("sealed")
    headers = [bytes.fromhex(bid.sealed.header_digest) for bid in found]
    said = {
        "t": "close",
        "root": lot.case.ref,
        "tender": str(policy.tender),
        "rev": policy.revision,
        "lot": lot.number,
        "cover": policy.cover,
        "round": round,
        "deadline": timestamp(policy.closes_at),
        "close_set": close_set(headers).hex(),  # how many they are is told with the opening (SBP/1 §2.7)
    }
    closing = BidClosing.objects.create(
        lot=lot,
        cover=policy.cover,
        round=round,
        policy=policy,
        leaf_id=leaves.append_leaf(body=said, root=lot.case.ref, in_clear=True).id,
        closed_at=now,
        size=len(headers),
        digest=close_set(headers).hex(),
        window_closes_at=now,
    )
    closing.refresh_from_db()
    return closing


def place_of(closing: BidClosing) -> int:
    """What a release names as `close_leaf`: the place of the close in the public log; 0 until it has one."""
    return closing.leaf.index or 0


def header_of(bid: Bid) -> Header:
    """What the envelope says in the clear; it was parsed before it was taken in."""
    return Header.parse(bid.sealed_key.encode())


def policy_of(bid: Bid) -> Policy:
    """The revision under which this bid was sealed."""
    return Policy.parse(bid.sealed.upload.policy.content.encode())


# --- shares --------------------------------------------------------------------------------------------------------


def keep_release(
    closing: BidClosing,
    message: Any,
    *,
    by: Any,
    bids: dict[bytes, Bid],
    now: datetime.datetime,
    trustee: Any = None,
    bid: Bid | None = None,
) -> ShareRelease:
    """The signed message as it came, and its shares, each found to agree with its commitment before."""
    release = ShareRelease.objects.create(
        closing=closing,
        trustee=trustee,
        bid=bid,
        post=by,
        statement=jcs(message.statement.as_dict()).decode(),
        signature=base64_of(message.sig),
        released_at=now,
    )
    ShareRow.objects.bulk_create(
        ShareRow(release=release, bid=bids[one.header_sha256], number=one.x, share=base64_of(one.share))
        for one in message.statement.shares
    )
    return release


def in_close_set(closing: BidClosing) -> dict[bytes, Bid]:
    """Header digest -> bid, of those that were in."""
    found = close_set_of(closing.lot_id, cover=closing.cover, round=closing.round)
    found = found.select_related("sealed__upload__policy", "lot__case", "supplier")
    return {bytes.fromhex(bid.sealed.header_digest): bid for bid in found}


def of_suite(bids: dict[bytes, Bid], code: str) -> dict[bytes, Bid]:
    """Those that were sealed in this suite: a trustee has a key of its own for each, and a release for each."""
    return {digest: bid for digest, bid in bids.items() if header_of(bid).core.suite == code}


def owed_shares(closing: BidClosing, *, number: int) -> dict[str, int]:
    """Suite -> how many bids that were in and are not out still lack the share at this place."""
    bids = in_close_set(closing)
    held = set(ShareRow.objects.filter(number=number, bid__in=bids.values()).values_list("bid_id", flat=True))
    waiting = {digest: bid for digest, bid in bids.items() if not bid.damage and bid.pk not in held}
    return {code: len(of_suite(waiting, code)) for code in SUITES}


def platform_releases(closing: BidClosing, *, by: Any, now: datetime.datetime) -> list[ShareRelease]:
    """The platform's own shares, unwrapped with the keys that lie on this machine, a release for each suite; it signs
    which it cannot unwrap. None where it holds no seat, or has released already."""
    seat = closing.policy.seats.select_related("trustee").filter(trustee__role="platform").first()
    if seat is None or ShareRelease.objects.filter(closing=closing, trustee=seat.trustee).exists():
        return []
    bids = in_close_set(closing)
    found = [_platform_release(closing, seat, code, of_suite(bids, code), by=by, now=now) for code in SUITES]
    return [release for release in found if release is not None]


def platform_keys(trustee: Trustee, code: str) -> dict[str, Pair] | None:
    """`wrap` and `sig` of a suite, in use or retired; None where the trustee was registered with other keys than lie
    here."""
    if code == "G1":
        if not trustee.sm2_wrap_key:
            return None
        public = {"wrap": read_base64(trustee.sm2_wrap_key), "sig": read_base64(trustee.sm2_signing_key)}
        return keys.trustee_sm2_keys_of(public)
    wrap = keys.trustee_wrap_key_of(read_base64(trustee.hpke_key))
    sig = keys.trustee_signing_key_of(read_base64(trustee.signing_key))
    if wrap is None or sig is None:
        return None
    return {
        "wrap": Pair(wrap.private_bytes_raw(), wrap.public_key().public_bytes_raw()),
        "sig": Pair(sig.private_bytes_raw(), sig.public_key().public_bytes_raw()),
    }


def _platform_release(
    closing: BidClosing, seat: PolicySeat, code: str, bids: dict[bytes, Bid], *, by: Any, now: datetime.datetime
) -> ShareRelease | None:
    pairs, how = platform_keys(seat.trustee, code), suite(code)
    if not bids or pairs is None:
        return None
    shares, failed = [], []
    for digest, bid in bids.items():
        header = header_of(bid)
        try:
            share = how.unwrap(
                wrapped=header.wraps[seat.number],
                x=seat.number,
                core=header.core.content,
                private=pairs["wrap"].private,
            )
        except Faulty as faulty:
            failed.append(FailedShare(digest, faulty.fault.code))
            continue  # the other shares are used
        shares.append(ReleasedShare(digest, seat.number, share))
    statement = Release(
        tender=str(closing.policy.tender),
        cover=closing.cover,
        by="trustee",
        close_leaf=place_of(closing),
        shares=tuple(shares),
        ts=now,
        failed=tuple(failed),
    )
    message = signed(statement, suite=how, keys=pairs["sig"])
    return keep_release(closing, message, by=by, bids=bids, now=now, trustee=seat.trustee)


# --- opening -------------------------------------------------------------------------------------------------------


def unseal(bid: Bid, closing: BidClosing, *, now: datetime.datetime) -> Unsealed:
    """What is in this envelope. Raises Waits or Revoked, with the sentence for the record."""
    has_released = bool(bid.releases.all())
    sealed = bid.sealed
    may_be_recovered = sealed.recovery == Recovery.AUTO or sealed.consented_at is not None
    if not has_released and not may_be_recovered:
        raise Revoked(ABSENT)
    if sealed.upload.verified_at is None:
        raise _owed(closing, now=now)
    shares = {row.number: read_base64(row.share) for row in bid.released_shares.all()}
    try:
        parts = envelopes.parts_of(bid.envelope)
        with envelopes.stream(parts) as file, _Files() as files:
            opened = open_envelope(
                file,
                policy=policy_of(bid),
                shares=shares,
                expected=Imprint(bytes.fromhex(bid.envelope_id), sealed.upload.envelope_size),
                sink=files.sink,
            )
            kept, rest = files.stored(), files.rest()
    except documents.StoreDown as error:  # of what came out, nothing could be kept: the envelope is as good as it was
        raise Waits(NOT_KEPT) from error
    except (documents.BadDocument, OSError) as error:
        raise Waits(said(ENVELOPE_DAMAGED)) from error
    except Faulty as faulty:
        if faulty.fault.consequence in {RESTORED, WAITED}:
            raise Waits(said(faulty.fault)) from faulty
        if faulty.fault.consequence is REVOKED:
            raise Revoked(said(faulty.fault)) from faulty
        raise
    return Unsealed(opened.price, opened.manifest.price_salt, rest, kept)


def _owed(closing: BidClosing, *, now: datetime.datetime) -> Waits | Revoked:
    """Of an envelope whose bytes were to follow: waited for until the window is over, in which outages do not count,
    and as long as the store keeps no files; then its bidder has not handed in what it signed for. Of a store that is
    nearly full what is kept free was free for it."""
    if standstill.window_is_over(closing, now=now) and documents.keeps_files(size=envelopes.PART):
        return Revoked(said(NOT_FOLLOWED))
    return Waits(NOT_FOLLOWED.zh)


#: Of which deeds of its bidder the log tells, once a bid lies open.
TOLD = ("bid.submit", "bid.withdraw", "bid.reconfirm")


def disclose(case: Case, *, now: datetime.datetime) -> int:
    """Have the public log tell who bid for the lots that were opened, who withdrew, and who confirmed its bid after a
    correction; how many lines that are. Of a
    lot that was not opened it goes on saying nothing: who bid there is secret until it is procured again, and after
    (87号令 art. 41, 78)."""
    closings = BidClosing.objects.filter(lot__case=case, unsealed_at__isnull=False)
    bids = Bid.objects.filter(pk__in=[bid.pk for closing in closings for bid in told_of(closing)])
    headers = set(bids.values_list("sealed__header_digest", flat=True))
    lines = [leaf for leaf, body in leaves.kept_back(root=case.ref).items() if body.get("header_sha256") in headers]
    subjects = [bid.ref for bid in bids]
    told = leaves.disclose_entries(root=case.ref, actions=TOLD, subjects=subjects, now=now)
    return told + leaves.disclose(leaves=lines, now=now)


def told_of(closing: BidClosing) -> Any:
    """The sealed offers that a closing lets be told, with those they replaced; but of no supplier whose offer stays
    sealed for good: of its price a bid that did not go on says nothing to anybody."""
    stage = STAGES[closing.round]
    bids = Bid.objects.filter(lot=closing.lot_id, cover=closing.cover, stage=stage, sealed__isnull=False)
    live = live_bids(lot=closing.lot_id, cover=closing.cover, stage=stage)
    closed = close_set_of(closing.lot_id, cover=closing.cover, round=closing.round)
    return bids.exclude(supplier__in=live.exclude(supplier__in=closed.values("supplier")).values("supplier"))


def patience_is_over(closing: BidClosing, *, now: datetime.datetime) -> bool:
    """Have trustees been waited for long enough? Time in which the case or its opening stood still does not count:
    nobody could release anything then. An outage counts, but what it took from bidders they have first."""
    return standstill.waited(closing, now=now) >= PATIENCE and not standstill.bidders_have_time(closing, now=now)


def said(fault: Fault) -> str:
    """A fault with its consequence, as the record has it."""
    return f"{fault.zh}：{fault.consequence.zh}"


def recorded(text: str) -> str:
    """A reason as the public record takes it. What a form says may repeat what the bidder wrote: of any length, and
    with signs that no database keeps or that deceive the eye."""
    printable = "".join(sign for sign in text if sign.isprintable())
    return printable if len(printable) <= LONGEST_REASON else printable[: LONGEST_REASON - 1] + "…"


class _Files:
    """Opened files on their way into the store: good only when the whole envelope was found good."""

    def __init__(self) -> None:
        self.held: list[tuple[FileEntry, at_rest.Spool]] = []

    def __enter__(self) -> "_Files":
        return self

    def sink(self, entry: FileEntry) -> "_Held":
        file = at_rest.Spool(Path(settings.YANGCAI_FILES))
        self.held.append((entry, file))
        return _Held(file)

    def stored(self) -> list[tuple[Document, str]]:
        found = []
        for entry, file in self.held:
            if entry.size and not schedule.is_rest(entry.name, entry.type):
                found.append((opened_files.keep(file.pieces(), name=entry.name, limit=entry.size), entry.name))
        return found

    def rest(self) -> bytes | None:
        """The form beside what is read out; None where the envelope has none. One that is too long is not read."""
        for entry, file in self.held:
            if schedule.is_rest(entry.name, entry.type):
                return b"".join(file.pieces()) if entry.size <= schedule.LARGEST else bytes(schedule.LARGEST + 1)
        return None

    def __exit__(self, *_args: Any) -> None:
        for _entry, file in self.held:
            file.close()


@dataclass
class _Held:
    """A writer that leaves its file open: it is read again when all is good."""

    file: at_rest.Spool

    def write(self, content: bytes, /) -> None:
        self.file.write(content)

    def close(self) -> None:
        self.file.finish()


def as_submitted(bid: Bid, unsealed: Unsealed, *, form: Any, now: datetime.datetime) -> dict[str, Any]:
    """The offer as `bid.submit` would have kept it. Raises Revoked where it breaks a rule of that form: the pre-flight
    tells a bidder so before it seals; afterwards nobody can know until the opening."""
    if bid.cover == Cover.TECH and any(unsealed.offer.get(name) for name in PRICED):
        raise Revoked(PRICE_IN_TECHNICAL)
    try:
        offer = sealed_offer.form_data(unsealed.offer, form=form)
    except schedule.BadOffer as bad:
        raise Revoked("投标文件不符合递交要求：报价表格式有误") from bad  # not where: a key is the bidder's own text
    promised = {"commitment": True} if "commitment" in form.base_fields else {}
    filled = form({**promised, **offer}, None, subject=bid.lot, by=bid.submitted_by, now=now)
    # What this lot's form does not ask for (a brand where no rule counts brands) says nothing here, and costs no bid:
    # the form with which it was sealed may have asked.
    unasked = set(form.base_fields) - set(filled.fields) - set(PRICED)
    if unasked & offer.keys():
        offer = {name: value for name, value in offer.items() if name not in unasked}
        filled = form({**promised, **offer}, None, subject=bid.lot, by=bid.submitted_by, now=now)
    filled.opened = bid
    if refusals := filled.refusals():
        raise Revoked(recorded("投标文件不符合递交要求：" + "；".join(refusal.zh for refusal in refusals)))
    cleaned = dict(filled.cleaned_data)
    for name in ("attachments", "commitment"):
        cleaned.pop(name, None)
    kept: dict[str, Any] = plain(cleaned)
    return kept
