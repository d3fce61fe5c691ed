"""Does a member judge requirement beside response, and is what it notes its own until it hands it in?"""

import datetime
import itertools
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import reverse

from tests.api.support import Caller
from tests.factories import at, make_expert
from tests.tendering.judging import (
    ANSWER_BY,
    COMPUTED,
    DRAWN,
    EQUAL,
    JUDGED,
    SCORED,
    SEATED,
    THREE_CRITERIA,
    Hall,
    Offer,
    hall,
    three,
)
from tests.www.support import Clock, at_desk, text_of
from tests.www.test_pdf_text import pdf, shown
from yangcai.kernel import documents
from yangcai.kernel.models import Attachment, Entry
from yangcai.tendering.models import Clause, Correction, Criterion, Deviation, LowPriceReview, Score, ScoreDraft
from yangcai.www.work import searching

pytestmark = pytest.mark.django_db
ANSWERED = at("2026-03-23T14:20")


@pytest.fixture
def h(clock: Clock) -> Hall:
    clock.at = SCORED
    return three()


def keys(h: Hall) -> dict[str, int]:
    return {c.code: c.pk for c in Criterion.objects.filter(lot=h.lot)}


def test_requirement_and_response_stand_beside_each_other_bid_by_bid(h: Hall) -> None:
    address, desk = reverse("work_evaluate", args=[h.lot.pk]), at_desk(h.chair)
    page = text_of(desk.get(address))
    assert "★交付期不超过 30 日" in page and "technical" in page
    assert "1 / 3" in page and h.bids[0].supplier.name in page
    assert "还剩 6 项未打分" in page
    last = text_of(desk.get(address, {"bid": h.bids[2].pk}))
    assert "3 / 3" in last and f'href="?bid={h.bids[1].pk}"' in last and "价格分由系统按公式计算" in last


def test_of_each_bid_it_is_said_which_correction_it_knew(h: Hall) -> None:
    """Nobody judges by it: a bid stands whether its bidder confirmed it or not."""
    address, desk = reverse("work_evaluate", args=[h.lot.pk]), at_desk(h.chair)
    assert "采购文件更正" not in text_of(desk.get(address))
    first, later = (h.bids[n].bid.received_at + datetime.timedelta(days=n) for n in (0, 1))
    terms = {
        "item": "技术参数",
        "after": "内存 16G",
        "old_closes_at": later,
        "new_closes_at": later,
        "case": h.lot.case,
    }
    Correction.objects.create(number=1, affects_bids=True, at=first, **terms)
    assert "第 1 次更正后递交" in text_of(desk.get(address))
    Correction.objects.create(number=2, affects_bids=True, at=later, **terms)
    Correction.objects.create(number=3, affects_bids=False, at=later, **terms)
    assert "早于第 2 次更正，没有另行确认，仍然有效" in text_of(desk.get(address))


@pytest.mark.long
def test_what_is_noted_is_kept_for_its_author_alone_and_is_no_entry(h: Hall) -> None:
    address, code = reverse("work_evaluate", args=[h.lot.pk]), keys(h)
    chair, other = at_desk(h.chair), at_desk(next(m.post for m in h.members if not m.is_chair))
    before = Entry.objects.count()
    noted = {"bid": h.bids[0].pk, f"value-{code['technical']}": "41.5", f"reason-{code['technical']}": "缺应急预案"}
    answer = chair.post(address, {**noted, "then": h.bids[1].pk})
    assert answer["Location"] == f"{address}?bid={h.bids[1].pk}"
    page = text_of(chair.get(address, {"bid": h.bids[0].pk}))
    assert 'value="41.5"' in page and "缺应急预案" in page and "还剩 5 项未打分" in page
    theirs = text_of(other.get(address, {"bid": h.bids[0].pk}))
    assert "41.5" not in theirs and "缺应急预案" not in theirs and "还剩 6 项未打分" in theirs
    assert Entry.objects.count() == before and not Score.objects.exists()
    # The form by which scores are handed in begins with it; once they are, nothing is left of it.
    form = reverse("work_do", args=["lot", h.lot.pk, "scores.submit"])
    assert 'value="41.5"' in text_of(chair.get(form)) and "41.5" not in text_of(other.get(form))
    h.score(EQUAL)
    assert not ScoreDraft.objects.exists()
    page = text_of(chair.get(address, {"bid": h.bids[0].pk}))
    assert "<b>40</b>" in page and "data-notes" not in page


