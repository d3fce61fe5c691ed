"""Is a log whole? Checkpoint, quorum, growth since the last time, every tile and every line, every disclosure."""

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from yangcai.kernel.encoding import BadEncoding, jcs, parse_jcs, read_base64
from yangcai.kernel.leaf_lines import BLINDED, CLEAR, blinded
from yangcai.kernel.tlog import checkpoint, cosignature, note, tiles, tree
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.faults import Malformed, Unproven, in_chinese
from yangcai.kernel.tlog.policy import Policy, Witnessed
from yangcai.kernel.tlog.tiles import WIDTH, Tile
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.source import Source


@dataclass(frozen=True)
class Log:
    """A log that was found whole: its lines, and what they say as far as it is told."""

    witnessed: Witnessed
    signed: note.Note = field(repr=False)
    lines: tuple[bytes, ...]
    told: dict[int, dict[str, Any]] = field(repr=False)
    source: Source = field(repr=False)
    policy: Policy = field(repr=False)
    #: The key of SM2 that signed the checkpoint too, where the policy names one.
    sm2: note.Verifier | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        return self.witnessed.checkpoint

    @cached_property
    def places(self) -> dict[bytes, int]:
        """Leaf hash -> index."""
        return {tree.leaf_hash(line): index for index, line in enumerate(self.lines)}

    def saying(self, *kinds: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """What is told of these kinds (`t`), in the order of the log."""
        return ((index, self.told[index]) for index in sorted(self.told) if self.told[index].get("t") in kinds)

    @property
    def seen_at(self) -> datetime.datetime | None:
        """The latest time that a witness puts under the checkpoint."""
        times = [cosignature.seen_at(line) for line in self.witnessed.cosignatures.values()]
        return max(times, default=None)


def verify(source: Source, *, policy: Policy, kept: bytes | None = None) -> Log:
    """Everything of appendix B, steps 2 and 3, and that each disclosure opens its line. `kept` is the checkpoint that
    was verified the last time, as the log signed it. Raises NotVerified, Evidence."""
    try:
        signed = note.parse(source.read("checkpoint"))
        witnessed = policy.verify(signed)
        by_sm2 = policy.verify_sm2(signed)
        head = witnessed.checkpoint
        lines = _lines(source, head)
        hashes = [tree.leaf_hash(line) for line in lines]
        read = tree.reader_of(hashes)
        _check_root(head, tree.root(size=head.size, read=read))
        _check_tiles(source, head, read)
    except (Malformed, Unproven) as error:
        raise NotVerified(
            zh=f"公开日志核对不符：{in_chinese(error)}", en=f"the log does not verify: {error}"
        ) from error
    if kept is not None:
        _check_growth(_opened(kept, witnessed.log), head, read)
    told = dict(_clear(lines))
    told.update(_disclosed(source, lines))
    return Log(witnessed, signed, tuple(lines), told, source, policy, by_sm2)


def _lines(source: Source, head: Checkpoint) -> list[bytes]:
    found: list[bytes] = []
    for start in range(0, head.size, WIDTH):
        width = min(head.size - start, WIDTH)
        bundle = source.bundle(Tile(-1, start // WIDTH, width))
        if len(bundle) != width:
            raise Malformed(f"the bundle at {start} has {len(bundle)} entries")
        found += bundle
    return found


def _check_root(head: Checkpoint, root: bytes) -> None:
    if root != head.root:
        raise NotVerified(
            zh=f"条目计算出的根摘要与检查点不符（{head.size} 条）",
            en=f"the entries lead to another root than the checkpoint's at size {head.size}",
        )


def _check_tiles(source: Source, head: Checkpoint, read: tree.Reader) -> None:
    for tile in tiles.tiles_of(size=head.size):
        if tile.level < 0:
            continue
        first = tile.index * WIDTH
        expected = b"".join(read(tiles.HEIGHT * tile.level, first + place) for place in range(tile.width))
        if source.tile(tile) != expected:
            raise NotVerified(zh=f"树片 {tile.path} 与条目不符", en=f"{tile.path} does not fit the entries")


def _opened(kept: bytes, log: note.Verifier) -> Checkpoint:
    """Without the log's signature it would prove nothing against the log, to nobody."""
    try:
        return checkpoint.opened(kept, log)[0]
    except (Malformed, Unproven) as error:
        raise NotVerified(
            zh=f"保存的文件不是这个日志签署的检查点：{in_chinese(error)}",
            en=f"the kept file is no checkpoint that this log signed: {error}",
        ) from error


def _check_growth(kept: Checkpoint, head: Checkpoint, read: tree.Reader) -> None:
    """Both were signed by the log: if one does not follow from the other, that is proved."""
    if kept.size > head.size:
        raise NotVerified(
            zh=f"公开日志只有 {head.size} 条，上次核对时已有 {kept.size} 条",
            en=f"the log has {head.size} lines and had {kept.size} the last time",
        )
    if tree.root(size=kept.size, read=read) != kept.root:
        raise Evidence(
            zh=f"前 {kept.size} 条已不是上次核对的内容：日志被改写，请保存两份检查点",
            en=f"the first {kept.size} lines are not those of the last time: the log was rewritten. Keep both files",
        )


def _clear(lines: list[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every line is blinded, or canonical JSON."""
    for index, line in enumerate(lines):
        try:
            if line.startswith(CLEAR) and line.endswith(b"\n"):
                body = parse_jcs(line[len(CLEAR) : -1])
                if not isinstance(body, dict):
                    raise BadEncoding("not an object")
                yield index, body
            elif not line.startswith(BLINDED) or len(read_base64(line[len(BLINDED) : -1].decode("ascii"))) != tree.HASH:
                raise BadEncoding("neither a blinded line nor one in clear")
            elif not line.endswith(b"\n"):
                raise BadEncoding("no end of line")
        except (BadEncoding, UnicodeDecodeError) as error:
            raise NotVerified(zh=f"第 {index} 条的写法不符：{error}", en=f"line {index}: {error}") from error


def _disclosed(source: Source, lines: list[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What was told opens exactly the line of which it is told."""
    for bundle in range(-(-len(lines) // WIDTH)):
        for row in (source.fetch(f"disclosed/{tiles.number_path(bundle)}") or b"").splitlines():
            try:
                told = json.loads(row)
                index, body, nonce = told["index"], told["body"], read_base64(told["nonce"])
                opens = blinded(nonce=nonce, body=jcs(body))
                if type(index) is not int or index // WIDTH != bundle or not isinstance(body, dict):
                    raise ValueError("in the wrong file")
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise NotVerified(
                    zh=f"公开内容 disclosed/{bundle} 的写法不符：{error}",
                    en=f"disclosed/{bundle} is malformed: {error}",
                ) from error
            if index < len(lines):
                if lines[index] != opens:
                    raise Evidence(
                        zh=f"第 {index} 条的公开内容与当时写入的承诺不符",
                        en=f"what is told of line {index} is not what it committed to",
                    )
                yield index, body
