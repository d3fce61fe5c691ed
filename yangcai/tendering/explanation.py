"""Why did this bidder not win? What the law lets it know of its own bid, and what it may do about it until when.

Own scores, price and findings, and of others nothing but what the award notice publishes (政府采购法实施条例 art. 43;
财政部令第87号 art. 69). The base price stands here because the own price score follows from it, as a number without a
name; a bid of the same brand and other bids' scores do not. Members stay a number.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.models import Award, AwardFall, LotOutcome
from yangcai.cases.rules import applicable, own
from yangcai.kernel import calendar
from yangcai.kernel.money import figures
from yangcai.kernel.numbers import percent
from yangcai.kernel.refusals import Citation, in_chinese
from yangcai.kernel.wording import Written, worded
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.tendering import brands
from yangcai.tendering.models import AwardLetter, CriterionKind, EvaluationReport, Finding, LowPriceReview, OpenedBid
from yangcai.tendering.passed_over import passed_over
from yangcai.tendering.rules.lots import at_limit
from yangcai.tendering.rules.prequalification.changes import lost
from yangcai.tendering.solicitations import solicitation

#: How a frozen report calls its deductions.
DEDUCTIONS = {
    "small_micro": ("小微企业价格扣除", "Deduction for a small or micro enterprise"),
    "partner": ("联合体或者分包价格扣除", "Deduction for a consortium or subcontract"),
    "green": ("节能环保产品价格扣除", "Deduction for energy-saving or environmental-label products"),
    "domestic": ("本国产品价格扣除", "Deduction for domestic products"),
}

#: Why an award was void, in both languages and with its rule; a lost status says it in its own words.
ANNULLED: dict[str, tuple[str, str, str]] = {
    AwardFall.OBJECTION: ("质疑成立", "After a founded objection", "award.annulled_after_objection"),
    AwardFall.DECISION: ("经财政部门认定", "By the treasury's decision", "award.annulled"),
}

#: How a letter begins whose bid was found out at one of these steps: in English, and the rule.
OUT_BEFORE: dict[str, tuple[str, str]] = {
    "资格审查不合格": ("Not qualified", "qualification.by_buyer"),
    "符合性审查不合格": ("Not responsive", "evaluation.conformity"),
}


@dataclass(frozen=True)
class Said:
    """One sentence in both languages, with its article. `quoted` is what somebody wrote, in Chinese; so is `written`,
    within the sentence."""

    zh: str
    en: str
    citation: Citation | None = None
    quoted: str = ""
    written: tuple[Written, ...] = ()

    @property
    def text(self) -> str:
        return worded(self.zh if in_chinese() else self.en, around=self.written)

    def as_dict(self) -> dict[str, Any]:
        return {
            "zh": worded(self.zh, around=self.written, chinese=True),
            "en": worded(self.en, around=self.written, chinese=False),
            "quoted": self.quoted,
            "citation": self.citation.as_dict() if self.citation else None,
        }


@dataclass(frozen=True)
class CriterionScore:
    """One factor: its weight in points, and the mean of the members' points for the own bid (or the price score).
    `counted`: by which figure and formula the points came about, where no member gave them."""

    code: str
    title: str
    weight: Decimal
    points: Decimal | None
    is_price: bool
    counted: Said | None = None


@dataclass(frozen=True)
class Deduction:
    """One price preference that was granted, in yuan."""

    zh: str
    en: str
    rate: Decimal
    amount: Decimal

    @property
    def percent(self) -> str:
        return percent(self.rate)

    @property
    def text(self) -> str:
        return self.zh if in_chinese() else self.en


@dataclass(frozen=True)
class PriceArithmetic:
    """From the price read out to the price score, in yuan and points; None where there was no such step."""

    quoted: Decimal
    bid_price: Decimal
    deductions: tuple[Deduction, ...]
    evaluated_price: Decimal
    base_price: Decimal | None
    weight: Decimal | None
    score: Decimal | None
    formula_zh: str = ""
    formula_en: str = ""

    @property
    def is_quotient(self) -> bool:
        """Whether the score is base price ÷ evaluated price × weight, so that the sum can be written out."""
        return self.score is not None and bool(self.base_price) and not self.formula_zh


@dataclass(frozen=True)
class FailedClause:
    """A clause that the bid did not meet: why, and on which pages of the bid it was read."""

    kind: str
    number: int
    text: str
    reason: str
    page: str


@dataclass(frozen=True)
class Remedy:
    """质疑: counted from the end of the notice period of the result; `due_at` is 24:00 of the last day, None past the
    known calendar. `since` is None where the notice period itself ends beyond it, and `beyond` tells of which year.
    `complaint_days` are the working days for a complaint after the answer."""

    since: datetime.date | None
    due_at: datetime.datetime | None
    days: int
    notice_days: int | None
    complaint_days: int
    citations: tuple[Citation, ...]
    beyond: calendar.HorizonError | None = None

    @property
    def last_day(self) -> datetime.date | None:
        return calendar.day_of(self.due_at - calendar.ONE_DAY) if self.due_at else None


@dataclass(frozen=True)
class Explanation:
    """Everything that one letter's addressee may know. `bid` is None where nothing was opened."""

    letter: AwardLetter
    bid: OpenedBid | None
    reasons: tuple[Said, ...]
    failed: tuple[FailedClause, ...]
    criteria: tuple[CriterionScore, ...]
    members: int
    price: PriceArithmetic | None
    total: Decimal | None
    rank: int | None
    corrections: tuple[Said, ...]
    not_granted: tuple[Said, ...]
    winner: Award | None
    remedy: Remedy | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON: decimals and dates as text."""
        price, remedy = self.price, self.remedy
        return {
            "is_winner": self.letter.is_winner,
            "issued_at": self.letter.issued_at.isoformat(),
            "reasons": [one.as_dict() for one in self.reasons],
            "failed_clauses": [
                {"kind": f.kind, "number": f.number, "text": f.text, "reason": f.reason, "page": f.page}
                for f in self.failed
            ],
            "criteria": [
                {
                    "code": c.code,
                    "title": c.title,
                    "weight": str(c.weight),
                    "points": _text(c.points),
                    **({"counted": c.counted.as_dict()} if c.counted else {}),
                }
                for c in self.criteria
            ],
            "members": self.members,
            "price": {
                "quoted": str(price.quoted),
                "bid_price": str(price.bid_price),
                "deductions": [
                    {"zh": d.zh, "en": d.en, "rate": str(d.rate), "amount": str(d.amount)} for d in price.deductions
                ],
                "evaluated_price": str(price.evaluated_price),
                "base_price": _text(price.base_price),
                "weight": _text(price.weight),
                "score": _text(price.score),
            }
            if price
            else None,
            "total": _text(self.total),
            "rank": self.rank,
            "corrections": [one.as_dict() for one in self.corrections],
            "not_granted": [one.as_dict() for one in self.not_granted],
            "award": {"winner": self.winner.supplier.name, "amount": str(self.winner.amount)} if self.winner else None,
            "objection": {
                "counted_from": _text(remedy.since),
                "working_days": remedy.days,
                "last_day": _text(remedy.last_day),
                "citations": [citation.as_dict() for citation in remedy.citations],
            }
            if remedy
            else None,
        }


def _moved(made: Mapping[str, Any]) -> str:
    return f"{figures(Decimal(made['before']))} → {figures(Decimal(made['after']))}"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def explain(letter: AwardLetter, *, now: datetime.datetime) -> Explanation:
    """The explanation that goes with one letter, from the rows as the letter's result had them."""
    lot = letter.lot
    opened = OpenedBid.objects.filter(lot=lot.judged_with, supplier=letter.supplier_id)
    bid = opened.select_related("supplier", "low_price_review").prefetch_related("findings__clause").first()
    report = _report(letter)
    frozen: Mapping[str, Any] = report.result if report else {}
    result: Mapping[str, Any] = frozen.get("bids", {}).get(str(bid.pk), {}) if bid else {}
    award = _award_of(letter)
    return Explanation(
        letter=letter,
        bid=bid,
        reasons=tuple(_reasons(letter, award, bid, result, now=now)),
        failed=tuple(_failed(bid)) if bid else (),
        criteria=tuple(_criteria(frozen, result, figures=_own_figures(frozen, bid))),
        members=len(frozen.get("members", ())),
        price=_price(letter, bid, frozen, result) if bid else None,
        total=_decimal(result.get("total")),
        rank=result.get("rank"),
        corrections=tuple(
            Said(f"{made['zh']}：{_moved(made)}", f"{made['en']}: {_moved(made)}")
            for made in result.get("corrections", ())
        ),
        not_granted=tuple(Said(one["zh"], one["en"], _citation(one)) for one in result.get("not_granted", ())),
        winner=award,
        remedy=None if letter.is_winner else _remedy(letter, award, now=now),
    )


