"""Is an unlawful or incomplete solicitation document refused, with its article, and the statutory part written in?"""

import datetime
from decimal import Decimal

import pytest

from tests.factories import at, make_post
from tests.tendering.walk import Tender, criteria, document, payment_terms, window
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Entry
from yangcai.parties.roles import Role
from yangcai.planning.models import ImportApproval
from yangcai.portal.models import Notice
from yangcai.tendering import standing
from yangcai.tendering.models import Clause, Criterion, PaymentTerm, Solicitation

pytestmark = pytest.mark.django_db


def test_what_is_left_blank_is_what_the_law_says() -> None:
    tender = Tender()
    tender.draft()
    drafted = Solicitation.objects.get(case=tender.case)
    assert drafted.small_micro_rate == Decimal("0.10")  # the least of 10 % to 20 % (财库〔2022〕19号)
    assert drafted.domestic_rate == Decimal("0.20")
    assert drafted.consortium_rate == 0
    assert (drafted.price_formula, drafted.score_formula) == ("lowest_first", "mean")
    assert (drafted.bid_security, drafted.rounding, drafted.bid_validity_days) == (0, 2, 90)


def test_who_ticks_consortia_in_the_form_as_it_is_shown_gets_the_least_rate() -> None:
    """Before there is a document, and in one that knew no partner so far: nothing stands in the field."""
    tender = Tender()
    action = ACTIONS["solicitation.draft"]
    for ticked in ({"accepts_consortium": True}, {"subcontracting": "安装，不超过 30%"}):
        form = action.input(subject=tender.case, by=tender.runner, now=tender.now)
        shown = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
        tender.draft(**{**shown, **document(), **ticked})
        assert Solicitation.objects.get(case=tender.case).consortium_rate == Decimal("0.04")
        tender.draft()
    tender.draft(accepts_consortium=True, consortium_rate="0.06")
    form = action.input(subject=tender.case, by=tender.runner, now=tender.now)
    assert form.fields["consortium_rate"].initial == Decimal("0.06")


def test_the_law_of_an_earlier_day_gives_its_own_rates() -> None:
    tender = Tender(now=at("2021-06-01T09:00"))
    tender.draft()
    drafted = Solicitation.objects.get(case=tender.case)
    assert (drafted.small_micro_rate, drafted.domestic_rate) == (Decimal("0.06"), Decimal("0"))
    assert "deduction_outside_band" in tender.refused(
        "solicitation.draft", tender.case, tender.runner, **document(), small_micro_rate="0.15"
    )


@pytest.mark.parametrize(
    ("terms", "code", "article"),
    [
        ({"bid_security": "20000.01"}, "bid_security_too_large", "第三十三条"),
        ({"performance_security_rate": "0.1001"}, "performance_security_too_large", "第四十八条"),
        ({"payment_days": 31}, "payment_too_late", ""),
        ({"industry": ""}, "industry_missing", ""),
        ({"accepts_imports": True}, "import_not_approved", ""),
        ({"small_micro_rate": "0.09"}, "deduction_outside_band", ""),
        ({"small_micro_rate": "0.21"}, "deduction_outside_band", ""),
        ({"accepts_consortium": True, "consortium_rate": "0.07"}, "deduction_outside_band", ""),
        ({"consortium_rate": "0.04"}, "deduction_without_partner", ""),
        ({"domestic_rate": "0.10"}, "domestic_rate_not_as_fixed", ""),
        ({"price_formula": "mean_deviation"}, "formula_unlawful", "第五十五条"),
        ({"requirement": "最低限价 80 万元"}, "floor_price", "第十二条"),
        ({"average_rate": "0.49"}, "low_price_rate_outside_law", ""),
        ({"ceiling_rate": "0.6501"}, "low_price_rate_outside_law", ""),
        ({"several_products": True}, "core_product_missing", "第三十一条"),
        ({"requirement": "光谱仪必须为原装进口"}, "imports_demanded", ""),
        ({"requirement": "核心部件应当采用进口品牌"}, "imports_demanded", ""),
    ],
)
def test_unlawful_terms_are_refused_with_their_article(terms: dict[str, object], code: str, article: str) -> None:
    tender = Tender()
    found = tender.refused("solicitation.draft", tender.case, tender.runner, **{**document(), **terms})
    assert set(found) == {code}
    assert found[code].citation is not None
    assert article in found[code].citation.article
    assert not Solicitation.objects.exists()


