"""Can anybody download everything that is public, nothing that is not, and is no cell of it a formula?"""

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import NOW, make_case, make_organisation
from tests.portal.chain import STEPS, Chain
from tests.www.support import Clock
from yangcai.ocds import validation
from yangcai.portal import opendata
from yangcai.www.public.cases import TABS

pytestmark = pytest.mark.django_db
TABLES = [f"{code}.{form}" for code in opendata.DATASETS for form in ("csv", "json")]
PACKAGES = ("ocds-releases.json", "ocds-records.json")


def got(client: Client, name: str, query: str = "", *, status: int = 200) -> str:
    answer = client.get(reverse("data_file", args=[name]) + query)
    assert answer.status_code == status, name
    if not answer.streaming:
        return answer.content.decode()
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def table(client: Client, code: str, query: str = "") -> list[dict[str, str]]:
    text = got(client, f"{code}.csv", query)
    assert text.startswith("\ufeff"), "a spreadsheet must know that it is UTF-8"
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("name", [*TABLES, *PACKAGES])
def test_every_download_works_on_an_empty_platform(client: Client, clock: Clock, name: str) -> None:
    text = got(client, name)
    if name.endswith(".json"):
        json.loads(text)
    else:
        assert len(text.strip().splitlines()) == 1, "the heading alone"


@pytest.mark.long
def test_nothing_is_downloaded_before_its_time(client: Client, clock: Clock) -> None:
    chain = Chain()
    for stop in chain.stops():
        clock.at = chain.now
        said = "".join(got(client, name) for name in (*TABLES, *PACKAGES))
        names = [post.organisation.name for post in chain.suppliers]
        if stop == "prepared":
            assert chain.case.title not in said
        elif stop in ("published", "corrected", "bids came in"):
            assert chain.case.title in said and not any(name in said for name in names), stop
        elif stop in ("award determined", "judged"):
            assert not table(client, "contracts"), stop
        elif stop in ("contract drafted", "contract signed"):
            assert not table(client, "contracts") and "-合1" not in said, stop
        elif stop == "contract amended":
            assert [row["amount"] for row in table(client, "contracts")] == ["900000.00"]
        elif stop == "amendment published":
            assert [row["amount"] for row in table(client, "contracts")] == ["950000.00"]
        elif stop == "paid":
            assert table(client, "payments") and table(client, "contracts")[0]["paid"] != "0.00"
    contract = table(client, "contracts")[0]
    assert contract["case_number"] == chain.case.number and contract["paid"] == "950000.00" and contract["closed_at"]
    assert contract["is_demo"] == "0" and contract["ocid"].endswith(f"-{chain.case.pk}")
    assert sum(float(row["amount"]) for row in table(client, "payments")) == 950_000
    items = json.loads(got(client, "contracts.json"))
    assert items["items"] == [{name: value or None for name, value in contract.items()}]
    assert {field["name"] for field in items["fields"]} == set(contract) and items["publication_policy"]
    for name, kind in zip(PACKAGES, ("release", "record"), strict=True):
        package = json.loads(got(client, name))
        assert validation.faults(package, kind=kind) == []
        assert package["publicationPolicy"].endswith(reverse("data_policy")) and package["license"]
    api = client.get(reverse("ocds_record", args=[chain.case.pk])).json()
    assert json.loads(got(client, PACKAGES[1]))["records"] == api["records"]
    assert api["publicationPolicy"].endswith(reverse("data_policy"))


@pytest.mark.long
def test_an_amendment_without_notice_is_told_nowhere(client: Client, clock: Clock) -> None:
    chain = Chain().until("contract amended")
    STEPS["accepted"](chain)
    for milestone in chain.contract.milestones.filter(amendment=None):
        chain.pay(milestone, chain.winner)
    clock.at = chain.now

    def said() -> str:
        pages = [client.get(reverse("public_case", args=[chain.case.pk]), {"tab": tab}) for tab in TABS]
        return "".join([*(got(client, name) for name in (*TABLES, *PACKAGES)), *(p.content.decode() for p in pages)])

    assert "验收款" in said() and "追加采购" not in said()
    chain.do("amendment.publish", chain.contract.amendments.get(), chain.officer)
    assert "追加采购" in said()


def test_no_cell_is_a_formula(client: Client, clock: Clock) -> None:
    for title in ('=HYPERLINK("x")', "+1", "-1", "@sum", "\t=1", " =1", "＝1", '平常, "引号"\n换行'):
        make_case(stage="submission", title=title)
    titles = [row["title"] for row in table(client, "cases")]
    assert titles == ['\'=HYPERLINK("x")', "'+1", "'-1", "'@sum", "'\t=1", "' =1", "'＝1", '平常, "引号"\n换行']
    assert "'" not in got(client, "cases.json"), "JSON is computed by nobody"


def test_rows_are_read_a_few_at_a_time(client: Client, clock: Clock, monkeypatch: Any) -> None:
    """The first rows leave before the last are read, and the file is complete whatever its length."""
    monkeypatch.setattr(opendata, "CHUNK", 2)
    buyer = make_organisation()
    for n in range(5):
        make_case(stage="submission", title=f"第{n}项", buyer=buyer)
    rows = opendata.records(opendata.DATASETS["cases"], now=NOW)
    with CaptureQueriesContext(connection) as caught:
        next(rows)
    assert len(caught) == 2, "one chunk and its periods"
    assert [row["title"] for row in table(client, "cases")] == [f"第{n}项" for n in range(5)]
    assert len(json.loads(got(client, "ocds-records.json"))["records"]) == 5


def test_one_year_can_be_chosen(client: Client, clock: Clock) -> None:
    make_case(stage="submission", title="今年的")
    assert [row["title"] for row in table(client, "cases", "?year=2026")] == ["今年的"]
    assert table(client, "cases", "?year=2025") == []
    for odd in ("?year=x", "?year=2027", "?year=-1", "?year=99999999999999999999"):
        got(client, "cases.csv", odd, status=404)
    for name in ("bids.csv", "cases.xlsx", "cases", "..csv", "ocds-bids.json", "cases.csv.json"):
        got(client, name, status=404)


def test_the_page_tells_every_column_and_links_every_file(client: Client, clock: Clock, settings: Any) -> None:
    for lang in ("zh-hans", "en"):
        client.cookies["django_language"] = lang
        said = client.get(reverse("data")).content.decode()
        assert all(reverse("data_file", args=[name]) in said for name in (*TABLES, *PACKAGES))
        columns = [column for one in opendata.DATASETS.values() for column in one.columns]
        assert all(f"<code>{column.name}</code>" in said for column in columns)
    assert "demo-" not in said
    settings.YANGCAI_SANDBOX = True
    assert "demo-" in client.get(reverse("data")).content.decode()
    answer = client.get(reverse("data_file", args=["cases.csv"]))
    assert "filename=demo-cases-" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    for name in ("data_policy", "data_licence"):
        assert client.get(reverse(name)).status_code == 200
