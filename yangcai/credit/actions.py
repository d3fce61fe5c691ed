"""How does a debarment become known to the platform?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.credit import rules
from yangcai.credit.models import Debarment, DebarmentGround
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input, TextField
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role


class RecordDebarment(Input):
    ground = forms.ChoiceField(label=_("名单"), choices=DebarmentGround.choices)
    from_on = DateField(label=_("起"))
    to_on = DateField(label=_("止"), required=False, help_text=_("没有期限的名单可不填，移出名单后另行登记"))
    authority = TextField(label=_("决定机关"))
    decision = TextField(label=_("文号"))


@action(
    "debarment.record",
    zh="登记禁止参加名单",
    en="Record a debarment",
    on=Organisation,
    by={Role.TREASURY},
    input=RecordDebarment,
    checks=(rules.ends_after_it_begins, rules.lasts_as_the_law_allows, rules.not_listed_twice),
    sentence=("{post}登记了禁止参加政府采购活动的决定", "{post} recorded a debarment"),
    cites=("credit.debarment",),
    hint=(
        "自起日起，该单位的投标、代理和评审资格由系统自动核查",
        "From its first day on the platform itself checks bids, agency and committee work of this organisation",
    ),
)
def record_debarment(
    organisation: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    ground: str,
    from_on: datetime.date,
    to_on: datetime.date | None,
    authority: str,
    decision: str,
    **data: Any,
) -> Debarment:
    """Put the organisation on a list from one day to another (政府采购法 art. 77; 财库〔2016〕125号)."""
    return Debarment.objects.create(
        organisation=organisation, ground=ground, from_on=from_on, to_on=to_on, authority=authority, decision=decision
    )
