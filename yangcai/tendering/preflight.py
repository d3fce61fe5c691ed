"""Would this draft bid pass the formal rules of the evaluation? Asked before it is handed in, and kept nowhere.

Nothing is judged here: every line is the answer of a function that the evaluation itself calls, given the one bid that
its bidder knows. What depends on the other bids (the average, the lowest price, a shared brand) nobody can know before
the opening; it is named as such, never guessed. Nothing is written: no row, no Entry, no file, no log line.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from yangcai import law
from yangcai.cases import periods
from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own
from yangcai.credit.queries import may_take_part
from yangcai.kernel.inputs import Input
from yangcai.kernel.money import cents, figures, rounded
from yangcai.kernel.numbers import bare, percent
from yangcai.kernel.refusals import Citation, Refusal, in_chinese
from yangcai.kernel.wording import Written, worded
from yangcai.parties.models import Organisation
from yangcai.parties.sizes import SMALL_MICRO
from yangcai.planning.models import SetAside
from yangcai.procedures import evaluation
from yangcai.procedures.evaluation import abnormally_low
from yangcai.procedures.evaluation.model import BidResult
from yangcai.procedures.evaluation.price_preference import is_domestic, prefer
from yangcai.tendering import arithmetic, counting, deviations, makers, method, partners, products, standing
from yangcai.tendering.models import Clause, ClauseKind, PreferenceClaim
from yangcai.tendering.rules import consortia as agreements
from yangcai.tendering.solicitations import solicitation

#: The name of the one bidder in an evaluation of a single bid.
SELF = "self"
#: In which step a clause is checked: its name, and the rule.
STEPS = {
    ClauseKind.QUALIFICATION: ("资格要求", "Qualification", "qualification.by_buyer"),
    ClauseKind.RESPONSIVENESS: ("实质性要求", "Substantive requirement", "evaluation.conformity"),
}


class Verdict(StrEnum):
    """`fail`: as it stands the bid would be invalid. `warn`: look again. `pass`: the rule is met."""

    FAIL = "fail"
    WARN = "warn"
    PASS = "pass"


@dataclass(frozen=True)
class Check:
    """One line of the pre-flight, in both languages, with its article and the field to mend (empty: none); `written`
    is what somebody wrote and stands in it as it was written."""

    code: str
    verdict: Verdict
    zh: str
    en: str
    citation: Citation | None = None
    field: str = ""
    written: tuple[object, ...] = ()

    @property
    def text(self) -> str:
        return worded(self.zh if in_chinese() else self.en, around=self.written)

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "verdict": self.verdict.value,
            "zh": worded(self.zh, around=self.written, chinese=True),
            "en": worded(self.en, around=self.written, chinese=False),
            "citation": self.citation.as_dict() if self.citation else None,
            "field": self.field,
        }


def clauses(lot: Lot) -> list[Clause]:
    """What the bidder checks itself against: the clauses on which the bid will be found in or out."""
    return [clause for kind in ClauseKind for clause in standing.clauses(lot, kind)]


def check(
    lot: Lot, *, supplier: Organisation, offer: Mapping[str, Any], met: frozenset[int], now: datetime.datetime
) -> list[Check]:
    """Every formal rule on one draft, worst first. `offer`: the fields of bid.submit that could be read, the rest left
    out; `met`: the clauses that the bidder says it meets. Raises DoesNotExist before there is a document."""
    return sorted(_checks(_Draft(lot, supplier, offer, met, now)), key=lambda one: list(Verdict).index(one.verdict))


def of_form(form: Input, *, met: frozenset[int]) -> list[Check]:
    """The pre-flight of what stands in the form of bid.submit: what cannot be read fails, the rest is checked."""
    unreadable = [_refused(replace(refusal, citation=None), field=refusal.field) for refusal in form.refusals()]
    found = check(form.subject, supplier=form.by.organisation, offer=form.cleaned_data, met=met, now=form.now)
    said = {one.field for one in unreadable}  # what the form says of a field is not said twice
    return unreadable + [one for one in found if one.verdict is not Verdict.FAIL or one.field not in said]


#: functions(lot, supplier) by which later apps say what this supplier may ask at most, in yuan; None where the lot's
#: own limit holds for everybody
OWN_LIMITS: list[Callable[[Lot, Organisation], Decimal | None]] = []


def own_limit(lot: Lot, supplier: Organisation) -> Decimal | None:
    """What this supplier alone may not exceed; None where the lot's own limit holds."""
    return next((limit for asked in OWN_LIMITS if (limit := asked(lot, supplier)) is not None), None)


