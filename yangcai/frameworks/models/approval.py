"""Who allowed this call for a framework agreement: the treasury, or the main budget unit?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.parties.models import Organisation
from yangcai.tendering.models import CaseRow


class FrameworkApproval(CaseRow):
    """采购方案审核: what the centralised agency calls for is examined by the treasury (财政部令第110号 art. 8); what a
    unit below the main budget unit calls for, off the catalogue, is approved by that unit (art. 5).

    `terms` are those that were sent in: what is called for must be what was approved.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="framework_approvals", verbose_name=_("采购项目"))
    scheme = models.TextField(_("采购方案"))
    terms = models.JSONField(_("送审的框架协议条款"))
    consent_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("主管预算单位")
    )
    applied_at = models.DateTimeField(_("送审时间"))
    approved_at = models.DateTimeField(_("批准时间"), null=True)
    number = models.TextField(_("批复文号"), default="", blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True)
    return_reason = models.TextField(_("退回理由"), default="", blank=True)

    class Meta:
        verbose_name = _("框架协议采购方案")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(approved_at__isnull=True, returned_at__isnull=True),
                name="one_scheme_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True) | models.Q(returned_at__isnull=True),
                name="scheme_is_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def is_open(self) -> bool:
        """Not decided yet."""
        return self.approved_at is None and self.returned_at is None
