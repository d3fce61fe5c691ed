"""Which rows does a release need? All of a case's, read at once, so that every later step only computes."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from yangcai.cases.models import Case, Stage
from yangcai.kernel.models import Entry
from yangcai.ocds.values import partner_reference, reference
from yangcai.tendering import method
from yangcai.tendering.models import BidPartner, OpenedBid, PartnerKind

#: So many cases are read together.
CHUNK = 50
PREFETCH = (
    "periods",
    "corrections",
    "extensions",
    "prequalifications__clauses",
    "suspensions__cut_off",
    "lots__awards__supplier",
    "lots__opened_bids__supplier",
    "lots__opened_bids__partners",
    "lots__consortia__members__organisation",
    "contracts__buyer",
    "contracts__supplier",
    "contracts__milestones__deliveries",
    "contracts__acceptances",
    "contracts__payment_requests",
    "contracts__amendments",
)


@dataclass(frozen=True)
class CaseRows:
    """A case with everything under it, and its Entries, oldest first."""

    case: Case
    entries: list[Entry]

    @property
    def lots(self) -> list[Any]:
        return sorted(self.case.lots.all(), key=lambda lot: lot.number)

    @property
    def periods(self) -> list[Any]:
        return list(self.case.periods.all())

    @property
    def corrections(self) -> list[Any]:
        return sorted(self.case.corrections.all(), key=lambda c: c.number)

    @property
    def extensions(self) -> list[Any]:
        """Of the deadline of bids alone: other rounds are not published."""
        found = [e for e in self.case.extensions.all() if e.stage == Stage.SUBMISSION]
        return sorted(found, key=lambda e: e.at)

    def conditions(self, at: datetime.datetime) -> list[Any]:
        """What the last prequalification notice demanded of whoever applied; empty where there was none by then."""
        announced = [p for p in self.case.prequalifications.all() if p.opens_at is not None and p.opens_at <= at]
        last = max(announced, key=lambda p: p.round, default=None)
        return sorted(last.clauses.all(), key=lambda clause: clause.number) if last is not None else []

    @property
    def suspensions(self) -> list[Any]:
        return sorted(self.case.suspensions.all(), key=lambda s: s.suspended_at)

    @property
    def contracts(self) -> list[Any]:
        return sorted(self.case.contracts.all(), key=lambda c: c.pk)

    def opened(self, at: datetime.datetime) -> list[OpenedBid]:
        """The bids that had been read out; none where the method keeps what suppliers ask (政府采购法 art. 38(4))."""
        if not method.reads_out(self.case):
            return []
        found = [bid for lot in self.lots for bid in lot.opened_bids.all() if bid.opened_at <= at]
        return sorted(found, key=lambda bid: bid.pk)


def members(bid: OpenedBid) -> list[BidPartner]:
    """Who bids jointly with the bidder (政府采购法 art. 24), by its own word and not by the bid's alone; a
    subcontractor is no bidder. Where agreements could not be registered yet, whom the bid names."""
    named = [one for one in bid.partners.all() if one.kind == PartnerKind.MEMBER]
    file = getattr(bid.lot.case, "solicitation", None)
    if file is not None and not file.members_confirm:
        return sorted(named, key=lambda one: one.pk)
    agreements = [one for one in bid.lot.consortia.all() if one.leader_id == bid.supplier_id and not one.withdrawn_at]
    agreed = [one for agreement in agreements for one in agreement.members.all() if one.is_in]
    return sorted(
        (one for one in named if any(member.is_called(one.name, one.uscc) for member in agreed)),
        key=lambda one: one.pk,
    )


def consortium(bid: OpenedBid) -> list[dict[str, str]]:
    """The bidder and the members of its consortium."""
    return [reference(bid.supplier), *(partner_reference(one) for one in members(bid))]


def read(case: Case) -> CaseRows:
    """The rows of one case."""
    return next(read_all([case.pk]))


def read_all(pks: Iterable[int]) -> Iterator[CaseRows]:
    """The rows of many cases, a few at a time, in the order of their numbers."""
    wanted = list(pks)
    for start in range(0, len(wanted), CHUNK):
        yield from _chunk(wanted[start : start + CHUNK])


def _chunk(pks: list[int]) -> Iterator[CaseRows]:
    cases = (
        Case.objects.filter(pk__in=pks)
        .select_related("buyer", "agent", "plan_item__appropriation", "solicitation")
        .prefetch_related(*PREFETCH)
    )
    refs = [f"case:{pk}" for pk in pks]
    entries: dict[str, list[Entry]] = {}
    for entry in Entry.objects.filter(root__in=refs, outcome="done").select_related("payload").order_by("seq"):
        entries.setdefault(entry.root, []).append(entry)
    for case in sorted(cases, key=lambda c: pks.index(c.pk)):
        yield CaseRows(case, entries.get(case.ref, []))
