"""Are imported products asked for with the papers of the law, approved by the treasury, and nothing bought without?"""

from typing import Any

import pytest

from tests import factories
from tests.factories import make_expert
from tests.planning.office import NOW, Office, refused
from tests.tendering.walk import Tender
from yangcai.kernel.actions import SCOPES, perform
from yangcai.kernel.models import Attachment, Task
from yangcai.parties.models import Expert, Post
from yangcai.parties.roles import Role
from yangcai.planning import actions
from yangcai.planning.models import ImportApproval, ImportExpert, PlanItem
from yangcai.tendering.rules.committee import pool, seats

pytestmark = pytest.mark.django_db

PAPERS = {
    "products": "光谱仪 1 台", "policy": "other", "reason": "国内没有同类产品", "authority_opinion": "同意",
    "opinion": "技术指标国内产品不能满足",
}  # fmt: skip


def row(post: Post) -> dict[str, str]:
    """An expert as the application names one."""
    return {"name": post.person.name, "unit": post.organisation.name}


def reasoners(number: int, *, lawyers: int = 1) -> list[dict[str, str]]:
    """So many experts of the library; the first of them are lawyers."""
    fields = ["法律" if place < lawyers else "信息技术" for place in range(number)]
    return [row(make_expert(specialities=field)) for field in fields]


def apply(office: Office, item: PlanItem, *, experts: int = 5, lawyers: int = 1, **changes: Any) -> ImportApproval:
    named = {"experts": reasoners(experts, lawyers=lawyers)}
    data = {**PAPERS, **named, "paper": office.paper(office.officer), **changes}
    return perform(actions.apply_for_import, item, by=office.officer, now=NOW, **data).value


#: What is missing; what is said, and at which field.
TABLE = [
    ({}, set()),
    ({"experts": 4}, {("import_experts_too_few", "experts")}),
    ({"experts": 6}, {("import_experts_too_few", "experts")}),
    ({"experts": 7}, set()),
    ({"lawyers": 0}, {("import_lawyer_missing", "experts")}),
    ({"opinion": ""}, {("import_papers_missing", "opinion")}),
    ({"policy": "restricted", "authority_opinion": ""}, {("import_papers_missing", "authority_opinion")}),
    # For what the state encourages the policy itself is enough.
    ({"policy": "encouraged", "authority_opinion": "", "experts": 0, "opinion": ""}, set()),
]


@pytest.mark.parametrize(("changes", "told"), TABLE)
def test_the_papers_of_an_application(changes: dict[str, Any], told: set[tuple[str, str]]) -> None:
    office = Office()
    item = office.draft()
    if not told:
        assert apply(office, item, **changes).is_open
        return
    found = refused(apply, office, item, **changes)
    assert {(code, refusal.field) for code, refusal in found.items()} == told
    assert all(refusal.citation.instrument == "财库〔2007〕119号" for refusal in found.values())


def test_who_reasoned_is_named_from_the_library_and_counted() -> None:
    office = Office()
    approval = apply(office, office.draft(), experts=7, lawyers=2)
    assert (approval.experts, approval.lawyers) == (7, 2)
    named = SCOPES[ImportExpert](office.officer, NOW).filter(approval=approval)
    assert named.count() == 7 and sum(one.expert.is_lawyer for one in named) == 2
    assert not SCOPES[ImportExpert](factories.make_supplier(), NOW).exists()


def test_strangers_doubles_and_the_buyers_own_people_give_no_opinion() -> None:
    office = Office()
    item, good = office.draft(), reasoners(5)
    left = make_expert()
    Expert.objects.filter(person=left.person).update(left_on=NOW.date())
    own = factories.make_post(Role.EXPERT, office.buyer)
    Expert.objects.create(person=own.person, employer=office.buyer, specialities="信息技术", admitted_on=NOW.date())
    for last, code in (
        ({"name": "查无此人", "unit": "示例单位"}, "import_expert_unknown"),
        ({**good[1], "unit": "示例单位"}, "import_expert_unknown"),
        (row(left), "import_expert_unknown"),
        (good[0], "import_expert_twice"),
        (row(own), "import_expert_of_buyer"),
    ):
        data = {**PAPERS, "paper": office.paper(office.officer), "experts": [*good[:4], last]}
        found = refused(perform, actions.apply_for_import, item, by=office.officer, now=NOW, **data)
        assert code in found, last
        assert found[code].field == "experts" and found[code].citation.instrument == "财库〔2007〕119号"
    assert not ImportApproval.objects.exists()


