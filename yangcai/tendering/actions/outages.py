"""How is a deadline extended after an outage of the platform? By the platform itself, by the rule, once, for all. And
how is maintenance announced, so that it is none?"""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MomentField, TextField
from yangcai.kernel.models import Outage
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role
from yangcai.tendering import outages
from yangcai.tendering.models import (
    ExtensionReceipt,
    Maintenance,
    OutageExtension,
    Prequalification,
    PrequalificationCorrection,
)
from yangcai.tendering.rules import outages as rules
from yangcai.tendering.rules.trustees import is_own_organisation


class ExtendPeriod(Input):
    outage = forms.ModelChoiceField(
        label=_("停机"), queryset=Outage.objects.all(), help_text=_("由平台健康日志得出；新的截止时间按规则计算")
    )


@action(
    "period.extend",
    zh="停机顺延截止时间",
    en="Extend the deadlines after an outage",
    on=Case,
    by={Role.PLATFORM},
    only=(rules.an_extension_is_owed,),
    checks=(rules.outage_touches_it,),
    input=ExtendPeriod,
    notice="extension",
    sentence=("{post}因平台停机顺延了截止时间", "{post} extended the deadline after an outage of the platform"),
    cites=(
        "outage.extension",
        "outage.shortest",
        "outage.protected",
        "outage.relief",
        "outage.from_hour",
        "outage.to_hour",
        "calendar.last_day",
    ),
    hint=(
        "平台恢复后自动办理；对全部供应商相同，只推迟、不提前，并列入已获取采购文件的供应商的待办",
        "Done by itself once the platform has recovered; alike for all, only ever later, and put into the worklist of"
        " every supplier that has the documents",
    ),
)
def extend_period(case: Case, *, by: Post, now: datetime.datetime, outage: Outage) -> OutageExtension:
    """Every deadline of the case that this outage touches."""
    touched = [deadline for owed, deadline in outages.owed(case, now=now) if owed == outage]
    extended = [outages.extend(case, deadline, outage=outage, now=now) for deadline in touched]
    return extended[0]  # outage_touches_it


@action(
    "prequalification.extend",
    zh="停机顺延申请截止时间",
    en="Extend the time for applications after an outage",
    on=Prequalification,
    by={Role.PLATFORM},
    only=(rules.an_extension_is_owed_to_applicants,),
    checks=(rules.outage_touches_the_applications,),
    input=ExtendPeriod,
    notice="prequalification_correction",
    sentence=(
        "{post}因平台停机顺延了申请截止时间",
        "{post} extended the time for applications after an outage of the platform",
    ),
    cites=("outage.extension", "outage.shortest", "outage.protected", "outage.relief", "calendar.last_day"),
    hint=(
        "平台恢复后自动办理；对全部供应商相同，只推迟、不提前，以更正公告公布",
        "Done by itself once the platform has recovered; alike for all, only ever later, published as a correction",
    ),
)
def extend_applications(
    prequalification: Prequalification, *, by: Post, now: datetime.datetime, outage: Outage
) -> PrequalificationCorrection:
    """By the same rule as the deadline of bids."""
    return outages.extend_applications(prequalification, outage=outage, now=now)


@action(
    "extension.acknowledge",
    zh="确认收到顺延",
    en="Acknowledge the extension",
    on=OutageExtension,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    needs=(rules.was_told, rules.not_acknowledged),
    sentence=("{post}确认收到顺延", "{post} acknowledged the extension"),
    is_public=False,
    secret=True,
    cites=("outage.extension", "submission.secrecy"),
    hint=(
        "已递交的投标文件继续有效，截止前仍可撤回、替换；开标前任何人不会知道贵单位已确认",
        "A bid that is in stays valid and can still be withdrawn or replaced; until the opening nobody learns that you"
        " acknowledged",
    ),
)
def acknowledge_extension(extension: OutageExtension, *, by: Post, now: datetime.datetime) -> ExtensionReceipt:
    """The supplier knows the new deadline; until it says so the extension stays in its worklist."""
    return ExtensionReceipt.objects.create(extension=extension, supplier_id=by.organisation_id, received_at=now)


class AnnounceMaintenance(Input):
    begins_at = MomentField(label=_("开始"))
    ends_at = MomentField(label=_("结束"))
    what = TextField(label=_("维护内容"), lines=2)


@action(
    "maintenance.announce",
    zh="公布计划维护",
    en="Announce planned maintenance",
    on=Organisation,
    by={Role.PLATFORM},
    needs=(is_own_organisation,),
    checks=(rules.maintenance_is_ahead, rules.maintenance_keeps_off_deadlines),
    input=AnnounceMaintenance,
    sentence=("{post}公布了计划维护", "{post} announced planned maintenance"),
    creates=True,
    cites=("outage.maintenance", "outage.protected"),
    hint=(
        "须避开各项目截止前的保护时间；维护造成停机的，健康日志照记，此后公布的截止时间照样顺延",
        "It keeps out of the protected time before every deadline; what it interrupts stands in the journal and extends"
        " deadlines like any other outage",
    ),
)
def announce_maintenance(
    organisation: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    begins_at: datetime.datetime,
    ends_at: datetime.datetime,
    what: str,
) -> Maintenance:
    """It stands on the status page from now on."""
    protected = outages.terms(now=now).protected
    return Maintenance.objects.create(
        organisation=organisation,
        begins_at=begins_at,
        ends_at=ends_at,
        what=what,
        protected=protected,
        announced_at=now,
    )
