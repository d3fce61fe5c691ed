"""Is what an opening revealed what the bidders had committed to, by whom it had to be released, and not too early?

The line `opening` in the log names the record by its digest; the record lies beside the log (`record/…`). Each of its
bids is held against the line that its bidder's envelope left before the deadline, its releases against the policy, the
barrier, and the time at which witnesses saw the close (SBP/1 §2.8, appendix B, steps 4 and 5).
"""

import datetime
import hashlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from yangcai.kernel.encoding import BadEncoding, h2, jcs, parse_jcs, read_timestamp
from yangcai.kernel.leaf_lines import in_clear
from yangcai.kernel.tlog import cosignature, proof, tree
from yangcai.kernel.tlog.faults import Malformed, Unproven, in_chinese
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.lots import Body, Lot, when

#: Who opened a bid: its bidder's release with the trustees', the trustees alone, or nobody.
OPENED, RECOVERED, REVOKED = "opened", "recovered", "revoked"
#: From here on a share is one of the bidder's own (SBP/1 §2.4).
SUPPLIER_FROM = 201
PLATFORM = "platform"
FEN = Decimal(100)
#: So far two organisations' clocks may be apart when their times are compared.
CLOCKS = datetime.timedelta(seconds=60)


def check(lot: Lot, *, log: Log) -> None:
    """One opening with its record. Raises NotVerified where the record is missing, damaged or incomplete; Evidence
    where it contradicts what was signed before."""
    if len(lot.openings) > 1:
        raise Evidence(
            zh="同一采购包开标了两次", en=f"lines {lot.openings[0][0]} and {lot.openings[1][0]} open one lot"
        )
    assert lot.opening is not None and lot.close is not None  # `case` has seen to it
    index, line = lot.opening
    if index < lot.close[0]:
        raise Evidence(zh=f"第 {index} 条开标早于截止", en=f"the opening at {index} stands before the close")
    if line.get("close_set") != lot.close[1].get("close_set"):
        raise Evidence(zh="开标的不是截止时封存的名单", en=f"the opening at {index} is of another set than was closed")
    if lot.is_kept and not lot.records:
        return  # it is told with the award
    named = _laid_open(lot, line) if lot.is_kept else line
    if not lot.is_kept:
        _check_received(lot, line)
    try:
        found = _of_lot(_record(named, log=log), lot.key)
        _check_figures(named, found["bids"])
        if lot.is_kept:
            _check_came(lot, named, found)
        else:
            _check_outcomes(lot, line, found["bids"])
            for bid, committed in _pairs(lot, found["bids"]):
                _check_price(bid, committed)
        policy = _policy(lot, found["sealed"])
        _check_shares(found, policy)
        _check_releases(found, policy)
        _check_witnessed(lot, found["sealed"], log=log)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:  # BadEncoding is a ValueError
        raise NotVerified(
            zh=f"开标记录的写法不符：{error!r}", en=f"the record of the opening is malformed: {error!r}"
        ) from error


def _check_received(lot: Lot, line: Body) -> None:
    """As many bids, withdrawals and confirmations are told as the operator says came in."""
    for name, lines, zh in (("received", lot.bids, "收到的投标"), ("withdrawn", lot.withdrawals, "撤回")):
        if line.get(name) != len(lines):
            raise Evidence(
                zh=f"{zh}为 {line.get(name)} 份，公布的为 {len(lines)} 份",
                en=f"{line.get(name)} {name}, and {len(lines)} are told",
            )
    if line.get("reconfirmed", 0) != len(lot.reconfirmations):  # what was opened before has no such figure
        raise Evidence(
            zh=f"更正后确认 {line.get('reconfirmed', 0)} 份，公布的为 {len(lot.reconfirmations)} 份",
            en=f"{line.get('reconfirmed', 0)} confirmed after a correction, and {len(lot.reconfirmations)} are told",
        )


def _record(line: Body, *, log: Log) -> dict[str, Any]:
    name = f"record/{line['record']}"
    content = log.source.read(name)
    if hashlib.sha256(content).hexdigest() != line["record"]:
        raise NotVerified(zh=f"{name} 已损坏或者被改动", en=f"{name} is damaged: not what the log names")
    told: dict[str, Any] = parse_jcs(content)
    return told


