"""Who may sit on the committee, how many must, when may they be drawn, and may this member act?"""

import datetime
import re
from fractions import Fraction
from math import ceil
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from yangcai import law, procedures
from yangcai.cases import periods
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable, beyond_calendar, own, refuse
from yangcai.kernel import calendar
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import LAW, Expert, Post
from yangcai.parties.roles import Role
from yangcai.parties.ties import tied_people
from yangcai.planning.models import ImportExpert
from yangcai.tendering import arithmetic, method
from yangcai.tendering.models import Bid, CommitteeMember, ExpertDraw, Invitee, Participation

#: The speciality of economists in the library, for whom a method may keep a place, as for lawyers.
ECONOMY = "经济"

# --- composition ---------------------------------------------------------------------------------------------------


def smallest_size(case: Case, *, is_complex: bool, now: datetime.datetime) -> int:
    """Fewest members, from the method's rules: a tender 5, or 7 from 10 million yuan on or when complex or of large
    social impact (87号令 art. 47); a negotiation 3, or 5 at the open-tender threshold (74号令 art. 7)."""
    keys, on = _composition(case), applicable(case, now=now)
    if not keys.size:
        return 1
    rich = bool(keys.large_budget) and law.applies(keys.large_budget, **on)
    large = (is_complex and keys.large_if_complex) or (rich and case.budget >= law.value(keys.large_budget, **on))
    return law.value(keys.large_size if large and keys.large_size else keys.size, **on)


def fewest_experts(case: Case, *, size: int, now: datetime.datetime) -> int:
    """评审专家不得少于成员总数的三分之二, where the method says so."""
    if not _composition(case).expert_share:
        return 0
    return ceil(size * Fraction(law.value(_composition(case).expert_share, **applicable(case, now=now))))


def _composition(case: Case) -> procedures.Committee:
    found = procedures.get(case.procedure).committee
    if found is None:
        raise ValueError(f"{case.procedure} has no committee")
    return found


# --- the pool ------------------------------------------------------------------------------------------------------


@remembered
def interested(case: Case) -> frozenset[int]:
    """Organisations whose people must stay away: buyer, agent, and whoever obtained the file or bids."""
    suppliers = set(Participation.objects.filter(case=case).values_list("supplier_id", flat=True))
    suppliers |= set(Bid.objects.filter(lot__case=case).values_list("supplier_id", flat=True))
    suppliers |= set(Invitee.objects.filter(case=case).values_list("supplier_id", flat=True))
    return frozenset({case.buyer_id, *suppliers} | ({case.agent_id} if case.agent_id else set()))


@remembered
def people_of(organisations: frozenset[int], *, case: Case, now: datetime.datetime) -> frozenset[int]:
    """Everyone who works for one of these organisations or did in the look-back years, and whom another fact binds to
    one (条例 art. 9)."""
    years = law.value("committee.recusal_lookback", **applicable(case, now=now))
    since = calendar.due_on(timezone.localdate(now), -years, "years", rounding="none")
    posts = Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=since), organisation_id__in=organisations)
    employed = Expert.objects.filter(Q(left_on__isnull=True) | Q(left_on__gte=since), employer_id__in=organisations)
    return frozenset(
        {
            *posts.values_list("person_id", flat=True),
            *employed.values_list("person_id", flat=True),
            *tied_people(organisations, on=timezone.localdate(now), since=since),
        }
    )


@remembered
def gave_opinions(case: Case) -> frozenset[int]:
    """Who reasoned that imported products are needed evaluates nothing of the purchase (财库〔2007〕119号)."""
    named = ImportExpert.objects.filter(approval__plan_item=case.plan_item_id)
    return frozenset(named.values_list("expert__person_id", flat=True))


def words(specialities: str) -> list[str]:
    """Specialities as they are entered, one by one."""
    return [word for word in re.split(r"[\s,，、;；]+", specialities) if word]


