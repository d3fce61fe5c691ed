"""Actions of no procurement meaning, on an organisation, to try the write path with. They are in no registry."""

import datetime
from typing import Any

from django import forms

from yangcai.kernel.actions import Action
from yangcai.kernel.inputs import Input, RowsField
from yangcai.kernel.refusals import Citation, Refusal
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role

LEGAL = Citation("GPL", "第一条", rule="probe", title="政府采购法")


class Contact(Input):
    contact = forms.CharField(max_length=20)


class RowForm(forms.Form):
    name = forms.CharField(label="名称", max_length=5)
    count = forms.IntegerField(label="数量", min_value=1)


class Table(Input):
    rows = RowsField(RowForm, min_rows=1, max_rows=3)


def not_closed(organisation: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    return Refusal("closed", "已关闭", "Closed", LEGAL) if organisation.address == "closed" else None


def not_barred(organisation: Organisation, *, by: Post, now: datetime.datetime) -> list[Refusal]:
    return [Refusal("barred", "已禁止", "Barred")] if organisation.contact == "barred" else []


def no_shouting(
    organisation: Organisation, *, by: Post, now: datetime.datetime, contact: str = "", **data: Any
) -> Refusal | None:
    return Refusal("shouting", "请小声", "Do not shout", LEGAL, field="contact") if contact.isupper() else None


def no_digits(
    organisation: Organisation, *, by: Post, now: datetime.datetime, contact: str = "", **data: Any
) -> Refusal | None:
    return Refusal("digits", "不要数字", "No digits") if any(c.isdigit() for c in contact) else None


def change_contact(organisation: Organisation, *, by: Post, now: datetime.datetime, contact: str) -> Organisation:
    """Write the contact."""
    organisation.contact = contact
    organisation.save(update_fields=["contact"])
    return organisation


def add_one(organisation: Organisation, *, by: Post, now: datetime.datetime) -> None:
    """Count up in the address, reading and writing as carelessly as possible."""
    organisation.address = str(int(organisation.address or 0) + 1)
    organisation.save(update_fields=["address"])


def change_and_crash(organisation: Organisation, *, by: Post, now: datetime.datetime, contact: str) -> None:
    """Write, then fall."""
    change_contact(organisation, by=by, now=now, contact=contact)
    raise RuntimeError("the machine fell over")


def probe(body: Any = change_contact, **values: Any) -> Action:
    declared: dict[str, Any] = {
        "code": "probe.change",
        "zh": "试验",
        "en": "Probe",
        "on": Organisation,
        "by": frozenset({Role.BUYER_OFFICER, Role.BUYER_REVIEWER}),
        "input": Contact,
        "needs": (not_closed, not_barred),
        "checks": (no_shouting, no_digits),
        "sentence": ("{post}做了试验", "{post} probed"),
    }
    return Action(body=body, **(declared | values))
