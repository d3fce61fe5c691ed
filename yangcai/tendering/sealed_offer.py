"""How does the declared input of a bid go into an envelope and come out of it, the same as if it had been sent?

What is read out lies in the manifest as `price`, committed to before the deadline, the rest in a file of its own
(sealing/schedule.py), both in canonical JSON: money in whole fen, other decimals as the text that was typed (SBP/1
§2.2, §2.4). Back out they are data for `SubmitBid`, which checks them as any bid.
Money that a program wrote as text is read as the API reads it, in yuan: an integer and a text cannot be confused.
"""

from decimal import Decimal
from typing import Any

from django import forms

from yangcai.kernel.inputs import MoneyField, PrivateFilesField, RowsField
from yangcai.sealing.schedule import BadOffer

CENTS = Decimal("0.01")


def yuan(value: Any) -> Decimal:
    """Money as it lies in an offer: whole fen, or yuan as a text. Raises ValueError, ArithmeticError, TypeError."""
    return Decimal(value) if isinstance(value, str) else int(value) * CENTS


def kinds(form: forms.Form | type[forms.Form]) -> dict[str, dict[str, Any]]:
    """Field by field, how its value is written: money, flag, text, or rows with columns; and whether a row needs it.
    Files are no part of it: the envelope holds them as they are."""
    fields = form.fields if isinstance(form, forms.Form) else form.base_fields
    return {name: _kind(field) for name, field in fields.items() if not isinstance(field, PrivateFilesField)}


def _kind(field: forms.Field) -> dict[str, Any]:
    match field:
        case RowsField():
            return {"kind": "rows", "columns": kinds(field.row)}
        case MoneyField():
            word = "money"
        case forms.BooleanField():
            word = "flag"
        case _:
            word = "text"
    return {"kind": word, "required": bool(field.required)}


def form_data(price: dict[str, Any], *, form: type[forms.Form]) -> dict[str, Any]:
    """Data for the form, from what lay in the envelope. Raises BadOffer."""
    return _cells(price, kinds(form), "$")


def _cells(values: dict[str, Any], known: dict[str, dict[str, Any]], where: str) -> dict[str, Any]:
    if unknown := sorted(set(values) - set(known)):
        raise BadOffer(f"{where}: no field {', '.join(unknown)}")
    return {name: _cell(value, known[name], f"{where}.{name}") for name, value in values.items()}


def _cell(value: Any, known: dict[str, Any], where: str) -> Any:
    match known["kind"], value:
        case "rows", list() if all(isinstance(row, dict) for row in value):
            return [_cells(row, known["columns"], f"{where}[{n}]") for n, row in enumerate(value)]
        case "money", None:
            return ""
        case "money", int() if not isinstance(value, bool):
            return str(value * CENTS)
        case "flag", bool():
            return value
        case "money" | "text", str():
            return value
        case "text", int() | None if not isinstance(value, bool):
            return "" if value is None else str(value)
    raise BadOffer(f"{where}: not {known['kind']}")
