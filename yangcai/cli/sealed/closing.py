"""Was the lot closed in the public log before I release anything? `--close-proof`, and `close`, which fetches it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say
from yangcai.cli.sealed import files
from yangcai.cli.sealed import line as lines
from yangcai.sealing.header import Header
from yangcai.sealing.policy import Policy

if TYPE_CHECKING:
    from yangcai.kernel.verifying.close import Close


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of every command that first wants the proof of the closing."""
    parser.add_argument(
        "--close-proof",
        type=Path,
        required=True,
        metavar="FILE",
        help=say(zh="截止记录的证明（.tlog-proof）", en="the .tlog-proof of the closing entry"),
    )
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="FILE",
        help=say(
            zh="信任策略（tlog-policy），默认用开启规则中的",
            en="whom you trust (tlog-policy), else what the opening policy says",
        ),
    )
    parser.add_argument(
        "--close-leaf",
        type=int,
        metavar="N",
        help=say(zh="截止记录应有的序号", en="index that the closing entry should have"),
    )


def closed(options: argparse.Namespace, policy: Policy, *, round: int) -> "Close":
    """The close that the proof shows, by the revision in force. Raises Stop: then nothing is released."""
    from yangcai.kernel.tlog import policy as trusts
    from yangcai.kernel.tlog.faults import Malformed
    from yangcai.kernel.verifying import close
    from yangcai.kernel.verifying.findings import NotVerified

    whom = options.trust.read_bytes() if options.trust else policy.witness_policy.encode()
    if not whom:
        raise Stop(
            zh="开启规则没有写明信任策略，请用 --trust 给出",
            en="the opening policy names nobody to trust: give --trust",
            code=console.USAGE,
        )
    of = {"tender": policy.tender, "lot": policy.lot, "cover": policy.cover, "round": round}
    try:
        trust = trusts.parse(whom)
        content = options.close_proof.read_bytes()
        found = close.verify(content, trust=trust, of=of, deadline=policy.deadline, open_at=policy.open_at)
    except Malformed as error:
        raise Stop(zh=f"信任策略的写法不符：{error}", en=f"the trust policy is malformed: {error}") from error
    except NotVerified as finding:
        raise Stop(zh=finding.zh, en=finding.en, code=console.VERIFICATION_FAILED) from finding
    if options.close_leaf is not None and options.close_leaf != found.index:
        raise Stop(
            zh=f"截止记录是第 {found.index} 条，不是第 {options.close_leaf} 条",
            en=f"the closing entry is line {found.index}, not {options.close_leaf}",
            code=console.VERIFICATION_FAILED,
        )
    return found


def add_fetch(parser: argparse.ArgumentParser) -> None:
    """Options of the command that fetches such a proof."""
    lines.add_options(parser)
    parser.add_argument("--policy", type=Path, required=True, help=say(zh="公布的开启规则", en="the published policy"))
    parser.add_argument(  # the cover stands in the policy, the round does not
        "--round", type=int, default=0, help=say(zh="最后报价轮次，0 为投标", en="round of last quotes, 0 is the bid")
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=say(zh="证明文件", en="the proof"))
    parser.add_argument(
        "--headers",
        type=Path,
        metavar="FOLDER",
        help=say(
            zh="把截止名单的密封头也存到此文件夹，开启规则各版本存到旁边的“文件夹名.policies”（受托人释放时要用）",
            en="keep the headers of the close set there too, and all revisions of the policy in FOLDER.policies beside"
            " it: a trustee releases by them",
        ),
    )


def fetch(options: argparse.Namespace) -> int:
    """Whatever the platform gives is checked by who releases, not here."""
    files.refuse_existing(options.out)
    policy = files.policies([options.policy])[0]
    with lines.opened(options) as line:
        found = line.ask_json("GET", f"/opening/{policy.tender}/state")["lots"]
        published = line.ask_json("GET", f"/tenders/{policy.tender}/policies")["items"] if options.headers else []
    wanted = (policy.lot, policy.cover, options.round)
    lot: dict[str, Any] = next(filter(lambda one: _of(one) == wanted, found), {})
    if not lot.get("close_proof"):
        raise Stop(
            zh="截止记录尚未并入公开日志，请一分钟后再试", en="the close is not in the log yet: try again in a minute"
        )
    headers = [Header.parse(str(one["header"]).encode()) for one in lot["headers"]] if options.headers else []
    paths = {options.headers / f"{header.sha256.hex()}.json": header.content for header in headers}
    for one in (Policy.parse(str(one["policy"]).encode()) for one in published if _of(one) == wanted):
        paths[options.headers.parent / f"{options.headers.name or 'headers'}.policies" / f"{one.rev}.json"] = (
            one.content
        )
    files.refuse_existing(*paths)
    files.write_new(options.out, str(lot["close_proof"]).encode())
    for path, content in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_new(path, content)
    answer(
        options,
        data={"file": str(options.out), "headers": len(headers), "policies": len(paths) - len(headers)},
        text=say(zh=f"证明 {options.out}", en=f"proof {options.out}"),
    )
    return console.OK


def _of(told: dict[str, Any]) -> tuple[str, str, int]:
    """Which lot, cover and round the platform speaks of."""
    return told["lot"], told["cover"], told["round"]
