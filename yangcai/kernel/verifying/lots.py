"""What does the log tell of one set of bids that is opened together: one lot, one cover, one round?"""

import datetime
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from yangcai.kernel.encoding import BadEncoding, read_timestamp
from yangcai.kernel.verifying.findings import NotVerified

Body: TypeAlias = dict[str, Any]
#: Place in the log, and what is told of it.
Line: TypeAlias = tuple[int, Body]


@dataclass
class Lot:
    """Lines by their kind, each in the order of the log. `key`: tender, lot, cover, round."""

    key: tuple[Any, ...]
    policies: list[Line] = field(default_factory=list)
    bids: list[Line] = field(default_factory=list)
    withdrawals: list[Line] = field(default_factory=list)
    #: By which bids were confirmed after a correction.
    reconfirmations: list[Line] = field(default_factory=list)
    closes: list[Line] = field(default_factory=list)
    openings: list[Line] = field(default_factory=list)
    no_openings: list[Line] = field(default_factory=list)
    #: By which the record of an opening was laid open that had been kept until the award.
    records: list[Line] = field(default_factory=list)

    @property
    def close(self) -> Line | None:
        return self.closes[0] if self.closes else None

    @property
    def opening(self) -> Line | None:
        return self.openings[0] if self.openings else None

    @property
    def is_kept(self) -> bool:
        """Whether it was opened and not read out: the log has the digest of its record, told with the award."""
        return self.opening is not None and "kept" in self.opening[1]

    @property
    def not_opened(self) -> Line | None:
        return self.no_openings[0] if self.no_openings else None

    def standing(self) -> list[Body]:
        """Of each supplier the last bid that was not withdrawn before the close."""
        end = self.close[0] if self.close else None
        gone = {body.get("submission") for place, body in self.withdrawals if end is None or place < end}
        last: dict[Any, Body] = {}
        for _place, bid in self.bids:
            if bid.get("submission") in gone:
                continue
            supplier = bid.get("supplier")
            if supplier not in last or bid.get("seq", 0) > last[supplier].get("seq", 0):
                last[supplier] = bid
        return list(last.values())


def when(place: int, body: Body, name: str) -> datetime.datetime:
    """A time in a line. Raises NotVerified where there is none."""
    try:
        return read_timestamp(body[name])
    except (BadEncoding, KeyError, TypeError, AttributeError) as error:
        raise NotVerified(zh=f"第 {place} 条的时间写法不符", en=f"line {place} says no time: {error}") from error
