"""Do the released shares open these envelopes, and to what? For the opening, and for whoever checks it later."""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.cli.sealed import files
from yangcai.sealing.envelope import Envelope, Imprint
from yangcai.sealing.faults import ENVELOPE_DAMAGED, POLICY_UNKNOWN, SHARE_INCONSISTENT, Fault, Faulty
from yangcai.sealing.header import Core
from yangcai.sealing.opening import Opened, open_envelope, share_fault
from yangcai.sealing.payload import FileEntry, Nowhere, Writer
from yangcai.sealing.policy import Policy, check_chain
from yangcai.sealing.shares import SUPPLIER_FROM
from yangcai.sealing.statement import Message, Release, Submit
from yangcai.sealing.suites import suite

HELP = ("用释放的份额开启密封文件", "open envelopes with the released shares")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        type=Path,
        help=say(
            zh="密封文件（.sbe）与释放声明、投标声明（.json）所在文件夹",
            en="folder of envelopes (.sbe) with releases and statements (.json)",
        ),
    )
    parser.add_argument(
        "--policy",
        type=Path,
        required=True,
        action="append",
        help=say(zh="公布的开启规则（各版本）", en="the published policy (each revision)"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help=say(zh="写入开启的文件（不写则只核对）", en="write the files there (else only check)"),
    )


def run(options: argparse.Namespace) -> int:
    """0: every envelope opened; 4: one did not, with its fault and what follows."""
    policies = files.policies(options.policy)
    check_chain(policies)
    warnings: list[str] = []
    messages = list(_messages(options.folder, warnings))
    bids = [_bid(options, path, policies, messages, warnings) for path in sorted(options.folder.glob("*.sbe"))]
    errors = [say(zh=f"{bid['file']}：{bid['zh']}", en=f"{bid['file']}: {bid['en']}") for bid in bids if bid["fault"]]
    good = len(bids) - len(errors)
    text = say(zh=f"{len(bids)} 份密封文件，开启 {good} 份", en=f"{len(bids)} envelopes, {good} opened")
    told = [{key: value for key, value in bid.items() if key not in {"zh", "en"}} for bid in bids]
    answer(options, data={"bids": told}, text=text, warnings=warnings, errors=errors)
    return console.VERIFICATION_FAILED if errors or not bids else console.OK


def _messages(folder: Path, warnings: list[str]) -> Iterator[Message]:
    """Every message in the folder; a file that is none is set aside, so that it cannot keep bids from opening."""
    for path in sorted(folder.glob("*.json")):
        try:
            yield files.message(path)
        except Faulty as faulty:
            warnings.append(f"{path.name}: {say(zh=faulty.fault.zh, en=faulty.fault.en)}")
        except Stop as stop:
            warnings.append(f"{path.name}: {say(zh=stop.zh, en=stop.en)}")
        except OSError as error:
            warnings.append(f"{path.name}: {error.strerror}")


def _bid(
    options: argparse.Namespace, path: Path, policies: list[Policy], messages: list[Message], warnings: list[str]
) -> dict[str, Any]:
    tell(options, zh=f"开启 {path.name} ……", en=f"opening {path.name} ...")
    told: dict[str, Any] = {"file": path.name, "fault": None}
    try:
        opened = _opened(options, path, policies, messages, warnings)
    except Faulty as faulty:
        fault = faulty.fault
        return told | {
            "fault": fault.code,
            "whose": fault.whose.value,
            "detail": faulty.detail,
            "zh": f"{fault.zh}。后果：{fault.consequence.zh}",
            "en": f"{fault.en}; what follows: {fault.consequence.en}",
        }
    core = opened.header.core
    return told | {
        "supplier": core.supplier,
        "lot": core.lot,
        "cover": core.cover,
        "round": core.round,
        "header_sha256": opened.header.sha256.hex(),
        "price": opened.price,
        "price_salt": opened.manifest.price_salt.hex(),
        "price_commit": core.price_commit.hex(),
        "files": [entry.as_dict() for entry in opened.manifest.files],
    }


def _opened(
    options: argparse.Namespace, path: Path, policies: list[Policy], messages: list[Message], warnings: list[str]
) -> Opened:
    with _readable(path) as stream:
        header = Envelope(stream).header
        named = [policy for policy in policies if policy.sha256 == header.core.policy_sha256]
        if not named:
            raise Faulty(POLICY_UNKNOWN, header.core.policy_sha256.hex())
        policy = named[0]
        shares: dict[int, bytes] = {}
        expected = None
        for message in messages:
            said = message.statement
            if isinstance(said, Submit) and said.header_sha256 == header.sha256:
                expected = Imprint(said.env_digest, said.env_len)
            if isinstance(said, Release) and said.of(header.sha256):
                for x, share in said.of(header.sha256).items():
                    if fault := _wrong(message, policy, header.core, x, share):
                        warnings.append(f"{path.name}: {x}: {say(zh=fault.zh, en=fault.en)}")
                    else:
                        shares[x] = share
        if expected is None:
            warnings.append(_unsigned(path.name))
        stream.seek(0)
        if options.out is None:
            return open_envelope(stream, policy=policy, shares=shares, expected=expected, sink=Nowhere)
        return _written(options.out, path, stream, policy=policy, shares=shares, expected=expected)


def _readable(path: Path) -> BinaryIO:
    """The envelope. Raises Faulty (envelope_damaged) where nothing can be read: the others are opened all the same."""
    try:
        return path.open("rb")
    except OSError as error:
        raise Faulty(ENVELOPE_DAMAGED, error.strerror or "") from error


def _unsigned(name: str) -> str:
    """A byte that rotted where the envelope was kept looks like one that was sealed so, but for the digest there."""
    return say(
        zh=f"{name}：文件夹中没有它的投标声明，无法核对密封文件是否与递交时一致；打不开时不能据此认定是供应商的责任",
        en=f"{name}: its statement is not in the folder, so nobody can tell whether the envelope is the one that was"
        " handed in; if it does not open, that alone puts no blame on the supplier",
    )


def _wrong(message: Message, policy: Policy, core: Core, x: int, share: bytes) -> Fault | None:
    """Why is this share set aside? A trustee's has to carry that trustee's signature; a supplier's speaks for itself by
    its commitment, as the supplier's key is known to the platform only."""
    if x < SUPPLIER_FROM:
        try:
            message.check(suite=suite(core.suite), public=policy.trustee(x).sign_key(core.suite))
        except KeyError:
            return SHARE_INCONSISTENT
        except Faulty as faulty:
            return faulty.fault
    return share_fault(core, x, share)


def _written(out: Path, path: Path, stream: Any, **how: Any) -> Opened:
    """Into a folder of the envelope's name, which is there only when everything was right."""
    target = out / path.stem
    files.refuse_existing(target)
    out.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".opening-", dir=out))

    def sink(entry: FileEntry) -> Writer:
        return (made / entry.name).open("xb")

    try:
        opened = open_envelope(stream, sink=sink, **how)
        made.rename(target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return opened
