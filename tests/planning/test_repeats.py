"""Are splitting and doubles found with their arithmetic, explained by the buyer and judged by the reviewer?

What is found stands in repeats.yaml.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import factories
from tests.planning.office import NOW, Office, refused
from yangcai.kernel.actions import can, perform
from yangcai.parties.roles import Role
from yangcai.planning import actions
from yangcai.planning.models import MethodApproval, PlanItem
from yangcai.planning.queries import visible_plan_items, warnings
from yangcai.planning.rules import repeats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_method")]
REPEATS = yaml.safe_load((Path(__file__).parent / "repeats.yaml").read_text(encoding="utf-8"))
UNIFORM = {"procedure": "quotations", "ground": "quotations.uniform", "method_reason": "规格统一"}
REASON = {"repeat_exception": "packaging", "repeat_reason": "两校区分别在春、秋两季交付"}


def plan(office: Office, *, other_budget: bool = False, **values: Any) -> PlanItem:
    """A plan of the office as a draft."""
    given = {"classification": "A02010104", "start_on": "2026-05-01", **values}
    if given.get("procedure") != "open_tender":
        given = {**UNIFORM, **given}
    if other_budget:
        own, office.appropriation = office.appropriation, factories.fund_appropriation(office.buyer, amount="9000000")
        try:
            return office.draft(**given)
        finally:
            office.appropriation = own
    return office.draft(**given)


def earlier(office: Office, *, draft: bool = False, cancelled: bool = False, adjusted: bool = False,
            approved: bool = False, **values: Any) -> None:  # fmt: skip
    item = plan(office, **values)
    changes: dict[str, Any] = {} if draft else {"submitted_at": NOW}
    if cancelled:
        changes["cancelled_at"] = NOW
    if adjusted:
        changes |= {"repeat_exception": "budget_adjustment", "repeat_accepted_at": NOW}
    PlanItem.objects.filter(pk=item.pk).update(**changes)
    if approved:
        MethodApproval.objects.create(
            plan_item=item, procedure=item.procedure, ground=item.ground, reason="x", overview="x", amount=item.amount,
            funding="x", applied_at=NOW, approved_at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("row", REPEATS, ids=lambda row: row["case"])
def test_what_is_found(row: dict[str, Any]) -> None:
    assert set(row) == {"case", "earlier", "plan", "found"}
    office = Office("90000000.00")
    for values in row["earlier"]:
        earlier(office, **values)
    item = plan(office, **row["plan"])
    found = {r.code: r for r in can(actions.submit_plan, item, by=office.officer, now=NOW) if "repeat" in r.field}
    assert set(found) == set(row["found"])
    for code, text in row["found"].items():
        assert text in found[code].zh and found[code].citation is not None
    if "split_purchase" in found:
        assert "4,000,000.00" in found["split_purchase"].zh and found["split_purchase"].citation.article == "第二十八条"


@pytest.fixture
def repeated() -> tuple[Office, PlanItem]:
    office = Office("9000000.00")
    earlier(office, amount="2500000")
    return office, plan(office, amount="2500001", title="第二批", **REASON)


def test_a_stated_reason_goes_to_the_reviewer_who_judges_it(repeated: tuple[Office, PlanItem]) -> None:
    """A hit is no finding: the plan may be sent, and is approved only when the reviewer says that the reason holds."""
    office, item = repeated
    perform(actions.submit_plan, item, by=office.officer, now=NOW)
    item = PlanItem.objects.get(pk=item.pk)
    silent = refused(office.review, item)
    assert set(silent) == {"repeat_not_judged"}
    assert "2,500,000.00 + 2,500,001.00 = 5,000,001.00" in silent["repeat_not_judged"].zh
    assert set(refused(office.review, item, repeat_decision="accept")) == {"repeat_not_judged"}
    rejected = refused(office.review, item, repeat_decision="reject", repeat_opinion="同一时间同一地点")
    assert set(rejected) == {"repeat_rejected"}
    item = office.review(item, repeat_decision="accept", repeat_opinion="季节不同，理由成立")
    assert (item.repeat_accepted_at, item.repeat_opinion) == (NOW, "季节不同，理由成立")


def test_what_does_not_hold_goes_back(repeated: tuple[Office, PlanItem]) -> None:
    office, item = repeated
    perform(actions.submit_plan, item, by=office.officer, now=NOW)
    item = office.review(
        PlanItem.objects.get(pk=item.pk), decision="return", reason="合并公开招标", repeat_decision="reject",
        repeat_opinion="同一时间同一地点",
    )  # fmt: skip
    assert item.returned_at and item.repeat_accepted_at is None


def test_an_exception_without_a_reason_is_none(repeated: tuple[Office, PlanItem]) -> None:
    office, item = repeated
    PlanItem.objects.filter(pk=item.pk).update(repeat_reason=" ")
    item = PlanItem.objects.get(pk=item.pk)
    assert {r.code for r in can(actions.submit_plan, item, by=office.officer, now=NOW)} == {"split_purchase"}


def test_other_purchases_count_when_an_app_registers_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seam of the mall: its orders of one budget item add up with the plans."""
    office = Office("9000000.00")
    order = repeats.Part("商城订单", Decimal(3_000_000), NOW.date(), "direct_order")
    monkeypatch.setattr(repeats, "FURTHER", [lambda plan_item: [order]])
    item = plan(office, amount="1500000")
    (found,) = repeats.repeats(item, now=NOW)
    assert (found.total, found.threshold) == (Decimal(4_500_000), Decimal(4_000_000))
    assert "3,000,000.00 + 1,500,000.00" in found.zh


