"""Does what the log tells of one case fit together, from the opening policy to what was opened? (appendix B, step 4)

Only what can be shown is called so. A case whose bids were closed and of which none was ever told, or whose opening is
not in the log, ends in NotVerified; a contradiction among what the operator signed is Evidence. The record of an
opening, and what is in it, is looked at in `opening.py`.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.kernel.encoding import h2
from yangcai.kernel.verifying import awards, document, opening
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.lots import Body, Line, Lot, when

#: What an Entry calls the deeds that have lines of their own, and the kind of that line.
DEEDS = {"bid.submit": "submit", "bid.withdraw": "withdraw", "bid.reconfirm": "reconfirm"}


def verify(root: str, *, log: Log) -> list[Line]:
    """Everything that is told of a case (its root, or the tender as a bid names it), in order. Raises NotVerified where
    nothing is, or where it cannot be shown; Evidence where it contradicts itself."""
    told = _of_case(root, log)
    if not told:
        raise NotVerified(zh=f"公开日志没有公布 {root} 的任何内容", en=f"the log tells nothing of {root}")
    lots = _lots(told)
    for lot in lots:
        _check_policies(lot)
        _check_bids(lot)
        _check_reconfirmations(lot)
        _check_close(lot)
    _check_entries(told)
    for lot in lots:
        if lot.opening is not None:
            opening.check(lot, log=log)
    awards.check(told, log=log)
    _check_papers(told)
    for lot in lots:
        _check_is_whole(lot)
    _check_kept_is_told(told, lots)
    return told


def said(told: list[Line]) -> Iterator[tuple[str, str]]:
    """Of each lot how far it has come, in both languages; of what `verify` found good."""
    for lot in _lots(told):
        name_zh = f"采购包 {lot.key[1]}（{lot.key[2]}，第 {lot.key[3]} 轮）"
        name_en = f"lot {lot.key[1]} ({lot.key[2]}, round {lot.key[3]})"
        if lot.is_kept and not lot.records:
            yield (
                f"{name_zh}：已开启，不公开唱标，记录随结果公告公布",
                f"{name_en}: opened and not read out; its record is told with the award",
            )
        elif lot.opening is not None:
            body = lot.records[0][1] if lot.is_kept else lot.opening[1]
            zh = f"{body['bids']} 份投标，开启 {body['opened']}，补救开启 {body['recovered']}，未开启 {body['revoked']}"
            en = f"{body['bids']} bids: {body['opened']} opened, {body['recovered']} recovered, {body['revoked']} not"
            yield f"{name_zh}：{zh}，与承诺一致", f"{name_en}: {en}; as they were committed to"
        elif lot.not_opened is not None:
            yield f"{name_zh}：未开标，投标保密", f"{name_en}: not opened, its bids stay secret"
        else:
            yield f"{name_zh}：尚未截止，投标未公布", f"{name_en}: not closed yet, no bid is told"
    for number, places in awards.repeated(told):
        text = ", ".join(map(str, places))
        yield (
            f"采购包 {number}：公告之前确定过 {len(places)} 次中标结果（第 {text} 条）",
            f"lot {number}: awarded {len(places)} times before its notice (lines {text})",
        )
    for number, places in awards.unannounced(told):
        text = ", ".join(map(str, places))
        yield (
            f"采购包 {number}：已确定中标结果（第 {text} 条），尚无公告",
            f"lot {number}: awarded, and no notice says to whom (lines {text})",
        )


def _of_case(root: str, log: Log) -> list[Line]:
    """The lines of the case under both of its names; only the operator's own lines say which belong together."""
    both = [(body["root"], body["tender"]) for _index, body in log.saying("policy") if {"root", "tender"} <= set(body)]
    roots = {root, *(case for case, tender in both if tender == root)}
    tenders = {root, *(tender for case, tender in both if case in roots)}
    return [
        (index, body)
        for index, body in sorted(log.told.items())
        if body.get("root") in roots or body.get("tender") in tenders
    ]


