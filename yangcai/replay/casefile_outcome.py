"""What does a case file say of its outcome, and does that fit its lots?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import yaml

from yangcai.replay.document import Reader
from yangcai.replay.published import Award, KnownError, Lot, Outcome

STATUSES = ("awarded", "unsuccessful", "terminated")


def read_outcome(read: Reader, node: yaml.Node | None, lots: tuple[Lot, ...]) -> Outcome:
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