def test_every_unlawful_term_is_named_at_once() -> None:
    tender = Tender()
    found = tender.refused(
        "solicitation.draft",
        tender.case,
        tender.runner,
        **{**document(), "bid_security": "50000", "performance_security_rate": "0.2", "payment_days": 60},
    )
    assert set(found) == {"bid_security_too_large", "performance_security_too_large", "payment_too_late"}
    assert "20,000.00" in found["bid_security_too_large"].zh


def test_terms_on_the_edge_are_lawful() -> None:
    tender = Tender()
    tender.draft(
        bid_security="20000.00",
        performance_security_rate="0.10",
        small_micro_rate="0.20",
        payment_days=30,
        average_rate="0.65",
        second_rate="0.50",
        ceiling_rate="0.45",
    )
    assert Solicitation.objects.get(case=tender.case).bid_security == Decimal("20000.00")


def test_that_there_is_no_floor_price_may_be_written() -> None:
    tender = Tender()
    tender.draft(requirement="本项目不设最低限价")


def test_that_imports_need_not_be_may_be_written() -> None:
    tender = Tender()
    tender.draft(requirement="产品不要求为进口；进口产品须提供报关单")


def test_core_products_are_named_for_all_or_lot_by_lot() -> None:
    tender = Tender(lots=2)
    rows = [
        {"number": n, "title": n, "budget": "500000", "evaluation_method": "rated", "core_product": core}
        for n, core in (("1", "台式计算机"), ("2", "打印机"))
    ]
    tender.do("lots.define", tender.case, tender.runner, rows=rows)
    tender.draft(several_products=True)
    assert [standing.core_product(lot) for lot in tender.case.lots.order_by("pk")] == ["台式计算机", "打印机"]
    tender.do("lots.define", tender.case, tender.runner, rows=[rows[0], {**rows[1], "core_product": ""}])
    told = tender.refused("solicitation.draft", tender.case, tender.runner, **document(), several_products=True)
    assert set(told) == {"core_product_missing"} and told["core_product_missing"].field == "core_product"


def test_a_reserved_case_gives_no_deduction() -> None:
    tender = Tender(set_aside="whole")
    tender.draft()
    assert Solicitation.objects.get(case=tender.case).small_micro_rate == 0
    assert set(
        tender.refused("solicitation.draft", tender.case, tender.runner, **document(), small_micro_rate="0.10")
    ) == {"deduction_in_reserved_case"}
    assert "专门面向中小企业" in " ".join(Clause.objects.values_list("text", flat=True))


