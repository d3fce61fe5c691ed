"""Who hands in when a benchmark asks for bids? So many suppliers of one lot, each with a checked upload and a signed
statement, a key and a token: everything that happens before the one step that races the deadline.

One envelope is sealed; each supplier has a header of its own with the same wrapped shares, as nobody opens them here.
"""

import dataclasses
import datetime
import hashlib
import secrets
import uuid
from dataclasses import dataclass

from stdnum.cn import uscc

from benchmarks import site
from yangcai.cases.models import Lot
from yangcai.kernel import documents
from yangcai.kernel.encoding import base64_of
from yangcai.parties.models import ApiToken, Organisation, OrganisationKind, Person, Post, Size
from yangcai.parties.roles import Role
from yangcai.sealing.chance import system
from yangcai.sealing.envelope import Imprint
from yangcai.sealing.header import Header
from yangcai.sealing.policy import Policy
from yangcai.sealing.sealer import Sealer, Terms, statement_for
from yangcai.sealing.statement import Client, Message, content_of, signed
from yangcai.sealing.suites import Pair, suite
from yangcai.tendering import envelopes, policies
from yangcai.tendering.finalise import Request
from yangcai.tendering.models import BidUpload, OpeningPolicy, PolicySeat, SigningKey, Trustee

ROLES = ("platform", "buyer", "agent", "supervisor", "notary")
CLIENT = Client("benchmark", "1", bytes(32))


@dataclass(frozen=True)
class Bidder:
    """A supplier that is ready: `request` as the database takes it, `message` as it goes over the wire."""

    post: Post
    request: Request
    message: Message
    token: str

    @property
    def address(self) -> str:
        """Of its upload."""
        return f"/sbp/v1/submissions/{self.request.sid}"


def policy_of(lot: Lot, now: datetime.datetime, keys: dict[str, tuple[Pair, Pair]] | None = None) -> OpeningPolicy:
    """Five trustees, four shares. `keys` are those of a trustee, to wrap for and to sign with, where it is to open."""
    policy = OpeningPolicy.objects.create(
        lot=lot,
        tender=policies.tender_of(lot.case),
        threshold=4,
        supplier_shares=2,
        window_seconds=1800,
        extension_seconds=1800,
        recovery_allowed=["auto"],
    )
    how = suite("I1")
    for number, role in enumerate(ROLES, start=1):
        wrap, sign = (keys or {}).get(role) or (how.new_wrap_keys(system), how.new_sign_keys(system))
        organisation = Organisation.objects.create(name=f"受托单位{number}（演示）", kind=OrganisationKind.TREASURY)
        trustee = Trustee.objects.create(
            organisation=organisation,
            role=role,
            hpke_key=base64_of(wrap.public),
            signing_key=base64_of(sign.public),
            registered_by=Post.objects.order_by("pk").first(),
            registered_at=now,
        )
        PolicySeat.objects.create(policy=policy, number=number, trustee=trustee)
    policies.publish(OpeningPolicy.objects.select_related("lot__case").get(pk=policy.pk), now=now)
    return policies.in_force(lot)


def ready(lot: Lot, policy: OpeningPolicy, count: int, *, now: datetime.datetime) -> list[Bidder]:
    """So many new suppliers, each with a checked upload."""
    posts, how = suppliers(count), suite("I1")
    sealer = Sealer(Terms(Policy.parse(policy.content.encode()), posts[0].organisation.uscc), price={}, sources=[])
    envelope = envelopes.bind([documents.store_bytes(data=uuid.uuid4().bytes, name="envelope.1")])
    headers = [
        Header(dataclasses.replace(sealer.header.core, supplier=post.organisation.uscc), sealer.header.wraps)
        for post in posts
    ]
    pairs = [how.new_sign_keys(system) for _post in posts]
    keys = SigningKey.objects.bulk_create(
        SigningKey(post=post, public_key=base64_of(pair.public), registered_at=now)
        for post, pair in zip(posts, pairs, strict=True)
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
        _bidder(post, upload, header, key, pair, token)
        for post, upload, header, key, pair, token in zip(
            posts, uploads, headers, keys, pairs, tokens(posts), strict=True
        )
    ]


def _bidder(post: Post, upload: BidUpload, header: Header, key: SigningKey, pair: Pair, token: str) -> Bidder:
    imprint = Imprint(bytes.fromhex(upload.envelope_id), header.envelope_size)
    said = statement_for(header, imprint, client=CLIENT, idem=bytes.fromhex(upload.idem))
    message = signed(said, suite=suite("I1"), keys=pair)
    request = Request(
        upload=upload.pk,
        sid=upload.sid,
        case=upload.lot.case_id,
        idem=upload.idem,
        statement=content_of(said).decode(),
        signature=base64_of(message.sig),
        signing_key=key.pk,
        core=header.core,
        header_digest=header.sha256.hex(),
        envelope=upload.envelope_id,
        size=header.envelope_size,
        now=upload.begun_at,
    )
    return Bidder(post, request, message, token)


def requests(lot: Lot, policy: OpeningPolicy, count: int, *, now: datetime.datetime) -> list[Request]:
    """What the database is asked by so many new suppliers."""
    return [bidder.request for bidder in ready(lot, policy, count, now=now)]


def suppliers(count: int) -> list[Post]:
    """Posts of as many new organisations."""
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


def tokens(posts: list[Post]) -> list[str]:
    """A bearer token of each, good by the machine's clock as well as by the sandbox's."""
    found = [secrets.token_urlsafe(32) for _post in posts]
    begins = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    ApiToken.objects.bulk_create(
        ApiToken(
            post=post,
            digest=hashlib.sha256(token.encode()).hexdigest(),
            label="benchmark",
            created_at=begins,
            expires_at=begins.replace(year=2099),
        )
        for post, token in zip(posts, found, strict=True)
    )
    return found


def close_in(lot: Lot, *, seconds: float) -> datetime.datetime:
    """Move all periods of the case so that its submission closes so soon by the database's own clock; the deadline. By
    the cluster's superuser past the triggers: no Action moves a deadline into the next minute. What the policy says of
    it stays as it was, and is not asked when a bid comes in."""
    with site.connect(superuser=True) as hand:
        hand.execute("SET session_replication_role = replica")
        hand.execute(
            "UPDATE cases_period p SET opens_at = p.opens_at + s.by, closes_at = p.closes_at + s.by FROM ("
            " SELECT clock_timestamp() + make_interval(secs => %s) - max(closes_at) AS by FROM cases_period"
            " WHERE case_id = %s AND stage = 'submission') s WHERE p.case_id = %s",
            [seconds, lot.case_id, lot.case_id],
        )
        found = hand.execute(
            "SELECT max(closes_at) FROM cases_period WHERE case_id = %s AND stage = 'submission'", [lot.case_id]
        ).fetchone()
    assert found is not None
    deadline: datetime.datetime = found[0]
    return deadline
