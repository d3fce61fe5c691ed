"""What may this post do with these rows now, and if not, why not?"""

import datetime
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from yangcai import law, procedures
from yangcai.kernel.actions import ACTIONS, STANDINGS, Action, can, is_about, stage_refusal
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Citation, Refusal
from yangcai.parties.models import Post
from yangcai.tendering import blind
from yangcai.tendering.models import CommitteeMember
from yangcai.www.work import places
from yangcai.www.work.judging import seat_of

#: What is missing, and is made on the very page to which the offer leads.
MADE_THERE = frozenset({("bid.upload", "no_signing_key"), ("final_offer.upload", "no_signing_key")})
FAR = datetime.datetime.max.replace(tzinfo=datetime.UTC)
#: So much of a row's own text stands beside the title of an Action.
ABOUT_CHARACTERS = 24


@dataclass(frozen=True)
class Offer:
    """One Action on one row: open, or closed with its reasons."""

    action: Action
    subject: Any
    refusals: list[Refusal] = field(default_factory=list)
    due_at: datetime.datetime | None = None
    is_due: bool = False
    #: What the row is called before this reader, where that is not its own name.
    called: str = ""

    @property
    def title(self) -> str:
        return self.action.title

    @property
    def about(self) -> str:
        """Which row, where it is not the page's own root."""
        if self.subject.root == self.subject:
            return ""
        text = self.called or name_of(self.subject)
        return text if len(text) <= ABOUT_CHARACTERS else f"{text[:ABOUT_CHARACTERS]}…"

    @property
    def url(self) -> str:
        return places.form_of(self.action, self.subject)

    @property
    def is_dangerous(self) -> bool:
        return self.action.dangerous

    @property
    def leads(self) -> bool:
        """Whether the page may call for it before anything else: it is due, or the next step of an ordinary course."""
        return self.is_due or not (self.is_dangerous or self.action.occasional)

    @property
    def hint(self) -> str:
        return self.action.meaning


@dataclass(frozen=True)
class Line:
    """What is done alike on one row or several of a kind: the seats of a committee, the lots of a case. `refusals` hold
    for all of them; where each has its own, they stand with the offers."""

    offers: list[Offer]
    refusals: list[Refusal] = field(default_factory=list)
    citation: Citation | None = None

    @property
    def first(self) -> Offer:
        return self.offers[0]

    @property
    def is_one(self) -> bool:
        return len(self.offers) == 1

    @property
    def is_due(self) -> bool:
        return any(offer.is_due for offer in self.offers)

    @property
    def due_at(self) -> datetime.datetime | None:
        return min((offer.due_at for offer in self.offers if offer.due_at), default=None)


@dataclass(frozen=True)
class Offers:
    """`open`: may be done now, what is due first. `blocked`: something is missing. `elsewhere`: in another stage."""

    open: list[Offer]
    blocked: list[Offer]
    elsewhere: list[Offer]

    @functools.cached_property
    def lines(self) -> list[Line]:
        """What may be done now, what is alike on one line."""
        return [Line(offers) for offers in _alike(self.open)]

    @functools.cached_property
    def closed(self) -> list[Line]:
        """What may not, with why: the reasons once, where they are the same for every row; and the article that the
        thing itself rests on, where no reason names one."""
        return [_closed(offers) for offers in _alike(self.blocked)]

    @functools.cached_property
    def later(self) -> list[Line]:
        """What waits for another stage: which, from when, and by which article it is done then."""
        return [_closed(offers) for offers in _alike(self.elsewhere)]

    def of(self, *apps: str) -> "Offers":
        """Those of some kinds only, by the first word of their codes, where a page is about them alone."""
        kept = [
            [o for o in part if o.action.code.partition(".")[0] in apps]
            for part in (self.open, self.blocked, self.elsewhere)
        ]
        return Offers(*kept)


def name_of(row: Any) -> str:
    """What a row is called on a page. A seat in a committee has no name: who sits there may be secret."""
    if isinstance(row, CommitteeMember):
        return seat_of(row)
    return str(getattr(row, "title", "") or row)


def actions_on(model: type[Any], *, role: str) -> list[Action]:
    """The Actions that a role may do on such rows, in the order in which they were declared."""
    return [action for action in ACTIONS.values() if action.on is model and role in action.by]


def offers(subjects: Iterable[Any], *, post: Post, now: datetime.datetime, due: Iterable[Task] = ()) -> Offers:
    """Every Action of this post's role that is about these rows. `due` are the post's open tasks: theirs come first."""
    wanted = {(task.action, task.subject): task for task in due}
    found = Offers(open=[], blocked=[], elsewhere=[])
    for subject in subjects:
        actions = actions_on(type(subject), role=post.role)
        if not actions or not STANDINGS[type(subject)](subject, post):
            continue
        shown = blind.masked(subject, post)
        called = name_of(shown) if shown is not subject else ""
        for action in actions:
            if not is_about(action, subject, by=post, now=now):
                continue
            if action.at and subject.stage_at(now) not in action.at:
                waits = [one for one in [_waits(action, subject, now)] if one]
                found.elsewhere.append(Offer(action, subject, waits, called=called))
                continue
            refusals = [
                one for one in can(action, subject, by=post, now=now) if (action.code, one.code) not in MADE_THERE
            ]
            task = wanted.get((action.code, subject.ref))
            due_at = task.due_at if task else None
            offer = Offer(action, subject, refusals, due_at=due_at, is_due=task is not None, called=called)
            (found.blocked if refusals else found.open).append(offer)
    # What goes on even in a suspended case (an enquiry) is beside the course of things and stands after it.
    found.open.sort(key=lambda o: (not o.is_due, o.is_dangerous, not o.leads, o.action.despite_block, o.due_at or FAR))
    return found


def _waits(action: Action, subject: Any, now: datetime.datetime) -> Refusal | None:
    return stage_refusal(action, subject, now=now)


def _alike(offers: Iterable[Offer]) -> list[list[Offer]]:
    """The same Action on several rows of a kind, in the order of the first."""
    found: dict[str, list[Offer]] = {}
    for offer in offers:
        found.setdefault(offer.action.code, []).append(offer)
    return list(found.values())


def _closed(offers: list[Offer]) -> Line:
    first, *others = offers
    same = all([r.text for r in one.refusals] == [r.text for r in first.refusals] for one in others)
    shared = first.refusals if same else []
    told = any(refusal.citation for offer in offers for refusal in offer.refusals)
    return Line(offers, shared, None if told else ground_of(first))


def ground_of(offer: Offer) -> Citation | None:
    """The first article behind an Action, the method's own, as the law stood on the day whose law the row follows."""
    root = offer.subject.root
    on, procedure = getattr(root, "law_as_of", None), getattr(root, "procedure", "")
    keys = offer.action.cites
    for key in procedures.binding(keys, procedure=procedure) if procedure else keys:
        value = law.find(key, on=on) if on else law.history(key)[-1] if law.history(key) else None
        if value is not None:
            return value.citation
    return None
