"""Is every bidder told why it lost: its own figures, the clause with its page, its remedy, and nothing of others?"""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests.apart import shared
from tests.factories import at, make_supplier
from tests.tendering.judging import ANNOUNCED, JUDGED, OPENED, QUALIFIED, SIGNED, Hall, Offer, hall
from tests.www.support import Clock, at_desk
from tests.www.test_english import data, unmarked
from yangcai.credit.models import Debarment
from yangcai.kernel.actions import ACTIONS
from yangcai.tendering.explanation import Explanation, explain
from yangcai.tendering.models import AwardLetter, Clause, Finding
from yangcai.www import formats

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.YANGCAI_SECOND_FACTOR = False
    clock = Clock(ANNOUNCED)
    monkeypatch.setattr("yangcai.kernel.clock.now", clock)
    return clock


def letter_of(h: Hall, number: int) -> AwardLetter:
    return AwardLetter.objects.get(lot=h.lot, supplier=h.bids[number].supplier)


def of(h: Hall, number: int) -> Explanation:
    return explain(letter_of(h, number), now=ANNOUNCED)


def failing_with_pages(h: Hall, kind: str, *, failing: int, page: str, **only: Any) -> list[dict[str, Any]]:
    return [
        row | {"page": page if row["bid"] == h.bids[failing].pk else ""}
        for row in h.findings(kind, failing=[failing], **only)
    ]


def announce() -> Hall:
    """Five bids: a winner, a second, one unqualified, one not responsive, one small enterprise with a deduction."""
    h = hall(
        "1000000", "1100000", "1050000", "1040000", Offer("1120000", size="small", rest={"preference": "small_micro"}),
        small_micro_rate="0.10",
    )  # fmt: skip
    h.seat()
    rows = failing_with_pages(h, "qualification", failing=2, page="第 12 页、15—18 页")
    h.do("qualification.record", h.lot, h.runner, OPENED, rows=rows)
    h.do("qualification.conclude", h.lot, h.runner, QUALIFIED)
    rows = failing_with_pages(h, "responsiveness", failing=3, page="40", only=[0, 1, 3, 4])
    h.do("responsiveness.record", h.lot, h.chair, JUDGED, rows=rows)
    h.judged({0: points("45", "18"), 1: points("40", "15"), 4: points("30", "10")})
    h.awarded()
    h.announced()
    return h


announced = shared(announce)


def decide() -> Hall:
    """Three bids; the buyer has taken the first, and has not said so yet."""
    h = hall("1000000", "1100000", "1150000").ready().judged({n: points(str(40 - n), "10") for n in range(3)})
    h.awarded()
    return h


decided = shared(decide)


def points(technical: str, record: str) -> dict[str, str]:
    return {"technical": technical, "record": record}


def test_the_loser_reads_its_own_arithmetic(announced: Any) -> None:
    h = announced()
    told = of(h, 4)
    price = told.price
    assert price is not None
    # 1,120,000 less 10 % is 1,008,000; base price 1,000,000; 30 points (87号令 art. 55).
    assert (price.quoted, price.bid_price) == (Decimal("1120000.00"), Decimal("1120000.00"))
    assert [(d.zh, d.rate, d.amount) for d in price.deductions] == [
        ("小微企业价格扣除", Decimal("0.1000"), Decimal("112000.00"))
    ]
    assert price.evaluated_price == Decimal("1008000.00") and price.base_price == Decimal("1000000.00")
    assert price.is_quotient and price.score == Decimal("29.76") == round(Decimal(1000000) / 1008000 * 30, 2)
    assert {c.code: c.points for c in told.criteria} == {
        "price": Decimal("29.76"), "technical": Decimal("30.00"), "record": Decimal("10.00"),
    }  # fmt: skip
    assert told.total == sum(c.points for c in told.criteria) and told.rank == 3
    assert told.members == len(h.members)
    assert (
        told.reasons[0].zh == "评审排名第 3，未被确定为中标供应商" and told.reasons[0].citation.article == "第五十七条"
    )


