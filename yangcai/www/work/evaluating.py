"""How does a member of the committee judge: requirement beside response, bid after bid, with notes until it hands in?

The points that are typed here are drafts, the member's own and seen by nobody else; the Action `scores.submit` begins
with them, and with it they go (yangcai/tendering/drafts.py).
"""

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Lot
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.inputs import number_of
from yangcai.kernel.models import Attachment
from yangcai.kernel.numbers import bare
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, blind, brands, counting, deviations, drafts, standing
from yangcai.tendering.models import (
    Clause,
    ClauseKind,
    CommitteeMember,
    Criterion,
    CriterionKind,
    Deviation,
    OpenedBid,
    Score,
    Stance,
)
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.evaluation.scores import all_submitted, asks_for_reason
from yangcai.www import formats, wording
from yangcai.www.access import page
from yangcai.www.work import corrected, judging, places, searching
from yangcai.www.work.files import JUDGED, readable

SUBMIT = "scores.submit"
SIGN_IN = "committee.sign_in"
ONE_BRAND = "same_brand.state"
#: A reason is a sentence or a page, no book.
REASON = 4000


@dataclass(frozen=True)
class Clauses:
    """One clause beside what was found on it in this bid."""

    key: int
    number: int
    kind: str
    text: str
    tone: str
    word: str
    reason: str = ""
    page: str = ""
    #: What the bidder itself declares of it, if the document asks for that.
    declared: Deviation | None = None
    is_declared: bool = False

    @property
    def stance_tone(self) -> str:
        return STANCE_TONES[Stance(self.declared.stance)] if self.declared is not None else "mute"

    @property
    def stance(self) -> str:
        return formats.titled(self.declared.get_stance_display()) if self.declared is not None else _("未声明")


#: In which colour a bidder's own word stands; what it means for the bid, the committee finds.
STANCE_TONES = {Stance.POSITIVE: "ok", Stance.NONE: "info", Stance.NEGATIVE: "bad"}


@dataclass(frozen=True)
class Points:
    """One criterion beside this member's points: to be given, given, or counted by the system."""

    criterion: Criterion
    weight: str
    value: str
    reason: str
    asked: bool
    counted: str
    #: Whether nothing and everything are given with a reason.
    reasoned: bool = False
    #: What the bid declares for it, and what the committee found instead.
    declared: str = ""
    found: str = ""
    error: str = ""

    @property
    def key(self) -> int:
        return self.criterion.pk


@dataclass(frozen=True)
class Given:
    """What stands for one bid and one criterion: a word for the matrix, and its tone."""

    word: str
    tone: str


