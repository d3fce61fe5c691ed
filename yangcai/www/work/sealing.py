"""Where does a supplier seal its bid on its own device? The page; what it does there, the server does not see."""

import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Lot
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.encoding import parse_jcs
from yangcai.kernel.inputs import Input
from yangcai.kernel.money import CENT
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import opening_record, policies, reconfirming
from yangcai.tendering.actions.bids import PriceCover, SubmitBid
from yangcai.tendering.actions.dialogue import SubmitFinalOffer
from yangcai.tendering.models import (
    SBP,
    Bid,
    BidClosing,
    BidReconfirmation,
    Cover,
    OpeningPolicy,
    Recovery,
    ShareTest,
    SigningKey,
    TrusteeRole,
)
from yangcai.tendering.preflight import own_limit
from yangcai.tendering.queries.hall import has_hall
from yangcai.tendering.rules import consortia
from yangcai.tendering.rules.bids import close_set_of, live_bids
from yangcai.tendering.rules.sealed import closing_of, unfinished_uploads
from yangcai.tendering.sealed_offer import kinds
from yangcai.tendering.standstill import window_ends_at
from yangcai.www import bundle, formats, wording
from yangcai.www.access import page
from yangcai.www.work import places
from yangcai.www.work.offers import MADE_THERE

#: What a sealed offer is handed in by, round by round; what refuses it there is said here before anything is sealed.
OF = {policies.BID: "bid.upload", policies.LAST: "final_offer.upload"}
#: By which form it is filled in; a bid, or its technical cover, by that of `bid.submit`.
FORMS: dict[tuple[str, int], type[Input]] = {
    (str(Cover.PRICE), policies.BID): PriceCover,
    (str(Cover.ALL), policies.LAST): SubmitFinalOffer,
}
#: So many characters a passphrase has at least: whoever finds the opening file must not guess it.
LEAST_PASSPHRASE = 12
#: By what its shares are released.
RELEASE = "bid.release"