#: Whom the goods are of, or who bids, is told where it was filled in: makers by their names, members, the own size.
SAID_AT_ITS_FIELD = {"made_by_larger", "bidder_is_larger"}


class _Draft:
    """The draft as the evaluation would read it."""

    def __init__(
        self, lot: Lot, supplier: Organisation, offer: Mapping[str, Any], met: frozenset[int], now: datetime.datetime
    ):
        self.lot, self.supplier, self.offer, self.met, self.now = lot, supplier, offer, met, now
        self.makers = makers.of_offer(offer) if makers.are_asked(lot) else ()
        self.made_by = makers.counted(self.makers, at=now)
        self.counts_as = partners.together(supplier, partners.of_offer(offer), at=now)
        self.on = applicable(lot.case, now=now)
        self.terms = arithmetic.terms(lot, now=now)
        limit = own_limit(lot, supplier)
        if limit is not None:
            self.terms = replace(self.terms, ceiling=limit)
        self.closes_at = periods.closing_at(lot.case) or now

    def cite(self, key: str) -> Citation | None:
        """The article of the method by which it is bought, where it has one of its own."""
        mine = own(self.lot.case, key)
        found = law.find(mine, **self.on) if mine else None
        return found.citation if found else None

    def result(self) -> BidResult | None:
        """The evaluation of this bid alone, up to the price limit; None without a price.

        With one bid it stops there, for too few bidders: what comes next is asked of the same functions one by one.
        """
        if not self.offer.get("price"):
            return None
        lines = [SimpleNamespace(**line) for line in self.offer.get("lines", ())]
        quote = arithmetic.stated(figures=self.offer["price"], words=self.offer.get("price_in_words", ""), lines=lines)
        bid = evaluation.Bid(bidder=SELF, quote=quote)
        return evaluation.evaluate(evaluation.Lot(terms=self.terms, bids=(bid,))).bids[SELF]


def _checks(draft: _Draft) -> Iterator[Check]:
    yield from _admission(draft)
    yield from _security(draft)
    result = draft.result()
    if result is not None:
        yield from _rows(draft)
        yield from _corrections(draft, result)
        yield from _limit(draft, result)
        yield from _low_price(draft, result)
        yield from _preference(draft, result)
    yield from _figures(draft)
    yield from _deviations(draft)
    yield from _partners(draft)
    yield from _brand(draft)
    yield from _products(draft)
    yield from _attachments(draft)
    yield from _clauses(draft)


def _refused(refusal: Refusal, *, code: str = "", field: str = "", verdict: Verdict = Verdict.FAIL) -> Check:
    return Check(code or refusal.code, verdict, refusal.zh, refusal.en, refusal.citation, field, refusal.written)


def _admission(draft: _Draft) -> Iterator[Check]:
    """The three lists are looked up again at the opening: a debarment that begins by then counts."""
    found = may_take_part(draft.supplier, at=max(draft.now, draft.closes_at))
    yield from (_refused(refusal) for refusal in found)
    if not found:
        yield Check(
            "not_debarred",
            Verdict.PASS,
            "投标截止当日没有生效的失信或者禁止参加记录",
            "No debarment in force on the day of the deadline",
            draft.cite("qualification.credit_check"),
        )


def _security(draft: _Draft) -> Iterator[Check]:
    file = solicitation(draft.lot.case)
    if file is None or not file.bid_security:
        return
    citation = draft.cite("bid_security.missing")
    if standing.without_security(draft.lot, suppliers={draft.supplier.pk}):
        yield Check(
            "security_missing",
            Verdict.FAIL,
            f"投标保证金 {figures(file.bid_security)} 元尚未登记到账；投标截止时未足额到账的，投标无效",
            f"The bid security of CNY {figures(file.bid_security)} has not been recorded; unless it has fully arrived"
            " by the deadline the bid is invalid",
            citation,
        )
    else:
        yield Check("security_arrived", Verdict.PASS, "投标保证金已足额到账", "The bid security has arrived", citation)


