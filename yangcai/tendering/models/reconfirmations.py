"""Which bids did their bidders confirm as they are, after a correction of the documents?"""

import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Rooted
from yangcai.parties.models import Post
from yangcai.tendering.models.bids import Bid
from yangcai.tendering.models.documents import Correction
from yangcai.tendering.models.sealed import SigningKey


class BidReconfirmation(Rooted):
    """更正后确认: a bid that came before a correction stands as it was handed in, by its bidder's word (SBP/1 §2.3).

    Whose and how many is secret until the opening, as with the bids themselves. Of what the bidder sealed the signed
    statement is kept; the database stamps when it came in."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="reconfirmations", verbose_name=_("投标文件"))
    correction = models.ForeignKey(Correction, models.PROTECT, related_name="+", verbose_name=_("更正"))
    rev = models.PositiveSmallIntegerField(_("采购文件版本"))
    statement = models.TextField(_("确认声明"), default="", blank=True)
    signature = models.TextField(_("声明签名"), default="", blank=True)
    signing_key = models.ForeignKey(
        SigningKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签名公钥")
    )
    confirmed_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("确认岗位"))
    reconfirmed_at = models.DateTimeField(_("确认时间"))

    class Meta:
        verbose_name = _("更正后确认")
        constraints = [
            models.UniqueConstraint(fields=["bid", "correction"], name="one_reconfirmation_per_correction"),
        ]

    def __str__(self) -> str:
        return f"{self.bid}"

    @property
    def root(self) -> Case:
        return self.bid.lot.case

    def stage_at(self, now: datetime.datetime) -> str:
        return self.bid.lot.stage_at(now)

    @property
    def entry_facts(self) -> dict[str, Any]:
        """All that an Entry may say about a sealed bid."""
        return {"receipt": self.bid.receipt, "rev": self.rev}
