"""Who keeps the health journal, and gives the extensions that follow from it? One round of the worker's, on a clock
passed in: a line where it is due, then every deadline that an outage touched."""

import datetime
import logging
import threading
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from yangcai.cases.models import Case
from yangcai.kernel import documents, health, room, tasks
from yangcai.kernel.actions import perform
from yangcai.kernel.health import Unwell, probe
from yangcai.kernel.models import HealthLine, Outage
from yangcai.kernel.refusals import Refused
from yangcai.parties.queries import platform_post
from yangcai.tendering import envelopes, outages
from yangcai.tendering.actions.outages import extend_applications, extend_period
from yangcai.tendering.finalise import NOT_REPLICATED
from yangcai.tendering.models import BidClosing, OutageExtension, Prequalification

logger = logging.getLogger(__name__)

#: Within so many seconds a commit comes back, and the site answers: longer is not well.
PATIENCE = 5.0


@dataclass(frozen=True)
class Watched:
    """What a round did: the line, the outage that ended with it, the extensions that followed."""

    line: HealthLine | None = None
    outage: Outage | None = None
    extensions: tuple[OutageExtension, ...] = field(default=())


def watch(*, now: datetime.datetime) -> Watched:
    """Raises what the database raises where it is away: there is no line then, and the gap will tell."""
    kept = health.keep(now=now, terms=outages.terms(now=now))
    extended = tuple(settle(now=now))
    return Watched(kept.line, kept.outage, extended) if kept else Watched(extensions=extended)


def settle(*, now: datetime.datetime) -> list[OutageExtension]:
    """Every extension that an outage still owes; late or twice without harm. What is refused now (a case that somebody
    else holds, a deadline that passes in this instant) is tried again in the next round."""
    extended: list[OutageExtension] = []
    for outage in Outage.objects.filter(settled_at__isnull=True).order_by("begins_at"):
        owing = False
        for case in _near(outage):
            if not any(owed == outage for owed, _deadline in outages.owed(case, now=now)):
                continue
            try:
                done = perform(extend_period, case, by=platform_post(now=now), now=now, outage=outage.pk)
                extended.append(done.value)
            except Refused as refused:
                logger.warning("%s was not extended after %s: %s", case, outage, refused)
                owing = True
        for found in _near_applicants(outage):
            if outage not in outages.owed_to_applicants(found, now=now):
                continue
            try:
                perform(extend_applications, found, by=platform_post(now=now), now=now, outage=outage.pk)
            except Refused as refused:
                logger.warning("%s was not extended after %s: %s", found, outage, refused)
                owing = True
        _tell_of_windows(outage, now=now)
        if not owing:
            Outage.objects.filter(pk=outage.pk).update(settled_at=now)
    return extended


def _tell_of_windows(outage: Outage, *, now: datetime.datetime) -> None:
    """The window for keys moved by itself; whoever is to act in it has a task whose time is derived again. A case in
    which somebody acts just now derives its tasks at the end of that."""
    held_up = BidClosing.objects.filter(unsealed_at__isnull=True, closed_at__lt=outage.ends_at, lot__outcome="")
    cases = Case.objects.filter(pk__in=held_up.values("lot__case"), ended_at__isnull=True).order_by("pk")
    with transaction.atomic():
        for case in cases.select_for_update(of=("self",), skip_locked=True):
            tasks.refresh(case, now=now)


def _near(outage: Outage) -> list[Case]:
    """The running cases with a deadline that the outage may touch."""
    span = {"periods__closes_at__gt": outage.begins_at, "periods__closes_at__lt": outage.ends_at + outage.protected}
    return list(Case.objects.filter(ended_at__isnull=True, **span).distinct().order_by("pk"))


def _near_applicants(outage: Outage) -> list[Prequalification]:
    span = {"closes_at__gt": outage.begins_at, "closes_at__lt": outage.ends_at + outage.protected}
    return list(Prequalification.objects.filter(concluded_at__isnull=True, **span).order_by("pk"))


# --- what bidders need, beyond what the kernel looks at --------------------------------------------------------------


@probe("store")
def store_keeps_what_it_must() -> None:
    """It gives back what it was given, and has room for every byte that was promised. That it is nearly full is no
    outage: suppliers could bring that about, and move everybody's deadlines (decision 29)."""
    documents.require_kept(size=4096)
    owed, free = envelopes.bytes_owed(), room.free_bytes(Path(settings.YANGCAI_FILES))
    if free < owed:
        raise Unwell(f"{owed} bytes were promised a place, {free} are free")
    if documents.is_nearly_full():
        logger.warning("the file store is nearly full (%s bytes free): new parts of bids are refused", free)


@probe("finalise")
def commits_are_durable() -> None:
    """A commit as that of a bid: on the disk, and on the standby where there is one. It writes no row."""
    raw = connection.get_new_connection(connection.get_connection_params())
    said: list[str] = []
    raw.add_notice_handler(lambda diagnostic: said.append(diagnostic.message_primary or ""))
    impatience = threading.Timer(PATIENCE, raw.cancel)
    try:
        impatience.start()
        _commit(raw)
    finally:
        impatience.cancel()
        impatience.join()
        raw.close()
    if any(line.startswith(NOT_REPLICATED) for line in said):
        raise Unwell(f"no standby confirmed a commit within {PATIENCE:g} s")


def _commit(raw: Any) -> None:
    raw.autocommit = True
    raw.execute("SET synchronous_commit = on")
    raw.execute("SELECT pg_logical_emit_message(true, 'yangcai health', '')")


def site_answers(address: str) -> None:
    """Where YANGCAI_PROBE names the site's address: what bidders go through, from the proxy to the files of the log."""
    request = urllib.request.Request(f"{address.rstrip('/')}/log/checkpoint", headers={"User-Agent": "yangcai-health"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        answer.read(4096)


def look_at_the_site() -> None:
    """At start-up: the site is looked at where its address is known."""
    if address := settings.YANGCAI_PROBE:
        health.PROBES["web"] = lambda: site_answers(address)
