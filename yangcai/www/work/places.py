"""Where does each row have its page, and which row does an address mean?"""

import datetime
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import models
from django.http import Http404
from django.urls import reverse

from yangcai.cases.models import Case
from yangcai.challenges.models import PublicEnquiry
from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import ACTIONS, SCOPES, Action
from yangcai.kernel.inputs import number_of
from yangcai.parties.models import Expert, Organisation, Post
from yangcai.planning.models import Intention, PlanItem, Publicity
from yangcai.portal.models import Article, ArticleVersion
from yangcai.tendering.models import SBP, Prequalification

#: Root -> the name of its page.
PAGES: dict[type[models.Model], str] = {
    Case: "work_case",
    PlanItem: "work_plan_item",
    Intention: "work_intention",
    Publicity: "work_publicity",
    Prequalification: "work_prequalification",
    Appropriation: "work_appropriation",
    Organisation: "work_organisation",
    Expert: "work_expert",
    Article: "work_article",
    ArticleVersion: "work_article_version",
    PublicEnquiry: "work_public_enquiry",
}


@cache
def _by_name() -> dict[str, type[models.Model]]:
    return {str(model._meta.model_name): model for model in SCOPES}


def row(name: str, pk: int, *, post: Post, now: datetime.datetime) -> Any:
    """The row that an address names, if this post may see it; otherwise 404, whether it exists or not."""
    model = _by_name().get(name)
    found = SCOPES[model](post, now).filter(pk=pk).first() if model else None
    if found is None:
        raise Http404
    return found


def row_of_ref(ref: str, *, post: Post, now: datetime.datetime) -> Any:
    """The row of `label:id`, or None where this post may not see it."""
    name, _colon, pk = ref.partition(":")
    model = _by_name().get(name)
    number = number_of(pk)
    return SCOPES[model](post, now).filter(pk=number).first() if model and number is not None else None


def action_on(code: str, subject: Any) -> Action:
    """The Action of that code, if it is one that is done on such a row; otherwise 404."""
    found = ACTIONS.get(code)
    if found is None or found.on is not type(subject):
        raise Http404
    return found


def page_of(subject: Any) -> str:
    """The address of the page on which a row stands: its own where it has one (an objection, which may be read before
    its case is public), else that of its root."""
    if (own := RIGHTS.get(subject._meta.model_name)) is not None:
        return reverse(own, args=[subject.pk])
    root = subject.root
    return reverse(PAGES[type(root)], args=[root.pk])


#: Actions that a supplier's or a trustee's own device does, or that show something once, on the page for that: its
#: name, and its arguments.
BY_DEVICE: dict[str, tuple[str, Callable[[Any], list[int]]]] = {
    "bid.upload": ("work_seal", lambda lot: [lot.pk]),
    "final_offer.upload": ("work_seal", lambda lot: [lot.pk]),
    "bid.release": ("work_seal", lambda bid: [bid.lot_id]),
    "trustee.release": ("work_trustee_lot", lambda lot: [lot.pk]),
    "person.invite": ("work_invite", lambda _organisation: []),
    "drill.release": ("work_trustee_drill", lambda _drill: []),
}
#: What is signed on the page for sealing, of a bid that was sealed there; otherwise a form like any other.
RECONFIRM = "bid.reconfirm"


def is_done_by_device(action: Action, subject: Any) -> bool:
    """Whether it is signed on the device of whoever does it: of a bid that depends on who sealed it."""
    if action.code == RECONFIRM:
        return bool(subject.seal_scheme == SBP)
    return action.code in BY_DEVICE


def form_of(action: Action, subject: Any) -> str:
    """The address of the form on which an Action is done."""
    if action.code == RECONFIRM and is_done_by_device(action, subject):
        return f"{reverse('work_seal', args=[subject.lot_id])}?cover={subject.cover}"
    if action.code in BY_DEVICE:
        name, arguments = BY_DEVICE[action.code]
        return reverse(name, args=arguments(subject))
    return form_of_ref(action.code, subject.ref)


#: Actions that are made ready on a desk of their own, before the form on which they are done.
DESKS = {"scores.submit": "work_evaluate"}


#: Parts of a document of which the whole is written on one page; those whose row is the case itself.
DRAFTED = frozenset({"solicitation.draft", "payment_terms.define"})


#: Rows that give a right without an Action of its own, and the page that tells of it.
RIGHTS = {"objection": "work_objection"}


def place_of_task(action: str, subject: str) -> str:
    """Where a task is done; a right without an Action of its own, where the letter that gives it is explained."""
    if action in DESKS:
        return reverse(DESKS[action], args=[subject.partition(":")[2]])
    if action in DRAFTED:
        return reverse("work_draft", args=[subject.partition(":")[2]])
    if action in ("bid.upload", "trustee.release"):
        return reverse(BY_DEVICE[action][0], args=[subject.partition(":")[2]])
    if action == "drill.release":
        return reverse(BY_DEVICE[action][0])
    if action:
        return form_of_ref(action, subject)
    name, _colon, pk = subject.partition(":")
    return reverse(RIGHTS.get(name, "work_explanation"), args=[pk])


def form_of_ref(code: str, ref: str) -> str:
    name, _colon, pk = ref.partition(":")
    return reverse("work_do", args=[name, pk, code])


@cache
def path_to(model: type[models.Model], root: type[models.Model]) -> str:
    """The shortest chain of obligatory foreign keys from a row to its root, as a lookup (`lot__case`); "" for none.

    It does not lead through other roots: a bid belongs to its case, not to its supplier.
    """
    waiting: list[tuple[type[models.Model], tuple[str, ...]]] = [(model, ())]
    seen = {model}
    while waiting:
        here, chain = waiting.pop(0)
        for field in here._meta.concrete_fields:
            target = field.related_model
            if not isinstance(target, type) or field.null or not field.is_relation:
                continue
            if target is root:
                return "__".join((*chain, field.name))
            if target not in seen and target not in PAGES:
                seen.add(target)
                waiting.append((target, (*chain, field.name)))
    return ""
