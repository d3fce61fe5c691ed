"""How is a table of findings filled in and kept, whether bids or applications are examined?"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.tendering.inputs import pages

Pair = tuple[int, int]


class Conclusion(forms.Form):
    """A row on one clause: a failing one has its reason. The columns are its subclass's, in the order it shows them."""

    def clean_page(self) -> str:
        """Where in the papers it was read."""
        return pages(self.cleaned_data["page"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned and not cleaned.get("passed") and not cleaned.get("reason"):
            self.add_error("reason", _("不通过的，请写明理由"))
        return cleaned


def so_far(examined: str, pairs: Iterable[Pair], *, found: Mapping[Pair, Any]) -> list[dict[str, Any]]:
    """Every pair of what is `examined` (a column) and a clause, with what has been found on it already."""
    return [
        {
            examined: one,
            "clause": clause,
            "passed": bool((finding := found.get((one, clause))) and finding.passed),
            "reason": finding.reason if finding else "",
            "page": finding.page if finding else "",
        }
        for one, clause in pairs
    ]


def write_findings(
    model: type[models.Model], rows: list[dict[str, Any]], *, now: datetime.datetime, **examined: str
) -> None:
    """Keep the last finding of each pair, which counts also where one before was void; what was found before stands in
    the Entries. `examined`: the model's name of what is examined = the rows' name of it."""
    ((field, column),) = examined.items()
    valid = {"voided_at": None} if any(one.name == "voided_at" for one in model._meta.concrete_fields) else {}
    model._default_manager.bulk_create(
        [
            model(
                **{f"{field}_id": row[column]},
                clause_id=row["clause"],
                passed=row["passed"],
                reason="" if row["passed"] else row["reason"],
                page=row["page"],
                at=now,
                **valid,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=[field, "clause"],
        update_fields=["passed", "reason", "page", "at", *valid],
    )
