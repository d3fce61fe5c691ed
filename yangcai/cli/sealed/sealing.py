"""`bid seal`: files, price and policy to the envelope, the opening file and the signed statement."""

import argparse
import contextlib
import io
import mimetypes
import os
from pathlib import Path
from typing import Any

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.cli.sealed import files, forms, keys, passphrases
from yangcai.cli.sealed.client import client
from yangcai.kernel.encoding import timestamp
from yangcai.sealing import schedule, statement
from yangcai.sealing.envelope import Imprint
from yangcai.sealing.key_file import SUPPLIER
from yangcai.sealing.payload import Source
from yangcai.sealing.policy import RECOVERIES, SUITES
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.sealing.suites import suite

#: The cover that holds the price alone.
PRICE = "PRICE"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of sealing a bid."""
    parser.add_argument(
        "files",
        type=Path,
        nargs="*",
        metavar="FILE",
        help=say(
            zh="投标文件，或一个文件夹；报价信封和最后报价可以没有",
            en="the files of the bid, or one folder; a cover with the price, or a last offer, may have none",
        ),
    )
    parser.add_argument("--policy", type=Path, required=True, help=say(zh="公布的开启规则", en="the published policy"))
    parser.add_argument(
        "--price",
        type=Path,
        required=True,
        help=say(zh="开标一览表（JSON，金额以分计）", en="the opening schedule (JSON, amounts in fen)"),
    )
    parser.add_argument(
        "--supplier", required=True, metavar="CODE", help=say(zh="统一社会信用代码", en="unified social credit code")
    )
    parser.add_argument("--key", type=Path, required=True, help=say(zh="供应商密钥文件", en="the supplier's key file"))
    parser.add_argument(
        "--key-passphrase-file",
        type=Path,
        metavar="FILE",
        help=say(zh="密钥文件的口令", en="passphrase of the key file"),
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help=say(zh="输出文件夹", en="folder for what is made")
    )
    parser.add_argument("--suite", choices=SUITES, default="I1", help=say(zh="密码套件", en="suite"))
    parser.add_argument(
        "--form",
        type=Path,
        metavar="OPENAPI",
        help=say(
            zh="平台的 openapi.json：密封前核对开标一览表的形式",
            en="the platform's openapi.json: check the shape of the price before it is sealed",
        ),
    )
    parser.add_argument(
        "--recovery",
        choices=RECOVERIES,
        default="auto",
        help=say(
            zh="未能解密时：auto 受托人代开，consent 经同意，never 不开",
            en="if you do not release: opened by trustees, on consent, never",
        ),
    )
    parser.add_argument(
        "--round", type=int, default=0, help=say(zh="最后报价轮次，0 为投标", en="round of last quotes, 0 is the bid")
    )
    passphrases.add_option(parser)


def run(options: argparse.Namespace) -> int:
    """Seal the files under the published policy: envelope, opening file, signed statement. Never overwrites. Exit
    code; raises Stop where a file is not what it should be."""
    policy = files.policies([options.policy])[0]
    if not options.files and policy.cover != PRICE and not options.round:
        raise Stop(zh="没有投标文件", en="no files of the bid", code=console.USAGE)
    envelope, opening, said = (options.out / f"bid.{kind}" for kind in ("sbe", "sbo", "submit.json"))
    files.refuse_existing(envelope, opening, said)
    with_key = argparse.Namespace(passphrase_file=options.key_passphrase_file)
    held, pairs = keys.opened(options.key, holder=SUPPLIER, passphrase=passphrases.given(with_key))
    if held.suite != options.suite:
        raise Stop(zh=f"密钥属于套件 {held.suite}", en=f"the key is of suite {held.suite}", code=console.USAGE)
    price = files.price(options.price)
    if options.form:
        action = forms.LAST if options.round else forms.SUBMIT
        forms.check(price, document=options.form, action=action, cover=policy.cover)
    own, (price, rest) = sources(options.files), schedule.split(price)
    tell(options, zh="计算文件摘要……", en="computing the files' digests ...")
    sealer = Sealer(
        Terms(policy, options.supplier, suite=options.suite, recovery=options.recovery, round=options.round),
        price=price,
        sources=[*own, *_form(rest)],
    )
    options.out.mkdir(parents=True, exist_ok=True)
    imprint = _write(options, sealer, envelope)
    words, is_generated = passphrases.given_or_generated(options)
    files.write_new(opening, sealer.opening_file(passphrase=words).content)
    submit = sealer.statement(imprint, client=client())
    message = statement.signed(submit, suite=suite(options.suite), keys=pairs["sig"])
    message.check(suite=suite(options.suite), public=held.public["sig"])
    files.write_new(said, message.content)
    answer(
        options,
        data={
            "envelope": str(envelope),
            "opening_file": str(opening),
            "statement": str(said),
            "header_sha256": sealer.header.sha256.hex(),
            "env_digest": imprint.env_digest.hex(),
            "env_len": imprint.env_len,
            "price_commit": sealer.header.core.price_commit.hex(),
            "deadline": timestamp(policy.deadline),
            "files": len(own),
        }
        | ({"passphrase": words} if is_generated else {}),
        text=say(
            zh=f"已密封 {len(own)} 个文件，并试开成功\n密封文件 {envelope}\n开启文件 {opening}\n声明 {said}"
            f"\n摘要 {imprint.env_digest.hex()}\n投标截止 {timestamp(policy.deadline)}",
            en=f"{len(own)} files sealed, and opened once for trial\nenvelope {envelope}\nopening file"
            f" {opening}\nstatement {said}\ndigest {imprint.env_digest.hex()}\ndeadline {timestamp(policy.deadline)}",
        )
        + passphrases.shown(words, is_generated),
        warnings=[] if options.form else [_unchecked()],
    )
    return console.OK


def _unchecked() -> str:
    return say(
        zh="未核对开标一览表的形式：用 --form 给出平台的 openapi.json",
        en="the shape of the price was not checked: give the platform's openapi.json with --form",
    )


def _write(options: argparse.Namespace, sealer: Sealer, envelope: Path) -> Imprint:
    """The envelope under its name only when it has been opened for trial."""
    part = envelope.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        tell(options, zh="密封……", en="sealing ...")
        with part.open("xb") as out:
            imprint = sealer.write(out)
            out.flush()
            os.fsync(out.fileno())
        tell(options, zh="试开：验证它能够打开……", en="opening for trial: will it open? ...")
        with part.open("rb") as stream:
            sealer.try_opening(stream, imprint)
        part.rename(envelope)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    return imprint


def sources(paths: list[Path]) -> list[Source]:
    """The files themselves, or those of the one folder. A folder within it is refused: names would be lost."""
    if len(paths) == 1 and paths[0].is_dir():
        paths = sorted(paths[0].iterdir())
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise Stop(
                zh=f"不是普通文件：{path}（文件夹请先打包）",
                en=f"not a regular file: {path} (pack folders first)",
                code=console.USAGE,
            )
    return [Source(path.name, _type(path), lambda path=path: path.open("rb")) for path in paths]  # type: ignore[misc]


def _form(rest: dict[str, Any]) -> list[Source]:
    """What of the form is not read out, as a file beside the others: with the opening only the price is published."""
    content = schedule.content(rest)
    return [Source(schedule.NAME, schedule.TYPE, lambda: io.BytesIO(content))] if rest else []


def _type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"
