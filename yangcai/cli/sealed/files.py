"""How are the files of a sealed bid read and written? Strictly, privately, and never over another."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any, NoReturn

from yangcai.cli import console
from yangcai.cli.console import Stop
from yangcai.sealing.envelope import Envelope
from yangcai.sealing.header import Header
from yangcai.sealing.policy import Policy
from yangcai.sealing.statement import Message

#: Anything but an envelope is smaller.
LARGEST = 4 * 2**20


def read(path: Path) -> bytes:
    """A small file; a newline that an editor put behind it is left out."""
    with path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Stop(zh=f"文件过大：{path}", en=f"the file is too large: {path}")
    return content.removesuffix(b"\n").removesuffix(b"\r")


def write_new(path: Path, content: bytes) -> None:
    """A new file for its owner alone, on the disk when this returns; none where that fails. Refuses where one lies
    already."""
    refuse_existing(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def refuse_existing(*paths: Path) -> None:
    """Before any work is done for a file that could not be written."""
    for path in paths:
        if path.exists():
            raise Stop(zh=f"文件已存在，不覆盖：{path}", en=f"not overwritten: {path} exists")


def refuse_unwritable(path: Path) -> None:
    """Likewise: where nobody can make a file, as its folder is missing or closed to us."""
    refuse_existing(path)
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)):
        raise Stop(zh=f"不能写入文件：{path}", en=f"no file can be written: {path}", code=console.USAGE)


def header_of(path: Path) -> Header:
    """The header of an envelope, whose rest is not read; or a header alone, as trustees get it."""
    with path.open("rb") as stream:
        if stream.read(1) == b"{":
            return Header.parse(read(path))
        stream.seek(0)
        return Envelope(stream).header


def policies(paths: list[Path]) -> list[Policy]:
    """Revisions of one policy, in order, from files and folders of them; the same one given twice counts once."""
    each = [one for path in paths for one in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    if not each:
        raise Stop(zh="文件夹中没有开启规则", en="the folder holds no policy", code=console.USAGE)
    found = {policy.sha256: policy for policy in map(Policy.parse, map(read, each))}
    return sorted(found.values(), key=lambda policy: policy.rev)


def message(path: Path) -> Message:
    """The signed statement in a file. Raises Stop where it cannot be read, and what Message.parse raises."""
    return Message.parse(read(path))


def parsed(path: Path, **how: Any) -> Any:
    """A JSON file that people or other programs wrote."""
    try:
        return json.loads(read(path), **how)
    except (ValueError, RecursionError) as error:
        raise Stop(zh=f"{path} 不是 JSON 文件", en=f"{path} is no JSON file", code=console.USAGE) from error


def price(path: Path) -> dict[str, Any]:
    """The opening schedule: any JSON object without fractions; money is an integer of fen."""

    def refuse(_literal: str) -> NoReturn:
        raise Stop(
            zh=f"{path}：金额用整数（分），不用小数",
            en=f"{path}: amounts are whole numbers of fen, without fractions",
            code=console.USAGE,
        )

    found = parsed(path, parse_float=refuse, parse_constant=refuse)
    if not isinstance(found, dict):
        raise Stop(zh=f"{path} 应为一个 JSON 对象", en=f"{path} has to be one JSON object", code=console.USAGE)
    return found
