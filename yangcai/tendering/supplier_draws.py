"""Which suppliers are invited by lot, so that anyone can draw again? The same VRD/1 as for experts, all at once."""

import datetime
from collections.abc import Iterable
from typing import Any

from yangcai.cases.models import Case
from yangcai.parties.models import Organisation
from yangcai.tendering import draws, vrd


def draw(case: Case, suppliers: Iterable[int], *, wanted: int, public: str, now: datetime.datetime) -> dict[str, Any]:
    """The record, with every line opened: the first `wanted` of its order are invited (87号令 art. 14)."""
    listed = Organisation.objects.filter(pk__in=suppliers).order_by("pk")
    facts = {draws.chance(): {"id": one.pk, "name": one.name, "uscc": one.uscc or ""} for one in listed}
    body = {"of": "suppliers", "case": case.number, "round": 1, "places": wanted}
    found = vrd.drawn_at_once(facts, body=body, numbers=draws.numbers_at_once(public=public), head=draws.log_head())
    found["head"]["stands_for"] = draws.STANDS_FOR
    moment = now.astimezone(datetime.UTC).isoformat()
    return {
        **found,
        "of": "suppliers",
        "case": {"number": case.number, "title": case.title},
        "committed_at": moment,
        "drawn_at": moment,
        "earlier": [],
    }


def in_order(record: dict[str, Any]) -> list[int]:
    """The suppliers of a record with every line opened, as they were drawn."""
    return [one["facts"]["id"] for one in record["opened"]]


def published(record: dict[str, Any]) -> dict[str, Any]:
    """For everybody: only the lines of those who were invited are opened."""
    invited = {call["line"] for call in record["calls"]}
    return {**record, "opened": [one for one in record["opened"] if one["line"] in invited]}
