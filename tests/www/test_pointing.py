"""Is whoever passes a text on, or checks it, shown what may point to one product, and nothing beside it?"""

import pytest

from tests.planning.office import NOW, Office
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, text_of

pytestmark = pytest.mark.django_db
TITLE = "可能指向特定产品的表述"
TEXT = "台式计算机 100 台，采用S5735-L24T4S型交换机。使用 IPv6 协议，采用DDR4内存"


def test_the_reviewer_of_a_plan_sees_each_place_with_its_reason(clock: Clock) -> None:
    office = Office()
    clock.at = NOW
    item = office.submitted(title="苹果电脑", description=TEXT)
    page = text_of(at_desk(office.reviewer).get(f"/work/do/planitem/{item.pk}/plan.review/"))
    for said in (
        TITLE,
        "【苹果】电脑",
        "可能是品牌名称",
        "【采用S5735-L24T4S】型交换机",
        "可能是特定产品的型号",
        "第二十条",
    ):
        assert said in page
    assert "【采用DDR4" not in page and "【使用IPv6" not in page
    english = text_of(
        at_desk(office.reviewer).get(f"/work/do/planitem/{item.pk}/plan.review/", headers={"Accept-Language": "en"})
    )
    assert "It may be the model of one product" in english


def test_the_same_in_the_file_and_not_where_a_sentence_may_stand(clock: Clock) -> None:
    tender = Tender()
    tender.describe(requirement=TEXT)
    clock.at = NOW
    address = f"/work/do/case/{tender.case.pk}/solicitation.confirm/"
    assert "【采用S5735-L24T4S】型交换机" in text_of(at_desk(tender.reviewer).get(address))
    tender.describe()
    assert TITLE not in text_of(at_desk(tender.reviewer).get(address))


def test_where_the_one_supplier_is_known_its_product_is_named(clock: Clock) -> None:
    office = Office()
    clock.at = NOW
    item = office.draft(description=TEXT)
    page = text_of(at_desk(office.officer).get(f"/work/do/planitem/{item.pk}/plan.submit/"))
    assert TITLE in page
    type(item).objects.filter(pk=item.pk).update(procedure="single_source")
    assert TITLE not in text_of(at_desk(office.officer).get(f"/work/do/planitem/{item.pk}/plan.submit/"))
