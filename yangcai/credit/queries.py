"""May this organisation take part at that moment, and if not, by whose decision?"""

import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from yangcai import law
from yangcai.credit.models import Debarment
from yangcai.kernel.actions import scope, standing
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role


@scope(Debarment)
def visible_to(post: Post | None, now: datetime.datetime) -> QuerySet[Debarment]:
    """The lists are public (财库〔2016〕125号)."""
    return Debarment.objects.select_related("organisation")


@standing(Debarment)
def concerns_debarment(debarment: Debarment, post: Post) -> bool:
    return post.role == Role.TREASURY


def in_force(organisation: Organisation, *, at: datetime.date) -> QuerySet[Debarment]:
    """The debarments in force on the day of `at` (a date, or an aware datetime taken by its day in Shanghai); the
    first and the last day count."""
    day = timezone.localdate(at) if isinstance(at, datetime.datetime) else at
    ends = Q(to_on__isnull=True) | Q(to_on__gte=day)
    return Debarment.objects.filter(ends, organisation=organisation, from_on__lte=day).order_by("from_on", "pk")


def _label(debarment: Debarment, language: str) -> str:
    with translation.override(language):
        return str(debarment.get_ground_display())


def may_take_part(organisation: Organisation, at: datetime.date, *, jurisdiction: str = law.HOME) -> list[Refusal]:
    """Why this supplier, agent or expert's employer may not take part at that moment: one Refusal per list it stands
    on, with the decision and its end; empty when it may (政府采购法 art. 22, 77)."""
    return [
        law.refusal(
            "credit.debarment",
            code="debarred",
            zh="{name}被列入“{ground}”，由{authority}以{decision}决定，{until}",
            en="{name} stands on the list “{ground_en}” by decision {decision} of {authority}, {until_en}",
            on=at,
            jurisdiction=jurisdiction,
            name=Written(organisation.name),
            ground=_label(debarment, "zh-hans"),
            ground_en=_label(debarment, "en"),
            authority=Written(debarment.authority),
            decision=Written(debarment.decision),
            until=f"至 {debarment.to_on} 止不得参加政府采购活动"
            if debarment.to_on
            else "移出名单前不得参加政府采购活动",
            until_en=(
                f"and may not take part until {debarment.to_on}"
                if debarment.to_on
                else "and may not take part until it is struck off"
            ),
        )
        for debarment in in_force(organisation, at=at)
    ]
