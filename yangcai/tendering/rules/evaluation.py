"""What must be done before the next step of an evaluation, and is what a member hands in lawful?"""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.cases.models import Case, EvaluationMethod, Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel import calendar
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, standing
from yangcai.tendering.models import (
    ClauseKind,
    CommitteeMember,
    CorrectionGround,
    Criterion,
    EvaluationReport,
    OpenedBid,
    Score,
)
from yangcai.tendering.rules.committee import member_at
from yangcai.tendering.rules.qualification import duplicates


class LowPriceBasis(TextChoices):
    """What the committee may hold a price against (财库〔2026〕2号)."""

    COSTS = "costs", _("供应商说明的成本构成和证明材料")
    AWARDS = "awards", _("同类项目中标（成交）价格")
    MARKET = "market", _("市场价格")
    LABOUR = "labour", _("行业人工费标准")
    INDUSTRY = "industry", _("行业协会发布的行业平均成本")


#: What it may not look at.
UNFAIR_BASIS = re.compile(r"注册资本|注册资金|成立年限|成立时间")

#: Findings that must be put right before anybody signs; an abnormal score is for the committee to judge.
BLOCKING = frozenset({CorrectionGround.SUM, CorrectionGround.RANGE, CorrectionGround.OBJECTIVE})


def lot_of(subject: Any) -> Lot:
    return subject if isinstance(subject, Lot) else subject.lot


def is_rated(lot: Lot) -> bool:
    return lot.evaluation_method == EvaluationMethod.RATED


# --- responsiveness ------------------------------------------------------------------------------------------------


