"""Is the platform well, when was it not, and what did that do to deadlines? From the health journal, for everybody."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yangcai import law
from yangcai.kernel import calendar, documents, health_lines
from yangcai.kernel.encoding import parse_jcs
from yangcai.kernel.models import HealthLine
from yangcai.kernel.refusals import in_chinese
from yangcai.tendering.queries.outages import coming_maintenance, latest_outages, state_of_platform
from yangcai.www.access import PUBLIC, page

SHOWN = 20
#: In the order in which they matter to a bidder.
TERMS = (
    "outage.extension",
    "outage.interval",
    "outage.shortest",
    "outage.protected",
    "outage.relief",
    "outage.from_hour",
    "outage.to_hour",
    "outage.opening",
    "outage.window",
    "outage.maintenance",
)
#: Numbers that are hours of the day.
HOURS = ("outage.from_hour", "outage.to_hour")


@page(by=PUBLIC)
def page_status(request: HttpRequest) -> HttpResponse:
    """The state now, each thing that is looked at, the last outages with what they extended, and the terms."""
    now = request.now  # type: ignore[attr-defined]
    state = state_of_platform(now=now)
    is_silent = bool(state and state.bad_since and state.last.is_good)
    return render(
        request,
        "public/status.html",
        {
            "state": state,
            "looked": looked(state.last) if state and not is_silent else [],
            "is_silent": is_silent,
            "is_nearly_full": documents.is_nearly_full(),
            "outages": latest_outages(None, now=now, most=SHOWN),
            "maintenance": coming_maintenance(now=now),
            "terms": terms(now),
            "log": request.build_absolute_uri(reverse("log_file", args=["checkpoint"])).removesuffix("/checkpoint"),
        },
    )


def looked(line: HealthLine) -> list[dict[str, Any]]:
    """Each thing that was looked at the last time, and whether it failed."""
    names = health_lines.PROBES
    return [
        {"name": names[code][0 if in_chinese() else 1], "is_bad": code in line.bad}
        for code in parse_jcs(line.content.encode())["looked"]
    ]


def terms(now: datetime.datetime) -> list[dict[str, Any]]:
    """What was declared, as in the law book; empty before there was any."""
    on = calendar.day_of(now)
    found = []
    for key in TERMS:
        if law.applies(key, on=on):
            rule, said = law.rule(key), law.cited(key, on=on)
            number = "" if rule.unit == "principle" else said.text[0 if in_chinese() else 1]
            if key in HOURS:
                number = f"{said.value}:00"
            found.append({"text": rule.zh if in_chinese() else rule.en, "value": number, "citation": said.citation})
    return found


def down_since(closes_at: datetime.datetime | None, *, now: datetime.datetime) -> datetime.datetime | None:
    """Since when bidders have met a fault that a deadline may be extended for; None where all is well, or where there
    is no deadline to come and none that has just passed."""
    if closes_at is None or closes_at < now - calendar.ONE_DAY:
        return None
    state = state_of_platform(now=now)
    return state.bad_since if state else None
