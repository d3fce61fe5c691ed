"""Is what is done only where a case calls for it never the first button of a page, unless a task asks for it?"""

from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.tendering.judging import JUDGED, three
from yangcai.kernel.actions import ACTIONS
from yangcai.www.work.offers import Offer, Offers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", sorted(code for code, action in ACTIONS.items() if action.occasional))
def test_what_is_done_on_occasion_leads_only_when_it_is_due(code: str) -> None:
    h = three()
    rows: dict[str, Callable[[], Any]] = {
        "abnormal_score": lambda: h.lot,
        "committee": lambda: h.members[0],
        "consortium": lambda: h.lot,
        "import_approval": lambda: h.case.plan_item,
        "low_price": lambda: h.bids[0],
        "opening": lambda: h.lot,
        "price_weight_approval": lambda: h.lot,
    }
    subject = rows[code.partition(".")[0]]()

    def page(*, is_due: bool) -> str:
        offer = Offer(ACTIONS[code], subject, is_due=is_due)
        return render_to_string("work/offers.html", {"offers": Offers([offer], [], []), "now": JUDGED})

    assert 'class="button"' in page(is_due=False) and "primary" not in page(is_due=False)
    assert 'class="button primary"' in page(is_due=True)
    ordinary = Offers([Offer(ACTIONS["plan.submit"], h.case.plan_item)], [], [])
    assert 'class="button primary"' in render_to_string("work/offers.html", {"offers": ordinary, "now": JUDGED})
