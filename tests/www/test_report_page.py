"""Does a page say in the reader's words what a row of the evaluation keeps as a code?"""

import pytest
from django.urls import reverse

from tests.tendering.judging import COMPUTED, EQUAL, SCORED, SIGNED, three
from tests.www.support import Clock, at_desk, text_of

pytestmark = pytest.mark.django_db


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
    for path in (reverse("work_report", args=[h.report.pk]), reverse("work_case", args=[h.case.pk])):
        page = text_of(at_desk(h.agent).get(path, headers={"accept-language": language}))
        assert corrected in page and asked in page, path
        assert ">objective<" not in page and ">sum<" not in page, path
