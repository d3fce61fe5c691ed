"""When are trustees waited for no longer, who says so, and who confirms it? What lies sealed then is never opened."""

import datetime

from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.actions.unsealing import OPENED_AT, open_what_waits
from yangcai.tendering.models import BidClosing, OpeningAbandonment
from yangcai.tendering.rules import abandonment as rules
from yangcai.tendering.rules import sealed
from yangcai.tendering.rules.hall import not_suspended

CITES = ("opening.at_deadline", "opening.recorded", "opening.absence_accepts")
#: Of the buyer, or of the treasury, who run no opening.
CONFIRMING = frozenset({Role.BUYER_REVIEWER, Role.TREASURY})


class AbandonOpening(Input):
    reason = TextField(
        label=_("理由"), lines=4, help_text=_("已经怎样联系受托人、怎样尝试恢复文件，为什么仍然无法开启")
    )


@action(
    "opening.abandon",
    zh="提请不再等待开启",
    en="Ask to wait no longer for shares",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at=OPENED_AT,
    only=(sealed.takes_sealed_envelopes, sealed.opens_now),
    needs=(
        runs_the_case,
        sealed.not_unsealed_yet,
        rules.some_lie_sealed,
        rules.was_waited_for,
        rules.none_is_asked_for,
        not_suspended,
    ),
    input=AbandonOpening,
    sentence=("{post}提请不再等待尚未开启的投标文件", "{post} asked to wait no longer for bids that lie sealed"),
    cites=CITES,
    hint=(
        "解密时限届满逾二十四小时仍份额不足或者文件未恢复时办理；由另一人复核，复核时再开启一次，仍打不开的视为撤回",
        "Twenty-four hours after the window, where shares or a file are still missing; another person confirms, opens"
        " once more, and what still stays closed is deemed withdrawn",
    ),
    dangerous=True,
)
def abandon_opening(lot: Lot, *, by: Post, now: datetime.datetime, reason: str) -> OpeningAbandonment:
    """Asked for; nothing changes for any bid."""
    closing = BidClosing.objects.filter(lot=lot).latest("pk")
    return OpeningAbandonment.objects.create(closing=closing, reason=reason, proposed_by=by, proposed_at=now)


class AnswerAbandonment(Input):
    answer = TextField(label=_("复核意见"), lines=3)


@action(
    "opening.confirm_abandonment",
    zh="复核同意不再等待开启",
    en="Confirm that nothing is waited for any longer",
    on=OpeningAbandonment,
    by=CONFIRMING,
    at=OPENED_AT,
    needs=(rules.is_unanswered, rules.still_lie_sealed, rules.was_waited_for, not_suspended),
    input=AnswerAbandonment,
    not_same_person_as=("opening.abandon",),
    sentence=("{post}复核同意不再等待尚未开启的投标文件", "{post} confirmed that sealed bids are waited for no longer"),
    cites=CITES,
    hint=(
        "先再开启一次；仍打不开的投标文件由平台承担责任，不能再开启",
        "Everything is tried once more; the platform answers for what still stays closed, and nobody opens it again",
    ),
    dangerous=True,
)
def confirm_abandonment(
    abandonment: OpeningAbandonment, *, by: Post, now: datetime.datetime, answer: str
) -> OpeningAbandonment:
    """Open what can be opened after all, and give up the rest for good."""
    _answered(abandonment, by=by, now=now, answer=answer, is_confirmed=True)
    open_what_waits(abandonment.closing, now=now, for_the_last_time=True)
    return abandonment


@action(
    "opening.decline_abandonment",
    zh="退回，继续等待开启",
    en="Go on waiting for shares",
    on=OpeningAbandonment,
    by=CONFIRMING,
    at=OPENED_AT,
    needs=(rules.is_unanswered,),
    input=AnswerAbandonment,
    not_same_person_as=("opening.abandon",),
    sentence=("{post}要求继续等待受托人", "{post} wants the trustees waited for"),
    cites=CITES,
)
def decline_abandonment(
    abandonment: OpeningAbandonment, *, by: Post, now: datetime.datetime, answer: str
) -> OpeningAbandonment:
    """The bids stay sealed and can still be opened."""
    _answered(abandonment, by=by, now=now, answer=answer, is_confirmed=False)
    return abandonment


def _answered(
    abandonment: OpeningAbandonment, *, by: Post, now: datetime.datetime, answer: str, is_confirmed: bool
) -> None:
    abandonment.answered_by, abandonment.answered_at = by, now
    abandonment.answer, abandonment.is_confirmed = answer, is_confirmed
    abandonment.save(update_fields=["answered_by", "answered_at", "answer", "is_confirmed"])
