"""Why may this organisation not be registered, this post not be granted, this token not be issued?"""

import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from stdnum.cn import uscc as social_credit
from stdnum.exceptions import InvalidChecksum, ValidationError

from yangcai import law
from yangcai.kernel.refusals import Refusal, refuses
from yangcai.parties.models import ApiToken, Organisation, OrganisationKind, Person, Post
from yangcai.parties.roles import BUYER, INCOMPATIBLE, Role

#: In which kinds of organisation a role exists; experts work anywhere.
KINDS: dict[str, frozenset[str]] = {
    Role.BUYER_OFFICER: frozenset({OrganisationKind.BUYER}),
    Role.BUYER_REVIEWER: frozenset({OrganisationKind.BUYER}),
    Role.AGENT: frozenset({OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT}),
    Role.SUPPLIER: frozenset({OrganisationKind.SUPPLIER}),
    Role.EXPERT: frozenset(OrganisationKind.values),
    Role.TREASURY: frozenset({OrganisationKind.TREASURY}),
    Role.TREASURY_PAYER: frozenset({OrganisationKind.TREASURY}),
    Role.AUDITOR: frozenset({OrganisationKind.TREASURY}),
    Role.EDITOR: frozenset({OrganisationKind.TREASURY}),
    Role.PLATFORM: frozenset({OrganisationKind.PLATFORM}),
    Role.ADMINISTRATOR: frozenset(OrganisationKind.values) - {OrganisationKind.EXPERT_UNIT, OrganisationKind.PLATFORM},
}
#: What the administrator of an organisation cannot give: experts are admitted by the treasury.
NOT_BY_ADMINISTRATORS = frozenset({Role.EXPERT, Role.PLATFORM})
#: Organisations that need no code: an expert's employer, the platform itself.
WITHOUT_CODE = frozenset({OrganisationKind.EXPERT_UNIT, OrganisationKind.PLATFORM})
#: How long a token may live before somebody has to think about it again.
LONGEST_TOKEN = datetime.timedelta(days=366)

# --- organisations -----------------------------------------------------------------------------------------------


NAME_TAKEN = Refusal(
    "organisation_exists", "该名称已经登记", "An organisation of this name is registered already", field="name"
)
CODE_TAKEN = Refusal(
    "organisation_exists",
    "该统一社会信用代码已经登记",
    "An organisation with this unified social credit code is registered already",
    field="uscc",
)
refuses("parties_organisation_name_key", NAME_TAKEN)
refuses("parties_organisation_uscc_key", CODE_TAKEN)


def name_is_new(subject: Organisation, *, by: Post, now: datetime.datetime, name: str, **data: Any) -> Refusal | None:
    """No two organisations bear one name."""
    return NAME_TAKEN if Organisation.objects.filter(name=name).exists() else None


def code_is_right(
    subject: Organisation, *, by: Post, now: datetime.datetime, uscc: str, kind: str, **data: Any
) -> Refusal | None:
    """统一社会信用代码: 18 characters with a check digit (GB 32100-2015), one organisation each."""
    if not uscc:
        if kind in WITHOUT_CODE:
            return None
        return Refusal(
            "uscc_missing",
            "请填写统一社会信用代码",
            "Give the unified social credit code",
            field="uscc",
        )
    try:
        code = social_credit.validate(uscc)
    except InvalidChecksum:
        return Refusal(
            "uscc_invalid",
            f"统一社会信用代码 {uscc} 的校验码不对，请核对",
            f"The check digit of the unified social credit code {uscc} is wrong: compare it with the licence",
            field="uscc",
        )
    except ValidationError:
        return Refusal(
            "uscc_invalid",
            f"“{uscc}”不是统一社会信用代码：应为 18 位数字和大写字母（不含 I、O、S、V、Z）",
            f"“{uscc}” is not a unified social credit code: 18 digits and capitals, without I, O, S, V, Z",
            field="uscc",
        )
    return CODE_TAKEN if Organisation.objects.filter(uscc=code).exists() else None


