"""What data does an Action take? Declared once; form, JSON schema and command line come from it."""

import base64
import dataclasses
import datetime
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePath
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.refusals import Refusal


def number_of(text: str, *, digits: int = 18) -> int | None:
    """The whole number that somebody wrote in an address or a form; None for everything else, and for more digits.

    `str.isdigit` lets ² through, at which `int` fails, as it does at four thousand digits.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


class MoneyField(forms.DecimalField):
    """Yuan with two places, not negative; text such as 1,200.00 or 壹 is refused rather than guessed."""

    def __init__(self, *, min_value: Decimal | int = 0, **kwargs: Any):
        super().__init__(min_value=min_value, max_digits=18, decimal_places=2, **kwargs)


class ShareField(forms.DecimalField):
    """A share of one, e.g. 0.10 for 10 %."""

    def __init__(self, *, required: bool = False, **kwargs: Any):
        super().__init__(min_value=0, max_value=1, max_digits=5, decimal_places=4, required=required, **kwargs)


class DateField(forms.DateField):
    def __init__(self, **kwargs: Any):
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)


class MomentField(forms.DateTimeField):
    """A point in time, Asia/Shanghai when no zone is written."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("widget", forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}))
        super().__init__(**kwargs)


class TextField(forms.CharField):
    def __init__(self, *, lines: int = 1, **kwargs: Any):
        if lines > 1:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": lines}))
        kwargs.setdefault("max_length", 200 if lines == 1 else 20_000)
        super().__init__(**kwargs)


def choices_of(field: forms.ChoiceField) -> list[tuple[Any, Any]]:
    """The choices of a field as pairs (Django keeps them as an iterable of several kinds)."""
    return list(cast(Any, field.choices))


class RowsWidget(forms.Widget):
    """A table of rows; from HTML as `name-0-field`, from JSON as a list of objects."""

    template_name = "components/rows_widget.html"
    needs_multipart_form = False

    def __init__(self, row: type[forms.Form], blank: int = 3):
        super().__init__()
        self.row, self.blank = row, blank

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if not hasattr(data, "getlist"):
            return data.get(name)
        prefix = f"{name}-"
        numbers = sorted({n for k in data if (n := _row_of(k, prefix)) is not None})
        rows = []
        for n in numbers:
            cells = {
                f: w.widget.value_from_datadict(data, files, f"{name}-{n}-{f}") for f, w in self.row.base_fields.items()
            }
            if any(v not in (None, "", False, []) for v in cells.values()):
                rows.append(cells)
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(_row_of(k, f"{name}-") is not None for k in data)

    def forms_for(self, name: str, value: Any) -> list[forms.Form]:
        """One unbound form per row plus blank ones, for the template."""
        rows = list(value or [])
        filled = [
            self.row(initial=row, prefix=f"{name}-{n}", use_required_attribute=False) for n, row in enumerate(rows)
        ]
        return filled + [self.empty_row(f"{name}-{n}") for n in range(len(rows), len(rows) + self.blank)]

    def empty_row(self, prefix: str) -> forms.Form:
        """A row to be filled in. A list to choose from begins with nothing, or an untouched row would not be empty."""
        form = self.row(prefix=prefix, use_required_attribute=False)
        for field in form.fields.values():
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                choices = choices_of(field)
                field.choices = choices if any(key == "" for key, _label in choices) else [("", "—"), *choices]
        return form

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["rows"] = self.forms_for(name, value if isinstance(value, list) else [])
        context["widget"]["empty"] = self.empty_row(f"{name}-__n__")
        return context


def _row_of(key: str, prefix: str) -> int | None:
    """The number of the row in whose cell `name-0-field` a value stands; None for what is no cell of this table."""
    return number_of(key[len(prefix) :].split("-")[0]) if key.startswith(prefix) else None


class RowsField(forms.Field):
    """A list of rows of one shape. Errors name the row (1-based) and the column."""

    def __init__(self, row: type[forms.Form], *, min_rows: int = 0, max_rows: int = 500, blank: int = 3, **kwargs: Any):
        kwargs.setdefault("required", min_rows > 0)
        super().__init__(widget=RowsWidget(row, blank), **kwargs)
        self.row, self.min_rows, self.max_rows = row, min_rows, max_rows

    def clean(self, value: Any) -> list[dict[str, Any]]:
        if value in (None, ""):
            value = []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise ValidationError(_("应为一组行"), code="rows")
        if len(value) < self.min_rows:
            raise ValidationError(_("至少需要 %(n)s 行"), code="min_rows", params={"n": self.min_rows})
        if len(value) > self.max_rows:
            raise ValidationError(_("最多 %(n)s 行"), code="max_rows", params={"n": self.max_rows})
        cleaned, errors = [], []
        for number, row in enumerate(value, start=1):
            for extra in sorted(set(row) - set(self.row.base_fields)):
                errors.append(
                    ValidationError(
                        _("第 %(row)s 行：没有“%(column)s”这一列"),
                        code="unknown_column",
                        params={"row": number, "column": extra},
                    )
                )
            form = self.row(data=row)
            if form.is_valid():
                cleaned.append(form.cleaned_data)
                continue
            for name, faults in form.errors.as_data().items():
                label = form.fields[name].label or name if name in form.fields else ""
                for fault in faults:
                    errors.append(
                        ValidationError(
                            _("第 %(row)s 行 %(column)s：%(message)s"),
                            code="row",
                            params={"row": number, "column": label, "message": _message_of(fault)},
                        )
                    )
        if errors:
            raise ValidationError(errors)
        return cleaned


