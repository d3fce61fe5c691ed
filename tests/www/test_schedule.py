"""Does the picture of an agency's cases show the windows of the law, the deadlines and what collides?"""

import datetime
import re

import pytest
from django.urls import reverse

from tests.factories import NOW, at, make_case, make_organisation, make_post
from tests.www.support import Clock, at_desk, text_of
from yangcai.cases.models import Case, Period, Stage
from yangcai.kernel.models import Task
from yangcai.parties.models import OrganisationKind
from yangcai.parties.roles import Role
from yangcai.www.gantt import Bar, Mark, Row, gantt
from yangcai.www.work import schedule

DAY = datetime.timedelta(days=1)
START = at("2026-03-02T00:00")


def test_bars_lie_where_their_days_are_and_are_cut_at_the_edges() -> None:
    def day(n: int) -> datetime.datetime:
        return START + n * DAY

    within = Row("在期内", "/1", [Bar("g-open", day(2), day(4), "投标")], marks=[Mark("g-due", day(1))])
    across = Row("伸出去", "/2", [Bar("g-judge", day(-9), day(1)), Bar("g-award", day(9), day(99))])
    outside = Row("在期外", "/3", [Bar("g-open", day(-9), day(-1))], marks=[Mark("g-due", day(-1))])
    rows = [within, across, outside]
    drawn = gantt(rows, start=START, end=START + 10 * DAY, now=START + DAY, width=1020)
    left, right = drawn["left"], drawn["right"]
    width = (right - left) / 10
    first, second, third = drawn["rows"]
    assert first["bars"][0]["x"] == pytest.approx(left + 2 * width, abs=0.2)
    assert first["bars"][0]["width"] == pytest.approx(2 * width, abs=0.2) and first["bars"][0]["name"] == "投标"
    assert all(bar["x"] >= left and bar["x"] + bar["width"] <= right + 0.2 for bar in second["bars"])
    assert len(second["bars"]) == 2 and third["bars"] == third["marks"] == [] and len(first["marks"]) == 1
    # Saturday and Sunday, 7 and 8 March, are one shade of two days.
    assert [(round((r["x"] - left) / width), round(r["width"] / width)) for r in drawn["rests"]] == [(5, 2)]
    assert drawn["now"] == pytest.approx(left + width, abs=0.2)


@pytest.mark.django_db
class TestSchedule:
    def case(self, agent, title: str, closes_at: datetime.datetime | None) -> Case:
        case = make_case(agent=agent, stage="submission" if closes_at else "preparation", title=title)
        if closes_at:
            Period.objects.filter(case=case).update(stage=Stage.SUBMISSION, closes_at=closes_at)
        return case

    def test_openings_that_collide_and_days_off_are_told(self, clock: Clock) -> None:
        agent = make_post(Role.AGENT)
        self.case(agent.organisation, "甲项目", at("2026-03-24T09:30"))
        self.case(agent.organisation, "乙项目", at("2026-03-24T10:00"))
        self.case(agent.organisation, "丙项目", at("2026-03-28T09:30"))  # a Saturday
        self.case(make_organisation(OrganisationKind.AGENT), "别家的项目", at("2026-03-24T09:30"))
        page = text_of(at_desk(agent).get(reverse("work_schedule")))
        for at_, then, other in (("09:30", "10:00", "乙项目"), ("10:00", "09:30", "甲项目")):
            said = f"2026-03-24 {at_} 开标，与 2026-03-24 {then} 开标的另一项目相差不到 1 小时"
            assert f'{said}：<span lang="zh-Hans">{other}</span>' in page
        assert "开标日 2026-03-28 不是工作日" in page and "别家的项目" not in page
        make_case(agent=agent.organisation, stage="evaluation", title="丁项目")
        english = at_desk(agent).get(reverse("work_schedule"), headers={"accept-language": "en"}).content.decode()
        drawn = re.findall(r'<rect class="g-[a-z]+"[^>]*><title>([^<]+)', english)
        assert drawn and all(name[0].isupper() for name in drawn), "a label begins with a capital"
        assert "3 个项目在办；最近一次开标 2026-03-24 09:30；3 个项目的开标时间有冲突。" in page

    def test_windows_of_the_law_and_deadlines_stand_under_the_stages(self, clock: Clock) -> None:
        agent = make_post(Role.AGENT)
        case = self.case(agent.organisation, "甲项目", at("2026-03-24T09:30"))
        common = {"root": case.ref, "subject": case.ref, "organisation_id": agent.organisation_id, "title": "甲项目"}
        window = Task.objects.create(
            clock="C03", role="", action="", since=NOW, due_at=at("2026-03-23T00:00"), **common
        )
        Task.objects.create(
            clock="C13", role=Role.AGENT, action="award.announce", since=NOW, due_at=NOW - DAY, **common
        )
        fresh = self.case(agent.organisation, "还没有公告的项目", None)
        plan = schedule.planned([case, fresh], now=NOW)
        one, two = plan.cases
        assert [bar.kind for bar in one.bars] == ["g-open"] and [mark.kind for mark in one.marks] == ["g-late"]
        (band, citation), *_ = one.bands
        assert (band.start, band.end) == (window.since, window.due_at) and citation is not None
        (least, article), *_ = two.bands
        assert least.label == "若今天公告，最早截止" and article is not None
        assert "逾期" in plan.said
        later = schedule.planned([case], now=NOW + 400 * DAY)
        assert (len(later.cases), later.rows) == (1, [])  # long ago: in the table alone

    def test_an_agency_finds_it_on_its_desk_and_others_do_not(self, clock: Clock) -> None:
        agent = make_post(Role.AGENT)
        self.case(agent.organisation, "甲项目", at("2026-03-24T09:30"))
        assert 'class="chart gantt' in text_of(at_desk(agent).get(reverse("work")))
        assert at_desk(make_post(Role.SUPPLIER)).get(reverse("work_schedule")).status_code == 403
