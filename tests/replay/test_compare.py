"""Does the comparison check exactly what was published, no more and no less?"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from yangcai.kernel.calendar import SHANGHAI
from yangcai.replay.casefile import parse_case
from yangcai.replay.compare import Observed, compare
from yangcai.replay.published import Award

TEXT = """\
yangcai: case/1
id: sample
source: 公告 1
title: 样例
buyer: {name: 采购人}
jurisdiction: "620171"
category: services
method: open_tender
dates: {invitation: 2024-03-01, documents: [2024-03-01, 2024-03-08], submission_closes: 2024-03-25T09:30}
events: [{on: 2024-03-05, kind: correction, submission_closes: 2024-03-26T09:30}]
lots:
  - lot: "1"
    bids:
      - supplier: {name: 甲}
        price: "900.00"
      - supplier: {name: 乙}
      - supplier: {name: 丙}
        qualified: 缺少营业执照
outcome:
  status: awarded
  awards: [{lot: "1", supplier: 甲, amount: "900.00"}]
  price_scores: {"1": {甲: "10.00", 乙: "9.2"}}
  totals: {"1": {甲: "92.00", 乙: "81.33"}}
  ranking: {"1": [甲, 乙]}
"""

SAME = Observed(
    status="awarded",
    awards=(Award("1", "甲", Decimal("900")),),
    price_scores={"1": {"甲": Decimal(10), "乙": Decimal("9.20")}},
    totals={"1": {"甲": Decimal("91.995"), "乙": Decimal("81.3333333")}},
    ranking={"1": ("甲", "乙", "未公布供应商1")},
    prices={"1": {"甲": Decimal("900.00"), "乙": Decimal("978.26")}},
    valid={"1": {"甲": True, "乙": True, "丙": False}},
    dates={
        "invitation": dt.datetime(2024, 3, 1, 9, 0, tzinfo=SHANGHAI),
        "documents": (dt.date(2024, 3, 1), dt.date(2024, 3, 8)),
        "submission_closes": dt.datetime(2024, 3, 26, 1, 30, tzinfo=dt.UTC),
        "opening": dt.datetime(2024, 3, 26, 9, 30, tzinfo=SHANGHAI),
    },
)


@pytest.fixture
def published():
    return parse_case(data=TEXT.encode())


def test_equal_when_all_that_was_published_came_out(published):
    result = compare(published=published, observed=SAME)
    assert result.differences == () and result.equal
    # status, winner, amount, 2 price scores, 2 totals, ranking, 1 price, 1 invalid bid, 4 days (documents has two)
    assert result.checked == 14


@pytest.mark.parametrize(
    ("change", "path", "expected", "got"),
    [
        ({"status": "unsuccessful"}, "status", "awarded", "unsuccessful"),
        ({"awards": (Award("1", "乙", Decimal("900")),)}, "awards.1", "甲", "乙"),
        ({"awards": ()}, "awards.1.甲", "900.00", "—"),
        ({"awards": (Award("1", "甲", Decimal("900.01")),)}, "awards.1.甲", "900.00", "900.01"),
        ({"price_scores": {"1": {"甲": Decimal(10), "乙": Decimal("9.21")}}}, "price_scores.1.乙", "9.20", "9.21"),
        ({"price_scores": {}}, "price_scores.1.乙", "9.20", "—"),
        ({"totals": {"1": {"甲": Decimal("91.994"), "乙": Decimal("81.33")}}}, "totals.1.甲", "92.00", "91.99"),
        ({"ranking": {"1": ("乙", "甲")}}, "ranking.1", "甲 > 乙", "乙 > 甲"),
        ({"ranking": {"1": ("甲", "未公布供应商1", "乙")}}, "ranking.1", "甲 > 乙", "甲 > 未公布供应商1"),
        ({"prices": {"1": {"甲": Decimal("901")}}}, "prices.1.甲", "900.00", "901.00"),
        ({"valid": {"1": {"丙": True}}}, "valid.1.丙", "false", "true"),
        ({"valid": {}}, "valid.1.丙", "false", "—"),
        ({"dates": {**SAME.dates, "invitation": dt.date(2024, 3, 2)}}, "dates.invitation", "2024-03-01", "2024-03-02"),
        ({"dates": {**SAME.dates, "documents": None}}, "dates.documents.last", "2024-03-08", "—"),
        (
            {"dates": {**SAME.dates, "submission_closes": dt.datetime(2024, 3, 25, 9, 30, tzinfo=SHANGHAI)}},
            "dates.submission_closes",
            "2024-03-26T09:30:00+08:00",
            "2024-03-25T09:30:00+08:00",
        ),
    ],
)
def test_each_deviation_is_one_difference_with_its_path(published, change, path, expected, got):
    result = compare(published=published, observed=replace(SAME, **change))
    found = {difference.path: (difference.expected, difference.got) for difference in result.differences}
    assert found[path] == (expected, got)
    assert not result.equal
    assert result.checked == 14


def test_what_was_not_published_is_not_compared():
    silent = parse_case(data=TEXT.partition("outcome:")[0].encode())
    result = compare(published=silent, observed=replace(SAME, status="unsuccessful", awards=(), totals={}, ranking={}))
    assert result.equal and result.checked == 6


def test_a_published_day_matches_any_time_of_that_day_in_shanghai(published):
    late = {**SAME.dates, "invitation": dt.datetime(2024, 2, 29, 16, 30, tzinfo=dt.UTC)}
    assert compare(published=published, observed=replace(SAME, dates=late)).equal


def test_a_figure_with_more_decimals_than_the_document_prescribes_is_a_difference(published):
    text = TEXT.replace('乙: "81.33"', '乙: "81.333"')
    result = compare(published=parse_case(data=text.encode()), observed=SAME)
    assert [difference.as_dict() for difference in result.differences] == [
        {"path": "totals.1.乙", "expected": "81.333", "got": "81.33"}
    ]


def test_rounding_follows_the_document():
    text = TEXT.replace("    bids:", "    evaluation: {rounding: 1}\n    bids:").replace("81.33", "81.3")
    assert compare(published=parse_case(data=text.encode()), observed=SAME).equal


def test_a_known_error_is_compared_with_the_right_value():
    wrong = TEXT.replace('甲: "92.00"', '甲: "93.00"').replace('amount: "900.00"', 'amount: "1800.00"')
    published = parse_case(data=wrong.encode())
    assert {difference.path for difference in compare(published=published, observed=SAME).differences} == {
        "totals.1.甲",
        "awards.1.甲",
    }
    explained = wrong + (
        "  known_errors:\n"
        '    - {path: totals.1.甲, published: "93.00", right: "92", why: 加总有误}\n'
        '    - {path: outcome.awards.1.甲, right: "900.00", why: 金额翻倍}\n'
    )
    result = compare(published=parse_case(data=explained.encode()), observed=SAME)
    assert result.equal
    assert [error.why for error in result.known_errors] == ["加总有误", "金额翻倍"]
    assert result.checked == 14


SCORED = TEXT.replace(
    "      - supplier: {name: 乙}\n",
    '        scores: {technical: "72.0"}\n        panel: {technical: ["70", "74", "72"]}\n'
    '      - supplier: {name: 乙}\n        panel: {total: ["81", "82.5", "80.49"]}\n',
)
OF_MEMBERS = replace(
    SAME,
    means={"1": {"甲": {"technical": Decimal("72.00")}}},
    members={
        "1": {
            "甲": {"technical": (Decimal("74.0000"), Decimal(72), Decimal(70))},
            "乙": {"technical": (Decimal(70),), "total": (Decimal("80.49"), Decimal(81), Decimal("82.5"))},
        }
    },
)


def test_printed_means_and_members_scores_are_compared_in_any_order():
    result = compare(published=parse_case(data=SCORED.encode()), observed=OF_MEMBERS)
    assert result.equal
    assert result.checked == 14 + 3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"means": {}}, ("scores.1.甲.technical", "72.00", "—")),
        (
            {
                "members": {
                    "1": {**OF_MEMBERS.members["1"], "甲": {"technical": (Decimal(74), Decimal(73), Decimal(69))}}
                }
            },
            ("panel.1.甲.technical", "70.00、72.00、74.00", "69.00、73.00、74.00"),
        ),
        (
            {"members": {"1": {**OF_MEMBERS.members["1"], "乙": {"technical": (Decimal(70),)}}}},
            ("panel.1.乙.total", "80.49、81.00、82.50", "—"),
        ),
    ],
)
def test_a_mean_or_a_members_score_that_differs_is_one_difference(change, expected):
    result = compare(published=parse_case(data=SCORED.encode()), observed=replace(OF_MEMBERS, **change))
    assert [(one.path, one.expected, one.got) for one in result.differences] == [expected]


def test_the_opening_follows_a_moved_deadline():
    text = TEXT.replace("submission_closes: 2024-03-25T09:30}", "opening: 2024-03-25T09:30}")
    published = parse_case(data=text.encode())
    assert compare(published=published, observed=SAME).equal
    early = {**SAME.dates, "opening": dt.datetime(2024, 3, 25, 9, 30, tzinfo=SHANGHAI)}
    paths = [item.path for item in compare(published=published, observed=replace(SAME, dates=early)).differences]
    assert paths == ["dates.opening"]
