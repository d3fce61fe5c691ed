"""Do the trustees' keys still open anything? Once a year bids that are none are sealed for all of them, released by
them, and opened together; the log says who took part.

A drill is an opening by the protocol's own means: policy, envelopes, signed releases. There is no purchase and no
bidder in it.
"""

import datetime
import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from yangcai.kernel import calendar, tasks
from yangcai.kernel.encoding import base64_of, jcs, read_base64
from yangcai.kernel.leaves import append_leaf
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.sealing.drill import NOBODY
from yangcai.sealing.faults import FAULTS, Fault, Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.opening import open_envelope, share_fault
from yangcai.sealing.payload import Source
from yangcai.sealing.policy import Policy
from yangcai.sealing.policy import Trustee as Holder
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.sealing.statement import FailedShare, Message, Release, ReleasedShare, parse, signed
from yangcai.sealing.suites import Pair, suite
from yangcai.tendering import keys
from yangcai.tendering.models import Cover, Drill, DrillBid, DrillRelease, Trustee, TrusteeRole

#: Every trustee has keys of the international suite.
SUITE = "I1"
#: No law, all of them: made-up bids in a drill; seats, which one header has room for; how often, in years.
BIDS, SEATS, EVERY = 3, 50, 1
#: As SBP/1 §2.1 for large and for small boards: organisations, the bidder's shares, the threshold.
FULL, SHARES, THRESHOLD = 4, (1, 2), (3, 4)


def board() -> list[Trustee]:
    """Who takes part: the platform, then whose last drill is the longest ago."""
    last = (
        DrillRelease.objects.filter(trustee__organisation=OuterRef("organisation"))
        .order_by()
        .values("trustee__organisation")
        .annotate(at=Max("released_at"))
        .values("at")
    )
    found = Trustee.objects.filter(retired_at__isnull=True).select_related("organisation").order_by("pk")
    found = found.annotate(last=Subquery(last))
    ranked: list[Any] = sorted(
        found, key=lambda t: (t.role != TrusteeRole.PLATFORM, t.last is not None, t.last or t.registered_at)
    )
    return ranked[:SEATS]


def policy_for(trustees: list[Trustee], *, now: datetime.datetime) -> Policy:
    """Whom the bids of a drill are sealed for. Raises Faulty where so few cannot open safely."""
    is_full = len(trustees) >= FULL
    return Policy(
        tender=str(uuid.uuid4()),
        rev=1,
        lot="1",
        cover=Cover.ALL,
        suites=(SUITE,),
        theta=THRESHOLD[is_full],
        ws=SHARES[is_full],
        deadline=now,
        open_at=now,
        window_s=1,
        extend_s=0,
        recovery_allowed=("auto",),
        trustees=tuple(
            Holder(x, t.role, t.organisation.name, read_base64(t.hpke_key), read_base64(t.signing_key))
            for x, t in enumerate(trustees, start=1)
        ),
        witness_policy="",
    )


def begin(organisation: Organisation, *, by: Post, now: datetime.datetime) -> Drill:
    """Seal the made-up bids. Raises Faulty."""
    policy = policy_for(board(), now=now)
    drill = Drill.objects.create(
        organisation=organisation,
        tender=policy.tender,
        policy=policy.content.decode(),
        begun_by=by,
        begun_at=now,
        bid_count=BIDS,
    )
    for number in range(1, BIDS + 1):
        text = f"演练 {number}".encode()
        source = Source("演练.txt", "text/plain", lambda text=text: io.BytesIO(text))  # type: ignore[misc]
        sealer = Sealer(Terms(policy, supplier=NOBODY), price={"drill": number}, sources=[source])
        out = io.BytesIO()
        sealer.write(out)
        DrillBid.objects.create(
            drill=drill,
            header=sealer.header.content.decode(),
            header_digest=sealer.header.sha256.hex(),
            envelope=out.getvalue(),
            shares={str(x): base64_of(share) for x, share in sealer.own_shares.items()},
        )
    return drill


@dataclass(frozen=True)
class Opened:
    """A drill as its parts are read from the rows."""

    drill: Drill
    policy: Policy
    headers: dict[bytes, Header]


def read(drill: Drill) -> Opened:
    """Policy and headers."""
    headers = [Header.parse(text.encode()) for text in drill.bids.order_by("pk").values_list("header", flat=True)]
    return Opened(drill, Policy.parse(drill.policy.encode()), {header.sha256: header for header in headers})


def holder_of(policy: Policy, trustee: Trustee) -> Holder | None:
    """The place of a trustee's keys in the drill's policy."""
    wrap = read_base64(trustee.hpke_key)
    return next((holder for holder in policy.trustees if holder.hpke == wrap), None)


def trustee_of(drill: Drill, *, by: Post) -> Trustee | None:
    """The keys of this post's organisation that the drill was sealed for."""
    policy = Policy.parse(drill.policy.encode())
    for trustee in Trustee.objects.filter(organisation_id=by.organisation_id).order_by("-registered_at"):
        if holder_of(policy, trustee) is not None:
            return trustee
    return None


def fault_in(opened: Opened, message: Message, holder: Holder) -> Fault | str | None:
    """Why this message is no release of this trustee's in this drill: a fault of the protocol, or words of ours."""
    said = message.statement
    if not isinstance(said, Release) or said.tender != opened.policy.tender or said.by != "trustee":
        return "声明不是针对本次演练的"
    try:
        message.check(suite=suite(SUITE), public=holder.sig)
    except Faulty as faulty:
        return faulty.fault
    named = [one.header_sha256 for one in said.shares] + [one.header_sha256 for one in said.failed]
    if sorted(named) != sorted(opened.headers) or any(one.x != holder.x for one in said.shares):
        return "应当逐份释放演练投标的份额，不能解出的逐份说明"
    for one in said.shares:
        if fault := share_fault(opened.headers[one.header_sha256].core, one.x, one.share):
            return fault
    return None


