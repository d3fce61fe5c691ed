"""When is a committee that cannot be filled dissolved, and another one formed (财政部令第87号 49)?"""

import datetime
from typing import Any

from yangcai.cases.models import Lot, LotOutcome
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import arithmetic, policies
from yangcai.tendering.models import CommitteeMember, OpenedBid, Unfilled
from yangcai.tendering.rules.committee.pool import eligible, substitutes

KEY = "committee.formed_anew"


def open_lots(subject: CommitteeMember) -> list[Lot]:
    """The lots that a committee formed anew evaluates: those that are not decided, and whose report nobody has signed
    in full. What was signed stands."""
    found = []
    for lot in subject.committee.case.every_lot():
        report = arithmetic.latest_report(lot)
        if lot.outcome == LotOutcome.PENDING and (report is None or report.signed_at is None):
            found.append(lot)
    return found


def method_forms_anew(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A tender's committee; of the groups of other methods no instrument says so."""
    case = subject.committee.case
    if own(case, KEY):
        return None
    return Refusal(
        "not_formed_anew",
        "该采购方式没有重新组建小组的规定；无法补足的，终止采购活动后重新采购",
        "This method has no rule by which a group is formed anew: if nobody can be put in, end the purchase and begin"
        " again",
    )


def something_is_open(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Once every report is signed, an error leads to a re-evaluation (87号令 art. 64, 67), not here."""
    if open_lots(subject):
        return None
    return refuse(
        KEY,
        code="evaluation_signed",
        zh="各采购包的评标报告已经签署完成，评标委员会不再解散；发现法定情形的，办理“组织重新评审”",
        en="The reports of all lots are signed: the committee is dissolved no more; on a lawful ground the evaluation"
        " is taken up again",
        **applicable(subject.committee.case, now=now),
    )


def no_prices_in_sight(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Where prices lie in covers of their own, the technical part is judged without them: that cannot be done again
    once they may be read."""
    if not policies.has_two_covers(subject.committee.case):
        return None
    if not OpenedBid.objects.filter(lot__in=open_lots(subject), went_on_at__isnull=False).exists():
        return None
    return refuse(
        KEY,
        code="prices_in_sight",
        zh="技术评审已经结束，报价信封可以开启：在看得到报价的情况下不能重新评审技术部分，请书面报告财政部门",
        en="The technical evaluation is closed and prices may be read: the technical part cannot be judged anew in"
        " their sight; report it to the treasury in writing",
        **applicable(subject.committee.case, now=now),
    )


@remembered
def _seats(committee_id: int) -> list[int]:
    return list(CommitteeMember.objects.filter(committee=committee_id).order_by("pk").values_list("pk", flat=True))


def _was_called_in_vain(subject: CommitteeMember) -> bool:
    """Whether the member was put in for somebody who went, and is not here either. Of a seat for
    which nobody was called yet, what became of others says nothing."""
    at_first = _seats(subject.committee_id)[: subject.committee.size]
    return subject.signed_in_at is None and subject.pk not in at_first


def nobody_could_come(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Whoever can be put in is put in: refuses while the library has somebody, and nobody was called in vain. The
    library is not asked where there is nothing to evaluate anyway."""
    if not open_lots(subject):
        return None
    left = 0 if _was_called_in_vain(subject) else len(eligible(subject.committee.case, now=now))
    return _somebody_is_left(subject, left, now=now) if left else None


def _somebody_is_left(subject: CommitteeMember, left: int, *, now: datetime.datetime, field: str = "") -> Refusal:
    return refuse(
        "committee.replacement",
        code="somebody_is_left",
        zh="专家库中还有 {left} 名可以补足的评审专家，应当依法补足后继续评标；请办理“更换评委”",
        en="{left} experts of the library could take the seat: put one in and go on; replace the member",
        field=field,
        left=left,
        **applicable(subject.committee.case, now=now),
    )


def seat_cannot_be_filled(subject: CommitteeMember, *, now: datetime.datetime, why: str, **_: Any) -> Refusal | None:
    """无法及时补足: nobody is left who could be called, or who was called is not here either."""
    left = substitutes(subject, now=now).count()
    if why == Unfilled.NOBODY_LEFT and left:
        return _somebody_is_left(subject, left, now=now, field="why")
    if why == Unfilled.NOT_IN_TIME and not _was_called_in_vain(subject):
        return refuse(
            "committee.replacement",
            code="nobody_was_called",
            zh="还没有补抽，或者该席位的成员已经签到；请先办理“更换评委”，补抽的成员不能及时到场的，再重新组建",
            en="Nobody was called for this seat yet, or its member has signed in: replace the member first; if the one"
            " who is called cannot come in time either, form another committee",
            field="why",
            **applicable(subject.committee.case, now=now),
        )
    return None
