"""Do consortia, lots with their own set-aside, imports and green products replay from a case file? Made-up ones."""

from collections.abc import Iterator
from decimal import Decimal
from textwrap import dedent

import pytest
from django.test import override_settings

from tests.length import NIGHTLY
from tests.told import told
from yangcai.cases.models import Case, Lot
from yangcai.planning.models import ImportApproval
from yangcai.replay import driver
from yangcai.replay.casefile import parse_case
from yangcai.replay.defaults import complete
from yangcai.replay.published import CaseFile
from yangcai.replay.run import Replayed, replay
from yangcai.tendering.models import Criterion, EvaluationReport, GreenProduct, OpenedBid, PriceWeightApproval

pytestmark = pytest.mark.long

HEAD = """\
yangcai: case/1
source: 示例
title: 示例采购项目
buyer: {name: 示例采购人}
agent: {name: 示例代理机构}
jurisdiction: "620171"
dates: {invitation: 2026-03-02}
method: open_tender
"""


@pytest.fixture(autouse=True)
def in_a_sandbox() -> Iterator[None]:
    with override_settings(YANGCAI_SANDBOX=True):
        yield


def case(body: str) -> CaseFile:
    return parse_case(data=(HEAD + dedent(body)).encode())


def replayed(file: CaseFile) -> None:
    in_order(replay(file, through=driver.PythonDriver()))


def in_order(done: Replayed) -> None:
    report = done.as_dict(language="en")
    assert report["refusals"] == []
    assert report["differences"] == []
    assert report["ok"]


#: A large enterprise with a small member who has four tenths, beside two that bid alone.
CONSORTIUM = """\
    id: consortium
    category: services
    budget: "1000000.00"
    lots:
      - lot: "1"
        evaluation:
          method: lowest
          price_preference: {small_micro: "0.10", consortium: "0.06"}
        bids:
          - supplier: {name: 示例甲公司, size: large}
            price: "930000.00"
            prefer: consortium
            partners: [{kind: member, name: 示例丁公司, size: small, share: "0.40", work: 安装}]
          - supplier: {name: 示例乙公司, size: small}
            price: "990000.00"
            prefer: small_micro
          - supplier: {name: 示例丙公司, size: medium}
            price: "900000.00"
    outcome:
      status: awarded
      awards: [{lot: "1", supplier: 示例甲公司, amount: "930000.00"}]
      ranking: {"1": [示例甲公司, 示例乙公司, 示例丙公司]}
"""


def as_published() -> Replayed:
    """Replayed, from memory where another test did it."""
    return told(as_published, lambda: replay(case(CONSORTIUM), through=driver.PythonDriver()))


@pytest.mark.django_db
def test_a_consortium_replays_with_its_member_and_its_deduction() -> None:
    in_order(as_published())
    bid = OpenedBid.objects.get(supplier__name="示例甲公司")
    assert [(p.kind, p.name, p.share) for p in bid.partners.all()] == [("member", "示例丁公司", Decimal("0.4000"))]
    result = EvaluationReport.objects.get(lot=bid.lot).result["bids"]
    assert result[str(bid.pk)]["evaluated_price"] == "874200.00"  # 930,000 less 6 %


@pytest.mark.django_db
def test_partners_that_do_not_come_out_as_published_are_a_difference() -> None:
    """The comparison reads the rows, not the file: another member than the published one shows."""
    done = as_published()
    assert done.comparison is not None and done.comparison.equal
    checked = done.comparison.checked
    named = 'partners: [{kind: member, name: 示例丁公司, size: small, share: "0.40", work: 安装}]'
    unnamed = CONSORTIUM.replace("id: consortium", "id: alone").replace(named, "received: 2026-03-20T09:00")
    alone = replay(case(unnamed), through=driver.PythonDriver())
    assert alone.comparison is not None and alone.comparison.checked == checked - 1
    assert any("联合体成员未公布" in a.zh for a in alone.assumed)


def test_what_partners_do_not_publish_is_assumed_and_said() -> None:
    bare = CONSORTIUM.replace(', size: small, share: "0.40", work: 安装', "")
    done = complete(published=case(bare))
    (partner,) = done.case.lots[0].bids[0].partners
    assert (partner.size, partner.share) == ("small", Decimal("0.5000"))
    said = " ".join(one.zh for one in done.assumed)
    assert "合同份额未公布" in said and "分包供应商的规模未公布" in said


@pytest.mark.django_db
def test_a_share_below_the_law_grants_no_deduction() -> None:
    """财库〔2020〕46号 art. 9: three tenths at least; the bid goes on at its own price, and another one is first."""
    small = CONSORTIUM.replace("id: consortium", "id: small-share").replace('share: "0.40"', 'share: "0.20"')
    other = small.replace('supplier: 示例甲公司, amount: "930000.00"', 'supplier: 示例乙公司, amount: "990000.00"')
    ranked = other.replace("[示例甲公司, 示例乙公司, 示例丙公司]", "[示例乙公司, 示例丙公司, 示例甲公司]")
    replayed(case(ranked))


#: One lot for small and micro enterprises, one that demands a consortium, one open to all.
LOTS = """\
    id: lots
    category: services
    budget: "3000000.00"
    set_aside: package
    lots:
      - {lot: "1", budget: "1000000.00", set_aside: package, small_micro: true}
      - lot: "2"
        budget: "1000000.00"
        set_aside: consortium
        set_aside_share: "0.40"
        small_micro: true
        bids:
          - supplier: {name: 示例甲公司, size: large}
            price: "900000.00"
            partners: [{kind: member, name: 示例丁公司, size: micro, share: "0.40"}]
      - {lot: "3", budget: "1000000.00", set_aside: none}
"""
ENDED = """\
    events: [{on: 2026-03-06, kind: termination, reason: 采购任务取消}]
    outcome: {status: terminated}
"""