def _rows(draft: _Draft) -> Iterator[Check]:
    """A row whose own total is not unit price × quantity: the evaluation counts by unit prices."""
    for number, line in enumerate(draft.offer.get("lines", ()), start=1):
        row = evaluation.Line(unit_price=line["unit_price"], quantity=line["quantity"], total=line["amount"])
        product = figures(row.product)
        if cents(row.product) != row.total:
            yield Check(
                "row_total",
                Verdict.WARN,
                f"分项报价第 {number} 行：单价 × 数量 = {product}，小计写的是 {figures(line['amount'])}",
                f"Price form, row {number}: unit price × quantity = {product}, but the row says"
                f" {figures(line['amount'])}",
                draft.cite("evaluation.arithmetic"),
                "lines",
            )


def _corrections(draft: _Draft, result: BidResult) -> Iterator[Check]:
    citation = draft.cite("evaluation.arithmetic")
    for made in result.corrections:
        yield Check(
            "correction",
            Verdict.WARN,
            f"{made.zh}：{figures(made.before)} → {figures(made.after)}；评审时须经贵单位确认，不确认的投标无效",
            f"{made.en}: {figures(made.before)} → {figures(made.after)}; you would have to confirm it, or the bid is"
            " invalid",
            citation,
            "price",
        )
    if not result.corrections and "lines" in draft.offer:
        yield Check(
            "figures_agree",
            Verdict.PASS,
            "大写、小写、分项合计一致，无须修正",
            "Words, figures and the price form agree: nothing to correct",
            citation,
        )


def _limit(draft: _Draft, result: BidResult) -> Iterator[Check]:
    if result.invalid is not None:
        yield _refused(result.invalid, field="price")
        return
    limit = figures(draft.terms.limit)
    yield Check(
        "within_limit",
        Verdict.PASS,
        f"报价 {figures(result.bid_price)} 未超过预算金额和最高限价 {limit}",
        f"The price {figures(result.bid_price)} is within the budget and ceiling price, {limit}",
        draft.cite("evaluation.above_ceiling"),
    )


def _low_price(draft: _Draft, result: BidResult) -> Iterator[Check]:
    """Of the tests of 财库〔2026〕2号 only the ceiling's can be computed from one bid."""
    found = abnormally_low.screen(prices={SELF: result.bid_price}, terms=draft.terms)
    rule = abnormally_low.RULES[abnormally_low.CEILING]
    if abnormally_low.CEILING not in found.lines:
        return
    line = figures(rounded(found.lines[abnormally_low.CEILING], places=2))
    if abnormally_low.CEILING in found.hits.get(SELF, ()):
        yield Check(
            "low_price",
            Verdict.WARN,
            f"报价低于最高限价（预算）的审查线 {line}，将启动异常低价审查；请备好成本构成的书面说明和证明材料",
            f"The price is below the line of the ceiling price or budget, {line}: it will be reviewed as abnormally"
            " low; have the explanation of its cost and the proof ready",
            draft.cite(rule),
            "price",
        )
        return
    yield Check(
        "not_low_price",
        Verdict.PASS,
        f"报价不低于最高限价（预算）的审查线 {line}；与平均报价、次低报价的比较开标后才能计算",
        f"The price is not below the line of the ceiling price or budget, {line}; the tests against the other bids can"
        " only be made after the opening",
        draft.cite(rule),
    )


