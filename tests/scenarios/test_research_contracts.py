"""What do research contracts pay: costs that are shared, an incentive, and nothing more when a milestone was missed?"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.scenarios import story
from tests.scenarios.research import (
    WITH_INCENTIVE,
    accept,
    as_far_as_the_contract,
    contracted,
    research,
)
from tests.scenarios.story import DAY, FIRST
from yangcai.cases.models import Lot
from yangcai.contracts.models import Contract, Milestone
from yangcai.www.work import rail, tables
from yangcai.www.work.shown import KINDS

pytestmark = pytest.mark.django_db


def test_costs_are_shared_as_agreed(world: None) -> None:
    """最高研发费用, 补偿比例: of 500,000 yuan of real cost 80 % are compensated."""
    tale = contracted()
    contract = Contract.objects.get(case=tale.case, supplier__name=FIRST[0])
    assert contract.amount == Decimal("450000.00")
    at = tale.at("contract") + 20 * DAY
    accept(tale, contract, at, passed=True)
    milestone = Milestone.objects.get(contract=contract, due_on="acceptance")
    supplier = tale.supplier(FIRST)
    bill = {"number": "F-1", "amount": "315000.00", "issued_on": at.date()}
    assert "cost_not_stated" in tale.refused("invoice.submit", milestone, supplier, at, **bill)
    refused = tale.refused("invoice.submit", milestone, supplier, at, eligible_cost="393749.99", **bill)
    assert refused["above_the_compensation"].citation is not None
    assert refused["above_the_compensation"].citation.instrument == "财库〔2024〕13号"
    made = tale.do("invoice.submit", milestone, supplier, at, eligible_cost="393750.00", **bill)
    assert made.eligible_cost == Decimal("393750.00")


def test_research_takes_longer_within_two_years(world: None) -> None:
    """研发合同期限一般不超过两年: the file said twelve months, and nothing of a major project."""
    tale = contracted()
    contract = Contract.objects.get(case=tale.case, supplier__name=FIRST[0])
    at, officer = tale.at("contract") + 20 * DAY, tale.people.officer
    change = {
        "ground": "changed_circumstances",
        "clause": "合同期限",
        "content": "研发期限顺延",
        "reason": "关键器件断供",
        "signed_on": at.date(),
        "document": tale.paper("change.pdf", b"%PDF-1.4\nx", officer, at),
    }

    def refused(months: int) -> dict[str, Any]:
        return tale.refused("contract.amend", contract, officer, at, contract_months=months, **change)

    assert "term_not_longer" in refused(12)
    assert refused(25)["term_too_long"].citation.instrument == "财库〔2024〕13号"
    assert tale.do("contract.amend", contract, officer, at, contract_months=24, **change).contract_months == 24
    assert "term_not_longer" in refused(24)
    assert "term_too_long" in refused(25)
    # What is changed otherwise needs no term.
    assert tale.do("contract.amend", contract, officer, at, **change).contract_months is None


@pytest.mark.long
def test_an_incentive_is_a_sum_of_its_own_and_compensates_no_costs(world: None) -> None:
    tale = as_far_as_the_contract(
        story.begin(replace(research(), id="激励示例"), until="qualification", terms=WITH_INCENTIVE)
    )
    contract = Contract.objects.get(case=tale.case, supplier__name=FIRST[0])
    rows = Milestone.objects.filter(contract=contract).order_by("number")
    assert [(one.amount, one.is_incentive) for one in rows] == [
        (Decimal("135000.00"), False), (Decimal("270000.00"), False), (Decimal("45000.00"), True),
    ]  # fmt: skip
    _advance, costs, incentive = rows
    at, supplier = tale.at("contract") + 20 * DAY, tale.supplier(FIRST)
    for milestone in (costs, incentive):
        tale.do("delivery.report", milestone, supplier, at, delivered_on=at.date(), note="样品")
    told = {"is_final": True, "accepted_on": at.date(), "members": "谈判小组", "opinion": "按研发合同验收"}
    items = [{"item": "最低研发目标", "result": "达到", "passed": True}]
    report = tale.paper("acceptance.pdf", b"%PDF-1.4\nx", tale.people.officer, at)
    tale.do("acceptance.record", contract, tale.people.officer, at, items=items, report=report, **told)
    assert "cost_not_stated" in tale.refused(
        "invoice.submit", costs, supplier, at, number="F-1", amount="270000.00", issued_on=at.date()
    )
    made = tale.do("invoice.submit", incentive, supplier, at, number="F-2", amount="45000.00", issued_on=at.date())
    assert made.eligible_cost is None


@pytest.mark.long
def test_the_rail_leaves_the_talks_behind_and_names_the_lot_that_decides_another(world: None) -> None:
    """The second place goes through no talks of its own: it must not keep the first one's open for ever."""
    tale = contracted()
    case = tale.refreshed()
    found = {one.name: one.state for one in rail.steps(case.plan_item, case, now=tale.at("contract") + 20 * DAY)}
    assert found["创新概念交流和研发竞争谈判"] == found["提交最终响应文件"] == found["合同"] == "done"
    head = {column for column in KINDS[Lot].columns if column.startswith("follows")}
    assert [tables.label(Lot, column) for column in head] == ["随同评审的采购包"]
