"""How does the public log come to know who was to win, and at what sum, before the notice says so?

A blinded line is written where the award is determined, and told with its notice: whoever changes the award in between
announces another one than the log holds (kernel/verifying/awards.py).
"""

import datetime

from yangcai.cases.models import Award
from yangcai.kernel import leaves
from yangcai.kernel.verifying.awards import AWARD, says


def commit(award: Award) -> None:
    """In the transaction that determines it."""
    lot = award.lot
    digest = says(lot=lot.number, winner=award.supplier.uscc or "", amount=f"{award.amount:.2f}")
    body = {"t": AWARD, "root": lot.case.ref, "award": award.ref, "lot": lot.number, "says": digest}
    leaves.append_leaf(body=body, root=lot.case.ref)


def tell(award: Award, *, now: datetime.datetime) -> None:
    """With its notice. An award of before there were such lines has none."""
    kept = leaves.kept_back(root=award.lot.case.ref)
    leaves.disclose(
        leaves=[leaf for leaf, said in kept.items() if said.get("t") == AWARD and said.get("award") == award.ref],
        now=now,
    )
