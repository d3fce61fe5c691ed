"""Why may this not be objected to, not be answered so, or a contract not be signed meanwhile?"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from yangcai import law
from yangcai.cases.models import Case, Lot, LotOutcome, Stage
from yangcai.cases.rules import applicable, beyond_calendar
from yangcai.challenges import objection_windows
from yangcai.challenges.models import Objection, ObjectionConsequence, ObjectionTarget
from yangcai.challenges.objection_windows import Window, windows
from yangcai.contracts.models import Contract
from yangcai.kernel import calendar
from yangcai.kernel.beneath import may_have
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.tendering.models import Prequalification, SignedAs
from yangcai.tendering.solicitations import solicitation

#: What may follow where an objection is right and bears on the result, by what it is about (财政部令第94号 art. 16).
FOLLOWS = {
    ObjectionTarget.DOCUMENT: (ObjectionConsequence.AMEND, ObjectionConsequence.RESTART),
    ObjectionTarget.PREQUALIFICATION: (
        ObjectionConsequence.NEXT,
        ObjectionConsequence.RESTART,
    ),  # a step of the process
    ObjectionTarget.PROCESS: (ObjectionConsequence.NEXT, ObjectionConsequence.RESTART),
    ObjectionTarget.RESULT: (ObjectionConsequence.NEXT, ObjectionConsequence.RESTART),
}
#: Until when a document can still be amended and the purchase go on.
BEFORE_THE_OPENING = frozenset({Stage.INVITATION, Stage.SUBMISSION})


# --- raising -------------------------------------------------------------------------------------------------------


def case_of(subject: Case | Prequalification) -> Case:
    """Whose letters these are: a prequalification is a step of its case."""
    return subject if isinstance(subject, Case) else subject.case


def open_to(subject: Case | Prequalification, *, by: Post, now: datetime.datetime) -> tuple[Window, ...]:
    """What may be objected to at this door: everything at that of the case, its own result at a prequalification's,
    which stands open before the invitation makes the case public."""
    found = windows(case_of(subject), by.organisation_id, now=now)
    if isinstance(subject, Case):
        return found
    return tuple(one for one in found if one.target == ObjectionTarget.PREQUALIFICATION)


def was_told_here(prequalification: Prequalification, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Only an applicant that was told its result in this round, and in no later one."""
    told = objection_windows.told_in(prequalification.case, by.organisation_id, now=now)
    if told is not None and told.prequalification_id == prequalification.pk:
        return None
    return _did_not_take_part(prequalification.case, now=now)


