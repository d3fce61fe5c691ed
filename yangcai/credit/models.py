"""Which suppliers, agents and experts are barred from taking part, since when, until when, by whose decision?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.models import Rooted
from yangcai.parties.models import Organisation, Post


class DebarmentGround(models.TextChoices):
    DISHONEST_EXECUTION = "dishonest_execution", _("失信被执行人")
    TAX = "tax", _("重大税收违法失信主体")
    PROCUREMENT = "procurement", _("政府采购严重违法失信行为记录名单")


class Debarment(Rooted):
    """禁止参加: one organisation, one list, from–to (政府采购法 art. 22, 77; 财库〔2016〕125号)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="debarments", verbose_name=_("主体"))
    ground = models.TextField(_("名单"), choices=DebarmentGround.choices)
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"), null=True)
    authority = models.TextField(_("决定机关"))
    decision = models.TextField(_("文号"))

    class Meta:
        verbose_name = _("禁止参加")

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_ground_display()}"


class Commitment(Rooted):
    """信用承诺: what a supplier declares once instead of papers, with text and law as they were that day. It ends when
    it is withdrawn, and is never rewritten."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="commitments", verbose_name=_("主体"))
    text = models.TextField(_("承诺内容"))
    law = models.TextField(_("依据"))
    representative = models.TextField(_("法定代表人或者负责人"))
    digest = models.CharField(_("摘要"), max_length=64)
    signed_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("签署人"))
    signed_at = models.DateTimeField(_("签署时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("信用承诺")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_commitment_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.signed_at:%Y-%m-%d}"

    @property
    def root(self) -> Organisation:
        return self.organisation
