"""What does the public page of one purchase show in each of its tabs, and what of a buyer and of a supplier?"""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.contracts.support import document
from tests.factories import NOW, make_case, make_supplier
from tests.portal.chain import STEPS, Chain
from tests.tendering.walk import Tender
from tests.www.support import Clock, follow
from yangcai.cases.models import Award, Candidate
from yangcai.kernel.models import Attachment
from yangcai.portal import editions, published
from yangcai.portal.models import Notice
from yangcai.www.public.cases import TABS

pytestmark = pytest.mark.django_db


def page(client: Client, case: Any, tab: str = "", *, status: int = 200) -> str:
    answer = client.get(reverse("public_case", args=[case.pk]), {"tab": tab} if tab else {})
    assert answer.status_code == status
    return answer.content.decode()


def changes(client: Client, case: Any, query: str = "") -> str:
    return client.get(reverse("public_changes", args=[case.pk]) + query).content.decode()


def corrected() -> Tender:
    """Published, then corrected twice: in words that stand in the document, and in words that do not."""
    tender = Tender(title="更正过的采购").published()
    wanted = Notice.objects.get(kind="invitation").facts["requirement"]
    first = {"item": "采购需求", "before": wanted, "after": f"{wanted}，内存 16G", "document": document("采购文件二")}
    tender.do("correction.publish", tender.case, tender.runner, **first)
    tender.now += datetime.timedelta(hours=1)
    second = {"item": "付款方式", "before": "一次付清", "after": "分期付清"}
    tender.do("correction.publish", tender.case, tender.runner, **second)
    return tender


@pytest.mark.long
def test_every_edition_of_the_document_stays_public_and_says_what_changed(client: Client, clock: Clock) -> None:
    tender = corrected()
    follow(tender, clock)
    said = page(client, tender.case, "documents")
    assert [f"第 {n} 版" in said for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert said.count("已被取代") == 2 and said.count("现行") >= 1
    second = Attachment.objects.get(root=tender.case.ref, title="采购文件（第 2 版）")
    assert reverse("public_file", args=[second.pk]) in said
    handed_out = client.get(reverse("public_file", args=[second.pk]))
    assert handed_out.status_code == 200 and b"".join(handed_out.streaming_content)  # type: ignore[attr-defined]
    wanted = Notice.objects.get(kind="invitation").facts["requirement"]
    both = changes(client, tender.case, "?from=1&to=2")
    assert "<ins>" in both and "，内存 16G" in both and "付款方式" not in both
    assert wanted in both, "what stayed is shown beside it"
    third = changes(client, tender.case, "?from=2&to=3")
    assert "付款方式" in third and "内存" not in third
    assert "一次" in third and "分期" in third
    everything = changes(client, tender.case)
    assert "，内存 16G" in everything and "付款方式" in everything
    for odd in ("?from=x&to=y", "?from=0", "?from=3&to=1", "?to=99", "?from=2&to=2"):
        assert client.get(reverse("public_changes", args=[tender.case.pk]) + odd).status_code == 200


def test_a_moved_deadline_is_a_change(clock: Clock, client: Client) -> None:
    tender = Tender().published()
    old = Notice.objects.get().closes_at
    assert old is not None
    later = old + datetime.timedelta(days=7)
    tender.do(
        "correction.publish", tender.case, tender.runner, item="截止", after="顺延", new_submission_closes_at=later
    )
    follow(tender, clock)
    said = changes(client, tender.case)
    assert f"{old.astimezone(tender.now.tzinfo):%Y-%m-%d %H:%M}</del>" in said
    assert f"{later.astimezone(tender.now.tzinfo):%Y-%m-%d %H:%M}</ins>" in said


def test_no_edition_is_told_before_its_time(clock: Clock, client: Client) -> None:
    tender = corrected()
    clock.at = tender.now - datetime.timedelta(minutes=30)
    said = page(client, tender.case, "documents")
    assert "第 2 版" in said and "第 3 版" not in said
    assert "付款方式" not in changes(client, tender.case)
    hidden = make_case(stage="preparation")
    assert client.get(reverse("public_changes", args=[hidden.pk])).status_code == 404
    page(client, hidden, "documents", status=404)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("内存 8G", "内存 16G", [("kept", "内存 "), ("removed", "8G"), ("added", "16G")]),
        ("", "新增", [("added", "新增")]),
        ("甲\n乙\n丙", "甲\n丙", [("kept", "甲\n"), ("removed", "乙\n"), ("kept", "丙")]),
        ("同", "同", [("kept", "同")]),
        ("长" * 3000, "短" * 3000, [("removed", "长" * 3000), ("added", "短" * 3000)]),
    ],
)
def test_texts_are_compared_sign_by_sign(before: str, after: str, told: list[tuple[str, str]]) -> None:
    assert [(piece.how, piece.text) for piece in editions.compared(before, after)] == told


