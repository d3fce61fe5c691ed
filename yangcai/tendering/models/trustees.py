"""Who holds a share of the key under which bids are sealed, who is on duty, and with which key does a supplier sign?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.encoding import read_base64
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Organisation, Person, Post


class TrusteeRole(models.TextChoices):
    """On whose behalf a trustee holds its share (SBP/1 §2.1)."""

    PLATFORM = "platform", _("平台自动开启")
    BUYER = "buyer", _("采购人代表")
    AGENT = "agent", _("代理机构")
    SUPERVISOR = "supervisor", _("财政监督")
    NOTARY = "notary", _("公证、纪检或者交易中心")


class Trustee(Rooted):
    """受托人: one organisation's pair of public keys, in office until it is retired; a rotation is a new row."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="trustees", verbose_name=_("受托单位"))
    role = models.TextField(_("身份"), choices=TrusteeRole.choices)
    hpke_key = models.TextField(_("加密公钥"), help_text=_("X25519 公钥，32 字节，base64"))
    signing_key = models.TextField(_("签名公钥"), help_text=_("Ed25519 公钥，32 字节，base64"))
    sm2_wrap_key = models.TextField(_("国密加密公钥"), default="", blank=True, help_text=_("SM2 公钥，65 字节，base64"))
    sm2_signing_key = models.TextField(
        _("国密签名公钥"), default="", blank=True, help_text=_("SM2 公钥，65 字节，base64")
    )
    registered_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("登记岗位"))
    registered_at = models.DateTimeField(_("登记时间"))
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    retired_reason = models.TextField(_("停用理由"), default="", blank=True)

    class Meta:
        verbose_name = _("受托人")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(retired_at__isnull=True),
                name="one_trustee_per_organisation",
            ),
            models.UniqueConstraint(fields=["hpke_key"], name="one_trustee_per_key"),
            models.UniqueConstraint(
                fields=["sm2_wrap_key"], condition=~models.Q(sm2_wrap_key=""), name="one_trustee_per_sm2_key"
            ),
            models.CheckConstraint(
                condition=models.Q(sm2_wrap_key="", sm2_signing_key="")
                | ~models.Q(sm2_wrap_key="") & ~models.Q(sm2_signing_key=""),
                name="sm2_keys_come_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}（{self.get_role_display()}）"

    @property
    def sign_keys(self) -> dict[str, bytes]:
        """Of each suite in which this trustee holds shares."""
        kept = {"I1": self.signing_key, "G1": self.sm2_signing_key}
        return {code: read_base64(key) for code, key in kept.items() if key}

    @property
    def root(self) -> Organisation:
        return self.organisation


class TrusteeDuty(Rooted):
    """值守: the post that releases this trustee's shares in these days, and who stands in for it; without any, every
    post of the organisation does."""

    trustee = models.ForeignKey(Trustee, models.PROTECT, related_name="duties", verbose_name=_("受托人"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("值守岗位"))
    stand_in = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("替补岗位")
    )
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"))
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("值守安排")
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__gte=models.F("from_on")), name="duty_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~models.Q(post=models.F("stand_in")), name="nobody_stands_in_for_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.from_on}"

    @property
    def root(self) -> Organisation:
        return self.trustee.organisation

    on_duty_label, stands_in_label = _("值守"), _("替补")

    @property
    def on_duty(self) -> Person:
        return self.post.person

    @property
    def stands_in(self) -> Person | None:
        return self.stand_in.person if self.stand_in is not None else None


class SigningKey(Rooted):
    """签名公钥: what a supplier's post signs its statements with; the private half never leaves its device."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="signing_keys", verbose_name=_("岗位"))
    public_key = models.TextField(_("签名公钥"), unique=True, help_text=_("Ed25519 或者 SM2 公钥，base64"))
    registered_at = models.DateTimeField(_("登记时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("签名公钥")

    def __str__(self) -> str:
        return self.public_key

    @property
    def root(self) -> Organisation:
        return self.post.organisation
