"""What does a contract say? What the solicitation and the winning bid said, and nothing else (政府采购法 art. 46)."""

import datetime
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from yangcai import law
from yangcai.cases.actions import chinese
from yangcai.cases.models import Award, Case
from yangcai.cases.rules import applicable
from yangcai.contracts.models import MilestoneDue
from yangcai.frameworks.models import AgreedConsumable, CallOff
from yangcai.frameworks.standing import entrant_behind
from yangcai.kernel import money
from yangcai.planning.models import SetAside
from yangcai.tendering.models import OpenedBid, Solicitation
from yangcai.tendering.solicitations import solicitation

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Content:
    """Everything of a contract that its parties do not choose: columns, lines and milestones."""

    values: dict[str, Any]
    items: list[dict[str, Any]]
    milestones: list[dict[str, Any]]


def solicitation_of(case: Case) -> Solicitation | None:
    """The document of the case, from which its contracts come."""
    return solicitation(case)


def content_of(award: Award, *, now: datetime.datetime) -> Content:
    """Generate the contract of an award from the solicitation and the bid. Raises when the case has no solicitation."""
    case = award.lot.case
    solicitation = Solicitation.objects.get(case=case)
    bid = OpenedBid.objects.filter(lot=award.lot.judged_with, supplier=award.supplier).prefetch_related("lines").first()
    values = {
        "case": case,
        "buyer": case.buyer,
        "supplier": award.supplier,
        "amount": award.amount,
        "terms": "\n".join(filter(None, (solicitation.contract_terms, _consumables(award)))),
        "delivery": (bid.last.delivery or bid.delivery if bid else "") or solicitation.delivery,
        "payment_days": _payment_days(award, solicitation, now=now),
        "acceptance_days": solicitation.acceptance_days,
        "performance_security": _performance_security(award, solicitation, now=now),
        "for_sme": award.lot.way != SetAside.NONE,
    }
    terms = [(t.title, t.percent, t.due_on, t.is_incentive) for t in case.payment_terms.all()]
    return Content(values, _items(award, bid), milestones(amount=award.amount, terms=terms))


def _consumables(award: Award) -> str:
    """What the equipment uses up stands in its contract with its price and its years (110号令 art. 26)."""
    called = CallOff.objects.filter(lot=award.lot, consumable=None).first()
    if called is None:
        return ""
    agreed = AgreedConsumable.objects.filter(
        entrant__framework=called.framework_id, entrant__supplier=entrant_behind(called, award.supplier_id)
    ).order_by("pk")
    return "\n".join(
        f"专用耗材：{one.item}，自框架协议签订之日起 {one.years} 年内，"
        f"供应单价不高于 {money.figures(one.unit_price)} 元/{one.unit}。"
        for one in agreed
    )


def _payment_days(award: Award, solicitation: Solicitation, *, now: datetime.datetime) -> int:
    """What the solicitation promised; for a small or medium enterprise never longer than the law lets them agree."""
    applies = applicable(award.lot.case, now=now)
    if award.supplier.is_sme and law.applies("payment.sme_agreed", **applies):
        return min(solicitation.payment_days, law.value("payment.sme_agreed", **applies))
    return solicitation.payment_days


def _performance_security(award: Award, solicitation: Solicitation, *, now: datetime.datetime) -> Decimal:
    """As the solicitation demanded, never above the share that the law allows (条例 art. 48)."""
    cap = law.value("performance_security.cap", **applicable(award.lot.case, now=now))
    return money.cents(award.amount * min(solicitation.performance_security_rate, cap))


def _items(award: Award, bid: OpenedBid | None) -> list[dict[str, Any]]:
    """The lines of the price form; the lot itself where the bid was one sum, without a quantity or unit price that
    nobody offered; with its quantity where it was called off under a framework agreement (110号令 art. 36)."""
    lines = bid.last_lines if bid else []
    call_off = CallOff.objects.filter(lot=award.lot).first() if not lines else None
    if call_off is None and not lines and award.lot.quantity:
        return [
            {
                "number": 1,
                "item": award.lot.title,
                "specification": "",
                "quantity": award.lot.quantity,
                "unit_price": money.cents(award.amount / award.lot.quantity),
                "amount": award.amount,
            }
        ]
    if call_off is not None:
        return [
            {
                "number": 1,
                "item": award.lot.title,
                "specification": call_off.need,
                "quantity": call_off.quantity,
                "unit_price": money.cents(award.amount / call_off.quantity),
                "amount": award.amount,
            }
        ]
    if not lines:
        return [
            {
                "number": 1,
                "item": award.lot.title,
                "specification": "",
                "quantity": None,
                "unit_price": None,
                "amount": award.amount,
            }
        ]
    return [
        {
            "number": line.number,
            "item": line.item,
            "specification": line.specification,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "amount": line.amount,
        }
        for line in lines
    ]


def milestones(*, amount: Decimal, terms: list[tuple[str, Decimal, str, bool]]) -> list[dict[str, Any]]:
    """Share the amount (yuan) over (title, percent, due_on, is_incentive), to the cent; what rounding leaves is on the
    last one.

    A share that rounds to nothing is left out; without terms everything is due on acceptance.
    """
    terms = terms or [("", HUNDRED, MilestoneDue.ACCEPTANCE, False)]
    shares = [(amount * term[1] / HUNDRED).quantize(money.CENT, rounding=ROUND_DOWN) for term in terms[:-1]]
    shares.append(amount - sum(shares, money.ZERO))
    rows = [
        {
            "title": title or chinese(MilestoneDue(due_on).label),
            "due_on": due_on,
            "amount": share,
            "is_incentive": is_incentive,
        }
        for (title, _, due_on, is_incentive), share in zip(terms, shares, strict=True)
        if share
    ]
    return [{"number": number, **row} for number, row in enumerate(rows, start=1)]
