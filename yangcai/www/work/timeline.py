"""What happened to a purchase, as far as this post may know it?"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.queries import OVERSEERS
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry
from yangcai.kernel.refusals import Citation, Refusal, in_chinese
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.queries.bids import NEVER_OPENED
from yangcai.tendering.rules.opening import opening_of

#: Done by those who run the purchase, for one supplier each: how often is how many suppliers.
ONE_EACH = frozenset({
    "bid_security.record", "bid_security.return", "enquiry.answer", "objection.answer", "objection.ask_completion",
    "objection.find_harmless", "sample.settle",
})  # fmt: skip
#: So many of the newest entries stand on a page; the rest behind a link.
SHOWN = 40


@dataclass(frozen=True)
class Happening:
    """One line of the timeline."""

    at: Any
    sentence: str
    hash: str
    refused: bool = False
    note: str = ""


def roots_of(case: Case) -> list[str]:
    """The case and what it came from."""
    roots = [case.ref, case.plan_item.ref]
    if case.plan_item.intention_id:
        roots.append(f"intention:{case.plan_item.intention_id}")
    return roots


def is_open(case: Case) -> bool:
    """Whether it may be told who took part: the bids are opened, or the method opens none. A purchase that ends without
    its opening stays closed: the same suppliers may bid when it begins anew."""
    return case.procedure in NEVER_OPENED or opening_of(case) is not None


@cache
def untold() -> frozenset[str]:
    """The Actions whose Entries would tell before the opening who takes part, or how many, whoever does them."""
    return ONE_EACH | {code for code, action in ACTIONS.items() if action.secret and not action.is_public}


def entries(roots: Iterable[str], *, post: Post, is_open: bool = True) -> QuerySet[Entry]:
    """Newest first: what is public, what one's own organisation did, and for overseers everything once bids are open.

    Before that nobody learns who obtained the documents or handed in a bid, nor how many did (87号令 art. 28): what is
    done for one supplier each is left out too. Experts see their own steps and no other member's.
    """
    public = Q(action__in=[code for code, action in ACTIONS.items() if action.is_public])
    mine = Q(person_id=post.person_id) if post.role == Role.EXPERT else Q(organisation_id=post.organisation_id)
    shown = public | mine
    if post.role in OVERSEERS:
        inside = ~Q(role=Role.SUPPLIER) & ~Q(role=Role.EXPERT) & ~Q(action__in=untold())
        shown = Q() if is_open else public | mine | inside
    return Entry.objects.filter(shown, root__in=list(roots)).filter(Q(outcome="done") | mine).order_by("-seq")


def actor_of(entry: Entry, *, post: Post, lent: Mapping[int, tuple[str, str]] = MappingProxyType({})) -> str:
    """Who did it: organisation and role in the reader's language, and who acted for whom (`lent`). An expert's employer
    would tell who sits there."""
    label = dict(Role.choices).get(entry.role)
    if label is None:
        return entry.organisation
    if entry.role == Role.EXPERT and entry.person_id != post.person_id:
        return str(label)
    acting = lent.get(entry.post_id) if entry.post_id else None
    if acting is not None:
        zh, en = "{org}（{role}，{a} 代 {b}）", "{org} ({role}, {a} acting for {b})"
        said = zh if in_chinese() else en
        return said.format(org=entry.organisation, role=label, a=acting[0], b=acting[1])
    return f"{entry.organisation}（{label}）" if in_chinese() else f"{entry.organisation} ({label})"


def lent(rows: Iterable[Entry], *, post: Post) -> dict[int, tuple[str, str]]:
    """Post -> who acted through it for whom, where it was delegated; for colleagues and overseers, one query."""
    posts = {entry.post_id for entry in rows if entry.organisation_id == post.organisation_id or post.role in OVERSEERS}
    found = Post.objects.filter(pk__in=posts - {None}, delegated_from__isnull=False) if posts else Post.objects.none()
    return {
        pk: (one, other) for pk, one, other in found.values_list("pk", "person__name", "delegated_from__person__name")
    }


def happenings(rows: Iterable[Entry], *, post: Post) -> list[Happening]:
    """The lines of the timeline; a refusal is told with its reasons."""
    found, rows = [], list(rows)
    acted = lent(rows, post=post)
    for entry in rows:
        action = ACTIONS.get(entry.action)
        actor = actor_of(entry, post=post, lent=acted)
        sentence = action.tell(actor=actor) if action else entry.action
        if entry.outcome == "refused" and action is not None:
            found.append(Happening(entry.at, f"{actor} {action.title}", entry.hash, True, reasons(entry)))
        else:
            found.append(Happening(entry.at, sentence, entry.hash))
    return found


def reasons(entry: Entry) -> str:
    """Each reason with its article, as the law stood on that day."""
    on = timezone.localdate(entry.at)
    told = [Refusal(r["code"], r["zh"], r["en"], _article(r["rule"], on=on)) for r in entry.refusals]
    return "；".join(refusal.cited for refusal in told)


def _article(key: str, *, on: datetime.date) -> Citation | None:
    try:
        value = law.find(key, on=on) if key else None
    except law.UnknownRule:  # the rule has gone since; what was said then stays
        return None
    return value.citation if value else None
