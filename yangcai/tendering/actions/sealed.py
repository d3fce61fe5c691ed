"""How does a bidder bring in a bid that it sealed itself? The last step is tendering/finalise.py."""

import datetime
import uuid
from typing import Any

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
from yangcai.tendering.actions.bids import said
from yangcai.tendering.models import SBP, Bid, BidUpload, Cover
from yangcai.tendering.rules import bids, consortia, covers, dialogue, sealed


class UploadBid(Input):
    idem = forms.RegexField(
        label=_("幂等键"),
        regex=r"^[0-9a-f]{32}$",
        max_length=32,
        help_text=_("16 个随机字节的十六进制；重试时不变，即不会成为第二份投标"),
    )
    cover = forms.ChoiceField(
        label=_("信封"),
        choices=Cover.choices,
        required=False,
        help_text=_("技术与报价分别密封的填写；否则只有一个信封"),
    )

    def clean_cover(self) -> str:
        """One of those that the document asks for; the only one where it asks for one."""
        cover = self.cleaned_data["cover"]
        wanted = covers.wanted(self.subject) if isinstance(self.subject, Lot) else []
        if not cover and len(wanted) == 1:
            return str(wanted[0])
        if cover not in wanted:
            raise forms.ValidationError(_("采购文件没有要求这种信封"), code="cover")
        return str(cover)

    def clean(self) -> dict[str, Any]:
        """Whom the envelope names nobody can read; whom its bidder has agreed with is known. Said here and written down
        nowhere, as on the form of a bid that the platform seals."""
        cleaned = super().clean() or {}
        if isinstance(self.subject, Lot) and self.by is not None:
            for refusal in consortia.before_sealing(self.subject, bidder=self.by.organisation, now=self.now):
                self.add_error(None, said(refusal))
        return cleaned


def begin(lot: Lot, *, by: Post, now: datetime.datetime, idem: str, cover: str, round: int) -> BidUpload:
    """Open a session for the parts of an envelope; nothing is handed in yet."""
    return BidUpload.objects.create(
        sid=uuid.uuid4(),
        lot=lot,
        supplier_id=by.organisation_id,
        post=by,
        policy=policies.in_force(lot, cover=cover, round=round),
        idem=idem,
        begun_at=now,
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
def upload_bid(lot: Lot, *, by: Post, now: datetime.datetime, idem: str, cover: str) -> BidUpload:
    """For one cover of the bid."""
    return begin(lot, by=by, now=now, idem=idem, cover=cover, round=policies.BID)


class UploadFinalOffer(Input):
    idem = forms.RegexField(
        label=_("幂等键"),
        regex=r"^[0-9a-f]{32}$",
        max_length=32,
        help_text=_("16 个随机字节的十六进制；重试时不变，即不会成为第二份投标"),
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
    dangerous=True,
)
def give_up_upload(upload: BidUpload, *, by: Post, now: datetime.datetime) -> BidUpload:
    """Nothing of it can become a bid any more."""
    upload.given_up_at = now
    upload.save(update_fields=["given_up_at"])
    return upload


@action(
    "final_offer.upload",
    zh="上传密封的最后报价",
    en="Upload a sealed last offer",
    on=Lot,
    by={Role.SUPPLIER},
    at={Stage.FINAL_OFFER},
    only=(sealed.takes_sealed_last_offers,),
    needs=(
        dialogue.last_offers_are_taken,
        dialogue.takes_part,
        bids.is_not_debarred,
        sealed.has_a_credit_code,
        sealed.has_a_signing_key,
        sealed.few_are_unfinished,
    ),
    input=UploadFinalOffer,
    sentence=("{post}开始上传密封的最后报价", "{post} began to upload a sealed last offer"),
    is_public=False,
    secret=True,
    cites=("final_offer.all", "final_offer.part", "evaluation.quote_once"),
    hint=(
        "在本机密封后上传，截止前签名确认才算提交；截止后由受托人一并开启",
        "Sealed on your own device; it is handed in when you sign, in time, and opened with all the others",
    ),
)
def upload_final_offer(lot: Lot, *, by: Post, now: datetime.datetime, idem: str) -> BidUpload:
    """For the last offer after the dialogue."""
    return begin(lot, by=by, now=now, idem=idem, cover=Cover.ALL, round=policies.LAST)


def leave_the_log(bid: Bid, *, by: Post, now: datetime.datetime) -> None:
    """With `bid.withdraw` of a sealed bid: a blinded line for each of its covers, in the same transaction."""
    taken_back = Bid.objects.filter(lot=bid.lot_id, supplier=bid.supplier_id, stage=bid.stage, withdrawn_at=now)
    for one in taken_back.filter(seal_scheme=SBP).select_related("sealed__upload").order_by("pk"):
        body = {
            "t": "withdraw",
            "tender": str(one.sealed.tender),
            "submission": str(one.sealed.upload.sid),
            "header_sha256": one.sealed.header_digest,
            "withdrawn_at": timestamp(now),
        }
        append_leaf(body=body, root=bid.lot.case.ref)
