"""How are contracts called off under a framework agreement, told by role: chosen, competed for once more, in turn?"""

from copy import copy
from decimal import Decimal

import pytest

from tests import factories
from tests.challenges.support import LETTER, about
from tests.portal.test_notices import check
from tests.scenarios import agreements
from tests.scenarios.agreements import DAY, HOUR, Buyer, FirstStage
from tests.scenarios.story import FIFTH, FIRST, FOURTH, SECOND, THIRD
from yangcai import procedures
from yangcai.cases.models import Award, Candidate, Case, CaseEnd, Stage
from yangcai.challenges import objections
from yangcai.challenges.queries import visible_objections
from yangcai.contracts.models import Contract, ContractItem
from yangcai.controls.lamps import lamps
from yangcai.credit.models import Debarment
from yangcai.frameworks.actions.call_off import OfFramework, TakeTurn
from yangcai.frameworks.actions.mini_competition import InviteEntrants
from yangcai.frameworks.models import CallOff, Entrant
from yangcai.frameworks.rules.call_off import own_limit
from yangcai.funds.models import Fund
from yangcai.funds.queries import balances, check_funds
from yangcai.kernel import documents, tasks
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Entry, Task
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.portal.models import Notice
from yangcai.replay.driver import move_to
from yangcai.tendering import preflight
from yangcai.tendering.models import AwardLetter, Invitee
from yangcai.www.work import own, timeline, trail
from yangcai.www.work.files import readable

pytestmark = pytest.mark.django_db

RELEASE = "plan.release_unsuccessful_lots"
DIRECT, MINI, ROTATION = "call_off_direct", "call_off_mini_competition", "call_off_rotation"


@pytest.fixture(scope="module")
def beginning(world: None) -> FirstStage:
    """Four entrants, signed, filed and told: 乙 4500, 丙 4600, 丁 4700, 甲 4800."""
    tale = agreements.begin(agreements.file(), until="opening")
    tale.enter()
    return tale


@pytest.fixture
def agreed(beginning: FirstStage) -> FirstStage:
    return copy(beginning)


@pytest.fixture
def unit(agreed: FirstStage) -> Buyer:
    """Another unit than the convener, a week after the agreements."""
    at = agreed.moment(64) + 7 * DAY
    move_to(at)
    return agreements.buyer(at)


@pytest.mark.long
def test_a_direct_choice_goes_through_to_payment(agreed: FirstStage, unit: Buyer) -> None:
    plan = unit.plan(DIRECT)
    tasks.refresh(plan, now=unit.at)
    assert Task.objects.get(root=plan.ref, action="call_off.choose", done_at=None).organisation_id == plan.buyer_id
    case = unit.do("call_off.choose", plan, entrant=agreed.entrant(FOURTH).pk, quantity="20", need="台式计算机 20 台")
    award = Award.objects.get(lot__case=case)
    # 协议单价 × 数量: 4700 × 20.
    assert (award.supplier.name, award.amount) == (FOURTH[0], Decimal("94000.00"))
    assert agreements.of(case).procedure == DIRECT
    notice = Notice.objects.get(root=case.ref, kind="call_off")
    check(notice)
    assert (notice.facts["way"], notice.facts["amount"]) == ("直接选定", "94000.00")
    assert [row["unit_price"] for row in notice.facts["items"]] == ["4700.00"]
    # The contract: as any other, with its quantity; its money comes from the plan of this buyer.
    contract = unit.do("contract.draft", award)
    (line,) = ContractItem.objects.filter(contract=contract)
    assert (line.quantity, line.unit_price, line.amount) == (Decimal(20), Decimal("4700.00"), Decimal("94000.00"))
    found = balances(plan.appropriation)
    assert (found.reserved, found.committed) == (Decimal("6000.00"), Decimal("94000.00"))
    supplier = agreed.supplier(FOURTH)
    unit.do("contract.sign", contract, unit.reviewer)
    unit.do("contract.sign", contract, supplier)
    unit.do("contract.publish", contract)
    unit.do("contract.file", contract)
    assert Contract.objects.get(pk=contract.pk).signed_at is not None
    assert [lamp.state for lamp in lamps(agreements.of(case), now=unit.at)][:3] == ["on", "on", "on"]
    assert check_funds() == []


