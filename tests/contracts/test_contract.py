"""Does a contract come out of the award as the law wants it, signed, published and filed by the right people?"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.contracts import support
from tests.factories import at
from yangcai.cases.models import Award, Period
from yangcai.contracts import actions
from yangcai.contracts.content import milestones
from yangcai.contracts.models import Contract, ContractItem
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import SandboxClock, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.models import Bid, BidLine, OpenedBid

pytestmark = pytest.mark.django_db


def refused(*args: object, **kwargs: object) -> set[str]:
    with pytest.raises(Refused) as error:
        perform(*args, **kwargs)
    return error.value.codes


def test_the_draft_says_what_solicitation_and_award_say_and_commits_the_money() -> None:
    s = support.scene()
    contract = support.drafted(s)
    assert contract.amount == Decimal("900000.00")
    assert contract.performance_security == Decimal("45000.00")
    assert contract.terms == "按采购文件和投标文件履行"
    assert contract.number == f"{s.case.number}-合1"
    assert [(m.title, m.amount) for m in contract.milestones.all()] == [
        ("预付款", Decimal("270000.00")),
        ("到货款", Decimal("270000.00")),
        ("验收款", Decimal("360000.00")),
    ]
    assert s.contract.committed_fund.balance == Decimal("900000.00")
    assert s.reserved == Decimal("100000.00")


def test_the_lines_come_from_the_bid() -> None:
    s = support.scene(amount="300.00", budget="1000.00")
    envelope = support.document()
    Period.objects.create(
        case=s.case, stage="submission", opens_at=at("2026-02-01T09:00"), closes_at=at("2026-02-25T09:00")
    )
    SandboxClock.objects.create(id=1, at=at("2026-02-20T09:00"))
    bid = Bid.objects.create(
        lot=s.award.lot,
        supplier=s.supplier.organisation,
        envelope=envelope,
        sealed_key="",
        seal_scheme="test",
        receipt="R1",
        submitted_by=s.supplier,
        received_at=support.ANNOUNCED,
    )
    SandboxClock.objects.update(at=support.ANNOUNCED)
    opened = OpenedBid.objects.create(
        lot=s.award.lot,
        bid=bid,
        supplier=s.supplier.organisation,
        price=Decimal("300.00"),
        delivery="15 日内",
        opened_at=support.ANNOUNCED,
    )
    BidLine.objects.create(
        opened_bid=opened, number=1, item="病床", quantity=Decimal(3), unit_price=Decimal(100), amount=Decimal(300)
    )
    contract = support.drafted(s)
    line = ContractItem.objects.get(contract=contract)
    assert (line.item, line.quantity, line.amount) == ("病床", Decimal(3), Decimal("300.00"))
    assert contract.delivery == "15 日内"


def test_a_bid_of_one_sum_gives_no_quantity_and_no_unit_price() -> None:
    s = support.scene(amount="300.00", budget="1000.00")
    support.effective(s)
    line = ContractItem.objects.get(contract=s.contract)
    assert (line.item, line.quantity, line.unit_price) == (s.award.lot.title, None, None)
    assert line.amount == Decimal("300.00")
    facts = Notice.objects.get(kind="contract").facts
    assert [(row["quantity"], row["unit_price"], row["amount"]) for row in facts["items"]] == [("", None, "300.00")]
    assert facts["pricing"]


@given(
    amount=st.decimals(min_value="0.01", max_value="99999999.99", places=2),
    percents=st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=6),
)
def test_milestones_add_up_to_the_cent(amount: Decimal, percents: list[int]) -> None:
    whole = sum(percents)
    shares = [(Decimal(p) * 100 / whole).quantize(Decimal("0.01")) for p in percents[:-1]]
    shares.append(100 - sum(shares, Decimal(0)))
    rows = milestones(amount=amount, terms=[("", share, "acceptance", False) for share in shares])
    assert sum(row["amount"] for row in rows) == amount
    assert all(row["amount"] > 0 for row in rows)
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))


def test_a_performance_security_above_the_cap_is_capped() -> None:
    s = support.scene(performance_security_rate=Decimal("0.20"))
    assert support.drafted(s).performance_security == Decimal("90000.00")


def test_a_small_enterprise_is_never_paid_later_than_the_law_lets_one_agree() -> None:
    assert support.drafted(support.scene(payment_days=90)).payment_days == 60
    assert support.drafted(support.scene(payment_days=90, size="large")).payment_days == 90


def test_no_contract_before_the_announcement() -> None:
    s = support.scene(announced_at=None)
    [refusal] = can(actions.draft_contract, s.award, by=s.officer, now=at("2026-03-09T09:00"))
    assert (refusal.code, refusal.citation.rule) == ("award_not_announced", "award.publish")


def test_one_award_one_contract() -> None:
    s = support.scene()
    support.drafted(s)
    assert refused(actions.draft_contract, s.award, by=s.officer, now=at("2026-03-09T10:00")) == {"contract_exists"}
    assert Contract.objects.count() == 1


def test_a_refused_award_has_no_contract() -> None:
    s = support.scene()
    Award.objects.filter(pk=s.award.pk).update(
        refused_at=at("2026-03-08T09:00"), fall_ground="refused", declared_by=s.supplier
    )
    s.award.refresh_from_db()
    assert refused(actions.draft_contract, s.award, by=s.officer, now=at("2026-03-09T10:00")) == {"award_refused"}


def test_a_taken_number_is_refused() -> None:
    s, other = support.scene(), support.scene()
    number = support.drafted(s).number
    assert refused(
        actions.draft_contract, other.award, by=other.officer, now=at("2026-03-09T10:00"), number=number
    ) == {"contract_number_taken"}


def test_the_contract_stands_with_the_second_signature() -> None:
    s = support.scene()
    contract = support.drafted(s)
    perform(actions.sign_contract, contract, by=s.supplier, now=at("2026-03-10T09:00"))
    assert s.contract.signed_at is None
    assert refused(actions.sign_contract, contract, by=s.supplier, now=at("2026-03-10T10:00")) == {"already_signed"}
    perform(actions.sign_contract, contract, by=s.reviewer, now=at("2026-03-11T09:00"))
    assert s.contract.signed_at == at("2026-03-11T09:00")


def test_another_buyer_and_another_supplier_have_no_standing() -> None:
    s = support.scene()
    contract = support.drafted(s)
    for stranger in (factories.make_supplier(), factories.make_post(Role.BUYER_REVIEWER)):
        assert refused(actions.sign_contract, contract, by=stranger, now=at("2026-03-10T09:00")) == {"not_yours"}


def test_the_drafter_may_not_sign_even_at_another_post() -> None:
    s = support.scene()
    contract = support.drafted(s)
    both = factories.make_post(Role.BUYER_REVIEWER, s.officer.organisation, person=s.officer.person)
    assert refused(actions.sign_contract, contract, by=both, now=at("2026-03-10T09:00")) == {"same_person"}


def test_publishing_and_filing_wait_for_both_signatures_and_happen_once() -> None:
    s = support.scene()
    contract = support.drafted(s)
    assert refused(actions.publish_contract, contract, by=s.officer, now=at("2026-03-10T09:00")) == {
        "contract_not_signed"
    }
    perform(actions.sign_contract, contract, by=s.reviewer, now=at("2026-03-10T09:00"))
    perform(actions.sign_contract, contract, by=s.supplier, now=at("2026-03-10T09:00"))
    done = perform(actions.publish_contract, contract, by=s.officer, now=at("2026-03-11T09:00"))
    [notice] = done.notices
    assert (notice.kind, notice.facts["amount"]) == ("contract", "900000.00")
    perform(actions.file_contract, contract, by=s.officer, now=at("2026-03-11T09:00"))
    assert refused(actions.publish_contract, contract, by=s.officer, now=at("2026-03-11T10:00")) == {
        "already_published"
    }
    assert refused(actions.file_contract, contract, by=s.officer, now=at("2026-03-11T10:00")) == {"already_filed"}


def test_clocks_from_the_letter_to_the_filing() -> None:
    """C20 30 days, C21 2 working days, C22 7 working days; 2026-03-06 is a Friday."""
    s = support.scene()
    perform(ACTIONS["enquiry.ask"], s.case, by=s.supplier, now=at("2026-03-06T11:00"), question="何时签约？")
    draft = Task.objects.get(action="contract.draft", done_at=None)
    assert (draft.clock, draft.organisation_id, draft.due_at) == ("C20", s.case.buyer_id, at("2026-04-08T00:00"))
    support.signed(s)
    due = {t.action: (t.clock, t.due_at) for t in Task.objects.filter(done_at=None, action__startswith="contract.")}
    assert due == {
        "contract.publish": ("C21", at("2026-03-13T00:00")),
        "contract.file": ("C22", at("2026-03-20T00:00")),
        "contract.issue_paper": ("", None),  # the platform's own, by no clock of the law
    }
    perform(actions.publish_contract, s.contract, by=s.officer, now=at("2026-03-11T09:00"))
    assert not Task.objects.filter(action="contract.publish", done_at=None).exists()
