"""How does a command speak? Data on stdout, the rest on stderr, in the reader's language, with a telling exit code."""

import argparse
import io
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

OK = 0
UNEXPECTED = 1
USAGE = 2
PARTIAL = 3  # some of it was done, and what was not is said
VERIFICATION_FAILED = 4
NOT_MET = 5  # a precondition or a rule forbids it
NOT_PERMITTED = 6  # not in this mode (a sandbox command outside a sandbox)
INTERRUPTED = 130
BROKEN_PIPE = 141

_chosen = {"language": "zh"}


class Stop(Exception):
    """A command ends early, with a sentence and an exit code; `hint` is the next command to try, `data` what a program
    reads of it."""

    def __init__(
        self, *, zh: str, en: str, code: int = NOT_MET, hint: str = "", data: Mapping[str, Any] | None = None
    ) -> None:
        self.zh, self.en, self.code, self.hint, self.data = zh, en, code, hint, dict(data or {})
        super().__init__(en)


def write_whatever_comes() -> None:
    """A sign that the terminal's encoding has not, or a byte of a file's name that is no text, is written as an escape
    (in JSON one of its own): what a command has done must not end in an error because of how it is told."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def choose_language(language: str) -> None:
    """'zh' or 'en', for the rest of this process."""
    _chosen["language"] = language


def language() -> str:
    """The language that was chosen for this run: zh or en."""
    return _chosen["language"]


def say(*, zh: str, en: str) -> str:
    """The text of the two that the reader wants."""
    return en if language() == "en" else zh


def answer(
    options: argparse.Namespace,
    *,
    data: Mapping[str, Any],
    text: str,
    warnings: Sequence[str] = (),
    errors: Sequence[str] = (),
) -> None:
    """The command's result on stdout: `text` for people, one JSON object with stable keys for `--json`."""
    if options.json:
        result = {"ok": not errors, "data": data, "warnings": list(warnings), "errors": list(errors)}
        print(json.dumps(result, ensure_ascii=False, default=str))
        return
    print(text)
    for line in (*warnings, *errors):
        print(line, file=sys.stderr)


def tell(options: argparse.Namespace, *, zh: str, en: str) -> None:
    """Progress, one line on stderr; nothing with `--quiet`."""
    if not options.quiet:
        print(say(zh=zh, en=en), file=sys.stderr, flush=True)
