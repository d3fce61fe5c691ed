"""Does a tender come out of memory only where nothing stands beside it?"""

import pytest

from tests.apart import apart
from tests.factories import make_expert
from tests.tendering.walk import Tender
from yangcai.parties.models import Person

TITLE = "只在这里说起的项目"


@pytest.mark.django_db
def test_who_stood_there_before_the_tender_is_still_there_after_its_bids() -> None:
    for _time in ("told", "told again"):
        with apart():
            tender = Tender(title=TITLE)
            expert = make_expert()
            tender.published()
            tender.bids("900000.00")
            assert Person.objects.filter(pk=expert.person_id).exists()