def kind_is_in_your_hands(
    subject: Organisation, *, by: Post, now: datetime.datetime, kind: str, **data: Any
) -> Refusal | None:
    """Only the platform registers authorities and platforms."""
    if by.role == Role.PLATFORM or kind not in {OrganisationKind.TREASURY, OrganisationKind.PLATFORM}:
        return None
    return Refusal(
        "kind_not_yours",
        "财政部门和平台自身由平台运维登记",
        "Authorities and the platform itself are registered by platform staff",
        field="kind",
    )


# --- posts -------------------------------------------------------------------------------------------------------


def person_exists(
    organisation: Organisation, *, by: Post, now: datetime.datetime, username: str, **data: Any
) -> Refusal | None:
    """Refuses a `username` that no active person has."""
    if Person.objects.filter(username=username, is_active=True).exists():
        return None
    return Refusal(
        "unknown_person",
        f"没有启用的登录名“{username}”",
        f"There is no active person with the user name “{username}”",
        field="username",
    )


def not_for_oneself(
    organisation: Organisation, *, by: Post, now: datetime.datetime, username: str, **data: Any
) -> Refusal | None:
    """Nobody grants a post to oneself (政府采购法 art. 61)."""
    if not Person.objects.filter(username=username, pk__in=by.person_ids).exists():
        return None
    return _separation(
        code="own_post",
        zh="授岗人不得给自己授岗，请由他人办理",
        en="Nobody grants a post to oneself: somebody else must do it",
        field="username",
        now=now,
    )


def is_a_colleague(
    organisation: Organisation, *, by: Post, now: datetime.datetime, username: str, **data: Any
) -> Refusal | None:
    """The administrator of an organisation gives posts to its own people only: nobody is drawn into two suppliers."""
    person = Person.objects.filter(username=username, is_active=True).first()
    if by.role == Role.PLATFORM or person is None or belongs(person, organisation):
        return None
    return Refusal(
        "not_a_colleague",
        f"“{username}”不是本单位人员，请先邀请其加入",
        f"“{username}” does not belong to this organisation: invite the person first",
        field="username",
    )


def belongs(person: Person, organisation: Organisation) -> bool:
    """Whether a person came with this organisation, or has ever had a post there."""
    return person.employer_id == organisation.pk or person.posts.filter(organisation=organisation).exists()


def role_is_in_your_hands(
    organisation: Organisation, *, by: Post, now: datetime.datetime, role: str, **data: Any
) -> Refusal | None:
    """Experts come from the library, platform staff from the platform."""
    if by.role == Role.PLATFORM or role not in NOT_BY_ADMINISTRATORS:
        return None
    return Refusal(
        "role_not_yours",
        f"“{Role(role).label}”岗位不由单位管理员授予",
        f"A post of {role} is not given by the administrator of an organisation",
        field="role",
    )


def role_fits_organisation(
    organisation: Organisation, *, by: Post, now: datetime.datetime, role: str, **data: Any
) -> Refusal | None:
    """Refuses a `role` that this kind of organisation does not have."""
    if organisation.kind in KINDS[role]:
        return None
    return Refusal(
        "role_does_not_fit",
        f"{organisation.get_kind_display()}没有“{Role(role).label}”岗位",
        f"An organisation of kind {organisation.kind} has no post of {role}",
        field="role",
    )


def period_is_right(
    organisation: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    from_on: datetime.date,
    to_on: datetime.date | None,
    **data: Any,
) -> Refusal | None:
    """A post's last day is not before its first; both belong to it."""
    if to_on is None or to_on >= from_on:
        return None
    return Refusal("impossible_date", "止期不能早于起期", "The last day cannot lie before the first", field="to_on")


