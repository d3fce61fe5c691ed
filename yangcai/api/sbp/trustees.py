"""By which doors do trustees make their keys known, try their shares before the deadline, and take part in drills?"""

import datetime
import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse

from yangcai.api import bodies, problem
from yangcai.api.sbp.doors import door, reply
from yangcai.api.sbp.opening import MOST, taken
from yangcai.cases.queries import visible_lots
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.sealing.statement import Message
from yangcai.tendering import drills, share_tests
from yangcai.tendering.models import Drill, DrillRelease, OpeningPolicy, Trustee


@door("GET", "POST", public=True)
def trustees(request: HttpRequest, *, post: Any, now: datetime.datetime) -> HttpResponse:
    """GET: the keys in office, for whoever wants to hold a policy against them; `own` are those of whoever asks. POST:
    make one's own known, or rotate them: {role, hpke, sig, reason}, and for suite G1 {sm2_wrap, sm2_sig}; 200 where
    exactly these are in office already, as whoever sends them again may never have had the answer."""
    if request.method == "GET":
        found = Trustee.objects.filter(retired_at__isnull=True).select_related("organisation").order_by("pk")
        own = post.organisation_id if post is not None else None
        return reply({"items": [_keys(one) | {"own": one.organisation_id == own} for one in found]})
    if post is None:
        return problem.unauthorized()
    data, _files = bodies.body_of(request)
    names = {
        "role": "role",
        "hpke_key": "hpke",
        "signing_key": "sig",
        "sm2_wrap_key": "sm2_wrap",
        "sm2_signing_key": "sm2_sig",
    }
    keys: dict[str, Any] = {field: str(data.get(name, "")) for field, name in names.items()}
    reason = str(data.get("reason", ""))
    try:
        done = perform(ACTIONS["trustee.register"], post.organisation, by=post, now=now, **keys, reason=reason)
    except Refused:  # no key comes to office twice
        if (standing := _in_office(post, keys)) is None:
            raise
        return reply(_keys(standing))
    return reply(_keys(done.value), status=201)


def _in_office(post: Post, keys: dict[str, Any]) -> Trustee | None:
    """The keys of this post's organisation that are in office, if they are exactly these."""
    found = Trustee.objects.filter(organisation_id=post.organisation_id, retired_at__isnull=True).first()
    if found is None or any(getattr(found, field) != key for field, key in keys.items()):
        return None
    return found


def _keys(trustee: Trustee) -> dict[str, str]:
    national = {"sm2_wrap": trustee.sm2_wrap_key, "sm2_sig": trustee.sm2_signing_key}
    return {
        "org": trustee.organisation.name,
        "role": trustee.role,
        "hpke": trustee.hpke_key,
        "sig": trustee.signing_key,
        **(national if trustee.sm2_wrap_key else {}),
        "since": timestamp(trustee.registered_at),
    }


@door("GET", "POST", most=MOST)
def share_tests_of(request: HttpRequest, *, tender: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """Before the deadline, for a trustee whom it tells nothing new. GET: the headers whose share nobody tried for it.
    POST: what it found, {lot, results: [{header_sha256, fault}]}; an empty fault says that the share can be read."""
    policies = OpeningPolicy.objects.filter(tender=tender, published_at__isnull=False)
    lots = visible_lots(post, now).filter(pk__in=policies.values("lot")).select_related("case").order_by("pk")
    seats = [(lot, seat) for lot in lots if (seat := share_tests.seat_of(lot, by=post, now=now)) is not None]
    if not seats:
        return problem.not_found()
    if request.method == "GET":
        items = [
            {
                "lot": lot.number,
                "x": seat.number,
                "headers": [bid.sealed_key for bid in share_tests.untested(lot, seat.trustee)],
            }
            for lot, seat in seats
        ]
        return reply({"items": items})
    data, _files = bodies.body_of(request)
    found = [lot for lot, _seat in seats if lot.number == str(data.get("lot", ""))]
    if not found:
        return problem.not_found()
    results = json.dumps(data.get("results"), default=str)  # a fraction is none: the form says so
    perform(ACTIONS["bid.test_shares"], found[0], by=post, now=now, results=results)
    return reply({"lot": found[0].number}, status=201)


@door("GET")
def drill(request: HttpRequest, *, post: Post, now: datetime.datetime) -> HttpResponse:
    """The drill that goes on: its policy, its headers, and whether this organisation has a share in it."""
    found = Drill.objects.filter(concluded_at__isnull=True).first()
    if found is None or drills.trustee_of(found, by=post) is None:
        return problem.not_found()
    opened = drills.read(found)
    return reply(
        {
            "drill": str(found.tender),
            "policy": found.policy,
            "headers": [header.content.decode() for header in opened.headers.values()],
        }
    )


@door("POST", most=MOST)
def drill_release(request: HttpRequest, *, tender: uuid.UUID, post: Post, now: datetime.datetime) -> HttpResponse:
    """A trustee's shares of the made-up bids."""
    found = Drill.objects.filter(tender=tender).first()
    if found is None:
        return problem.not_found()
    kept = DrillRelease.objects.filter(drill=found, trustee__organisation=post.organisation_id)
    status = taken("drill.release", found, Message.parse(request.body), kept=kept, by=post, now=now)
    return reply({"drill": str(tender)}, status=status)
