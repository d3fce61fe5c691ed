"""How does a person come into the expert library, move, leave it, and say what binds them to whom?"""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input, TextField
from yangcai.parties import library_rules as rules
from yangcai.parties.models import Expert, ExpertTie, ExpertTitle, Organisation, Person, Post, TieKind
from yangcai.parties.roles import Role


class AdmitExpert(Input):
    username = TextField(label=_("登录名"), max_length=64)
    employer = forms.ModelChoiceField(label=_("工作单位"), queryset=Organisation.objects.all())
    specialities = TextField(label=_("评审专业"), help_text=_("多个专业用逗号分开"))
    title = forms.ChoiceField(label=_("职称"), choices=[("", _("请选择")), *ExpertTitle.choices])
    in_field_since_on = DateField(label=_("从事相关领域工作起始日期"))
    born_on = DateField(label=_("出生日期"))


@action(
    "expert.admit",
    zh="专家入库",
    en="Admit an expert",
    on=Organisation,
    by={Role.TREASURY},
    checks=(rules.may_be_expert, rules.has_begun, rules.is_young_enough, rules.is_experienced),
    input=AdmitExpert,
    sentence=("{post}审核一名评审专家入库", "{post} admitted an expert to the library"),
    is_public=False,
    cites=("expert.experience", "expert.age", "expert.not_supervisor"),
)
def admit_expert(
    library: Organisation, *, by: Post, now: datetime.datetime, username: str, employer: Organisation, **values: Any
) -> Expert:
    """Into the library, with the post through which the expert will sit; done on the treasury that keeps it."""
    person, today = Person.objects.get(username=username), timezone.localdate(now)
    _post_at(person, employer, today)
    return Expert.objects.create(person=person, employer=employer, admitted_on=today, **values)


def _post_at(person: Person, employer: Organisation, today: datetime.date) -> None:
    valid = Post.objects.filter(person=person, organisation=employer, role=Role.EXPERT, from_on__lte=today)
    if not valid.exclude(to_on__lt=today).exists():
        Post.objects.update_or_create(
            person=person, organisation=employer, role=Role.EXPERT, from_on=today, defaults={"to_on": None}
        )


class MoveExpert(Input):
    employer = forms.ModelChoiceField(label=_("新工作单位"), queryset=Organisation.objects.all())


@action(
    "expert.move",
    zh="变更专家工作单位",
    en="Change an expert's employer",
    on=Expert,
    by={Role.TREASURY},
    needs=(rules.is_in_library,),
    checks=(rules.is_another_employer,),
    input=MoveExpert,
    sentence=("{post}变更了一名评审专家的工作单位", "{post} changed an expert's employer"),
    is_public=False,
    cites=("committee.recusal_lookback",),
    hint=(
        "原单位自动记为劳动关系，回避年限内仍须回避",
        "The old employer is kept as a tie: it means recusal for the look-back years",
    ),
)
def move_expert(expert: Expert, *, by: Post, now: datetime.datetime, employer: Organisation) -> Expert:
    """The old employment stays as a fact that ends today; the old post ends with it."""
    today = timezone.localdate(now)
    ExpertTie.objects.create(
        expert=expert,
        organisation=expert.employer,
        kind=TieKind.EMPLOYMENT,
        from_on=min(expert.admitted_on, today),
        to_on=today,
        declared_at=now,
    )
    old = Post.objects.filter(person=expert.person, organisation=expert.employer, role=Role.EXPERT)
    old.filter(to_on__isnull=True, from_on__lte=today).update(to_on=today)
    _post_at(expert.person, employer, today)
    expert.employer = employer
    expert.save(update_fields=["employer"])
    return expert


class DismissExpert(Input):
    reason = TextField(label=_("退库理由"), lines=2)


@action(
    "expert.dismiss",
    zh="专家退库",
    en="Take an expert off the library",
    on=Expert,
    by={Role.TREASURY},
    needs=(rules.is_in_library,),
    input=DismissExpert,
    sentence=("{post}办理一名评审专家退库", "{post} took an expert off the library"),
    is_public=False,
    dangerous=True,
)
def dismiss_expert(expert: Expert, *, by: Post, now: datetime.datetime, reason: str) -> Expert:
    """Not drawn any more from today on."""
    expert.left_on, expert.left_reason = timezone.localdate(now), reason
    expert.save(update_fields=["left_on", "left_reason"])
    return expert


class DeclareTie(Input):
    organisation = forms.ModelChoiceField(label=_("关联单位"), queryset=Organisation.objects.all())
    kind = forms.ChoiceField(label=_("关系"), choices=[("", _("请选择")), *TieKind.choices])
    from_on = DateField(label=_("起"))
    to_on = DateField(label=_("止"), required=False, help_text=_("仍然存在的不填"))
    note = TextField(label=_("说明"), required=False, lines=2)


@action(
    "expert_tie.declare",
    zh="申报回避事实",
    en="Declare a recusal fact",
    on=Expert,
    by={Role.EXPERT, Role.TREASURY},
    needs=(rules.is_in_library,),
    checks=(rules.dates_are_possible,),
    input=DeclareTie,
    sentence=("{post}申报了回避事实", "{post} declared a recusal fact"),
    is_public=False,
    cites=("committee.recusal", "committee.recusal_lookback"),
    hint=(
        "申报后，涉及该单位的项目不再抽取该专家；已入席的请说明不能参加",
        "The expert is not drawn for this organisation's cases any more; a seat taken already has to be declined",
    ),
)
def declare_tie(expert: Expert, *, by: Post, now: datetime.datetime, **values: Any) -> ExpertTie:
    """From now on this keeps the expert off every case of the organisation."""
    return ExpertTie.objects.create(expert=expert, declared_at=now, **values)


class EndTie(Input):
    to_on = DateField(label=_("止"))


@action(
    "expert_tie.end",
    zh="终止回避事实",
    en="End a recusal fact",
    on=ExpertTie,
    by={Role.EXPERT, Role.TREASURY},
    needs=(rules.has_not_ended,),
    checks=(rules.ends_in_its_time,),
    input=EndTie,
    sentence=("{post}登记回避事实终止", "{post} entered the end of a recusal fact"),
    is_public=False,
    cites=("committee.recusal_lookback",),
)
def end_tie(tie: ExpertTie, *, by: Post, now: datetime.datetime, to_on: datetime.date) -> ExpertTie:
    """The fact stays; the look-back begins."""
    tie.to_on = to_on
    tie.save(update_fields=["to_on"])
    return tie
