"""What does the replay put where the published source is silent?

Published values always stay. The rest follows these conventions, each listed by a sentence when it is used:

- budget: the highest price known, when none is published; each lot's share likewise.
- criteria: price at its lowest lawful weight and one technical criterion for the rest; criteria without points get
  the best published score, and what is left goes to those of which no score is known.
- bidders: an awarded case is filled up to the fewest lawful number of bidders with 未公布供应商N, who ask the highest
  price allowed and score below everybody whose name was published; a failed one without names gets one bidder too few.
- prices: implied by the published price score under the document's formula, else the awarded price, else the limit.
- scores: what the published total leaves after the price score; without a total, 90% of the weight for the first
  and 5% of the weight less for each that follows.
- set-asides, partners, products: see `policy`.
- members: as many as the law asks for at least, each giving the published mean.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from yangcai import law, procedures
from yangcai.kernel.calendar import day_of
from yangcai.kernel.numbers import bare
from yangcai.procedures import Stage, engine
from yangcai.procedures.committee import composition
from yangcai.procedures.evaluation.panel import SCORE_FORMULAS
from yangcai.replay import policy
from yangcai.replay.assumptions import Assumption, Assumptions
from yangcai.replay.published import (
    PANEL_TOTAL,
    PRICE,
    Bid,
    CaseFile,
    Criterion,
    Evaluation,
    Lot,
    Organisation,
)
from yangcai.replay.schedule import complete_dates

CENT = Decimal("0.01")
#: Where neither a budget nor any price is published.
BUDGET = Decimal("1000000.00")
#: 财政部令第87号 sets no lowest weight of price for works; the one for goods stands in.
PRICE_WEIGHT = {
    "goods": "evaluation.price_weight.goods",
    "services": "evaluation.price_weight.services",
    "works": "evaluation.price_weight.goods",
}
#: Share of a criterion's weight that the first bidder scores, and how much less each following one does.
FIRST_SHARE, STEP, LEAST_SHARE = Decimal("0.90"), Decimal("0.05"), Decimal("0.10")
#: By how many points each bidder stays below the one ranked before it, where totals are assumed.
GAP = Decimal("0.50")
#: Price of the first assumed bidder where nobody was published, as a share of the limit; the others ask the limit.
ASSUMED_WINNER = Decimal("0.95")


@dataclass(frozen=True)
class Completed:
    """A case in which nothing is missing, and every sentence about what was not published."""

    case: CaseFile
    assumed: tuple[Assumption, ...]


def complete(*, published: CaseFile) -> Completed:
    """Fill everything that the source left out. Pure: the same file under the same law gives the same case.

    All dates become aware datetimes; every lot has a budget, criteria (if rated) and bids; every bid a price, a time of
    receipt, a size, and, if it is evaluated, each member's score per criterion. Raises HorizonError or LawGap where
    the calendar or the law does not reach.
    """
    assumed = Assumptions()
    case = complete_dates(case=published, assumed=assumed)
    assert case.dates.invitation is not None
    on = day_of(case.dates.invitation)
    case = policy.set_asides(case=_budgets(case, on, assumed), on=on, assumed=assumed)
    lots = tuple(_follower(case, lot) if lot.follows else _Lot(case, lot, on, assumed).completed() for lot in case.lots)
    return Completed(replace(case, lots=lots), assumed.sentences)


def _follower(case: CaseFile, lot: Lot) -> Lot:
    """A lot that another one's evaluation decides has no bids of its own."""
    return replace(lot, evaluation=Evaluation(method=procedures.get(case.method).award_by[0].value))


