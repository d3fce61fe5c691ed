"""Who has still to score, and are the points whole and within their range?"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.models import Case, EvaluationMethod, Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import arithmetic, blind
from yangcai.tendering.models import CommitteeMember, Criterion, Score
from yangcai.tendering.rules.committee.seats import member_at
from yangcai.tendering.rules.qualification import duplicates


def is_rated(lot: Lot) -> bool:
    """Whether the lot is judged by points."""
    return lot.evaluation_method == EvaluationMethod.RATED


def scores_are_asked(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where nothing is scored: by lowest price, or because all points are counted."""
    if is_rated(subject):
        return None if arithmetic.scored_criteria(subject) else _all_is_counted(subject, now=now)
    return refuse(
        "evaluation.rank_lowest",
        code="no_scores_asked",
        zh="最低评标价法不评分",
        en="Under lowest evaluated price nothing is scored",
        **applicable(subject.case, now=now),
    )


def _all_is_counted(lot: Lot, *, now: datetime.datetime) -> Refusal:
    return refuse(
        "evaluation.intervals",
        code="no_scores_asked",
        zh="本包各评审因素均按采购文件的公式计算，无需评委评分",
        en="Every criterion of this lot is counted by the document's formulas: nothing is scored",
        **applicable(lot.case, now=now),
    )


def scorers(lot: Lot) -> frozenset[int]:
    """The members of whom the lot has scores; of a committee that was dissolved they count no more."""
    return _scorers(lot.case).get(lot.pk, frozenset())


@remembered
def _scorers(case: Case) -> dict[int, frozenset[int]]:
    """lot id -> the members of whom it has scores."""
    found: dict[int, set[int]] = {}
    rows = Score.objects.filter(opened_bid__lot__case=case, member__committee__dissolved_at__isnull=True)
    for lot, member in rows.values_list("opened_bid__lot_id", "member_id").distinct():
        found.setdefault(lot, set()).add(member)
    return {lot: frozenset(members) for lot, members in found.items()}


def has_submitted(lot: Lot, member: CommitteeMember) -> bool:
    """Whether the member has scored what can be scored now; where merit comes first there is a second sitting, and
    where all points are counted by formula there is nothing to score."""
    if not arithmetic.scored_criteria(lot):
        return True
    _first, rest = arithmetic.in_sittings(lot)
    return not arithmetic.waits_for_points(lot, member) if rest else member.pk in scorers(lot)


def not_submitted(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A member submits its scores once; later they change on the grounds of 87号令 art. 64 alone."""
    member = member_at(subject.case, by)
    if member is None or not arithmetic.scored_criteria(subject) or not has_submitted(subject, member):
        return None
    return refuse(
        own(subject.case, "evaluation.corrections"),
        code="scores_submitted",
        zh="您的评分已经提交；只有四种法定情形可以修改，请办理“评分更正”",
        en="Your scores are submitted; they may only be changed on one of the four lawful grounds, as a correction",
        **applicable(subject.case, now=now),
    )


def scores_complete(subject: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> list[Refusal]:
    """Every valid bid by every criterion, once; of the criteria that are scored in this sitting."""
    refusals = duplicates(rows, "bid", "criterion")
    given = {(row["bid"], row["criterion"]) for row in rows}
    wanted = arithmetic.sheet(subject, member_at(subject.case, by), now=now)
    missing = [(bid, criterion) for bid, criterion in wanted if (bid.pk, criterion.pk) not in given]
    if missing:
        bidder, criterion = Written(blind.name_for(missing[0][0], by)), Written(missing[0][1].title)
        refusals.append(
            Refusal(
                "scores_missing",
                f"还有 {len(missing)} 项没有评分，例如“{bidder}”的“{criterion}”",
                f"{len(missing)} scores are missing, for example {criterion} of {bidder}",
                facts={"bidder": bidder, "criterion": criterion},
                field="rows",
            )
        )
    return refusals


def scores_in_range(subject: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> Any:
    """From 0 to the criterion's weight, in points; refuses row by row, counted from 1."""
    weights = {criterion.pk: criterion for criterion in arithmetic.scored_criteria(subject)}
    for number, row in enumerate(rows, start=1):
        criterion = weights[row["criterion"]]
        if not Decimal(0) <= row["value"] <= criterion.weight:
            yield refuse(
                own(subject.case, "evaluation.corrections"),
                code="score_out_of_range",
                zh="第 {number} 行：“{criterion}”的得分 {value} 超出评分标准范围 0 至 {weight} 分",
                en="Row {number}: {value} points for {criterion} lie outside its range of 0 to {weight}",
                field="rows",
                number=number,
                criterion=Written(criterion.title),
                value=row["value"],
                weight=criterion.weight,
                **applicable(subject.case, now=now),
            )


EXTREME = "evaluation.extreme_reason"


def asks_for_reason(case: Case, criterion: Criterion, *, now: datetime.datetime) -> bool:
    """Whether no points and full points by this criterion are given with a reason: where there is something to judge,
    under the platform's own term."""
    return not criterion.is_objective and law.applies(EXTREME, **applicable(case, now=now))


def extremes_have_reasons(subject: Lot, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> Any:
    """Who gives nothing or everything says why; refuses row by row, counted from 1."""
    asked = {
        criterion.pk: criterion
        for criterion in arithmetic.scored_criteria(subject)
        if asks_for_reason(subject.case, criterion, now=now)
    }
    for number, row in enumerate(rows, start=1):
        criterion = asked.get(row["criterion"])
        if criterion is not None and row["value"] in {Decimal(0), criterion.weight} and not row["reason"].strip():
            yield refuse(
                EXTREME,
                code="extreme_without_reason",
                zh="第 {number} 行：“{criterion}”评{side}，请写明理由",
                en="Row {number}: {criterion} has {side_en}: write down why",
                field="rows",
                number=number,
                criterion=Written(criterion.title),
                side="满分" if row["value"] else "零分",
                side_en="full points" if row["value"] else "no points",
                **applicable(subject.case, now=now),
            )


def all_submitted(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nothing is computed before every member has submitted its scores; says how many have not."""
    if not is_rated(subject):
        return None
    waiting = [member for member in arithmetic.seated(subject) if not has_submitted(subject, member)]
    if not waiting:
        return None
    return refuse(
        "committee.independence",
        code="scores_outstanding",
        zh="还有 {count} 名评委没有提交评分",
        en="{count} members have not submitted their scores",
        count=len(waiting),
        **applicable(subject.case, now=now),
    )
