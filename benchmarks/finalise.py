"""How many sealed bids a second does the database take in, each with its receipt, and how long does a bidder wait?

All bidders of one lot at once, on so many connections from two processes: the locks, the stamp, bid, line of the log,
signed receipt, COMMIT. Everything else (upload, check, signature of the statement) happened before. Beside it: the same
connections, each committing one row of the size of a receipt: what this disk takes from anybody. Then the Entries that
are written for all of them together.
"""

import dataclasses
import datetime
import statistics
import time
import uuid

from django.db import connection
from stdnum.cn import uscc

from benchmarks import site
from benchmarks.at_once import together
from benchmarks.measure import Figure
from benchmarks.published import publish
from benchmarks.scale import Scale
from yangcai.cases.models import Lot
from yangcai.kernel import documents
from yangcai.kernel.encoding import base64_of
from yangcai.parties.models import Organisation, OrganisationKind, Person, Post, Size
from yangcai.parties.roles import Role
from yangcai.sealing.chance import system
from yangcai.sealing.header import Header
from yangcai.sealing.policy import Policy
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.sealing.suites import suite
from yangcai.tendering import finalise, policies, receipts
from yangcai.tendering.finalise import Request
from yangcai.tendering.models import BidUpload, OpeningPolicy, PolicySeat, SealedBid, SigningKey, Trustee

#: The goal of the issue, and of a bidder who waits.
AT_LEAST, P99_SECONDS = 1_500, 2.0
ROLES = ("platform", "buyer", "agent", "supervisor", "notary")
#: As long as a receipt.
ROW = "x" * 600
BARE = "benchmark_bare"


def run(scale: Scale) -> list[Figure]:
    """Finalises per second, the wait of the median and of the last of a hundred, and the Entries."""
    found = publish(cases=1)
    lot = Lot.objects.select_related("case").get(pk=found.cases[0].lots.order_by("pk").first().pk)
    policy = policy_of(lot, found.now)
    taken, bare, waits, bare_waits, noted = [], [], [], [], []
    with site.connect() as hand:
        hand.autocommit = True
        hand.execute(f"CREATE TABLE {BARE} (id bigserial PRIMARY KEY, note text)")
        try:
            for _run in range(scale.runs):
                asked = requests(lot, policy, scale.finalises, now=found.now)
                receipts.signer()  # the key is made before anybody waits for it
                seconds, each = together(take, asked, connections=scale.connections)
                taken.append(len(asked) / seconds)
                waits += each
                seconds, each = together(insert, [None] * len(asked), connections=scale.connections)
                bare.append(len(asked) / seconds)
                bare_waits += each
                began = time.perf_counter()
                if finalise.note_in(now=found.now) != len(asked):
                    raise RuntimeError("not every bid got its Entry")
                noted.append(len(asked) / (time.perf_counter() - began))
        finally:
            hand.execute(f"DROP TABLE {BARE}")
    if SealedBid.objects.count() != scale.runs * scale.finalises:
        raise RuntimeError("not every bid came in")
    what = f"finalises on {scale.connections} connections"
    return [
        _rate(what, taken, "one row of that size each", bare, goal=AT_LEAST),
        _wait(f"{what}, p50", waits, bare_waits, 50),
        _wait(f"{what}, p99", waits, bare_waits, 99, most=P99_SECONDS),
        _rate("Entries of sealed bids, in batches", noted, what, taken),
    ]


def _rate(what: str, mine: list[float], peer: str, others: list[float], *, goal: float | None = None) -> Figure:
    value = statistics.median(mine)
    return Figure(
        what, value, min(mine), max(mine), "/s", peer, statistics.median(others),
        goal=f"≥ {goal:,.0f}/s" if goal else "", is_met=value >= goal if goal else None,
    )  # fmt: skip


