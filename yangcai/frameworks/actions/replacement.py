"""How does an entrant replace its product by a newer one (产品升级换代)?"""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from yangcai.frameworks.models import Entrant, Replacement
from yangcai.frameworks.rules import agreement
from yangcai.frameworks.rules import replacement as rules
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, MoneyField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.roles import Role
from yangcai.tendering.inputs import AnswerField


class AskForReplacement(Input):
    product = TextField(label=_("新产品"), help_text=_("品牌、规格型号和主要配置"))
    unit_price = MoneyField(label=_("新产品单价"), min_value=Decimal("0.01"), help_text=_("不得高于协议单价"))
    statement = TextField(label=_("质量不降低的说明"), lines=4, help_text=_("与原入围产品逐项对比"))
    proof = DocumentField(label=_("证明材料"), required=False)

    def scope(self) -> None:
        if isinstance(self.subject, Entrant):
            self.fields["unit_price"].initial = self.subject.unit_price


@action(
    "replacement.ask",
    zh="申请产品升级换代",
    en="Ask to replace the product",
    on=Entrant,
    by={Role.SUPPLIER},
    needs=(agreement.is_still_in, rules.is_signed, rules.none_is_open),
    checks=(rules.costs_no_more,),
    input=AskForReplacement,
    creates=True,
    sentence=("{post}申请用新产品替代原入围产品", "{post} asked to replace the product that entered"),
    is_public=False,
    cites=("framework.replacement", "framework.replacement_said"),
    hint=(
        "质量不降低、价格不提高的，由征集人按框架协议约定的规则审核",
        "The quality no lower, the price no higher: the convener examines it by the rules of the agreement",
    ),
)
def ask_for_replacement(
    entrant: Entrant,
    *,
    by: Any,
    now: datetime.datetime,
    product: str,
    unit_price: Decimal,
    statement: str,
    proof: Document | None,
) -> Replacement:
    """Beside what stands now, so that both can be compared."""
    made = Replacement.objects.create(
        entrant=entrant,
        old_product=entrant.product,
        old_price=entrant.unit_price,
        product=product,
        unit_price=unit_price,
        statement=statement,
        asked_at=now,
    )
    documents.attach(proof, to=made, title=proof.name if proof else "", kind="replacement_proof", by=by, now=now)
    return made


class AnswerReplacement(Input):
    is_admitted = AnswerField(label=_("审核结论"), yes=_("质量不降低、价格不提高，同意替代"), no=_("不同意替代"))
    answer = TextField(label=_("审核意见"), lines=3, required=False, help_text=_("不同意的写明理由"))


@action(
    "replacement.answer",
    zh="审核产品升级换代",
    en="Answer the replacement",
    on=Replacement,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(agreement.is_the_convener, rules.entrant_is_still_in, rules.not_answered),
    checks=(rules.refused_with_a_reason,),
    input=AnswerReplacement,
    sentence=("{post}审核了产品升级换代申请", "{post} answered a replacement of a product"),
    cites=("framework.replacement",),
    hint=(
        "同意后，第二阶段按新产品和新单价成交；原入围产品和单价留存备查",
        "Once admitted, call-offs are for the new product at its price; what stood before is kept",
    ),
)
def answer_replacement(
    replacement: Replacement, *, by: Any, now: datetime.datetime, is_admitted: bool, answer: str
) -> None:
    """The agreement price may fall with it, never rise; the database refuses that as well."""
    replacement.is_admitted, replacement.answer, replacement.answered_at = is_admitted, answer, now
    replacement.save(update_fields=["is_admitted", "answer", "answered_at"])
    if is_admitted:
        new = {"product": replacement.product, "unit_price": replacement.unit_price}
        Entrant.objects.filter(pk=replacement.entrant_id).update(**new)