class DocumentField(forms.FileField):
    """A file, as an upload or as the SHA-256 of one that the same person uploaded before; cleans to a Document."""

    def __init__(self, *, kinds: tuple[str, ...] = (), max_bytes: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.kinds, self.max_bytes = kinds, max_bytes
        self.person_id: int | None = None
        self.now: datetime.datetime | None = None

    def to_python(self, data: Any) -> Any:
        from yangcai.kernel import documents

        if data in (None, ""):
            return None
        if isinstance(data, documents.Document):
            return data
        try:
            if isinstance(data, str):
                return documents.uploaded_before(digest=data, person_id=self.person_id)
            return documents.store(
                file=data, kinds=self.kinds, max_bytes=self.max_bytes, person_id=self.person_id, now=self.now
            )
        except documents.BadDocument as error:
            raise ValidationError(str(error), code=error.code) from error

    def clean(self, data: Any, initial: Any = None) -> Any:
        value = self.to_python(data)
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return value


class DocumentInput(forms.ClearableFileInput):
    """Upload from a browser, or a digest or Document from the API and Python."""

    template_name = "django/forms/widgets/file.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        upload = files.get(name) if files else None
        return upload if upload is not None else data.get(name)


DocumentField.widget = DocumentInput


@dataclasses.dataclass(frozen=True)
class PrivateFile:
    """A file that was handed in and is kept nowhere yet: whoever takes it seals it."""

    name: str
    media_type: str
    content: bytes = dataclasses.field(repr=False)

    def __str__(self) -> str:
        return f"{self.name} {hashlib.sha256(self.content).hexdigest()}"


class PrivateFilesInput(forms.ClearableFileInput):
    """Several uploads from a browser, or a list from the API and Python."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        uploads = files.getlist(name) if hasattr(files, "getlist") else None
        return uploads or data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in (files or {}) and name not in data


class PrivateFilesField(forms.FileField):
    """Files that must not reach the document store as they are; cleans to a list of PrivateFile.

    From JSON: a list of {"name", "content" (base64)}. Together they may be as large as one document.
    """

    widget = PrivateFilesInput

    def __init__(self, *, max_files: int = 50, **kwargs: Any):
        super().__init__(**kwargs)
        self.max_files = max_files

    def clean(self, data: Any, initial: Any = None) -> list[PrivateFile]:
        if data in (None, "", []):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        if not isinstance(data, list):
            raise ValidationError(_("应为一组文件"), code="files")
        if len(data) > self.max_files:
            raise ValidationError(_("最多 %(n)s 个文件"), code="max_files", params={"n": self.max_files})
        found, left = [], settings.YANGCAI_UPLOAD_MAX_BYTES
        for item in data:
            private = self._read(item, left)
            left -= len(private.content)
            if left < 0:
                raise self._too_large()
            found.append(private)
        return found

    def _read(self, item: Any, left: int) -> PrivateFile:
        from yangcai.kernel import documents

        if isinstance(item, PrivateFile):
            return item
        if isinstance(item, dict) and set(item) == {"name", "content"}:
            name = str(item["name"])
            try:
                content = base64.b64decode(str(item["content"]), validate=True)
            except ValueError as error:
                raise ValidationError(_("文件内容应为 base64"), code="base64") from error
        elif isinstance(item, UploadedFile):
            if (item.size or 0) > left:
                raise self._too_large()
            name, content = str(item.name or "file"), item.read()
        else:
            raise ValidationError(_("应为一组文件"), code="files")
        if not content:
            raise ValidationError(_("文件是空的"), code="empty")
        name = PurePath(name).name[:200]
        return PrivateFile(name, documents.media_type(head=content[:512], name=name), content)

    def _too_large(self) -> ValidationError:
        megabytes = settings.YANGCAI_UPLOAD_MAX_BYTES // 2**20
        return ValidationError(_("文件超过 %(mb)s MB"), code="too_large", params={"mb": megabytes})


class Input(forms.Form):
    """Base of all Action inputs. `subject`, `by` and `now` are there for fields whose choices depend on them.

    `depends`: field that is not there, or not demanded, for every subject -> when it is. The schema, which knows no
    subject, demands none of them and says so.
    """

    required_css_class = "required"
    depends: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, data: Any = None, files: Any = None, *, subject: Any = None, by: Any = None, now: Any = None):
        super().__init__(data, files)
        self.subject, self.by, self.now = subject, by, now
        for field in self.fields.values():
            if isinstance(field, DocumentField):
                field.person_id = getattr(by, "person_id", None)
                field.now = now
        self.scope()
        untold = {name for name, field in self.base_fields.items() if _demands(self, name) != field.required}
        if untold := untold - set(self.depends):
            raise TypeError(f"{type(self).__name__}: say in `depends` when there is {', '.join(sorted(untold))}")

    def scope(self) -> None:
        """Narrow querysets, choices and initial values to the subject; overridden where needed."""

    def refusals(self) -> list[Refusal]:
        """Validation errors as Refusals; a key that no field has is refused too."""
        found = [
            Refusal("unknown_field", f"没有“{name}”这一项", f"There is no field “{name}”", field=name, is_said=True)
            for name in sorted(_names(self.data) - set(self.fields))
        ]
        for name, errors in self.errors.as_data().items():
            label = (self.fields[name].label or name) if name in self.fields else ""
            for error in errors:
                zh, en = (_said(error, label=label, language=language) for language in ("zh-hans", "en"))
                found.append(Refusal("invalid_input", zh, en, field="" if name == "__all__" else name, is_said=True))
        return found

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """JSON Schema (2020-12) of the input."""
        return form_schema(cls)


def _message_of(fault: ValidationError) -> Any:
    """Its words in whatever language is read when somebody reads them."""
    return lazy(lambda: "".join(fault.messages), str)()


def _said(error: ValidationError, *, label: Any, language: str) -> str:
    """What is wrong with a field, in one language: a refusal is read in the other one too, by a colleague or a file."""
    with translation.override(language):
        head, messages = str(label), error.messages
        if language == "zh-hans":
            return f"{head}：{'；'.join(messages)}" if head else "；".join(messages)
        said = "; ".join(messages)
        return f"{head[:1].upper()}{head[1:]}: {said}" if head else said


def _names(data: Any) -> set[str]:
    if not data or hasattr(data, "getlist"):
        return set()  # a browser form also carries its token and buttons
    return set(data)


def _demands(form: forms.Form, name: str) -> bool | None:
    """Whether the form as it stands demands a field; None where it has none of that name."""
    return form.fields[name].required if name in form.fields else None


def form_schema(form: type[forms.Form]) -> dict[str, Any]:
    """What holds for every subject: a field that only some have (`Input.depends`) is not demanded, and says when."""
    fields, depends = form.base_fields, getattr(form, "depends", {})
    properties = {name: field_schema(field) for name, field in fields.items()}
    for name, when in depends.items():
        told = (str(when), properties[name].get("description", ""))
        properties[name] |= {"description": "\n".join(filter(None, told)), "x-depends-on-subject": True}
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, field in fields.items() if field.required and name not in depends],
        "additionalProperties": False,
    }


def field_schema(field: forms.Field) -> dict[str, Any]:
    """JSON Schema of one form field; an unknown kind of field is an error, so that no schema is ever vague."""
    out = _shape(field)
    if field.label:
        out["title"] = str(field.label)
    if field.help_text:
        out["description"] = str(field.help_text)
    return out


def _shape(field: forms.Field) -> dict[str, Any]:
    match field:
        case RowsField():
            return {
                "type": "array",
                "items": form_schema(field.row),
                "minItems": field.min_rows,
                "maxItems": field.max_rows,
            }
        case forms.ModelMultipleChoiceField():
            return {"type": "array", "items": {"type": "integer"}}
        case forms.ModelChoiceField():
            return {"type": "integer", "x-model": cast(Any, field.queryset).model._meta.label_lower}
        case forms.MultipleChoiceField():
            return {"type": "array", "items": {"enum": [str(k) for k, _label in choices_of(field)]}}
        case forms.ChoiceField():
            known = [str(k) for k, _label in choices_of(field) if k or not field.required]
            return {"type": "string", "enum": known} if known else {"type": "string"}  # the rest depends on the row
        case PrivateFilesField():
            return {
                "type": "array",
                "maxItems": field.max_files,
                "items": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "content": {"type": "string", "contentEncoding": "base64"},
                    },
                    "required": ["name", "content"],
                    "additionalProperties": False,
                },
            }
        case DocumentField():
            return {"type": "string", "pattern": "^[0-9a-f]{64}$", "contentMediaType": "application/octet-stream"}
        case forms.BooleanField():
            return {"type": "boolean"}
        case forms.DecimalField():
            return {"type": ["string", "number"], "format": "decimal", "x-decimal-places": field.decimal_places}
        case forms.IntegerField():
            out: dict[str, Any] = {"type": "integer"}
            if field.min_value is not None:
                out["minimum"] = field.min_value
            if field.max_value is not None:
                out["maximum"] = field.max_value
            return out
        case forms.DateTimeField():
            return {"type": "string", "format": "date-time"}
        case forms.DateField():
            return {"type": "string", "format": "date"}
        case forms.CharField():
            text: dict[str, Any] = {"type": "string"}
            if field.max_length:
                text["maxLength"] = field.max_length
            return text
    raise TypeError(f"no JSON schema for {type(field).__name__}")