def _preference(draft: _Draft, result: BidResult) -> Iterator[Check]:
    terms, offer = draft.terms, draft.offer
    if method.of(draft.lot.case).draws_on:  # what is preferred was settled when it entered
        return
    claim = PreferenceClaim(offer.get("preference") or PreferenceClaim.NONE)
    beside = partners.as_registered(partners.of_offer(offer), at=draft.now)
    domestic = arithmetic.domestic_share(is_domestic=bool(offer.get("is_domestic")), share=offer.get("domestic_share"))
    found = prefer(
        price=result.bid_price,
        terms=terms,
        claim=arithmetic.CLAIMS[claim],
        partner_share=partners.share(draft.supplier, beside, small_only=True) if beside else None,
        made_by=draft.made_by,
        counts_as=draft.counts_as,
        is_green=bool((offer.get("green_certificates") or "").strip()),
    )
    for refusal in found.not_granted:
        if refusal.code not in SAID_AT_ITS_FIELD:
            yield _refused(refusal, field="preference", verdict=Verdict.WARN)
    if terms.green_rate and not (offer.get("green_certificates") or "").strip():
        yield Check(
            "no_certificate",
            Verdict.WARN,
            f"采购文件对有认证证书的节能环保产品给予 {percent(terms.green_rate)} 的价格扣除，贵单位没有填写证书",
            f"Certified energy-saving or environmental-label products are given {percent(terms.green_rate)}; no"
            " certificate is named",
            draft.cite("green.certificate"),
            "green_certificates",
        )
    for granted in found.deductions:
        yield Check(
            "deduction",
            Verdict.PASS,
            f"价格扣除 {percent(granted.rate)}，即 {figures(granted.amount)}，"
            f"评审价 {figures(found.evaluated_price)}；合同价格不变",
            f"{percent(granted.rate)} deducted, that is {figures(granted.amount)}: evaluated price"
            f" {figures(found.evaluated_price)}; the contract price stays",
            draft.cite(granted.rule),
        )
    if claim != PreferenceClaim.NONE and not found.deductions and not found.not_granted:
        yield Check(
            "no_rate",
            Verdict.WARN,
            "采购文件没有规定这一价格扣除的比例，声明不会产生扣除",
            "The document sets no rate for this deduction: the claim lowers nothing",
            draft.cite("price_preference.small_micro"),
            "preference",
        )
    if (
        claim == PreferenceClaim.NONE
        and draft.supplier.is_small_micro
        and draft.made_by in ("", *SMALL_MICRO)
        and terms.small_micro_rate
        and not terms.reserved
    ):
        yield Check(
            "unclaimed",
            Verdict.WARN,
            f"贵单位登记为小微企业，可以享受 {percent(terms.small_micro_rate)} 的价格扣除，但没有声明",
            f"You are registered as a small or micro enterprise and could claim {percent(terms.small_micro_rate)}, but"
            " do not",
            draft.cite("price_preference.small_micro"),
            "preference",
        )
    if domestic and not is_domestic(domestic, **draft.on) and law.applies("price_preference.domestic", **draft.on):
        yield Check(
            "domestic_share_too_small",
            Verdict.WARN,
            f"本国产品成本占比 {percent(domestic)} 未达到规定比例，整体不享受本国产品的价格扣除",
            f"Domestic products make up {percent(domestic)} of the cost, below the lawful share: the offer as a whole"
            " is not preferred as domestic",
            draft.cite("price_preference.domestic_package"),
            "domestic_share",
        )
    if is_domestic(domestic, **draft.on):
        yield Check(
            "domestic",
            Verdict.PASS,
            "已声明为本国产品；有非本国产品参与竞争时给予价格扣除，开标后才能确定",
            "Declared domestic; the deduction is given if other products compete, which is known after the opening",
            draft.cite("price_preference.domestic"),
        )


def _figures(draft: _Draft) -> Iterator[Check]:
    """What is counted by formula can be counted now: no other bid has a part in it."""
    given = {row["criterion"]: row["figure"] for row in draft.offer.get("figures", ())}
    for criterion in counting.of_lot(draft.lot):
        if criterion.code not in given:
            continue
        points = rounded(counting.worth(criterion, given[criterion.code]), places=draft.terms.decimals)
        figure, full = bare(given[criterion.code]), bare(criterion.weight)
        yield Check(
            "counted",
            Verdict.PASS if points else Verdict.WARN,
            f"“{criterion.title}”按 {figure} {criterion.unit} 计 {points} 分，满分 {full} 分；以投标文件的证明为准",
            f"{criterion.title}: {figure} {criterion.unit} make {points} of {full} points, if the proof in the bid"
            " bears it out",
            draft.cite(counting.RULE),
            "figures",
            written=(Written(criterion.title), Written(criterion.unit)),
        )


def _deviations(draft: _Draft) -> Iterator[Check]:
    """What the bidder itself says it does not meet, and what it has not said yet."""
    asked = [one.number for one in deviations.of_lot(draft.lot)]
    rows = draft.offer.get("deviations", ())
    citation = draft.cite("evaluation.conformity")
    for number in deviations.negative(rows):
        yield Check(
            "negative_deviation",
            Verdict.FAIL,
            f"偏离表声明实质性要求第 {number} 条负偏离：未实质性响应的投标无效",
            f"The bid itself declares a negative deviation from substantive requirement {number}: it would be invalid",
            citation,
            "deviations",
        )
    said = {row["clause"] for row in deviations.declared(rows)}
    open_ones = [number for number in asked if number not in said]
    if said and open_ones:  # who left the whole table out was asked for it by the form
        numbers = "、".join(map(str, open_ones))
        yield Check(
            "undeclared_deviation",
            Verdict.WARN,
            f"偏离表第 {numbers} 条尚未声明",
            f"Nothing is declared on clause {', '.join(map(str, open_ones))} of the deviation table",
            citation,
            "deviations",
        )


