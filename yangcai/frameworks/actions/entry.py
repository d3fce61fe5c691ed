"""Who enters a framework agreement: by evaluation and elimination, or by a request to an open one?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import CaseEnd, Lot, LotOutcome, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.frameworks import standing
from yangcai.frameworks.models import AgreedConsumable, Entrant, EntryRequest, Framework
from yangcai.frameworks.rules import entry as rules
from yangcai.frameworks.rules.agreement import is_decided_by_the_convener
from yangcai.frameworks.rules.terms import is_first_stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.roles import Role
from yangcai.tendering.inputs import AnswerField
from yangcai.tendering.models import AwardLetter, ConsumablePrice, OpenedBid


class DetermineEntrants(Input):
    count = forms.IntegerField(label=_("入围家数"), min_value=1, required=False)

    def scope(self) -> None:
        if isinstance(self.subject, Lot) and self.now is not None:
            most = rules.share(self.subject, now=self.now)
            self.fields["count"].help_text = _("不填时为最多可以入围的 %(most)s 家（至少淘汰 %(out)s 家）") % {
                "most": most.entrants, "out": most.eliminated,
            }  # fmt: skip


@action(
    "entrants.determine",
    zh="确定入围供应商",
    en="Determine the entrants",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER, Role.BUYER_REVIEWER},
    at={Stage.AWARD},
    only=(is_first_stage, is_decided_by_the_convener),
    needs=(rules.comes_next, rules.somebody_is_ranked, rules.entrants_are_open),
    checks=(rules.enough_are_eliminated,),
    input=DetermineEntrants,
    notice="entrants",
    sentence=("{post}确定并公告了入围供应商", "{post} determined and announced the entrants"),
    cites=(
        "framework.convener",
        "framework.eliminate",
        "framework.eliminate_quality",
        "framework.eliminate_least",
        "framework.result_content",
        "award.tell_losers",
    ),
    hint=(
        "按评审排序确定，淘汰比例不低于法定比例；公告的同时发出入围通知书，并告知未入围的供应商",
        "In the order of the evaluation, with the share eliminated that the law wants; letters go out with the notice",
    ),
)
def determine_entrants(lot: Lot, *, by: Any, now: datetime.datetime, count: int | None) -> None:
    """The first in rank enter, each at its own price; everybody else is told why not. The order is that of rotation."""
    agreement = rules.agreement_of(lot)
    assert agreement is not None  # nothing is called for without its terms
    most = rules.share(lot, now=now).entrants
    chosen = rules.eligible(lot, now=now)[: count or most]
    behind, rounds = agreement.entrants.count(), standing.rounds(agreement)
    brands = dict(OpenedBid.objects.filter(lot=lot).values_list("supplier_id", "brand"))
    own = Framework.objects.get(lot=lot)
    priced = ConsumablePrice.objects.filter(opened_bid__lot=lot).select_related("consumable", "opened_bid")
    for place, candidate in enumerate(chosen, start=1):
        entrant = Entrant.objects.create(
            framework=agreement,
            supplier=candidate.supplier,
            rank=behind + place,
            unit_price=candidate.amount,
            product=brands.get(candidate.supplier_id, ""),
            rounds_before=rounds,
            entered_at=now,
        )
        AgreedConsumable.objects.bulk_create(
            AgreedConsumable(
                entrant=entrant,
                item=price.consumable.item,
                unit=price.consumable.unit,
                unit_price=price.unit_price,
                years=own.consumables_years or 0,
            )
            for price in priced
            if price.opened_bid.supplier_id == candidate.supplier_id
        )
    ranks = {one.supplier_id: one.rank for one in rules.candidates(lot)}
    scores = {one.supplier_id: one.score for one in rules.candidates(lot)}
    entered = {one.supplier_id for one in chosen}
    for bid in OpenedBid.objects.filter(lot=lot):
        lost = "" if bid.supplier_id in entered else bid.invalid_reason or "按淘汰比例未入围"
        AwardLetter.objects.create(
            lot=lot,
            supplier_id=bid.supplier_id,
            is_winner=bid.supplier_id in entered,
            score=scores.get(bid.supplier_id),
            rank=ranks.get(bid.supplier_id),
            reason=lost,
            issued_at=now,
        )
    Lot.objects.filter(pk=lot.pk).update(outcome=LotOutcome.AWARDED, outcome_at=now)
    periods.close_period(lot.case, at=now, lot=lot)
    if agreement.lot_id != lot.pk and not lot.case.lots.filter(outcome=LotOutcome.PENDING).exists():
        periods.end(lot.case, at=now, kind=CaseEnd.CLOSED, reason="补充征集的供应商进入原框架协议")


class AskForEntry(Input):
    product = TextField(label=_("申请入围的产品或者服务"))
    statement = TextField(label=_("符合征集条件的说明"), lines=4)
    commitment = forms.BooleanField(label=_("我单位接受征集公告的付费标准和全部条件，承诺所提供的材料真实"))


@action(
    "entry.ask",
    zh="申请入围",
    en="Ask to enter",
    on=Framework,
    by={Role.SUPPLIER},
    at={Stage.INVITATION},
    needs=(rules.takes_requests, rules.may_enter),
    input=AskForEntry,
    sentence=("{post}申请加入框架协议", "{post} asked to enter the framework agreement"),
    is_public=False,
    cites=("framework.open_call", "framework.removal"),
    hint=(
        "有效期内随时可以申请，征集人在法定时间内书面答复",
        "At any time within the term; answered in writing in time",
    ),
)
def ask_for_entry(
    framework: Framework, *, by: Any, now: datetime.datetime, product: str, statement: str, commitment: bool
) -> EntryRequest:
    """A request on the conditions of the call, at its own price."""
    return EntryRequest.objects.create(
        framework=framework, supplier_id=by.organisation_id, product=product, statement=statement, asked_at=now
    )


class AnswerEntry(Input):
    is_admitted = AnswerField(label=_("审核结论"), yes=_("审核通过，准予入围"), no=_("审核不通过"))
    answer = TextField(label=_("审核意见"), lines=3, required=False, help_text=_("不通过的写明理由"))


@action(
    "entry.answer",
    zh="审核入围申请",
    en="Answer the request to enter",
    on=EntryRequest,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.INVITATION},
    needs=(runs_the_case, rules.not_answered),
    checks=(rules.may_be_admitted, rules.refused_with_a_reason),
    input=AnswerEntry,
    notice="entry",
    sentence=("{post}答复了入围申请", "{post} answered a request to enter"),
    cites=("framework.open_review", "framework.entry_notice"),
    hint=(
        "审核通过即发布入围公告，公告视为签订框架协议",
        "Who is admitted is announced at once; the notice stands for the signed agreement",
    ),
)
def answer_entry(
    request: EntryRequest, *, by: Any, now: datetime.datetime, is_admitted: bool, answer: str
) -> Entrant | None:
    """Admitted, it is an entrant at the price of the call, from now on (art. 40, 41)."""
    request.is_admitted, request.answer, request.answered_at = is_admitted, answer, now
    request.save(update_fields=["is_admitted", "answer", "answered_at"])
    if not is_admitted:
        return None
    framework = request.framework
    signed = {"convener_signed_at": now, "supplier_signed_at": now, "signed_at": now}
    back = {"left_at": None, "left_by": "", "left_ground": "", "left_reason": ""}
    entrant, _made = Entrant.objects.update_or_create(
        framework=framework,
        supplier_id=request.supplier_id,
        defaults={"product": request.product, "entered_at": now, **signed, **back},
        create_defaults={
            "product": request.product,
            "entered_at": now,
            "rank": framework.entrants.count() + 1,
            "unit_price": framework.lot.ceiling,
            **signed,
        },
    )
    return entrant
