"""How does a paper become a file that an official goes on writing in? The tree that is set as PDF, written as DOCX."""

import io
import re
from typing import Any

import docx as library
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from yangcai.www.typeset import Paper, tree

#: The fonts of official papers; whoever lacks them sees its own.
LATIN, CHINESE = "Times New Roman", "仿宋"
#: What XML 1.0 cannot hold; nothing that anybody can see.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BOLD = frozenset({"b", "strong", "th"})


def written(paper: Paper) -> bytes:
    """The paper as DOCX: A4, its number above, page numbers and code below every page."""
    document = library.Document()
    _prepare(document, paper)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(clean(paper.title))
    run.bold, run.font.size = True, Pt(18)
    _blocks(document, tree(paper.html))
    if paper.signatures:
        document.add_heading(clean(paper.words["signatures"]), level=1)
        _grid(document, [paper.words["columns"], *paper.signatures])
    document.add_heading(clean(paper.words["proof"]), level=1)
    for words in (paper.words["what_is_signed"], paper.digest, paper.words["verify"]):
        document.add_paragraph(clean(words))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return UNWRITABLE.sub("", text)


def _prepare(document: Document, paper: Paper) -> None:
    """Page, fonts, what stands above and below, and what the file says of itself."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    for name in ("Normal", "Heading 1", "Heading 2"):
        font = document.styles[name].font
        font.name = LATIN
        document.styles[name].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), CHINESE)
        font.color.rgb = None
    document.styles["Normal"].font.size = Pt(12)
    properties = document.core_properties
    properties.title, properties.author = clean(paper.title), clean(paper.author)
    properties.created = properties.modified = paper.at.replace(tzinfo=None)
    head = section.header.paragraphs[0]
    head.text = clean(f"{paper.number}　{paper.demo}" if paper.is_demo else paper.number)
    foot = section.footer.paragraphs[0]
    foot.add_run(clean(f"{paper.footer}　"))
    _field(foot, "PAGE")
    foot.add_run(" / ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that the word processor counts."""
    run = paragraph.add_run()
    for kind in ("begin", "instr", "end"):
        mark = OxmlElement("w:instrText" if kind == "instr" else "w:fldChar")
        if kind == "instr":
            mark.text = name
        else:
            mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)


def _blocks(document: Document, nodes: list[Any]) -> None:
    for node in nodes:
        if isinstance(node, str):
            if node.strip():
                document.add_paragraph(clean(node))
        elif node["tag"] in ("h2", "h3"):
            document.add_heading(clean(_text(node)), level=1 if node["tag"] == "h2" else 2)
        elif node["tag"] == "p":
            _runs(document.add_paragraph(), node["children"])
        elif node["tag"] in ("ul", "ol"):
            style = "List Bullet" if node["tag"] == "ul" else "List Number"
            for item in _elements(node):
                _runs(document.add_paragraph(style=style), item["children"])
        elif node["tag"] == "table":
            _table(document, node)
        else:
            _blocks(document, node["children"])


def _elements(node: Any) -> list[Any]:
    return [one for one in node["children"] if not isinstance(one, str)]


def _text(node: Any) -> str:
    if isinstance(node, str):
        return node
    return "\n" if node["tag"] == "br" else "".join(_text(child) for child in node["children"])


def _runs(paragraph: Paragraph, nodes: list[Any], *, bold: bool = False) -> None:
    for node in nodes:
        if isinstance(node, str):
            paragraph.add_run(clean(node)).bold = bold or None
        elif node["tag"] == "br":
            paragraph.add_run().add_break()
        else:
            _runs(paragraph, node["children"], bold=bold or node["tag"] in BOLD)


def _table(document: Document, node: Any) -> None:
    """Rows of cells; a cell that spans several takes their places."""
    for caption in (one for one in _elements(node) if one["tag"] == "caption"):
        _runs(document.add_paragraph(), caption["children"], bold=True)
    rows = [row for part in _elements(node) if part["tag"] != "caption" for row in _elements(part)]
    columns = max((sum(cell.get("span", 1) for cell in _elements(row)) for row in rows), default=0)
    if not columns:
        return
    table = document.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    for row in rows:
        cells = table.add_row().cells
        place = 0
        for cell in _elements(row):
            last = min(place + cell.get("span", 1), columns) - 1
            written = cells[place].merge(cells[last]) if last > place else cells[place]
            paragraph = written.paragraphs[0]
            if cell["num"]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _runs(paragraph, cell["children"], bold=cell["tag"] in BOLD)
            place = last + 1


def _grid(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for number, row in enumerate(rows):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(clean(words)).bold = number == 0 or None
