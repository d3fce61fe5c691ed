"""Does the preference for domestic products reach from the document to the award, and nothing beyond the evaluation?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from tests.www.support import at_desk, text_of
from yangcai.cases.models import Award
from yangcai.contracts.models import Contract
from yangcai.portal.models import Notice
from yangcai.tendering.models import AwardLetter, EvaluationReport, OpenedBid, Solicitation

pytestmark = pytest.mark.django_db

DOMESTIC = {"is_domestic": True}
#: Of several products: 79.99 per cent of the cost is not enough.
TOO_LITTLE = {"is_domestic": True, "domestic_share": "0.7999"}
PRICES = {FIRST: "990000.00", SECOND: "700000.00", THIRD: "720000.00"}


def told(in_bids: dict[str, dict[str, object]], *, until: str, name: str) -> Story:
    bids = [story.bid(who, price) for who, price in PRICES.items()]
    lot = story.lot("1", bids, budget="1000000.00", method="lowest", price_preference={"small_micro": Decimal("0.10")})
    return story.begin(replace(story.purchase(lot), id=name), until=until, in_bids=in_bids)


def evaluated(tale: Story) -> dict[str, str]:
    result = EvaluationReport.objects.get(lot=tale.lot).result["bids"]
    return {bid.supplier.name: result[str(bid.pk)]["evaluated_price"] for bid in OpenedBid.objects.filter(lot=tale.lot)}


@pytest.fixture(scope="module")
def mixed(world: None) -> Story:
    """A small enterprise with a domestic product, a large one with another, a medium one with too little domestic."""
    return told({FIRST[0]: DOMESTIC, THIRD[0]: TOO_LITTLE}, until="contract", name="本国产品示例")


def test_both_deductions_are_of_the_original_price_and_that_decides(mixed: Story) -> None:
    """990,000 less 99,000 and 198,000. One after the other they would leave 712,800, and the other would win."""
    assert Solicitation.objects.get(case=mixed.case).domestic_rate == Decimal("0.20")  # by the law, unasked
    assert evaluated(mixed) == {FIRST[0]: "693000.00", SECOND[0]: "700000.00", THIRD[0]: "720000.00"}
    award = Award.objects.get(lot=mixed.lot)
    assert (award.supplier.name, award.amount) == (FIRST[0], Decimal("990000.00"))
    assert Contract.objects.get(case=mixed.case).amount == Decimal("990000.00")


@pytest.mark.long
def test_the_notices_say_what_is_granted_and_to_whom_it_was(mixed: Story, client: Client) -> None:
    invitation = Notice.objects.get(root=mixed.case.ref, kind="invitation")
    assert invitation.facts["preferences"] == "小微企业 10%；本国产品 20%"
    award = Notice.objects.get(root=mixed.case.ref, kind="award")
    assert award.facts["domestic"] == f"《关于符合本国产品标准的声明函》：{FIRST[0]}，价格扣除 20%"
    assert award.facts["sme"].endswith("价格扣除 10%")
    assert award.facts["domestic"] in text_of(client.get(reverse("notice", args=[award.pk])))


@pytest.mark.parametrize(("who", "amount"), [(SECOND, "700,000.00"), (THIRD, "720,000.00")])
def test_who_lost_reads_what_was_taken_off_and_why_nothing_was(mixed: Story, who: tuple[str, str], amount: str) -> None:
    letter = AwardLetter.objects.get(lot=mixed.lot, supplier__name=who[0])
    page = text_of(at_desk(mixed.supplier(who)).get(reverse("work_explanation", args=[letter.pk])))
    assert amount in page
    assert ("未达到80%" in page.replace(" ", "")) == (who == THIRD)


@pytest.mark.long
def test_where_all_are_domestic_nobody_is_preferred(world: None) -> None:
    tale = told({name: DOMESTIC for name, _size in PRICES}, until="award", name="均为本国产品示例")
    assert evaluated(tale) == {FIRST[0]: "891000.00", SECOND[0]: "700000.00", THIRD[0]: "720000.00"}
    award = Notice.objects.get(root=tale.case.ref, kind="award")
    assert award.facts["winner"] == SECOND[0] and award.facts["domestic"] == ""
