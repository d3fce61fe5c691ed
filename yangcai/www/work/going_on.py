"""What may be done at once on the page of an outcome, because nothing more has to be filled in for it?

Whoever has accepted goods asks for their payment: the facts and the button stand where the acceptance is told.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, Action, can
from yangcai.parties.models import Post
from yangcai.www import formats
from yangcai.www.work import places, tables
from yangcai.www.work.shown import kind_of

#: So many of the next steps are looked at.
LOOKED_AT = 5


@dataclass(frozen=True)
class AtOnce:
    """The next step: on which row, the facts that are restated, and what its form brings along."""

    action: Action
    subject: Any
    hidden: dict[str, str]

    @property
    def url(self) -> str:
        return places.form_of(self.action, self.subject)

    @property
    def hint(self) -> str:
        return self.action.meaning

    @property
    def facts_title(self) -> str:
        kind = kind_of(self.subject)
        return formats.titled(kind.title) if kind else ""

    @property
    def facts(self) -> list[dict[str, Any]]:
        kind = kind_of(self.subject)
        return tables.facts(self.subject, kind.columns) if kind else []


def at_once(roots: set[str], *, by: Post, now: Any, version: Any) -> AtOnce | None:
    """The first of one's own next steps under these rows that asks for nothing, publishes nothing and ends nothing.
    `version(subject)`: the stamp of the form."""
    waiting = tasks.of_post(by, now=now).filter(root__in=roots).exclude(action="").order_by("due_at", "pk")
    for task in waiting[:LOOKED_AT]:
        action = ACTIONS[task.action]
        if action.dangerous or action.code in places.BY_DEVICE or action.notice:
            continue
        subject = places.row_of_ref(task.subject, post=by, now=now)
        if subject is None or can(action, subject, by=by, now=now):
            continue
        if action.input(subject=subject, by=by, now=now).fields:
            continue
        stamp = version(subject)
        hidden = {"key": secrets.token_urlsafe(18), **({"version": stamp} if stamp else {})}
        return AtOnce(action, subject, hidden)
    return None
