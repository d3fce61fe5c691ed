"""What did a case's planning, tender, bids and lots look like at a given moment, in OCDS words?"""

import datetime
from typing import Any

from yangcai import procedures
from yangcai.cases.models import Case, CaseEnd, EvaluationMethod, Lot, LotOutcome, Stage
from yangcai.ocds.values import moment, money, organisation_id, reference, until
from yangcai.tendering.models import OpenedBid, Solicitation

#: OCDS awardCriteria
CRITERIA = {EvaluationMethod.RATED: "ratedCriteria", EvaluationMethod.LOWEST: "priceOnly"}


def planning(case: Case) -> dict[str, Any]:
    item = case.plan_item
    line = item.appropriation
    return {
        "rationale": item.title,
        "budget": {
            "id": f"{line.fiscal_year}-{line.code}",
            "description": line.name,
            "amount": money(item.amount),
            "project": line.name,
            "projectID": line.code,
            "source": line.source or None,
        },
    }


def status(case: Case, at: datetime.datetime) -> str:
    """tenderStatus: from decisions with a time, never from a stored state."""
    if until(case.ended_at, at):
        return {CaseEnd.UNSUCCESSFUL: "unsuccessful", CaseEnd.TERMINATED: "cancelled", CaseEnd.CLOSED: "complete"}[
            CaseEnd(case.end_kind)
        ]
    if not until(case.published_at, at):
        return "planned"
    lots = [_lot_status(lot, at) for lot in case.lots.all()]
    if lots and all(s == "unsuccessful" for s in lots):
        return "unsuccessful"
    return "complete" if lots and all(s != "active" for s in lots) else "active"


def _lot_status(lot: Lot, at: datetime.datetime) -> str:
    if not until(lot.outcome_at, at):
        return "active"
    return {LotOutcome.AWARDED: "complete", LotOutcome.UNSUCCESSFUL: "unsuccessful"}.get(
        LotOutcome(lot.outcome), "cancelled"
    )


def closes_at(case: Case, at: datetime.datetime) -> datetime.datetime | None:
    """投标截止时间 as it was announced at that moment: corrections that came later do not count."""
    later = case.corrections.filter(at__gt=at).order_by("number").first()
    if later is not None:
        return later.old_closes_at
    last = case.periods.filter(stage=Stage.SUBMISSION, lot=None).order_by("-round").first()
    return last.closes_at if last else None


def _period(case: Case, stage: str, at: datetime.datetime) -> dict[str, Any] | None:
    rows = [p for p in case.periods.all() if p.stage == stage and p.opens_at <= at]
    if not rows:
        return None
    ends = [until(p.closes_at, at) for p in rows]
    return {
        "startDate": moment(min(p.opens_at for p in rows)),
        "endDate": moment(max(e for e in ends if e)) if all(ends) else None,
    }


def tender(case: Case, at: datetime.datetime) -> dict[str, Any]:
    solicitation = Solicitation.objects.filter(case=case).first()
    opened = _opened(case, at)
    lots = list(case.lots.order_by("number"))
    methods = {lot.evaluation_method for lot in lots}
    submission = [p for p in case.periods.all() if p.stage == Stage.SUBMISSION]
    definition = procedures.get(case.procedure)
    return {
        "id": case.number,
        "title": case.title,
        "description": solicitation.requirement if solicitation and until(case.published_at, at) else None,
        "status": status(case, at),
        "procuringEntity": reference(case.agent or case.buyer),
        "value": money(case.budget),
        "procurementMethod": definition.ocds_method,
        "procurementMethodDetails": definition.zh,
        "mainProcurementCategory": case.category,
        "awardCriteria": CRITERIA[EvaluationMethod(methods.pop())] if len(methods) == 1 else None,
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": {
            "startDate": moment(min(p.opens_at for p in submission)),
            "endDate": moment(closes_at(case, at)),
        }
        if submission and until(case.published_at, at)
        else None,
        "awardPeriod": _period(case, Stage.EVALUATION, at),
        # Who took part, and how many, is secret until the opening (87号令 art. 28).
        "numberOfTenderers": len({b.supplier_id for b in opened}) if opened else None,
        "tenderers": list({b.supplier_id: reference(b.supplier) for b in opened}.values()),
        "lots": [
            {
                "id": lot.number,
                "title": lot.title,
                "value": money(lot.budget),
                "maximumValue": money(lot.ceiling),
                "status": _lot_status(lot, at),
                "awardCriteria": CRITERIA[EvaluationMethod(lot.evaluation_method)],
            }
            for lot in lots
        ],
        "items": [
            {
                "id": lot.number,
                "description": lot.title,
                "classification": {"scheme": "CN-GPC", "id": case.classification} if case.classification else None,
                "relatedLot": lot.number,
            }
            for lot in lots
        ],
        "amendments": [
            {"id": str(c.number), "date": moment(c.at), "description": f"{c.item}：{c.after}"}
            for c in case.corrections.filter(at__lte=at).order_by("number")
        ],
    }


def _opened(case: Case, at: datetime.datetime) -> list[OpenedBid]:
    return list(
        OpenedBid.objects.filter(lot__case=case, opened_at__lte=at).select_related("supplier", "lot").order_by("pk")
    )


def bids(case: Case, at: datetime.datetime) -> dict[str, Any]:
    """Nothing before the opening."""
    return {
        "details": [
            {
                "id": f"{bid.lot.number}-{organisation_id(bid.supplier)}",
                "date": moment(bid.opened_at),
                "status": "disqualified" if bid.invalid_reason else "valid",
                "tenderers": [reference(bid.supplier)],
                "value": money(bid.price),
                "relatedLots": [bid.lot.number],
            }
            for bid in _opened(case, at)
        ]
    }
