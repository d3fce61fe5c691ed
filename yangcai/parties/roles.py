"""Which roles are there, and which may one person never hold on the same case?"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    BUYER_OFFICER = "buyer_officer", _("采购人经办")
    BUYER_REVIEWER = "buyer_reviewer", _("采购人审核")
    AGENT = "agent", _("代理机构")
    SUPPLIER = "supplier", _("供应商")
    EXPERT = "expert", _("评审专家")
    TREASURY = "treasury", _("财政监管")
    TREASURY_PAYER = "treasury_payer", _("国库支付")
    AUDITOR = "auditor", _("审计纪检")
    EDITOR = "editor", _("门户编辑")
    PLATFORM = "platform", _("平台运维")
    ADMINISTRATOR = "administrator", _("单位管理员")


#: Who may act for the buyer's side of a case.
BUYER = frozenset({Role.BUYER_OFFICER, Role.BUYER_REVIEWER})
#: Pairs that one person must not hold at the same time (internal control rules; 87号令 art. 47; security.md §6).
INCOMPATIBLE: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        (Role.BUYER_OFFICER, Role.BUYER_REVIEWER),
        (Role.BUYER_OFFICER, Role.TREASURY),
        (Role.BUYER_REVIEWER, Role.TREASURY),
        (Role.BUYER_OFFICER, Role.TREASURY_PAYER),
        (Role.BUYER_REVIEWER, Role.TREASURY_PAYER),
        (Role.TREASURY, Role.TREASURY_PAYER),
        (Role.AGENT, Role.EXPERT),
        (Role.AGENT, Role.SUPPLIER),
        (Role.AGENT, Role.TREASURY),
        (Role.TREASURY, Role.EXPERT),
        (Role.TREASURY, Role.SUPPLIER),
        (Role.SUPPLIER, Role.EXPERT),
        (Role.SUPPLIER, Role.BUYER_OFFICER),
        (Role.SUPPLIER, Role.BUYER_REVIEWER),
        (Role.PLATFORM, Role.TREASURY),
        (Role.PLATFORM, Role.AUDITOR),
        # Whoever gives posts must not make a second pair of eyes for oneself; a small supplier may have one person.
        (Role.ADMINISTRATOR, Role.BUYER_OFFICER),
        (Role.ADMINISTRATOR, Role.BUYER_REVIEWER),
        (Role.ADMINISTRATOR, Role.TREASURY),
        (Role.ADMINISTRATOR, Role.TREASURY_PAYER),
    )
)
