"""How does a tender go whose suppliers are qualified first, told by role: notice, applications, result, invitation?"""

import datetime
from copy import copy
from decimal import Decimal

import pytest

from tests.factories import at
from tests.scenarios.selection import ANNOUNCED, CLOSES, CONDITION, EXAMINED, PAPER, Selection, begin
from tests.scenarios.story import DAY, FIRST, FOURTH, SECOND, THIRD
from yangcai.cases.models import Award, CaseEnd
from yangcai.cases.queries import visible_to
from yangcai.portal.models import Notice
from yangcai.tendering.models import (
    Finding,
    Invitee,
    OpenedBid,
)
from yangcai.tendering.queries.prequalification import visible_applications, visible_prequalifications
from yangcai.www.work import own

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beginning(world: None) -> Selection:
    """The prequalification notice of a restricted tender is out."""
    found = begin("restricted_tender")
    found.announce()
    return found


@pytest.fixture
def announced(beginning: Selection) -> Selection:
    """From there each story goes on by itself."""
    return copy(beginning)


def test_suppliers_apply_before_there_is_a_published_case(announced: Selection) -> None:
    told = announced
    first, agent = told.supplier(FIRST), told.people.runner
    # Everybody reads of it; the case is still the buyer's own.
    assert Notice.objects.get(root=told.row.ref).title.endswith("资格预审公告")
    assert visible_prequalifications(None, ANNOUNCED).get() == told.row
    assert not visible_to(first, ANNOUNCED).filter(pk=told.case.pk).exists()
    assert own.open_prequalifications(first, now=ANNOUNCED) == [told.row]
    # They apply on different days; the agent sees nothing of it, the deadline makes all lie open at once.
    for day, who in enumerate((FIRST, SECOND, THIRD, FOURTH), start=1):
        told.apply(who, ANNOUNCED + day * DAY)
    last = CLOSES - datetime.timedelta(minutes=1)
    assert not visible_applications(agent, last).exists()
    assert visible_applications(first, last).get().supplier.name == FIRST[0]
    assert visible_applications(agent, CLOSES).count() == 4
    # One thinks again in time; what comes after the deadline is refused.
    told.do("prequalification.withdraw", told.of(FOURTH), told.supplier(FOURTH), last)
    late = told.refused(
        "prequalification.apply", told.row, told.supplier(FOURTH), CLOSES, statement="x", attachments=[PAPER],
        commitment=True,
    )  # fmt: skip
    assert late["late_application"].citation.article == "第十五条"
    assert visible_applications(agent, CLOSES).count() == 3


@pytest.mark.long
def test_from_the_notice_to_payment(announced: Selection) -> None:
    told = announced
    for who in (FIRST, SECOND, THIRD, FOURTH):
        told.apply(who, ANNOUNCED + DAY)
    assert told.waits_for(told.people.runner) == {"prequalification.record"}
    told.examine_applications(FOURTH)
    # Each hears its own result, and the buyer of the list.
    own_row = visible_applications(told.supplier(FOURTH), EXAMINED).get()
    assert (own_row.is_qualified, own_row.reason) == (False, f"{CONDITION}（资质证书已过有效期）")
    assert visible_applications(told.supplier(FIRST), EXAMINED).get().is_qualified
    assert "invitation.publish" in told.waiting(told.people.runner)
    # Nobody was drawn: all who are qualified are invited, at one instant and without another notice.
    told.go_on(FIRST, SECOND, THIRD)
    told.invitation()
    invited = Invitee.objects.filter(case=told.case, invited_at=told.refreshed().published_at)
    assert sorted(one.supplier.name for one in invited) == sorted(who[0] for who in (FIRST, SECOND, THIRD))
    assert told.notices() == []
    when, fourth = told.at("invitation"), told.supplier(FOURTH)
    assert "not_invited" in told.refused("documents.obtain", told.case, fourth, when)
    for stretch in ("submission", "opening"):
        getattr(told, stretch)()
    # What was examined beforehand is not examined again.
    told.qualification()
    assert told.stage(told.moment(12)) == "evaluation" and not Finding.objects.filter(
        opened_bid__lot=told.lot, clause__kind="qualification"
    )
    for stretch in ("evaluation", "award", "contract", "acceptance", "payment"):
        getattr(told, stretch)()
    assert Award.objects.get(lot=told.lot).amount == Decimal("900000.00")
    assert OpenedBid.objects.filter(lot=told.lot).count() == 3
    assert told.refreshed().end_kind == CaseEnd.CLOSED