def _lots(told: list[Line]) -> list[Lot]:
    """What is told, sorted by what was opened together. A policy that names no round is that of each."""
    found: dict[tuple[Any, ...], Lot] = {}
    kinds = {"submit": "bids", "close": "closes", "opening": "openings", "no-open": "no_openings"}
    kinds["opening-record"] = "records"
    for line in told:
        _index, body = line
        if name := kinds.get(str(body.get("t"))):
            getattr(found.setdefault(_key(body), Lot(_key(body))), name).append(line)
    policies = [line for line in told if line[1].get("t") == "policy"]
    for line in policies:
        key = _key(line[1])
        if not any(_governs(line[1], lot) for lot in found.values()):
            found[key] = Lot(key)
    for lot in found.values():
        lot.policies += [line for line in policies if _governs(line[1], lot)]
        own = {bid.get("submission") for _index, bid in lot.bids}
        lot.withdrawals += [
            line for line in told if line[1].get("t") == "withdraw" and line[1].get("submission") in own
        ]
        lot.reconfirmations += [
            line for line in told if line[1].get("t") == "reconfirm" and line[1].get("submission") in own
        ]
    return list(found.values())


def _governs(policy: Body, lot: Lot) -> bool:
    return _key(policy)[:3] == lot.key[:3] and policy.get("round", lot.key[3]) == lot.key[3]


def _key(body: Body) -> tuple[Any, ...]:
    return (body.get("tender"), body.get("lot"), body.get("cover"), body.get("round", 0))


def _check_policies(lot: Lot) -> None:
    """A later opening policy is a later revision, and only postpones (SBP/1 §2.3)."""
    known: int | None = None
    times: dict[str, datetime.datetime] = {}
    for index, body in lot.policies:
        revision = body.get("rev")
        if not isinstance(revision, int) or (known is not None and revision <= known):
            raise Evidence(
                zh=f"第 {index} 条开启规则的版次 {revision} 不晚于此前的 {known}",
                en=f"line {index} is revision {revision} of a policy that had {known} before",
            )
        known = revision
        for name in ("deadline", "open_at"):
            if name not in body:
                continue
            at = when(index, body, name)
            if name in times and at < times[name]:
                raise Evidence(
                    zh=f"第 {index} 条开启规则把时间提前了", en=f"line {index} brings {name} of the policy forward"
                )
            times[name] = at


def _check_bids(lot: Lot) -> None:
    """Every bid came before the close, in time, and no submission twice."""
    seen: set[Any] = set()
    for index, bid in lot.bids:
        if bid.get("submission") in seen:
            raise Evidence(zh=f"第 {index} 条投标重复", en=f"bid {index} is told a second time")
        seen.add(bid.get("submission"))
        if lot.close is None:
            continue
        if index > lot.close[0]:
            raise Evidence(
                zh=f"第 {index} 条投标在截止（第 {lot.close[0]} 条）之后写入",
                en=f"bid {index} came after the close {lot.close[0]}",
            )
        if "deadline" in lot.close[1] and when(index, bid, "received_at") > when(*lot.close, "deadline"):
            raise Evidence(zh=f"第 {index} 条投标晚于截止时间", en=f"bid {index} was received after the deadline")


def _check_reconfirmations(lot: Lot) -> None:
    """Whoever confirmed a bid after a correction confirmed that very one, once for a version, in time."""
    bids = {bid.get("submission"): (index, bid) for index, bid in lot.bids}
    seen: set[tuple[Any, Any]] = set()
    for index, body in lot.reconfirmations:
        place, bid = bids[body.get("submission")]
        if index < place or body.get("header_sha256") != bid.get("header_sha256"):
            raise Evidence(
                zh=f"第 {index} 条确认的不是第 {place} 条投标", en=f"line {index} confirms another bid than {place}"
            )
        if (body.get("submission"), body.get("rev")) in seen:
            raise Evidence(zh=f"第 {index} 条重复确认", en=f"line {index} confirms a bid a second time")
        seen.add((body.get("submission"), body.get("rev")))
        if lot.close is None:
            continue
        in_time = "deadline" not in lot.close[1] or (
            when(index, body, "reconfirmed_at") <= when(*lot.close, "deadline")
        )
        if index > lot.close[0] or not in_time:
            raise Evidence(zh=f"第 {index} 条确认晚于截止", en=f"line {index} confirms a bid after the deadline")


