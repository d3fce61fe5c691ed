"""With which office does one ask, object or complain, and who says so?"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.actions import action, scope, standing
from yangcai.kernel.inputs import Input, TextField
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import ContactPoint, Organisation, OrganisationKind, Post, Purpose
from yangcai.parties.roles import Role

#: Which organisations take what: complaints go to the treasury alone (政府采购法 art. 55), objections to whoever runs
#: the purchase (art. 52).
TAKEN_BY: dict[str, frozenset[str]] = {
    Purpose.ENQUIRY: frozenset(
        {OrganisationKind.BUYER, OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT, OrganisationKind.TREASURY}
    ),
    Purpose.OBJECTION: frozenset({OrganisationKind.BUYER, OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT}),
    Purpose.COMPLAINT: frozenset({OrganisationKind.TREASURY}),
}
PHONE = re.compile(r"[0-9+][0-9 \-]{4,24}")


class StateContactPoint(Input):
    purpose = forms.ChoiceField(label=_("受理事项"), choices=Purpose.choices)
    office = TextField(label=_("受理部门"), max_length=60, help_text=_("写部门，不写个人姓名"))
    phone = TextField(label=_("电话"), required=False, max_length=25, help_text=_("部门的办公电话"))
    email = forms.EmailField(label=_("电子邮箱"), required=False, help_text=_("部门的公用邮箱"))
    address = TextField(label=_("地址"), required=False, max_length=120)
    hours = TextField(label=_("办公时间"), required=False, max_length=60)


def has_a_number_or_an_address(
    organisation: Organisation, *, by: Post, now: datetime.datetime, phone: str, email: str, **data: Any
) -> Iterator[Refusal]:
    if not phone and not email:
        yield Refusal("no_way_to_reach", "电话和电子邮箱至少填写一项", "Give a telephone number or an e-mail address")
    if phone and not PHONE.fullmatch(phone):
        yield Refusal(
            "bad_phone", "电话只能含数字、空格和横线", "A number has digits, spaces and hyphens", field="phone"
        )


def takes_such_things(
    organisation: Organisation, *, by: Post, now: datetime.datetime, purpose: str, **data: Any
) -> Refusal | None:
    if organisation.kind in TAKEN_BY[purpose]:
        return None
    return Refusal(
        "not_taken_here",
        "质疑由采购人、代理机构受理，投诉由财政部门受理",
        "Objections go to the buyer or its agent, complaints to the treasury",
        field="purpose",
    )


@action(
    "contact_point.state",
    zh="公布受理联系方式",
    en="State where enquiries, objections or complaints go",
    on=Organisation,
    by={Role.BUYER_OFFICER, Role.AGENT, Role.TREASURY},
    checks=(has_a_number_or_an_address, takes_such_things),
    input=StateContactPoint,
    sentence=("{post}公布了受理联系方式", "{post} stated where to turn to"),
    hint=("在门户的联系方式页公开；再次公布即替换", "Public on the contacts page; stating it again replaces it"),
    cites=("enquiry.answer", "objection.file", "complaint.file"),
)
def state_contact_point(
    organisation: Organisation, *, by: Post, now: datetime.datetime, purpose: str, **values: Any
) -> ContactPoint:
    """The office that takes enquiries, objections or complaints of one's own organisation."""
    found, _made = ContactPoint.objects.update_or_create(
        organisation=organisation, purpose=purpose, defaults={**values, "stated_at": now}
    )
    return found


@scope(ContactPoint)
def visible_contact_points(post: Post | None, now: datetime.datetime) -> QuerySet[ContactPoint]:
    """They are there to be found by everybody."""
    return ContactPoint.objects.select_related("organisation").order_by("organisation__name", "pk")


@standing(ContactPoint)
def concerns_contact_point(point: ContactPoint, post: Post) -> bool:
    return point.organisation_id == post.organisation_id
