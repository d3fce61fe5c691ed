"""May a document begin as that of the purchase whose failed lots it procures again?"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import PARTNERED
from yangcai.tendering.models import Clause, Criterion, PaymentTerm, Solicitation
from yangcai.tendering.rules.lots import dropped_lots_are_bare, lots_within_budget


def released_lots(case: Case) -> list[Lot]:
    """The lots that the case procures again: those that gave their budgets back for its plan, else all that did."""
    if case.predecessor_id is None or case.plan_item.renews_id is None:
        return []
    found = Lot.objects.filter(case_id=case.predecessor_id, releases__isnull=False).select_related("case")
    for_this_plan = found.filter(releases__released_at=case.plan_item.drafted_at)
    return list((for_this_plan if for_this_plan.exists() else found).order_by("pk"))


def renews_released_lots(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only a case on a plan that renews another one; a case that failed as a whole brings its document with it."""
    if released_lots(subject) and Solicitation.objects.filter(case_id=subject.predecessor_id).exists():
        return None
    return refuse(
        "evaluation.retender",
        code="nothing_to_take_over",
        zh="本项目不是废标采购包的接续采购，没有可以沿用的采购文件",
        en="This case does not procure failed lots again: there is no document to take over",
        **applicable(subject, now=now),
    )


def nothing_is_written(subject: Case, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Nobody's work is overwritten; the one lot that a case begins with makes way."""
    rows = (Solicitation, Clause, PaymentTerm)
    if (
        any(model._base_manager.filter(case=subject).exists() for model in rows)
        or Criterion.objects.filter(lot__case=subject).exists()
    ):
        yield Refusal(
            "document_begun",
            "采购文件已经开始编制，不能再整体沿用；请逐部分修改",
            "The document has been begun already and is not overwritten: change its parts",
        )
        return
    yield from dropped_lots_are_bare(subject, rows=[])


def fits_the_plan(subject: Case, *, now: datetime.datetime, lots: Iterable[Lot], **_: Any) -> Iterator[Refusal]:
    """无预算不采购: the lots that are taken over cost no more than the case; each follows one that comes with it."""
    lots = list(lots)
    rows = [{"number": lot.number, "budget": lot.budget, "ceiling": lot.ceiling} for lot in lots]
    for refusal in lots_within_budget(subject, now=now, rows=rows):
        yield replace(refusal, field="lots")


def set_aside_anew(case: Case, earlier: Case) -> dict[str, Any]:
    """What the plan sets aside now, where it says otherwise than the plan before it."""
    item = case.plan_item
    if case.set_aside == earlier.set_aside:
        return {}
    return {
        "set_aside": item.set_aside,
        "set_aside_share": item.set_aside_share if item.set_aside in PARTNERED else 0,
        "for_small_micro": bool(item.set_aside_small_micro),
    }
