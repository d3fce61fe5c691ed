"""Which cases may a post see, and which are its own?"""

import datetime
import functools
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yangcai import procedures
from yangcai.cases.models import Award, Candidate, Case, Lot, Period, Suspension
from yangcai.kernel.actions import scope, standing
from yangcai.kernel.models import Entry
from yangcai.law.model import CHINA, Book
from yangcai.law.preview import Change
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role

#: Roles that oversee every case of the area.
OVERSEERS = frozenset({Role.TREASURY, Role.TREASURY_PAYER, Role.AUDITOR, Role.PLATFORM})

#: functions(case, post) -> bool by which later apps give standing (committee members)
ALSO_STANDING: list[Callable[[Case, Post], bool]] = []


#: functions(case) -> bool by which later apps say that suppliers were called before the case itself was published
ALSO_ANNOUNCED: list[Callable[[Case], bool]] = []


#: functions(post) -> the cases that later apps let a post read before they are published
ALSO_READ: list[Callable[[Post], Q]] = []


def is_announced(case: Case) -> bool:
    """Whether anybody was called to the purchase: from then on it is not given up in silence (87号令 art. 29)."""
    return case.published_at is not None or any(also(case) for also in ALSO_ANNOUNCED)


def visible(post: Post | None, now: datetime.datetime) -> Q:
    """Published cases are public; before publication only the buyer, its agent, the overseers and whoever is called
    in already (ALSO_READ) see one."""
    published = Q(published_at__isnull=False, published_at__lte=now)
    if post is None:
        return published
    if post.role in OVERSEERS:
        return Q()
    if post.role in BUYER:
        return published | Q(buyer_id=post.organisation_id)
    if post.role == Role.AGENT:
        return published | Q(agent_id=post.organisation_id)
    return functools.reduce(operator.or_, (also(post) for also in ALSO_READ), published)


def run_by(post: Post, prefix: str) -> Q:
    """Rows of cases that this post's organisation buys for or runs; every row for overseers."""
    if post.role in OVERSEERS:
        return Q(pk__isnull=False)  # an empty Q would vanish beside another condition
    if post.role in BUYER:
        return Q(**{f"{prefix}buyer_id": post.organisation_id})
    if post.role == Role.AGENT:
        return Q(**{f"{prefix}agent_id": post.organisation_id})
    return Q(pk__in=[])


def runs_or_oversees(case: Case, post: Post | None) -> bool:
    """Whether the post is of the buyer, of its agent, or of those who oversee."""
    if post is None:
        return False
    if post.role in OVERSEERS:
        return True
    if post.role in BUYER:
        return case.buyer_id == post.organisation_id
    return post.role == Role.AGENT and case.agent_id == post.organisation_id


@scope(Case)
def visible_to(post: Post | None, now: datetime.datetime) -> QuerySet[Case]:
    return Case.objects.filter(visible(post, now)).select_related("buyer", "agent", "plan_item__appropriation")


def own_cases(post: Post, now: datetime.datetime) -> QuerySet[Case]:
    """The cases a post works on, newest first (its list beside the worklist)."""
    cases = visible_to(post, now)
    if post.role in BUYER:
        return cases.filter(buyer_id=post.organisation_id).order_by("-opened_at")
    if post.role == Role.AGENT:
        return cases.filter(agent_id=post.organisation_id).order_by("-opened_at")
    if post.role in OVERSEERS:
        return cases.order_by("-opened_at")
    touched = (
        Entry.objects.filter(organisation_id=post.organisation_id, outcome="done", root__startswith="case:")
        .values_list("root", flat=True)
        .distinct()
    )
    return cases.filter(pk__in=[root.partition(":")[2] for root in touched]).order_by("-opened_at")


@standing(Case)
def concerns_case(case: Case, post: Post) -> bool:
    """Buyer's own, agent's own; suppliers stand in every published case; overseers in all."""
    if runs_or_oversees(case, post):
        return True
    if post.role == Role.SUPPLIER:
        return case.published_at is not None
    return any(also(case, post) for also in ALSO_STANDING)


