"""Which Chinese texts does the program show, and does each have its English? (No gettext programs needed.)

    python tools/messages.py update     collect the texts into django.po, keeping translations
    python tools/messages.py compile    write django.mo (not in the repository)
    python tools/messages.py check      fail on a missing, unused or ill-matched text

The message id is the Chinese text itself, as it stands in the templates and in Python.
"""

import argparse
import ast
import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "yangcai"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEADER = {
    "Project-Id-Version": "yangcai",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
Key = tuple[str | None, str | tuple[str, ...]]


def texts_in(path: Path) -> Iterator[Key]:
    """(context, text or (singular, plural)) of each translatable text in one template or Python file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        if "gettext" not in source:
            return
    else:
        from django.utils.translation.template import templatize

        # The tokenizer reads this as Python: without indentation, which in a template means nothing.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    for _, message, _, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield context, message if isinstance(message, str) else tuple(message)


def unseen_in(path: Path) -> Iterator[int]:
    """The lines of a Python file where a text is looked up within an f-string: there the extraction does not look, and
    the text stays Chinese for everybody."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for part in ast.walk(node) if isinstance(node, ast.JoinedStr) else ():
            if isinstance(part, ast.Call) and getattr(part.func, "id", "") in KEYWORDS:
                yield part.lineno


def configure_django() -> None:
    """templatize needs settings; the catalogue must be compilable before the project's own settings can run."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)


def collect() -> dict[Key, set[str]]:
    """Every text of the program, with the files that show it."""
    configure_django()
    found: dict[Key, set[str]] = {}
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py" or (path.suffix in {".html", ".txt", ".svg"} and "templates" in path.parts):
            for key in texts_in(path):
                found.setdefault(key, set()).add(path.relative_to(ROOT).as_posix())
    return found


def stored() -> Catalog:
    """The catalogue as committed."""
    if not CATALOGUE.exists():
        return Catalog(locale="en", domain="django")
    with CATALOGUE.open("rb") as handle:
        return read_po(handle, locale="en", domain="django")


def key_of(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else tuple(message.id)


def strings_of(message: Message) -> list[str]:
    """The translation: one string, or one for each plural form."""
    found = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return [string or "" for string in found]


def placeholders(text: str) -> set[str]:
    """The %(name)s, %s and {name} of a text: the translation must have the same."""
    named = set(re.findall(r"%\(\w+\)[sd]|%[sd]", text))
    with contextlib.suppress(ValueError):  # a lone brace: not a format string
        named |= {f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name is not None}
    return named


def written(catalogue: Catalog) -> bytes:
    """The file: sorted by text, without line numbers and dates, so that two people's changes rarely meet."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = "".join(f'"{name}: {value}\\n"\n' for name, value in HEADER.items())
    return b'msgid ""\nmsgstr ""\n' + header.encode() + b"\n" + out.getvalue()


def update() -> int:
    """Rewrite the catalogue: new texts with an empty translation, unused ones gone, kept ones kept."""
    old = {key_of(message): message.string for message in stored() if message.id}
    fresh = Catalog(locale="en", domain="django")
    for (context, text), files in collect().items():
        translation = old.get((context, text))
        if translation is None:
            translation = ("", "") if isinstance(text, tuple) else ""
        fresh.add(text, translation, context=context, auto_comments=sorted(files)[:1] if not translation else ())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    temporary = CATALOGUE.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(written(fresh))
    temporary.replace(CATALOGUE)
    compile_catalogues()
    untranslated = [message for message in fresh if message.id and not _complete(message)]
    print(f"{len(fresh)} texts, {len(untranslated)} without English")
    return 0


def compile_catalogues() -> int:
    """Write django.mo beside each django.po."""
    for path in SOURCE.rglob("*.po"):
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale="en", domain="django")
        target = path.with_suffix(".mo")
        temporary = target.with_suffix(f".{os.getpid()}")
        with temporary.open("wb") as out:
            write_mo(out, catalogue)
        temporary.replace(target)
    return 0


def _complete(message: Message) -> bool:
    return all(strings_of(message))


def complaints() -> list[str]:
    """What is wrong with the catalogue, one sentence each."""
    found = collect()
    catalogue = {key_of(message): message for message in stored() if message.id}
    wrong = []
    for key, files in sorted(found.items(), key=str):
        text = key[1] if isinstance(key[1], str) else key[1][-1]
        where = sorted(files)[0]
        message = catalogue.get(key)
        if message is None or not _complete(message):
            wrong.append(f"{where}: no English for 「{text}」")
            continue
        expected = placeholders(text)
        for string in strings_of(message):
            if placeholders(string) != expected:
                wrong.append(f"{where}: the English of 「{text}」 has other placeholders: {string}")
    for path in sorted(SOURCE.rglob("*.py")):
        shown = path.relative_to(ROOT)
        wrong += [f"{shown}:{line}: a text within an f-string is not collected" for line in unseen_in(path)]
    for key in sorted(set(catalogue) - set(found), key=str):
        wrong.append(f"{CATALOGUE.relative_to(ROOT)}: nobody shows 「{key[1]}」")
    return wrong


def check() -> int:
    """Print the complaints; 1 when there is any."""
    wrong = complaints()
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if wrong:
        print(f"{len(wrong)} faults; `make messages` collects, then fill in the msgstr", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["update", "compile", "check"])
    sys.exit({"update": update, "compile": compile_catalogues, "check": check}[parser.parse_args().command]())
