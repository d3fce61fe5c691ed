"""Has the committee found which bids respond to the file, and are enough of them left?"""

import datetime
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import arithmetic, blind, standing
from yangcai.tendering.models import ClauseKind, Score
from yangcai.tendering.rules.qualification import duplicates
from yangcai.tendering.solicitations import solicitation


def lot_of(subject: Any) -> Lot:
    """The lot of what is judged, be it the lot itself."""
    return subject if isinstance(subject, Lot) else subject.lot


def one_finding_per_pair(subject: Lot, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """A bid and a clause stand together in one row."""
    return duplicates(rows, "bid", "clause")


def responsiveness_open(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Once scores are in, what was found before them stands."""
    scored = Score.objects.filter(opened_bid__lot=subject, member__replaced_at__isnull=True).exists()
    if not scored and arithmetic.computed(subject) is None:
        return None
    return Refusal(
        "scoring_begun",
        "评委已经评分或者已经汇总，符合性审查结论不能再改",
        "Members have scored, or the evaluation is computed: the responsiveness findings stand",
    )


def responsiveness_found(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Every rule that asks the arithmetic asks this first: without a document there is none."""
    lot = lot_of(subject)
    if solicitation(lot.case) is None:
        return Refusal("no_solicitation", "尚未编制采购文件", "There is no solicitation document yet")
    bids = standing.still_in(lot, through=standing.QUALIFICATION)
    missing = standing.unchecked(lot, ClauseKind.RESPONSIVENESS, bids)
    if not missing:
        return None
    bid, clause = missing[0]
    return refuse(
        "evaluation.conformity",
        code="responsiveness_unfinished",
        zh="符合性审查尚有 {count} 项没有结论，例如“{bidder}”的“{clause}”",
        en="{count} responsiveness checks are still open, for example “{clause}” of {bidder}",
        count=len(missing),
        bidder=Written(blind.name_for(bid, by)),
        clause=Written(clause.text),
        **applicable(lot.case, now=now),
    )


def not_failed(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Fewer than three, all above the budget, nobody left: the tender has failed (政府采购法 art. 36)."""
    if responsiveness_found(subject, by=by, now=now):
        return None
    return arithmetic.outcome(lot_of(subject), now=now).result.unsuccessful
