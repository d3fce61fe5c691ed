"""Which innovative products may be bought, from whom, and at which price at most? (财库〔2024〕13号)"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from yangcai import procedures
from yangcai.cases.models import Case, Lot, LotOutcome
from yangcai.cases.rules import refuse
from yangcai.contracts.models import Acceptance, Contract
from yangcai.credit.queries import may_take_part
from yangcai.kernel import money
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import PlanItem
from yangcai.tendering.models import Solicitation

RULE, SPREAD = "cooperative_innovation.first_purchase", "cooperative_innovation.spread"
REVIEWED, DIRECT = "first_purchase", "innovative_product"
#: On this ground another buyer's product is bought; on any other the product of one's own research.
ANNOUNCED = "cooperative_innovation.announced"


def _on(plan_item: PlanItem, *, now: datetime.datetime) -> dict[str, Any]:
    return {"on": timezone.localdate(now), "jurisdiction": plan_item.buyer.jurisdiction}


def goes(code: str) -> Any:
    """The plan says by which method it buys."""

    def by_its_method(subject: PlanItem, *, by: Any, now: datetime.datetime) -> Refusal | None:
        if subject.procedure == code:
            return None
        wanted = procedures.get(code)
        return refuse(
            wanted.grounds,
            code="plan_goes_another_way",
            zh="该采购计划的采购方式不是“{method}”",
            en="This plan does not go by {method_en}",
            method=wanted.zh,
            method_en=wanted.en,
            **_on(subject, now=now),
        )

    return by_its_method


# --- the research --------------------------------------------------------------------------------------------------


def accepted() -> QuerySet[Contract]:
    """Contracts whose work was accepted as a whole."""
    passed = Acceptance.objects.filter(contract=OuterRef("pk"), is_final=True, passed=True)
    return Contract.objects.filter(Exists(passed), terminated_at__isnull=True).select_related("case", "supplier")


def products_of(research: Case) -> list[Contract]:
    """The research contracts whose product was accepted."""
    return list(accepted().filter(case=research).order_by("pk"))


def researched(plan_item: PlanItem) -> QuerySet[Case]:
    """The buyer's own research of the plan's category that has a product."""
    code = procedures.get(REVIEWED).follows[0]
    found = Case.objects.filter(buyer_id=plan_item.buyer_id, procedure=code, category=plan_item.category)
    return found.filter(pk__in=accepted().values("case")).order_by("pk")


def research_is_over(research: Case, plan_item: PlanItem, *, now: datetime.datetime) -> Iterator[Refusal]:
    """The product is chosen when every research supplier has had its say: accepted, or its contract ended."""
    lots = Lot.objects.filter(case=research).exclude(outcome__in=[LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED])
    over = set(accepted().filter(case=research).values_list("award__lot_id", flat=True))
    ended = Contract.objects.filter(case=research, terminated_at__isnull=False)
    over |= set(ended.values_list("award__lot_id", flat=True))
    waiting = [lot.number for lot in lots.order_by("number") if lot.pk not in over]
    if waiting:
        yield refuse(
            RULE,
            code="research_goes_on",
            zh="采购包 {lots} 的研发合同尚未验收或者终止，不能确定首购产品",
            en="The research contracts of {lots} are neither accepted nor ended: no product is chosen yet",
            field="research",
            lots="、".join(waiting),
            **_on(plan_item, now=now),
        )


def most_for(research: Case) -> Decimal:
    """首购费用: the most that the file of the research allows for the first purchase, in yuan."""
    file = Solicitation.objects.filter(case=research).first()
    return file.follow_up_amount if file is not None and file.follow_up_amount is not None else money.ZERO


def _within(plan_item: PlanItem, amount: Decimal, most: Decimal, *, field: str, now: datetime.datetime) -> Any:
    if amount <= most:
        return None
    return refuse(
        RULE,
        code="above_the_first_purchase",
        zh="{amount} 元超过研发谈判文件规定的首购费用 {most} 元",
        en="{amount} yuan exceed the amount for the first purchase of {most} yuan",
        field=field,
        amount=money.figures(amount),
        most=money.figures(most),
        **_on(plan_item, now=now),
    )


def bought_first(research: Case) -> Case | None:
    """The first purchase of this research that stands or runs already."""
    found = Case.objects.filter(predecessor=research, procedure__in=(REVIEWED, DIRECT)).exclude(
        end_kind__in=["unsuccessful", "terminated"]
    )
    return found.order_by("pk").first()


def not_bought_yet(plan_item: PlanItem, research: Case, *, field: str, now: datetime.datetime) -> Refusal | None:
    made = bought_first(research)
    if made is None:
        return None
    return refuse(
        RULE,
        code="bought_first_already",
        zh="该研发项目的首购已经开展：{number}",
        en="The first purchase of this research has its case already: {number}",
        field=field,
        number=made.number,
        **_on(plan_item, now=now),
    )


def research_may_be_followed(
    subject: PlanItem, *, now: datetime.datetime, research: Case, **_: Any
) -> Iterator[Refusal]:
    """两家以上的由谈判小组评审 (首购): after every research contract, once, within its amount."""
    yield from research_is_over(research, subject, now=now)
    for found in (
        not_bought_yet(subject, research, field="research", now=now),
        _within(subject, subject.amount, most_for(research), field="research", now=now),
    ):
        if found is not None:
            yield found
    if len(products_of(research)) <= 1:
        yield refuse(
            RULE,
            code="only_one_product",
            zh="只有一家研发产品通过验收，应当直接确定为首购产品，请按“{method}”编制采购计划",
            en="Only one product was accepted: it is bought directly, plan it as {method_en}",
            field="research",
            method=procedures.get(DIRECT).zh,
            method_en=procedures.get(DIRECT).en,
            **_on(subject, now=now),
        )


# --- a product -----------------------------------------------------------------------------------------------------


def offered(plan_item: PlanItem) -> QuerySet[Contract]:
    """On the ground of the plan: the products of one's own research, or those that others have announced."""
    if plan_item.ground == ANNOUNCED:
        first = Contract.objects.filter(case__procedure__in=(REVIEWED, DIRECT), published_at__isnull=False)
        first = first.exclude(case__plan_item__ground=ANNOUNCED).filter(terminated_at__isnull=True)
        found = first.exclude(buyer_id=plan_item.buyer_id).filter(case__category=plan_item.category)
    else:
        found = accepted().filter(case__in=researched(plan_item))
    return found.select_related("case", "supplier").order_by("pk")


