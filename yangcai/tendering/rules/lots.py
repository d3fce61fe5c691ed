"""Are the lots of a document lawful: within the budget, and set aside as the plan says?"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.planning.models import BY_SHARE, PARTNERED, SetAside
from yangcai.tendering.models import Solicitation


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
    file = Solicitation.objects.filter(case=subject).first()
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
