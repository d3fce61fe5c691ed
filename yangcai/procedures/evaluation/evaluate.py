"""Who wins this lot, and why? Runs the order of operations of the law once, keeping every step for screen and report.

1 qualification, 2 conformity, 3 arithmetic correction, 4 price limit, 5 low-price review, 6 same brand and number of
bidders, 7 price preference and what the goods use up, 8 price scores, 9 totals, ranking and candidates, 10 the four
lawful corrections.
"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from yangcai import law
from yangcai.kernel.money import cents, figures, rounded
from yangcai.kernel.numbers import percent
from yangcai.kernel.refusals import Refusal
from yangcai.procedures.evaluation import abnormally_low, corrections, merit_first, panel
from yangcai.procedures.evaluation.arithmetic_correction import correct
from yangcai.procedures.evaluation.model import (
    MEAN,
    NOTHING,
    Bid,
    BidResult,
    EvaluationError,
    Lot,
    LotResult,
    Note,
    Pending,
    StepRecord,
)
from yangcai.procedures.evaluation.price_preference import is_domestic, prefer
from yangcai.procedures.evaluation.price_score import price_scores
from yangcai.procedures.evaluation.ranking import Standing, rank, same_brands
from yangcai.procedures.procedure import AwardBy

TESTS = {
    abnormally_low.AVERAGE: ("平均报价", "the average bid"),
    abnormally_low.SECOND: ("次低报价", "the second-lowest bid"),
    abnormally_low.CEILING: ("最高限价（预算）", "the ceiling price or budget"),
}


def evaluate(lot: Lot) -> LotResult:
    """Evaluate one lot. The same input gives the same result; run it again when something pending is settled.

    Raises EvaluationError when the input contradicts itself; LawGap only for a claim whose law is not loaded.
    """
    return _Evaluation(lot).run()


class _Evaluation:
    """The state of one run; each method is one step of the law."""

    def __init__(self, lot: Lot):
        if len({bid.bidder for bid in lot.bids}) != len(lot.bids):
            raise EvaluationError("a bidder has two bids")
        self.lot, self.terms = lot, lot.terms
        self.rated = lot.terms.award_by is AwardBy.RATED
        self.steps: list[StepRecord] = []
        self.pending: list[Pending] = []
        self.results: dict[str, BidResult] = {}
        self.base_price: Decimal | None = None
        self.ranking: tuple[str, ...] = ()
        self.candidates: tuple[str, ...] = ()
        for bid in lot.bids:
            price = cents(bid.quote.figures)
            self.results[bid.bidder] = BidResult(bid.bidder, price, price, price)

    def run(self) -> LotResult:
        self.qualification()
        self.conformity()
        self.arithmetic()
        self.price_limit()
        for result in self.results.values():
            result.passed_conformity = result.valid
        unsuccessful = self.all_above_budget() or self.brands_and_number()
        if unsuccessful is None:
            self.low_prices()
            unsuccessful = self.nobody_left()
        if unsuccessful is None:
            self.preferences()
            self.running_costs()
            if self.rated:
                self.score()
            self.rank()
        findings = corrections.find(self.lot, self.results) if self.rated and unsuccessful is None else ()
        if self.rated and unsuccessful is None:
            self.step(
                "corrections",
                "evaluation.corrections",
                "签署评标报告前核对四种可修改情形",
                "Check the four cases before signing",
                [Note(bidder=finding.bidder, zh=finding.zh, en=finding.en) for finding in findings],
            )
        return LotResult(
            steps=tuple(self.steps),
            bids=self.results,
            ranking=self.ranking,
            candidates=self.candidates,
            base_price=self.base_price,
            unsuccessful=unsuccessful,
            pending=tuple(self.pending),
            findings=findings,
        )

    @property
    def valid(self) -> list[Bid]:
        return [bid for bid in self.lot.bids if self.results[bid.bidder].valid]

    def step(self, code: str, rule: str, zh: str, en: str, notes: list[Note]) -> None:
        self.steps.append(
            StepRecord(code=code, zh=zh, en=en, rule=rule, citation=self.terms.cite(rule), notes=tuple(notes))
        )

    def reject(self, bid: Bid, refusal: Refusal) -> Note:
        self.results[bid.bidder].invalid = refusal
        return Note(bidder=bid.bidder, zh=refusal.zh, en=refusal.en)

    def qualification(self) -> None:
        notes = []
        for bid in self.valid:
            if not bid.qualified:
                refusal = self.terms.refuse(
                    "qualification.by_buyer",
                    code="not_qualified",
                    zh="资格审查不合格：{reason}",
                    en="Not qualified: {reason}",
                    reason=bid.qualification_reason,
                )
                notes.append(self.reject(bid, refusal))
        self.step("qualification", "qualification.by_buyer", "资格审查", "Qualification", notes)

    def conformity(self) -> None:
        notes = []
        for bid in self.valid:
            if not bid.responsive:
                refusal = self.terms.refuse(
                    "evaluation.conformity",
                    code="not_responsive",
                    zh="符合性审查不合格：{reason}",
                    en="Not responsive: {reason}",
                    reason=bid.responsiveness_reason,
                )
                notes.append(self.reject(bid, refusal))
        self.step("conformity", "evaluation.conformity", "符合性审查", "Conformity", notes)

    def arithmetic(self) -> None:
        notes: list[Note] = []
        for bid in self.valid:
            corrected, result = correct(bid.quote), self.results[bid.bidder]
            result.bid_price = result.evaluated_price = corrected.price
            result.corrections = corrected.corrections
            notes += [
                Note(
                    bidder=bid.bidder,
                    zh=f"{made.zh}：{figures(made.before)} → {figures(made.after)}",
                    en=f"{made.en}: {figures(made.before)} → {figures(made.after)}",
                )
                for made in corrected.corrections
            ]
            if not corrected.corrections or bid.correction_confirmed:
                continue
            if bid.correction_confirmed is None:
                self.wait("confirm_correction", (bid.bidder,), "evaluation.confirm_correction", price=corrected.price)
            else:
                refusal = self.terms.refuse(
                    "evaluation.confirm_correction",
                    code="correction_not_confirmed",
                    zh="投标人不确认修正后的报价，投标无效",
                    en="The bidder does not confirm the corrected price; the bid is invalid",
                )
                notes.append(self.reject(bid, refusal))
        self.step("arithmetic", "evaluation.arithmetic", "报价算术修正", "Arithmetic correction", notes)

    def price_limit(self) -> None:
        notes = []
        for bid in self.valid:
            price = self.results[bid.bidder].bid_price
            if price > self.terms.limit:
                refusal = self.terms.refuse(
                    "evaluation.above_ceiling",
                    code="above_ceiling",
                    zh="报价 {price} 超过预算金额或者最高限价 {ceiling}，投标无效",
                    en="The price {price} is above the budget or ceiling price {ceiling}; the bid is invalid",
                    price=figures(price),
                    ceiling=figures(self.terms.limit),
                )
                notes.append(self.reject(bid, refusal))
        self.step("price_limit", "evaluation.above_ceiling", "报价是否超过限价", "Price limit", notes)

    def all_above_budget(self) -> Refusal | None:
        """Every price above the budget is a ground of its own (政府采购法 36(3))."""
        prices = [result.bid_price for result in self.results.values()]
        if not prices or any(price <= self.terms.budget for price in prices):
            return None
        return self.terms.refuse(
            "evaluation.all_above_budget",
            code="all_above_budget",
            zh=f"投标人的报价均超过采购预算，{self.terms.fails[0]}",
            en=f"Every bid is above the budget; {self.terms.fails[1]}",
        )

    def brands_and_number(self) -> Refusal | None:
        brand_counts = bool(self.terms.own("evaluation.same_brand"))  # the rule on brands is one of tenders (87号令 31)
        standings = [
            Standing(b.bidder, self.results[b.bidder].bid_price, brand=b.brand if brand_counts else "")
            for b in self.valid
        ]
        brands = same_brands(standings, drawn=self.lot.drawn, by_score=False)
        notes = []
        if not self.rated:  # under rated evaluation the highest score stands for the brand: see rank()
            for tie in brands.ties:
                self.wait("draw_brand", tie, "evaluation.same_brand")
            for bid in self.valid:
                if bid.bidder in brands.others:
                    self.results[bid.bidder].same_brand_as = brands.others[bid.bidder]
                    refusal = self.terms.refuse(
                        "evaluation.same_brand",
                        code="same_brand",
                        zh="同品牌投标人中报价较低者参加评标，本投标无效",
                        en="The cheaper bid of the same brand is evaluated; this one is invalid",
                        other=brands.others[bid.bidder],
                    )
                    notes.append(self.reject(bid, refusal))
        self.step("number", "evaluation.same_brand", "同品牌与有效投标人家数", "Same brand and number", notes)
        if not self.terms.minimum:
            return None
        enough = law.value(self.terms.minimum, on=self.terms.on, jurisdiction=self.terms.jurisdiction)
        if brands.count >= enough:
            return None
        # Enough bids of too few brands: the brands are what is missing (财政部令第87号 31).
        return self.terms.refuse(
            "bidders.brands" if len(standings) >= enough else self.terms.minimum,
            code="too_few_bidders",
            zh=f"有效投标人只有{{count}}家，不足{{limit}}家，{self.terms.fails[0]}",
            en=f"Only {{count}} valid bidders, fewer than {{limit}}; {self.terms.fails[1]}",
            count=brands.count,
        )

    def low_prices(self) -> None:
        """Bids that passed conformity are screened; a brand's other bids are in the average too."""
        prices = {bidder: r.bid_price for bidder, r in self.results.items() if r.passed_conformity}
        found = abnormally_low.screen(prices=prices, terms=self.terms)
        by_test = bool(found.lines)
        rule = abnormally_low.RULES[abnormally_low.AVERAGE] if by_test else "abnormally_low.judgment"
        notes = []
        for bid in self.valid:
            result = self.results[bid.bidder]
            result.low_price_tests = found.hits.get(bid.bidder, ())
            for test in result.low_price_tests:
                line = figures(cents(found.lines[test]))
                zh, en = TESTS[test]
                notes.append(
                    Note(
                        bidder=bid.bidder,
                        zh=f"报价 {figures(result.bid_price)} 低于{zh}的审查线 {line}",
                        en=f"The price {figures(result.bid_price)} is below the line of {en}, {line}",
                    )
                )
            if bid.explanation is None:
                if result.low_price_tests:
                    self.wait("explain_low_price", (bid.bidder,), "abnormally_low.judgment")
            elif not bid.explanation.accepted:
                refusal = self.terms.refuse(
                    "abnormally_low.judgment",
                    code="low_price_unexplained",
                    zh="不能证明报价合理性，投标无效：{reason}",
                    en="The low price was not justified; the bid is invalid: {reason}",
                    reason=bid.explanation.reason,
                )
                notes.append(self.reject(bid, refusal))
        self.step("low_price", rule, "异常低价审查", "Low-price review", notes)

    def nobody_left(self) -> Refusal | None:
        if self.valid:
            return None
        return self.terms.refuse(
            "evaluation.unsuccessful",
            code="no_valid_bid",
            zh=f"没有有效投标，{self.terms.fails[0]}",
            en=f"No valid bid is left; {self.terms.fails[1]}",
        )

    def preferences(self) -> None:
        on, jurisdiction = self.terms.on, self.terms.jurisdiction
        origins = {is_domestic(bid.domestic_share, on=on, jurisdiction=jurisdiction) for bid in self.valid}
        notes: list[Note] = []
        for bid in self.valid:
            result = self.results[bid.bidder]
            preference = prefer(
                price=result.bid_price,
                terms=self.terms,
                claim=bid.claim,
                partner_share=bid.partner_share,
                made_by=bid.made_by,
                counts_as=bid.counts_as,
                domestic_share=bid.domestic_share,
                mixed_origin=len(origins) > 1,
                is_green=bid.is_green,
            )
            result.evaluated_price = preference.evaluated_price
            result.deductions, result.not_granted = preference.deductions, preference.not_granted
            notes += [
                Note(
                    bidder=bid.bidder,
                    zh=f"扣除 {percent(deduction.rate)}，即 {figures(deduction.amount)}",
                    en=f"{percent(deduction.rate)} deducted, that is {figures(deduction.amount)}",
                )
                for deduction in preference.deductions
            ]
            notes += [Note(bidder=bid.bidder, zh=r.zh, en=r.en) for r in preference.not_granted]
        self.step("preference", "price_preference.evaluation_only", "价格扣除（仅用于评审）", "Price preference", notes)

    def running_costs(self) -> None:
        """What the goods use up corrects the price by which offers are compared, never the one that is paid."""
        notes = []
        for bid in self.valid:
            if bid.running_cost:
                result = self.results[bid.bidder]
                result.running_cost = bid.running_cost
                result.evaluated_price += bid.running_cost
                cost, price = figures(bid.running_cost), figures(result.evaluated_price)
                notes.append(
                    Note(
                        bidder=bid.bidder,
                        zh=f"约定期限的专用耗材使用成本 {cost}，修正后评审价 {price}",
                        en=f"Consumables of the agreed years cost {cost}, the evaluated price is {price}",
                    )
                )
        if notes:
            self.step("running_cost", "framework.consumables", "专用耗材使用成本", "Cost of consumables", notes)

    def going_on(self) -> list[Bid]:
        """Whose bids are scored as a whole: all, or where merit comes first those that reached the rank which the file
        names; nobody before everybody has its points of merit."""
        places, valid = self.terms.merit_first, self.valid
        if places is None:
            return valid
        criteria, points = merit_first.criteria_of_merit(self.terms.scored), {}
        for bid in valid:
            unscored = panel.missing(bid, criteria)
            if unscored:
                self.wait("score", (bid.bidder,), "committee.independence", criteria=unscored)
                continue
            result, formula, decimals = self.results[bid.bidder], self.terms.score_formula, self.terms.decimals
            means = {criterion.code: panel.mean(bid.scores[criterion.code], code=formula) for criterion in criteria}
            means |= {c.code: bid.computed[c.code] for c in self.terms.computed if c.merit and c.code in bid.computed}
            points[bid.bidder] = sum(means.values(), Fraction(0))
            result.means = {code: rounded(mean, places=decimals) for code, mean in means.items()}
            result.merit = rounded(points[bid.bidder], places=decimals)
        if len(points) < len(valid):
            return []
        notes, through = [], merit_first.going_on(points, places=places)
        for bidder, place in merit_first.ranks(points).items():
            result = self.results[bidder]
            result.merit_rank, result.left_behind = place, bidder not in through
            zh = "未达到规定名次，不进入综合评审" if result.left_behind else "进入综合评审"
            en = "it goes no further" if result.left_behind else "it is evaluated as a whole"
            notes.append(
                Note(
                    bidder=bidder,
                    zh=f"研发方案得分 {result.merit}，第{place}名，{zh}",
                    en=f"The research plan has {result.merit} points, rank {place}: {en}",
                )
            )
        self.step("merit_first", "cooperative_innovation.two_stages", "研发方案评审", "The research plan first", notes)
        return [bid for bid in valid if bid.bidder in through]

    def score(self) -> None:
        going = self.going_on()
        prices = {bid.bidder: self.results[bid.bidder].evaluated_price for bid in going}
        scores = dict.fromkeys(prices, NOTHING)
        if self.terms.price_weight and prices:
            priced = price_scores(
                prices=prices,
                weight=self.terms.price_weight,
                decimals=self.terms.decimals,
                code=self.terms.price_formula,
                options=self.terms.formula_options,
            )
            self.base_price, scores = priced.base, priced.scores
        notes = [Note(bidder=b, zh=f"价格分 {points}", en=f"Price score {points}") for b, points in scores.items()]
        self.step("price_score", "evaluation.price_score", "价格分", "Price scores", notes)
        self.computed(going)
        totals: list[Note] = []
        if self.terms.score_formula != MEAN and self.terms.score_formula in panel.SCORE_FORMULAS:
            used = panel.SCORE_FORMULAS[self.terms.score_formula]
            totals.append(Note(zh=f"评委评分取{used.zh}", en=f"Members' scores: {used.en.lower()}"))
        for bid in going:
            result = self.results[bid.bidder]
            result.price_score = scores[bid.bidder]
            unscored = panel.missing(bid, self.terms.scored)
            if unscored:
                self.wait("score", (bid.bidder,), "committee.independence", criteria=unscored)
                continue
            result.means = {
                criterion.code: rounded(
                    panel.mean(bid.scores[criterion.code], code=self.terms.score_formula), places=self.terms.decimals
                )
                for criterion in self.terms.scored
            } | self._counted(bid)
            result.total = panel.total(
                bid,
                self.terms.scored,
                price_score=scores[bid.bidder],
                decimals=self.terms.decimals,
                code=self.terms.score_formula,
            )
            totals.append(Note(bidder=bid.bidder, zh=f"总得分 {result.total}", en=f"Total {result.total}"))
        self.step("total", "evaluation.total", "汇总得分", "Totals", totals)

    def computed(self, going: list[Bid]) -> None:
        """The points of the criteria that have a formula of their own."""
        notes = [
            Note(
                bidder=bid.bidder,
                zh=f"{criterion.zh} {self._counted(bid)[criterion.code]} 分",
                en=f"{criterion.en}: {self._counted(bid)[criterion.code]} points",
            )
            for bid in going
            for criterion in self.terms.computed
            if criterion.code in bid.computed
        ]
        if notes:
            self.step("computed", "evaluation.intervals", "按公式计算的客观分", "Points computed by formula", notes)

    def _counted(self, bid: Bid) -> dict[str, Decimal]:
        places = self.terms.decimals
        return {
            c.code: rounded(bid.computed[c.code], places=places) for c in self.terms.computed if c.code in bid.computed
        }

    def rank(self) -> None:
        standings = []
        for bid in self.valid:
            result = self.results[bid.bidder]
            if self.rated and result.total is None:
                continue
            by_bid_price = self.rated and self.terms.tie_price == "bid"
            price = result.bid_price if by_bid_price else result.evaluated_price
            technical = (c for c in self.terms.criteria if c.merit)
            merit = sum((result.means.get(c.code, NOTHING) for c in technical), NOTHING)
            standings.append(
                Standing(
                    bid.bidder,
                    price,
                    total=result.total,
                    brand=bid.brand,
                    merit=merit if self.terms.by_merit else NOTHING,
                )
            )
        if self.rated and self.terms.own("evaluation.same_brand"):
            brands = same_brands(standings, drawn=self.lot.drawn, by_score=True)
            for tie in brands.ties:
                self.wait("draw_brand", tie, "evaluation.same_brand")
            for bidder, other in brands.others.items():
                self.results[bidder].same_brand_as = other
            standings = [standing for standing in standings if standing.bidder not in brands.others]
        ranked = rank([replace(s, brand="") for s in standings], drawn=self.lot.drawn)
        self.ranking = ranked.order
        for bidder, place in ranked.ranks.items():
            self.results[bidder].rank = place
        for tie in ranked.ties:
            self.wait("draw", tie, "evaluation.tie")
            for bidder in tie:
                self.results[bidder].tied_with = tuple(other for other in tie if other != bidder)
        key = self.terms.own("evaluation.candidates")
        usual = law.find(key, on=self.terms.on, jurisdiction=self.terms.jurisdiction) if key else None
        count = self.terms.candidates or (usual.value if usual else len(ranked.order))
        self.candidates = tuple(bidder for bidder in ranked.order if ranked.ranks[bidder] <= count)
        notes = [Note(bidder=b, zh=f"第{ranked.ranks[b]}名", en=f"Rank {ranked.ranks[b]}") for b in ranked.order]
        rule = "evaluation.rank_rated" if self.rated else "evaluation.rank_lowest"
        self.step("ranking", rule, "排序与候选人", "Ranking and candidates", notes)

    def wait(self, kind: str, bidders: tuple[str, ...], rule: str, **facts: object) -> None:
        self.pending.append(Pending(kind=kind, bidders=bidders, rule=rule, facts=facts))
