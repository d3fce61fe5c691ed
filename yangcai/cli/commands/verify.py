"""Is the public log whole, and is this receipt, notice, case, contract or payment order in it? Is the health journal?
Checked from outside, with no login.

Exit codes as of every command (ux: 0, 4, 2, 5); `data.finding` says which kind of failure it is. Who needs the codes of
SBP/1 appendix B calls the same check as `sbp-verify` (cli/verifier.py, decision 42).
"""

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yangcai.cli import console, verify_doors
from yangcai.cli.console import Stop, answer, say

if TYPE_CHECKING:
    from yangcai.kernel.tlog.note import Verifier
    from yangcai.kernel.tlog.policy import Policy
    from yangcai.kernel.verifying.log import Log

HELP = (
    "独立核对公开日志、健康日志、收据、公告、项目、合同、资金支付凭证、密封脚本",
    "verify the public log, the health journal, a receipt, notice, case, contract, payment order or sealing script",
)


#: Options that a value follows.
VALUED = ("--policy", "--kept", "--key", "--trust", "--proof", "--of", "--lang")
VERBS = ("file", "log", "receipt", "notice", "contract", "payment", "client", "case", "health")


def doors(given: list[str]) -> list[str]:
    """`FILE`, `--chain` and `--project ID` as the verbs that they stand for."""
    return verify_doors.led(given, verbs=VERBS, valued=VALUED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = say(
        zh="简写：yangcai verify FILE [LOG]（自动识别是什么文件）；yangcai verify --chain [LOG]（整个日志）；"
        "yangcai verify --project ID [LOG]（一个项目）。不写 LOG 时核对本站自己的公开日志。",
        en="Short forms: yangcai verify FILE [LOG] (whatever the file is); yangcai verify --chain [LOG] (the whole"
        " log); yangcai verify --project ID [LOG] (one case). Without LOG it is the public log of this very site.",
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar=say(zh="事项", en="what"))
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--policy", type=Path, metavar="FILE", help=say(zh="信任策略（tlog-policy）", en="whom you trust (tlog-policy)")
    )
    _add(
        kinds, common, "log", zh="日志全部条目、树片、签名", en="every line, tile and signature of a log"
    ).add_argument(
        "--kept",
        type=Path,
        metavar="FILE",
        default=None,
        help=say(zh="上次核对的检查点，核对后更新", en="the checkpoint of the last time; brought up to date"),
    )
    any_file = _add(kinds, common, "file", zh="一份文件，自动识别是什么", en="a file, whatever it is", file=True)
    receipt = _add(kinds, common, "receipt", zh="投标收据", en="the receipt of a bid", file=True)
    for one in (any_file, receipt):
        one.add_argument(
            "--key", action="append", metavar="VKEY", default=[], help=say(zh="收据公钥", en="key of receipts")
        )
    _add(kinds, common, "notice", zh="公告（接口给出的 JSON）", en="a notice, as the API's JSON", file=True)
    contract = _add(kinds, common, "contract", zh="合同签署文本", en="the signed paper of a contract", file=True)
    payment = _add(kinds, common, "payment", zh="资金支付凭证签署文本", en="the signed order of a payment", file=True)
    for signed in (any_file, contract, payment):
        signed.add_argument(
            "--trust",
            type=Path,
            action="append",
            metavar="PEM",
            default=[],
            help=say(
                zh="所信任的根证书：同时核对文件上的电子签名和时间戳",
                en="a root certificate that you trust: the paper's signatures and timestamps are checked too",
            ),
        )
    _add(kinds, common, "client", zh="网站提供的密封脚本", en="the sealing script that a site serves", site=True)
    _add(kinds, common, "case", zh="一个项目公布的全部内容", en="all that is told of one case", case=True)
    _add(
        kinds, common, "health", zh="健康日志和停机顺延", en="the health journal and what outages extended"
    ).add_argument(
        "--of",
        metavar="CASE",
        default="",
        help=say(zh="只核对这个项目的截止时间，如 case:12", en="only the deadlines of this case, as case:12"),
    )


def _add(
    kinds: Any,
    common: argparse.ArgumentParser,
    name: str,
    *,
    zh: str,
    en: str,
    file: bool = False,
    case: bool = False,
    site: bool = False,
) -> Any:
    text = say(zh=f"核对{zh}", en=f"verify {en}")
    made = kinds.add_parser(name, parents=[common], help=text, description=text)
    if file:
        made.add_argument("file", type=Path, metavar="FILE", help=say(zh="要核对的文件", en="the file to verify"))
        help_text = say(zh="离线证明（.tlog-proof）", en="its .tlog-proof")
        made.add_argument("--proof", type=Path, metavar="P", default=None, help=help_text)
    if case:
        made.add_argument("case", metavar="CASE", help=say(zh="项目，如 case:12", en="its reference, as case:12"))
    if site:
        made.add_argument("site", metavar="SITE", help=say(zh="网站地址", en="address of the site"))
    help_text = say(zh="日志的文件夹或者网址", en="folder or address of the log")
    if file:
        made.add_argument("source", metavar="LOG", nargs="?", default="", help=help_text)
    else:
        made.add_argument("source", metavar="LOG", help=help_text)
    return made


