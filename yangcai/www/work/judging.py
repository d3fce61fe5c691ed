"""What may this post see of how the bids were judged: the committee, the findings, the scores, the ranking?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from yangcai.cases.models import Case, Lot
from yangcai.frameworks.models import Entrant
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.beneath import may_show
from yangcai.kernel.models import Task
from yangcai.kernel.money import rounded
from yangcai.kernel.numbers import bare
from yangcai.kernel.reading import remembered
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.procedures.evaluation.model import MEAN
from yangcai.procedures.evaluation.panel import SCORE_FORMULAS
from yangcai.tendering import abnormal, blind
from yangcai.tendering.models import Committee, CommitteeMember, ConductRecord, ConductSide, ExpertFee
from yangcai.tendering.queries import consistency, evaluation
from yangcai.tendering.solicitations import solicitation
from yangcai.tendering.standing import with_page
from yangcai.www import formats
from yangcai.www.work import conduct, places
from yangcai.www.work.tables import Cell, Column, Line, Table

CENT = Decimal("0.01")
SEAT = CommitteeMember._meta.model_name
ENTRANT = Entrant._meta.model_name


@dataclass(frozen=True)
class Judges:
    """A committee: its seats and, where it was dissolved, when and why."""

    table: Table
    dissolved: Committee | None = None


def committees(case: Case, *, post: Post, now: datetime.datetime, links: dict[Any, list[Any]]) -> list[Judges]:
    """The committee that sits, then those that were dissolved before it."""
    found: dict[Committee, list[evaluation.Seat]] = {}
    for seat in evaluation.seats(case, post, now):
        found.setdefault(seat.member.committee, []).append(seat)
    return [
        Judges(_seats(seats, links=links), None if one.dissolved_at is None else one)
        for one, seats in sorted(found.items(), key=lambda pair: -pair[0].pk)
    ]


def _seats(seats: list[evaluation.Seat], *, links: dict[Any, list[Any]]) -> Table:
    """The seats; a name stands there only for a reader who may know it (87号令 art. 47)."""
    lines = [
        Line(
            [
                Cell(seat_name(seat.number)),
                Cell(seat.name, is_data=True) if seat.name else Cell(_("保密")),
                Cell(seat.unit, is_data=True),
                Cell(_("采购人代表") if seat.is_representative else _("评审专家")),
                Cell(_("组长") if seat.member.is_chair else ""),
                Cell(formats.moment(seat.member.signed_in_at)),
                Cell(formats.moment(seat.member.replaced_at)),
            ],
            links.get((CommitteeMember, seat.member.pk), ()),
        )
        for seat in seats
    ]
    labels = [_("席位"), _("姓名"), _("单位"), _("身份"), _("组长"), _("签到时间"), _("更换时间")]
    former = seats[0].member.committee.dissolved_at is not None
    title = _("原评标委员会") if former else _("评标委员会")
    return _without_empty(Table(title, [Column(label) for label in labels], lines))


def conduct_records(case: Case, *, post: Post, now: datetime.datetime) -> list[ConductRecord]:
    """What was written of how members and organisers did, as far as this reader may know."""
    if not may_show(case, ConductRecord):
        return []
    return list(SCOPES[ConductRecord](post, now).filter(member__committee__case=case))


def to_explain(records: Iterable[ConductRecord], *, post: Post) -> list[ConductRecord]:
    """Those of which the expert who reads may still state its view; to everybody else none is offered."""
    if post.role != Role.EXPERT:
        return []
    return [one for one in records if one.side == ConductSide.EXPERT and one.stated_at is None]


def conducts(case: Case, records: list[ConductRecord], *, post: Post, now: datetime.datetime) -> list[Table]:
    """The records and what was paid, seat by seat."""
    found = SCOPES[ExpertFee](post, now).filter(member__committee__case=case)
    paid = list(found) if may_show(case, ExpertFee) else []
    if not records and not paid:
        return []
    named = {seat.member.pk: seat.name or seat_name(seat.number) for seat in evaluation.seats(case, post, now)}

    def about(member: CommitteeMember) -> Cell:
        return Cell(named.get(member.pk, ""), is_data=True)

    tables = (
        conduct.conduct(records, about=about, heading=_("评委")),
        conduct.fees(paid, about=about, heading=_("评委")),
    )
    return [table for table in tables if table is not None]


def seat_name(number: int) -> str:
    """A member without a name: the seat in the order of the draw."""
    return _("第 %(n)d 席") % {"n": number}


def sitters(tasks: Iterable[Task], *, post: Post) -> dict[str, str]:
    """Subject -> who sits there, or on which seat, of those tasks that are about somebody else's seat in a committee,
    or about somebody else's agreement: beside each other their rows would be equal."""
    subjects = [task.subject.partition(":") for task in tasks]
    entered = [int(key) for kind, _colon, key in subjects if kind == ENTRANT]
    signing = Entrant.objects.filter(pk__in=entered).select_related("supplier") if entered else ()
    names = {one.ref: one.supplier.name for one in signing if one.supplier_id != post.organisation_id}
    return names | _on_seats([int(key) for kind, _colon, key in subjects if kind == SEAT], post=post)


