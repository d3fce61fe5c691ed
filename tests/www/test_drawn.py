"""Does whoever draws suppliers choose them one by one, and learn at once whom the draw chose?"""

import pytest

from tests.factories import make_supplier
from tests.tendering.walk import Tender
from tests.through.filling import filled
from tests.through.markup import page_of
from tests.through.ways import Desk
from tests.www.support import Clock
from yangcai.kernel.actions import ACTIONS
from yangcai.tendering.models import Invitee
from yangcai.www.work import places

pytestmark = pytest.mark.django_db


def test_the_drawn_stand_on_the_page_that_says_it_was_done(clock: Clock) -> None:
    tender = Tender(procedure="restricted_tender")
    tender.describe(invited_by="library")
    pool = [make_supplier(name=f"备选第{number}公司").organisation for number in range(1, 11)]
    clock.at = tender.now
    desk, address = Desk(tender.runner), places.form_of(ACTIONS["suppliers.draw"], tender.case)
    form = page_of(desk.get(address)).form_to(address)
    assert form is not None
    # A box for each: nothing that was chosen is lost by the next click.
    assert (form.controls["pool"].kind, len(form.controls["pool"].choices)) == ("checkbox", len(pool))
    watchers = [tender.officer, tender.reviewer]
    answer = desk.post_to(address, filled(form, {"pool": pool, "watchers": watchers}))
    assert answer.status_code == 302
    drawn = Invitee.objects.filter(case=tender.case, is_chosen=True).order_by("drawn_rank")
    names = "、".join(drawn.values_list("supplier__name", flat=True))
    assert names.count("公司") == 3 and f"抽中的供应商 {names}" in page_of(desk.get(answer["Location"])).text
