"""Where does a supplier seal its bid on its own device? The page; what it does there, the server does not see."""

import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases import periods
from yangcai.cases.models import Lot
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.encoding import parse_jcs
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import policies
from yangcai.tendering.actions.bids import SubmitBid
from yangcai.tendering.models import SBP, Bid, OpeningPolicy, Recovery, ShareTest, SigningKey, TrusteeRole
from yangcai.tendering.rules.bids import live_bids
from yangcai.tendering.rules.sealed import closing_of, unfinished_uploads
from yangcai.tendering.sealed_offer import kinds
from yangcai.tendering.standstill import window_ends_at
from yangcai.www import bundle, formats
from yangcai.www.access import page
from yangcai.www.work import places
from yangcai.www.work.offers import MADE_THERE

#: What the sealed bid is handed in by; what refuses it there is said here before anything is sealed.
OF = "bid.upload"
#: By what its shares are released.
RELEASE = "bid.release"


@page(by={Role.SUPPLIER})
def sealing(request: HttpRequest, pk: int) -> HttpResponse:
    """Until the deadline: the form, the files and the steps. From the closing on: the own bid, to be released. 404
    where the bids of the lot are not sealed by their bidders."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    lot: Lot = places.row("lot", pk, post=post, now=now)
    policy = policies.in_force(lot)
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


def _seal(lot: Lot, policy: OpeningPolicy, *, post: Post, now: datetime.datetime) -> dict[str, Any]:
    """What it takes to seal."""
    form = SubmitBid(subject=lot, by=post, now=now)
    del form.fields["attachments"]  # the files are chosen beside: they must never be sent from here
    content = parse_jcs(policy.content.encode())
    return {
        "earlier": _earlier(lot, post=post),
        "uploads": [
            {"row": one, "give_up": places.form_of(ACTIONS["bid_upload.give_up"], one)}
            for one in unfinished_uploads(lot, supplier_id=post.organisation_id)
        ],
        "template": "work/seal.html",
        "script": "seal.js",
        "form": form,
        "refusals": [one for one in can(ACTIONS[OF], lot, by=post, now=now) if (OF, one.code) not in MADE_THERE],
        "closes_at": periods.closing_at(lot.case),
        "recoveries": [(code, Recovery(code).label) for code in content["recovery_allowed"]],
        "given": {
            "policy": content,
            "round": policies.ROUND,
            "supplier": post.organisation.uscc,
            "post_name": f"{post.organisation.name} {lot.case.number}",
            "kinds": kinds(form),
            "bundle_sha256": bundle.bundle_sha256(),
        },
    }


def _earlier(lot: Lot, *, post: Post) -> dict[str, Any] | None:
    """The bid of this supplier that counts so far, whichever device sealed it; None without one."""
    found = live_bids(lot=lot, supplier=post.organisation).filter(seal_scheme=SBP)
    bid = found.select_related("sealed__upload").first()
    if bid is None:
        return None
    return {
        "at": bid.received_at,
        "seq": bid.revision,
        **_tested(bid),
        "url": reverse("sbp_receipt", kwargs={"sid": bid.sealed.upload.sid}),
    }


def _tested(bid: Bid) -> dict[str, Any]:
    """Which trustees tried their shares of it, and which could not read theirs."""
    found = list(ShareTest.objects.filter(bid=bid).select_related("trustee__organisation").order_by("pk"))
    return {
        "readable": [one.trustee.organisation.name for one in found if not one.fault],
        "unreadable": [{"label": one.trustee.organisation.name, "value": one.told} for one in found if one.fault],
    }


def _release(lot: Lot, *, post: Post, now: datetime.datetime) -> dict[str, Any] | None:
    """What it takes to release the own bid; None while the lot is not closed, or where there is none."""
    closing = closing_of(lot)
    bid = (
        live_bids(lot=lot, supplier=post.organisation).filter(seal_scheme=SBP).select_related("sealed__upload").first()
    )
    if closing is None or bid is None:
        return None
    return {
        "template": "work/release.html",
        "script": "release.js",
        "refusals": can(ACTIONS[RELEASE], bid, by=post, now=now),
        "closes_at": window_ends_at(closing, now=now),
        "given": {
            "header": bid.sealed_key,
            "policies": [one.content for one in policies.chain(lot)],
            "now": now.isoformat(),
            "sid": str(bid.sealed.upload.sid),
        },
    }


def holders(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Who holds a share, in words."""
    return [
        {"label": formats.titled(TrusteeRole(trustee["role"]).label), "value": trustee["org"], "lang": "zh-Hans"}
        for trustee in content["trustees"]
    ]