@pytest.mark.long
def test_a_qualified_supplier_reports_that_its_status_has_changed(announced: Selection) -> None:
    told = announced
    for who in (FIRST, SECOND, THIRD, FOURTH):
        told.apply(who, ANNOUNCED + DAY)
    told.examine_applications()
    told.go_on(FIRST, SECOND, THIRD, FOURTH)
    for stretch in ("invitation", "submission", "opening"):
        getattr(told, stretch)()
    when, first = told.moment(6), told.supplier(FIRST)
    content = {"content": "资质证书于开标当日被吊销"}
    change = told.do("prequalification.report_change", told.of(FIRST), first, when, **content)
    assert told.waits_for(told.people.runner) == {"prequalification.decide_change"}
    refused = told.refused("qualification.conclude", told.lot, told.people.runner, told.moment(7))
    assert refused["status_change_open"].citation.article == "第二十一条"
    answer = {"still_qualified": False, "opinion": "资质证书已被吊销"}
    told.do("prequalification.decide_change", change, told.people.runner, told.moment(8), **answer)
    told.do("qualification.conclude", told.lot, told.people.runner, told.moment(10))
    out = OpenedBid.objects.get(lot=told.lot, supplier=first.organisation)
    assert out.invalid_reason == "资格审查不合格：资格发生变化：资质证书已被吊销"


def test_too_few_are_qualified(announced: Selection) -> None:
    told = announced
    for who in (FIRST, SECOND, THIRD):
        told.apply(who, ANNOUNCED + DAY)
    told.examine_applications(THIRD)
    when = EXAMINED + DAY
    times = {"supply_closes_at": at("2026-03-20T17:30"), "submission_closes_at": at("2026-04-02T09:30")}
    refused = told.refused("invitation.publish", told.case, told.people.runner, when, **times)
    assert refused["too_few_prequalified"].citation.article == "第三十六条第（一）项"
    assert "prequalification.draft" in told.waiting(told.people.runner)
    given_up = {"ground": "not_published", "reason": "合格供应商不足"}
    assert "ground_not_given" in told.refused("case.terminate", told.case, told.people.runner, when, **given_up)
    lawful = {**given_up, "ground": "too_few_prequalified"}
    told.do("case.terminate", told.case, told.people.runner, when, **lawful)
    assert told.notices() == ["termination"] and told.refreshed().end_kind == CaseEnd.TERMINATED
    again = told.do("case.retender", told.case, told.people.runner, when)
    assert again.predecessor == told.case


@pytest.mark.long
def test_an_open_tender_hands_its_file_to_all_who_are_qualified(world: None) -> None:
    told = begin("open_tender")
    told.announce()
    for who in (FIRST, SECOND, THIRD, FOURTH):
        told.apply(who, ANNOUNCED + DAY)
    told.examine_applications(FOURTH)
    told.go_on(FIRST, SECOND, THIRD)
    told.invitation()
    assert told.notices() == ["invitation"]
    assert "限于通过资格预审的供应商" in Notice.objects.get(root=told.case.ref).facts["documents_how"]
    when, fourth = told.at("invitation"), told.supplier(FOURTH)
    assert "not_invited" in told.refused("documents.obtain", told.case, fourth, when)
    for stretch in ("submission", "opening", "qualification", "evaluation", "award"):
        getattr(told, stretch)()
    assert Award.objects.get(lot=told.lot).supplier.name in {FIRST[0], SECOND[0], THIRD[0]}
