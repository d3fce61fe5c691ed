"""Research that is ordered by cooperative innovation: its case file, its beginnings, and what its tests ask of it."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.hurry import tasks_at_the_end
from tests.scenarios import story
from tests.scenarios.story import ADVANCE, FIRST, SECOND, THIRD, Story
from tests.told import told
from yangcai.contracts.models import Contract, Milestone
from yangcai.kernel import calendar
from yangcai.kernel.calendar import SHANGHAI
from yangcai.replay.published import CaseFile, Dates
from yangcai.tendering.models import OpenedBid

RESEARCH, REVIEWED, DIRECT = "cooperative_innovation", "first_purchase", "innovative_product"
#: Two research suppliers cost 500,000 yuan each at most, the first purchase 500,000: together 最高研发费用.
FIRST_PURCHASE, ANNOUNCED = "cooperative_innovation.first_purchase", "cooperative_innovation.announced"
LIMIT, MOST = "500000.00", Decimal("1500000.00")
#: 30 % in advance, 60 % as costs are compensated, 10 % for success.
WITH_INCENTIVE = (
    *ADVANCE[:1],
    {"title": "验收款", "percent": "60", "due_on": "acceptance"},
    {"title": "研发激励", "percent": "10", "due_on": "acceptance", "is_incentive": True},
)


def research() -> CaseFile:
    """Three apply, each for one of two places."""
    bids = [story.bid(FIRST, "450000.00"), story.bid(SECOND, "480000.00"), story.bid(THIRD, "490000.00")]
    second = replace(story.lot("2", [], budget=LIMIT), follows="1", evaluation=None)
    file = story.purchase(story.lot("1", bids, budget=LIMIT), second, method=RESEARCH, grounds="breakthrough")
    dates = Dates(invitation=datetime.date(2026, 3, 2), award=datetime.date(2026, 4, 27))
    return replace(file, title="示例研发项目", budget=MOST, dates=dates)


def qualified() -> Story:
    """The applications lie open; the group is about to meet with all who qualify."""
    return told(qualified, lambda: story.begin(research(), until="qualification", terms=ADVANCE))


def contracted() -> Story:
    """Two places went to two suppliers, and their contracts are signed."""
    return told(contracted, lambda: as_far_as_the_contract(qualified()))


def evaluated(tale: Story) -> Story:
    for stretch in ("dialogue", "final_offer", "evaluation"):
        getattr(tale, stretch)()
    return tale


@tasks_at_the_end()
def as_far_as_the_contract(tale: Story) -> Story:
    evaluated(tale)
    for stretch in ("award", "contract"):
        getattr(tale, stretch)()
    return tale


def accept(tale: Story, contract: Contract, at: datetime.datetime, *, passed: bool) -> None:
    milestone = Milestone.objects.get(contract=contract, due_on="acceptance")
    supplier = tale.supplier(contract.supplier.name)
    tale.do("delivery.report", milestone, supplier, at, delivered_on=at.date(), note="样品")
    told = {"is_final": True, "accepted_on": at.date(), "members": "谈判小组", "opinion": "按研发合同验收"}
    items = [{"item": "最低研发目标", "result": "达到" if passed else "未达到", "passed": passed}]
    report = tale.paper("acceptance.pdf", b"%PDF-1.4\nx", tale.people.officer, at)
    tale.do("acceptance.record", contract, tale.people.officer, at, items=items, report=report, **told)


def chair(tale: Story) -> Any:
    return tale.chair().post


def offers(tale: Story) -> dict[str, OpenedBid]:
    return {bid.supplier.name: bid for bid in OpenedBid.objects.filter(lot=tale.lot).select_related("supplier")}


def paper(tale: Story, at: datetime.datetime) -> Any:
    return tale.paper("file.pdf", b"%PDF-1.4\nx", tale.people.runner, at)


def working_days_on(at: datetime.datetime, days: int) -> datetime.datetime:
    last = calendar.add_working_days(calendar.day_of(at), days)
    return datetime.datetime.combine(last, datetime.time(17), SHANGHAI)
