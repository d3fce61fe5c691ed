"""May the buyer choose its experts itself, whom, and with whose consent (87号令 art. 48; 74号令 art. 7)?"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef

from yangcai import procedures
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Expert, Organisation
from yangcai.tendering.models import ChosenExpert, CommitteeMember, ExpertChoice
from yangcai.tendering.rules.committee.composition import composition_of, fewest_experts
from yangcai.tendering.rules.committee.outside import draw_has_begun
from yangcai.tendering.rules.committee.pool import (
    DISSOLVED,
    gave_opinion,
    gave_opinions,
    in_library,
    interested,
    people_of,
    recusal,
)

#: Code and sentences of the Refusal of whoever chooses, or consents to, themselves.
HIMSELF = (
    "chooses_oneself",
    "不得选定或者同意本人担任评审专家",
    "Nobody chooses, or consents to, themselves as an expert",
)


@remembered
def chosen(case: Case) -> tuple[ChosenExpert, ...]:
    """Whom the buyer chose with consent, in the order in which they were named; whoever had to leave its seat sits in
    no other committee of the case."""
    if not any(one.is_consented and one.withdrawn_at is None for one in choices(case)):
        return ()
    found = ChosenExpert.objects.filter(choice__case=case, choice__is_consented=True, choice__withdrawn_at__isnull=True)
    went = CommitteeMember.objects.filter(chosen=OuterRef("pk"), replaced_at__isnull=False).exclude(
        replaced_ground=DISSOLVED
    )
    return tuple(found.filter(~Exists(went)).select_related("expert__person", "expert__employer").order_by("pk"))


@remembered
def choices(case: Case) -> tuple[ExpertChoice, ...]:
    """Every choice of the case, those that were withdrawn or not consented to among them."""
    if not may_have(case, ExpertChoice):
        return ()
    return tuple(ExpertChoice.objects.filter(case=case).order_by("pk"))


def consenting(case: Case) -> Organisation:
    """主管预算单位: the unit above the buyer; a buyer that has none is one itself, and somebody else of it consents."""
    return case.buyer.parent or case.buyer


def method_lets_choose(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only where the method's own rules say so; elsewhere experts are drawn."""
    keys = procedures.get(subject.procedure).committee
    if keys is not None and keys.chosen:
        return None
    return refuse(
        "committee.random_draw",
        code="experts_are_drawn",
        zh="本采购方式的评审专家只能随机抽取，不能自行选定",
        en="Under this method experts are drawn by chance; the buyer may not choose them",
        **applicable(subject, now=now),
    )


