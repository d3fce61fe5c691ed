"""Who has not signed the report yet, and is a different opinion one that counts?"""

import datetime
from typing import Any

from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import arithmetic
from yangcai.tendering.models import CommitteeMember, EvaluationReport


def dissent_has_reasons(
    subject: EvaluationReport, *, now: datetime.datetime, dissent: str, reasons: str, **_: Any
) -> Refusal | None:
    """应当在评标报告上签署不同意见及理由: one without the other is neither consent nor dissent."""
    if bool(dissent) == bool(reasons):
        return None
    return refuse(
        own(subject.lot.case, "evaluation.dissent"),
        code="dissent_incomplete",
        zh="持不同意见的，应当同时写明不同意见和理由；否则请都留空，视为同意",
        en="Whoever disagrees writes both the opinion and its reasons; else leave both empty, which is consent",
        field="reasons" if dissent else "dissent",
        **applicable(subject.lot.case, now=now),
    )


def unsigned(report: EvaluationReport) -> list[tuple[int, int]]:
    """Seat number and id of every sitting member under whose name nothing stands yet."""
    signed = set(report.signatures.values_list("member_id", flat=True))
    seated = arithmetic.seated(report.lot)
    every = CommitteeMember.objects.filter(committee__in={seat.committee_id for seat in seated}).order_by("pk")
    places = {member.pk: number for number, member in enumerate(every, start=1)}
    return [(places[seat.pk], seat.pk) for seat in seated if seat.pk not in signed]


def somebody_is_missing(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where every member has signed."""
    if unsigned(subject):
        return None
    return Refusal("already_signed", "全体成员已经签署", "All members have signed")


def most_have_signed(subject: EvaluationReport, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Silence is consent to a report that stands by itself: the majority has put its own name to it."""
    by_hand, seated = subject.signatures.filter(is_deemed=False).count(), len(arithmetic.seated(subject.lot))
    if by_hand > seated - by_hand:
        return None
    return refuse(
        own(subject.lot.case, "evaluation.dissent"),
        code="too_few_signatures",
        zh="{seated} 名成员中只有 {signed} 名签署；过半数成员签署后，才能对拒绝签署的成员记录视为同意",
        en="Only {signed} of {seated} members have signed: silence can be recorded once most of them have",
        signed=by_hand,
        seated=seated,
        **applicable(subject.lot.case, now=now),
    )
