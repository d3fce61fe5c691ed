"""Are listed products named with what the law wants for them, and does a certificate count as the document says?"""

from decimal import Decimal
from typing import Any

import pytest

from tests.tendering.judging import EQUAL, Offer, three
from tests.tendering.walk import Tender, criteria, document, offer
from yangcai.kernel.refusals import Refused
from yangcai.tendering.models import Bid, Clause
from yangcai.tendering.standing import standings

pytestmark = pytest.mark.django_db

MANDATORY = {"product": "台式计算机", "kind": "mandatory"}
PREFERRED = {"product": "打印机", "kind": "environment", "lot": "1"}


def listed(*rows: dict[str, Any], **values: Any) -> Tender:
    tender = Tender(**values)
    tender.describe()
    tender.do("green_products.define", tender.case, tender.runner, rows=list(rows))
    return tender


def test_what_is_mandatory_becomes_a_requirement_and_needs_its_certificate() -> None:
    tender = listed(MANDATORY)
    clause = Clause.objects.get(case=tender.case, text__contains="强制采购")
    assert (clause.kind, clause.is_statutory) == ("responsiveness", True) and "台式计算机" in clause.text
    tender.confirm()
    tender.publish()
    post = tender.supplier()
    with pytest.raises(Refused) as refused:
        tender.do("bid.submit", tender.lot, post, **offer())
    [told] = refused.value.refusals
    assert told.field == "green_certificates" and "台式计算机" in told.zh and "节能产品" in told.zh
    assert not Bid.objects.exists()
    tender.bid(post, green_certificates="CQC26701123456")


@pytest.mark.long
@pytest.mark.parametrize(
    ("rows", "rate", "title", "told"),
    [
        ([PREFERRED], "0", "售后服务方案", {"green_preference_missing"}),
        ([PREFERRED], "0.03", "售后服务方案", set()),
        ([PREFERRED], "0", "环境标志产品", set()),
        ([], "0.03", "售后服务方案", {"green_products_missing"}),
        ([MANDATORY], "0", "售后服务方案", set()),
    ],
)
def test_what_is_preferred_has_its_preference(rows: list[Any], rate: str, title: str, told: set[str]) -> None:
    tender = listed(*rows)
    tender.draft(green_rate=rate)
    table = criteria()
    table[2]["title"] = title
    tender.do("criteria.define", tender.lot, tender.runner, rows=table)
    if not told:
        tender.confirm()
        return
    found = tender.refused("solicitation.confirm", tender.case, tender.reviewer)
    assert set(found) == told and all(refusal.citation.instrument == "财库〔2019〕9号" for refusal in found.values())


def test_deductions_that_take_everything_are_refused() -> None:
    told = (tender := Tender()).refused(
        "solicitation.draft", tender.case, tender.runner, **document(), small_micro_rate="0.20", green_rate="0.60"
    )
    assert set(told) == {"deductions_take_everything"}


def test_an_unknown_lot_is_refused() -> None:
    tender = Tender()
    told = tender.refused("green_products.define", tender.case, tender.runner, rows=[{**MANDATORY, "lot": "9"}])
    assert "没有采购包“9”" in told["invalid_input"].zh


def test_a_certificate_lowers_the_evaluated_price_beside_the_other_deductions() -> None:
    """10 % as a small enterprise and 3 % for the label, both of the million."""
    certified = {"green_certificates": "CEC2026-1"}
    both = Offer("1000000", size="small", rest={"preference": "small_micro", **certified})
    offers = (both, Offer("1000000", rest=certified), "1000000")
    rates = {"small_micro_rate": Decimal("0.10"), "green_rate": Decimal("0.03")}
    h = three(*offers, **rates, green=[("打印机", "environment")])
    h.score(EQUAL)
    h.compute()
    assert [h.result(n)["evaluated_price"] for n in range(3)] == ["870000.00", "970000.00", "1000000.00"]


def test_a_bid_without_the_mandatory_certificate_is_out() -> None:
    certified = Offer("1000000", rest={"green_certificates": "CQC1"})
    h = three(certified, "1010000", "1020000", green=[("台式计算机", "mandatory")])
    assert [s.is_in for s in standings(h.lot)] == [True, False, False]
