"""Can a committee be drawn, lose a member, be formed anew and evaluate again, by hand: and do pages say why not?"""

import datetime
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.desk import HOUR, Desk
from tests.factories import at, make_expert, make_post
from tests.tendering.judging import DRAWN, SCORED, SEATED, SENT, SIGNED, Hall, Offer, hall
from tests.www.support import at_desk
from yangcai.cases.models import Lot
from yangcai.kernel import clock
from yangcai.parties.models import ExpertTie, Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import Committee

pytestmark = [pytest.mark.browser, pytest.mark.long]
SHOTS = os.environ.get("EVALMEND_SHOTS")
VIEWS = ((1366, "light", "zh-hans"), (390, "dark", "zh-hans"), (1366, "dark", "en"), (390, "light", "en"))


class Seat(Desk):
    """A desk to which everybody comes with a session of one's own."""

    def sit_down(self, post: Post) -> None:
        if self.post == post:
            return
        self.post = post
        self.page.context.clear_cookies()
        key = at_desk(post).cookies[configured.SESSION_COOKIE_NAME].value
        base = self.page.context._impl_obj._options["baseURL"]
        self.page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": key, "url": base}])

    def fill(self, **data: Any) -> None:
        """A list of words is a choice of several."""
        for name, value in data.items():
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                self.fill_one(name, value)
            else:
                super().fill(**{name: value})

    def at(self, now: datetime.datetime) -> "Seat":
        clock.set_sandbox(at=now)
        return self

    def see(self, address: str, by: Post, name: str) -> str:
        """Open a page and read it; it stands without a fault."""
        self.sit_down(by)
        self.page.goto(address)
        assert self.page.locator("h1").count() == 1
        said = self.page.locator("main").inner_text()
        self.keep(name)
        return said

    def keep(self, name: str) -> None:
        if not SHOTS:
            return
        base = self.page.context._impl_obj._options["baseURL"]
        is_form = bool(self.page.locator("[aria-invalid], .error-summary").count())
        for width, theme, lang in VIEWS if not is_form else VIEWS[:1]:
            told = {"theme": theme, "django_language": lang}
            self.page.context.add_cookies([{"name": k, "value": v, "url": base} for k, v in told.items()])
            self.page.set_viewport_size({"width": width, "height": 900})
            if not is_form:
                self.page.reload()
            self.page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{theme}-{lang}.png", full_page=True)
        told = {"theme": "light", "django_language": "zh-hans"}
        self.page.context.add_cookies([{"name": k, "value": v, "url": base} for k, v in told.items()])
        self.page.set_viewport_size({"width": 1366, "height": 900})

    def refused(self, code: str, subject: Any, by: Post, name: str, **data: Any) -> str:
        """Send a form that is refused, and read the page on which it stands again."""
        self.sit_down(by)
        self.page.goto(f"/work/do/{subject._meta.model_name}/{subject.pk}/{code}/")
        self.fill(**data)
        self.send()
        assert "/work/done/" not in self.page.url
        self.keep(name)
        return self.page.locator("main").inner_text()


def case_of(h: Hall) -> str:
    return reverse("work_case", args=[h.case.pk])


def desk_of(h: Hall) -> str:
    return reverse("work_evaluate", args=[h.lot.pk])


