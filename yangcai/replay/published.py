"""What was published about one procurement, before anything is assumed?"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from yangcai.procedures.evaluation.model import MEAN

#: Under this name a panel holds each member's total, where the notice prints totals and no single scores.
PANEL_TOTAL = "total"
PRICE = "price"

Moment = dt.date | dt.datetime


@dataclass(frozen=True)
class Organisation:
    """A buyer, agent or supplier as the notice names it; `size` for suppliers only."""

    name: str
    uscc: str = ""
    size: str = ""


@dataclass(frozen=True)
class Partner:
    """A member of a consortium beside its leader, or a subcontractor; `share` of the contract, None if unpublished."""

    kind: str
    name: str
    uscc: str = ""
    size: str = ""
    share: Decimal | None = None
    work: str = ""


@dataclass(frozen=True)
class GreenProduct:
    """A product on the state's lists of energy-saving or environmental-label products; of all lots without `lot`."""

    product: str
    kind: str
    lot: str = ""


@dataclass(frozen=True)
class Imports:
    """Imported products that the treasury approved before the activity began; `number` is that of its approval."""

    products: str
    policy: str = ""
    number: str = ""


@dataclass(frozen=True)
class Dates:
    """Published days and times (Asia/Shanghai, aware); None where the source is silent."""

    intention: Moment | None = None
    publicity: Moment | None = None
    invitation: Moment | None = None
    documents: tuple[Moment, Moment] | None = None
    submission_closes: Moment | None = None
    opening: Moment | None = None
    award: Moment | None = None
    contract: Moment | None = None
    acceptance: Moment | None = None
    payment: Moment | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened between invitation and closing: a correction, a suspension, a termination."""

    on: Moment
    kind: str
    submission_closes: Moment | None = None
    opening: Moment | None = None
    lot: str = ""
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Criterion:
    """A factor of the score; `weight` in points of 100, nothing while the source does not print it (`open`)."""

    code: str
    weight: Decimal
    open: bool = False


@dataclass(frozen=True)
class Evaluation:
    """How bids are compared; `criteria` is empty where the source does not print them. `price_weight_consent`: under
    which number the treasury consented to a weight of price outside the range (214号文 art. 24)."""

    method: str = "rated"
    price_formula: str = "lowest_first"
    score_formula: str = MEAN
    rounding: int = 2
    criteria: tuple[Criterion, ...] = ()
    price_preference: Mapping[str, Decimal] = field(default_factory=dict)
    max_awards: int = 1
    price_weight_consent: str = ""

    def weight(self, code: str) -> Decimal:
        return next((criterion.weight for criterion in self.criteria if criterion.code == code), Decimal(0))


@dataclass(frozen=True)
class Bid:
    """One bid as far as it was published; `qualified` and `responsive` are True or the reason why not."""

    supplier: Organisation
    price: Decimal | None = None
    received: Moment | None = None
    qualified: bool | str = True
    responsive: bool | str = True
    prefer: str = ""
    scores: Mapping[str, Decimal] = field(default_factory=dict)
    panel: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    total: Decimal | None = None
    partners: tuple[Partner, ...] = ()
    imports: bool = False
    domestic: bool = False
    domestic_share: Decimal | None = None
    brand: str = ""
    green_certificates: str = ""

    @property
    def valid(self) -> bool:
        """Whether the bid reached the evaluation."""
        return self.qualified is True and self.responsive is True


@dataclass(frozen=True)
class Lot:
    """A lot; an empty `set_aside` and an unpublished `small_micro` are those of the case."""

    lot: str
    title: str = ""
    budget: Decimal | None = None
    ceiling: Decimal | None = None
    evaluation: Evaluation | None = None
    bids: tuple[Bid, ...] = ()
    set_aside: str = ""
    set_aside_share: Decimal | None = None
    small_micro: bool | None = None
    core_product: str = ""
    follows: str = ""

    def best(self, code: str) -> Decimal:
        """The highest published score of a criterion, by a member or on the mean; nothing without any."""
        members = [score for bid in self.bids for score in bid.panel.get(code, ())]
        return max([*members, *(bid.scores[code] for bid in self.bids if code in bid.scores)], default=Decimal(0))


@dataclass(frozen=True)
class Award:
    lot: str
    supplier: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class KnownError:
    """A published figure known to be wrong: the path under `outcome`, the right value, and why."""

    path: str
    right: str
    why: str
    published: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was published as the result; lots are keys of the three tables, suppliers keys within them."""

    status: str = ""
    awards: tuple[Award, ...] = ()
    price_scores: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    ranking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known_errors: tuple[KnownError, ...] = ()

    def paths(self) -> set[str]:
        """Every published figure by its path, as differences and known errors name it."""
        paths = {"status"} if self.status else set()
        paths |= {f"awards.{award.lot}" for award in self.awards}
        paths |= {f"awards.{award.lot}.{award.supplier}" for award in self.awards if award.amount is not None}
        for name, tables in (("price_scores", self.price_scores), ("totals", self.totals)):
            paths |= {f"{name}.{lot}.{supplier}" for lot, table in tables.items() for supplier in table}
        return paths | {f"ranking.{lot}" for lot in self.ranking}


@dataclass(frozen=True)
class CaseFile:
    """One published procurement, exactly as far as its file states it."""

    file: str
    id: str
    source: str
    title: str
    buyer: Organisation
    jurisdiction: str
    category: str
    method: str
    lots: tuple[Lot, ...]
    budget: Decimal | None = None
    agent: Organisation | None = None
    classification: str = ""
    grounds: str = ""
    ceiling: Decimal | None = None
    set_aside: str = "none"
    set_aside_share: Decimal | None = None
    accepts_consortium: bool | None = None
    subcontracting: str = ""
    imports: Imports | None = None
    green: tuple[GreenProduct, ...] = ()
    max_lots_bid: int | None = None
    max_lots_won: int | None = None
    emergency: bool = False
    dates: Dates = Dates()
    events: tuple[Event, ...] = ()
    outcome: Outcome = Outcome()