class Desk:
    """One member at one lot, at one time: what is to be scored, and what was noted."""

    def __init__(self, lot: Lot, member: CommitteeMember, *, now: datetime.datetime):
        self.lot, self.member, self.now = lot, member, now
        opened = standing.opened(lot)
        self.sheet = arithmetic.sheet(lot, member, now=now)
        valid = {bid.pk for bid in arithmetic.outcome(lot, now=now).valid}
        self.is_blind = blind.is_blind_for(lot, member.post)
        self.bids = blind.in_order([bid for bid in opened if bid.pk in valid] or opened, member.post)
        self.criteria = arithmetic.criteria(lot)
        self.noted = drafts.of_member(lot, member)
        own = Score.objects.filter(member=member, opened_bid__lot=lot)
        self.scored = {(one.opened_bid_id, one.criterion_id): one for one in own}
        self.asked = {(bid.pk, criterion.pk) for bid, criterion in self.sheet}

    @property
    def left(self) -> int:
        """How many points are still to be thought of."""
        return sum(1 for pair in self.asked if pair not in self.noted or self.noted[pair].value is None)

    def bid(self, wanted: str) -> OpenedBid:
        """The bid that is asked for, else the first on which something is left."""
        named = next((bid for bid in self.bids if str(bid.pk) == wanted), None)
        open_ones = (bid for bid in self.bids if any(self.is_left(bid, one) for one in self.criteria))
        return named or next(open_ones, self.bids[0])

    def is_left(self, bid: OpenedBid, criterion: Criterion) -> bool:
        pair = (bid.pk, criterion.pk)
        return pair in self.asked and (pair not in self.noted or self.noted[pair].value is None)

    def given(self, bid: OpenedBid, criterion: Criterion) -> Given:
        """The cell of the matrix."""
        pair = (bid.pk, criterion.pk)
        if pair in self.scored:
            return Given(bare(self.scored[pair].value), "done")
        if pair not in self.asked:
            return Given(_("系统计算") if _is_counted(criterion) else "—", "mute")
        noted = self.noted.get(pair)
        return Given(_("未评"), "warn") if noted is None or noted.value is None else Given(bare(noted.value), "info")

    def name(self, bid: OpenedBid) -> str:
        """What the bid is called on this desk."""
        return blind.name_for(bid, self.member.post)

    def turned(self, bid: OpenedBid | None) -> dict[str, Any] | None:
        return None if bid is None else {"pk": bid.pk, "name": self.name(bid)}

    def matrix(self, current: OpenedBid) -> list[dict[str, Any]]:
        """Bids down, criteria across."""
        return [
            {
                "name": self.name(bid),
                "url": f"?bid={bid.pk}",
                "current": bid == current,
                "cells": [self.given(bid, one) for one in self.criteria],
            }
            for bid in self.bids
        ]

    def points(self, bid: OpenedBid, *, typed: Any = None, errors: dict[int, str] | None = None) -> list[Points]:
        """The criteria beside this bid; what was typed and could not be kept stands there as it was typed."""
        counted = counting.computed(self.lot).get(bid.pk, {})
        figures = {one.criterion_id: one for one in counting.of_bids(self.lot).get(bid.pk, ())}
        found = []
        for one in self.criteria:
            pair = (bid.pk, one.pk)
            noted = self.scored.get(pair) or self.noted.get(pair)
            value = bare(noted.value) if noted is not None and noted.value is not None else ""
            reason = noted.reason if noted is not None else ""
            if typed is not None and pair in self.asked:
                value, reason = typed.get(f"value-{one.pk}", value), typed.get(f"reason-{one.pk}", reason)
            points = counted.get(one.code)
            said = _("%(n)s 分，系统计算") % {"n": bare(_rounded(points))} if points is not None else ""
            if one.kind == CriterionKind.PRICE:
                said = _("价格分由系统按公式计算")
            error = (errors or {}).get(one.pk, "")
            told = _declared(one, figures.get(one.pk))
            asked = pair in self.asked
            reasoned = asked and asks_for_reason(self.lot.case, one, now=self.now)
            found.append(Points(one, bare(one.weight), value, reason, asked, said, reasoned, *told, error))
        return found

    def clauses(self, bid: OpenedBid) -> list[Clauses]:
        """What every bid is checked against, beside what was found on this one."""
        found = {finding.clause_id: finding for finding in bid.findings.all()}
        told, asked = deviations.of_bid(bid), {one.pk for one in deviations.of_lot(self.lot)}
        kinds = dict(ClauseKind.choices)
        return [
            replace(
                _beside(clause, found.get(clause.pk), formats.titled(kinds[ClauseKind(kind)])),
                declared=told.get(clause.pk),
                is_declared=clause.pk in asked,
            )
            for kind in (ClauseKind.QUALIFICATION, ClauseKind.RESPONSIVENESS)
            for clause in standing.examined(self.lot, kind)
        ]


def _beside(clause: Clause, finding: Any, kind: str) -> Clauses:
    if finding is None:
        return Clauses(clause.pk, clause.number, kind, clause.text, "mute", _("尚未审查"))
    tone, word = ("ok", _("通过")) if finding.passed else ("bad", _("不通过"))
    return Clauses(clause.pk, clause.number, kind, clause.text, tone, word, finding.reason, finding.page)


def _declared(criterion: Criterion, figure: Any) -> tuple[str, str]:
    """The figure in the bid and the one that was found, each with its name and unit."""
    if figure is None:
        return "", ""

    def said(number: Decimal | None) -> str:
        return "" if number is None else f"{criterion.figure} {bare(number)} {criterion.unit}".strip()

    return said(figure.declared), said(figure.found)


