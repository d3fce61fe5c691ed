"""Who evaluates? Drawn from the library so that the draw can be repeated; signed in; replaced when absent."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MomentField, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.procedures import PROCEDURES
from yangcai.tendering import draws
from yangcai.tendering.inputs import DeclaredField, limit
from yangcai.tendering.models import Committee, CommitteeMember
from yangcai.tendering.rules import draw as draw_rules
from yangcai.tendering.rules.committee import chosen, composition, drawing, outside, pool, seats


def representatives_of(buyer_id: int, *, now: datetime.datetime) -> Any:
    """Posts through which the buyer's own people may sit: role expert, at the buyer."""
    today = timezone.localdate(now)
    return (
        Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=today), from_on__lte=today)
        .filter(organisation_id=buyer_id, role=Role.EXPERT)
        .select_related("person", "organisation")
        .order_by("pk")
    )


class DrawCommittee(Input):
    evaluates_at = MomentField(label=_("评审开始时间"))
    size = forms.IntegerField(
        label=_("评标委员会人数"), required=False, min_value=1, max_value=99, help_text=_("不填时按法定最少人数")
    )
    is_complex = forms.BooleanField(
        label=_("技术复杂或者社会影响较大"), required=False, help_text=_("评标委员会人数相应增加")
    )
    specialities = TextField(
        label=_("评审专业"), required=False, help_text=_("多个专业用逗号分开；不填时从全部专业中抽取")
    )
    representatives = forms.ModelMultipleChoiceField(
        label=_("采购人代表"), queryset=Post.objects.filter(role=Role.EXPERT), required=False
    )
    public_seed = TextField(
        label=_("公开随机数"),
        required=False,
        help_text=_("可填写抽取时才产生的公开号码；平台另加一段随机数，任何一方都不能单独左右结果"),
    )

    def scope(self) -> None:
        if isinstance(self.subject, Case):
            limit(self.fields["representatives"], representatives_of(self.subject.buyer_id, now=self.now))


#: What every method says about its committee.
COMPOSITION = tuple(
    dict.fromkeys(key for one in PROCEDURES.values() if one.committee for key in one.committee.rule_keys())
)
#: Whom the draw leaves out and the sign-in sends away, and who never chairs (87号令 art. 45(4), 47).
WHO_MAY_NOT = ("committee.own_unit", "committee.agent_staff", "committee.buyer_not_head")


@action(
    "committee.draw",
    zh="抽取评审专家",
    en="Draw the committee",
    on=Case,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(
        drawing.may_be_formed,
        drawing.has_no_committee,
        draw_rules.no_draw_is_open,
        chosen.no_choice_waits,
        chosen.chosen_may_sit,
        outside.no_outside_list_waits,
    ),
    checks=(drawing.drawn_in_time, drawing.composed_lawfully, drawing.pool_suffices),
    input=DrawCommittee,
    sentence=("{post}抽取了评标委员会", "{post} drew the committee"),
    is_public=False,
    cites=("committee.random_draw", *COMPOSITION, *WHO_MAY_NOT),
    hint=(
        "名单在中标结果公告前保密；评委签到后才向代理机构显示",
        "Names stay secret until the award notice; the agent sees a member only after sign-in",
    ),
)
def draw_committee(
    case: Case,
    *,
    by: Any,
    now: datetime.datetime,
    evaluates_at: datetime.datetime,
    size: int | None,
    is_complex: bool,
    specialities: str,
    representatives: Any,
    public_seed: str,
) -> Committee:
    """Draw by VRD/1 with the platform's number (and a public one); seat the first in order, the first of all chairs.
    Whom the buyer chose with consent sits beside those who were drawn."""
    members = size or composition.smallest_size(case, is_complex=is_complex, now=now)
    drawn = draws.at_once(
        case,
        pool.listed(case, specialities=specialities, is_complex=is_complex, now=now),
        kept=drawing.places_left(case, is_complex=is_complex, now=now),
        places=members - len(representatives) - len(chosen.chosen(case)),
        size=members,
        specialities=specialities,
        is_complex=is_complex,
        evaluates_at=evaluates_at,
        representatives=representatives,
        public=public_seed,
        now=now,
    )
    return draws.compose(drawn, now=now)


