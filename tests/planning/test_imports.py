"""Are imported products asked for with the papers of the law, approved by the treasury, and nothing bought without?"""

from typing import Any

import pytest

from tests.planning.office import NOW, Office, refused
from tests.tendering.walk import Tender
from yangcai.kernel.actions import SCOPES, perform
from yangcai.kernel.models import Attachment, Task
from yangcai.parties.roles import Role
from yangcai.planning import actions
from yangcai.planning.models import ImportApproval, PlanItem

pytestmark = pytest.mark.django_db

PAPERS = {
    "products": "光谱仪 1 台", "policy": "other", "reason": "国内没有同类产品", "authority_opinion": "同意",
    "experts": 5, "lawyers": 1, "opinion": "技术指标国内产品不能满足",
}  # fmt: skip


def apply(office: Office, item: PlanItem, **changes: Any) -> ImportApproval:
    data = {**PAPERS, "paper": office.paper(office.officer), **changes}
    return perform(actions.apply_for_import, item, by=office.officer, now=NOW, **data).value


#: What is missing; what is said, and at which field.
TABLE = [
    ({}, set()),
    ({"experts": 4}, {("import_experts_too_few", "experts")}),
    ({"experts": 6}, {("import_experts_too_few", "experts")}),
    ({"experts": 7}, set()),
    ({"lawyers": 0}, {("import_lawyer_missing", "lawyers")}),
    ({"opinion": ""}, {("import_papers_missing", "opinion")}),
    ({"policy": "restricted", "authority_opinion": ""}, {("import_papers_missing", "authority_opinion")}),
    # For what the state encourages the policy itself is enough.
    ({"policy": "encouraged", "authority_opinion": "", "experts": None, "lawyers": None, "opinion": ""}, set()),
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
    data = {**PAPERS, "paper": office.paper(tender.officer)}
    found = refused(perform, actions.apply_for_import, tender.case.plan_item, by=tender.officer, now=tender.now, **data)
    assert set(found) == {"activity_begun"}
