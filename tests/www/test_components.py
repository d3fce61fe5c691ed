"""Do components say what they must: in both languages, with reasons and articles, and usable without JavaScript?"""

import datetime
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from tests.factories import make_post
from yangcai.kernel.inputs import Input, MoneyField, RowsField
from yangcai.kernel.refusals import Citation, Refusal
from yangcai.parties.roles import Role
from yangcai.www import components, formats, gallery, preferences

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
ARTICLE = Citation(
    "O87", "第十三条", "submission.open_tender", title="管理办法", title_en="Measures", article_en="art. 13"
)
REFUSAL = Refusal("too_short", "少于二十日", "Less than 20 days", ARTICLE)


def shown(source: str, **values: Any) -> str:
    """A template with our tags, rendered."""
    return Template("{% load yangcai %}" + source).render(Context(values))


def text_of(html: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


class Line(forms.Form):
    item = forms.CharField(label="品目")
    quantity = forms.IntegerField(label="数量", min_value=1)


class Order(Input):
    price = MoneyField(label="报价", help_text="含税")
    method = forms.ChoiceField(label="方法", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    rows = RowsField(Line, label="分项", blank=2)


def sent(**data: str) -> Order:
    query = QueryDict(mutable=True)
    query.update(data)
    return Order(query)


# --- writing of dates and amounts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delta", "zh", "en"),
    [
        (6 * DAY + 4 * HOUR, "6天4小时", "6 d 4 h"),
        (19 * DAY, "19天", "19 d"),
        (4 * HOUR + 17 * MINUTE, "4小时17分", "4 h 17 min"),
        (HOUR, "1小时", "1 h"),
        (12 * MINUTE + datetime.timedelta(seconds=59), "12分", "12 min"),
        (-DAY, "1天", "1 d"),
    ],
)
def test_durations_follow_the_language(delta: datetime.timedelta, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert formats.duration(delta) == zh
    with translation.override("en"):
        assert formats.duration(delta) == en


def test_times_are_written_in_the_time_of_the_platform() -> None:
    late = datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC)
    assert formats.day(late) == "2026-03-02"
    assert formats.moment(late) == "2026-03-02 07:30"
    assert formats.clock(late) == "07:30"
    assert formats.moment(datetime.date(2026, 3, 2)) == "2026-03-02"
    assert formats.day(None) == formats.moment(None) == ""


def test_amounts_follow_the_language() -> None:
    amount = Decimal("4735500")
    with translation.override("zh-hans"):
        assert formats.yuan(amount) == "4,735,500.00 元"
        assert formats.wan(amount) == "473.55 万元"
    with translation.override("en"):
        assert formats.yuan(amount) == "CNY 4,735,500.00"
        assert formats.wan(amount) == "CNY 4.74 million"
        assert formats.capitals(amount) == "人民币肆佰柒拾叁万伍仟伍佰元整"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (40_475_033, "38.6 MB"), (5 * 2**40, "5120.0 GB")],
)
def test_file_sizes(size: int, text: str) -> None:
    assert formats.file_size(size) == text


# --- marks ----------------------------------------------------------------------------------------------------------


def test_a_citation_leads_to_its_rule_in_both_languages() -> None:
    with translation.override("zh-hans"):
        html = shown("{% citation c %}", c=ARTICLE)
        assert '<a class="citation" href="/law/submission.open_tender">《管理办法》第十三条</a>' in html
        assert "平台自定" in shown("{% citation c %}", c=Citation("X", "第一条", "x", "own", "停机顺延规则"))
        assert "待确认" in shown("{% citation c %}", c=Citation("X", "第一条", "x", "unconfirmed", "通知"))
    with translation.override("en"):
        assert text_of(shown("{% citation c short=True %}", c=ARTICLE)) == "art. 13"


def test_a_tag_is_word_and_icon_and_done_is_plain() -> None:
    assert "<svg" in shown("{% tag 'bad' '逾期' %}")
    assert "<svg" not in shown("{% tag 'done' '已完成' %}")


