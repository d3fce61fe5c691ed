"""How is a Chinese text found by any part of a word? By its pairs of characters, in a PostgreSQL text index."""

import re
from collections.abc import Iterator
from typing import Any

#: A run of hanzi, or a run of Latin letters and digits (project numbers, model names).
RUN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U000323af]+|[0-9A-Za-z]+")
#: One row's text; longer texts are cut, as tsvector holds 1 MB.
MAX_CHARACTERS = 20_000
#: One Latin word; PostgreSQL takes no lexeme above 2 KB.
MAX_WORD = 64


def lexemes(text: str) -> set[str]:
    """Every hanzi, every pair of neighbouring hanzi, every Latin word in lower case."""
    found: set[str] = set()
    for run in RUN.findall(text[:MAX_CHARACTERS]):
        if run[0].isascii():
            found.add(run.lower()[:MAX_WORD])
        else:
            found.update(run)
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def query(text: str) -> str:
    """A tsquery that wants all of it: pairs for hanzi (one character alone stands for itself), prefixes for words.

    Empty when the text holds nothing that can be searched for.
    """
    wanted: list[str] = []
    for run in RUN.findall(text[:200]):
        if run[0].isascii():
            wanted.append(f"'{run.lower()[:MAX_WORD]}':*")
        elif len(run) == 1:
            wanted.append(f"'{run}'")
        else:
            wanted += [f"'{run[i : i + 2]}'" for i in range(len(run) - 1)]
    return " & ".join(dict.fromkeys(wanted))


def texts(facts: Any) -> Iterator[str]:
    """Every text inside frozen facts."""
    if isinstance(facts, str):
        yield facts
    elif isinstance(facts, dict):
        for value in facts.values():
            yield from texts(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from texts(value)