def test_a_draft_is_warned_of_the_other_drafts_of_its_unit_and_held_back_by_none() -> None:
    office, stranger = Office("9000000.00"), Office("9000000.00")
    plan(stranger, amount="3900000", title="别的单位的")
    sent = plan(office, amount="1000000", title="已送审的")
    PlanItem.objects.filter(pk=sent.pk).update(submitted_at=NOW)
    cancelled = plan(office, amount="3000000", title="已取消的")
    PlanItem.objects.filter(pk=cancelled.pk).update(cancelled_at=NOW)
    first, second = (plan(office, amount=amount, title=name) for amount, name in (("1600000", "甲"), ("1500000", "乙")))
    (of_first,), (of_second,) = (warnings(one, by=office.officer, now=NOW) for one in (first, second))
    assert (of_first.code, of_first.total) == (of_second.code, of_second.total) == ("split_purchase", 4_100_000)
    assert (
        "采购 3 次（其中 1 项为尚未送审的草稿）：1,000,000.00 + 1,500,000.00 + 1,600,000.00 = 4,100,000.00"
        in of_first.zh
    )
    assert "(1 of them still drafts)" in of_first.en
    assert [(part.title, part.is_draft) for part in of_first.parts] == [("已送审的", False), ("乙", True), ("甲", True)]
    # A draft is nobody's purchase yet: it holds up no other one.
    assert not [r for r in can(actions.submit_plan, first, by=office.officer, now=NOW) if "repeat" in r.field]
    perform(actions.submit_plan, first, by=office.officer, now=NOW)
    told = {r.code: r.zh for r in can(actions.submit_plan, second, by=office.officer, now=NOW)}
    assert "4,100,000.00" in told["split_purchase"] and "草稿" not in told["split_purchase"]
    # Sent: its reviewer judges what was sent.
    assert warnings(PlanItem.objects.get(pk=first.pk), by=office.reviewer, now=NOW) == []


def test_the_unit_above_reads_no_draft_but_the_one_whose_method_it_is_asked_about() -> None:
    office = Office("9000000.00", parent=True)
    hidden = plan(office, amount="3900000", title="本单位自己的草稿")
    item = plan(office, amount="1500000")
    MethodApproval.objects.create(
        plan_item=item, procedure=item.procedure, ground=item.ground, reason="x", overview="x", amount=item.amount,
        funding="x", applied_at=NOW, consent_by=office.buyer.parent,
    )  # fmt: skip
    seen = set(visible_plan_items(office.above, NOW).values_list("pk", flat=True))
    assert item.pk in seen and hidden.pk not in seen
    assert warnings(item, by=office.above, now=NOW) == []
    for post in (office.officer, factories.make_post(Role.TREASURY)):
        assert len(warnings(item, by=post, now=NOW)) == 1


def test_open_tenders_are_never_a_split() -> None:
    office = Office("9000000.00")
    for n in range(1, 4):
        office.submitted(amount=f"300000{n}", classification="A02", title=f"第{n}批")
