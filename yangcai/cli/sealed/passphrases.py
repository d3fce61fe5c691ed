"""Where does a passphrase come from? A file, the terminal without echo, or six generated words that are shown once."""

import argparse
import getpass
import sys
from pathlib import Path

from yangcai.cli import console
from yangcai.cli.console import Stop, say
from yangcai.cli.sealed import files
from yangcai.sealing import passphrase
from yangcai.sealing.chance import system


def add_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the file of a passphrase."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=say(
            zh="口令所在文件（不写则询问或生成）", en="file that holds the passphrase (else asked for, or generated)"
        ),
    )


def given_or_generated(options: argparse.Namespace) -> tuple[str, bool]:
    """(passphrase, whether it was generated and has to be shown)."""
    if options.passphrase_file:
        return _from_file(options.passphrase_file), False
    return passphrase.generated(system), True


def given(options: argparse.Namespace) -> str:
    """The passphrase of what lies there already."""
    if options.passphrase_file:
        return _from_file(options.passphrase_file)
    if not sys.stdin.isatty():
        raise Stop(
            zh="没有终端可询问口令，请用 --passphrase-file",
            en="no terminal to ask for the passphrase: use --passphrase-file",
            code=console.USAGE,
        )
    return getpass.getpass(say(zh="口令：", en="passphrase: "))


def _from_file(path: Path) -> str:
    try:
        found = files.read(path).decode()
    except UnicodeDecodeError:
        found = ""
    if not found.strip():
        raise Stop(zh=f"{path} 中没有口令", en=f"{path} holds no passphrase", code=console.USAGE)
    return found


def shown(words: str, is_generated: bool) -> str:
    """The lines that tell a generated passphrase; empty when it was given."""
    if not is_generated:
        return ""
    return say(
        zh=f"\n口令（只显示这一次，请抄写保管）：{words}",
        en=f"\npassphrase (shown this once, write it down): {words}",
    )
