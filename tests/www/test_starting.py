"""Can a buyer set out from a budget line in three screens, with the method, its reason and its dates said?"""

import datetime
import re

import pytest
from django.urls import reverse

from tests.factories import NOW, fund_appropriation, make_post
from tests.www.support import Clock, at_desk, text_of
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention, PlanItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(clock: Clock) -> Post:
    return make_post(Role.BUYER_OFFICER)


def test_three_screens_from_the_line_to_the_published_intention(officer: Post, clock: Clock) -> None:
    line, desk = fund_appropriation(officer.organisation, amount="4800000.00"), at_desk(officer)
    second = reverse("work_start_line", args=[line.pk])
    assert second in text_of(desk.get(reverse("work_start")))
    page = text_of(desk.get(second))
    assert "公开招标" in page and "公开招标数额标准" in page
    assert "第 2 步，共 3 步" in page and "最早 2026-" in page
    action = reverse("work_do", args=["appropriation", line.pk, "intention.publish"])
    form = page.split(f'action="{action}"')[1].split("</form>")[0]
    assert 'value="4800000' in form
    hidden = dict(re.findall(r'type="hidden" name="(key|version)" value="([^"]+)"', form))
    told = {"title": "设备", "overview": "一批", "amount": "4800000.00", "expected_on": "2026-05-01"}
    done = desk.post(action, {**hidden, **told})
    assert done.status_code == 302 and done["Location"].startswith("/work/done/")
    intention = Intention.objects.get()
    # The same address now has the next step, begun with what was announced; the earliest notice is 30 days off.
    page = text_of(desk.get(second))
    form = page.split(reverse("work_do", args=["appropriation", line.pk, "plan.draft"]))[1].split("</form>")[0]
    assert f'<option value="{intention.pk}" selected' in form and '<option value="open_tender" selected' in form
    assert "最早 2026-04-01" in page and "意向已于 2026-03-02 公开" in text_of(desk.get(reverse("work_start")))


def test_other_facts_are_another_proposal(officer: Post) -> None:
    line, desk = fund_appropriation(officer.organisation, amount="900000.00"), at_desk(officer)
    second = reverse("work_start_line", args=[line.pk])

    def advice(**facts: str) -> str:
        page = text_of(desk.get(second, {f"of-{name}": value for name, value in facts.items()}))
        return page.split('class="advice"')[1].split("</p>")[0]

    assert "公开招标" in advice(category="goods", amount="900000.00")
    urgent = text_of(desk.get(second, {"of-category": "goods", "of-amount": "900000.00", "of-urgent": "on"}))
    assert reverse("work_do", args=["appropriation", line.pk, "plan.draft"]) in urgent
    wrong = desk.get(second, {"of-category": "goods", "of-amount": "-1"})
    assert wrong.status_code == 422 and "error-summary" in text_of(wrong)
    assert not PlanItem.objects.exists() and not Intention.objects.exists()


def test_a_ground_and_a_day_are_another_proposal_too(officer: Post) -> None:
    """What is stated opens its method, or says why not; by the law of the day on which one begins."""
    line, desk = fund_appropriation(officer.organisation, amount="9000000.00"), at_desk(officer)
    second = reverse("work_start_line", args=[line.pk])

    def asked(**facts: str) -> str:
        answer = desk.get(second, {f"of-{name}": value for name, value in facts.items()})
        assert answer.status_code == 200
        return text_of(answer).split("<details")[0]

    goods = {"category": "goods", "amount": "3999999.99"}
    below = asked(**goods, ground="quotations.uniform")
    assert "<b>询价</b>" in below and "须先批准" not in below
    above = asked(category="goods", amount="4000000", ground="quotations.uniform")
    assert "<b>询价</b>" in above and "须先批准" in above and "第二十七条" in above
    wrong = asked(category="services", amount="900000", ground="quotations.uniform")
    assert "填写的情形不能援引" in wrong and "不适用于服务项目" in wrong and "<b>公开招标</b>" in wrong
    early = asked(**goods, ground="emergency.competitive", start="2026-09-30")
    assert "自 2026-10-01 起才有依据" in early and "<b>公开招标</b>" in early
    late = asked(category="goods", amount="5000000", ground="emergency.competitive", start="2026-10-08")
    assert "<b>竞争性谈判</b>" in late and "紧急采购由采购人自行确定采购方式" in late and "须先批准" not in late
    added = asked(category="goods", amount="200000", ground="single_source.add_on", original_amount="1000000")
    assert "100,000.00 元" in added and "填写的情形不能援引" in added
    past = desk.get(second, {"of-category": "goods", "of-amount": "1", "of-start": "2026-01-01"})
    assert past.status_code == 422


def test_below_the_quota_and_for_works_it_is_said_before_all_else(officer: Post) -> None:
    line, desk = fund_appropriation(officer.organisation, amount="9000000.00"), at_desk(officer)
    second = reverse("work_start_line", args=[line.pk])
    asked = [("goods", "499999.99", "内部控制"), ("works", "4000000", "招标投标法"), ("works", "3999999.99", "")]
    for category, amount, told in asked:
        page = text_of(desk.get(second, {"of-category": category, "of-amount": amount})).split("<details")[0]
        assert told in page and ("招标投标法" in page) == (told == "招标投标法")


def test_only_ones_own_lines_with_money_left(officer: Post) -> None:
    desk = at_desk(officer)
    foreign = fund_appropriation(make_post(Role.BUYER_OFFICER).organisation)
    old = fund_appropriation(officer.organisation, fiscal_year=2025, now=NOW - datetime.timedelta(days=365))
    page = text_of(desk.get(reverse("work_start")))
    assert foreign.code not in page and old.code not in page and "没有可以采购的预算" in page
    assert desk.get(reverse("work_start_line", args=[foreign.pk])).status_code == 404
    assert at_desk(make_post(Role.BUYER_REVIEWER, officer.organisation)).get(reverse("work_start")).status_code == 403
