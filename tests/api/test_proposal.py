"""Does a program read the proposal of methods, with reasons, articles, marks and days, and what a plan repeats?"""

import pytest

from tests.api.support import Caller
from tests.planning.office import NOW, Office
from yangcai.planning.models import PlanItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_method")]


def test_a_plan_tells_which_methods_are_lawful_and_from_when_on() -> None:
    office = Office("9000000.00")
    item = office.draft(
        procedure="quotations", ground="quotations.uniform", method_reason="规格统一", amount="4000000",
        intention=office.intention().pk, intention_exemption="",
    )  # fmt: skip
    shown = Caller(office.officer).get(f"plan-items/{item.pk}").json()
    proposal = shown["proposal"]
    assert proposal["thresholds"]["open_tender"]["amount"] == "4000000.00"
    assert proposal["thresholds"]["open_tender"]["confidence"] == "unconfirmed"
    methods = {method["procedure"]: method for method in proposal["methods"]}
    assert methods["open_tender"]["answer"] == "open"
    days = {one["code"]: one["earliest_on"] for one in methods["open_tender"]["timeline"]}
    assert (days["intention"], days["invitation"], days["submission"]) == ("2026-03-02", "2026-04-01", "2026-04-21")
    assert methods["quotations"]["answer"] == "approval"
    assert methods["quotations"]["reasons"][0]["citation"]["article"] == "第二十七条"
    assert methods["negotiation"]["answer"] == "unlawful" and methods["negotiation"]["timeline"] == []
    assert "negotiation.complex" in methods["negotiation"]["possible_grounds"]
    assert shown["repeats"] == []


def test_what_a_plan_repeats_comes_with_its_sum_and_only_for_one_row() -> None:
    office = Office("9000000.00")
    uniform = {"procedure": "quotations", "ground": "quotations.uniform", "method_reason": "规格统一"}
    first = office.draft(**uniform, amount="2500000", classification="A02")
    PlanItem.objects.filter(pk=first.pk).update(submitted_at=NOW)
    second = office.draft(**uniform, amount="2400000", classification="A02", title="另一批")
    caller = Caller(office.officer)
    (found,) = caller.get(f"plan-items/{second.pk}").json()["repeats"]
    assert (found["code"], found["amounts"]) == ("split_purchase", ["2500000.00", "2400000.00"])
    assert (found["total"], found["threshold"]) == ("4900000.00", "4000000.00")
    assert "proposal" not in caller.get("plan-items").json()["items"][0]
