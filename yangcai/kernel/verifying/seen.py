"""When, at the latest, was a line in the log? By the checkpoints that witnesses cosigned at their own time."""

import datetime
import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from yangcai.kernel.tlog import cosignature, note, tree
from yangcai.kernel.tlog.faults import in_chinese
from yangcai.kernel.tlog.policy import Policy
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.source import Source


@dataclass(frozen=True)
class Seen:
    """Sizes of the tree, rising, and when all who cosigned that size had seen it."""

    sizes: tuple[int, ...]
    times: tuple[datetime.datetime, ...]

    def __bool__(self) -> bool:
        return bool(self.sizes)

    def by(self, index: int) -> datetime.datetime | None:
        """When the line at this place had been seen; None where nobody says."""
        place = bisect_right(self.sizes, index)
        return self.times[place] if place < len(self.sizes) else None


def read(source: Source, *, log: Log, policy: Policy, days: Iterable[datetime.date]) -> Seen:
    """What was kept of these days. Raises NotVerified where it is damaged or lacks the quorum; Evidence where a witness
    saw another tree than the one that is published now."""
    hashes = tree.reader_of([tree.leaf_hash(line) for line in log.lines])
    found: dict[int, datetime.datetime] = {}
    for day in sorted(set(days)):
        for row in (source.fetch(f"seen/{day.isoformat()}") or b"").splitlines():
            try:
                witnessed = policy.verify(note.parse(json.loads(row)["checkpoint"].encode()))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise NotVerified(
                    zh=f"seen/{day} 中的检查点核对不符：{in_chinese(error)}",
                    en=f"a checkpoint of seen/{day} does not verify: {error}",
                ) from error
            head, lines = witnessed.checkpoint, witnessed.cosignatures.values()
            if not lines or head.size > log.checkpoint.size:
                continue
            if tree.root(size=head.size, read=hashes) != head.root:
                raise Evidence(
                    zh=f"见证人在 {day} 见到的前 {head.size} 条不是现在公布的：日志被改写，请保存两份文件",
                    en=f"the first {head.size} lines that a witness saw on {day} are not those of now: the log was"
                    " rewritten. Keep both files",
                )
            at = max(cosignature.seen_at(line) for line in lines)
            found[head.size] = min(found.get(head.size, at), at)
    return _rising(found)


def _rising(found: dict[int, datetime.datetime]) -> Seen:
    """What a larger tree was seen at, a smaller one had been seen at too."""
    sizes, times = sorted(found), []
    earliest: datetime.datetime | None = None
    for size in reversed(sizes):
        earliest = min(earliest, found[size]) if earliest else found[size]
        times.append(earliest)
    return Seen(tuple(sizes), tuple(reversed(times)))
