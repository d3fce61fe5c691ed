"""A group that sits before anybody has responded: is it asked again whom it has to do with? (政府采购法 art. 12)"""

import datetime

import pytest

from tests.factories import at
from tests.tendering.walk import Tender
from yangcai.kernel import tasks
from yangcai.kernel.models import Entry, Task
from yangcai.parties.models import Expert, ExpertTie, Post, TieKind
from yangcai.tendering.models import Clause, ClauseKind, CommitteeMember, OpenedBid
from yangcai.tendering.rules.committee.seats import undeclared

pytestmark = pytest.mark.django_db

CLOSES = at("2026-03-06T09:30")
TIMES = {"supply_closes_at": at("2026-03-05T17:30"), "submission_closes_at": CLOSES}
MINUTE = datetime.timedelta(minutes=1)


def negotiation() -> Tender:
    """The group is formed, has signed in and confirmed the file; the notice is out."""
    tender = Tender(procedure="negotiation", method="lowest")
    tender.describe()
    tender.confirm()
    tender.publish(**TIMES)
    return tender


def opened(tender: Tender) -> Tender:
    tender.now = at("2026-03-04T09:00")
    tender.bids("900000.00", "910000.00", "920000.00")
    tender.now = CLOSES + MINUTE
    tender.do("opening.begin", tender.case, tender.runner)
    tender.conclude()
    return tender


def findings(tender: Tender) -> list[dict[str, object]]:
    clauses = Clause.objects.filter(case=tender.case, kind=ClauseKind.QUALIFICATION)
    bids = OpenedBid.objects.filter(lot=tender.lot)
    return [{"bid": bid.pk, "clause": clause.pk, "passed": True} for bid in bids for clause in clauses]


def waiting(post: Post) -> set[str]:
    return set(tasks.of_post(post).values_list("action", flat=True))


def test_once_the_suppliers_are_known_every_member_declares_before_anything_is_examined() -> None:
    tender = negotiation()
    seated = tender.members()
    chair = next(member for member in seated if member.is_chair)
    # Before the deadline nobody learns who will respond, and nothing is asked.
    assert undeclared(tender.case, now=CLOSES - MINUTE) == []
    assert set(tender.refused("committee.declare", chair, chair.post, commits=True)) == {"nothing_to_declare"}
    opened(tender)
    assert len(undeclared(tender.case, now=tender.now)) == len(seated)
    assert all("committee.declare" in waiting(member.post) for member in seated)
    assert "qualification.record" not in waiting(chair.post)
    told = tender.refused("qualification.record", tender.lot, chair.post, rows=findings(tender))
    assert set(told) == {"interests_undeclared"}
    citation = told["interests_undeclared"].citation
    assert citation is not None and citation.article == "第十二条"
    silent = tender.refused("committee.declare", seated[0], seated[0].post)["not_declared"]
    assert silent.citation is not None and silent.citation.article == "第十二条"
    for member in seated[:-1]:
        tender.do("committee.declare", member, member.post, commits=True)
    assert set(tender.refused("qualification.record", tender.lot, chair.post, rows=findings(tender))) == {
        "interests_undeclared"
    }
    tender.do("committee.declare", seated[-1], seated[-1].post, commits=True)
    assert set(tender.refused("committee.declare", chair, chair.post, commits=True)) == {"nothing_to_declare"}
    tender.do("qualification.record", tender.lot, chair.post, rows=findings(tender))
    assert Entry.objects.filter(action="committee.declare", outcome="done").count() == len(seated)
    assert not Task.objects.filter(root=tender.case.ref, action="committee.declare", done_at=None).exists()


def test_who_is_tied_to_a_supplier_cannot_declare_and_is_replaced() -> None:
    tender = opened(negotiation())
    member = tender.members()[1]
    ExpertTie.objects.create(
        expert=Expert.objects.get(person_id=member.post.person_id),
        organisation=tender.suppliers[0].organisation,
        kind=TieKind.KINSHIP,
        from_on=at("2020-01-01T00:00").date(),
        declared_at=tender.now,
    )
    assert set(tender.refused("committee.declare", member, member.post, commits=True)) == {"recusal"}
    for other in tender.members():
        if other.pk != member.pk:
            tender.do("committee.declare", other, other.post, commits=True)
    tender.do("committee.replace", member, tender.runner, reason="与供应商有近亲属关系", ground="recusal")
    fresh = CommitteeMember.objects.filter(committee__case=tender.case, replaced_at=None).latest("pk")
    tender.do("committee.sign_in", fresh, fresh.post, commits=True)
    # Who signs in now has the suppliers before its eyes: nothing is asked twice.
    assert undeclared(tender.case, now=tender.now) == []


def test_a_tenders_committee_signs_in_when_the_bidders_are_known() -> None:
    tender = Tender().published()
    tender.bids("900000.00", "910000.00", "920000.00")
    tender.open()
    tender.conclude()
    assert undeclared(tender.case, now=tender.now) == []
