"""Who together can open the bids of a lot, by the policy in force? The rows of a policy as the protocol writes it.

A policy is drafted with the solicitation, published with the invitation, and follows the deadline when that moves: each
correction that postpones makes the next revision, and so do the end of a suspension and an extension after an outage.
What was sealed under an earlier revision stays valid.
"""

import datetime
import uuid

from yangcai.cases import periods
from yangcai.cases.models import Case, Lot
from yangcai.kernel import log_witnesses
from yangcai.kernel.encoding import read_base64, timestamp
from yangcai.kernel.leaves import append_leaf
from yangcai.kernel.reading import remembered
from yangcai.sealing.policy import SUITES, Policy
from yangcai.sealing.policy import Trustee as Holder
from yangcai.tendering.models import OpeningPolicy, PolicySeat

#: The one cover of a lot, and the round in which a first offer is made.
COVER, ROUND = "ALL", 0

#: What is done to a case and can move its deadline.
MOVES_THE_DEADLINE = ("correction.publish", "case.resume", "period.extend")


def tender_of(case: Case) -> uuid.UUID:
    """By what name the protocol knows a case; of no other platform's."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"yangcai {case.jurisdiction} {case.number}")


def in_force(lot: Lot) -> OpeningPolicy | None:
    """The latest published revision; None where bids of this lot are sealed by the platform."""
    return OpeningPolicy.objects.filter(lot=lot, published_at__isnull=False).order_by("-revision").first()


def chain(lot: Lot) -> list[OpeningPolicy]:
    """Every published revision in order."""
    return list(OpeningPolicy.objects.filter(lot=lot, published_at__isnull=False).order_by("revision"))


def written(policy: OpeningPolicy, *, closes_at: datetime.datetime, opens_at: datetime.datetime) -> Policy:
    """The rows as the protocol's object. Raises sealing.faults.Faulty where they break a rule of safety."""
    seats = policy.seats.select_related("trustee__organisation").order_by("number")
    suites = [code for code in SUITES if all(code in seat.trustee.sign_keys for seat in seats)]
    return Policy(
        tender=str(policy.tender),
        rev=policy.revision,
        lot=policy.lot.number,
        cover=COVER,
        suites=tuple(suites),
        theta=policy.threshold,
        ws=policy.supplier_shares,
        deadline=closes_at,
        open_at=opens_at,
        window_s=policy.window_seconds,
        extend_s=policy.extension_seconds,
        recovery_allowed=tuple(policy.recovery_allowed),
        trustees=tuple(_holder(seat, suites) for seat in seats),
        witness_policy=_witness_policy(policy),
    )


def _holder(seat: PolicySeat, suites: list[str]) -> Holder:
    """With the keys of those suites in which every trustee holds shares: of others the policy says nothing."""
    trustee = seat.trustee
    sm2 = {"sm2_wrap": trustee.sm2_wrap_key, "sm2_sig": trustee.sm2_signing_key} if "G1" in suites else {}
    return Holder(
        x=seat.number,
        role=trustee.role,
        org=trustee.organisation.name,
        hpke=read_base64(trustee.hpke_key),
        sig=read_base64(trustee.signing_key),
        **{name: read_base64(key) for name, key in sm2.items()},
    )


def _witness_policy(policy: OpeningPolicy) -> str:
    """Whose signatures and how many witnesses a client wants to see under the close before it releases anything: as the
    site had it when the policy was published. A later revision changes nothing but times."""
    first = OpeningPolicy.objects.filter(lot=policy.lot_id, published_at__isnull=False).order_by("revision").first()
    return Policy.parse(first.content.encode()).witness_policy if first else log_witnesses.frozen()


def publish(policy: OpeningPolicy, *, now: datetime.datetime) -> None:
    """Freeze a draft with the times of its case."""
    closes_at = periods.closing_at(policy.lot.case)
    assert closes_at is not None  # it was laid down by the invitation
    frozen = written(policy, closes_at=closes_at, opens_at=closes_at)
    OpeningPolicy.objects.filter(pk=policy.pk).update(
        closes_at=closes_at,
        opens_at=closes_at,
        content=frozen.content.decode(),
        digest=frozen.sha256.hex(),
        published_at=now,
    )
    said = {
        "t": "policy",
        "root": policy.lot.case.ref,
        "tender": frozen.tender,
        "rev": frozen.rev,
        "lot": frozen.lot,
        "cover": frozen.cover,
        "round": ROUND,
        "policy_sha256": frozen.sha256.hex(),
        "deadline": timestamp(frozen.deadline),
        "open_at": timestamp(frozen.open_at),
    }
    append_leaf(body=said, root=policy.lot.case.ref, in_clear=True)


def publish_drafts(case: Case, *, by: object, now: datetime.datetime) -> None:
    """With the invitation: every lot that has a policy has it from now on."""
    for policy in OpeningPolicy.objects.filter(lot__case=case, published_at__isnull=True).select_related("lot__case"):
        publish(policy, now=now)


def follow_the_deadline(case: Case, *, by: object, now: datetime.datetime) -> None:
    """Where the deadline moved, a revision that says so: with a correction, or when a suspended case goes on."""
    closes_at = periods.closing_at(Case.objects.get(pk=case.pk))
    if closes_at is None:
        return
    for lot in Lot.objects.filter(case=case):
        before = in_force(lot)
        if before is None or before.closes_at == closes_at:
            continue
        seats = list(before.seats.all())
        later = OpeningPolicy.objects.get(pk=before.pk)
        later.pk, later.revision, later.published_at = None, before.revision + 1, None
        later._state.adding = True
        later.save()
        PolicySeat.objects.bulk_create(
            PolicySeat(policy=later, number=s.number, trustee_id=s.trustee_id) for s in seats
        )
        publish(OpeningPolicy.objects.select_related("lot__case").get(pk=later.pk), now=now)


@remembered
def takes_sealed(lot: Lot) -> bool:
    """Whether bids for this lot are sealed by their bidders."""
    return OpeningPolicy.objects.filter(lot=lot, published_at__isnull=False).exists()
