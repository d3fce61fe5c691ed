"""How does a story begin, move with the clock, and end?"""

import csv
import datetime
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yangcai.cases.models import Case, Period
from yangcai.demo import acting
from yangcai.demo.acting import Told
from yangcai.demo.models import Story
from yangcai.demo.scene import Deed, Scene
from yangcai.demo.stories import PLOTS
from yangcai.funds.budget_file import COLUMNS
from yangcai.funds.models import Appropriation
from yangcai.kernel import calendar, clock, documents, tasks
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Task
from yangcai.notifications import outbox
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role


@dataclass
class Happened:
    """What happened while the clock moved: deadlines that fired, and what counterparties did."""

    fired: list[Task] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def budget_file(*, buyer: Organisation, code: str, title: str, amount: object, day: datetime.date) -> bytes:
    """One budget line in the form that a bureau imports."""
    values = {
        "buyer": buyer.name,
        "uscc": buyer.uscc or "",
        "fiscal_year": day.year,
        "code": code,
        "name": title,
        "source": "一般公共预算",
        "amount": amount,
        "approved_on": day.isoformat(),
    }
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([column.titles[0] for column in COLUMNS])
    table.writerow([values.get(column.key, "") for column in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def begin(name: str, *, now: datetime.datetime, post: Post | None = None) -> Story:
    """A new purchase of its own: its budget line is imported by the bureau. `post`: as whom the visitor acts; None:
    everybody acts by himself."""
    plot = PLOTS[name].plot
    treasury = Post.objects.filter(role=Role.TREASURY).select_related("organisation").order_by("pk")[:1].get()
    buyer = post.organisation if post and post.role in (Role.BUYER_OFFICER, Role.BUYER_REVIEWER) else None
    buyer = buyer or Organisation.objects.filter(kind=OrganisationKind.BUYER).order_by("pk")[:1].get()
    day = timezone.localdate(now)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=treasury.organisation_id)  # two visitors, two numbers
        code = f"{name}-{Appropriation.objects.count() + 1:03d}"
        data = budget_file(buyer=buyer, code=code, title=plot.title, amount=plot.budget, day=day)
        paper = documents.store_bytes(data=data, name="budget.csv", person_id=treasury.person_id, now=now)
        perform(ACTIONS["budget.import"], treasury.organisation, by=treasury, now=now, file=paper)
        line = Appropriation.objects.get(buyer=buyer, fiscal_year=day.year, code=code)
        return Story.objects.create(name=name, appropriation=line, post=post, started_at=now)


def case_of(story: Story) -> Case | None:
    return Case.objects.filter(plan_item__appropriation=story.appropriation_id).order_by("pk").last()


def is_over(story: Story) -> bool:
    """Whether its case has ended: failed, or closed after the last payment."""
    case = case_of(story)
    if case is None:
        return False
    contracts = list(case.contracts.all())
    return case.ended_at is not None or (bool(contracts) and all(one.closed_at for one in contracts))


def running() -> list[Story]:
    return [story for story in Story.objects.select_related("post").order_by("pk") if not is_over(story)]


def forward(*, to: datetime.datetime, now: datetime.datetime) -> Happened:
    """Move the sandbox clock from `now` to `to`, stopping at every deadline and whenever a story goes on, so that
    things happen in order.

    Raises ClockError backwards, HorizonError beyond the days whose holidays are known (no deadline can be told there).
    """
    happened = Happened()
    if to < now:
        raise clock.ClockError("the sandbox clock moves only forward")
    if to >= calendar.horizon():
        raise calendar.HorizonError(to.year)
    stories = [_Running(story) for story in running()]
    for story in stories:
        happened.told += story.act(now=now)
    _move(stories, happened, to=to, now=now)
    return happened


class _Running:
    """A story while the clock moves: when it goes on by itself, and what else would make it go on. `until`: the Action
    after which it does not."""

    def __init__(self, story: Story, *, until: str = ""):
        self.story, self.until, self.is_there = story, until, False
        self.at: datetime.datetime | None = None
        self.roots: frozenset[str] = frozenset()

    def act(self, *, now: datetime.datetime) -> list[Told]:
        told, later = acting.to_rest(self.story, now=now, until=self.until)
        if self.until in {one.action for one in told}:
            self.is_there, self.at, self.roots = True, None, frozenset()
            return told
        self.at = _moment(self.story, later, now=now) if self.story.is_automatic else None
        self.roots = frozenset(Scene(self.story, acting.plot_of(self.story), now=now).roots)
        return told

    def is_touched(self, fired: list[Task], *, now: datetime.datetime) -> bool:
        return (self.at is not None and self.at <= now) or any(task.root in self.roots for task in fired)


def _move(stories: list[_Running], happened: Happened, *, to: datetime.datetime, now: datetime.datetime) -> None:
    """From one stop to the next until `to`; then what was to be sent is sent."""
    while (at := _next_stop(stories, now)) is not None and at < to:
        now = _stand(at, stories, happened)
    _stand(to, stories, happened)
    outbox.deliver(now=to)


def _stand(at: datetime.datetime, stories: list[_Running], happened: Happened) -> datetime.datetime:
    clock.set_sandbox(at=at)
    fired = tasks.fire_due(now=at)
    happened.fired += fired
    for story in stories:
        if story.is_touched(fired, now=at):
            happened.told += story.act(now=at)
    return at


def _next_stop(stories: list[_Running], now: datetime.datetime) -> datetime.datetime | None:
    stops = [tasks.next_due_at(after=now), *(story.at for story in stories)]
    return min((stop for stop in stops if stop is not None and stop > now), default=None)


def next_moment(story: Story, *, now: datetime.datetime) -> datetime.datetime | None:
    """The next moment at which something can change in a story: somebody acts, or a period opens or closes."""
    return _moment(story, acting.next_deed(story, now=now), now=now)


def _moment(story: Story, deed: Deed | None, *, now: datetime.datetime) -> datetime.datetime | None:
    moments = [deed.at if deed else None]
    case = case_of(story)
    if case is not None and case.ended_at is None:
        for period in Period.objects.filter(Q(opens_at__gt=now) | Q(closes_at__gt=now), case=case):
            moments += [at for at in (period.opens_at, period.closes_at) if at is not None and at > now]
    return min((at for at in moments if at is not None and at < calendar.horizon()), default=None)


def play(story: Story, *, told: Callable[[Told], object], now: datetime.datetime, until: str = "") -> bool:
    """Live through a story from where it stands, the clock from one moment to the next, until it is over or has just
    done the Action `until`; False where it stands still before that. What other stories do meanwhile is told, too."""
    mine = _Running(story, until=until)
    for step in mine.act(now=now):
        told(step)
    if is_over(story) or mine.is_there:
        return True
    stories = [mine if one.pk == story.pk else _Running(one) for one in running()]
    for one in stories:
        for step in one.act(now=now):
            told(step)
    while not (is_over(story) or mine.is_there):
        at = mine.at if story.is_automatic else next_moment(story, now=now)
        if at is None:
            return False
        happened = Happened()
        _move(stories, happened, to=at, now=now)
        for step in happened.told:
            told(step)
        now = at
    return True
