"""Is a debarred organisation kept out from the first day to the last, and a debarment kept within the law?"""

import datetime
from typing import Any

import pytest
from django.utils import translation

from tests import factories
from yangcai.credit.actions import record_debarment
from yangcai.credit.queries import may_take_part
from yangcai.kernel.actions import perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture
def supplier() -> Any:
    return factories.make_supplier(name="测试供应商").organisation


def record(supplier: Any, **changes: Any) -> Any:
    given = {
        "ground": "procurement", "from_on": "2026-03-01", "to_on": "2027-02-28", "authority": "测试财政局",
        "decision": "测财采决〔2026〕1号",
    }  # fmt: skip
    return perform(record_debarment, supplier, by=factories.make_post(Role.TREASURY), now=NOW, **{**given, **changes})


def test_a_debarred_supplier_may_not_take_part_from_the_first_to_the_last_day(supplier: Any) -> None:
    record(supplier)
    refused_on = {
        day: [r.code for r in may_take_part(supplier, datetime.date.fromisoformat(day))]
        for day in ("2026-02-28", "2026-03-01", "2027-02-28", "2027-03-01")
    }
    assert refused_on == {
        "2026-02-28": [], "2026-03-01": ["debarred"], "2027-02-28": ["debarred"], "2027-03-01": [],
    }  # fmt: skip


def test_the_day_of_a_moment_is_its_day_in_shanghai(supplier: Any) -> None:
    record(supplier)
    last_evening_utc = datetime.datetime(2027, 2, 28, 16, 30, tzinfo=datetime.UTC)  # 00:30 on 1 March in Shanghai
    assert may_take_part(supplier, last_evening_utc) == []
    assert may_take_part(supplier, last_evening_utc - datetime.timedelta(hours=1)) != []


def test_the_refusal_names_list_decision_article_and_end(supplier: Any) -> None:
    record(supplier)
    (refusal,) = may_take_part(supplier, NOW)
    assert refusal.citation.text == "《中华人民共和国政府采购法》第七十七条"
    assert refusal.zh == (
        "测试供应商被列入“政府采购严重违法失信行为记录名单”，由测试财政局以测财采决〔2026〕1号决定，"
        "至 2027-02-28 止不得参加政府采购活动"
    )
    with translation.override("en"):
        assert refusal.text.endswith("and may not take part until 2027-02-28")


def test_every_list_is_named(supplier: Any) -> None:
    record(supplier)
    record(supplier, ground="tax", to_on=None, decision="测税〔2026〕2号")
    assert len(may_take_part(supplier, NOW)) == 2


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"to_on": "2026-02-01"}, {"debarment_ends_early", "debarment_term"}),
        ({"to_on": "2027-02-27"}, {"debarment_term"}),
        ({"to_on": "2029-03-01"}, {"debarment_term"}),
        ({"to_on": None}, {"debarment_term"}),
        ({"ground": "tax", "to_on": "2026-02-01"}, {"debarment_ends_early"}),
        ({"from_on": "0001-01-01", "to_on": "0003-01-01"}, {"debarment_before_the_law"}),
        ({"from_on": "9999-01-01", "to_on": "9999-12-31"}, {"impossible_date"}),
    ],
)
def test_a_ban_lasts_between_one_and_three_years(supplier: Any, changes: Any, codes: set[str]) -> None:
    with pytest.raises(Refused) as error:
        record(supplier, **changes)
    assert error.value.codes == codes


def test_three_years_to_the_day_are_lawful(supplier: Any) -> None:
    record(supplier, to_on="2029-02-28")


def test_one_decision_is_recorded_once(supplier: Any) -> None:
    record(supplier)
    with pytest.raises(Refused) as error:
        record(supplier)
    assert error.value.codes == {"debarment_recorded"}
