"""How do trustees and suppliers make their public keys known, rotate them, and say who is on duty?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.kernel import sm2
from yangcai.kernel.actions import action
from yangcai.kernel.encoding import BadEncoding, read_base64
from yangcai.kernel.inputs import DateField, Input, TextField
from yangcai.kernel.leaves import append_leaf
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role
from yangcai.tendering import drills, duties
from yangcai.tendering.models import SigningKey, Trustee, TrusteeDuty, TrusteeRole
from yangcai.tendering.rules import trustees as rules

#: Raw X25519 and Ed25519 public keys, and those of SM2 (04‖x‖y), bytes.
KEY, SM2_KEY = 32, 65
TRUSTEES = frozenset(rules.ROLE_OF_POST)


class KeyField(TextField):
    """A public key in canonical base64, of one of these sizes; of SM2 a point of its curve."""

    def __init__(self, *, sizes: tuple[int, ...] = (KEY,), **given: Any) -> None:
        self.sizes = sizes
        super().__init__(**given)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text and not self.required:
            return text
        try:
            content = read_base64(text)
        except BadEncoding as error:
            raise forms.ValidationError(_("应为 base64"), code="base64") from error
        if len(content) not in self.sizes or not any(content):
            raise forms.ValidationError(_("应为 %(bytes)s 字节的公钥"), code="key", params={"bytes": self._sizes()})
        if len(content) == SM2_KEY:
            try:
                sm2.point(content)
            except sm2.NoKey as error:
                raise forms.ValidationError(_("不是 SM2 曲线上的点"), code="point") from error
        return text

    def _sizes(self) -> str:
        return "、".join(map(str, self.sizes))


class RegisterTrustee(Input):
    role = forms.ChoiceField(label=_("身份"), choices=TrusteeRole.choices)
    hpke_key = KeyField(label=_("加密公钥"), help_text=_("X25519 公钥，base64；私钥只在受托人自己手中"))
    signing_key = KeyField(label=_("签名公钥"), help_text=_("Ed25519 公钥，base64"))
    sm2_wrap_key = KeyField(
        label=_("国密加密公钥"),
        sizes=(SM2_KEY,),
        required=False,
        help_text=_("SM2 公钥，base64；受托人都登记了国密公钥的，投标文件可以用国密套件密封"),
    )
    sm2_signing_key = KeyField(
        label=_("国密签名公钥"),
        sizes=(SM2_KEY,),
        required=False,
        help_text=_("SM2 公钥，base64；与国密加密公钥同时登记"),
    )
    reason = TextField(
        label=_("轮换理由"), lines=2, required=False, max_length=500, help_text=_("已有公钥时必填，记入公开日志")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for one, other in (("sm2_wrap_key", "sm2_signing_key"), ("sm2_signing_key", "sm2_wrap_key")):
            if {one, other} <= set(cleaned) and cleaned[other] and not cleaned[one]:
                self.add_error(one, forms.ValidationError(_("两把国密公钥须同时登记"), code="together"))
        return cleaned


@action(
    "trustee.register",
    zh="登记受托人公钥",
    en="Register a trustee's keys",
    on=Organisation,
    by=TRUSTEES,
    needs=(rules.is_own_organisation,),
    checks=(rules.role_fits_the_post, rules.key_is_new, rules.rotation_has_its_reason),
    input=RegisterTrustee,
    sentence=("{post}登记了受托人公钥", "{post} registered a trustee's keys"),
    creates=True,
    cites=("opening.no_disclosure", "submission.secrecy"),
    hint=(
        "再次登记即轮换：原公钥停用，已公布的开启规则仍用原公钥；新旧公钥和理由记入公开日志",
        "Registering again rotates: the keys before it are retired, published policies keep them; both, and the reason,"
        " stand in the public log",
    ),
)
def register_trustee(
    organisation: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    role: str,
    hpke_key: str,
    signing_key: str,
    sm2_wrap_key: str,
    sm2_signing_key: str,
    reason: str,
) -> Trustee:
    """Put an organisation's public keys in office; those before them are retired."""
    before = Trustee.objects.filter(organisation=organisation, retired_at__isnull=True).first()
    said = {"t": "trustee_key", "org": organisation.name, "role": role, "hpke": hpke_key, "sig": signing_key}
    said |= {"sm2_wrap": sm2_wrap_key, "sm2_sig": sm2_signing_key} if sm2_wrap_key else {}
    if before is not None:
        before.retired_at, before.retired_reason = now, reason
        before.save(update_fields=["retired_at", "retired_reason"])
        said |= {"replaces": before.hpke_key, "reason": reason}
    append_leaf(body=said, root=organisation.ref, in_clear=True)
    registered = Trustee.objects.create(
        organisation=organisation,
        role=role,
        hpke_key=hpke_key,
        signing_key=signing_key,
        sm2_wrap_key=sm2_wrap_key,
        sm2_signing_key=sm2_signing_key,
        registered_by=by,
        registered_at=now,
    )
    drills.remind(now=now)
    return registered


class RetireTrustee(Input):
    reason = TextField(label=_("停用理由"), lines=2, max_length=500, help_text=_("记入公开日志"))