def _stated(letter: AwardLetter, bid: OpenedBid | None) -> str:
    """What the committee stated of the bid's own brand, as the report has it: without it, the bidder could not tell why
    a brand of another name is its own."""
    report = _report(letter)
    told = report.result.get("same_brands", ()) if report is not None and bid is not None else ()
    counted = brands.joined((brands.as_compared(one["brand"]), brands.as_compared(one["other"])) for one in told)
    own = counted.get(brands.as_compared(bid.brand), "") if bid is not None else ""
    return "；".join(
        f"“{one['brand']}”与“{one['other']}”：{one['reason']}"
        for one in told
        if own and counted[brands.as_compared(one["brand"])] == own
    )


def _report(letter: AwardLetter) -> EvaluationReport | None:
    """The report on which the letter rests: the latest that was there when it was written."""
    found = EvaluationReport.objects.filter(lot=letter.lot.judged_with, computed_at__lte=letter.issued_at).order_by(
        "-revision"
    )
    return found.filter(sent_at__lte=letter.issued_at).first() or found.first()


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _citation(said: Mapping[str, Any]) -> Citation | None:
    """A Citation as a frozen report keeps it. Of a Refusal's facts only the reason is taken: they may name another
    bid."""
    return Citation(**said["citation"]) if said.get("citation") else None


