"""How does the public log come to know who was to win, and at what sum, before the notice says so?

A blinded line is written where the award is determined, and told with its notice: whoever changes the award in between
announces another one than the log holds. A line in clear beside it says that a lot was awarded, and by which blinded
line: so none can be hidden behind a later one (kernel/verifying/awards.py).
"""

import datetime

from yangcai.cases.models import Award
from yangcai.kernel import leaves
from yangcai.kernel.encoding import base64_of
from yangcai.kernel.verifying.awards import AWARD, DETERMINED, says


def commit(award: Award) -> None:
    """In the transaction that determines it."""
    lot = award.lot
    digest = says(lot=lot.number, winner=award.supplier.uscc or "", amount=f"{award.amount:.2f}")
    body = {"t": AWARD, "root": lot.case.ref, "award": award.ref, "lot": lot.number, "says": digest}
    blinded = leaves.append_leaf(body=body, root=lot.case.ref)
    named = {"t": DETERMINED, "root": lot.case.ref, "award": award.ref, "lot": lot.number}
    leaves.append_leaf(body=named | {"leaf": base64_of(blinded.hash)}, root=lot.case.ref, in_clear=True)


def tell(award: Award, *, now: datetime.datetime) -> None:
    """With its notice; and with it what had been determined for the lot before and fell before it was announced. An
    award of before there were such lines has none."""
    kept, lot = leaves.kept_back(root=award.lot.case.ref), award.lot.number
    leaves.disclose(
        leaves=[leaf for leaf, said in kept.items() if said.get("t") == AWARD and said.get("lot") == lot], now=now
    )
