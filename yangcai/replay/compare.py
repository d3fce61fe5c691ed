"""Did the replay come out as it was published, figure by figure?"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from yangcai.kernel.calendar import SHANGHAI, day_of
from yangcai.replay.published import Award, CaseFile, Evaluation, KnownError, Moment

#: What stands in a difference where the replay produced nothing.
NOTHING = "—"


@dataclass(frozen=True)
class Observed:
    """What the platform's own Actions produced. Scores may carry more decimals than were published.

    `prices` holds the opened price of each bid, `partners` who was read out beside the bidder (kind and name), `valid`
    whether it reached the evaluation, `means` and `members` the scores by lot, supplier and criterion (the members' in
    any order; under PANEL_TOTAL each member's total), `dates` the moments at which the steps were taken (for `opening`
    of a failed tender: for when it was announced; `documents` is a pair).
    """

    status: str
    awards: tuple[Award, ...] = ()
    price_scores: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    ranking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prices: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    valid: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    partners: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = field(default_factory=dict)
    means: Mapping[str, Mapping[str, Mapping[str, Decimal]]] = field(default_factory=dict)
    members: Mapping[str, Mapping[str, Mapping[str, tuple[Decimal, ...]]]] = field(default_factory=dict)
    dates: Mapping[str, Moment | tuple[Moment, Moment] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    path: str
    expected: str
    got: str

    def as_dict(self) -> dict[str, str]:
        return {"path": self.path, "expected": self.expected, "got": self.got}


@dataclass(frozen=True)
class Comparison:
    """`checked` counts the published values that were compared; `known_errors` those replaced by the right value."""

    checked: int
    differences: tuple[Difference, ...]
    known_errors: tuple[KnownError, ...]

    @property
    def equal(self) -> bool:
        return not self.differences


def compare(*, published: CaseFile, observed: Observed) -> Comparison:
    """Compare everything that the file states as published with what was observed, and nothing else."""
    known = {error.path: error for error in published.outcome.known_errors}
    differences: list[Difference] = []
    checked = 0
    for path, expected, got in _pairs(published, observed):
        checked += 1
        right = expected if path not in known else _as_written(known[path].right, expected)
        if right != got:
            differences.append(Difference(path, right, got))
    return Comparison(checked, tuple(differences), tuple(known.values()))


def _pairs(published: CaseFile, observed: Observed) -> Iterator[tuple[str, str, str]]:
    """Path, published value and observed value, both written alike."""
    outcome = published.outcome
    if outcome.status:
        yield "status", outcome.status, observed.status or NOTHING
    for lot in dict.fromkeys(award.lot for award in outcome.awards):
        yield f"awards.{lot}", _winners(outcome.awards, lot), _winners(observed.awards, lot)
    for award in outcome.awards:
        if award.amount is not None:
            amounts = {(other.lot, other.supplier): other.amount for other in observed.awards}
            got = amounts.get((award.lot, award.supplier))
            yield f"awards.{award.lot}.{award.supplier}", _figure(award.amount, 2), _figure(got, 2)
    evaluations = {lot.lot: lot.evaluation or Evaluation() for lot in published.lots}
    for name in ("price_scores", "totals"):
        for lot, table in getattr(outcome, name).items():
            places = evaluations[lot].rounding
            for supplier, figure in table.items():
                got = getattr(observed, name).get(lot, {}).get(supplier)
                # A figure printed with fewer decimals than the document prescribes lost only zeros: 9.2 is 9.20.
                yield f"{name}.{lot}.{supplier}", _figure(figure, places, exact=True), _figure(got, places)
    for lot, names in outcome.ranking.items():
        # Bidders whose names were not published may follow; nobody may stand before or between the published ones.
        yield f"ranking.{lot}", _order(names), _order(observed.ranking.get(lot, ())[: len(names)])
    yield from _bids(published, observed)
    yield from _scores(published, observed)
    yield from _dates(published, observed)


def _bids(published: CaseFile, observed: Observed) -> Iterator[tuple[str, str, str]]:
    for lot in published.lots:
        for bid in lot.bids:
            name = bid.supplier.name
            if bid.price is not None:
                got = observed.prices.get(lot.lot, {}).get(name)
                yield f"prices.{lot.lot}.{name}", _figure(bid.price, 2), _figure(got, 2)
            if bid.partners:
                read_out = observed.partners.get(lot.lot, {}).get(name, ())
                expected = [(partner.kind, partner.name) for partner in bid.partners]
                yield f"partners.{lot.lot}.{name}", _beside(expected), _beside(read_out)
            if not bid.valid:
                verdict = observed.valid.get(lot.lot, {}).get(name)
                got_valid = NOTHING if verdict is None else str(verdict).lower()
                yield f"valid.{lot.lot}.{name}", "false", got_valid


def _scores(published: CaseFile, observed: Observed) -> Iterator[tuple[str, str, str]]:
    """Means and members' scores as they were printed. A notice may sort the members' scores, so their order is not one
    of the things that it says."""
    for lot in published.lots:
        places = (lot.evaluation or Evaluation()).rounding
        for bid in lot.bids:
            name = bid.supplier.name
            means = observed.means.get(lot.lot, {}).get(name, {})
            for code, score in bid.scores.items():
                yield (
                    f"scores.{lot.lot}.{name}.{code}",
                    _figure(score, places, exact=True),
                    _figure(means.get(code), places),
                )
            members = observed.members.get(lot.lot, {}).get(name, {})
            for code, scores in bid.panel.items():
                yield f"panel.{lot.lot}.{name}.{code}", _sorted(scores, places), _sorted(members.get(code, ()), places)


def _dates(published: CaseFile, observed: Observed) -> Iterator[tuple[str, str, str]]:
    expected = {name: getattr(published.dates, name) for name in type(published.dates).__dataclass_fields__}
    for event in published.events:
        expected["submission_closes"] = event.submission_closes or expected["submission_closes"]
        if event.submission_closes and not event.opening and expected["opening"]:
            expected["opening"] = event.submission_closes  # the opening follows the deadline (财政部令第87号第三十九条)
        expected["opening"] = event.opening or expected["opening"]
    ended = next((day_of(event.on) for event in published.events if event.kind == "termination"), None)
    for name, moment in expected.items():
        if moment is None:
            continue
        if ended and not isinstance(moment, tuple) and day_of(moment) > ended:
            continue  # a deadline that was announced and that the termination overtook never came
        got = observed.dates.get(name)
        if isinstance(moment, tuple):
            pair = got if isinstance(got, tuple) else (None, None)
            for part, day, seen in zip(("first", "last"), moment, pair, strict=True):
                yield f"dates.{name}.{part}", str(day_of(day)), NOTHING if seen is None else str(day_of(seen))
        else:
            yield f"dates.{name}", _moment(moment, moment), _moment(got, moment)


def _moment(value: Moment | tuple[Moment, Moment] | None, like: Moment) -> str:
    """A moment as finely as it was published: a published day matches any time on it."""
    if value is None or isinstance(value, tuple):
        return NOTHING
    if isinstance(like, dt.datetime) and isinstance(value, dt.datetime):
        return value.astimezone(SHANGHAI).isoformat()
    return str(day_of(value))


def _winners(awards: tuple[Award, ...], lot: str) -> str:
    return "、".join(sorted(award.supplier for award in awards if award.lot == lot)) or NOTHING


def _beside(partners: Iterable[tuple[str, str]]) -> str:
    return "、".join(f"{name} ({kind})" for kind, name in sorted(partners)) or NOTHING


def _sorted(scores: Iterable[Decimal], places: int) -> str:
    return "、".join(_figure(score, places, exact=True) for score in sorted(scores)) or NOTHING


def _order(names: tuple[str, ...]) -> str:
    return " > ".join(names) or NOTHING


def _figure(value: Decimal | None, places: int, *, exact: bool = False) -> str:
    """A number with so many decimals, half up; `exact` keeps further decimals, so that they show as a difference."""
    if value is None:
        return NOTHING
    unit = Decimal(1).scaleb(-places)
    rounded = value.quantize(unit, rounding=ROUND_HALF_UP)
    return str(value if exact and rounded != value else rounded)


def _as_written(right: str, expected: str) -> str:
    """The right value with as many decimals as the published one, if it is a number."""
    try:
        decimals = expected.partition(".")[2]
        Decimal(expected)
        return _figure(Decimal(right), len(decimals), exact=True)
    except ArithmeticError:
        return right
