"""What does a case file say, and where is it wrong?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import yaml

from yangcai.kernel.calendar import day_of
from yangcai.procedures.evaluation.model import MEAN
from yangcai.procedures.evaluation.panel import SCORE_FORMULAS
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.replay.document import CaseFileError, Problem, Reader, load, load_bytes
from yangcai.replay.policy_keys import (
    CASE_KEYS,
    LOT_KEYS,
    OFFER_KEYS,
    SET_ASIDES,
    SIZES,
    of_case,
    of_lot,
    of_offer,
    same_lots,
)
from yangcai.replay.published import (
    PANEL_TOTAL,
    PRICE,
    Award,
    Bid,
    CaseFile,
    Criterion,
    Dates,
    Evaluation,
    Event,
    KnownError,
    Lot,
    Organisation,
    Outcome,
)

FORMAT = "case/1"
CENT = Decimal("0.01")

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
#: Deductions that a document may grant; the first two are claimed, the others follow from the products.
PREFERENCES = ("small_micro", "consortium", "domestic", "green")
CLAIMED = PREFERENCES[:2]
EVALUATION_METHODS = ("rated", "lowest")
STATUSES = ("awarded", "unsuccessful", "terminated")
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
    lots = _lots(read, top.get("lots"))
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
        buyer=_organisation(read, top.get("buyer"), "buyer"),
        agent=_organisation(read, top["agent"], "agent") if "agent" in top else None,
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
        outcome=_outcome(read, top.get("outcome"), lots),
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


def _organisation(read: Reader, node: yaml.Node | None, path: str, *, supplier: bool = False) -> Organisation:
    values = read.table(node, path, required=("name",), optional=("uscc", "size") if supplier else ("uscc",))
    name = read.text(values.get("name"), f"{path}.name") or ""
    uscc = read.uscc(values.get("uscc"), f"{path}.uscc") or ""
    if uscc and name and (owner := read.owners.setdefault(uscc, name)) != name:
        zh, en = f"{uscc}是“{owner}”的代码，又写给“{name}”", f"{uscc} is the code of “{owner}” and also of “{name}”"
        read.wrong(values["uscc"], f"{path}.uscc", zh, en)
    return Organisation(name=name, uscc=uscc, size=read.choice(values.get("size"), f"{path}.size", SIZES) or "")


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


def _lots(read: Reader, node: yaml.Node | None) -> tuple[Lot, ...]:
    lots: list[Lot] = []
    for path, item in read.items(node, "lots", least=1):
        values = read.table(
            item, path, required=("lot",), optional=("title", "budget", "ceiling", "evaluation", "bids", *LOT_KEYS)
        )
        code = read.text(values.get("lot"), f"{path}.lot") or ""
        if code and code in {lot.lot for lot in lots}:
            read.wrong(values["lot"], f"{path}.lot", f"包号“{code}”重复", f"the lot “{code}” stands twice")
        evaluation = _evaluation(read, values["evaluation"], f"{path}.evaluation") if "evaluation" in values else None
        lot = Lot(
            lot=code,
            title=read.text(values.get("title"), f"{path}.title") or "",
            budget=read.money(values.get("budget"), f"{path}.budget", least=CENT),
            ceiling=read.money(values.get("ceiling"), f"{path}.ceiling", least=CENT),
            evaluation=evaluation,
            bids=_bids(read, values.get("bids"), f"{path}.bids", evaluation or Evaluation()),
            **of_lot(read, values, path),
        )
        if evaluation is not None and any(criterion.open for criterion in evaluation.criteria):
            criteria = read.mapping(values["evaluation"], f"{path}.evaluation")["criteria"]
            _enough_points(read, criteria, f"{path}.evaluation.criteria", lot, evaluation.criteria)
        lots.append(lot)
    return tuple(lots)


def _enough_points(read: Reader, node: yaml.Node, path: str, lot: Lot, criteria: tuple[Criterion, ...]) -> None:
    """Where points of criteria are not printed, the published scores still fit into a hundred."""
    least = sum(lot.best(one.code) if one.open else one.weight for one in criteria)
    if least > 100:
        zh, en = f"公布的分值和最高得分之和为{least}，超过100", f"points and best scores add up to {least}, over 100"
        read.wrong(node, path, zh, en)


def _evaluation(read: Reader, node: yaml.Node, path: str) -> Evaluation:
    values = read.table(
        node,
        path,
        optional=(
            "method",
            "price_formula",
            "score_formula",
            "rounding",
            "criteria",
            "price_preference",
            "max_awards",
        ),
    )
    criteria: list[Criterion] = []
    sound = True
    for place, item in read.items(values.get("criteria"), f"{path}.criteria"):
        entry = read.table(item, place, required=("code",), optional=("weight",))
        code = read.matching(
            entry.get("code"), f"{place}.code", r"[a-z][a-z0-9_]*", "应为小写英文代码", "must be a lower-case code"
        )
        weight = read.number(entry.get("weight"), f"{place}.weight", most=Decimal(100))
        if code is None or (weight is None and "weight" in entry):
            sound = False
            continue
        if code in {criterion.code for criterion in criteria} or code == PANEL_TOTAL:
            read.wrong(entry["code"], f"{place}.code", f"评审因素“{code}”重复或不可用", f"“{code}” is taken")
        criteria.append(Criterion(code, weight or Decimal(0), open=weight is None))
    summed = sum(criterion.weight for criterion in criteria)
    unprinted = any(criterion.open for criterion in criteria)
    if criteria and sound and (summed >= 100 if unprinted else summed != 100):
        zh, en = f"权重之和为{summed}，应为100", f"the weights add up to {summed}, not 100"
        if unprinted:
            zh, en = f"公布的权重之和为{summed}，其余因素没有分值", f"the weights add up to {summed}: none is left over"
        read.wrong(values["criteria"], f"{path}.criteria", zh, en)
    preference = {}
    for key, item in read.mapping(values.get("price_preference"), f"{path}.price_preference").items():
        place = f"{path}.price_preference.{key}"
        rate = read.number(item, place, most=Decimal("0.5"))
        if key not in PREFERENCES:
            listed = ", ".join(PREFERENCES)
            read.wrong(item, place, f"“{key}”不在可选值之内（{listed}）", f"“{key}” is none of: {listed}")
        if rate is not None:
            preference[key] = rate
    rounding = read.integer(values.get("rounding"), f"{path}.rounding", least=0, most=6)
    return Evaluation(
        method=read.choice(values.get("method"), f"{path}.method", EVALUATION_METHODS) or "rated",
        price_formula=read.choice(values.get("price_formula"), f"{path}.price_formula", tuple(FORMULAS))
        or "lowest_first",
        score_formula=read.choice(values.get("score_formula"), f"{path}.score_formula", tuple(SCORE_FORMULAS)) or MEAN,
        rounding=2 if rounding is None else rounding,
        criteria=tuple(criteria),
        price_preference=preference,
        max_awards=read.integer(values.get("max_awards"), f"{path}.max_awards", least=1, most=1000) or 1,
    )


def _bids(read: Reader, node: yaml.Node | None, path: str, evaluation: Evaluation) -> tuple[Bid, ...]:
    bids: list[Bid] = []
    panel_size: int | None = None
    for place, item in read.items(node, path):
        values = read.table(
            item,
            place,
            required=("supplier",),
            optional=(
                "price",
                "received",
                "qualified",
                "responsive",
                "prefer",
                "scores",
                "panel",
                "total",
                *OFFER_KEYS,
            ),
        )
        supplier = _organisation(read, values.get("supplier"), f"{place}.supplier", supplier=True)
        if supplier.name and supplier.name in {bid.supplier.name for bid in bids}:
            zh, en = f"供应商“{supplier.name}”重复", f"the supplier “{supplier.name}” stands twice"
            read.wrong(values["supplier"], f"{place}.supplier", zh, en)
        prefer = read.text(values.get("prefer"), f"{place}.prefer") or ""
        if prefer and (prefer not in CLAIMED or prefer not in evaluation.price_preference):
            zh, en = f"价格扣除“{prefer}”未在本包规定", f"the lot has no price preference “{prefer}”"
            read.wrong(values["prefer"], f"{place}.prefer", zh, en)
        panel = _panel(read, values.get("panel"), f"{place}.panel", evaluation)
        for code, members in panel.items():
            if panel_size is None:
                panel_size = len(members)
            elif len(members) != panel_size:
                zh = f"评委人数为{len(members)}，与本包其他处的{panel_size}不同"
                en = f"{len(members)} members, but {panel_size} elsewhere in this lot"
                read.wrong(values["panel"], f"{place}.panel.{code}", zh, en)
        bids.append(
            Bid(
                supplier=supplier,
                price=read.money(values.get("price"), f"{place}.price"),
                received=read.moment(values.get("received"), f"{place}.received"),
                qualified=_passed(read, values.get("qualified"), f"{place}.qualified"),
                responsive=_passed(read, values.get("responsive"), f"{place}.responsive"),
                prefer=prefer,
                scores=_scores(read, values.get("scores"), f"{place}.scores", evaluation),
                panel=panel,
                total=read.number(values.get("total"), f"{place}.total", most=Decimal(100)),
                **of_offer(read, values, place, bidder=supplier.name),
            )
        )
    return tuple(bids)


def _passed(read: Reader, node: yaml.Node | None, path: str) -> bool | str:
    """True, or the reason why the bid did not pass; a bare `false` would hide the reason."""
    if node is None:
        return True
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:bool":
        if read.boolean(node, path) is False:
            read.wrong(node, path, "未通过时应写明原因", "write the reason instead of false")
        return True
    return read.text(node, path) or True


def _most(read: Reader, node: yaml.Node, path: str, code: str, evaluation: Evaluation) -> Decimal | None:
    """The highest score that a criterion allows; None for a criterion that does not exist."""
    if code == PRICE:
        zh, en = "价格分由报价算出，公布的价格分写在outcome.price_scores", "price scores stand in outcome.price_scores"
        read.wrong(node, path, zh, en)
        return None
    if evaluation.criteria and code not in {criterion.code for criterion in evaluation.criteria}:
        read.wrong(node, path, f"本包没有评审因素“{code}”", f"the lot has no criterion “{code}”")
        return None
    printed = {criterion.code: criterion.weight for criterion in evaluation.criteria if not criterion.open}
    return printed.get(code, Decimal(100))


def _scores(read: Reader, node: yaml.Node | None, path: str, evaluation: Evaluation) -> dict[str, Decimal]:
    scores = {}
    for code, item in read.mapping(node, path).items():
        most = _most(read, item, f"{path}.{code}", code, evaluation)
        value = read.number(item, f"{path}.{code}", most=most)
        if value is not None:
            scores[code] = value
    return scores


def _panel(read: Reader, node: yaml.Node | None, path: str, evaluation: Evaluation) -> dict[str, tuple[Decimal, ...]]:
    panel = {}
    for code, item in read.mapping(node, path).items():
        place = f"{path}.{code}"
        most = Decimal(100) if code == PANEL_TOTAL else _most(read, item, place, code, evaluation)
        members = [read.number(entry, where, most=most) for where, entry in read.items(item, place, least=1)]
        panel[code] = tuple(member for member in members if member is not None)
    if PANEL_TOTAL in panel and len(panel) > 1:
        assert node is not None
        zh, en = "panel.total不能与单项评分并列", "panel.total cannot stand beside single criteria"
        read.wrong(node, path, zh, en)
    return panel


def _outcome(read: Reader, node: yaml.Node | None, lots: tuple[Lot, ...]) -> Outcome:
    values = read.table(
        node,
        "outcome",
        required=("status",),
        optional=("awards", "price_scores", "totals", "ranking", "known_errors"),
    )
    bidders: dict[str, set[str]] = {}
    for each in lots:
        bidders.setdefault(each.lot, set()).update(bid.supplier.name for bid in each.bids)
    status = read.choice(values.get("status"), "outcome.status", STATUSES) or ""
    awards = []
    for path, item in read.items(values.get("awards"), "outcome.awards"):
        entry = read.table(item, path, required=("lot", "supplier"), optional=("amount",))
        lot = read.text(entry.get("lot"), f"{path}.lot")
        supplier = read.text(entry.get("supplier"), f"{path}.supplier")
        if _known_lot(read, entry.get("lot"), f"{path}.lot", lot, bidders):
            _known_supplier(read, entry.get("supplier"), f"{path}.supplier", lot or "", supplier, bidders)
        awards.append(Award(lot or "", supplier or "", read.money(entry.get("amount"), f"{path}.amount")))
    if node is not None and status == "awarded" and not awards:
        read.wrong(node, "outcome.awards", "状态为awarded却没有中标人", "the status is awarded, but nobody is")
    if awards and status in ("unsuccessful", "terminated"):
        read.wrong(values["awards"], "outcome.awards", f"状态为{status}却有中标人", f"{status} cannot have awards")
    for lot, count in Counter(award.lot for award in awards).items():
        most = next((entry.evaluation.max_awards for entry in lots if entry.lot == lot and entry.evaluation), 1)
        if count > most:
            zh, en = f"包“{lot}”有{count}个中标人，至多{most}个", f"lot “{lot}” has {count} awards, at most {most}"
            read.wrong(values["awards"], "outcome.awards", zh, en)
    published = Outcome(
        status=status,
        awards=tuple(awards),
        price_scores=_figures(read, values.get("price_scores"), "outcome.price_scores", bidders),
        totals=_figures(read, values.get("totals"), "outcome.totals", bidders),
        ranking=_ranking(read, values.get("ranking"), bidders),
    )
    known_errors = _known_errors(read, values.get("known_errors"), published)
    return replace(published, known_errors=known_errors)


def _known_lot(
    read: Reader, node: yaml.Node | None, path: str, lot: str | None, bidders: Mapping[str, set[str]]
) -> bool:
    if node is None or lot is None:
        return False
    if lot not in bidders:
        read.wrong(node, path, f"没有包“{lot}”", f"there is no lot “{lot}”")
        return False
    return True


def _known_supplier(
    read: Reader,
    node: yaml.Node | None,
    path: str,
    lot: str,
    supplier: str | None,
    bidders: Mapping[str, set[str]],
) -> None:
    if node is not None and supplier is not None and supplier not in bidders[lot]:
        zh, en = f"“{supplier}”没有投包“{lot}”", f"“{supplier}” has no bid in lot “{lot}”"
        read.wrong(node, path, zh, en)


def _figures(
    read: Reader, node: yaml.Node | None, path: str, bidders: Mapping[str, set[str]]
) -> dict[str, dict[str, Decimal]]:
    """lot → supplier → a published score."""
    figures: dict[str, dict[str, Decimal]] = {}
    for lot, table in read.mapping(node, path).items():
        if not _known_lot(read, table, f"{path}.{lot}", lot, bidders):
            continue
        figures[lot] = {}
        for supplier, item in read.mapping(table, f"{path}.{lot}").items():
            place = f"{path}.{lot}.{supplier}"
            _known_supplier(read, item, place, lot, supplier, bidders)
            value = read.number(item, place, most=Decimal(100))
            if value is not None:
                figures[lot][supplier] = value
    return figures


def _ranking(read: Reader, node: yaml.Node | None, bidders: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    ranking: dict[str, tuple[str, ...]] = {}
    for lot, table in read.mapping(node, "outcome.ranking").items():
        path = f"outcome.ranking.{lot}"
        if not _known_lot(read, table, path, lot, bidders):
            continue
        names: list[str] = []
        for place, item in read.items(table, path):
            supplier = read.text(item, place)
            _known_supplier(read, item, place, lot, supplier, bidders)
            if supplier in names:
                read.wrong(item, place, f"“{supplier}”重复", f"“{supplier}” stands twice")
            names.append(supplier or "")
        ranking[lot] = tuple(names)
    return ranking


def _known_errors(read: Reader, node: yaml.Node | None, published: Outcome) -> tuple[KnownError, ...]:
    errors = []
    for path, item in read.items(node, "outcome.known_errors"):
        entry = read.table(item, path, required=("path", "right", "why"), optional=("published",))
        target = (read.text(entry.get("path"), f"{path}.path") or "").removeprefix("outcome.")
        if target and target not in published.paths():
            zh, en = f"结果中没有“{target}”", f"the outcome has no “{target}”"
            read.wrong(entry["path"], f"{path}.path", zh, en)
        right = read.text(entry.get("right"), f"{path}.right") or ""
        if target.startswith(("price_scores.", "totals.")):
            read.number(entry.get("right"), f"{path}.right", most=Decimal(100))
        elif target.count(".") > 1:
            read.money(entry.get("right"), f"{path}.right")
        errors.append(
            KnownError(
                path=target,
                right=right,
                why=read.text(entry.get("why"), f"{path}.why") or "",
                published=read.text(entry.get("published"), f"{path}.published") or "",
            )
        )
    return tuple(errors)
