"""How does a supplier get the documents, hand in a sealed bid, replace it and take it back?"""

import datetime
import secrets
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.kernel import documents, money
from yangcai.kernel.actions import action
from yangcai.kernel.entries import plain
from yangcai.kernel.inputs import (
    Input,
    MoneyField,
    PrivateFile,
    PrivateFilesField,
    RowsField,
    ShareField,
    TextField,
)
from yangcai.kernel.refusals import Refusal, in_chinese
from yangcai.parties.models import Credential, Size
from yangcai.parties.queries import vault
from yangcai.parties.roles import Role
from yangcai.procedures import each, every
from yangcai.tendering import (
    consortia,
    consumables,
    counting,
    deviations,
    makers,
    method,
    partners,
    policies,
    preflight,
    products,
    sealing,
)
from yangcai.tendering.inputs import narrow
from yangcai.tendering.models import Bid, Participation, PartnerKind, PreferenceClaim, Solicitation
from yangcai.tendering.rules import bids as rules
from yangcai.tendering.rules import consortia as agreements
from yangcai.tendering.rules import sealed
from yangcai.tendering.rules.prequalification.changes import still_prequalified


@action(
    "documents.obtain",
    zh="获取采购文件",
    en="Obtain the documents",
    on=Case,
    by={Role.SUPPLIER},
    at={Stage.INVITATION, Stage.SUBMISSION},
    needs=(
        rules.documents_are_supplied,
        rules.is_invited,
        still_prequalified,
        rules.has_no_documents_yet,
        rules.is_not_debarred,
        rules.did_not_refuse_before,
    ),
    sentence=("{post}获取了采购文件", "{post} obtained the documents"),
    is_public=False,
    secret=True,
    cites=(*every(Stage.INVITATION, "documents"), "documents.price", "submission.secrecy", *each("comes_by")),
    hint=(
        "免费在线获取；开标前任何人不会知道贵单位获取了采购文件",
        "Free and online; until the opening nobody learns that you obtained them",
    ),
)
def obtain_documents(case: Case, *, by: Any, now: datetime.datetime) -> Participation:
    """The supplier may bid from now on."""
    return Participation.objects.create(case=case, supplier_id=by.organisation_id, obtained_at=now)


