"""Do the purchases of the demo district's year come to the published sums, to the cent, and are they real rows?"""

import argparse
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.log import world
from yangcai.cases.models import Case, CaseEnd
from yangcai.cli.commands import demo
from yangcai.contracts.benefiting import small_firms
from yangcai.contracts.models import Contract
from yangcai.funds.queries import check_funds
from yangcai.kernel import documents, log_keys, papers
from yangcai.kernel.models import Attachment, Entry, Leaf, Task
from yangcai.kernel.signatures import configured, verification
from yangcai.notifications.models import Message
from yangcai.replay import district, recorded, year, year_walk
from yangcai.replay.year import Sums
from yangcai.tendering.models import ConductRecord
from yangcai.www import signed_papers
from yangcai.www.public import home

#: What the thirteen purchases of the district itself may come to.
BEFORE = Sums(13, Decimal("20190000.00"), Decimal("6400000.00"), Decimal("6400000.00"))


def whole(before: Sums, *, called_off: Decimal) -> list[year.Order]:
    """Every order of the year, where each call-off costs this share of its budget."""
    known = [*year.agreements(), *year.unsuccessful(), *year.running()]
    beside = Sums(before.cases + year.AGREEMENTS, before.budget, before.signed, before.small)
    calls = year.call_offs(so_far=beside)
    spent = sum((order.budget * called_off for order in calls), Decimal(0)).quantize(Decimal("0.01"))
    budget = before.budget + sum(order.budget for order in (*known, *calls))
    left = Sums(0, budget, before.signed + spent, before.small + spent)
    return [*known, *calls, *year.competitive(so_far=left)]


@pytest.mark.parametrize("called_off", [Decimal("0.85"), Decimal("0.9137")])
def test_the_plan_of_the_year_is_exact(called_off: Decimal) -> None:
    orders = whole(BEFORE, called_off=called_off)
    assert BEFORE.cases + len(orders) == year.CASES
    assert BEFORE.budget + sum(order.budget for order in orders) == year.BUDGET
    calls = [order for order in orders if order.procedure == "call_off_direct"]
    spent = sum((order.budget * called_off for order in calls), Decimal(0)).quantize(Decimal("0.01"))
    won = [order for order in orders if order.until in ("contract", "payment") and order.prices]
    assert BEFORE.signed + spent + sum(order.prices[0] for order in won) == year.SIGNED
    small = sum(order.prices[0] for order in won if order.bidders[0] is not year.BIG)
    assert BEFORE.small + spent + small == year.SMALL
    firms = {order.bidders[0].name for order in won if order.bidders[0] is not year.BIG}
    firms |= {partner.name for order in won for partner in order.partners}
    assert len(firms) > year.FIRMS
    assert len({order.id for order in orders}) == len(orders)
    assert all(order.prices[0] == min(order.prices) and max(order.prices) <= order.budget for order in won)


def test_the_published_share_is_that_of_the_sums() -> None:
    assert round(100 * year.SMALL / year.SIGNED, 2) == Decimal("86.16")


def test_what_cannot_be_spent_soundly_is_refused() -> None:
    with pytest.raises(ValueError, match="soundly"):
        year.competitive(so_far=Sums(102, Decimal(0), year.SMALL, year.SMALL / 2))


@given(
    total=st.decimals(min_value=10**6, max_value=10**9, places=2),
    weights=st.lists(st.integers(1, 50), min_size=1, max_size=40),
)
def test_shares_add_up_to_the_cent(total: Decimal, weights: list[int]) -> None:
    assert sum(year.shares(total, weights)) == total


@pytest.fixture
def found(settings: Any) -> None:
    settings.YANGCAI_SANDBOX = True
    district.settle()


@pytest.mark.long
@pytest.mark.django_db
def test_a_short_year_is_made_of_real_rows(
    found: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A few of each kind: what is left over goes to the cent to the last competitive purchases."""
    for name, value in {"FAILED": 1, "RUNNING": 1, "LARGE": 1, "COMPETITIVE": 2, "CASES": 8}.items():
        monkeypatch.setattr(year, name, value)
    sums = Sums(8, Decimal("7700000.37"), Decimal("3000000.21"), Decimal("2000000.13"))
    for name, value in {"BUDGET": sums.budget, "SIGNED": sums.signed, "SMALL": sums.small}.items():
        monkeypatch.setattr(year, name, value)
    monkeypatch.setattr(district, "PURCHASES", ())
    settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = "demo", "demo"
    world.use(settings, tmp_path)
    demo.walk(argparse.Namespace(quiet=True), tmp_path)
    assert year_walk.sums(now=district.MORNING) == sums
    assert Case.objects.filter(is_demo=False).count() == 0
    assert Case.objects.filter(end_kind=CaseEnd.UNSUCCESSFUL).count() == 1
    assert small_firms(Contract.objects.all()) == 2 * year.PARTNERS + len(
        set(Contract.objects.exclude(supplier__size="large").values_list("supplier", flat=True))
    )
    assert check_funds() == []
    # Who judged and who organised have recorded each other: on nobody's desk does it wait from long ago.
    assert ConductRecord.objects.exists()
    waiting = Task.objects.filter(done_at=None, action__contains="conduct.", due_at__lt=recorded.WAITS_FROM)
    assert not waiting.exists()
    # Nor does anybody come to the first morning with a year of unread messages.
    told = Message.objects.filter(at__lt=district.MORNING - district.UNREAD)
    assert told.exists() and not told.filter(read_at=None).exists()
    # Every paper was issued right after the act that completed it, and none of them waits for a click.
    assert not signed_papers.waiting().exists()
    issued = Attachment.objects.filter(kind=papers.SIGNED)
    contracts = issued.filter(subject__startswith="contract:")
    assert contracts.count() == Contract.objects.exclude(digest="").count() > 0
    assert issued.filter(subject__startswith="opening:").exists()
    for paper in contracts:
        signed = Entry.objects.filter(subject=paper.subject, action="contract.sign", outcome="done").latest("seq")
        assert paper.at == signed.at + signed_papers.PROMPT
        assert verification.verify(documents.read(paper.document), trust=configured.trust()).is_valid
    # The log of each copy tells by which key the records of these openings were signed.
    assert Leaf.objects.filter(root=f"key:{log_keys.verifier().vkey}").exists()


@pytest.mark.campaign(only=True)
@pytest.mark.django_db
@pytest.mark.timeout(7200)
def test_the_whole_year_is_what_the_portal_shows(found: None) -> None:
    district.found_district(told=lambda purchase: None)
    year_walk.make(told=lambda order, left: None)
    assert year_walk.is_complete(now=district.MORNING)
    shown = {item["label"]: item["value"] for item in home.figures(home.counted(district.MORNING))}
    assert (shown["采购项目"], shown["采购预算"], shown["合同金额"]) == (132, "14,200.25", "10,302.80")
    assert shown["面向中小企业"] == "86.16" and shown["惠及中小企业"] > year.FIRMS
