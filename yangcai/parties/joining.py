"""How does a supplier come in by itself, and how do its people? Nobody is asked for permission (财库〔2019〕38号)."""

import datetime
import hashlib
import secrets
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as social_credit

from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input, TextField
from yangcai.kernel.refusals import Refusal
from yangcai.parties import rules
from yangcai.parties.models import Invitation, Organisation, OrganisationKind, Person, Post, Size
from yangcai.parties.roles import Role

#: Brackets as licences write them, and as others type them.
WIDE, NARROW = str.maketrans("()", "（）"), str.maketrans("（）", "()")
#: For how long an invitation is good.
GOOD_FOR = datetime.timedelta(days=7)
#: Of these a login name is made: no letter is taken for another, and no name can be guessed from what is public.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_username() -> str:
    """A login name that nobody has: given out, never chosen, so that no form tells which names exist."""
    while True:
        drawn = "".join(secrets.choice(LETTERS) for _letter in range(8))
        name = f"{drawn[:4]}-{drawn[4:]}"
        if not Person.objects.filter(username=name).exists():
            return name


def invite(person: Person, *, now: datetime.datetime) -> str:
    """A secret with which this person sets a first password; earlier ones end. It is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    Invitation.objects.filter(person=person, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    Invitation.objects.create(person=person, digest=_digest(secret), made_at=now, expires_at=now + GOOD_FOR)
    return secret


def invited(secret: str, *, now: datetime.datetime, lock: bool = False) -> Invitation | None:
    """The invitation that this secret opens, if it is still good."""
    found = Invitation.objects.filter(digest=_digest(secret), used_at__isnull=True, expires_at__gt=now)
    if lock:
        found = found.select_for_update(of=("self",))
    return found.select_related("person__employer").filter(person__is_active=True).first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- the supplier itself -----------------------------------------------------------------------------------------


def is_the_platform(organisation: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """It is done through the platform's own organisation: whoever registers has no post yet."""
    if organisation.kind == OrganisationKind.PLATFORM:
        return None
    return Refusal("not_here", "自行登记在首页“供应商登记”办理", "Suppliers register themselves on the portal")


def code_is_free(
    organisation: Organisation, *, by: Post, now: datetime.datetime, uscc: str, **data: Any
) -> Refusal | None:
    """A right code that nobody has; where somebody has it, the way to go. That an organisation is here is public, who
    its people are is not."""
    found = rules.code_is_right(organisation, by=by, now=now, uscc=uscc, kind=OrganisationKind.SUPPLIER)
    return TAKEN if found is rules.CODE_TAKEN else found


def name_is_free(
    organisation: Organisation, *, by: Post, now: datetime.datetime, name: str, **data: Any
) -> Refusal | None:
    """No two organisations bear one name, nor two that look alike: nobody looks at who registers, and whoever reads a
    name takes brackets of either width for the same and sees no character without width."""
    if not name.isprintable():
        return Refusal(
            "name_not_printable", "名称含有看不见的字符", "The name holds characters that nobody sees", field="name"
        )
    if not Organisation.objects.filter(name__in={name, name.translate(WIDE), name.translate(NARROW)}).exists():
        return None
    return Refusal(
        "organisation_exists",
        "该名称已经登记。请核对信用代码；确属贵单位的，请本单位管理员邀请您加入",
        "This name is registered. Compare the code; if it is yours, have your administrator invite you",
        field="name",
    )


TAKEN = Refusal(
    "organisation_exists",
    "该统一社会信用代码已经登记，不能重复登记。请由本单位管理员在“人员和岗位”邀请您加入；"
    "管理员离职或者并非贵单位登记的，请持营业执照联系财政部门或者平台运维办理",
    "This code is registered already. Have your organisation's administrator invite you under “People and posts”;"
    " if there is none any more, or it was not you who registered, bring the licence to the finance bureau or the"
    " platform staff",
    field="uscc",
)


class JoinPlatform(Input):
    uscc = TextField(label=_("统一社会信用代码"), max_length=18, help_text=_("营业执照上的 18 位代码"))
    name = TextField(label=_("单位名称"), help_text=_("与营业执照一致"))
    address = TextField(label=_("地址"))
    contact = TextField(label=_("联系方式"), help_text=_("部门或者联系人，以及电话；中标公告依法载明"))
    size = forms.ChoiceField(
        label=_("企业规模"),
        choices=[("", _("请选择")), *Size.choices],
        help_text=_("依《中小企业划型标准规定》自行声明，对真实性负责"),
    )
    person_name = TextField(label=_("管理员姓名"), max_length=60)
    email = forms.EmailField(
        label=_("电子邮箱"),
        required=False,
        max_length=200,
        help_text=_("接收提醒，可以以后再填；登记后发一封邮件，用其中的链接确认"),
    )
    is_true = forms.BooleanField(label=_("以上内容真实，本人有权代表该单位登记"))


@action(
    "organisation.join",
    zh="供应商自行登记",
    en="Register as a supplier",
    on=Organisation,
    by={Role.PLATFORM},
    only=(is_the_platform,),
    checks=(code_is_free, name_is_free),
    input=JoinPlatform,
    sentence=("供应商自行登记（经{post}）", "A supplier registered itself (through {post})"),
    creates=True,
    is_public=False,
    cites=("suppliers.free_entry",),
    hint=(
        "登记即可参加采购活动，不需要审批，不收费",
        "Once registered you may take part: nobody has to approve it, and it costs nothing",
    ),
)
def join_platform(
    platform: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    uscc: str,
    person_name: str,
    email: str,
    is_true: bool,
    **values: object,
) -> Organisation:
    """The organisation and its first person, who administers it and acts for it. The password comes afterwards."""
    organisation = Organisation.objects.create(
        uscc=social_credit.compact(uscc), kind=OrganisationKind.SUPPLIER, jurisdiction=platform.jurisdiction, **values
    )
    person = _person(person_name, email=email, employer=organisation)
    today = timezone.localdate(now)
    for role in (Role.ADMINISTRATOR, Role.SUPPLIER):
        Post.objects.create(person=person, organisation=organisation, role=role, from_on=today)
    return organisation


