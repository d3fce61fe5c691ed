"""How does a competitive consultation go, told by role: talks, last offers, then scores; and when are two enough?"""

from copy import copy
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award, CaseEnd, Stage
from yangcai.contracts.models import Contract
from yangcai.portal.models import Notice
from yangcai.tendering.models import EvaluationReport

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    """Three offers for a service lie open."""
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "880000.00"), story.bid(THIRD, "950000.00")]
    file = story.purchase(
        story.lot("1", bids, budget="1000000.00"), category="services", method="consultation", grounds="services"
    )
    return story.begin(file, until="opening")


@pytest.fixture
def opened(beginning: Story) -> Story:
    """From there each story goes on by itself."""
    return copy(beginning)


@pytest.mark.long
def test_scores_come_after_the_last_offers(opened: Story) -> None:
    tale = opened
    for stretch in ("qualification", "dialogue", "final_offer"):
        getattr(tale, stretch)()
    at = tale.moment(17)
    assert tale.stage(at) == Stage.EVALUATION and len(tale.members()) == 3
    tale.evaluation()
    report = EvaluationReport.objects.get(lot=tale.lot)
    steps = {step["code"]: step["citation"]["instrument"] for step in report.result["steps"] if step["citation"]}
    assert steps["price_score"] == steps["ranking"] == "财库〔2014〕214号"
    tale.award()
    award = Award.objects.get(lot=tale.lot)
    notice = Notice.objects.get(root=tale.case.ref, kind="award")
    assert award.supplier.name == FIRST[0] and notice.facts["score"]
    for stretch in ("contract", "acceptance", "payment"):
        getattr(tale, stretch)()
    assert Contract.objects.get(case=tale.case).amount == Decimal("900000.00")
    assert tale.refreshed().end_kind == CaseEnd.CLOSED


def two_left(tale: Story) -> Story:
    """The third does not respond to what the file demands."""
    found, lot = copy(tale), tale.file.lots[0]
    bids = tuple(replace(b, responsive="没有响应★要求") if b.supplier.name == THIRD[0] else b for b in lot.bids)
    found.file = replace(tale.file, lots=(replace(lot, bids=bids),))
    return found


def test_two_end_a_consultation(world: None) -> None:
    """The same services bought because their specification could not be fixed: three are needed."""
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "880000.00"), story.bid(THIRD, "950000.00")]
    lot = story.lot("1", bids, budget="1000000.00")
    file = story.purchase(lot, category="services", method="consultation", grounds="complex")
    tale = two_left(story.begin(replace(file, id="示例二"), until="opening"))
    tale.qualification()
    assert tale.refreshed().end_kind == CaseEnd.UNSUCCESSFUL
    assert Notice.objects.get(root=tale.case.ref, kind="unsuccessful").title.endswith("终止公告")


@pytest.mark.long
def test_two_go_on_where_services_are_purchased(opened: Story) -> None:
    """财库〔2015〕124号: with two the consultation goes on, with one it ends."""
    tale = two_left(opened)
    for stretch in ("qualification", "dialogue", "final_offer", "evaluation", "award"):
        getattr(tale, stretch)()
    assert Award.objects.get(lot=tale.lot).supplier.name == FIRST[0]
    assert tale.lot.candidates.count() == 2