def test_texts_are_escaped() -> None:
    html = shown("{% meta a %}{% tag 'ok' a %}{% timeline e %}", a="<b>", e=[{"at": NOW, "sentence": "<script>"}])
    assert "<b>" not in html
    assert "<script>" not in html


def test_a_countdown_stands_without_javascript() -> None:
    with translation.override("zh-hans"):
        days = text_of(shown("{% countdown due now %}", due=NOW + 19 * DAY + 23 * HOUR, now=NOW))
        assert days.startswith("19 天 23 时 00 分 2026-03-22 08:00")
        assert "已到时间" in text_of(shown("{% countdown due now %}", due=NOW, now=NOW))
    assert 'class="urgent"' in shown("{% countdown due now %}", due=NOW + 4 * MINUTE, now=NOW)


# --- components of a case ---------------------------------------------------------------------------------------------


def test_the_rail_says_where_we_are() -> None:
    steps = [{"name": "意向", "state": "done"}, {"name": "投标", "state": "current", "citation": ARTICLE}]
    with translation.override("zh-hans"):
        html = shown("{% process_rail steps %}", steps=steps)
    assert 'aria-label="采购流程 共 2 步，当前第 2 步"' in html
    assert html.count('aria-current="step"') == 1
    assert "第十三条" in html


def test_an_action_that_is_refused_shows_every_reason_and_no_link() -> None:
    html = shown("{% action_button '签订合同' '/do' refusals=r %}", r=[REFUSAL, Refusal("b", "没有资金", "No funds")])
    assert 'href="/do"' not in html
    assert "少于二十日" in html
    assert "没有资金" in html
    assert "/law/submission.open_tender" in html
    assert 'href="/do"' in shown("{% action_button '签订合同' '/do' refusals=r %}", r=[])


def test_the_worst_todo_alone_is_primary() -> None:
    groups = [
        {"key": "overdue", "items": [{"title": "公告合同", "url": "/1", "due_at": NOW - DAY, "citation": ARTICLE}]},
        {"key": "today", "items": []},
        {"key": "week", "items": [{"title": "验收", "url": "/2", "due_at": NOW + 2 * DAY}]},
    ]
    with translation.override("zh-hans"):
        html = shown("{% todo_groups groups now %}", groups=groups, now=NOW)
        empty = shown("{% todo_groups groups now %}", groups=[], now=NOW)
    assert html.count("button small primary") == 1
    assert "逾期 1天" in html
    assert "今日到期" not in html
    assert "没有待办" in empty


def test_clocks_print_deadline_delay_and_article() -> None:
    clocks = [
        {"title": "公告合同", "due_at": NOW - 2 * DAY, "state": "overdue", "citation": ARTICLE},
        {"title": "公开意向", "due_at": NOW - DAY, "met_at": NOW - 3 * DAY, "state": "met"},
    ]
    with translation.override("en"):
        text = text_of(shown("{% clock_table clocks now %}", clocks=clocks, now=NOW))
    assert "2026-02-28 09:00 2 d late" in text
    assert "Measures art. 13" in text
    assert "2026-02-27 09:00" in text


def test_heat_follows_the_numbers_and_prints_them() -> None:
    rows = [{"name": "甲", "cells": [10, {"value": 30, "outlier": True}]}, {"name": "乙", "cells": [20, None]}]
    table = components.matrix(rows)
    assert [cell["heat"] for row in table for cell in row["cells"]] == [0, 4, 2, None]
    html = shown("{% score_matrix c rows %}", c=["一", "二"], rows=rows)
    assert 'class="h4 outlier"' in html
    assert components.heat(5, 5, 5) == 0


# --- forms ------------------------------------------------------------------------------------------------------------


