"""Are the lots of a document lawful: within the budget, and set aside as the plan says?"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import ForeignObjectRel, Model
from django.utils import translation

from yangcai import law
from yangcai.cases.models import Award, Case, Lot, LotOutcome
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import BY_SHARE, PARTNERED, SetAside
from yangcai.tendering import method, standing
from yangcai.tendering.models import Clause, Criterion, GreenProduct, SampleTerms
from yangcai.tendering.solicitations import solicitation


def lots_within_budget(subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """The lots together cost no more than the case; a ceiling lies within its lot's budget (87号令 art. 12)."""
    numbers, found = [row["number"] for row in rows], []
    for number, row in enumerate(rows, start=1):
        if row["number"] in numbers[: number - 1]:
            zh, en = f"第 {number} 行：包号“{row['number']}”重复", f"Row {number}: lot “{row['number']}” stands twice"
            found.append(Refusal("duplicate_lot", zh, en, field="rows"))
        if row["ceiling"] is not None and row["ceiling"] > row["budget"]:
            found.append(
                refuse(
                    "solicitation.ceiling",
                    code="ceiling_above_budget",
                    zh="第 {number} 行：最高限价不得超过该包预算",
                    en="Row {number}: the ceiling may not exceed the lot's budget",
                    field="rows",
                    number=number,
                    **applicable(subject, now=now),
                )
            )
    total = sum((row["budget"] for row in rows), Decimal(0))
    if total > subject.budget:
        found.append(
            refuse(
                "control.no_budget_no_procurement",
                code="lots_above_budget",
                zh="各包预算合计 {total} 元，超过项目预算 {budget} 元",
                en="The lots cost {total} yuan together, more than the case's budget of {budget} yuan",
                field="rows",
                total=f"{total:,.2f}",
                budget=f"{subject.budget:,.2f}",
                **applicable(subject, now=now),
            )
        )
    return found


#: What hangs on a lot without going with it: model -> the Action that takes it back first. A later app says its own.
TAKEN_BACK_BY: dict[type[Model], str] = {
    GreenProduct: "green_products.define",
    SampleTerms: "samples.define",
}
#: What goes with its lot, as the form says; and the lot that another one follows, which then follows none.
GOES_WITH_LOT = (Criterion, Clause, Lot)


def dropped_lots_are_bare(subject: Case, *, rows: list[dict[str, Any]], **_: Any) -> Iterator[Refusal]:
    """A lot is left out only when nothing of it would be lost silently: what was said of it elsewhere is taken back
    there first."""
    gone = Lot.objects.filter(case=subject).exclude(number__in=[row["number"] for row in rows])
    if not gone.exists():
        return
    for relation in Lot._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model in GOES_WITH_LOT:
            continue
        model: Any = relation.related_model
        found = model._base_manager.filter(**{f"{relation.field.name}__in": gone})
        for number in sorted(set(found.values_list(f"{relation.field.name}__number", flat=True))):
            yield _hangs_on(model, lot=number)


def _hangs_on(model: type[Model], *, lot: str) -> Refusal:
    code = TAKEN_BACK_BY.get(model)
    zh, en = ("", "")
    if code:
        zh = f"请先办理“{ACTIONS[code].zh}”将其删去，或者"
        en = f"take it back first (“{ACTIONS[code].en}”), or "
    with translation.override("zh-hans"):
        kind = str(model._meta.verbose_name)
    with translation.override("en"):
        kind_en = str(model._meta.verbose_name)
    return Refusal(
        "lot_is_not_bare",
        f"采购包 {lot} 已有“{kind}”，不能直接删去：{zh}保留该包号、只改其内容",
        f"Lot {lot} cannot be left out, there is something of it ({kind_en}): {en}keep its number and change the rest",
        facts={"lot": lot, "kind": kind, "action": code or ""},
        field="rows",
    )


# --- several winners of one evaluation -------------------------------------------------------------------------------


