"""Which suppliers take part in a lot together, and what did each of them confirm itself?"""

import datetime
import hashlib
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot
from yangcai.kernel.encoding import jcs
from yangcai.kernel.models import Rooted
from yangcai.kernel.numbers import percent
from yangcai.parties.models import Organisation, Post
from yangcai.tendering.models.rows import LotRow

WHOLE = Decimal(1)


class Consortium(LotRow):
    """联合协议 (政府采购法 art. 24): registered by its leader for one lot, confirmed by each member before the
    deadline. Nobody else learns of it before the opening (87号令 art. 28)."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="consortia", verbose_name=_("采购包"))
    leader = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("联合体牵头人"))
    work = models.TextField(_("牵头人承担的工作"))
    registered_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("登记岗位"))
    registered_at = models.DateTimeField(_("登记时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("联合协议")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "leader"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_consortium_per_leader",
            )
        ]

    def __str__(self) -> str:
        return f"{self.leader}"

    @property
    def share(self) -> Decimal:
        """What its members leave to the leader, subcontracts included."""
        return WHOLE - sum((one.share for one in self.members.all()), Decimal(0))

    leader_share_label = _("牵头人的合同份额")

    @property
    def leader_share(self) -> str:
        """The same as a percentage."""
        return percent(self.share)

    @property
    def agreement(self) -> str:
        """SHA-256 of what is agreed: whoever confirms it confirms just this."""
        content = {
            "lot": self.lot.ref,
            "leader": self.leader.ref,
            "work": self.work,
            "members": [
                {"organisation": one.organisation.ref, "share": f"{one.share:.4f}", "work": one.work}
                for one in self.members.select_related("organisation").order_by("pk")
            ],
        }
        return hashlib.sha256(jcs(content)).hexdigest()

    @property
    def entry_facts(self) -> dict[str, Any]:
        """All that an Entry may say before the opening: no name."""
        return {"agreement": self.agreement}


class ConsortiumMember(Rooted):
    """联合体成员: its work and its share of the contract, and whether it has confirmed them."""

    consortium = models.ForeignKey(Consortium, models.PROTECT, related_name="members", verbose_name=_("联合协议"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("联合体成员"))
    share = models.DecimalField(_("合同份额"), max_digits=5, decimal_places=4)
    work = models.TextField(_("承担的工作"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认岗位")
    )
    declined_at = models.DateTimeField(_("不参加的时间"), null=True, blank=True)
    decline_reason = models.TextField(_("不参加的理由"), default="", blank=True)

    class Meta:
        verbose_name = _("联合体成员")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["consortium", "organisation"], name="one_place_per_member"),
            models.CheckConstraint(condition=models.Q(share__gt=0, share__lt=1), name="member_has_a_part"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="confirmation_has_its_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}"

    @property
    def root(self) -> Case:
        return self.consortium.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.consortium.lot.stage_at(now)

    answer_label = _("答复")

    @property
    def answer(self) -> str:
        """What it has said, in the reader's language."""
        if self.declined_at is not None:
            return gettext("不参加")
        return gettext("已确认") if self.confirmed_at is not None else gettext("待确认")

    @property
    def is_in(self) -> bool:
        """It confirmed, and did not leave again."""
        return self.confirmed_at is not None and self.declined_at is None

    def is_called(self, name: str, uscc: str) -> bool:
        """Whether a bid that names a member so means this one: the agreement says who it is, the bid repeats it."""
        return self.organisation.name == name or bool(uscc and self.organisation.uscc == uscc)

    @property
    def entry_facts(self) -> dict[str, Any]:
        """What was confirmed, or left, without a name."""
        return {"agreement": self.consortium.agreement}