class LineRow(forms.Form):
    item = TextField(label=_("名称"))
    brand = TextField(label=_("品牌"), required=False)
    specification = TextField(label=_("规格型号"), required=False)
    quantity = forms.DecimalField(label=_("数量"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3)
    unit_price = MoneyField(label=_("单价"))
    amount = MoneyField(label=_("小计"))


class PartnerRow(forms.Form):
    kind = forms.ChoiceField(label=_("种类"), choices=PartnerKind.choices)
    name = TextField(label=_("名称"))
    uscc = TextField(label=_("统一社会信用代码"), required=False)
    size = forms.ChoiceField(label=_("企业规模"), choices=Size.choices)
    share = forms.DecimalField(
        label=_("合同份额"),
        min_value=Decimal("0.0001"),
        max_value=Decimal("0.9999"),
        max_digits=5,
        decimal_places=4,
        help_text=_("占合同总金额的比例，如 0.30"),
    )
    work = TextField(label=_("承担的工作"), required=False)


#: What an offer says of its price; what stands there where it names none.
PRICED = ("price", "price_in_words", "lines")
UNPRICED: dict[str, Any] = {"price": money.ZERO, "price_in_words": "", "lines": []}


class ConsumableRow(forms.Form):
    item = TextField(label=_("专用耗材"))
    # One that is left empty is refused by `consumables.unlawful`, with the article that asks for it.
    unit_price = MoneyField(label=_("耗材单价"), min_value=Decimal("0.01"), required=False)


class FigureRow(forms.Form):
    criterion = TextField(label=_("评审因素"))
    figure = forms.DecimalField(label=_("承诺数值"), min_value=0, max_digits=16, decimal_places=4)


#: What an entrant settled when it entered a framework agreement, and no second competition asks again.
SETTLED = (
    "preference",
    "partners",
    "makers",
    "is_domestic",
    "domestic_share",
    "has_imports",
    "green_certificates",
    "brand",
)


class SubmitBid(Input):
    depends: ClassVar[dict[str, Any]] = {
        "price": _("响应文件应当报价的采购方式必填；不报价的（如合作创新采购的参与申请）没有此项"),
        **dict.fromkeys(("price_in_words", "lines"), _("响应文件应当报价的采购方式才有此项")),
        "consumables": _("采购文件列明专用耗材的才有此项"),
        "figures": _("采购文件有按公式计分的评审因素的才有此项"),
        "deviations": _("采购文件列明实质性要求的才有此项"),
        "makers": _("货物类采购才有此项；框架协议第二阶段沿用入围时的内容，没有此项"),
        "brand": _("按同品牌规则计算供应商家数的采购方式才有此项"),
        **dict.fromkeys(
            (name for name in SETTLED if name not in ("makers", "brand")),
            _("框架协议第二阶段沿用入围时的内容，没有此项"),
        ),
    }

    #: In whose envelope this lay, at the opening of what the bidder sealed; None while it is being submitted.
    opened: Bid | None = None

    price = MoneyField(label=_("投标报价（元）"), min_value=Decimal("0.01"))
    price_in_words = TextField(label=_("大写报价"), required=False, help_text=_("不填时由报价换算；不一致的以大写为准"))
    lines = RowsField(LineRow, label=_("分项报价"), max_rows=1000)
    consumables = RowsField(
        ConsumableRow,
        label=_("专用耗材报价"),
        max_rows=100,
        blank=0,
        help_text=_("采购文件列明专用耗材的逐项报价；约定期限内不得高于该价格供应"),
    )
    figures = RowsField(
        FigureRow,
        label=_("按公式计分的承诺数值"),
        max_rows=100,
        blank=0,
        help_text=_("逐项填写采购文件要求的数值，并在投标文件中附证明；评标委员会核实后按公式计分"),
    )
    deviations = RowsField(
        deviations.DeviationRow,
        label=_("偏离表"),
        max_rows=500,
        blank=0,
        help_text=_("逐条声明对实质性要求的响应：正偏离、无偏离、负偏离，并注明证明所在的页码；负偏离的投标无效"),
    )
    delivery = TextField(label=_("交付期"), required=False)
    preference = forms.ChoiceField(label=_("享受的价格扣除"), choices=PreferenceClaim.choices, required=False)
    partners = RowsField(
        PartnerRow,
        label=_("联合体其他成员和分包供应商"),
        max_rows=20,
        blank=1,
        help_text=_(
            "投标人为联合体牵头人；成员须先在平台确认联合协议，并与协议一致。附联合协议或者分包意向协议，主体、关键性工作不得分包"
        ),
    )
    makers = RowsField(
        makers.MakerRow,
        label=_("货物制造商（中小企业声明函）"),
        max_rows=200,
        blank=1,
        help_text=_("享受中小企业扶持政策的，按制造商的规模认定：逐项填写；不填即声明全部货物由投标人自己制造"),
    )
    is_domestic = forms.BooleanField(
        label=_("所投产品为本国产品"),
        required=False,
        help_text=_("附《关于符合本国产品标准的声明函》或者官方证明文件，不要求其他证明"),
    )
    domestic_share = ShareField(
        label=_("本国产品成本占比"), help_text=_("含多种产品时填写，本国产品成本占全部产品成本的比例，如 0.80")
    )
    has_imports = forms.BooleanField(label=_("所投产品含进口产品"), required=False)
    green_certificates = TextField(
        label=_("节能环保产品认证证书"),
        lines=2,
        required=False,
        help_text=_("采购文件列明的节能产品、环境标志产品的认证证书编号，证书附在投标文件中"),
    )
    brand = TextField(label=_("核心产品品牌"), required=False)
    attachments = PrivateFilesField(label=_("投标文件"), required=False, help_text=_("密封后保存，开标前无人可以读取"))
    commitment = forms.BooleanField(
        label=_("我单位承诺符合政府采购法第二十二条规定的条件，投标内容真实，无串通投标行为")
    )

    def scope(self) -> None:
        """An application names no price: it comes with the last offer (财库〔2024〕13号); nor does a technical cover,
        of consumables neither."""
        if not isinstance(self.subject, Lot):
            return
        if not rules.names_a_price(self.subject.case):
            for name in PRICED:
                del self.fields[name]
        own = preflight.own_limit(self.subject, self.by.organisation) if self.by is not None else None
        if own is not None and "price" in self.fields:
            said = _("贵单位的最高限价 %(limit)s 元，超过的报价无效")
            self.fields["price"].help_text = said % {"limit": f"{own:,.2f}"}
        if policies.has_two_covers(self.subject.case):
            del self.fields["consumables"]
        else:
            ask_for_consumables(self)
        counted = counting.of_lot(self.subject)
        if counted:
            self.fields["figures"].initial = [{"criterion": one.code} for one in counted]
            told = "；".join(f"{one.code}：{one.title}，{one.counted_by}" for one in counted)
            self.fields["figures"].help_text = f"{self.fields['figures'].help_text}。{told}"
        else:
            del self.fields["figures"]
        self._ask_for_deviations(deviations.of_lot(self.subject))
        if not makers.are_asked(self.subject):
            del self.fields["makers"]
        found = method.of(self.subject.case)
        if not found.own("evaluation.same_brand"):
            del self.fields["brand"]
        if found.draws_on:
            for name in SETTLED:
                self.fields.pop(name, None)
        else:
            self._begin_with_the_agreement()

    def _begin_with_the_agreement(self) -> None:
        """What leader and members have agreed stands there already."""
        agreed = consortia.live(self.subject, self.by.organisation) if self.by is not None else None
        if agreed is not None:
            self.fields["partners"].initial = [
                {
                    "kind": PartnerKind.MEMBER,
                    "name": one.organisation.name,
                    "uscc": one.organisation.uscc or "",
                    "size": one.organisation.size,
                    "share": one.share,
                    "work": one.work,
                }
                for one in agreed.members.all()
            ]

    def _ask_for_deviations(self, clauses: list[Any]) -> None:
        """Each substantive requirement of the buyer stands there to be answered; without one nothing is asked."""
        if not clauses:
            del self.fields["deviations"]
            return
        narrow(self.fields["deviations"], clause=[(one.number, f"{one.number} {one.text}") for one in clauses])
        self.fields["deviations"].initial = [{"clause": one.number} for one in clauses]

    def clean_deviations(self) -> list[dict[str, Any]]:
        """One answer to a clause; what says nothing is not kept."""
        rows: list[dict[str, Any]] = self.cleaned_data["deviations"]
        if again := deviations.twice(rows):
            numbers = "、".join(map(str, again))
            raise forms.ValidationError(_("第 %(numbers)s 条声明了不止一次"), code="twice", params={"numbers": numbers})
        return [dict(row) for row in deviations.declared(rows)]

    def clean_price_in_words(self) -> str:
        return words_of(self.cleaned_data)

    def clean_preference(self) -> str:
        """Only what the document allows; not a Refusal, because that would be written down."""
        claim = self.cleaned_data["preference"] or PreferenceClaim.NONE
        if claim == PreferenceClaim.CONSORTIUM and isinstance(self.subject, Lot):
            document = Solicitation.objects.filter(case_id=self.subject.case_id).first()
            if document is None or not (document.accepts_consortium or document.subcontracting):
                raise forms.ValidationError(_("采购文件不接受联合体，也不允许分包"), code="preference")
        return claim

    def clean(self) -> dict[str, Any]:
        """What is unlawful in the bid itself is said at its field with the article, and written down nowhere."""
        cleaned = super().clean() or {}
        if "price" not in self.fields:
            cleaned |= UNPRICED
        for field, refusal in self._of_products(cleaned):
            self.add_error(field, said(refusal))
        full = rules.bids_for_enough_lots(self.subject, by=self.by, now=self.now, opened=self.opened)
        if full is not None:
            self.add_error(None, said(full))
        goods = makers.counted(makers.of_offer(cleaned), at=self.now)
        if "preference" in self.fields:
            self._count_the_makers(cleaned)
        if isinstance(self.subject, Lot) and "partners" in cleaned:
            found = partners.unlawful(
                self.subject,
                bidder=self.by.organisation,
                partners=partners.of_offer(cleaned),
                claim=cleaned.get("preference", ""),
                goods=goods,
                lies_open=self.opened is not None,
                now=self.now,
            )
            for refusal in [*found, *self._of_consortium(cleaned)]:
                self.add_error("partners", said(refusal))
        consumables_are_priced(self, cleaned)
        if isinstance(self.subject, Lot) and "figures" in cleaned:
            for refusal in counting.unlawful(self.subject, cleaned["figures"], now=self.now):
                self.add_error("figures", said(refusal))
        return cleaned

    def _count_the_makers(self, offer: dict[str, Any]) -> None:
        """Small or micro is who is registered so, and of goods who made them (财库〔2020〕46号 art. 4). What lies open
        is judged by qualification and evaluation: a deduction is not given, and the bid stands."""
        if self.opened is not None:
            return
        claim, made = offer.get("preference", ""), makers.of_offer(offer)
        if claim == PreferenceClaim.SMALL_MICRO and not made and not self.by.organisation.is_small_micro:
            told = _("贵单位登记的企业规模不是小型、微型企业")
            self.add_error("preference", forms.ValidationError(told, code="preference"))
        if not isinstance(self.subject, Lot):
            return
        if not made and makers.are_asked(self.subject):
            too_large = rules.not_an_sme(self.subject, self.by.organisation, now=self.now)
            if too_large is not None:
                self.add_error("makers", said(too_large))
        if "makers" in self.fields:
            counts_as = partners.together(self.by.organisation, partners.of_offer(offer), at=self.now)
            for refusal in makers.unlawful(self.subject, makers=made, claim=claim, counts_as=counts_as, now=self.now):
                self.add_error("makers", said(refusal))

    def _of_consortium(self, offer: dict[str, Any]) -> Iterator[Refusal]:
        """Whether the members agreed, while the bid is written. What lies open is judged by the qualification, which
        leaves an unagreed bid out and touches no other one."""
        if self.opened is None:
            bidder, beside = self.by.organisation, partners.of_offer(offer)
            yield from agreements.takes_part_elsewhere(self.subject, bidder, now=self.now)
            yield from agreements.unlawful(self.subject, bidder=bidder, partners=beside, now=self.now)

    def _of_products(self, offer: dict[str, Any]) -> Iterator[tuple[str, Refusal]]:
        """What the bid says of its products, against what the document accepts."""
        if isinstance(self.subject, Lot):
            for field in products.FIELDS:
                if field in offer:
                    yield from ((field, one) for one in products.unlawful(self.subject, field, offer, now=self.now))


class SubmitHere(SubmitBid):
    """A bid that the platform seals: papers of the vault are taken along without being uploaded again."""

    credentials = forms.ModelMultipleChoiceField(
        label=_("引用资质库"),
        queryset=Credential.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选的证明材料按现在的内容随投标文件一并密封"),
    )

    def scope(self) -> None:
        super().scope()
        if self.by is not None and self.now is not None:
            today = timezone.localdate(self.now)
            valid = [one.pk for one in vault(self.by.organisation) if one.is_valid_on(today)]
            self.fields["credentials"].queryset = vault(self.by.organisation).filter(pk__in=valid)  # type: ignore[attr-defined]
            if not valid:
                self.fields["credentials"].help_text = _("资质库里没有有效的证明材料")

    def clean(self) -> dict[str, Any]:
        """What was ticked becomes files of the bid: sealed as it lies there today, whatever becomes of it."""
        cleaned = super().clean()
        for one in cleaned.pop("credentials", None) or ():
            content = documents.read(one.document)
            name = f"{one.get_kind_display()}-{one.document.name}"
            cleaned.setdefault("attachments", []).append(PrivateFile(name[:200], one.document.media_type, content))
        return cleaned


class PriceCover(Input):
    """What lies in the cover that holds the price of a bid, and nothing else."""

    depends: ClassVar[dict[str, Any]] = {"consumables": _("采购文件列明专用耗材的才有此项")}

    opened: Bid | None = None

    price = MoneyField(label=_("投标报价（元）"), min_value=Decimal("0.01"))
    price_in_words = TextField(label=_("大写报价"), required=False, help_text=_("不填时由报价换算；不一致的以大写为准"))
    lines = RowsField(LineRow, label=_("分项报价"), max_rows=1000)
    consumables = RowsField(ConsumableRow, label=_("专用耗材报价"), max_rows=100, blank=0)
    attachments = PrivateFilesField(
        label=_("报价文件"), required=False, help_text=_("密封后保存，技术评审结束前无人可以读取")
    )
    commitment = forms.BooleanField(label=_("我单位承诺报价真实，无串通投标行为"))

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            ask_for_consumables(self)

    def clean_price_in_words(self) -> str:
        return words_of(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        consumables_are_priced(self, cleaned)
        return cleaned


def words_of(cleaned: dict[str, Any]) -> str:
    """The price in words, from the figures where none were written. Raises ValidationError where they are no amount."""
    words = cleaned["price_in_words"]
    if words:
        try:
            money.parse_capitals(words)
        except money.MoneyError as error:
            raise forms.ValidationError(error.zh if in_chinese() else error.en, code="words") from error
    elif cleaned.get("price"):
        words = money.capitals(cleaned["price"])
    return str(words)


def ask_for_consumables(form: Input) -> None:
    """Those that the document lists stand there to be priced; where there are none, nothing is asked."""
    listed = consumables.of_lot(form.subject)
    if listed:
        form.fields["consumables"].initial = [{"item": one.item} for one in listed]
    else:
        del form.fields["consumables"]


def consumables_are_priced(form: Input, cleaned: dict[str, Any]) -> None:
    """A form's own check: adds what `consumables.unlawful` finds as errors of the field (110号令 art. 26)."""
    if isinstance(form.subject, Lot) and "consumables" in cleaned:
        for refusal in consumables.unlawful(form.subject, cleaned["consumables"], now=form.now):
            form.add_error("consumables", said(refusal))


def said(refusal: Refusal) -> forms.ValidationError:
    """A Refusal as an error of the form: a refused bid leaves no Entry."""
    article = f"（{refusal.citation.text}）" if refusal.citation else ""
    return forms.ValidationError(f"{refusal.text}{article}", code=refusal.code)


@action(
    "bid.submit",
    zh="递交投标文件",
    en="Submit a bid",
    on=Lot,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    only=(sealed.takes_platform_envelopes,),
    needs=(
        rules.is_bid_for,
        rules.submission_is_open,
        rules.opening_not_begun,
        rules.has_documents,
        rules.is_not_debarred,
        rules.did_not_refuse_before,
        rules.is_eligible,
    ),
    input=SubmitHere,
    sentence=("{post}递交了投标文件", "{post} submitted a bid"),
    is_public=False,
    secret=True,
    cites=(
        "submission.receipt",
        "submission.withdrawal",
        "submission.late_bid",
        "qualification.consortium",
        "qualification.consortium_agreement",
        "contract.subcontract",
        "set_aside.partner_share",
        "solicitation.lot_limit",
        "solicitation.core_product",
        "import.approval",
        "price_preference.domestic_package",
        "sme.goods_by_maker",
        "green.mandatory",
        "green.certificate",
        "framework.consumables",
        "evaluation.intervals",
    ),
    hint=(
        "递交后立即密封并出具回执；截止前可以再次递交，以最后一次为准",
        "Sealed at once, with a receipt; until the deadline you may submit again, and the last one counts",
    ),
)
def submit_bid(
    lot: Lot, *, by: Any, now: datetime.datetime, attachments: list[PrivateFile], commitment: bool, **offer: Any
) -> Bid:
    """Seal and keep a bid; the database stamps when it came in. An earlier one is never opened."""
    return keep_sealed(lot, stage=Stage.SUBMISSION, by=by, now=now, offer=offer, attachments=attachments)


def keep_sealed(
    lot: Lot,
    *,
    stage: str,
    by: Any,
    now: datetime.datetime,
    offer: dict[str, Any],
    attachments: list[PrivateFile],
) -> Bid:
    """Put an offer into its envelope, whatever the stage for which it is made; the one before is pushed aside."""
    supplier = by.organisation
    rules.live_bids(lot=lot, supplier=supplier, stage=stage).update(replaced_at=now)
    revision = Bid.objects.filter(lot=lot, supplier=supplier, stage=stage).count() + 1
    receipt = f"TB{timezone.localdate(now):%Y%m%d}-{secrets.token_hex(6).upper()}"  # a counter would tell how many
    envelope = sealing.seal(
        plain(offer),
        attachments,
        context=sealing.context(
            case=lot.case.number, lot=lot.number, supplier=supplier.pk, revision=revision, stage=stage
        ),
    )
    bid = Bid.objects.create(
        lot=lot,
        supplier=supplier,
        stage=stage,
        revision=revision,
        envelope=documents.store_bytes(data=envelope.content, name=f"{receipt}.envelope"),
        sealed_key=envelope.sealed_key,
        seal_scheme=envelope.scheme,
        receipt=receipt,
        submitted_by=by,
        received_at=models.Func(function="yangcai_now", output_field=models.DateTimeField()),
    )
    bid.refresh_from_db(fields=["received_at"])
    return bid


class WithdrawBid(Input):
    reason = TextField(label=_("撤回原因"), lines=2, required=False)


@action(
    "bid.withdraw",
    zh="撤回投标文件",
    en="Withdraw the bid",
    on=Bid,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    needs=(rules.submission_is_open, rules.opening_not_begun, rules.is_live),
    input=WithdrawBid,
    sentence=("{post}撤回了投标文件", "{post} withdrew its bid"),
    is_public=False,
    secret=True,
    cites=("submission.withdrawal", "bid_security.refund_withdrawn"),
    hint=(
        "截止前撤回的，保证金在规定期限内退还；截止前仍可再次递交",
        "Withdrawn in time, the security goes back; until the deadline you may submit again",
    ),
    dangerous=True,
)
def withdraw_bid(bid: Bid, *, by: Any, now: datetime.datetime, reason: str) -> Bid:
    """The bid is out, in whatever cover it was named; it stays sealed for ever."""
    rules.covers_of(bid).update(withdrawn_at=now)
    bid.withdrawn_at = now
    return bid
