"""What does the page of a plan say about its method: which are lawful, why, from when, and what it repeats?"""

import datetime
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai import law
from yangcai.kernel.refusals import Citation, in_chinese
from yangcai.law.model import Value
from yangcai.parties.models import Post
from yangcai.planning import proposal
from yangcai.planning.models import PlanItem
from yangcai.planning.queries import warnings
from yangcai.planning.rules.repeats import Repeat
from yangcai.procedures.choice import Answer, Proposal, Reason, Verdict
from yangcai.procedures.timeline import Milestone, Timeline
from yangcai.www.work import tables

TONES = {Answer.OPEN: "ok", Answer.APPROVAL: "warn", Answer.UNLAWFUL: "mute"}
#: The days of a method that stand in the table of all methods.
DAYS = ("invitation", "submission", "contract")


@dataclass(frozen=True)
class Line:
    """One method of the table; `possible` are the grounds that could open it, where none is stated."""

    name: str
    answer: str
    tone: str
    reasons: list[Reason]
    possible: list[tuple[str, Citation | None]]
    timeline: Timeline | None
    days: list[Milestone | None]
    is_chosen: bool


@dataclass(frozen=True)
class Threshold:
    """A threshold that was applied, with its mark."""

    label: str
    amount: str
    citation: Citation


@dataclass(frozen=True)
class Shown:
    """Everything that the card shows."""

    lines: list[Line]
    thresholds: list[Threshold]
    proposal: Proposal
    chosen: str
    timeline: Timeline | None
    starts_on: datetime.date


def shown(plan_item: PlanItem, *, now: datetime.datetime) -> Shown | None:
    """The proposal as long as the plan has not become a case; nothing of what is over."""
    if plan_item.cancelled_at is not None or plan_item.cases.exists():
        return None
    found = proposal.of_plan(plan_item, now=now)
    place = plan_item.buyer.jurisdiction
    return presented(found, chosen=plan_item.procedure, on=timezone.localdate(now), jurisdiction=place)


def presented(found: Proposal, *, chosen: str, on: datetime.date, jurisdiction: str) -> Shown:
    """What the law says on that day to a purchase, method by method; `chosen` is the method whose days are told."""
    lines = [
        _line(verdict, is_chosen=verdict.procedure.code == chosen, on=on, jurisdiction=jurisdiction)
        for verdict in found.verdicts
    ]
    own = next((line for line in lines if line.is_chosen), None)
    return Shown(
        lines=lines,
        thresholds=[
            Threshold(label, value.text[0 if in_chinese() else 1], value.citation)
            for label, value in ((_("采购限额标准"), found.quota), (_("公开招标数额标准"), found.open_tender))
            if isinstance(value, Value)
        ],
        proposal=found,
        chosen=own.name if own else tables.procedure(chosen),
        timeline=own.timeline if own else None,
        starts_on=on,
    )


def _line(verdict: Verdict, *, is_chosen: bool, on: datetime.date, jurisdiction: str) -> Line:
    timeline = verdict.timeline
    lacks_ground = any(reason.code == "no_ground" for reason in verdict.reasons)
    return Line(
        name=verdict.procedure.zh if in_chinese() else verdict.procedure.en,
        answer=verdict.answer.text,
        tone=TONES[verdict.answer],
        reasons=[_short(reason) for reason in verdict.reasons],
        possible=[
            (ground.zh if in_chinese() else ground.en, law.cite(ground.key, on=on, jurisdiction=jurisdiction))
            for ground in (verdict.possible if lacks_ground else ())
        ],
        timeline=timeline,
        days=[timeline.of(code) if timeline else None for code in DAYS],
        is_chosen=is_chosen,
    )


def _short(reason: Reason) -> Reason:
    """The grounds stand in a list of their own below it."""
    if reason.code != "no_ground":
        return reason
    return replace(reason, zh="须符合法定情形之一，并写明理由", en="Needs a ground of the law, with its reason")


def repeated(plan_item: PlanItem, *, post: Post, now: datetime.datetime) -> list[Repeat]:
    """What the plan repeats, while that can still be mended or judged."""
    return warnings(plan_item, by=post, now=now)
