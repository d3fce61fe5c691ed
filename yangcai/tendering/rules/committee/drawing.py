"""May the committee be drawn now, as large as the law wants it, or a member be replaced?"""

import datetime
from typing import Any

from yangcai import law, procedures
from yangcai.cases import periods
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, beyond_calendar, own, refuse
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import LAW
from yangcai.tendering import arithmetic
from yangcai.tendering.models import CommitteeMember
from yangcai.tendering.rules.committee.chosen import chosen, chosen_fit
from yangcai.tendering.rules.committee.composition import (
    ECONOMY,
    composition_of,
    fewest_experts,
    places_kept,
    smallest_size,
)
from yangcai.tendering.rules.committee.pool import (
    gave_opinion,
    gave_opinions,
    interested,
    people_of,
    pool,
    recusal,
    substitutes,
)


def may_be_formed(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A tender's committee is drawn after publication; a group that confirms the file is formed before it (74号令). A
    call-off and a standing call have nothing to judge."""
    if procedures.get(subject.procedure).committee is None:
        return Refusal("no_committee_here", "本采购方式不设评审委员会", "This method has no committee")
    if subject.ended_at is None and (subject.published_at is not None or not composition_of(subject).draw):
        return None
    return Refusal(
        "not_running",
        "项目尚未发布公告或者已经结束，不能抽取评审专家",
        "The case is not published yet, or has ended: no experts can be drawn",
    )


def has_no_committee(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a second committee, and names the way to change a member."""
    if arithmetic.committee(subject) is None:
        return None
    return Refusal(
        "already_drawn",
        "评标委员会已经抽取；成员缺席或者回避的，请办理更换",
        "The committee has been drawn already; replace a member who is absent or recused",
    )


def drawn_in_time(subject: Case, *, now: datetime.datetime, evaluates_at: datetime.datetime, **_: Any) -> Any:
    """Not earlier than two working days before the evaluation, and the evaluation not before the opening."""
    closes_at = periods.closing_at(subject)
    on = applicable(subject, now=now)
    early = closes_at is not None and evaluates_at < closes_at
    if evaluates_at < now or early:
        yield refuse(
            own(subject, "opening.at_deadline") if early else "",  # that the past is over is nobody's article
            code="evaluation_before_opening",
            zh="评审开始时间不得早于现在，也不得早于开标时间",
            en="The evaluation can begin neither before now nor before the opening",
            field="evaluates_at",
            **on,
        )
        return
    key = composition_of(subject).draw
    if not key or not law.applies(key, **on):
        return
    try:
        earliest = calendar.working_days_before(calendar.day_of(evaluates_at), law.value(key, **on))
    except calendar.HorizonError as error:
        yield beyond_calendar(error, field="evaluates_at")
        return
    if calendar.day_of(now) < earliest:
        yield refuse(
            key,
            code="drawn_too_early",
            zh="抽取评审专家不得早于评审开始前{limit}：{evaluation} 评审的项目，最早可在 {earliest} 抽取",
            en="Experts may be drawn at most {limit} before the evaluation: for {evaluation}, from {earliest} on",
            field="evaluates_at",
            evaluation=calendar.day_of(evaluates_at),
            earliest=earliest,
            **on,
        )


def composed_lawfully(
    subject: Case, *, now: datetime.datetime, size: int | None, is_complex: bool, representatives: Any, **_: Any
) -> Any:
    """Odd, large enough, two thirds experts (87号令 art. 47)."""
    on, keys = applicable(subject, now=now), composition_of(subject)
    least = smallest_size(subject, is_complex=is_complex, now=now)
    members = size or least
    if keys.size and (members < least or not members & 1):
        yield refuse(
            keys.size,
            code="committee_size",
            zh="本项目评标委员会应当为 {least} 人以上单数，而不是 {members} 人；请改为 {lawful} 人",
            en="The committee of this case needs an odd number of at least {least} members, not {members}: make it"
            " {lawful}",
            field="size",
            least=least,
            members=members,
            lawful=max(least, members + 1),
            **on,
        )
        return
    if full := chosen_fit(subject, now=now, members=members, representatives=len(representatives)):
        yield full
        return
    most = members - fewest_experts(subject, size=members, now=now)
    if len(representatives) > most:
        yield refuse(
            keys.expert_share,
            code="too_few_experts",
            zh="评审专家不得少于成员总数的{limit}：{members} 人的评标委员会中采购人代表最多 {most} 人",
            en="At least {limit} of the members are experts: of {members} members at most {most} may represent the"
            " buyer",
            field="representatives",
            members=members,
            most=most,
            **on,
        )
    barred = people_of(interested(subject) - {subject.buyer_id}, case=subject, now=now)
    for post in representatives:
        if post.person_id in barred:
            yield recusal(subject, now=now, field="representatives", who=post.person.name)
        elif post.person_id in gave_opinions(subject):
            yield gave_opinion(subject, now=now, field="representatives", who=post.person.name)


def pool_suffices(
    subject: Case,
    *,
    now: datetime.datetime,
    size: int | None,
    is_complex: bool,
    representatives: Any,
    specialities: str,
    **_: Any,
) -> Refusal | None:
    """Enough experts of the library qualify for the places left to the draw (members less representatives and those
    chosen), and one of each speciality for which a place is kept (87号令 art. 48)."""
    wanted = (size or smallest_size(subject, is_complex=is_complex, now=now)) - len(representatives)
    wanted -= len(chosen(subject))
    available = pool(subject, specialities=specialities, now=now).count()
    if available < wanted:
        return _pool_too_small(subject, wanted=wanted, available=available, now=now)
    waiting = places_left(subject, is_complex=is_complex, now=now)
    for n, word in enumerate(waiting):
        if n >= wanted or not pool(subject, specialities=word, now=now).exists():
            return _no_specialist(subject, word, now=now)
    return None


def places_left(case: Case, *, is_complex: bool, now: datetime.datetime) -> tuple[str, ...]:
    """The specialities for which the draw keeps a place: those that nobody has whom the buyer chose."""
    named = [one.expert.specialities for one in chosen(case)]
    kept = places_kept(case, is_complex=is_complex, now=now)
    return tuple(word for word in kept if not any(word in one for one in named))


def _no_specialist(case: Case, word: str, *, now: datetime.datetime) -> Refusal:
    code, zh, en, key = {
        LAW: ("no_legal_expert", "法律", "a lawyer", composition_of(case).legal),
        ECONOMY: ("no_economic_expert", "经济", "an economist", composition_of(case).economic),
    }[word]
    return refuse(
        key,
        code=code,
        zh="评审专家中应当包含一名{field_zh}专家，专家库中没有可以抽取的{field_zh}专家",
        en="One of the experts is {field_en}, and the library has none who could be drawn",
        field_zh=zh,
        field_en=en,
        **applicable(case, now=now),
    )


def replacement_available(subject: CommitteeMember, *, now: datetime.datetime, representative: Any, **_: Any) -> Any:
    """无法及时补足的，停止评标、封存文件，另行组建评标委员会 (87号令 art. 49)."""
    case = subject.committee.case
    if representative is not None:
        if subject.expert_id is not None:
            yield refuse(
                "committee.expert_share",
                code="too_few_experts",
                zh="评审专家只能由从专家库中抽取的评审专家替补",
                en="An expert can only be replaced by an expert drawn from the library",
                field="representative",
                **applicable(case, now=now),
            )
        elif representative.person_id in people_of(interested(case) - {case.buyer_id}, case=case, now=now):
            yield recusal(case, now=now, field="representative")
        elif representative.person_id in gave_opinions(case):
            yield gave_opinion(case, now=now, field="representative")
    elif not substitutes(subject, now=now).exists():
        yield _nobody_left(case, now=now)


def _nobody_left(case: Case, *, now: datetime.datetime) -> Refusal:
    """As below, with the way out that the method has when nobody can be put in."""
    if not own(case, "committee.formed_anew"):
        return _pool_too_small(case, wanted=1, available=0, now=now)
    return refuse(
        "committee.formed_anew",
        code="pool_too_small",
        zh="专家库中没有符合条件且无需回避的评审专家可以补足；可以推荐专家经审核入库后再补抽，无法及时补足的，停止评标，"
        "办理“重新组建评标委员会”",
        en="Nobody in the library qualifies and has no interest: have recommended experts admitted and call one; if"
        " that cannot be done in time, stop the evaluation and form another committee",
        **applicable(case, now=now),
    )


def _pool_too_small(case: Case, *, wanted: int, available: int, now: datetime.datetime) -> Refusal:
    return refuse(
        "committee.random_draw",
        code="pool_too_small",
        zh="需要抽取 {wanted} 名评审专家，专家库中符合条件且无需回避的只有 {available} 名；请扩大评审专业范围，"
        "或者推荐专家经审核入库后再抽取",
        en="{wanted} experts are needed, but only {available} in the library qualify and have no interest: widen the"
        " specialities, or have recommended experts admitted before drawing",
        wanted=wanted,
        available=available,
        **applicable(case, now=now),
    )
