"""Do the public pictures count what is published and nothing else, from the same rows that the notices came from?"""

import csv
import datetime
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.contracts import support
from tests.factories import NOW, make_supplier
from tests.tendering import judging
from tests.tendering.judging import Offer, three
from tests.www.support import Clock, at_desk, text_of
from yangcai.cases.models import Case, Lot
from yangcai.www.pictures import prices

pytestmark = pytest.mark.django_db
LATER = support.PAID + datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def table(clock: Clock, key: str, *, at: datetime.datetime = LATER, year: int = 2026) -> list[list[str]]:
    """The rows of one picture, as anybody downloads them."""
    clock.at = at
    answer = Client().get(reverse("figures"), {"year": year, "csv": f"{key}-{year}"})
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def published(
    *, amount: str = "900000.00", size: str = "small", item: str = "", at: datetime.datetime = support.EFFECTIVE
) -> support.Scene:
    """A contract that is published `at`; with `item`: of a hundred of them, each at a hundredth of the amount."""

    def publish(case: Case) -> None:
        if item:
            Lot.objects.filter(case=case).update(title=item, quantity=100)
        publish_as_ever(case)

    publish_as_ever = support.publish
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(support, "publish", publish)
        scene = support.scene(amount=amount, size=size)
    support.effective(scene, now=at)
    return scene


@pytest.mark.long
def test_small_firms_share_is_of_published_contracts(clock: Clock) -> None:
    scene = published()
    published(amount="300000.00", size="large")
    hidden = support.scene(size="small")
    support.signed(hidden)
    assert table(clock, "sme") == [["大型企业", "300000.00", "1", "1"], ["小型企业", "900000.00", "1", "1"]]
    page = text_of(Client().get(reverse("figures")))
    assert "中小企业合同金额占 75.00%：90.00 万元，共 120.00 万元；惠及中小企业 1 家。" in page
    assert "分母：2026 年签订并已公告、未解除的采购合同。截至 2026-03-28。" in page
    assert scene.contract.published_at == support.EFFECTIVE
    assert table(clock, "sme", at=support.EFFECTIVE - datetime.timedelta(minutes=1)) == []


@pytest.mark.long
def test_the_money_that_leaves_a_stage_came_to_it(clock: Clock) -> None:
    scene = published()
    support.paid(scene, scene.milestone("signature"))
    rows = {(source, target): Decimal(value) for source, target, value in table(clock, "flow")}
    assert rows == {
        ("货物", "公开招标"): Decimal("1000000.00"),
        ("公开招标", "已签合同"): Decimal("900000.00"),
        ("公开招标", "节约（预算减合同）"): Decimal("100000.00"),
        ("已签合同", "已支付"): Decimal("270000.00"),
        ("已签合同", "待支付"): Decimal("630000.00"),
    }
    now = Client().get(reverse("figures"), {"csv": "now"}).content.decode("utf-8-sig")
    assert "履约验收,1" in now and "签订合同,0" in now
    page = text_of(Client().get(reverse("figures")))
    assert re.search("此刻有 [0-9]+ 项在办，最多的一步是“.+”：[0-9]+ 项。", page)
    assert "预算 100.00 万元，已签合同 90.00 万元（90.00%），其中已支付 27.00 万元（30.00%）。" in page


@pytest.mark.long
def test_months_and_durations_are_those_of_the_signature(clock: Clock) -> None:
    published()
    rows = {row[0]: row[1:] for row in table(clock, "months")}
    assert rows["3月"] == ["900000.00", "0", "0.00", "900000.00"] and rows["2月"][-1] == "0"
    took = Decimal((support.SIGNED - NOW) / datetime.timedelta(days=1)).quantize(Decimal("0.1"))
    assert table(clock, "durations") == [["公开招标", "1", *[str(took)] * 5]] and took > 1


def test_demonstration_data_stays_apart(clock: Clock, settings: Any) -> None:
    scene = published()
    Case.objects.filter(pk=scene.case.pk).update(is_demo=True)
    assert table(clock, "sme") == [] and "演示数据" not in text_of(Client().get(reverse("figures")))
    settings.YANGCAI_SANDBOX = True
    assert len(table(clock, "sme")) == 1 and "演示数据，不是真实采购" in text_of(Client().get(reverse("figures")))


