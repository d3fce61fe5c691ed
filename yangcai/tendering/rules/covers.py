"""Which envelopes does an offer have, may the technical evaluation be closed, and do the prices lie open?

Two covers are a choice of the document in a method whose bids are opened by reading out (procedures: `two_covers`). The
technical covers are opened at the deadline; a price is opened when the technical evaluation is closed, and only of a
bid that came through it (SBP/1 §2.3, docs/decisions/0028).
"""

import datetime
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import policies, standing
from yangcai.tendering.models import Cover, OpenedBid
from yangcai.tendering.rules.sealed import closing_of


def wanted(lot: Lot) -> list[Cover]:
    """The envelopes of a bid for the lot, in the order in which they are opened."""
    return [Cover.TECH, Cover.PRICE] if policies.has_two_covers(lot.case) else [Cover.ALL]


def has_two(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where price and technical part lie in one envelope."""
    if policies.has_two_covers(subject.case):
        return None
    return Refusal(
        "one_cover",
        "本项目的报价与技术部分在同一信封，开标时一并开启",
        "Price and technical part lie in one envelope here, and were opened together",
    )


def prices_are_closed(lot: Lot) -> bool:
    """Whether the technical evaluation was closed: which bids went on is written down."""
    return OpenedBid.objects.filter(lot=lot, went_on_at__isnull=False).exists()


def not_closed_yet(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The technical evaluation is closed once."""
    if not prices_are_closed(subject):
        return None
    return Refusal("technical_closed", "技术评审已经结束", "The technical evaluation has been closed already")


def technical_is_open(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What was found of the technical part stands from the moment on which prices may be read."""
    if not policies.has_two_covers(subject.case) or not prices_are_closed(subject):
        return None
    return Refusal(
        "technical_closed",
        "技术评审已经结束，评分和符合性审查结论不能再改",
        "The technical evaluation is closed: its findings and scores stand",
    )


def prices_are_open(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Nothing is corrected, questioned or ranked before the prices of all that went on lie open."""
    if not policies.has_two_covers(subject.root):
        return None
    closing = closing_of(subject if isinstance(subject, Lot) else subject.lot)
    if closing is not None and closing.cover == Cover.PRICE and closing.unsealed_at is not None:
        return None
    return refuse(
        "opening.at_deadline",
        code="prices_sealed",
        zh="报价信封尚未开启，不能汇总评审结果",
        en="The covers with the prices have not been opened: nothing is computed yet",
        **applicable(subject.root, now=now),
    )


def going_on(lot: Lot) -> list[OpenedBid]:
    """The bids that came through the technical evaluation."""
    return standing.still_in(lot)