def _budgets(case: CaseFile, on: dt.date, assumed: Assumptions) -> CaseFile:
    """Every lot gets a budget and the case their sum, unless published."""
    open_lots = [lot for lot in case.lots if lot.budget is None]
    lots = list(case.lots)
    if open_lots and case.budget is not None:
        rest = case.budget - sum((lot.budget for lot in case.lots if lot.budget is not None), Decimal(0))
        share = (rest / len(open_lots)).quantize(CENT, rounding=ROUND_DOWN)
        lots = [lot if lot.budget is not None else replace(lot, budget=share) for lot in case.lots]
        if len(case.lots) > 1:
            assumed.add(
                "各包预算未公布，平分项目预算", "the lots' budgets are not published: equal shares of the case's"
            )
    elif open_lots:
        lots = [lot if lot.budget is not None else replace(lot, budget=_highest(case, lot, on)) for lot in case.lots]
        zh = "预算未公布，取已公布或可推算的最高报价；都没有的，取1000000.00元"
        assumed.add(zh, "the budget is not published: the highest price known, or 1,000,000.00 yuan without any")
    if len(lots) == 1 and lots[0].ceiling is None and case.ceiling is not None:
        lots[0] = replace(lots[0], ceiling=case.ceiling)
    budget = case.budget or sum((lot.budget or Decimal(0) for lot in lots), Decimal(0))
    return replace(case, lots=tuple(lots), budget=budget)


def _highest(case: CaseFile, lot: Lot, on: dt.date) -> Decimal:
    """The highest price of a lot that is published or follows from a published price score."""
    amounts = [award.amount for award in case.outcome.awards if award.lot == lot.lot and award.amount is not None]
    prices = [bid.price for bid in lot.bids if bid.price is not None]
    if lot.evaluation is not None:
        prices += _implied(case, lot, lot.evaluation, on).values()
    return max([*amounts, *prices], default=BUDGET)


def _implied(case: CaseFile, lot: Lot, evaluation: Evaluation, on: dt.date) -> dict[str, Decimal]:
    """Prices that follow from published price scores: with lowest-first, P = lowest × weight ÷ score."""
    scores = case.outcome.price_scores.get(lot.lot, {})
    weight = evaluation.weight(PRICE)
    if not weight or not scores or evaluation.price_formula != "lowest_first":
        return {}
    rates = {bid.supplier.name: Decimal(0) for bid in lot.bids}
    rates |= policy.deductions(case=case, lot=lot, bids=lot.bids, evaluation=evaluation, on=on)
    known = {bid.supplier.name: bid.price * (1 - rates[bid.supplier.name]) for bid in lot.bids if bid.price is not None}
    anchors = [known[name] * scores[name] / weight for name in known if scores.get(name)]
    if not anchors:
        return {}
    lowest = min(known.values()) if any(scores.get(name) == weight for name in known) else anchors[0]
    return {
        name: (lowest * weight / score / (1 - rates[name])).quantize(CENT, rounding=ROUND_HALF_UP)
        for name, score in scores.items()
        if score and name not in known
    }


