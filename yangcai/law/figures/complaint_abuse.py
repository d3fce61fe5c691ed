"""Has somebody complained without ground so often that it is listed? (财政部令第94号 37)"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from yangcai import law
from yangcai.kernel import calendar


@dataclass(frozen=True)
class Abuse:
    """Unfounded complaints within the period that ends with the latest, and whether they lead to the list."""

    count: int
    listed: bool
    rule: str = "complaint.abuse_count"


def abuse(*, unfounded: Sequence[datetime.date], on: datetime.date, jurisdiction: str = law.HOME) -> Abuse:
    """Days on which complaints were found unfounded, nationwide."""
    if not unfounded:
        return Abuse(count=0, listed=False)
    months = law.value("complaint.abuse_months", on=on, jurisdiction=jurisdiction)
    since = calendar.add_months(max(unfounded), -months)
    count = sum(1 for day in unfounded if day > since)
    return Abuse(count=count, listed=count >= law.value("complaint.abuse_count", on=on, jurisdiction=jurisdiction))
