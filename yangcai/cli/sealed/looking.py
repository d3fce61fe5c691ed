"""`bid inspect`: what does a file of the protocol say? `bid rehearse`: will my bid open?"""

import argparse
import json
from pathlib import Path
from typing import Any

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say
from yangcai.cli.sealed import files, passphrases
from yangcai.kernel.encoding import base64_of
from yangcai.sealing.envelope import MAGIC, Envelope
from yangcai.sealing.key_file import VERSION as KEY
from yangcai.sealing.key_file import KeyFile
from yangcai.sealing.opening_file import VERSION as OPENING
from yangcai.sealing.opening_file import OpeningFile
from yangcai.sealing.policy import VERSION as POLICY
from yangcai.sealing.policy import Policy
from yangcai.sealing.rehearsal import rehearse
from yangcai.sealing.statement import Message, Submit


def add_inspect(parser: argparse.ArgumentParser) -> None:
    """Options of looking into a file."""
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=say(
            zh="密封文件、开启文件、声明、开启规则或密钥文件",
            en="an envelope, opening file, message, policy or key file",
        ),
    )


def inspect(options: argparse.Namespace) -> int:
    """Say what a file is and holds, as far as it lies open: nothing is unlocked. Exit code."""
    with options.file.open("rb") as stream:
        is_envelope = stream.read(4) == MAGIC
    told = _envelope(options.file) if is_envelope else _small(files.read(options.file))
    answer(options, data=told, text=json.dumps(told, ensure_ascii=False, indent=1))
    return console.OK


def _envelope(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        envelope = Envelope(stream)
        imprint = envelope.imprint()
    header = envelope.header
    return {
        "kind": "envelope",
        "core": header.core.as_dict(),
        "trustees": sorted(header.wraps),
        "header_sha256": header.sha256.hex(),
        "env_digest": imprint.env_digest.hex(),
        "env_len": imprint.env_len,
    }


def _small(content: bytes) -> dict[str, Any]:
    """By what the file says it is; a file that is not in its one form is refused by its reader."""
    try:
        version = json.loads(content).get("v", "")
    except (ValueError, AttributeError, RecursionError):
        version = ""
    if version == OPENING:
        opening_file = OpeningFile.parse(content)
        return {"kind": "opening file", **opening_file.about(), "locks": [lock.terms() for lock in opening_file.locks]}
    if version == POLICY:
        policy = Policy.parse(content)
        return {"kind": "policy", "policy_sha256": policy.sha256.hex(), **policy.as_dict()}
    if version == KEY:
        return {"kind": "key file", **KeyFile.parse(content).about()}
    message = Message.parse(content)
    return {"kind": "message", **message.statement.as_dict(), "sig": base64_of(message.sig)}


def add_rehearse(parser: argparse.ArgumentParser) -> None:
    """Options of a rehearsal on one's own machine."""
    parser.add_argument("--envelope", type=Path, required=True, help=say(zh="密封文件", en="the envelope"))
    parser.add_argument("--opening", type=Path, required=True, help=say(zh="开启文件", en="the opening file"))
    parser.add_argument(
        "--policy",
        type=Path,
        required=True,
        action="append",
        help=say(zh="公布的开启规则（各版本）", en="the published policy (each revision)"),
    )
    parser.add_argument("--statement", type=Path, required=True, help=say(zh="已签名的声明", en="the signed statement"))
    passphrases.add_option(parser)


def run_rehearsal(options: argparse.Namespace) -> int:
    """0: nothing is in the way; 4: something is, each with its consequence. Raises Stop where the statement is of
    something else."""
    said = files.message(options.statement).statement
    if not isinstance(said, Submit):
        raise Stop(
            zh=f"不是递交声明：{options.statement}",
            en=f"not the statement of a bid: {options.statement}",
            code=console.USAGE,
        )
    with options.envelope.open("rb") as stream:
        findings = list(
            rehearse(
                stream,
                policies=files.policies(options.policy),
                opening_file=OpeningFile.parse(files.read(options.opening)),
                passphrase=passphrases.given(options),
                statement=said,
            )
        )
    lines = [
        f"{'✗' if found.fault else '✓'} {say(zh=found.zh, en=found.en)}"
        + (f"：{say(zh=found.fault.zh, en=found.fault.en)}" if found.fault else "")
        for found in findings
    ]
    errors = [
        say(zh=f"{f.zh}。后果：{f.consequence.zh}", en=f"{f.en}; what follows: {f.consequence.en}")
        for found in findings
        if (f := found.fault)
    ]
    note = say(
        zh="各受托人能否解出其份额，由受托人自行测试；密封内容在密封时已试开",
        en="whether each trustee can read its share is for the trustees to test; the payload was opened when it was"
        " sealed",
    )
    data = {
        "findings": [
            {"code": found.code, "ok": found.fault is None, "fault": found.fault.code if found.fault else None}
            for found in findings
        ]
    }
    answer(options, data=data, text="\n".join(lines), warnings=[note], errors=errors)
    return console.VERIFICATION_FAILED if errors else console.OK