def came(line: Body, *, key: tuple[Any, ...], log: Log) -> set[str]:
    """The digests of all headers that came in, by a record that was kept until the award. Raises NotVerified where it
    is missing, damaged or malformed."""
    try:
        return {str(one["header_sha256"]) for one in _of_lot(_record(line, log=log), key)["came"]}
    except (KeyError, TypeError, ValueError) as error:
        raise NotVerified(
            zh=f"开标记录的写法不符：{error!r}", en=f"the record of the opening is malformed: {error!r}"
        ) from error


def _laid_open(lot: Lot, line: Body) -> Body:
    """The line that tells the record which the opening kept: once, afterwards, and that very record."""
    index, told = lot.records[0]
    if len(lot.records) > 1 or lot.opening is None or index < lot.opening[0]:
        raise Evidence(
            zh=f"第 {index} 条公布的开启记录重复或者早于开启",
            en=f"line {index} tells the record of an opening twice, or before it",
        )
    if told.get("record") != line["kept"]:
        raise Evidence(
            zh=f"第 {index} 条公布的不是开启时封存的记录", en=f"line {index} tells another record than the opening kept"
        )
    return told


def _check_came(lot: Lot, line: Body, found: Body) -> None:
    """Of offers whose lines are not told: the headers of those that were in are the set that was closed, and what came
    in is counted as its line says."""
    assert lot.close is not None
    headers = sorted(str(bid["header_sha256"]) for bid in found["bids"])
    if lot.close[1].get("close_set") != h2("sbp/1 closeset", *(bytes.fromhex(one) for one in headers)).hex():
        raise Evidence(
            zh="开标记录中的投标不是截止时封存的名单", en="the bids of the record are not the set that was closed"
        )
    fates = [(str(one["header_sha256"]), one["became"]) for one in found["came"]]
    if sorted(header for header, became in fates if became == "closed") != headers:
        raise Evidence(
            zh="开启记录中在截止时有效的不是开启的", en="what the record says was in is not what it says was opened"
        )
    if line["received"] != len(fates) or line["withdrawn"] != sum(became == "withdrawn" for _one, became in fates):
        raise Evidence(zh="开标记录与公开日志中的份数不符", en="the record counts otherwise than its line in the log")


def _of_lot(told: dict[str, Any], key: tuple[Any, ...]) -> dict[str, Any]:
    """The part of the record that is about these bids."""
    tender, number, cover, round_ = key
    for one in told["lots"]:
        sealed = one.get("sealed")
        if sealed and (sealed["tender"], one["lot"], sealed["cover"], sealed["round"]) == (
            tender,
            number,
            cover,
            round_,
        ):
            found: dict[str, Any] = one
            return found
    raise Evidence(zh="开标记录没有这个采购包", en="the record says nothing of this lot")


def _pairs(lot: Lot, bids: list[Body]) -> Iterator[tuple[Body, Body]]:
    """Each bid of the record with the line that it left before the deadline."""
    lines = {bid["header_sha256"]: bid for bid in lot.standing()}
    for bid in bids:
        yield bid, lines[bid["header_sha256"]]


def _check_outcomes(lot: Lot, line: Body, bids: list[Body]) -> None:
    """Every bid of the closed set once, and what the line says was revealed."""
    if sorted(bid["header_sha256"] for bid in bids) != sorted(bid["header_sha256"] for bid in lot.standing()):
        raise Evidence(
            zh="开标记录中的投标不是截止时封存的名单", en="the bids of the record are not the set that was closed"
        )
    values = [
        jcs({name: bid[name] for name in ("header_sha256", "committed", "price_salt")})
        for bid in sorted(bids, key=lambda one: str(one["header_sha256"]))
        if bid["how"] != REVOKED
    ]
    if line["revealed"] != h2("sbp/1 revealed", *values).hex():
        raise Evidence(zh="开标记录揭示的内容与公开日志不符", en="what the record reveals is not what its line names")