def unit_price(contract: Contract) -> Decimal:
    """What one of the product cost in its first purchase: the dearest line of that contract."""
    return max((item.unit_price for item in contract.items.all()), default=contract.amount)


def product_may_be_bought(
    subject: PlanItem,
    *,
    now: datetime.datetime,
    product: Contract,
    quantity: Decimal,
    price: Decimal,
    **_: Any,
) -> Iterator[Refusal]:
    """The only product of one's research within its amount; an announced one at no more than its first price."""
    amount, on = money.cents(price * quantity), _on(subject, now=now)
    yield from may_take_part(product.supplier, at=now)
    if amount > subject.amount:
        yield refuse(
            "control.no_budget_no_procurement",
            code="over_budget",
            zh="采购金额 {amount} 元超过采购计划 {budget} 元",
            en="{amount} yuan exceed the plan of {budget} yuan",
            field="quantity",
            amount=money.figures(amount),
            budget=money.figures(subject.amount),
            **on,
        )
    if subject.ground == ANNOUNCED:
        if price > unit_price(product):
            yield refuse(
                SPREAD,
                code="above_the_first_price",
                zh="单价 {price} 元高于首购单价 {first} 元",
                en="A unit price of {price} yuan is above that of the first purchase, {first}",
                field="price",
                price=money.figures(price),
                first=money.figures(unit_price(product)),
                **on,
            )
        return
    research = product.case
    yield from research_is_over(research, subject, now=now)
    for found in (
        not_bought_yet(subject, research, field="product", now=now),
        _within(subject, amount, most_for(research), field="price", now=now),
    ):
        if found is not None:
            yield found
    if len(products_of(research)) > 1:
        yield refuse(
            RULE,
            code="several_products",
            zh="两家以上研发产品通过验收，应当由谈判小组评审确定首购产品，请按“{method}”编制采购计划",
            en="Several products were accepted: the group reviews them, plan it as {method_en}",
            field="product",
            method=procedures.get(REVIEWED).zh,
            method_en=procedures.get(REVIEWED).en,
            **on,
        )