def test_statutory_clauses_stand_whatever_the_buyer_writes() -> None:
    tender = Tender()
    tender.draft(bid_security="10000")
    own = [
        {"kind": "qualification", "text": "具有有效的医疗器械经营许可证"},
        {"kind": "responsiveness", "text": "★ 质保三年", "lot": "1"},
    ]
    tender.do("clauses.define", tender.case, tender.runner, rows=own)
    tender.draft(bid_security="0")  # a redraft keeps the own clauses and follows the terms
    texts = list(Clause.objects.order_by("kind", "number").values_list("kind", "number", "is_statutory", "text"))
    assert [t for t in texts if not t[2]] == [
        ("qualification", 7, False, "具有有效的医疗器械经营许可证"),
        ("responsiveness", 4, False, "★ 质保三年"),
    ]
    assert len([t for t in texts if t[2]]) == 9
    assert not any("保证金" in t[3] for t in texts)
    assert Clause.objects.get(text="★ 质保三年").lot == tender.lot


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("注册资本不低于 500 万元", "注册资本"),
        ("上年度营业收入达到 1000 万元", "营业收入"),
        ("提供生产厂家针对本项目的授权书", "生产厂家"),
        ("成立年限不少于 3 年", "成立年限"),
        ("供应商成立满三年", "成立"),
    ],
)
def test_size_age_and_authorisation_are_no_conditions(text: str, word: str) -> None:
    tender = Tender()
    tender.draft()
    rows = [{"kind": "qualification", "text": text}]
    found = tender.refused("clauses.define", tender.case, tender.runner, rows=rows)
    assert word in found["banned_condition"].zh
    assert "第十七条" in found["banned_condition"].citation.article


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("供应商注册地须在兰州市", "注册地须在兰州市"),
        ("投标人应为在甘肃省内依法注册的企业", "在甘肃省内依法注册"),
        ("在项目所在地设有分支机构", "分支机构"),
        ("投标人须为国有企业", "须为国有"),
        ("近三年具有本省类似项目业绩", "本省类似项目业绩"),
    ],
)
def test_where_a_supplier_is_at_home_and_what_form_it_has_are_no_conditions(text: str, word: str) -> None:
    """条例 art. 20; what may be asked for instead is said too."""
    tender = Tender()
    tender.draft()
    rows = [{"kind": "qualification", "text": text}]
    found = tender.refused("clauses.define", tender.case, tender.runner, rows=rows)["banned_condition"]
    assert word in found.zh and "请删去，或者改写" in found.zh
    assert found.citation is not None and found.citation.article == "第二十条"
    scored = criteria()
    scored[2] |= {"standard": f"{text}得 5 分"}
    assert set(tender.refused("criteria.define", tender.lot, tender.runner, rows=scored)) == {"banned_condition"}


@pytest.mark.parametrize(
    "text",
    [
        "在中华人民共和国境内依法注册的法人或者其他组织",
        "提供所在地税务机关出具的完税证明",
        "在市场监督管理部门登记的营业执照",
        "承诺中标后在项目所在地设立服务网点",
        "具有智慧城市类似项目业绩",
        "在县级以上卫生健康部门登记，取得医疗机构执业许可证",
        "不限定产品品牌，投标人须填写所投产品的品牌和型号",
    ],
)
def test_what_only_sounds_like_it_may_be_asked_for(text: str) -> None:
    tender = Tender()
    tender.draft()
    tender.do("clauses.define", tender.case, tender.runner, rows=[{"kind": "qualification", "text": text}])


def test_a_brand_is_asked_for_in_no_text_of_any_file() -> None:
    tender = Tender()
    found = tender.refused(
        "solicitation.draft", tender.case, tender.runner, **{**document(), "requirement": "须采用指定的甲牌品牌产品"}
    )
    assert found["brand_named"].citation is not None and "第二十条" in found["brand_named"].citation.article
    tender.draft(requirement="不得指定品牌；所投产品的品牌由投标人填写")
    rows = [{"kind": "responsiveness", "text": "★ 必须采用甲牌品牌服务器"}]
    assert set(tender.refused("clauses.define", tender.case, tender.runner, rows=rows)) == {"brand_named"}