@action(
    "trustee.retire",
    zh="停用受托人公钥",
    en="Retire a trustee's keys",
    on=Trustee,
    by=TRUSTEES,
    needs=(rules.is_in_office,),
    input=RetireTrustee,
    sentence=("{post}停用了受托人公钥", "{post} retired a trustee's keys"),
    cites=("opening.no_disclosure",),
    hint=(
        "不再用于新的开启规则；已公布的开启规则开标前仍需要原私钥，请勿销毁",
        "New policies do not use them; keep the private keys until the bids of published policies are open",
    ),
    dangerous=True,
)
def retire_trustee(trustee: Trustee, *, by: Post, now: datetime.datetime, reason: str) -> None:
    """No new policy names these keys."""
    trustee.retired_at, trustee.retired_reason = now, reason
    trustee.save(update_fields=["retired_at", "retired_reason"])
    said = {"t": "trustee_key_retired", "org": trustee.organisation.name, "hpke": trustee.hpke_key, "reason": reason}
    append_leaf(body=said, root=trustee.organisation.ref, in_clear=True)
    drills.remind(now=now)


class PutOnDuty(Input):
    post = forms.ModelChoiceField(label=_("值守岗位"), queryset=Post.objects.none())
    stand_in = forms.ModelChoiceField(
        label=_("替补岗位"), queryset=Post.objects.none(), required=False, help_text=_("值守人不能到场时由其释放份额")
    )
    from_on = DateField(label=_("起"))
    to_on = DateField(label=_("止"))

    def scope(self) -> None:
        if not isinstance(self.subject, Trustee):
            return
        for name in ("post", "stand_in"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rules.may_be_on_duty(self.subject).select_related("organisation", "person")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"from_on", "to_on"} <= set(cleaned) and cleaned["to_on"] < cleaned["from_on"]:
            self.add_error("to_on", forms.ValidationError(_("止期不得早于起期"), code="order"))
        if cleaned.get("post") is not None and cleaned.get("post") == cleaned.get("stand_in"):
            self.add_error("stand_in", forms.ValidationError(_("替补应为另一岗位"), code="same"))
        return cleaned


@action(
    "trustee.put_on_duty",
    zh="安排值守",
    en="Put a post on duty",
    on=Trustee,
    by=TRUSTEES,
    needs=(rules.is_in_office,),
    input=PutOnDuty,
    sentence=("{post}安排了受托人值守", "{post} put a post on duty for a trustee"),
    is_public=False,
    cites=("opening.no_disclosure",),
    hint=(
        "值守期间只有该岗位及其替补可以释放份额；未安排的日子由本单位任一岗位办理",
        "In these days only that post and its stand-in release shares; on other days any post of the organisation does",
    ),
)
def put_on_duty(
    trustee: Trustee,
    *,
    by: Post,
    now: datetime.datetime,
    post: Post,
    stand_in: Post | None,
    from_on: datetime.date,
    to_on: datetime.date,
) -> TrusteeDuty:
    """Whose turn it is, as data."""
    duty = TrusteeDuty.objects.create(trustee=trustee, post=post, stand_in=stand_in, from_on=from_on, to_on=to_on)
    duties.remind(trustee.organisation, now=now)
    return duty


@action(
    "trustee_duty.cancel",
    zh="取消值守安排",
    en="Cancel a turn of duty",
    on=TrusteeDuty,
    by=TRUSTEES,
    needs=(rules.duty_stands,),
    sentence=("{post}取消了值守安排", "{post} cancelled a turn of duty"),
    is_public=False,
    cites=("opening.no_disclosure",),
)
def cancel_duty(duty: TrusteeDuty, *, by: Post, now: datetime.datetime) -> None:
    """From now on it binds nobody."""
    duty.cancelled_at = now
    duty.save(update_fields=["cancelled_at"])
    duties.remind(duty.root, now=now)


class RegisterSigningKey(Input):
    public_key = KeyField(
        label=_("签名公钥"), sizes=(KEY, SM2_KEY), help_text=_("Ed25519 或者 SM2 公钥，base64；私钥不离开本机")
    )


@action(
    "signing_key.register",
    zh="登记签名公钥",
    en="Register a signing key",
    on=Organisation,
    by={Role.SUPPLIER},
    needs=(rules.is_own_organisation,),
    checks=(rules.signing_key_is_new,),
    input=RegisterSigningKey,
    sentence=("{post}登记了签名公钥", "{post} registered a signing key"),
    creates=True,
    is_public=False,
    cites=("submission.signature",),
    hint=(
        "递交、撤回和解密的声明用该密钥签名；一个岗位可以有多个设备的密钥",
        "Submissions, withdrawals and releases are signed with it; a post may have a key on each of its devices",
    ),
)
def register_signing_key(
    organisation: Organisation, *, by: Post, now: datetime.datetime, public_key: str
) -> SigningKey:
    """Bind a key to the post that acts."""
    return SigningKey.objects.create(post=by, public_key=public_key, registered_at=now)


@action(
    "signing_key.revoke",
    zh="停用签名公钥",
    en="Revoke a signing key",
    on=SigningKey,
    by={Role.SUPPLIER},
    needs=(rules.signing_key_is_live,),
    sentence=("{post}停用了签名公钥", "{post} revoked a signing key"),
    is_public=False,
    cites=("submission.signature",),
    hint=("已递交的投标文件不受影响", "Bids already handed in stay as they are"),
    dangerous=True,
)
def revoke_signing_key(key: SigningKey, *, by: Post, now: datetime.datetime) -> None:
    """From now on nothing new is taken under this key."""
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