def _check_figures(line: Body, bids: list[Body]) -> None:
    """As many as the line says, and a reason for whatever stayed closed."""
    outcomes = [bid["how"] for bid in bids]
    if line["bids"] != len(bids) or any(line[how] != outcomes.count(how) for how in (OPENED, RECOVERED, REVOKED)):
        raise Evidence(zh="开标记录与公开日志中的份数不符", en="the record counts otherwise than its line in the log")
    for bid in bids:
        if bid["how"] not in (OPENED, RECOVERED, REVOKED) or (bid["how"] == REVOKED) != bool(bid["damage"]):
            raise Evidence(
                zh=f"投标 {bid['header_sha256'][:16]} 未开启而没有理由",
                en=f"bid {bid['header_sha256'][:16]} was not opened, and no reason is given",
            )


def _check_price(bid: Body, line: Body) -> None:
    """The price that was read out is the one committed to before the deadline."""
    if bid["how"] == REVOKED:
        return
    salt, text = bytes.fromhex(bid["price_salt"]), bid["committed"]
    if h2("sbp/1 price", salt, text.encode()).hex() != line["price_commit"]:
        raise Evidence(
            zh=f"{bid['supplier']} 公布的报价与截止前的承诺不符",
            en=f"the price of {bid['supplier']} is not the one committed to before the deadline",
        )
    offered = parse_jcs(text.encode())
    if "price" in offered and bid["price_fen"] != _fen(offered["price"]):
        raise Evidence(
            zh=f"{bid['supplier']} 唱出的报价不是其投标中的报价",
            en=f"the price read out for {bid['supplier']} is not that of its bid",
        )


def _fen(value: Any) -> Decimal:
    """Money of an offer in fen: an integer is fen, a text is yuan."""
    try:
        return Decimal(value) * FEN if isinstance(value, str) else Decimal(int(value))
    except InvalidOperation as error:
        raise ValueError(f"no amount: {value!r}") from error


def _policy(lot: Lot, sealed: Body) -> dict[str, Any]:
    """The opening policy in force, as the record quotes it and the log names it."""
    assert lot.close is not None
    before = [body for place, body in lot.policies if place < lot.close[0]]
    quoted = {hashlib.sha256(text.encode()).hexdigest(): text for text in sealed["policies"]}
    if not before or {body["policy_sha256"] for body in before} != set(quoted):
        raise Evidence(
            zh="开标记录引用的开启规则不是公开日志中的", en="the policies of the record are not those of the log"
        )
    chain: list[dict[str, Any]] = [parse_jcs(quoted[body["policy_sha256"]].encode()) for body in before]
    found = chain[-1]
    for earlier, later in pairwise(chain):
        if _takes_back(later, earlier) or _beside_times(later) != _beside_times(earlier):
            raise Evidence(
                zh="开启规则的后一版本不只是推迟或者延长时间",
                en="a later revision of the policy changes more than to postpone and to lengthen",
            )
    if found["deadline"] != lot.close[1]["deadline"]:
        raise Evidence(zh="开启规则的截止时间不是截止记录的", en="the policy names another deadline than the close")
    return found


def _takes_back(later: Body, earlier: Body) -> bool:
    """Whether a revision is no later one, or ends or shortens a time that the one before gave (SBP/1 §2.3)."""
    sooner = any(read_timestamp(later[name]) < read_timestamp(earlier[name]) for name in ("deadline", "open_at"))
    return sooner or later["rev"] <= earlier["rev"] or later["window_s"] < earlier["window_s"]


def _beside_times(policy: Body) -> Body:
    """What every revision has alike (SBP/1 §2.3)."""
    return {name: value for name, value in policy.items() if name not in ("rev", "deadline", "open_at", "window_s")}


def _check_shares(found: Body, policy: Body) -> None:
    """Each bid was opened by enough shares, each released by its holder."""
    trustees = {one["x"] for one in found["sealed"]["releases"] if one["by"] == "trustee"}
    suppliers = {one["header_sha256"] for one in found["sealed"]["releases"] if one["by"] == "supplier"}
    for bid in found["bids"]:
        shares, name = set(bid["shares"]), bid["header_sha256"][:16]
        own = {x for x in shares if x >= SUPPLIER_FROM}
        if not shares - own <= trustees or (own and bid["header_sha256"] not in suppliers):
            raise Evidence(
                zh=f"投标 {name} 用了没有释放的份额", en=f"bid {name} was opened by a share that nobody released"
            )
        if bid["how"] != REVOKED and len(shares) < policy["theta"]:
            raise Evidence(zh=f"投标 {name} 份额不足却已开启", en=f"bid {name} was opened by too few shares")
        if bid["how"] == OPENED and bid["header_sha256"] not in suppliers:
            raise Evidence(
                zh=f"投标 {name} 记为投标人解密，没有其释放", en=f"bid {name}: its bidder is said to have released"
            )
        if bid["how"] == RECOVERED and bid["header_sha256"] in suppliers:
            raise Evidence(zh=f"投标 {name} 记为补救开启，投标人已解密", en=f"bid {name}: its bidder did release")


