"""What goes into the evaluation of one lot, and what comes out? Plain data; money is Decimal yuan."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from yangcai import law
from yangcai.kernel.refusals import Citation, Refusal
from yangcai.procedures.procedure import AwardBy

#: The law sets no rounding; two decimals, half up, unless the file says otherwise.
DEFAULT_DECIMALS = 2
FULL_MARKS = Decimal(100)
NOTHING = Decimal(0)
#: The members' scores count alike: the usual score formula (see `panel`).
MEAN = "mean"
#: The class of a bidder that has registered none.
UNREGISTERED = "unregistered"


class EvaluationError(ValueError):
    """The input contradicts itself: a mistake in the code or the case file, never a legal refusal."""


class Kind(StrEnum):
    """How a criterion is scored. Objective scores must be equal for all members (财政部令第87号 64); computed ones
    follow from a declared figure by the file's formula, and no member gives them."""

    PRICE = "price"
    COMPUTED = "computed"
    OBJECTIVE = "objective"
    SUBJECTIVE = "subjective"


class Claim(StrEnum):
    """Which price preference a bid claims by its declaration."""

    NONE = "none"
    SMALL_MICRO = "small_micro"
    PARTNER = "partner"


@dataclass(frozen=True)
class Criterion:
    """A factor of the score; `weight` in points of 100. `merit`: it tells how good the offer is technically."""

    code: str
    weight: Decimal
    kind: Kind
    zh: str = ""
    en: str = ""
    merit: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the detailed price table; `total` as the bidder wrote it, if it did."""

    unit_price: Decimal
    quantity: Decimal
    total: Decimal | None = None
    name: str = ""

    @property
    def product(self) -> Decimal:
        """What the row comes to, in yuan and not rounded; the row's own total decides nothing."""
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Quote:
    """What a bid says about its price: the opening list in figures and words, and the detailed table."""

    figures: Decimal
    words: str = ""
    lines: tuple[Line, ...] = ()
    detail_total: Decimal | None = None


@dataclass(frozen=True)
class Explanation:
    """The committee's finding on a written explanation of a low price."""

    accepted: bool
    reason: str = ""


@dataclass(frozen=True)
class Bid:
    """One bid for the lot.

    `domestic_share` is the share of domestic products in the cost of all products, 1 for a domestic product, None when
    nothing is declared; `is_green` that it holds the certificates of the products to be preferred. `scores` maps a
    criterion's code to each member's points. `correction_confirmed` is None while the bidder has not answered;
    `explanation` likewise. `running_cost`: yuan that the goods use up in the agreed years (110号令 art. 26).
    `computed`: the points of the criteria that have a formula of their own. `made_by`: of what class the largest maker
    of the goods is, as far as the bid names makers; `counts_as`: of what class the largest of its bidder and the
    members of its consortium is, UNREGISTERED where that is not known; empty where it is not asked.
    """

    bidder: str
    quote: Quote
    qualified: bool = True
    qualification_reason: str = ""
    responsive: bool = True
    responsiveness_reason: str = ""
    claim: Claim = Claim.NONE
    partner_share: Decimal | None = None
    made_by: str = ""
    counts_as: str = ""
    domestic_share: Decimal | None = None
    is_green: bool = False
    brand: str = ""
    correction_confirmed: bool | None = None
    explanation: Explanation | None = None
    scores: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    running_cost: Decimal = NOTHING
    computed: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """What the solicitation document says about evaluation, and the law that binds it.

    Rates are shares (0.10). A low-price rate, or a domestic one, of None means the law's own. `tie_price` says whether
    the bid price or the evaluated price breaks a tie of scores: the law leaves it to the file. `on` is the case's
    law_as_of. `minimum` is the rule on how many valid bids it takes, empty where one is enough; `instead` are the
    method's own rules in the place of the open tender's; `by_merit` breaks a last tie by the technical scores
    (214号文 art. 25). `merit_first`: the technical criteria are scored first, and only the bids up to this rank in them
    are evaluated as a whole (财库〔2024〕13号, two-stage evaluation). `consented_weight`: the points for price to which
    the treasury consented, where they lie outside the range (214号文 art. 24).
    """

    award_by: AwardBy
    category: str
    budget: Decimal
    on: datetime.date
    jurisdiction: str = law.HOME
    ceiling: Decimal | None = None
    criteria: tuple[Criterion, ...] = ()
    price_formula: str = "lowest_first"
    formula_options: Mapping[str, Decimal] = field(default_factory=dict)
    score_formula: str = MEAN
    decimals: int = DEFAULT_DECIMALS
    small_micro_rate: Decimal = NOTHING
    partner_rate: Decimal = NOTHING
    domestic_rate: Decimal | None = None
    green_rate: Decimal = NOTHING
    reserved: bool = False
    it_system: bool = False
    average_rate: Decimal | None = None
    second_rate: Decimal | None = None
    ceiling_rate: Decimal | None = None
    tie_price: str = "bid"
    candidates: int | None = None
    minimum: str = "bidders.responsive"
    instead: Mapping[str, str] = field(default_factory=dict)
    by_merit: bool = False
    merit_first: int | None = None
    consented_weight: Decimal | None = None

    @property
    def price_weight(self) -> Decimal:
        """Points for price; 0 where price is no factor (fixed prices)."""
        return sum((c.weight for c in self.criteria if c.kind is Kind.PRICE), NOTHING)

    @property
    def scored(self) -> tuple[Criterion, ...]:
        """The criteria that members score."""
        return tuple(c for c in self.criteria if c.kind not in (Kind.PRICE, Kind.COMPUTED))

    @property
    def computed(self) -> tuple[Criterion, ...]:
        """The criteria whose points follow from a declared figure."""
        return tuple(c for c in self.criteria if c.kind is Kind.COMPUTED)

    @property
    def limit(self) -> Decimal:
        """The highest price that may be accepted."""
        return self.budget if self.ceiling is None else min(self.budget, self.ceiling)

    def own(self, key: str) -> str:
        """The method's own rule in the place of a general one; empty where it has none."""
        return self.instead.get(key, key)

    @property
    def fails(self) -> tuple[str, str]:
        """How a lot without enough offers ends: a tender fails (废标), any other method ends (终止)."""
        if self.own("evaluation.unsuccessful") == "evaluation.unsuccessful":
            return "予以废标", "the tender has failed"
        return "终止采购活动", "the procurement ends"

    def cite(self, key: str) -> Citation | None:
        """The rule's article on the case's day, None where the law was still silent."""
        own = self.own(key)
        found = law.find(own, on=self.on, jurisdiction=self.jurisdiction) if own else None
        return found.citation if found else None

    def refuse(self, key: str, *, code: str, zh: str, en: str, field: str = "", **facts: Any) -> Refusal:
        """A Refusal that cites the rule as far as it was in force; `{limit}` is the rule's number."""
        own = self.own(key)
        if own and law.applies(own, on=self.on, jurisdiction=self.jurisdiction):
            return law.refusal(
                own, code=code, zh=zh, en=en, on=self.on, jurisdiction=self.jurisdiction, field=field, **facts
            )
        words = {"limit": "", **facts}
        return Refusal(code=code, zh=zh.format(**words), en=en.format(**words), facts=facts, field=field)


