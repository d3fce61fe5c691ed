"""Has the bid security arrived, and when does it go back, or on what ground is it kept?"""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.actions import chinese
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MomentField, MoneyField
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.tendering.models import BidSecurity, SecurityKind
from yangcai.tendering.rules import bids as rules

ROLES = frozenset({Role.AGENT, Role.BUYER_OFFICER})


class RecordSecurity(Input):
    supplier = forms.ModelChoiceField(
        label=_("供应商"), queryset=Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).order_by("name")
    )
    kind = forms.ChoiceField(label=_("形式"), choices=SecurityKind.choices)
    amount = MoneyField(label=_("金额"), min_value=Decimal("0.01"))
    received_at = MomentField(label=_("到账时间"))


@action(
    "bid_security.record",
    zh="登记投标保证金",
    en="Record a bid security",
    on=Case,
    by=ROLES,
    at={Stage.SUBMISSION, Stage.OPENING, Stage.QUALIFICATION},
    needs=(runs_the_case, rules.security_is_asked),
    checks=(rules.security_came_before_now, rules.recorded_once),
    input=RecordSecurity,
    sentence=("{post}登记了投标保证金", "{post} recorded a bid security"),
    is_public=False,
    cites=("bid_security.cap", "bid_security.form", "bid_security.missing"),
    hint=(
        "按实际到账时间如实登记；投标截止后到账的，视为未按要求提交",
        "Record when it really arrived; what arrives after the deadline does not count",
    ),
)
def record_security(
    case: Case, *, by: Any, now: datetime.datetime, supplier: Organisation, **arrived: Any
) -> BidSecurity:
    """Note that a security arrived."""
    return BidSecurity.objects.create(case=case, supplier=supplier, **arrived)


class KeptGround(models.TextChoices):
    """When a security need not be returned (87号令 art. 23, 政府采购法 art. 77)."""

    WITHDRAWN_LATE = "withdrawn_late", _("投标有效期内撤销投标文件")
    AWARD_REFUSED = "award_refused", _("中标后无正当理由拒签合同")
    FALSE_MATERIAL = "false_material", _("提供虚假材料谋取中标")
    COLLUSION = "collusion", _("串通投标")


class ReturnSecurity(Input):
    kept_reason = forms.ChoiceField(
        label=_("不予退还的情形"),
        choices=[("", _("予以退还")), *KeptGround.choices],
        required=False,
    )


@action(
    "bid_security.return",
    zh="退还投标保证金",
    en="Return the bid security",
    on=BidSecurity,
    by=ROLES,
    needs=(runs_the_case, rules.security_is_held),
    checks=(rules.security_is_released,),
    input=ReturnSecurity,
    sentence=("{post}处理了投标保证金", "{post} settled a bid security"),
    is_public=False,
    despite_block=True,
    cites=(
        "bid_security.refund_losers",
        "bid_security.refund_winner",
        "bid_security.refund_withdrawn",
        "bid_security.late_uplift",
    ),
    hint=(
        "逾期退还的，应当支付资金占用费",
        "Interest is owed on what goes back late",
    ),
)
def return_security(security: BidSecurity, *, by: Any, now: datetime.datetime, kept_reason: str) -> None:
    """The money goes back, or is kept on one of the lawful grounds."""
    if kept_reason:
        security.kept_reason = chinese(KeptGround(kept_reason).label)
    else:
        security.returned_at = now
    security.save(update_fields=["kept_reason", "returned_at"])
