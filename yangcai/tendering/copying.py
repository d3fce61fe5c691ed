"""How does the document of an earlier purchase become the draft of a later one? Its rows are copied, unconfirmed."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from yangcai import procedures
from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import own as own_rule
from yangcai.kernel.models import Attachment
from yangcai.planning.models import SetAside
from yangcai.tendering import two_bidders
from yangcai.tendering.clauses import write_clauses
from yangcai.tendering.models import Clause, Consumable, Criterion, GreenProduct, PaymentTerm, SampleTerms, Solicitation
from yangcai.tendering.rules.solicitation.deductions import least_rate

#: What no copy is: out, or confirmed by anybody.
FRESH: dict[str, Any] = {
    "revision": 1, "documents_from": None, "supply_closes_at": None, "confirmed_at": None,
    "committee_confirmed_at": None, "members_confirm": True,
}  # fmt: skip


def copy_document(
    case: Case, *, to: Case, lots: Iterable[Lot], now: datetime.datetime, **anew: Any
) -> Solicitation | None:
    """These lots of a case with everything that its document says of them and of the whole, as the draft of another
    case; `anew`: what is otherwise in each lot. None where the case had no document."""
    made = _lots(lots, to=to, **anew)
    for criterion in Criterion.objects.filter(lot__in=made).order_by("pk"):
        copy(criterion, lot=made[criterion.lot_id])
    for green in GreenProduct.objects.filter(Q(lot__isnull=True) | Q(lot__in=made), case=case):
        copy(green, case=to, lot=made[green.lot_id] if green.lot_id else None)
    for consumable in Consumable.objects.filter(lot__in=made).order_by("number"):
        copy(consumable, lot=made[consumable.lot_id])
    for terms in SampleTerms.objects.filter(lot__in=made) if own_rule(to, "samples.exception") else ():
        copy(terms, lot=made[terms.lot_id])
    for term in PaymentTerm.objects.filter(case=case):
        copy(term, case=to)
    solicitation = _solicitation(case, to=to, now=now)
    # The edition that stood last; what corrections had replaced is no part of the new file.
    for paper in Attachment.objects.filter(root=case.ref, kind="solicitation").order_by("-at", "-pk")[:1]:
        copy(paper, root=to.ref, subject=solicitation.ref if solicitation else to.ref, is_public=False, at=now)
    of_lots = Q(lot__isnull=True) | Q(lot__in=made)
    clauses = Clause.objects.filter(of_lots, case=case, is_statutory=False).order_by("kind", "number")
    own = [(c.kind, c.text, made[c.lot_id].pk if c.lot_id else None) for c in clauses]
    write_clauses(to, solicitation=solicitation, own=own)
    return solicitation


def _lots(lots: Iterable[Lot], *, to: Case, **anew: Any) -> dict[int, Lot]:
    """Number of each lot -> its copy, with nothing decided; a lot that follows another one comes after it."""
    made: dict[int, Lot] = {}
    anew = {"outcome": "", "outcome_at": None, "outcome_reason": "", **anew}
    ways = [way.value for way in procedures.get(to.procedure).award_by]
    for lot in sorted(lots, key=lambda one: one.pk):
        follows = made.get(lot.follows_id) if lot.follows_id else None
        evaluated = lot.evaluation_method if lot.evaluation_method in ways else ways[0]
        made[lot.pk] = copy(lot, case=to, follows=follows, evaluation_method=evaluated, **anew)
    return made


def _solicitation(case: Case, *, to: Case, now: datetime.datetime) -> Solicitation | None:
    old = Solicitation.objects.filter(case=case).first()
    if old is None:
        return None
    fresh = {**FRESH, "taken_over_from": case}
    invites = two_bidders.ways(to)
    if invites and old.invited_by not in {one.value for one in invites}:
        fresh["invited_by"] = invites[0].value  # the new method does not know the old one's way
    if case.set_aside != SetAside.NONE and to.set_aside == SetAside.NONE:
        # nothing was deducted in the reserved case; now something must be
        fresh["small_micro_rate"] = least_rate(to, partner=False, now=now)
    if to.agent_id is None:
        fresh["agent_fee"] = ""
    return copy(old, case=to, **fresh)


def copy(row: Any, **changed: Any) -> Any:
    """A new row with the same values but these."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    for name, value in changed.items():
        field = row._meta.get_field(name)
        values[field.attname] = value.pk if field.is_relation and value is not None else value
    return type(row)._base_manager.create(**values)