@pytest.mark.campaign
@pytest.mark.django_db
def test_lots_are_set_aside_each_in_its_own_way() -> None:
    """Judged in `make nightly`; in `make long` the purchase ends after its invitation, and no bid is published."""
    before, _bids, rest = LOTS.partition("        bids:")
    replayed(case(LOTS if NIGHTLY else before + rest[rest.index("      - {lot") :] + ENDED))
    lots = Lot.objects.order_by("pk")
    assert [(one.set_aside, one.set_aside_share, one.for_small_micro) for one in lots] == [
        ("package", Decimal(0), True), ("consortium", Decimal("0.4000"), True), ("none", Decimal(0), False),
    ]  # fmt: skip
    plan = Case.objects.get().plan_item
    assert plan.set_aside_share == Decimal("0.4666")  # 1.4 of 3 million, never more than the lots make
    assert plan.set_aside_small_micro == 1


@pytest.mark.django_db
def test_imports_core_product_and_green_products_replay() -> None:
    """An approved import, a mandatory product, one to be preferred by a deduction, and domestic against imported."""
    replayed(
        case("""\
        id: products
        category: goods
        budget: "1000000.00"
        imports: {products: 示例仪器, policy: encouraged, number: 示例核准〔2026〕1号}
        green:
          - {product: 示例空调机, kind: mandatory}
          - {product: 示例显示设备, kind: environment, lot: "1"}
        lots:
          - lot: "1"
            core_product: 示例仪器
            evaluation:
              method: lowest
              price_preference: {small_micro: "0.10", green: "0.05"}
            bids:
              - supplier: {name: 示例甲公司, size: medium}
                price: "800000.00"
                imports: true
                brand: 示例牌
              - supplier: {name: 示例乙公司, size: medium}
                price: "900000.00"
                domestic: true
                domestic_share: "0.90"
                green_certificates: 示例证书
              - supplier: {name: 示例丙公司, size: medium}
                price: "950000.00"
                domestic: true
        outcome:
          status: awarded
          awards: [{lot: "1", supplier: 示例乙公司, amount: "900000.00"}]
        """)
    )
    approval = ImportApproval.objects.get()
    assert (approval.products, approval.number) == ("示例仪器", "示例核准〔2026〕1号")
    assert list(GreenProduct.objects.values_list("product", "kind")) == [
        ("示例空调机", "mandatory"), ("示例显示设备", "environment"),
    ]  # fmt: skip
    result = EvaluationReport.objects.get().result
    found = {result["bidders"][pk]: bid["evaluated_price"] for pk, bid in result["bids"].items()}
    # Every evaluated bid had the mandatory certificate, so each gets 5 %; domestic ones 20 % more (国办发〔2025〕34号).
    assert found == {"示例甲公司": "760000.00", "示例乙公司": "675000.00", "示例丙公司": "712500.00"}


@pytest.mark.django_db
def test_a_published_import_that_the_document_forbids_is_refused() -> None:
    file = case("""\
        id: forbidden
        category: goods
        budget: "1000000.00"
        lots:
          - lot: "1"
            bids:
              - supplier: {name: 示例甲公司}
                price: "800000.00"
                imports: true
        """)
    done = replay(file, through=driver.PythonDriver())
    assert not done.ok and "进口" in "".join(refusal.zh for refusal in done.refusals)


#: A consultation whose price weighs more than the range allows: only as the treasury consented.
CONSENTED = """\
    id: consented
    category: services
    budget: "1000000.00"
    lots:
      - lot: "1"
        evaluation:
          criteria: [{code: price, weight: 45}, {code: technical, weight: 55}]
          price_weight_consent: 兰新财采〔2026〕7号
          price_preference: {small_micro: "0.10"}
        bids:
          - supplier: {name: 示例甲公司, size: large}
            price: "930000.00"
            scores: {technical: "50"}
          - supplier: {name: 示例乙公司, size: large}
            price: "990000.00"
            scores: {technical: "40"}
          - supplier: {name: 示例丙公司, size: medium}
            price: "900000.00"
            scores: {technical: "30"}
    outcome:
      status: awarded
      awards: [{lot: "1", supplier: 示例甲公司, amount: "930000.00"}]
      ranking: {"1": [示例甲公司, 示例乙公司, 示例丙公司]}
"""


@pytest.mark.django_db
def test_a_weight_of_price_outside_the_range_replays_with_the_consent_it_names() -> None:
    head = HEAD.replace("open_tender", "consultation")
    replayed(parse_case(data=(head + dedent(CONSENTED)).encode()))
    [approval] = PriceWeightApproval.objects.all()
    assert (approval.weight, approval.number) == (Decimal(45), "兰新财采〔2026〕7号")
    assert Criterion.objects.get(lot=approval.lot, kind="price").weight == 45
    silent = CONSENTED.replace("          price_weight_consent: 兰新财采〔2026〕7号\n", "").replace(
        "id: consented", "id: silent"
    )
    report = replay(parse_case(data=(head + dedent(silent)).encode()), through=driver.PythonDriver()).as_dict(
        language="en"
    )
    assert [one["code"] for one in report["refusals"]] == ["price_weight"]
