"""Is what is bought described as the law asks: its industry, its core product, approved imports?"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import Category
from yangcai.tendering import method

CORE = "solicitation.core_product"


def industry_is_stated(subject: Case, *, now: datetime.datetime, industry: str, **_: Any) -> Refusal | None:
    """采购文件应当明确采购标的所属行业 (财库〔2020〕46号 art. 12)."""
    on = applicable(subject, now=now)
    if industry or not law.applies("solicitation.industry", **on):
        return None
    return refuse(
        "solicitation.industry",
        code="industry_missing",
        zh="请写明采购标的所属行业（中小企业划型标准规定的行业）",
        en="State the industry of what is bought, as the size classes of enterprises name it",
        field="industry",
        **on,
    )


def imports_are_approved(subject: Case, *, now: datetime.datetime, accepts_imports: bool, **_: Any) -> Refusal | None:
    """采购进口产品应当在采购活动开始前获得核准 (财库〔2007〕119号)."""
    if not accepts_imports or subject.plan_item.import_approvals.filter(approved_at__isnull=False).exists():
        return None
    return refuse(
        "import.approval",
        code="import_not_approved",
        zh="采购计划没有获得财政部门的进口产品核准，不得接受进口产品；请先在采购计划中申请",
        en="The treasury has not approved imported products for this plan: apply for it on the plan first",
        field="accepts_imports",
        **applicable(subject, now=now),
    )


def core_product_is_named(
    subject: Case, *, now: datetime.datetime, several_products: bool, core_product: str, **_: Any
) -> Refusal | None:
    """非单一产品采购项目应当确定核心产品 (87号令 art. 31): for the whole document, or lot by lot."""
    on, lots = (
        applicable(subject, now=now),
        list(Lot.objects.filter(case=subject).values_list("core_product", flat=True)),
    )
    counts = subject.category == Category.GOODS and bool(method.of(subject).own("evaluation.same_brand"))
    if not (several_products and counts) or core_product or all(lots) or not law.applies(CORE, **on):
        return None
    return refuse(
        CORE,
        code="core_product_missing",
        zh="非单一产品采购项目，应当根据采购项目技术构成、产品价格比重等合理确定核心产品，并在采购文件中载明",
        en="Of several products the core product is named, by technical make-up and share of the price",
        field="core_product",
        **on,
    )