def test_where_nothing_is_opened_an_objection_waits_for_no_opening(agreed: FirstStage, unit: Buyer) -> None:
    """Those who oversee learn of it while the call-off runs: no offers are secret in it (87号令 art. 28)."""
    case = unit.do("call_off.choose", unit.plan(DIRECT), entrant=agreed.entrant(FOURTH).pk, quantity="20", need="20 台")
    supplier, at = agreed.supplier(FOURTH), unit.at + 3 * DAY
    move_to(at)
    raised = agreed.do("objection.raise", case, supplier, at, **LETTER, about=about(case, supplier, "result", at))
    proof = documents.store_bytes(data="业绩证明".encode(), name="证明.txt")
    documents.attach(proof, to=raised, title="证明", kind=objections.EVIDENCE, by=supplier, now=at)
    treasury = factories.make_post(Role.TREASURY)
    assert [one.pk for one in visible_objections(treasury, at)] == [raised.pk]
    assert proof.pk in readable(agreements.of(case), post=treasury, now=at).values_list("document_id", flat=True)
    written = Entry.objects.filter(root=case.ref, action="objection.raise")
    assert list(trail.entries({"action": "objection.raise"}).filter(root=case.ref)) == list(written) != []
    of_case = agreements.of(case)
    assert timeline.is_open(of_case)
    lines = timeline.entries([case.ref], post=treasury, is_open=timeline.is_open(of_case))
    assert lines.filter(action="objection.raise").exists()


