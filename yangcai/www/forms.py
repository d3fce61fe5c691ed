"""How is the form of an Action laid out where its fields alone would not read well? Fixed columns are shown as text."""

from typing import Any

from django import forms

from yangcai.kernel.inputs import RowsField, choices_of


class Pinned(forms.HiddenInput):
    """A value that is given and sent back, shown in words: which bid, which clause."""

    template_name = "work/pinned.html"

    def __init__(self, words: dict[str, str]):
        super().__init__()
        self.words = words

    @property
    def is_hidden(self) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["words"] = self.words.get(str(value), str(value))
        return context


class Boxes(forms.CheckboxSelectMultiple):
    """Some of several, each with a box of its own: in a list of the browser's a second click undoes the first, unless
    one knows which key to hold."""

    template_name = "work/boxes.html"


def arrange(form: forms.Form) -> forms.Form:
    """Pin the columns that say what a given row is about: a closed list of rows is filled in, not composed. Where
    several may be chosen each has its box."""
    for field in form.fields.values():
        if type(field.widget) is forms.SelectMultiple:
            field.widget = Boxes(field.widget.attrs, choices=field.choices)  # type: ignore[attr-defined]
        if isinstance(field, RowsField) and field.widget.blank == 0 and field.initial:
            _pin(field)
    return form


def _pin(field: RowsField) -> None:
    """Columns of narrowed choices (bid, clause, criterion) that every given row fills in. Of two, the first is the
    heading of a group of rows: the clauses of a bid stand under its name."""
    pinned: dict[str, forms.Field] = {}
    words: dict[str, dict[str, str]] = {}
    for name, column in field.row.base_fields.items():
        if isinstance(column, forms.TypedChoiceField) and all(row.get(name) for row in field.initial):
            words[name] = {str(key): str(label) for key, label in choices_of(column)}
            pinned[name] = forms.CharField(label=column.label, widget=Pinned(words[name]), required=column.required)
    if len(pinned) > 1:
        first = next(iter(pinned))
        pinned[first] = forms.CharField(label=pinned[first].label, widget=forms.HiddenInput())
        field.widget.group = (first, words[first])
    if pinned:
        field.row = field.widget.row = type(field.row.__name__, (field.row,), pinned)
