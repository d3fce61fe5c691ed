"""Does a page of a case by another method than a tender say anything in the words of a tender?

In both languages in `make nightly`; in `make long` each page in one of them, the next one in the other.
"""

import itertools
import re
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests import factories
from tests.hurry import tasks_at_the_end
from tests.length import NIGHTLY
from tests.scenarios import agreements, research, story
from tests.scenarios.agreements import DAY, HOUR
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from tests.scenarios.test_emergency import flood
from tests.scenarios.test_first_purchase import purchase as bought_first
from tests.scenarios.test_framework_open import ASKED
from tests.scenarios.test_framework_open import TERMS as OPEN_TERMS
from tests.www.support import Clock, at_desk, text_of
from yangcai import procedures
from yangcai.cases.models import Case
from yangcai.frameworks.models import Entrant
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.replay import defaults, people
from yangcai.replay.driver import begin_again, move_to
from yangcai.www.work.offers import offers

pytestmark = pytest.mark.django_db

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TENDER = re.compile(
    "[^，。；：（）\\s]{0,12}(?:招标文件|招标公告|投标|开标|评标委员会|中标|唱标)[^，。；：（）\\s]{0,12}"
)
TENDER_EN = re.compile(
    r"[\w ]{0,25}\b(?:[Bb]id|[Bb]ids|[Bb]idder|[Bb]idders|[Tt]ender documents?)\b(?!\.\w)[\w ]{0,25}"
)
LANGUAGES = ("zh-hans", "en")
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


class Look:
    """What the pages of one method say, to each post in both languages: what was said wrong, and where."""

    def __init__(self, clock: Clock):
        self.clock = clock
        self.desks: dict[tuple[Post, str], Client] = {}
        self.turns = itertools.cycle([LANGUAGES] if NIGHTLY else [LANGUAGES[:1], LANGUAGES[1:]])
        self.seen: set[tuple[str, Post]] = set()
        self.wrong: dict[str, str] = {}

    def desk(self, post: Post, language: str) -> Client:
        if (post, language) not in self.desks:
            self.desks[post, language] = client = at_desk(post)
            client.cookies["django_language"] = language
        return self.desks[post, language]

    def at(self, tale: Story, *, case: Case | None = None, rows: Iterable[Any] = ()) -> None:
        """The case page at this station, and every form on the case, its lots and `rows` that was not open before."""
        self.clock.at = tale.reached or self.clock.at
        case = case or tale.refreshed()
        posts = dict.fromkeys([*posts_of(tale), *(member.post for member in tale.members()[:1])])
        for post in posts:
            asked = [case, *case.lots.order_by("pk"), *rows]
            forms = [offer.url for offer in offers(asked, post=post, now=self.clock.at).open]
            self.read(post, reverse("work_case", args=[case.pk]), forms)

    def over(self, tale: Story) -> None:
        """What stands above all cases: the desk, its lists and its messages, and the schedule."""
        for post in posts_of(tale):
            frames = ["work", "work_handled", "work_cases", "work_messages"]
            frames += ["work_schedule"] if post.role != Role.SUPPLIER else []
            for frame in frames:
                self.read(post, reverse(frame), [])

    def read(self, post: Post, page: str, forms: list[str]) -> None:
        for address in [page, *(form for form in forms if (form, post) not in self.seen)]:
            for language in next(self.turns):
                answer = self.desk(post, language).get(address, follow=True)
                if answer.status_code == 404:  # before its invitation a case is nobody else's
                    continue
                assert answer.status_code == 200
                self.seen.add((address, post))
                for words in tender_words(text_of(answer), language=language):
                    self.wrong.setdefault(f"{language} {words}", f"{post.role} {address}")


def posts_of(tale: Story) -> list[Post]:
    people = tale.people
    found = [people.officer, people.reviewer, people.runner, *list(people.suppliers.values())[:1]]
    return list(dict.fromkeys(found))


def walk(tale: Story, look: Look, *stations: str, since: str = "preparation") -> None:
    """Go on from one stretch to the next, and look around at each of the stations."""
    order = [str(stage) for stage in tale.procedure.stages]
    for stretch in order[order.index(since) + 1 :]:
        with tasks_at_the_end():
            getattr(tale, stretch)()
        if stretch in stations:
            look.at(tale)


STATIONS = ("invitation", "opening", "evaluation", "award")


def by_offers(method: str, look: Look) -> Story:
    """Three suppliers, or the only one, are asked for offers."""
    if method == "emergency":
        file = flood("2026-10-12")
    else:
        bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "870000.00"), story.bid(THIRD, "910000.00")]
        rated = procedures.get(method).award_by[0].value
        lot = story.lot("1", bids[:1] if method == "single_source" else bids, budget="1000000.00", method=rated)
        file = story.purchase(lot, method=method)
    tale = story.begin(file, until="preparation")
    look.at(tale)
    walk(tale, look, *STATIONS)
    return tale


