"""After a tender with two suppliers, is negotiated with those two and with nobody else? (74号令 art. 27)"""

import datetime

import pytest

from tests.factories import at, make_expert, make_supplier
from tests.tendering.judging import Offer, three
from tests.tendering.walk import CLOSES, Tender
from yangcai.cases.models import Case
from yangcai.kernel.actions import ACTIONS, can
from yangcai.planning.models import MethodApproval
from yangcai.tendering import method, two_bidders
from yangcai.tendering.models import Invitee, Solicitation

pytestmark = pytest.mark.django_db
AFTER = at("2026-03-25T09:00")
#: Three working days, and a day more.
TIMES = {"supply_closes_at": at("2026-03-30T17:30"), "submission_closes_at": at("2026-03-31T09:30")}


def failed(bids: int) -> Tender:
    """A tender of so many bids that failed for too few; then negotiation with two is approved."""
    tender = Tender().published()
    tender.bids(*[f"{900000 - 1000 * n}.00" for n in range(bids)])
    tender.now = CLOSES
    tender.do("lot.declare_unsuccessful", tender.lot, tender.runner, ground="too_few", reason="")
    approved(tender, now=CLOSES + datetime.timedelta(hours=1))
    tender.now = AFTER
    return tender


def approved(tender: Tender, *, now: datetime.datetime) -> None:
    item = Case.objects.get(pk=tender.case.pk).plan_item
    MethodApproval.objects.create(
        plan_item=item, procedure="negotiation", ground="negotiation.two_bidders", reason="只有两家", overview="x",
        amount=item.amount, funding="预算批复", applied_at=now, consented_at=now, approved_at=now, number="1号",
    )  # fmt: skip


def test_the_two_are_invited_and_nobody_else() -> None:
    tender = failed(2)
    both = {post.organisation_id for post in tender.suppliers}
    again: Case = tender.do("case.retender", Case.objects.get(pk=tender.case.pk), tender.runner).value
    assert again.procedure == "negotiation"
    listed = Invitee.objects.filter(case=again)
    assert {(one.supplier_id, one.source, one.is_chosen) for one in listed} == {(pk, "bidder", True) for pk in both}
    assert Solicitation.objects.get(case=again).invited_by == "bidders" and not method.is_public(again)
    form = ACTIONS["solicitation.draft"].input(subject=again, by=tender.runner, now=tender.now)
    assert [value for value, _label in form.fields["invited_by"].choices] == ["bidders"]
    tender.case = again
    [make_expert() for _ in range(6)]
    tender.do("committee.draw", again, tender.runner, evaluates_at=at("2026-03-31T10:00"))
    for member in tender.members():
        tender.do("committee.sign_in", member, member.post, commits=True)
    tender.confirm()
    tender.publish(**TIMES)
    stranger = make_supplier()
    assert "not_invited" in tender.refused("documents.obtain", again, stranger)
    for post in tender.suppliers:
        assert not can(ACTIONS["documents.obtain"], Case.objects.get(pk=again.pk), by=post, now=tender.now)


@pytest.mark.parametrize("bids", [0, 1])
def test_what_was_approved_for_two_needs_two(bids: int) -> None:
    tender = failed(bids)
    told = tender.refused("case.retender", Case.objects.get(pk=tender.case.pk), tender.runner)
    assert set(told) == {"not_two_bidders"} and told["not_two_bidders"].citation.article == "第二十七条"


def test_of_three_who_bid_the_two_that_responded() -> None:
    """经评审实质性响应招标文件要求的供应商只有两家: the third is not invited."""
    h = three(Offer("1000000", rest={"has_imports": True}), "1010000", "1020000")  # the document accepts none
    assert two_bidders.of_lot(h.lot) == {h.bids[1].supplier_id, h.bids[2].supplier_id}
    assert two_bidders.of_lot(three().lot) == frozenset()


def test_any_other_negotiation_invites_as_before() -> None:
    tender = Tender(procedure="negotiation", method="lowest")
    form = ACTIONS["solicitation.draft"].input(subject=tender.case, by=tender.runner, now=tender.now)
    assert "bidders" not in dict(form.fields["invited_by"].choices)
