"""What stands on each page of a PDF, does everything stand inside its margins, and is all of it there?

By its words (`sheets`), and by its picture (`assert_margins_are_white`): a rule or a ground has no word.
"""

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest

from yangcai.www import typeset

#: A4 and the margins of official papers, in points.
WIDTH, HEIGHT = 595.276, 841.89
MARGIN_X, HEADER, FOOTER = 2 / 2.54 * 72, 2.4 / 2.54 * 72, 2.4 / 2.54 * 72
LEEWAY, HALF = 1.5, 6.0
#: Down to here stand what is above the text, from here on what is below it: one or two lines, one line.
HEAD_ENDS, FOOT_BEGINS, FOOT_ENDS = 48.0, 788.0, 806.0
#: So much of a word, both ways, may lie under another one: of their boxes, not of their ink.
SHARED = 2.5
#: Dots to the inch of the pictures of pages; what is darker than this is ink.
DPI, INK = 50, 225
#: A page with no more signs than this is one that a line was pushed onto.
LEAST = 40
OPENING, CLOSING = "（《“【〔", "）》”】〕，。；：、"
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


@dataclass(frozen=True)
class Sheet:
    """One page: the words above the text, the text, the words below it; all without white space."""

    header: str
    text: str
    footer: str


def sheets(content: bytes) -> list[Sheet]:
    """The pages of a PDF. Fails where a page is no A4, or a word stands outside of its margins or on another one."""
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)
    markup = re.sub(r"<!DOCTYPE[^>]*>|[\x00-\x08\x0b\x0c\x0e-\x1f]", "", told.stdout.decode())
    found = []
    for page in ElementTree.fromstring(markup).iter("{http://www.w3.org/1999/xhtml}page"):
        assert float(page.get("width") or 0) == pytest.approx(WIDTH, abs=1)
        assert float(page.get("height") or 0) == pytest.approx(HEIGHT, abs=1)
        parts = {"header": "", "text": "", "footer": ""}
        boxes: list[tuple[float, float, float, float, str]] = []
        for word in sorted(page, key=lambda one: (round(float(one.get("yMin") or 0)), float(one.get("xMin") or 0))):
            left, right, top, bottom = (float(word.get(name) or 0) for name in ("xMin", "xMax", "yMin", "yMax"))
            said = word.text or " "
            # Half of such a sign is empty, and at the edge of a line the empty half is outside.
            half = max(HALF, (bottom - top) / 2)
            before = half if said[0] in OPENING else LEEWAY
            behind = half if said[-1] in CLOSING else LEEWAY
            assert left >= MARGIN_X - before and right <= WIDTH - MARGIN_X + behind, f"cut: {said}"
            place = "header" if bottom <= HEAD_ENDS else "footer" if top >= FOOT_BEGINS else "text"
            if place == "text":
                assert top >= HEADER - 2 * LEEWAY and bottom <= HEIGHT - FOOTER + LEEWAY, f"off the text: {said}"
            assert top >= 0 and bottom <= FOOT_ENDS, f"cut: {said}"
            for other in boxes:
                over = min(right, other[1]) - max(left, other[0]), min(bottom, other[3]) - max(top, other[2])
                assert min(over) <= SHARED, f"{said} stands on {other[4]}"
            boxes.append((left, right, top, bottom, said))
            parts[place] += tight(word.text or "")
        found.append(Sheet(**parts))
    return found


def assert_margins_are_white(content: bytes) -> None:
    """Nothing at all reaches into the margins at the sides, nor above the head and below the foot of any page."""
    read = subprocess.run(["pdftoppm", "-r", str(DPI), "-gray"], input=content, capture_output=True, check=True).stdout
    scale, at, page = DPI / 72, 0, 0
    while at < len(read):
        head = re.compile(rb"P5\s(\d+)\s(\d+)\s255\s").match(read, at)
        assert head is not None
        width, height, page = int(head[1]), int(head[2]), page + 1
        rows = [read[head.end() + n * width : head.end() + (n + 1) * width] for n in range(height)]
        side, at = int((MARGIN_X - HALF) * scale), head.end() + width * height
        for n, row in enumerate(rows):
            where = f"page {page}, {n / scale:.0f} points from above"
            assert min(row[:side] + row[width - side :]) > INK, f"ink in the margin: {where}"
            is_text = 20 * scale < n < FOOT_ENDS * scale
            assert is_text or min(row) > INK, f"ink outside: {where}"
    assert page


def checked(
    content: bytes, *, number: str, code: str, digest: str, says: tuple[str, ...], html: str = ""
) -> list[Sheet]:
    """Every page has its number above, and below its code and which page of how many it is, and nothing else; the last
    has the digest; `says` stands somewhere, and so does every sign of `html`. All without white space."""
    found = sheets(content)
    assert found
    assert_margins_are_white(content)
    below = {sheet.footer.removesuffix(f"{n}/{len(found)}") for n, sheet in enumerate(found, start=1)}
    assert len(below) == 1, f"something else stands at the foot of a page: {below}"
    for n, sheet in enumerate(found, start=1):
        assert tight(number) in sheet.header, f"page {n}: {sheet.header}"
        assert sheet.header.count(tight(number)) == 1
        assert sheet.footer.endswith(f"{n}/{len(found)}"), f"page {n}: {sheet.footer}"
        assert not code or tight(code) in sheet.footer, f"page {n}: {sheet.footer}"
        assert len(sheet.text) > LEAST, f"page {n} is all but empty: {sheet.text}"
    text = "".join(sheet.text for sheet in found)
    assert tight(digest) in found[-1].text, "the digest stands on the last page"
    missing = Counter(tight(_words(typeset.tree(html)))) - Counter(text)
    assert not missing, f"of what the page says the paper lacks {missing}"
    for wanted in (digest, *says):
        assert tight(wanted) in text, wanted
    return found


def _words(nodes: list[Any]) -> str:
    return "".join(one if isinstance(one, str) else _words(one["children"]) for one in nodes)


def tight(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")
