"""Which openings does a trustee hold a share in, and whose turn is it then?

The rota is by days; whose turn it is at an opening follows from its day. Reminders are tasks of the case: they are told
anew when the rota changes.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.parties.models import Organisation
from yangcai.tendering.models import BidClosing, Cover, OpeningPolicy, PolicySeat, ShareRelease, TrusteeDuty


@dataclass(frozen=True)
class Turn:
    """A trustee's seat in an opening that is still to come or goes on, and who is on duty on its day."""

    seat: PolicySeat
    duties: tuple[TrusteeDuty, ...]
    has_released: bool

    @property
    def opens_at(self) -> datetime.datetime:
        assert self.seat.policy.opens_at is not None  # it was published
        return self.seat.policy.opens_at

    @property
    def must_act_by(self) -> datetime.datetime:
        """When the window for the bidders' keys ends, at which the trustees' turn begins at the latest."""
        return self.opens_at + datetime.timedelta(seconds=self.seat.policy.window_seconds)


def rota(organisation_id: int, *, on: datetime.date) -> list[TrusteeDuty]:
    """The turns of duty of a day, whichever of the organisation's keys they were made for."""
    found = TrusteeDuty.objects.filter(trustee__organisation=organisation_id, cancelled_at__isnull=True)
    return list(found.filter(from_on__lte=on, to_on__gte=on).select_related("post__person", "stand_in__person"))


def _newest() -> Subquery:
    """The revision in force of the policy of a seat: of its lot, cover and round."""
    published = OpeningPolicy.objects.filter(
        lot=OuterRef("policy__lot"),
        cover=OuterRef("policy__cover"),
        round=OuterRef("policy__round"),
        published_at__isnull=False,
    )
    return Subquery(published.order_by().values("lot").annotate(newest=Max("revision")).values("newest"))


def _seats(**of: object) -> QuerySet[PolicySeat]:
    """In policies in force of lots whose bids are not all open yet; of prices in covers of their own once they are
    closed: nobody knows the day before."""
    closing = BidClosing.objects.filter(
        lot=OuterRef("policy__lot"), cover=OuterRef("policy__cover"), round=OuterRef("policy__round")
    )
    found = PolicySeat.objects.filter(
        ~Exists(closing.filter(unsealed_at__isnull=False)),
        ~Q(policy__cover=Cover.PRICE) | Exists(closing),
        policy__revision=_newest(),
        policy__published_at__isnull=False,
        policy__lot__outcome="",
        policy__lot__case__ended_at__isnull=True,
        **of,
    )
    related = found.select_related("trustee__organisation", "trustee__registered_by", "policy__lot__case")
    return related.order_by("policy__opens_at", "policy__lot_id", "number")


def turns(seats: Iterable[PolicySeat]) -> list[Turn]:
    """With whoever is on duty on the day of each."""
    rows = list(seats)
    released = set(
        ShareRelease.objects.filter(
            closing__lot__in=[seat.policy.lot_id for seat in rows], trustee__isnull=False
        ).values_list("closing__lot", "closing__cover", "closing__round", "trustee")
    )
    on_duty = _on_duty(rows)
    found = []
    for seat in rows:
        of = (seat.policy.lot_id, seat.policy.cover, seat.policy.round, seat.trustee_id)
        found.append(Turn(seat, on_duty(seat), of in released))
    return found


def _on_duty(seats: list[PolicySeat]) -> Callable[[PolicySeat], tuple[TrusteeDuty, ...]]:
    """As `rota` tells it for the day of each seat, by one query for all."""
    days = {seat.pk: timezone.localdate(seat.policy.opens_at) for seat in seats}
    if not days:
        return lambda seat: ()
    known = TrusteeDuty.objects.filter(
        trustee__organisation__in={seat.trustee.organisation_id for seat in seats},
        cancelled_at__isnull=True,
        from_on__lte=max(days.values()),
        to_on__gte=min(days.values()),
    )
    rows = list(known.select_related("trustee", "post__person", "stand_in__person"))
    return lambda seat: tuple(
        one
        for one in rows
        if one.trustee.organisation_id == seat.trustee.organisation_id and one.from_on <= days[seat.pk] <= one.to_on
    )


def of_organisation(organisation: Organisation) -> list[Turn]:
    """The openings in which this organisation holds a share, in their order."""
    return turns(_seats(trustee__organisation=organisation))


def of_case(case: Case) -> list[Turn]:
    """The trustees of a case's lots."""
    return turns(_seats(policy__lot__case=case))


def remind(organisation: Organisation, *, now: datetime.datetime) -> None:
    """Tell the cases in which this organisation holds a share whose turn it is now."""
    for case in {
        turn.seat.policy.lot.case_id: turn.seat.policy.lot.case for turn in of_organisation(organisation)
    }.values():
        tasks.refresh(case, now=now)
