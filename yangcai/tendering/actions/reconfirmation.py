"""How does a bidder say that its bid stands, after the documents were corrected?"""

import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Stage
from yangcai.kernel.actions import action
from yangcai.kernel.encoding import base64_of, timestamp
from yangcai.kernel.inputs import Input, TextField
from yangcai.kernel.leaves import append_leaf
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.sealing.faults import Faulty
from yangcai.sealing.statement import LARGEST, Message, Reconfirm
from yangcai.tendering import finalise, reconfirming, unsealing
from yangcai.tendering.actions.unsealing import wrong
from yangcai.tendering.models import SBP, Bid, BidReconfirmation
from yangcai.tendering.rules import bids
from yangcai.tendering.rules import reconfirmation as rules


class ReconfirmBid(Input):
    """Of what the bidder sealed a signed statement, of what the platform sealed the bidder's word."""

    depends: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("rev", "stands"), _("由平台密封的投标文件才有此项")),
        "message": _("投标人自行密封的才有此项：在密封页或者用命令行签名"),
    }

    rev = forms.ChoiceField(label=_("更正后的采购文件"))
    stands = forms.BooleanField(
        label=_("已阅读更正后的采购文件，原投标文件不作修改"),
        help_text=_("需要修改的，请在截止前重新递交，以最后一次为准"),
    )
    message = TextField(label=_("确认声明"), lines=6, max_length=LARGEST, strip=False)

    def scope(self) -> None:
        if not isinstance(self.subject, Bid):
            return
        if self.subject.seal_scheme == SBP:
            del self.fields["rev"], self.fields["stands"]
            return
        del self.fields["message"]
        rows = [(reconfirming.version_of(one), one.number) for one in reconfirming.versions(self.subject)[-1:]]
        said = _("第 %(version)d 版（第 %(number)d 次更正）")
        choices = [(str(version), said % {"version": version, "number": number}) for version, number in rows]
        self.fields["rev"].choices = choices  # type: ignore[attr-defined]

    def clean_message(self) -> Message:
        """Raises ValidationError unless it is this bid's statement, of a version after the correction, signed by a key
        of the post in the suite of the bid."""
        try:
            message = Message.parse(self.cleaned_data["message"].encode())
            said = message.statement
            if not isinstance(said, Reconfirm):
                raise forms.ValidationError(_("不是更正后确认的声明"), code="kind")
            sealed = self.subject.sealed
            named = (said.tender, said.submission, said.header_sha256.hex())
            if named != (str(sealed.tender), str(sealed.upload.sid), sealed.header_digest):
                raise forms.ValidationError(_("声明不是针对这份投标文件的"), code="submission")
            if said.rev not in map(reconfirming.version_of, reconfirming.versions(self.subject)):
                raise forms.ValidationError(_("声明确认的不是现行的采购文件版本"), code="rev")
            finalise.signer_of(message, by=self.by, code=unsealing.header_of(self.subject).core.suite)
        except Faulty as faulty:
            raise wrong(faulty.fault, faulty.detail) from faulty
        return message


@action(
    "bid.reconfirm",
    zh="更正后确认原投标文件",
    en="Confirm the bid after a correction",
    on=Bid,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    needs=(bids.submission_is_open, bids.opening_not_begun, bids.is_live, rules.waits_for_confirmation),
    input=ReconfirmBid,
    sentence=("{post}在更正后确认了原投标文件", "{post} confirmed its bid after a correction"),
    is_public=False,
    secret=True,
    cites=("correction.notify", "submission.withdrawal", "submission.secrecy"),
    hint=(
        "不确认的，原投标文件仍然有效，照常开启；开标前任何人不会知道贵单位是否确认",
        "Without it your bid stands and is opened like the others; until the opening nobody learns whether you did",
    ),
)
def reconfirm_bid(
    bid: Bid,
    *,
    by: Post,
    now: datetime.datetime,
    message: Message | None = None,
    rev: str = "",
    stands: bool = False,
) -> BidReconfirmation:
    """Keep the bidder's word; of what it sealed itself with a blinded line of the log, as for a withdrawal."""
    correction = reconfirming.owed(bid)
    assert correction is not None  # waits_for_confirmation
    said = message.statement if message is not None else None
    signed: dict[str, Any] = {}
    if message is not None:
        suite = unsealing.header_of(bid).core.suite
        signed = {
            "statement": message.said.decode(),
            "signature": base64_of(message.sig),
            "signing_key_id": finalise.signer_of(message, by=by, code=suite),
        }
    kept = BidReconfirmation.objects.create(
        bid=bid,
        correction=correction,
        rev=said.rev if isinstance(said, Reconfirm) else int(rev),
        confirmed_by=by,
        reconfirmed_at=now,
        **signed,
    )
    kept.refresh_from_db(fields=["reconfirmed_at"])
    if bid.seal_scheme == SBP:
        append_leaf(body=_body(kept), root=bid.lot.case.ref)
    return kept


def _body(kept: BidReconfirmation) -> dict[str, Any]:
    """What the log commits to, and tells when the bids lie open."""
    sealed = kept.bid.sealed
    return {
        "t": "reconfirm",
        "tender": str(sealed.tender),
        "rev": kept.rev,
        "submission": str(sealed.upload.sid),
        "header_sha256": sealed.header_digest,
        "reconfirmed_at": timestamp(kept.reconfirmed_at),
    }
