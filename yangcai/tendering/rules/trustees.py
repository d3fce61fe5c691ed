"""May this post make keys known, and is it on duty for a trustee?"""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role
from yangcai.tendering import duties
from yangcai.tendering.models import SigningKey, Trustee, TrusteeDuty, TrusteeRole

#: On whose behalf a post can hold a share.
ROLE_OF_POST: dict[str, tuple[str, ...]] = {
    Role.PLATFORM: (TrusteeRole.PLATFORM,),
    Role.BUYER_OFFICER: (TrusteeRole.BUYER,),
    Role.BUYER_REVIEWER: (TrusteeRole.BUYER,),
    Role.AGENT: (TrusteeRole.AGENT,),
    Role.TREASURY: (TrusteeRole.SUPERVISOR,),
    Role.AUDITOR: (TrusteeRole.SUPERVISOR, TrusteeRole.NOTARY),
}


def is_own_organisation(subject: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Keys are made known by the organisation that holds them, by nobody for it."""
    if by.organisation_id == subject.pk:
        return None
    return Refusal("not_own_organisation", "公钥只能由本单位登记", "An organisation registers its own keys")


def role_fits_the_post(
    subject: Organisation, *, by: Post, now: datetime.datetime, role: str, **_: Any
) -> Refusal | None:
    """Refuses a role of a trustee that this post does not hold."""
    if role in ROLE_OF_POST.get(by.role, ()):
        return None
    return Refusal("role_of_another", "该身份与您的岗位不符", "Your post holds no share in this role", field="role")


def key_is_new(subject: Organisation, *, by: Post, now: datetime.datetime, **keys: Any) -> list[Refusal]:
    """A key that was ever in office, here or elsewhere, is not used again."""
    return [
        Refusal("key_known", "该公钥已经登记过", "This key has been registered before", field=field)
        for field in ("hpke_key", "signing_key", "sm2_wrap_key", "sm2_signing_key")
        if keys[field] and Trustee.objects.filter(**{field: keys[field]}).exists()
    ]


def rotation_has_its_reason(
    subject: Organisation, *, by: Post, now: datetime.datetime, reason: str, **_: Any
) -> Refusal | None:
    """Whoever seals for the new key, or still needs the old one, reads in the log why it changed."""
    if reason or not Trustee.objects.filter(organisation=subject, retired_at__isnull=True).exists():
        return None
    return Refusal("no_reason", "轮换公钥须写明理由", "State why the keys are rotated", field="reason")


def may_be_on_duty(trustee: Trustee) -> QuerySet[Post]:
    """The posts of its organisation that hold a share in its role."""
    roles = [role for role, held in ROLE_OF_POST.items() if trustee.role in held]
    return Post.objects.filter(organisation_id=trustee.organisation_id, to_on__isnull=True, role__in=roles)


def duty_stands(subject: TrusteeDuty, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses a turn of duty that was cancelled, or whose last day is over."""
    if subject.cancelled_at is not None:
        return Refusal("duty_cancelled", "该值守安排已取消", "This turn of duty was cancelled")
    if subject.to_on < timezone.localdate(now):
        return Refusal("duty_over", "该值守安排已结束", "This turn of duty is over")
    return None


def is_in_office(subject: Trustee, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses keys that were retired."""
    if subject.retired_at is None:
        return None
    return Refusal("trustee_retired", "该受托人公钥已停用", "These keys have been retired")


def signing_key_is_new(
    subject: Organisation, *, by: Post, now: datetime.datetime, public_key: str, **_: Any
) -> Refusal | None:
    """A public key is registered once, whoever brings it."""
    if not SigningKey.objects.filter(public_key=public_key).exists():
        return None
    return Refusal("key_known", "该公钥已经登记过", "This key has been registered before", field="public_key")


def signing_key_is_live(subject: SigningKey, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Refuses a signing key that was revoked."""
    if subject.revoked_at is None:
        return None
    return Refusal("key_revoked", "该签名公钥已停用", "This signing key has been revoked")


def on_duty(trustee: Trustee, *, by: Post, now: datetime.datetime) -> bool:
    """Whether this post releases the trustee's shares today: by the rota, else any post of its organisation."""
    if by.organisation_id != trustee.organisation_id or trustee.role not in ROLE_OF_POST.get(by.role, ()):
        return False
    turns = duties.rota(trustee.organisation_id, on=timezone.localdate(now))
    return not turns or any(by.pk in (turn.post_id, turn.stand_in_id) for turn in turns)
