"""What may anyone read, and when? Nothing before its time, everything after, in both languages, at a constant price."""

from typing import Any

import pytest
from django.urls import reverse

from tests.factories import NOW, make_case, make_organisation, make_post
from tests.portal.chain import Chain
from tests.tendering.walk import Tender
from yangcai import law
from yangcai.kernel import documents
from yangcai.kernel.models import Attachment
from yangcai.parties.models import OrganisationKind
from yangcai.parties.roles import Role
from yangcai.portal import pipeline
from yangcai.portal.models import Notice
from yangcai.www import formats
from yangcai.www.public.cases import TABS

pytestmark = pytest.mark.django_db
STATIC = ("home", "search", "notices", "notice_feed", "law", "law_clocks", "status", "verify", "help")


class Reader:
    """Somebody who has not signed in, at a time."""

    def __init__(self, client: Any, monkeypatch: Any):
        self.client, self.now = client, NOW
        monkeypatch.setattr("yangcai.kernel.clock.now", lambda: self.now)

    def get(self, path: str, *, lang: str = "zh-hans", status: int = 200) -> str:
        self.client.cookies["django_language"] = lang
        answer = self.client.get(path)
        assert answer.status_code == status, path
        return str(answer.content.decode())

    def everything(self, case: Any) -> str:
        """All that the public pages and the open data say about a case."""
        paths = [
            reverse("home"), reverse("notices"), reverse("notice_feed"), reverse("public_changes", args=[case.pk]),
            *(f"{reverse('public_case', args=[case.pk])}?tab={tab}" for tab in TABS),
            *(reverse("running", args=[code]) for code in pipeline.LISTED),
            reverse("organisation", args=[case.buyer_id]), reverse("ocds_record", args=[case.pk]), reverse("api_feed"),
            f"/api/v1/cases/{case.pk}", "/api/v1/opened-bids", "/api/v1/bids", "/api/v1/committee-members",
            "/api/v1/awards", "/api/v1/contracts", "/api/v1/notices",
            *(reverse("notice", args=[n.pk]) for n in Notice.objects.all()),
        ]  # fmt: skip
        return "".join(self.get(path) for path in paths)


@pytest.fixture
def reader(client: Any, monkeypatch: Any) -> Reader:
    return Reader(client, monkeypatch)


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("name", STATIC)
def test_every_page_opens_on_an_empty_platform(reader: Reader, name: str, lang: str) -> None:
    page = reader.get(reverse(name), lang=lang)
    assert f'lang="{lang}"' in page and "style=" not in page


@pytest.mark.long
def test_nothing_is_said_before_its_time(reader: Reader) -> None:
    """One whole purchase: names and prices from the opening, the committee and the rank from the award, and so on."""
    chain = Chain()
    case = chain.case
    for stop in chain.stops():
        reader.now = chain.now
        bidders = [post.organisation.name for post in chain.suppliers]
        if stop == "prepared":
            reader.get(reverse("public_case", args=[case.pk]), status=404)
            reader.get(f"/api/v1/cases/{case.pk}", status=404)
            assert case.title not in reader.get(reverse("home")) + reader.get(reverse("api_feed"))
            continue
        said = reader.everything(case)
        assert case.title in said
        if stop in ("published", "corrected"):
            continue
        opened = stop != "bids came in"
        for name, price in zip(bidders, ("900,000.00", "910,000.00", "920,000.00"), strict=True):
            assert (name in said) is opened, (stop, name)
            assert (price in said) is opened, (stop, price)
        if stop == "judged" or hasattr(chain, "hall"):
            announced = stop not in ("judged", "award determined")
            experts = [m.post.person.name for m in chain.hall.members]
            employers = [m.post.organisation.name for m in chain.hall.members if m.post.role == "expert"]
            assert all((name in said) is announced for name in experts), stop
            assert not any(name in said for name in employers), stop
            assert ("中标候选人" in said) is announced, stop
        if stop == "contract signed":
            assert "¥" not in said and chain.contract.number not in said
        if stop == "contract published":
            assert chain.contract.number in said
    told = f"{reverse('public_case', args=[case.pk])}?tab="
    assert "950,000.00" in reader.get(f"{told}contracts") and reader.get(f"{told}timeline").count("支付了") >= 3
    assert reader.get(f"{told}payments", lang="en").count("Paid") >= 1


