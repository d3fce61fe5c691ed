"""Do the drawings show the numbers that stand beside them, also at their edges, and does nothing get out of hand?"""

import csv
import io
import re
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from yangcai.www import gallery, gallery_pictures
from yangcai.www.pictures import Column, Picture, csv_asked, svg
from yangcai.www.pictures.bars import Bar, Stack, levels, progress, stacked, waterfall
from yangcai.www.pictures.flow import NODE, Link, Node, Stage, sankey
from yangcai.www.pictures.gauge import gauge
from yangcai.www.pictures.picture import plain
from yangcai.www.pictures.scale import nice_step, scale
from yangcai.www.pictures.spread import MOST, Spread, median, price_strip, spreads, thinned

HOSTILE = '"><script>alert(1)</script>'


def marks(drawing: svg.Drawing, tag: str, css: str = "") -> list[ElementTree.Element]:
    found = ElementTree.fromstring(f"<svg>{drawing.body}</svg>").iter(tag)
    return [one for one in found if not css or css in one.get("class", "").split()]


def number(mark: ElementTree.Element, name: str) -> float:
    return float(mark.get(name) or "nan")


def bars(*told: tuple[str, int, str]) -> list[Bar]:
    return [Bar(label, Decimal(value), kind) for label, value, kind in told]


@pytest.mark.parametrize(
    ("span", "step"), [("0", "1"), ("1", "0.2"), ("9", "2"), ("100", "20"), ("6200", "2000"), ("123456789", "25000000")]
)
def test_an_axis_is_marked_at_round_numbers(span: str, step: str) -> None:
    assert nice_step(Decimal(span)) == Decimal(step)


@pytest.mark.parametrize("values", [[], [0], [5], [-5], [3, -7], [Decimal("0.001")], [10**14, 1]])
@pytest.mark.parametrize("from_zero", [True, False])
def test_every_value_stands_on_its_axis(values: list[Any], from_zero: bool) -> None:
    axis = scale(values, start=0, end=100, from_zero=from_zero)
    assert all(-0.001 <= axis.at(value) <= 100.001 for value in values)
    assert axis.ticks[0] == axis.low and axis.ticks[-1] == axis.high and 2 <= len(axis.ticks) <= 8
    assert len({axis.written(tick) for tick in axis.ticks}) == len(axis.ticks)


def test_a_waterfall_ends_where_the_last_bar_stands() -> None:
    told = bars(("年初", 100, "total"), ("追加", 20, "plus"), ("已用", 50, "minus"), ("可用", 70, "total"))
    assert [(start, end) for _bar, start, end in levels(told)] == [(0, 100), (100, 120), (120, 70), (0, 70)]
    wide, narrow = waterfall(told)
    (first, last), (plus,), (minus,) = (marks(wide, "rect", kind) for kind in ("total", "plus", "minus"))
    assert number(minus, "y") == number(plus, "y")
    assert number(minus, "y") + number(minus, "height") == pytest.approx(number(last, "y"), abs=0.2)
    assert number(first, "height") / number(last, "height") == pytest.approx(100 / 70, rel=0.01)
    (first, last), (minus,) = (marks(narrow, "rect", kind) for kind in ("total", "minus"))
    assert number(first, "width") / number(last, "width") == pytest.approx(100 / 70, rel=0.01)
    assert number(minus, "x") == pytest.approx(number(last, "x") + number(last, "width"), abs=0.2)
    assert waterfall([]) == ()


def test_what_falls_below_nothing_hangs_below_the_ground() -> None:
    wide, _narrow = waterfall(bars(("预算", 100, "total"), ("追减", 160, "minus"), ("差额", -60, "total")))
    ground = number(marks(wide, "line", "axis")[0], "y1")
    first, last = marks(wide, "rect", "total")
    assert number(first, "y") + number(first, "height") == pytest.approx(ground, abs=0.2)
    assert number(last, "y") == pytest.approx(ground, abs=0.2) and number(last, "height") > 0
    assert "−60" in [mark.text for mark in marks(wide, "text")]


