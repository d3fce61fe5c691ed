"""May a supplier be talked to, the file be changed, the last offer be asked for, made and opened?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases import periods
from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel import calendar
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role
from yangcai.procedures import AwardBy
from yangcai.tendering import blind, method, standing
from yangcai.tendering.models import Changeable, DialogueChange, DialogueTalk, OpenedBid
from yangcai.tendering.rules.bids import live_bids
from yangcai.tendering.rules.committee.seats import member_at
from yangcai.tendering.solicitations import solicitation

#: Which flag of the file lets a part change.
FLAGS = {part: f"may_change_{part}" for part in Changeable.values}


def lot_of(subject: Any) -> Lot:
    """The lot of what is talked about, be it the lot itself."""
    return subject if isinstance(subject, Lot) else subject.lot


def has_final_offers(lot: Lot) -> bool:
    """Whether the method asks for last offers at all."""
    return method.has(lot.case, Stage.FINAL_OFFER)


@remembered
def remaining(lot: Lot) -> list[OpenedBid]:
    """The suppliers still in: found responsive, and not gone."""
    return standing.still_in(lot)


@remembered
def talks(lot: Lot) -> dict[int, int]:
    """Offer → how many rounds of talks its supplier has had."""
    held: dict[int, int] = dict.fromkeys((bid.pk for bid in remaining(lot)), 0)
    for bid in DialogueTalk.objects.filter(opened_bid__lot=lot).values_list("opened_bid_id", flat=True):
        if bid in held:
            held[bid] += 1
    return held


def least_talks(lot: Lot) -> int:
    """How often each is talked to at least: alone, after the common meeting where there is one."""
    return 1 + bool(method.has(lot.case, Stage.DIALOGUE) and method.step_of(lot.case, Stage.DIALOGUE).together)


# --- talking -------------------------------------------------------------------------------------------------------


def is_still_in(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses an offer that is invalid or whose supplier left the dialogue."""
    if subject.pk in {bid.pk for bid in remaining(subject.lot)}:
        return None
    return refuse(
        own(subject.root, "dialogue.separately"),
        code="not_in_the_dialogue",
        zh="该供应商的响应文件无效或者已经退出，不再参加谈判",
        en="This supplier's offer is invalid, or it has left: it takes no further part",
        **applicable(subject.lot.case, now=now),
    )


