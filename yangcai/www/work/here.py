"""How does somebody act without leaving the page on which the whole is seen? Each open Action has its form there.

The form is the one of the Action's own declaration and goes to the same address as everywhere (doing.py); it says on
which page it was filled in (`AT`), and comes back there. Without JavaScript that is a redirect; with it (js/here.js)
the page stays, and what is wrong is told in the form. What is missing without JavaScript is told on the ordinary form.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from yangcai.www.forms import arrange
from yangcai.www.hall import OF_HALL
from yangcai.www.work import places
from yangcai.www.work.offers import Offer

AT = "at"
HALL, DRAFT = "hall", "draft"
#: The parts of a solicitation document, in the order in which they are written.
OF_DRAFT = ("lots.define", "solicitation.draft", "clauses.define", "criteria.define", "payment_terms.define")
#: Which Actions are done on which page, by its word; and the page, of a row.
STAYS: dict[str, tuple[frozenset[str], Callable[[Any], str]]] = {
    HALL: (OF_HALL, lambda row: reverse("hall", args=[row.root.pk])),
    DRAFT: (frozenset(OF_DRAFT), lambda row: reverse("work_draft", args=[row.root.pk])),
}


@dataclass(frozen=True)
class Act:
    """One Action on a page: its form, or a link where a device of one's own does it."""

    offer: Offer
    form: forms.Form | None
    hidden: dict[str, str]

    @property
    def id(self) -> str:
        """Unlike any other on the page: an Action may be open on several rows."""
        return f"act-{self.offer.action.code.replace('.', '-')}-{self.offer.subject.pk}"

    @property
    def asks(self) -> bool:
        """Whether there is anything to be filled in."""
        return self.form is not None and bool(self.form.fields)


def act(offer: Offer, *, at: str, by: Any, now: Any, version: str) -> Act:
    """The form of an open Action, empty or with what there is; its fields are told apart from the others' there."""
    if places.is_done_by_device(offer.action, offer.subject):
        return Act(offer, None, {})
    form = arrange(offer.action.input(subject=offer.subject, by=by, now=now))
    hidden = {AT: at, "key": secrets.token_urlsafe(18)}
    if version:
        hidden["version"] = version
    made = Act(offer, form, hidden)
    form.auto_id = f"{made.id}-%s"
    return made


def page_of(request: HttpRequest, code: str, subject: Any) -> str:
    """The page on which an Action was done and to which it comes back; empty for the ordinary form."""
    codes, address = STAYS.get(request.POST.get(AT, ""), (frozenset(), None))
    return address(subject) if address is not None and code in codes else ""
