"""How does a contract go outside the entrants, because the same goods cost less elsewhere (110号令 art. 37)?"""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.frameworks import placing, standing
from yangcai.frameworks.actions.call_off import FOUNDED, QuantityField, described
from yangcai.frameworks.models import Entrant, OutsideOffer
from yangcai.frameworks.rules import call_off as call_offs
from yangcai.frameworks.rules import outside_offer as rules
from yangcai.kernel import documents, money, tasks
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, MomentField, MoneyField, TextField
from yangcai.kernel.models import Document
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.procedures import PROCEDURES
from yangcai.tendering.inputs import AnswerField, limit


class ReportOutsideOffer(Input):
    entrant = forms.ModelChoiceField(label=_("提供相同货物的入围供应商"), queryset=Entrant.objects.all())
    supplier = forms.ModelChoiceField(
        label=_("非入围供应商"),
        queryset=Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).order_by("name"),
    )
    unit_price = MoneyField(label=_("更低单价"), min_value=Decimal("0.01"))
    quantity = QuantityField()
    evidence = TextField(
        label=_("相同货物和更低价格的说明"), lines=4, help_text=_("品牌、规格型号相同，以及该价格的来源、时间")
    )
    proof = DocumentField(label=_("证明材料"), help_text=_("与采购合同一并存档备查"))
    answer_by = MomentField(label=_("入围供应商答复期限"))

    def scope(self) -> None:
        """The entrants of the agreements that can be used and that let contracts go outside."""
        if not isinstance(self.subject, PlanItem) or self.now is None:
            return
        method = PROCEDURES.get(self.subject.procedure)
        if method is None or not method.draws_on:
            return
        found = call_offs.offered(self.subject, rules.way_of(self.subject), now=self.now)
        entrants = Entrant.objects.filter(
            framework__in=[one for one in found if one.allows_outside],
            signed_at__isnull=False,
            left_at__isnull=True,
        )
        limit(self.fields["entrant"], entrants.select_related("supplier", "framework__lot"))
        self.fields["entrant"].label_from_instance = described  # type: ignore[attr-defined]


@action(
    "outside_offer.report",
    zh="证明非入围供应商价格更低",
    en="Prove a lower price outside the entrants",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.is_a_call_off_of_goods, *FOUNDED, rules.none_waits),
    checks=(rules.call_says_so, rules.supplier_is_outside, rules.is_cheaper, rules.time_is_left),
    input=ReportOutsideOffer,
    creates=True,
    sentence=("{post}证明非入围供应商价格更低，请入围供应商答复", "{post} proved a lower price outside the entrants"),
    is_public=False,
    cites=("framework.outside", "framework.outside_said", "framework.outside_proof"),
    hint=(
        "入围供应商在期限内同意降至该价格的，合同授予该供应商；不同意或者未答复的，可以授予非入围供应商",
        "If the entrant comes down to that price in time, the contract is its own; else it may go outside",
    ),
)
def report_outside_offer(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    entrant: Entrant,
    supplier: Organisation,
    unit_price: Decimal,
    quantity: Decimal,
    evidence: str,
    proof: Document,
    answer_by: datetime.datetime,
) -> OutsideOffer:
    """Put to the entrant with its proof, which is kept with the contract."""
    made = OutsideOffer.objects.create(
        entrant=entrant,
        plan_item=plan_item,
        supplier=supplier,
        unit_price=unit_price,
        agreed_price=money.cents(standing.unit_price(entrant, quantity)),
        quantity=quantity,
        evidence=evidence,
        reported_at=now,
        answer_by_at=answer_by,
    )
    documents.attach(proof, to=made, title=proof.name, kind="outside_proof", by=by, now=now)
    return made


class AnswerOutsideOffer(Input):
    agrees = AnswerField(label=_("是否同意降价"), yes=_("同意以该单价供货"), no=_("不同意"))
    answer = TextField(label=_("答复"), lines=3, required=False)


@action(
    "outside_offer.answer",
    zh="答复降价要求",
    en="Answer the lower price",
    on=OutsideOffer,
    by={Role.SUPPLIER},
    needs=(rules.entrant_is_still_in, rules.is_unanswered),
    input=AnswerOutsideOffer,
    sentence=("{post}答复了降价要求", "{post} answered the lower price"),
    is_public=False,
    cites=("framework.outside",),
    hint=(
        "同意的，本次采购以该单价向贵单位采购；不同意的，采购人可以向非入围供应商采购",
        "Agree, and this purchase is yours at that price; otherwise the buyer may buy outside the entrants",
    ),
)
def answer_outside_offer(offer: OutsideOffer, *, by: Any, now: datetime.datetime, agrees: bool, answer: str) -> None:
    """For this one purchase: the agreement price stays what it is."""
    offer.agrees, offer.answer, offer.answered_at = agrees, answer, now
    offer.save(update_fields=["agrees", "answer", "answered_at"])


@action(
    "outside_offer.conclude",
    zh="按更低价格确定成交供应商",
    en="Award at the lower price",
    on=OutsideOffer,
    by={Role.BUYER_OFFICER},
    needs=(
        rules.is_settled,
        *rules.stands_on_the_plan(*FOUNDED),
        rules.agreement_still_stands,
    ),
    creates=True,
    notice="call_off",
    sentence=("{post}按更低价格确定了成交供应商", "{post} awarded the contract at the lower price"),
    cites=("framework.outside", "framework.outside_copy", "framework.fixed_price"),
    hint=(
        "入围供应商同意降价的，授予该供应商，否则授予非入围供应商；成交结果即时公告，合同签订后抄送征集人",
        "To the entrant where it came down, else outside; told at once, and the convener gets a copy of the contract",
    ),
)
def conclude_outside_offer(offer: OutsideOffer, *, by: Any, now: datetime.datetime) -> Case:
    """The answer decides who gets the contract, the price is the lower one; its copy goes to the convener once it is
    signed (`call_off.copy`). The plan is another root than the agreement: it is locked and asked again, so that it is
    called off once."""
    plan_item = PlanItem.objects.select_for_update(of=("self",)).get(pk=offer.plan_item_id)
    taken = call_offs.is_free(plan_item, by=by, now=now)
    if taken is not None:
        raise Refused([taken])
    offer.concluded_at = now
    offer.save(update_fields=["concluded_at"])
    made = placing.begin(
        plan_item,
        framework=offer.entrant.framework,
        quantity=offer.quantity,
        need=offer.entrant.product,
        delivery="",
        now=now,
        outside_offer=offer,
    )
    case = placing.at_once(made, offer.winner, call_offs.worth(offer.unit_price, offer.quantity), now=now)
    tasks.refresh(plan_item, now=now)
    return case