def test_faults_name_the_row_and_lead_to_the_cell() -> None:
    form = sent(price="1.00", method="a", **{"rows-0-item": "桌", "rows-0-quantity": "0", "rows-1-quantity": "3"})
    with translation.override("zh-hans"):
        faults = components.faults(form)
    assert [(f.href, f.text.split("：")[0]) for f in faults] == [
        ("#id_rows-0-quantity", "第 1 行 数量"),
        ("#id_rows-1-item", "第 2 行 品目"),
    ]
    html = shown("{% action_form form '/do' '提交' %}", form=form)
    assert all(f'id="{fault.href[1:]}"' in html for fault in faults)
    assert 'value="桌"' in html


def test_refusals_join_their_field_and_keep_their_article() -> None:
    form = sent(price="1.00", method="a")
    own = Refusal("too_high", "高于最高限价", "Above the ceiling", field="price")
    faults = components.faults(form, [REFUSAL, own])
    assert [(f.text, f.href, f.citation) for f in faults] == [
        ("少于二十日", "", ARTICLE),
        ("报价：高于最高限价", "#id_price", None),
    ]
    html = shown("{% action_form form '/do' '提交' refusals=r %}", form=form, r=[REFUSAL, own])
    assert html.count("高于最高限价") == 2  # in the summary and at the field, not twice anywhere


@pytest.mark.parametrize("field", ["price", "method", "rows"])
@pytest.mark.parametrize(("language", "article"), [("zh-hans", "《管理办法》第十三条"), ("en", "Measures art. 13")])
def test_a_refusal_at_a_field_shows_its_article_there_and_on_top(field: str, language: str, article: str) -> None:
    own = Refusal("too_high", "高于 10 %", "Above 10 %", ARTICLE, field=field)
    other = Refusal("too_high", "高于 10 %", "Above 10 %", field=field)
    html = {}
    with translation.override(language):
        link = f'<a class="citation" href="/law/submission.open_tender">{article}</a>'
        for name, found in (("one", [own]), ("both", [own, other, own])):
            form = sent(price="1.00", method="a")
            html[name] = shown("{% action_form form '/do' '提交' refusals=r %}", form=form, r=found)
    assert html["one"].count(own.zh if language == "zh-hans" else own.en) == 2
    assert html["one"].count(link) == html["both"].count(link) == 2  # in the summary and at the field
    at_field = html["one"].split("<form", 1)[1]
    assert link in at_field and at_field.count(f'id="id_{field}_error"') == 1


def test_what_the_form_says_itself_is_not_said_twice() -> None:
    form = sent(method="a", price="")
    refusals = form.refusals()
    assert len(components.faults(form, refusals)) == len(components.faults(sent(method="a", price=""))) == 1


class Fields(HTMLParser):
    """Collects controls, and what labels and describes them."""

    def __init__(self) -> None:
        super().__init__()
        self.controls: list[dict[str, str | None]] = []
        self.labelled: set[str | None] = set()
        self.ids: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label":
            self.labelled.add(found.get("for"))
        if tag in {"input", "select", "textarea"} and found.get("type") != "hidden":
            self.controls.append(found)


def test_every_control_has_a_label_and_its_descriptions_exist() -> None:
    parser = Fields()
    html = shown("{% action_form form '/do' '提交' %}", form=gallery.broken_form())
    parser.feed(html)
    assert len(parser.controls) > 20
    assert [c for c in parser.controls if c.get("id") not in parser.labelled] == []
    described = {i for c in parser.controls for i in (c.get("aria-describedby") or "").split()}
    assert described - set(parser.ids) == set()
    assert len(parser.ids) == len(set(parser.ids))


def test_blank_rows_let_one_add_without_javascript() -> None:
    html = shown("{% field form.rows %}", form=Order())
    assert 'name="rows-0-item"' in html
    assert 'name="rows-1-quantity"' in html
    assert "<template>" in html
    assert 'name="rows-__n__-item"' in html