def closed_framework(method: str, look: Look) -> Story:
    """Its call, its entrants, and what another unit calls off under it: chosen, and competed for once more."""
    tale = agreements.begin(agreements.file(), until="preparation")
    look.at(tale)
    walk(tale, look, *STATIONS)
    entrants = Entrant.objects.filter(framework=tale.agreement).select_related("supplier", "framework__lot__case")
    look.at(tale, rows=[tale.agreement, *entrants[:1]])
    at = tale.moment(64) + 7 * DAY
    unit = agreements.Buyer(tale.people.officer, tale.people.reviewer, at)
    tale.no_earlier(at)
    move_to(at)
    plan = unit.plan("call_off_direct", title="直接选定示例")
    case = unit.do("call_off.choose", plan, entrant=entrants[0].pk, quantity="10")
    look.at(tale, case=case, rows=[unit.plan("call_off_direct", title="待选定示例")])
    closes = at + DAY
    plan = unit.plan("call_off_mini_competition", title="二次竞价示例")
    case = unit.do("call_off.invite", plan, framework=tale.agreement.pk, quantity="10", closes_at=closes)
    look.at(tale, case=case)
    unit.do("bid.submit", case.lots.get(), tale.supplier(SECOND), price="40000.00", commitment=True)
    tale.no_earlier(closes + HOUR)
    move_to(closes + HOUR)
    for code, row in (("opening.begin", case), ("opening.conclude", case), ("call_off.conclude", case.lots.get())):
        unit.do(code, row, at=closes + HOUR)
        look.at(tale, case=agreements.of(case))
    return tale


def open_framework(method: str, look: Look) -> Story:
    """A standing call, before and after somebody has asked to enter."""
    tale = agreements.begin(agreements.open_file(), until="plan")
    people, at = tale.people, tale.at("invitation")
    tale.case = tale.do("case.open", tale.plan_item, people.officer, at, ceiling="200.00")
    tale.do("agent.appoint", tale.case, people.officer, at)
    look.at(tale)
    tale.do("framework.define", tale.case.lots.get(), people.officer, at, **OPEN_TERMS)
    tale.do("solicitation.draft", tale.case, people.officer, at, **tale.document())
    tale.do("payment_terms.define", tale.case, people.officer, at, rows=list(tale.payment_terms))
    tale.do("solicitation.confirm", tale.case, people.reviewer, at)
    look.at(tale)
    tale.do("framework.call", tale.case, people.officer, at)
    supplier = factories.make_supplier(name=FIRST[0])
    people.suppliers[FIRST[0]] = supplier
    look.at(tale, rows=[tale.agreement])
    request = tale.do("entry.ask", tale.agreement, supplier, at + DAY, **ASKED)
    look.at(tale, rows=[tale.agreement, request])
    tale.do("entry.answer", request, people.officer, at + DAY, is_admitted=True)
    look.at(tale, rows=[tale.agreement, Entrant.objects.get(framework=tale.agreement)])
    return tale


def research_and_first_purchase(method: str, look: Look) -> Story:
    """What is ordered, and what is bought first of it."""
    ordered = story.begin(research.research(), until="preparation", terms=story.ADVANCE)
    look.at(ordered)
    walk(ordered, look, *STATIONS)
    with tasks_at_the_end():
        for stretch in ("contract", "acceptance", "payment"):
            getattr(ordered, stretch)()
    tale = bought_first(ordered)
    with tasks_at_the_end():
        tale.preparation()
    look.at(tale)
    walk(tale, look, *STATIONS)
    return tale


METHODS = {
    **dict.fromkeys(("negotiation", "consultation", "quotations", "single_source", "emergency"), by_offers),
    "framework": closed_framework,
    "framework_open": open_framework,
    "cooperative_innovation": research_and_first_purchase,
}


@pytest.mark.long
@pytest.mark.parametrize("method", METHODS)
def test_a_case_speaks_in_the_words_of_its_method(method: str, clock: Clock) -> None:
    look = Look(clock)
    with override_settings(YANGCAI_SANDBOX=True):
        tale = METHODS[method](method, look)
    look.over(tale)
    assert len(look.seen) > 10 and look.wrong == {}


def test_above_cases_of_several_methods_each_line_has_its_own_words(clock: Clock) -> None:
    """An agency's desk: a tender that is opened tomorrow, and a negotiation; what stands above both fits both."""
    lot = story.lot("1", [story.bid(who, "900000.00") for who in (FIRST, SECOND, THIRD)], budget="1000000.00")
    with override_settings(YANGCAI_SANDBOX=True):
        tale = story.begin(story.purchase(lot), until="invitation")
        begin_again()
        file = replace(story.purchase(replace(lot), method="negotiation"), id="谈判示例", title="谈判示例项目")
        completed = defaults.complete(published=file).case
        other = Story(tale.driver, completed, people.gather(completed))
        other.run(until="invitation")
    clock.at = max(tale.reached or clock.at, other.reached or clock.at)
    assert tale.people.agent == other.people.agent and tale.people.agent is not None
    client = at_desk(tale.people.agent)
    page = text_of(client.get(reverse("work_schedule")))
    lines = {
        title: line for line in page.split("<tr>") for title in (tale.case.title, other.case.title) if title in line
    }
    assert tender_words(lines[tale.case.title], language="zh-hans")
    assert tender_words(lines[other.case.title], language="zh-hans") == set()
    head = page[: page.index("<tbody>")]
    assert "最近一次开启" in head and "最近一次开标" not in head
