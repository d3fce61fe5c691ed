"""Is what functions write escaped as templates escape it, and said in the reader's language?"""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation
from django.utils.safestring import mark_safe

from tests.factories import NOW
from yangcai.cases.models import Award, Lot
from yangcai.kernel.refusals import Citation, Refusal
from yangcai.parties.models import Organisation, Person, Post
from yangcai.parties.roles import Role
from yangcai.www import lines as listed
from yangcai.www import marks
from yangcai.www.work.tables import Cell, Column, Line, Table, cell

BAD = "<b>&\"'"
SAFE = "&lt;b&gt;&amp;&quot;&#x27;"


def lines(*cells: Cell, url: str = "", links: Any = ()) -> str:
    return marks.table_lines(
        Table("t", [Column("the price"), Column(BAD)][: len(cells)], [Line(list(cells), links, url)])
    )


def test_whatever_a_cell_holds_is_text() -> None:
    link = SimpleNamespace(url=BAD, title=BAD)
    html = lines(Cell(BAD), Cell(f"{BAD}\nnext"), url=f"/{BAD}", links=[link])
    assert BAD not in html and html.count(SAFE) == 6  # two cells, a heading, an address, a link and where it leads
    assert f'<a href="/{SAFE}">{SAFE}</a>' in html and f"{SAFE}<br>next" in html


def test_a_cell_says_what_it_is_but_for_the_one_that_leads_on() -> None:
    with translation.override("en"):
        one, other = Cell("2026-03-02 09:00"), Cell("12.00", is_number=True)
        assert lines(one, other) == (
            '<tr><td class="nowrap" data-label="The price">2026-03-02 09:00</td>'
            f'<td class="num" data-label="{SAFE}">12.00</td></tr>\n'
        )
        named = lines(Cell("甲", is_data=True), url="/x")
        assert named == '<tr><td class="nowrap" lang="zh-Hans"><a href="/x">甲</a></td></tr>\n'
    with translation.override("zh-hans"):
        assert lines(Cell("甲", is_data=True)) == '<tr><td class="nowrap" data-label="the price">甲</td></tr>\n'


@pytest.mark.parametrize(
    ("text", "css"),
    [
        ("", ""),
        ("否", "nowrap"),
        ("综合评分法", "nowrap"),
        ("合同签订后七日内", ""),
        ("某某设备有限责任公司（演示）", "words"),
    ],
)
def test_a_word_does_not_break_and_a_name_has_room(text: str, css: str) -> None:
    assert Cell(text).css == css


def test_in_english_words_of_ours_begin_with_a_capital() -> None:
    award = Award(is_deemed=False, supplier=Organisation(name="the firm"))
    with translation.override("en"):
        assert [cell(award, name).text for name in ("is_deemed", "supplier")] == ["No", "the firm"]
        assert cell(Lot(outcome="awarded"), "outcome").text == "Awarded"
        assert ">Award letter<" in marks.open_links([SimpleNamespace(url="/", title="award letter")])


def test_reasons_and_articles_are_text() -> None:
    article = Citation("O87", BAD, "a/<b>", "own", title=BAD)
    html = marks.refusals([Refusal("x", BAD, BAD, article), Refusal("y", BAD, BAD)], title=BAD)
    assert BAD not in html and html.count("<li>") == 2 and 'href="/law/a/%3Cb%3E"' in html
    assert marks.citation(None) == "" and "<a " not in marks.citation(Citation("O87", "第一条", title="法"))


def offer(**more: Any) -> SimpleNamespace:
    return SimpleNamespace(title=BAD, about=BAD, url=f"/{BAD}", is_due=False, refusals=[Refusal("x", BAD, BAD)], **more)


def test_lists_escape_whatever_they_are_given() -> None:
    article = Citation("O87", BAD, "a/<b>", title=BAD)
    one, two = [offer()], [offer(), offer()]
    told = [Refusal("y", BAD, BAD)]
    closed = [
        SimpleNamespace(first=each[0], offers=each, is_one=len(each) == 1, refusals=why, citation=article)
        for each in (one, two)
        for why in (told, [])
    ]
    entry = {"at": NOW, "sentence": BAD, "url": f"/{BAD}", "actor": BAD, "citation": article, "hash": BAD, "note": BAD}
    clock = {"state": "running", "due_at": NOW, "title": BAD, "url": BAD, "citation": article, "actor": BAD}
    fact = {"label": BAD, "value": BAD, "url": BAD, "hint": BAD, "change_url": BAD, "lang": BAD}
    for html, least in (
        (listed.closed(closed), 20),
        (listed.later(closed), 16),
        (listed.each(two), 6),
        (listed.timeline([entry, entry | {"refused": True, "url": ""}]), 10),
        (listed.clocks([clock, clock | {"state": "met", "met_at": NOW, "reminded": BAD, "url": ""}], now=NOW), 8),
        (listed.summary([fact, (BAD, BAD), {"label": BAD, "value": BAD, "mono": True}]), 10),
        (marks.tag("ok", BAD), 1),
    ):
        assert BAD not in html and "<b>" not in html and html.count(SAFE) >= least


@pytest.mark.parametrize(("language", "role"), [("zh-hans", "代理机构"), ("en", "Agent")])
def test_the_post_of_the_reader_is_chosen(language: str, role: str) -> None:
    posts = [Post(pk=n, role=Role.AGENT, person=Person(name=BAD), organisation=Organisation(name=BAD)) for n in (1, 2)]
    with translation.override(language):
        html = marks.choice_of_posts(posts, chosen=posts[1])
    assert html.startswith(f'<optgroup label="{role}"><option value="1" lang="zh-Hans">')
    assert html.endswith(f'<option value="2" lang="zh-Hans" selected>{SAFE} {SAFE}</option></optgroup>')
    assert html.count("selected") == 1 and BAD not in html


@pytest.mark.parametrize(
    ("line", "html"),
    [
        ("No Chinese & no mark", "No Chinese &amp; no mark"),
        ("Answer: 甲<b>公司", 'Answer: <span lang="zh-Hans">甲</span>&lt;b&gt;<span lang="zh-Hans">公司</span>'),
        ("Bid of 甲公司（演示） for 2 lots", 'Bid of <span lang="zh-Hans">甲公司（演示）</span> for 2 lots'),
        (mark_safe('<a title="甲">x</a>'), '<a title="甲">x</a>'),
    ],
)
def test_what_is_chinese_in_a_line_is_marked(line: str, html: str) -> None:
    with translation.override("en"):
        assert marks.marked(line) == html
    with translation.override("zh-hans"):
        assert marks.marked("甲公司 & <b>") == "甲公司 &amp; &lt;b&gt;"