def keep(drill: Drill, message: Message, *, trustee: Trustee, by: Post, now: datetime.datetime) -> DrillRelease:
    """As it came."""
    return DrillRelease.objects.create(
        drill=drill,
        trustee=trustee,
        post=by,
        statement=jcs(message.statement.as_dict()).decode(),
        signature=base64_of(message.sig),
        released_at=now,
    )


def platform_follows(opened: Opened, *, by: Post, now: datetime.datetime) -> None:
    """The platform's own shares, after a person's; nothing where it takes no part or has released."""
    for trustee in Trustee.objects.filter(role=TrusteeRole.PLATFORM):
        holder = holder_of(opened.policy, trustee)
        wrap = keys.trustee_wrap_key_of(read_base64(trustee.hpke_key))
        sign = keys.trustee_signing_key_of(read_base64(trustee.signing_key))
        if holder is None or wrap is None or sign is None:
            continue  # it is absent, and the record says so
        if DrillRelease.objects.filter(drill=opened.drill, trustee=trustee).exists():
            continue
        said = release_of(opened.policy, opened.headers, holder=holder, wrap=wrap.private_bytes_raw(), now=now)
        pair = Pair(sign.private_bytes_raw(), sign.public_key().public_bytes_raw())
        keep(opened.drill, signed(said, suite=suite(SUITE), keys=pair), trustee=trustee, by=by, now=now)


def release_of(
    policy: Policy, headers: dict[bytes, Header], *, holder: Holder, wrap: bytes, now: datetime.datetime
) -> Release:
    """What a trustee has to sign: its share of each bid, or why it cannot read it."""
    shares: list[ReleasedShare] = []
    failed: list[FailedShare] = []
    how = suite(SUITE)
    for digest, header in sorted(headers.items()):
        try:
            share = how.unwrap(wrapped=header.wraps[holder.x], x=holder.x, core=header.core.content, private=wrap)
        except Faulty as faulty:
            failed.append(FailedShare(digest, faulty.fault.code))
            continue
        shares.append(ReleasedShare(digest, holder.x, share))
    return Release(policy.tender, policy.cover, "trustee", 0, tuple(shares), now, tuple(failed))


def conclude(drill: Drill, *, by: Post, now: datetime.datetime) -> Drill:
    """Open the made-up bids with what came, and put on record who took part, who did not, and what went wrong."""
    opened = read(drill)
    if drill.releases.exists():
        platform_follows(opened, by=by, now=now)
    said = {row.trustee.organisation.name: _said(row) for row in drill.releases.select_related("trustee__organisation")}
    gave = [holder.org for holder in opened.policy.trustees if holder.org in said and said[holder.org].shares]
    absent = [holder.org for holder in opened.policy.trustees if holder.org not in said]
    unopened = dict(_unopened(opened, list(said.values())))
    unread = {org: {one.fault for one in release.failed} for org, release in said.items() if release.failed}
    drill.concluded_at, drill.opened_count = now, drill.bid_count - len(unopened)
    drill.took_part, drill.absent = "、".join(gave), "、".join(absent)
    drill.faults = "；".join(
        [f"第 {number} 份：{fault.zh}" for number, fault in unopened.items()]
        + [f"{org}：{FAULTS[code].zh}" for org, codes in unread.items() for code in sorted(codes)]
    )
    drill.save(update_fields=["concluded_at", "took_part", "absent", "opened_count", "faults"])
    told = {
        "t": "drill",
        "drill": str(drill.tender),
        "bids": drill.bid_count,
        "opened": drill.opened_count,
        "took_part": gave,
        "absent": absent,
    }
    append_leaf(body=told, root=drill.organisation.ref, in_clear=True)
    return drill


def _said(row: DrillRelease) -> Release:
    found = parse(row.statement.encode())
    assert isinstance(found, Release)  # fault_in
    return found


def _unopened(opened: Opened, said: list[Release]) -> Iterator[tuple[int, Fault]]:
    """The number of each made-up bid that stayed closed, and why."""
    for number, row in enumerate(opened.drill.bids.order_by("pk"), start=1):
        shares = {int(x): read_base64(share) for x, share in row.shares.items()}
        for release in said:
            shares |= release.of(bytes.fromhex(row.header_digest))
        try:
            open_envelope(io.BytesIO(bytes(row.envelope)), policy=opened.policy, shares=shares)
        except Faulty as faulty:
            yield number, faulty.fault


def due_at(organisation: Organisation, *, now: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime] | None:
    """Since when the next drill waits and by when it is to be held: a year after the last one, or after the keys of the
    first trustees but the platform's own. None where nobody could take part."""
    others = (
        Trustee.objects.filter(retired_at__isnull=True).exclude(role=TrusteeRole.PLATFORM).order_by("registered_at")
    )
    first = others.first()
    if first is None:
        return None
    last = Drill.objects.filter(organisation=organisation, concluded_at__isnull=False).last()
    since = last.concluded_at if last is not None and last.concluded_at is not None else first.registered_at
    day = calendar.due_on(calendar.day_of(since), EVERY, "years", rounding="none")
    return since, calendar.end_of(day)


def remind(*, now: datetime.datetime) -> None:
    """The platform's own tasks follow who is in office."""
    for platform in Organisation.objects.filter(kind=OrganisationKind.PLATFORM).order_by("pk"):
        tasks.refresh(platform, now=now)
