"""What does a case file say, and where is it wrong?"""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import yaml

from yangcai.kernel.calendar import day_of
from yangcai.replay.casefile_lots import CENT, read_lots, read_organisation
from yangcai.replay.casefile_outcome import read_outcome
from yangcai.replay.document import CaseFileError, Problem, Reader, load, load_bytes
from yangcai.replay.policy_keys import CASE_KEYS, SET_ASIDES, of_case, same_lots
from yangcai.replay.published import CaseFile, Dates, Event

FORMAT = "case/1"
CATEGORIES = ("goods", "works", "services")
METHODS = (
    "open_tender",
    "restricted_tender",
    "negotiation",
    "consultation",
    "quotations",
    "single_source",
    "framework",
    "mini_competition",
    "direct",
    "rotation",
    "mall",
)
EVENT_KINDS = (
    "clarification",
    "correction",
    "extension",
    "enquiry",
    "objection",
    "complaint",
    "decision",
    "suspension",
    "resumption",
    "termination",
)


def read_case(*, path: Path) -> CaseFile:
    """Parse one case file. Raises CaseFileError with every fault, each with file, line and key."""
    return _parse(load(path=path), str(path))


def parse_case(*, data: bytes, name: str = "<case>") -> CaseFile:
    """Parse one case from bytes, e.g. an upload. Raises CaseFileError like read_case."""
    return _parse(load_bytes(data=data, name=name), name)


def read_cases(*, paths: Iterable[Path]) -> list[CaseFile]:
    """Parse several files; ids must differ. Raises one CaseFileError with the faults of all files."""
    cases: list[CaseFile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            cases.append(read_case(path=path))
        except CaseFileError as error:
            problems.extend(error.problems)
    first: dict[str, str] = {}
    for case in cases:
        if case.id in first:
            zh, en = f"编号“{case.id}”已用于{first[case.id]}", f"the id “{case.id}” is taken by {first[case.id]}"
            problems.append(Problem(case.file, 1, "id", zh, en))
        first.setdefault(case.id, case.file)
    if problems:
        raise CaseFileError(problems)
    return cases


def _parse(root: yaml.Node, name: str) -> CaseFile:
    read = Reader(name=name)
    top = read.table(
        root,
        "",
        required=("yangcai", "id", "source", "title", "buyer", "jurisdiction", "category", "method", "lots"),
        optional=(
            "budget",
            "agent",
            "classification",
            "grounds",
            "ceiling",
            "set_aside",
            *CASE_KEYS,
            "max_lots_bid",
            "max_lots_won",
            "emergency",
            "dates",
            "events",
            "outcome",
        ),
    )
    read.choice(top.get("yangcai"), "yangcai", (FORMAT,))
    budget = read.money(top.get("budget"), "budget", least=CENT)
    lots = read_lots(read, top.get("lots"))
    case = CaseFile(
        file=name,
        id=read.matching(
            top.get("id"),
            "id",
            r"[a-z0-9][a-z0-9._-]{0,79}",
            "只能用小写字母、数字和-._",
            "may hold a-z, 0-9 and -._ only",
        )
        or "",
        source=read.text(top.get("source"), "source") or "",
        title=read.text(top.get("title"), "title") or "",
        buyer=read_organisation(read, top.get("buyer"), "buyer"),
        agent=read_organisation(read, top["agent"], "agent") if "agent" in top else None,
        jurisdiction=read.matching(
            top.get("jurisdiction"),
            "jurisdiction",
            r"[1-9][0-9]{5}",
            "不是6位行政区划代码",
            "is not a division code of 6 digits",
        )
        or "",
        category=read.choice(top.get("category"), "category", CATEGORIES) or "",
        classification=read.text(top.get("classification"), "classification") or "",
        method=read.choice(top.get("method"), "method", METHODS) or "",
        grounds=read.text(top.get("grounds"), "grounds") or "",
        budget=budget,
        ceiling=read.money(top.get("ceiling"), "ceiling", least=CENT),
        set_aside=read.choice(top.get("set_aside"), "set_aside", SET_ASIDES) or "none",
        max_lots_bid=read.integer(top.get("max_lots_bid"), "max_lots_bid", least=1, most=200),
        max_lots_won=read.integer(top.get("max_lots_won"), "max_lots_won", least=1, most=200),
        emergency=read.boolean(top.get("emergency"), "emergency") or False,
        dates=_dates(read, top.get("dates")),
        events=_events(read, top.get("events"), {lot.lot for lot in lots}),
        lots=lots,
        outcome=read_outcome(read, top.get("outcome"), lots),
        **of_case(read, top),
    )
    same_lots(read, top, case)
    if budget is not None and "lots" in top:
        named = [lot.budget for lot in lots if lot.budget is not None]
        if sum(named, Decimal(0)) > budget:
            zh, en = f"各包预算之和超过项目预算{budget}元", f"the lots' budgets add up to more than the case's {budget}"
            read.wrong(top["lots"], "lots", zh, en)
    if read.problems:
        raise CaseFileError(read.problems)
    return case


def _dates(read: Reader, node: yaml.Node | None) -> Dates:
    names = tuple(Dates.__dataclass_fields__)
    values = read.table(node, "dates", optional=names)
    found = {key: read.moment(values.get(key), f"dates.{key}") for key in names if key != "documents"}
    documents = None
    if "documents" in values:
        days = [read.moment(item, path) for path, item in read.items(values["documents"], "dates.documents")]
        if len(days) != 2:
            read.wrong(values["documents"], "dates.documents", "应写成[开始, 结束]", "must be [first day, last day]")
        elif days[0] is not None and days[1] is not None:
            if day_of(days[0]) > day_of(days[1]):
                read.wrong(values["documents"], "dates.documents", "结束早于开始", "ends before it begins")
            documents = (days[0], days[1])
    return Dates(documents=documents, **found)


def _events(read: Reader, node: yaml.Node | None, lots: set[str]) -> tuple[Event, ...]:
    events: list[Event] = []
    for path, item in read.items(node, "events"):
        values = read.table(
            item, path, required=("on", "kind"), optional=("submission_closes", "opening", "lot", "by", "reason")
        )
        on = read.moment(values.get("on"), f"{path}.on")
        kind = read.choice(values.get("kind"), f"{path}.kind", EVENT_KINDS)
        lot = read.text(values.get("lot"), f"{path}.lot") or ""
        if lot and lot not in lots:
            read.wrong(values["lot"], f"{path}.lot", f"没有包“{lot}”", f"there is no lot “{lot}”")
        if on is not None and events and day_of(on) < day_of(events[-1].on):
            read.wrong(values["on"], f"{path}.on", "早于前一事件，应按时间排列", "is before the event above it")
        if on is None or kind is None:
            continue
        events.append(
            Event(
                on=on,
                kind=kind,
                submission_closes=read.moment(values.get("submission_closes"), f"{path}.submission_closes"),
                opening=read.moment(values.get("opening"), f"{path}.opening"),
                lot=lot,
                by=read.text(values.get("by"), f"{path}.by") or "",
                reason=read.text(values.get("reason"), f"{path}.reason") or "",
            )
        )
    return tuple(events)
