"""What of a clarification stands on which page: the bidder's, the others', and the report?"""

import pytest
from django.urls import reverse

from tests.tendering.judging import SENT
from tests.tendering.test_clarification import ANSWER, ANSWERED, EQUAL, ask, three
from tests.www.support import Clock, at_desk, text_of

pytestmark = pytest.mark.django_db


def test_only_the_bidder_that_was_asked_finds_it_on_its_page(clock: Clock) -> None:
    h = three()
    asked = ask(h)
    h.do("clarification.answer", asked, h.bidders[1], ANSWERED, **ANSWER)
    clock.at = ANSWERED
    page = reverse("work_case", args=[h.case.pk])
    assert ANSWER["answer"] in text_of(at_desk(h.bidders[1]).get(page))
    assert ANSWER["answer"] in text_of(at_desk(h.chair).get(page))
    told = text_of(at_desk(h.bidders[0]).get(page))
    assert "质保" not in told and "澄清" not in told


def test_the_report_says_what_was_asked_and_answered(clock: Clock) -> None:
    h = three()
    first, second = ask(h), ask(h, 2, question="请说明交付地点")
    h.do("clarification.answer", first, h.bidders[1], ANSWERED, **ANSWER)
    h.do("clarification.decide", first, h.chair, ANSWERED, is_accepted=True)
    assert second.number == 1
    h.judged(EQUAL)
    clock.at = SENT
    told = text_of(at_desk(h.officer).get(reverse("work_report", args=[h.report.pk])))
    assert "质保期为五年" in told and "授权代表签字" in told and "投标文件第 12、15-18 页" in told
    assert "请说明交付地点" in told and "未在期限内答复，按投标文件原文评审" in told


def test_a_stranger_cannot_open_the_form(clock: Clock) -> None:
    h = three()
    asked = ask(h)
    clock.at = ANSWERED
    form = reverse("work_do", args=["clarification", asked.pk, "clarification.answer"])
    assert at_desk(h.bidders[0]).get(form).status_code == 404
    assert at_desk(h.bidders[1]).get(form).status_code == 200
