"""What do the components need that a template cannot work out: rows of a form, errors with their places, heat?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from yangcai.kernel.inputs import RowsField, RowsWidget
from yangcai.kernel.refusals import Citation, Refusal
from yangcai.www import formats

HEATS = 5


@dataclass(frozen=True)
class Fault:
    """One line of the error summary: the sentence, where to mend it, by which article."""

    text: str
    href: str = ""
    citation: Citation | None = None


class Cited(ValidationError):
    """A Refusal at the field that it names: its sentence, and the article that stands behind it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text, code=refusal.code)
        self.citation = refusal.citation


def errors_of(bound: forms.BoundField) -> list[Fault]:
    """What is wrong with a field itself, each with its article; what is wrong in its rows stands in their cells."""
    found = [error for error in bound.errors.as_data() if error.code != "row"]
    return [Fault(str(error.messages[0]), citation=getattr(error, "citation", None)) for error in found]


def is_idle(bound: forms.BoundField) -> bool:
    """Whether a field is closed and has nothing to say: it was declared for other rows than this one."""
    return bound.field.disabled and not bound.field.required and not bound.value()


def anchor(bound: forms.BoundField) -> str:
    """The id of the element that takes the focus when somebody follows an error to its field."""
    if isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return str(bound.auto_id)


def rows_of(bound: forms.BoundField) -> list[forms.Form]:
    """The row forms of a RowsField: with what was typed and its errors, then the blank ones."""
    field = cast(RowsField, bound.field)
    widget = cast(RowsWidget, field.widget)
    value = bound.value()
    rows = widget.forms_for(bound.html_name, value if isinstance(value, list) else [])
    if not bound.form.is_bound:
        return rows
    filled = len(rows) - widget.blank
    for number, cells in enumerate((value or [])[:filled]):
        prefix = f"{bound.html_name}-{number}"
        data = {f"{prefix}-{name}": cell for name, cell in cells.items()}
        rows[number] = field.row(data=data, prefix=prefix, use_required_attribute=False)
    return rows


def grouped(rows: list[forms.Form], group: tuple[str, dict[str, str]] | None) -> list[forms.Form]:
    """The rows, each with `group`: the words of the column under whose heading it stands (empty without groups)."""
    for row in rows:
        name, words = group or ("", {})
        row.group = words.get(str(row[name].value()), "") if name else ""  # type: ignore[attr-defined]
    return rows


def faults(form: forms.Form | None, refusals: Iterable[Refusal] = ()) -> list[Fault]:
    """Everything that is wrong, in the order of the form; refusals that name a field join that field's errors."""
    general = []
    for refusal in refusals:
        if form is None or not form.is_bound or refusal.field not in form.fields:
            if form is None or refusal.code != "invalid_input":
                general.append(Fault(refusal.text, citation=refusal.citation))
        elif refusal.code != "invalid_input":  # which repeats what the form itself says about the field
            said = {(fault.text, fault.citation) for fault in errors_of(form[refusal.field])}
            if (refusal.text, refusal.citation) not in said:
                form.add_error(refusal.field, Cited(refusal))
    if form is None or not form.is_bound:
        return general
    found = [Fault(str(text)) for text in form.non_field_errors()] + general
    for bound in form:
        if not bound.errors:
            continue
        place = f"#{bound.auto_id if isinstance(bound.field, RowsField) else anchor(bound)}"
        found += [Fault(_labelled(bound, fault.text), place, fault.citation) for fault in errors_of(bound)]
        if isinstance(bound.field, RowsField):
            found += _row_faults(bound)
    return found


def _row_faults(bound: forms.BoundField) -> list[Fault]:
    found = []
    for number, row in enumerate(rows_of(bound), start=1):
        for cell in row if row.is_bound else ():
            for text in cell.errors:
                params = {"row": number, "column": cell.label, "message": text}
                found.append(Fault(_("第 %(row)s 行 %(column)s：%(message)s") % params, f"#{anchor(cell)}"))
    return found


def _labelled(bound: forms.BoundField, text: str) -> str:
    return _("%(label)s：%(text)s") % {"label": formats.titled(bound.label), "text": text} if bound.label else text


def chips(form: forms.Form, query: QueryDict) -> list[dict[str, str]]:
    """The filters that are on: label, value in words, and the address without it."""
    found = []
    for bound in form:
        value = query.get(bound.html_name)
        if not value or bound.is_hidden:
            continue
        rest = query.copy()
        del rest[bound.html_name]
        rest.pop("page", None)
        labels = {str(key): str(label) for key, label in _flat(getattr(bound.field, "choices", ()))}
        found.append({"label": str(bound.label), "value": labels.get(value, value), "url": f"?{rest.urlencode()}"})
    return found


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


def heat(value: Decimal | float, low: Decimal | float, high: Decimal | float) -> int:
    """Class 0…4 of a number between the lowest and highest of its matrix."""
    if high <= low:
        return 0
    return min(HEATS - 1, int((Decimal(value) - Decimal(low)) / (Decimal(high) - Decimal(low)) * HEATS))


def matrix(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of a score matrix with `heat` on every cell, over the numbers of all cells."""
    table = [(attribute(row, "name"), [_cell(cell) for cell in attribute(row, "cells")]) for row in rows]
    numbers = [cell["value"] for _name, cells in table for cell in cells if cell["value"] is not None]
    low, high = (min(numbers), max(numbers)) if numbers else (0, 0)
    for _name, cells in table:
        for cell in cells:
            cell["heat"] = None if cell["value"] is None else heat(cell["value"], low, high)
    return [{"name": name, "cells": cells} for name, cells in table]


def told(rows: Sequence[Mapping[str, Any]]) -> str:
    """What a score matrix shows, in a sentence: how many numbers, from which to which, how many that stand apart."""
    cells = [cell for row in rows for cell in row["cells"]]
    numbers = [cell["value"] for cell in cells if cell["value"] is not None]
    if not numbers:
        return ""
    params = {"n": len(numbers), "low": min(numbers), "high": max(numbers)}
    says = _("共 %(n)d 个评分，最低 %(low)s，最高 %(high)s。") % params
    apart = sum(1 for cell in cells if cell.get("outlier"))
    return says + (_("其中 %(n)d 个偏离较大。") % {"n": apart} if apart else "")


def attribute(item: Any, name: str, default: Any = None) -> Any:
    return item.get(name, default) if isinstance(item, Mapping) else getattr(item, name, default)


def _cell(cell: Any) -> dict[str, Any]:
    if cell is None or isinstance(cell, int | float | Decimal):
        return {"value": cell}
    return {name: attribute(cell, name) for name in ("value", "outlier", "note")}
