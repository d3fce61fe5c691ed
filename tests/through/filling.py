"""How does somebody write what a story says into the fields of a form? What has no place there cannot be said."""

import base64
import datetime
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import timezone

from tests.through.markup import ANY_ROW, Control, Form, rows_of
from yangcai.kernel import documents
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.models import Document

#: What is sent: values by name, as the test client of Django takes them.
Sent = dict[str, Any]


class NotOnScreen(Exception):
    """There is no link, no page, no field or no choice for it."""


def filled(form: Form, data: dict[str, Any]) -> Sent:
    """What a browser sends of this form after somebody wrote the data into it. Raises NotOnScreen."""
    found: dict[str, Any] = {}
    controls = deepcopy(form.controls)
    for name, value in data.items():
        if name in controls:
            found |= _set(controls[name], value)
        elif rows_of(controls, name) or rows_of(form.spare, name):
            found |= _rows(name, controls, form, list(value or ()))
        elif value not in (None, "", [], ()):
            raise NotOnScreen(f"the form has no field {name}")
    left = {name: _as_it_stands(control) for name, control in controls.items() if name not in found}
    return {name: value for name, value in {**left, **found}.items() if value not in (None, [])}


def _as_it_stands(control: Control) -> Any:
    return None if control.kind == "file" else list(control.values)


def _set(control: Control, value: Any) -> Sent:
    """One field. Raises NotOnScreen."""
    name = control.name
    if control.kind == "hidden":
        if said(value) not in control.values:
            raise NotOnScreen(f"{name} is a hidden field")
        return {name: list(control.values)}
    if control.kind == "file":
        return {name: [upload(one) for one in (value if isinstance(value, list | tuple) else [value]) if one]}
    if control.kind == "checkbox" and not control.several and not isinstance(value, list | tuple):
        return {name: list(control.choices)[:1] if value and said(value) != "false" else []}
    if control.several or (control.kind == "checkbox" and isinstance(value, list | tuple)):
        return {name: [_chosen(control, said(one)) for one in value or ()]}
    if control.choices:
        return {name: [_chosen(control, said(value))]}
    if control.kind == "datetime-local" and isinstance(value, datetime.datetime):
        local = timezone.localtime(value)
        return {name: [local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M")]}
    return {name: [said(value)]}


def _chosen(control: Control, value: str) -> str:
    """The choice that means it. Raises NotOnScreen."""
    for one, is_open in control.choices.items():
        if is_open and one.lower() == value.lower():
            return one
    raise NotOnScreen(f"{control.name} offers {list(control.choices)[:12]} and not {value}")


def _rows(name: str, controls: dict[str, Control], form: Form, rows: list[dict[str, Any]]) -> Sent:
    """A table of fields: rows that are given are found by what they are about, others are written one after the
    other; rows that came filled in and are not wanted are emptied."""
    there, spare = rows_of(controls, name), rows_of(form.spare, name).get(-1)
    found: Sent = {}
    free = [number for number, cells in there.items() if not _about(cells)]
    for row in rows:
        number = next((n for n, cells in there.items() if _about(cells) and _is_about(cells, row)), None)
        if number is None and free:
            number = free.pop(0)
        if number is None:
            if spare is None:
                raise NotOnScreen(f"no row of {name} is about {row}")
            number = max(there, default=-1) + 1
            there[number] = {column: _numbered(control, number) for column, control in spare.items()}
            controls |= {cell.name: cell for cell in there[number].values()}
        cells = there[number]
        if missing := [column for column, value in row.items() if column not in cells and value not in (None, "")]:
            raise NotOnScreen(f"the rows of {name} have no column {', '.join(missing)}")
        if not _about(cells):
            found |= {cell.name: _empty(cell) for cell in cells.values()}
        for column, value in row.items():
            if column in cells and cells[column].kind != "hidden":
                found |= _set(cells[column], value)
    for number in free:
        found |= {cell.name: _empty(cell) for cell in there[number].values()}
    return found


def _about(cells: dict[str, Control]) -> dict[str, Control]:
    """The columns that are given: which bid, which clause."""
    return {column: cell for column, cell in cells.items() if cell.kind == "hidden"}


def _is_about(cells: dict[str, Control], row: dict[str, Any]) -> bool:
    return all(said(row.get(column)) in cell.values for column, cell in _about(cells).items())


def _numbered(control: Control, number: int) -> Control:
    made = deepcopy(control)
    made.name = control.name.replace(ANY_ROW, str(number))
    return made


def _empty(control: Control) -> list[str]:
    if control.choices or control.kind == "file":
        return [""] if "" in control.choices else []
    return [""]


#: What is written of a value that has no text of its own.
TEXTS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: str(value).lower()),
    (models.Model, lambda value: str(value.pk)),
    (Decimal, lambda value: format(value, "f")),
    (datetime.datetime, lambda value: timezone.localtime(value).isoformat()),
    (datetime.date, lambda value: value.isoformat()),
)


def said(value: Any) -> str:
    """What somebody types or chooses for it."""
    if value is None:
        return ""
    return next((write(value) for kind, write in TEXTS if isinstance(value, kind)), str(value))


def upload(value: Any) -> SimpleUploadedFile:
    """A file as a browser sends it, whatever the story holds of it."""
    match value:
        case SimpleUploadedFile():
            value.seek(0)
            return SimpleUploadedFile(str(value.name), value.read())
        case PrivateFile():
            return SimpleUploadedFile(value.name, value.content, value.media_type)
        case {"name": name, "content": content}:
            return SimpleUploadedFile(name, base64.b64decode(content))
        case Document():
            return SimpleUploadedFile(value.name, documents.path_of(value.pk).read_bytes())
    raise NotOnScreen(f"nobody can choose {value!r} as a file")
