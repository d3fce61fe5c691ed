"""Does somebody come to the unit, the stage or the notice that they look for, and hear when there is something new?"""

import datetime
import xml.etree.ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_case, make_organisation, make_person, make_post, make_supplier
from tests.portal.chain import Chain
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow
from yangcai.parties.models import OrganisationKind
from yangcai.parties.roles import Role
from yangcai.portal import pipeline
from yangcai.portal.models import Notice, SavedSearch

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def signed_in() -> Client:
    client = Client()
    client.force_login(make_person())
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.mark.parametrize("typed", ["第七中学", "兰州新区第七中学", " 兰州新区第七中学 ", "91620000TEST000001"])
def test_a_units_name_leads_to_its_page_in_one_step(client: Client, clock: Clock, typed: str) -> None:
    school = make_organisation(name="兰州新区第七中学", uscc="91620000TEST000001")
    make_organisation(OrganisationKind.SUPPLIER, name="甘肃第七中学文化有限公司")
    answer = client.get(reverse("search"), {"q": typed})
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("organisation", args=[school.pk]))


def test_what_may_mean_several_lists_them_and_the_notices(client: Client, clock: Clock) -> None:
    tender = Tender(title="第七中学采购").published()
    follow(tender, clock)
    one, other = (make_organisation(name=f"{place}第七中学") for place in ("东区", "西区"))
    supplier = make_organisation(OrganisationKind.SUPPLIER, name="第七中学服务有限公司")
    make_post(Role.EXPERT, make_organisation(OrganisationKind.EXPERT_UNIT, name="专家的第七中学"))
    said = page(client, f"{reverse('search')}?q=第七中学")
    assert all(reverse("organisation", args=[found.pk]) in said for found in (one, other, supplier))
    assert said.index("东区第七中学") < said.index("第七中学服务有限公司"), "buyers first"
    assert "专家的第七中学" not in said, "whose employer an expert is is not listed"
    assert reverse("notice", args=[Notice.objects.get().pk]) in said
    only = make_organisation(name="第八小学")
    assert only.name in page(client, f"{reverse('search')}?q=第八小学&all=1"), "and with ?all=1 it stays"
    for odd in ("", "?q=", "?q=%25", "?q=_", "?q=x&page=99", "?q=" + "长" * 500):
        page(client, reverse("search") + odd)


def test_a_number_leads_to_its_case_or_notice_once_it_is_public(client: Client, clock: Clock) -> None:
    tender = Tender().published()
    follow(tender, clock)
    notice = Notice.objects.get()
    for number, address in (
        (tender.case.number, reverse("public_case", args=[tender.case.pk])),
        (notice.number, reverse("notice", args=[notice.pk])),
    ):
        assert client.get(reverse("search"), {"q": number})["Location"] == address
    hidden = make_case(stage="preparation")
    assert page(client, f"{reverse('search')}?q={hidden.number}")


@pytest.mark.long
def test_every_stage_is_counted_and_listed_alike(client: Client, clock: Clock) -> None:
    """One purchase stands at one stage after another, and its list names it there and nowhere else."""
    chain = Chain()
    stages = {
        "prepared": "plan",
        "published": "bidding",
        "bids came in": "bidding",
        "opened": "opening",
        "opening concluded": "judging",
        "judged": "judging",
        "award determined": "judging",
        "award announced": "contract",
        "contract drafted": "contract",
        "contract published": "acceptance",
        "accepted": "payment",
        "closed": None,
    }
    for stop in chain.stops():
        if stop not in stages:
            continue
        clock.at = chain.now
        found = {code: n for code, n in pipeline.counts(chain.now).items() if n}
        expected = stages[stop]
        assert found == ({expected: 1} if expected else {}), stop
        for code in pipeline.LISTED:
            said = page(client, reverse("running", args=[code]))
            assert (reverse("public_case", args=[chain.case.pk]) in said) is (code == expected), (stop, code)
        assert reverse("running", args=["bidding"]) in page(client, reverse("home"))
    page(client, reverse("running", args=["plan"]), status=404)
    page(client, reverse("running", args=["nothing"]), status=404)


