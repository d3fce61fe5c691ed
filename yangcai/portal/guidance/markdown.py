"""How does the text of an article become a page, and what may stand in it? A safe subset of Markdown, nothing else.

Allowed: headings, paragraphs, lists, quotations, tables, emphasis, code, links, and `{{law:key}}`, which prints what
the law book says there with its article, so that no number of the law is typed into an article. There is no raw
HTML, no picture and no address but https, http, mailto, and those of this site: they are not switched off one by one,
they are never switched on.
"""

import datetime
import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from yangcai import law
from yangcai.kernel.refusals import Citation

#: Rules of the parser that are switched on; whatever is not named here stays text.
RULES = ("heading", "list", "blockquote", "table", "emphasis", "link", "newline", "escape", "backticks")
SCHEMES = frozenset({"https", "http", "mailto"})
LAW = re.compile(r"\{\{\s*law:([a-z][a-z0-9_.]*)\s*\}\}")
#: What looks like a tag, a picture or a comment: shown as text, and an editor is told so before anybody sees it.
TAG = re.compile(r"<(?:[a-zA-Z/!?])[^>\n]{0,80}>?")
PICTURE = re.compile(r"!\[[^\]\n]*\]\(")
LINK = re.compile(r"\]\(\s*<?([^\s)>]*)")


def is_own(address: str) -> bool:
    """Whether an address is one of this site: `/notices/`, never `//elsewhere`, `/\\elsewhere` or a relative one."""
    return re.match(r"/(?![/\\])", address) is not None


def is_allowed(address: str) -> bool:
    """Whether a link may lead there."""
    if any(ord(char) < 33 or char == "\\" for char in address):
        return False
    if is_own(address):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.netloc or (parts.scheme == "mailto" and "@" in parts.path))


def _law(state: StateInline, silent: bool) -> bool:
    """`{{law:enquiry.answer}}`; a key that the book does not have stays text."""
    found = LAW.match(state.src, state.pos)
    if found is None or found[1] not in law.book().rules:
        return False
    if not silent:
        token = state.push("law", "", 0)
        token.meta = {"key": found[1]}
    state.pos = found.end()
    return True


class Renderer(RendererHTML):
    """HTML with the classes of our pages; `env["on"]` is the day whose law is printed."""

    def heading_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        return f"<{_lower(tokens[i].tag)}>"

    def heading_close(
        self, tokens: Sequence[Token], i: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return f"</{_lower(tokens[i].tag)}>\n"

    def table_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        return '<div class="table-box" tabindex="0" role="region" aria-label="表格"><table class="table">\n'

    def table_close(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        return '<th scope="col">'

    def td_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        return "<td>"  # the alignment of a column would be an inline style

    def link_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        if not is_own(str(tokens[i].attrGet("href"))):
            tokens[i].attrSet("rel", "noopener noreferrer nofollow external")
        return str(self.renderToken(tokens, i, options, env))

    def law(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        key = tokens[i].meta["key"]
        found = law.find(key, on=env["on"])
        rule = law.rule(key)
        number = "" if found is None or rule.unit in {"principle", "table"} else found.text[0]
        said = chinese(found.citation) if found else "目前没有规定"
        return f'{number}（<a href="/law/{key}/">{escape(said)}</a>）'


def chinese(citation: Citation) -> str:
    """The article as a Chinese text names it, whatever language its reader has chosen."""
    own = "，平台自定" if citation.confidence == "own" else ""
    return f"《{citation.title}》{citation.article}{own}"


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _lower(tag: str) -> str:
    """The title of the page is its only h1."""
    return "h2" if tag == "h1" else tag


def _parser() -> MarkdownIt:
    """Nothing is on at first ("zero"), then what RULES names."""
    parser = MarkdownIt("zero", {"html": False, "linkify": False}, renderer_cls=Renderer).enable(RULES)
    parser.validateLink = is_allowed  # type: ignore[method-assign, assignment]
    parser.inline.ruler.before("link", "law", _law)
    return parser


_PARSER = _parser()


def render(text: str, *, on: datetime.date) -> str:
    """The HTML of an article; safe for whatever text. `on`: the day whose law `{{law:…}}` prints."""
    return str(_PARSER.render(text, {"on": on}))


def plain(text: str) -> str:
    """The words alone, for the search."""
    tokens = _PARSER.parse(text, {"on": datetime.date.min})
    return " ".join(child.content for token in tokens for child in token.children or () if child.content)


def links(text: str) -> Iterator[str]:
    """Every address that somebody meant a link to lead to, allowed or not."""
    for found in LINK.finditer(text):
        yield found[1]


def strange(text: str) -> Iterator[tuple[str, str]]:
    """What will not be shown as its author meant it: (what it is: tag, picture, link or law; the text)."""
    plainly = re.sub(r"`[^`\n]*`", "", text)  # what is quoted as code is meant as text
    found: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("tag", lambda: (match[0] for match in TAG.finditer(plainly))),
        ("picture", lambda: (match[0] for match in PICTURE.finditer(plainly))),
        ("link", lambda: (one for one in links(plainly) if not is_allowed(one))),
        ("law", lambda: (m[1] for m in LAW.finditer(plainly) if m[1] not in law.book().rules)),
    )
    for kind, texts in found:
        for one in texts():
            yield kind, one
