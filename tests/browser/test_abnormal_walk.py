"""Does the committee find a score abnormally low by hand, from the hint to the member's own correction?"""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.test_committee_walk import Seat, case_of
from tests.tendering.judging import COMPUTED, EQUAL, HEARING, SCORED, three
from tests.tendering.judging import Hall as Room
from yangcai.tendering.models import AbnormalScore

pytestmark = [pytest.mark.browser, pytest.mark.long]


def with_one_apart() -> Room:
    h = three()
    *others, odd = [m.post for m in h.members]
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(EQUAL))
    h.do("scores.submit", h.lot, odd, SCORED, rows=h.rows({**EQUAL, 1: {"technical": "5", "record": "10"}}))
    h.compute()
    return h


def test_from_the_hint_over_the_vote_to_the_correction(page: Page) -> None:
    h = with_one_apart()
    one, two, _three, four, odd = [m.post for m in h.members]
    desk = Seat(page).at(COMPUTED)
    assert "提请认定" in desk.see(case_of(h), one, "hint")
    told = desk.refused("scores.correct", h.lot, odd, "alone", ground="abnormal", rows=[
        {**h.rows({1: {"technical": "38"}})[0], "reason": "误读技术参数"}
    ])  # fmt: skip
    assert "未经评标委员会认定" in told
    desk.sit_down(one)
    page.goto(case_of(h))
    desk.follow(f'a[href*="abnormal_score.propose/?member={h.members[4].pk}"]')
    desk.fill(reason="与其他成员评分差距悬殊", hear_until=COMPUTED + HEARING)
    desk.send()
    proposal = AbnormalScore.objects.get()
    assert (proposal.score.member.post, proposal.side, proposal.value) == (odd, "low", 5)
    assert "该评委尚未说明理由" in desk.see(f"/work/do/abnormalscore/{proposal.pk}/abnormal_score.vote/", two, "early")
    desk.see(reverse("work"), odd, "member-worklist")
    desk.see(f"/work/do/abnormalscore/{proposal.pk}/abnormal_score.state/", odd, "state-form")
    desk.do("abnormal_score.state", proposal, odd, statement="误读技术参数，同意更正")
    desk.see(f"/work/do/abnormalscore/{proposal.pk}/abnormal_score.vote/", two, "vote-form")
    for voter, agrees in ((one, "true"), (two, "false"), (four, "true"), (odd, "true")):
        desk.do("abnormal_score.vote", proposal, voter, agrees=agrees)
    desk.see(case_of(h), two, "case-found")
    assert "评分更正" in desk.see(reverse("work"), odd, "member-corrects")
    h.do("scores.correct", h.lot, odd, COMPUTED, ground="abnormal", rows=[
        {**h.rows({1: {"technical": "38"}})[0], "reason": "误读技术参数"}
    ])  # fmt: skip
    told = desk.see(reverse("work_report", args=[h.report.pk]), two, "report")
    assert "认定为畸低" in told and "该评委已更正" in told and "5 分改为 38 分" in told
