"""What becomes of a call-off whose entrant refuses it? It ends, and its plan is free for another."""

import datetime
from typing import Any

from yangcai.cases import periods
from yangcai.cases.models import Award, AwardFall, CaseEnd, Lot, LotOutcome
from yangcai.frameworks.models import CallOff

REASON = "入围供应商拒绝接受合同授予"


def after_an_entrant_refused(award: Award, *, by: Any, now: datetime.datetime) -> None:
    """A turn that was refused is used up; refusing without reason is a ground of removal (110号令 art. 19(3))."""
    if award.fall_ground != AwardFall.REFUSED or not CallOff.objects.filter(lot_id=award.lot_id).exists():
        return
    Lot.objects.filter(pk=award.lot_id).update(outcome=LotOutcome.UNSUCCESSFUL, outcome_at=now, outcome_reason=REASON)
    periods.end(award.lot.case, at=now, kind=CaseEnd.UNSUCCESSFUL, reason=REASON)
