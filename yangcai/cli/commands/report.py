"""What does a report say that the law asks for every year? Its figures, each with its denominator and cut-off."""

import argparse
import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yangcai.cli import console, site
from yangcai.cli.console import answer, say

if TYPE_CHECKING:
    from yangcai.contracts.sme import Procured

HELP = ("年度报告：面向中小企业采购", "yearly reports: procurement from small and medium firms")
CENT = Decimal("0.01")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar=say(zh="报告", en="report"))
    text = say(zh="面向中小企业预留和采购的情况", en="what was set aside for and bought from small and medium firms")
    sme = kinds.add_parser("sme", help=text, description=text)
    sme.add_argument("--year", type=year, help=say(zh="年度（默认本年）", en="the year (this one)"))


def year(text: str) -> int:
    """A year as an option. Raises argparse.ArgumentTypeError."""
    if text.isascii() and text.isdecimal() and len(text) == 4:
        return int(text)
    raise argparse.ArgumentTypeError(say(zh=f"年度应为四位数字：{text}", en=f"a year has four digits: {text}"))


def run(options: argparse.Namespace) -> int:
    site.load()
    from django.conf import settings
    from django.utils import timezone

    from yangcai.contracts import sme
    from yangcai.kernel import clock

    now = clock.now()
    asked = options.year or timezone.localdate(now).year
    whole, by_buyer = sme.procured(year=asked, now=now)
    data = {
        "year": asked,
        "until": now.isoformat(),
        "denominator": "signed contracts of the year, yuan",
        "is_demo": settings.YANGCAI_SANDBOX,
        "all": figures(whole),
        "buyers": [{"buyer": buyer.name, "uscc": buyer.uscc or "", **figures(one)} for buyer, one in by_buyer.items()],
    }
    warnings = [say(zh="演示数据", en="these are data of a demo")] if settings.YANGCAI_SANDBOX else []
    answer(options, data=data, text=_table(asked, now, whole, by_buyer), warnings=warnings)
    return console.OK


def figures(one: "Procured") -> dict[str, Any]:
    """The figures of one buyer: amounts in yuan, shares of the contracts' amount."""
    return {
        "contracts": one.all.contracts,
        "amount": str(one.all.amount),
        "sme_contracts": one.sme.contracts,
        "sme_amount": str(one.sme.amount),
        "sme_share": _share(one.sme.share_of(one.all)),
        "small_micro_amount": str(one.small_micro.amount),
        "small_micro_share": _share(one.small_micro.share_of(one.all)),
        "sme_firms": len(one.firms),
        "planned": str(one.planned),
        "set_aside": str(one.set_aside.quantize(CENT)),
    }


def _share(share: Decimal | None) -> str | None:
    return None if share is None else str(share.quantize(Decimal("0.0001")))


def _percent(share: Decimal | None) -> str:
    return "—" if share is None else f"{(share * 100).quantize(CENT)} %"


def _table(asked: int, now: datetime.datetime, whole: "Procured", by_buyer: dict[Any, "Procured"]) -> str:
    """One line for all, one for each buyer; the columns part by tabs, as names have widths of their own."""
    from django.utils import timezone

    until = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    head = say(
        zh=f"{asked} 年面向中小企业采购情况（截至 {until}；占比的分母是当年签订且未解除的合同金额，"
        "货物按制造商的规模、联合体按联合协议的份额计，单位：元）",
        en=f"Procurement from small and medium firms in {asked} (until {until}; shares are of the amount of the"
        " contracts signed in the year and not terminated, goods by the size of their makers, consortia by the shares"
        " of their agreement, in yuan)",
    )
    columns = say(
        zh="采购人\t合同数\t合同金额\t中小企业\t占比\t小微企业\t占比\t中小企业家数\t计划金额\t预留",
        en="buyer\tcontracts\tamount\tSMEs\tshare\tsmall and micro\tshare\tfirms\tplanned\tset aside",
    )
    lines = [_line(buyer.name, one) for buyer, one in by_buyer.items()]
    return "\n".join([head, columns, *lines, _line(say(zh="合计", en="all"), whole)])


def _line(name: str, one: "Procured") -> str:
    parts = (one.sme, one.small_micro)
    shares = [cell for part in parts for cell in (f"{part.amount:,.2f}", _percent(part.share_of(one.all)))]
    cells = [name, str(one.all.contracts), f"{one.all.amount:,.2f}", *shares, str(len(one.firms))]
    return "\t".join([*cells, f"{one.planned:,.2f}", f"{one.set_aside:,.2f}"])