def test_the_failing_clause_with_its_page(announced: Any) -> None:
    h = announced()
    told = of(h, 2)
    assert [(f.kind, f.number, f.reason, f.page) for f in told.failed] == [
        ("qualification", 1, "未提供证明材料", "12、15-18"),
        ("qualification", 2, "未提供证明材料", "12、15-18"),
    ]
    assert told.criteria == () and told.total is None and told.rank is None
    assert told.reasons[0].citation.article == "第四十四条"
    assert told.reasons[0].zh == "资格审查不合格"
    assert "（未提供证明材料，见投标文件第 12、15-18 页）" in told.reasons[0].quoted
    assert "见投标文件第 12、15-18 页" in AwardLetter.objects.get(supplier=h.bids[2].supplier).reason
    other = of(h, 3)
    assert [(f.kind, f.page) for f in other.failed] == [("responsiveness", "40")]
    assert other.reasons[0].citation.article == "第五十条"


#: The notice's day; the last day on which an objection can be raised: 1 working day of notice, then 7 (law.md D19).
LAST_DAYS = [
    ("2025-12-01", "2025-12-11"),
    ("2026-03-27", "2026-04-09"),  # Qingming lies between: 4 to 6 April
    ("2026-09-24", "2026-10-13"),  # National Day: 1 to 7 October, 10 October is worked
    ("2026-09-25", "2026-10-13"),  # published on the day before Mid-Autumn
]


@pytest.mark.long
@pytest.mark.parametrize(("published", "last_day"), LAST_DAYS)
def test_the_last_day_of_the_remedy(decided: Any, published: str, last_day: str) -> None:
    h = decided()
    award = h.award
    letter = AwardLetter.objects.create(
        lot=h.lot, supplier=h.bids[1].supplier, is_winner=False, issued_at=at(f"{published}T09:00")
    )
    type(award).objects.filter(pk=award.pk).update(announced_at=letter.issued_at)
    remedy = explain(AwardLetter.objects.get(pk=letter.pk), now=letter.issued_at).remedy
    assert str(remedy.last_day) == last_day and remedy.days == 7 and remedy.notice_days == 1
    assert [c.article for c in remedy.citations] == ["第五十二条", "第五十三条", "第六十九条"]


def test_a_failed_lot_is_told_from_its_own_day() -> None:
    h = hall("1000000", "1100000", "1150000")
    h.do("qualification.record", h.lot, h.runner, OPENED, rows=h.findings("qualification", failing=[0, 1]))
    h.do("lot.declare_unsuccessful", h.lot, h.runner, QUALIFIED, ground="too_few", reason="合格投标人 1 家")
    told = of(h, 2)
    assert told.winner is None and told.reasons[0].zh == "本采购包废标" and "合格投标人 1 家" in told.reasons[0].quoted
    # 23 March and seven working days: no award notice, so no notice period (条例 art. 53(2)).
    assert str(told.remedy.since) == "2026-03-23" and str(told.remedy.last_day) == "2026-04-01"
    assert [f.number for f in of(h, 0).failed] == [1, 2] and of(h, 0).price.bid_price == Decimal("1000000.00")


