"""Who sits on the committee, and may this member act?"""

import datetime
from typing import Any

from django.db.models import Max

from yangcai import procedures
from yangcai.cases import periods
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.parties.roles import Role
from yangcai.tendering import method
from yangcai.tendering.models import Bid, CommitteeMember
from yangcai.tendering.rules.committee.composition import composition_of
from yangcai.tendering.rules.committee.pool import gave_opinion, gave_opinions, interested, people_of


@remembered
def members(case: Case) -> list[CommitteeMember]:
    """Who sits, in the order of the draw; replaced members do not."""
    sitting = CommitteeMember.objects.filter(committee__case=case, replaced_at__isnull=True)
    return list(sitting.select_related("post__person", "committee").order_by("pk"))


def member_at(case: Case, post: Any) -> CommitteeMember | None:
    """The seat of this post on the committee, None where it has none or was replaced."""
    return next((member for member in members(case) if member.post_id == post.pk), None)


def evaluation_has_begun(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Members do not attend the opening (87号令 art. 40): they sign in once a lot has left it."""
    case = subject.committee.case
    begun = method.judging(case)
    if any(lot.stage_at(now) in begun for lot in case.lots.all()):
        return None
    if case.published_at is None and not composition_of(case).draw:
        return None
    return refuse(
        "opening.committee_absent",
        code="opening_not_over",
        zh="评标委员会成员不得参加开标；请在开标结束后、评审期间签到",
        en="Committee members may not attend the opening: sign in after it, while a lot is being evaluated",
        **applicable(case, now=now),
    )


def not_replaced(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a member who was replaced: what such a one said is void (87号令 art. 49)."""
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
    """A member signs in once."""
    return Refusal("already_signed_in", "您已经签到", "You have signed in already") if subject.signed_in_at else None


def has_no_interest(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Bidders are known now: whoever has to do with one recuses (政府采购法 art. 12)."""
    case = subject.committee.case
    # The buyer's representative, or its own expert where the method lets it choose one (87号令 art. 47, 48).
    of_buyer = subject.expert_id is None or (subject.chosen_id is not None and composition_of(case).chosen_own_unit)
    barred = interested(case) - ({case.buyer_id} if of_buyer else set())
    if subject.post.person_id in gave_opinions(case):
        return gave_opinion(case, now=now)
    if subject.post.person_id not in people_of(barred, case=case, now=now):
        return None
    return refuse(
        "committee.recusal",
        code="recusal",
        zh="您现在或者近年内任职于采购人、代理机构或者投标人，或者与其有控股、亲属等利害关系，应当回避；尚未签到的，请办理"
        "“不能参加评审”，已经签到的，请告知采购人或者代理机构更换",
        en="You work, or lately worked, for the buyer, the agent or a bidder, or are tied to one by shares or kinship,"
        " and must recuse: before the sign-in decline the seat, after it tell the buyer or agent to replace you",
        **applicable(case, now=now),
    )


def nothing_to_recuse_for(subject: CommitteeMember, *, now: datetime.datetime, commits: bool, **_: Any) -> Any:
    """Who cannot say so recuses (政府采购法 art. 12): refuses the box that was left empty, with the way out."""
    if commits:
        return None
    return refuse(
        "committee.recusal",
        code="not_declared",
        zh="没有应当回避的关系并作出承诺的，才能评审；应当回避的，请不要勾选，申请不参加评审或者告知采购人、代理机构更换评委",
        en="Only who has nothing to recuse for, and says so, evaluates. If you must recuse, leave the box empty:"
        " decline the seat, or tell the buyer or agent to replace you",
        field="commits",
        **applicable(subject.committee.case, now=now),
    )


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
    """Refuses who has nothing to declare anew: the suppliers were known at the sign-in (see `undeclared`)."""
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
            composition_of(case).size,
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
