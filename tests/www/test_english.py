"""Is English complete? On an English page Chinese stands only where somebody wrote it, and is marked as Chinese."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_expert, make_post, make_supplier
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.cases.models import Case, Lot
from yangcai.challenges.models import Enquiry
from yangcai.funds.models import Appropriation
from yangcai.parties.models import Organisation, Person
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention, PlanItem
from yangcai.portal.models import Notice
from yangcai.tendering.models import Clause, CommitteeMember
from yangcai.www.work.offers import actions_on

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u3400-\u9fff]+[^<>\n]{0,40}")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: What stays Chinese in both languages: the name of the language, and where the platform is.
NAMES = ("中文", "兰州新区")
#: Columns of the budget file, which are written so in the file whoever reads the form.
HEADINGS = (
    "采购人", "统一社会信用代码", "预算年度", "预算项目编码", "预算项目名称", "品目", "资金来源", "预算金额（元）",
    "批复日期",
)  # fmt: skip


class Unmarked(HTMLParser):
    """Chinese text and labels outside every element that is marked `lang="zh…"`."""

    def __init__(self) -> None:
        super().__init__()
        self.langs: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        marked = str(given.get("lang", "")).startswith("zh") or (bool(self.langs) and self.langs[-1])
        if tag not in VOID:
            self.langs.append(marked)
        if not marked:
            for name in ("title", "aria-label", "placeholder", "alt", *(["value"] if is_typed(tag, given) else [])):
                self.look(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        if self.langs:
            self.langs.pop()

    def handle_data(self, data: str) -> None:
        if not self.langs or not self.langs[-1]:
            self.look(data)

    def look(self, text: str) -> None:
        self.found += CHINESE.findall(text)


def is_typed(tag: str, given: dict[str, Any]) -> bool:
    """What stands in it is read: it is no key of a choice, and no value that goes back unseen."""
    return tag == "input" and given.get("type", "text") not in {"hidden", "checkbox", "radio", "submit", "file"}


def unmarked(page: str, data: list[str]) -> list[str]:
    """Chinese that is neither marked nor data."""
    for text in sorted({*data, *NAMES}, key=len, reverse=True):
        page = page.replace(text, "")
    parser = Unmarked()
    parser.feed(page)
    return parser.found


def data() -> list[str]:
    """What somebody wrote and what may stand unmarked in a sentence: names, titles, quoted texts, numbers."""
    columns = (
        (Organisation, "name"),
        (Organisation, "address"),
        (Person, "name"),
        (Case, "title"),
        (Case, "number"),
        (Lot, "title"),
        (PlanItem, "title"),
        (Intention, "title"),
        (Intention, "overview"),
        (Appropriation, "name"),
        (Clause, "text"),
        (Enquiry, "question"),
        (Notice, "number"),
    )
    found = {text for model, column in columns for text in model.objects.values_list(column, flat=True)}
    return [text for text in {*found, *HEADINGS} if text]


@pytest.fixture
def tender(clock: Clock) -> Tender:
    tender = Tender(title="围着它转的项目")
    [make_expert() for _ in range(9)]
    tender.published()
    tender.bids("900000.00", "850000.00", "800000.00")
    tender.do("enquiry.ask", tender.case, tender.suppliers[0], question="接口协议？")
    tender.open()
    tender.conclude()
    tender.do("committee.draw", tender.case, tender.agent_post, evaluates_at=tender.now)
    follow(tender, clock)
    return tender


@pytest.mark.parametrize("who", ["public", "agent", "supplier", "treasury", "officer"])
def test_what_somebody_wrote_is_marked_wherever_it_stands(tender: Tender, clock: Clock, who: str) -> None:
    """Names, titles and numbers too, beside the words of a sentence: no run of Chinese on these English pages stands
    outside an element that says so. (The title of a window cannot hold one.)"""
    posts = {
        "agent": tender.agent_post,
        "supplier": tender.suppliers[0],
        "treasury": make_post(Role.TREASURY),
        "officer": tender.officer,
    }
    client = at_desk(posts[who]) if who in posts else Client()
    client.cookies["django_language"] = "en"
    names = ["home", "notices", "halls", "search", "contacts", *(["work", "work_cases"] if who in posts else [])]
    if who == "treasury":
        names.append("work_queue")
    addresses = [*map(reverse, names), *(reverse(name, args=[tender.case.pk]) for name in ("hall", "public_case"))]
    wrong = set()
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = re.sub(r"<title>.*?</title>", "", text_of(answer), flags=re.DOTALL)
        wrong |= {f"{address}: {text}" for text in unmarked(page, [])}
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.long
def test_english_is_complete(tender: Tender, clock: Clock) -> None:
    member = CommitteeMember.objects.first()
    posts = {
        "officer": tender.officer,
        "reviewer": tender.reviewer,
        "agent": tender.agent_post,
        "supplier": tender.suppliers[0],
        "stranger": make_supplier(),
        "expert": member.post,
        "treasury": make_post(Role.TREASURY),
        "payer": make_post(Role.TREASURY_PAYER),
        "auditor": make_post(Role.AUDITOR),
        "platform": make_post(Role.PLATFORM),
    }
    case = tender.case
    written = data()
    wrong = set()
    for who, post in posts.items():
        client = at_desk(post)
        client.cookies["django_language"] = "en"
        addresses = [reverse(name) for name in ("work", "work_cases", "work_tenders", "work_budget", "work_plans")]
        addresses += [
            reverse(name) for name in ("work_intentions", "work_payments", "work_organisations", "work_trustees")
        ]
        addresses.append(reverse("mfa_index"))
        addresses += [reverse("work_case", args=[case.pk]), reverse("work_timeline", args=[case.pk])]
        addresses += [
            reverse("work_plan_item", args=[case.plan_item_id]),
            reverse("work_appropriation", args=[case.plan_item.appropriation_id]),
            reverse("work_intention", args=[case.plan_item.intention_id]),
            reverse("work_organisation", args=[case.buyer_id]),
        ]
        subjects = [case, tender.lot, case.plan_item, case.plan_item.appropriation, case.buyer, member, post]
        for subject in subjects:
            for action in actions_on(type(subject), role=post.role):
                addresses.append(reverse("work_do", args=[subject._meta.model_name, subject.pk, action.code]))
        for address in addresses:
            answer = client.get(address)
            if answer.status_code in {200, 403}:
                wrong |= {f"{who} {address}: {text}" for text in unmarked(answer.content.decode(), written)}
    assert not wrong, "\n".join(sorted(wrong))


def test_refusals_are_in_the_readers_language(tender: Tender) -> None:
    client = at_desk(tender.agent_post)
    client.cookies["django_language"] = "en"
    answer = client.post(f"/work/do/case/{tender.case.pk}/invitation.publish/", {})
    assert answer.status_code == 422
    assert not unmarked(answer.content.decode(), data())


def test_the_marks_are_seen() -> None:
    page = '<p>采购</p><p lang="zh-Hans">计划<b>项目</b></p><img alt="图"><p>甲公司</p>'
    assert unmarked(page, ["甲公司"]) == ["采购", "图"]
    assert unmarked('<input value="桌"><input type="hidden" value="椅"><input value="柜" lang="zh-Hans">', []) == ["桌"]
