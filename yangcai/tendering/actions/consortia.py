"""How do suppliers agree to take part in a lot together? The leader registers it, each member confirms it itself."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import consortia
from yangcai.tendering.actions.bids import said
from yangcai.tendering.models import Consortium, ConsortiumMember
from yangcai.tendering.rules import bids
from yangcai.tendering.rules import consortia as rules


class MemberRow(forms.Form):
    name = TextField(label=_("成员名称"))
    uscc = TextField(label=_("统一社会信用代码"), required=False, help_text=_("登记有代码的必填"))
    share = forms.DecimalField(
        label=_("合同份额"),
        min_value=Decimal("0.0001"),
        max_value=Decimal("0.9999"),
        max_digits=5,
        decimal_places=4,
        help_text=_("占合同总金额的比例，如 0.30"),
    )
    work = TextField(label=_("承担的工作和义务"))


class RegisterConsortium(Input):
    work = TextField(label=_("牵头人承担的工作和义务"), lines=2)
    members = RowsField(
        MemberRow,
        label=_("联合体其他成员"),
        min_rows=1,
        max_rows=20,
        blank=1,
        help_text=_("名称和代码按成员的营业执照填写；其余份额由牵头人承担"),
    )

    def clean(self) -> dict[str, Any]:
        """What is wrong is said at its field and written down nowhere: it would tell that the supplier bids."""
        cleaned = super().clean() or {}
        if isinstance(self.subject, Lot):
            leader = self.by.organisation
            for refusal in rules.takes_part_elsewhere(self.subject, leader, now=self.now):
                self.add_error(None, said(refusal))
            rows = cleaned.get("members", ())
            for refusal in list(rules.unlawful_agreement(self.subject, leader=leader, rows=rows, now=self.now)):
                self.add_error("members", said(refusal))
        return cleaned


@action(
    "consortium.register",
    zh="登记联合协议",
    en="Register a consortium agreement",
    on=Lot,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    only=(rules.consortia_are_accepted,),
    needs=(
        bids.is_bid_for,
        bids.submission_is_open,
        bids.opening_not_begun,
        bids.has_documents,
        bids.is_not_debarred,
        rules.nothing_is_registered,
        rules.leader_has_not_bid,
    ),
    input=RegisterConsortium,
    sentence=("{post}登记了联合协议", "{post} registered a consortium agreement"),
    creates=True,
    is_public=False,
    secret=True,
    cites=("qualification.consortium_agreement", "qualification.consortium", "submission.secrecy"),
    hint=(
        "投标人为牵头人；各成员在投标截止前在平台确认后，联合体的投标才有效；开标前只有牵头人和成员知道",
        "You are the leader; a bid of the consortium is valid once every member has confirmed here before the deadline;"
        " until the opening only leader and members know",
    ),
    occasional=True,
)
def register_consortium(
    lot: Lot, *, by: Post, now: datetime.datetime, work: str, members: list[dict[str, Any]]
) -> Consortium:
    """Each member finds it on its own worklist."""
    made = Consortium.objects.create(
        lot=lot, leader_id=by.organisation_id, work=work, registered_by=by, registered_at=now
    )
    for row in members:
        organisation, _known = consortia.supplier_called(row["name"], row["uscc"])
        assert organisation is not None  # the form has found it
        ConsortiumMember.objects.create(
            consortium=made, organisation=organisation, share=row["share"], work=row["work"]
        )
    return made


class ConfirmMembership(Input):
    commitment = forms.BooleanField(
        label=_("我单位确认联合协议，按所列工作和份额参加，与联合体各方就合同向采购人承担连带责任")
    )


@action(
    "consortium.confirm",
    zh="确认联合协议",
    en="Confirm the consortium agreement",
    on=ConsortiumMember,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    needs=(
        rules.agreement_stands,
        rules.not_answered,
        bids.submission_is_open,
        bids.opening_not_begun,
        bids.is_not_debarred,
        rules.takes_part_once,
    ),
    input=ConfirmMembership,
    sentence=("{post}确认了联合协议", "{post} confirmed the consortium agreement"),
    is_public=False,
    secret=True,
    cites=("qualification.consortium_agreement", "qualification.consortium", "submission.secrecy"),
    hint=(
        "确认后不得再单独或者另组联合体参加本包；牵头人递交投标文件以前可以退出",
        "After that you bid for this lot neither alone nor with others; until the leader bids you may leave",
    ),
)
def confirm_membership(
    member: ConsortiumMember, *, by: Post, now: datetime.datetime, commitment: bool
) -> ConsortiumMember:
    """By its own post: nobody joins a consortium by another's word."""
    member.confirmed_at, member.confirmed_by = now, by
    member.save(update_fields=["confirmed_at", "confirmed_by"])
    return member


class LeaveConsortium(Input):
    reason = TextField(label=_("理由"), lines=2, required=False, help_text=_("只有牵头人和联合体成员可以看到"))


@action(
    "consortium.decline",
    zh="不参加联合体",
    en="Take no part in the consortium",
    on=ConsortiumMember,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    needs=(
        rules.agreement_stands,
        rules.has_not_left,
        bids.submission_is_open,
        bids.opening_not_begun,
        rules.bid_of_the_consortium_is_not_in,
    ),
    input=LeaveConsortium,
    sentence=("{post}表示不参加联合体", "{post} said that it takes no part in the consortium"),
    is_public=False,
    secret=True,
    cites=("qualification.consortium_agreement", "submission.secrecy"),
    hint=(
        "没有同意组成联合体的，不参加即可，不影响贵单位自己的投标",
        "If you never agreed to it, say so: your own bid is not touched either way",
    ),
    dangerous=True,
)
def leave_consortium(member: ConsortiumMember, *, by: Post, now: datetime.datetime, reason: str) -> ConsortiumMember:
    """Before it confirmed, or after and before the leader's bid is in."""
    member.declined_at, member.decline_reason = now, reason
    member.save(update_fields=["declined_at", "decline_reason"])
    return member


@action(
    "consortium.withdraw",
    zh="撤回联合协议",
    en="Withdraw the consortium agreement",
    on=Consortium,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    needs=(
        rules.agreement_stands,
        bids.submission_is_open,
        bids.opening_not_begun,
        rules.bid_of_the_consortium_is_not_in,
    ),
    sentence=("{post}撤回了联合协议", "{post} withdrew its consortium agreement"),
    is_public=False,
    secret=True,
    cites=("qualification.consortium_agreement", "submission.secrecy"),
    hint=("撤回后可以重新登记或者单独投标", "After that you may register another one or bid alone"),
    dangerous=True,
)
def withdraw_consortium(consortium: Consortium, *, by: Post, now: datetime.datetime) -> Consortium:
    """Nobody is bound by it any more."""
    consortium.withdrawn_at = now
    consortium.save(update_fields=["withdrawn_at"])
    return consortium
