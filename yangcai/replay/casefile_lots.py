"""What does a case file say of its lots: how they are judged, who offered what, and with what scores?"""

from decimal import Decimal

import yaml

from yangcai.procedures.evaluation.model import MEAN
from yangcai.procedures.evaluation.panel import SCORE_FORMULAS
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.replay.document import Reader
from yangcai.replay.policy_keys import LOT_KEYS, OFFER_KEYS, SIZES, of_lot, of_offer
from yangcai.replay.published import PANEL_TOTAL, PRICE, Bid, Criterion, Evaluation, Lot, Organisation

CENT = Decimal("0.01")
#: Deductions that a document may grant; the first two are claimed, the others follow from the products.
PREFERENCES = ("small_micro", "consortium", "domestic", "green")
CLAIMED = PREFERENCES[:2]
EVALUATION_METHODS = ("rated", "lowest")


def read_organisation(read: Reader, node: yaml.Node | None, path: str, *, supplier: bool = False) -> Organisation:
    values = read.table(node, path, required=("name",), optional=("uscc", "size") if supplier else ("uscc",))
    name = read.text(values.get("name"), f"{path}.name") or ""
    uscc = read.uscc(values.get("uscc"), f"{path}.uscc") or ""
    if uscc and name and (owner := read.owners.setdefault(uscc, name)) != name:
        zh, en = f"{uscc}是“{owner}”的代码，又写给“{name}”", f"{uscc} is the code of “{owner}” and also of “{name}”"
        read.wrong(values["uscc"], f"{path}.uscc", zh, en)
    return Organisation(name=name, uscc=uscc, size=read.choice(values.get("size"), f"{path}.size", SIZES) or "")


def read_lots(read: Reader, node: yaml.Node | None) -> tuple[Lot, ...]:
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
            "price_weight_consent",
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
        price_weight_consent=_consent(read, values.get("price_weight_consent"), path, criteria),
    )


def _consent(read: Reader, node: yaml.Node | None, path: str, criteria: list[Criterion]) -> str:
    """The treasury consents to one weight: a file that names its consent prints the points for the price."""
    place = f"{path}.price_weight_consent"
    number = read.text(node, place) or ""
    if node is not None and number and not any(one.code == PRICE and not one.open for one in criteria):
        zh, en = "写了同意文号的，应写明价格因素的分值", "a consent needs the points of the criterion “price”"
        read.wrong(node, place, zh, en)
    return number


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
        supplier = read_organisation(read, values.get("supplier"), f"{place}.supplier", supplier=True)
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
