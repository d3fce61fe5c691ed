"""Who is in the opening hall, what does the host say there, and when does it stand still?"""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.roles import Role
from yangcai.tendering.models import OpeningAttendance, OpeningSuspension
from yangcai.tendering.rules import hall as rules
from yangcai.tendering.rules.opening import opening_of, under_way

HOSTS = frozenset({Role.AGENT, Role.BUYER_OFFICER})
#: 财政部门 watches over the opening and may stop it when something goes wrong.
STEWARDS = HOSTS | {Role.TREASURY}


@action(
    "opening.sign_in",
    zh="开标签到",
    en="Sign in to the opening",
    on=Case,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION, Stage.OPENING},
    only=(rules.is_read_out, rules.has_a_bid),
    needs=(rules.not_signed_in_yet, rules.not_concluded),
    sentence=("{post}签到", "{post} signed in"),
    is_public=False,
    secret=True,
    cites=("opening.absence_accepts",),
    hint=(
        "未签到不影响投标文件的开启，也可以随时查看开标过程和记录",
        "A bid is opened whether or not its bidder is there, and the hall stays readable afterwards",
    ),
)
def sign_in_to_opening(case: Case, *, by: Any, now: datetime.datetime) -> OpeningAttendance:
    """Secret until the opening, as everything that tells who bids (87号令 art. 28)."""
    return OpeningAttendance.objects.create(case=case, supplier=by.organisation, signed_in_at=now)


class Remark(Input):
    remark = TextField(label=_("发言"), lines=3, max_length=500, help_text=_("全程留痕，所有在场和旁观的人都能看到"))


@action(
    "opening.remark",
    zh="主持发言",
    en="Address the hall",
    on=Case,
    by=HOSTS,
    at={Stage.OPENING},
    only=(rules.is_read_out,),
    needs=(runs_the_case, rules.not_concluded),
    input=Remark,
    sentence=("{post}（主持人）发言", "{post} addressed the hall"),
    cites=("opening.recorded",),
)
def address_hall(case: Case, *, by: Any, now: datetime.datetime, remark: str) -> None:
    """Kept as its Entry, which is where the hall reads it from."""


class SuspendOpening(Input):
    reason = TextField(label=_("暂停理由"), lines=2, max_length=500)


@action(
    "opening.suspend",
    zh="暂停开标",
    en="Suspend the opening",
    on=Case,
    by=STEWARDS,
    at={Stage.OPENING},
    only=(rules.is_read_out,),
    needs=(runs_the_case, under_way, rules.not_suspended),
    input=SuspendOpening,
    sentence=("{post}暂停了开标", "{post} suspended the opening"),
    cites=("opening.recorded", "opening.objection"),
    hint=(
        "暂停期间不开启、不唱标、不结束，解密和确认时限停止计算；投标人仍可解密、确认和提出异议",
        "Nothing is opened, read out or concluded meanwhile, and the time for keys and for confirming stands still;"
        " bidders may still release keys, confirm and object",
    ),
)
def suspend_opening(case: Case, *, by: Any, now: datetime.datetime, reason: str) -> OpeningSuspension:
    """Bidders may still object and confirm; nobody loses a minute."""
    return OpeningSuspension.objects.create(opening=opening_of(case), reason=reason, suspended_at=now)


@action(
    "opening.resume",
    zh="恢复开标",
    en="Resume the opening",
    on=Case,
    by=STEWARDS,
    at={Stage.OPENING},
    only=(rules.is_read_out,),
    needs=(runs_the_case, under_way, rules.is_suspended),
    sentence=("{post}恢复了开标", "{post} resumed the opening"),
    cites=("opening.recorded",),
)
def resume_opening(case: Case, *, by: Any, now: datetime.datetime) -> None:
    """The times of the hall go on with what was left of them."""
    OpeningSuspension.objects.filter(opening=opening_of(case), resumed_at__isnull=True).update(resumed_at=now)
