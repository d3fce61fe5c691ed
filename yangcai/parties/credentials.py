"""Which papers does an organisation keep here once, instead of uploading them for every bid?"""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Credential, CredentialKind, Organisation, Post
from yangcai.parties.roles import Role

KEEPERS = frozenset({Role.SUPPLIER, Role.AGENT, Role.ADMINISTRATOR})
#: What an attachment of the vault is called in the store: nobody but its owner reads it.
KIND = "credential"


def dates_are_right(
    subject: Any,
    *,
    by: Post,
    now: datetime.datetime,
    valid_from_on: datetime.date | None,
    valid_to_on: datetime.date | None,
    **data: Any,
) -> Refusal | None:
    """It ends after it begins, and has not ended."""
    if valid_to_on is None:
        return None
    if valid_to_on < timezone.localdate(now):
        return Refusal(
            "credential_expired",
            "该证明已经过期，请上传有效的",
            "This paper has expired: keep one that is valid",
            field="valid_to_on",
        )
    if valid_from_on is not None and valid_to_on < valid_from_on:
        return Refusal(
            "impossible_date", "止期不能早于起期", "The last day cannot lie before the first", field="valid_to_on"
        )
    return None


class KeepCredential(Input):
    kind = forms.ChoiceField(label=_("种类"), choices=CredentialKind.choices)
    title = TextField(label=_("名称"))
    number = TextField(label=_("证书编号"), required=False)
    issuer = TextField(label=_("发证机关"), required=False)
    valid_from_on = DateField(label=_("有效期起"), required=False)
    valid_to_on = DateField(
        label=_("有效期止"), required=False, help_text=_("到期前 30 天、7 天和 1 天提醒；长期有效的不填")
    )
    document = DocumentField(label=_("文件"))


def _keep(
    organisation: Organisation, *, by: Post, now: datetime.datetime, document: Document, **values: Any
) -> Credential:
    kept = Credential.objects.create(organisation=organisation, document=document, kept_at=now, **values)
    documents.attach(document, to=kept, title=kept.title, kind=KIND, by=by, now=now)
    return kept


@action(
    "credential.keep",
    zh="存入资质",
    en="Keep a paper",
    on=Organisation,
    by=KEEPERS,
    checks=(dates_are_right,),
    input=KeepCredential,
    sentence=("{post}存入了一份资质", "{post} kept a paper in its vault"),
    creates=True,
    is_public=False,
    hint=(
        "存一次，投标时直接引用；只有本单位能看到，递交后才随投标文件密封",
        "Kept once and taken along with every bid; only your organisation sees it",
    ),
)
def keep_credential(organisation: Organisation, *, by: Post, now: datetime.datetime, **values: Any) -> Credential:
    """Into the vault, with its file."""
    return _keep(organisation, by=by, now=now, **values)


def is_still_kept(credential: Credential, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """What was taken out or replaced is only history."""
    if credential.withdrawn_at is None:
        return None
    return Refusal("credential_withdrawn", "该资质已经撤出", "This paper has been taken out already")


@action(
    "credential.replace",
    zh="更换资质",
    en="Replace a paper",
    on=Credential,
    by=KEEPERS,
    needs=(is_still_kept,),
    checks=(dates_are_right,),
    input=KeepCredential,
    sentence=("{post}更换了一份资质", "{post} replaced a paper in its vault"),
    creates=True,
    is_public=False,
)
def replace_credential(credential: Credential, *, by: Post, now: datetime.datetime, **values: Any) -> Credential:
    """A new one takes its place; bids that were handed in keep what they had."""
    credential.withdrawn_at = now
    credential.save(update_fields=["withdrawn_at"])
    return _keep(credential.organisation, by=by, now=now, replaces=credential, **values)


@action(
    "credential.withdraw",
    zh="撤出资质",
    en="Take a paper out",
    on=Credential,
    by=KEEPERS,
    needs=(is_still_kept,),
    sentence=("{post}撤出了一份资质", "{post} took a paper out of its vault"),
    is_public=False,
    dangerous=True,
)
def withdraw_credential(credential: Credential, *, by: Post, now: datetime.datetime) -> Credential:
    """It is offered for no bid any more."""
    credential.withdrawn_at = now
    credential.save(update_fields=["withdrawn_at"])
    return credential
