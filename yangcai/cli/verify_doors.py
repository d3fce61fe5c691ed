"""Which longer use does a short one of `yangcai verify` stand for? `FILE`, `--chain` and `--project ID` are doors only.

What they lead to is an ordinary verb with an ordinary help; where no log is named it is the one of this very site.
"""

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

#: The verb behind a file that is recognised by what is in it.
FILE = "file"
CHAIN, PROJECT = "--chain", "--project"
CASE = "case:"


def led(given: Sequence[str], *, verbs: Iterable[str], valued: Iterable[str]) -> list[str]:
    """The arguments behind `verify` as one of its verbs understands them. `valued`: options that a value follows."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    early.add_argument(CHAIN, action="store_true")
    early.add_argument(PROJECT, metavar="ID")
    try:
        found, rest = early.parse_known_args(list(given))
    except argparse.ArgumentError:
        return list(given)  # the parser of the verbs says what is wrong, in the reader's language
    if found.chain and found.project is not None:
        return list(given)
    words, options = _parted(rest, valued)
    if found.chain:
        return ["log", *(words or _own_log()), *options]
    if found.project is not None:
        case = f"{CASE}{found.project}" if found.project.isdecimal() else found.project
        return ["case", case, *(words or _own_log()), *options]
    if not words or words[0] in verbs or not _is_file(words[0]):
        return list(given)
    is_proved = any(option.startswith("--proof") for option in options)
    return [FILE, words[0], *(words[1:] or ([] if is_proved else _own_log())), *options]


def _is_file(word: str) -> bool:
    """Whether that can only be meant as a file; else it is a verb that was mistyped."""
    if Path(word).suffix != "" or os.sep in word:
        return True
    try:
        return Path(word).exists()
    except OSError:  # longer than any name can be
        return False


def _parted(given: Sequence[str], valued: Iterable[str]) -> tuple[list[str], list[str]]:
    """What is neither an option nor the value of one, and what is: the parser wants the first together."""
    words: list[str] = []
    options: list[str] = []
    rest = iter(given)
    for one in rest:
        if one in valued:
            options += [one, *[value for value in [next(rest, None)] if value is not None]]
        else:
            (options if one.startswith("-") else words).append(one)
    return words, options


def _own_log() -> list[str]:
    """The public log of this site, where there is one."""
    folder = Path(os.environ.get("YANGCAI_LOG") or Path(os.environ.get("YANGCAI_HOME", "var")) / "log")
    return [str(folder)] if (folder / "checkpoint").exists() else []