def _reasons(
    letter: AwardLetter,
    award: Award | None,
    bid: OpenedBid | None,
    result: Mapping[str, Any],
    *,
    now: datetime.datetime,
) -> list[Said]:
    on = applicable(letter.lot.case, now=now)
    found = []
    if letter.is_winner:
        won = [Said("贵单位中标", "Your bid has won", _found(own(letter.lot.case, "award.letter"), on))]
        reviewed = getattr(bid, "low_price_review", None) if bid else None
        if reviewed is not None:
            won += [
                _low_price(reviewed, on),
                Said(
                    "报价经过异常低价审查的，采购人将重点关注其履约",
                    "The buyer will watch the performance closely, because the price was reviewed as abnormally low",
                    _found("abnormally_low.watch", on),
                ),
            ]
        return won
    lot, invalid = letter.lot, result.get("invalid")
    fell = Award.objects.filter(lot=lot, supplier=letter.supplier_id, refused_at__lte=letter.issued_at).last()
    ground = fell.fall_ground if fell else ""
    failed = lot.outcome == LotOutcome.UNSUCCESSFUL and lot.outcome_at == letter.issued_at
    gone = lost(lot.case).get(letter.supplier_id, "")
    if ground == AwardFall.REFUSED:
        found.append(
            Said(
                "贵单位被确定为中标供应商后拒绝签订合同",
                "Chosen as the winner, your organisation refused the contract",
                _found("award.refused", on),
            )
        )
    elif fell and ground in ANNULLED:
        found.append(
            Said(
                f"{ANNULLED[ground][0]}，贵单位的中标结果无效",
                f"{ANNULLED[ground][1]} the award to your organisation is void",
                _found(ANNULLED[ground][2], on),
                quoted=fell.refusal_reason,
            )
        )
    elif invalid:
        said = _invalid(invalid)
        found.append(replace(said, quoted=_stated(letter, bid)) if invalid["code"] == "same_brand" else said)
    elif gone:
        found.append(
            Said(
                "贵单位资格发生变化，不再符合资格条件",
                "The status of your organisation has changed: it meets the conditions no longer",
                _found("prequalification.change", on),
                quoted=gone,
            )
        )
    elif result.get("left_behind"):
        found.append(
            Said(
                f"研发方案得分 {result['merit']}，第 {result['merit_rank']} 名，"
                "未达到采购文件规定的名次，不进入综合评审",
                f"With {result['merit']} points the research plan had rank {result['merit_rank']}, which is not among"
                " those that the file takes further",
                _found("cooperative_innovation.two_stages", on),
            )
        )
    elif result.get("same_brand_as"):
        found.append(
            Said(
                "与排名在前的投标人为同一品牌，按一家投标人计算，不作为中标候选人",
                "A bid of the same brand stands before yours: both count as one, and yours is no candidate",
                _found("evaluation.same_brand", on),
                quoted=_stated(letter, bid),
            )
        )
    elif award is not None and _is_full(letter, award, result.get("rank")):
        found.append(
            Said(
                f"评审排名第 {result['rank']}，在本项目其他采购包中标已达到采购文件规定的数量，"
                "按定标次序不再确定为本包中标供应商",
                f"Ranked {result['rank']}; your organisation has won as many other lots as the file allows one bidder,"
                " so that in the declared order this lot went to the next candidate",
                _found("solicitation.lot_limit", on),
            )
        )
    elif award is not None and (over := passed_over(lot, award, letter.supplier, result.get("rank"))):
        found.append(Said(over.zh, over.en, over.citation or _found(own(lot.case, over.rule), on), quoted=over.quoted))
    elif result.get("rank") and not failed:
        rule = "evaluation.rank_rated" if result.get("total") is not None else "evaluation.rank_lowest"
        found.append(
            Said(
                f"评审排名第 {result['rank']}，未被确定为中标供应商",
                f"Ranked {result['rank']}, and not chosen as the winner",
                _found(rule, on),
            )
        )
    if failed and not found and letter.reason != lot.outcome_reason:
        found.append(_out_before(letter, on))
    if failed:
        unsuccessful = _found("evaluation.unsuccessful", on)
        found.append(Said("本采购包废标", "The lot has failed", unsuccessful, quoted=lot.outcome_reason))
    if not found:
        found.append(Said("未中标的理由", "The reason", _found("award.tell_losers", on), quoted=letter.reason))
    review = getattr(bid, "low_price_review", None) if bid else None
    if review is not None:
        found.append(_low_price(review, on))
    return found


