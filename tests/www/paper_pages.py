"""What stands on each page of a PDF, and does everything stand inside its margins?"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

#: A4 and the margins of official papers, in points.
WIDTH, HEIGHT = 595.276, 841.89
MARGIN_X, HEADER, FOOTER = 2 / 2.54 * 72, 2.4 / 2.54 * 72, 2.4 / 2.54 * 72
LEEWAY, HALF = 1.5, 6.0
OPENING, CLOSING = "（《“【〔", "）》”】〕，。；：、"
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


@dataclass(frozen=True)
class Sheet:
    """One page: the words above the text, the text, the words below it; all without white space."""

    header: str
    text: str
    footer: str


def sheets(content: bytes) -> list[Sheet]:
    """The pages of a PDF. Fails where a page is no A4 or a word stands outside of its margins."""
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)
    markup = re.sub(r"<!DOCTYPE[^>]*>|[\x00-\x08\x0b\x0c\x0e-\x1f]", "", told.stdout.decode())
    found = []
    for page in ElementTree.fromstring(markup).iter("{http://www.w3.org/1999/xhtml}page"):
        assert float(page.get("width") or 0) == pytest.approx(WIDTH, abs=1)
        assert float(page.get("height") or 0) == pytest.approx(HEIGHT, abs=1)
        parts = {"header": "", "text": "", "footer": ""}
        for word in sorted(page, key=lambda one: (round(float(one.get("yMin") or 0)), float(one.get("xMin") or 0))):
            left, right, top, bottom = (float(word.get(name) or 0) for name in ("xMin", "xMax", "yMin", "yMax"))
            said = word.text or " "
            # Half of such a sign is empty, and at the edge of a line the empty half is outside.
            before = HALF if said[0] in OPENING else LEEWAY
            behind = HALF if said[-1] in CLOSING else LEEWAY
            assert left >= MARGIN_X - before and right <= WIDTH - MARGIN_X + behind, f"cut: {said}"
            assert top >= 0 and bottom <= HEIGHT, f"cut: {word.text}"
            middle = (top + bottom) / 2
            place = "header" if middle < HEADER - 6 else "footer" if middle > HEIGHT - FOOTER else "text"
            parts[place] += tight(word.text or "")
        found.append(Sheet(**parts))
    return found


def checked(content: bytes, *, number: str, code: str, digest: str, says: tuple[str, ...]) -> list[Sheet]:
    """Every page has its number above, and below its code and which page of how many it is; the last has the digest;
    `says` stands somewhere. All without white space."""
    found = sheets(content)
    assert found
    for n, sheet in enumerate(found, start=1):
        assert tight(number) in sheet.header, f"page {n}: {sheet.header}"
        assert sheet.header.count(tight(number)) == 1
        assert sheet.footer.endswith(f"{n}/{len(found)}"), f"page {n}: {sheet.footer}"
        assert not code or tight(code) in sheet.footer, f"page {n}: {sheet.footer}"
        assert sheet.text, f"page {n} is empty"
    text = "".join(sheet.text for sheet in found)
    for wanted in (digest, *says):
        assert tight(wanted) in text, wanted
    return found


def tight(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")
