"""Is an enterprise large, medium, small or micro? (工信部联企业〔2011〕300号 4) The file fixes the industry."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from yangcai import law


def sme_size(
    *,
    industry: str,
    on: datetime.date,
    employees: int | None = None,
    revenue_wan: Decimal | None = None,
    assets_wan: Decimal | None = None,
    jurisdiction: str = law.HOME,
) -> str:
    """large, medium, small or micro. Revenue and assets in 万元; industries are the keys of the rule sme.sizes.

    Raises KeyError for an unknown industry, ValueError when a figure that this industry needs is missing.
    """
    classes = law.value("sme.sizes", on=on, jurisdiction=jurisdiction)[industry]
    given = {"employees": employees, "revenue_wan": revenue_wan, "assets_wan": assets_wan}
    needed = set(classes["sme_below"]) | set(classes["medium"]) | set(classes["small"])
    figures = {name: Decimal(given[name] or 0) for name in needed}
    if any(given[name] is None for name in needed):
        raise ValueError(f"{industry} needs {sorted(needed)}")

    def reaches(bounds: Mapping[str, int]) -> bool:
        return all(figures[name] >= bound for name, bound in bounds.items())

    if reaches(classes["sme_below"]):
        return "large"
    return next((size for size in ("medium", "small") if reaches(classes[size])), "micro")
