"""How does a bidder bring in a bid that it sealed itself? The last step is tendering/finalise.py."""

import datetime
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.inputs import Input
from yangcai.kernel.leaves import append_leaf
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import policies
from yangcai.tendering.models import SBP, Bid, BidUpload
from yangcai.tendering.rules import bids, sealed


class UploadBid(Input):
    idem = forms.RegexField(
        label=_("幂等键"),
        regex=r"^[0-9a-f]{32}$",
        max_length=32,
        help_text=_("16 个随机字节的十六进制；重试时不变，即不会成为第二份投标"),
    )


@action(
    "bid.upload",
    zh="上传密封投标文件",
    en="Upload a sealed bid",
    on=Lot,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    only=(sealed.takes_sealed_envelopes,),
    needs=(
        bids.is_bid_for,
        bids.submission_is_open,
        bids.opening_not_begun,
        bids.has_documents,
        bids.is_not_debarred,
        bids.did_not_refuse_before,
        bids.is_eligible,
        sealed.has_a_credit_code,
        sealed.has_a_signing_key,
        sealed.few_are_unfinished,
    ),
    input=UploadBid,
    sentence=("{post}开始上传密封投标文件", "{post} began to upload a sealed bid"),
    is_public=False,
    secret=True,
    cites=("submission.receipt", "submission.secrecy", "submission.late_bid"),
    hint=(
        "在本机密封后分块上传，可以中断续传；截止前签名确认才算递交",
        "Sealed on your own device, uploaded in parts that can be resumed; it is handed in when you sign, before the"
        " deadline",
    ),
)
def upload_bid(lot: Lot, *, by: Post, now: datetime.datetime, idem: str) -> BidUpload:
    """Open a session for the parts of an envelope; nothing is handed in yet."""
    return BidUpload.objects.create(
        sid=uuid.uuid4(),
        lot=lot,
        supplier_id=by.organisation_id,
        post=by,
        policy=policies.in_force(lot),
        idem=idem,
        begun_at=now,
    )


@action(
    "bid_upload.give_up",
    zh="放弃上传",
    en="Give up an upload",
    on=BidUpload,
    by={Role.SUPPLIER},
    needs=(sealed.upload_is_unfinished,),
    sentence=("{post}放弃了未完成的上传", "{post} gave up an unfinished upload"),
    is_public=False,
    secret=True,
    cites=("submission.secrecy",),
    hint=(
        "未签名递交的上传不是投标；放弃后不能继续，需要时另行上传",
        "An upload that nobody signed is no bid; what is given up is not gone on with, another one can be begun",
    ),
)
def give_up_upload(upload: BidUpload, *, by: Post, now: datetime.datetime) -> BidUpload:
    """Nothing of it can become a bid any more."""
    upload.given_up_at = now
    upload.save(update_fields=["given_up_at"])
    return upload


def leave_the_log(bid: Bid, *, by: Post, now: datetime.datetime) -> None:
    """With `bid.withdraw` of a sealed bid: a blinded line of its own, in the same transaction."""
    if bid.seal_scheme != SBP:
        return
    body = {
        "t": "withdraw",
        "tender": str(bid.sealed.tender),
        "submission": str(bid.sealed.upload.sid),
        "header_sha256": bid.sealed.header_digest,
        "withdrawn_at": timestamp(now),
    }
    append_leaf(body=body, root=bid.lot.case.ref)
