"""Can bidders do what they need to do, minute by minute? The journal of it, kept by the worker on a clock passed in.

Whatever is looked at registers a probe. A line is written when it is due: signed, chained, and in the public log in
clear. It is committed without waiting for a standby, because that a standby is gone is what it may have to say.
"""

import datetime
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from yangcai.kernel import health_lines, health_terms, leaves, log_keys, sequencer
from yangcai.kernel.encoding import jcs, parse_jcs, timestamp
from yangcai.kernel.health_lines import Line
from yangcai.kernel.health_terms import Terms
from yangcai.kernel.leaf_lines import CLEAR
from yangcai.kernel.models import HealthLine, Leaf, Outage

logger = logging.getLogger(__name__)

#: The advisory lock of the one who writes the next line.
LOCK = 7391041
#: To what its lines belong in the log.
ROOT = "health"


class Unwell(Exception):
    """A probe found that bidders cannot do what they need to; the text says why."""


#: name (one of health_lines.PROBES) -> function() that raises where it fails
PROBES: dict[str, Callable[[], None]] = {}


def probe(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register what is looked at under this name."""

    def keep_it(function: Callable[[], None]) -> Callable[[], None]:
        assert name in health_lines.PROBES, f"nobody could read what {name} means"
        PROBES[name] = function
        return function

    return keep_it


@dataclass(frozen=True)
class Kept:
    """The line that was written, and the outage that it ends, if any."""

    line: HealthLine
    outage: Outage | None = None


def look() -> dict[str, str]:
    """name -> why it failed, empty where it did not; every probe is run, whatever the others say."""
    found = {}
    for name, function in sorted(PROBES.items()):
        try:
            function()
            found[name] = ""
        except Exception as error:  # whatever it is, bidders meet it too
            found[name] = f"{type(error).__name__}: {error}"
            logger.warning("health: %s: %s", name, found[name])
    return found


def keep(*, now: datetime.datetime, terms: Terms) -> Kept | None:
    """Look, and write the next line where it is due; None where it is not, or where another process is at it. Raises
    what the database or the key raises: then there is no line, and the gap will tell."""
    last = HealthLine.objects.order_by("-number").first()
    if last is not None and now < last.at + terms.interval:
        return None
    found = look()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = local")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        last = HealthLine.objects.order_by("-number").first()
        if last is not None and now < last.at + terms.interval:
            return None
        return _written(found, last=last, now=now, terms=terms)


def _written(found: dict[str, str], *, last: HealthLine | None, now: datetime.datetime, terms: Terms) -> Kept:
    key = log_keys.signer(health_lines.ROLE)
    _announce(key.verifier.vkey, terms, now=now)
    line = Line(
        number=last.number + 1 if last else 1,
        at=now,
        looked=tuple(sorted(found)),
        bad=tuple(sorted(name for name, fault in found.items() if fault)),
        previous=last.digest if last else health_lines.NONE_BEFORE,
    ).signed(key)
    good = HealthLine.objects.filter(is_good=True).order_by("-number").first() if line.is_good else None
    row = HealthLine.objects.create(
        number=line.number,
        at=now,
        is_good=line.is_good,
        bad=list(line.bad),
        previous=line.previous,
        digest=line.digest,
        content=jcs(line.body).decode(),
        leaf_id=leaves.append_leaf(body=line.body, root=ROOT, in_clear=True).id,
    )
    return Kept(row, _outage(good, row, terms=terms) if good is not None else None)


def _announce(vkey: str, terms: Terms, *, now: datetime.datetime) -> None:
    """The key, and the rule by which outages count, stand in the log before the first line; each change of it too."""
    if not Leaf.objects.filter(root=f"key:{vkey}").exists():
        body = {"role": health_lines.ROLE, "t": "key", "vkey": vkey}
        leaves.append_leaf(body=body, root=f"key:{vkey}", in_clear=True)
    said = terms.as_dict(at=timestamp(now))
    if terms != declared():
        leaves.append_leaf(body=said, root=health_terms.KIND, in_clear=True)


def declared() -> Terms | None:
    """The terms that the log has, the latest of them; None before the first line of the journal."""
    latest = Leaf.objects.filter(root=health_terms.KIND).order_by("-pk").values_list("line", flat=True).first()
    return terms_in(bytes(latest)) if latest is not None else None


def terms_in(line: bytes) -> Terms:
    """What a line of the log lays down."""
    return health_terms.read(parse_jcs(line.removeprefix(CLEAR).removesuffix(b"\n")))


def _outage(before: HealthLine, after: HealthLine, *, terms: Terms) -> Outage | None:
    if after.at - before.at < terms.shortest:
        return None
    between = HealthLine.objects.filter(number__gt=before.number, number__lt=after.number)
    return Outage.objects.create(
        before=before,
        after=after,
        begins_at=before.at,
        ends_at=after.at,
        bad=sorted({name for bad in between.values_list("bad", flat=True) for name in bad}),
        shortest=terms.shortest,
        protected=terms.protected,
        relief=terms.relief,
    )


def outages(*, since: datetime.datetime, now: datetime.datetime) -> list[tuple[datetime.datetime, Any]]:
    """Beginning and end of those that reach beyond `since`; None is the end of the one that lasts: so long since the
    last good line is an outage by the terms in the log, and will have been one when the next good line comes."""
    found: list[tuple[datetime.datetime, Any]] = list(
        Outage.objects.filter(ends_at__gt=since, begins_at__lt=now).values_list("begins_at", "ends_at")
    )
    if (begun := out_since(now=now)) is not None:
        found.append((begun, None))
    return found


def out_since(*, now: datetime.datetime) -> datetime.datetime | None:
    """Where an outage lasts: when all was well for the last time."""
    good = HealthLine.objects.filter(is_good=True, at__lte=now).order_by("-number").values_list("at", flat=True).first()
    if good is not None and (terms := declared()) is not None and now - good >= terms.shortest:
        return good
    return None


def has_spoken(*, of: datetime.datetime) -> bool:
    """Whether the journal says by now how it was until then: by a good line at that moment or later. What ended in an
    outage is known only when that is over. Where no journal was begun before there is nothing to wait for."""
    if not HealthLine.objects.filter(at__lte=of).exists():
        return True
    return HealthLine.objects.filter(is_good=True, at__gte=of).exists()


@dataclass(frozen=True)
class State:
    """How it stands: the last line, since when no good line came (None: all is well), and what fails."""

    last: HealthLine
    bad_since: datetime.datetime | None
    bad: tuple[str, ...] = ()


def state(*, now: datetime.datetime, terms: Terms) -> State | None:
    """None where no journal was ever kept."""
    last = HealthLine.objects.order_by("-number").first()
    if last is None:
        return None
    good = HealthLine.objects.filter(is_good=True).order_by("-number").first()
    since = good.at if good else HealthLine.objects.order_by("number").values_list("at", flat=True)[0]
    if last.is_good and now < last.at + terms.shortest:
        return State(last, None)
    return State(last, since, tuple(last.bad))


# --- what the kernel itself can look at ------------------------------------------------------------------------------


@probe("keys")
def keys_sign() -> None:
    """Without its key no receipt is given. The log's may lie in another process, and signs records alone."""
    text = f"probe/v1\n{secrets.token_hex(16)}\n"
    receipts, by_log = log_keys.signer(log_keys.RECEIPT), log_keys.sign_record(text)
    asked = [
        (log_keys.LOG, log_keys.verifier(), by_log.signatures[0]),
        (log_keys.RECEIPT, receipts.verifier, receipts.sign(text)),
    ]
    if key := log_keys.sm2_verifier():
        asked.append((log_keys.SM2, key, by_log.signatures[1]))
    for role, verifier, signed in asked:
        if not verifier.verifies(text, signed.signature):
            raise Unwell(f"the key of {role} does not sign")


@probe("log")
def log_grows() -> None:
    """Lines are placed within the time that receipts promise."""
    for fault in sequencer.late():
        raise Unwell(fault)