def test_once_all_are_in_everybodys_points_stand_on_the_desk_with_what_stands_apart(h: Hall) -> None:
    address, members = reverse("work_evaluate", args=[h.lot.pk]), h.members
    for place, member in enumerate(members):
        assert "全体评委的评分" not in text_of(at_desk(h.chair).get(address))
        points = {n: {"technical": "5" if (place, n) == (0, 1) else "40", "record": "10"} for n in range(3)}
        h.do("scores.submit", h.lot, member.post, SCORED, rows=h.rows(points))
    page = text_of(at_desk(h.chair).get(address))
    assert "全体评委的评分" in page and len(re.findall(r'<td class="h\d">', page)) == 3 * len(members) - 1
    assert re.findall(r'<td class="h\d outlier">(\d+)', page) == ["15"] and "其中 1 个偏离较大" in page


def test_the_form_has_the_standard_of_each_criterion_beside_it(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.at, said = SCORED, "方案完整可行得 40 至 50 分"
    monkeypatch.setattr(Criterion._meta.get_field("standard"), "_get_default", lambda: said)
    h = three("951000", "1000000", "1100000")  # told by no other test, so that its file has these words
    form = reverse("work_do", args=["lot", h.lot.pk, "scores.submit"])
    part = text_of(at_desk(h.chair).get(form)).split("评分标准</h2>")[1].split("</section>")[0]
    assert part.count(said) == 2 and "满分 50" in part and "满分 20" in part and "满分 30" not in part


@pytest.mark.long
@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ("50", Decimal(50), ""),
        ("0", Decimal(0), ""),
        ("", None, ""),
        ("50.01", None, "应在 0 至 50 分之间"),
        ("-1", None, "应在 0 至 50 分之间"),
        ("NaN", None, "最多四位小数"),
        ("1.23456", None, "最多四位小数"),
        ("四十", None, "请填写数字"),
    ],
)
def test_points_off_the_standard_are_told_and_not_kept(h: Hall, typed: str, kept: Decimal | None, said: str) -> None:
    address, key = reverse("work_evaluate", args=[h.lot.pk]), keys(h)["technical"]
    desk, fields = at_desk(h.chair), {"bid": h.bids[0].pk, f"value-{key}": typed}
    plain = desk.post(address, fields)
    assert plain.status_code == (422 if said else 302)
    assert said in text_of(plain)
    quiet = desk.post(address, fields, headers={"accept": "application/json"}).json()
    assert quiet["errors"] == ({str(key): said} if said else {})
    assert quiet["left"] == (5 if kept is not None else 6)
    assert [one.value for one in ScoreDraft.objects.all()] == ([kept] if kept is not None else [])


def test_who_has_no_seat_has_no_desk(h: Hall) -> None:
    address = reverse("work_evaluate", args=[h.lot.pk])
    stranger = at_desk(make_expert())
    assert stranger.get(address).status_code == stranger.post(address, {}).status_code == 404
    assert at_desk(h.officer).get(address).status_code == 403


def test_what_a_bid_declares_stands_at_its_criterion(clock: Clock) -> None:
    clock.at = SCORED
    offers = [Offer("1000000", figure=figure) for figure in ("24", "12", "36")]
    counted = ("warranty", "business", "20", True, "interpolated", "质保期", "月", "12=0；36=20")
    h = hall(*offers, criteria=(*THREE_CRITERIA[:2], counted)).ready()
    page = text_of(at_desk(h.chair).get(reverse("work_evaluate", args=[h.lot.pk]), {"bid": h.bids[0].pk}))
    assert "质保期 24 月" in page and "10 分，系统计算" in page and "还剩 3 项未打分" in page


def declare(h: Hall, number: int, stance: str, response: str) -> Deviation:
    """What a bid said of the one clause that is the buyer's own, as the opening writes it."""
    clause = Clause.objects.get(case=h.case, is_statutory=False)
    return Deviation.objects.create(
        opened_bid=h.bids[number], clause=clause, stance=stance, response=response, page="12"
    )


def test_what_the_bidder_declares_stands_beside_the_requirement_and_the_finding(h: Hall) -> None:
    declare(h, 0, "positive", "交付期 20 日")
    address, desk = reverse("work_evaluate", args=[h.lot.pk]), at_desk(h.chair)
    page = text_of(desk.get(address, {"bid": h.bids[0].pk}))
    assert "正偏离" in page and "交付期 20 日" in page and "投标文件第 12 页" in page and "评审结论" in page
    assert "未声明" in text_of(desk.get(address, {"bid": h.bids[1].pk}))


