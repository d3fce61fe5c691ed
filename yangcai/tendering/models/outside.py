"""From which other province's library are the experts of a case drawn, and by what filing and list?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.parties.models import Expert
from yangcai.tendering.models.rows import CaseRow


class OutsideLibrary(CaseRow):
    """异地抽取: declared by whoever runs the case, filed with its own treasury, which brings in the other library's
    list (财库〔2012〕69号). The list goes into the same sealed draw as any other (VRD/1), whose commit names it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="outside_libraries", verbose_name=_("采购项目"))
    library = models.TextField(_("专家库"))
    province = models.TextField(_("所在省份代码"))
    reason = models.TextField(_("异地抽取的理由"))
    filed_at = models.DateTimeField(_("报送备案时间"))
    number = models.TextField(_("备案文号"), default="", blank=True)
    list_digest = models.TextField(_("名单摘要"), default="", blank=True)
    listed = models.PositiveIntegerField(_("名单人数"), null=True, blank=True)
    added = models.PositiveIntegerField(_("其中首次导入人数"), null=True, blank=True)
    corrected = models.PositiveIntegerField(_("其中更正姓名人数"), null=True, blank=True)
    received_at = models.DateTimeField(_("备案和收到名单时间"), null=True, blank=True)
    refused_at = models.DateTimeField(_("不予备案时间"), null=True, blank=True)
    refusal = models.TextField(_("不予备案的理由"), default="", blank=True)
    experts = models.ManyToManyField(Expert, related_name="+", verbose_name=_("名单"))

    class Meta:
        verbose_name = _("异地抽取评审专家")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(refused_at__isnull=True), name="one_outside_library"
            ),
            models.CheckConstraint(
                condition=models.Q(received_at__isnull=True)
                | (~models.Q(number="") & ~models.Q(list_digest="") & models.Q(refused_at__isnull=True)),
                name="outside_list_is_filed",
            ),
        ]

    def __str__(self) -> str:
        return self.library

    @property
    def entry_facts(self) -> dict[str, Any]:
        """What the log keeps: the digest of the list, nothing that tells who stands on it."""
        return {
            "library": self.library,
            "province": self.province,
            "number": self.number,
            "list": self.list_digest,
            "listed": self.listed,
            "added": self.added,
            "corrected": self.corrected,
        }

    @property
    def source(self) -> dict[str, str]:
        """What the commit of a draw says of where its list came from."""
        return {
            "library": self.library,
            "province": self.province,
            "filed": self.number,
            "list": self.list_digest,
        }