def roles_are_compatible(
    organisation: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    username: str,
    role: str,
    from_on: datetime.date,
    to_on: datetime.date | None,
    **data: Any,
) -> list[Refusal]:
    """One person never holds both of an incompatible pair at the same time, in whatever organisations.

    Handling and reviewing for a buyer exclude each other within that buyer; the other pairs everywhere, because their
    holders stand on two sides of a case or supervise it (security.md §6). The person's row is locked, so that two
    posts granted at the same time in two organisations see each other.
    """
    Person.objects.select_for_update().filter(username=username).first()
    ends = Q() if to_on is None else Q(from_on__lte=to_on)
    held = Post.objects.filter(ends, recalled_at__isnull=True).filter(
        Q(to_on__isnull=True) | Q(to_on__gte=from_on), person__username=username
    )
    found = []
    for post in held.select_related("organisation"):
        same = post.organisation_id == organisation.pk
        if post.role == role and same:
            found.append(
                Refusal(
                    "post_exists",
                    f"该人员已有岗位：{post}",
                    f"This person holds that post already: {post}",
                    field="role",
                )
            )
        elif frozenset({post.role, role}) in INCOMPATIBLE and (same or not {post.role, role} <= BUYER):
            found.append(
                _separation(
                    code="incompatible_roles",
                    zh="不相容岗位分离：该人员已是{held_zh}（{where}），不得同时任{wanted_zh}",
                    en="Separation of duties: this person is {held_en} ({where}) and may not be {wanted_en} too",
                    field="role",
                    now=now,
                    held_zh=Role(post.role).label,
                    held_en=post.role,
                    where=post.organisation.name,
                    wanted_zh=Role(role).label,
                    wanted_en=role,
                )
            )
    return found


def _separation(*, now: datetime.datetime, **sentence: Any) -> Refusal:
    return law.refusal("control.separation", on=timezone.localdate(now), **sentence)


def is_another_person(post: Post, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Nobody ends a post of one's own (政府采购法 art. 61)."""
    if not post.person_ids & by.person_ids:
        return None
    return _separation(
        code="own_post",
        zh="不得自行终止自己的岗位，请由他人办理",
        en="Nobody ends the own post: somebody else must do it",
        now=now,
    )


def has_not_ended(post: Post, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """A post is ended once; its last day belongs to it."""
    if post.recalled_at is not None:
        return Refusal("post_ended", "该委托已经收回", "This delegation was taken back")
    if post.to_on is None or post.to_on >= timezone.localdate(now):
        return None
    return Refusal("post_ended", f"该岗位已于 {post.to_on} 终止", f"This post ended on {post.to_on}")


def ends_within_its_time(
    post: Post, *, by: Post, now: datetime.datetime, to_on: datetime.date, **data: Any
) -> Refusal | None:
    """The last day lies between the first day (or yesterday, to end it at once) and the day it would end anyway."""
    first = max(post.from_on, timezone.localdate(now) - datetime.timedelta(days=1))
    if first <= to_on and (post.to_on is None or to_on <= post.to_on):
        return None
    return Refusal(
        "impossible_date",
        f"最后一日应不早于 {first}" + (f"、不晚于 {post.to_on}" if post.to_on else ""),
        f"The last day must not lie before {first}" + (f" or after {post.to_on}" if post.to_on else ""),
        field="to_on",
    )


# --- tokens ------------------------------------------------------------------------------------------------------


def is_own_post(post: Post, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses a token for another post than the one acted through."""
    if post.pk == by.pk:
        return None
    return Refusal(
        "not_own_post",
        "接口令牌只能为本人当前岗位签发",
        "A token can only be issued for the post you act through",
    )


def token_expires_in_time(
    post: Post, *, by: Post, now: datetime.datetime, expires_on: datetime.date, **data: Any
) -> Refusal | None:
    """A token's last day is today or later, and no later than LONGEST_TOKEN allows."""
    today = timezone.localdate(now)
    if today <= expires_on <= today + LONGEST_TOKEN:
        return None
    return Refusal(
        "impossible_date",
        f"失效日期应在 {today} 至 {today + LONGEST_TOKEN} 之间",
        f"The day of expiry must lie between {today} and {today + LONGEST_TOKEN}",
        field="expires_on",
    )


def token_is_alive(token: ApiToken, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """A token is revoked once."""
    if token.revoked_at is None:
        return None
    return Refusal("token_revoked", "该令牌已经撤销", "This token has been revoked already")