def may_object_to_something(subject: Case | Prequalification, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Who obtained the document or took part, while one of its times runs (94号令 art. 10, 11). Past the known holidays
    nothing is counted, and it is said so."""
    case, found = case_of(subject), open_to(subject, by=by, now=now)
    if any(one.is_open_at(now) for one in found):
        return None
    unknown = objection_windows.beyond_calendar(case, by.organisation_id, now=now)
    if unknown is not None:
        return beyond_calendar(unknown)
    if found:
        return _too_late(max(found, key=lambda one: one.due_at or now), case, now=now)
    return _did_not_take_part(case, now=now)


def _did_not_take_part(case: Case, *, now: datetime.datetime) -> Refusal:
    return law.refusal(
        "objection.who",
        code="did_not_take_part",
        zh="贵单位没有取得本项目的采购文件，也没有参加本项目，不能提出质疑；有疑问的可以提出询问",
        en="You neither obtained the document of this case nor took part in it: you may enquire, but not object",
        **applicable(case, now=now),
    )


def is_in_time(
    subject: Case | Prequalification, *, by: Post, now: datetime.datetime, about: str, **_: Any
) -> Refusal | None:
    """Within seven working days of the day on which the harm was, or should have been, known."""
    chosen = next((one for one in open_to(subject, by=by, now=now) if one.key == about), None)
    if chosen is None or chosen.is_open_at(now):
        return None
    return _too_late(chosen, case_of(subject), now=now, field="about")


def wants_all_at_once(case: Case) -> bool:
    """Whether the document wants all objections to one step of the procedure raised at once (94号令 art. 10). It binds
    whoever can read it: not before it is out, as the database has it (sql/objections_at_once.sql)."""
    file = solicitation(case)
    return case.published_at is not None and file is not None and file.objections_at_once


def raised_at_once(
    subject: Case | Prequalification, *, by: Post, now: datetime.datetime, about: str, **_: Any
) -> Refusal | None:
    """A second letter on the same thing is not taken where the document wants one: what has a new day of its own, as a
    corrected document or another result, is something else, and a letter that was withdrawn is none."""
    case = case_of(subject)
    chosen = next((one for one in open_to(subject, by=by, now=now) if one.key == about), None)
    if chosen is None or not wants_all_at_once(case):
        return None
    earlier = Objection.objects.filter(
        case=case,
        supplier_id=by.organisation_id,
        target=chosen.target,
        lot=chosen.lot,
        stage=chosen.stage,
        known_on=chosen.since,
        withdrawn_at=None,
    ).first()
    if earlier is None:
        return None
    return law.refusal(
        "objection.once",
        code="objected_already",
        zh="采购文件要求一次性提出针对同一采购程序环节的质疑，贵单位已就“{what}”提出质疑 {number}；被告知补正的请补正",
        en="The document wants all objections to one step at once, and you raised objection {number} to this one; where"
        " you were asked to complete it, do so",
        field="about",
        what=chosen.title,
        number=earlier.number,
        **applicable(case, now=now),
    )


def _too_late(window: Window, case: Case, *, now: datetime.datetime, field: str = "") -> Refusal:
    on = applicable(case, now=now)
    return too_late(what=window.title, since=window.since, last=window.last_day, field=field, **on)


def too_late(
    *,
    what: str,
    since: datetime.date,
    last: datetime.date | None,
    on: datetime.date,
    jurisdiction: str,
    field: str = "",
) -> Refusal:
    """Said with the day of which the harm is taken to be known, and the last day."""
    return law.refusal(
        "objection.file",
        code="objection_too_late",
        zh="“{what}”的质疑期限（应知之日 {since} 起 {limit}）已于 {last} 届满",
        en="The time to object ({limit} from {since}) was over on {last}",
        field=field,
        what=what,
        since=since,
        last=last,
        on=on,
        jurisdiction=jurisdiction,
    )


def representative_is_authorised(
    subject: Case | Prequalification, *, by: Post, now: datetime.datetime, signed_as: str, authorisation: Any, **_: Any
) -> Refusal | None:
    """授权委托书: name, matters, powers and term (94号令 art. 8)."""
    if signed_as != SignedAs.AUTHORISED or authorisation is not None:
        return None
    return law.refusal(
        "objection.authorisation",
        code="no_authorisation",
        zh="由授权代表签署的，应当提交授权委托书，载明代理人、代理事项、具体权限和期限",
        en="A letter signed by a representative comes with its authorisation: who, for what, what powers, how long",
        field="authorisation",
        **applicable(case_of(subject), now=now),
    )


# --- while it waits ------------------------------------------------------------------------------------------------


def is_open(objection: Objection, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """An answer is given once; what was withdrawn is over."""
    on = applicable(objection.case, now=now)
    if objection.answered_at is not None:
        return law.refusal(
            "objection.answer",
            code="objection_answered",
            zh="该质疑已于 {answered_on} 答复，答复不再改变；对答复不满意的，可以依法投诉",
            en="This objection was answered on {answered_on}, and the answer stands: against it one may complain",
            answered_on=calendar.day_of(objection.answered_at),
            **on,
        )
    if objection.withdrawn_at is not None:
        return law.refusal(
            "objection.withdrawal",
            code="objection_withdrawn",
            zh="该质疑已于 {withdrawn_on} 撤回",
            en="This objection was withdrawn on {withdrawn_on}",
            withdrawn_on=calendar.day_of(objection.withdrawn_at),
            **on,
        )
    return None


def completion_not_asked(objection: Objection, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """What is missing is told once, and in full."""
    if objection.completion_asked_at is None:
        return None
    return _completion(objection, "completion_asked", "已经告知过需要补正的事项，只能告知一次",
                       "What is missing has been told, and is told once", now=now)  # fmt: skip


def completion_is_asked(objection: Objection, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if objection.completion_asked_at is not None and objection.completed_at is None:
        return None
    return _completion(objection, "nothing_to_complete", "没有等待补正的事项", "Nothing waits to be completed", now=now)


def _completion(objection: Objection, code: str, zh: str, en: str, *, now: datetime.datetime) -> Refusal:
    return law.refusal("objection.completion", code=code, zh=zh, en=en, **applicable(objection.case, now=now))


def not_found_harmless(objection: Objection, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if objection.harmless_at is None:
        return None
    return law.refusal(
        "objection.signing",
        code="found_harmless",
        zh="已经认定该质疑事项不影响结果",
        en="That it cannot affect the result has been said already",
        **applicable(objection.case, now=now),
    )


# --- the answer ----------------------------------------------------------------------------------------------------


def every_matter_is_answered(
    objection: Objection, *, by: Post, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """质疑答复 states for each matter what is found (94号令 art. 15): each once, none left out."""
    wanted = sorted(objection.matters.values_list("pk", flat=True))
    if sorted(row["matter"] for row in rows) == wanted:
        return None
    return law.refusal(
        "objection.answer_content",
        code="matter_unanswered",
        zh="应当逐项答复全部 {count} 项质疑事项，每项一次",
        en="Each of the {count} matters is answered, once",
        field="rows",
        count=len(wanted),
        **applicable(objection.case, now=now),
    )


def consequence_follows(
    objection: Objection, *, by: Post, now: datetime.datetime, rows: list[dict[str, Any]], consequence: str, **_: Any
) -> Refusal | None:
    """As `wrong_consequence` has it, of this objection now."""
    return wrong_consequence(
        consequence,
        target=objection.target,
        is_founded=any(row["is_founded"] for row in rows),
        is_open=objection.case.stage_at(now) in BEFORE_THE_OPENING,
        **applicable(objection.case, now=now),
    )


def wrong_consequence(
    consequence: str, *, target: str, is_founded: bool, is_open: bool, on: datetime.date, jurisdiction: str
) -> Refusal | None:
    """The purchase goes on unless a matter is right and bears on the result; what then may be done depends on what was
    objected to (94号令 art. 16). `is_open`: offers can still be handed in, so that the document can be amended."""
    if consequence == ObjectionConsequence.GO_ON:
        return None
    if not is_founded:
        said = (
            "nothing_is_founded",
            "全部质疑事项均不成立的，继续开展采购活动",
            "Where nothing objected to is right the procurement goes on",
        )
    elif consequence not in FOLLOWS[ObjectionTarget(target)]:
        said = (
            "another_consequence",
            "对采购文件的质疑成立的，澄清、修改采购文件或者重新采购；对采购过程、结果的，另行确定供应商或者重新采购",
            "After an objection to the document it is amended or procured again; after one to the process or the result"
            " another supplier is determined, or it is procured again",
        )
    elif consequence == ObjectionConsequence.AMEND and not is_open:
        said = (
            "too_late_to_amend",
            "投标（响应）截止以后不能再修改采购文件继续采购；应当修改采购文件后重新开展采购活动",
            "After the deadline the document is amended no more: amend it and procure again",
        )
    else:
        return None
    code, zh, en = said
    return law.refusal(
        "objection.outcome", code=code, zh=zh, en=en, field="consequence", on=on, jurisdiction=jurisdiction
    )


# --- the contract --------------------------------------------------------------------------------------------------


def _about(lot: Lot) -> Q:
    """Objections to a lot, to the one by whose offers and ranking it is decided, or to the whole case."""
    return Q(case_id=lot.case_id) & (Q(lot_id__in=(lot.pk, lot.judged_with.pk)) | Q(lot=None))


def contract_waits(contract: Contract, *, now: datetime.datetime) -> Iterator[Refusal]:
    """可能影响中标、成交结果的，暂停签订合同，已经签订的中止履行 (条例 art. 54): until it is answered, and after an
    answer that changes the result until another award stands; where the purchase begins anew, never. As the database
    has it (sql/objections_hold.sql)."""
    case = contract.case
    if not may_have(case, Objection):
        return
    award, on = contract.award, applicable(case, now=now)
    what, what_en = ("中止履行合同", "carried on") if contract.signed_at else ("暂停签订合同", "signed")
    found = Objection.objects.filter(_about(award.lot), withdrawn_at=None).order_by("received_at", "pk")
    for one in found:
        if one.answered_at is None and one.harmless_at is None:
            yield law.refusal(
                "objection.signing",
                code="objection_waits",
                zh="质疑 {number} 尚未答复，可能影响结果，{what}；采购人可以先答复，或者写明理由认定不影响结果",
                en="Objection {number} is not answered and may affect the result: no contract is {what_en}. Answer it,"
                " or state why it cannot affect the result",
                number=one.number,
                what=what,
                what_en=what_en,
                **on,
            )
        elif one.is_upheld and (
            one.consequence == ObjectionConsequence.RESTART
            or award.announced_at is None
            or award.announced_at < (one.answered_at or now)
        ):
            yield law.refusal(
                "objection.outcome",
                code="objection_upheld",
                zh="质疑 {number} 成立并影响结果（{consequence}），不能再按原结果办理，{what}",
                en="Objection {number} was upheld and bears on the result: no contract is {what_en} on the old result",
                number=one.number,
                consequence=one.get_consequence_display(),
                what=what,
                what_en=what_en,
                **on,
            )


def begins_anew(lot: Lot, *, now: datetime.datetime) -> Iterator[Refusal]:
    """重新开展采购活动 (94号令 art. 16): the lot gets no winner by this purchase any more, announced or not."""
    if not may_have(lot.case, Objection):
        return
    upheld = Objection.objects.filter(_about(lot), consequence=ObjectionConsequence.RESTART)
    for one in upheld.order_by("answered_at", "pk"):
        yield law.refusal(
            "objection.outcome",
            code="objection_restarts",
            zh="质疑 {number} 成立，答复为重新开展采购活动，本包不再确定和公告中标供应商；请终止采购或者废标",
            en="Objection {number} was upheld, and the answer is to procure again: this lot gets no winner any more."
            " End the purchase, or declare the lot unsuccessful, and procure it again",
            number=one.number,
            **applicable(lot.case, now=now),
        )


def whole_begins_anew(case: Case, *, now: datetime.datetime) -> bool:
    """Whether an answer has every lot that is still open procured again: then the purchase as a whole is ended."""
    lots = [lot for lot in case.every_lot() if lot.outcome == LotOutcome.PENDING]
    return bool(lots) and all(any(begins_anew(lot, now=now)) for lot in lots)


# --- lots that failed ----------------------------------------------------------------------------------------------


def _to_failure(lot: Lot) -> QuerySet[Objection]:
    """What was objected to since a lot failed."""
    found = Objection.objects.filter(Q(lot=lot) | Q(lot=None), case_id=lot.case_id, withdrawn_at=None)
    return found.filter(received_at__gte=lot.outcome_at) if lot.outcome_at else found.none()


def last_answer(lot: Lot) -> datetime.date | None:
    """From which day the failure of a lot may be complained of: the end of the time for the answer to the last
    objection, though it came sooner (政府采购法 art. 55)."""
    answered = _to_failure(lot).filter(answered_at__isnull=False).order_by("-received_at").first()
    if answered is None:
        return None
    due = law.due_at("C29", since=answered.received_at, **applicable(lot.case, now=answered.received_at))
    return calendar.day_of(due - calendar.ONE_DAY) if due else None


def failure_is_examined(lot: Lot, *, now: datetime.datetime) -> Refusal | None:
    """While an objection to it waits, the failure of a lot is not final, whatever a day was written down."""
    waits = _to_failure(lot).filter(answered_at=None).order_by("pk").first()
    if waits is None:
        return None
    return law.refusal(
        "objection.answer",
        code="objection_waits",
        zh="对采购包 {lot} 的质疑 {number} 尚未答复，不能解除预留",
        en="Objection {number} to lot {lot} is not answered: its reservation is not released",
        lot=lot.number,
        number=waits.number,
        **applicable(lot.case, now=now),
    )