def test_another_heading_makes_an_unlawful_condition_no_more_lawful() -> None:
    tender = Tender()
    text = "注册资本不低于 500 万元"
    asked = {**document(), "requirement": f"台式计算机 100 台。投标人{text}"}
    found = tender.refused("solicitation.draft", tender.case, tender.runner, **asked)
    assert set(found) == {"banned_condition"} and found["banned_condition"].field == "requirement"
    tender.draft()
    rows = [{"kind": "responsiveness", "text": f"★ {text}"}]
    assert set(tender.refused("clauses.define", tender.case, tender.runner, rows=rows)) == {"banned_condition"}
    lot = {"number": "1", "title": "甲牌服务器", "budget": "1000000", "evaluation_method": "rated"}
    found = tender.refused("lots.define", tender.case, tender.runner, rows=[lot])
    assert set(found) == {"brand_named"} and "第 1 行" in found["brand_named"].zh


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ("投标报价不得低于预算的 80%", "floor_price"),
        ("供应商注册地须在兰州市", "banned_condition"),
        ("参考品牌：甲", "brand_named"),
    ],
)
def test_a_correction_brings_in_nothing_that_the_file_could_not_say(after: str, code: str) -> None:
    tender = Tender().published()
    found = tender.refused("correction.publish", tender.case, tender.runner, item="采购需求", after=after)
    assert set(found) == {code} and found[code].field == "after"


def test_a_standard_gives_no_other_points_than_its_criterion_has() -> None:
    tender = Tender()
    tender.draft()
    rows = criteria()
    rows[1] |= {"standard": "满分 60 分，每满足一项得 5 分"}
    found = tender.refused("criteria.define", tender.lot, tender.runner, rows=rows)["standard_contradicts_weight"]
    assert "60 分" in found.zh and "50 分" in found.zh and found.citation is not None
    rows[1] |= {"standard": "每满足一项得 5 分，最高得 50 分"}
    rows[2] |= {"standard": "优得 20.01 分"}
    found = tender.refused("criteria.define", tender.lot, tender.runner, rows=rows)["standard_contradicts_weight"]
    assert "第 3 行" in found.zh
    rows[2] |= {"standard": "优得 20 分，良得 15 分"}
    tender.do("criteria.define", tender.lot, tender.runner, rows=rows)


def test_an_authorisation_may_be_asked_for_imports() -> None:
    tender = Tender()
    ImportApproval.objects.create(
        plan_item=tender.case.plan_item, products="光谱仪", policy="other", reason="国内无同类产品",
        applied_at=tender.now, approved_at=tender.now, number="甘财采〔2026〕1号",
    )  # fmt: skip
    tender.draft(accepts_imports=True)
    rows = [{"kind": "qualification", "text": "进口产品须提供生产厂家授权书"}]
    tender.do("clauses.define", tender.case, tender.runner, rows=rows)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({0: {"weight": "29"}, 1: {"weight": "51"}}, "price_weight"),
        ({0: {"weight": "40"}}, "weights_not_100"),
        ({1: {"code": "price"}}, "duplicate_code"),
        ({1: {"kind": "price"}}, "several_price_criteria"),
        ({1: {"title": "具有良好的商业信誉和健全的财务会计制度"}}, "condition_as_criterion"),
        ({2: {"standard": "注册资本不低于 100 万元得 5 分"}}, "banned_condition"),
    ],
)
def test_unlawful_criteria_are_refused(change: dict[int, dict[str, str]], code: str) -> None:
    tender = Tender()
    tender.draft()
    rows = criteria()
    for row, values in change.items():
        rows[row] |= values
    assert set(tender.refused("criteria.define", tender.lot, tender.runner, rows=rows)) == {code}
    assert not Criterion.objects.exists()


@pytest.mark.parametrize(("weight", "told"), [("40", "减去 10 分"), ("20.5", "补足 9.5 分")])
def test_weights_that_do_not_add_up_are_told_by_how_much(weight: str, told: str) -> None:
    tender = Tender()
    tender.draft()
    rows = criteria()
    rows[0] |= {"weight": weight}
    assert told in tender.refused("criteria.define", tender.lot, tender.runner, rows=rows)["weights_not_100"].zh


