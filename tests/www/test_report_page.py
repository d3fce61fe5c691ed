"""Does a page say in the reader's words what a row of the evaluation keeps as a code?"""

import pytest
from django.urls import reverse

from tests.tendering.judging import COMPUTED, EQUAL, SCORED, SIGNED, three
from tests.www.support import Clock, at_desk, text_of
from yangcai.tendering import arithmetic
from yangcai.www.work import pdf_text

pytestmark = pytest.mark.django_db


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "corrected", "asked"),
    [
        ("zh-hans", "对客观评审因素评分不一致", "分值汇总计算错误"),
        ("en", "Members differ on an objective criterion", "The scores were added up wrongly"),
    ],
)
def test_grounds_stand_in_words_on_report_and_case_page(
    clock: Clock, language: str, corrected: str, asked: str
) -> None:
    """What was corrected, and what a review was asked for: never the code that a row keeps."""
    h = three()
    odd, *others = [m.post for m in h.members]
    h.do("scores.submit", h.lot, odd, SCORED, rows=h.rows({**EQUAL, 2: {"technical": "40", "record": "20"}}))
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(EQUAL))
    h.compute()
    h.do("review.request", h.report, h.agent, COMPUTED, ground="sum", content="合计与分项之和不符")
    h.do("scores.correct", h.lot, odd, SIGNED, ground="objective", rows=h.rows({2: {"record": "10"}}))
    clock.at = SIGNED
    told = text_of(
        at_desk(h.agent).get(reverse("work_report", args=[h.report.pk]), headers={"accept-language": language})
    )
    assert {"zh-hans": "20 分改为 10 分", "en": "changed from 20 to 10 points"}[language] in told
    for path in (reverse("work_report", args=[h.report.pk]), reverse("work_case", args=[h.case.pk])):
        page = text_of(at_desk(h.agent).get(path, headers={"accept-language": language}))
        assert corrected in page and asked in page, path
        assert ">objective<" not in page and ">sum<" not in page, path


def test_who_signs_is_led_to_the_whole_of_what_is_signed(clock: Clock) -> None:
    h = three().judged(EQUAL)
    clock.at = SIGNED
    form = reverse("work_do", args=["evaluationreport", h.report.pk, "report.sign"])
    assert reverse("work_report", args=[h.report.pk]) in at_desk(h.chair).get(form).content.decode()


#: Of the first bid the members give 30, 40, 44, 45 and 50: 41.80 is their mean, 43.00 without the first and the last.
UNEQUAL = ("30", "40", "44", "45", "50")


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "price", "scores"),
    [
        ("zh-hans", "低价优先法", "去掉一个最高分和一个最低分后的平均分"),
        ("en", "Lowest price first", "Mean without one of the highest and one of the lowest"),
    ],
)
def test_the_formulas_that_the_file_declares_stand_where_their_points_do(
    clock: Clock, language: str, price: str, scores: str
) -> None:
    """In the table of criteria, below the members' scores, and in the report with what it was computed by."""
    h = three(score_formula="trimmed_mean")
    for member, points in zip(h.members, UNEQUAL, strict=True):
        rows = h.rows({**EQUAL, 0: {"technical": points, "record": "10"}})
        h.do("scores.submit", h.lot, member.post, SCORED, rows=rows)
    h.compute()
    clock.at = SIGNED
    case, report = (
        text_of(at_desk(h.agent).get(path, headers={"accept-language": language}))
        for path in (reverse("work_case", args=[h.case.pk]), reverse("work_report", args=[h.report.pk]))
    )
    assert f">{price}</td>" in case and f">{scores}</td>" in case
    assert price in report and scores in report
    foot = case.split("<tfoot>")[1].split("</tfoot>")[0]
    assert scores in foot and ">53.00</td>" in foot and "51.80" not in foot


def test_a_report_from_before_formulas_were_written_down_names_none(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arithmetic, "_formulas", lambda lot: {})
    h = three()
    h.score(EQUAL)
    h.compute()
    clock.at = SIGNED
    page = text_of(at_desk(h.agent).get(reverse("work_report", args=[h.report.pk])))
    assert "综合评分法" in page and "低价优先法" not in page


@pytest.mark.long
def test_why_it_was_evaluated_anew_stands_in_its_report_its_paper_and_on_the_case(clock: Clock) -> None:
    """87号令 art. 64: what whoever had it taken up again found, in their words."""
    h = three()
    h.score(EQUAL)
    h.compute()
    h.sign()
    reason = "一名评委把质保三年误读为一年"
    h.do("evaluation.reopen", h.lot, h.agent, SIGNED, ground="abnormal", reason=reason)
    h.find_abnormal(h.members[0].post, 0, SIGNED, side="high")
    h.do(
        "scores.correct",
        h.lot,
        h.members[0].post,
        SIGNED,
        ground="abnormal",
        rows=[{**h.rows({0: {"technical": "31"}})[0], "reason": "误读"}],
    )
    h.sign()
    clock.at = SIGNED
    browser, report = at_desk(h.agent), reverse("work_report", args=[h.report.pk])
    paper = browser.get(reverse("work_report_pdf", args=[h.report.pk]))
    read = pdf_text.read(b"".join(paper) if paper.streaming else paper.content)
    assert "一名评委把质保三年误读为一年" in "".join(read.pages)
    assert all(reason in text_of(browser.get(path)) for path in (report, reverse("work_case", args=[h.case.pk])))
    told = [text_of(browser.get(report)), "".join(read.pages)]
    assert all("分改为 31 分" in one for one in told)


def test_each_correction_stands_in_the_report_and_a_reason_that_follows_is_none(clock: Clock) -> None:
    """Two members correct one after the other, on two grounds: neither is lost, and each score is told as it was."""
    h = three()
    odd, one, *others = [m.post for m in h.members]
    h.do("scores.submit", h.lot, odd, SCORED, rows=h.rows({**EQUAL, 2: {"technical": "40", "record": "20"}}))
    for post in (one, *others):
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(EQUAL))
    h.compute()
    h.do("scores.correct", h.lot, odd, SIGNED, ground="objective", rows=h.rows({2: {"record": "10"}}))
    row = h.rows({0: {"technical": "31"}})[0]
    h.find_abnormal(one, 0, SIGNED, side="high")
    h.do("scores.correct", h.lot, one, SIGNED, ground="abnormal", rows=[{**row, "reason": "误读"}])
    given = {"bid": row["bid"], "criterion": row["criterion"], "reason": "参数齐全"}
    h.do("scores.explain", h.lot, others[0], SIGNED, rows=[given])
    clock.at = SIGNED
    page = text_of(at_desk(h.agent).get(reverse("work_report", args=[h.report.pk])))
    assert page.count("更正情形") == 2 and page.count("分改为") == 2
    assert "20 分改为 10 分" in page and "分改为 31 分" in page