def pool(case: Case, *, specialities: str, now: datetime.datetime) -> QuerySet[Expert]:
    """Experts of the library who may be drawn: in the library today, of the speciality, without an interest."""
    today = timezone.localdate(now)
    experts = Expert.objects.filter(Q(left_on__isnull=True) | Q(left_on__gt=today), admitted_on__lte=today)
    wanted = Q()
    for word in words(specialities):
        wanted |= Q(specialities__icontains=word)
    acting = Post.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=today), role=Role.EXPERT, from_on__lte=today, person__is_active=True
    )
    seated = CommitteeMember.objects.filter(committee__case=case).values("post__person_id")
    return (
        experts.filter(
            wanted, pk__in=acting.filter(organisation=F("person__expert__employer")).values("person__expert")
        )
        .exclude(person_id__in=people_of(interested(case), case=case, now=now) | gave_opinions(case))
        .exclude(person_id__in=seated)
    )


@remembered
def eligible(case: Case, *, now: datetime.datetime) -> frozenset[int]:
    """The experts of the pool, whatever their speciality."""
    return frozenset(pool(case, specialities="", now=now).values_list("pk", flat=True))


def listed(case: Case, *, specialities: str, is_complex: bool, now: datetime.datetime) -> QuerySet[Expert]:
    """Who stands on the list of a draw: the pool, and the lawyers and economists where one of them must sit."""
    found = pool(case, specialities=specialities, now=now)
    for word in places_kept(case, is_complex=is_complex, now=now):
        found = found | pool(case, specialities=word, now=now)
    return found.select_related("person", "employer")


def kept_seat(member: CommitteeMember) -> str:
    """The speciality for which this seat was kept, where nobody else here has it; empty for any other seat."""
    others = CommitteeMember.objects.filter(committee_id=member.committee_id, replaced_at__isnull=True)
    others = others.exclude(pk=member.pk)
    for word, name in ((LAW, "lawyers"), (ECONOMY, "economists")):
        if member.expert is None or word not in member.expert.specialities:
            continue
        drawn = ExpertDraw.objects.filter(case_id=member.committee.case_id, drawn_at__isnull=False)
        kept = drawn.filter(**{f"commit__{name}__gt": 0}).exists()
        if kept and not others.filter(expert__specialities__contains=word).exists():
            return word
    return ""


def substitutes(member: CommitteeMember, *, now: datetime.datetime) -> QuerySet[Expert]:
    """Who may take this seat: for the lawyer's another lawyer; else experts of the same speciality, else of any."""
    kept = kept_seat(member)
    if kept:
        return pool(member.committee.case, specialities=kept, now=now)
    same = pool(member.committee.case, specialities=member.expert.specialities if member.expert else "", now=now)
    return same if same.exists() else pool(member.committee.case, specialities="", now=now)


def seat_of(expert: Expert, *, now: datetime.datetime) -> Post:
    """The post through which a drawn expert sits."""
    today = timezone.localdate(now)
    posts = Post.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=today),
        person_id=expert.person_id,
        organisation_id=expert.employer_id,
        role=Role.EXPERT,
        from_on__lte=today,
    )
    return posts.order_by("pk")[0]


# --- needs and checks of the draw ----------------------------------------------------------------------------------


