"""Does what a bid says of its products fit the document: brand of the core product, imports, domestic share?"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.tendering import green, standing
from yangcai.tendering.solicitations import solicitation

#: Fields of a bid, each with what can be wrong in it.
FIELDS = ("brand", "has_imports", "domestic_share", "green_certificates")


def unlawful(lot: Lot, field: str, offer: Mapping[str, Any], *, now: datetime.datetime) -> Iterator[Refusal]:
    """What is wrong in one field of the form, told with its article before the bid is sealed."""
    on, file = applicable(lot.case, now=now), solicitation(lot.case)
    if field == "brand" and (core := standing.core_product(lot)) and not (offer.get("brand") or "").strip():
        yield refuse(
            "solicitation.core_product",
            code="brand_missing",
            zh="采购文件规定了核心产品（{core}），请填写其品牌：同品牌的投标人按一家计算",
            en="The document names a core product: fill in its brand, because bids of one brand count as one",
            core=core,
            **on,
        )
    if field == "green_certificates" and not (offer.get("green_certificates") or "").strip():
        for product in green.mandatory(lot):
            yield refuse(
                "green.mandatory",
                code="certificate_missing",
                zh="{product}属于政府强制采购的节能产品，请填写所投产品的节能产品认证证书编号，否则投标无效",
                en="Buying certified energy-saving products is mandatory here ({product}): give the certificate's"
                " number, or the bid is invalid",
                product=Written(product),
                **on,
            )
    if field == "has_imports" and offer.get("has_imports"):
        if not (file and file.accepts_imports):
            yield refuse(
                "import.approval",
                code="imports_not_accepted",
                zh="采购文件不接受进口产品，含进口产品的投标无效",
                en="The document accepts no imported products: a bid with any is invalid",
                **on,
            )
        if offer.get("is_domestic") and offer.get("domestic_share") is None:
            yield refuse(
                "price_preference.domestic",
                code="imported_and_domestic",
                zh="进口产品不是本国产品；含多种产品的，请填写本国产品成本占比",
                en="An imported product is no domestic one; of several products state the share of the domestic ones",
                **on,
            )
    if field == "domestic_share" and offer.get("domestic_share") is not None and not offer.get("is_domestic"):
        yield refuse(
            "price_preference.domestic_package",
            code="domestic_not_declared",
            zh="填写了本国产品成本占比的，请一并声明所投产品为本国产品",
            en="A share of domestic products is stated: declare them domestic too",
            **on,
        )
