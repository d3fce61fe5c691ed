"""Does money move only along the chain, and never twice?"""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from yangcai.funds import actions, queries
from yangcai.funds.models import Fund
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
NOW = factories.NOW


def balance(fund: Fund) -> Decimal:
    return Fund.objects.get(pk=fund.pk).balance


def breach(error: pytest.ExceptionInfo[IntegrityError]) -> str:
    return str(error.value.__cause__.diag.constraint_name)


def move(function: Any, fund: Fund, amount: str) -> None:
    with transaction.atomic():
        function(fund=fund, amount=Decimal(amount), now=NOW, ground="test")


@pytest.fixture
def reserved() -> Fund:
    """The empty reserved fund of a plan of 100.00; as much is available."""
    appropriation = factories.fund_appropriation(factories.make_organisation(), amount="100.00")
    return factories.make_plan_item(appropriation, amount="100.00", approved=False).reserved_fund


def test_reserving_and_releasing_move_both_balances(reserved: Fund) -> None:
    available = reserved.parent
    move(actions.reserve, reserved, "70.25")
    assert (balance(available), balance(reserved)) == (Decimal("29.75"), Decimal("70.25"))
    move(actions.release_reservation, reserved, "0.25")
    assert (balance(available), balance(reserved)) == (Decimal("30.00"), Decimal("70.00"))


def test_nothing_is_reserved_beyond_what_is_available(reserved: Fund) -> None:
    with pytest.raises(IntegrityError) as error:
        move(actions.reserve, reserved, "100.01")
    assert breach(error) == "never_negative"
    assert balance(reserved) == 0


def test_the_second_witness_sees_what_got_past_the_database(reserved: Fund) -> None:
    assert queries.check_funds() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while its checks are pending
        cursor.execute("ALTER TABLE funds_fund DISABLE TRIGGER fund_moves")
        cursor.execute("UPDATE funds_fund SET balance = 5 WHERE id = %s", [reserved.pk])
        cursor.execute("ALTER TABLE funds_fund ENABLE TRIGGER fund_moves")
    (difference,) = queries.check_funds()
    assert (difference.fund, difference.balance, difference.from_transfers) == (reserved.pk, Decimal("5.00"), 0)


def test_a_buyers_waterfall_adds_up() -> None:
    case = factories.make_case(budget="600.00")
    factories.fund_appropriation(case.buyer, amount="400.00")
    found = queries.waterfall(buyer=case.buyer, fiscal_year=2026)
    assert (found.approved, found.available, found.reserved) == (
        Decimal("1000.00"),
        Decimal("400.00"),
        Decimal("600.00"),
    )
    assert found.agrees


def test_a_buyer_sees_its_own_budget_and_nobody_elses() -> None:
    ours, theirs = (factories.fund_appropriation(factories.make_organisation()) for _n in range(2))
    officer = factories.make_post(Role.BUYER_OFFICER, ours.buyer)
    assert list(queries.visible_to(officer, NOW)) == [ours]
    assert set(queries.visible_to(factories.make_post(Role.TREASURY), NOW)) == {ours, theirs}
    assert not queries.visible_to(factories.make_supplier(), NOW).exists()
    assert not queries.visible_to(None, NOW).exists()
