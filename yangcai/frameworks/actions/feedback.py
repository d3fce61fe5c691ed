"""How does a buyer say what it found of a call-off (用户反馈和评价)?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.frameworks.models import CallOff, Feedback, Grade
from yangcai.frameworks.rules import feedback as rules
from yangcai.frameworks.standing import entrant_behind
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.roles import Role


class GiveFeedback(Input):
    grade = forms.TypedChoiceField(label=_("评价"), choices=[("", _("请选择")), *Grade.choices], coerce=int)
    comment = TextField(
        label=_("评价内容"), lines=3, help_text=_("产品和服务质量、交付、售后等；请勿写入个人信息，评价将公开")
    )


@action(
    "feedback.give",
    zh="评价入围供应商",
    en="Give feedback on the entrant",
    on=CallOff,
    by={Role.BUYER_OFFICER},
    only=(rules.went_to_an_entrant,),
    needs=(rules.contract_is_signed, rules.not_given),
    input=GiveFeedback,
    creates=True,
    sentence=("{post}评价了入围供应商的履约情况", "{post} gave feedback on an entrant"),
    cites=("framework.feedback", "framework.feedback_said"),
    hint=(
        "评价向采购人和服务对象公开，供直接选定时参考",
        "It is open to buyers and users, as a guide to direct choice",
    ),
)
def give_feedback(call_off: CallOff, *, by: Any, now: datetime.datetime, grade: int, comment: str) -> Feedback:
    """Once for each call-off, by the unit that bought."""
    award = rules.award_of(call_off)
    assert award is not None  # a contract is signed on it
    return Feedback.objects.create(
        framework=call_off.framework,
        call_off=call_off,
        supplier_id=entrant_behind(call_off, award.supplier_id),
        buyer_id=by.organisation_id,
        grade=grade,
        comment=comment,
        given_at=now,
    )