def is_running(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a case that has ended."""
    if subject.ended_at is None:
        return None
    return Refusal("not_running", "项目已经结束", "The case has ended")


def none_is_chosen_yet(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """One choice at a time: refuses while another waits or was consented to, and says to withdraw it."""
    if all(one.withdrawn_at is not None or one.is_consented is False for one in choices(subject)):
        return None
    return Refusal(
        "choice_open",
        "已有一份自行选定评审专家的申请，如需改变请先撤回",
        "There is a choice of experts already: withdraw it to change it",
    )


def chosen_lawfully(
    subject: Case, *, by: Any, now: datetime.datetime, experts: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """Each named once, nobody by itself, with nothing to recuse for; of the buyer's own unit only where the method
    allows it."""
    if len({row["expert"] for row in experts}) < len(experts):
        yield Refusal("duplicate_row", "同一名专家只能选定一次", "An expert is named once", field="experts")
    named = Expert.objects.filter(pk__in=[row["expert"] for row in experts])
    people = {one.pk: one for one in named.select_related("person")}
    for row in experts:
        person, name = people[row["expert"]].person_id, people[row["expert"]].person.name
        if person == by.person_id:
            yield Refusal(*HIMSELF, field="experts")
        match _barred_by(subject, person, now=now):
            case "committee.recusal":
                yield recusal(subject, now=now, field="experts", who=name)
            case "import.experts_apart":
                yield gave_opinion(subject, now=now, field="experts", who=name)
            case "committee.own_unit" as key:
                yield refuse(
                    key,
                    code="expert_of_the_buyer",
                    zh="“{who}”任职于采购人，或者与其有利害关系：采购人不得以评审专家身份参加本部门或者本单位采购项目的"
                    "评审，请选定其他单位的专家",
                    en="{who} works for the buyer or is bound to it: nobody of the buyer's own unit may sit as an"
                    " expert here. Choose those of another unit",
                    field="experts",
                    who=Written(name),
                    **applicable(subject, now=now),
                )


def _barred_by(case: Case, person: int, *, now: datetime.datetime) -> str:
    """The rule that keeps this person from sitting as a chosen expert of the case now; empty where none does."""
    if person in people_of(interested(case) - {case.buyer_id}, case=case, now=now):
        return "committee.recusal"
    if person in gave_opinions(case):
        return "import.experts_apart"
    own = people_of(frozenset({case.buyer_id}), case=case, now=now)
    return "committee.own_unit" if person in own and not composition_of(case).chosen_own_unit else ""


def chosen_may_sit(subject: Case, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Whom the buyer chose is looked at again when the seats are filled: still in the library with a post, and with
    nothing to recuse for that came to light since. Told by number: the names are secret (87号令 art. 47, 48)."""
    named = chosen(subject)
    acting = in_library(now=now).filter(pk__in=[one.expert_id for one in named]) if named else ()
    still = {expert.pk for expert in acting}
    for number, one in enumerate(named, start=1):
        gone = one.expert_id not in still
        key = composition_of(subject).chosen if gone else _barred_by(subject, one.expert.person_id, now=now)
        if key:
            yield refuse(
                key,
                code="chosen_has_left" if gone else "chosen_must_recuse",
                zh="自行选定的第 {number} 名评审专家{why_zh}；请采购人撤回申请（共同抽取正在进行的，先作废该次抽取），"
                "另行选定或者改为抽取",
                en="Expert {number} of those who were chosen {why_en}: the buyer withdraws the choice (after abandoning"
                " a draw that is under way), and chooses anew or has everybody drawn",
                number=number,
                why_zh="已经退出专家库或者岗位已经终止" if gone else "选定后出现应当回避的情形",
                why_en="has left the library, or has no post any more" if gone else "must recuse by now",
                **applicable(subject, now=now),
            )


def consents_to_others(subject: ExpertChoice, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses whoever is among those chosen: nobody consents to oneself."""
    if not subject.experts.filter(expert__person=by.person_id).exists():
        return None
    return Refusal(*HIMSELF)


def waits_for_consent(subject: ExpertChoice, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a choice that was decided on or withdrawn."""
    if subject.is_open:
        return None
    return Refusal("decided", "该申请已经办结", "This application is closed")


def is_the_main_budget_unit(subject: ExpertChoice, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses every other unit: 经主管预算单位同意 (87号令 art. 48; 74号令 art. 7)."""
    if subject.consent_by_id == by.organisation_id:
        return None
    return refuse(
        composition_of(subject.case).chosen,
        code="not_the_main_budget_unit",
        zh="由主管预算单位“{unit}”审核",
        en="The main budget unit decides: {unit}",
        unit=Written(subject.consent_by.name),
        **applicable(subject.case, now=now),
    )


def return_has_a_reason(subject: ExpertChoice, *, decision: str, opinion: str, **_: Any) -> Refusal | None:
    """A choice is sent back with its reason in `opinion`."""
    if decision == "consent" or opinion.strip():
        return None
    return Refusal("reason_missing", "不同意的应当写明理由", "State why there is no consent", field="opinion")


def nobody_sits_yet(subject: ExpertChoice, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A choice ends before the draw begins that leaves its places out, never afterwards."""
    begun = draw_has_begun(subject.case)
    if not subject.withdrawn_at and not begun and subject.is_consented is not False:
        return None
    return Refusal(
        "choice_used",
        "申请已经办结或者已经开始抽取，不能撤回",
        "The application is closed, or the draw has begun: nothing is withdrawn",
    )


def no_choice_waits(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A committee is not formed while the consent to a choice is out: it could no longer be used."""
    if not any(one.is_open for one in choices(subject)):
        return None
    return refuse(
        composition_of(subject).chosen,
        code="consent_awaited",
        zh="自行选定评审专家的申请尚待主管预算单位审核，请等待审核或者撤回后再抽取",
        en="A choice of experts still waits for consent: wait for it, or withdraw it before drawing",
        **applicable(subject, now=now),
    )


def chosen_fit(
    subject: Case, *, now: datetime.datetime, members: int, representatives: int, field: str = "size"
) -> Refusal | None:
    """Those who were chosen all sit: there is a place for each beside the buyer's representatives."""
    named = len(chosen(subject))
    if named <= members - representatives:
        return None
    return refuse(
        composition_of(subject).expert_share or "committee.expert_share",
        code="too_many_chosen",
        zh="自行选定了 {named} 名评审专家，评标委员会 {members} 人中评审专家席位只有 {places} 个（不少于 {least} 个）",
        en="{named} experts were chosen, but of {members} seats only {places} are for experts (at least {least})",
        field=field,
        named=named,
        members=members,
        places=members - representatives,
        least=fewest_experts(subject, size=members, now=now),
        **applicable(subject, now=now),
    )
