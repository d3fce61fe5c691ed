"""What did a case's planning, tender, bids and lots look like at a given moment, in OCDS words?"""

import datetime
from typing import Any

from yangcai import procedures
from yangcai.cases import periods
from yangcai.cases.models import Award, Case, CaseEnd, EvaluationMethod, Lot, LotOutcome, Stage
from yangcai.kernel import calendar
from yangcai.ocds.rows import CaseRows, consortium
from yangcai.ocds.values import DEMO, moment, money, organisation_id, reference, until

#: OCDS awardCriteria
CRITERIA = {
    EvaluationMethod.RATED: "ratedCriteria",
    EvaluationMethod.LOWEST: "priceOnly",
    EvaluationMethod.AGREED: "priceOnly",
}


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
        },
    }


def status(rows: CaseRows, at: datetime.datetime) -> str:
    """tenderStatus: from decisions with a time, never from a stored state."""
    case = rows.case
    if until(case.ended_at, at):
        return {CaseEnd.UNSUCCESSFUL: "unsuccessful", CaseEnd.TERMINATED: "cancelled", CaseEnd.CLOSED: "complete"}[
            CaseEnd(case.end_kind)
        ]
    if not until(case.published_at, at):
        return "planned"
    lots = [lot_status(lot, at) for lot in rows.lots]
    if lots and all(s == "unsuccessful" for s in lots):
        return "unsuccessful"
    return "complete" if lots and all(s != "active" for s in lots) else "active"


def standing_award(lot: Lot, at: datetime.datetime) -> Award | None:
    """The announced award of the lot that had not been refused by then."""
    announced = (a for a in lot.awards.all() if until(a.announced_at, at) and not until(a.refused_at, at))
    return next(announced, None)


def lot_status(lot: Lot, at: datetime.datetime) -> str:
    if standing_award(lot, at):
        return "complete"
    if not until(lot.outcome_at, at) or lot.outcome == LotOutcome.AWARDED:
        return "active"
    return "unsuccessful" if lot.outcome == LotOutcome.UNSUCCESSFUL else "cancelled"


def closes_at(rows: CaseRows, at: datetime.datetime) -> datetime.datetime | None:
    """投标截止时间 as everybody knew it then: later corrections and the cuts of later suspensions do not count.

    None before the invitation, and while the case is suspended: nobody knows it then.
    """
    known = sorted(_announcements(rows), key=lambda one: one[0])
    said = [value for when, value in known if when <= at]
    return said[-1] if said else None


def _announcements(rows: CaseRows) -> list[tuple[datetime.datetime, datetime.datetime | None]]:
    """(when it was said, closing time): by the invitation, each correction, extension, suspension and resumption."""
    found: list[tuple[datetime.datetime, datetime.datetime | None]] = []
    if rows.case.published_at:
        found.append((rows.case.published_at, _first_closing(rows)))
    found += [(c.at, c.new_closes_at) for c in (*rows.corrections, *rows.extensions)]
    for suspension in rows.suspensions:
        cut = next((c for c in suspension.cut_off.all() if c.stage == Stage.SUBMISSION), None)
        if cut is None or cut.lasts is None:
            continue
        found.append((suspension.suspended_at, None))
        if suspension.resumed_at:
            [again] = [one.closes_at for one in periods.remainders(suspension) if one.cut.pk == cut.pk]
            found.append((suspension.resumed_at, again))
    return found


def _first_closing(rows: CaseRows) -> datetime.datetime | None:
    """What the invitation said. Its period may have been cut since, so the Entry is asked first."""
    for entry in rows.entries:
        if entry.action == "invitation.publish":
            said = (entry.payload.data.get("input") or {}).get("submission_closes_at")
            if said:
                return datetime.datetime.fromisoformat(said)
    submission = [p for p in rows.periods if p.stage == Stage.SUBMISSION]
    return min(submission, key=lambda p: p.round).closes_at if submission else None


def _tender_period(rows: CaseRows, at: datetime.datetime) -> dict[str, Any] | None:
    opens = [p.opens_at for p in rows.periods if p.stage == Stage.SUBMISSION]
    if not opens or not until(rows.case.published_at, at):
        return None
    return {"startDate": moment(min(opens)), "endDate": moment(closes_at(rows, at))}


