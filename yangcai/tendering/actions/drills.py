"""How is the yearly drill held: begun by the platform, taken part in by every trustee, concluded with a record?"""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role
from yangcai.sealing.faults import Fault, Faulty
from yangcai.sealing.statement import LARGEST_RELEASE, Message
from yangcai.tendering import drills
from yangcai.tendering.models import Drill, DrillRelease
from yangcai.tendering.rules import drills as rules
from yangcai.tendering.rules.trustees import ROLE_OF_POST

CITES = ("opening.at_deadline", "submission.secrecy")


@action(
    "drill.begin",
    zh="开始开启演练",
    en="Begin a drill",
    on=Organisation,
    by={Role.PLATFORM},
    only=(rules.is_the_platform,),
    needs=(rules.no_drill_is_open, rules.board_is_large_enough),
    sentence=("{post}开始了受托人开启演练", "{post} began a drill of the trustees"),
    creates=True,
    cites=CITES,
    hint=(
        "用虚拟投标走一遍密封、释放和开启；每年至少一次，参加和缺席的单位记入公开日志",
        "Sealing, release and opening with made-up bids; at least once a year, and the log says who took part",
    ),
)
def begin_drill(organisation: Organisation, *, by: Post, now: datetime.datetime) -> Drill:
    """Every trustee in office finds a task."""
    return drills.begin(organisation, by=by, now=now)


class ReleaseInDrill(Input):
    message = TextField(label=_("演练释放声明"), lines=6, max_length=LARGEST_RELEASE, strip=False)

    def clean_message(self) -> Message:
        drill = self.subject
        if not isinstance(drill, Drill):
            raise forms.ValidationError(_("贵单位不参加本次演练"), code="no_part")
        try:
            message = Message.parse(self.cleaned_data["message"].encode())
        except Faulty as faulty:
            raise _wrong(faulty.fault) from faulty
        trustee, opened = drills.trustee_of(drill, by=self.by), drills.read(drill)
        holder = drills.holder_of(opened.policy, trustee) if trustee is not None else None
        if holder is None:
            raise forms.ValidationError(_("贵单位不参加本次演练"), code="no_part")
        if (fault := drills.fault_in(opened, message, holder)) is not None:
            raise _wrong(fault)
        return message


def _wrong(fault: Fault | str) -> forms.ValidationError:
    if isinstance(fault, str):
        return forms.ValidationError(fault, code="drill")
    return forms.ValidationError(fault.zh if in_chinese() else fault.en, code=fault.code)


@action(
    "drill.release",
    zh="参加开启演练",
    en="Take part in a drill",
    on=Drill,
    by=frozenset(ROLE_OF_POST),
    only=(rules.takes_part,),
    needs=(rules.drill_goes_on, rules.has_not_released),
    input=ReleaseInDrill,
    sentence=("{post}参加了受托人开启演练", "{post} took part in a drill of the trustees"),
    secret=True,
    cites=CITES,
    hint=(
        "运行 yangcai trustee drill 即可参加；它用本单位私钥释放虚拟投标的份额",
        "Run yangcai trustee drill: it releases your shares of the made-up bids",
    ),
)
def release_in_drill(drill: Drill, *, by: Post, now: datetime.datetime, message: Message) -> DrillRelease:
    """Kept as it came."""
    trustee = drills.trustee_of(drill, by=by)
    assert trustee is not None  # takes_part
    return drills.keep(drill, message, trustee=trustee, by=by, now=now)


@action(
    "drill.conclude",
    zh="结束开启演练",
    en="Conclude a drill",
    on=Drill,
    by={Role.PLATFORM},
    needs=(rules.drill_goes_on,),
    sentence=("{post}结束了受托人开启演练", "{post} concluded a drill of the trustees"),
    cites=CITES,
    hint=(
        "平台份额随之释放，虚拟投标一并开启；没有参加的单位记为缺席",
        "The platform's shares follow, the made-up bids are opened, and whoever took no part is recorded as absent",
    ),
)
def conclude_drill(drill: Drill, *, by: Post, now: datetime.datetime) -> Drill:
    """On record, and in the public log."""
    return drills.conclude(drill, by=by, now=now)
