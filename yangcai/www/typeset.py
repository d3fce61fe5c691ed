"""How does a paper become a PDF? From the very HTML of its page, set with a font that comes with the program.

What the page says the PDF says: nothing is written twice. The same paper gives the same bytes (PDF/A-2b).
"""

import datetime
import json
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _

TEMPLATE = Path(__file__).parent / "sheet.typ"
#: Written without an end in HTML.
EMPTY = frozenset({"br"})
#: Says where something stands in a page, and nothing in a paper.
DROPPED = frozenset({"script", "style", "svg"})
#: White space between the parts of these is how somebody wrote the HTML.
BETWEEN = frozenset({"", "table", "thead", "tbody", "tr", "ul", "ol"})
CELLS = frozenset({"td", "th"})
#: Each begins a line of its own.
LINES = frozenset({"br", "p", "li", "tr"})
#: What HTML takes for one space. An ideographic one is none of them: it leaves room to write in by hand, and a hand
#: takes more room than a sign.
SPACE, ROOM, HAND = re.compile(r"[ \t\n\r\f]+"), "\u3000", 2.0
#: From here on signs are as wide as they are high; others take so much of that.
FULL_WIDTH, NARROW = "\u2e80", 0.55
#: What is said again for who does not see the page.
UNSEEN = "sr"
#: The typesetter is one at a time.
ONE = Lock()


@dataclass(frozen=True)
class Paper:
    """A paper to be set: `html` is the inside of its sheet, `signatures` rows of four texts, `words` what is said
    around them in the reader's language, `at` the moment that the file bears."""

    title: str
    number: str
    author: str
    html: str
    lang: str
    digest: str
    footer: str
    at: datetime.datetime
    words: dict[str, Any]
    signatures: list[list[str]] = field(default_factory=list)
    is_demo: bool = False

    @property
    def demo(self) -> str:
        """What stands above every page of a paper that is none."""
        return _("演示数据，不是真实采购") if self.is_demo else ""


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/A-2b."""
    told = {
        "title": paper.title,
        "number": paper.number,
        "author": paper.author,
        "lang": paper.lang,
        "digest": paper.digest,
        "footer": paper.footer,
        "words": paper.words,
        "signatures": paper.signatures,
        "demo": paper.demo,
        "body": tree(paper.html),
    }
    with ONE:
        made = _compiler().compile(
            sys_inputs={"paper": json.dumps(told, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=int(paper.at.timestamp()),
        )
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> Any:
    import noto_cjk_sans_otc  # 19 MB of font and the typesetter: only for who asks for a PDF
    import typst

    fonts = [str(Path(noto_cjk_sans_otc.__file__).parent)]
    return typst.Compiler(str(TEMPLATE), font_paths=fonts, ignore_system_fonts=True)


def tree(html: str) -> list[Any]:
    """Texts and elements of a sheet, as the template walks them: {tag, num, children}, a cell with how wide its words
    are on one line, in ems, and on how many lines somebody wrote them, and one of several columns with its span."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    _measure(reader.root)
    return list(reader.root["children"])


def _measure(node: dict[str, Any]) -> float:
    """How wide its widest line is: a Chinese sign takes an em, another half of one and a little."""
    line = widest = 0.0
    for one in node["children"]:
        if isinstance(one, str):
            line += sum(HAND if sign == ROOM else 1 if sign >= FULL_WIDTH else NARROW for sign in one)
        elif one["tag"] in EMPTY:
            line = 0
        else:
            line += _measure(one)
        widest = max(widest, line)
    if node["tag"] in CELLS:
        node["wide"], node["lines"] = widest, _lines(node)
    return widest


def _lines(node: dict[str, Any]) -> int:
    """On how many lines its words stand however wide it is: whoever wrote them broke them so."""
    inside = [one for one in node["children"] if not isinstance(one, str)]
    return max(1, sum(one["tag"] in LINES for one in inside) + sum(_lines(one) - 1 for one in inside))


class _Reader(HTMLParser):
    """Reads the HTML that our own templates write; white space between words is one space."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: dict[str, Any] = {"tag": "", "num": False, "children": []}
        self.open = [self.root]
        self.dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        classes = (told.get("class") or "").split()
        if tag in DROPPED or UNSEEN in classes or self.dropping:
            self.dropping += tag not in EMPTY
            return
        node: dict[str, Any] = {"tag": tag, "num": "num" in classes, "children": []}
        if (told.get("colspan") or "1") != "1":
            node["span"] = int(told["colspan"] or 1)
        self.open[-1]["children"].append(node)
        if tag not in EMPTY:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.dropping:
            self.dropping -= 1
        elif len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        here = self.open[-1]
        words = SPACE.sub(" ", data)
        if self.dropping or (words in {"", " "} and here["tag"] in BETWEEN):
            return
        here["children"].append(words)
