"""Who together can open the bids of a lot, by the policy in force? The rows of a policy as the protocol writes it.

A policy is drafted with the solicitation, published with the invitation, and follows the deadline when that moves: each
correction that postpones makes the next revision, and so do the end of a suspension and an extension after an outage.
What was sealed under an earlier revision stays valid. Where the document asks for two covers, each has a policy of its
own, and so has the round of last offers after a dialogue: the same seats, other times (docs/decisions/0028).
"""

import datetime
import uuid
from typing import Any

from yangcai.cases import periods
from yangcai.cases.models import Case, Lot, Stage
from yangcai.kernel import log_witnesses
from yangcai.kernel.beneath import may_have
from yangcai.kernel.encoding import read_base64, timestamp
from yangcai.kernel.leaves import append_leaf
from yangcai.kernel.reading import remembered
from yangcai.sealing.policy import SUITES, Policy
from yangcai.sealing.policy import Trustee as Holder
from yangcai.tendering.models import Cover, OpeningPolicy, PolicySeat
from yangcai.tendering.solicitations import solicitation

#: The rounds in which offers are sealed: the bid, and the last offer after a dialogue.
BID, LAST = 0, 1
#: In which stage offers of a round come in.
STAGES = {BID: str(Stage.SUBMISSION), LAST: str(Stage.FINAL_OFFER)}

#: What is done to a case and can move its deadline.
MOVES_THE_DEADLINE = ("correction.publish", "case.resume", "period.extend")


def tender_of(case: Case) -> uuid.UUID:
    """By what name the protocol knows a case; of no other platform's."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"yangcai {case.jurisdiction} {case.number}")


def chain(lot: Lot, *, cover: str = "", round: int = BID) -> list[OpeningPolicy]:
    """Every published revision in order; without a cover, of the one that is opened first."""
    found = OpeningPolicy.objects.filter(lot=lot, round=round, published_at__isnull=False).order_by("revision")
    return list(found.filter(cover=cover) if cover else found.exclude(cover=Cover.PRICE))


def in_force(lot: Lot, *, cover: str = "", round: int = BID) -> OpeningPolicy | None:
    """The latest published revision; None where such offers of this lot are sealed by the platform."""
    return next(reversed(chain(lot, cover=cover, round=round)), None)


def all_in_force(lot: Lot, *, round: int) -> list[OpeningPolicy]:
    """The latest revision of every cover, the one that is opened first at the head."""
    found = OpeningPolicy.objects.filter(lot=lot, round=round, published_at__isnull=False).order_by("revision")
    latest = {policy.cover: policy for policy in found}
    return sorted(latest.values(), key=lambda policy: policy.cover == Cover.PRICE)


@remembered
def has_two_covers(case: Case) -> bool:
    """Whether the document asks for the technical part and the price in one envelope each."""
    file = solicitation(case)
    return file is not None and file.two_covers


def written(policy: OpeningPolicy, *, closes_at: datetime.datetime, opens_at: datetime.datetime) -> Policy:
    """The rows as the protocol's object. Raises sealing.faults.Faulty where they break a rule of safety."""
    seats = policy.seats.select_related("trustee__organisation").order_by("number")
    suites = [code for code in SUITES if all(code in seat.trustee.sign_keys for seat in seats)]
    return Policy(
        tender=str(policy.tender),
        rev=policy.revision,
        lot=policy.lot.number,
        cover=policy.cover,
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
    first = next(iter(chain(policy.lot, cover=policy.cover, round=policy.round)), None)
    return Policy.parse(first.content.encode()).witness_policy if first else log_witnesses.frozen()


def closing_at(lot: Lot, *, round: int) -> datetime.datetime | None:
    """Until when offers of a round come in; None before that is laid down."""
    if round == BID:
        return periods.closing_at(Case.objects.get(pk=lot.case_id))
    period = periods.planned(lot.case, STAGES[round], lot=lot)
    return period.closes_at if period is not None else None


def publish(policy: OpeningPolicy, *, now: datetime.datetime, opens_at: datetime.datetime | None = None) -> None:
    """Freeze a draft with the times of its round; nothing is opened before `opens_at`, where that is later."""
    closes_at = closing_at(policy.lot, round=policy.round)
    assert closes_at is not None  # it was laid down by the invitation, of the case or to the last offer
    opens_at = max(closes_at, opens_at or closes_at)
    frozen = written(policy, closes_at=closes_at, opens_at=opens_at)
    OpeningPolicy.objects.filter(pk=policy.pk).update(
        closes_at=closes_at,
        opens_at=opens_at,
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
        "round": policy.round,
        "policy_sha256": frozen.sha256.hex(),
        "deadline": timestamp(frozen.deadline),
        "open_at": timestamp(frozen.open_at),
    }
    append_leaf(body=said, root=policy.lot.case.ref, in_clear=True)


def publish_drafts(case: Case, *, by: object, now: datetime.datetime) -> None:
    """With the invitation: every lot that has a policy has it from now on, and two where there are two covers."""
    drafts = OpeningPolicy.objects.filter(lot__case=case, published_at__isnull=True).select_related("lot__case")
    for policy in list(drafts):
        if has_two_covers(case):
            OpeningPolicy.objects.filter(pk=policy.pk).update(cover=Cover.TECH)
            policy.cover = Cover.TECH
            publish(_copy(policy, cover=Cover.PRICE), now=now)
        publish(policy, now=now)


def _copy(policy: OpeningPolicy, **changes: Any) -> OpeningPolicy:
    """A draft like this one, with its seats, but for the changes."""
    seats = list(policy.seats.all())
    copy = OpeningPolicy.objects.get(pk=policy.pk)
    copy.pk, copy.published_at, copy._state.adding = None, None, True
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save()
    PolicySeat.objects.bulk_create(PolicySeat(policy=copy, number=s.number, trustee_id=s.trustee_id) for s in seats)
    return OpeningPolicy.objects.select_related("lot__case").get(pk=copy.pk)


def revise(
    before: OpeningPolicy, *, now: datetime.datetime, opens_at: datetime.datetime | None = None
) -> OpeningPolicy:
    """The next revision, with the times as they are now."""
    later = _copy(before, revision=before.revision + 1)
    publish(later, now=now, opens_at=opens_at or before.opens_at)
    return OpeningPolicy.objects.get(pk=later.pk)


def begin_last_offers(lot: Lot, *, window_seconds: int, now: datetime.datetime) -> None:
    """Where bids of the lot were sealed by their bidders so are last offers: by the same seats, in their own time."""
    before = in_force(lot)
    if before is not None:
        publish(_copy(before, round=LAST, revision=1, window_seconds=window_seconds), now=now)


def follow_the_deadline(case: Case, *, by: object, now: datetime.datetime) -> None:
    """Where the deadline moved, a revision that says so: with a correction, or when a suspended case goes on."""
    for lot in Lot.objects.filter(case=case).select_related("case"):
        for before in (*all_in_force(lot, round=BID), *all_in_force(lot, round=LAST)):
            closes_at = closing_at(lot, round=before.round)
            if closes_at is not None and closes_at != before.closes_at:
                revise(before, now=now)


@remembered
def takes_sealed(lot: Lot, *, round: int = BID) -> bool:
    """Whether offers of this round for the lot are sealed by their bidders."""
    if not may_have(lot.case, OpeningPolicy):
        return False
    return OpeningPolicy.objects.filter(lot=lot, round=round, published_at__isnull=False).exists()