def _check_close(lot: Lot) -> None:
    """One close, by the policy in force, at its deadline; and the bids that are told are the set that it closed."""
    if len(lot.closes) > 1:
        raise Evidence(zh="同一采购包截止了两次", en=f"lines {lot.closes[0][0]} and {lot.closes[1][0]} close one lot")
    if lot.close is None:
        if lot.openings:
            raise Evidence(zh="没有截止记录就开标", en=f"line {lot.openings[0][0]} is an opening without a close")
        return
    index, close = lot.close
    in_force = [body for place, body in lot.policies if place < index]
    if in_force and close.get("rev") != in_force[-1].get("rev"):
        raise Evidence(
            zh=f"第 {index} 条截止依据的开启规则第 {close.get('rev')} 版不是当时有效的第 {in_force[-1].get('rev')} 版",
            en=f"the close at {index} is by revision {close.get('rev')}, and {in_force[-1].get('rev')} was in force",
        )
    if in_force and "deadline" in in_force[-1] and close.get("deadline") != in_force[-1]["deadline"]:
        raise Evidence(
            zh=f"第 {index} 条截止的时间不是开启规则的截止时间", en=f"the close at {index} names another deadline"
        )
    if not lot.bids and (not lot.openings or lot.is_kept):
        return  # nothing is told before the opening; of one that is not read out its record holds the headers
    headers = sorted(bytes.fromhex(str(bid.get("header_sha256"))) for bid in lot.standing())
    if close.get("close_set") != h2("sbp/1 closeset", *headers).hex():
        raise Evidence(
            zh="公布的投标与截止时封存的名单不符", en="the bids that are told are not the set that was closed"
        )


def _check_entries(told: list[Line]) -> None:
    """The trail (留痕) is told with the bids: each deed that it shows has its line, and each line its deed."""
    deeds = [
        str(body.get("action")) for _index, body in told if body.get("t") == "entry" and body.get("outcome") == "done"
    ]
    kinds = [body.get("t") for _index, body in told]
    for action, kind in DEEDS.items():
        shown, lines = deeds.count(action), kinds.count(kind)
        if shown > lines:
            raise Evidence(
                zh=f"留痕公布了 {shown} 次 {action}，对应的条目只公布了 {lines} 条",
                en=f"the trail shows {shown} of {action}, and {lines} lines of them are told",
            )


def _check_papers(told: list[Line]) -> None:
    """No contract and no payment stands in the log before the opening that led to it, or with two papers."""
    opened = [index for index, body in told if body.get("t") == "opening"]
    for kind, zh in (("contract", "合同"), ("payment", "支付")):
        lines = [line for line in told if line[1].get("t") == kind]
        document.check_papers(lines, kind=kind)
        for index, _body in lines:
            if opened and index < min(opened):
                raise Evidence(zh=f"第 {index} 条{zh}早于开标", en=f"{kind} {index} stands before the opening")


def _check_is_whole(lot: Lot) -> None:
    """What cannot be shown is not called good."""
    if lot.opening is not None or lot.not_opened is not None:
        if lot.opening is not None and lot.not_opened is not None:
            raise Evidence(zh="既开标又未开标", en="a lot both opened and not opened")
        return
    if lot.bids:
        raise NotVerified(zh="投标已经公布，开标结果不在公开日志中", en="bids are told, and no opening is in the log")
    if lot.close is not None:
        raise NotVerified(
            zh=f"第 {lot.close[0]} 条已经截止，没有公布任何投标，也没有开标结果",
            en=f"line {lot.close[0]} closed the bids; none of them was told, and no opening is in the log",
        )


def _check_kept_is_told(told: list[Line], lots: list[Lot]) -> None:
    """What was kept until the award is told by the time of the contract: of the lot that it is for at least."""
    kept = [lot for lot in lots if lot.is_kept]
    if kept and not any(lot.records for lot in kept) and any(body.get("t") == "contract" for _place, body in told):
        raise NotVerified(
            zh="合同已经签订，开启记录仍未公布", en="there is a contract, and no record of what was opened is told"
        )
