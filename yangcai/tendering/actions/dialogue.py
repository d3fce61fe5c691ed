"""How are suppliers talked to, what changes by it, and what do they ask in the end?"""

import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MomentField, MoneyField, PrivateFile, PrivateFilesField, RowsField, TextField
from yangcai.kernel.models import Attachment
from yangcai.parties.roles import BUYER, Role
from yangcai.procedures import every
from yangcai.tendering import finalise, method, opened_files, policies, sealing, unsealing
from yangcai.tendering.actions.bids import LineRow, keep_sealed, words_of
from yangcai.tendering.actions.exchange import earliest_close
from yangcai.tendering.actions.opening import write_price
from yangcai.tendering.inputs import AnswerField, WrittenField
from yangcai.tendering.models import Bid, Changeable, DialogueChange, DialogueTalk, OpenedBid
from yangcai.tendering.rules import dialogue as rules
from yangcai.tendering.rules import exchange
from yangcai.tendering.rules import sealed as sealed_rules
from yangcai.tendering.rules.bids import is_not_debarred, live_bids
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.outages import health_is_known

CHAIRED = (seats.sits, seats.chairs)


# --- talks ---------------------------------------------------------------------------------------------------------


ONLY_SOURCE = _("单一来源采购必填，其他方式无此项")


class HoldTalk(Input):
    minutes = TextField(label=_("谈判记录"), lines=6, help_text=_("时间、地点、参加人员和谈判内容"))
    cost = WrittenField(label=_("供应商的成本"), lines=2, required=False)
    similar_prices = WrittenField(label=_("同类项目合同价格"), lines=2, required=False)
    rights = WrittenField(label=_("专利、专有技术等情况"), lines=2, required=False, help_text=_("没有的写明没有"))
    depends: ClassVar[dict[str, Any]] = dict.fromkeys(("cost", "similar_prices", "rights"), ONLY_SOURCE)

    def scope(self) -> None:
        """Where one supplier is asked what its price is made of, that is written; elsewhere nobody is asked."""
        if isinstance(self.subject, OpenedBid):
            is_asked = rules.states_the_cost(self.subject.lot.case)
            for name in self.depends:
                self.fields[name].required, self.fields[name].disabled = is_asked, not is_asked


@action(
    "dialogue.hold",
    zh="记录谈判",
    en="Record a talk",
    on=OpenedBid,
    by={Role.EXPERT},
    at={Stage.DIALOGUE},
    needs=(*CHAIRED, rules.is_still_in, exchange.file_was_answered, rules.chances_are_equal),
    checks=(rules.record_is_complete,),
    input=HoldTalk,
    sentence=("{post}记录了与一家供应商的谈判", "{post} recorded a talk with one supplier"),
    is_public=False,
    cites=("dialogue.separately", "dialogue.secrecy", "single_source.talks", "single_source.record"),
    hint=(
        "小组全体成员集中进行；有几家供应商的分别进行、机会均等，不得透露他人的技术资料、价格和其他信息",
        "The whole committee talks; with several suppliers one at a time and as often; nothing of others is disclosed",
    ),
)
def hold_talk(
    bid: OpenedBid, *, by: Any, now: datetime.datetime, minutes: str, cost: str, similar_prices: str, rights: str
) -> DialogueTalk:
    """The next round with this supplier, with what was said. Who did not answer a file in time is out."""
    for one in exchange.silent(bid.lot, now=now):
        OpenedBid.objects.filter(pk=one.pk).update(left_at=now, left_reason="未在规定时间内提交首次响应文件")
    told = (("供应商的成本", cost), ("同类项目合同价格", similar_prices), ("专利、专有技术等情况", rights))
    return DialogueTalk.objects.create(
        opened_bid=bid,
        round=bid.talks.count() + 1,
        minutes="\n".join([minutes, *(f"{name}：{text}" for name, text in told if text)]),
        held_at=now,
    )


# --- changes -------------------------------------------------------------------------------------------------------