def test_whoever_has_not_signed_in_is_led_there(clock: Clock) -> None:
    h = hall("950000", "1000000", "1100000")
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    clock.at = SEATED
    member = h.members[0]
    page = text_of(at_desk(member.post).get(reverse("work_evaluate", args=[h.lot.pk])))
    assert f'href="{reverse("work_do", args=["committeemember", member.pk, "committee.sign_in"])}"' in page


def test_words_are_found_in_all_bids_of_the_desk_and_in_no_other(h: Hall) -> None:
    declare(h, 1, "positive", "采用钛合金支架，交付期 20 日")
    other = three("951000", "1000000", "1100000")
    declare(other, 0, "positive", "采用钛合金外壳")
    documents_of(h, 0, "技术方案.txt", "本方案采用钛合金结构。".encode())
    documents_of(h, 2, "技术方案.pdf", b"%PDF-1.7")
    address, desk = reverse("work_evaluate", args=[h.lot.pk]), at_desk(h.chair)
    page = text_of(desk.get(address, {"q": "钛合金"}))
    assert page.count("<mark>钛合金</mark>") == 2
    assert f"{h.bids[1].supplier.name}" in page and "技术方案.txt" in page and "外壳" not in page
    assert "另有 1 份附件是扫描件、图片等" in page
    assert "没有找到“石墨烯”" in text_of(desk.get(address, {"q": "石墨烯"}))
    assert "请至少输入两个字" in text_of(desk.get(address, {"q": "钛"}))


def test_words_in_a_pdf_are_found_with_their_page(h: Hall) -> None:
    mine = documents_of(h, 1, "技术方案.pdf", pdf(shown("交付期二十日"), shown("采用钛合金支架")))
    documents_of(h, 2, "响应.pdf", pdf(shown("采用钛合金外壳")))
    page = text_of(at_desk(h.chair).get(reverse("work_evaluate", args=[h.lot.pk]), {"q": "钛合金"}))
    assert page.count("<mark>钛合金</mark>") == 2 and "没有读全" not in page
    assert f'href="{reverse("work_file", args=[mine.pk])}#page=2"' in page and "技术方案.pdf，第 2 页" in page
    assert "响应.pdf" in page and "响应.pdf，第" not in page


def test_a_file_that_cannot_be_read_is_tried_once(h: Hall, settings: Any, tmp_path: Path) -> None:
    """Or one bidder's broken file costs every search of every member what it costs to find that out."""
    broken = documents_of(h, 1, "技术方案.pdf", b"%PDF-1.7").document
    away = documents_of(h, 2, "响应.pdf", b"%PDF-1.7 x").document
    first = searching.text_of(broken)
    assert first is not None and not first.is_whole and first.parts == ()
    settings.YANGCAI_FILES = str(tmp_path)  # the store is away: what is there is not said to be broken
    assert searching.text_of(broken) == first and searching.text_of(away) is None


