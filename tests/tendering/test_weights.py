"""Does a price weigh outside the range only as the treasury consented, and is that told? (财库〔2014〕214号 art. 24)"""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils.translation import override

from tests import factories
from tests.tendering.walk import Tender, payment_terms, window
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.models import PriceWeightApproval
from yangcai.www.official.drafts import solicited

pytestmark = pytest.mark.django_db
WHY = "服务内容全部由国家标准固定，报价是各供应商之间的主要差别"
ARTICLE = ("财库〔2014〕214号", "第二十四条")


def consultation(**values: Any) -> Tender:
    tender = Tender(**{"procedure": "consultation", "category": "services", "method": "rated", **values})
    tender.draft()
    return tender


def rows(price: str) -> list[dict[str, Any]]:
    rest = str(100 - Decimal(price))
    return [
        {"code": "price", "kind": "price", "title": "磋商报价", "weight": price},
        {"code": "technical", "kind": "technical", "title": "服务方案", "weight": rest},
    ]


def set_weight(tender: Tender, price: str) -> set[str]:
    """The refusals of a weight of price; none where it stands."""
    try:
        tender.do("criteria.define", tender.lot, tender.runner, rows=rows(price))
    except Refused as refused:
        return {refusal.code for refusal in refused.refusals}
    return set()


def asked(tender: Tender, weight: str = "45") -> PriceWeightApproval:
    data = {"weight": weight, "reason": WHY}
    made = tender.do("price_weight_approval.apply", tender.lot, tender.runner, **data).value
    return PriceWeightApproval.objects.get(pk=made.pk)


def agreed(tender: Tender, weight: str = "45", number: str = "兰新财采〔2026〕7号") -> PriceWeightApproval:
    approval, treasury = asked(tender, weight), factories.make_post(Role.TREASURY)
    tender.do("price_weight_approval.decide", approval, treasury, decision="approve", number=number)
    return PriceWeightApproval.objects.get(pk=approval.pk)


def test_outside_the_range_nothing_is_set_and_the_refusal_says_what_way_there_is() -> None:
    tender = consultation()
    told = tender.refused("criteria.define", tender.lot, tender.runner, rows=rows("45"))
    refusal = told["price_weight"]
    assert (refusal.citation.instrument, refusal.citation.article) == ARTICLE
    assert ACTIONS["price_weight_approval.apply"].zh in refusal.zh and "本级财政部门" in refusal.zh
    assert ACTIONS["price_weight_approval.apply"].en in refusal.en


def test_the_treasury_decides_on_its_queue_once_with_number_or_reason() -> None:
    tender, treasury = consultation(), factories.make_post(Role.TREASURY)
    approval = asked(tender)
    assert set(tender.refused("price_weight_approval.apply", tender.lot, tender.runner, weight="50", reason=WHY)) == {
        "weight_application_open"
    }
    task = Task.objects.get(action="price_weight_approval.decide", done_at=None)
    assert task.role == Role.TREASURY and task.root == tender.case.ref
    assert can(ACTIONS["price_weight_approval.decide"], approval, by=tender.reviewer, now=tender.now)
    decide = ("price_weight_approval.decide", approval, treasury)
    silent = tender.refused(*decide, decision="approve")
    assert set(silent) == {"number_missing"}
    assert (silent["number_missing"].citation.instrument, silent["number_missing"].citation.article) == ARTICLE
    assert set(tender.refused(*decide, decision="return")) == {"reason_missing"}
    tender.do(*decide, decision="return", reason="理由不充分")
    assert not Task.objects.filter(action="price_weight_approval.decide", done_at=None).exists()
    assert set(tender.refused(*decide, decision="approve", number="1号")) == {"decided"}
    assert set_weight(tender, "45") == {"price_weight"}  # what went back allows nothing
    assert agreed(tender).number == "兰新财采〔2026〕7号"