class ProposeChange(Input):
    part = forms.ChoiceField(label=_("变动内容"), choices=Changeable.choices)
    before = TextField(label=_("变动前"), lines=3, required=False)
    after = TextField(label=_("变动后"), lines=3)

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            # Only these are offered; another one that comes all the same is refused with its article.
            allowed = [(part, Changeable(part).label) for part in rules.may_change(self.subject.case)]
            self.fields["part"].widget.choices = allowed


@action(
    "dialogue.propose_change",
    zh="提出实质性变动",
    en="Propose a substantive change",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.DIALOGUE},
    needs=(*CHAIRED, rules.something_may_change),
    checks=(rules.part_is_changeable,),
    input=ProposeChange,
    sentence=("{post}提出变动采购文件的内容", "{post} proposed a change of the file"),
    is_public=False,
    cites=("solicitation.negotiable", "dialogue.change"),
    hint=(
        "只能变动采购文件列明可以变动的内容，经采购人代表确认后同时通知所有供应商",
        "Only what the file lists may change; once the buyer confirms it, all suppliers are told at the same time",
    ),
)
def propose_change(lot: Lot, *, by: Any, now: datetime.datetime, **change: Any) -> DialogueChange:
    """It waits for the buyer; nobody else learns of it yet."""
    number = DialogueChange.objects.filter(lot=lot).count() + 1
    return DialogueChange.objects.create(lot=lot, number=number, proposed_at=now, **change)


class ConfirmChange(Input):
    agrees = AnswerField(label=_("是否同意该变动"), yes=_("同意，通知所有供应商"), no=_("不同意"))

    def scope(self) -> None:
        if isinstance(self.subject, DialogueChange):
            arrow = f"{self.subject.before} → {self.subject.after}" if self.subject.before else self.subject.after
            self.fields["agrees"].help_text = arrow


@action(
    "dialogue.confirm_change",
    zh="确认实质性变动",
    en="Confirm a substantive change",
    on=DialogueChange,
    by={*BUYER, Role.EXPERT},
    at={Stage.DIALOGUE},
    needs=(rules.speaks_for_the_buyer, rules.change_is_open),
    input=ConfirmChange,
    sentence=("{post}对采购文件的变动作出决定", "{post} decided on a change of the file"),
    is_public=False,
    cites=("dialogue.change", "dialogue.resubmission"),
    hint=(
        "确认的同时书面通知所有参加谈判的供应商，不能只通知其中几家",
        "With the confirmation every supplier still in is told in writing; there is no telling only some",
    ),
)
def confirm_change(change: DialogueChange, *, by: Any, now: datetime.datetime, agrees: bool) -> None:
    """One instant for everybody: the change belongs to the lot, so whoever is in it reads it from now on."""
    DialogueChange.objects.filter(pk=change.pk).update(**{"told_at" if agrees else "refused_at": now})


class Resubmit(Input):
    attachments = PrivateFilesField(label=_("重新提交的响应文件"), help_text=_("只有小组和采购人一方可以读取"))


@action(
    "dialogue.resubmit",
    zh="重新提交响应文件",
    en="Hand in the offer anew",
    on=OpenedBid,
    by={Role.SUPPLIER},
    at={Stage.DIALOGUE},
    needs=(rules.is_still_in, rules.something_changed, exchange.response_in_time),
    input=Resubmit,
    sentence=("{post}按变动重新提交了响应文件", "{post} handed in its offer anew after the change"),
    is_public=False,
    cites=("dialogue.resubmission", *every(Stage.DIALOGUE, "window")),
)
def resubmit(bid: OpenedBid, *, by: Any, now: datetime.datetime, attachments: list[PrivateFile]) -> None:
    """The new papers stand beside the first ones, for the committee and the buyer's side alone."""
    _attach(bid, attachments, now=now)
    OpenedBid.objects.filter(pk=bid.pk).update(resubmitted_at=now)


