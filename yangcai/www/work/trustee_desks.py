"""Where does a trustee make its keys, release its shares and take part in a drill, in a browser? (SBP/1 §2.1, §2.8)

The script does it on the trustee's own device (static/www/sealing/setup.js, trustee.js): the server sees public keys
and signed releases. SM2 keys are in no browser: for what is sealed in suite G1 the pages name the command.
"""

import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.cases.models import Lot
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import drills, duties, policies, unsealing
from yangcai.tendering.models import (
    BidClosing,
    Cover,
    Drill,
    DrillRelease,
    OpeningPolicy,
    PolicySeat,
    ShareRelease,
    Trustee,
    TrusteeRole,
)
from yangcai.tendering.rules.sealed import closing_of
from yangcai.tendering.rules.trustees import ROLE_OF_POST
from yangcai.tendering.standstill import window_ends_at
from yangcai.www import bundle, formats
from yangcai.www.access import page
from yangcai.www.work import places

#: The platform's own keys lie on its server, and its shares follow by themselves.
TRUSTEES = frozenset(ROLE_OF_POST) - {Role.PLATFORM}
#: The suite whose keys a browser has, and the other.
BROWSER, COMMAND_LINE = "I1", "G1"


@page(by=TRUSTEES)
def key(request: HttpRequest) -> HttpResponse:
    """Make a pair of keys, save it, register its public half; where keys are in office, they are rotated."""
    post = request.post  # type: ignore[attr-defined]
    current = Trustee.objects.filter(organisation=post.organisation, retired_at__isnull=True).first()
    roles = [(code, formats.titled(TrusteeRole(code).label)) for code in ROLE_OF_POST[post.role]]
    return _shown(request, "work/trustee_key.html", "setup.js", {"current": current, "roles": roles})


@page(by=frozenset(ROLE_OF_POST))
def drill(request: HttpRequest) -> HttpResponse:
    """Release the shares of the made-up bids of the drill that goes on; 404 where none does, or without us."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    found = Drill.objects.filter(concluded_at__isnull=True).first()
    trustee = drills.trustee_of(found, by=post) if found is not None else None
    if found is None or trustee is None:
        raise Http404
    refusals = can(ACTIONS["drill.release"], found, by=post, now=now)
    is_platform = trustee.role == TrusteeRole.PLATFORM
    shown = {
        "is_drill": True,
        "is_platform": is_platform,
        "by_hand": places.form_of_ref("drill.release", found.ref),
        "refusals": refusals,
        "can_release": not refusals and not is_platform,
        "can_send": not refusals,
        "released": DrillRelease.objects.filter(drill=found, trustee=trustee).first(),
        "given": {"is_drill": True, "hpke": trustee.hpke_key, "now": now.isoformat()},
    }
    return _shown(request, "work/trustee_release.html", "trustee.js", shown)


@page(by=frozenset(ROLE_OF_POST))
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """The opening of a lot in which our organisation holds a share: its times, where it stands, and our part in it.
    404 where it holds none."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    lot: Lot = places.row("lot", pk, post=post, now=now)
    closing = closing_of(lot)
    policy = closing.policy if closing is not None else policies.in_force(lot)
    seat = _seat(policy, post=post)
    if policy is None or seat is None:
        raise Http404
    owed = unsealing.owed_shares(closing, number=seat.number) if closing is not None else {}
    refusals = can(ACTIONS["trustee.release"], lot, by=post, now=now) if closing is not None else []
    is_platform = seat.trustee.role == TrusteeRole.PLATFORM
    is_open = closing is not None and closing.unsealed_at is not None
    is_due = closing is not None and not is_open and not refusals and any(owed.values())
    shown = {
        "lot": lot,
        "kicker": [lot.case.number, _("采购包 %(number)s") % {"number": lot.number}],
        "root_title": str(lot.case),
        "back": places.page_of(lot),
        "is_price": policy.cover == Cover.PRICE,
        "is_last": policy.round == policies.LAST,
        "is_platform": is_platform,
        "facts": _facts(policy, seat, closing, now=now),
        "window_closes_at": window_ends_at(closing, now=now) if closing is not None else policy.closes_at,
        "closing": closing,
        "is_open": is_open,
        "refusals": refusals,
        "can_release": is_due and owed[BROWSER] > 0 and not is_platform,
        "can_send": is_due,
        "released": _released(closing, seat),
        "owed": owed.get(BROWSER, 0),
        "owed_elsewhere": owed.get(COMMAND_LINE, 0),
        "by_hand": places.form_of_ref("trustee.release", lot.ref),
        "given": {
            "is_drill": False,
            "is_sandbox": bool(settings.YANGCAI_SANDBOX),
            "policies": [one.content for one in policies.chain(lot, cover=policy.cover, round=policy.round)],
            "round": policy.round,
            "hpke": seat.trustee.hpke_key,
            "now": now.isoformat(),
        },
    }
    return _shown(request, "work/trustee_release.html", "trustee.js", shown)


def _seat(policy: OpeningPolicy | None, *, post: Post) -> PolicySeat | None:
    if policy is None:
        return None
    found = policy.seats.filter(trustee__organisation=post.organisation, trustee__role__in=ROLE_OF_POST[post.role])
    return found.select_related("trustee__organisation").first()


def _facts(
    policy: OpeningPolicy, seat: PolicySeat, closing: BidClosing | None, *, now: datetime.datetime
) -> list[dict[str, Any]]:
    """When, which share, and whose turn it is."""
    on_duty = duties.rota(seat.trustee.organisation_id, on=timezone.localdate(policy.opens_at))
    people = [post.person.name for one in on_duty for post in (one.post, one.stand_in) if post is not None]
    window = formats.moment(window_ends_at(closing, now=now)) if closing is not None else _("开标后起算")
    return [
        {"label": _("投标截止"), "value": formats.moment(policy.closes_at)},
        {"label": _("开标时间"), "value": formats.moment(policy.opens_at)},
        {"label": _("投标人解密至"), "value": window},
        {"label": _("本单位身份"), "value": formats.titled(seat.trustee.get_role_display())},
        {"label": _("份额编号"), "value": str(seat.number)},
        {
            "label": _("值守及替补"),
            "value": "、".join(people) or _("未安排，本单位任一岗位"),
            "lang": "zh-Hans" if people else "",
        },
    ]


def _released(closing: BidClosing | None, seat: PolicySeat) -> datetime.datetime | None:
    found = ShareRelease.objects.filter(closing=closing, trustee=seat.trustee).order_by("-released_at").first()
    return found.released_at if closing is not None and found is not None else None


def _shown(request: HttpRequest, template: str, script: str, shown: dict[str, Any]) -> HttpResponse:
    """A page on which the published bundle alone runs."""
    frame = {
        "bundle_sha256": bundle.bundle_sha256(),
        "scripts": [(bundle.address(name), bundle.integrity(name)) for name in ("app.js", script)],
        "server": request.build_absolute_uri("/").removesuffix("/"),
        "now": request.now,  # type: ignore[attr-defined]
    }
    answer = render(request, template, frame | shown)
    answer["Content-Security-Policy"] = bundle.policy_for(request)
    return answer