def _is_counted(criterion: Criterion) -> bool:
    return criterion.kind == CriterionKind.PRICE or bool(criterion.formula)


def _rounded(points: Any) -> Decimal:
    return Decimal(points.numerator * 100 // points.denominator) / 100


def takes(**address: Any) -> int:
    """As much as a form without files may bring: a reason for each criterion."""
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


@page(by={Role.EXPERT}, methods=("GET", "POST"), takes=takes)
def evaluate(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: requirement and response side by side. POST: the notes are kept; nothing is handed in."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    lot: Lot = places.row("lot", pk, post=post, now=now)
    wording.speak_of(lot)
    member = seats.member_at(lot.case, post)
    if member is None:
        raise Http404
    refusal = seats.sits(lot, by=post, now=now)
    desk = Desk(lot, member, now=now) if refusal is None else None
    if desk is None or not desk.bids:
        blocked = [refusal] if refusal else can(ACTIONS[SUBMIT], lot, by=post, now=now)
        sign_in = ACTIONS[SIGN_IN]  # what opens the desk, where that is the member's own to do
        first = "" if can(sign_in, member, by=post, now=now) else places.form_of(sign_in, member)
        context = {"lot": lot, "blocked": blocked, "first": first, "first_title": sign_in.title, "now": now}
        return render(request, "work/evaluate.html", context)
    bid = desk.bid(request.POST.get("bid", "") or request.GET.get("bid", ""))
    if request.method == "POST":
        return _noted(request, desk, bid, now=now)
    return _page(request, desk, bid)


def _page(request: HttpRequest, desk: Desk, bid: OpenedBid, *, errors: dict[int, str] | None = None) -> HttpResponse:
    post, now = request.post, request.now  # type: ignore[attr-defined]
    at = desk.bids.index(bid)
    around = {"before": desk.bids[at - 1] if at else None, "after": desk.bids[at + 1] if desk.bids[at + 1 :] else None}
    context = {
        "lot": desk.lot,
        "kicker": [desk.lot.case.number, _("采购包 %(number)s") % {"number": desk.lot.number}],
        "bid": bid,
        "name": desk.name(bid),
        "is_blind": desk.is_blind,
        "place": at + 1,
        "bids": desk.bids,
        **around,
        "clauses": desk.clauses(bid),
        "points": desk.points(bid, typed=request.POST if errors else None, errors=errors),
        # What was read out beside the name would tell whose bid it is.
        "said": [] if desk.is_blind else said_of(bid),
        "files": papers(desk.lot, bid, post=post, now=now),
        "criteria": desk.criteria,
        "matrix": desk.matrix(bid),
        "left": desk.left,
        "asked": len(desk.asked),
        "refusals": can(ACTIONS[SUBMIT], desk.lot, by=post, now=now),
        "submit_url": places.form_of(ACTIONS[SUBMIT], desk.lot),
        "brands": told_of_brands(desk.lot, post=post, now=now),
        "searched": searched(desk, request.GET["q"], post=post, now=now) if "q" in request.GET else None,
        "group": together(desk.lot, post=post, now=now),
        "errors": errors,
        "now": now,
    }
    return render(request, "work/evaluate.html", context, status=422 if errors else 200)


def together(lot: Lot, *, post: Post, now: datetime.datetime) -> dict[str, Any] | None:
    """Everybody's points beside each other, once all are in; before that nobody sees another's."""
    if all_submitted(lot, by=post, now=now) is not None:
        return None
    return next(iter(judging.judged([lot], post=post, now=now)), None)


def searched(desk: Desk, asked: str, *, post: Post, now: datetime.datetime) -> searching.Found:
    """The words in all the bids of this desk: in their deviation tables, price forms and files."""
    attached = []
    for bid in desk.bids:
        for one in papers(desk.lot, bid, post=post, now=now):
            attached.append((desk.name(bid), one.document.name, one, reverse("work_file", args=[one.pk])))
    read, unread, waiting = searching.files(attached)
    return searching.search(asked, itertools.chain(_told(desk), read), unread=unread, waiting=waiting)


def _told(desk: Desk) -> Iterator[searching.Place]:
    """What the bids say in the platform's own forms."""
    for bid in desk.bids:
        name, here = desk.name(bid), f"?bid={bid.pk}"
        for one in deviations.of_bid(bid).values():
            where = searching.where_in_table(one.clause.number)
            yield searching.Place(name, where, f"{here}#clause-{one.clause_id}", f"{one.clause.text}\n{one.response}")
        for line in bid.last_lines:
            text = " ".join(filter(None, (line.item, line.brand, line.specification)))
            yield searching.Place(name, _("分项报价第 %(n)d 行") % {"n": line.number}, here, text)


def told_of_brands(lot: Lot, *, post: Post, now: datetime.datetime) -> dict[str, Any]:
    """What the committee stated of the brands, which others look as if they were one, and where the chair says so."""
    if not standing.core_product(lot) and not brands.offered(lot):
        return {}
    may_state = not can(ACTIONS[ONE_BRAND], lot, by=post, now=now)
    return {
        "stated": brands.stated(lot),
        "alike": brands.alike(lot),
        "url": places.form_of(ACTIONS[ONE_BRAND], lot) if may_state else "",
    }


def said_of(bid: OpenedBid) -> list[tuple[str, str]]:
    """What else the bid says of itself, and which correction of the documents it knew."""
    said = ((_("交付期"), bid.delivery), (_("品牌"), bid.brand), (_("采购文件更正"), corrected.said_of(bid.bid)))
    return [(label, value) for label, value in said if value]


def papers(lot: Lot, bid: OpenedBid, *, post: Post, now: datetime.datetime) -> list[Attachment]:
    """What this bidder handed in, as far as the member may read it."""
    found = readable(lot.case, post=post, now=now, under_letters=True).filter(organisation_id=bid.supplier_id)
    shown = [one for one in found if one.kind in JUDGED]
    if blind.is_blind_for(lot, post):
        for number, one in enumerate(shown, start=1):
            called = _("文件 %(n)d") % {"n": number}
            one.document.name = f"{called}{PurePath(one.document.name).suffix}"
    return shown


def _noted(request: HttpRequest, desk: Desk, bid: OpenedBid, *, now: datetime.datetime) -> HttpResponse:
    """Keep what was typed for one bid; a number that is none, or lies outside the criterion, is told and not kept."""
    rows: list[tuple[drafts.Pair, Decimal | None, str]] = []
    errors: dict[int, str] = {}
    for one in desk.criteria:
        if (bid.pk, one.pk) not in desk.asked or f"value-{one.pk}" not in request.POST:
            continue
        text = request.POST[f"value-{one.pk}"].strip()
        value, error = read(text, most=one.weight)
        if error:
            errors[one.pk] = error
        else:
            reason = request.POST.get(f"reason-{one.pk}", "").replace("\0", "")  # which the database does not take
            rows.append(((bid.pk, one.pk), value, reason.strip()[:REASON]))
    drafts.keep(desk.member, lot=desk.lot, rows=rows, now=now)
    after = Desk(desk.lot, desk.member, now=now)
    if request.headers.get("Accept") == "application/json":
        said = {str(key): text for key, text in errors.items()}
        cells = {str(one.pk): after.given(bid, one).word for one in after.criteria}
        return JsonResponse(
            {"left": after.left, "at": formats.clock(now), "errors": said, "cells": cells},
            status=422 if errors else 200,
        )
    if errors:
        return _page(request, after, bid, errors=errors)
    messages.success(request, _("草稿已保存，只有您本人看得到。"))
    here = reverse("work_evaluate", args=[desk.lot.pk])
    wanted = number_of(request.POST.get("then", "")) or bid.pk
    return HttpResponseRedirect(f"{here}?bid={wanted}")


def read(text: str, *, most: Decimal) -> tuple[Decimal | None, str]:
    """Points as they were typed, or what is wrong with them; nothing typed is nothing noted."""
    if not text:
        return None, ""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None, _("请填写数字")
    if not value.is_finite() or value.as_tuple().exponent < -4:  # type: ignore[operator]
        return None, _("最多四位小数")
    if not 0 <= value <= most:
        return None, _("应在 0 至 %(most)s 分之间") % {"most": bare(most)}
    return value, ""