def _on_seats(keys: list[int], *, post: Post) -> dict[str, str]:
    if not keys:
        return {}
    found = evaluation.seats_by_key(keys, post=post).values()
    others = (seat for seat in found if seat.member.post.person_id != post.person_id)
    return {seat.member.ref: seat.name or seat_name(seat.number) for seat in others}


def sitter(member: CommitteeMember, *, post: Post) -> str:
    """Who sits there, where the reader may know it, else on which seat."""
    seat = evaluation.seats_by_key([member.pk], post=post)[member.pk]
    return seat.name or seat_name(seat.number)


def seat_of(member: CommitteeMember) -> str:
    return seat_name(_drawn(member.committee_id).index(member.pk) + 1)


@remembered
def _drawn(committee_id: int) -> tuple[int, ...]:
    return tuple(CommitteeMember.objects.filter(committee_id=committee_id).order_by("pk").values_list("pk", flat=True))


def judged(lots: Iterable[Lot], *, post: Post, now: datetime.datetime) -> list[dict[str, Any]]:
    """Per lot what there is for this reader: findings by bid, the matrix of members and bids, the ranking."""
    found = []
    for lot in lots:
        if blind.is_blind_for(lot, post):
            continue  # what was found of a name would tell whose letter it is
        table = evaluation.score_table(lot, post, now)
        apart = consistency.outliers(lot, table) if table else []
        parts = {
            "title": _("第 %(n)s 包评审") % {"n": lot.number},
            "findings": _findings(lot, post=post, now=now),
            "matrix": _matrix(lot, table, apart) if table else None,
            "outliers": _outliers(lot, apart, post=post, now=now),
            "alike": _alike(table) if table else (),
            "ranking": _ranking(table) if table else None,
        }
        if parts["findings"] or parts["matrix"] or parts["ranking"]:
            found.append(parts)
    return found


def _findings(lot: Lot, *, post: Post, now: datetime.datetime) -> Table | None:
    """Per bid: how many clauses it met, and why not the rest."""
    by_bid: dict[Any, list[Any]] = {}
    for finding in evaluation.findings(lot, post, now):
        by_bid.setdefault(finding.opened_bid, []).append(finding)
    if not by_bid:
        return None
    lines = []
    for bid, findings in by_bid.items():
        failed = [finding for finding in findings if not finding.passed]
        reasons = "\n".join(f"{finding.clause.text}：{with_page(finding)}" for finding in failed)
        passed = f"{len(findings) - len(failed)} / {len(findings)}"
        lines.append(Line([Cell(bid.supplier.name, is_data=True), Cell(passed), Cell(reasons, is_data=True)]))
    return _without_empty(
        Table(_("审查结论"), [Column(_("投标人")), Column(_("通过")), Column(_("不通过的理由"))], lines)
    )


def _matrix(lot: Lot, table: evaluation.ScoreTable, apart: list[consistency.Outlier]) -> dict[str, Any] | None:
    """Members down, bids across: each cell is the sum of what that member gave that bid, marked where one of the points
    in it stands apart; below it what the file's formula makes of them, criterion by criterion."""
    rows: list[dict[str, Any]] = []
    marked = {(one.seat.member.pk, one.bid.pk) for one in apart}
    for seat in table.seats:
        cells = [
            {
                "value": _sum(row.points[c.code].get(seat.member.pk) for c in table.criteria),
                "outlier": (seat.member.pk, row.bid.pk) in marked,
            }
            for row in table.rows
        ]
        rows.append({"name": seat.name or seat_name(seat.number), "cells": cells})
    if not any(cell["value"] is not None for row in rows for cell in row["cells"]):
        return None
    file = solicitation(lot.case)
    formula = SCORE_FORMULAS[file.score_formula if file else MEAN]
    total = []
    for row in table.rows:
        given = [[value for value in row.points[c.code].values() if value is not None] for c in table.criteria]
        total.append(rounded(sum(formula.of(points) for points in given if points), places=2) if any(given) else "")
    return {
        "columns": [row.bid.supplier.name for row in table.rows],
        "rows": rows,
        "total": total,
        "totalled": "" if formula.code == MEAN else formula.name,
    }


@dataclass(frozen=True)
class Lead:
    """Where a line leads."""

    title: str
    url: str


