"""How does a bid answer each clause? 偏离表: declared by its bidder, beside what the committee finds."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.inputs import TextField
from yangcai.kernel.reading import remembered
from yangcai.tendering import standing
from yangcai.tendering.inputs import pages
from yangcai.tendering.models import Clause, ClauseKind, Deviation, OpenedBid, Stance


class DeviationRow(forms.Form):
    """One clause, by its number in the document. Nothing is ticked for the bidder: an empty row declares nothing."""

    clause = forms.IntegerField(label=_("实质性要求"))
    stance = forms.ChoiceField(label=_("偏离情况"), choices=[("", _("未声明")), *Stance.choices], required=False)
    response = TextField(label=_("投标响应"), lines=2, required=False, max_length=2000)
    page = TextField(label=_("页码"), required=False, max_length=60)

    def clean_page(self) -> str:
        """Where in the bid it is proven."""
        return pages(self.cleaned_data["page"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned and cleaned.get("stance") in DEVIATING and not cleaned.get("response"):
            self.add_error("response", _("有偏离的，请写明投标响应"))
        if cleaned and not cleaned.get("stance") and (cleaned.get("response") or cleaned.get("page")):
            self.add_error("stance", _("请选择偏离情况"))
        return cleaned


DEVIATING = frozenset({Stance.POSITIVE, Stance.NEGATIVE})


@remembered
def of_lot(lot: Lot) -> list[Clause]:
    """The clauses on which a bid declares itself: the buyer's own substantive requirements. What the law itself asks of
    every bid is met or not, and no matter of degree."""
    return [one for one in standing.clauses(lot, ClauseKind.RESPONSIVENESS) if not one.is_statutory]


def declared(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that say something."""
    return [row for row in rows if row["stance"]]


def twice(rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """The numbers that were answered more than once."""
    numbers = [row["clause"] for row in declared(rows)]
    return sorted({number for number in numbers if numbers.count(number) > 1})


def write(opened: OpenedBid, rows: Iterable[Mapping[str, Any]]) -> None:
    """What an envelope held. A clause that a correction took away meanwhile is left out."""
    known = {one.number: one for one in of_lot(opened.lot)}
    Deviation.objects.bulk_create(
        Deviation(
            opened_bid=opened,
            clause=known[row["clause"]],
            stance=row["stance"],
            response=row["response"],
            page=row["page"],
        )
        for row in declared(rows)
        if row["clause"] in known
    )


def of_bid(bid: OpenedBid) -> dict[int, Deviation]:
    """Clause id -> what this bid declares of it."""
    return _by_bid(bid.lot.case).get(bid.pk, {})


def negative(rows: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    """The numbers of the substantive requirements that a draft says it does not meet."""
    yield from (row["clause"] for row in declared(rows) if row["stance"] == Stance.NEGATIVE)


@remembered
def _by_bid(case: Case) -> dict[int, dict[int, Deviation]]:
    found: dict[int, dict[int, Deviation]] = {}
    for one in Deviation.objects.filter(opened_bid__lot__case=case).select_related("clause").order_by("pk"):
        found.setdefault(one.opened_bid_id, {})[one.clause_id] = one
    return found
