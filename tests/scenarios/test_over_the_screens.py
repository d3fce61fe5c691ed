"""Does each method go over its pages, as the people of its story would go: found, filled in, sent and told?

One purchase by each method, each kind of Action once: two of them in `make long`, all in `make nightly`, which takes
every story of this folder over the screens as well (`YANGCAI_THROUGH=screens`). Pictures: tests/through/pictures.py.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.scenarios import agreements, research, story
from tests.scenarios.agreements import DAY, HOUR
from tests.scenarios.story import FIRST, FOURTH, SECOND, THIRD
from tests.scenarios.test_emergency import flood
from tests.through import going
from tests.through.screens import ScreenDriver
from yangcai.cases.models import Award, CaseEnd
from yangcai.contracts.models import Contract
from yangcai.kernel.models import Entry
from yangcai.replay.driver import move_to
from yangcai.replay.published import CaseFile

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def of_three(method: str, *, by: str = "rated", **more: str) -> CaseFile:
    bids = [story.bid(FIRST, "300000.00"), story.bid(SECOND, "310000.00"), story.bid(THIRD, "320000.00")]
    return story.purchase(story.lot("1", bids, budget="350000.00", method=by), method=method, **more)


def of_one(method: str) -> CaseFile:
    return story.purchase(
        story.lot("1", [story.bid(FIRST, "480000.00")], budget="500000.00", method="agreed"), method=method
    )


PURCHASES: dict[str, Callable[[], CaseFile]] = {
    "open_tender": lambda: of_three("open_tender"),
    "restricted_tender": lambda: of_three("restricted_tender"),
    "negotiation": lambda: of_three("negotiation", by="lowest"),
    "consultation": lambda: of_three("consultation", category="services", grounds="services"),
    "quotations": lambda: of_three("quotations", by="lowest"),
    "single_source": lambda: of_one("single_source"),
    "emergency": lambda: flood("2026-10-12"),
    "cooperative_innovation": research.research,
}
#: What `make long` takes of them, beside the agreement.
SHORTLY = {"negotiation"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=() if one in SHORTLY else pytest.mark.campaign(only=True)) for one in PURCHASES],
)
def test_a_purchase_goes_over_its_pages(world: None, name: str) -> None:
    terms = story.ADVANCE if name == "cooperative_innovation" else story.ONE_PAYMENT
    with going(ScreenDriver(once=True)) as screens:
        tale = story.begin(PURCHASES[name](), until="payment", terms=terms)
    assert tale.refreshed().end_kind == CaseEnd.CLOSED
    assert Contract.objects.filter(case=tale.case).exists()
    done = set(Entry.objects.filter(root=tale.case.ref, outcome="done").values_list("action", flat=True))
    assert {code for method, code, _role in screens.walked if method == tale.case.procedure} >= done


def test_an_agreement_and_its_call_offs_go_over_their_pages(world: None) -> None:
    with going(ScreenDriver(once=True)):
        tale = agreements.begin(replace(agreements.file(), id="示例逐页"), until="opening")
        tale.enter()
        at = tale.moment(64) + 7 * DAY
        move_to(at)
        unit = agreements.buyer(at)
        unit.do("call_off.choose", unit.plan("call_off_direct"), entrant=tale.entrant(FOURTH).pk, quantity="20")
        unit.do("call_off.take_turn", unit.plan("call_off_rotation"), framework=tale.agreement.pk, quantity=2)
        closes = at + 2 * DAY
        case = unit.do(
            "call_off.invite",
            unit.plan("call_off_mini_competition"),
            framework=tale.agreement.pk,
            quantity=20,
            closes_at=closes,
        )
        for bidder, price in ((SECOND, "89000.00"), (THIRD, "88000.00")):
            unit.do("bid.submit", case.lots.get(), tale.supplier(bidder), price=price, commitment=True)
        move_to(closes + HOUR)
        unit.at = closes + HOUR
        unit.do("opening.begin", case)
        unit.do("opening.conclude", case)
        unit.do("call_off.conclude", case.lots.get())
    assert Award.objects.get(lot__case=case).amount == Decimal("88000.00")