@pytest.mark.parametrize("year", ["1999", "abcd", "99999", "２０２６"])
def test_of_another_year_there_is_nothing(clock: Clock, year: str) -> None:
    assert Client().get(reverse("figures"), {"year": year}).status_code == 404


def test_the_page_asks_as_often_for_one_as_for_many_and_once_a_minute(clock: Clock) -> None:
    published()
    clock.at = LATER

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert Client().get(reverse("figures")).status_code == 200
        return len(caught)

    cold = asked()
    assert asked() <= 3
    published()
    published(size="micro")
    cache.clear()
    assert asked() == cold <= 39


@pytest.mark.long
def test_a_contract_shows_how_far_it_has_come_and_its_price_among_the_published(clock: Clock) -> None:
    late = LATER - datetime.timedelta(hours=1)
    scene = published(amount="990000.00", item="计算机")
    published(amount="800000.00", item="计算机")
    published(amount="1000000.00", item="计算机", at=late)
    published(amount="100000.00", item="打印机")
    support.paid(scene, scene.milestone("signature"))
    address = reverse("work_contract", args=[scene.contract.pk])
    clock.at = LATER
    page = text_of(at_desk(scene.officer).get(address))
    said = re.findall(r'<p class="chart-says">(.*?)</p>', page)
    assert said == [
        "已支付 297,000.00 元，占合同金额的 30.00%；还有 693,000.00 元未付。",
        "单价 9,900.00 元，比 2 个已公告价格的中位数（9,000.00 元）高 10.0%。",
    ]
    told = at_desk(scene.officer).get(address, {"csv": "price-1"}).content.decode("utf-8-sig")
    assert "9000.00" in told
    # A price that is not published yet is nobody's to compare with; nobody else reads the picture.
    clock.at = late - datetime.timedelta(minutes=1)
    assert "比 1 个已公告价格的中位数（8,000.00 元）高" in text_of(at_desk(scene.officer).get(address))
    assert Client().get(address, {"csv": "progress"}).status_code == 302
    stranger = make_supplier()
    assert at_desk(stranger).get(address, {"csv": "progress"}).status_code == 404


@pytest.mark.long
def test_a_price_of_another_classification_is_no_comparison(clock: Clock) -> None:
    scene, other = (published(amount=amount, item="计算机") for amount in ("990000.00", "800000.00"))
    contract = scene.contract
    assert prices.others(contract.case, names={"计算机"}, without=contract, now=LATER) == {
        "计算机": [Decimal("8000.00")]
    }
    assert prices.others(other.contract.case, names={"计算机"}, now=LATER) == {"计算机": [Decimal("9900.00")]}
    contract.case.plan_item.classification = "C99"
    assert prices.others(contract.case, names={"计算机"}, now=LATER) == {}
    assert prices.others(other.contract.case, names={"计算机"}, now=LATER + prices.SINCE) == {}


@pytest.mark.long
def test_offered_prices_stand_among_the_published_for_whoever_runs_the_case_and_the_winners_for_everybody(
    clock: Clock,
) -> None:
    line, dear = [("100", "9900.00", "990000.00")], [("100", "9950.00", "995000.00")]
    h = three(Offer("990000", lines=line), Offer("995000", lines=dear), "1000000")
    for amount in ("800000.00", "1000000.00"):
        published(amount=amount, item="货物")
    inside = reverse("work_case", args=[h.case.pk])
    outside = reverse("public_case", args=[h.case.pk])
    said = "单价 9,900.00 元，比 2 个已公告价格的中位数（9,000.00 元）高 10.0%。"
    clock.at = judging.SCORED
    page = text_of(at_desk(h.officer).get(inside))
    assert said in page and "最低单价 9,900.00 元" in page
    assert "9950.00" not in at_desk(h.officer).get(inside, {"csv": "offered-1"}).content.decode("utf-8-sig")
    assert said not in text_of(at_desk(h.chair).get(inside)) and said not in text_of(at_desk(h.bidders[1]).get(inside))
    assert said not in text_of(Client().get(outside, {"tab": "results"}))
    h.judged(judging.EQUAL)
    h.awarded()
    h.announced()
    clock.at = judging.ANNOUNCED + datetime.timedelta(hours=1)
    told = text_of(Client().get(outside, {"tab": "results"}))
    assert said in told and "中标单价 9,900.00 元" in told
    csv = Client().get(outside, {"tab": "results", "csv": f"award-{h.lot.pk}-1"}).content.decode("utf-8-sig")
    assert "9000.00" in csv
