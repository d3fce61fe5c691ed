"""Did the platform keep its health journal whole, and did every outage extend what it had to, by the declared terms?

By the public log alone: the journal's lines, the terms, the extensions and the closes of tenders stand there in clear.
A line that is missing, changed or written afterwards is found; so is an extension that was not given, given without an
outage, or to another time than the terms say.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yangcai.kernel import health_lines, health_terms
from yangcai.kernel.encoding import BadEncoding, read_timestamp
from yangcai.kernel.health_lines import Line
from yangcai.kernel.health_terms import SECOND, Outage, Terms
from yangcai.kernel.tlog import note
from yangcai.kernel.tlog.faults import Malformed
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.seen import Seen

EXTENSION, CLOSE = "extension", "close"
#: Within so long a line has its place (kernel/sequencer.py): by more than that no line stands behind a younger one.
MERGE_DELAY = datetime.timedelta(seconds=60)
#: Within so long a witness has seen a line: its place, a round, and one kept checkpoint a minute.
WITNESSED_WITHIN = datetime.timedelta(minutes=3)
#: Where a line says when it was written, besides the journal's own; those whose time is the database's clock say it
#: exactly, the others not later than they were written.
_TIMES = ("at", "received_at", "withdrawn_at", "reconfirmed_at")
_EXACT = ("submit", "withdraw", "reconfirm")


@dataclass(frozen=True)
class Extended:
    """An extension as the log tells it, which the terms bear out."""

    index: int
    root: str
    stage: str
    old: datetime.datetime
    new: datetime.datetime
    outage: Outage


@dataclass(frozen=True)
class Journal:
    """A journal that was found whole."""

    lines: tuple[Line, ...]
    outages: tuple[Outage, ...]
    extensions: tuple[Extended, ...]
    #: Of which closes it was shown that bidders had their time, by their places in the log.
    closes: tuple[int, ...]
    #: Whether witnesses bear out that the lines before those closes were written in time.
    is_witnessed: bool = False


@dataclass(frozen=True)
class _Placed:
    index: int
    line: Line


def verify(*, log: Log, of: str = "", seen: Seen | None = None) -> Journal:
    """`of`: a case (its root, or the tender as a bid names it), of which alone the deadlines are looked at. `seen`:
    when witnesses saw the log grow. Raises NotVerified where there is no journal, nothing of that case, or no witness
    of a line that would hide an outage; Evidence where the operator contradicts itself."""
    placed = list(_lines(log))
    if not placed:
        raise NotVerified(zh="公开日志中没有健康日志", en="the log holds no health journal")
    _check_times(log, placed)
    terms = _terms(log, placed)
    found = list(_outages(placed, terms))
    told = [(i, b) for i, b in log.saying(EXTENSION, CLOSE) if not of or of in (b.get("root"), b.get("tender"))]
    if of and not told:
        raise NotVerified(zh=f"公开日志没有 {of} 的截止或者顺延", en=f"the log tells of no deadline of {of}")
    extensions = tuple(_extensions(told, placed, found, terms))
    closes = tuple(_closes(told, placed, found, terms, extensions))
    if seen:
        _check_witnessed(placed, terms, seen, closes=[log.told[index] for index in closes])
    return Journal(tuple(one.line for one in placed), tuple(found), extensions, closes, bool(seen))


def days_of(log: Log) -> set[datetime.date]:
    """The days of whose witnesses the verification wants to hear: those of the journal."""
    days = set()
    for _index, body in log.saying(health_lines.KIND):
        moment = _moment(body)
        days |= {moment.date(), (moment + WITNESSED_WITHIN).date()} if moment else set()
    return days


# --- the journal itself ----------------------------------------------------------------------------------------------


def _lines(log: Log) -> Iterator[_Placed]:
    """Every line in its place, signed, and each the next of the one before it."""
    keys: list[note.Verifier] = []
    before: Line | None = None
    for index, body in log.saying(health_lines.KIND, "key"):
        if body.get("t") == "key":
            keys += _key(index, body)
            continue
        try:
            line = health_lines.read(body)
        except BadEncoding as error:
            raise NotVerified(
                zh=f"第 {index} 条健康日志的写法不符：{error}", en=f"line {index} is no line of the journal: {error}"
            ) from error
        if not line.is_signed_by(keys):
            raise NotVerified(
                zh=f"第 {index} 条健康日志不是平台此前公布的密钥签署的",
                en=f"line {index} of the journal is not signed by a key announced before it",
            )
        number = before.number + 1 if before else 1
        previous = before.digest if before else health_lines.NONE_BEFORE
        if (line.number, line.previous) != (number, previous):
            raise Evidence(
                zh=f"健康日志第 {number} 条缺失或者被改（公开日志第 {index} 条）",
                en=f"line {number} of the journal is missing or was changed (at {index} of the log)",
            )
        if before is not None and line.at <= before.at:
            raise Evidence(
                zh=f"健康日志第 {number} 条的时间不晚于前一条", en=f"line {number} of the journal is not younger"
            )
        yield _Placed(index, line)
        before = line


def _key(index: int, body: dict[str, Any]) -> list[note.Verifier]:
    if body.get("role") != health_lines.ROLE:
        return []
    try:
        return [note.parse_vkey(str(body.get("vkey")))]
    except Malformed as error:
        raise NotVerified(zh=f"第 {index} 条的公钥不符：{error}", en=f"no key at {index}: {error}") from error


def _check_times(log: Log, placed: list[_Placed]) -> None:
    """No line stands behind one that is younger by more than the time in which lines are placed, nor before one of the
    database's clock that is older: so it was written when it says, neither afterwards nor in advance."""
    places = {one.index: one.line for one in placed}
    youngest: tuple[datetime.datetime, int] | None = None
    ahead: Line | None = None
    for index in sorted(set(log.told) | set(places)):
        line = places.get(index)
        if line is not None:
            if youngest is not None and youngest[0] - line.at > MERGE_DELAY:
                raise Evidence(
                    zh=f"健康日志第 {line.number} 条是事后补写的：它在公开日志第 {youngest[1]} 条之后，时间却早",
                    en=f"line {line.number} of the journal was written afterwards: it stands behind the younger line"
                    f" {youngest[1]} of the log",
                )
            ahead = line
            continue
        moment = _moment(log.told[index])
        if moment is None:
            continue
        youngest = max(youngest or (moment, index), (moment, index))
        if ahead is not None and log.told[index].get("t") in _EXACT and ahead.at - moment > MERGE_DELAY:
            raise Evidence(
                zh=f"健康日志第 {ahead.number} 条是预先写好的：它在公开日志第 {index} 条之前，时间却晚",
                en=f"line {ahead.number} of the journal was written in advance: an older line ({index}) is behind it",
            )
    if log.seen_at is not None and placed[-1].line.at - log.seen_at > MERGE_DELAY:
        number = placed[-1].line.number
        raise Evidence(
            zh=f"健康日志第 {number} 条的时间晚于见证人联署的时间",
            en=f"line {number} of the journal is younger than the witness's cosignature over it",
        )