def _attach(bid: OpenedBid, files: list[PrivateFile], *, now: datetime.datetime) -> None:
    """Papers of an offer that lie open, beside those it came with."""
    for file in files:
        Attachment.objects.create(
            document=documents.store_bytes(data=file.content, name=file.name),
            root=bid.lot.case.ref,
            subject=bid.ref,
            title=file.name,
            kind="bid",
            organisation_id=bid.supplier_id,
            at=now,
        )


class Leave(Input):
    reason = TextField(label=_("退出原因"), lines=2, required=False)


@action(
    "dialogue.leave",
    zh="退出谈判",
    en="Leave the dialogue",
    on=OpenedBid,
    by={Role.SUPPLIER},
    at={Stage.DIALOGUE, Stage.FINAL_OFFER},
    needs=(rules.is_still_in, rules.no_last_offer_yet),
    input=Leave,
    sentence=("{post}退出了谈判", "{post} left the dialogue"),
    is_public=False,
    cites=("final_offer.leave",),
    hint=(
        "提交最后报价之前可以退出，保证金予以退还",
        "Until its last offer a supplier may leave, and gets its security back",
    ),
    dangerous=True,
)
def leave(bid: OpenedBid, *, by: Any, now: datetime.datetime, reason: str) -> None:
    """Out, by its own will, before the last offer."""
    OpenedBid.objects.filter(pk=bid.pk).update(left_at=now, left_reason=f"退出谈判{f'：{reason}' if reason else ''}")


# --- last offers ---------------------------------------------------------------------------------------------------


class InviteFinalOffers(Input):
    closes_at = MomentField(label=_("最后报价截止时间"))
    window_minutes = forms.IntegerField(
        label=_("解密时限（分钟）"),
        min_value=1,
        max_value=240,
        required=False,
        help_text=_("由供应商自行密封的最后报价，截止后在此时限内释放密钥；不填时为 10 分钟"),
    )

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            self.fields["window_minutes"].disabled = not policies.takes_sealed(self.subject)
            if self.now is not None:
                self.fields["closes_at"].initial = earliest_close(self.subject, Stage.FINAL_OFFER, now=self.now)


@action(
    "final_offer.invite",
    zh="要求提交最后报价",
    en="Ask for last offers",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.DIALOGUE},
    needs=(*CHAIRED, exchange.file_was_answered, rules.dialogue_is_over, rules.enough_remain),
    checks=(rules.closes_ahead, exchange.time_for_last_offers),
    input=InviteFinalOffers,
    sentence=("{post}结束谈判，要求供应商提交最后报价", "{post} ended the dialogue and asked for last offers"),
    is_public=False,
    cites=("final_offer.all", *every(Stage.FINAL_OFFER, "bidders"), *every(Stage.FINAL_OFFER, "window")),
    hint=(
        "所有继续参加的供应商在同一规定时间内提交；截止前任何人看不到报价",
        "Everybody still in has the same time; until it is over nobody sees a price",
    ),
)
def invite_final_offers(
    lot: Lot, *, by: Any, now: datetime.datetime, closes_at: datetime.datetime, window_minutes: int | None
) -> None:
    """The dialogue ends; last offers come in until then, and what follows in the method begins at that instant. Where
    bids were sealed by their bidders the round has a policy of its own: the same seats, minutes for the keys."""
    last = method.follows(lot.case, Stage.DIALOGUE)
    periods.advance(lot.case, to=last, at=now, lot=lot, closes_at=closes_at)
    periods.open_period(lot.case, stage=method.follows(lot.case, last), opens_at=closes_at, lot=lot)
    policies.begin_last_offers(lot, window_seconds=(window_minutes or WINDOW) * MINUTE, now=now)


#: No law: minutes in which suppliers who sit together release the keys of their last offers; seconds of a minute.
WINDOW, MINUTE = 10, 60


