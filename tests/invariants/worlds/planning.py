"""Where an attack on plans and on an unpublished case begins."""

from decimal import Decimal

from tests import factories
from tests.invariants.worlds.moments import NOW, Ids
from yangcai.cases.models import Case, Period
from yangcai.planning.models import MethodApproval, Publicity
from yangcai.tendering.models import (
    Clause,
    Criterion,
    PaymentTerm,
    Solicitation,
)


def plan() -> Ids:
    """1000 approved, a draft plan of 600; another budget beside it."""
    ours, theirs = (factories.fund_appropriation(factories.make_organisation(), amount="1000.00") for _n in range(2))
    item = factories.make_plan_item(ours, amount="600.00", approved=False)
    other = factories.make_plan_item(theirs, amount="600.00")
    return {
        "appropriation": ours.pk,
        "available": ours.available_fund_id,
        "plan": item.pk,
        "reserved": item.reserved_fund_id,
        "intention": item.intention_id,
        "other_appropriation": theirs.pk,
        "other_available": theirs.available_fund_id,
        "other_plan": other.pk,
        "other_reserved": other.reserved_fund_id,
        "other_buyer": theirs.buyer_id,
    }


def method() -> Ids:
    """A filed plan of 5000 whose method needs approval, with an application that waits for the unit above; one was
    sent back, one approved for 999.99. A case in preparation by open tender beside it, a publicity that is over."""
    made = prepared()
    buyer = factories.make_organisation(parent=factories.make_organisation())
    item = factories.make_plan_item(
        factories.fund_appropriation(buyer, amount="5000.00"),
        amount="5000.00",
        procedure="quotations",
        ground="quotations.uniform",
        needs_approval=True,
    )
    values = {
        "plan_item": item, "procedure": "quotations", "ground": "quotations.uniform", "reason": "规格统一",
        "overview": "桌椅", "amount": item.amount, "funding": "预算批复", "consent_by": buyer.parent, "applied_at": NOW,
    }  # fmt: skip
    returned = MethodApproval.objects.create(**values, consented_at=NOW, returned_at=NOW, return_reason="补充材料")
    MethodApproval.objects.create(**{**values, "amount": "999.99"}, consented_at=NOW, approved_at=NOW, number="1号")
    application = MethodApproval.objects.create(**values)
    publicity = Publicity.objects.create(
        plan_item=item, title="公示", description="说明", reason="唯一", supplier_name="甲", supplier_address="乙",
        opens_at=NOW, closes_at=NOW,
    )  # fmt: skip
    return {
        **of_case(made),
        "method_plan": item.pk,
        "method_buyer": buyer.pk,
        "returned": returned.pk,
        "application": application.pk,
        "publicity": publicity.pk,
    }


def of_case(case: Case) -> Ids:
    lots = list(case.lots.order_by("pk"))
    return {
        "case": case.pk,
        "buyer": case.buyer_id,
        "plan": case.plan_item_id,
        "reserved": case.plan_item.reserved_fund_id,
        "available": case.plan_item.appropriation.available_fund_id,
        "lot": lots[0].pk,
        "second_lot": lots[-1].pk,
        "period": Period.objects.filter(case=case).order_by("pk").first().pk,
    }


def case() -> Ids:
    """A case in preparation with its document and two lots of 500; a filed plan of another buyer without a case."""
    made = prepared()
    free = factories.make_plan_item(
        factories.fund_appropriation(factories.make_organisation(), amount="5000.00"), amount="5000.00"
    )
    cancelled = factories.make_plan_item(free.appropriation, amount="1.00", approved=False)
    return {**of_case(made), "free_plan": free.pk, "draft_plan": cancelled.pk, "free_buyer": free.buyer_id}


def prepared() -> Case:
    made = factories.make_case(lots=2, budget="1000.00")
    Solicitation.objects.create(
        case=made,
        requirement="采购需求",
        delivery="30 日",
        bid_validity_days=90,
        contract_terms="条款",
        payment_days=30,
        acceptance_days=10,
        objections_at_once=True,
    )
    Clause.objects.create(case=made, kind="qualification", number=1, text="法定条件")
    PaymentTerm.objects.create(case=made, number=1, title="验收款", percent=Decimal(100), due_on="acceptance")
    for lot in made.lots.all():
        Criterion.objects.create(lot=lot, code="price", kind="price", title="价格", weight=Decimal(100))
    return made
