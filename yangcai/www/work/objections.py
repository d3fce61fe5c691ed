"""What was objected to, with what evidence, and what was it answered? The letter left, the answer right."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from yangcai.cases.models import Case
from yangcai.cases.queries import visible_to
from yangcai.challenges.models import Objection
from yangcai.challenges.objection_windows import Window, of_letter
from yangcai.challenges.objections import (
    ANSWER,
    AUTHORISATION,
    EVIDENCE,
    answer_due,
    complaint_ends,
    raise_objection,
)
from yangcai.challenges.queries import visible_objections
from yangcai.kernel import calendar
from yangcai.kernel.actions import Action, can
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import prequalified
from yangcai.tendering.models import AwardLetter
from yangcai.www import wording
from yangcai.www.access import page
from yangcai.www.official import making
from yangcai.www.official.objections import OBJECTION_ANSWER, OBJECTION_LETTER
from yangcai.www.work import places, tables
from yangcai.www.work.clocks import clocks
from yangcai.www.work.files import attachments
from yangcai.www.work.offers import offers
from yangcai.www.work.shown import KINDS

#: What is done with the letter before one's eyes.
BESIDE_THE_LETTER = frozenset(
    {"objection.answer", "objection.ask_completion", "objection.complete", "objection.find_harmless"}
)
#: What whoever objects hands in.
HANDED_IN = (EVIDENCE, AUTHORISATION)
#: What came after the letter.
LATER = (
    "completion_asked", "completion_asked_at", "completion", "completed_at", "harmless_reason", "harmless_at",
    "withdrawal_reason", "withdrawn_at",
)  # fmt: skip


def letter_of(objection: Objection, *, post: Post, now: datetime.datetime) -> dict[str, Any] | None:
    """The letter as its paper has it, what came after it, and the evidence; None where this post does not read it."""
    if not OBJECTION_LETTER.reads(objection, post):
        return None
    return {
        "title": OBJECTION_LETTER.title,
        "serial": OBJECTION_LETTER.serial(objection),
        "inside": making.inside(OBJECTION_LETTER, objection, now=now),
        "url": reverse(OBJECTION_LETTER.name, args=[objection.pk]),
        "later": [fact for fact in tables.facts(objection, LATER) if fact["value"] not in ("", "—", None)],
        "documents": attachments(objection.case, post=post, now=now, of=objection.ref, kinds=HANDED_IN),
    }


def beside(action: Action, subject: Any, *, post: Post, now: datetime.datetime) -> dict[str, Any] | None:
    """What stands on the left of a form: the letter that it is about; the draft of the answer as DOCX with it."""
    if action.code not in BESIDE_THE_LETTER or not isinstance(subject, Objection):
        return None
    found = letter_of(subject, post=post, now=now)
    if found is not None and OBJECTION_ANSWER.exists(subject, now=now) and OBJECTION_ANSWER.reads(subject, post):
        found["draft_url"] = reverse(f"{OBJECTION_ANSWER.name}_docx", args=[subject.pk])
    return found


@page()
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection for one post: its letter for the two sides and the overseers, its answer for all it goes to."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    row = get_object_or_404(visible_objections(post, now), pk=pk)
    wording.speak_of(row)
    is_mine = post.role == Role.SUPPLIER and row.supplier_id == post.organisation_id
    until = complaint_ends(row, now=now)
    due_at = answer_due(row, now=now)
    may_complain = is_mine and row.withdrawn_at is None and until is not None and now < until
    running = Task.objects.filter(root=row.case.ref, subject=row.ref).exclude(clock="")
    return render(
        request,
        "work/objection.html",
        {
            "row": row,
            "case": row.case,
            "about_url": about_url(row, post=post, now=now),
            "letter": letter_of(row, post=post, now=now),
            "answer": {
                "title": OBJECTION_ANSWER.title,
                "serial": OBJECTION_ANSWER.serial(row),
                "inside": making.inside(OBJECTION_ANSWER, row, now=now),
                "digest": OBJECTION_ANSWER.digest(row),
                "code": OBJECTION_ANSWER.code_of(row),
                "url": reverse(OBJECTION_ANSWER.name, args=[row.pk]),
                "documents": attachments(row.case, post=post, now=now, of=row.ref, kinds=(ANSWER,)),
            }
            if row.answered_at
            else None,
            "due_at": due_at if row.is_open and due_at and now < due_at else None,
            "is_late": row.is_open and due_at is not None and now >= due_at,
            "complaint_at": until if may_complain and (row.answered_at or (due_at and now >= due_at)) else None,
            "clocks": clocks(running, on=row.case.law_as_of or calendar.day_of(now), now=now)
            if reads_clocks(row, post)
            else (),
            "offers": offers([row], post=post, now=now),
            "facts": tables.facts(row, KINDS[Objection].columns),
            "now": now,
        },
    )


def about_url(row: Objection, *, post: Post, now: datetime.datetime) -> str:
    """What it is about: the case, or before that is public its prequalification."""
    if visible_to(post, now).filter(pk=row.case_id).exists():
        return places.page_of(row.case)
    found = prequalified.announced(row.case)
    return places.page_of(found) if found is not None else ""


def reads_clocks(row: Objection, post: Post) -> bool:
    """Whether the clocks of an objection are this post's to read: other suppliers are told its answer alone."""
    return post.role != Role.SUPPLIER or row.supplier_id == post.organisation_id


def entry(letter: AwardLetter, *, post: Post, now: datetime.datetime) -> dict[str, Any] | None:
    """质疑入口: the way from a result to an objection with what is left of its time, for a loser,
    by the very rules of the Action; and the objections that it has raised already."""
    if letter.is_winner or post.role != Role.SUPPLIER or letter.supplier_id != post.organisation_id:
        return None
    case: Case = letter.lot.case
    window: Window | None = of_letter(letter, now=now)
    raised = visible_objections(post, now).filter(case=case, supplier_id=post.organisation_id)
    is_open = window is None or window.is_open_at(now)
    refusals = can(raise_objection, case, by=post, now=now) if is_open else []
    left = None
    if window is not None and window.last_day is not None and is_open:
        left = calendar.working_days_within(calendar.day_of(now), window.last_day, region=case.jurisdiction)
    return {
        "title": raise_objection.title,
        "url": places.form_of(raise_objection, case) if is_open and not refusals else "",
        "refusals": refusals,
        "due_at": window.due_at if window else None,
        "is_open": is_open,
        "left": left,
        "raised": [(one, reverse("work_objection", args=[one.pk])) for one in raised],
    }