def test_who_reasoned_does_not_evaluate() -> None:
    """Neither drawn, nor as the buyer's representative, nor when named after the committee was formed."""
    tender = Tender()
    office = Office()
    experts = [make_expert(specialities="法律"), *(make_expert() for _n in range(9))]
    data = {**PAPERS, "paper": office.paper(tender.officer), "experts": [row(post) for post in experts[:5]]}
    tender.do("import_approval.apply", tender.case.plan_item, tender.officer, **data)
    drawable = pool.pool(tender.case, specialities="", now=tender.now)
    assert set(drawable.values_list("person_id", flat=True)) == {post.person_id for post in experts[5:]}
    tender.published()
    tender.bids("900000.00", "910000.00", "920000.00")
    tender.open()
    tender.conclude()
    tender.do("committee.draw", tender.case, tender.runner, evaluates_at=tender.now)
    late = tender.members()[0]
    assert not seats.has_no_interest(late, by=late.post, now=tender.now)
    named = Expert.objects.get(person_id=late.post.person_id)
    ImportExpert.objects.create(approval=ImportApproval.objects.get(), expert=named)
    refusal = seats.has_no_interest(late, by=late.post, now=tender.now)
    assert refusal is not None and refusal.code == "gave_import_opinion"


def test_who_reasoned_does_not_come_in_later_for_the_buyer() -> None:
    """The place of a representative that is away goes to another one, and not to one of those who reasoned."""
    tender, office = Tender(), Office()
    experts = [make_expert(specialities="法律"), *(make_expert() for _n in range(9))]
    data = {**PAPERS, "paper": office.paper(tender.officer), "experts": [row(post) for post in experts[:5]]}
    tender.do("import_approval.apply", tender.case.plan_item, tender.officer, **data)
    tender.published()
    tender.bids("900000.00", "910000.00", "920000.00")
    tender.open()
    tender.conclude()
    buyer = tender.officer.organisation
    away, free = (factories.make_post(Role.EXPERT, buyer) for _n in range(2))
    # Since the opinion one of them has come to work for the buyer.
    reasoned = factories.make_post(Role.EXPERT, buyer, person=experts[1].person)
    tender.do("committee.draw", tender.case, tender.runner, evaluates_at=tender.now, representatives=[away.pk])
    seat = next(member for member in tender.members() if member.post_id == away.pk)
    data = {"reason": "未按时到场", "representative": reasoned.pk}
    told = tender.refused("committee.replace", seat, tender.runner, **data)
    assert set(told) == {"gave_import_opinion"} and told["gave_import_opinion"].field == "representative"
    tender.do("committee.replace", seat, tender.runner, **{**data, "representative": free.pk})


def test_the_treasury_decides_once_with_number_or_reason() -> None:
    office = Office()
    item = office.draft()
    approval = apply(office, item)
    assert set(refused(apply, office, item)) == {"import_application_open"}
    assert Attachment.objects.get(subject=approval.ref).kind == "import_application"
    assert Task.objects.get(root=item.ref, action="import_approval.decide", done_at=None).role == Role.TREASURY

    def decide(**data: Any) -> Any:
        return perform(actions.decide_on_import, ImportApproval.objects.get(), by=office.treasury, now=NOW, **data)

    assert set(refused(decide, decision="approve")) == {"number_missing"}
    assert set(refused(decide, decision="return")) == {"reason_missing"}
    decide(decision="approve", number="兰财采进1号")
    assert set(refused(decide, decision="approve", number="兰财采进2号")) == {"decided"}
    assert not Task.objects.filter(root=item.ref, action="import_approval.decide", done_at=None).exists()
    assert SCOPES[ImportApproval](office.officer, NOW).get().number == "兰财采进1号"
    assert not SCOPES[ImportApproval](None, NOW).exists()


def test_nothing_is_approved_once_the_activity_has_begun() -> None:
    tender = Tender().published()
    office = Office()
    data = {**PAPERS, "experts": reasoners(5), "paper": office.paper(tender.officer)}
    found = refused(perform, actions.apply_for_import, tender.case.plan_item, by=tender.officer, now=tender.now, **data)
    assert set(found) == {"activity_begun"}
