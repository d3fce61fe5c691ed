"""`bid keygen`, `trustee keygen`: new keys in a file under a passphrase; the public ones are shown."""

import argparse
from pathlib import Path

from yangcai.cli import console
from yangcai.cli.console import answer, say
from yangcai.cli.sealed import files, passphrases
from yangcai.kernel.encoding import base64_of
from yangcai.sealing import key_file
from yangcai.sealing.chance import system
from yangcai.sealing.policy import SUITES
from yangcai.sealing.suites import Pair

#: The names of the public keys in an opening policy.
IN_POLICY = {"I1": {"wrap": "hpke", "sig": "sig"}, "G1": {"wrap": "sm2_wrap", "sig": "sm2_sig"}}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of making keys."""
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=say(zh="密钥文件", en="the key file"))
    parser.add_argument("--suite", choices=SUITES, default="I1", help=say(zh="密码套件", en="suite"))
    passphrases.add_option(parser)


def run(options: argparse.Namespace, *, holder: str) -> int:
    """Make the keys of a `holder`, lock them under a passphrase, say the public ones. Never overwrites. Exit code."""
    files.refuse_existing(options.out)
    words, is_generated = passphrases.given_or_generated(options)
    made = key_file.created(holder=holder, code=options.suite, passphrase=words, chance=system)
    files.write_new(options.out, made.content)
    public = public_of(made)
    lines = "\n".join(f"{name}\t{key}" for name, key in public.items())
    answer(
        options,
        data={"file": str(options.out), "suite": made.suite, "public": public}
        | ({"passphrase": words} if is_generated else {}),
        text=say(zh=f"密钥已写入 {options.out}，公钥：\n", en=f"keys written to {options.out}; public keys:\n")
        + lines
        + passphrases.shown(words, is_generated),
    )
    return console.OK


def public_of(made: key_file.KeyFile) -> dict[str, str]:
    """The public keys by their names in a policy, base64."""
    return {IN_POLICY[made.suite][name]: base64_of(key) for name, key in made.public.items()}


def opened(path: Path, *, holder: str, passphrase: str) -> tuple[key_file.KeyFile, dict[str, Pair]]:
    """The file and its key pairs."""
    found = key_file.KeyFile.parse(files.read(path))
    key_file.check_holder(found, holder)
    return found, found.keys(passphrase)