@dataclass(frozen=True)
class Lot:
    """Everything needed to evaluate one lot.

    `drawn` is the order in which tied bidders were drawn or chosen as the file says. `declared_totals` maps a member to
    the totals that it signed for each bidder, to find errors of addition.
    """

    terms: Terms
    bids: tuple[Bid, ...]
    drawn: tuple[str, ...] = ()
    declared_totals: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """One sentence of the record about one bidder (or about all: bidder empty)."""

    zh: str
    en: str
    bidder: str = ""


@dataclass(frozen=True)
class StepRecord:
    """One step of the evaluation as it goes into the report: what was done, on what ground, with what result."""

    code: str
    zh: str
    en: str
    rule: str
    citation: Citation | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Pending:
    """Something people must still do before the result is final: `kind` is one of confirm_correction,
    explain_low_price, score, draw_brand, draw."""

    kind: str
    bidders: tuple[str, ...]
    rule: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Deduction:
    """One price preference granted: its share of the original price and the amount in yuan."""

    code: str
    rate: Decimal
    amount: Decimal
    rule: str


@dataclass(frozen=True)
class Correction:
    """One arithmetic correction: which of the four rules, what stood before, what stands now."""

    order: int
    zh: str
    en: str
    before: Decimal
    after: Decimal


@dataclass
class BidResult:
    """What became of one bid. `bid_price` is the price of a contract, `evaluated_price` is for ranking only. Where
    merit is looked at first: its points and rank there, and whether the bid was `left_behind`."""

    bidder: str
    quoted_price: Decimal
    bid_price: Decimal
    evaluated_price: Decimal
    corrections: tuple[Correction, ...] = ()
    invalid: Refusal | None = None
    passed_conformity: bool = False
    deductions: tuple[Deduction, ...] = ()
    not_granted: tuple[Refusal, ...] = ()
    low_price_tests: tuple[str, ...] = ()
    running_cost: Decimal = NOTHING
    means: dict[str, Decimal] = field(default_factory=dict)
    price_score: Decimal | None = None
    total: Decimal | None = None
    rank: int | None = None
    tied_with: tuple[str, ...] = ()
    same_brand_as: str = ""
    merit: Decimal | None = None
    merit_rank: int | None = None
    left_behind: bool = False

    @property
    def valid(self) -> bool:
        return self.invalid is None


@dataclass(frozen=True)
class Finding:
    """One of the four cases in which a result may be changed (财政部令第87号 64): sum, range, objective, abnormal."""

    kind: str
    bidder: str
    member: str
    criterion: str
    zh: str
    en: str


@dataclass(frozen=True)
class LotResult:
    """The outcome: every step, every bid, the ranking (best first), the candidates, and what is still open.

    `unsuccessful` holds the ground on which the tender failed (废标). `final` is False while anything is pending.
    """

    steps: tuple[StepRecord, ...]
    bids: Mapping[str, BidResult]
    ranking: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    base_price: Decimal | None = None
    unsuccessful: Refusal | None = None
    pending: tuple[Pending, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def final(self) -> bool:
        return not self.pending and not self.findings
