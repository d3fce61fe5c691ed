"""Who of the trustees is on duty for which opening, which bidder must seal again, and when is the next drill due?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases import periods
from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.tendering import drills, duties, share_tests, unsealing
from yangcai.tendering.duties import Turn
from yangcai.tendering.models import Drill, OpeningPolicy, Trustee, TrusteeRole
from yangcai.tendering.rules.sealed import closing_under


def is_to_be_opened(case: Case) -> bool:
    """Whether bids of this case are sealed by their bidders, and it goes on."""
    if case.published_at is None or case.ended_at is not None:
        return False
    return OpeningPolicy.objects.filter(lot__case=case, published_at__isnull=False).exists()


@tasks.due_on(Case, having=[OpeningPolicy])
def duty(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """Who is on duty on the day of the opening, and the stand-in, know from the invitation on; where nobody is, the
    organisation is asked to say who. The platform's own shares follow by themselves."""
    if not is_to_be_opened(case):
        return
    for turn in duties.of_case(case):
        trustee, policy = turn.seat.trustee, turn.seat.policy
        if trustee.role == TrusteeRole.PLATFORM or _has_done(turn):
            continue
        since = policy.published_at or turn.opens_at
        posts = [post for one in turn.duties for post in (one.post, one.stand_in) if post is not None]
        for post in posts:
            yield Due(
                "trustee.release",
                policy.lot.ref,
                post.role,
                since,
                organisation_id=post.organisation_id,
                person_id=post.person_id,
                due_at=turn.must_act_by,
            )
        if posts:
            continue
        asked: dict[str, Any] = {
            "role": trustee.registered_by.role,
            "since": since,
            "organisation_id": trustee.organisation_id,
        }
        if now < turn.opens_at:
            yield Due("trustee.put_on_duty", _current(trustee).ref, due_at=turn.opens_at, **asked)
        yield Due("trustee.release", policy.lot.ref, due_at=turn.must_act_by, **asked)


def _has_done(turn: Turn) -> bool:
    """Whether a trustee has released whatever it holds: the bids of each suite have a release of their own."""
    closing = closing_under(turn.seat.policy) if turn.has_released else None
    return closing is not None and not any(unsealing.owed_shares(closing, number=turn.seat.number).values())


def _current(trustee: Trustee) -> Trustee:
    """The keys in office of a trustee whose own were rotated since: the rota is that of the organisation."""
    if trustee.retired_at is None:
        return trustee
    found = Trustee.objects.filter(organisation=trustee.organisation_id, retired_at__isnull=True).first()
    return found or trustee


@tasks.due_on(Case, having=[OpeningPolicy])
def unreadable(case: Case, *, now: datetime.datetime) -> Iterator[Due]:
    """A bidder whose bid a trustee could not read seals it again before the deadline."""
    closes_at = periods.closing_at(case) if is_to_be_opened(case) else None
    if closes_at is None or now >= closes_at:
        return
    for test in share_tests.failed(bid__lot__case=case):
        yield Due(
            "bid.upload",
            test.bid.lot.ref,
            Role.SUPPLIER,
            test.tested_at,
            organisation_id=test.bid.supplier_id,
            due_at=closes_at,
        )


@tasks.due_on(Organisation)
def yearly_drill(organisation: Organisation, *, now: datetime.datetime) -> Iterator[Due]:
    """The next drill of the platform; while one goes on, every trustee that has not taken part, and its end."""
    if organisation.kind != OrganisationKind.PLATFORM:
        return
    drill = Drill.objects.filter(organisation=organisation, concluded_at__isnull=True).first()
    found = drills.due_at(organisation, now=now)
    if drill is None and found is not None:
        since, due_at = found
        yield Due("drill.begin", organisation.ref, Role.PLATFORM, since, organisation_id=organisation.pk, due_at=due_at)
    if drill is None:
        return
    yield Due("drill.conclude", drill.ref, Role.PLATFORM, drill.begun_at, organisation_id=organisation.pk)
    policy, came = drills.read(drill).policy, set(drill.releases.values_list("trustee__organisation", flat=True))
    for trustee in Trustee.objects.exclude(role=TrusteeRole.PLATFORM).exclude(organisation__in=came).order_by("pk"):
        if drills.holder_of(policy, trustee) is not None:
            yield Due(
                "drill.release",
                drill.ref,
                trustee.registered_by.role,
                drill.begun_at,
                organisation_id=trustee.organisation_id,
            )
