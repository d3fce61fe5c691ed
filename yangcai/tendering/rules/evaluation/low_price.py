"""May a price be held to be abnormally low, and on what may that rest?"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import arithmetic, blind
from yangcai.tendering.models import OpenedBid
from yangcai.tendering.rules.evaluation.responsiveness import lot_of, responsiveness_found


class LowPriceBasis(TextChoices):
    """What the committee may hold a price against (财库〔2026〕2号)."""

    COSTS = "costs", _("供应商说明的成本构成和证明材料")
    AWARDS = "awards", _("同类项目中标（成交）价格")
    MARKET = "market", _("市场价格")
    LABOUR = "labour", _("行业人工费标准")
    INDUSTRY = "industry", _("行业协会发布的行业平均成本")


#: What it may not look at.
UNFAIR_BASIS = re.compile(r"注册资本|注册资金|成立年限|成立时间")


def no_review_yet(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The price of a bid is reviewed once."""
    if not hasattr(subject, "low_price_review"):
        return None
    return Refusal("already_started", "已经启动异常低价审查", "The review of this price has been started already")


def result_is_open(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A price is asked about while bids are evaluated: what is reckoned from them stands from the result on, and is
    corrected on the grounds of 87号令 art. 64 alone."""
    if arithmetic.computed(subject.lot) is None:
        return None
    return refuse(
        own(subject.lot.case, "evaluation.corrections"),
        code="already_computed",
        zh="评审结果已经汇总，不再启动异常低价审查；确有法定情形的，按规定重新评审",
        en="The result has been computed: no review of a price begins now; on a lawful ground it is evaluated anew",
        **applicable(subject.lot.case, now=now),
    )


def still_valid(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a bid that is invalid anyway, with the article of that."""
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
    """Refuses an explanation that nobody asked for, a second one, and one that comes too late."""
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
    """Refuses to decide before the explanation came or its time was over, and twice."""
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
    """A price that nobody explained is not found reasonable."""
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
    """Nothing is computed while the review of a low price is open or due; names the bidders."""
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
        bidders=Written("、".join(blind.name_for(bid, by) for bid in waiting.values())),
        **applicable(lot.case, now=now),
    )