def _check_releases(found: Body, policy: Body) -> None:
    """Nobody before the opening, no trustee before the barrier, the platform's after a person's (SBP/1 §2.8)."""
    releases = [(read_timestamp(one["released_at"]), one) for one in found["sealed"]["releases"]]
    opens_at, closes_at = read_timestamp(policy["open_at"]), read_timestamp(found["sealed"]["window_closes_at"])
    if any(at < opens_at for at, _one in releases):
        raise Evidence(zh="开标时间之前就有份额释放", en="a share was released before the opening")
    if closes_at + CLOCKS < opens_at + datetime.timedelta(seconds=policy["window_s"]):
        raise Evidence(
            zh="解密时限短于开启规则规定的时长", en="the window for keys was shorter than the policy laid down"
        )
    by_bidders = {one["header_sha256"]: at for at, one in releases if one["by"] == "supplier"}
    if any(at > closes_at for at in by_bidders.values()):
        raise Evidence(zh="投标人在解密时限届满之后释放了密钥", en="a bidder released its key after the window")
    all_are_in = by_bidders and by_bidders.keys() >= {bid["header_sha256"] for bid in found["bids"]}
    barrier = min(closes_at, max(by_bidders.values())) if all_are_in else closes_at
    seats = {one["x"]: one["role"] for one in policy["trustees"]}
    people = [at for at, one in releases if one["by"] == "trustee" and seats[one["x"]] != PLATFORM]
    platform = [at for at, one in releases if one["by"] == "trustee" and seats[one["x"]] == PLATFORM]
    if any(at < barrier for at in (*people, *platform)):
        raise Evidence(
            zh="受托人在投标人全部解密或者时限届满之前释放了份额",
            en="a trustee released before every bidder had, and before the window ended",
        )
    if platform and (not people or min(platform) < min(people)):
        raise Evidence(zh="平台的份额先于其他受托人释放", en="the platform's share was released first")


def _check_witnessed(lot: Lot, sealed: Body, *, log: Log) -> None:
    """Witnesses, a second and independent clock, saw the close: not before the opening time, and before any release."""
    assert lot.close is not None
    index, close = lot.close
    if not sealed["close_proof"]:
        if not log.policy.is_met_by(set()):
            raise NotVerified(zh="开标记录没有截止的见证", en="the record holds no proof that the close was witnessed")
        return
    try:
        found = proof.parse(sealed["close_proof"].encode())
        proof.verify(found, leaf=tree.leaf_hash(in_clear(body=jcs(close))), policy=log.policy)
    except (Malformed, Unproven, BadEncoding) as error:
        raise NotVerified(
            zh=f"截止的证明核对不符：{in_chinese(error)}", en=f"the proof of the close fails: {error}"
        ) from error
    if found.index != index:
        raise Evidence(zh="截止的证明是另一条目的", en="the proof of the close is of another line")
    seen = {name: cosignature.seen_at(line) for name, line in log.policy.verify(found.checkpoint).cosignatures.items()}
    if not seen:
        return
    opens_at = when(*lot.opening, "open_at") if lot.opening else when(index, close, "deadline")
    if not log.policy.is_met_by({name for name, at in seen.items() if at + CLOCKS >= opens_at}):
        raise Evidence(zh="见证人在开标时间之前就见到了截止记录", en="witnesses saw the close before the opening time")
    releases = [read_timestamp(one["released_at"]) for one in sealed["releases"]]
    if releases and not log.policy.is_met_by({name for name, at in seen.items() if at <= min(releases) + CLOCKS}):
        raise Evidence(
            zh="在见证人见到截止记录之前就有份额释放", en="a share was released before witnesses saw the close"
        )