def _period(rows: CaseRows, stage: str, at: datetime.datetime) -> dict[str, Any] | None:
    found = [p for p in rows.periods if p.stage == stage and p.opens_at <= at]
    if not found:
        return None
    ends = [until(p.closes_at, at) for p in found]
    return {
        "startDate": moment(min(p.opens_at for p in found)),
        "endDate": moment(max(e for e in ends if e)) if all(ends) else None,
    }


def tender(rows: CaseRows, at: datetime.datetime) -> dict[str, Any]:
    case, lots, opened = rows.case, rows.lots, rows.opened(at)
    # Everybody who submits a bid, the members of a consortium too: they are bound jointly (政府采购法 art. 24).
    tenderers = {one["id"]: one for bid in opened for one in consortium(bid)}
    solicitation = getattr(case, "solicitation", None)
    methods = {lot.evaluation_method for lot in lots}
    definition = procedures.get(case.procedure)
    return {
        "id": case.number,
        "title": f"{DEMO}{case.title}" if case.is_demo else case.title,
        "description": solicitation.requirement if solicitation and until(case.published_at, at) else None,
        "status": status(rows, at),
        "procuringEntity": reference(case.agent or case.buyer),
        "value": money(case.budget),
        "procurementMethod": definition.ocds_method,
        "procurementMethodDetails": definition.zh,
        "mainProcurementCategory": case.category,
        "eligibilityCriteria": "\n".join(c.numbered for c in rows.conditions(at)) or None,
        "awardCriteria": CRITERIA[EvaluationMethod(methods.pop())] if len(methods) == 1 else None,
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": _tender_period(rows, at),
        "awardPeriod": _period(rows, Stage.EVALUATION, at),
        # Who took part, and how many, is secret until the opening (87号令 art. 28).
        "numberOfTenderers": len(tenderers) if opened else None,
        "tenderers": list(tenderers.values()),
        "lots": [
            {
                "id": lot.number,
                "title": lot.title,
                "value": money(lot.budget),
                "maximumValue": money(lot.ceiling),
                "status": lot_status(lot, at),
                "awardCriteria": CRITERIA[EvaluationMethod(lot.evaluation_method)],
            }
            for lot in lots
        ],
        "lotDetails": {
            "maximumLotsBidPerSupplier": solicitation.max_lots_bid if solicitation else None,
            "maximumLotsAwardedPerSupplier": solicitation.max_lots_won if solicitation else None,
        },
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
            for c in rows.corrections
            if c.at <= at
        ]
        + [
            {
                "id": f"extension-{number}",
                "date": moment(e.at),
                "description": f"平台停机顺延：投标截止时间顺延至 {calendar.to_the_minute(e.new_closes_at)}",
            }
            for number, e in enumerate(rows.extensions, start=1)
            if e.at <= at
        ],
    }


def bids(rows: CaseRows, at: datetime.datetime) -> dict[str, Any]:
    """Nothing before the opening; who was rejected is not said before the lot's result is."""
    lots = {lot.pk: lot for lot in rows.lots}
    return {
        "details": [
            {
                "id": f"{lots[bid.lot_id].number}-{organisation_id(bid.supplier)}",
                "date": moment(bid.opened_at),
                "status": _bid_status(bid, lots[bid.lot_id], at),
                "tenderers": consortium(bid),
                **_value(bid, at),
                "relatedLots": [lots[bid.lot_id].number],
            }
            for bid in rows.opened(at)
        ]
    }


def _value(bid: Any, at: datetime.datetime) -> dict[str, Any]:
    """Of a bid in two covers not before its price lies open."""
    if bid.went_on_at is not None and (price := bid.last).opened_at <= at:
        return {"value": money(price.price)} if price.price else {}
    return {"value": money(bid.price)} if bid.price else {}


def _bid_status(bid: Any, lot: Lot, at: datetime.datetime) -> str:
    if lot_status(lot, at) == "active":
        return "pending"
    return "disqualified" if bid.invalid_reason else "valid"