def test_active_filters_can_be_taken_off_one_by_one() -> None:
    query = QueryDict("q=桌椅&procedure=open_tender&page=3")
    chips = components.chips(gallery.FilterForm(query), query)
    with translation.override("zh-hans"):
        assert [(c["label"], c["value"]) for c in chips] == [("关键词", "桌椅"), ("采购方式", "公开招标")]
    assert "procedure" not in chips[1]["url"]
    assert "page" not in chips[1]["url"]


# --- pages ------------------------------------------------------------------------------------------------------------


def gallery_request(path: str = "/_components/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.django_db
@override_settings(YANGCAI_SANDBOX=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_gallery_shows_every_component(language: str, django_test_environment: None) -> None:
    from django.test.signals import template_rendered

    used: set[str] = set()

    def note(sender: Any, template: Any, **kwargs: Any) -> None:
        used.add(template.name or "")

    template_rendered.connect(note)
    try:
        with translation.override(language):
            html = gallery.page(gallery_request()).content.decode()
    finally:
        template_rendered.disconnect(note)
    folder = Path(gallery.__file__).parent / "templates" / "components"
    assert {f"components/{path.name}" for path in folder.glob("*.html")} - used == set()
    if language == "en":
        visible = re.sub(
            r"<[^>]*lang=\"zh-Hans\".*?</[^>]+>", "", html[html.index("<main") : html.index("</main>")], flags=re.DOTALL
        )
        names = "陇原智造|恒业机电|西安航数|重庆博联|复印纸|物业服务|面向中小企业|中文|工业机器人工作站|甘肃|兰州"
        left = [line.strip() for line in text_of_lines(visible) if re.search("[一-鿿]", re.sub(names, "", line))]
        assert [line for line in left if "公司" not in line and "项目（一包）" not in line and "某" not in line] == []


def text_of_lines(html: str) -> list[str]:
    return re.sub(r"<[^>]+>", "\n", html).split("\n")


@pytest.mark.django_db
def test_preferences_are_remembered_without_javascript(client: Client) -> None:
    response = client.get("/preferences/", {"theme": "dark", "size": "large", "next": "/accounts/login/"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    html = client.get("/accounts/login/").content.decode()
    assert 'data-theme="dark"' in html
    assert 'data-size="large"' in html


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_preferences_lead_nowhere_else(target: str) -> None:
    response = preferences.choose(RequestFactory().get("/preferences/", {"theme": "neon", "next": target}))
    assert response["Location"] == "/"
    assert not response.cookies


@pytest.mark.django_db
@override_settings(YANGCAI_SANDBOX=True)
def test_the_sandbox_clock_goes_forward_by_a_day(client: Client) -> None:
    from yangcai.kernel import clock

    clock.set_sandbox(at=NOW)
    client.post("/sandbox/clock/", {"forward": "day"})
    assert clock.now() == NOW + DAY


@pytest.mark.django_db
@override_settings(YANGCAI_SANDBOX=True)
def test_in_a_sandbox_one_goes_on_as_somebody_else(client: Client) -> None:
    post = make_post(Role.BUYER_OFFICER)
    assert client.post("/sandbox/post/", {"post": "nobody"}).status_code == 404
    assert client.post("/sandbox/post/", {"post": str(post.pk)}).status_code == 302
    html = client.get("/help/").content.decode()
    assert post.person.name in text_of(html)
    assert f'<option value="{post.pk}" lang="zh-Hans" selected>' in html


@pytest.mark.django_db
def test_outside_a_sandbox_nobody_moves_the_clock(client: Client) -> None:
    assert client.post("/sandbox/clock/", {"forward": "day"}).status_code == 404
    assert client.post("/sandbox/post/", {"post": "1"}).status_code == 404


def test_a_line_of_the_summary_begins_with_a_capital_in_english() -> None:
    class Small(forms.Form):
        requirement = forms.CharField(label="requirement")

    with translation.override("en"):
        [fault] = components.faults(Small({}))
    assert fault.text.startswith("Requirement: ")
