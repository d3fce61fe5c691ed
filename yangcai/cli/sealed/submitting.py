"""`bid submit`: the envelope in parts over a bad line, resumed where it broke, then the one request that counts.

Where the platform's file store is down, digest and length are handed in, and the parts follow when the same command is
run again.
"""

import argparse
import hashlib
from pathlib import Path
from typing import BinaryIO

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.cli.sealed import files
from yangcai.cli.sealed import line as lines
from yangcai.kernel.encoding import base64_of
from yangcai.sealing.digests import PART
from yangcai.sealing.envelope import imprint_of
from yangcai.sealing.faults import RECEIPT_MALFORMED, Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.opening_file import OpeningFile
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.rehearsal import check_statement
from yangcai.sealing.statement import Message, Submit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of handing a sealed bid in."""
    lines.add_options(parser)
    parser.add_argument("--envelope", type=Path, required=True, help=say(zh="密封文件", en="the envelope"))
    parser.add_argument("--statement", type=Path, required=True, help=say(zh="已签名的声明", en="the signed statement"))
    parser.add_argument(
        "--opening",
        type=Path,
        metavar="FILE",
        help=say(
            zh="把加锁的开启文件也存一份在平台（平台打不开它）",
            en="leave the locked opening file with the platform too, which cannot open it",
        ),
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=say(zh="回执", en="the receipt"))


def run(options: argparse.Namespace) -> int:
    """Send statement and envelope, keep the receipt before anything else, then check it. Exit code; raises Stop when
    the platform refuses."""
    files.refuse_unwritable(options.out)
    message = files.message(options.statement)
    said = message.statement
    if not isinstance(said, Submit):
        raise Stop(zh="这不是投标声明", en="this is no statement of submission", code=console.USAGE)
    header = files.header_of(options.envelope)
    with options.envelope.open("rb") as stream:
        check_statement(header, imprint_of(stream), said)
    with lines.opened(options) as line:
        submission, sent, receipt, is_owed = _submitted(options, line, message, said, header)
        _keep(options.out, receipt)  # first of all, whatever it says
        if options.opening and not is_owed:
            line.ask("PUT", f"/submissions/{submission}/opening-file", files.read(options.opening))
    _check_receipt(receipt, said)
    answer(
        options,
        data={"submission": submission, "receipt": str(options.out), "parts_sent": sent, "ciphertext_owed": is_owed},
        text=say(zh=f"已递交，回执 {options.out}", en=f"submitted; receipt {options.out}"),
        warnings=[_owed()] if is_owed else [],
    )
    return console.OK


def _keep(path: Path, receipt: bytes) -> None:
    """The bid is in: a receipt that finds no room is shown, and never lost in silence. Raises Stop."""
    try:
        files.write_new(path, receipt)
    except OSError as error:
        text = receipt.decode(errors="backslashreplace")
        raise Stop(
            zh=f"已递交，但回执不能写入 {path}（{error.strerror}）；以另一个 --out 再次运行同一命令，得到同一份回执："
            f"\n{text}",
            en=f"submitted, but the receipt cannot be written to {path} ({error.strerror}): the same command with"
            f" another --out gets the same one\n{text}",
            code=console.PARTIAL,
            data={"note": text},
        ) from error


def add_fetch(parser: argparse.ArgumentParser) -> None:
    """Options of fetching an opening file that was left with the platform."""
    lines.add_options(parser)
    parser.add_argument(
        "--submission", required=True, metavar="UUID", help=say(zh="递交编号（见回执）", en="the submission")
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=say(zh="开启文件", en="the file"))


def fetch(options: argparse.Namespace) -> int:
    """The opening file as it was left there, under the same lock."""
    files.refuse_existing(options.out)
    with lines.opened(options) as line:
        content = line.ask("GET", f"/submissions/{options.submission}/opening-file")
    opening_file = OpeningFile.parse(content)
    files.write_new(options.out, content)
    digest = opening_file.header_sha256.hex()
    answer(
        options,
        data={"file": str(options.out), "header_sha256": digest},
        text=say(zh=f"开启文件 {options.out}", en=f"opening file {options.out}"),
    )
    return console.OK


def _owed() -> str:
    return say(
        zh="平台文件存储故障或空间不足，已先以摘要递交；请在回执载明的时间内以另一个 --out 再次运行同一命令，补传密文",
        en="the platform's file store takes no files: the digest was handed in. Run the same command again with another"
        " --out within the time that the receipt states; it sends the ciphertext",
    )


def _submitted(
    options: argparse.Namespace, line: lines.Line, message: Message, said: Submit, header: Header
) -> tuple[str, int, bytes, bool]:
    """(submission, parts that were sent, receipt, whether the ciphertext has still to follow)."""
    asked = {"idem": said.idem.hex(), "lot": said.lot, "cover": said.cover, "round": said.round}
    begun = line.ask_json("POST", f"/tenders/{said.tender}/submissions", asked)
    submission, size = str(begun["sid"]), int(begun["part_size"])
    if size != PART:
        raise Stop(zh="平台的分片大小不同", en="the platform wants parts of another size")
    sent, is_owed, head = 0, False, {"header_b64": base64_of(header.content)}
    try:
        with options.envelope.open("rb") as stream:
            sent = _send(options, line, submission, stream)
        line.ask_json("POST", f"/submissions/{submission}/check", head)
    except lines.StoreDown:
        bound = {**head, "env_digest": said.env_digest.hex(), "env_len": said.env_len}
        if said.env_sm3:
            bound["env_sm3"] = said.env_sm3.hex()
        line.ask_json("POST", f"/submissions/{submission}/promise", bound)
        is_owed = True
    headers = {"Content-Type": "application/json"}
    receipt = line.ask("POST", f"/submissions/{submission}/finalise", message.content, headers)
    return submission, sent, receipt, is_owed


def _check_receipt(note: bytes, said: Submit) -> None:
    """Is it for what was signed? Raises Faulty (receipt_malformed). Its signature is checked by `yangcai verify`."""
    try:
        text, _signatures = note.decode().split("\n\n", 1)
    except ValueError as error:  # not UTF-8 text, or not in two parts
        raise Faulty(RECEIPT_MALFORMED, "no signed note") from error
    receipt = Receipt.parse(text + "\n")
    for name in ("tender", "lot", "cover", "round", "supplier", "header_sha256", "env_digest", "env_len"):
        if getattr(receipt, name) != getattr(said, name):
            raise Faulty(RECEIPT_MALFORMED, f"for another bid: {name}")


def _send(options: argparse.Namespace, line: lines.Line, submission: str, stream: BinaryIO) -> int:
    """Every part that is not there yet; how many were sent."""
    there = set(line.ask_json("GET", f"/submissions/{submission}/parts"))
    number, sent = 0, 0
    while part := stream.read(PART):
        number += 1
        if number in there:
            continue
        digest = hashlib.sha256(part).hexdigest()
        headers = {"Content-SHA256": digest, "Content-Type": "application/octet-stream"}
        line.ask("PUT", f"/submissions/{submission}/parts/{number}", part, headers)
        sent += 1
        tell(options, zh=f"第 {number} 片已送达", en=f"part {number} is there")
    return sent