def test_from_an_even_committee_to_one_that_is_formed_anew(page: Page) -> None:
    brands = (("950000", "Lenovo"), ("940000", "联想"), ("990000", "乙"), ("995000", "丙"))
    h = hall(*(Offer(price, rest={"brand": brand}) for price, brand in brands), experts=5)
    desk, agent = Seat(page), h.agent
    assert agent is not None
    sent = make_post(Role.EXPERT, h.officer.organisation)
    told = desk.at(DRAWN).refused("committee.draw", h.case, agent, "even", evaluates_at=SEATED, size="4")
    assert "请改为 5 人" in told
    also = [str(sent.pk), str(make_post(Role.EXPERT, h.officer.organisation).pk)]
    told = desk.refused("committee.draw", h.case, agent, "thirds", evaluates_at=SEATED, representatives=also)
    assert "采购人代表最多 1 人" in told
    desk.do("committee.draw", h.case, agent, evaluates_at=SEATED, representatives=[str(sent.pk)])
    assert len(h.members) == 5 and h.members[-1].post == sent

    # One of them has to do with a bidder: the page says so, and it is replaced.
    tied = h.members[1]
    ExpertTie.objects.create(
        expert=tied.expert, organisation=h.bidders[0].organisation, kind="kinship", from_on=DRAWN, declared_at=DRAWN
    )
    desk.at(SEATED)
    told = desk.see(f"/work/do/committeemember/{tied.pk}/committee.sign_in/", tied.post, "recuse")
    assert "应当回避" in told
    desk.do("committee.replace", tied, agent, reason="与投标人有亲属关系", ground="recusal")
    assert "更换时间" in desk.see(case_of(h), agent, "replaced")
    for member in h.members:
        h.do("committee.sign_in", member, member.post, SEATED, commits=True)
    h.qualify()
    h.respond()

    # Two scripts of one brand.
    desk.at(SCORED)
    assert "可能是同一品牌" in desk.see(desk_of(h), h.chair, "desk-hint")
    told = desk.see(f"/work/do/lot/{h.lot.pk}/same_brand.state/", h.chair, "brand-form")
    told = desk.refused("same_brand.state", h.lot, h.chair, "brand-refused", brand="乙", other="乙", reason="x")
    assert "请选择两个不同的品牌" in told
    desk.do("same_brand.state", h.lot, h.chair, start=desk_of(h), reason="同一商标的中文和英文名称")
    assert "按一家投标人计算" in desk.see(desk_of(h), h.chair, "desk-stated")
    desk.see(case_of(h), h.chair, "case-stated")
    points = {n: {"technical": "40", "record": "10"} for n in range(4)}
    h.score(points)
    h.compute()

    # One falls ill; nobody is left.
    ill = h.members[2]
    now = SIGNED
    told = desk.at(now).refused("committee.replace", ill, agent, "nobody-left", reason="突发疾病", ground="ill")
    assert "重新组建评标委员会" in told
    desk.see(f"/work/do/committeemember/{ill.pk}/committee.dissolve/", agent, "dissolve-form")
    desk.do("committee.dissolve", ill, agent, why="nobody_left", ground="ill", reason="突发疾病，专家库中无人可以补抽")
    assert Committee.objects.get(case=h.case).dissolved_at is not None
    assert "已经解散，评标意见无效" in desk.see(case_of(h), agent, "dissolved")
    assert "本报告已作废" in desk.see(reverse("work_report", args=[h.report.pk]), agent, "report-void")
    assert "抽取评审专家" in desk.see(reverse("work"), agent, "agent-desk")
    make_expert()
    desk.at(SENT).do("committee.draw", h.case, agent, evaluates_at=SENT + HOUR, representatives=[str(sent.pk)])
    desk.at(SENT + HOUR)
    for member in h.members:
        h.do("committee.sign_in", member, member.post, clock.now(), commits=True)
    desk.see(desk_of(h), h.chair, "desk-anew")
    h.do("responsiveness.record", h.lot, h.chair, clock.now(), rows=h.findings("responsiveness"))
    h.score(points, now=clock.now())
    h.do("evaluation.compute", h.lot, h.chair, clock.now())
    h.sign(now=clock.now())
    h.send(now=clock.now())
    assert "原评标委员会于" in desk.see(reverse("work_report", args=[h.report.pk]), agent, "report-anew")
    desk.see(case_of(h), agent, "case-anew")


def test_from_a_signed_report_to_another_committee_the_next_candidate_and_the_end(page: Page) -> None:
    h = hall("1000000", "1000000", "1000000").ready()
    desk, agent = Seat(page), h.agent
    assert agent is not None
    best = {
        0: {"technical": "40", "record": "10"},
        1: {"technical": "35", "record": "10"},
        2: {"technical": "20", "record": "10"},
    }
    h.judged(best)
    desk.at(SENT)
    desk.see(f"/work/do/lot/{h.lot.pk}/evaluation.reopen/", agent, "reopen-form")
    desk.do("evaluation.reopen", h.lot, agent, ground="committee", reason="一名评委与投标人私下接触")
    desk.see(case_of(h), agent, "reopened")
    told = desk.see(f"/work/do/evaluationreport/{h.report.pk}/report.sign/", h.chair, "sign-unchanged")
    assert "重新组成的评标委员会" in told
    gone = next(member for member in h.members if member.is_chair)
    desk.do("committee.replace", gone, agent, reason="与投标人私下接触", ground="removed")
    new = next(member for member in h.members if not member.signed_in_at)
    desk.see(case_of(h), agent, "chair-replaced")
    h.do("committee.sign_in", new, new.post, clock.now(), commits=True)
    h.do("scores.submit", h.lot, new.post, clock.now(), rows=h.rows(best))
    h.do("evaluation.compute", h.lot, h.chair, clock.now())
    h.sign(now=clock.now())
    desk.see(reverse("work_report", args=[h.report.pk]), agent, "report-again")
    h.send(now=clock.now())
    desk.see(case_of(h), agent, "case-again")
    desk.see(f"/work/do/evaluationreport/{h.report.pk}/reevaluation.report/", agent, "report-treasury")

    # The winner refuses; the next one is taken, refuses as well, and the purchase begins again.
    for rank, when in ((1, "2026-03-26T09:00"), (2, "2026-04-03T09:00")):
        desk.at(at(when))
        candidate = h.lot.candidates.filter(superseded_at__isnull=True).get(rank=rank)
        desk.see(f"/work/do/lot/{h.lot.pk}/award.determine/", h.reviewer, f"determine-{rank}")
        desk.do("award.determine", h.lot, h.reviewer, candidate=candidate.pk)
        desk.do("award.announce", h.award, agent)
        winner = next(post for post in h.bidders if post.organisation_id == h.award.supplier_id)
        desk.see(f"/work/do/award/{h.award.pk}/award.refuse/", winner, f"refuse-{rank}")
        desk.do("award.refuse", h.award, winner, reason="无法供货")
        desk.see(case_of(h), h.officer, f"refused-{rank}")
    desk.see(f"/work/do/lot/{h.lot.pk}/lot.declare_unsuccessful/", agent, "end-form")
    desk.do("lot.declare_unsuccessful", h.lot, agent, ground="winner_refused", reason="中标人拒签，重新采购")
    assert Lot.objects.get(pk=h.lot.pk).outcome == "unsuccessful"
    desk.see(case_of(h), h.officer, "ended")
    desk.see(reverse("work"), h.officer, "officer-desk")