def test_who_was_out_of_a_lot_that_failed_is_told_why() -> None:
    """Above all where no clause says so: what is found by itself is in no table of failing clauses."""
    h = hall("1000000", "1100000", Offer("1150000", rest={"has_imports": True}), Offer("1170000"), "1250000")
    Debarment.objects.create(
        organisation=h.bids[0].supplier,
        ground="procurement",
        from_on=OPENED.date(),
        authority="兰州新区财政局",
        decision="兰新财〔2026〕9号",
    )
    h.seat()
    h.qualify()
    h.respond(failing=[3], out=[0])
    h.do("lot.declare_unsuccessful", h.lot, h.runner, JUDGED, ground="too_few")
    told = {n: of(h, n).reasons for n in range(5)}
    assert [(one.zh, one.citation.article) for one in told[0]] == [
        ("资格审查不合格", "第四十四条"), ("本采购包废标", "第三十六条"),
    ]  # fmt: skip
    assert "兰新财〔2026〕9号" in told[0][0].quoted
    assert (told[2][0].zh, told[2][0].quoted) == ("符合性审查不合格", "采购文件不接受进口产品")
    assert (told[3][0].en, told[3][0].citation.article) == ("Not responsive", "第五十条")
    above = told[4][0]
    assert above.zh == "贵单位的投标无效" and "超过预算金额" in above.quoted and above.citation is not None
    assert [one.zh for one in told[1]] == ["本采购包废标"]


def test_low_prices_and_corrections_are_told(announced: Any) -> None:
    low = hall("300000", "1000000", "1100000", "1150000").ready()
    low.do("low_price.start", low.bids[0], low.chair, JUDGED)
    low.do("low_price.explain", low.bids[0], low.bidders[0], JUDGED, explanation="成本低")
    low.do("low_price.decide", low.bids[0], low.chair, JUDGED, is_accepted=False, decision="未提供成本构成")
    low.judged({n: points(str(40 - n), "10") for n in (1, 2, 3)})
    low.awarded()
    low.announced()
    told = of(low, 0)
    assert "不能证明报价合理性" in told.reasons[0].zh and told.reasons[0].quoted == "未提供成本构成"
    assert told.reasons[1].zh == "报价经异常低价审查，说明未被认可" and told.reasons[1].quoted == "未提供成本构成"


def test_nothing_of_another_bidder_is_told(announced: Any, clock: Clock) -> None:
    h = announced()
    told = json.dumps(of(h, 4).as_dict(), ensure_ascii=False)
    page = (
        at_desk(h.bidders[4])
        .get(reverse("work_explanation", args=[AwardLetter.objects.get(supplier=h.bids[4].supplier).pk]))
        .content.decode()
    )
    for text in (told, page):
        for n in (1, 2, 3):  # the winner and its price stand in the award notice
            assert h.bids[n].supplier.name not in text
            assert f"{h.bids[n].price}" not in text and f"{h.bids[n].price:,.2f}" not in text
        assert all(member.post.person.name not in text for member in h.members)
    assert h.bids[0].supplier.name in page and "1,000,000.00" in page


def test_same_brand_does_not_say_whose(announced: Any) -> None:
    brand = {"brand": "河桥"}
    h = hall(
        Offer("900000", rest=brand), Offer("950000", rest=brand), "1000000", "1100000", core_product="计算机"
    ).ready()
    h.judged({n: points(str(40 - n), "10") for n in range(4)})
    h.awarded()
    h.announced()
    told = of(h, 1)
    assert "同一品牌" in told.reasons[0].zh and told.reasons[0].citation.article == "第三十一条"
    said = json.dumps([r.as_dict() for r in told.reasons], ensure_ascii=False)
    assert h.bids[0].supplier.name not in said and f'"{h.bids[0].pk}"' not in said


def test_in_english_only_what_somebody_wrote_is_chinese(announced: Any, clock: Clock) -> None:
    h = announced()
    written = data()
    addresses = [(h.bidders[n], reverse("work_explanation", args=[letter_of(h, n).pk])) for n in (0, 1, 2, 3, 4)]
    addresses.append((h.officer, reverse("work_report", args=[h.report.pk])))
    for post, address in addresses:
        client = at_desk(post)
        client.cookies["django_language"] = "en"
        assert unmarked(client.get(address).content.decode(), written) == [], address


