"""May a drill begin or end, and does this post's organisation take part in it?"""

import datetime

from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.sealing.faults import Faulty
from yangcai.tendering import drills
from yangcai.tendering.models import Drill, DrillRelease, Trustee


def is_the_platform(subject: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Drills are held by the platform, on its own page."""
    if subject.kind == OrganisationKind.PLATFORM and by.organisation_id == subject.pk:
        return None
    return Refusal("not_the_platform", "演练由平台组织", "Drills are held by the platform")


def no_drill_is_open(subject: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """One drill at a time in an organisation."""
    if not Drill.objects.filter(organisation=subject, concluded_at__isnull=True).exists():
        return None
    return Refusal("drill_is_open", "上一次演练还没有结束", "The last drill is not concluded")


def board_is_large_enough(subject: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """A drill is sealed as a real bid is: by a policy that keeps the operator out."""
    try:
        drills.policy_for(drills.board(), now=now)
    except Faulty as faulty:
        return Refusal(
            "board_too_small",
            "登记公钥的受托人不足，不能演练：平台之外至少两家不同单位",
            f"Too few trustees have keys in office for a drill: {faulty.detail}",
        )
    return None


def drill_goes_on(subject: Drill, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses what belongs to a drill that is concluded."""
    if subject.concluded_at is None:
        return None
    return Refusal("drill_concluded", "演练已经结束", "The drill is over")


def takes_part(subject: Drill, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses an organisation that has no trustee in this drill."""
    if drills.trustee_of(subject, by=by) is not None:
        return None
    return Refusal("no_part", "贵单位不参加本次演练", "Your organisation takes no part in this drill")


def has_not_released(subject: Drill, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """A trustee's organisation releases its share of a drill once."""
    trustees = Trustee.objects.filter(organisation_id=by.organisation_id)
    if not DrillRelease.objects.filter(drill=subject, trustee__in=trustees).exists():
        return None
    return Refusal("drill_released", "贵单位已经参加", "Your organisation has taken part")