class SubmitFinalOffer(Input):
    price = MoneyField(label=_("最后报价（元）"), min_value=Decimal("0.01"))
    price_in_words = TextField(label=_("大写报价"), required=False, help_text=_("不填时由报价换算；不一致的以大写为准"))
    lines = RowsField(LineRow, label=_("分项报价"), max_rows=1000)
    delivery = TextField(label=_("交付期"), required=False)
    attachments = PrivateFilesField(
        label=_("最终响应文件"), required=False, help_text=_("密封后保存，截止前无人可以读取；只报价格的不必提交")
    )

    def clean_price_in_words(self) -> str:
        return words_of(self.cleaned_data)


@action(
    "final_offer.submit",
    zh="提交最后报价",
    en="Make the last offer",
    on=Lot,
    by={Role.SUPPLIER},
    at={Stage.FINAL_OFFER},
    only=(sealed_rules.takes_last_offers_in_the_clear,),
    needs=(rules.last_offers_are_taken, rules.takes_part, is_not_debarred),
    input=SubmitFinalOffer,
    sentence=("{post}提交了最后报价", "{post} made its last offer"),
    is_public=False,
    secret=True,
    cites=("final_offer.all", "final_offer.part", "evaluation.quote_once"),
    hint=(
        "提交后立即密封，截止后一并开启；截止前可以再次提交，以最后一次为准",
        "Sealed at once and opened with the others when the time is over; until then the last one made counts",
    ),
)
def submit_final_offer(
    lot: Lot, *, by: Any, now: datetime.datetime, attachments: list[PrivateFile], **offer: Any
) -> Bid:
    """Sealed like a bid, within the time that the database knows."""
    return keep_sealed(lot, stage=Stage.FINAL_OFFER, by=by, now=now, offer=offer, attachments=attachments)


@action(
    "final_offer.open",
    zh="开启最后报价",
    en="Open the last offers",
    on=Lot,
    by={Role.EXPERT, Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.EVALUATION},
    needs=(
        runs_the_case,
        *CHAIRED,
        rules.last_offers_are_sealed,
        sealed_rules.not_closed_for_last_offers,
        health_is_known,
    ),
    sentence=("{post}开启了最后报价", "{post} opened the last offers"),
    is_public=False,
    cites=("final_offer.all", "final_offer.part"),
)
def open_final_offers(lot: Lot, *, by: Any, now: datetime.datetime) -> None:
    """Every last offer at once; whoever made none, or one that cannot be opened, is out. Where suppliers sealed them:
    close the round; from now on they release their keys, then the trustees theirs (`opening.unseal`)."""
    if policies.takes_sealed(lot, round=policies.LAST):
        finalise.note_in(now=now, wait=True)
        unsealing.close(lot, round=policies.LAST, now=now)
        made = live_bids(stage=Stage.FINAL_OFFER, lot=lot).values_list("supplier_id", flat=True)
        silent = [bid.pk for bid in rules.remaining(lot) if bid.supplier_id not in set(made)]
        OpenedBid.objects.filter(pk__in=silent).update(left_at=now, left_reason=NONE_MADE)
        return
    sealed = {bid.supplier_id: bid for bid in live_bids(stage=Stage.FINAL_OFFER, lot=lot).select_related("lot__case")}
    for opened in rules.remaining(lot):
        bid = sealed.get(opened.supplier_id)
        reason = NONE_MADE if bid is None else _open(bid, opened, now=now)
        if reason:
            OpenedBid.objects.filter(pk=opened.pk).update(left_at=now, left_reason=reason)


NONE_MADE = "未在规定时间内提交最后报价"


def _open(bid: Bid, opened: OpenedBid, *, now: datetime.datetime) -> str:
    """Write what the envelope held; the reason where it cannot be opened."""
    try:
        offer = sealing.open_envelope(bid, now=now)
    except sealing.DamagedEnvelope as damage:
        bid.damage = unsealing.recorded(str(damage))
        bid.save(update_fields=["damage"])
        return f"最后报价无法开启：{bid.damage}"
    files = offer.pop("files")
    stored = [(opened_files.keep_bytes(file.content, name=file.name), file.name) for file in files]
    write_price(bid, offer, stored, now=now)
    return ""