def run(options: argparse.Namespace) -> int:
    from yangcai.kernel.verifying.findings import Finding

    try:
        data, text, warnings = _verified(options)
    except Finding as finding:
        raise Stop(
            zh=finding.zh, en=finding.en, code=console.VERIFICATION_FAILED, data={"finding": finding.kind}
        ) from finding
    answer(options, data=data, text=text, warnings=warnings)
    return console.OK


def _verified(options: argparse.Namespace) -> tuple[dict[str, Any], str, list[str]]:
    """Data, text and warnings of what was found good. Raises Finding."""
    from yangcai.kernel.verifying import case, client, document, receipt, recognising, source

    if not options.source:
        return _by_proof(options)
    log, warnings = _log(options)
    if options.kind == verify_doors.FILE:
        options.kind = recognising.kind_of(_read(options.file), log=log)
    size = log.checkpoint.size
    data: dict[str, Any] = {
        "origin": log.checkpoint.origin,
        "size": size,
        "witnesses": sorted(log.witnessed.cosignatures),
    }
    if log.sm2:
        data["sm2"] = log.sm2.vkey
    if options.kind == "log":
        told = say(zh=f"其中 {len(log.told)} 条已公开内容", en=f"{len(log.told)} of them told")
        _keep(options, log)
        text = say(zh=f"日志完好：{size} 条，{told}", en=f"the log is whole: {size} lines, {told}")
        if log.sm2:
            zh = f"国密签名（SM2）相符：{log.sm2.vkey}"
            text = f"{text}\n{say(zh=zh, en=f'the SM2 signature verifies: {log.sm2.vkey}')}"
        return data, text, warnings
    if options.kind == "health":
        return _health(options, log=log, data=data, warnings=warnings)
    if options.kind == "receipt":
        now = datetime.datetime.now(datetime.UTC)
        index = receipt.verify(_read(options.file), log=log, keys=_keys(options), now=now)
        data["index"] = index
        return data, say(zh=f"收据有效：日志第 {index} 条", en=f"the receipt holds: line {index}"), warnings
    if options.kind == "case":
        lines = case.verify(options.case, log=log)
        found = [say(zh=zh, en=en) for zh, en in case.said(lines)]
        return data | {"lines": _listed(lines), "lots": found}, "\n".join([_told(lines), *found]), warnings
    if options.kind == "client":
        lines = client.verify(source.opened(options.site), log=log)
        return data | {"lines": _listed(lines)}, _told(lines), warnings
    lines = document.verify(_read(options.file), kind=options.kind, log=log)
    signed = _signatures(options, lines)
    if signed:
        data["signatures"] = signed
    return data | {"lines": _listed(lines)}, "\n".join([_told(lines), *signed]), [*warnings, *_keys_shown(options)]


def _health(
    options: argparse.Namespace, *, log: "Log", data: dict[str, Any], warnings: list[str]
) -> tuple[dict[str, Any], str, list[str]]:
    """The journal in figures, then outage by outage and extension by extension."""
    from yangcai.kernel.encoding import timestamp
    from yangcai.kernel.verifying import health, seen, source

    files = source.opened(options.source)
    trust = _policy(_read(given) if (given := _policy_file(options)) else files.read("policy"))
    when = seen.read(files, log=log, policy=trust, days=health.days_of(log))
    found = health.verify(log=log, of=options.of, seen=when)
    last = found.lines[-1].at
    data |= {
        "lines": len(found.lines),
        "until": timestamp(last),
        "outages": [
            {"from": timestamp(one.begins_at), "until": timestamp(one.ends_at), "bad": list(one.bad)}
            for one in found.outages
        ],
        "extensions": [
            {"index": one.index, "root": one.root, "old": timestamp(one.old), "new": timestamp(one.new)}
            for one in found.extensions
        ],
        "closes": list(found.closes),
        "witnessed": found.is_witnessed,
    }
    if not found.is_witnessed:
        unseen = say(
            zh="没有见证人的联署时间：不能排除健康日志是事后补写的",
            en="no witness keeps the times: the journal may have been written afterwards",
        )
        warnings = [*warnings, unseen]
    text = say(
        zh=f"健康日志完好：{len(found.lines)} 条，至 {timestamp(last)}；停机 {len(found.outages)} 次，"
        f"顺延 {len(found.extensions)} 项，核对截止 {len(found.closes)} 项",
        en=f"the journal is whole: {len(found.lines)} lines, until {timestamp(last)}; {len(found.outages)} outages,"
        f" {len(found.extensions)} extensions, {len(found.closes)} closes",
    )
    told = [f"{one['from']} – {one['until']}  {', '.join(one['bad'])}".rstrip() for one in data["outages"]]
    told += [f"{one['index']}  {one['root']}  {one['old']} → {one['new']}" for one in data["extensions"]]
    return data, "\n".join([text, *told]), warnings