def followers_are_lawful(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """Where the method lets one evaluation give contracts to several suppliers, each further one has its own lot, which
    follows the lot with the offers; they are as many as the law allows (财库〔2024〕13号: 研发供应商不超过三家)."""
    key, on = method.of(subject).winners, applicable(subject, now=now)
    heads = [row["number"] for row in rows if not row["follows"]]
    for number, row in enumerate(rows, start=1):
        if not row["follows"]:
            continue
        if not key:
            yield Refusal(
                "one_winner_only",
                f"第 {number} 行：本采购方式的一次评审只确定一家供应商",
                f"Row {number}: in this method one evaluation gives one contract",
                field="rows",
            )
        elif row["follows"] not in heads:
            yield Refusal(
                "follows_no_lot",
                f"第 {number} 行：没有可以随同评审的采购包“{row['follows']}”",
                f"Row {number}: there is no lot “{row['follows']}” to follow",
                field="rows",
            )
    for head in heads:
        together = 1 + sum(row["follows"] == head for row in rows)
        if key and law.applies(key, **on) and together > law.value(key, **on):
            yield refuse(
                key,
                code="too_many_winners",
                zh="一次评审最多确定{limit}家供应商，采购包 {lot} 及随同评审的共 {together} 个",
                en="One evaluation gives contracts to {limit} suppliers at most; lot {lot} and those that follow it are"
                " {together}",
                field="rows",
                lot=head,
                together=together,
                **on,
            )


def won_beside(lot: Lot) -> dict[int, Lot]:
    """Supplier → the other lot of the same evaluation that it won: each of them goes to another supplier."""
    others = {one.pk: one for one in lot.case.ranked_together(lot) if one.pk != lot.pk}
    if not others:
        return {}
    won = Award.objects.filter(lot__in=others, refused_at__isnull=True).values_list("supplier_id", "lot_id")
    return {supplier: others[number] for supplier, number in won}


def all_are_decided(subject: Award, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Winners and losers of one evaluation are told when it is known who they are: of all its lots."""
    together = subject.lot.case.ranked_together(subject.lot)
    waiting = _undecided(together) if len(together) > 1 else []
    if not waiting:
        return None
    return Refusal(
        "others_undecided",
        f"同一次评审的采购包 {'、'.join(one.number for one in waiting)} 尚未确定成交供应商，请一并确定后公告",
        f"Decide first on {', '.join(one.number for one in waiting)}, which the same evaluation decides",
    )


def _undecided(lots: Iterable[Lot]) -> list[Lot]:
    """Of these lots those that are neither awarded nor over."""
    found = list(lots)
    awarded = set(Award.objects.filter(lot__in=found, refused_at__isnull=True).values_list("lot_id", flat=True))
    over = {LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED}
    return [one for one in found if one.pk not in awarded and one.outcome not in over]


# --- limits on how many lots a bidder may have -----------------------------------------------------------------------


def orders_differ(subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> Refusal | None:
    """Lots are awarded one after the other, as the file declares: all have their place in the order, or none."""
    given = [row["award_order"] for row in rows if row["award_order"]]
    if not given or (len(given) == len(rows) and len(set(given)) == len(rows)):
        return None
    return refuse(
        "solicitation.lot_limit",
        code="award_order_unclear",
        zh="定标次序应当每包各填一个、互不相同，或者都不填（按包号先后）",
        en="Give every lot its own place in the order of award, or none of them",
        field="rows",
        **applicable(subject, now=now),
    )


def limits_agree(
    subject: Case, *, now: datetime.datetime, max_lots_bid: int | None, max_lots_won: int | None, **_: Any
) -> Refusal | None:
    """Nobody may win more lots than it may bid for."""
    if max_lots_bid is None or max_lots_won is None or max_lots_won <= max_lots_bid:
        return None
    return refuse(
        "solicitation.lot_limit",
        code="lot_limits_contradict",
        zh="可中采购包数 {won} 不能多于可投采购包数 {bid}",
        en="A bidder cannot win {won} lots where it may bid for {bid}",
        field="max_lots_won",
        won=max_lots_won,
        bid=max_lots_bid,
        **applicable(subject, now=now),
    )


def may_win(case: Case) -> int | None:
    """How many lots of the case one bidder may win (兼投不兼中: one); None without a limit."""
    file = solicitation(case)
    return file.max_lots_won if file else None


def at_limit(lot: Lot) -> frozenset[int]:
    """Suppliers that have won as many other lots of the case as one may: of one evaluation just one. A consortium is
    one supplier in the lot, and wins it for each of its members (政府采购法 art. 24): what one of them has won alone or
    with others counts."""
    most, beside = may_win(lot.case), frozenset(won_beside(lot))
    if most is None:
        return beside
    won: Counter[str] = Counter()
    for award in lot.case.every_award():
        if award.lot_id != lot.pk and award.refused_at is None:
            bid = standing.bid_of(award.lot, award.supplier)
            won.update(standing.names_of(bid) if bid else [award.supplier.name])
    full = {name for name, lots in won.items() if lots >= most}
    here = standing.opened(lot.judged_with) if full else []
    return beside | frozenset(bid.supplier_id for bid in here if standing.names_of(bid) & full)


def undecided_before(lot: Lot) -> list[Lot]:
    """The lots that come before this one in the order of award and are neither awarded nor over: of the same
    evaluation, and of the whole case where a bidder may win only so many."""
    limited, together = may_win(lot.case) is not None, {one.pk for one in lot.case.ranked_together(lot)}
    if not limited and len(together) == 1:
        return []
    before = []
    for one in lot.case.lots_in_award_order:
        if one.pk == lot.pk:
            break
        if limited or one.pk in together:
            before.append(one)
    return _undecided(before)


def comes_next(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Where a bidder may win only so many lots, the lots are awarded in the order that the file declares."""
    before = undecided_before(subject)
    if not before:
        return None
    return refuse(
        "solicitation.lot_limit",
        code="earlier_lot_undecided",
        zh="采购文件限制可中采购包数，按定标次序应当先确定采购包 {lots} 的中标供应商",
        en="The file limits how many lots a bidder may win: decide first on {lots}",
        lots="、".join(one.number for one in before),
        **applicable(subject.case, now=now),
    )


# --- set-asides ----------------------------------------------------------------------------------------------------


def set_aside_has_its_share(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """A consortium or subcontract that is asked for has its share, which qualifies (财库〔2020〕46号 art. 12(2)); a lot
    belongs to the way of the whole purchase, and to none where the plan sets nothing aside."""
    on = applicable(subject, now=now)
    whole = subject.set_aside == SetAside.WHOLE
    for number, row in enumerate(rows, start=1):
        way, share = row["set_aside"], row["set_aside_share"]
        if whole != (way == SetAside.WHOLE) or (subject.set_aside == SetAside.NONE and way != SetAside.NONE):
            yield refuse(
                "set_aside.ways",
                code="set_aside_not_as_planned",
                zh="第 {number} 行：采购计划为“{planned}”，采购包的预留方式与计划不符；请修改本行，或者先修改采购计划",
                en="Row {number}: not set aside as the plan says; change the row, or the plan first",
                field="rows",
                number=number,
                planned=subject.get_set_aside_display(),
                **on,
            )
        elif (way in PARTNERED) != bool(share):
            yield refuse(
                "set_aside.partner_share",
                code="set_aside_share_missing",
                zh="第 {number} 行：要求联合体或者合同分包的采购包，写明中小企业合同份额应当达到的比例；其他采购包不写",
                en="Row {number}: state the share of small and medium enterprises where a consortium or a subcontract"
                " is asked for, and nowhere else",
                field="rows",
                number=number,
                **on,
            )


def lots_keep_the_planned_share(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """What the lots set aside comes to what the filed plan promised (财库〔2020〕46号 art. 8)."""
    aside = [(row, row["budget"] * _share(row)) for row in rows]
    made = sum((amount for _row, amount in aside), Decimal(0))
    small = sum((amount for row, amount in aside if row["for_small_micro"]), Decimal(0))
    yield from _short(subject, made, small, now=now)


def document_keeps_the_planned_share(subject: Case, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Asked again of the lots as they stand: they may never have been divided."""
    aside = [(lot, lot.budget * lot.share_set_aside) for lot in Lot.objects.filter(case=subject).select_related("case")]
    made = sum((amount for _lot, amount in aside), Decimal(0))
    small = sum((amount for lot, amount in aside if lot.for_small_micro), Decimal(0))
    yield from _short(subject, made, small, now=now)


def _share(row: dict[str, Any]) -> Decimal:
    return Decimal(1) if row["set_aside"] == SetAside.PACKAGE else row["set_aside_share"] or Decimal(0)


def _short(case: Case, made: Decimal, small: Decimal, *, now: datetime.datetime) -> Iterator[Refusal]:
    item = case.plan_item
    if case.set_aside not in BY_SHARE:
        return
    planned = case.budget * item.set_aside_share
    for key, code, zh, en, have, want in (
        ("set_aside.ways", "lots_set_too_little_aside",
         "各采购包共预留 {have} 元，少于采购计划的 {want} 元", "The lots set {have} yuan aside, the plan {want}",
         made, planned),
        ("set_aside.small_micro", "lots_leave_too_little_to_small",
         "各采购包限于小微企业的预留为 {have} 元，少于采购计划的 {want} 元",
         "The lots set {have} yuan aside for small and micro enterprises, the plan {want}",
         small, planned * item.set_aside_small_micro),
    ):  # fmt: skip
        if have < want:
            yield refuse(
                key,
                code=code,
                zh=zh,
                en=en,
                field="rows",
                have=f"{have:,.2f}",
                want=f"{want:,.2f}",
                **applicable(case, now=now),
            )


def ways_are_open(subject: Case, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """A consortium that is demanded is accepted, a subcontract that is demanded is allowed (46号 art. 8; GPL 24)."""
    file = solicitation(subject)
    ways = set(Lot.objects.filter(case=subject).values_list("set_aside", flat=True))
    if file is None:
        return
    if SetAside.CONSORTIUM in ways and not file.accepts_consortium:
        yield refuse(
            "set_aside.ways",
            code="consortium_demanded_not_accepted",
            zh="采购包要求以联合体形式参加，采购文件应当接受联合体",
            en="A lot demands consortia: the document must accept them",
            **applicable(subject, now=now),
        )
    if SetAside.SUBCONTRACT in ways and not file.subcontracting:
        yield refuse(
            "set_aside.ways",
            code="subcontract_demanded_not_allowed",
            zh="采购包要求合同分包，采购文件应当写明允许分包的内容和比例",
            en="A lot demands a subcontract: the document must say what may be subcontracted, and how much",
            **applicable(subject, now=now),
        )
