"""May this buyer say what it found of a call-off?"""

import datetime
from typing import Any

from yangcai.cases.models import Award
from yangcai.cases.rules import applicable, refuse
from yangcai.frameworks.models import CallOff, Feedback
from yangcai.frameworks.standing import entrant_behind
from yangcai.kernel.refusals import Refusal


def award_of(call_off: CallOff) -> Award | None:
    return Award.objects.filter(lot=call_off.lot_id, refused_at__isnull=True).select_related("supplier").first()


def contract_is_signed(subject: CallOff, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What is judged is how agreement and contract are performed (art. 16(5)): there must be a contract."""
    # The contract belongs to a later part of the house, which hangs itself on the award; nothing of it is imported.
    contract = getattr(award_of(subject), "contract", None)
    if contract is not None and contract.signed_at is not None:
        return None
    return refuse(
        "framework.feedback",
        code="nothing_to_judge",
        zh="采购合同签订后方可评价履行情况",
        en="How it was performed is judged once the contract is signed",
        **applicable(subject.lot.case, now=now),
    )


def not_given(subject: CallOff, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not Feedback.objects.filter(call_off=subject).exists():
        return None
    return Refusal("feedback_given", "本次成交已经评价", "This call-off has been judged already")


def went_to_an_entrant(subject: CallOff, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What is judged are the entrants: a supplier outside them has no agreement that it could perform."""
    award = award_of(subject)
    entrants = subject.framework.entrants
    if award is None or entrants.filter(supplier=entrant_behind(subject, award.supplier_id)).exists():
        return None
    return refuse(
        "framework.feedback",
        code="no_entrant_to_judge",
        zh="成交供应商不是入围供应商，不在框架协议评价范围",
        en="The contract went outside the entrants, and it is they who are judged",
        **applicable(subject.lot.case, now=now),
    )
