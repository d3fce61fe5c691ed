"""Is this the contract that went outside the entrants, and does its convener have a copy (110号令 art. 37)?"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases.rules import applicable
from yangcai.contracts.models import Contract
from yangcai.frameworks.models import CallOff
from yangcai.kernel.refusals import Refusal


def contract_of(call_off: CallOff) -> Contract | None:
    """The contract that stands on a call-off: of several awards, that which nobody refused."""
    return Contract.objects.filter(award__lot=call_off.lot_id, award__refused_at__isnull=True).first()


def goes_outside(call_off: CallOff) -> bool:
    """Whether the supplier is none of the entrants; one that came down to the lower price is."""
    return call_off.outside_offer is not None and not call_off.outside_offer.agrees


def went_outside(call_off: CallOff, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if goes_outside(call_off):
        return None
    return _refuse(
        call_off,
        code="went_to_an_entrant",
        zh="合同授予了入围供应商，不需要抄送征集人",
        en="The contract went to an entrant: no copy is owed to the convener",
        now=now,
    )


def contract_is_signed(call_off: CallOff, *, by: Any, now: datetime.datetime) -> Refusal | None:
    contract = contract_of(call_off)
    if contract is not None and contract.signed_at is not None:
        return None
    return _refuse(
        call_off,
        code="no_contract_to_copy",
        zh="采购合同尚未签订，签订后{limit}内抄送征集人",
        en="The contract is not signed yet: its copy goes to the convener within {limit} of that",
        now=now,
    )


def not_copied(call_off: CallOff, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if call_off.outside_offer is None or call_off.outside_offer.copied_at is None:
        return None
    return Refusal("copied_already", "合同副本已经抄送征集人", "The convener has its copy of the contract already")


def _refuse(call_off: CallOff, *, code: str, zh: str, en: str, now: datetime.datetime) -> Refusal:
    case = call_off.lot.case
    return law.refusal("framework.outside_copy", code=code, zh=zh, en=en, **applicable(case, now=now))