def one_finding_per_pair(subject: Lot, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    return duplicates(rows, "bid", "clause")


def responsiveness_open(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Once scores are in, what was found before them stands."""
    scored = Score.objects.filter(opened_bid__lot=subject, member__replaced_at__isnull=True).exists()
    if not scored and arithmetic.latest_report(subject) is None:
        return None
    return Refusal(
        "scoring_begun",
        "评委已经评分或者已经汇总，符合性审查结论不能再改",
        "Members have scored, or the evaluation is computed: the responsiveness findings stand",
    )


def responsiveness_found(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Every rule that asks the arithmetic asks this first: without a document there is none."""
    lot = lot_of(subject)
    if standing.solicitation(lot.case) is None:
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
        bidder=bid.supplier.name,
        clause=clause.text,
        **applicable(lot.case, now=now),
    )


def not_failed(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Fewer than three, all above the budget, nobody left: the tender has failed (政府采购法 art. 36)."""
    if responsiveness_found(subject, by=by, now=now):
        return None
    return arithmetic.outcome(lot_of(subject), now=now).result.unsuccessful


# --- arithmetic correction -----------------------------------------------------------------------------------------


def has_correction(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if responsiveness_found(subject, by=by, now=now):
        return None
    if arithmetic.outcome(subject.lot, now=now).of(subject).corrections:
        return None
    return refuse(
        "evaluation.arithmetic",
        code="nothing_to_correct",
        zh="该投标的开标一览表、大写金额与分项报价没有矛盾，无需修正",
        en="The opening list, the words and the lines of this bid do not contradict each other",
        **applicable(subject.lot.case, now=now),
    )


def correction_not_proposed(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.corrected_price is None:
        return None
    return Refusal(
        "already_proposed", "已经要求投标人确认修正后的报价", "The bidder has been asked to confirm the corrected price"
    )


def answer_time_ahead(subject: OpenedBid, *, now: datetime.datetime, answer_by: datetime.datetime, **_: Any) -> Any:
    if answer_by > now:
        return None
    return Refusal("answer_time_past", "答复期限应当在现在之后", "The time to answer must lie ahead", field="answer_by")


def correction_unanswered(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """The bidder answers in time; after that the chair may only record that it did not."""
    if subject.corrected_price is None:
        yield Refusal(
            "no_correction_proposed", "评标委员会没有提出报价修正", "The committee has not proposed a correction"
        )
    elif subject.correction_confirmed is not None:
        yield Refusal("already_answered", "报价修正已经答复", "The correction has been answered already")
    elif by.role == Role.EXPERT and now < subject.correction_answer_by_at:
        yield Refusal(
            "bidder_may_still_answer",
            f"投标人的答复期限为 {calendar.to_the_minute(subject.correction_answer_by_at)}，期满后才能记录未确认",
            f"The bidder may answer until {calendar.to_the_minute(subject.correction_answer_by_at)}; only then can silence be recorded",
        )
    elif by.role == Role.SUPPLIER and now >= subject.correction_answer_by_at:
        yield Refusal(
            "answer_too_late",
            f"答复期限 {calendar.to_the_minute(subject.correction_answer_by_at)} 已过",
            f"The time to answer ended at {calendar.to_the_minute(subject.correction_answer_by_at)}",
        )


def silence_confirms_nothing(subject: OpenedBid, *, by: Any, now: datetime.datetime, confirms: bool) -> Any:
    if by.role != Role.EXPERT or not confirms:
        return None
    return refuse(
        "evaluation.confirm_correction",
        code="only_bidder_confirms",
        zh="只有投标人自己可以确认修正后的报价",
        en="Only the bidder itself can confirm the corrected price",
        field="confirms",
        **applicable(subject.lot.case, now=now),
    )


def corrections_settled(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The later steps rest on corrected prices, so every contradiction is settled first (law.md §2.11)."""
    lot = lot_of(subject)
    if responsiveness_found(subject, by=by, now=now):
        return None
    waiting = arithmetic.outcome(lot, now=now).pending("confirm_correction")
    if not waiting:
        return None
    return refuse(
        "evaluation.confirm_correction",
        code="correction_open",
        zh="报价前后不一致、尚未修正并经投标人确认：{bidders}",
        en="Contradictory prices not yet corrected and confirmed: {bidders}",
        bidders="、".join(bid.supplier.name for bid in waiting),
        **applicable(lot.case, now=now),
    )


# --- abnormally low prices -----------------------------------------------------------------------------------------


def no_review_yet(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not hasattr(subject, "low_price_review"):
        return None
    return Refusal("already_started", "已经启动异常低价审查", "The review of this price has been started already")


def still_valid(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if responsiveness_found(subject, by=by, now=now):
        return None
    invalid = arithmetic.outcome(subject.lot, now=now).of(subject).invalid
    if invalid is None:
        return None
    return Refusal(
        "bid_invalid", f"该投标已经无效：{invalid.zh}", f"This bid is invalid already: {invalid.en}", invalid.citation
    )


def low_price_grounds(
    subject: OpenedBid, *, now: datetime.datetime, judgment: str, answer_by: datetime.datetime | None, **_: Any
) -> Iterator[Refusal]:
    """A test is hit, or the committee says why it finds the price too low; time enough to explain (财库〔2026〕2号)."""
    on = applicable(subject.lot.case, now=now)
    if not judgment and not arithmetic.outcome(subject.lot, now=now).of(subject).low_price_tests:
        yield refuse(
            "abnormally_low.judgment",
            code="not_abnormally_low",
            zh="该报价没有触发异常低价审查情形；评标委员会认为报价明显过低的，请写明理由",
            en="No test is hit by this price; if the committee judges it clearly too low, it says why",
            field="judgment",
            **on,
        )
    earliest = now + least_answer_time(subject.lot, now=now)
    if answer_by is not None and answer_by < earliest:
        yield refuse(
            "abnormally_low.explanation",
            code="answer_time_too_short",
            zh="应当给予供应商至少{limit}说明，答复期限不得早于 {earliest}",
            en="The supplier has at least {limit} to explain: not before {earliest}",
            field="answer_by",
            earliest=calendar.to_the_minute(earliest),
            **on,
        )


def least_answer_time(lot: Lot, *, now: datetime.datetime) -> datetime.timedelta:
    """Shortest time for an explanation; before 财库〔2026〕2号 the law gave no number, and reasonable time is asked."""
    found = law.find("abnormally_low.explanation", **applicable(lot.case, now=now))
    return datetime.timedelta(minutes=found.value if found else 0)


def explanation_open(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    review = getattr(subject, "low_price_review", None)
    if review is None:
        yield Refusal("no_review", "评标委员会没有要求说明报价", "The committee has not asked for an explanation")
    elif review.explained_at is not None:
        yield Refusal("already_explained", "已经提交说明", "The explanation has been given already")
    elif now >= review.answer_by_at:
        yield refuse(
            "abnormally_low.judgment",
            code="explanation_too_late",
            zh="说明期限 {until} 已过",
            en="The time to explain ended at {until}",
            until=calendar.to_the_minute(review.answer_by_at),
            **applicable(subject.lot.case, now=now),
        )


def decision_open(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    review = getattr(subject, "low_price_review", None)
    if review is None:
        yield Refusal("no_review", "没有对该投标启动异常低价审查", "No review of this price was started")
    elif review.decided_at is not None:
        yield Refusal("already_decided", "异常低价审查已经作出认定", "The review has been decided already")
    elif review.explained_at is None and now < review.answer_by_at:
        yield refuse(
            "abnormally_low.judgment",
            code="supplier_may_still_explain",
            zh="供应商可以在 {until} 前说明，收到说明或者期满后才能认定",
            en="The supplier may explain until {until}; decide when it has, or when that time is over",
            until=calendar.to_the_minute(review.answer_by_at),
            **applicable(subject.lot.case, now=now),
        )


def silence_is_no_explanation(subject: OpenedBid, *, now: datetime.datetime, is_accepted: bool, **_: Any) -> Any:
    if not is_accepted or subject.low_price_review.explained_at is not None:
        return None
    return refuse(
        "abnormally_low.judgment",
        code="nothing_explained",
        zh="供应商没有提交说明，不能认定其报价合理",
        en="The supplier explained nothing, so its price cannot be found reasonable",
        field="is_accepted",
        **applicable(subject.lot.case, now=now),
    )


def basis_is_lawful(subject: OpenedBid, *, now: datetime.datetime, decision: str, **_: Any) -> Refusal | None:
    """What the price rests on is judged, never how large or how old the bidder is (财库〔2026〕2号)."""
    hit = UNFAIR_BASIS.search(decision)
    if hit is None or not law.applies("abnormally_low.basis", **applicable(subject.lot.case, now=now)):
        return None
    return refuse(
        "abnormally_low.basis",
        code="basis_not_allowed",
        zh="不得以供应商的“{word}”作为认定异常低价的依据，请按成本构成和可比价格写明理由",
        en="“{word}” is no ground for finding a price abnormally low: judge its costs and comparable prices",
        field="decision",
        word=hit.group(0),
        **applicable(subject.lot.case, now=now),
    )


def low_prices_decided(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    lot = lot_of(subject)
    if responsiveness_found(subject, by=by, now=now):
        return None
    found = arithmetic.outcome(lot, now=now)
    waiting = {bid.pk: bid for bid in found.pending("explain_low_price")}
    for bid in found.bids.values():
        review = getattr(bid, "low_price_review", None)
        if review is not None and review.decided_at is None:
            waiting[bid.pk] = bid
    if not waiting:
        return None
    return refuse(
        "abnormally_low.judgment",
        code="low_price_open",
        zh="异常低价审查尚未完成：{bidders}",
        en="The review of low prices is not finished: {bidders}",
        bidders="、".join(bid.supplier.name for bid in waiting.values()),
        **applicable(lot.case, now=now),
    )


# --- scores --------------------------------------------------------------------------------------------------------


def scores_are_asked(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if is_rated(subject):
        return None
    return refuse(
        "evaluation.rank_lowest",
        code="no_scores_asked",
        zh="最低评标价法不评分",
        en="Under lowest evaluated price nothing is scored",
        **applicable(subject.case, now=now),
    )


def scorers(lot: Lot) -> frozenset[int]:
    """The members of whom the lot has scores."""
    return _scorers(lot.case).get(lot.pk, frozenset())


@remembered
def _scorers(case: Case) -> dict[int, frozenset[int]]:
    """lot id -> the members of whom it has scores."""
    found: dict[int, set[int]] = {}
    rows = Score.objects.filter(opened_bid__lot__case=case)
    for lot, member in rows.values_list("opened_bid__lot_id", "member_id").distinct():
        found.setdefault(lot, set()).add(member)
    return {lot: frozenset(members) for lot, members in found.items()}


def has_submitted(lot: Lot, member: CommitteeMember) -> bool:
    return member.pk in scorers(lot)


def not_submitted(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    member = member_at(subject.case, by)
    if member is None or not has_submitted(subject, member):
        return None
    return refuse(
        own(subject.case, "evaluation.corrections"),
        code="scores_submitted",
        zh="您的评分已经提交；只有四种法定情形可以修改，请办理“评分更正”",
        en="Your scores are submitted; they may only be changed on one of the four lawful grounds, as a correction",
        **applicable(subject.case, now=now),
    )


def scores_complete(subject: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> list[Refusal]:
    """Every valid bid by every criterion, once."""
    refusals = duplicates(rows, "bid", "criterion")
    given = {(row["bid"], row["criterion"]) for row in rows}
    bids = arithmetic.outcome(subject, now=now).valid
    missing = [(b, c) for b in bids for c in arithmetic.scored_criteria(subject) if (b.pk, c.pk) not in given]
    if missing:
        bid, criterion = missing[0]
        refusals.append(
            Refusal(
                "scores_missing",
                f"还有 {len(missing)} 项没有评分，例如“{bid.supplier.name}”的“{criterion.title}”",
                f"{len(missing)} scores are missing, for example {criterion.title} of {bid.supplier.name}",
                field="rows",
            )
        )
    return refusals


def scores_in_range(subject: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> Any:
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
                criterion=criterion.title,
                value=row["value"],
                weight=criterion.weight,
                **applicable(subject.case, now=now),
            )


def all_submitted(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
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


# --- result and corrections ----------------------------------------------------------------------------------------


def is_current(report: EvaluationReport, *, now: datetime.datetime, found: arithmetic.Outcome | None = None) -> bool:
    """Whether the report still says what the rows say (a member may have been replaced since)."""
    found = found or arithmetic.outcome(report.lot, now=now)
    return report.digest == arithmetic.digest(arithmetic.frozen(report.lot, found))


def not_computed(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    report = arithmetic.latest_report(subject)
    if report is None or (report.signed_at is None and not is_current(report, now=now)):
        return None
    return Refusal(
        "already_computed",
        "评审结果已经汇总；评分有误的，请在签署前办理“评分更正”",
        "The result has been computed; correct scores on a lawful ground before the report is signed",
    )


def report_unsigned(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    report = arithmetic.latest_report(subject)
    if report is None:
        return Refusal("not_computed", "评审结果尚未汇总", "The result has not been computed yet")
    if report.signed_at is None:
        return None
    return refuse(
        own(subject.case, "evaluation.corrections"),
        code="report_signed",
        zh="评标报告已经签署；此后发现四种情形的，须由采购人或者代理机构组织原评标委员会重新评审，改变结果的书面报告财政部门",
        en="The report is signed: from now on the buyer or agent calls the same committee to evaluate anew, and tells"
        " the treasury if the result changes",
        **applicable(subject.case, now=now),
    )


def ground_is_given(
    subject: Lot, *, by: Any, now: datetime.datetime, ground: str, rows: list[dict[str, Any]]
) -> list[Refusal]:
    """Each corrected score must be one that the ground is about; the member corrects only its own."""
    refusals = duplicates(rows, "bid", "criterion")
    member = member_at(subject.case, by)
    known = {c.pk: c for c in arithmetic.scored_criteria(subject)}
    findings = arithmetic.outcome(subject, now=now).result.findings
    for number, row in enumerate(rows, start=1):
        criterion: Criterion = known[row["criterion"]]
        scored = Score.objects.filter(member=member, opened_bid_id=row["bid"], criterion=criterion).exists()
        concerned = any(
            f.kind == ground
            and f.bidder == str(row["bid"])
            and f.criterion == criterion.code
            and f.member in ("", str(member.pk) if member else "")
            for f in findings
        )
        # The committee itself finds a score abnormally high or low; objective factors leave nothing to judge.
        judged = ground == CorrectionGround.ABNORMAL and not criterion.is_objective
        if not scored or not (concerned or judged):
            refusals.append(
                refuse(
                    own(subject.case, "evaluation.corrections"),
                    code="ground_not_found",
                    zh="第 {number} 行：您对该投标“{criterion}”的评分不存在所选的情形，不得修改",
                    en="Row {number}: the chosen ground does not apply to your score for {criterion} of this bid",
                    field="rows",
                    number=number,
                    criterion=criterion.title,
                    **applicable(subject.case, now=now),
                )
            )
    return refusals


def abnormal_has_reasons(
    subject: Lot, *, now: datetime.datetime, ground: str, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """The committee finds a score 畸高 or 畸低; why, the member who changes it writes down."""
    if ground != CorrectionGround.ABNORMAL:
        return
    judged = {c.pk: c for c in arithmetic.scored_criteria(subject) if not c.is_objective}
    for number, row in enumerate(rows, start=1):
        if row["criterion"] in judged and not row["reason"]:
            yield refuse(
                own(subject.case, "evaluation.corrections"),
                code="reason_missing",
                zh="第 {number} 行：按评分畸高、畸低更正“{criterion}”的得分，须写明理由",
                en="Row {number}: a score for {criterion} changed as abnormally high or low needs its reason",
                field="rows",
                number=number,
                criterion=judged[row["criterion"]].title,
                **applicable(subject.case, now=now),
            )


def one_reason_per_score(subject: Lot, *, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    return duplicates(rows, "bid", "criterion")


def not_signed_by_all(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Reasons are part of what is signed."""
    report = arithmetic.latest_report(subject)
    return report_unsigned(subject, by=by, now=now) if report is not None else None


# --- signing -------------------------------------------------------------------------------------------------------


def is_latest(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    latest = arithmetic.latest_report(subject.lot)
    if latest is not None and latest.pk == subject.pk and (subject.signed_at or is_current(subject, now=now)):
        return None
    return Refusal(
        "report_superseded",
        "评分或者评标委员会已有变化，请签署最新汇总的评标报告",
        "Scores or members have changed since: sign the latest report, or compute it again",
    )


def not_signed_by_me(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if not subject.signatures.filter(member__post_id=by.pk).exists():
        return None
    return Refusal("already_signed", "您已经签署本评标报告", "You have signed this report already")


def nothing_to_put_right(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """The four cases are checked before signing (87号令 art. 64)."""
    for finding in subject.result["findings"]:
        if finding["kind"] in BLOCKING:
            bidder = subject.result["bidders"][finding["bidder"]]
            yield refuse(
                own(subject.lot.case, "evaluation.corrections"),
                code="result_needs_correction",
                zh="签署前须先更正：{bidder}，{finding}",
                en="To be corrected before signing: {bidder}, {finding_en}",
                bidder=bidder,
                finding=finding["zh"],
                finding_en=finding["en"],
                **applicable(subject.lot.case, now=now),
            )
