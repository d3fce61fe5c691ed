"""How does a form about a lot name its bids, clauses and criteria, so that nothing of another lot gets in?"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from yangcai.kernel.inputs import RowsField


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