def _moment(body: dict[str, Any]) -> datetime.datetime | None:
    for name in _TIMES:
        if isinstance(text := body.get(name), str):
            try:
                return read_timestamp(text)
            except BadEncoding:
                return None
    return None


def _terms(log: Log, placed: list[_Placed]) -> list[tuple[int, Terms]]:
    """What was declared, each from its place on; the first before the first line."""
    try:
        found = [(index, health_terms.read(body)) for index, body in log.saying(health_terms.KIND)]
    except BadEncoding as error:
        raise NotVerified(zh=f"停机顺延条款的写法不符：{error}", en=f"the terms are malformed: {error}") from error
    if not found or found[0][0] > placed[0].index:
        raise NotVerified(
            zh="健康日志开始前没有公布停机顺延条款", en="no terms were declared before the journal begins"
        )
    return found


def _in_force(terms: list[tuple[int, Terms]], index: int) -> Terms:
    return [one for place, one in terms if place < index][-1]


def _outages(placed: list[_Placed], terms: list[tuple[int, Terms]]) -> Iterator[Outage]:
    """By the terms in force when each ended."""
    places = {one.line.number: one.index for one in placed}
    shortest = min(one.shortest for _place, one in terms)
    for outage in health_lines.outages((one.line for one in placed), shortest=shortest):
        if outage.lasted >= _in_force(terms, places[outage.after]).shortest:
            yield outage


# --- what follows from it --------------------------------------------------------------------------------------------


