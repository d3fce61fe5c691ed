"""Is the site shown to everybody who has the documents, at a lawful time, without naming or excluding anybody?"""

from typing import Any

import pytest

from tests import factories
from tests.factories import at
from tests.tendering.walk import CLOSES, SUPPLY_CLOSES, Tender, criteria
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.models import Task
from yangcai.tendering.models import SiteVisit

pytestmark = pytest.mark.django_db

#: The day after the supply has ended (9 March, 17:30), two weeks before the deadline.
VISIT = at("2026-03-10T14:00")
ROW = {"kind": "visit", "place": "兰州新区某学校", "content": "机房现状", "begins_at": VISIT}


def stated(**row: Any) -> Tender:
    tender = Tender()
    tender.describe()
    tender.do("site_visits.define", tender.case, tender.runner, rows=[{**ROW, **row}])
    tender.confirm()
    return tender


def visit_of(tender: Tender) -> SiteVisit:
    return SiteVisit.objects.get(case=tender.case)


def test_the_document_states_it_and_it_is_as_public_as_the_document() -> None:
    tender = stated()
    tender.publish()
    assert SCOPES[SiteVisit](None, tender.now).get().place == "兰州新区某学校"
    due = Task.objects.get(action="site_visit.hold", done_at=None)
    assert (due.due_at, due.organisation_id) == (VISIT, tender.runner.organisation_id)


@pytest.mark.parametrize(
    ("begins_at", "code"),
    [(SUPPLY_CLOSES.replace(hour=9), "visit_before_supply_ends"), (CLOSES, "visit_after_deadline")],
)
def test_the_invitation_is_refused_while_the_visit_does_not_fit(begins_at: Any, code: str) -> None:
    tender = stated(begins_at=begins_at)
    found = tender.refused("invitation.publish", tender.case, tender.runner, supply_closes_at=SUPPLY_CLOSES,
                           submission_closes_at=CLOSES)  # fmt: skip
    assert set(found) == {code}
    assert found[code].citation is not None and found[code].citation.article == "第二十六条"


def test_what_the_document_does_not_state_is_told_to_all_once_the_supply_has_ended() -> None:
    tender = Tender().published()
    holder, stranger = tender.supplier(), factories.make_supplier()
    early = tender.refused("site_visit.announce", tender.case, tender.runner, **ROW)
    assert set(early) == {"supply_runs"} and early["supply_runs"].citation.rule == "site_visit.told"
    tender.now = at("2026-03-10T09:00")
    past = tender.refused("site_visit.announce", tender.case, tender.runner, **{**ROW, "begins_at": tender.now})
    assert set(past) == {"visit_in_the_past"}
    tender.do("site_visit.announce", tender.case, tender.runner, **ROW)
    assert visit_of(tender).told_at == tender.now
    assert SCOPES[SiteVisit](holder, tender.now).exists()
    for outsider in (stranger, None):
        assert not SCOPES[SiteVisit](outsider, tender.now).exists()


def test_what_was_said_is_told_to_all_and_names_nobody() -> None:
    tender = stated()
    tender.publish()
    holder, other = tender.supplier(), tender.supplier()
    visit = visit_of(tender)
    tender.now = VISIT.replace(hour=13)
    assert set(tender.refused("site_visit.hold", visit, tender.runner, minutes="答疑")) == {"visit_not_begun"}
    tender.now = VISIT.replace(hour=16)
    named = f"{holder.organisation.name}问：是否有电梯？答：有"
    found = tender.refused("site_visit.hold", visit, tender.runner, minutes=named)
    assert set(found) == {"bidder_named"} and found["bidder_named"].citation.article == "第二十八条"
    tender.do("site_visit.hold", visit, tender.runner, minutes="问：是否有电梯？答：有")
    for post in (holder, other):
        assert "电梯" in SCOPES[SiteVisit](post, tender.now).get().minutes
    assert not SCOPES[SiteVisit](factories.make_supplier(), tender.now).exists()
    # Nobody wrote down who came, or how many: there is no column for it.
    columns = {field.name for field in SiteVisit._meta.get_fields()}
    assert not columns & {"suppliers", "attendance", "attendees", "count"}
    assert set(tender.refused("site_visit.cancel", visit, tender.runner, reason="x")) == {"visit_over"}


def test_who_stayed_away_bids_all_the_same() -> None:
    tender = stated()
    tender.publish()
    assert tender.bid(tender.supplier())


def test_a_cancelled_visit_says_why() -> None:
    tender = stated()
    tender.publish()
    tender.do("site_visit.cancel", visit_of(tender), tender.runner, reason="学校停课")
    assert visit_of(tender).cancelled_reason == "学校停课"
    assert not Task.objects.filter(action="site_visit.hold", done_at=None).exists()


@pytest.mark.parametrize(
    "text",
    [
        "投标人必须参加现场踏勘",
        "未参加现场考察的，投标无效",
        "须提供采购人盖章的现场考察证明",
        "不参加答疑会的投标人不得投标",
    ],
)
def test_staying_away_is_no_ground_to_keep_anybody_out(text: str) -> None:
    tender = Tender()
    tender.draft()
    found = tender.refused("clauses.define", tender.case, tender.runner, rows=[{"kind": "qualification", "text": text}])
    assert (
        set(found) == {"visit_as_condition"} and found["visit_as_condition"].citation.rule == "site_visit.no_condition"
    )


def test_nor_is_it_scored() -> None:
    tender = Tender()
    tender.draft()
    price, merit, service = criteria()
    service = {**service, "standard": "未参加现场考察的不得分"}
    found = tender.refused("criteria.define", tender.lot, tender.runner, rows=[price, merit, service])
    assert set(found) == {"visit_as_condition"}


@pytest.mark.parametrize("text", ["采购人组织现场考察，投标人可以自行决定是否参加", "投标人对现场情况自行负责"])
def test_a_plain_word_about_a_visit_is_no_condition(text: str) -> None:
    tender = Tender()
    tender.draft()
    tender.do("clauses.define", tender.case, tender.runner, rows=[{"kind": "responsiveness", "text": text}])


def test_other_orders_know_no_visit() -> None:
    officer = factories.make_post("buyer_officer")
    case = factories.make_case(procedure="negotiation", buyer=officer.organisation, method="lowest")
    tender = Tender()
    found = tender.refused("site_visits.define", case, officer, rows=[ROW])
    assert "no_visit_here" in found
