"""Is the award that a notice announces the one that had been determined? By two lines of the log, of which the first is
blinded until the second stands there.

Each holds the lot, and a digest of lot, winner and sum: the log itself names nobody. Notices of before they did so say
nothing; once one did, each does.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.lots import Line

#: Kind of the line of an award (`t`), kind of the notice of one, and the field of its line.
AWARD = "award"
SAID = ("lot", "says")


def says(*, lot: str, winner: str, amount: str) -> str:
    """The digest of an award: number of the lot, credit code of the winner, yuan with two places."""
    return hashlib.sha256(f"{lot}\n{winner}\n{amount}".encode()).hexdigest()


def check(lines: Iterable[Line], *, log: Log) -> None:
    """Of all lines the notices of an award. Raises Evidence where another award was determined; NotVerified where none
    is told, or the notice does not say whom it awards."""
    since = next((index for index, body in log.saying("notice") if AWARD in body), None)
    for index, body in lines:
        if body.get("t") != "notice" or body.get("kind") != AWARD or since is None or index < since:
            continue
        announced = body.get(AWARD)
        if not isinstance(announced, dict):
            raise NotVerified(
                zh=f"第 {index} 条中标结果公告没有写明中标供应商和金额",
                en=f"the award notice at {index} does not say in the log whom it awards",
            )
        _check_is_determined(index, announced, root=body.get("root"), log=log)


def is_of(body: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Whether the line of a notice says what the notice itself does."""
    said, lot = body.get(AWARD), str(facts.get("lot", "")).split(" ")[0]
    digest = says(lot=lot, winner=facts.get("winner_uscc") or "", amount=str(facts.get("amount", "")))
    return said is None or said == {"lot": lot, "says": digest}


def _check_is_determined(index: int, announced: dict[str, Any], *, root: Any, log: Log) -> None:
    """The award that was determined last before it."""
    found = [
        (place, body)
        for place, body in log.saying(AWARD)
        if place < index and (body.get("root"), body.get("lot")) == (root, announced.get("lot"))
    ]
    if not found:
        raise NotVerified(
            zh=f"第 {index} 条公告的中标结果，公开日志没有公布此前的确定",
            en=f"the award that the notice at {index} announces: no line tells that it was determined before",
        )
    place, determined = found[-1]
    if any(determined.get(name) != announced.get(name) for name in SAID):
        raise Evidence(
            zh=f"第 {index} 条公告的中标供应商或者金额，不是第 {place} 条确定的",
            en=f"the notice at {index} announces another winner or sum than was determined at {place}",
        )