def may_be_formed(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A tender's committee is drawn after publication; a group that confirms the file is formed before it (74号令). A
    call-off and a standing call have nothing to judge."""
    if procedures.get(subject.procedure).committee is None:
        return Refusal("no_committee_here", "本采购方式不设评审委员会", "This method has no committee")
    if subject.ended_at is None and (subject.published_at is not None or not _composition(subject).draw):
        return None
    return Refusal(
        "not_running",
        "项目尚未发布公告或者已经结束，不能抽取评审专家",
        "The case is not published yet, or has ended: no experts can be drawn",
    )


def has_no_committee(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
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
    key = _composition(subject).draw
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
    on, keys = applicable(subject, now=now), _composition(subject)
    least = smallest_size(subject, is_complex=is_complex, now=now)
    members = size or least
    if keys.size and (members < least or not members & 1):
        yield refuse(
            keys.size,
            code="committee_size",
            zh="本项目评标委员会应当为 {least} 人以上单数，而不是 {members} 人",
            en="The committee of this case needs an odd number of at least {least} members, not {members}",
            field="size",
            least=least,
            members=members,
            **on,
        )
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
            yield recusal(subject, now=now, field="representatives")
        elif post.person_id in gave_opinions(subject):
            yield _gave_opinion(subject, now=now, field="representatives")


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
    wanted = (size or smallest_size(subject, is_complex=is_complex, now=now)) - len(representatives)
    available = pool(subject, specialities=specialities, now=now).count()
    if available < wanted:
        return _pool_too_small(subject, wanted=wanted, available=available, now=now)
    for word in places_kept(subject, is_complex=is_complex, now=now):
        if not pool(subject, specialities=word, now=now).exists():
            return _no_specialist(subject, word, now=now)
    return None


def _no_specialist(case: Case, word: str, *, now: datetime.datetime) -> Refusal:
    code, zh, en, key = {
        LAW: ("no_legal_expert", "法律", "a lawyer", _composition(case).legal),
        ECONOMY: ("no_economic_expert", "经济", "an economist", _composition(case).economic),
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


def places_kept(case: Case, *, is_complex: bool, now: datetime.datetime) -> tuple[str, ...]:
    """The specialities for which a place is kept: a lawyer's in a complex negotiation (74号令 art. 7), in cooperative
    innovation an economist's as well (财库〔2024〕13号)."""
    found = _composition(case)
    if not (is_complex or found.specialists_always):
        return ()
    keys = ((LAW, found.legal), (ECONOMY, found.economic))
    return tuple(word for word, key in keys if key and law.applies(key, **applicable(case, now=now)))


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
    elif not substitutes(subject, now=now).exists():
        yield _pool_too_small(case, wanted=1, available=0, now=now)


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


def recusal(case: Case, *, now: datetime.datetime, field: str = "") -> Refusal:
    return refuse(
        "committee.recusal",
        code="recusal",
        zh="该人员现在或者近年内任职于采购人、代理机构或者投标人，或者与其有控股、亲属等利害关系，应当回避；请由抽取"
        "顺序中的下一名或者另一名代表参加",
        en="This person works, or lately worked, for the buyer, the agent or a bidder, or is tied to one by shares or"
        " kinship, and must recuse: take the next in the order of the draw, or another representative",
        field=field,
        **applicable(case, now=now),
    )


def _gave_opinion(case: Case, *, now: datetime.datetime, field: str = "") -> Refusal:
    return refuse(
        "import.experts_apart",
        code="gave_import_opinion",
        zh="参与本项目进口产品论证的专家，不得再参加本项目的评审",
        en="Whoever gave an opinion on imported products for this purchase may not evaluate it",
        field=field,
        **applicable(case, now=now),
    )


# --- may this member act? ------------------------------------------------------------------------------------------


@remembered
def members(case: Case) -> list[CommitteeMember]:
    """Who sits, in the order of the draw; replaced members do not."""
    sitting = CommitteeMember.objects.filter(committee__case=case, replaced_at__isnull=True)
    return list(sitting.select_related("post__person", "committee").order_by("pk"))


def member_at(case: Case, post: Any) -> CommitteeMember | None:
    return next((member for member in members(case) if member.post_id == post.pk), None)


def evaluation_has_begun(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Members do not attend the opening (87号令 art. 40): they sign in once a lot has left it."""
    case = subject.committee.case
    begun = method.judging(case)
    if any(lot.stage_at(now) in begun for lot in case.lots.all()):
        return None
    if case.published_at is None and not _composition(case).draw:
        return None
    return refuse(
        "opening.committee_absent",
        code="opening_not_over",
        zh="评标委员会成员不得参加开标；请在开标结束后、评审期间签到",
        en="Committee members may not attend the opening: sign in after it, while a lot is being evaluated",
        **applicable(case, now=now),
    )


def not_replaced(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.replaced_at is None:
        return None
    return refuse(
        "committee.replacement",
        code="member_replaced",
        zh="该成员已被更换，其评审意见无效",
        en="This member has been replaced; its opinions are void",
        **applicable(subject.committee.case, now=now),
    )


def not_signed_in(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return Refusal("already_signed_in", "您已经签到", "You have signed in already") if subject.signed_in_at else None


def has_no_interest(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Bidders are known now: whoever has to do with one recuses (政府采购法 art. 12)."""
    case = subject.committee.case
    barred = interested(case) - (set() if subject.expert_id else {case.buyer_id})
    if subject.post.person_id in gave_opinions(case):
        return _gave_opinion(case, now=now)
    return recusal(case, now=now) if subject.post.person_id in people_of(barred, case=case, now=now) else None


def undeclared(case: Case, *, now: datetime.datetime) -> list[CommitteeMember]:
    """Members who signed in before the suppliers were known, and have not said since whether they must recuse. A group
    that confirms the file sits before anybody responds (74号令 art. 8): whom to recuse for it learns later."""
    keys, closes_at = procedures.get(case.procedure).committee, periods.closing_at(case)
    if keys is None or keys.draw or closes_at is None or now < closes_at:
        return []
    responses = Bid.objects.filter(lot__case=case, stage=Stage.SUBMISSION)
    last = responses.aggregate(last=Max("received_at"))["last"]
    if last is None:
        return []
    return [one for one in members(case) if one.signed_in_at and (one.declared_at or one.signed_in_at) < last]


def suppliers_came_later(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if any(one.pk == subject.pk for one in undeclared(subject.committee.case, now=now)):
        return None
    return Refusal(
        "nothing_to_declare",
        "您尚未签到，或者签到时供应商已经确定，无需再次申报",
        "You have not signed in, or the suppliers were known when you did: nothing is to be declared again",
    )


@remembered
def _is_evaluating(case: Case, *, now: datetime.datetime) -> bool:
    over = {str(Stage.AWARD), ""}
    return any(lot.stage_at(now) not in over for lot in case.every_lot())


def still_evaluating(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A member is replaced while there is still something to evaluate."""
    if _is_evaluating(subject.committee.case, now=now):
        return None
    return Refusal("evaluation_over", "评审已经结束，不能更换成员", "The evaluation is over: no member can be replaced")


def sits(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Only members who signed in, on a complete committee, evaluate; other roles are told elsewhere what they may."""
    if by.role != Role.EXPERT:
        return None
    own = member_at(subject.root, by)
    if own is None:
        return refuse(
            "committee.independence",
            code="not_a_member",
            zh="您不是本项目评标委员会成员",
            en="You are not a member of this committee",
            **applicable(subject.root, now=now),
        )
    if own.signed_in_at is None:
        return Refusal("not_signed_in", "请先签到并作出回避承诺", "Sign in and declare that you need not recuse first")
    return is_complete(subject, by=by, now=now)


def _interests_open(case: Case, *, now: datetime.datetime) -> Refusal | None:
    open_ = len(undeclared(case, now=now))
    if not open_:
        return None
    return refuse(
        "committee.recusal",
        code="interests_undeclared",
        zh="供应商已经确定，还有 {count} 名签到在前的成员没有对照供应商名单申报回避；请先申报，应当回避的予以更换",
        en="The suppliers are known, and {count} members who signed in before that have not declared their interests:"
        " they declare first, and who must recuse is replaced",
        count=open_,
        **applicable(case, now=now),
    )


def is_complete(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The committee is drawn and every member is here (87号令 art. 47, 49)."""
    case = subject.root
    seated = members(case)
    if not seated:
        return refuse(
            _composition(case).size,
            code="no_committee",
            zh="尚未抽取评标委员会",
            en="The committee has not been drawn yet",
            **applicable(case, now=now),
        )
    absent = sum(member.signed_in_at is None for member in seated)
    if not absent:
        return _interests_open(case, now=now)
    return refuse(
        "committee.replacement",
        code="committee_incomplete",
        zh="评标委员会还有 {absent} 名成员没有签到，组成不完整，不能评审；请等待签到或者由采购人、代理机构更换成员",
        en="{absent} members have not signed in yet: an incomplete committee may not evaluate; wait, or have them"
        " replaced",
        absent=absent,
        **applicable(case, now=now),
    )


def chairs(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """What the whole committee decides is recorded by its chair."""
    if by.role != Role.EXPERT:
        return None
    own = member_at(subject.root, by)
    if own is None or own.is_chair:
        return None
    return Refusal("not_chair", "该事项由评标委员会组长办理", "The chair of the committee does this")
