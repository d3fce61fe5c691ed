"""Does the audit trail find what was done, by Action, row, post and day, and tell of no bid before the opening?"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_post
from tests.tendering.walk import Tender, document
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry
from yangcai.parties.roles import Role
from yangcai.tendering.models import Opening
from yangcai.www.work import trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(clock: Clock) -> Tender:
    tender = Tender(title="课桌椅采购").published()
    tender.bids("900000.00", "850000.00", "800000.00")
    follow(tender, clock)
    return tender


def found(query: dict[str, str], *, who: Role = Role.PLATFORM, lang: str = "zh-hans") -> str:
    desk = at_desk(make_post(who))
    desk.cookies["django_language"] = lang
    return text_of(desk.get(reverse("work_trail"), query))


def actions_in(page: str) -> set[str]:
    return {code for code in ACTIONS if f"<code>{code}</code>" in page}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"action": "发布采购公告"}, {"invitation.publish"}),
        ({"action": "invitation.publish"}, {"invitation.publish"}),
        ({"action": "没有这种事项"}, set()),
        ({"subject": "没有这个项目"}, set()),
        ({"role": "treasury_payer"}, set()),
        ({"from_on": "2100-01-01"}, set()),
        ({"to_on": "2000-01-01"}, set()),
        ({"outcome": "refused"}, set()),
    ],
)
def test_one_condition_at_a_time(tender: Tender, query: dict[str, str], shown: set[str]) -> None:
    page = found(query)
    assert actions_in(page) == shown
    assert ("没有符合条件的留痕" in page) == (not shown)


def test_by_number_title_organisation_and_post(tender: Tender) -> None:
    Tender(title="校服采购").published()
    for text in (tender.case.number, "课桌椅", tender.case.ref):
        page = found({"subject": text})
        assert "invitation.publish" in actions_in(page) and "校服采购" not in page
    agents = found({"organisation": tender.case.agent.name, "role": "agent"})
    assert tender.case.agent.name in agents and "校服采购" not in agents
    assert tender.case.buyer.name not in agents.split("<tbody>")[1]


def test_a_day_holds_its_whole_day_in_shanghai(tender: Tender) -> None:
    entry = Entry.objects.filter(action="invitation.publish").latest("seq")
    day = (entry.at + datetime.timedelta(hours=8)).date().isoformat()
    shown = trail.entries({"action": "invitation.publish", "from_on": datetime.date.fromisoformat(day),
                           "to_on": datetime.date.fromisoformat(day)})  # fmt: skip
    assert list(shown) == [entry]
    assert "止日不能早于起日" in found({"from_on": "2026-03-02", "to_on": "2026-03-01"})


def test_nobody_learns_of_a_bid_before_the_opening(tender: Tender, clock: Clock) -> None:
    """87号令 art. 28: neither who obtained the documents nor who handed in."""
    assert Entry.objects.filter(role=Role.SUPPLIER, action="bid.submit").count() == 3
    for who in (Role.PLATFORM, Role.AUDITOR):
        for query in ({}, {"action": "bid.submit"}, {"role": "supplier"}, {"subject": tender.case.number}):
            page = found(query, who=who)
            assert "bid.submit" not in actions_in(page) and "documents.obtain" not in actions_in(page)
            assert not any(post.organisation.name in page for post in tender.suppliers)
    tender.open()
    follow(tender, clock)
    assert Opening.objects.filter(case=tender.case).exists()
    assert "bid.submit" in actions_in(found({"action": "bid.submit"}))


def test_a_refusal_is_told_with_its_reasons(clock: Clock) -> None:
    """招标文件要求的投标保证金不得超过采购项目预算金额的 2% (条例 art. 33)."""
    tender = Tender()
    told = tender.refused("solicitation.draft", tender.case, tender.runner, **{**document(), "bid_security": "50000"})
    page = found({"outcome": "refused"})
    assert actions_in(page) == {"solicitation.draft"} and "不予办理" in page
    assert any(one.zh in page for one in told.values())


def test_many_lines_ask_no_more_than_few(tender: Tender) -> None:
    desk = at_desk(make_post(Role.AUDITOR))
    counted = []
    for _n in range(2):
        desk.get(reverse("work_trail"))  # what is cached once is no matter of its rows
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse("work_trail"))
        counted.append(len(asked))
        for title in ("校服采购", "公务车采购"):
            Tender(title=title).published()
    assert counted[0] == counted[1]


def test_it_is_for_who_operates_and_who_audits(tender: Tender) -> None:
    for who in (Role.TREASURY, Role.SUPPLIER, Role.BUYER_OFFICER, Role.EDITOR):
        assert at_desk(make_post(who)).get(reverse("work_trail")).status_code == 403
    assert "Audit trail" in found({}, lang="en")