@scope(Lot)
def visible_lots(post: Post | None, now: datetime.datetime) -> QuerySet[Lot]:
    return Lot.objects.filter(case__in=visible_to(post, now)).select_related("case")


@standing(Lot)
def concerns_lot(lot: Lot, post: Post) -> bool:
    return concerns_case(lot.case, post)


@scope(Award)
def visible_awards(post: Post | None, now: datetime.datetime) -> QuerySet[Award]:
    """An award is public once announced; before that it is the buyer's side's own."""
    awards = Award.objects.select_related("lot__case", "supplier")
    if post is None:
        return awards.filter(announced_at__lte=now)
    if post.role in OVERSEERS:
        return awards
    own = Q()
    if post.role in BUYER:
        own = Q(lot__case__buyer_id=post.organisation_id)
    elif post.role == Role.AGENT:
        own = Q(lot__case__agent_id=post.organisation_id)
    return awards.filter(Q(announced_at__lte=now) | own) if own else awards.filter(announced_at__lte=now)


@standing(Award)
def concerns_award(award: Award, post: Post) -> bool:
    if post.role == Role.SUPPLIER:
        return award.supplier_id == post.organisation_id
    return concerns_case(award.lot.case, post)


@scope(Suspension)
def visible_suspensions(post: Post | None, now: datetime.datetime) -> QuerySet[Suspension]:
    return Suspension.objects.filter(case__in=visible_to(post, now)).select_related("case")


@standing(Suspension)
def concerns_suspension(suspension: Suspension, post: Post) -> bool:
    return concerns_case(suspension.case, post)


def candidates(lot: Lot) -> QuerySet[Candidate]:
    """The candidates that count, in order: a re-evaluation puts others in their place (87号令 art. 64)."""
    found = Candidate.objects.filter(lot=lot, superseded_at__isnull=True)
    return found.select_related("supplier").order_by("rank")


def periods(case: Case) -> QuerySet[Period]:
    return Period.objects.filter(case=case).select_related("lot").order_by("opens_at", "pk")


def timeline(case: Case) -> QuerySet[Entry]:
    """Every Entry of the case and of the plan and intention it came from, oldest first."""
    roots = [case.ref, case.plan_item.ref]
    if case.plan_item.intention_id:
        roots.append(f"intention:{case.plan_item.intention_id}")
    return Entry.objects.filter(root__in=roots, outcome="done").select_related("payload").order_by("seq")


# --- what a change of law does to running cases --------------------------------------------------------------------


@dataclass(frozen=True)
class Touched:
    """A case that has not ended, and a change of law that concerns its method and its place.

    A published case keeps the law of its publication day (DESIGN §5): it is touched only when the change lies before
    that day. One that is not published yet follows the new law when it is published from `change.since` on.
    """

    case: Case
    change: Change

    @property
    def is_running(self) -> bool:
        return self.case.law_as_of is not None


def open_cases() -> QuerySet[Case]:
    """What has not ended, whoever may see it: for commands of the operator."""
    return Case.objects.filter(ended_at__isnull=True)


def touched_by(changes: Iterable[Change], *, before: Book, after: Book) -> Iterator[Touched]:
    """Which open cases would a change of law reach? A rule that only other methods name reaches none."""
    found = list(changes)
    named = {procedure.code: set(procedure.rule_keys()) for procedure in procedures.PROCEDURES.values()}
    bound = set().union(*named.values())
    for case in open_cases().select_related("buyer").order_by("pk"):
        for change in found:
            key = change.rule.key
            if key in bound and key not in named.get(case.procedure, set()):
                continue
            if change.jurisdiction != CHINA and not case.jurisdiction.startswith(change.jurisdiction):
                continue
            on = case.law_as_of or change.since
            old = before.at(key, on=on, jurisdiction=case.jurisdiction) if key in before.rules else None
            if old != after.at(key, on=on, jurisdiction=case.jurisdiction):
                yield Touched(case=case, change=change)
