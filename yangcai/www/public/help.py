"""How does it work? The texts behind every `?`, the words of the platform, and a search over those, law and guidance.

The texts stand in texts/*.yaml, each in Chinese and English; a page of the site and the help page show the same ones.
"""

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yangcai import law
from yangcai.kernel.refusals import in_chinese
from yangcai.portal.guidance.queries import in_force
from yangcai.www.access import PUBLIC, page
from yangcai.www.public import guidance
from yangcai.www.public.topics import TOPICS

TEXTS = Path(__file__).parent / "texts"
#: So many hits of each kind are listed.
MOST = 20


@dataclass(frozen=True)
class Topic:
    """One text of the help, and the pages whose `?` it is."""

    id: str
    title: tuple[str, str]
    text: tuple[str, str]
    pages: tuple[str, ...]
    to: str = ""


@dataclass(frozen=True)
class Term:
    """One word of the platform: what it is called in both languages, what it means, and its rule of the law."""

    words: tuple[str, str]
    means: tuple[str, str]
    law: str = ""


def _pair(table: dict[str, str]) -> tuple[str, str]:
    return table["zh"].strip(), table["en"].strip()


@cache
def topics() -> tuple[Topic, ...]:
    """Every text of the help, in its order."""
    found = yaml.safe_load((TEXTS / "help.yaml").read_text(encoding="utf-8"))
    return tuple(
        Topic(key, _pair(one["title"]), _pair(one["text"]), tuple(one.get("pages", ())), one.get("to", ""))
        for key, one in found.items()
    )


@cache
def glossary() -> tuple[Term, ...]:
    """Every word, in the order of a purchase."""
    found = yaml.safe_load((TEXTS / "glossary.yaml").read_text(encoding="utf-8"))
    return tuple(Term((one["zh"], one["en"]), _pair(one["means"]), one.get("law", "")) for one in found)


@cache
def _by_page() -> dict[str, Topic]:
    return {name: topic for topic in topics() for name in topic.pages}


def topic_of(page_name: str | None) -> Topic | None:
    """The text that explains a page, by the name of its address."""
    return _by_page().get(page_name or "")


def shown(topic: Topic) -> dict[str, Any]:
    """A text in the reader's language, as paragraphs."""
    side = 0 if in_chinese() else 1
    return {
        "id": topic.id,
        "title": topic.title[side],
        "lines": [line.strip() for line in topic.text[side].splitlines() if line.strip()],
        "url": reverse(topic.to) if topic.to else "",
    }


def defined(term: Term) -> dict[str, Any]:
    """A word in the reader's language, and in the other one; its Chinese is the word of the law."""
    side = 0 if in_chinese() else 1
    return {"zh": term.words[0], "en": term.words[1], "means": term.means[side], "law": term.law}


def _holds(text: str, *parts: str) -> bool:
    return any(text.lower() in part.lower() for part in parts)


def clauses(text: str, *, on: datetime.date) -> list[dict[str, Any]]:
    """The rules of the law book that hold these words."""
    side = 0 if in_chinese() else 1
    found: list[dict[str, Any]] = []
    for rule in law.all_rules():
        if _holds(text, rule.zh, rule.en, rule.key) and len(found) < MOST:
            value = law.find(rule.key, on=on)
            number = "" if value is None or rule.unit in {"principle", "table"} else value.text[side]
            found.append({"key": rule.key, "title": (rule.zh, rule.en)[side], "value": number})
    return found


def clause_index() -> list[dict[str, Any]]:
    """The headings of the law book with how many rules stand under each."""
    counts = dict.fromkeys(TOPICS, 0)
    for rule in law.all_rules():
        counts[rule.key.partition(".")[0]] += 1
    return [{"label": TOPICS[key], "count": n, "key": key} for key, n in counts.items() if n]


@page(by=PUBLIC)
def page_help(request: HttpRequest) -> HttpResponse:
    """Everything, or what holds the words that are looked for."""
    now = request.now  # type: ignore[attr-defined]
    typed = request.GET.get("q", "").strip()[:100]
    wanted = [t for t in topics() if not typed or _holds(typed, *t.title, *t.text)]
    words = [t for t in glossary() if not typed or _holds(typed, *t.words, *t.means)]
    rules = clauses(typed, on=timezone.localdate(now)) if typed else []
    articles = guidance.rows(in_force(now=now, text=typed)[:MOST]) if typed else []
    context = {
        "typed": typed,
        "topics": [shown(topic) for topic in wanted],
        "terms": [defined(term) for term in words],
        "rules": rules,
        "articles": articles,
        "headings": [] if typed else clause_index(),
        "is_empty": not (wanted or words or rules or articles),
    }
    return render(request, "public/help.html", context)