def chances_are_equal(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nobody is talked to a second time before everybody was once (74号令 art. 31)."""
    held = talks(subject.lot)
    if subject.pk not in held or held[subject.pk] <= min(held.values()):
        return None
    return refuse(
        own(subject.root, "dialogue.separately"),
        code="others_come_first",
        zh="本轮尚有供应商没有谈判；应当给予所有供应商平等的谈判机会",
        en="Others have not been talked to in this round: every supplier has equal chances",
        **applicable(subject.lot.case, now=now),
    )


def states_the_cost(case: Case) -> bool:
    """Whether the record says what the price is made of: where it is agreed with the only supplier."""
    return AwardBy.AGREED in method.of(case).award_by


def record_is_complete(
    subject: OpenedBid, *, now: datetime.datetime, cost: str, similar_prices: str, rights: str, **_: Any
) -> Iterator[Refusal]:
    """What the record of a single-source purchase must say (74号令 art. 42)."""
    if not states_the_cost(subject.lot.case):
        return
    for field, text in (("cost", cost), ("similar_prices", similar_prices), ("rights", rights)):
        if not text:
            yield refuse(
                "single_source.record",
                code="record_incomplete",
                zh="协商情况记录应当写明供应商的成本、同类合同价格和专利、专有技术情况",
                en="The record states the supplier's cost, prices of similar contracts, and patents or know-how",
                field=field,
                **applicable(subject.lot.case, now=now),
            )


# --- changing ------------------------------------------------------------------------------------------------------


def may_change(case: Case) -> list[str]:
    """The parts that the file declared as changeable (74号令 art. 11)."""
    file = solicitation(case)
    return [part for part, flag in FLAGS.items() if file is not None and getattr(file, flag)]


def something_may_change(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses any change where the file lists nothing that may change (74号令 art. 11)."""
    if may_change(subject.case):
        return None
    return refuse(
        own(subject.root, "solicitation.negotiable"),
        code="nothing_may_change",
        zh="采购文件没有列明谈判中可以变动的内容，不能提出实质性变动",
        en="The file lists nothing that may change in the talks: no substantive change can be proposed",
        **applicable(subject.case, now=now),
    )


def part_is_changeable(subject: Lot, *, now: datetime.datetime, part: str, **_: Any) -> Refusal | None:
    """Refuses a change of a part that the file does not name as changeable (74号令 art. 32)."""
    if part in may_change(subject.case):
        return None
    return refuse(
        own(subject.root, "solicitation.negotiable"),
        code="part_not_changeable",
        zh="采购文件没有列明“{part}”可以变动；谈判中只能变动采购文件列明的技术、服务要求和合同草案条款",
        en="The file does not say that this may change ({part}): only what it lists of technical or service needs and"
        " of the draft contract may",
        field="part",
        part=str(Changeable(part).label),
        **applicable(subject.case, now=now),
    )


def speaks_for_the_buyer(subject: DialogueChange, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """须经采购人代表确认 (74号令 art. 32): the buyer's own people, a member only as its representative."""
    if by.role != Role.EXPERT:
        return None
    member = member_at(subject.lot.case, by)
    if member is not None and member.expert_id is None:
        return None
    return refuse(
        own(subject.root, "dialogue.change"),
        code="not_the_buyer",
        zh="实质性变动由采购人代表确认",
        en="A substantive change is confirmed by the buyer's representative",
        **applicable(subject.lot.case, now=now),
    )


def change_is_open(subject: DialogueChange, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a change that was told or not agreed to."""
    if subject.told_at is None and subject.refused_at is None:
        return None
    return Refusal("change_settled", "该变动已经确认或者未获同意", "This change has been settled already")


def last_told(lot: Lot) -> datetime.datetime | None:
    """When the latest confirmed change was told to all."""
    told = DialogueChange.objects.filter(lot=lot, told_at__isnull=False).order_by("-told_at")
    return told.values_list("told_at", flat=True).first()


def owes_a_new_offer(bid: OpenedBid) -> bool:
    """Whether the supplier has not handed in anew since the last change (74号令 art. 32)."""
    told = last_told(bid.lot)
    return told is not None and (bid.resubmitted_at is None or bid.resubmitted_at < told)


def something_changed(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a new offer where nothing was changed since the last (74号令 art. 32)."""
    if owes_a_new_offer(subject):
        return None
    return refuse(
        own(subject.root, "dialogue.resubmission"),
        code="nothing_changed",
        zh="采购文件没有新的变动，无须重新提交响应文件",
        en="Nothing has changed since: no offer is to be handed in anew",
        **applicable(subject.lot.case, now=now),
    )


# --- last offers ---------------------------------------------------------------------------------------------------


def dialogue_is_over(subject: Lot, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Everybody was talked to as often, nothing waits to be confirmed, and what changed was answered by all."""
    on, held = applicable(subject.case, now=now), talks(subject)
    if held and (min(held.values()) < least_talks(subject) or len(set(held.values())) > 1):
        yield refuse(
            own(subject.root, "dialogue.separately"),
            code="chances_not_equal",
            zh="尚有供应商没有谈判或者轮次不一致，不能要求提交最后报价",
            en="Some suppliers have not been talked to, or not as often as others: last offers cannot be asked for",
            **on,
        )
    if DialogueChange.objects.filter(lot=subject, told_at__isnull=True, refused_at__isnull=True).exists():
        yield refuse(
            own(subject.root, "dialogue.change"),
            code="change_unconfirmed",
            zh="尚有变动未经采购人代表确认",
            en="A change waits for the buyer's confirmation",
            **on,
        )
    waiting = [blind.name_for(bid, by) for bid in remaining(subject) if owes_a_new_offer(bid)]
    if waiting:
        yield refuse(
            own(subject.root, "dialogue.resubmission"),
            code="offers_not_renewed",
            zh="变动后尚未重新提交响应文件：{suppliers}",
            en="Not handed in anew after the change: {suppliers}",
            suppliers=Written("、".join(waiting)),
            **on,
        )


def enough_remain(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Last offers from fewer than the law wants would end the purchase (74号令 art. 33, 37)."""
    if not has_final_offers(subject):
        return last_offers_are_taken(subject, by=by, now=now)
    found, fewest = remaining(subject), method.fewest(subject.case, Stage.FINAL_OFFER, now=now)
    if len(found) >= fewest:
        return None
    return refuse(
        method.enough(subject.case, Stage.FINAL_OFFER, now=now),
        code="too_few_remain",
        zh="继续参加的供应商只有 {count} 家，不足 {fewest} 家；请对本包办理终止",
        en="Only {count} suppliers remain, fewer than {fewest}: the lot ends",
        count=len(found),
        fewest=fewest,
        **applicable(subject.case, now=now),
    )


def closes_ahead(subject: Lot, *, now: datetime.datetime, closes_at: datetime.datetime, **_: Any) -> Refusal | None:
    """The time for last offers ends later than `now`."""
    if closes_at > now:
        return None
    return Refusal(
        "closes_in_the_past", "截止时间应当在现在之后", "The time for last offers must lie ahead", field="closes_at"
    )


def own_offer(lot: Lot, supplier: Organisation) -> OpenedBid | None:
    """The offer by which this supplier is still in the dialogue, if it is."""
    return next((bid for bid in remaining(lot) if bid.supplier_id == supplier.pk), None)


def takes_part(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a last offer of a supplier that is no longer in the dialogue (74号令 art. 33)."""
    if own_offer(subject, by.organisation) is not None:
        return None
    return refuse(
        own(subject.root, "final_offer.all"),
        code="takes_no_part",
        zh="贵单位没有参加谈判、响应文件无效或者已经退出，不能提交最后报价",
        en="Your organisation takes no part in the dialogue (any more) and cannot make a last offer",
        **applicable(subject.case, now=now),
    )


def last_offers_are_taken(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The price is final where the method knows no last offers; where it does, only within the time set for them."""
    lot = lot_of(subject)
    on = applicable(lot.case, now=now)
    if not has_final_offers(lot):
        return refuse(
            "evaluation.quote_once",
            code="quoted_once",
            zh="本项目一次报出不得更改的价格，不接受再次报价",
            en="In this purchase each supplier quotes once: no second price is taken",
            **on,
        )
    period = periods.planned(lot.case, Stage.FINAL_OFFER, lot=lot)
    if period is None or period.closes_at is None or now < period.closes_at:
        return None
    return refuse(
        own(subject.root, "final_offer.all"),
        code="late_final_offer",
        zh="最后报价已于 {closes} 截止",
        en="The time for last offers ended at {closes}",
        closes=calendar.to_the_minute(period.closes_at),
        **on,
    )


def no_last_offer_yet(subject: OpenedBid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """在提交最后报价之前，可以退出 (74号令 art. 34)."""
    if not live_bids(stage=Stage.FINAL_OFFER, lot=subject.lot, supplier_id=subject.supplier_id).exists():
        return None
    return refuse(
        own(subject.root, "final_offer.leave"),
        code="offered_already",
        zh="已经提交最后报价，不能退出",
        en="The last offer is in: the supplier can no longer leave",
        **applicable(subject.lot.case, now=now),
    )


def last_offers_are_open(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nothing is compared before every last offer lies open (74号令 art. 33)."""
    lot = lot_of(subject)
    if not has_final_offers(lot) or all(hasattr(bid, "final_offer") for bid in remaining(lot)):
        return None
    return refuse(
        own(subject.root, "final_offer.all"),
        code="last_offers_sealed",
        zh="最后报价尚未开启",
        en="The last offers have not been opened yet",
        **applicable(lot.case, now=now),
    )


def last_offers_are_sealed(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses once the last offers were opened."""
    if last_offers_are_open(subject, by=by, now=now):
        return None
    return Refusal("last_offers_open", "最后报价已经开启", "The last offers have been opened already")