@pytest.mark.parametrize("code", pipeline.LISTED)
def test_a_list_of_a_stage_costs_the_same_however_long(client: Client, clock: Clock, code: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            page(client, reverse("running", args=[code]))
        return len(caught)

    make_case(stage="submission")
    few = asked()
    for _n in range(4):
        make_case(stage="submission")
    assert asked() == few <= 4


def entries(text: str) -> list[ET.Element]:
    return ET.fromstring(text).findall(f"{ATOM}entry")


def test_the_feed_says_what_the_list_says(client: Client, clock: Clock) -> None:
    tender = Tender(title="多媒体 <b>教学</b> & 设备\x0b采购").published()
    tender.do("correction.publish", tender.case, tender.runner, item="技术 & 要求", after="改")
    follow(tender, clock)
    feed = reverse("notice_feed")
    answer = client.get(feed)
    assert answer["Content-Type"].startswith("application/atom+xml")
    everything = entries(answer.content.decode())
    assert len(everything) == Notice.objects.count() == 2
    first = everything[-1]
    assert first.findtext(f"{ATOM}title") == "多媒体 <b>教学</b> & 设备采购招标公告"
    assert first.findtext(f"{ATOM}updated") and first.find(f"{ATOM}link").get("href", "").startswith("http")
    correction = everything[0].findtext(f"{ATOM}summary", "")
    assert correction.startswith("更正“技术 &amp; 要求”：改<br>"), (
        "a summary is HTML: what was written is escaped in it"
    )
    assert first.findtext(f"{ATOM}author/{ATOM}name") == tender.case.buyer.name
    root = ET.fromstring(answer.content.decode())
    assert root.findtext(f"{ATOM}updated") and root.findtext(f"{ATOM}id")
    only = entries(client.get(feed, {"kind": "correction"}).content.decode())
    assert ["更正" in e.findtext(f"{ATOM}title", "") for e in only] == [True]
    elsewhere = entries(client.get(feed, headers={"host": "testserver:81"}).content.decode())
    assert [e.findtext(f"{ATOM}id") for e in elsewhere] == [e.findtext(f"{ATOM}id") for e in everything], "at any host"
    empty = client.get(feed, {"q": "没有这样的公告"}).content.decode()
    assert entries(empty) == [] and ET.fromstring(empty).findtext(f"{ATOM}updated")
    listed = page(client, f"{reverse('notices')}?q=教学&kind=correction")
    assert 'type="application/atom+xml"' in listed and "kind=correction" in listed.split("atom+xml")[1].split(">")[0]


def test_a_feed_tells_no_notice_before_its_time(client: Client, clock: Clock) -> None:
    tender = Tender().published()
    clock.at = tender.now - datetime.timedelta(seconds=1)
    assert entries(client.get(reverse("notice_feed")).content.decode()) == []


def test_a_search_is_kept_counts_what_is_new_and_is_dropped(clock: Clock) -> None:
    first = Tender(title="多媒体教学设备采购").published()
    follow(first, clock)
    client, searches = signed_in(), reverse("searches")
    assert client.post(searches, {"q": "多媒体", "kind": "invitation"}).status_code == 302
    kept = SavedSearch.objects.get()
    said = page(client, searches)
    assert "多媒体" in said and "条新公告" not in said, "what was there when it was kept is no news"
    clock.at = first.now + datetime.timedelta(hours=1)
    for title in ("多媒体设备采购", "消防器材采购"):
        other = Tender(title=title)
        other.now = clock.at
        other.published()
    clock.at = other.now + datetime.timedelta(minutes=1)
    assert "1 条新公告" in page(client, searches), "the other notice is about something else"
    assert client.get(reverse("saved_search", args=[kept.pk])).status_code == 302
    assert "1 条新公告" in page(client, searches), "a GET marks nothing"
    answer = client.post(reverse("saved_search", args=[kept.pk]))
    assert "kind=invitation" in answer["Location"]
    assert "条新公告" not in page(client, searches)
    client.post(searches, {"q": "多媒体", "kind": "invitation"})
    assert SavedSearch.objects.count() == 1, "kept once"
    client.post(reverse("saved_search", args=[kept.pk]), {"do": "delete"})
    assert not SavedSearch.objects.exists()


def test_a_kept_search_is_nobody_elses(clock: Clock) -> None:
    mine, stranger = signed_in(), signed_in()
    mine.post(reverse("searches"), {"q": "多媒体"})
    kept = SavedSearch.objects.get()
    address = reverse("saved_search", args=[kept.pk])
    assert "多媒体" not in page(stranger, reverse("searches"))
    assert stranger.get(address).status_code == stranger.post(address, {"do": "delete"}).status_code == 404
    assert Client().get(reverse("searches")).status_code == Client().post(reverse("searches"), {"q": "a"}).status_code
    assert SavedSearch.objects.count() == 1


def test_searches_have_a_limit_and_say_something(clock: Clock) -> None:
    client, searches = signed_in(), reverse("searches")
    client.post(searches, {})
    assert not SavedSearch.objects.exists(), "the search for everything is the list itself"
    for n in range(25):
        client.post(searches, {"q": f"设备{n}"})
    assert SavedSearch.objects.count() == 20
    with CaptureQueriesContext(connection) as caught:
        page(client, searches)
    assert len(caught) <= 6, "one count for all of them"


def test_the_list_costs_the_same_for_whoever_is_signed_in(clock: Clock) -> None:
    supplier = make_supplier()
    client = at_desk(supplier)
    follow(Tender(title="甲设备采购").published(), clock)
    address = f"{reverse('notices')}?kind=invitation&buyer={Notice.objects.get().buyer_id}"

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            page(client, address)
        return len(caught)

    few = asked()
    for n in range(3):
        Tender(title=f"乙设备采购{n}").published()
    assert asked() == few


def test_rows_say_in_one_sentence_what_it_is(client: Client, clock: Clock) -> None:
    chain = Chain().until("contract published")
    clock.at = chain.now
    said = page(client, reverse("notices"))
    for words in ("中选，金额 900,000.00 元", "签订合同，金额", "更正“技术要求”"):
        assert words in said
    tender = Tender(title="多媒体教学设备采购").published()
    wanted = Notice.objects.get(root=tender.case.ref).facts["requirement"]
    assert f"要买：{wanted}" in page(client, f"{reverse('notices')}?q=多媒体")


def test_a_search_may_be_called_whatever_somebody_writes(clock: Clock) -> None:
    client = signed_in()
    assert client.post(reverse("searches"), {"q": "多媒体", "title": "\0我的\u202e检索"}).status_code == 302
    assert "我的检索" in page(client, reverse("searches")), "without what nobody sees"
