"""Which methods are lawful for a purchase, why, on what ground, and when may each step come at the earliest?

Asks every method that the registry knows; none is named here. The selection follows 政府采购法 26-32, 条例 23-27 and
74号令 3-5 (law.md 2.1): a method without a ground of its own is the main one, the others need one that is met, and from
the open-tender threshold on the treasury's approval as well.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from yangcai import law
from yangcai.kernel.refusals import Citation, Refusal, in_chinese
from yangcai.law.figures.supplement import growth
from yangcai.law.model import Value
from yangcai.procedures import grounds as vocabulary
from yangcai.procedures.definitions import PROCEDURES
from yangcai.procedures.grounds import WORKS, Ground
from yangcai.procedures.procedure import Procedure
from yangcai.procedures.timeline import Timeline, timeline

#: From which amount the Law applies at all: (goods and services, works).
QUOTA = ("threshold.quota.goods_services", "threshold.quota.works")
CATEGORIES = {"goods": ("货物", "goods"), "works": ("工程", "works"), "services": ("服务", "services")}


class Answer(StrEnum):
    """What the law says to one method."""

    OPEN = "open"
    APPROVAL = "approval"
    UNLAWFUL = "unlawful"

    @property
    def zh(self) -> str:
        return {"open": "可以采用", "approval": "须先批准", "unlawful": "不得采用"}[self.value]

    @property
    def en(self) -> str:
        return {"open": "Lawful", "approval": "Approval first", "unlawful": "Not lawful"}[self.value]

    @property
    def text(self) -> str:
        return self.zh if in_chinese() else self.en


@dataclass(frozen=True)
class Reason:
    """Why, in both languages, with the article; `field` is what would have to change."""

    code: str
    zh: str
    en: str
    citation: Citation | None
    field: str = ""

    @property
    def text(self) -> str:
        return self.zh if in_chinese() else self.en

    @property
    def refusal(self) -> Refusal:
        return Refusal(self.code, self.zh, self.en, citation=self.citation, field=self.field)


@dataclass(frozen=True)
class Verdict:
    """One method: the answer with its reasons, the grounds given that hold, and those that could open it."""

    procedure: Procedure
    answer: Answer
    reasons: tuple[Reason, ...]
    grounds: tuple[Ground, ...] = ()
    possible: tuple[Ground, ...] = ()
    timeline: Timeline | None = None

    @property
    def is_lawful(self) -> bool:
        return self.answer is not Answer.UNLAWFUL


@dataclass(frozen=True)
class Proposal:
    """What the law says to a purchase: per method, and to the purchase as a whole.

    `quota` and `open_tender` are the thresholds that were applied, with their marks (unconfirmed ones say so); None
    where there is none. `notes` concern the purchase whatever the method.
    """

    verdicts: tuple[Verdict, ...]
    quota: Value | None
    open_tender: Value | None
    notes: tuple[Reason, ...] = ()

    def of(self, code: str) -> Verdict:
        """The verdict on a method. Raises KeyError."""
        return {verdict.procedure.code: verdict for verdict in self.verdicts}[code]

    @property
    def lawful(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.is_lawful)


@dataclass(frozen=True)
class Purchase:
    """The facts: yuan, days, codes. `original_amount` is the contract that an addition continues."""

    amount: Decimal
    category: str
    on: datetime.date
    jurisdiction: str
    grounds: tuple[Ground, ...]
    in_catalogue: bool
    original_amount: Decimal | None
    quota: Value | None
    open_tender: Value | None
    tender_law: Value | None = None

    @property
    def is_tendered_elsewhere(self) -> bool:
        """Works of that size go by the Tender Law (政府采购法 4, 条例 7): only what by law is not tendered goes by a
        method of this platform."""
        return self.tender_law is not None and self.amount >= self.tender_law.value

    @property
    def is_below_quota(self) -> bool:
        """Off the catalogue and below the quota limit: the Law does not apply (政府采购法 2)."""
        return not self.in_catalogue and self.quota is not None and self.amount < self.quota.value

    @property
    def reaches_threshold(self) -> bool:
        """公开招标数额标准 concerns goods and services; 以上 includes the number (87号令 86)."""
        return self.open_tender is not None and self.amount >= self.open_tender.value

    def reason(self, key: str, code: str, zh: str, en: str, *, field: str = "", **facts: object) -> Reason:
        """A reason that cites the rule as it stood that day, or nothing where there was none yet."""
        found = law.find(key, on=self.on, jurisdiction=self.jurisdiction)
        limit_zh, limit_en = found.text if found else ("", "")
        citation = found.citation if found else None
        return Reason(code, zh.format(limit=limit_zh, **facts), en.format(limit=limit_en, **facts), citation, field)


def propose(
    *,
    amount: Decimal,
    category: str,
    on: datetime.date,
    jurisdiction: str = law.HOME,
    grounds: Sequence[str] = (),
    in_catalogue: bool = False,
    original_amount: Decimal | None = None,
    intention_on: datetime.date | None = None,
    intention_exempt: bool = False,
    publicity_on: datetime.date | None = None,
    approved: Sequence[str] = (),
    start: datetime.date | None = None,
    methods: Sequence[Procedure] | None = None,
) -> Proposal:
    """What the law of `on` says to a purchase of `amount` yuan in a category, method by method.

    grounds: codes of procedures.grounds. in_catalogue: the item stands in the centralised catalogue. original_amount:
    yuan of the contract that an addition continues. intention_on, publicity_on: days of what was published already.
    approved: methods that the treasury has approved. start: the day on which one begins, `on` unless given. methods:
    those asked, all that the platform knows unless given. Raises KeyError for a ground that the vocabulary lacks.
    """
    place: dict[str, Any] = {"on": on, "jurisdiction": jurisdiction}
    purchase = Purchase(
        amount=amount,
        category=category,
        on=on,
        jurisdiction=jurisdiction,
        grounds=tuple(vocabulary.get(code) for code in grounds),
        in_catalogue=in_catalogue,
        original_amount=original_amount,
        quota=law.find(QUOTA[category == WORKS], **place),
        open_tender=None if category == WORKS else law.find("threshold.open_tender", **place),
        tender_law=law.find("threshold.tender_law", **place) if category == WORKS else None,
    )
    verdicts = []
    for procedure in PROCEDURES.values() if methods is None else methods:
        verdict = judge(purchase=purchase, procedure=procedure, approved=procedure.code in approved)
        if verdict.is_lawful:
            spared = intention_exempt or purchase.is_below_quota or any(g.waives_intention for g in verdict.grounds)
            rules = [
                g.publicity for g in verdict.grounds if g.publicity and (purchase.reaches_threshold or publicity_on)
            ]
            days = timeline(
                procedure=procedure,
                start=start or on,
                on=on,
                jurisdiction=jurisdiction,
                intention=not spared,
                intention_on=intention_on,
                publicity=rules[0] if rules else "",
                publicity_on=publicity_on,
                approval=verdict.answer is Answer.APPROVAL,
            )
            verdict = Verdict(
                procedure, verdict.answer, verdict.reasons, verdict.grounds, verdict.possible, timeline=days
            )
        verdicts.append(verdict)
    return Proposal(tuple(verdicts), purchase.quota, purchase.open_tender, tuple(_notes(purchase)))


def _notes(purchase: Purchase) -> Iterator[Reason]:
    if purchase.in_catalogue:
        yield purchase.reason(
            "method.central_agent",
            "central_agent",
            "集中采购目录内的项目，应当委托集中采购机构代理采购",
            "A catalogue item: the centralised agency runs it",
        )
    if purchase.is_tendered_elsewhere:
        yield purchase.reason(
            "threshold.tender_law",
            "tender_law",
            "工程施工单项合同估算价达到 {limit}：依法必须招标的，按招标投标法在公共资源交易平台招标，不在本平台采购；"
            "下列方式只用于依法不进行招标的工程",
            "Construction of {limit} or more: what must be tendered goes by the Tender Law, on the public resource"
            " exchange and not here; the methods below are only for works that by law are not tendered",
        )
    if purchase.is_below_quota:
        assert purchase.quota is not None
        yield purchase.reason(
            "method.outside_law",
            "outside_law",
            "目录以外且未达到采购限额标准 {quota}：按采购人内部控制制度办理，也可以自愿采用下列方式",
            "Off the catalogue and below the quota limit of {quota_en}: internal control decides, and may"
            " choose a method below",
            quota=purchase.quota.text[0],
            quota_en=purchase.quota.text[1],
        )


def judge(*, purchase: Purchase, procedure: Procedure, approved: bool = False) -> Verdict:
    """The answer to one method, without its timeline."""
    possible = tuple(
        ground
        for ground in vocabulary.of_method(procedure.code)
        if purchase.category in ground.categories and not any(_faults(purchase, ground))
    )
    against = list(_against(purchase, procedure, possible))
    if against:
        return Verdict(procedure, Answer.UNLAWFUL, tuple(against), possible=possible)
    held = tuple(ground for ground in purchase.grounds if ground in possible)
    waived = next((ground.waives_approval for ground in held if ground.waives_approval), "")
    if procedure.needs_approval and purchase.reaches_threshold and not waived and not approved:
        assert purchase.open_tender is not None
        reason = purchase.reason(
            "method.approval",
            "method_not_approved",
            "{amount} 元达到公开招标数额标准 {threshold}，采用“{method}”须在采购活动开始前获得财政部门批准",
            "{amount} yuan reach the open-tender threshold of {threshold_en}: {method_en} needs the treasury's approval"
            " before the activity begins",
            field="procedure",
            amount=f"{purchase.amount:,.2f}",
            threshold=purchase.open_tender.text[0],
            threshold_en=purchase.open_tender.text[1],
            method=procedure.zh,
            method_en=procedure.en,
        )
        return Verdict(procedure, Answer.APPROVAL, (reason,), held, possible)
    if procedure.authority and not approved:
        reason = purchase.reason(
            procedure.authority,
            "method_not_approved",
            "采用“{method}”不论金额大小，须先取得授权或者批准，在采购活动开始前办理：{rule}",
            "{method_en} needs a permission before the activity begins, whatever the amount: {rule_en}",
            field="procedure",
            method=procedure.zh,
            method_en=procedure.en,
            rule=law.rule(procedure.authority).zh,
            rule_en=law.rule(procedure.authority).en,
        )
        return Verdict(procedure, Answer.APPROVAL, (reason,), held, possible)
    return Verdict(procedure, Answer.OPEN, tuple(_for(purchase, procedure, held, waived, approved)), held, possible)


def _for(
    purchase: Purchase, procedure: Procedure, held: Sequence[Ground], waived: str, approved: bool
) -> Iterator[Reason]:
    """Why a method is open."""
    for ground in held:
        yield purchase.reason(ground.key, "ground_met", ground.zh, ground.en)
    if waived and purchase.reaches_threshold:
        yield purchase.reason(
            waived,
            "buyer_chooses",
            "紧急采购由采购人自行确定采购方式",
            "In an emergency the buyer chooses the method itself",
        )
    elif approved:
        yield purchase.reason(
            "method.approval", "method_approved", "财政部门已批准采用该方式", "The treasury has approved this method"
        )
    if not held:
        rule = law.rule(procedure.grounds)
        yield purchase.reason(procedure.grounds, "main_method", rule.zh, rule.en)


def _against(purchase: Purchase, procedure: Procedure, possible: Sequence[Ground]) -> Iterator[Reason]:
    """Every reason why a method may not be used."""
    place: dict[str, Any] = {"on": purchase.on, "jurisdiction": purchase.jurisdiction}
    named = {"method": procedure.zh, "method_en": procedure.en}
    if purchase.category not in procedure.categories:
        zh, en = CATEGORIES[purchase.category]
        yield purchase.reason(
            procedure.grounds,
            "procedure_not_for_category",
            "“{method}”不适用于{category}项目",
            "{method_en} is not for {category_en}",
            field="procedure",
            category=zh,
            category_en=en,
            **named,
        )
        return
    if procedure.below_quota and not purchase.is_below_quota:
        yield purchase.reason(
            "method.outside_law",
            "above_quota",
            "“{method}”只适用于集中采购目录以外且未达到采购限额标准的采购",
            "{method_en} is only for purchases off the catalogue and below the quota limit",
            field="procedure",
            **named,
        )
    if not law.applies(procedure.grounds, **place):
        first = law.history(procedure.grounds)[0]
        yield Reason(
            "procedure_not_in_force",
            f"“{procedure.zh}”自 {first.since} 起才有依据，{purchase.on} 不能采用",
            f"{procedure.en} has a basis only since {first.since}, not on {purchase.on}",
            first.citation,
            "procedure",
        )
        return
    of_method = vocabulary.of_method(procedure.code)
    given = [ground for ground in purchase.grounds if ground in of_method]
    if of_method and not given:
        yield purchase.reason(
            procedure.grounds,
            "no_ground",
            "采用“{method}”须符合法定情形之一：{grounds}",
            "{method_en} needs one of the grounds of the law: {grounds_en}",
            field="ground",
            grounds="；".join(ground.zh for ground in possible) or "本项目没有可用的情形",
            grounds_en="; ".join(ground.en for ground in possible) or "none is there for this purchase",
            **named,
        )
    for ground in given:
        yield from _faults(purchase, ground)


def _faults(purchase: Purchase, ground: Ground) -> Iterator[Reason]:
    """Why a ground does not carry this purchase."""
    if not law.applies(ground.key, on=purchase.on, jurisdiction=purchase.jurisdiction):
        first = law.history(ground.key)[0]
        yield Reason(
            "ground_not_in_force",
            f"“{ground.zh}”自 {first.since} 起才有依据，{purchase.on} 不能援引",
            f"This ground has a basis only since {first.since}, not on {purchase.on}: {ground.en}",
            first.citation,
            "ground",
        )
        return
    if purchase.category not in ground.categories:
        zh, en = CATEGORIES[purchase.category]
        yield purchase.reason(
            ground.key,
            "ground_not_for_category",
            "“{ground}”不是{category}项目的法定情形",
            "This is no ground for {category_en}: {ground_en}",
            field="ground",
            ground=ground.zh,
            ground_en=ground.en,
            category=zh,
            category_en=en,
        )
    if ground.approved_only and not purchase.reaches_threshold:
        yield purchase.reason(
            ground.key,
            "ground_only_with_approval",
            "“{ground}”只用于达到公开招标数额标准、经财政部门批准的项目；未达到的，须符合该方式的法定情形",
            "This ground is for purchases from the open-tender threshold on, by approval; below it the method's own"
            " grounds must be met: {ground_en}",
            field="ground",
            ground=ground.zh,
            ground_en=ground.en,
        )
    if ground.in_catalogue is not None and ground.in_catalogue != purchase.in_catalogue:
        yield purchase.reason(
            ground.key,
            "ground_off_catalogue" if ground.in_catalogue else "ground_of_catalogue",
            "“{ground}”只用于集中采购目录以内的品目，本项目不在目录以内"
            if ground.in_catalogue
            else "“{ground}”只用于集中采购目录以外的品目，本项目在目录以内",
            "This ground is for items of the centralised catalogue, and this is none: {ground_en}"
            if ground.in_catalogue
            else "This ground is for items off the centralised catalogue, and this is one of it: {ground_en}",
            field="in_catalogue",
            ground=ground.zh,
            ground_en=ground.en,
        )
    share = law.find(ground.share, on=purchase.on, jurisdiction=purchase.jurisdiction) if ground.share else None
    if share is None or ground not in purchase.grounds:
        return
    if purchase.original_amount is None:
        yield purchase.reason(
            ground.share,
            "original_amount_missing",
            "添购须填写原合同金额，添购总额不得超过其{limit}",
            "State the amount of the original contract: an addition is at most {limit} of it",
            field="original_amount",
        )
    elif not growth(
        original=purchase.original_amount,
        added=[purchase.amount],
        rule=ground.share,
        on=purchase.on,
        jurisdiction=purchase.jurisdiction,
    ).allowed:
        yield purchase.reason(
            ground.share,
            "addition_too_large",
            "添购 {amount} 元超过原合同 {original} 元的{limit}，即 {most} 元",
            "An addition of {amount} yuan exceeds {limit} of the original contract of {original}, that is {most}",
            field="amount",
            amount=f"{purchase.amount:,.2f}",
            original=f"{purchase.original_amount:,.2f}",
            most=f"{purchase.original_amount * share.value:,.2f}",
        )
