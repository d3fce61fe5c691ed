"""What words stand on the pages of a PDF, as far as its own fonts tell which letters they draw?

Only what a file says itself is believed: a map from its glyphs to letters, or an encoding with a name. Nothing is
guessed and no picture is looked into; whether all was read is told beside the text. A file comes from a bidder: what it
may unpack to, how many pages are read and how much work they are has a limit. What the library does before and between,
nobody counts: whoever serves others has it read in a process of its own (kernel/confined.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any

#: So many pages are read, and forms within forms; so many letters of a font are looked up, and letters of one code.
PAGES, DEPTH, LETTERS, LIGATURE = 500, 4, 70_000, 32
#: So many steps are taken for a file, some seconds of them: what is shown, as often as it is shown, and what fonts say.
STEPS = 4_000_000
#: To look up a font or a form in the file is as much work as so many steps.
LOOK = 50
#: The map of a font may be so long, in bytes, and name so many ranges of codes.
MAP_BYTES, RANGES = 2 * 2**20, 100
#: What one stream, and a whole file, may unpack to, in bytes.
STREAM_BYTES, FILE_BYTES = 16 * 2**20, 96 * 2**20
#: A gap wider than this between two glyphs (thousandths of the size of the letters) is a space.
GAP = 180
#: The most that may be missing of what a font tells, where it counts as read: now and then a space has no letter.
MISSING = 0.1
#: Encodings by name: one byte for a letter, or as Chinese programs write them.
SIMPLE = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
CHINESE = {
    "/GB-EUC-H": "gb2312",
    "/GBK-EUC-H": "gbk",
    "/GBKp-EUC-H": "gbk",
    "/GBK2K-H": "gb18030",
    "/UniGB-UCS2-H": "utf-16-be",
    "/UniGB-UTF16-H": "utf-16-be",
}
_HAN = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BETWEEN_HAN = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(
    rb"[\x00\t\n\f\r ]+|%[^\r\n]*"
    rb"|(?P<mark><<|>>|[\[\]{}])|/(?P<name>[^\x00\t\n\f\r ()<>\[\]{}/%]*)|<(?P<hex>[0-9A-Fa-f\x00\t\n\f\r ]*)>"
    rb"|(?P<text>\()|(?P<word>[^\x00\t\n\f\r ()<>\[\]{}/%]+)|."
)
_BRACKET = re.compile(rb"[()\\]")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_END_OF_PICTURE = re.compile(rb"[\x00\t\n\f\r ]EI(?=[\x00\t\n\f\r ]|$)")
_BEGIN = re.compile(rb"begin(codespacerange|bfchar|bfrange)")
_IN_BLOCK = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")
#: Operators that begin somewhere else on the page.
_MOVES = frozenset({b"Td", b"TD", b"Tm", b"T*", b"BT", b"ET", b"'", b'"'})


@dataclass
class Told:
    """The text page by page. `is_whole`: no page is a mere picture, and the fonts tell their letters."""

    pages: list[str] = field(default_factory=list)
    is_whole: bool = True


class _Enough(Exception):
    """All steps are taken that a file is worth."""


class _Steps:
    """How many steps are left for a file."""

    def __init__(self) -> None:
        self.left = STEPS

    def take(self, number: int = 1) -> None:
        self.left -= number
        if self.left < 0:
            raise _Enough


def read(content: bytes) -> Told:
    """The words of a PDF, as far as its steps go. Raises ValueError for what is none, is locked, or unpacks to far too
    much."""
    from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
    from pyhanko.pdf_utils.reader import PdfFileReader  # slow to import: only for who searches

    limits = DecodeLimits(
        per_stream=StreamDecodeLimits(max_output_size=STREAM_BYTES),
        document_budget=DocumentDecodeBudget(base_allowance=FILE_BYTES, max_ratio=0),
    )
    try:
        reader = PdfFileReader(BytesIO(content), strict=False, decode_limits=limits)
        if reader.encrypted:
            raise ValueError("locked")
        told = Told()
        try:
            _read_pages(reader, told, steps=_Steps())
        except _Enough:
            told.is_whole = False
    except Exception as error:  # whatever a damaged file makes of a parser
        raise ValueError("no PDF that can be read") from error
    return told


def plainly(content: bytes) -> dict[str, Any]:
    """The same as data, for a process of its own (kernel/confined.py)."""
    return asdict(read(content))


def _read_pages(reader: Any, told: Told, *, steps: _Steps) -> None:
    fonts: dict[Any, _Letters] = {}
    pages = _pages(reader.root["/Pages"], {}, depth=0, steps=steps)
    for page, resources in islice(pages, PAGES):
        words = _Words(fonts, steps)
        words.walk(_contents_of(page, steps), resources, depth=0)
        text = _joined("".join(words.found))
        told.pages.append(text)
        is_picture = bool(words.pictures) and not text
        told.is_whole &= not is_picture and words.missing <= MISSING * words.shown
    told.is_whole &= next(pages, None) is None


def _pages(node: Any, inherited: Any, *, depth: int, steps: _Steps) -> Iterator[tuple[Any, Any]]:
    """Each page with what it may use. Raises ValueError for a tree that is no tree."""
    steps.take(LOOK)
    if depth > 50:
        raise ValueError("pages within pages")
    resources = _of(node, "/Resources", inherited)
    if "/Kids" not in node:
        yield node, resources
        return
    for kid in node["/Kids"]:
        yield from _pages(kid.get_object(), resources, depth=depth + 1, steps=steps)


def _of(node: Any, key: str, otherwise: Any = None) -> Any:
    """What stands under a key, itself and not where it is to be found."""
    return node[key] if key in node else otherwise  # noqa: SIM401  # `get` would say where it is


def _contents_of(page: Any, steps: _Steps) -> Iterator[bytes]:
    """Its parts one by one: the same may be named a million times."""
    content = _of(page, "/Contents")
    for part in content if isinstance(content, list) else [content]:
        steps.take(LOOK)
        if part is not None:
            yield part.get_object().data


def _joined(text: str) -> str:
    """As a person reads it: a line that ends within Chinese words goes on in the next."""
    return _SPACE.sub(" ", _BETWEEN_HAN.sub("", text)).strip()


class _Words:
    """What is shown by one page, and by the forms that it uses."""

    def __init__(self, fonts: "dict[Any, _Letters]", steps: _Steps) -> None:
        self.fonts, self.steps = fonts, steps
        self.found: list[str] = []
        self.shown = self.missing = self.pictures = 0

    def walk(self, contents: Iterable[bytes], resources: Any, *, depth: int) -> None:
        letters: _Letters = UNTOLD
        kept: list[_Letters] = []
        given: list[Any] = []
        for kind, value in (token for content in contents for token in _tokens(content, self.steps)):
            if kind != "do":
                given.append(value)
                continue
            if value in _MOVES:
                self.found.append("\n")
            match value:
                case b"Tf" if len(given) > 1:
                    letters = self._font(resources, given[-2])
                case b"Tj" | b"'" | b'"' | b"TJ":
                    self._show(given, letters)
                case b"q":
                    kept.append(letters)
                case b"Q" if kept:
                    letters = kept.pop()
                case b"ID":
                    self.pictures += 1
                case b"Do" if given:
                    self._form(resources, given[-1], depth=depth)
            given = []

    def _show(self, given: list[Any], letters: "_Letters") -> None:
        for one in given:
            if isinstance(one, bytes):
                self.steps.take(len(one) * letters.cost)
                text, codes, missing = letters.read(one)
                self.found.append(text)
                self.shown += codes
                self.missing += missing
            elif isinstance(one, float) and one < -GAP:
                self.found.append(" ")

    def _font(self, resources: Any, name: Any) -> "_Letters":
        self.steps.take(LOOK)
        fonts = _of(resources, "/Font", {})
        if f"/{name}" not in fonts:
            return UNTOLD
        raw = fonts.raw_get(f"/{name}")
        key = getattr(raw, "idnum", None) or id(raw)
        if key not in self.fonts:
            self.fonts[key] = _letters_of(fonts[f"/{name}"], self.steps)
        return self.fonts[key]

    def _form(self, resources: Any, name: Any, *, depth: int) -> None:
        self.steps.take(LOOK)
        form = _of(_of(resources, "/XObject", {}), f"/{name}")
        if form is None:
            return
        self.pictures += _of(form, "/Subtype") == "/Image"
        if _of(form, "/Subtype") == "/Form" and depth < DEPTH:
            self.walk([form.data], _of(form, "/Resources", resources), depth=depth + 1)


def _tokens(content: bytes, steps: _Steps) -> Iterator[tuple[str, Any]]:
    """("given", string as bytes, number as float or name as str) and ("do", operator)."""
    at, end = 0, len(content)
    while at < end:
        found = _TOKEN.match(content, at)
        if found is None:
            return
        steps.take(1 + (found.end() - at) // 16)
        at = found.end()
        match found.lastgroup:
            case "text":
                string, at = _string(content, at, steps)
                yield "given", string
            case "hex":
                digits = re.sub(rb"\s|\x00", b"", found["hex"])
                yield "given", bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
            case "name":
                yield (
                    "given",
                    re.sub(r"#([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), found["name"].decode("latin-1")),
                )
            case "word":
                word = found["word"]
                if word == b"ID":  # a picture within the page: what follows is no text
                    after = _END_OF_PICTURE.search(content, at)
                    at = after.end() if after else end
                    yield "do", word
                elif word[:1] in b"+-.0123456789":
                    yield "given", _number(word)
                else:
                    yield "do", word


def _number(word: bytes) -> float:
    try:
        return float(word)
    except ValueError:
        return 0.0


def _string(content: bytes, at: int, steps: _Steps) -> tuple[bytes, int]:
    """A string that begins before `at`, whose brackets may hold others; and where it ends."""
    begins, open_brackets = at, 1
    while open_brackets:
        found = _BRACKET.search(content, at)
        if found is None:
            raise ValueError("a string without an end")
        steps.take()
        at = found.end() + (found[0] == b"\\")
        open_brackets += {b"(": 1, b")": -1}.get(found[0], 0)
    return _ESCAPE.sub(_unescaped, content[begins : at - 1]), at


def _unescaped(found: re.Match[bytes]) -> bytes:
    told = found[1]
    return bytes([int(told, 8) & 0xFF]) if b"0" <= told[:1] < b"8" else _ESCAPED.get(told, told)


@dataclass(frozen=True)
class _Letters:
    """Which letters the codes of one font mean: by a map, or by an encoding with a name; or nobody knows."""

    by_code: Mapping[tuple[int, int], str] = field(default_factory=dict)
    ranges: tuple[tuple[int, int, int], ...] = ()
    encoding: str = ""
    #: The most steps that one byte may be: as many ranges are tried, or as many letters come of it.
    cost: int = 1

    def read(self, codes: bytes) -> tuple[str, int, int]:
        """The text, how many codes there were, and how many of them mean nothing that is known."""
        if self.encoding:
            text = codes.decode(self.encoding, "replace")
            return text, len(text), text.count("\ufffd")
        letters, at, count, missing = [], 0, 0, 0
        while at < len(codes):
            width, code = self._code(codes, at)
            at, count = at + width, count + 1
            letter = self.by_code.get((width, code))
            missing += letter is None
            letters.append(" " if letter is None else letter)
        return "".join(letters), count, missing

    def _code(self, codes: bytes, at: int) -> tuple[int, int]:
        for width, low, high in self.ranges:
            code = int.from_bytes(codes[at : at + width], "big")
            if low <= code <= high and at + width <= len(codes):
                return width, code
        return (self.ranges[0][0] if self.ranges else 1), -1


UNTOLD = _Letters()


def _letters_of(font: Any, steps: _Steps) -> _Letters:
    """By the font's own map, else by the name of its encoding."""
    is_simple = _of(font, "/Subtype") != "/Type0"
    told = _of(font, "/ToUnicode")
    if told is not None and hasattr(told, "data"):
        steps.take(len(told.data) // 2)
        return _by_map(told.data, is_simple=is_simple) if len(told.data) <= MAP_BYTES else UNTOLD
    encoding = _of(font, "/Encoding")
    name = str(encoding) if isinstance(encoding, str) else ""
    return _Letters(encoding=(SIMPLE if is_simple else CHINESE).get(name, ""))


def _by_map(source: bytes, *, is_simple: bool) -> _Letters:
    """A CMap: ranges of codes, and the letters of single codes and of ranges. Of a simple font a code is one byte."""
    ranges: list[tuple[int, int, int]] = [(1, 0, 255)] if is_simple else []
    letters: dict[tuple[int, int], str] = {}
    written = 0
    for kind, block in _blocks(source):
        said = _in_block(block)
        step = 2 if kind != b"bfrange" else 3
        for one in (said[n : n + step] for n in range(0, len(said) - step + 1, step)):
            low = one[0]
            if not isinstance(low, bytes) or written > LETTERS:
                continue
            width, first = (1 if is_simple else len(low)), int.from_bytes(low, "big")
            last = int.from_bytes(one[1], "big") if isinstance(one[1], bytes) else first
            if kind == b"codespacerange":
                ranges += [] if is_simple or len(ranges) == RANGES else [(width, first, last)]
            elif kind == b"bfchar":
                letters[width, first] = _letter(one[1])
                written += 1
            elif isinstance(one[2], list):
                letters |= {(width, first + n): _letter(letter) for n, letter in enumerate(one[2])}
                written += len(one[2])
            else:
                base = _letter(one[2])
                many = max(min(last - first + 1, 0x10000), 0)
                for n in range(many):
                    letters[width, first + n] = base[:-1] + chr(min(ord(base[-1:] or " ") + n, 0x10FFFF))
                written += many
    cost = max(len(ranges), max(map(len, letters.values()), default=1), 1)
    return _Letters(letters, tuple(sorted(ranges)), cost=cost)


def _blocks(source: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The blocks of a CMap by their kind, up to one that does not end."""
    at = 0
    while found := _BEGIN.search(source, at):
        end = source.find(b"end" + found[1], found.end())
        if end < 0:
            return
        yield found[1], source[found.end() : end]
        at = end


def _in_block(block: bytes) -> list[Any]:
    """The strings of a block of a CMap, those in brackets as a list."""
    found: list[Any] = []
    inside: list[bytes] | None = None
    for digits, opens, closes in _IN_BLOCK.findall(block):
        if opens:
            inside = []
        elif closes and inside is not None:
            found.append(inside)
            inside = None
        else:
            plain = re.sub(rb"\s", b"", digits)
            (found if inside is None else inside).append(bytes.fromhex((plain + b"0" * (len(plain) % 2)).decode()))
    return found


def _letter(told: Any) -> str:
    return told[: 2 * LIGATURE].decode("utf-16-be", "replace") if isinstance(told, bytes) else ""
