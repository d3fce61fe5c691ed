"""Which data of an Action does each row of a spreadsheet give? Its columns are the fields of the Action's own form.

A column is known by the field's name, by its label in Chinese or English, or by what --map says. A choice may be given
by its code or its label. Nothing is guessed: what fits no field is a fault, with its row and its column.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.utils import translation

from yangcai.cli import console
from yangcai.cli.console import Stop, say
from yangcai.funds.spreadsheet import HEADER_WITHIN, Unreadable, csv_rows, xlsx_rows
from yangcai.kernel.inputs import choices_of

YES, NO = frozenset({"是", "yes", "true", "1", "√"}), frozenset({"否", "no", "false", "0", "", "×"})


@dataclass(frozen=True)
class Row:
    """One row of the file, numbered as the spreadsheet program numbers it; `faults` are cells that say nothing."""

    number: int
    data: dict[str, Any]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """What a file may have: fields of a form, and more that the importer itself reads (name → titles)."""

    fields: Mapping[str, forms.Field]
    more: Mapping[str, tuple[str, ...]]

    def titles(self) -> dict[str, str]:
        """Every title by which a column is known → its name."""
        found = {title: name for name, titles in self.more.items() for title in (name, *titles)}
        for name, field in self.fields.items():
            found |= {title: name for title in (name, *labels(field))}
        return {folded(title): name for title, name in found.items()}

    def title_of(self, name: str) -> str:
        """What a person calls this column."""
        return str(self.more[name][0] if name in self.more else self.fields[name].label)


def labels(field: forms.Field) -> tuple[str, str]:
    """In Chinese and in English."""
    with translation.override("zh-hans"):
        chinese = str(field.label)
    with translation.override("en"):
        return chinese, str(field.label)


def folded(text: Any) -> str:
    """As two people would write one title: without blanks, in small letters."""
    return "".join(str(text).split()).lower()


def mapping(path: Path | None) -> dict[str, str]:
    """What --map says: a YAML file of `title: field`. Raises Stop."""
    if path is None:
        return {}
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Stop(zh=f"不能读取 {path}：{error}", en=f"cannot read {path}: {error}", code=console.USAGE) from error
    if not isinstance(found, dict):
        raise Stop(zh=f"{path} 应为“标题: 字段”", en=f"{path} has to say `title: field`", code=console.USAGE)
    return {folded(title): str(name) for title, name in found.items()}


def read(path: Path, columns: Columns, *, renamed: Mapping[str, str]) -> list[Row]:
    """The rows of the file in order. Raises Stop where the file as a whole cannot be read."""
    content = path.read_bytes()
    try:
        rows = list(enumerate(xlsx_rows(content) if path.suffix.lower() == ".xlsx" else csv_rows(content), start=1))
    except Unreadable as error:
        raise Stop(zh=error.refusal.zh, en=error.refusal.en) from error
    number, names = _header(rows, columns, renamed)
    return [
        _row(n, cells, names, columns) for n, cells in rows if n > number and any(c not in (None, "") for c in cells)
    ]


def _header(
    rows: Sequence[tuple[int, Sequence[Any]]], columns: Columns, renamed: Mapping[str, str]
) -> tuple[int, list[str | None]]:
    """The first row in which two titles are known, and the field of each column. Raises Stop."""
    known = {**columns.titles(), **renamed}
    for number, cells in rows[:HEADER_WITHIN]:
        names = [known.get(folded(cell)) if cell not in (None, "") else None for cell in cells]
        if sum(name is not None for name in names) < 2:
            continue
        unknown = [str(c) for c, name in zip(cells, names, strict=True) if c not in (None, "") and name is None]
        wrong = [name for name in names if name and name not in columns.fields and name not in columns.more]
        twice = [name for name in set(filter(None, names)) if names.count(name) > 1]
        if faults := [*unknown, *wrong, *twice]:
            told = ", ".join(faults)
            raise Stop(
                zh=f"不认识或者重复的列：{told}",
                en=f"columns that are unknown or there twice: {told}",
                hint=say(zh="--map 文件（标题: 字段）", en="--map FILE (title: field)"),
            )
        return number, names
    raise Stop(
        zh="没有找到标题行；可用的列：" + "、".join(map(columns.title_of, [*columns.more, *columns.fields])),
        en="no row of titles; the columns are: " + ", ".join([*columns.more, *columns.fields]),
    )


def _row(number: int, cells: Sequence[Any], names: Sequence[str | None], columns: Columns) -> Row:
    data: dict[str, Any] = {}
    faults = []
    for name, cell in zip(names, cells, strict=False):
        if name is None:
            continue
        try:
            data[name] = _value(columns.fields.get(name), cell)
        except ValueError:
            faults.append(
                say(
                    zh=f"第 {number} 行“{columns.title_of(name)}”：“{cell}”不是可选的值",
                    en=f"Row {number}, {columns.title_of(name)}: “{cell}” is none of the choices",
                )
            )
    return Row(number, data, tuple(faults))


def _value(field: forms.Field | None, cell: Any) -> Any:
    """The cell as the form takes it. Raises ValueError for a choice that there is not."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        cell = cell.date()
    text = cell.isoformat() if isinstance(cell, datetime.date) else str(cell).strip()
    if isinstance(field, forms.BooleanField):
        if text.lower() not in YES | NO:
            raise ValueError(text)
        return text.lower() in YES
    if isinstance(field, forms.ChoiceField) and text:
        codes = dict(_choices(field))
        if text not in codes:
            raise ValueError(text)
        return codes[text]
    return text


def _choices(field: forms.ChoiceField) -> Iterator[tuple[str, str]]:
    """Code and labels → the code."""
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for code, label in choices_of(field):
                yield str(label), str(code)
                yield str(code), str(code)