def test_price_weighs_less_in_services_and_exactly_in_information_systems() -> None:
    tender = Tender(category="services")
    tender.draft(domestic_rate="0")
    rows = criteria()
    rows[0]["weight"], rows[1]["weight"] = "12", "68"
    tender.do("criteria.define", tender.lot, tender.runner, rows=rows)
    found = tender.refused("criteria.define", tender.lot, tender.runner, rows=rows, is_information_system=True)
    assert "10%" in found["price_weight"].zh
    rows[0]["weight"], rows[1]["weight"] = "10", "70"
    tender.do("criteria.define", tender.lot, tender.runner, rows=rows, is_information_system=True)
    assert Criterion.objects.get(code="price").is_objective


def test_that_it_is_an_information_system_is_kept_and_asked_again_before_the_notice() -> None:
    """财库〔2017〕210号 art. 9: rated, with the price at exactly the fixed weight, whatever was changed since."""
    tender = Tender(category="services")
    tender.describe(domestic_rate="0")
    rows = [{**row, "weight": weight} for row, weight in zip(criteria(), ("10", "70", "20"), strict=True)]
    define = ("criteria.define", tender.lot, tender.runner)
    tender.do(*define, rows=rows, is_information_system=True)
    assert tender.lot.is_information_system
    form = ACTIONS["criteria.define"].input(subject=tender.lot, by=tender.runner, now=tender.now)
    assert form.fields["is_information_system"].initial is True
    fields = {"number": "1", "title": "平台", "budget": "1000000", "evaluation_method": "rated"}
    tender.do(*define, rows=[{**one, "weight": w} for one, w in zip(rows, ("12", "68", "20"), strict=True)])
    assert not tender.lot.is_information_system and "政务信息系统" not in tender.lot.evaluated_by
    tender.do("lots.define", tender.case, tender.runner, rows=[{**fields, "is_information_system": True}])
    tender.confirm()
    assert set(tender.refused("invitation.publish", tender.case, tender.runner, **window())) == {
        "price_weight_not_as_fixed"
    }
    tender.do(*define, rows=rows, is_information_system=True)
    tender.confirm()
    tender.publish()
    assert tender.lot.evaluated_by == "综合评分法 · 政务信息系统项目"
    assert "政务信息系统项目" in Notice.objects.get(kind="invitation").facts["evaluation"]


def test_an_information_system_is_not_bought_by_the_lowest_price() -> None:
    tender = Tender(category="services", method="lowest")
    fields = {"number": "1", "title": "平台", "budget": "1000000", "evaluation_method": "lowest"}
    tender.do("lots.define", tender.case, tender.runner, rows=[{**fields, "is_information_system": True}])
    tender.describe(domestic_rate="0")
    tender.confirm()
    assert "it_system_not_rated" in tender.refused("invitation.publish", tender.case, tender.runner, **window())


def test_a_lot_by_lowest_price_has_no_criteria() -> None:
    tender = Tender(method="lowest")
    tender.draft()
    assert set(tender.refused("criteria.define", tender.lot, tender.runner, rows=criteria())) == {"lot_is_not_rated"}


def test_payments_add_up() -> None:
    tender = Tender()
    rows = payment_terms()
    rows[1]["percent"] = "69.99"
    assert set(tender.refused("payment_terms.define", tender.case, tender.runner, rows=rows)) == {"percentages_not_100"}
    tender.do("payment_terms.define", tender.case, tender.runner, rows=payment_terms())
    assert list(PaymentTerm.objects.values_list("number", "due_on")) == [(1, "signature"), (2, "acceptance")]


def test_lots_stay_within_the_budget_and_keep_their_criteria() -> None:
    tender = Tender(lots=2)
    tender.draft()
    for lot in tender.case.lots.all():
        tender.do("criteria.define", lot, tender.runner, rows=criteria())
    one = {"number": "1", "title": "台式机", "budget": "600000", "ceiling": "550000", "evaluation_method": "rated"}
    two = {"number": "2", "title": "打印机", "budget": "400000.01", "evaluation_method": "rated"}
    found = tender.refused("lots.define", tender.case, tender.runner, rows=[one, {**two, "number": "1"}])
    assert set(found) == {"duplicate_lot", "lots_above_budget"}
    above = {**one, "ceiling": "600000.01"}
    assert set(tender.refused("lots.define", tender.case, tender.runner, rows=[above])) == {"ceiling_above_budget"}
    tender.do("lots.define", tender.case, tender.runner, rows=[one])
    assert [lot.title for lot in tender.case.lots.all()] == ["台式机"]
    assert Criterion.objects.count() == 3  # lot 1 kept its own, lot 2 took its with it