def _is_full(letter: AwardLetter, award: Award, rank: int | None) -> bool:
    """Whether this bidder stood before the winner and had won as many other lots as the file allows."""
    return rank is not None and rank < award.candidate.rank and letter.supplier_id in at_limit(letter.lot)


def _invalid(told: Mapping[str, Any]) -> Said:
    """The ground, and apart from it what somebody wrote as its reason."""
    written = str(told["facts"].get("reason", ""))
    zh, en = (told[language].removesuffix(written).rstrip("：: ") for language in ("zh", "en"))
    return Said(zh, en, _citation(told), quoted=written)


def _out_before(letter: AwardLetter, on: Mapping[str, Any]) -> Said:
    """Why this very bid was out of a lot that then failed: no report says so, because none was written."""
    ground, _colon, written = letter.reason.partition("：")
    if ground in OUT_BEFORE:
        en, rule = OUT_BEFORE[ground]
        return Said(ground, en, _found(own(letter.lot.case, rule), on), quoted=written)
    return Said("贵单位的投标无效", "Your bid was invalid", _found("award.tell_losers", on), quoted=letter.reason)


def _found(key: str, on: Mapping[str, Any]) -> Citation | None:
    value = law.find(key, **on)
    return value.citation if value else None


def _low_price(review: LowPriceReview, on: Mapping[str, Any]) -> Said:
    """What became of the review of a low price, with the committee's opinion."""
    if review.is_accepted:
        zh, en = (
            "报价经异常低价审查，说明被认可",
            "The price was reviewed as abnormally low; the explanation was accepted",
        )
    elif review.is_accepted is False:
        zh, en = (
            "报价经异常低价审查，说明未被认可",
            "The price was reviewed as abnormally low; the explanation was not accepted",
        )
    else:
        zh, en = "报价曾启动异常低价审查", "A review of the price as abnormally low was begun"
    return Said(zh, en, _found("abnormally_low.judgment", on), quoted=review.decision)


def _failed(bid: OpenedBid) -> list[FailedClause]:
    rows: list[Finding] = [one for one in bid.findings.all() if not one.passed and one.voided_at is None]
    rows.sort(key=lambda finding: (finding.clause.kind, finding.clause.number))
    return [FailedClause(f.clause.kind, f.clause.number, f.clause.text, f.reason, f.page) for f in rows]


def _own_figures(frozen: Mapping[str, Any], bid: OpenedBid | None) -> Mapping[str, Any]:
    """Criterion -> what the own bid declared and what counted; nothing of another bid."""
    found: Mapping[str, Any] = frozen.get("figures", {}).get(str(bid.pk), {}) if bid else {}
    return found


