"""Does a row that is called by its sum write it as every paper does?"""

from decimal import Decimal
from typing import Any

import pytest

from yangcai.contracts.models import PaymentRequest, Receivable
from yangcai.funds.models import Transfer
from yangcai.parties.models import Organisation
from yangcai.tendering.models import BidSecurity, Consumable, ConsumablePrice, ExpertFee

SUM = Decimal("440000")
SOMEBODY = Organisation(name="示例公司")


@pytest.mark.parametrize(
    "row",
    [
        Transfer(amount=SUM),
        PaymentRequest(amount=SUM),
        Receivable(amount=SUM),
        ExpertFee(amount=SUM),
        BidSecurity(supplier=SOMEBODY, amount=SUM),
        ConsumablePrice(consumable=Consumable(item="硒鼓"), unit_price=SUM),
    ],
    ids=lambda row: type(row).__name__,
)
def test_with_its_thousands(row: Any) -> None:
    assert str(row).endswith("440,000.00")
