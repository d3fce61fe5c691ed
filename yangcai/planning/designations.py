"""Does a text designate a product by its name, without the word 品牌: “指定使用华为交换机”?

A known brand after a verb that asks for it is refused; a brand that is an ordinary word besides, a brand that is only
mentioned, and a model of letters and figures are shown to whoever reviews the text, with the reason: they may be a
standard, or what stands in the house already."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from yangcai.planning.quoting import NOTHING, Hit, blanked, hit

BRANDS = Path(__file__).parent / "brands.yaml"
WORDS = Path(__file__).parent / "designations.yaml"
#: A shorter Latin name is one only in the letters in which it stands on products.
SHORT = 3
#: A model has at least so many signs.
LEAST = 5


@cache
def spellings() -> tuple[tuple[str, ...], ...]:
    """The names of each known brand."""
    return tuple(tuple(row) for row in yaml.safe_load(BRANDS.read_text(encoding="utf-8")))


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


def _one_of(words: list[str], *, short: int = 0) -> str:
    """A pattern of words, the longer first; Latin ones stand alone, and in whatever letters unless they are short."""
    return "|".join(_as_pattern(word, short=short) for word in sorted(words, key=len, reverse=True))


def _as_pattern(word: str, *, short: int) -> str:
    if not word[-1].isascii():
        return re.escape(word)
    letters = re.escape(word) if len(word) <= short else f"(?i:{re.escape(word)})"
    end = "" if word.endswith(":") else "(?![A-Za-z0-9])"
    return f"(?<![A-Za-z0-9]){letters}{end}"


def _asked(words: str, *, far: int) -> re.Pattern[str]:
    """A verb of designation that nothing takes back, and within `far` signs one of these words without an equal."""
    told = _words()
    verbs, before, between, equal = (_one_of(told[name]) for name in ("verbs", "before", "between", "equal"))
    return re.compile(
        rf"(?P<taken_back>(?:{before})[^,;。]{{0,6}}?)?(?:{verbs})(?:(?!{between})[^,;。不未无非(《号]){{0,{far}}}?(?P<name>{words})"
        rf"(?![^,;。]*(?:{equal}))"
    )


class _Patterns(NamedTuple):
    ordinary: re.Pattern[str]
    #: A known brand that is asked for, or only named.
    asked: re.Pattern[str]
    named: re.Pattern[str]
    standing: re.Pattern[str]
    #: By reason, in a text and in the name of a product.
    doubtful: tuple[tuple[str, re.Pattern[str]], ...]
    of_names: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def _patterns() -> _Patterns:
    told = _words()
    names = [name for row in spellings() for name in row]
    sure = _one_of([name for name in names if name not in told["ambiguous"]], short=SHORT)
    technical = "|".join(sorted(told["technical"], key=len, reverse=True))
    model = (
        rf"(?<![A-Za-z0-9/.-])(?<!采购)(?!(?i:{technical})(?![A-Za-z]))(?![A-Za-z]\d{{1,3}}[A-Za-z]?(?![A-Za-z0-9-]))(?=[A-Za-z0-9-]{{{LEAST}}})(?=[A-Za-z-]*\d)[A-Za-z]+[A-Za-z0-9]*"
        r"(?:-[A-Za-z0-9]+)*(?![A-Za-z0-9/])"
    )
    maybe = _one_of(told["ambiguous"], short=SHORT)
    return _Patterns(
        ordinary=re.compile("|".join(map(re.escape, told["ordinary"]))),
        asked=_asked(sure, far=8),
        named=re.compile(sure),
        standing=re.compile(_one_of(told["standing"])),
        doubtful=(
            ("known_brand", re.compile(sure)),
            ("ambiguous_brand", _asked(maybe, far=2)),
            ("model", _asked(model, far=8)),
        ),
        of_names=(("ambiguous_brand", re.compile(maybe)), ("model", re.compile(model))),
    )


def _first(pattern: re.Pattern[str], said: str, *, sentence: str) -> Hit:
    for found in pattern.finditer(said):
        if not found.groupdict().get("taken_back"):
            return hit(found, sentence=sentence)
    return NOTHING


def designated(sentence: str, *, is_name: bool = False, is_stated: bool = False) -> Hit:
    """The known brand that a sentence asks for; in the name of a product it is enough that it stands there.
    `is_stated`: so it is in a text that may not even state one, unless it tells what is there already."""
    given = _patterns()
    said = blanked(given.ordinary, sentence)
    asked = _first(given.named if is_name else given.asked, said, sentence=sentence)
    if asked or not is_stated:
        return asked
    stated = _first(given.named, said, sentence=sentence)
    return NOTHING if given.standing.search(stated.quoted) else stated


#: Why a place is shown to the reviewer: (code, Chinese, English).
REASONS = {
    "known_brand": ("提到了已知品牌", "A known brand is mentioned"),
    "ambiguous_brand": ("可能是品牌名称", "It may be the name of a brand"),
    "model": ("可能是特定产品的型号", "It may be the model of one product"),
}


def doubtful(sentence: str, *, is_name: bool = False) -> Iterator[tuple[str, Hit]]:
    """(reason, words) of what may point to one product and may as well not: for people to look at."""
    if designated(sentence, is_name=is_name):
        return
    given = _patterns()
    said = blanked(given.ordinary, sentence)
    for reason, pattern in given.of_names if is_name else given.doubtful:
        if found := _first(pattern, said, sentence=sentence):
            yield reason, found
