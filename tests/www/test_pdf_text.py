"""Are the words of a PDF found as a person reads them, and is it said where a file does not tell its letters?"""

import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import noto_cjk_sans_otc
import pytest
import typst

from yangcai.www.work import pdf_text

FONT = str(Path(noto_cjk_sans_otc.__file__).parent)
#: A font as a Chinese program writes it, whose encoding has a name; and one that tells nothing of its letters.
GBK = b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /GBK-EUC-H >>"
LATIN = b"<< /Type /Font /Subtype /TrueType /BaseFont /A /Encoding /WinAnsiEncoding >>"
MUTE = b"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+A /Encoding /Identity-H >>"
MAP = b"""begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange
2 beginbfchar <0001> <949B> <0005> <00660069> endbfchar
2 beginbfrange <0002> <0003> <5408> <0010> <0011> [<91D1> <0041>] endbfrange endcmap"""


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >> stream\n%s\nendstream" % (len(content), more, content)


def pdf(
    *contents: bytes,
    font: bytes = GBK,
    more: bytes = b"null",
    trailer: bytes = b"",
    instead: Mapping[int, bytes] = MappingProxyType({}),
) -> bytes:
    """Pages with one font (object 3) and one more object (4); `instead`: what stands in the place of other objects."""
    keys = range(5, 5 + 2 * len(contents), 2)
    kids = b" ".join(b"%d 0 R" % key for key in keys)
    uses = b"/Resources << /Font << /F1 3 0 R >> /XObject << /X1 4 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 1 %s >>" % (kids, uses),
        font,
        more,
    ]
    for key, content in zip(keys, contents, strict=True):
        objects.append(b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R >>" % (key + 1))
        objects.append(content if content.endswith(b"endstream") else stream(content))
    made, offsets = b"%PDF-1.7\n", []
    for n, one in enumerate(objects, start=1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (n, instead.get(n, one))
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(offsets) + 1
    end = b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (size, rows, end)


def shown(text: str) -> bytes:
    return b"BT /F1 12 Tf (" + text.encode("gbk") + b") Tj ET"


def test_what_a_typesetter_makes_is_read_page_by_page(tmp_path: Path) -> None:
    """A sentence that is broken over lines is one sentence; a heading, a table and Latin words are there."""
    source = tmp_path / "a.typ"
    words = "本方案采用钛合金结构，全部设备提供三年质保和七乘二十四小时响应。"
    table = "#table(columns: 2, [品牌], [恒业机电], [型号], [HY-200])"
    text = f'#set text(font: "Noto Sans CJK SC")\n= 技术方案\n{words * 5}\n#pagebreak()\nISO 9001 certificate\n{table}'
    source.write_text(text, encoding="utf-8")
    told = pdf_text.read(typst.compile(str(source), font_paths=[FONT], ignore_system_fonts=True))
    first, second = told.pages
    assert told.is_whole and words * 5 in first and first.startswith("技术方案")
    assert "ISO 9001 certificate" in second and "恒业机电" in second and "HY-200" in second


def test_a_font_tells_its_letters_by_the_name_of_its_encoding() -> None:
    assert pdf_text.read(pdf(shown("钛合金支架"))) == pdf_text.Told(["钛合金支架"], is_whole=True)
    escaped = rb"BT /F1 1 Tf (a\(b\051 \\ \(c\)) Tj [(IS) -20 (O) -400 (9001)] TJ T* <436166E9> Tj ET"
    assert pdf_text.read(pdf(escaped, font=LATIN)).pages == ["a(b) \\ (c)ISO 9001 Café"]


def test_a_font_tells_its_letters_by_its_own_map() -> None:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /ToUnicode 4 0 R >>"
    content = b"BT /F1 1 Tf <0001000200100005> Tj <0011> Tj ET"
    assert pdf_text.read(pdf(content, font=font, more=stream(MAP))).pages == ["钛合金fiA"]


def test_what_a_form_within_the_page_shows_is_read() -> None:
    form = stream(shown("合格"), b"/Type /XObject /Subtype /Form")
    assert pdf_text.read(pdf(shown("检验") + b" q /X1 Do Q", more=form)).pages == ["检验合格"]


@pytest.mark.parametrize(
    ("content", "font", "more"),
    [
        (b"BT /F1 1 Tf <00010002> Tj ET", MUTE, b"null"),
        (b"q /X1 Do Q", GBK, stream(b"\xff\xd8", b"/Type /XObject /Subtype /Image")),
        (b"q BI /W 1 /H 1 ID \x00(\x01 EI Q", GBK, b"null"),
    ],
    ids=["nobody knows the letters", "a scan", "a picture in the page"],
)
def test_it_is_said_where_not_all_is_told(content: bytes, font: bytes, more: bytes) -> None:
    told = pdf_text.read(pdf(content, font=font, more=more))
    assert not told.is_whole and told.pages == [""]


def test_an_empty_page_hides_nothing() -> None:
    assert pdf_text.read(pdf(b"q Q")) == pdf_text.Told([""], is_whole=True)


def test_words_beside_a_picture_in_the_page_are_read() -> None:
    told = pdf_text.read(pdf(shown("质保") + b" BI /W 1 ID \x00(\x01 EI " + shown("三年")))
    assert told == pdf_text.Told(["质保三年"], is_whole=True)


BOMB = zlib.compress(b" " * (pdf_text.STREAM_BYTES + 1))
ROUND = pdf(shown("甲")).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
LOCKED = pdf(shown("甲"), more=b"<< /Filter /Standard /V 1 /R 2 >>", trailer=b"/Encrypt 4 0 R")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        pdf(shown("甲"))[:-120],
        pdf(b"BT (a"),
        pdf(stream(BOMB, b"/Filter /FlateDecode")),
        ROUND,
        LOCKED,
    ],
    ids=["nothing", "a head", "cut off", "an open string", "a bomb", "a ring of pages", "locked"],
)
def test_what_is_no_pdf_or_too_much_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no PDF"):
        pdf_text.read(content)


