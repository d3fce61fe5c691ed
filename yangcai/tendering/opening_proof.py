"""What goes into the public record of an opening, and into the log, so that anybody can check it? (SBP/1 §2.8, B)

Of each bid that its bidder sealed: what became of it, the opening schedule with the salt behind its commitment, which
shares opened it, and by which client it says to be sealed. Of the lot: its policies, the close with its place in the
log, and who released when. A release itself holds shares, which stay inside: the record names it by its digest, so that
whoever signed it can show that it is the one.
"""

import datetime
import logging
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.kernel import leaves, log_proofs
from yangcai.kernel.encoding import digest, h2, jcs, parse_jcs, timestamp
from yangcai.kernel.log_signer import NotSigned
from yangcai.kernel.tlog.faults import Malformed
from yangcai.tendering import policies, standstill, unsealing
from yangcai.tendering.models import Bid, BidClosing, BidReconfirmation, OpeningPolicy, ShareRelease
from yangcai.tendering.rules.bids import close_set_of

logger = logging.getLogger(__name__)
OPENED, RECOVERED, REVOKED, SEALED = "opened", "recovered", "revoked", "sealed"
#: What a submission was at the deadline.
CLOSED, REPLACED, WITHDRAWN = "closed", "replaced", "withdrawn"
#: Kind of the Attachment that is the record as a note of the log's key.
NOTE = "opening_note"
#: Under which label what was revealed is hashed.
REVEALED = "sbp/1 revealed"


def of_bid(bid: Bid) -> dict[str, Any]:
    """Beside what the record says of every bid; nothing where the platform sealed it."""
    sealed: Any = getattr(bid, "sealed", None)
    if sealed is None:
        return {}
    return {
        "submission": str(sealed.upload.sid),
        "header_sha256": sealed.header_digest,
        "how": became(bid),
        "shares": sorted(share.number for share in bid.released_shares.all()),
        # Canonical text, as it was hashed: whatever a bidder wrote into it stays a text here.
        "committed": sealed.price,
        "price_salt": sealed.price_salt,
        "client": parse_jcs(sealed.statement.encode())["client"],
    }


def became(bid: Bid) -> str:
    """What became of a sealed bid in the opening (SBP/1 appendix B, step 4)."""
    if bid.damage:
        return REVOKED
    # A price out of its own cover, or a last offer, is a row of its own.
    if getattr(bid, "opened", None) is None and getattr(bid, "final_offer", None) is None:
        return SEALED
    return OPENED if ShareRelease.objects.filter(bid=bid).exists() else RECOVERED


def of_lot(lot: Lot, *, now: datetime.datetime) -> dict[str, Any]:
    """What proves the opening of a lot that was closed, by its first closing; nothing of another."""
    closing = BidClosing.objects.select_related("policy", "leaf").filter(lot=lot).order_by("pk").first()
    return of_closing(closing, now=now) if closing is not None else {}


def of_closing(closing: BidClosing, *, now: datetime.datetime) -> dict[str, Any]:
    """Policies, close and releases, with the window as it ended."""
    releases = ShareRelease.objects.filter(closing=closing).select_related("trustee", "bid__sealed")
    seats = dict(closing.policy.seats.values_list("trustee_id", "number"))
    return {
        "sealed": {
            "tender": str(closing.policy.tender),
            "cover": closing.cover,
            "round": closing.round,
            "policies": [one.content for one in _chain(closing)],
            "close_set": closing.digest,
            "close_proof": _close_proof(closing),
            "closed_at": timestamp(closing.closed_at),
            "window_closes_at": timestamp(standstill.window_ends_at(closing, now=now)),
            "extension_reason": closing.extension_reason,
            "releases": [_release(one, seats) for one in releases.order_by("released_at", "pk")],
        }
    }


def _chain(closing: BidClosing) -> list[OpeningPolicy]:
    return policies.chain(closing.lot, cover=closing.cover, round=closing.round)


def _close_proof(closing: BidClosing) -> str:
    """That the log had the close, as its witnesses first saw it; empty where that cannot be had: no opening waits."""
    try:
        return log_proofs.proof_of(closing.leaf, earliest=True) or ""
    except (Malformed, NotSigned, OSError):
        logger.exception("the close of %s has no proof", closing.lot)
        return ""


def _release(release: ShareRelease, seats: dict[int, int]) -> dict[str, Any]:
    message = jcs({"sig": release.signature, "st": parse_jcs(release.statement.encode())})
    said: dict[str, Any] = {"released_at": timestamp(release.released_at), "message_sha256": digest(message).hex()}
    if release.bid is not None:
        return said | {"by": "supplier", "header_sha256": release.bid.sealed.header_digest}
    return said | {"by": "trustee", "x": seats[release.trustee_id or 0]}


# --- the log -------------------------------------------------------------------------------------------------------


