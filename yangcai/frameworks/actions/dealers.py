"""Whom does an entrant commission to take its contracts and to perform them (代理商)?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.frameworks.models import Dealer, Entrant
from yangcai.frameworks.rules import agreement
from yangcai.frameworks.rules import dealers as rules
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role


class NameDealer(Input):
    organisation = forms.ModelChoiceField(
        label=_("代理商"),
        queryset=Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).order_by("name"),
    )
    area = TextField(label=_("代理范围"), help_text=_("代理的产品和区域"))
    commission = DocumentField(label=_("委托协议"))


@action(
    "dealer.name",
    zh="委托代理商",
    en="Name a dealer",
    on=Entrant,
    by={Role.SUPPLIER},
    needs=(agreement.is_still_in, rules.supplies_goods),
    checks=(rules.dealer_may_be_named,),
    input=NameDealer,
    creates=True,
    sentence=("{post}委托了代理商", "{post} named a dealer"),
    cites=("framework.dealers",),
    hint=(
        "代理商按框架协议约定接受合同授予并履行合同；价格和责任仍以框架协议为准",
        "The dealer takes contracts under the agreement and performs them, at the prices of the agreement",
    ),
)
def name_dealer(
    entrant: Entrant, *, by: Any, now: datetime.datetime, organisation: Organisation, area: str, commission: Document
) -> Dealer:
    """On the list from now on, with the commission handed in beside it (art. 18)."""
    made = Dealer.objects.create(entrant=entrant, organisation=organisation, area=area, named_at=now)
    documents.attach(commission, to=made, title=commission.name, kind="dealer_commission", by=by, now=now)
    return made


@action(
    "dealer.end",
    zh="终止委托代理商",
    en="End a dealer's commission",
    on=Dealer,
    by={Role.SUPPLIER},
    needs=(rules.is_commissioned,),
    sentence=("{post}终止了对代理商的委托", "{post} ended a dealer's commission"),
    cites=("framework.dealers",),
    hint=("已经授予的合同继续履行", "Contracts already awarded are performed"),
)
def end_commission(dealer: Dealer, *, by: Any, now: datetime.datetime) -> None:
    """It takes no further contracts; those that it has stand."""
    Dealer.objects.filter(pk=dealer.pk).update(ended_at=now)
