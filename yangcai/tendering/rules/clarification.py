"""May the committee ask this bidder, may the bidder answer, and is anything still open?"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel import calendar
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import arithmetic, blind, standing
from yangcai.tendering.models import Clarification, OpenedBid
from yangcai.tendering.rules.evaluation.responsiveness import lot_of
from yangcai.tendering.rules.evaluation.scores import scorers

KEY = "evaluation.clarification"


def key_of(case: Case) -> str:
    """The method's own rule on clarifications."""
    return own(case, KEY)


@remembered
def clarifications(lot: Lot) -> list[Clarification]:
    """Everything that was asked in a lot, in order."""
    return list(Clarification.objects.filter(opened_bid__lot=lot).select_related("opened_bid__supplier"))


def is_open(one: Clarification, *, now: datetime.datetime) -> bool:
    """Waiting for its answer, or for the committee to say whether the answer keeps to the bid."""
    if one.answered_at is None:
        return now < one.answer_by_at
    return one.decided_at is None


# --- asking --------------------------------------------------------------------------------------------------------


def is_in(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nothing is asked of a bid that is out: a clarification does not bring it back."""
    if any(bid.pk == subject.pk for bid in standing.still_in(subject.lot)):
        return None
    return Refusal(
        "bid_is_out",
        "该投标已经不通过审查或者无效，澄清不能改变这一结论",
        "This bid is out already: a clarification cannot bring it back",
    )


def nothing_scored(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Questions come before the scores: what is answered afterwards could change none of them."""
    if not scorers(subject.lot) and arithmetic.computed(subject.lot) is None:
        return None
    return Refusal(
        "scoring_begun",
        "评委已经评分或者已经汇总，不能再要求澄清",
        "Members have scored, or the evaluation is computed: nothing is asked any more",
    )


def time_to_answer(subject: OpenedBid, *, now: datetime.datetime, answer_by: datetime.datetime, **_: Any) -> Any:
    """The time to answer ends later than `now`."""
    if answer_by > now:
        return None
    return Refusal("answer_time_past", "答复期限应当在现在之后", "The time to answer must lie ahead", field="answer_by")


#: What no clarification may ask for, however it is put: another price, another offer.
_OTHER_OFFER = re.compile(
    r"(?:降低|下调|调低|提高|修改|变更|调整|重新)[^，。；]{0,6}(?:报价|价格|投标价|总价)|重新(?:报价|投标)|二次报价|降价|让利"
    r"|(?:给予|提供)[^，。；]{0,4}优惠|补交|补充提交[^，。；]{0,12}(?:资格|证书|业绩)"
)
_NOT_ASKED = re.compile(r"不得|不能|不可|不要求")


def asks_for_no_other_offer(subject: OpenedBid, *, now: datetime.datetime, question: str, **_: Any) -> Refusal | None:
    """澄清不得超出投标文件的范围或者改变投标文件的实质性内容 (87号令 art. 51): the question neither."""
    hit = _OTHER_OFFER.search(question)
    if hit is None or _NOT_ASKED.search(question[: hit.start()]):
        return None
    return refuse(
        key_of(subject.root),
        code="asks_for_another_offer",
        zh="不得要求投标人改变报价或者补充投标文件中没有的内容：“{word}”；请只就含义不明确、表述不一致或者明显错误之处提问",
        en="A bidder may not be asked for another price or for what its bid does not hold: “{word}”. Ask only about"
        " what is unclear, inconsistent or evidently wrong",
        field="question",
        word=hit.group(0),
        **applicable(subject.root, now=now),
    )


# --- answering -----------------------------------------------------------------------------------------------------


def awaits_answer(subject: Clarification, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Refuses a second answer, and one that comes when the time is over (87号令 art. 51)."""
    if subject.answered_at is not None:
        yield Refusal("already_answered", "您已经答复，答复不能更改", "You have answered; an answer cannot be changed")
    elif now >= subject.answer_by_at:
        yield refuse(
            key_of(subject.root),
            code="answer_too_late",
            zh="答复期限 {until} 已过，评标委员会按投标文件原文评审",
            en="The time to answer ended at {until}: the bid is judged on what it says",
            until=calendar.to_the_minute(subject.answer_by_at),
            **applicable(subject.root, now=now),
        )


# --- deciding -------------------------------------------------------------------------------------------------------


def awaits_decision(subject: Clarification, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Refuses a second decision, and one before an answer came or its time was over."""
    if subject.decided_at is not None:
        yield Refusal("already_decided", "该澄清已经认定", "This clarification has been decided on already")
    elif subject.answered_at is not None:
        return
    elif now < subject.answer_by_at:
        yield Refusal(
            "bidder_may_still_answer",
            f"投标人可以在 {calendar.to_the_minute(subject.answer_by_at)} 前答复",
            f"The bidder may answer until {calendar.to_the_minute(subject.answer_by_at)}",
        )
    else:
        yield refuse(
            key_of(subject.root),
            code="nothing_answered",
            zh="投标人没有在期限内答复，无须认定：按投标文件原文评审",
            en="The bidder did not answer in time, so there is nothing to decide: the bid says what it says",
            **applicable(subject.root, now=now),
        )


def disregard_has_reasons(
    subject: Clarification, *, now: datetime.datetime, is_accepted: bool, opinion: str, **_: Any
) -> Refusal | None:
    """Who disregards an answer says where it goes beyond the bid (87号令 art. 51)."""
    if is_accepted or opinion:
        return None
    return refuse(
        key_of(subject.root),
        code="opinion_missing",
        zh="不采纳的，请写明答复在哪里超出了投标文件的范围或者改变了实质性内容",
        en="If the answer is disregarded, say where it goes beyond the bid or changes its substance",
        field="opinion",
        **applicable(subject.root, now=now),
    )


# --- what waits for it ---------------------------------------------------------------------------------------------


def clarifications_settled(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nobody scores or computes while an answer may still come."""
    lot = lot_of(subject)
    waiting = [one for one in clarifications(lot) if is_open(one, now=now)]
    if not waiting:
        return None
    return refuse(
        key_of(lot.case),
        code="clarification_open",
        zh="还有 {count} 项澄清没有答复或者没有认定：{bidders}",
        en="{count} clarifications are not answered or not decided on yet: {bidders}",
        count=len(waiting),
        bidders=Written("、".join(dict.fromkeys(blind.name_for(one.opened_bid, by) for one in waiting))),
        **applicable(lot.case, now=now),
    )