def _wait(what: str, mine: list[float], others: list[float], percent: int, *, most: float | None = None) -> Figure:
    def at(waits: list[float]) -> float:
        return sorted(waits)[min(len(waits) - 1, len(waits) * percent // 100)] * 1000

    return Figure(
        what, at(mine), min(mine) * 1000, max(mine) * 1000, "ms", "one row of that size each", at(others),
        goal=f"< {most:g} s" if most else "", is_met=at(mine) < most * 1000 if most else None,
    )  # fmt: skip


def take(request: Request) -> None:
    """What is measured."""
    finalise.finalise(request)


def insert(_nothing: None) -> None:
    """What stands beside it."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {BARE} (note) VALUES (%s)", [ROW])


# --- what there is before --------------------------------------------------------------------------------------------


def policy_of(lot: Lot, now: datetime.datetime) -> OpeningPolicy:
    """Five trustees, four shares."""
    policy = OpeningPolicy.objects.create(
        lot=lot,
        tender=policies.tender_of(lot.case),
        threshold=4,
        supplier_shares=2,
        window_seconds=1800,
        extension_seconds=1800,
        recovery_allowed=["auto"],
    )
    how = suite(policies.SUITE)
    for number, role in enumerate(ROLES, start=1):
        organisation = Organisation.objects.create(name=f"受托单位{number}（演示）", kind=OrganisationKind.TREASURY)
        trustee = Trustee.objects.create(
            organisation=organisation,
            role=role,
            hpke_key=base64_of(how.new_wrap_keys(system).public),
            signing_key=base64_of(how.new_sign_keys(system).public),
            registered_by=Post.objects.order_by("pk").first(),
            registered_at=now,
        )
        PolicySeat.objects.create(policy=policy, number=number, trustee=trustee)
    policies.publish(OpeningPolicy.objects.select_related("lot__case").get(pk=policy.pk), now=now)
    return policies.in_force(lot)


def requests(lot: Lot, policy: OpeningPolicy, count: int, *, now: datetime.datetime) -> list[Request]:
    """So many verified uploads of as many new suppliers. One envelope is sealed; each supplier has a header of its own
    with the same wrapped shares, as nobody opens them here."""
    posts = _suppliers(count)
    sealer = Sealer(Terms(Policy.parse(policy.content.encode()), posts[0].organisation.uscc), price={}, sources=[])
    envelope = documents.store_bytes(data=uuid.uuid4().bytes, name="envelope.sbe")
    headers = [
        Header(dataclasses.replace(sealer.header.core, supplier=post.organisation.uscc), sealer.header.wraps)
        for post in posts
    ]
    keys = SigningKey.objects.bulk_create(
        SigningKey(post=post, public_key=base64_of(system(32)), registered_at=now) for post in posts
    )
    uploads = BidUpload.objects.bulk_create(
        BidUpload(
            sid=uuid.uuid4(),
            lot=lot,
            supplier=post.organisation,
            post=post,
            policy=policy,
            idem=system(16).hex(),
            begun_at=now,
            header=header.content.decode(),
            envelope=envelope,
            envelope_size=header.envelope_size,
            verified_at=now,
        )
        for post, header in zip(posts, headers, strict=True)
    )
    return [
        Request(
            upload=upload.pk,
            sid=upload.sid,
            case=lot.case_id,
            idem=upload.idem,
            statement=f"statement {upload.idem}".ljust(600),
            signature="x" * 88,
            signing_key=key.pk,
            core=header.core,
            header_digest=header.sha256.hex(),
            envelope=envelope.pk,
            size=header.envelope_size,
            now=now,
        )
        for upload, key, header in zip(uploads, keys, headers, strict=True)
    ]


def _suppliers(count: int) -> list[Post]:
    first = Organisation.objects.count()
    stems = [f"91620100M{n:08d}" for n in range(first, first + count)]
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"第{stem[-8:]}供应商（演示）",
            kind=OrganisationKind.SUPPLIER,
            uscc=stem + uscc.calc_check_digit(stem),
            size=Size.SMALL,
        )
        for stem in stems
    )
    people = Person.objects.bulk_create(Person(username=f"bidder{stem}", name="投标人", password="!") for stem in stems)
    return Post.objects.bulk_create(
        Post(person=person, organisation=organisation, role=Role.SUPPLIER, from_on=datetime.date(2020, 1, 1))
        for person, organisation in zip(people, organisations, strict=True)
    )
