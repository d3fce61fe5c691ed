"""What does a case file say of set-asides, partners, imports, domestic and green products? All of it is optional."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from yangcai.replay.document import Reader
from yangcai.replay.published import CaseFile, GreenProduct, Imports, Partner

SET_ASIDES = ("none", "whole", "package", "consortium", "subcontract")
#: Ways that a lot may have of its own, beside those of the whole purchase.
LOT_SET_ASIDES = ("none", "package", "consortium", "subcontract")
SIZES = ("large", "medium", "small", "micro")
PARTNERS = ("member", "subcontractor")
GREEN_KINDS = ("mandatory", "energy", "environment")
POLICIES = ("encouraged", "restricted", "other")

CASE_KEYS = ("set_aside_share", "accepts_consortium", "subcontracting", "imports", "green")
LOT_KEYS = ("set_aside", "set_aside_share", "small_micro", "core_product")
OFFER_KEYS = ("partners", "imports", "domestic", "domestic_share", "brand", "green_certificates")

Values = Mapping[str, yaml.Node]


def of_case(read: Reader, values: Values) -> dict[str, Any]:
    """The columns of CaseFile that CASE_KEYS fill."""
    return {
        "set_aside_share": _share(read, values.get("set_aside_share"), "set_aside_share"),
        "accepts_consortium": read.boolean(values.get("accepts_consortium"), "accepts_consortium"),
        "subcontracting": read.text(values.get("subcontracting"), "subcontracting") or "",
        "imports": _imports(read, values["imports"]) if "imports" in values else None,
        "green": _green(read, values.get("green")),
    }


def of_lot(read: Reader, values: Values, path: str) -> dict[str, Any]:
    """The columns of Lot that LOT_KEYS fill."""
    return {
        "set_aside": read.choice(values.get("set_aside"), f"{path}.set_aside", LOT_SET_ASIDES) or "",
        "set_aside_share": _share(read, values.get("set_aside_share"), f"{path}.set_aside_share"),
        "small_micro": read.boolean(values.get("small_micro"), f"{path}.small_micro"),
        "core_product": read.text(values.get("core_product"), f"{path}.core_product") or "",
    }


def of_offer(read: Reader, values: Values, path: str, *, bidder: str) -> dict[str, Any]:
    """The columns of Bid that OFFER_KEYS fill."""
    domestic = read.boolean(values.get("domestic"), f"{path}.domestic") or False
    share = _share(read, values.get("domestic_share"), f"{path}.domestic_share")
    if share is not None and not domestic:
        zh, en = "写了本国产品成本占比的，应写明domestic: true", "a share of domestic products needs domestic: true"
        read.wrong(values["domestic_share"], f"{path}.domestic_share", zh, en)
    return {
        "partners": _partners(read, values.get("partners"), f"{path}.partners", bidder=bidder),
        "imports": read.boolean(values.get("imports"), f"{path}.imports") or False,
        "domestic": domestic,
        "domestic_share": share,
        "brand": read.text(values.get("brand"), f"{path}.brand") or "",
        "green_certificates": read.text(values.get("green_certificates"), f"{path}.green_certificates") or "",
    }


def same_lots(read: Reader, values: Values, case: CaseFile) -> None:
    """What names a lot names one that there is; and a lot is not set aside where the purchase is not, or is wholly."""
    lots = {lot.lot for lot in case.lots}
    for number, one in enumerate(case.green):
        if one.lot and one.lot not in lots:
            path = f"green[{number}].lot"
            read.wrong(values["green"], path, f"没有包“{one.lot}”", f"there is no lot “{one.lot}”")
    if case.set_aside in ("none", "whole"):
        for number, lot in enumerate(case.lots):
            if lot.set_aside not in ("", "none"):
                zh = f"项目为{case.set_aside}，采购包不能另有预留方式"
                en = f"the case is {case.set_aside}: a lot cannot be set aside in its own way"
                read.wrong(values["lots"], f"lots[{number}].set_aside", zh, en)


def _share(read: Reader, node: yaml.Node | None, path: str) -> Decimal | None:
    """A share of a whole, more than nothing: 0.30 is thirty per cent."""
    share = read.number(node, path, most=Decimal(1))
    if share == 0:
        assert node is not None
        read.wrong(node, path, "应大于0", "must be more than 0")
        return None
    return share


def _imports(read: Reader, node: yaml.Node) -> Imports:
    values = read.table(node, "imports", required=("products",), optional=("policy", "number"))
    return Imports(
        products=read.text(values.get("products"), "imports.products") or "",
        policy=read.choice(values.get("policy"), "imports.policy", POLICIES) or "",
        number=read.text(values.get("number"), "imports.number") or "",
    )


def _green(read: Reader, node: yaml.Node | None) -> tuple[GreenProduct, ...]:
    found = []
    for path, item in read.items(node, "green"):
        values = read.table(item, path, required=("product", "kind"), optional=("lot",))
        product = read.text(values.get("product"), f"{path}.product") or ""
        kind = read.choice(values.get("kind"), f"{path}.kind", GREEN_KINDS) or ""
        found.append(GreenProduct(product, kind, read.text(values.get("lot"), f"{path}.lot") or ""))
    return tuple(found)


def _partners(read: Reader, node: yaml.Node | None, path: str, *, bidder: str) -> tuple[Partner, ...]:
    found: list[Partner] = []
    for place, item in read.items(node, path):
        values = read.table(item, place, required=("kind", "name"), optional=("uscc", "size", "share", "work"))
        name = read.text(values.get("name"), f"{place}.name") or ""
        if name and name in {bidder, *(one.name for one in found)}:
            read.wrong(values["name"], f"{place}.name", f"“{name}”重复", f"“{name}” stands twice")
        found.append(
            Partner(
                kind=read.choice(values.get("kind"), f"{place}.kind", PARTNERS) or "",
                name=name,
                uscc=read.uscc(values.get("uscc"), f"{place}.uscc") or "",
                size=read.choice(values.get("size"), f"{place}.size", SIZES) or "",
                share=_share(read, values.get("share"), f"{place}.share"),
                work=read.text(values.get("work"), f"{place}.work") or "",
            )
        )
    given = sum((one.share for one in found if one.share is not None), Decimal(0))
    if node is not None and given >= 1:
        zh, en = f"份额合计为{given}，应小于1", f"the shares add up to {given}, not to less than 1"
        read.wrong(node, path, zh, en)
    return tuple(found)
