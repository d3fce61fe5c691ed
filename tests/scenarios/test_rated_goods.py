"""How does a rated purchase of goods with an advance go, from the budget line to its closing, seen by every role?"""

from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import ADVANCE, DAY, FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award
from yangcai.contracts.models import Contract, Milestone
from yangcai.tendering.models import AwardLetter, EvaluationReport, OpenedBid

pytestmark = pytest.mark.django_db

#: The price in words is lower than in figures: the words stand (87号令 art. 59(2)).
IN_WORDS = {"price_in_words": "玖拾壹万元整"}


@pytest.fixture(scope="module")
def signed(world: None) -> Story:
    """One small bidder, one large, one medium that contradicts itself; the contract is signed, its advance paid."""
    bids = [story.bid(FIRST, "950000.00"), story.bid(SECOND, "930000.00"), story.bid(THIRD, "940000.00")]
    file = story.purchase(story.lot("1", bids, budget="1000000.00"))
    return story.begin(file, until="contract", terms=ADVANCE, in_bids={THIRD[0]: IN_WORDS})


def test_the_committee_corrects_prices_and_favours_the_small(signed: Story) -> None:
    # The third bidder wrote 940,000 in figures and 910,000 in words: it confirmed the corrected price.
    corrected = OpenedBid.objects.get(lot=signed.lot, supplier__name=THIRD[0])
    assert (corrected.price, corrected.corrected_price) == (Decimal("940000.00"), Decimal("910000.00"))
    assert corrected.correction_confirmed is True
    # The small bidder is compared at 950,000 less 10 %: the lowest price of all, thus full marks for it.
    result = EvaluationReport.objects.get(lot=signed.lot).result["bids"]
    opened = {o.supplier.name: result[str(o.pk)] for o in OpenedBid.objects.filter(lot=signed.lot)}
    assert Decimal(opened[FIRST[0]]["evaluated_price"]) == Decimal("855000")
    assert Decimal(opened[FIRST[0]]["price_score"]) == 30
    assert Decimal(opened[THIRD[0]]["price_score"]) == Decimal("28.19")  # 855 / 910 × 30
    assert Decimal(opened[SECOND[0]]["price_score"]) == Decimal("27.58")  # 855 / 930 × 30
    # But it is paid what it asked.
    award = Award.objects.get(lot=signed.lot)
    assert (award.supplier.name, award.amount) == (FIRST[0], Decimal("950000.00"))


@pytest.mark.long
def test_every_loser_learns_its_own_score_and_reason(signed: Story) -> None:
    letters = {letter.supplier.name: letter for letter in AwardLetter.objects.filter(lot=signed.lot)}
    assert set(letters) == {FIRST[0], SECOND[0], THIRD[0]}
    assert letters[FIRST[0]].is_winner and letters[FIRST[0]].rank == 1
    for loser in (SECOND[0], THIRD[0]):
        letter = letters[loser]
        assert not letter.is_winner
        assert letter.score is not None and letter.score < letters[FIRST[0]].score
        assert letter.rank in (2, 3) and letter.reason


def test_the_public_has_seen_every_notice(signed: Story) -> None:
    assert signed.notices() == ["invitation", "award", "contract"]
    # The intention belongs to the budget line: it was published before there was a case.
    assert signed.notices(case=signed.appropriation.intentions.get().root) == ["intention"]


@pytest.mark.long
def test_after_the_advance_the_money_stands_where_it_should(signed: Story) -> None:
    # 950,000 of the million are under contract, of which 30 % are paid; 50,000 stay reserved.
    assert signed.money == ("0", "50000", "665000", "285000")
    at = signed.at("contract") + DAY
    assert signed.lamps(at) == "on on on off"
    # On the supplier's desk: to deliver. On the buyer's: nothing that could be paid.
    assert "delivery.report" in signed.waiting(signed.supplier(FIRST))
    assert signed.waiting(signed.people.payer) == set()


def test_acceptance_payment_and_closing(signed: Story) -> None:
    signed.acceptance()
    assert signed.lamps(signed.at("acceptance") + DAY) == "on on on on"
    assert signed.money == ("0", "50000", "665000", "285000")  # accepted is not paid
    assert "invoice.submit" in signed.waiting(signed.supplier(FIRST))
    signed.payment()
    # All is paid; what was reserved and not needed is available again.
    assert signed.money == ("50000", "0", "0", "950000")
    assert signed.lamps(signed.at("payment") + DAY) == "closed closed closed closed"
    assert signed.refreshed().end_kind == "closed"
    assert signed.notices() == [
        "invitation",
        "award",
        "contract",
    ]  # an acceptance is announced where the public is served
    # Nobody has anything left to do.
    everybody = [signed.people.officer, signed.people.reviewer, signed.people.agent, signed.people.payer]
    assert [signed.waiting(post) for post in [*everybody, signed.supplier(FIRST)]] == [set()] * 5


# --- what the contract does not allow ------------------------------------------------------------------------------


def test_a_supplement_beyond_a_tenth_is_refused_one_within_is_not(signed: Story) -> None:
    contract, at = Contract.objects.get(case=signed.case), signed.at("contract") + DAY
    officer = signed.people.officer
    terms = {
        "is_supplement": True,
        "clause": "数量",
        "content": "追加同类设备",
        "reason": "需要增加",
        "signed_on": at.date(),
        "document": signed.driver.file("补充合同.pdf", b"%PDF-1.4\n", by=officer, at=at),
    }
    refusals = signed.refused("contract.amend", contract, officer, at, amount_change=Decimal("95000.01"), **terms)
    assert refusals["supplement_too_large"].citation.article == "第四十九条"
    # A tenth would be lawful, but only 50,000 are reserved: no budget, no purchase.
    refusals = signed.refused("contract.amend", contract, officer, at, amount_change=Decimal("95000.00"), **terms)
    assert set(refusals) == {"reservation_too_small"}
    amendment = signed.do("contract.amend", contract, officer, at, amount_change=Decimal("50000.00"), **terms)
    signed.do("amendment.publish", amendment, officer, at)
    assert signed.money == ("0", "0", "715000", "285000")
    assert signed.notices()[-1] == "contract_change"


def test_nothing_is_paid_before_acceptance_and_nothing_closed_unsettled(signed: Story) -> None:
    contract, at = Contract.objects.get(case=signed.case), signed.at("contract") + DAY
    officer, supplier = signed.people.officer, signed.supplier(FIRST)
    balance = Milestone.objects.get(contract=contract, due_on="acceptance")
    bill = {"number": "示例-0002", "amount": balance.amount, "issued_on": at.date()}
    invoice = signed.do("invoice.submit", balance, supplier, at, **bill)
    # 无验收: the invoice is there, the acceptance is not.
    assert "milestone_not_met" in signed.refused("payment.request", invoice, officer, at)
    assert "no_final_acceptance" in signed.refused("contract.close", contract, officer, at)
    signed.acceptance()
    later = signed.at("acceptance") + DAY
    # 无验收不结项, and with the acceptance still not while an invoice is unpaid.
    assert "unsettled" in signed.refused("contract.close", contract, officer, later)
    assert signed.money == ("0", "50000", "665000", "285000")
