"""How does a restricted tender go, told by role: a list twice as long, a draw that can be repeated, one invitation?"""

from copy import copy
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award, CaseEnd
from yangcai.parties.models import Organisation
from yangcai.portal.models import Notice
from yangcai.tendering import supplier_draws, vrd
from yangcai.tendering.models import Invitee, OpenedBid, SupplierDraw

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    """Three of six were drawn and invited."""
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "910000.00"), story.bid(THIRD, "920000.00")]
    file = story.purchase(story.lot("1", bids, budget="1000000.00"), method="restricted_tender")
    return story.begin(file, until="invitation")


@pytest.fixture
def invited(beginning: Story) -> Story:
    """From there each story goes on by itself."""
    return copy(beginning)


def test_anybody_can_draw_again(invited: Story) -> None:
    draw = SupplierDraw.objects.get(case=invited.case)
    listed = Invitee.objects.filter(case=invited.case)
    pool = list(listed.values_list("supplier_id", flat=True))
    assert (draw.wanted, draw.pool_size, len(pool)) == (3, 6, 6)
    assert vrd.faults(draw.record) == [] and draw.pool_digest == vrd.pool_of(draw.record["lines"])
    published = supplier_draws.published(draw.record)
    assert vrd.faults(published) == [] and len(published["opened"]) == 3
    again = supplier_draws.in_order(draw.record)
    assert sorted(again) == sorted(pool)
    assert again == list(listed.order_by("drawn_rank").values_list("supplier_id", flat=True))
    # Two of the buyer's staff watched; the invitations went out at one instant, to the drawn alone.
    assert len(draw.watched_by.split("、")) == 2
    chosen = listed.filter(is_chosen=True)
    assert set(chosen.values_list("supplier_id", flat=True)) == set(again[:3])
    assert set(chosen.values_list("invited_at", flat=True)) == {invited.refreshed().published_at}
    assert not listed.filter(is_chosen=False, invited_at__isnull=False).exists()
    # No notice calls anybody else.
    assert not Notice.objects.filter(root=invited.case.ref).exists()


def test_who_was_not_drawn_does_not_bid(invited: Story) -> None:
    left = Invitee.objects.filter(case=invited.case, is_chosen=False).select_related("supplier").first()
    assert left is not None
    post = story.people.post(left.supplier, "supplier")
    assert "not_invited" in invited.refused("documents.obtain", invited.case, post, invited.at("invitation"))
    drawn = next(iter(invited.people.suppliers.values()))
    assert "documents.obtain" in invited.waiting(drawn)


def test_a_list_too_short_is_refused(world: None) -> None:
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "910000.00"), story.bid(THIRD, "920000.00")]
    file = replace(story.purchase(story.lot("1", bids, budget="1000000.00"), method="restricted_tender"), id="另一示例")
    tale = story.begin(file, until="plan")
    tale.suppliers = lambda at: None  # type: ignore[method-assign]
    tale.preparation()
    at, staff = tale.at("invitation"), [tale.people.officer, tale.people.reviewer]
    pool = list(Organisation.objects.filter(kind="supplier").order_by("pk")[:5])
    draw = {"pool": pool, "wanted": 3, "watchers": staff}
    assert "pool_too_small" in tale.refused("suppliers.draw", tale.case, tale.people.runner, at, **draw)
    assert "too_few_drawn" in tale.refused("suppliers.draw", tale.case, tale.people.runner, at, **{**draw, "wanted": 2})
    alone = {**draw, "watchers": staff[:1]}
    assert "too_few_watchers" in tale.refused("suppliers.draw", tale.case, tale.people.runner, at, **alone)


@pytest.mark.long
def test_from_the_draw_to_payment(invited: Story) -> None:
    tale = invited
    for stretch in ("submission", "opening", "qualification", "evaluation", "award", "contract"):
        getattr(tale, stretch)()
    award = Award.objects.get(lot=tale.lot)
    assert award.amount == Decimal("900000.00")
    assert Notice.objects.get(root=tale.case.ref, kind="award").title.endswith("中标结果公告")
    assert OpenedBid.objects.filter(lot=tale.lot).count() == 3
    for stretch in ("acceptance", "payment"):
        getattr(tale, stretch)()
    assert tale.refreshed().end_kind == CaseEnd.CLOSED
