"""Does what the log tells of one case fit together? Order, deadline, and who was opened (appendix B, step 4)."""

from typing import Any

from yangcai.kernel.encoding import BadEncoding, h2, read_timestamp
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log


def verify(root: str, *, log: Log) -> list[tuple[int, dict[str, Any]]]:
    """Everything that is told of a case (its root, or the tender as a bid names it), in order. Raises NotVerified where
    nothing is; Evidence where it contradicts itself."""
    told = [(index, body) for index, body in sorted(log.told.items()) if root in (body.get("root"), body.get("tender"))]
    if not told:
        raise NotVerified(zh=f"公开日志没有公布 {root} 的任何内容", en=f"the log tells nothing of {root}")
    _check_policies(told)
    for index, close in told:
        if close.get("t") == "close":
            _check_close(index, close, told)
    return told


def _check_policies(told: list[tuple[int, dict[str, Any]]]) -> None:
    """A later opening policy is a later revision, and the close names the one in force."""
    in_force: dict[Any, int] = {}
    for index, body in told:
        key = (body.get("tender"), body.get("lot"), body.get("cover"))
        known, revision = in_force.get(key), body.get("rev")
        if body.get("t") == "policy" and isinstance(revision, int):
            if known is not None and revision <= known:
                raise Evidence(
                    zh=f"第 {index} 条开启规则的版次 {revision} 不晚于此前的 {known}",
                    en=f"line {index} is revision {revision} of a policy that had {known} before",
                )
            in_force[key] = revision
        if body.get("t") == "close" and known is not None and revision != known:
            raise Evidence(
                zh=f"第 {index} 条截止依据的开启规则第 {revision} 版不是当时有效的第 {known} 版",
                en=f"the close at {index} is by revision {revision}, and {known} was in force",
            )


def _check_close(index: int, close: dict[str, Any], told: list[tuple[int, dict[str, Any]]]) -> None:
    """Every bid that is told was there before the close, in time, and is in the set that was closed."""
    bids = [(place, body) for place, body in told if body.get("t") == "submit" and _same_cover(body, close)]
    for place, bid in bids:
        if place > index:
            raise Evidence(
                zh=f"第 {place} 条投标在截止（第 {index} 条）之后写入", en=f"bid {place} came after the close {index}"
            )
        if _is_late(place, bid, close):
            raise Evidence(zh=f"第 {place} 条投标晚于截止时间", en=f"bid {place} was received after the deadline")
    headers = sorted(_standing(bids, [(place, body) for place, body in told if place < index]))
    if bids and "close_set" in close and close["close_set"] != h2("sbp/1 closeset", *headers).hex():
        raise Evidence(
            zh="公布的投标与截止时封存的名单不符", en="the bids that are told are not the set that was closed"
        )


def _standing(bids: list[tuple[int, dict[str, Any]]], told: list[tuple[int, dict[str, Any]]]) -> list[bytes]:
    """Of each supplier the last bid that was not withdrawn."""
    gone = {body.get("submission") for _index, body in told if body.get("t") == "withdraw"}
    last: dict[Any, dict[str, Any]] = {}
    for _place, bid in bids:
        if bid.get("submission") in gone:
            continue
        key = (bid.get("supplier"), bid.get("lot"), bid.get("cover"), bid.get("round"))
        if key not in last or bid.get("seq", 0) > last[key].get("seq", 0):
            last[key] = bid
    return [bytes.fromhex(bid["header_sha256"]) for bid in last.values()]


def _same_cover(bid: dict[str, Any], close: dict[str, Any]) -> bool:
    return all(bid.get(name) == close[name] for name in ("lot", "cover", "round") if name in close)


def _is_late(place: int, bid: dict[str, Any], close: dict[str, Any]) -> bool:
    try:
        return bool("deadline" in close and read_timestamp(bid["received_at"]) > read_timestamp(close["deadline"]))
    except (BadEncoding, KeyError) as error:
        raise NotVerified(zh=f"第 {place} 条的时间写法不符", en=f"line {place} says no time: {error}") from error