@page(by={Role.SUPPLIER})
def sealing(request: HttpRequest, pk: int) -> HttpResponse:
    """Until the deadline: the form, the files and the steps; where there are two covers, of the one that is asked for
    (`?cover=`). From the closing on: the own envelope, to be released. 404 where the offers of the lot are not sealed
    by their bidders."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    lot: Lot = places.row("lot", pk, post=post, now=now)
    wording.speak_of(lot)
    policy = _policy(lot, post=post, cover=request.GET.get("cover", ""))
    if policy is None:
        raise Http404
    shown = _release(lot, post=post, now=now) or _seal(lot, policy, post=post, now=now)
    content = parse_jcs(policy.content.encode())
    frame = {
        "lot": lot,
        "kicker": [lot.case.number, _("采购包 %(number)s") % {"number": lot.number}],
        "root_title": str(lot.case),
        "back": places.page_of(lot),
        "holders": holders(content),
        "needed": _("%(theta)d 份（共 %(all)d 份，贵单位持 %(own)d 份）")
        % {"theta": content["theta"], "own": content["ws"], "all": content["ws"] + len(content["trustees"])},
        "policy_digest": policy.digest,
        "bundle_sha256": bundle.bundle_sha256(),
        "scripts": [(bundle.address(name), bundle.integrity(name)) for name in ("app.js", shown["script"])],
        "now": now,
    }
    shown["given"] |= {
        "post": str(post.pk),
        "known_keys": list(
            SigningKey.objects.filter(post=post, revoked_at__isnull=True).values_list("public_key", flat=True)
        ),
        "register_at": places.form_of(ACTIONS["signing_key.register"], post.organisation),
    }
    answer = render(request, shown["template"], frame | shown)
    answer["Content-Security-Policy"] = bundle.policy_for(request)
    return answer


def _policy(lot: Lot, *, post: Post, cover: str) -> OpeningPolicy | None:
    """The policy of the cover that is asked for, else of the first that is not handed in yet or whose bytes have still
    to follow; once there are last offers, theirs."""
    wanted = policies.all_in_force(lot, round=policies.LAST) or policies.all_in_force(lot, round=policies.BID)
    named = [one for one in wanted if one.cover == cover]
    missing = [one for one in wanted if not _is_here(_live(lot, one, post=post))]
    return next(iter([*named, *missing, *wanted]), None)


def _live(lot: Lot, policy: OpeningPolicy, *, post: Post) -> Any:
    """The envelope of this supplier that counts so far, whichever device sealed it; None without one."""
    stage = policies.STAGES[policy.round]
    found = live_bids(lot=lot, supplier=post.organisation, stage=stage, cover=policy.cover).filter(seal_scheme=SBP)
    return found.select_related("sealed__upload", "sealed__leaf").first()


def _is_here(bid: Any) -> bool:
    return bid is not None and bid.sealed.upload.verified_at is not None


def _covers(lot: Lot, policy: OpeningPolicy, *, post: Post) -> list[dict[str, Any]]:
    """Where there are two, both: which one this is, and whether it is handed in."""
    wanted = policies.all_in_force(lot, round=policy.round)
    if len(wanted) == 1:
        return []
    return [
        {
            "name": Cover(one.cover).label,
            "url": f"?cover={one.cover}",
            "is_here": one.cover == policy.cover,
            "is_in": _live(lot, one, post=post) is not None,
        }
        for one in wanted
    ]


def _seal(lot: Lot, policy: OpeningPolicy, *, post: Post, now: datetime.datetime) -> dict[str, Any]:
    """What it takes to seal."""
    form = FORMS.get((policy.cover, policy.round), SubmitBid)(subject=lot, by=post, now=now)
    of = OF[policy.round]
    unmet = [one for one in can(ACTIONS[of], lot, by=post, now=now) if (of, one.code) not in MADE_THERE]
    del form.fields["attachments"]  # the files are chosen beside: they must never be sent from here
    content = parse_jcs(policy.content.encode())
    limit = own_limit(lot, post.organisation) or lot.ceiling or lot.budget
    earlier = _earlier(lot, policy, post=post, now=now)
    return {
        "earlier": earlier,
        "covers": _covers(lot, policy, post=post),
        "is_price": policy.cover == Cover.PRICE,
        "is_last": policy.round == policies.LAST,
        "uploads": [
            {"row": one, "give_up": places.form_of(ACTIONS["bid_upload.give_up"], one)}
            for one in unfinished_uploads(lot, supplier_id=post.organisation_id)
        ],
        "template": "work/seal.html",
        "script": "seal.js",
        "form": form,
        "refusals": [*unmet, *_unagreed(lot, policy, post=post, now=now)],
        "closes_at": policies.closing_at(lot, round=policy.round),
        "limit": limit,
        "least_passphrase": LEAST_PASSPHRASE,
        "recoveries": [(code, Recovery(code).label) for code in content["recovery_allowed"]],
        "given": {
            "policy": content,
            "round": policy.round,
            "supplier": post.organisation.uscc,
            "post_name": f"{post.organisation.name} {lot.case.number}",
            "kinds": kinds(form),
            "limit": int(limit / CENT),
            "wants_files": policy.round == policies.BID and policy.cover != Cover.PRICE,
            "bundle_sha256": bundle.bundle_sha256(),
            "reconfirm": earlier.get("reconfirm") if earlier else None,
        },
    }


def _unagreed(lot: Lot, policy: OpeningPolicy, *, post: Post, now: datetime.datetime) -> list[Refusal]:
    """What the upload would say of a consortium, before the form is filled in: a member is still to confirm."""
    if policy.round != policies.BID or now >= (policies.closing_at(lot, round=policy.round) or now):
        return []
    return list(consortia.before_sealing(lot, bidder=post.organisation, now=now))


def _earlier(lot: Lot, policy: OpeningPolicy, *, post: Post, now: datetime.datetime) -> dict[str, Any] | None:
    """What is said of the envelope that counts so far."""
    bid = _live(lot, policy, post=post)
    if bid is None:
        return None
    return {
        "at": bid.received_at,
        "seq": bid.revision,
        **_tested(bid),
        "owed": bid.sealed.upload.verified_at is None,
        "url": reverse("sbp_receipt", kwargs={"sid": bid.sealed.upload.sid}),
        "proof_url": reverse("sbp_proof", kwargs={"sid": bid.sealed.upload.sid}),
        "is_merged": bid.sealed.leaf.index is not None,
        **_corrected(bid, post=post, now=now),
    }


def _corrected(bid: Bid, *, post: Post, now: datetime.datetime) -> dict[str, Any]:
    """Whether it is older than a correction that may affect bids, and what signing would say then or why it cannot be
    signed any more; or when it was last confirmed after one."""
    since = reconfirming.versions(bid)
    kept = BidReconfirmation.objects.filter(bid=bid).select_related("correction").order_by("pk").last()
    if not since:
        return {"confirmed": kept}
    return {
        "owed_since": since[0],
        "unmet": can(ACTIONS[places.RECONFIRM], bid, by=post, now=now),
        "reconfirm": {
            "t": "reconfirm",
            "tender": str(bid.sealed.tender),
            "rev": reconfirming.version_of(since[-1]),
            "submission": str(bid.sealed.upload.sid),
            "header_sha256": bid.sealed.header_digest,
        },
    }


def _tested(bid: Bid) -> dict[str, Any]:
    """Which trustees tried their shares of it, and which could not read theirs."""
    found = list(ShareTest.objects.filter(bid=bid).select_related("trustee__organisation").order_by("pk"))
    return {
        "readable": [one.trustee.organisation.name for one in found if not one.fault],
        "unreadable": [{"label": one.trustee.organisation.name, "value": one.told} for one in found if one.fault],
    }


def _release(lot: Lot, *, post: Post, now: datetime.datetime) -> dict[str, Any] | None:
    """What it takes to release the own envelope in the closing that is under way; None while there is none, or nothing
    of this supplier's in it."""
    closing = closing_of(lot)
    if closing is None or (closing.round == policies.BID and policies.takes_sealed(lot, round=policies.LAST)):
        return None
    closed = close_set_of(lot, cover=closing.cover, round=closing.round)
    bid = closed.filter(supplier=post.organisation).select_related("sealed__upload").first()
    if bid is None:
        return None
    return {
        "template": "work/release.html",
        "script": "release.js",
        "refusals": can(ACTIONS[RELEASE], bid, by=post, now=now),
        "closes_at": window_ends_at(closing, now=now),
        "is_price": closing.cover == Cover.PRICE,
        "is_last": closing.round == policies.LAST,
        "record_url": _record_url(closing),
        "hall_url": reverse("hall", args=[lot.case_id]) if has_hall(lot.case, post, now=now) else "",
        "given": {
            "header": bid.sealed_key,
            "policies": [one.content for one in policies.chain(lot, cover=closing.cover, round=closing.round)],
            "now": now.isoformat(),
            "sid": str(bid.sealed.upload.sid),
        },
    }


def _record_url(closing: BidClosing) -> str:
    """Where the record of the opening is shown, as soon as its bidders may read it; empty before."""
    found = opening_record.shown(closing, inside=False) if closing.unsealed_at is not None else None
    return reverse("closing_record", args=[closing.pk]) if found is not None else ""


def holders(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Who holds a share, in words."""
    return [
        {"label": formats.titled(TrusteeRole(trustee["role"]).label), "value": trustee["org"], "lang": "zh-Hans"}
        for trustee in content["trustees"]
    ]
