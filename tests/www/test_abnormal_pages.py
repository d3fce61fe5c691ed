"""Do the hints lead a member to the vote, the vote to the report, and do page, paper and result tell of it?"""

import re

import pytest
from django.urls import reverse

from tests.tendering.judging import COMPUTED, EQUAL, SCORED, SIGNED, three
from tests.www.support import Clock, at_desk, text_of
from yangcai.www.work import pdf_text

pytestmark = pytest.mark.django_db


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_score_that_stands_apart_is_put_to_the_committee_and_told_in_the_report(clock: Clock, language: str) -> None:
    h = three()
    *others, odd = [m.post for m in h.members]
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(EQUAL))
    h.do("scores.submit", h.lot, odd, SCORED, rows=h.rows({**EQUAL, 1: {"technical": "5", "record": "10"}}))
    h.compute()
    clock.at = COMPUTED
    said = {"accept-language": language}
    form = reverse("work_do", args=["lot", h.lot.pk, "abnormal_score.propose"])
    case = reverse("work_case", args=[h.case.pk])
    page = text_of(at_desk(h.chair).get(case, headers=said))
    lead = f"{form}?member={h.members[4].pk}&amp;bid={h.bids[1].pk}&amp;criterion="
    assert lead in page
    assert lead not in text_of(at_desk(h.agent).get(case, headers=said))  # who runs the case leads nobody there
    query = {"member": h.members[4].pk, "bid": h.bids[1].pk, "side": "low"}
    begun = text_of(at_desk(h.chair).get(form, query, headers=said))
    assert all(re.search(rf'<option value="{one}"[^>]* selected', begun) for one in (h.members[4].pk, "low"))
    proposal = h.propose_abnormal(odd, 1, COMPUTED)
    assert lead not in text_of(at_desk(h.chair).get(case, headers=said))
    vote = reverse("work_do", args=["abnormalscore", proposal.pk, "abnormal_score.vote"])
    h.do("abnormal_score.state", proposal, odd, COMPUTED, statement="样品实测不合格，坚持评分")
    told = text_of(at_desk(h.chair).get(vote, headers=said))
    assert "样品实测不合格，坚持评分" in told and odd.person.name in told
    for member in h.members[:3]:
        h.do("abnormal_score.vote", proposal, member.post, COMPUTED, agrees="true")
    h.sign()
    clock.at = SIGNED
    report = text_of(at_desk(h.agent).get(reverse("work_report", args=[h.report.pk]), headers=said))
    zh, en = "该评委未更正，评分不变；他人不得代改", "its member has not corrected it; the score stays"
    assert "样品实测不合格，坚持评分" in report and (zh if language == "zh-hans" else en) in report
    paper = at_desk(h.agent).get(reverse("work_report_pdf", args=[h.report.pk]))
    read = "".join(pdf_text.read(b"".join(paper) if paper.streaming else paper.content).pages)
    assert "坚持评分" in read and "认定为畸低" in read
