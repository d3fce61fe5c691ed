"""How does a form about a lot name its bids, clauses and criteria, so that nothing of another lot gets in?"""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yangcai.kernel.inputs import RowsField, TextField


class AnswerField(forms.TypedChoiceField):
    """Yes or no that somebody has to say: nothing is ticked for them, and silence is not a no."""

    def __init__(self, *, yes: Any, no: Any, **kwargs: Any):
        super().__init__(
            choices=[("true", yes), ("false", no)],
            coerce=lambda value: value == "true",
            widget=forms.RadioSelect,
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        return super().to_python({True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value)


class DeclaredField(forms.BooleanField):
    """A box that has to be ticked. One that is left empty is refused by a check of the Action, which knows the article
    and the way out."""

    def validate(self, value: Any) -> None:
        """Whatever was said is handed on."""


class WrittenField(TextField):
    """A text that has to be written. One that is left empty is refused by a check of the Action, which knows the
    article."""

    def validate(self, value: Any) -> None:
        """Whatever was said is handed on."""


def pages(written: str) -> str:
    """Pages of a bid: whole pages and ranges, in one way of writing them, also where it says of what they are pages
    (投标文件第12页). Raises ValidationError."""
    around = r"见|(?:投标|响应|申请|采购|征集)?文件|pages?|pp?\.?(?=\s*\d)|[\s第页]"
    given = re.sub(around, "", written, flags=re.IGNORECASE)
    parts = [re.sub("[–—~～至到]", "-", part) for part in re.split("[,，、;；]", given) if part]
    if (written.strip() and not parts) or not all(
        re.fullmatch(r"[1-9]\d*(-[1-9]\d*)?", part, re.ASCII) for part in parts
    ):
        raise forms.ValidationError(_("页码写成 12 或者 12、15-18 的样子"), code="page")
    return "、".join(parts)


Choices = Iterable[tuple[int, str]]


def narrow(field: forms.Field, **choices: Choices) -> None:
    """Let columns of a rows field take only these rows: by number from the API, by name on the screen."""
    assert isinstance(field, RowsField)
    columns: dict[str, Any] = {
        name: forms.TypedChoiceField(
            label=field.row.base_fields[name].label, choices=[("", "—"), *allowed], coerce=int, empty_value=None
        )
        for name, allowed in choices.items()
    }
    row = type(field.row.__name__, (field.row,), columns)
    field.row = field.widget.row = row


def limit(field: forms.Field, queryset: QuerySet[Any]) -> None:
    """Let a field choose from these rows alone."""
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = queryset
