"""May the qualification of a lot be recorded and concluded, and are there enough qualified bidders?"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import standing
from yangcai.tendering.models import ClauseKind


def duplicates(rows: list[dict[str, Any]], *keys: str) -> list[Refusal]:
    """A table that says two things about the same pair is refused, rather than the last one taken."""
    seen: set[tuple[Any, ...]] = set()
    found = []
    for number, row in enumerate(rows, start=1):
        key = tuple(row[name] for name in keys)
        if key in seen:
            found.append(
                Refusal(
                    "duplicate_row",
                    f"第 {number} 行与前面的行重复",
                    f"Row {number} repeats an earlier one",
                    field="rows",
                )
            )
        seen.add(key)
    return found


def one_finding_per_pair(subject: Lot, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    return duplicates(rows, "bid", "clause")


def all_qualification_found(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """资格审查 is done when every bid has been checked against every clause (87号令 art. 44)."""
    missing = standing.unchecked(subject, ClauseKind.QUALIFICATION, standing.opened(subject))
    if not missing:
        return None
    bid, clause = missing[0]
    return refuse(
        "qualification.by_buyer",
        code="qualification_unfinished",
        zh="资格审查尚有 {count} 项没有结论，例如“{bidder}”的“{clause}”；请逐项记录后再提交",
        en="{count} qualification checks are still open, for example “{clause}” of {bidder}: record each before"
        " concluding",
        count=len(missing),
        bidder=bid.supplier.name,
        clause=clause.text,
        **applicable(subject.case, now=now),
    )


def enough_qualified(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """合格投标人不足 3 家的，不得评标 (87号令 art. 44)."""
    valid = standing.still_in(subject, through=standing.QUALIFICATION)
    on = applicable(subject.case, now=now)
    least = law.value("bidders.qualified", **on)
    if len(valid) >= least:
        return None
    return refuse(
        "bidders.qualified",
        code="too_few_qualified",
        zh="合格投标人只有 {count} 家，不足 {least} 家，不得评标；请对本包办理废标",
        en="Only {count} bidders are qualified, fewer than {least}: the lot may not be evaluated; declare it"
        " unsuccessful",
        count=len(valid),
        least=least,
        **on,
    )
