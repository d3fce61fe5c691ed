"""Does the page of a plan show which methods are lawful, why, from when on, and what it repeats, in both languages?"""

from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_supplier
from tests.planning.office import NOW, REQUIREMENT, Office
from tests.www.support import Clock, at_desk, text_of
from tests.www.test_english import unmarked
from yangcai.kernel.actions import perform
from yangcai.planning import actions
from yangcai.planning.models import PlanItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_method")]
SOLE = {
    "procedure": "single_source", "ground": "single_source.only_one", "method_reason": "不可替代的专利",
    "amount": "4500000",
}  # fmt: skip


@pytest.fixture
def office(clock: Clock) -> Office:
    return Office("9000000.00", parent=True)


def page(post: Any, name: str, pk: int, *, language: str = "zh-hans") -> str:
    client = at_desk(post)
    client.cookies["django_language"] = language
    answer = client.get(reverse(name, args=[pk]))
    assert answer.status_code == 200
    return text_of(answer)


def test_the_page_proposes_every_method_with_reason_article_and_days(office: Office) -> None:
    item = office.draft(**SOLE, intention=office.intention().pk, intention_exemption="")
    shown = page(office.officer, "work_plan_item", item.pk)
    assert "采购方式建议" in shown
    for name in ("公开招标", "邀请招标", "竞争性谈判", "竞争性磋商", "询价", "单一来源"):
        assert name in shown
    for text in ("可以采用", "须先批准", "不得采用", "第二十七条", "4,000,000.00元", "待确认"):
        assert text in shown
    # published on 2 March: 30 days to 1 April; publicity of five working days, then the application on the 10th
    for text in ("2026-04-01", "2026-03-10", "报批采购方式", "单一来源公示"):
        assert text in shown


def test_what_is_over_is_no_longer_proposed(office: Office) -> None:
    item = office.draft()
    perform(actions.cancel_plan, item, by=office.officer, now=NOW, reason="需求取消")
    assert "采购方式建议" not in page(office.officer, "work_plan_item", item.pk)


def test_repeats_are_shown_with_their_sum(office: Office) -> None:
    uniform = {"procedure": "quotations", "ground": "quotations.uniform", "method_reason": "规格统一"}
    first = office.draft(**uniform, amount="2500000", classification="A02")
    PlanItem.objects.filter(pk=first.pk).update(submitted_at=NOW)
    second = office.draft(**uniform, amount="2400000", classification="A02", title="另一批")
    shown = page(office.officer, "work_plan_item", second.pk)
    assert "重复采购提示" in shown and "2,500,000.00 + 2,400,000.00 = 4,900,000.00" in shown


def test_who_judges_a_repeat_reads_its_arithmetic_beside_the_question(office: Office) -> None:
    uniform = {"procedure": "quotations", "ground": "quotations.uniform", "method_reason": "规格统一"}
    reason = {"repeat_exception": "packaging", "repeat_reason": "两校区分别在春、秋两季交付"}
    first = office.draft(**uniform, amount="2500000", classification="A02")
    PlanItem.objects.filter(pk=first.pk).update(submitted_at=NOW)
    second = office.draft(**uniform, **reason, amount="2400000", classification="A02", title="另一批")
    PlanItem.objects.filter(pk=second.pk).update(submitted_at=NOW)
    form = reverse("work_do", args=["planitem", second.pk, "plan.review"])
    shown = text_of(at_desk(office.reviewer).get(form))
    assert "重复采购的理由是否成立" in shown and "两校区分别在春、秋两季交付" in shown
    assert "2,500,000.00 + 2,400,000.00 = 4,900,000.00" in shown


def test_the_unit_above_and_the_treasury_find_what_waits_for_them(office: Office) -> None:
    item = office.draft(procedure="quotations", ground="quotations.uniform", method_reason="规格统一", amount="4500000")
    approval = office.applied(item)
    assert office.above is not None
    consent = reverse("work_do", args=["methodapproval", approval.pk, "method_approval.consent"])
    assert consent in page(office.above, "work_plan_item", item.pk)
    assert consent not in page(office.reviewer, "work_plan_item", item.pk)
    perform(actions.consent_to_method, approval, by=office.above, now=NOW, decision="consent")
    decide = reverse("work_do", args=["methodapproval", approval.pk, "method_approval.decide"])
    assert decide in page(office.treasury, "work_plan_item", item.pk)


def test_a_publicity_is_read_and_objected_to_by_anybody(office: Office) -> None:
    made = office.publicised(office.draft(**SOLE))
    supplier, other = make_supplier(), make_supplier()
    address = reverse("work_do", args=["publicity", made.pk, "publicity.object"])
    shown = page(supplier, "work_publicity", made.pk)
    assert address in shown and "2026-03-09 24:00" in shown  # the last day on which an objection still counts
    objection = {"objector": "示例乙公司", "contact": "", "content": "本公司有同类产品"}
    answer = at_desk(supplier).post(address, objection)
    assert answer.status_code == 302
    for post in (supplier, office.officer, office.treasury):
        assert "本公司有同类产品" in page(post, "work_publicity", made.pk)
    assert "本公司有同类产品" not in page(other, "work_publicity", made.pk)
    assert "示例乙公司" not in page(other, "work_publicity", made.pk)


def test_english_is_complete(office: Office) -> None:
    item = office.draft(**SOLE, classification="A02")
    PlanItem.objects.filter(pk=office.draft(**{**SOLE, "amount": "1"}, classification="A02").pk).update(
        submitted_at=NOW
    )
    made = office.publicised(item)
    people = [post.person.name for post in (office.officer, office.reviewer, office.above, office.treasury) if post]
    written = [
        *people, *REQUIREMENT.values(), office.buyer.name, office.treasury.organisation.name, item.title,
        item.appropriation.name, item.method_reason, item.intention_exemption, made.description, made.reason,
    ]  # fmt: skip
    found = set()
    for post, name, pk in (
        (office.officer, "work_plan_item", item.pk),
        (office.treasury, "work_plan_item", item.pk),
        (office.officer, "work_publicity", made.pk),
    ):
        found |= set(unmarked(page(post, name, pk, language="en"), written))
    client = at_desk(office.officer)
    client.cookies["django_language"] = "en"
    for subject, code in ((item, "plan.revise"), (item, "method_approval.apply"), (made, "publicity.object")):
        answer = client.get(reverse("work_do", args=[subject._meta.model_name, subject.pk, code]))
        found |= set(unmarked(text_of(answer), written))
    assert found == set()
