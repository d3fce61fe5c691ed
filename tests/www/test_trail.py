"""Does the audit trail find what was done, by Action, row, post and day, and tell of no bid before the opening?"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_post
from tests.tendering.applying import Selection
from tests.tendering.judging import SEATED, hall
from tests.tendering.test_samples import asked, received
from tests.tendering.walk import Tender, document
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry
from yangcai.parties.roles import Role
from yangcai.tendering.models import Opening
from yangcai.www.work import timeline, trail

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


def both(tender: Tender, code: str) -> tuple[int, int]:
    """How often an Action stands in the search, and on the timeline of the case, for whoever audits."""
    desk = at_desk(make_post(Role.AUDITOR))
    listed = text_of(desk.get(reverse("work_trail"), {"action": code})).count(f"<code>{code}</code>")
    told = ACTIONS[code].tell(actor="|").split("|")[-1]
    return listed, text_of(desk.get(reverse("work_case", args=[tender.case.pk]))).count(told)


def test_what_is_received_for_each_bidder_is_not_counted_before_the_opening(clock: Clock) -> None:
    """Samples and securities come one from each: how many came is how many bid."""
    tender = asked()
    for _n in range(3):
        received(tender)
    follow(tender, clock)
    assert Entry.objects.filter(action="sample.receive").count() == 3
    assert both(tender, "sample.receive") == (0, 0)
    assert "sample.receive" not in actions_in(found({"action": "接收样品"}))
    assert both(tender, "invitation.publish") == (1, 1)  # what is public stays


def test_a_security_is_told_from_the_opening_on(clock: Clock) -> None:
    tender = Tender(title="课桌椅采购").published(bid_security="10000")
    tender.bids("900000.00", "850000.00", "800000.00")
    for post in tender.suppliers:
        paid_in = {"supplier": post.organisation.pk, "kind": "guarantee", "amount": "10000"}
        tender.do("bid_security.record", tender.case, tender.runner, received_at=tender.now, **paid_in)
    follow(tender, clock)
    assert both(tender, "bid_security.record") == (0, 0)
    tender.open()
    follow(tender, clock)
    assert both(tender, "bid_security.record") == (3, 3)


def test_what_is_done_for_one_supplier_is_known_to_be() -> None:
    """Every Action of those who run a purchase that has a supplier's own row or names one, by when it may come."""
    told = {
        "award.annul", "award.decline_annulment", "award.report_refusal",  # after the opening
        "outside_offer.report", "suppliers.name",  # whose name is public
    }  # fmt: skip
    found = {
        code
        for code, action in ACTIONS.items()
        if not action.is_public and set(action.by) - {*trail.HIDDEN}
        and "supplier" in {*action.input.base_fields, *(field.name for field in action.on._meta.fields)}
    }  # fmt: skip
    assert found - timeline.untold() == told
    assert set(ACTIONS) >= timeline.ONE_EACH


def test_an_expert_is_not_found_by_the_employer(clock: Clock) -> None:
    """The name of the employer would tell who sits on the committee; who is found by it, is named by it."""
    court = hall("900000.00", "850000.00", "800000.00")
    court.seat()
    clock.at = SEATED
    employers = [one.post.organisation.name for one in court.members if one.post.role == Role.EXPERT]
    assert employers and "committee.sign_in" in actions_in(found({"role": "expert"}))
    for name in employers:
        assert not actions_in(found({"organisation": name, "role": "expert"}))
        assert "committee.sign_in" not in actions_in(found({"organisation": name}))


@pytest.mark.parametrize("day", ["9999-12-31", "2200-01-01", "1999-12-31", "0001-01-01"])
@pytest.mark.parametrize("name", ["from_on", "to_on"])
def test_a_day_that_cannot_be_counted_is_refused(clock: Clock, name: str, day: str) -> None:
    page = found({name: day})
    assert "2199-12-31" in page or "2000-01-01" in page


def test_what_is_done_in_a_prequalification_is_told_once_it_is_concluded(clock: Clock) -> None:
    selection = Selection()
    selection.applied(3)
    clock.at = selection.now
    assert Entry.objects.filter(action="prequalification.apply").count() == 3
    assert not actions_in(found({"action": "prequalification.apply"}))
    selection.concluded()
    clock.at = selection.now
    assert actions_in(found({"action": "prequalification.apply"})) == {"prequalification.apply"}


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