def test_parts_of_a_month_stand_on_each_other() -> None:
    (wide, _narrow) = stacked([Stack("1月", "1", (Decimal(30), Decimal(10), Decimal(-5)))], ("小", "中", "退"))
    small, middle, back = (marks(wide, "rect", f"s{n}")[0] for n in range(3))
    assert number(middle, "y") + number(middle, "height") == pytest.approx(number(small, "y"), abs=0.2)
    assert number(small, "height") == pytest.approx(3 * number(middle, "height"), rel=0.02)
    assert number(back, "y") == pytest.approx(number(small, "y") + number(small, "height"), abs=0.2)
    assert stacked([Stack("1月", "1", (Decimal(0),))], ("小",)) == ()


@pytest.mark.parametrize(("part", "side"), [(0, None), (25, "left"), (75, "right"), (200, "right"), (-3, None)])
def test_a_gauge_fills_its_share(part: int, side: str | None) -> None:
    drawings = gauge(Decimal(part), Decimal(100), number=f"{part}%", below=("分母 100",))
    filled = marks(drawings[0], "path", "s0")
    assert bool(filled) is (side is not None)
    if side:
        end = float(re.findall(r"1 ([\d.]+) ", filled[0].get("d") or "")[0])
        assert (end < svg.WIDE / 2) is (side == "left")
    assert f"{part}%" in [mark.text for mark in marks(drawings[0], "text")]
    assert gauge(Decimal(1), Decimal(0), number="", below=()) == ()


def test_a_price_stands_among_the_others() -> None:
    others = [Decimal(n) for n in (100, 110, 130)]
    wide, narrow = price_strip(Decimal(140), others, price_label="本合同", median_label="中位数 110")
    for drawing in (wide, narrow):
        ticks = [number(mark, "x1") for mark in marks(drawing, "line", "tick")]
        diamond = float(re.findall(r"M([\d.]+) ", marks(drawing, "path", "mark")[0].get("d") or "")[0])
        middle = float(re.findall(r"M([\d.]+) ", marks(drawing, "path", "median")[0].get("d") or "")[0])
        assert ticks == sorted(ticks) and middle == ticks[1] and diamond > ticks[2]
    assert price_strip(Decimal(1), [], price_label="", median_label="") == ()
    assert median([Decimal(4), Decimal(1), Decimal(3)]) == 3 and median([Decimal(1), Decimal(2)]) == Decimal("1.5")
    kept = thinned([Decimal(n) for n in range(1000)])
    assert len(kept) == MOST and (kept[0], kept[-1]) == (0, 999)


def test_what_flows_in_is_as_thick_as_what_flows_out() -> None:
    stages = (
        Stage("预算", (Node("goods", "货物", "s0"), Node("none", "空", "s0"))),
        Stage("方式", (Node("open", "公开招标", "s1"),)),
        Stage("合同", (Node("signed", "已签", "s2"), Node("left", "未签", "rest"))),
    )
    links = [
        Link("goods", "open", Decimal(100)),
        Link("open", "signed", Decimal(75)),
        Link("open", "left", Decimal(25)),
        Link("none", "open", Decimal(0)),
    ]
    wide, narrow = sankey(stages, links, written=str)
    for drawing, size in ((wide, "height"), (narrow, "width")):
        across = {"height": "width", "width": "height"}[size]
        signed, left, whole = (
            next(number(mark, size) for mark in marks(drawing, "rect", css) if number(mark, across) == NODE)
            for css in ("s2", "rest", "s1")
        )
        assert signed / left == pytest.approx(3, rel=0.02) and signed + left == pytest.approx(whole, rel=0.02)
        assert len(marks(drawing, "path", "ribbon")) == 3
        assert "空" not in str(drawing.body)
    assert sankey(stages, [], written=str) == ()


