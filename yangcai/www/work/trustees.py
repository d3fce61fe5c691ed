"""Which keys does my organisation hold as a trustee, whose turn is it at which opening, and when was the last drill?"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.kernel import tasks
from yangcai.kernel.actions import SCOPES
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.tendering import drills, duties, unsealing
from yangcai.tendering.duties import Turn
from yangcai.tendering.models import BidClosing, Drill, Trustee, TrusteeDuty, TrusteeRole
from yangcai.tendering.rules.sealed import closing_under, keys_are_in
from yangcai.tendering.rules.trustees import ROLE_OF_POST
from yangcai.tendering.standstill import window_ends_at
from yangcai.www import formats
from yangcai.www.access import page
from yangcai.www.work import tables
from yangcai.www.work.offers import Offer, offers
from yangcai.www.work.shown import KINDS
from yangcai.www.work.tables import Cell, Column, Line, Table

#: So many drills and turns of duty are shown, the newest.
SHOWN = 20


@page(by=frozenset(ROLE_OF_POST))
def trustees(request: HttpRequest) -> HttpResponse:
    """Keys, openings to come with whoever is on duty, the rota, the drills; and what can be done about each."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    own = post.organisation
    current = Trustee.objects.filter(organisation=own, retired_at__isnull=True).first()
    rota = list(SCOPES[TrusteeDuty](post, now).filter(cancelled_at__isnull=True).order_by("-to_on", "-pk")[:SHOWN])
    held = list(Drill.objects.order_by("-begun_at", "-pk")[:SHOWN])
    running = next((drill for drill in held if drill.concluded_at is None), None)
    subjects: list[Any] = [own, *([current] if current else []), *rota, *([running] if running else [])]
    due = tasks.of_post(post).filter(
        action__in=("drill.begin", "drill.conclude", "drill.release", "trustee.put_on_duty")
    )
    may = offers(subjects, post=post, now=now, due=due).of("trustee", "trustee_duty", "drill")
    links: dict[tuple[Any, int], list[Offer]] = {}
    for offer in may.open:
        links.setdefault((type(offer.subject), offer.subject.pk), []).append(offer)
    turns = duties.of_organisation(own)
    context = {
        "title": formats.titled(_("受托人")),
        "current": current,
        "facts": _facts(current) if current else [],
        "is_platform": TrusteeRole.PLATFORM in ROLE_OF_POST[post.role],
        "role": current.role if current else ROLE_OF_POST[post.role][0],
        "offers": may,
        "turns": openings(turns, now=now) if turns else None,
        "unattended": [turn for turn in turns if not turn.duties and turn.seat.trustee.role != TrusteeRole.PLATFORM],
        "tables": [
            tables.table(KINDS[model].title, model, rows, KINDS[model].columns, links=links)
            for model, rows in ((TrusteeDuty, rota), (Drill, held))
            if rows
        ],
        "running": running,
        "takes_part": running is not None and drills.trustee_of(running, by=post) is not None,
        "overdue": overdue_since(post, now=now),
        "now": now,
    }
    return render(request, "work/trustees.html", context)


def _facts(current: Trustee) -> list[Any]:
    """The keys in office; those of suite G1 where there are any."""
    national = ("sm2_wrap_key", "sm2_signing_key") if current.sm2_wrap_key else ()
    return list(tables.facts(current, ("role", "hpke_key", "signing_key", *national, "registered_at")))


def openings(turns: Iterable[Turn], *, now: datetime.datetime) -> Table:
    """Which opening, when, with which share, by whom, and where it stands; each with the page on which one releases."""
    lines = []
    for turn in turns:
        policy = turn.seat.policy
        closing = closing_under(turn.seat.policy)
        ends_at = window_ends_at(closing, now=now) if closing is not None else None
        cells = [
            Cell(f"{policy.lot.case.title}（{policy.lot.number}）", is_data=True),
            Cell(formats.moment(turn.opens_at)),
            Cell(formats.moment(ends_at) or _("开标后起算")),
            Cell(str(turn.seat.number), is_number=True),
            Cell(_names(duty.post for duty in turn.duties) or _("未安排"), is_data=bool(turn.duties)),
            Cell(_names(duty.stand_in for duty in turn.duties), is_data=True),
            Cell(_state(turn, closing, now=now)),
        ]
        lines.append(Line(cells, url=reverse("work_trustee_lot", args=[policy.lot_id])))
    columns = [
        Column(_("采购项目")),
        Column(_("开标时间")),
        Column(_("投标人解密至")),
        Column(_("份额编号"), is_number=True),
        Column(_("值守")),
        Column(_("替补")),
        Column(_("份额")),
    ]
    return Table(formats.titled(_("待开标项目的值守")), columns, lines)


def _state(turn: Turn, closing: BidClosing | None, *, now: datetime.datetime) -> str:
    if closing is None:
        return _("尚未截止")
    if turn.has_released:
        owed = unsealing.owed_shares(closing, number=turn.seat.number)
        return _("部分已释放") if any(owed.values()) else _("已释放")
    return _("待释放") if keys_are_in(closing, now=now) else _("投标人解密中")


def _names(posts: Iterable[Post | None]) -> str:
    return "、".join(post.person.name for post in posts if post is not None)


def overdue_since(post: Post, *, now: datetime.datetime) -> datetime.datetime | None:
    """When the yearly drill should have been held; None while it is not late, or one goes on."""
    platform = Organisation.objects.filter(kind=OrganisationKind.PLATFORM).order_by("pk").first()
    if platform is None or Drill.objects.filter(concluded_at__isnull=True).exists():
        return None
    found = drills.due_at(platform, now=now)
    return found[1] if found is not None and found[1] <= now else None
