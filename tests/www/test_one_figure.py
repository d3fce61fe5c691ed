"""Is a figure of several pages the same on all of them, and told by none before what it counts is public?"""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.portal.chain import Chain
from tests.www.support import Clock, text_of
from yangcai.contracts import sme
from yangcai.tendering.models import BidPartner, OpenedBid

pytestmark = pytest.mark.django_db
YEAR = 2026


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def told(clock: Clock, chain: Chain) -> set[str]:
    """What the first page, the page of figures, its table, the buyer's page and the download say was contracted."""
    cache.clear()
    clock.at = chain.now
    browser = Client()
    home = text_of(browser.get(reverse("home")))
    figures = text_of(browser.get(reverse("figures")))
    buyer = text_of(browser.get(reverse("organisation", args=[chain.case.buyer_id])))
    table = rows(browser, reverse("figures"), csv=f"sme-{YEAR}")
    flow = rows(browser, reverse("figures"), csv=f"flow-{YEAR}")
    download = rows(browser, reverse("data_file", args=["contracts.csv"]))
    signed = [row["金额（元）"] for row in flow if row["到"] == "已签合同"]
    found = [
        large(home, "合同金额"),
        *re.findall("共 ([0-9.]+) 万元", figures),
        large(buyer, "合同金额"),
        *(wan(row["合同金额（元）"]) for row in table),
        *(wan(value) for value in signed),
        *(wan(row["amount"]) for row in download),
    ]
    assert len(found) >= 6 or not download
    return set(found)


def firms() -> set[int]:
    """How many small and medium firms the first page and the page of figures name; each once, partners too."""
    home = {item["label"]: item["value"] for item in Client().get(reverse("home")).context["figures"]}
    figures = re.findall("惠及中小企业 ([0-9]+) 家", text_of(Client().get(reverse("figures"))))
    return {home["惠及中小企业"], *map(int, figures)}


def large(page: str, label: str) -> str:
    """A figure in 万元 below its label."""
    found = re.search(rf">{label}<.*?([0-9][0-9,.]*)", page, re.DOTALL)
    assert found is not None, label
    return found[1]


def wan(amount: str) -> str:
    return f"{Decimal(amount) / 10_000:.2f}"


def rows(browser: Client, address: str, **query: str) -> list[dict[str, str]]:
    text = text_of(browser.get(address, query)).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.long
def test_what_was_contracted_is_the_same_everywhere_and_nowhere_before_its_notice(clock: Clock) -> None:
    chain = Chain()
    for stop in chain.stops():
        match stop:
            case "opened":
                bid = OpenedBid.objects.order_by("price")[0]
                for name, size in (("合作商号", "micro"), ("大型集团", "large"), (bid.supplier.name, "small")):
                    given = {"name": name, "size": size, "share": Decimal("0.1")}
                    BidPartner.objects.create(opened_bid=bid, kind="subcontractor", **given)
            case "contract drafted" | "contract signed":
                assert told(clock, chain) == {"0.00"} and firms() == {0}, stop
            case "contract published" | "contract amended":
                assert told(clock, chain) == {"90.00"} and firms() == {2}, stop
                reported, by_buyer = sme.procured(year=YEAR, now=chain.now)
                assert len(reported.firms) == 2 and [one.firms for one in by_buyer.values()] == [reported.firms]
            case "amendment published":
                assert told(clock, chain) == {"95.00"}, stop
                return
    pytest.fail("the chain has no published amendment any more")