def test_only_entrants_and_only_within_the_plan(agreed: FirstStage, unit: Buyer) -> None:
    plan = unit.plan(DIRECT, "50000.00")
    dear = unit.refused("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, quantity="12")
    assert dear["over_budget"].citation is not None
    # Who was eliminated is no entrant and is not offered.
    assert not Entrant.objects.filter(supplier__name=FIFTH[0]).exists()
    # Nor is who was removed.
    because = {"ground": "not_performed", "reason": "逾期未交付，经催告仍未履行"}
    agreed.do("entrant.remove", agreed.entrant(SECOND), agreed.people.runner, unit.at, **because)
    gone = unit.refused("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, quantity="5")
    assert gone and all(r.field == "entrant" for r in gone.values())
    # A call-off has no file of its own, so its case is not opened as others are.
    refused = unit.refused("case.open", plan)
    assert refused["call_off_instead"].citation is not None
    # Another way is another plan.
    other = unit.refused("call_off.take_turn", plan, framework=agreed.agreement.pk, quantity="1")
    assert other["plan_goes_another_way"].citation is not None
    assert other["plan_goes_another_way"].citation.article == "第三十四条"


def test_without_money_nothing_is_called_off(agreed: FirstStage, unit: Buyer) -> None:
    """无预算不采购."""
    plan = unit.plan(DIRECT, approved=False)
    refused = unit.refused("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, quantity="1")
    assert {"plan_not_filed", "not_funded"} <= set(refused)
    assert refused["not_funded"].citation is not None


@pytest.mark.long
def test_one_call_off_for_a_plan_and_another_after_a_refusal(agreed: FirstStage, unit: Buyer) -> None:
    plan = unit.plan(DIRECT)
    case = unit.do("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, quantity="20")
    assert "case_exists" in unit.refused("call_off.choose", plan, entrant=agreed.entrant(THIRD).pk, quantity="1")
    award = Award.objects.get(lot__case=case)
    unit.do("award.refuse", award, agreed.supplier(SECOND), reason="产品停产")
    assert agreements.of(case).end_kind == CaseEnd.UNSUCCESSFUL
    assert Fund.objects.get(pk=plan.reserved_fund_id).balance == plan.amount
    # Whoever asks to procure the ended case again, to open another or to release something is told the way there is.
    for code, subject in (("case.retender", agreements.of(case)), ("case.open", plan), (RELEASE, plan)):
        (told,) = unit.refused(code, subject).values()
        assert told.code == "call_off_instead" and "“框架协议成交（直接选定）”" in told.zh, told.zh
    # The plan is back on its buyer's desk, and nobody is told to procure the ended case again.
    waiting = Task.objects.filter(root=plan.ref, done_at=None).values_list("action", flat=True)
    assert list(waiting) == ["call_off.choose"]
    again = unit.do("call_off.choose", plan, entrant=agreed.entrant(THIRD).pk, quantity="20")
    assert not Task.objects.filter(root=plan.ref, done_at=None).exists()
    assert Award.objects.get(lot__case=again).supplier.name == THIRD[0]


def test_an_entrants_refusal_that_its_buyer_proved_ends_the_call_off_too(agreed: FirstStage, unit: Buyer) -> None:
    """110号令 art. 19(3), 条例 art. 49: with the entrant's letter and a second person of the buyer."""
    plan = unit.plan(DIRECT)
    case = unit.do("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, quantity="20")
    award = Award.objects.get(lot__case=case)
    letter = documents.store_bytes(
        data=b"%PDF-1.7 no", name="拒签函.pdf", person_id=unit.officer.person_id, now=unit.at
    )
    unit.do("award.report_refusal", award, evidence="letter", reason="产品停产", proof=letter)
    assert agreements.of(case).end_kind == ""
    unit.do("award.confirm_annulment", award, unit.reviewer, answer="与来函原件一致")
    assert agreements.of(case).end_kind == CaseEnd.UNSUCCESSFUL


def test_rotation_goes_round(agreed: FirstStage, unit: Buyer) -> None:
    """110号令 art. 34: everybody once in a round, in the order of the entry, whoever buys."""
    order = []
    for n in range(6):
        buyer = agreements.buyer(unit.at) if n % 2 else unit
        case = buyer.do(
            "call_off.take_turn", buyer.plan(ROTATION, "10000.00"), framework=agreed.agreement.pk, quantity=2
        )
        order.append(Award.objects.get(lot__case=case).supplier.name)
    assert order == [SECOND[0], THIRD[0], FOURTH[0], FIRST[0], SECOND[0], THIRD[0]]
    # A refused turn is used up; who was removed is passed over.
    case = unit.do("call_off.take_turn", unit.plan(ROTATION, "10000.00"), framework=agreed.agreement.pk, quantity=2)
    assert Award.objects.get(lot__case=case).supplier.name == FOURTH[0]
    unit.do("award.refuse", Award.objects.get(lot__case=case), agreed.supplier(FOURTH), reason="产能不足")
    because = {"ground": "refuses", "reason": "无正当理由拒绝"}
    agreed.do("entrant.remove", agreed.entrant(FIRST), agreed.people.runner, unit.at, **because)
    case = unit.do("call_off.take_turn", unit.plan(ROTATION, "10000.00"), framework=agreed.agreement.pk, quantity=2)
    assert Award.objects.get(lot__case=case).supplier.name == SECOND[0]
    assert Notice.objects.get(root=case.ref, kind="call_off").facts["way"] == "顺序轮候"


def test_the_buyer_reads_whose_turn_it_is_before_it_is_published(agreed: FirstStage, unit: Buyer) -> None:
    def offered(kind: type[OfFramework], procedure: str) -> list[str]:
        form = kind(subject=unit.plan(procedure, "10000.00"), by=unit.officer, now=unit.at)
        return [str(label) for _value, label in form.fields["framework"].choices][1:]  # type: ignore[attr-defined]

    assert offered(TakeTurn, ROTATION) == ["示例采购项目 第 1 包 · 轮到 示例乙公司 · 4,500.00 元/台"]
    assert offered(InviteEntrants, MINI) == ["示例采购项目 第 1 包 · 入围 4 家 · 4,500.00–4,800.00 元/台"]
    unit.do("call_off.take_turn", unit.plan(ROTATION, "10000.00"), framework=agreed.agreement.pk, quantity=2)
    assert "轮到 示例丙公司" in offered(TakeTurn, ROTATION)[0]


def test_whose_turn_it_is_must_be_affordable(agreed: FirstStage, unit: Buyer) -> None:
    plan = unit.plan(ROTATION, "10000.00")
    refused = unit.refused("call_off.take_turn", plan, framework=agreed.agreement.pk, quantity=3)
    assert refused["over_budget"].field == "quantity"


def test_a_second_competition(agreed: FirstStage, unit: Buyer) -> None:
    """110号令 art. 33: all entrants are invited, the agreement price is the ceiling, the lowest wins."""
    plan, closes = unit.plan(MINI), unit.at + 2 * DAY
    now = unit.refused("call_off.invite", plan, framework=agreed.agreement.pk, quantity=20, closes_at=unit.at)
    assert now["no_time_to_answer"].citation is not None
    case = unit.do("call_off.invite", plan, framework=agreed.agreement.pk, quantity=20, closes_at=closes)
    lot = case.lots.get()
    assert agreements.of(case).stage_at(unit.at) == Stage.SUBMISSION
    waiting = Task.objects.filter(root=case.ref, action="bid.submit", done_at=None)
    assert waiting.count() == 4
    # One figure for each: 丁 reads 4700 × 20 in its invitation, its pre-flight says so, and nobody reads another's.
    assert lot.ceiling is None
    for price, verdict in (("94000.00", "pass"), ("94000.01", "fail")):
        checks = preflight.check(
            lot,
            supplier=agreed.supplier(FOURTH).organisation,
            offer={"price": Decimal(price)},
            met=frozenset(),
            now=unit.at,
        )
        (said,) = [one for one in checks if one.code in {"within_limit", "above_ceiling"}]
        assert (said.verdict.value, "94,000.00" in said.zh) == (verdict, True)
    assert own_limit(lot, agreed.supplier(FIRST).organisation) == Decimal("96000.00")
    form = ACTIONS["bid.submit"].input(subject=lot, by=agreed.supplier(FOURTH), now=unit.at)
    assert "94,000.00" in str(form.fields["price"].help_text)
    # What was settled on entering is not asked again, and nothing is cited that only a tender knows.
    assert not {"partners", "makers", "preference", "brand", "has_imports", "consumables"} & set(form.fields)
    bound = procedures.binding(ACTIONS["bid.submit"].cites, procedure=MINI)
    assert set(bound) == {"framework.mini_competition"}
    # Who is no entrant cannot offer.
    stranger = agreed.supplier(FIFTH)
    refused = {r.code: r for r in can(ACTIONS["bid.submit"], lot, by=stranger, now=unit.at)}
    assert refused["documents_not_obtained"].citation is not None
    offers = {SECOND: "89000.00", THIRD: "88000.00", FOURTH: "94000.01", FIRST: "90000.00"}
    for bidder, price in offers.items():
        offer = {"price": price, "commitment": True}
        unit.do("bid.submit", lot, agreed.supplier(bidder), **offer)
    early = unit.refused("opening.begin", case)
    assert "wrong_stage" in early
    move_to(closes + HOUR)
    unit.at = closes + HOUR
    unit.do("opening.begin", case)
    unit.do("opening.conclude", case)
    assert Task.objects.filter(root=case.ref, action="call_off.conclude", done_at=None).exists()
    # There is no committee, and no other decision.
    assert "framework_has_its_own_way" in unit.refused("award.determine", lot, unit.reviewer)
    unit.do("call_off.conclude", lot)
    award = Award.objects.get(lot=lot)
    assert (award.supplier.name, award.amount) == (THIRD[0], Decimal("88000.00"))
    # 丁 asked a cent more than 4700 × 20: void, whatever the others asked.
    ranked = Candidate.objects.filter(lot=lot).order_by("rank").values_list("supplier__name", flat=True)
    assert list(ranked) == [THIRD[0], SECOND[0], FIRST[0]]
    # Each entrant read its own ceiling in its invitation, and is told why its price did not count.
    invited = Invitee.objects.get(case=case, supplier__name=FOURTH[0])
    assert (invited.get_source_display(), "94,000.00 元" in invited.reason) == ("入围供应商", True)
    told = {letter.supplier.name: letter.reason for letter in AwardLetter.objects.filter(lot=lot)}
    assert "报价无效" in told[FOURTH[0]] and told[SECOND[0]] == "报价不是最低"
    assert Notice.objects.get(root=case.ref, kind="call_off").facts["amount"] == "88000.00"
    contract = unit.do("contract.draft", award)
    assert ContractItem.objects.get(contract=contract).unit_price == Decimal("4400.00")


def test_who_is_debarred_by_then_wins_no_second_competition(agreed: FirstStage, unit: Buyer) -> None:
    """As in direct choice and in rotation (财库〔2016〕125号): the next lowest has it, and the other is told."""
    closes = unit.at + 2 * DAY
    case = unit.do("call_off.invite", unit.plan(MINI), framework=agreed.agreement.pk, quantity=20, closes_at=closes)
    lot = case.lots.get()
    for bidder, price in ((SECOND, "88000.00"), (THIRD, "89000.00")):
        unit.do("bid.submit", lot, agreed.supplier(bidder), price=price, commitment=True)
    Debarment.objects.create(
        organisation=agreed.supplier(SECOND).organisation,
        ground="procurement",
        authority="示例财政局",
        decision="示例财罚〔2026〕9号",
        from_on=closes.date(),
    )
    move_to(closes + HOUR)
    unit.at = closes + HOUR
    unit.do("opening.begin", case)
    unit.do("opening.conclude", case)
    unit.do("call_off.conclude", lot)
    award = Award.objects.get(lot=lot)
    assert (award.supplier.name, award.amount) == (THIRD[0], Decimal("89000.00"))
    assert "不得参加政府采购活动" in AwardLetter.objects.get(lot=lot, supplier__name=SECOND[0]).reason


def test_an_agreement_that_is_over_gives_nothing_and_is_summed_up(agreed: FirstStage, unit: Buyer) -> None:
    for bidder, quantity in ((SECOND, 10), (THIRD, 5)):
        unit.do("call_off.choose", unit.plan(DIRECT), entrant=agreed.entrant(bidder).pk, quantity=quantity)
    runner = agreed.people.runner
    early = unit.refused("framework.summarise", agreed.agreement, runner)
    summed_up = {"action": "framework.summarise", "root": agreed.case.ref}
    assert not tasks.of_post(runner, now=unit.at).filter(**summed_up).exists()  # half a year early
    assert early["term_not_over"].citation is not None and early["term_not_over"].citation.article == "第三十五条"
    assert agreed.agreement.ends_on is not None
    unit.at = unit.at.replace(month=unit.at.month + 7, day=26)
    move_to(unit.at)
    assert tasks.of_post(runner, now=unit.at).filter(**summed_up).exists()
    plan = unit.plan(DIRECT)
    gone = unit.refused("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, quantity=1)
    assert gone and {refusal.field for refusal in gone.values()} == {"entrant"}
    unit.do("framework.summarise", agreed.agreement, runner)
    summary = Notice.objects.get(root=agreed.case.ref, kind="framework_summary")
    check(summary)
    totals = {row["supplier"]: (row["count"], row["amount"]) for row in summary.facts["totals"]}
    assert totals[SECOND[0]] == ("1", "45000.00") and totals[FIRST[0]] == ("0", "0")
    assert summary.facts["amount"] == "68000.00"
    assert Case.objects.get(pk=agreed.case.pk).end_kind == CaseEnd.CLOSED


def test_every_call_off_knows_its_agreement(agreed: FirstStage, unit: Buyer) -> None:
    plan: PlanItem = unit.plan(DIRECT)
    case = unit.do("call_off.choose", plan, entrant=agreed.entrant(SECOND).pk, quantity=1)
    found = CallOff.objects.get(lot__case=case)
    assert (found.framework, found.way) == (agreed.agreement, DIRECT)
    assert [period.stage for period in case.periods.all()] == [Stage.AWARD]
    # Whom it was given to never asked for it, and finds it among its own.
    assert case in own.cases(agreed.supplier(SECOND), now=unit.at)
    assert case not in own.cases(agreed.supplier(THIRD), now=unit.at)