def test_more_than_the_whole_runs_over_its_line() -> None:
    wide, _narrow = progress("合同金额", Decimal(100), [("已开票", Decimal(110), "110"), ("已支付", Decimal(-1), "−1")])
    over, nothing = marks(wide, "rect", "s0")[0], marks(wide, "rect", "s1")[0]
    rest = marks(wide, "rect", "rest")[0]
    assert number(over, "width") == pytest.approx(1.1 * number(rest, "width"), rel=0.01)
    assert number(nothing, "width") == 0
    assert progress("", Decimal(0), []) == ()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_picture_of_the_gallery_stays_inside_and_says_its_answer(language: str) -> None:
    with translation.override(language):
        for picture in gallery_pictures.pictures(gallery.NOW):
            assert picture.says and picture.title and picture.label.startswith(picture.title)
            assert all(len(row) == len(picture.columns) for row in picture.rows)
            for drawing in picture.drawings:
                told = f"{picture.key} {drawing.size}"
                assert "nan" not in str(drawing.body) and "inf" not in str(drawing.body), told
                for mark in marks(drawing, "text"):
                    wide = svg.advance(mark.text or "")
                    x = number(mark, "x") - {"middle": wide / 2, "end": wide}.get(mark.get("text-anchor") or "", 0.0)
                    roomy = mark.get("class") == "figure"
                    assert roomy or (x >= -1 and x + wide <= drawing.width + 1), f"{told}: {mark.text}"
                    assert 0 <= number(mark, "y") <= drawing.height + 1, f"{told}: {mark.text}"
                for mark in marks(drawing, "rect"):
                    assert number(mark, "x") >= 0 and number(mark, "y") >= 0, told
                    assert number(mark, "x") + number(mark, "width") <= drawing.width + 0.5, told
                    assert number(mark, "y") + number(mark, "height") <= drawing.height + 0.5, told


def picture(**more: Any) -> Picture:
    told = {"key": "k", "title": "多少？", "says": "很多。", "columns": (Column("名称"), Column("金额", 2)), "rows": []}
    return Picture(**{**told, **more})


def test_what_comes_from_data_is_text_in_the_drawing_and_in_the_table() -> None:
    drawn = picture(
        title=HOSTILE,
        says=HOSTILE,
        rows=[(HOSTILE, Decimal(1))],
        legend=(("s0", HOSTILE),),
        drawings=waterfall([Bar(HOSTILE, Decimal(1), "total")]),
    )
    request = RequestFactory().get("/x/?year=2026")
    html = Template("{% load yangcai %}{% chart p %}").render(Context({"p": drawn, "request": request}))
    assert "<script" not in html and html.count("&lt;script&gt;") >= 6
    assert "?year=2026&amp;csv=k" in html and 'role="img"' in html and "<details" in html


def test_the_csv_is_the_table_and_no_cell_is_a_formula() -> None:
    drawn = picture(rows=[("=1+1", Decimal("-12345.60")), ("甲", None)])
    answer = csv_asked(RequestFactory().get("/?csv=k"), [None, drawn])
    assert answer is not None and answer["Content-Type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["名称", "金额"], ["'=1+1", "-12345.60"], ["甲", ""]]
    assert csv_asked(RequestFactory().get("/?csv=other"), [drawn]) is None
    assert csv_asked(RequestFactory().get("/"), [drawn]) is None
    assert [plain(text) for text in ("+1", "@a", "\t", "-x", "a-b")] == ["'+1", "'@a", "'\t", "'-x", "a-b"]


def test_durations_are_all_written_with_one_decimal() -> None:
    """Whole ones too: in the drawing as in the table beside it."""
    groups = [Spread("甲", 2, *map(Decimal, ("20", "21", "21.5", "22", "23"))), Spread("乙", 1, *[Decimal(32)] * 5)]
    for drawing in spreads(groups, unit="天"):
        assert [one.text for one in marks(drawing, "text", "value")] == ["21.5", "32.0"]