def tell(case: Case, *, record: dict[str, Any], record_digest: str) -> None:
    """One line in clear for each lot whose bids their bidders sealed: how its opening ended, under the digest of the
    record; or that it was not opened, because too few came (87号令 art. 41)."""
    for said in record["lots"]:
        lot = case.lots.get(number=said["lot"])
        proved = said.get("sealed", {})
        policy = policies.in_force(lot, cover=proved.get("cover", ""), round=proved.get("round", policies.BID))
        if policy is None or policy.closes_at is None or policy.opens_at is None:
            continue
        body = _head(policy)
        if "sealed" in said:
            body |= {
                "t": "opening",
                "open_at": timestamp(policy.opens_at),
                "record": record_digest,
                **_ended(BidClosing.objects.get(lot=lot, cover=policy.cover, round=policy.round), said),
            }
        else:
            body |= {"t": "no-open", "reason": "too_few_bids"}
        leaves.append_leaf(body=body, root=case.ref, in_clear=True)


def _head(policy: OpeningPolicy) -> dict[str, Any]:
    assert policy.closes_at is not None  # it was published
    return {
        "root": policy.lot.case.ref,
        "tender": str(policy.tender),
        "rev": policy.revision,
        "lot": policy.lot.number,
        "cover": policy.cover,
        "round": policy.round,
        "deadline": timestamp(policy.closes_at),
    }


def keep(closing: BidClosing, *, record_digest: str) -> None:
    """One line in clear for an opening that is not read out: that it ended, and the digest of the record that is told
    later; not how many offers there were (decision 28)."""
    policy = closing.policy
    assert policy.opens_at is not None  # it was published
    body = _head(policy) | {"t": "opening", "open_at": timestamp(policy.opens_at)}
    body |= {"close_set": closing.digest, "kept": record_digest}
    leaves.append_leaf(body=body, root=closing.lot.case.ref, in_clear=True)


def tell_kept(closing: BidClosing, *, record_digest: str) -> None:
    """The line by which that record is laid open, with its figures: what it names as `record` lies beside the log. They
    are counted from the rows that the record was written of, which nobody changes any more."""
    fates = [one["became"] for one in came(closing)]
    closed = close_set_of(closing.lot, cover=closing.cover, round=closing.round)
    outcomes = [became(bid) for bid in closed.select_related("opened", "final_offer")]
    figures = {"received": len(fates), "withdrawn": fates.count(WITHDRAWN), **_figures(outcomes)}
    body = _head(closing.policy) | {"t": "opening-record", "record": record_digest, **figures}
    leaves.append_leaf(body=body, root=closing.lot.case.ref, in_clear=True)


def came(closing: BidClosing) -> list[dict[str, Any]]:
    """Every sealed offer that came in for a closing, by the digest of its header, with what it was at the deadline."""
    stage = policies.STAGES[closing.round]
    bids = Bid.objects.filter(lot=closing.lot_id, cover=closing.cover, stage=stage, sealed__isnull=False)
    return [
        {"header_sha256": bid.sealed.header_digest, "became": _at_the_close(bid)}
        for bid in bids.select_related("sealed")
    ]


def _at_the_close(bid: Bid) -> str:
    if bid.withdrawn_at is not None:
        return WITHDRAWN
    return CLOSED if bid.replaced_at is None else REPLACED


def _figures(outcomes: list[str]) -> dict[str, int]:
    return {"bids": len(outcomes), **{how: outcomes.count(how) for how in (OPENED, RECOVERED, REVOKED)}}


def _ended(closing: BidClosing, said: dict[str, Any]) -> dict[str, Any]:
    """In figures, and what was revealed under one digest."""
    told = Bid.objects.filter(pk__in=[bid.pk for bid in unsealing.told_of(closing)])
    return {
        "close_set": said["sealed"]["close_set"],
        "received": told.count(),
        "withdrawn": told.filter(withdrawn_at__isnull=False).count(),
        "reconfirmed": BidReconfirmation.objects.filter(bid__in=told).count(),
        **_figures([bid["how"] for bid in said["bids"]]),
        "revealed": revealed(said["bids"]).hex(),
    }


def revealed(bids: list[dict[str, Any]]) -> bytes:
    """H2 over header, commitment and salt of each bid that lies open, in the order of their headers."""
    values = [
        jcs({name: bid[name] for name in ("header_sha256", "committed", "price_salt")})
        for bid in sorted(bids, key=lambda one: str(one["header_sha256"]))
        if bid["how"] in (OPENED, RECOVERED)
    ]
    return h2(REVEALED, *values)


def note_text(case: Case, *, record_digest: str, size: int, concluded_at: datetime.datetime) -> str:
    """The record as a text that the log's key signs: small, whatever the opening."""
    return (
        f"opening-record/v1\ncase {case.number}\nroot {case.ref}\nrecord sha256:{record_digest} {size}\n"
        f"concluded {timestamp(concluded_at)}\n"
    )
