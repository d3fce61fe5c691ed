"""Do the figures hold at their edges?"""

from datetime import date
from decimal import Decimal

import pytest

from yangcai import law
from yangcai.law.figures import complaint_abuse, complaint_time, elimination, late_payment, set_aside, sme_size

ON = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("category", "budget", "whole"),
    [
        ("goods", "2000000", True),
        ("services", "2000000.01", False),
        ("works", "4000000", True),
        ("works", "4000000.01", False),
    ],
)
def test_the_limit_of_a_whole_set_aside_is_included(category: str, budget: str, whole: bool) -> None:
    assert set_aside.is_whole(category=category, budget=Decimal(budget), on=ON) is whole


def test_the_share_of_works_follows_its_own_rule() -> None:
    works = set_aside.set_aside(category="works", total=Decimal(10_000_000), on=ON)
    assert (works.reserved, works.small_micro) == (4_000_000, 2_400_000)
    assert law.cited(works.rule, on=ON).confidence == "unconfirmed"


@pytest.mark.parametrize(
    ("revenue", "assets", "size"),
    [(80_000, 80_000, "large"), (80_000, 79_999, "medium"), (5_999, 90_000, "small"), (299, 90_000, "micro")],
)
def test_construction_needs_every_lower_bound(revenue: int, assets: int, size: str) -> None:
    found = sme_size.sme_size(industry="construction", on=ON, revenue_wan=Decimal(revenue), assets_wan=Decimal(assets))
    assert found == size


def test_the_published_clothing_maker_is_small() -> None:
    found = sme_size.sme_size(industry="industry", on=ON, employees=130, revenue_wan=Decimal("3006.98"))
    assert found == "small"


def test_sixteen_industries_are_known_and_a_missing_figure_is_told() -> None:
    assert len(law.value("sme.sizes", on=ON)) == 16
    with pytest.raises(ValueError, match="assets_wan"):
        sme_size.sme_size(industry="construction", on=ON, revenue_wan=Decimal(1))
    with pytest.raises(KeyError):
        sme_size.sme_size(industry="alchemy", on=ON)


def test_at_least_one_supplier_is_eliminated() -> None:
    assert elimination.elimination(qualified=2, on=ON).entrants == 1


def test_an_agreed_rate_goes_before_the_laws() -> None:
    amount = Decimal(365_000)
    assert late_payment.late_payment(amount=amount, days=10, on=ON, agreed_yearly_rate=Decimal("0.05")) == 500
    assert late_payment.late_payment(amount=amount, days=10, on=ON) == 1825


def test_without_complaints_there_is_no_abuse() -> None:
    assert complaint_abuse.abuse(unfounded=[], on=ON) == complaint_abuse.Abuse(count=0, listed=False)


def test_without_tests_a_complaint_is_due_at_its_base() -> None:
    found = complaint_time.decision_time(received=date(2026, 3, 2), excluded=[], on=ON)
    assert found.due_on == found.base_on == date(2026, 4, 14)
