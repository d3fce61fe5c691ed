"""With which exit codes does the public verifier of SBP/1 appendix B answer? `sbp-verify` is `yangcai verify`, with 0,
1 and 2 as every implementation of the protocol has them.

0 it is so; 1 it could not be shown (yet, or a file is missing or damaged); 2 what the operator signed contradicts
itself; 64 it was used wrongly, and nothing was looked at: a wrong use must not look like evidence (EX_USAGE).
"""

import sys
from collections.abc import Sequence

from yangcai import cli
from yangcai.cli import console
from yangcai.cli.console import Stop
from yangcai.kernel.verifying.findings import Evidence, NotVerified

WRONG_USE = 64
OF_KIND = {kind.kind: kind.exit_code for kind in (NotVerified, Evidence)}


def main(arguments: Sequence[str] | None = None) -> int:
    """As `yangcai verify` with these arguments; the exit code is the protocol's."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    stopped: list[Stop] = []
    try:
        code = cli.main(["verify", *given], stopped=stopped.append)
    except SystemExit as ended:
        return WRONG_USE if ended.code == console.USAGE else int(ended.code or 0)
    if code == console.USAGE:
        return WRONG_USE
    if code in {console.OK, console.INTERRUPTED}:
        return code
    return OF_KIND.get(stopped[0].data.get("finding", ""), NotVerified.exit_code) if stopped else NotVerified.exit_code
