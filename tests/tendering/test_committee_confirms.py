"""谈判小组确认谈判文件 (74号令 art. 8): who confirms it, when, and what takes the confirmation back?"""

import pytest

from tests.factories import at, make_expert
from tests.tendering.walk import Tender
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Entry, Task
from yangcai.tendering.models import Solicitation

pytestmark = pytest.mark.django_db

TIMES = {"supply_closes_at": at("2026-03-05T17:30"), "submission_closes_at": at("2026-03-06T09:30")}
CONFIRM = "solicitation.confirm_by_committee"


def negotiation() -> Tender:
    tender = Tender(procedure="negotiation", method="lowest")
    tender.describe()
    return tender


def waiting(tender: Tender) -> set[str]:
    return set(Task.objects.filter(root=tender.case.ref, done_at=None).values_list("action", flat=True))


def test_the_group_is_formed_confirms_and_only_then_the_notice_goes_out() -> None:
    tender = negotiation()
    assert "committee.draw" in waiting(tender)
    tender.do("solicitation.confirm", tender.case, tender.reviewer)
    refused = tender.refused("invitation.publish", tender.case, tender.runner, **TIMES)
    assert set(refused) == {"not_confirmed_by_committee"}
    citation = refused["not_confirmed_by_committee"].citation
    assert citation is not None and citation.article == "第八条"
    tender.seat()
    chair, other = (member.post for member in tender.members()[:2])
    assert CONFIRM in set(tasks.of_post(chair).values_list("action", flat=True))
    assert CONFIRM not in set(tasks.of_post(other).values_list("action", flat=True))
    assert set(tender.refused(CONFIRM, tender.case, other)) == {"not_chair"}
    tender.do(CONFIRM, tender.case, chair, opinion="同意发出")
    assert set(tender.refused(CONFIRM, tender.case, chair)) == {"confirmed_already"}
    assert Entry.objects.get(action=CONFIRM, outcome="done").person_id == chair.person_id
    assert "invitation.publish" in waiting(tender) and CONFIRM not in waiting(tender)
    tender.publish(**TIMES)


def test_a_change_takes_both_confirmations_back() -> None:
    tender = negotiation()
    tender.confirm()
    tender.draft(delivery="60 日内")
    file = Solicitation.objects.get(case=tender.case)
    assert (file.confirmed_at, file.committee_confirmed_at) == (None, None)
    assert CONFIRM in waiting(tender)
    refused = tender.refused("invitation.publish", tender.case, tender.runner, **TIMES)
    assert set(refused) == {"not_confirmed", "not_confirmed_by_committee"}
    tender.confirm()
    tender.publish(**TIMES)


def test_an_incomplete_group_or_an_incomplete_file_is_not_confirmed() -> None:
    tender = Tender(procedure="negotiation", method="lowest")
    [make_expert() for _ in range(6)]
    tender.do("committee.draw", tender.case, tender.runner, evaluates_at=at("2026-03-06T10:00"))
    first, *others = tender.members()
    tender.do("committee.sign_in", first, first.post, commits=True)
    # No file, and two of three members are not here.
    assert set(tender.refused(CONFIRM, tender.case, first.post)) >= {"committee_incomplete", "no_solicitation"}
    for member in others:
        tender.do("committee.sign_in", member, member.post, commits=True)
    assert "committee_incomplete" not in tender.refused(CONFIRM, tender.case, first.post)
    assert CONFIRM not in waiting(tender)
    assert set(tender.refused(CONFIRM, tender.case, tender.reviewer)) == {"role_may_not"}


def test_in_a_tender_no_committee_confirms() -> None:
    """Its experts are drawn two working days before they sit, when the file has long been out."""
    tender = Tender()
    tender.describe()
    assert can(ACTIONS[CONFIRM], tender.case, by=make_expert(), now=tender.now)
    assert "committee.draw" not in waiting(tender)
    tender.confirm()
    tender.publish()