def test_a_search_takes_apart_so_much_and_the_next_goes_on(h: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or one bidder with hundreds of files holds the process that serves everybody."""
    documents_of(h, 0, "技术方案.txt", "本方案采用钛合金结构。".encode())
    documents_of(h, 1, "响应.txt", "采用钛合金外壳".encode())
    desk, address = at_desk(h.chair), reverse("work_evaluate", args=[h.lot.pk])
    ticks = itertools.count(0, searching.PATIENCE - 1)  # for one file and no more
    monkeypatch.setattr(searching.time, "monotonic", lambda: next(ticks))
    page = text_of(desk.get(address, {"q": "钛合金"}))
    assert page.count("<mark>钛合金</mark>") == 1 and "还有 1 份附件没有检索到，请再检索一次" in page
    page = text_of(desk.get(address, {"q": "钛合金"}))
    assert page.count("<mark>钛合金</mark>") == 2 and "没有检索到，请再" not in page


def documents_of(h: Hall, number: int, name: str, content: bytes) -> Attachment:
    """A file that came with a bid, as the opening attaches it."""
    bid = h.bids[number]
    return Attachment.objects.create(
        document=documents.store_bytes(data=content, name=name),
        root=h.case.ref,
        subject=bid.ref,
        title=name,
        kind="bid",
        organisation_id=bid.supplier_id,
        at=bid.opened_at,
    )


@pytest.mark.long
def test_where_the_file_says_so_nobody_learns_whose_bid_it_judges_before_the_result(clock: Clock) -> None:
    clock.at = SCORED
    h = three("950000", "1000000", "1100000", blind=True)
    file = documents_of(h, 0, f"{h.bids[0].supplier.name}技术方案.txt", "方案".encode())
    names = [bid.supplier.name for bid in h.bids]
    desk, officer = at_desk(h.chair), at_desk(h.officer)
    pages = [
        reverse("work_evaluate", args=[h.lot.pk]),
        *(f"{reverse('work_evaluate', args=[h.lot.pk])}?bid={bid.pk}&q=方案" for bid in h.bids),
        reverse("work_do", args=["lot", h.lot.pk, "scores.submit"]),
        reverse("work_do", args=["lot", h.lot.pk, "responsiveness.record"]),
        reverse("work_case", args=[h.case.pk]),
    ]
    for address in pages:
        page = text_of(desk.get(address))
        assert not [page[page.index(name) - 60 : page.index(name)] for name in names if name in page], address
    page = text_of(desk.get(pages[0]))
    assert {f"投标人 {letter}" for letter in "ABC"} <= set(re.findall("投标人 [A-Z]", page)) and "暗标评审" in page
    got = desk.get(reverse("work_file", args=[file.pk]))
    assert text_of(got) == "方案" and quote(names[0]) not in got["Content-Disposition"]
    # Whoever runs the case reads the names all the time; the members do once the result is computed.
    assert names[0] in text_of(officer.get(pages[-1]))
    h.score(EQUAL)
    h.compute()
    clock.at = COMPUTED
    assert names[0] in text_of(desk.get(pages[-1]))


def test_what_hangs_on_a_bid_tells_no_judge_whose_it_is(clock: Clock) -> None:
    clock.at = SCORED
    h = three("410000", "780000", "800000", "890000", ceiling="1000000", budget="1000000.00", blind=True)
    desk, names = at_desk(h.chair), [bid.supplier.name for bid in h.bids]
    asked = {"ground": "inconsistent", "page": "3", "question": "请说明交付期", "answer_by": ANSWER_BY}
    one = h.do("clarification.ask", h.bids[1], h.chair, JUDGED, **asked).value
    h.do("clarification.answer", one, h.bidders[1], ANSWERED, answer="三十日", signed_as="authorised")
    review = h.do("low_price.start", h.bids[0], h.chair, JUDGED).value
    h.do("low_price.explain", h.bids[0], h.bidders[0], ANSWERED, explanation="自有生产线")
    assert isinstance(review, LowPriceReview)
    clock.at = ANSWERED
    for address in (
        reverse("work_case", args=[h.case.pk]),
        reverse("work"),
        reverse("work_do", args=["clarification", one.pk, "clarification.decide"]),
        reverse("work_do", args=["openedbid", h.bids[0].pk, "low_price.decide"]),
        reverse("work_do", args=["openedbid", h.bids[2].pk, "clarification.ask"]),
        reverse("work_do", args=["lot", h.lot.pk, "qualification.record"]),
    ):
        page = text_of(desk.get(address))
        assert not [page[page.index(name) - 60 : page.index(name)] for name in names if name in page], address
    assert "780,000" not in text_of(desk.get(reverse("work_do", args=["openedbid", h.bids[1].pk, "clarification.ask"])))


def test_no_address_of_a_bid_that_is_judged_blindly_is_told_beside_its_name(clock: Clock) -> None:
    clock.at = SCORED
    h, plain = three("951000", "1000000", "1100000", blind=True), three("952000", "1000000", "1100000")
    path = f"opened-bids/{h.bids[0].pk}"
    for reader in (None, h.chair, h.bidders[1]):
        assert Caller(reader).get(path).json().keys() == {"id", "lot_id", "opened_at"}
        assert "supplier_id" in Caller(reader).get(f"opened-bids/{plain.bids[0].pk}").json()
    for reader in (h.officer, h.bidders[0]):
        assert Caller(reader).get(path).json()["supplier_id"] == h.bids[0].supplier_id
    h.score(EQUAL)
    h.compute()
    assert Caller(None).get(path).json()["supplier_id"] == h.bids[0].supplier_id