def test_pages_cost_the_same_however_much_there_is(reader: Reader, django_assert_max_num_queries: Any) -> None:
    tenders = [Tender(lots=n).published() for n in (1, 3)]
    reader.now = tenders[0].now
    for tender in tenders:
        for lot in tender.case.lots.all():
            for price in ("900000.00", "910000.00", "920000.00") if tender is tenders[0] else ():
                tender.bid(tender.supplier(), lot=lot, price=price)
    tenders[0].open()
    reader.now = tenders[0].now
    for name, most in (("home", 30), ("notices", 4), ("law", 1), ("law_clocks", 1), ("verify", 1), ("help", 1)):
        with django_assert_max_num_queries(most):
            reader.get(reverse(name))
    for tender in tenders:
        with django_assert_max_num_queries(16):
            reader.get(reverse("public_case", args=[tender.case.pk]))
        with django_assert_max_num_queries(9):
            reader.get(reverse("organisation", args=[tender.case.buyer_id]))
    with django_assert_max_num_queries(3):
        reader.get(reverse("notice", args=[Notice.objects.first().pk]))


def test_the_search_finds_and_filters(reader: Reader) -> None:
    tender = Tender(title="多媒体教学设备采购").published()
    reader.now = tender.now
    tender.do("correction.publish", tender.case, tender.runner, item="技术要求", after="改")
    notices = reverse("notices")
    assert "招标公告" in reader.get(f"{notices}?q=媒体")
    assert "多媒体" not in reader.get(f"{notices}?q=消防") and "没有符合条件的公告" in reader.get(f"{notices}?q=消防")
    assert "多媒体教学设备采购更正公告" not in reader.get(f"{notices}?kind=invitation")
    for odd in ("?kind=nothing", "?page=99999", "?page=x", "?category=%27"):
        reader.get(notices + odd)
    assert tender.case.title in reader.get(f"{reverse('home')}?kind=correction")
    reader.get(f"{reverse('home')}?kind=nothing")


def test_a_printed_notice_can_be_verified(reader: Reader) -> None:
    Tender().published()
    notice = Notice.objects.get()
    page = reader.get(reverse("notice", args=[notice.pk]))
    assert formats.fingerprint(notice.digest[:16]) in page
    for typed in (notice.digest, notice.digest[:16], f" {notice.digest[:8]} {notice.digest[8:20].upper()} "):
        assert notice.number in reader.get(f"{reverse('verify')}?code={typed}")
    for typed in (notice.digest[:15], "z" * 16, "0" * 16, "%", "x" * 500):
        page = reader.get(f"{reverse('verify')}?code={typed}")
        assert notice.number not in page and "没有找到" in page


def test_only_public_files_of_public_cases_are_handed_out(reader: Reader) -> None:
    hidden, case = make_case(), make_case(stage="submission")
    document = documents.store_bytes(data=b"%PDF-1.7 x", name="采购文件.pdf")

    def attached(to: Any, is_public: bool) -> str:
        row = Attachment.objects.create(
            document=document,
            root=to.ref,
            subject=to.ref,
            title="文件",
            kind="solicitation",
            is_public=is_public,
            at=NOW,
        )
        return reverse("public_file", args=[row.pk])

    shown = attached(case, True)
    answer = reader.client.get(shown)
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == b"%PDF-1.7 x"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert shown in reader.get(f"{reverse('public_case', args=[case.pk])}?tab=documents")
    for path in (attached(case, False), attached(hidden, True), attached(case.buyer, True)):
        reader.get(path, status=404)


def test_organisations_show_what_is_public_of_them(reader: Reader) -> None:
    case = make_case(stage="submission", title="已公告的采购")
    make_case(buyer=case.buyer, title="未公告的采购")
    page = reader.get(reverse("organisation", args=[case.buyer_id]))
    assert "已公告的采购" in page and "未公告的采购" not in page
    for kind in (OrganisationKind.AGENT, OrganisationKind.SUPPLIER, OrganisationKind.TREASURY):
        reader.get(reverse("organisation", args=[make_organisation(kind).pk]))
    reader.get(reverse("organisation", args=[make_post(Role.EXPERT).organisation_id]), status=404)


@pytest.mark.long
def test_every_rule_of_the_law_has_its_page(reader: Reader) -> None:
    for number, rule in enumerate(law.all_rules()):
        page = reader.get(reverse("law_rule", args=[rule.key]), lang=("zh-hans", "en")[number % 2])
        assert rule.key in page and (rule.en.split("'")[0] if number % 2 else rule.zh) in page
    reader.get(reverse("law_rule", args=["no.rule"]), status=404)
    assert "投标" in reader.get(f"{reverse('law')}?q=投标")
    assert "yangcai/tendering/rules" in reader.get(reverse("law_rule", args=["evaluation.unsuccessful"]))
