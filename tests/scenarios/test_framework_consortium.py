"""Does a consortium enter a framework agreement when one of its members may take part in procurement no longer?"""

from dataclasses import replace

import pytest

from tests import factories
from tests.scenarios import agreements
from tests.scenarios.story import FIRST, THIRD
from yangcai.credit.models import Debarment
from yangcai.frameworks.models import Entrant

pytestmark = pytest.mark.django_db
MEMBER = {"kind": "member", "name": THIRD[0], "size": THIRD[1], "share": "0.30", "work": "安装"}


def test_a_member_debarred_since_the_opening_keeps_its_consortium_out(world: None) -> None:
    """政府采购法 art. 22, 24, asked again when the entrants are determined."""
    prices = tuple(one for one in agreements.PRICES if one[0] != THIRD)
    file = replace(agreements.file(prices, name="联合体示例"), accepts_consortium=True)
    beside = {FIRST[0]: {"preference": "none", "partners": [MEMBER]}}
    tale = agreements.begin(file, until="evaluation", in_bids=beside)
    at = tale.moment(60)
    assert tale.lot.candidates.filter(supplier__name=FIRST[0]).exists()
    Debarment.objects.create(
        organisation=factories.make_supplier(name=THIRD[0]).organisation,
        ground="procurement",
        from_on=at.date(),
        authority="兰州新区财政局",
        decision="兰新财〔2026〕9号",
    )
    tale.do("entrants.determine", tale.lot, tale.people.reviewer, at)
    entered = Entrant.objects.filter(framework=tale.agreement).values_list("supplier__name", flat=True)
    assert entered and FIRST[0] not in entered
