"""Does a page of a case by another method than a tender say anything in the words of a tender?"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse

from tests.scenarios import agreements, research, story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from tests.www.support import Clock, at_desk, text_of
from yangcai import procedures
from yangcai.parties.models import Post
from yangcai.www.work.offers import offers

pytestmark = pytest.mark.django_db

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TENDER = re.compile(
    "[^，。；：（）\\s]{0,12}(?:招标文件|招标公告|投标|开标|评标委员会|中标|唱标)[^，。；：（）\\s]{0,12}"
)
TENDER_EN = re.compile(
    r"[\w ]{0,25}\b(?:[Bb]id|[Bb]ids|[Bb]idder|[Bb]idders|[Tt]ender documents?)\b(?!\.\w)[\w ]{0,25}"
)
#: Names of laws and of other methods.
NAMES = ("招标投标", "公开招标", "邀请招标")


class Said(HTMLParser):
    """What the platform itself says: neither data, which is marked as Chinese, nor an article of the law."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped: list[bool] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        law = (
            given.get("data-of") == "law"
            or str(given.get("href") or "").startswith("/law")
            or "cite" in str(given.get("class") or "")
        )
        skips = law or tag in {"script", "style", "nav", "header", "footer"}
        skips |= str(given.get("lang") or "").startswith("zh") and tag != "html"
        skips |= tag == "textarea" or (bool(self.skipped) and self.skipped[-1])
        if tag not in VOID:
            self.skipped.append(skips)
        if not skips:
            self.texts += [str(given[name]) for name in ("title", "aria-label", "placeholder") if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            self.skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self.skipped or not self.skipped[-1]:
            self.texts.append(data)


def tender_words(page: str, *, language: str) -> set[str]:
    said = Said()
    said.feed(page)
    text = "\n".join(said.texts)
    for name in NAMES:
        text = text.replace(name, "")
    return {found.strip() for found in (TENDER if language == "zh-hans" else TENDER_EN).findall(text)}


def pages(tale: Story, posts: list[Post], clock: Clock) -> Iterator[tuple[str, str, str]]:
    """The case page and every form that is open on the case and its lots, of each post, in both languages."""
    case = tale.refreshed()
    rows = [case, *case.lots.order_by("pk")]
    for post in posts:
        addresses = [reverse("work_case", args=[case.pk])]
        addresses += [offer.url for offer in offers(rows, post=post, now=clock.at).open]
        for language in ("zh-hans", "en"):
            client = at_desk(post)
            client.cookies["django_language"] = language
            for address in addresses:
                answer = client.get(address, follow=True)
                if answer.status_code == 404:  # before its invitation a case is nobody else's
                    continue
                assert answer.status_code == 200
                yield f"{post.role} {address}", language, text_of(answer)


def told(method: str, until: str) -> Story:
    if method == "cooperative_innovation":
        return story.begin(research.research(), until=until, terms=story.ADVANCE)
    if method.startswith("framework"):
        return agreements.begin(agreements.file(), until=until)
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "870000.00"), story.bid(THIRD, "910000.00")]
    rated = procedures.get(method).award_by[0].value
    lot = story.lot("1", bids[:1] if method == "single_source" else bids, budget="1000000.00", method=rated)
    return story.begin(story.purchase(lot, method=method), until=until)


METHODS = ("negotiation", "consultation", "quotations", "single_source", "framework", "cooperative_innovation")
TABLE = [(method, until) for method in METHODS for until in ("preparation", "invitation", "opening", "evaluation")]


@pytest.mark.parametrize(("method", "until"), TABLE)
def test_a_case_speaks_in_the_words_of_its_method(method: str, until: str, clock: Clock) -> None:
    with override_settings(YANGCAI_SANDBOX=True):
        tale = told(method, until)
    clock.at = tale.reached or clock.at
    people = tale.people
    posts = [people.officer, people.reviewer, people.runner, next(iter(people.suppliers.values()))]
    posts += [member.post for member in tale.members()[:1]]
    found: dict[str, set[str]] = {}
    seen = 0
    for address, language, page in pages(tale, list(dict.fromkeys(posts)), clock):
        seen += 1
        for words in tender_words(page, language=language):
            found.setdefault(f"{language} {words}", set()).add(address)
    assert seen > 5 and {words: sorted(where)[0] for words, where in found.items()} == {}
