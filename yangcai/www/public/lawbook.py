"""By what law does the platform act? Every rule, its history, its article, and where it is enforced."""

from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yangcai import law
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.refusals import in_chinese
from yangcai.law import usage
from yangcai.law.model import WHOLE
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page
from yangcai.www.public.topics import PLACES, TOPICS

#: Where a key is printed, replayed or explained, not enforced.
ELSEWHERE = frozenset({"law", "www", "replay"})


def _text(pair: tuple[str, str]) -> str:
    return pair[0 if in_chinese() else 1]


def _topic(key: str) -> str:
    return key.partition(".")[0]


@cache
def _enforced() -> dict[str, list[str]]:
    """Rule key -> the modules that name it, read once from the source."""
    found = usage.scan(Path(law.__file__).parent.parent)
    return {
        key: sorted({str(place.path) for place in places if place.path.parts[1] not in ELSEWHERE})
        for key, places in found.literals.items()
    }


@page(by=PUBLIC)
def index(request: HttpRequest) -> HttpResponse:
    """All rules by topic, with what is in force today."""
    today = timezone.localdate(request.now)  # type: ignore[attr-defined]
    typed, topic = request.GET.get("q", "").strip(), request.GET.get("topic", "")
    topics: dict[str, list[dict[str, Any]]] = {one: [] for one in TOPICS}
    for rule in law.all_rules():
        title = _text((rule.zh, rule.en))
        if topic and _topic(rule.key) != topic:
            continue
        if typed and typed.lower() not in f"{rule.key} {rule.zh} {rule.en}".lower():
            continue
        value = law.find(rule.key, on=today)
        topics[_topic(rule.key)].append(
            {
                "key": rule.key,
                "title": title,
                "value": _text(value.text) if value else "",
                "citation": value.citation if value else None,
            }
        )
    named = [(formats.titled(TOPICS[one]), rules) for one, rules in topics.items() if rules]
    return render(request, "public/law.html", {"topics": named, "typed": typed, "count": len(law.all_rules())})


@page(by=PUBLIC)
def detail(request: HttpRequest, key: str) -> HttpResponse:
    try:
        rule = law.rule(key)
    except law.UnknownRule as error:
        raise Http404 from error
    history = [
        {
            "since": v.since,
            "value": _text(v.text),
            "citations": v.citations,
            "confidence": v.confidence,
            "jurisdiction": PLACES[v.jurisdiction],
            "note": v.note,
        }
        for v in reversed(rule.values)
    ]
    return render(
        request,
        "public/law_rule.html",
        {
            "rule": rule,
            "title": _text((rule.zh, rule.en)),
            "history": history,
            "clocks": [c for c in law.clocks() if c.rule == key],
            "actions": [a for a in ACTIONS.values() if key in a.cites],
            "places": _enforced().get(key, []),
        },
    )


@page(by=PUBLIC)
def clocks(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate(request.now)  # type: ignore[attr-defined]
    rows = []
    for clock in law.clocks():
        value = law.find(clock.rule, on=today)
        rows.append(
            {
                "id": clock.id,
                "title": _text((clock.zh, clock.en)),
                "start": _text((clock.start.zh, clock.start.en)),
                "stop": _text((clock.stop.zh, clock.stop.en)),
                "kind": clock.kind,
                "value": _text(value.text) if value else "",
                "citation": value.citation if value else None,
                "rule": clock.rule,
                "later": bool(clock.waits_for),
                "at_once": bool(clock.at_once),
            }
        )
    alarms = [f"{share}%" for share in law.alarms() if share < WHOLE]
    return render(request, "public/law_clocks.html", {"rows": rows, "alarms": alarms})
