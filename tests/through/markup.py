"""What can somebody use on a page who runs no script: which links, which forms, which fields with which choices?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

#: In the name of a field that stands for one of a row that is still to be added.
ANY_ROW = "__n__"
#: Types of `<input>` that send nothing by themselves.
BUTTONS = frozenset({"submit", "button", "reset", "image"})


@dataclass
class Control:
    """All elements of a form that have one name: what they send as they stand, and what one may choose."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    #: Value -> whether it may be taken; empty where one writes.
    choices: dict[str, bool] = field(default_factory=dict)
    several: bool = False


@dataclass
class Form:
    """Where it goes to, its controls by name, and those of a row to be added, whose number is ANY_ROW."""

    action: str
    controls: dict[str, Control] = field(default_factory=dict)
    spare: dict[str, Control] = field(default_factory=dict)


class Page(HTMLParser):
    """A page as it came. What stands in a `template` is no part of it but for rows that may be added."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._words: list[str] = []
        self._templates = 0
        self._silent = 0
        self._form: Form | None = None
        self._select: Control | None = None
        self._option: str | None = None
        self._text: Control | None = None
        self.feed(text)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def form_to(self, address: str) -> Form | None:
        return next((form for form in self.forms if form.action == address), None)

    def leads_to(self, address: str) -> bool:
        """Whether there is a link to it or a form that is sent there."""
        return address in self.links or self.form_to(address) is not None

    # --- how it is read ----------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "template":
                self._templates += 1
            case "script" | "style":
                self._silent += 1
            case "a" if "href" in given and not self._templates:
                self.links.append(given["href"].partition("#")[0].partition("?")[0])
            case "form":
                self._form = Form(given.get("action", ""))
                self.forms.append(self._form)
            case "input" | "select" | "textarea" if "name" in given and "disabled" not in given:
                self._control(tag, given, set(given))
            case "option" if self._select is not None:
                value = given.get("value", "")
                self._select.choices[value] = "disabled" not in given
                if "selected" in given:
                    self._select.values.append(value)
            case "button" if self._form is not None and "formaction" in given:
                self.links.append(given["formaction"])

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "template":
                self._templates -= 1
            case "script" | "style":
                self._silent -= 1
            case "form":
                self._form = None
            case "select":
                if self._select is not None and not self._select.values and not self._select.several:
                    self._select.values = list(self._select.choices)[:1]  # a browser shows the first one
                self._select = None
            case "textarea":
                self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            # A browser drops the line break that Django writes after the tag.
            self._text.values[-1] += data.removeprefix("\r\n").removeprefix("\n") if not self._text.values[-1] else data
        elif not self._templates and not self._silent:
            self._words.append(data)

    def _control(self, tag: str, given: dict[str, str], marks: set[str]) -> None:
        if self._form is None:
            return
        kind = given.get("type", "text") if tag == "input" else tag
        if kind in BUTTONS:
            return
        where = self._form.spare if self._templates else self._form.controls
        name = given["name"]
        found = where.setdefault(name, Control(name, kind))
        match kind:
            case "checkbox" | "radio":
                value = given.get("value", "on")
                found.several = kind == "checkbox" and (found.several or bool(found.choices))
                found.choices[value] = True
                if "checked" in marks:
                    found.values.append(value)
            case "select":
                found.several = "multiple" in marks
                self._select = found
            case "textarea":
                found.values.append("")
                self._text = found
            case "file":
                found.several = "multiple" in marks
            case _:
                found.values.append(given.get("value", ""))


def rows_of(controls: dict[str, Control], name: str) -> dict[int, dict[str, Control]]:
    """The rows of a table of fields: number -> column -> control."""
    found: dict[int, dict[str, Control]] = {}
    for number, column, control in _cells(controls, name):
        found.setdefault(number, {})[column] = control
    return dict(sorted(found.items()))


def _cells(controls: dict[str, Control], name: str) -> Iterator[tuple[int, str, Control]]:
    for key, control in controls.items():
        head, _dash, rest = key.partition("-")
        number, dash, column = rest.partition("-")
        if head == name and dash and (number.isdecimal() or number == ANY_ROW):
            yield int(number) if number.isdecimal() else -1, column, control


def page_of(answer: Any) -> Page:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Page(content.decode())