def test_the_summary_says_who_what_how_much_until_when_and_how(client: Client, clock: Clock) -> None:
    tender = Tender(title="说得清的采购").published()
    follow(tender, clock)
    said = page(client, tender.case)
    for word in (
        "谁买",
        "买什么",
        "多少钱",
        "到什么时候",
        "投标截止",
        "登录后免费获取采购文件",
        tender.case.buyer.name,
    ):
        assert word in said
    clock.at += datetime.timedelta(days=60)
    assert "登录后免费获取采购文件" not in page(client, tender.case), "nobody is called to a tender that is closed"


@pytest.mark.long
def test_tabs_tell_nothing_before_its_time(client: Client, clock: Clock) -> None:
    """All tabs together: bidders from the opening, rank and winner from the award notice, contract from its notice."""
    chain = Chain()
    for stop in chain.stops():
        clock.at = chain.now
        if stop == "prepared":
            assert [page(client, chain.case, tab, status=404) != "" for tab in TABS] == [True] * len(TABS)
            continue
        said = {tab: page(client, chain.case, tab) for tab in TABS}
        together = "".join(said.values())
        names = [post.organisation.name for post in chain.suppliers]
        if stop in ("published", "corrected", "bids came in"):
            assert not any(name in together for name in names), stop
            assert "900,000.00" not in together
        elif stop in ("opened", "opening concluded", "judged", "award determined"):
            assert all(name in said["results"] for name in names) and "中标候选人" not in together, stop
            assert "谁中选" not in together, stop
        elif stop in ("award announced", "contract drafted", "contract signed"):
            assert "谁中选" in said["overview"] and "中标候选人" in said["results"], stop
            assert "-合1" not in together, stop
        elif stop == "contract amended":
            assert "900,000.00" in said["contracts"] and "950,000.00" not in together, "not before its own notice"
        elif stop == "amendment published":
            assert "950,000.00" in said["contracts"]
    assert page(client, chain.case, "payments").count("2026-04") >= 3
    assert "支付了" in page(client, chain.case, "timeline")


@pytest.mark.parametrize(("procedure", "is_told"), [("open_tender", True), ("negotiation", False)])
def test_what_losers_asked_is_told_only_where_it_was_read_out(
    client: Client, clock: Clock, procedure: str, is_told: bool
) -> None:
    """政府采购法 art. 38(4): of a negotiation the winner's price alone becomes public."""
    case = make_case(stage="award", procedure=procedure)
    lot = case.lots.get()
    first, second = (
        Candidate.objects.create(lot=lot, supplier=make_supplier().organisation, rank=n, amount=price, at=NOW)
        for n, price in ((1, "876543.21"), (2, "887654.32"))
    )
    announced = {"amount": first.amount, "determined_at": NOW, "announced_at": NOW}
    Award.objects.create(candidate=first, lot=lot, supplier=first.supplier, **announced)
    said = page(client, case, "results")
    assert "876,543.21" in said and second.supplier.name in said
    assert ("887,654.32" in said) is is_told


@pytest.mark.long
@pytest.mark.parametrize("tab", list(TABS))
def test_a_tab_costs_the_same_however_many_lots(client: Client, clock: Clock, tab: str) -> None:
    one, many = Tender(lots=1).published(), Tender(lots=3).published()
    follow(many, clock)

    def asked(tender: Tender) -> int:
        page(client, tender.case, tab)
        with CaptureQueriesContext(connection) as caught:
            page(client, tender.case, tab)
        return len(caught)

    assert asked(one) == asked(many) <= 16


@pytest.mark.long
def test_a_buyer_shows_what_it_spends_and_a_supplier_what_it_won(client: Client, clock: Clock) -> None:
    chain = Chain().until("contract signed")
    clock.at = chain.now
    buyer, supplier = chain.case.buyer, chain.winner.organisation

    def both() -> list[str]:
        found = [client.get(reverse("organisation", args=[one.pk])).content.decode() for one in (buyer, supplier)]
        return found

    assert all("还没有公告的合同" in said for said in both()), "not before the contract's notice"
    STEPS["contract published"](chain)
    STEPS["contract amended"](chain)
    clock.at = chain.now
    for said, other in zip(both(), (supplier, buyer), strict=True):
        assert "900,000.00" in said and reverse("organisation", args=[other.pk]) in said
        assert "950,000.00" not in said, "the amendment has no notice yet"
        assert "截至" in said and "2026" in said
    assert "分母为合同金额" in both()[0] and "100.00" in both()[0]
    STEPS["amendment published"](chain)
    clock.at = chain.now
    assert all("950,000.00" in said for said in both())
    total = published.totals(published.of(buyer, as_supplier=False, now=chain.now))
    assert str(total["sum"]) == "950000.00" and str(total["small"]) == "950000.00"


def test_running_purchases_are_those_that_were_published(client: Client, clock: Clock) -> None:
    case = make_case(stage="submission", title="进行中的采购")
    make_case(buyer=case.buyer, stage="preparation", title="准备中的采购")
    said = client.get(reverse("organisation", args=[case.buyer_id]), {"q": "进行 & 中"}).content.decode()
    assert "进行中的采购" in said and "准备中的采购" not in said
    assert f"{reverse('search')}?q=%E8%BF%9B%E8%A1%8C" in said, "back to everything that was found"