def test_the_buyers_reviewer_confirms_what_is_complete() -> None:
    tender = Tender()
    confirm = ACTIONS["solicitation.confirm"]
    missing = {r.code for r in can(confirm, tender.case, by=tender.reviewer, now=tender.now)}
    assert missing == {"no_solicitation", "no_payment_terms", "no_criteria"}
    tender.describe()
    assert can(confirm, tender.case, by=tender.reviewer, now=tender.now) == []
    tender.confirm()
    assert set(tender.refused("solicitation.confirm", tender.case, tender.reviewer)) == {"confirmed_already"}


def test_who_drafted_does_not_confirm() -> None:
    tender = Tender(agent=False)
    tender.describe()
    same = make_post(Role.BUYER_REVIEWER, tender.case.buyer, person=tender.officer.person)
    assert set(tender.refused("solicitation.confirm", tender.case, same)) == {"same_person"}


@pytest.mark.parametrize("code", ["solicitation.draft", "clauses.define", "payment_terms.define", "lots.define"])
def test_a_change_takes_the_confirmation_back(code: str) -> None:
    tender = Tender()
    tender.describe()
    tender.confirm()
    lot = {"number": "1", "title": "一包", "budget": "1000000", "evaluation_method": "rated"}
    data = {
        "solicitation.draft": document(),
        "clauses.define": {"rows": []},
        "payment_terms.define": {"rows": payment_terms()},
        "lots.define": {"rows": [lot]},
    }
    tender.do(code, tender.case, tender.runner, **data[code])
    assert Solicitation.objects.get(case=tender.case).confirmed_at is None


def test_the_agent_drafts_where_there_is_one() -> None:
    tender = Tender()
    found = tender.refused("solicitation.draft", tender.case, tender.officer, **document())
    assert tender.agent_post.organisation.name in found["agent_runs_the_case"].zh
    other = make_post(Role.AGENT)
    assert set(tender.refused("solicitation.draft", tender.case, other, **document())) == {"not_yours"}


def test_a_refusal_on_a_legal_ground_is_kept() -> None:
    tender = Tender()
    tender.refused("solicitation.draft", tender.case, tender.runner, **{**document(), "bid_security": "50000"})
    entry = Entry.objects.get(action="solicitation.draft", outcome="refused")
    assert entry.refusals[0]["rule"] == "bid_security.cap"
    assert entry.at == tender.now.astimezone(datetime.UTC)


def test_a_form_that_rests_on_the_document_can_be_shown_before_there_is_one() -> None:
    """Who asks too early reads a refusal beside the form, and no error page."""
    tender = Tender()
    lot = tender.case.lots.get()
    expert = make_post(Role.EXPERT)
    for code in ("scores.submit", "scores.correct"):
        action = ACTIONS[code]
        assert can(action, lot, by=expert, now=tender.now)
        assert action.input(subject=lot, by=expert, now=tender.now).fields["rows"].initial in (None, [])


def test_before_there_is_a_document_every_action_on_a_lot_has_an_answer() -> None:
    """The rules about evaluating are asked at any time; what they rest on may not be there yet."""
    tender = Tender()
    lot = tender.case.lots.get()
    said = {
        action.code: {refusal.code for refusal in can(action, lot, by=tender.runner, now=tender.now)}
        for action in ACTIONS.values()
        if action.on is type(lot)
    }
    assert {"wrong_stage", "no_solicitation"} <= said["evaluation.compute"]
