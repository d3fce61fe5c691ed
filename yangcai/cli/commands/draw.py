"""Was the committee drawn as its published record says? Recomputed offline, from the file alone."""

import argparse
import json
import secrets
from pathlib import Path
from typing import Any

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say

HELP = ("核对评审专家抽取记录，生成随机数", "verify the record of an expert draw; make a number for one")
#: Far beyond any library: a larger file is no record.
LARGEST = 64 * 2**20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar=say(zh="事项", en="what"))
    text = say(zh="按 VRD/1 重新计算抽取记录（不联网、不用数据库）", en="recompute a record by VRD/1, offline")
    verify = kinds.add_parser("verify", help=text, description=text)
    verify.add_argument("file", type=Path, metavar="FILE", help=say(zh="下载的抽取记录", en="the downloaded record"))
    text = say(zh="生成一个随机数及其摘要", en="make a number and its digest")
    kinds.add_parser("number", help=text, description=text)


def run(options: argparse.Namespace) -> int:
    from yangcai.tendering import vrd

    if options.kind == "number":
        number = secrets.token_hex(32)
        digest = vrd.promise_of(number)
        answer(
            options,
            data={"number": number, "digest": digest},
            text=say(
                zh=f"随机数（公布前保密）：{number}\n摘要（先提交）：{digest}",
                en=f"number (secret until you say it): {number}\ndigest (hand this in first): {digest}",
            ),
        )
        return console.OK
    records = _read(options.file)
    found = [(n, fault) for n, record in enumerate(records, start=1) for fault in vrd.faults(record)]
    errors = [say(zh=f"第 {n} 轮：{fault.zh}", en=f"round {n}: {fault.en}") for n, fault in found]
    note = say(
        zh="日志头是平台自己的留痕摘要，尚无见证人联署：它是否取自日志须另行核对",
        en="the log head is the platform's own entry hash, cosigned by no witness yet: that it came from the log has to"
        " be checked there",
    )
    alone = say(
        zh="随机数只由平台产生，没有采购人、代理机构、财政部门参与",
        en="only the platform brought a number: buyer, agent and treasury took no part",
    )
    warnings = [note] if not errors else []
    if not errors and any(set(record["numbers"]) <= {"platform", "public"} for record in records):
        warnings.append(alone)
    text = say(
        zh=f"核对 {len(records)} 轮抽取，{len(errors)} 处不符",
        en=f"{len(records)} draws recomputed, {len(errors)} differences",
    )
    data = {"draws": len(records), "differences": [{"draw": n, "code": fault.code} for n, fault in found]}
    answer(options, data=data, text=text, warnings=warnings, errors=errors)
    return console.VERIFICATION_FAILED if errors else console.OK


def _read(path: Path) -> list[Any]:
    """The records of a file: the download has all rounds of a case; one record alone is fine too."""
    try:
        if path.stat().st_size > LARGEST:
            raise Stop(zh=f"文件过大：{path}", en=f"the file is too large: {path}")
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Stop(zh=f"不能读取 {path}：{error.strerror}", en=f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise Stop(
            zh=f"{path} 不是 JSON 文件", en=f"{path} is no JSON file", code=console.VERIFICATION_FAILED
        ) from error
    if isinstance(content, dict) and isinstance(content.get("draws"), list) and content["draws"]:
        return list(content["draws"])
    return [content]
