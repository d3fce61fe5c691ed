"""Is the award that a notice announces the one that had been determined? By two lines of the log, of which the first is
blinded until the second stands there.

Each holds the lot, and a digest of lot, winner and sum: the log itself names nobody. Notices of before they did so say
nothing; once one did, each does. Beside the blinded line a clear one names it: of each determination that a lot ever
had, the blinded line must be told with the notice, so that a second one does not hide the first.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from yangcai.kernel.encoding import BadEncoding, read_base64
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.lots import Line

#: Kind of the line of an award (`t`), kind of the notice of one, and the field of its line.
AWARD = "award"
SAID = ("lot", "says")
#: Kind of the clear line that a lot was awarded: `leaf` is the hash of the blinded line that says to whom.
DETERMINED = "award-determined"


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


def repeated(lines: Iterable[Line]) -> Iterator[tuple[str, list[int]]]:
    """Lots that were awarded more than once before a notice said so, and the places of those clear lines: lawful where
    the first fell in between, and for whoever reads the log to ask about."""
    yield from ((lot, places) for lot, places, is_told in _determined(lines) if is_told and len(places) > 1)


def unannounced(lines: Iterable[Line]) -> Iterator[tuple[str, list[int]]]:
    """Lots that were awarded and no notice has said to whom, and the places of those clear lines: it is still to come,
    or the lot failed first, and what had been determined is told to nobody."""
    yield from ((lot, places) for lot, places, is_told in _determined(lines) if not is_told)


def _determined(lines: Iterable[Line]) -> Iterator[tuple[str, list[int], bool]]:
    """Lot, the places of its clear lines up to a notice of its award, and whether there was one."""
    waiting: dict[str, list[int]] = {}
    for index, body in lines:
        if body.get("t") == DETERMINED:
            waiting.setdefault(str(body.get("lot")), []).append(index)
        elif body.get("t") == "notice" and isinstance(body.get(AWARD), dict):
            lot = str(body[AWARD].get("lot"))
            if lot in waiting:
                yield lot, waiting.pop(lot), True
    yield from ((lot, places, False) for lot, places in waiting.items())


def _check_is_determined(index: int, announced: dict[str, Any], *, root: Any, log: Log) -> None:
    """The award that was determined last before it, and every one that had been."""

    def before(kind: str) -> list[Line]:
        return [
            (place, body)
            for place, body in log.saying(kind)
            if place < index and (body.get("root"), body.get("lot")) == (root, announced.get("lot"))
        ]

    found = before(AWARD)
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
    named = {_named(line, log=log): line[0] for line in before(DETERMINED)}
    for told, line in named.items():
        if told not in dict(found):
            raise NotVerified(
                zh=f"第 {line} 条登记的定标没有公布内容：在第 {index} 条公告之前可能确定过另一供应商",
                en=f"what was determined by {line} is not told: another may have won before the notice at {index}",
            )
    since = next((line for line, _body in log.saying(DETERMINED)), None)
    if since is not None and place > since and place not in named:
        raise NotVerified(
            zh=f"第 {place} 条的定标没有在公开日志中明示登记",
            en=f"no clear line says that an award was determined by {place}",
        )


def _named(line: Line, *, log: Log) -> int | None:
    """The place of the blinded line that a clear one names; None where the log has no such line."""
    index, body = line
    try:
        return log.places.get(read_base64(str(body.get("leaf"))))
    except BadEncoding as error:
        raise NotVerified(
            zh=f"第 {index} 条的定标登记写法不符：{error}", en=f"the determination at {index}: {error}"
        ) from error
