"""Is what may be done alike on one line, and does what may not say why, by which article and from when?"""

import pytest
from django.urls import reverse

from tests.tendering.judging import DRAWN, SEATED, hall
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.www.work.offers import Line, Offers, offers

pytestmark = pytest.mark.django_db


def line(lines: list[Line], code: str) -> Line:
    (found,) = [one for one in lines if one.first.action.code == code]
    return found


def test_the_seats_of_a_committee_are_one_line_with_a_name_each(clock: Clock) -> None:
    h = hall("950000", "1000000", "1100000")
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    clock.at = SEATED
    found = offers([h.case, *h.members], post=h.runner, now=SEATED)
    replace = line(found.lines, "committee.replace")
    assert len(replace.offers) == 5 and not replace.is_one
    assert len(found.lines) == len({one.action.code for one in found.open}) < len(found.open)
    page = text_of(at_desk(h.runner).get(reverse("work_case", args=[h.case.pk])))
    part = page.split('id="offers"')[1].split("</section>")[0]
    assert [part.count(f"/work/do/committeemember/{m.pk}/committee.replace/") for m in h.members] == [1] * 5
    assert part.count('class="offer-name">更换评委') == 1 and "第 5 席" in part


def test_what_is_closed_has_its_reason_article_and_day(clock: Clock) -> None:
    tender = Tender().published()
    follow(tender, clock)
    found: Offers = offers([tender.case, *tender.case.lots.all()], post=tender.agent_post, now=tender.now)
    assert found.closed and found.later
    for one in (*found.closed, *found.later):
        reasons = one.refusals or [refusal for offer in one.offers for refusal in offer.refusals]
        assert reasons and all(refusal.text for refusal in reasons)
    begin = line([*found.closed, *found.later], "opening.begin")
    said = " ".join(refusal.text for refusal in begin.refusals)
    assert "2026-03-24 09:30" in said and (begin.citation or any(r.citation for r in begin.refusals))
    page = text_of(at_desk(tender.agent_post).get(reverse("work_case", args=[tender.case.pk])))
    part = page.split('class="locked"', 1)[1]
    assert "2026-03-24 09:30" in part and part.count('class="citation"') > 5
