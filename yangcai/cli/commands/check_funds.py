"""Does every balance agree with the transfers? The second witness, to be run every night."""

import argparse

from yangcai.cli import console, site
from yangcai.cli.console import answer, say

HELP = ("由资金划转重新计算全部余额并核对", "recompute every balance from the transfers and compare")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(options: argparse.Namespace) -> int:
    site.load()
    from yangcai.funds.queries import check_funds, funds_checked

    differences = check_funds()
    checked = funds_checked()
    errors = [
        say(
            zh=f"资金 {d.fund}（{d.bucket}）余额 {d.balance}，划转合计 {d.from_transfers}",
            en=f"fund {d.fund} ({d.bucket}): balance {d.balance}, transfers {d.from_transfers}",
        )
        for d in differences
    ]
    text = say(
        zh=f"核对 {checked} 个资金账户，{len(errors)} 处不符", en=f"{checked} funds checked, {len(errors)} differences"
    )
    data = {"funds": checked, "differences": [vars(d) for d in differences]}
    answer(options, data=data, text=text, errors=errors)
    return console.VERIFICATION_FAILED if errors else console.OK