def _partners(draft: _Draft) -> Iterator[Check]:
    """Consortium and subcontract, and what a set-aside demands of them: a condition of qualification."""
    lot, beside = draft.lot, partners.of_offer(draft.offer)
    if method.of(lot.case).draws_on:  # who stands behind an entrant was settled when it entered
        return
    claim = draft.offer.get("preference") or PreferenceClaim.NONE
    made_by_larger = makers.unlawful(lot, makers=draft.makers, claim=claim, counts_as=draft.counts_as, now=draft.now)
    yield from (_refused(one, field="makers") for one in made_by_larger)
    goods = draft.made_by
    told = list(partners.unlawful(lot, bidder=draft.supplier, partners=beside, claim=claim, goods=goods, now=draft.now))
    told += agreements.takes_part_elsewhere(lot, draft.supplier, now=draft.now)
    told += agreements.unlawful(lot, bidder=draft.supplier, partners=beside, now=draft.now)
    yield from (_refused(refusal, field="partners") for refusal in told)
    # Where the makers of goods decide what is reserved, that is said of them alone.
    if not told and (beside or lot.way != SetAside.NONE) and not (goods and lot.is_reserved):
        given = partners.share(draft.supplier, beside, small_only=lot.for_small_micro, way=lot.way)
        yield Check(
            "partners",
            Verdict.PASS,
            f"联合体、分包符合采购文件；中小企业合同份额 {percent(given)}",
            f"Consortium and subcontracts are as the document wants them; the share of small and medium enterprises is"
            f" {percent(given)}",
            draft.cite("set_aside.partner_share"),
        )


def _brand(draft: _Draft) -> Iterator[Check]:
    """Bids of one brand count as one: without a named brand nobody can tell."""
    core = standing.core_product(draft.lot)
    if not core:
        return
    citation = draft.cite("evaluation.same_brand")
    if (draft.offer.get("brand") or "").strip():
        yield Check(
            "brand",
            Verdict.PASS,
            f"已填写核心产品（{core}）的品牌；与他人同品牌的按一家计算，开标后才能确定",
            "The brand of the core product is named; whether others offer the same one is known after the opening",
            citation,
            written=(Written(core),),
        )


def _products(draft: _Draft) -> Iterator[Check]:
    """What the form itself refuses of a brand, an imported product and a domestic share."""
    for field in products.FIELDS:
        if field in draft.offer:
            found = products.unlawful(draft.lot, field, draft.offer, now=draft.now)
            yield from (_refused(refusal, field=field) for refusal in found)


def _attachments(draft: _Draft) -> Iterator[Check]:
    citation = draft.cite("evaluation.conformity")
    files = draft.offer.get("attachments") or []
    if files:
        yield Check("attachments", Verdict.PASS, f"附有 {len(files)} 个文件", f"Files attached: {len(files)}", citation)
    else:
        yield Check(
            "attachments_missing",
            Verdict.FAIL if clauses(draft.lot) else Verdict.WARN,
            "没有附投标文件：资格要求和实质性要求逐项审查，没有证明材料就无从通过",
            "No file is attached: every requirement is checked one by one, and without papers none can be met",
            citation,
            "attachments",
        )


def _clauses(draft: _Draft) -> Iterator[Check]:
    """The bidder's own word for each requirement; the evaluation finds for itself."""
    for clause in clauses(draft.lot):
        is_met = clause.pk in draft.met
        zh, en, rule = STEPS[ClauseKind(clause.kind)]
        yield Check(
            "clause_met" if is_met else "clause_open",
            Verdict.PASS if is_met else Verdict.WARN,
            f"{zh} {clause.number}：{clause.text}" + ("" if is_met else "（尚未自查）"),
            f"{en} {clause.number}: {clause.text}" + ("" if is_met else " (not checked yet)"),
            draft.cite(rule),
            written=(Written(clause.text),),
        )