def _to_the_committee(lot: Lot, found: list[consistency.Outlier], *, post: Post, now: datetime.datetime) -> list[Any]:
    """For a member: where each of these is put to the committee, with the form begun; nothing for what has been."""
    propose = ACTIONS["abnormal_score.propose"]
    if post.role != Role.EXPERT or can(propose, lot, by=post, now=now):
        return [()] * len(found)
    put = {(one.proposal.score.member_id, one.proposal.score.opened_bid_id, one.proposal.score.criterion_id)
           for one in abnormal.tallies(lot) if not one.is_corrected}  # fmt: skip
    links: list[Any] = []
    for one in found:
        named = {"member": one.seat.member.pk, "bid": one.bid.pk, "criterion": one.criterion.pk}
        side = "high" if one.score > one.mean else "low"
        url = f"{places.form_of(propose, lot)}?{urlencode({**named, 'side': side})}"
        links.append(() if tuple(named.values()) in put else (Lead(_("提请认定"), url),))
    return links


def _outliers(lot: Lot, found: list[consistency.Outlier], *, post: Post, now: datetime.datetime) -> Table | None:
    """Each score that stands apart, with the arithmetic by which it does, and the way to the committee."""
    if not found:
        return None
    leads = _to_the_committee(lot, found, post=post, now=now)
    lines = [
        Line(
            [
                Cell(one.seat.name or seat_name(one.seat.number), is_data=bool(one.seat.name)),
                Cell(one.bid.supplier.name, is_data=True),
                Cell(one.criterion.title, is_data=True),
                Cell(bare(one.score), is_number=True),
                Cell(
                    f"({' + '.join(bare(value) for value in one.others)}) ÷ {len(one.others)}"
                    f" = {rounded(one.mean, places=2)}"
                ),
                Cell(f"{rounded(one.gap, places=2)}", is_number=True),
                Cell(f"{rounded(one.gap, places=2)} ÷ {bare(one.criterion.weight)} = {_percent(one.share)}"),
                Cell(one.reason, is_data=True),
            ],
            links,
        )
        for one, links in zip(found, leads, strict=True)
    ]
    line = _percent(Fraction(found[0].line))
    labels = [
        _("成员"),
        _("投标人"),
        _("评审因素"),
        _("得分"),
        _("其他成员平均"),
        _("相差"),
        _("占满分（超过 %(line)s 提示）") % {"line": line},
        _("理由"),
    ]
    numbers = {3, 5}
    columns = [Column(label, n in numbers) for n, label in enumerate(labels)]
    return Table(_("评分偏离提示"), columns, lines)


def _alike(table: evaluation.ScoreTable) -> list[str]:
    """One sentence for each group of members who scored in exactly the same way."""
    return [
        _("%(members)s的 %(n)d 项主观分完全相同")
        % {
            "members": _("、").join(seat.name or seat_name(seat.number) for seat in group.seats),
            "n": group.scores,
        }
        for group in consistency.alike(table)
    ]


def _percent(share: Fraction) -> str:
    return f"{rounded(share * 100, places=1)}%"


def _sum(points: Iterable[Decimal | None]) -> Decimal | None:
    given = [value for value in points if value is not None]
    return sum(given, Decimal(0)).normalize() + 0 if given else None


def _ranking(table: evaluation.ScoreTable) -> Table | None:
    """Rank, prices, points and total of each bid, and why a bid is invalid."""
    if not any(row.result for row in table.rows):
        return None
    lines = []
    for row in table.rows:
        result = row.result
        invalid = result.get("invalid") or {}
        lines.append(
            Line(
                [
                    Cell(str(result.get("rank") or ""), is_number=True),
                    Cell(row.bid.supplier.name, is_data=True),
                    *(Cell(_amount(result.get(key)), is_number=True) for key in ("bid_price", "evaluated_price")),
                    *(Cell(_points(result.get("means", {}).get(c.code)), is_number=True) for c in table.criteria),
                    Cell(_points(result.get("price_score")), is_number=True),
                    Cell(_points(result.get("total")), is_number=True),
                    Cell(invalid.get("zh", ""), is_data=True),
                ]
            )
        )
    numbers = [_("投标报价"), _("评审价"), *(c.title for c in table.criteria), _("价格分"), _("总分")]
    columns = [Column(_("名次"), True), Column(_("投标人")), *(Column(label, True) for label in numbers)]
    return _without_empty(Table(_("评审结果"), [*columns, Column(_("无效理由"))], lines))


def _without_empty(table: Table) -> Table:
    """Without the columns in which no line says anything."""
    used = [n for n in range(len(table.columns)) if any(line.cells[n].text for line in table.lines)]
    lines = [Line([line.cells[n] for n in used], line.links, line.url) for line in table.lines]
    return Table(table.title, [table.columns[n] for n in used], lines)


def _amount(value: str | None) -> str:
    return formats.amount(Decimal(value)) if value else ""


def _points(value: str | None) -> str:
    return f"{Decimal(value).quantize(CENT)}" if value not in (None, "") else ""