def _person(name: str, *, email: str, employer: Organisation) -> Person:
    person = Person(username=new_username(), name=name, email=email, employer=employer)
    person.set_unusable_password()
    person.save()
    return person


# --- its people --------------------------------------------------------------------------------------------------


def role_fits(organisation: Organisation, *, by: Post, now: datetime.datetime, role: str, **data: Any) -> list[Refusal]:
    """A role of this kind of organisation that its administrator may give; none is right too."""
    if not role:
        return []
    found = [
        rule(organisation, by=by, now=now, role=role)
        for rule in (rules.role_fits_organisation, rules.role_is_in_your_hands)
    ]
    return [refusal for refusal in found if refusal is not None]


class InvitePerson(Input):
    name = TextField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), required=False, max_length=200)
    role = forms.ChoiceField(
        label=_("岗位"),
        choices=[("", _("暂不授岗")), *Role.choices],
        required=False,
        help_text=_("不授岗的可以受托代办"),
    )
    to_on = DateField(label=_("止"), required=False, help_text=_("不填为长期"))

    def scope(self) -> None:
        """Only what there is in such an organisation, and may be given by its administrator."""
        if isinstance(self.subject, Organisation):
            right = [
                (role, label)
                for role, label in Role.choices
                if self.subject.kind in rules.KINDS[role] and role not in rules.NOT_BY_ADMINISTRATORS
            ]
            self.fields["role"].choices = [("", _("暂不授岗")), *right]  # type: ignore[attr-defined]


def has_not_passed(
    organisation: Organisation, *, by: Post, now: datetime.datetime, to_on: datetime.date | None, **data: Any
) -> Refusal | None:
    """The last day is today or later."""
    if to_on is None or to_on >= timezone.localdate(now):
        return None
    return Refusal("impossible_date", "止期已过", "The last day has passed", field="to_on")


@action(
    "person.invite",
    zh="邀请人员",
    en="Invite a person",
    on=Organisation,
    by={Role.ADMINISTRATOR},
    checks=(role_fits, has_not_passed),
    input=InvitePerson,
    sentence=("{post}邀请了一名人员", "{post} invited a person"),
    is_public=False,
    cites=("control.separation",),
    hint=(
        "登录名由平台分配；链接只显示一次，请转交本人，七日内用它设置密码",
        "The platform gives the login name; the link is shown once: hand it to the person, who sets a password within"
        " seven days",
    ),
)
def invite_person(
    organisation: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    name: str,
    email: str,
    role: str,
    to_on: datetime.date | None,
) -> str:
    """The login name and the secret of the invitation, which is kept nowhere: `name:secret`."""
    person = _person(name, email=email, employer=organisation)
    if role:
        Post.objects.create(
            person=person, organisation=organisation, role=role, from_on=timezone.localdate(now), to_on=to_on
        )
    return f"{person.username}:{invite(person, now=now)}"


# --- who did not come in time ------------------------------------------------------------------------------------


def still_outside(organisation: Organisation, *, by: Post) -> list[Person]:
    """Its people who never set a password: with them a new invitation opens no account that somebody else uses. Who
    has had a post of another organisation too, or came with it, is the platform's to invite: the link opens that one's
    posts as well."""
    people = Person.objects.filter(invitations__isnull=False, is_active=True, last_login=None, expert=None)
    people = people.filter(Q(employer=organisation) | Q(posts__organisation=organisation))
    if by.role != Role.PLATFORM:
        people = people.filter(Q(employer=organisation) | Q(employer=None))
        people = people.exclude(pk__in=Post.objects.exclude(organisation=organisation).values("person_id"))
    return [person for person in people.distinct().order_by("name", "pk") if not person.has_usable_password()]


def somebody_is_outside(organisation: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if still_outside(organisation, by=by):
        return None
    return Refusal("nobody_waits", "没有尚未设置密码的人员", "Everybody who was invited has set a password")


class InviteAgain(Input):
    username = forms.ChoiceField(label=_("人员"))

    def scope(self) -> None:
        if isinstance(self.subject, Organisation) and isinstance(self.by, Post):
            found = still_outside(self.subject, by=self.by)
            waiting = [(one.username, f"{one.name}（{one.username}）") for one in found]
            self.fields["username"].choices = waiting  # type: ignore[attr-defined]


@action(
    "person.invite_again",
    zh="重新发出邀请",
    en="Invite somebody again",
    on=Organisation,
    by={Role.ADMINISTRATOR, Role.PLATFORM},
    only=(somebody_is_outside,),
    input=InviteAgain,
    sentence=("{post}重新邀请了一名人员", "{post} invited a person again"),
    is_public=False,
    cites=("control.separation",),
    hint=(
        "用于邀请链接过期、遗失而尚未设置密码的人员；以前的链接随即失效。单位自行登记后未及时设置密码的，由平台核实身份后办理",
        "For somebody who has no password yet and whose link ran out or was lost; earlier links end. Where an"
        " organisation registered itself and set no password in time, the platform does it once it knows who asks",
    ),
)
def invite_again(organisation: Organisation, *, by: Post, now: datetime.datetime, username: str) -> str:
    """As `person.invite`, for somebody who was invited before: `name:secret`."""
    return f"{username}:{invite(Person.objects.get(username=username), now=now)}"
