"""How does an organisation come onto the platform, how does a person get a post, and a program a token?"""

import datetime
import hashlib
import secrets

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as social_credit

from yangcai.kernel import calendar
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input, TextField
from yangcai.parties import rules
from yangcai.parties.models import ApiToken, Organisation, OrganisationKind, Person, Post, Size
from yangcai.parties.roles import Role


class RegisterOrganisation(Input):
    name = TextField(label=_("名称"))
    kind = forms.ChoiceField(label=_("类别"), choices=OrganisationKind.choices)
    uscc = TextField(label=_("统一社会信用代码"), required=False, max_length=18)
    parent = forms.ModelChoiceField(
        label=_("主管预算单位"), queryset=Organisation.objects.filter(kind=OrganisationKind.BUYER), required=False
    )
    jurisdiction = forms.RegexField(label=_("行政区划代码"), regex=r"^\d{6}$", initial="620171")
    address = TextField(label=_("地址"), required=False)
    contact = TextField(label=_("联系方式"), required=False)
    size = forms.ChoiceField(label=_("企业规模"), choices=[("", "—"), *Size.choices], required=False)
    is_prison_enterprise = forms.BooleanField(label=_("监狱企业"), required=False)
    is_disabled_welfare = forms.BooleanField(label=_("残疾人福利性单位"), required=False)


@action(
    "organisation.register",
    zh="登记主体",
    en="Register an organisation",
    on=Organisation,
    by={Role.PLATFORM, Role.TREASURY},
    checks=(rules.name_is_new, rules.code_is_right, rules.kind_is_in_your_hands),
    input=RegisterOrganisation,
    sentence=("{post}登记了主体", "{post} registered an organisation"),
    creates=True,
    is_public=False,
)
def register_organisation(
    registrar: Organisation, *, by: Post, now: datetime.datetime, uscc: str, **values: object
) -> Organisation:
    """Enter a buyer, agent, supplier or authority; done on the organisation of the one who registers."""
    return Organisation.objects.create(uscc=social_credit.compact(uscc) or None, **values)


class UpdateContacts(Input):
    address = TextField(label=_("地址"))
    contact = TextField(label=_("联系方式"), help_text=_("部门或者联系人，以及电话；采购公告依法载明"))

    def scope(self) -> None:
        if isinstance(self.subject, Organisation):
            self.fields["address"].initial = self.subject.address
            self.fields["contact"].initial = self.subject.contact


@action(
    "organisation.update_contacts",
    zh="更新地址和联系方式",
    en="Update address and contact",
    on=Organisation,
    by={Role.BUYER_OFFICER, Role.AGENT, Role.SUPPLIER, Role.TREASURY, Role.PLATFORM, Role.ADMINISTRATOR},
    input=UpdateContacts,
    sentence=("{post}更新了地址和联系方式", "{post} updated address and contact"),
    is_public=False,
    cites=("notice.invitation.content", "notice.award.content"),
    hint=(
        "采购公告、结果公告载明采购人、代理机构和中标供应商的地址、联系方式，缺少的不能发布；已发布的公告不变",
        "Notices state them of buyer, agent and winner, and do not go out without; published ones stay as they are",
    ),
)
def update_contacts(
    organisation: Organisation, *, by: Post, now: datetime.datetime, address: str, contact: str
) -> Organisation:
    """Where an organisation is and how it is reached, as its next notices say (87号令 art. 13, 69)."""
    organisation.address, organisation.contact = address, contact
    organisation.save(update_fields=["address", "contact"])
    return organisation


class GrantPost(Input):
    username = TextField(label=_("登录名"), max_length=64)
    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    from_on = DateField(label=_("起"))
    to_on = DateField(label=_("止"), required=False, help_text=_("不填为长期"))

    def scope(self) -> None:
        """From today, where nobody says otherwise."""
        self.fields["from_on"].initial = timezone.localdate(self.now) if self.now else None


@action(
    "post.grant",
    zh="授予岗位",
    en="Grant a post",
    on=Organisation,
    by={Role.PLATFORM, Role.ADMINISTRATOR},
    checks=(
        rules.person_exists,
        rules.is_a_colleague,
        rules.role_is_in_your_hands,
        rules.not_for_oneself,
        rules.role_fits_organisation,
        rules.period_is_right,
        rules.roles_are_compatible,
    ),
    input=GrantPost,
    sentence=("{post}授予了岗位", "{post} granted a post"),
    creates=True,
    is_public=False,
    cites=("control.separation",),
)
def grant_post(
    organisation: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    username: str,
    role: str,
    from_on: datetime.date,
    to_on: datetime.date | None,
) -> Post:
    """Let a person act for an organisation in a role, from a day on."""
    person = Person.objects.get(username=username)
    return Post.objects.create(person=person, organisation=organisation, role=role, from_on=from_on, to_on=to_on)


class EndPost(Input):
    to_on = DateField(label=_("最后一日"), help_text=_("填昨天的日期即立即失效"))


@action(
    "post.end",
    zh="终止岗位",
    en="End a post",
    on=Post,
    by={Role.PLATFORM, Role.ADMINISTRATOR},
    needs=(rules.is_another_person, rules.has_not_ended),
    checks=(rules.ends_within_its_time,),
    input=EndPost,
    sentence=("{post}终止了岗位", "{post} ended a post"),
    is_public=False,
    cites=("control.separation",),
    dangerous=True,
)
def end_post(post: Post, *, by: Post, now: datetime.datetime, to_on: datetime.date) -> Post:
    """Name the post's last day; its tokens end with it."""
    post.to_on = to_on
    post.save(update_fields=["to_on"])
    return post


class IssueToken(Input):
    label = TextField(label=_("用途"))
    expires_on = DateField(label=_("失效日期"))


@action(
    "token.issue",
    zh="签发接口令牌",
    en="Issue an API token",
    on=Post,
    by=set(Role),
    needs=(rules.is_own_post,),
    checks=(rules.token_expires_in_time,),
    input=IssueToken,
    sentence=("{post}签发了接口令牌", "{post} issued an API token"),
    is_public=False,
    hint=("令牌只显示这一次，请立即保存", "The token is shown this once: keep it now"),
)
def issue_token(post: Post, *, by: Post, now: datetime.datetime, label: str, expires_on: datetime.date) -> str:
    """The secret, which is kept nowhere: only its SHA-256 is stored."""
    secret = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        post=post,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        label=label,
        created_at=now,
        expires_at=calendar.end_of(expires_on),
    )
    return secret


@action(
    "token.revoke",
    zh="撤销接口令牌",
    en="Revoke an API token",
    on=ApiToken,
    by=set(Role),
    needs=(rules.token_is_alive,),
    sentence=("{post}撤销了接口令牌", "{post} revoked an API token"),
    is_public=False,
    dangerous=True,
)
def revoke_token(token: ApiToken, *, by: Post, now: datetime.datetime) -> ApiToken:
    """From now on nobody acts with it."""
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    return token