def test_who_may_read_it(announced: Any, clock: Clock) -> None:
    h = announced()
    mine = reverse("work_explanation", args=[AwardLetter.objects.get(supplier=h.bids[2].supplier).pk])
    page = at_desk(h.bidders[2]).get(mine).content.decode()
    assert "12、15-18" in page and "具有独立承担民事责任的能力" in page and "2026-04-09 24:00" in page
    assert at_desk(h.bidders[1]).get(mine).status_code == 404
    assert at_desk(make_supplier()).get(mine).status_code == 404
    assert at_desk(h.officer).get(mine).status_code == at_desk(h.agent).get(mine).status_code == 200
    case_page = at_desk(h.bidders[2]).get(reverse("work_case", args=[h.case.pk])).content.decode()
    assert f'href="{mine}"' in case_page


closed = shared(lambda: hall("1000000", "1100000", "1150000"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("12", "12"),
        ("第12页", "12"),
        ("12,15－18", None),
        ("12, 15–18", "12、15-18"),
        ("", ""),
        ("0", None),
        ("x", None),
    ],
)
def test_pages_are_written_in_one_way(closed: Any, given: str, kept: str | None) -> None:
    h = closed()
    rows = [row | {"page": given} for row in h.findings("qualification")]
    if kept is None:
        assert h.refused("qualification.record", h.lot, h.runner, OPENED, rows=rows) == {"invalid_input"}
        return
    h.do("qualification.record", h.lot, h.runner, OPENED, rows=rows)
    assert set(Finding.objects.filter(opened_bid__in=h.bids).values_list("page", flat=True)) == {kept}
    again = ACTIONS["qualification.record"].input(subject=h.lot, by=h.runner, now=OPENED)
    assert {row["page"] for row in again.fields["rows"].initial} == {kept}
    assert Clause.objects.exists()


# --- the report ----------------------------------------------------------------------------------------------------


def test_the_report_says_what_the_law_lists(clock: Clock) -> None:
    """招标公告的媒体和日期, 名单, 方法和标准, 无效投标, 结果, 候选人, 不同意见 (87号令 art. 58, 61)."""
    h = hall("1000000", "1100000", "1150000", "1040000")
    h.seat()
    h.qualify()
    h.respond(failing=[3])
    h.score({n: points(str(40 - n), "10") for n in range(3)})
    h.compute()
    first, *others = h.members
    h.do("report.sign", h.report, first.post, SIGNED, dissent="第二名的技术方案应当更高", reasons="见其第 20 页")
    for member in others:
        h.do("report.sign", h.report, member.post, SIGNED)
    h.send()
    report = h.report
    address = reverse("work_report", args=[report.pk])
    page = at_desk(h.officer).get(address).content.decode()
    for bid in h.bids:
        assert bid.supplier.name in page
    for member in h.members:
        assert member.post.person.name in page
    for text in (
        "第二名的技术方案应当更高",
        "见其第 20 页",
        "符合性审查不合格",
        "technical",
        "综合评分法",
        "1,040,000.00",
    ):
        assert text in page, text
    assert page.index("一、项目和开标") < page.index("四、评标情况") < page.index("六、其他需要说明的情况")
    assert formats.fingerprint(report.digest[:16]) in page and "内容与签署时的摘要不符" not in page
    assert at_desk(h.bidders[0]).get(address).status_code == 404
    assert at_desk(make_supplier()).get(address).status_code == 404
    told = at_desk(h.officer).get(reverse("verify"), {"code": report.digest[:16]}).content.decode()
    assert "核对一致" in told and h.case.number in told and h.bids[0].supplier.name not in told
    # A report that was changed says so itself.
    report.result["bids"][str(h.bids[0].pk)]["total"] = "99.00"
    with connection.cursor() as cursor:  # by whoever can go round the controls
        cursor.execute("ALTER TABLE tendering_evaluationreport DISABLE TRIGGER USER")
    type(report).objects.filter(pk=report.pk).update(result=report.result)
    assert "内容与签署时的摘要不符" in at_desk(h.officer).get(address).content.decode()