def _extensions(
    told: list[tuple[int, dict[str, Any]]],
    placed: list[_Placed],
    outages: list[Outage],
    terms: list[tuple[int, Terms]],
) -> Iterator[Extended]:
    """Each rests on an outage of the journal, that touches the deadline, and gives exactly what the terms say."""
    places = {one.line.number: one.index for one in placed}
    known = {(outage.before, outage.after): outage for outage in outages}
    given: dict[tuple[Any, ...], datetime.datetime] = {}
    once: set[tuple[Any, ...]] = set()
    for index, body in told:
        if body.get("t") != EXTENSION:
            continue
        try:
            old, new, at = (read_timestamp(body[name]) for name in ("old", "new", "at"))
            deadline = (body["root"], body["stage"], body["lot"])
            between, region = (body["before"], body["after"]), str(body["region"])
            length = body["length_s"] * SECOND if "length_s" in body else None
        except (KeyError, TypeError, BadEncoding) as error:
            raise NotVerified(
                zh=f"第 {index} 条顺延的写法不符：{error}", en=f"line {index} is no extension: {error}"
            ) from error
        outage = known.get(between)
        if outage is None or places[outage.after] > index:
            raise Evidence(
                zh=f"第 {index} 条顺延所称的停机不在健康日志中",
                en=f"the outage of the extension at {index} is not in the journal",
            )
        declared = _in_force(terms, places[outage.after])
        if not declared.affects(outage, closes_at=old, length=length) or at < outage.ends_at:
            raise Evidence(
                zh=f"第 {index} 条：该停机按条款不顺延这一截止时间",
                en=f"line {index}: by the terms this outage does not extend that deadline",
            )
        expected = declared.extended(old, at=at, region=region, length=length)
        if new != expected or (*deadline, between) in once:
            raise Evidence(
                zh=f"第 {index} 条顺延的时间不是条款得出的：应为 {_shown(expected)}，实为 {_shown(new)}",
                en=f"the extension at {index} is not what the terms say: {_shown(expected)}, and not {_shown(new)}",
            )
        if old < given.get(deadline, old):
            raise Evidence(
                zh=f"第 {index} 条：已经顺延的截止时间又被提前",
                en=f"line {index}: a deadline that was extended had been brought forward again",
            )
        once.add((*deadline, between))
        given[deadline] = new
        yield Extended(index, str(body["root"]), str(body["stage"]), old, new, outage)


def _closes(
    told: list[tuple[int, dict[str, Any]]],
    placed: list[_Placed],
    outages: list[Outage],
    terms: list[tuple[int, Terms]],
    extensions: tuple[Extended, ...],
) -> Iterator[int]:
    """Bidders had their time: at every close the journal had spoken, and no outage should have moved the deadline."""
    places = {one.line.number: one.index for one in placed}
    roots = {body.get("tender"): body.get("root") for _index, body in told if body.get("t") == EXTENSION}
    for index, body in told:
        if body.get("t") != CLOSE or body.get("round", 0) != 0:
            continue
        try:
            deadline = read_timestamp(body["deadline"])
        except (KeyError, BadEncoding) as error:
            raise NotVerified(zh=f"第 {index} 条没有截止时间", en=f"the close at {index} has no deadline") from error
        if placed[0].line.at > deadline:
            continue  # no journal was kept then: nothing was promised
        if not any(one.line.is_good and one.line.at >= deadline and one.index < index for one in placed):
            raise Evidence(
                zh=f"第 {index} 条截止写入时，健康日志尚未确认 {_shown(deadline)} 的截止有效",
                en=f"the close at {index} came before the journal said that the deadline of {_shown(deadline)} stands",
            )
        for outage in outages:
            if _in_force(terms, places[outage.after]).affects(outage, closes_at=deadline):
                raise Evidence(
                    zh=f"第 {index} 条：{_shown(outage.begins_at)} 至 {_shown(outage.ends_at)} 停机，截止时间"
                    f" {_shown(deadline)} 应当顺延而没有顺延",
                    en=f"line {index}: the platform was down from {_shown(outage.begins_at)} to"
                    f" {_shown(outage.ends_at)}, and the deadline of {_shown(deadline)} was not extended",
                )
        root = roots.get(body.get("tender"))
        if any(one.root == root and one.stage == "submission" and one.index < index and one.new > deadline
               for one in extensions):  # fmt: skip
            raise Evidence(
                zh=f"第 {index} 条截止早于已经顺延的时间", en=f"the close at {index} is earlier than was extended"
            )
        yield index


def _check_witnessed(
    placed: list[_Placed], terms: list[tuple[int, Terms]], seen: Seen, *, closes: list[dict[str, Any]]
) -> None:
    """A line that no witness saw soon after it says it was written may have been written when the platform was back:
    of such lines alone no deadline can be borne out."""
    in_time = [one for one in placed if (at := seen.by(one.index)) and at - one.line.at <= WITNESSED_WITHIN]
    places = {one.line.number: one.index for one in in_time}
    shortest = min(one.shortest for _place, one in terms)
    gaps = list(health_lines.outages((one.line for one in in_time), shortest=shortest))
    for body in closes:
        deadline = read_timestamp(body["deadline"])
        if not any(one.line.is_good and one.line.at >= deadline for one in in_time):
            raise _unwitnessed(deadline, deadline)
        for gap in gaps:
            if _in_force(terms, places[gap.after]).affects(gap, closes_at=deadline):
                raise _unwitnessed(gap.begins_at, gap.ends_at)


def _unwitnessed(since: datetime.datetime, until: datetime.datetime) -> NotVerified:
    return NotVerified(
        zh=f"{_shown(since)} 至 {_shown(until)} 的健康日志没有见证人及时联署，不能证明其间没有停机",
        en=f"no witness saw the journal of {_shown(since)} to {_shown(until)} in time: that there was no outage is not"
        " shown",
    )


def _shown(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
