"""`bid withdraw`, `bid reconfirm`: sign one more thing about a bid. `bid send`: bring it to the platform."""

import argparse
from pathlib import Path

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say
from yangcai.cli.sealed import files, keys, passphrases
from yangcai.cli.sealed import line as lines
from yangcai.sealing import statement
from yangcai.sealing.chance import system
from yangcai.sealing.key_file import SUPPLIER
from yangcai.sealing.statement import Reconfirm, Release, Statement, Withdraw
from yangcai.sealing.suites import suite


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--envelope", type=Path, required=True, help=say(zh="密封文件", en="the envelope"))
    parser.add_argument(
        "--submission",
        required=True,
        metavar="UUID",
        help=say(zh="递交编号（见回执）", en="the submission (see the receipt)"),
    )
    parser.add_argument("--key", type=Path, required=True, help=say(zh="供应商密钥文件", en="the supplier's key file"))
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=say(zh="签名的声明", en="the signed message")
    )
    passphrases.add_option(parser)


def add_withdraw(parser: argparse.ArgumentParser) -> None:
    """Options of the statement that withdraws a bid."""
    _common(parser)


def add_reconfirm(parser: argparse.ArgumentParser) -> None:
    """Options of the statement that a bid stands under a later policy."""
    _common(parser)
    parser.add_argument(
        "--rev",
        type=int,
        required=True,
        help=say(zh="更正后采购文件的版本号", en="the version of the documents after the correction"),
    )


def withdraw(options: argparse.Namespace) -> int:
    """Sign the statement that withdraws a bid. Exit code; raises Stop where a file is not what it should be."""
    header = files.header_of(options.envelope)
    return _signed(options, Withdraw(header.core.tender, options.submission, system(16)))


def reconfirm(options: argparse.Namespace) -> int:
    """Sign the statement that a bid stands under a later policy. Exit code; raises Stop likewise."""
    header = files.header_of(options.envelope)
    idem = system(16)
    return _signed(options, Reconfirm(header.core.tender, options.rev, options.submission, header.sha256, idem))


def _signed(options: argparse.Namespace, said: Statement) -> int:
    files.refuse_existing(options.out)
    statement.parse(statement.content_of(said))  # a wrong UUID is refused here and not by the platform
    held, pairs = keys.opened(options.key, holder=SUPPLIER, passphrase=passphrases.given(options))
    message = statement.signed(said, suite=suite(held.suite), keys=pairs["sig"])
    files.write_new(options.out, message.content)
    answer(
        options,
        data={"file": str(options.out), **said.as_dict()},
        text=say(zh=f"已签名：{options.out}", en=f"signed: {options.out}"),
    )
    return console.OK


def add_send(parser: argparse.ArgumentParser) -> None:
    """Options of sending a signed statement."""
    parser.add_argument(
        "message",
        type=Path,
        metavar="FILE",
        help=say(zh="释放、撤回或者更正后确认的声明", en="a release, a withdrawal or a confirmation"),
    )
    lines.add_options(parser)


def send(options: argparse.Namespace) -> int:
    """To the door that the protocol has for its kind (SBP/1 §2.5)."""
    message = files.message(options.message)
    match message.statement:
        case Release(tender=tender, by=by):
            door = f"/opening/{tender}/{by}-release"
        case Withdraw(submission=submission):
            door = f"/submissions/{submission}/withdraw"
        case Reconfirm(submission=submission):
            door = f"/submissions/{submission}/reconfirm"
        case _:
            raise Stop(
                zh="投标声明用 bid submit 递交", en="statements of submission go by bid submit", code=console.USAGE
            )
    with lines.opened(options) as line:
        line.ask("POST", door, message.content, {"Content-Type": "application/json"})
    answer(options, data={"door": door}, text=say(zh="已送达平台", en="the platform has it"))
    return console.OK
