"""Who lets a framework be called for, told by role: the treasury, the unit above, or nobody but its own plan?"""

from dataclasses import replace

import pytest

from tests import factories
from tests.scenarios import agreements, story
from tests.scenarios.agreements import HOUR, FirstStage
from yangcai.cases.models import Lot
from yangcai.frameworks.models import FrameworkApproval
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.replay.published import CaseFile

pytestmark = pytest.mark.django_db
SCHEME = {"scheme": "需求调查、最高限制单价依据、评审方法、淘汰比例和第二阶段方式"}


def services(name: str) -> CaseFile:
    """A service for the unit's own administration, off the catalogue."""
    bids = [story.bid(bidder, price) for bidder, price in agreements.PRICES]
    lot = replace(
        story.lot("1", [replace(bid, prefer="") for bid in bids], budget="1500000.00", method="lowest"),
        ceiling=agreements.file().lots[0].ceiling,
    )
    told = story.purchase(lot, category="services", method="framework", grounds="framework.administration")
    return replace(told, id=name, agent=None)


def prepared(file: CaseFile, *, parent: Organisation | None = None, allows_outside: bool = True) -> FirstStage:
    """As far as the terms: nothing is asked of anybody yet."""
    tale = agreements.begin(file, until="plan")
    officer, at = tale.people.officer, tale.at("invitation") - 2 * HOUR
    Organisation.objects.filter(pk=officer.organisation_id).update(parent=parent)
    item = PlanItem.objects.get(pk=tale.plan_item.pk)
    tale.case = tale.do("case.open", item, officer, at, ceiling="5000.00")
    if tale.people.agent:
        mandate = {"agent": tale.people.agent.organisation, "mandate": "征集", "fee": "不收费"}
        tale.do("agent.appoint", tale.case, officer, at, **mandate)
    lot = Lot.objects.get(case=tale.case)
    terms = {**agreements.TERMS, "allows_outside": allows_outside}
    tale.do("framework.define", lot, tale.people.runner, at, **terms)
    return tale


def codes(tale: FirstStage, code: str, by: Post) -> dict[str, str]:
    """Refusal -> article, of an Action on the case."""
    at = tale.at("invitation") - HOUR
    refused = can(ACTIONS[code], tale.refreshed(), by=by, now=at)
    return {one.code: one.citation.article if one.citation else "" for one in refused}


def test_what_the_central_agency_calls_for_the_treasury_examines(world: None) -> None:
    """110号令 art. 8: 报本级财政部门审核后实施."""
    tale = prepared(agreements.file(name="目录内"))
    people, at = tale.people, tale.at("invitation") - HOUR
    assert people.agent is not None and people.agent.organisation.kind == OrganisationKind.CENTRAL_AGENT
    assert codes(tale, "solicitation.confirm", people.reviewer)["scheme_not_approved"] == "第八条"
    assert "framework_approval.apply" in tale.waiting(people.agent)
    asked = tale.do("framework_approval.apply", tale.case, people.agent, at, **SCHEME)
    assert "scheme_open" in codes(tale, "framework_approval.apply", people.agent)
    asked = FrameworkApproval.objects.get(pk=asked.pk)
    assert tale.task("framework_approval.decide").role == Role.TREASURY
    # Its own reviewer does not stand for the treasury.
    assert can(ACTIONS["framework_approval.decide"], asked, by=people.reviewer, now=at)
    silent = tale.refused("framework_approval.decide", asked, people.treasury, at, decision="return")
    assert set(silent) == {"reason_missing"}
    tale.do("framework_approval.decide", asked, people.treasury, at, decision="return", reason="限价偏高")
    again = FrameworkApproval.objects.get(
        pk=tale.do("framework_approval.apply", tale.case, people.agent, at, **SCHEME).pk
    )
    tale.do("framework_approval.decide", again, people.treasury, at, decision="approve", number="新财采〔2026〕1号")
    assert "scheme_not_approved" not in codes(tale, "solicitation.confirm", people.reviewer)
    assert "decided" in tale.refused("framework_approval.decide", again.__class__.objects.get(pk=again.pk),
                                     people.treasury, at, decision="approve")  # fmt: skip


def test_what_was_approved_is_what_is_called_for(world: None) -> None:
    tale = prepared(agreements.file(name="改了条款"))
    people, at = tale.people, tale.at("invitation") - HOUR
    assert people.agent is not None
    asked = tale.do("framework_approval.apply", tale.case, people.agent, at, **SCHEME)
    asked = FrameworkApproval.objects.get(pk=asked.pk)
    tale.do("framework_approval.decide", asked, people.treasury, at, decision="approve")
    longer = {**agreements.TERMS, "months": 12}
    tale.do("framework.define", tale.lot, people.agent, at, **longer)
    assert codes(tale, "solicitation.confirm", people.reviewer)["scheme_differs"] == "第八条"
    tale.do("framework.define", tale.lot, people.agent, at, **agreements.TERMS)
    assert "scheme_differs" not in codes(tale, "solicitation.confirm", people.reviewer)


def test_the_main_budget_unit_files_its_plan_and_asks_nobody(world: None) -> None:
    tale = prepared(services("主管单位"), allows_outside=False)
    people = tale.people
    assert "scheme_not_approved" not in codes(tale, "solicitation.confirm", people.reviewer)
    assert codes(tale, "framework_approval.apply", people.officer) == {"approval_not_needed": "第八条"}


def test_a_unit_below_asks_the_unit_above(world: None) -> None:
    """110号令 art. 5: 其他预算单位确有需要的，经其主管预算单位批准."""
    above = factories.make_organisation(name="示例主管局")
    chief = factories.make_post(Role.BUYER_REVIEWER, above)
    tale = prepared(services("下属单位"), parent=above, allows_outside=False)
    people, at = tale.people, tale.at("invitation") - HOUR
    assert codes(tale, "solicitation.confirm", people.reviewer)["scheme_not_approved"] == "第五条"
    asked = FrameworkApproval.objects.get(
        pk=tale.do("framework_approval.apply", tale.case, people.officer, at, **SCHEME).pk
    )
    refused = {r.code for r in can(ACTIONS["framework_approval.decide"], asked, by=people.treasury, now=at)}
    assert refused == {"not_whose_decision_it_is"}
    tale.do("framework_approval.decide", asked, chief, at, decision="approve")
    assert "scheme_not_approved" not in codes(tale, "solicitation.confirm", people.reviewer)
    Organisation.objects.filter(pk=people.officer.organisation_id).update(parent=None)
