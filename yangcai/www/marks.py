"""How is written what stands on a page a hundred times: an article, a reason, a cell of a table, a post to choose?

Where a template is made for each of them, that takes longer than the rest of the page. So these are functions; the
larger components have their templates. Whatever they are given is escaped, as a template does it.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any
from urllib.parse import quote

from django.template.defaultfilters import linebreaksbr
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yangcai.kernel.refusals import Citation, Refusal, in_chinese
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.www import formats, icons
from yangcai.www.escaping import escaped, filled
from yangcai.www.work.tables import Cell, Line, Table

NOTHING = mark_safe("")
#: Chinese in a line: a sign, and what goes on without a space up to the last one of its name or sentence.
CHINESE = re.compile(
    r"[\u3400-\u9fff](?:[\u3000-\u303f\u3400-\u9fff\uff00-\uffef\w·“”().-]*[\u3400-\u9fff\u3009-\u3011\uff09\w])?"
)
POST = '<option value="{}" lang="zh-Hans"{}>{} {}</option>'
#: The icon that stands beside a word of this tone.
TONE_ICONS = {"ok": "check", "warn": "clock", "bad": "triangle-alert", "info": "info"}


def marked(text: Any) -> SafeString:
    """A line in which a sentence of ours and what somebody wrote stand together: on a page in another language, what is
    Chinese in it is marked as Chinese."""
    line = str(text)
    if in_chinese() or isinstance(text, SafeString) or CHINESE.search(line) is None:
        return escaped(line)
    made, at = NOTHING, 0
    for found in CHINESE.finditer(line):
        made += filled('{}<span lang="zh-Hans">{}</span>', line[at : found.start()], found[0])
        at = found.end()
    return made + escaped(line[at:])


def its_lang(text: Any) -> SafeString:
    """The attribute of a control on a page in another language that holds something Chinese: inside of it nothing can
    be marked."""
    is_chinese = not in_chinese() and isinstance(text, str | Promise) and CHINESE.search(str(text))
    return mark_safe(' lang="zh-Hans"') if is_chinese else NOTHING


def citation(c: Citation | None, *, text: str = "", short: bool = False) -> SafeString:
    """An article, linked to its rule, with a mark where the source is not verified; nothing of none."""
    if not c:
        return NOTHING
    whole = c.text
    shown = text or ((c.article if in_chinese() else c.article_en or c.article) if short else whole)
    title = filled(' title="{}"', whole) if shown != whole else NOTHING
    if c.rule:
        made = filled('<a class="citation" href="/law/{}"{}>{}</a>', quote(c.rule), title, shown)
    else:
        made = filled('<span class="citation"{}>{}</span>', title, shown)
    doubt = _doubt(c.confidence)
    return made + filled(' <span class="unsure">{}</span>', doubt) if doubt else made


def _doubt(confidence: str) -> str:
    match confidence:
        case "secondary":
            return _("据二手资料")
        case "memory":
            return _("待核对原文")
        case "unconfirmed":
            return _("待确认")
        case "own":
            return _("平台自定")
    return ""


def refusals(found: Iterable[Refusal], *, title: str = "") -> SafeString:
    """Every reason with its article."""
    mark = mark_safe(icons.svg("ban"))
    lines = (
        (mark, marked(one.text), NOTHING if one.citation is None else filled(" {}", citation(one.citation)))
        for one in found
    )
    head = filled("<p><b>{}</b></p>", title) if title else NOTHING
    return filled('{}<ul class="refusals">{}</ul>', head, format_html_join("", "<li>{}<span>{}{}</span></li>", lines))


def tag(tone: str, text: str, *, icon: str | None = None) -> SafeString:
    """A word with its colour, and its drawing beside it so that colour never speaks alone."""
    name = TONE_ICONS.get(tone, "") if icon is None else icon
    drawing = mark_safe(icons.svg(name)) if name else NOTHING
    return filled('<span class="tag tone-{}">{}{}</span>', tone, drawing, marked(formats.titled(text)))


def count(n: int) -> SafeString:
    """A number in a pill."""
    return filled('<span class="count">{}</span>', n)


def table_lines(table: Table) -> SafeString:
    """The body of a table. Where there is little room a cell says itself what it is, but for the one that leads on."""
    labels = [escaped(formats.titled(column.label)) for column in table.columns]
    with_links = table.has_links
    return mark_safe("".join(_line(line, labels, with_links=with_links) for line in table.lines))


def _line(line: Line, labels: list[SafeString], *, with_links: bool) -> SafeString:
    cells = (
        _cell(cell, label, url=line.url if n == 0 else "")
        for n, (label, cell) in enumerate(zip(labels, line.cells, strict=True))
    )
    links = filled('<td class="line-links">{}</td>', open_links(line.links)) if with_links else NOTHING
    return filled("<tr>{}{}</tr>\n", mark_safe("".join(cells)), links)


def _cell(cell: Cell, label: SafeString, *, url: str) -> SafeString:
    css, lang = cell.css, cell.lang
    attributes = (f' class="{css}"' if css else "") + (f' lang="{lang}"' if lang else "")
    if url:
        text = cell.text if lang else marked(cell.text)
        return filled('<td{}><a href="{}">{}</a></td>', mark_safe(attributes), url, text)
    text = linebreaksbr(cell.text) if "\n" in str(cell.text) else escaped(cell.text) if lang else marked(cell.text)
    return mark_safe(f'<td{attributes} data-label="{label}">{text}</td>')


def open_links(offers: Iterable[Any]) -> SafeString:
    """What may be done beside a row, or read."""
    return format_html_join("", '<a href="{}">{}</a>', ((offer.url, formats.titled(offer.title)) for offer in offers))


def choice_of_posts(posts: Iterable[Post], *, chosen: Post | None) -> SafeString:
    """The posts as the options of a select, each role a group: person and organisation, which are named in Chinese."""
    key = chosen.pk if chosen else None
    groups = (
        (formats.titled(Role(role).label), format_html_join("", POST, (_post(one, key) for one in found)))
        for role, found in groupby(posts, lambda one: one.role)
    )
    return format_html_join("", '<optgroup label="{}">{}</optgroup>', groups)


def _post(one: Post, key: int | None) -> tuple[int, SafeString, str, str]:
    return one.pk, mark_safe(" selected" if one.pk == key else ""), one.person.name, one.organisation.name
