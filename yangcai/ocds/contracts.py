"""Which awards, contracts and payments stood at a given moment, in OCDS words?"""

import datetime
from typing import Any

from yangcai.cases.models import Award, Lot
from yangcai.contracts.models import Contract, MilestoneDue
from yangcai.ocds.rows import CaseRows, consortium
from yangcai.ocds.values import day, moment, money, reference, until


def awards(rows: CaseRows, at: datetime.datetime) -> list[dict[str, Any]]:
    """Public from the announcement on."""
    found = [(lot, award) for lot in rows.lots for award in lot.awards.all() if until(award.announced_at, at)]
    return [
        {
            "id": str(a.pk),
            "title": f"{rows.case.title} {lot.title}",
            "status": "cancelled" if until(a.refused_at, at) else "active",
            "date": moment(a.determined_at),
            "value": money(a.amount),
            "suppliers": _suppliers(lot, a),
            "relatedLots": [lot.number],
        }
        for lot, a in sorted(found, key=lambda pair: pair[1].pk)
    ]


def _suppliers(lot: Lot, award: Award) -> list[dict[str, str]]:
    """The winner, and the members with whom it bid; an award without a bid (a call-off) has the winner alone."""
    bid = next((one for one in lot.opened_bids.all() if one.supplier_id == award.supplier_id), None)
    return consortium(bid) if bid is not None else [reference(award.supplier)]


def contracts(rows: CaseRows, at: datetime.datetime) -> list[dict[str, Any]]:
    """Public from the contract notice on."""
    return [_contract(c, at) for c in rows.contracts if until(c.published_at, at)]


def _status(contract: Contract, at: datetime.datetime) -> str:
    if until(contract.closed_at, at) or until(contract.terminated_at, at):
        return "terminated"
    return "active" if until(contract.signed_at, at) else "pending"


def _contract(contract: Contract, at: datetime.datetime) -> dict[str, Any]:
    """An amendment counts from its notice on: the day of its signing lies before it was entered here."""
    later = {a.pk: a for a in contract.amendments.all() if until(a.published_at, at) is None}
    amendments = [a for a in contract.amendments.all() if a.pk not in later]
    paid = [p for p in contract.payment_requests.all() if until(p.paid_at, at)]
    return {
        "id": contract.number,
        "awardID": str(contract.award_id),
        "title": contract.title,
        "status": _status(contract, at),
        "value": money(contract.amount - sum(a.amount_change for a in later.values())),
        "dateSigned": moment(until(contract.signed_at, at)),
        "amendments": [
            {"id": str(a.number), "date": moment(a.signed_at), "rationale": a.reason, "description": a.content}
            for a in amendments
        ],
        "implementation": {
            "transactions": [
                {
                    "id": str(p.pk),
                    "date": moment(p.paid_at),
                    "value": money(p.amount),
                    "payer": reference(contract.buyer),
                    "payee": reference(contract.supplier),
                }
                for p in paid
            ],
            "milestones": [
                _milestone(contract, m, at) for m in contract.milestones.all() if m.amendment_id not in later
            ],
        },
    }


def _milestone(contract: Contract, milestone: Any, at: datetime.datetime) -> dict[str, Any]:
    """A milestone is met when its condition has come: signed, delivered, or accepted."""
    met: datetime.datetime | datetime.date | None
    if milestone.due_on == MilestoneDue.SIGNATURE:
        met = until(contract.signed_at, at)
    elif milestone.due_on == MilestoneDue.DELIVERY:
        dates = [d.delivered_on for d in milestone.deliveries.all() if d.reported_at <= at]
        met = min(dates) if dates else None
    else:
        dates = [
            a.accepted_on
            for a in contract.acceptances.all()
            if a.at <= at and a.passed and (a.is_final or a.milestone_id == milestone.pk)
        ]
        met = min(dates) if dates else None
    on = moment(met) if isinstance(met, datetime.datetime) else day(met)
    return {
        "id": str(milestone.number),
        "title": milestone.title,
        "type": "financing" if milestone.due_on == MilestoneDue.SIGNATURE else "delivery",
        "status": "met" if met else "scheduled",
        "dateMet": on,
    }