class _Lot:
    """One lot on its way to completeness; the steps stand in the order in which each needs the one before."""

    def __init__(self, case: CaseFile, lot: Lot, on: dt.date, assumed: Assumptions):
        self.case, self.lot, self.on, self.assumed = case, lot, on, assumed
        self.method = procedures.get(case.method)
        self.name_zh, self.name_en = (f"包{lot.lot}：", f"lot {lot.lot}: ") if len(case.lots) > 1 else ("", "")
        outcome = case.outcome
        self.winners = [award for award in outcome.awards if award.lot == lot.lot]
        self.fails = outcome.status == "unsuccessful" or (outcome.status == "awarded" and not self.winners)
        self.totals = dict(outcome.totals.get(lot.lot, {}))
        for error in outcome.known_errors:
            lot_name, _, supplier = error.path.removeprefix("totals.").partition(".")
            if error.path.startswith("totals.") and lot_name == lot.lot:
                self.totals[supplier] = Decimal(error.right)
        for bid in lot.bids:
            if bid.total is not None:
                self.totals.setdefault(bid.supplier.name, bid.total)
        assert lot.budget is not None
        self.limit = min(lot.budget, lot.ceiling or lot.budget)

    def say(self, zh: str, en: str) -> None:
        self.assumed.add(self.name_zh + zh, self.name_en + en)

    def completed(self) -> Lot:
        evaluation = self.evaluation()
        bids = self.prices(self.bidders(), evaluation)
        bids = [self.circumstances(bid, position, evaluation) for position, bid in enumerate(bids)]
        if evaluation.method == "rated" and not self.fails:
            bids = self.scores(bids, evaluation)
        return replace(self.lot, evaluation=evaluation, bids=tuple(bids))

    def evaluation(self) -> Evaluation:
        evaluation, ways = self.lot.evaluation, self.method.award_by
        if evaluation is None:
            usual = ways[0]
            self.say(f"评标方法未公布，按{usual.zh}", f"the evaluation method is not published: {usual.en.lower()}")
            evaluation = Evaluation(method=usual.value)
        elif evaluation.method not in ways:
            evaluation = replace(evaluation, method=ways[0].value)
        if evaluation.method == "rated" and not evaluation.criteria:
            weight = self.price_weight() * 100
            zh = f"评审因素未公布，价格{bare(weight)}分，其余为技术分"
            self.say(zh, f"the criteria are not published: price {bare(weight)}, technical for the rest")
            evaluation = replace(evaluation, criteria=(Criterion(PRICE, weight), Criterion("technical", 100 - weight)))
        if any(criterion.open for criterion in evaluation.criteria):
            evaluation = replace(evaluation, criteria=self.weighed(evaluation.criteria))
        if not evaluation.price_preference and self.case.set_aside == "none" and self.case.category != "works":
            # Lots that are not reserved must state a deduction (财库〔2020〕46号第九条); nobody is assumed to claim it.
            band = law.value("price_preference.small_micro", on=self.on, jurisdiction=self.case.jurisdiction)
            least: Decimal = band["min"]
            zh = f"小微企业价格扣除比例未公布，取最低的{least:%}，推定无人享受"
            self.say(zh, f"the price preference is not published: the lowest, {least:%}, which nobody claims")
            evaluation = replace(evaluation, price_preference={"small_micro": least})
        return evaluation

    def weighed(self, criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        """Points of criteria whose points are not published: the best published score; what is left goes in equal
        shares to those without any score, else to all of them."""
        points = {one.code: self.lot.best(one.code) for one in criteria if one.open}
        if PRICE in points:
            scored = self.case.outcome.price_scores.get(self.lot.lot, {}).values()
            points[PRICE] = max([self.price_weight() * 100, *scored])
        unscored = [code for code, best in points.items() if not best] or list(points)
        rest = 100 - sum((one.weight for one in criteria), Decimal(0)) - sum(points.values(), Decimal(0))
        zh = "部分评审因素的分值未公布：取公布的最高得分，余下的由没有公布得分的因素平分"
        self.say(zh, "points of some criteria are not published: the best score, the rest to those without any score")
        for code, share in _spread(rest, [Criterion(code, Decimal(1)) for code in unscored]).items():
            points[code] += share
        return tuple(Criterion(one.code, points[one.code]) if one.open else one for one in criteria)

    def price_weight(self) -> Decimal:
        """The smallest lawful share of price; a band's lower end."""
        weights = PRICE_WEIGHT | dict(self.method.price_weights)
        found = law.value(weights[self.case.category], on=self.on, jurisdiction=self.case.jurisdiction)
        return Decimal(found["min"] if isinstance(found, Mapping) else found)

    def bidders(self) -> list[Bid]:
        """The published bids, filled up with assumed bidders."""
        bids = list(self.lot.bids)
        known = {bid.supplier.name for bid in bids}
        for award in self.winners:
            if award.supplier not in known:
                bids.append(Bid(supplier=Organisation(name=award.supplier)))
                known.add(award.supplier)
        fewest = engine.fewest(
            procedure=self.method,
            stage=Stage.SUBMISSION,
            on=self.on,
            grounds={self.case.grounds},
            jurisdiction=self.case.jurisdiction,
        )
        wanted = fewest - 1 if self.fails else fewest
        missing = wanted - len(bids) if not (self.fails and bids) else 0
        for number in range(1, missing + 1):
            bids.append(Bid(supplier=Organisation(name=f"未公布供应商{number}")))
        if missing > 0:
            zh = f"另有{missing}家投标人未公布，以“未公布供应商”代替"
            self.say(zh, f"{missing} bidder(s) whose names are not published are called 未公布供应商")
        return bids

    def is_assumed(self, bid: Bid) -> bool:
        return bid.supplier.name not in {known.supplier.name for known in self.lot.bids}

    def prices(self, bids: list[Bid], evaluation: Evaluation) -> list[Bid]:
        amounts = {award.supplier: award.amount for award in self.winners if award.amount is not None}
        for error in self.case.outcome.known_errors:
            lot_name, _, supplier = error.path.removeprefix("awards.").partition(".")
            if error.path.startswith("awards.") and lot_name == self.lot.lot and supplier:
                amounts[supplier] = Decimal(error.right)
        implied = _implied(self.case, self.lot, evaluation, self.on)
        published = [bid.price for bid in bids if bid.price is not None]
        like = next(iter(amounts.values()), min(published, default=self.limit))
        filled = []
        for position, bid in enumerate(bids):
            name = bid.supplier.name
            if bid.price is not None:
                filled.append(bid)
                continue
            if name in amounts:
                price = amounts[name]
            elif name in implied:
                price = implied[name]
                self.say(
                    "未公布的报价由公布的价格分反推", "prices not published are derived from the published price scores"
                )
            elif not self.is_assumed(bid):
                price = like
                zh = f"未公布的报价取{like}元（中标价、最低公布报价或预算）"
                self.say(
                    zh,
                    f"prices not published are taken as {like} (the award, the lowest published price or the budget)",
                )
            else:
                first = position == 0 and not self.fails
                price = (self.limit * (ASSUMED_WINNER if first else 1)).quantize(CENT, rounding=ROUND_DOWN)
                zh, en = (
                    f"未公布供应商的报价取允许的最高价{self.limit}元",
                    f"assumed bidders ask the most allowed, {self.limit}",
                )
                if first:
                    zh, en = (
                        f"无任何公布的投标人：第一家报价推定为{price}元",
                        f"no bidder is published: the first asks {price}",
                    )
                self.say(zh, en)
            filled.append(replace(bid, price=price))
        return filled

    def circumstances(self, bid: Bid, position: int, evaluation: Evaluation) -> Bid:
        """Size and time of receipt."""
        dates = self.case.dates
        closes = [event.submission_closes for event in self.case.events if event.submission_closes]
        closing = closes[-1] if closes else dates.submission_closes
        assert isinstance(closing, dt.datetime)
        supplier = bid.supplier
        if not supplier.size:
            small = bid.prefer == "small_micro" or self.case.set_aside != "none"
            supplier = replace(supplier, size="small" if small else "medium")
            zh = "企业规模未公布，享受小微扣除或专门面向中小企业的按小型，其余按中型"
            self.say(zh, "sizes not published: small where a preference or set-aside needs it, else medium")
        received = bid.received
        if received is None:
            received = closing - dt.timedelta(hours=1) + dt.timedelta(minutes=position)
            self.say(
                "投标送达时间未公布，取截止前1小时内依次送达", "times of receipt are not published: in the last hour"
            )
        elif not isinstance(received, dt.datetime):
            received = dt.datetime.combine(received, dt.time(9), tzinfo=closing.tzinfo)
        bid = replace(bid, supplier=supplier, received=received)
        return policy.completed(bid, case=self.case, lot=self.lot, on=self.on, say=self.say)

    def ranked(self, bids: list[Bid]) -> list[Bid]:
        """Evaluated bids, best first, as far as publication tells: ranking, totals, winners, order in the file."""
        order = {name: place for place, name in enumerate(self.case.outcome.ranking.get(self.lot.lot, ()))}
        winners = {award.supplier for award in self.winners}
        valid = [bid for bid in bids if bid.valid]
        return sorted(
            valid,
            key=lambda bid: (
                order.get(bid.supplier.name, len(order)),
                -self.totals.get(bid.supplier.name, Decimal(0)),
                bid.supplier.name not in winners,
            ),
        )

    def scores(self, bids: list[Bid], evaluation: Evaluation) -> list[Bid]:
        """Each evaluated bid gets every member's score per criterion."""
        quality = tuple(criterion for criterion in evaluation.criteria if criterion.code != PRICE)
        price_scores = self.price_scores(bids, evaluation)
        members = self.members(bids)
        above: Decimal | None = None
        done: dict[str, Bid] = {}
        for position, bid in enumerate(self.ranked(bids)):
            name, price_score = bid.supplier.name, price_scores[bid.supplier.name]
            panel = dict(bid.panel)
            if PANEL_TOTAL in panel:
                split = [_spread(total - price_score, quality) for total in panel.pop(PANEL_TOTAL)]
                panel = {criterion.code: tuple(part[criterion.code] for part in split) for criterion in quality}
                zh = "评委只公布了总分：扣除价格分后按权重分摊到其余因素，平均总分不变"
                self.say(
                    zh,
                    "members' totals only: less the price score, spread by weight; the mean total stays as published",
                )
            known = {code: _one(values, evaluation) for code, values in panel.items()} | dict(bid.scores)
            open_criteria = tuple(criterion for criterion in quality if criterion.code not in known)
            total = self.totals.get(name)
            if open_criteria:
                rest = self.rest(position, open_criteria, known, price_score, total, above)
                known |= _spread(rest, open_criteria)
            panel |= {code: (score,) * members for code, score in known.items() if code not in panel}
            above = price_score + sum(known.values(), Decimal(0))
            done[name] = replace(bid, scores=known, panel=panel)
        return [done.get(bid.supplier.name, bid) for bid in bids]

    def rest(
        self,
        position: int,
        criteria: tuple[Criterion, ...],
        known: dict[str, Decimal],
        price_score: Decimal,
        total: Decimal | None,
        above: Decimal | None,
    ) -> Decimal:
        """The points that go to criteria without a published score."""
        weight = sum((criterion.weight for criterion in criteria), Decimal(0))
        settled = price_score + sum(known.values(), Decimal(0))
        if total is not None:
            zh = "单项得分未公布，按公布的总分扣除价格分推算"
            self.say(zh, "single scores are not published: what the published total leaves after the price score")
            return min(max(total - settled, Decimal(0)), weight)
        share = max(FIRST_SHARE - position * STEP, LEAST_SHARE)
        rest = (weight * share).quantize(CENT, rounding=ROUND_DOWN)
        if above is not None:
            rest = min(rest, max(above - GAP - settled, Decimal(0)))
        zh = "总分和单项得分未公布：第一名得满分的90%，其后每名少5%且低于前一名"
        self.say(zh, "no scores are published: 90% of the points for the first, 5% less for each that follows")
        return rest

    def price_scores(self, bids: list[Bid], evaluation: Evaluation) -> dict[str, Decimal]:
        weight = evaluation.weight(PRICE)
        unit = Decimal(1).scaleb(-evaluation.rounding)
        rates = policy.deductions(case=self.case, lot=self.lot, bids=bids, evaluation=evaluation, on=self.on)
        prices = {
            bid.supplier.name: bid.price * (1 - rates[bid.supplier.name])
            for bid in bids
            if bid.valid and bid.price is not None
        }
        lowest = min(prices.values(), default=Decimal(0))
        # A price of nothing gets full marks here; the platform refuses such a bid before it comes to scores.
        return {
            name: ((lowest / price if price else Decimal(1)) * weight).quantize(unit, ROUND_HALF_UP)
            for name, price in prices.items()
        }

    def members(self, bids: list[Bid]) -> int:
        """The published number of members, else the fewest lawful one for the case's budget."""
        published = [len(values) for bid in bids for values in bid.panel.values()]
        if published:
            return published[0]
        assert self.case.budget is not None and self.method.committee is not None
        number = composition(
            committee=self.method.committee,
            budget=self.case.budget,
            on=self.on,
            category=self.case.category,
            jurisdiction=self.case.jurisdiction,
        ).size
        if any(bid.valid for bid in bids):
            zh = f"评委逐人评分未公布，按{number}名评委均给出公布或推定的平均分"
            self.say(zh, f"the members' own scores are not published: {number} members who all give the mean")
        return number


def _spread(points: Decimal, criteria: Sequence[Criterion]) -> dict[str, Decimal]:
    """Share points out by weight, to the cent; the last criterion takes what rounding leaves."""
    weight = sum((criterion.weight for criterion in criteria), Decimal(0))
    shares: dict[str, Decimal] = {}
    for criterion in criteria[:-1]:
        shares[criterion.code] = (points * criterion.weight / weight).quantize(CENT, rounding=ROUND_DOWN)
    if criteria:
        shares[criteria[-1].code] = points - sum(shares.values(), Decimal(0))
    return shares


def _one(values: tuple[Decimal, ...], evaluation: Evaluation) -> Decimal:
    """The members' scores as one, by the document's formula."""
    exact = SCORE_FORMULAS[evaluation.score_formula].of(values)
    return Decimal(exact.numerator) / Decimal(exact.denominator)
