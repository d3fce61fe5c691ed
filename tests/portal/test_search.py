"""Is a notice found by any part of what it says, and fast?"""

import datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_organisation
from tests.tendering.walk import Tender
from yangcai.portal.models import Notice
from yangcai.portal.notices.base import vector
from yangcai.portal.queries import search_notices
from yangcai.portal.search import lexemes, query

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


def make_notice(title: str, **values: Any) -> Notice:
    n = Notice.objects.count() + 1
    return Notice.objects.create(
        number=f"新区采公〔2026〕{n:05d}号",
        kind=values.pop("kind", "invitation"),
        root="case:0",
        entry_seq=0,
        title=title,
        buyer=values.pop("buyer", None) or make_organisation(),
        facts={},
        digest=f"{n:064x}",
        published_at=values.pop("published_at", NOW),
        search=vector(title),
        **values,
    )


def found(text: str, **filters: Any) -> list[str]:
    return [n.title for n in search_notices(now=NOW, text=text, **filters)]


@pytest.mark.parametrize(
    "text",
    ["教育", "育体", "体育局", "教育体育局", "局", "多媒体教学", "LED", "led", "LE", "2026", "X1", "教育 LED",
     "“教育”！", "0007", "  设备  ", "𠮷"],
)  # fmt: skip
def test_any_part_of_a_word_finds_it(text: str) -> None:
    make_notice("教育体育局多媒体教学设备（LED-X1，2026年，0007号，𠮷字）采购")
    make_notice("消防救援站餐饮服务")
    assert len(found(text)) == 1


@pytest.mark.parametrize("text", ["体教", "教局", "LCD", "2025", "！", "%", "'", "':*", "a" * 3000, "局" * 3000])
def test_what_is_not_there_is_not_found(text: str) -> None:
    make_notice("教育体育局设备")
    assert found(text) == []


def test_filters_and_time() -> None:
    one = make_notice("甲设备", kind="award", category="goods")
    make_notice("乙设备", kind="invitation")
    make_notice("丙设备", published_at=NOW + datetime.timedelta(seconds=1))
    assert found("设备") == ["乙设备", "甲设备"]
    assert found("设备", kind="award") == found("", category="goods") == found("", buyer=one.buyer_id) == ["甲设备"]
    assert found("") == ["乙设备", "甲设备"]


def test_a_case_is_found_by_its_number_and_its_buyer() -> None:
    tender = Tender().published()
    for text in (tender.case.number, tender.case.buyer.name, "台式计算机", tender.case.number[:4]):
        assert [n.root for n in search_notices(now=NOW, text=text)] == [tender.case.ref], text


def test_a_notice_is_found_by_its_own_number() -> None:
    Tender().published()
    notice = Notice.objects.get()
    found = search_notices(now=notice.published_at, text=notice.number)
    assert [one.number for one in found] == [notice.number]


def test_a_hostile_text_can_be_published() -> None:
    make_notice("字" + "a" * 100_000 + " \x00".strip("\x00") + "国" * 30_000)
    assert len(found("aaaa")) == 1 and len(found("国国")) == 0  # cut at the limit, and no error


@given(text=st.text(alphabet="国采购财政局政府", max_size=30), data=st.data())
def test_a_text_is_found_by_every_piece_of_itself(text: str, data: Any) -> None:
    """Whatever piece is asked for, the lexemes it needs are among those that were stored."""
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : data.draw(st.integers(start, len(text)))]
    assert {part.strip("'") for part in query(piece).split(" & ") if part} <= lexemes(text)


@pytest.mark.long
def test_ten_thousand_notices_are_searched_by_the_index() -> None:
    make_notice("兰州新区教育体育局教学设备")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_notice (number, kind, root, entry_seq, title, buyer_id, category, procedure, facts,"
            " digest, published_at, is_demo, search)"
            " SELECT 'T' || n, 'invitation', 'case:0', 0, '消防', buyer_id, '', '', '{}', md5(n::text), published_at,"
            " false, array_to_tsvector(ARRAY['消', '防', '消防', md5(n::text)])"
            " FROM portal_notice, generate_series(1, 10000) n"
        )
        cursor.execute("ANALYZE portal_notice")
    assert found("教学设备") == ["兰州新区教育体育局教学设备"]
    plan = search_notices(now=NOW, text="教学设备").explain()
    assert "notice_search" in plan and "Seq Scan on portal_notice" not in plan, plan
