"""Does money move only along the chain, and never twice?"""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from yangcai.funds import actions
from yangcai.funds.models import Bucket, Fund

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
def chain() -> tuple[Fund, Fund, Fund, Fund]:
    """Available, reserved, committed, paid; 100.00 is available."""
    appropriation = factories.fund_appropriation(factories.make_organisation(), amount="100.00")
    available = appropriation.available_fund
    reserved = actions.open_fund(bucket=Bucket.RESERVED, parent=available)
    committed = actions.open_fund(bucket=Bucket.COMMITTED, parent=reserved)
    return available, reserved, committed, actions.open_fund(bucket=Bucket.PAID, parent=committed)


def test_reserving_and_releasing_move_both_balances(chain: Any) -> None:
    available, reserved, _committed, _paid = chain
    move(actions.reserve, reserved, "70.25")
    assert (balance(available), balance(reserved)) == (Decimal("29.75"), Decimal("70.25"))
    move(actions.release_reservation, reserved, "0.25")
    assert (balance(available), balance(reserved)) == (Decimal("30.00"), Decimal("70.00"))


def test_nothing_is_reserved_beyond_what_is_available(chain: Any) -> None:
    with pytest.raises(IntegrityError) as error:
        move(actions.reserve, chain[1], "100.01")
    assert breach(error) == "never_negative"
    assert balance(chain[1]) == 0