def _counted(criterion: Mapping[str, Any], figure: Mapping[str, Any] | None) -> Said | None:
    if figure is None or "formula" not in criterion:
        return None
    formula, unit = criterion["formula"], criterion["formula"]["unit"]
    other = figure["counts"] != figure["declared"]
    page = f"（投标文件第 {figure['page']} 页）" if figure["page"] else ""
    found_zh = f"；承诺 {figure['declared']} {unit}，核实为 {figure['counts']} {unit}{page}" if other else ""
    found_en = f"; {figure['declared']} {unit} were declared, {figure['counts']} {unit} found" if other else ""
    return Said(
        f"{formula['figure']} {figure['counts']} {unit}，{formula['zh']}{found_zh}",
        f"{formula['figure']} {figure['counts']} {unit}. {formula['en']}{found_en}",
        quoted=figure["reason"],
        written=(Written(formula["figure"]), Written(unit)),
    )


def _criteria(
    frozen: Mapping[str, Any], result: Mapping[str, Any], *, figures: Mapping[str, Any]
) -> list[CriterionScore]:
    """Only what was scored: an invalid bid has no points."""
    if result.get("price_score") is None and not result.get("means"):
        return []
    return [
        CriterionScore(
            code=one["code"],
            title=one["title"],
            weight=Decimal(one["weight"]),
            points=_decimal(
                result.get("price_score") if one["kind"] == CriterionKind.PRICE else result["means"].get(one["code"])
            ),
            is_price=one["kind"] == CriterionKind.PRICE,
            counted=_counted(one, figures.get(one["code"])),
        )
        for one in frozen.get("criteria", ())
    ]


def _price(
    letter: AwardLetter, bid: OpenedBid, frozen: Mapping[str, Any], result: Mapping[str, Any]
) -> PriceArithmetic:
    file = solicitation(letter.lot.case)
    formula = FORMULAS.get(file.price_formula if file else "")
    scored = result.get("price_score") is not None
    other = formula is not None and formula.code != "lowest_first"
    weights = [Decimal(c["weight"]) for c in frozen.get("criteria", ()) if c["kind"] == CriterionKind.PRICE]
    return PriceArithmetic(
        quoted=Decimal(result.get("quoted_price", bid.price)),
        bid_price=Decimal(result.get("bid_price", bid.price)),
        deductions=tuple(
            Deduction(*DEDUCTIONS[d["code"]], Decimal(d["rate"]), Decimal(d["amount"]))
            for d in result.get("deductions", ())
        ),
        evaluated_price=Decimal(result.get("evaluated_price", bid.price)),
        base_price=_decimal(frozen.get("base_price")) if scored else None,
        weight=sum(weights, Decimal(0)) if scored else None,
        score=_decimal(result.get("price_score")),
        formula_zh=formula.zh if formula and other else "",
        formula_en=formula.en if formula and other else "",
    )


def may_object_until(letter: AwardLetter, *, now: datetime.datetime) -> Remedy:
    """From when and until when the addressee of a letter may object (clock C28)."""
    return _remedy(letter, _award_of(letter), now=now)


def _award_of(letter: AwardLetter) -> Award | None:
    announced = Award.objects.filter(lot_id=letter.lot_id, announced_at=letter.issued_at)
    return announced.select_related("supplier", "candidate").first()


def _remedy(letter: AwardLetter, award: Award | None, *, now: datetime.datetime) -> Remedy:
    """Seven working days from the end of the award notice's period; where there is no award, from the end of the step
    that decided (政府采购法 art. 52; 条例 art. 53(2), (3); 财政部令第94号 art. 10)."""
    on = applicable(letter.lot.case, now=now)
    since: datetime.date | None = calendar.day_of(letter.issued_at)
    notice_days = beyond = None
    citations = [_found("objection.file", on), _found("objection.anchor", on)]
    period = law.find("notice.award.period", **on)
    if award is not None and period is not None:
        citations.append(period.citation)
        notice_days = period.value
        try:
            since = calendar.due_on(letter.issued_at, period.value, period.unit, region=on["jurisdiction"])
        except calendar.HorizonError as error:
            since, beyond = None, error
    return Remedy(
        since=since,
        due_at=law.due_at("C28", since=since, **on) if since else None,
        days=law.value("objection.file", **on),
        notice_days=notice_days,
        complaint_days=law.value("complaint.file", **on),
        citations=tuple(one for one in citations if one),
        beyond=beyond,
    )