def test_just_the_weight_consented_to_stands_and_the_file_and_the_notice_name_the_consent() -> None:
    tender = consultation()
    agreed(tender)
    told = tender.refused("criteria.define", tender.lot, tender.runner, rows=rows("46"))["price_weight"]
    assert "45 分" in told.zh and "兰新财采〔2026〕7号" in told.zh
    assert set_weight(tender, "30") == set() and set_weight(tender, "45") == set()
    tender.do("payment_terms.define", tender.case, tender.runner, rows=payment_terms())
    tender.confirm()
    tender.publish()
    named = "价格分值 45 分，经本级财政部门审核同意（兰新财采〔2026〕7号）"
    assert Notice.objects.get(root=tender.case.ref, kind="invitation").facts["weight_consent"] == named
    assert solicited(tender.case.solicitation)["weight_consent"] == named
    assert SCOPES[PriceWeightApproval](tender.runner, tender.now).exists()
    assert not SCOPES[PriceWeightApproval](factories.make_supplier(), tender.now).exists()
    closed = can(ACTIONS["price_weight_approval.apply"], tender.lot, by=tender.runner, now=tender.now)
    assert closed  # the notice is out


def test_a_later_consent_replaces_the_earlier_one_and_publication_looks_again() -> None:
    tender = consultation()
    agreed(tender, "45", "1号")
    assert set_weight(tender, "45") == set()
    agreed(tender, "50", "2号")
    tender.do("payment_terms.define", tender.case, tender.runner, rows=payment_terms())
    tender.confirm()
    told = tender.refused("invitation.publish", tender.case, tender.runner, **window())
    assert set(told) == {"price_weight_outside_law"} and "财政部门" in told["price_weight_outside_law"].zh
    assert set_weight(tender, "50") == set()
    tender.confirm()
    tender.publish()


def test_what_lies_within_the_range_is_not_asked_for() -> None:
    tender = consultation()
    told = tender.refused("price_weight_approval.apply", tender.lot, tender.runner, weight="30", reason=WHY)
    assert set(told) == {"weight_needs_no_consent"} and told["weight_needs_no_consent"].field == "weight"


def test_both_forms_tell_the_range_of_the_law() -> None:
    tender, treasury = consultation(), factories.make_post(Role.TREASURY)
    apply, decide = (ACTIONS[f"price_weight_approval.{verb}"].input for verb in ("apply", "decide"))
    form = apply(subject=tender.lot, by=tender.runner, now=tender.now)
    assert "10%至30%" in form.fields["weight"].help_text
    approval = asked(tender)
    told = decide(subject=approval, by=treasury, now=tender.now).fields["decision"].help_text
    assert "10%至30%" in told
    with override("en"):
        told = decide(subject=approval, by=treasury, now=tender.now).fields["decision"].help_text
    assert "30%" in told and "至" not in told


def test_a_tender_knows_no_such_consent() -> None:
    """87号令 art. 55 sets a minimum and lets nobody go below it; an information system has its exact share."""
    tender = consultation(procedure="open_tender", category="goods")
    refusal = tender.refused("criteria.define", tender.lot, tender.runner, rows=rows("20"))["price_weight"]
    assert "财政部门" not in refusal.zh and "treasury" not in refusal.en
    told = can(ACTIONS["price_weight_approval.apply"], tender.lot, by=tender.runner, now=tender.now)
    assert {one.code for one in told} == {"no_weight_to_consent_to"}
    system = consultation()
    agreed(system)
    data = {"rows": rows("45"), "is_information_system": True}
    assert "price_weight" in system.refused("criteria.define", system.lot, system.runner, **data)


def test_no_consent_is_given_after_the_notice() -> None:
    tender = consultation()
    approval, treasury = asked(tender), factories.make_post(Role.TREASURY)
    assert set_weight(tender, "20") == set()
    tender.do("payment_terms.define", tender.case, tender.runner, rows=payment_terms())
    tender.confirm()
    tender.publish()
    assert not Task.objects.filter(action="price_weight_approval.decide", done_at=None).exists()
    assert can(ACTIONS["price_weight_approval.decide"], approval, by=treasury, now=tender.now)
    with pytest.raises(DatabaseError, match="published_solicitation_is_frozen"), transaction.atomic():
        PriceWeightApproval.objects.filter(pk=approval.pk).update(approved_at=tender.now, number="迟到")
