"""Does every evaluation report come out as it was signed? The second witness of the scores, to be run every night."""

import argparse

from yangcai.cli import console, site
from yangcai.cli.console import answer, say

HELP = ("重新计算全部评审报告并核对", "recompute every evaluation report and compare")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(options: argparse.Namespace) -> int:
    site.load()
    from yangcai.tendering.queries.recomputation import check_evaluations

    told = check_evaluations()
    errors = [
        say(
            zh=f"评审报告 {d.report}，投标 {d.bid}：{d.what} 报告为 {d.reported}，重算为 {d.recomputed}",
            en=f"report {d.report}, bid {d.bid}: {d.what} is {d.reported} in the report, {d.recomputed} recomputed",
        )
        for d in told.differences
    ]
    text = say(
        zh=f"核对 {told.checked} 份评审报告（其中 {told.other_formula} 份使用其他公布的公式，只核对摘要），"
        f"{len(errors)} 处不符",
        en=f"{told.checked} reports checked ({told.other_formula} with another published formula: digest only),"
        f" {len(errors)} differences",
    )
    data = {
        "reports": told.checked,
        "other_formula": told.other_formula,
        "differences": [vars(d) for d in told.differences],
    }
    answer(options, data=data, text=text, errors=errors)
    return console.VERIFICATION_FAILED if errors else console.OK