def _listed(lines: list[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [{"index": index, "body": body} for index, body in lines]


def _told(lines: list[tuple[int, dict[str, Any]]]) -> str:
    return "\n".join(f"{index}  {_short(body)}" for index, body in lines)


def _signatures(options: argparse.Namespace, lines: list[tuple[int, dict[str, Any]]]) -> list[str]:
    """Who signed the paper and when, in words, where roots to believe are given; the stamps fit the lines of the log
    that name it. Raises NotVerified at any fault, Evidence."""
    from yangcai.kernel.signatures.verification import FAULTS, BadTrust, verify
    from yangcai.kernel.verifying import document
    from yangcai.kernel.verifying.findings import NotVerified

    if not getattr(options, "trust", []):
        return []
    try:
        found = verify(_read(options.file), trust=[_read(path) for path in options.trust])
    except BadTrust as error:
        raise Stop(
            zh="--trust 的文件中没有可用的根证书，什么都没有核对",
            en=f"--trust names no root certificate, nothing was verified: {error}",
            code=console.USAGE,
        ) from error
    faults = [*found.faults, *(code for one in found.signatures for code in one.faults)]
    if faults:
        raise NotVerified(zh=FAULTS[faults[0]][0], en=FAULTS[faults[0]][1])
    document.check_stamped(lines, [one.stamped_at for one in found.signatures])
    return [say(zh=one.words[0], en=one.words[1]) for one in found.signatures]


def _keys_shown(options: argparse.Namespace) -> list[str]:
    """Whoever gave a private key along with the roots is told: it is not needed, and should not lie about."""
    shown = [path for path in getattr(options, "trust", []) if b"PRIVATE KEY-----" in _read(path)]
    return [
        say(
            zh=f"{path} 含有私钥：核对只用其中的证书，请勿随证书存放或者传递私钥",
            en=f"{path} holds a private key: only its certificates were used; do not keep or send the key with them",
        )
        for path in shown
    ]


def _by_proof(options: argparse.Namespace) -> tuple[dict[str, Any], str, list[str]]:
    from yangcai.kernel.verifying import document, receipt, recognising

    if options.kind == verify_doors.FILE and options.proof and _policy_file(options):
        trust, proved = _policy(_read(options.policy)), _read(options.proof)
        options.kind = recognising.kind_by_proof(_read(options.file), proved=proved, policy=trust)
    keys = options.kind == recognising.RECEIPT
    if not options.proof or not _policy_file(options) or (keys and not options.key):
        raise Stop(
            zh="不给日志时，须同时给出 --proof 和 --policy，收据还须 --key",
            en="without a log, --proof and --policy are needed, and --key for a receipt",
            code=console.USAGE,
        )
    trust = _policy(_read(options.policy))
    if not keys:
        content, proved = _read(options.file), _read(options.proof)
        lines = document.verify_proof(content, kind=options.kind, proved=proved, policy=trust)
        signed = _signatures(options, lines)
        data: dict[str, Any] = {"lines": _listed(lines)} | ({"signatures": signed} if signed else {})
        return data, "\n".join([_told(lines), *signed]), _keys_shown(options)
    index = receipt.verify_proof(_read(options.file), proved=_read(options.proof), policy=trust, keys=_keys(options))
    return {"index": index}, say(zh=f"收据有效：日志第 {index} 条", en=f"the receipt holds: line {index}"), []


def _log(options: argparse.Namespace) -> "tuple[Log, list[str]]":
    """The whole log, verified; with a warning where only the log's own word says whom to trust."""
    from yangcai.kernel.verifying import log, source

    found = source.opened(options.source)
    given = _policy_file(options)
    trust = _policy(_read(given) if given else found.read("policy"))
    path = getattr(options, "kept", None)
    kept = _read(path) if path and path.exists() else None
    note = say(
        zh="信任策略取自日志本身：请向财政部门或者见证人核实，再用 --policy",
        en="the policy is the log's own word: get it from the treasury or a witness, then use --policy",
    )
    return log.verify(found, policy=trust, kept=kept), [] if given else [note]


def _keep(options: argparse.Namespace, log: "Log") -> None:
    """With all signatures: should the log be rewritten, this file is one half of the proof."""
    from yangcai.kernel import durable

    if options.kept:
        durable.write(options.kept, str(log.signed).encode(), mode=0o644)


def _policy_file(options: argparse.Namespace) -> Path | None:
    return getattr(options, "policy", None)


def _policy(content: bytes) -> "Policy":
    from yangcai.kernel.tlog import policy
    from yangcai.kernel.tlog.faults import Malformed

    try:
        return policy.parse(content)
    except Malformed as error:
        raise Stop(zh=f"信任策略的写法不符：{error}", en=f"the policy is malformed: {error}") from error


def _keys(options: argparse.Namespace) -> "list[Verifier]":
    from yangcai.kernel.tlog import note
    from yangcai.kernel.tlog.faults import Malformed

    try:
        return [note.parse_vkey(vkey) for vkey in options.key]
    except Malformed as error:
        raise Stop(zh=f"公钥的写法不符：{error}", en=f"no key: {error}", code=console.USAGE) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Stop(zh=f"不能读取 {path}：{error.strerror}", en=f"cannot read {path}: {error.strerror}") from error


def _short(body: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in body.items() if isinstance(value, str | int))
