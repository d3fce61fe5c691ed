"""May the committee still record what it read in the place of a declared figure?"""

import datetime
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import arithmetic, counting
from yangcai.tendering.rules.qualification import duplicates


def something_is_counted(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a lot in which no criterion has a formula."""
    if counting.of_lot(subject):
        return None
    return Refusal(
        "nothing_is_counted", "本包没有按公式计分的评审因素", "No criterion of this lot is counted by formula"
    )


def nothing_is_computed_yet(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Once the result is computed, only what 87号令 art. 64 lists is corrected."""
    if arithmetic.computed(subject) is None:
        return None
    return refuse(
        own(subject.case, "evaluation.corrections"),
        code="already_computed",
        zh="评审结果已经汇总，核实数值不能再改动",
        en="The result has been computed: the figures are changed no more",
        **applicable(subject.case, now=now),
    )


def each_figure_once(subject: Lot, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """A figure stands in one row."""
    return duplicates(rows, "figure")