class SignIn(Input):
    commits = DeclaredField(
        label=_("本人与投标人、采购人、代理机构没有应当回避的关系，并承诺独立、客观、公正评审，遵守评审纪律")
    )


@action(
    "committee.sign_in",
    zh="评委签到",
    en="Sign in as a member",
    on=CommitteeMember,
    by={Role.EXPERT},
    needs=(seats.not_replaced, seats.not_signed_in, seats.evaluation_has_begun, seats.has_no_interest),
    checks=(seats.nothing_to_recuse_for,),
    input=SignIn,
    sentence=("{post}签到并作出回避承诺", "{post} signed in and declared no conflict of interest"),
    is_public=False,
    cites=("committee.recusal", "committee.independence"),
)
def sign_in(member: CommitteeMember, *, by: Any, now: datetime.datetime, commits: bool) -> None:
    """The member is here and has nothing to recuse for."""
    CommitteeMember.objects.filter(pk=member.pk).update(signed_in_at=now)


class DeclareInterests(Input):
    commits = DeclaredField(
        label=_("本人已阅看全部供应商名单，与其中任何一家没有应当回避的关系，继续独立、客观、公正评审")
    )


@action(
    "committee.declare",
    zh="对照供应商申报回避",
    en="Declare interests again",
    on=CommitteeMember,
    by={Role.EXPERT},
    needs=(seats.not_replaced, seats.suppliers_came_later, seats.has_no_interest),
    checks=(seats.nothing_to_recuse_for,),
    input=DeclareInterests,
    sentence=(
        "{post}在供应商确定后申报无须回避",
        "{post} declared no conflict of interest with the suppliers that are known now",
    ),
    is_public=False,
    cites=("committee.recusal", "committee.recusal_lookback"),
    hint=(
        "签到时供应商还没有确定；应当回避的，请告知采购人或者代理机构更换",
        "When you signed in the suppliers were not known; if you must recuse, tell the buyer or agent to replace you",
    ),
)
def declare_interests(member: CommitteeMember, *, by: Any, now: datetime.datetime, commits: bool) -> None:
    """Asked again of a group that was formed before anybody had responded (政府采购法 art. 12; 条例 art. 9)."""
    CommitteeMember.objects.filter(pk=member.pk).update(declared_at=now)


class ReplaceMember(Input):
    reason = TextField(label=_("更换理由"), lines=2, help_text=_("缺席、回避或者健康等特殊原因"))
    ground = forms.ChoiceField(
        label=_("更换情形"),
        choices=[("", "—"), *((code, draws.REASONS[code]) for code in draws.REMOVALS)],
        required=False,
        help_text=_("不填时：未签到的记为未按时到场，已签到的记为评审中途离开"),
    )
    representative = forms.ModelChoiceField(
        label=_("替补的采购人代表"),
        queryset=Post.objects.filter(role=Role.EXPERT),
        required=False,
        help_text=_("不填时从专家库中随机补抽"),
    )

    def scope(self) -> None:
        if isinstance(self.subject, CommitteeMember):
            seated = CommitteeMember.objects.filter(committee=self.subject.committee_id).values("post_id")
            buyer_id = self.subject.committee.case.buyer_id
            limit(self.fields["representative"], representatives_of(buyer_id, now=self.now).exclude(pk__in=seated))


@action(
    "committee.replace",
    zh="更换评委",
    en="Replace a member",
    on=CommitteeMember,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(seats.not_replaced, seats.still_evaluating),
    checks=(drawing.replacement_available,),
    input=ReplaceMember,
    sentence=("{post}更换了一名评委", "{post} replaced a member of the committee"),
    is_public=False,
    cites=("committee.replacement",),
    hint=("被更换成员的评审意见无效", "The replaced member's opinions are void"),
    occasional=True,
)
def replace_member(
    member: CommitteeMember, *, by: Any, now: datetime.datetime, reason: str, ground: str, representative: Post | None
) -> CommitteeMember:
    """Void the member's scores, seat the next of the draw (or another representative), hand on the chair if need be."""
    if representative is not None:
        CommitteeMember.objects.filter(pk=member.pk).update(replaced_at=now, replaced_reason=reason)
        return CommitteeMember.objects.create(committee=member.committee, post=representative)
    found = ground or ("left" if member.signed_in_at else "absent")
    return draws.replace(member, reason=found, words=reason, now=now)
