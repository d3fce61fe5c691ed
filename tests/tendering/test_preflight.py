"""What does the pre-flight say of a draft bid, does it agree with the evaluation, and does it keep nothing?"""

import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from tests.factories import at, make_supplier
from tests.tendering.judging import RECEIVED, Offer, hall
from tests.tendering.walk import CLOSES, Tender, criteria
from tests.www.support import Clock, at_desk, follow
from tests.www.test_english import data, unmarked
from tests.www.test_urls import rows
from yangcai.credit.models import Debarment
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.wording import Written, in_words
from yangcai.parties.models import Post
from yangcai.tendering import arithmetic, preflight
from yangcai.tendering.models import BidSecurity
from yangcai.tendering.preflight import Check, Verdict
from yangcai.www import wording

pytestmark = pytest.mark.django_db

ROW = {"item": "计算机", "specification": "X1", "quantity": Decimal(100), "unit_price": Decimal("9000.00")}
ROWS = [{**ROW, "amount": Decimal("900000.00")}]
PAPER = PrivateFile("投标文件.pdf", "application/pdf", b"%PDF-1.7")
#: Nothing to find fault with.
GOOD: dict[str, Any] = {
    "price": Decimal("900000.00"),
    "price_in_words": "玖拾万元整",
    "lines": ROWS,
    "preference": "none",
    "partners": [],
    "is_domestic": False,
    "domestic_share": None,
    "has_imports": False,
    "brand": "",
    "attachments": [PAPER],
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(CLOSES)
    monkeypatch.setattr("yangcai.kernel.clock.now", clock)
    return clock


def checked(tender: Tender, post: Post, *, met: bool = True, **offer: Any) -> dict[str, Check]:
    """What is not passed, by code."""
    ticked = frozenset(clause.pk for clause in preflight.clauses(tender.lot)) if met else frozenset()
    found = preflight.check(tender.lot, supplier=post.organisation, offer=GOOD | offer, met=ticked, now=tender.now)
    return {one.code: one for one in found if one.verdict is not Verdict.PASS}


def lines(*cells: tuple[str, str, str]) -> list[dict[str, Any]]:
    names = ("quantity", "unit_price", "amount")
    return [{"item": "货物", "specification": "", **dict(zip(names, map(Decimal, row), strict=True))} for row in cells]


def partner(share: str, **more: Any) -> list[dict[str, Any]]:
    """A small enterprise in the consortium, with its share of the contract."""
    return [{"kind": "member", "name": "示例小微公司", "uscc": "", "size": "small", "share": Decimal(share), **more}]


#: What the document says; what the bid says; what is found; its article.
MEDIUM = [{"item": "示例设备", "maker": "示例制造公司", "size": "medium"}]
TABLE = [
    ({}, {}, {}),
    ({}, {"price": Decimal("1000000.01"), "price_in_words": "", "lines": []}, {"above_ceiling": "fail"}),
    ({}, {"price": Decimal("1000000.00"), "price_in_words": "", "lines": []}, {}),
    ({}, {"price_in_words": "玖拾壹万元整"}, {"correction": "warn"}),
    # The words hold, and lead above the budget: found out before, not at the evaluation.
    ({}, {"price_in_words": "壹佰玖拾万元整", "lines": []}, {"correction": "warn", "above_ceiling": "fail"}),
    # With a price form the unit prices have the last word (87号令 art. 59(4)).
    ({}, {"price_in_words": "壹佰玖拾万元整"}, {"correction": "warn"}),
    ({}, {"lines": lines(("100", "9000.00", "800000.00"))}, {"row_total": "warn", "correction": "warn"}),
    ({}, {"lines": lines(("100", "90000.00", "900000.00"))}, {"row_total": "warn", "correction": "warn"}),
    ({}, {"attachments": []}, {"attachments_missing": "fail"}),
    # 45 % of the budget without a ceiling price (财库〔2026〕2号): strictly below.
    ({}, {"price": Decimal("449999.99"), "price_in_words": "", "lines": []}, {"low_price": "warn"}),
    ({}, {"price": Decimal("450000.00"), "price_in_words": "", "lines": []}, {}),
    ({"bid_security": "20000.00"}, {}, {"security_missing": "fail"}),
    ({"core_product": "计算机"}, {}, {"brand_missing": "fail"}),
    ({}, {"has_imports": True}, {"imports_not_accepted": "fail"}),
    ({}, {"is_domestic": True, "domestic_share": Decimal("0.80")}, {}),
    ({}, {"is_domestic": True, "domestic_share": Decimal("0.7999")}, {"domestic_share_too_small": "warn"}),
    ({}, {"domestic_share": Decimal("0.80")}, {"domestic_not_declared": "fail"}),
    ({"core_product": "计算机"}, {"brand": "河桥"}, {}),
    ({"small_micro_rate": "0.10"}, {}, {"unclaimed": "warn"}),
    ({"small_micro_rate": "0.10"}, {"preference": "small_micro"}, {}),
    (
        {},
        {"preference": "consortium", "partners": partner("0.30"), "makers": MEDIUM},
        {"no_rate": "warn", "consortium_not_accepted": "fail"},
    ),
    (
        {"accepts_consortium": True, "consortium_rate": "0.04"},
        {"preference": "consortium", "partners": partner("0.29"), "makers": MEDIUM},
        {"partner_share_too_small": "warn"},
    ),
    (
        {"accepts_consortium": True, "consortium_rate": "0.04"},
        {"preference": "consortium", "partners": partner("0.30"), "makers": MEDIUM},
        {},
    ),
    (  # a large bidder that names no maker made the goods itself (财库〔2020〕46号 art. 4)
        {"accepts_consortium": True, "consortium_rate": "0.04"},
        {"preference": "consortium", "partners": partner("0.30")},
        {"bidder_is_larger": "fail"},
    ),
]


@pytest.mark.long
@pytest.mark.parametrize(("document", "offer", "expected"), TABLE)
def test_what_is_found(document: dict[str, Any], offer: dict[str, Any], expected: dict[str, str]) -> None:
    tender = Tender().published(**document)
    post = tender.supplier(size="small" if document.get("small_micro_rate") else "large")
    if document.get("accepts_consortium"):
        tender.agree(post, offer["partners"])
    found = checked(tender, post, **offer)
    assert {code: one.verdict for code, one in found.items()} == expected
    for one in found.values():
        assert one.citation is not None and one.citation.article, one.code
        assert one.zh and one.en and not any("\u3400" <= sign <= "\u9fff" for sign in one.en), one.en


def test_every_requirement_is_ticked_by_the_bidder_itself() -> None:
    tender = Tender().published()
    post = tender.supplier()
    found = preflight.check(tender.lot, supplier=post.organisation, offer=GOOD, met=frozenset(), now=tender.now)
    open_ones = [one for one in found if one.code == "clause_open"]
    assert len(open_ones) == len(preflight.clauses(tender.lot)) > 6
    assert any("★ 质保三年" in one.zh and one.citation.article == "第五十条" for one in open_ones)
    assert {one.citation.article for one in open_ones} == {"第四十四条", "第五十条"}


def test_what_the_buyer_wrote_is_said_as_it_was_written() -> None:
    """In whosever words the rest is: a core product and a criterion may be called after a tender."""
    tender = Tender()
    tender.describe(core_product="投标文件生成器")
    counted = {"formula": "interpolated", "figure": "投标文件份数", "unit": "份", "points_table": "12=0；36=20"}
    rows = criteria()
    tender.do(
        "criteria.define", tender.lot, tender.runner, rows=[*rows[:2], {**rows[2], "title": "投标方案"} | counted]
    )
    tender.confirm()
    tender.publish()
    offer = {**GOOD, "brand": "河桥", "figures": [{"criterion": "business", "figure": Decimal(36)}]}
    post = tender.supplier()
    found = preflight.check(tender.lot, supplier=post.organisation, offer=offer, met=frozenset(), now=tender.now)
    by_code = {one.code: one for one in found}
    with in_words(wording.of_method("negotiation")), translation.override("zh-hans"):
        assert "（投标文件生成器）" in by_code["brand"].text and "“投标方案”" in by_code["counted"].text
        told = by_code["counted"].as_dict()
        assert "“投标方案”" in told["zh"] and "以响应文件的证明为准" in told["zh"]  # by the API in the same words


def test_a_debarment_that_begins_before_the_deadline_counts() -> None:
    tender = Tender().published()
    post = tender.supplier(size="large")
    begins = CLOSES.date()
    Debarment.objects.create(
        organisation=post.organisation, ground="procurement", from_on=begins, authority="财政局", decision="9号"
    )
    assert set(checked(tender, post)) == {"debarred"}


@pytest.mark.parametrize(("amount", "found"), [("19999.99", {"security_missing"}), ("20000.00", set())])
def test_a_security_counts_when_all_of_it_has_arrived(amount: str, found: set[str]) -> None:
    tender = Tender().published(bid_security="20000.00")
    post = tender.supplier(size="large")
    BidSecurity.objects.create(
        case=tender.case, supplier=post.organisation, kind="transfer", amount=amount, received_at=tender.now
    )
    assert set(checked(tender, post)) == found


AGREE = [
    Offer("900000.00"),
    Offer("900000.00", rest={"price_in_words": "壹佰叁拾万元整"}),
    Offer("1300000.00"),
    Offer("900000.00", lines=[("10", "9000.00", "900000.00")]),
    Offer("900000.00", lines=[("100", "900.00", "900000.00")]),
    Offer("900000.00", lines=[("3", "100000.00", "300000.00"), ("6", "100000.50", "600003.00")]),
    Offer("100000.00"),
    Offer("900000.00", size="small", rest={"preference": "small_micro"}),
    Offer("900000.00", size="medium", rest={"preference": "consortium", "small_micro_share": Decimal("0.2")}),
]


@pytest.mark.parametrize("offer", AGREE)
def test_it_says_what_the_evaluation_will_find(offer: Offer) -> None:
    """The same offer as a draft, and as one of four opened bids."""
    h = hall(
        offer, "950000", "980000", "990000", small_micro_rate="0.10", consortium_rate="0.04", accepts_consortium=True
    )
    draft = {
        "price": Decimal(offer.price),
        "price_in_words": offer.rest.get("price_in_words", ""),
        "lines": lines(*offer.lines),
        "preference": offer.rest.get("preference", "none"),
        "partners": partner(str(offer.rest["small_micro_share"])) if "small_micro_share" in offer.rest else [],
    }
    said = preflight.check(h.lot, supplier=h.bidders[0].organisation, offer=draft, met=frozenset(), now=RECEIVED)
    found = arithmetic.outcome(h.lot, now=h.bids[0].opened_at).of(h.bids[0])
    assert [one.zh.split("；")[0] for one in said if one.code == "correction"] == [
        f"{made.zh}：{made.before:,.2f} → {made.after:,.2f}" for made in found.corrections
    ]
    assert [one.zh for one in said if one.code == "above_ceiling"] == (
        [found.invalid.zh] if found.invalid and found.invalid.code == "above_ceiling" else []
    )
    assert any(one.code == "low_price" for one in said) == ("ceiling" in found.low_price_tests)
    if found.invalid is None:
        assert [one.code for one in said if one.code == "partner_share_too_small"] == [
            refusal.code for refusal in found.not_granted
        ]
        assert [f"{d.amount:,.2f}" in one.zh for d in found.deductions for one in said if one.code == "deduction"] == [
            True
        ] * len(found.deductions)


# --- on the form ---------------------------------------------------------------------------------------------------

SEALED = "876543.21"


def files_kept() -> set[Path]:
    return {path for path in Path(settings.YANGCAI_FILES).rglob("*") if path.is_file()}


def draft(**more: Any) -> dict[str, Any]:
    return {
        "price": SEALED,
        "price_in_words": "壹佰万零壹元整",
        "brand": "河桥",
        **more,
    }


def test_the_form_says_it_and_keeps_what_was_typed(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    tender = Tender().published()
    post = tender.supplier()
    follow(tender, clock)
    client = at_desk(post)
    form = client.get(reverse("work_do", args=["lot", tender.lot.pk, "bid.submit"])).content.decode()
    address = reverse("work_try", args=["lot", tender.lot.pk, "bid.submit"])
    assert f'formaction="{address}"' in form and "预检，不递交" in form and "对照自查" in form
    before, kept = rows(), files_kept()
    first = preflight.clauses(tender.lot)[0]
    paper = SimpleUploadedFile("秘密报价书.pdf", b"%PDF-1.7 secret")
    with caplog.at_level(logging.DEBUG):
        answer = client.post(address, draft(met=[str(first.pk)], attachments=paper))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "预检结果" in page and "超过预算金额或者最高限价" in page and "1,000,001.00" in page
    assert "附有 1 个文件" in page
    assert "我单位承诺" in page and "这个字段是必填项" in page  # the promise is still missing
    assert (
        f'value="{SEALED}"' in page and 'value="壹佰万零壹元整"' in page and 'value="河桥"' in page
    )  # what was typed is kept
    assert page.count("（尚未自查）") == len(preflight.clauses(tender.lot)) - 1
    assert f'value="{first.pk}"' in page and page.count(" checked") == 1
    # Nothing is kept: no row of any table, no file, no line of a log.
    assert rows() == before and files_kept() == kept
    told = caplog.text
    assert not any(secret in told for secret in (SEALED, "876,543.21", "秘密报价书", "壹佰万零壹元整"))


def test_in_english(clock: Clock) -> None:
    tender = Tender().published()
    post = tender.supplier()
    follow(tender, clock)
    client = at_desk(post)
    client.cookies["django_language"] = "en"
    page = client.post(reverse("work_try", args=["lot", tender.lot.pk, "bid.submit"]), draft()).content.decode()
    page = page.replace("壹佰万零壹元整", "").replace("河桥", "")  # what was typed
    assert unmarked(page, data()) == []
    assert "Pre-flight" in page and "above the budget or ceiling price" in page and "not checked yet" in page


def test_only_who_may_bid_may_ask(clock: Clock) -> None:
    tender = Tender().published()
    insider, stranger = tender.supplier(), make_supplier()
    follow(tender, clock)
    address = reverse("work_try", args=["lot", tender.lot.pk, "bid.submit"])
    for post in (stranger, tender.officer, tender.agent_post):
        answer = at_desk(post).post(address, draft())
        assert answer.status_code == 422 and "预检结果" not in answer.content.decode()
    clock.at = at("2026-03-24T09:31")
    late = at_desk(insider).post(address, draft())
    assert late.status_code == 422 and "预检结果" not in late.content.decode()


def test_a_line_is_said_in_the_words_of_the_method_and_what_was_written_stays() -> None:
    """On the form of a consultation nothing is 投标; what the document says, it says."""
    written = "投标有效期不少于九十日"
    line = Check("x", Verdict.WARN, f"投标截止：{written}", f"bid: {written}", written=(Written(written),))
    with in_words(wording.of_method("consultation")):
        assert line.text == f"响应文件提交截止：{written}"
        assert translation.gettext("投标响应") == "响应内容"
    assert line.text == f"投标截止：{written}"


#: What only a tender is called, and the order that speaks of tenders alone (财政部令第87号).
OF_TENDERS = ("投标", "招标", "评标", "中标", "开标")
ORDER_87 = "货物和服务招标投标管理办法"


@pytest.mark.parametrize("procedure", ["quotations", "negotiation"])
def test_the_pre_flight_speaks_of_an_offer_as_its_method_does(procedure: str, clock: Clock, every_method: None) -> None:
    """On the page every line and every article is that of the method, and nothing is asked that it does not know."""
    tender = Tender(procedure=procedure, method="lowest").published()
    post = tender.supplier(size="small")
    follow(tender, clock)
    client = at_desk(post)
    form = client.get(reverse("work_do", args=["lot", tender.lot.pk, "bid.submit"])).content.decode()
    assert "核心产品" not in form and "制造商" in form
    asked = draft(preference="consortium", price="2000000.00", price_in_words="")
    asked.pop("brand")
    page = client.post(reverse("work_try", args=["lot", tender.lot.pk, "bid.submit"]), asked).content.decode()
    assert "预检结果" in page and "1,000,000.00，响应无效" in page
    dear = {"price": Decimal(2_000_000), "price_in_words": "", "lines": []}
    found = preflight.check(
        tender.lot, supplier=post.organisation, offer={**GOOD, **dear}, met=frozenset(),
        now=tender.now,
    )  # fmt: skip
    with in_words(wording.of_method(procedure)), translation.override("zh-hans"):
        lines = [(one.code, one.text, one.citation.text if one.citation else "") for one in found]
    assert {code for code, _text, _article in lines} >= {"above_ceiling", "clause_open"}
    for code, text, article in lines:
        assert not any(word in text for word in OF_TENDERS) and ORDER_87 not in article, (code, text, article)
