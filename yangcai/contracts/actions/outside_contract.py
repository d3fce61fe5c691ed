"""How does the convener learn of a contract that went outside its entrants?"""

import datetime

from yangcai.contracts.rules import outside_contract as rules
from yangcai.frameworks.models import CallOff, OutsideOffer
from yangcai.kernel.actions import action
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


@action(
    "call_off.copy",
    zh="将合同副本抄送征集人",
    en="Send the convener a copy of the contract",
    on=CallOff,
    by={Role.BUYER_OFFICER},
    only=(rules.went_outside,),
    needs=(rules.contract_is_signed, rules.not_copied),
    sentence=(
        "{post}将授予非入围供应商的采购合同副本抄送征集人",
        "{post} sent the convener a copy of the contract made outside the entrants",
    ),
    cites=("framework.outside_copy",),
    hint=(
        "抄送后，征集人及其代理机构可以查阅该合同；更低价格的证明材料和合同一并存档备查",
        "From then on the convener and its agent read the contract; the proof of the lower price is kept with it",
    ),
)
def copy_contract(call_off: CallOff, *, by: Post, now: datetime.datetime) -> None:
    """Within a working day of signing (art. 37): from then on the convener may read it, published or not."""
    OutsideOffer.objects.filter(pk=call_off.outside_offer_id).update(copied_at=now)