TYPED = b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /ToUnicode 4 0 R >>"
FORM = b"/Type /XObject /Subtype /Form"
LONG = b"begincmap 1 beginbfchar <0001> <%s> endbfchar 1 begincodespacerange <0000> <FFFF> endcodespacerange"
AGAIN = b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange %s endcmap"
RANGE = b"1 beginbfrange <0000> <FFFF> <0041> endbfrange\n"


def parts_named_again(times: int) -> bytes:
    """One page whose content is the same stream, over and over."""
    page = b"<< /Type /Page /Parent 2 0 R /Contents [%s] >>" % (b"6 0 R " * times)
    return pdf(shown("甲" * 200_000), instead={5: page})


def pages_that_are_none(depth: int) -> bytes:
    """A tree whose every node stands twice in the one above, and which has no page."""
    nodes = {n: b"<< /Type /Pages /Kids [%d 0 R %d 0 R] >>" % (n + 1, n + 1) for n in range(5, 5 + depth)}
    return pdf(*[b"q Q"] * depth, instead={**nodes, 5 + depth: b"<< /Type /Pages /Kids [] >>"})


@pytest.mark.long
@pytest.mark.parametrize(
    "content",
    [
        parts_named_again(1000),
        pages_that_are_none(40),
        pdf(b"/X1 Do " * 300, more=stream(b"/X1 Do " * 300, FORM)),
        pdf(b"BT /F1 1 Tf <%s> Tj ET" % (b"0001" * 40_000), font=TYPED, more=stream(LONG % (b"0041" * 100_000))),
        pdf(b"BT /F1 1 Tf <0001> Tj ET", font=TYPED, more=stream(b"beginbfchar " * 100_000)),
        pdf(b"BT /F1 1 Tf <0001> Tj ET", font=TYPED, more=stream(AGAIN % (RANGE * 2000))),
    ],
    ids=["a part", "a tree", "forms in forms", "a letter of a book", "blocks without an end", "a range"],
)
def test_little_that_is_much_work_is_read_so_far_and_no_further(content: bytes) -> None:
    """Each would keep a process for minutes, or fill its memory: one small file of one bidder among all of them."""
    before = time.process_time()
    pdf_text.read(content)
    assert time.process_time() - before < 30
    told = pdf_text.read(pdf(shown("甲"), shown("乙")))
    assert told == pdf_text.Told(["甲", "乙"], is_whole=True)
