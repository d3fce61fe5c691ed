"""What may be done with money, and by which functions do later apps move it?"""

from yangcai.funds.actions.budget import import_budget
from yangcai.funds.actions.ledger import (
    appropriate,
    commit,
    open_fund,
    pay,
    refund,
    release_commitment,
    release_reservation,
    reserve,
)

__all__ = [
    "appropriate",
    "commit",
    "import_budget",
    "open_fund",
    "pay",
    "refund",
    "release_commitment",
    "release_reservation",
    "reserve",
]
