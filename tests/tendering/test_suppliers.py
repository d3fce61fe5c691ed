"""How do suppliers come without a notice: recommended by two sides, drawn, never those who refused before?"""

import pytest

from tests.factories import at, make_expert, make_supplier
from tests.tendering.walk import Tender, document
from yangcai.cases.models import Award, Candidate, Case, CaseEnd
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.parties.models import Post
from yangcai.tendering.models import CommitteeMember, Invitee, SupplierDraw

pytestmark = pytest.mark.django_db
#: Three working days after NOW, and a day's reserve.
TIMES = {"supply_closes_at": at("2026-03-05T17:30"), "submission_closes_at": at("2026-03-06T09:30")}


def drafted(way: str, **values: str) -> Tender:
    """A negotiation whose file says how suppliers come; its committee is formed and has signed in already."""
    tender = Tender(procedure="negotiation", method="lowest")
    tender.describe(invited_by=way, **values)
    [make_expert() for _ in range(6)]
    tender.do("committee.draw", tender.case, tender.runner, evaluates_at=at("2026-03-06T10:00"))
    for member in members(tender):
        tender.do("committee.sign_in", member, member.post, commits=True)
    return tender


def members(tender: Tender) -> list[CommitteeMember]:
    return list(CommitteeMember.objects.filter(committee__case=tender.case).order_by("pk"))


def recommend(tender: Tender, by: Post, count: int) -> None:
    rows = [{"supplier": make_supplier().organisation.pk, "reason": "同类项目业绩"} for _ in range(count)]
    tender.do("suppliers.recommend", tender.case, by, rows=rows)


def test_buyer_and_experts_recommend_separately_and_the_buyer_at_most_half() -> None:
    """74号令 art. 12."""
    tender = drafted("recommendation")
    expert = members(tender)[0].post
    recommend(tender, tender.officer, 2)
    tender.confirm()
    refused = tender.refused("invitation.publish", tender.case, tender.runner, **TIMES)
    assert {"too_few_invited", "buyer_recommends_too_many"} <= set(refused)
    share = refused["buyer_recommends_too_many"]
    assert share.citation is not None and share.citation.article == "第十二条"
    recommend(tender, expert, 1)
    assert set(tender.refused("invitation.publish", tender.case, tender.runner, **TIMES)) == {
        "buyer_recommends_too_many"
    }
    recommend(tender, expert, 2)  # writes its list anew
    tender.publish(**TIMES)
    listed = Invitee.objects.filter(case=tender.case)
    assert sorted(listed.values_list("source", flat=True)) == ["buyer", "buyer", "expert", "expert"]
    # All at the same instant; each sees its own invitation and no other's.
    assert set(listed.values_list("invited_at", flat=True)) == {tender.now}
    one = make_supplier(name="与本项目无关的公司")
    assert "not_invited" in tender.refused("documents.obtain", tender.case, one)
    invited = listed[0].supplier
    post = Post.objects.get(organisation=invited)
    assert [i.supplier for i in SCOPES[Invitee](post, tender.now)] == [invited]
    tender.do("documents.obtain", tender.case, post)


def test_nobody_is_recommended_twice_or_without_the_file_saying_so() -> None:
    tender = drafted("recommendation")
    supplier = make_supplier().organisation
    row = {"supplier": supplier.pk, "reason": "业绩"}
    tender.do("suppliers.recommend", tender.case, tender.officer, rows=[row])
    expert = members(tender)[0].post
    assert "recommended_twice" in tender.refused("suppliers.recommend", tender.case, expert, rows=[row])
    other = drafted("notice")
    assert "not_this_way" in other.refused("suppliers.recommend", other.case, other.officer, rows=[row])
    assert "not_this_way" in other.refused("suppliers.draw", other.case, other.runner)
    assert "not_this_way" in other.refused(
        "suppliers.name", other.case, other.officer, supplier=supplier.pk, reason="x"
    )


def test_a_negotiation_draws_from_any_list_of_three() -> None:
    """Twice as many is a rule of restricted tenders (87号令 art. 14), not of 74号令 art. 12."""
    tender = drafted("library")
    pool = [make_supplier().organisation.pk for _ in range(3)]
    assert "pool_too_small" in tender.refused("suppliers.draw", tender.case, tender.runner, pool=pool[:2])
    tender.do("suppliers.draw", tender.case, tender.runner, pool=pool)
    assert SupplierDraw.objects.get(case=tender.case).wanted == 3
    assert "already_drawn" in tender.refused("suppliers.draw", tender.case, tender.runner, pool=pool)


def test_a_tender_is_open_to_all() -> None:
    tender = Tender()
    refused = tender.refused("solicitation.draft", tender.case, tender.runner, **{**document(), "invited_by": "named"})
    assert "invalid_input" in refused


def test_a_negotiation_names_no_brand() -> None:
    """74号令 art. 10."""
    tender = Tender(procedure="negotiation", method="lowest")
    text = {**document(), "requirement": "台式计算机 100 台，品牌：某某"}
    refused = tender.refused("solicitation.draft", tender.case, tender.runner, **text)
    assert refused["brand_named"].citation is not None


def test_who_refused_the_contract_does_not_take_part_in_the_rerun() -> None:
    """74号令 art. 22."""
    first = Tender(procedure="negotiation", method="lowest")
    first.describe()
    first.confirm()
    first.publish(**TIMES)
    winner, other = make_supplier(), make_supplier()
    lot = first.lot
    candidate = Candidate.objects.create(lot=lot, supplier=winner.organisation, rank=1, amount=1, at=first.now)
    award = Award.objects.create(
        candidate=candidate, lot=lot, supplier=winner.organisation, amount=1, determined_at=first.now,
        announced_at=first.now,
    )  # fmt: skip
    Award.objects.filter(pk=award.pk).update(refused_at=first.now, fall_ground="refused", declared_by=winner)
    Case.objects.filter(pk=first.case.pk).update(
        ended_at=first.now, end_kind=CaseEnd.UNSUCCESSFUL, end_reason="成交供应商拒绝签订合同"
    )
    again = Tender(procedure="negotiation", method="lowest", predecessor=first.case)
    again.describe()
    again.confirm()
    again.publish(**TIMES)
    again.case.refresh_from_db()
    obtain = ACTIONS["documents.obtain"]
    refused = {r.code: r for r in can(obtain, again.case, by=winner, now=again.now)}
    assert refused["refused_before"].citation is not None
    assert refused["refused_before"].citation.article == "第二十二条"
    assert can(obtain, again.case, by=other, now=again.now) == []
