"""How do the entrants compete once more, and who wins? Sealed prices by the same seam as bids; the lowest wins."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Award, Case, Lot, Stage
from yangcai.frameworks import placing
from yangcai.frameworks.actions.call_off import FOUNDED, OfFramework
from yangcai.frameworks.models import Framework, Way
from yangcai.frameworks.rules import call_off as rules
from yangcai.frameworks.standing import agreed
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import MomentField
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.tendering.models import Invitee, InviteeSource, OpenedBid, Participation


class InviteEntrants(OfFramework):
    way = Way.MINI_COMPETITION
    closes_at = MomentField(label=_("竞价截止时间"))


@action(
    "call_off.invite",
    zh="发起二次竞价",
    en="Invite the entrants to compete",
    on=PlanItem,
    by={Role.BUYER_OFFICER},
    needs=(rules.goes(Way.MINI_COMPETITION), *FOUNDED),
    checks=(rules.agreement_is_in_force, rules.somebody_competes, rules.time_is_left),
    input=InviteEntrants,
    creates=True,
    sentence=("{post}邀请全部入围供应商二次竞价", "{post} invited every entrant to compete once more"),
    cites=("framework.mini_competition", "control.no_budget_no_procurement"),
    hint=(
        "邀请同时发给全部入围供应商；协议价格是各自的最高限价，报价密封，截止后开启，最低者成交",
        "All entrants at once; the agreement price is each one's ceiling, prices are sealed, the lowest wins",
    ),
)
def invite_entrants(
    plan_item: PlanItem,
    *,
    by: Any,
    now: datetime.datetime,
    framework: Framework,
    quantity: Decimal,
    need: str,
    delivery: str,
    closes_at: datetime.datetime,
) -> Case:
    """Everybody in the agreement who meets the need has the documents and may offer until the same instant."""
    entrants = rules.competitors(plan_item, framework, now=now)
    made = placing.begin(
        plan_item,
        framework=framework,
        quantity=quantity,
        need=need,
        delivery=delivery,
        now=now,
    )
    case = made.lot.case
    periods.open_period(case, stage=Stage.SUBMISSION, opens_at=now, closes_at=closes_at)
    periods.open_period(case, stage=Stage.OPENING, opens_at=closes_at)
    for entrant in entrants:
        # art. 33: a sealed price cannot be checked before the opening, so each is told its own limit here and no
        # other: the lot has no ceiling, which would be the dearest entrant's agreement price.
        own = rules.most(entrant, quantity, budget=made.lot.budget)
        said = "协议价格" if own == agreed(entrant, quantity) else "采购预算低于协议价格，预算金额"
        limit = f"{said} {own:,.2f} 元为该供应商的最高限价"
        Invitee.objects.create(
            case=case,
            supplier=entrant.supplier,
            source=InviteeSource.ENTRANT,
            reason=limit,
            recommended_by=by,
            is_chosen=True,
            invited_at=now,
        )
        Participation.objects.create(case=case, supplier=entrant.supplier, obtained_at=now)
    return case


@action(
    "call_off.conclude",
    zh="确定二次竞价成交供应商",
    en="Conclude the second competition",
    on=Lot,
    by={Role.BUYER_OFFICER},
    at={Stage.AWARD},
    needs=(rules.competes,),
    creates=True,
    notice="call_off",
    sentence=("{post}按最低报价确定了成交供应商", "{post} awarded the contract to the lowest price"),
    cites=("framework.mini_competition", "framework.call_off_notice", "framework.fixed_price"),
    hint=(
        "高于本供应商协议价格的报价无效；报价相同的，按入围顺序",
        "A price above the supplier's own agreement is void; equal prices go by the order of entry",
    ),
)
def conclude_competition(lot: Lot, *, by: Any, now: datetime.datetime) -> Award:
    """The lowest lawful price wins; the others are told their rank."""
    ranked = [(entrant.supplier, bid.price) for bid, entrant in rules.lawful(lot.call_off, now=now)]
    periods.close_period(lot.case, at=now, lot=lot)
    counted = [supplier.pk for supplier, _price in ranked]
    offered = OpenedBid.objects.filter(lot=lot).select_related("supplier").exclude(supplier__in=counted)
    return placing.award(lot.call_off, ranked, now=now, void=[bid.supplier for bid in offered])
