"""What would a law pack change? Two Books compared, value by value."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from yangcai.law.model import Book, Rule, Value


@dataclass(frozen=True)
class Change:
    """From `since` on, in `jurisdiction`, a rule says `after` where it said `before` (None: nothing)."""

    rule: Rule
    since: datetime.date
    jurisdiction: str
    before: Value | None
    after: Value | None

    @property
    def is_new(self) -> bool:
        """Whether the law said nothing of it until then."""
        return self.before is None


def changes(before: Book, after: Book) -> Iterator[Change]:
    """Every dated value that `after` has and `before` has not, in the order of the rules and of the days."""
    for key, rule in after.rules.items():
        old = before.rules.get(key)
        known = old.values if old else ()
        for value in rule.values:
            if value in known:
                continue
            said = before.at(key, on=value.since, jurisdiction=value.jurisdiction) if old else None
            now_says = after.at(key, on=value.since, jurisdiction=value.jurisdiction)
            if said is None and now_says is None:
                continue  # what was not there is repealed
            yield Change(rule=rule, since=value.since, jurisdiction=value.jurisdiction, before=said, after=now_says)


def left_behind(before: Book, after: Book) -> Iterator[tuple[Rule, Value]]:
    """Rules that still rest on an instrument which the pack repeals, with the value that nobody replaced."""
    repealed = {
        key: instrument.repealed_on
        for key, instrument in after.instruments.items()
        if instrument.repealed_on and (key not in before.instruments or before.instruments[key].repealed_on is None)
    }
    for rule in after.rules.values():
        for region in {value.jurisdiction for value in rule.values}:
            latest = [value for value in rule.values if value.jurisdiction == region][-1]
            if latest.value is not None and latest.instrument.key in repealed:
                yield rule, latest
