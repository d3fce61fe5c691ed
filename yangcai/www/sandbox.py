"""How does one move the clock and change the role in a demo? Only where YANGCAI_SANDBOX is on."""

import csv
import datetime
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db.models import Case, F, TextField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yangcai.cases.models import Period, Stage
from yangcai.funds.budget_file import COLUMNS
from yangcai.funds.models import Appropriation
from yangcai.kernel import calendar, clock, tasks
from yangcai.kernel.inputs import number_of
from yangcai.kernel.models import Task
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.www import formats, signed_papers
from yangcai.www.access import PUBLIC, page
from yangcai.www.middleware import SESSION_KEY
from yangcai.www.work.clocks import title_of
from yangcai.www.work.judging import SEAT

STEPS = {"hour": datetime.timedelta(hours=1), "day": datetime.timedelta(days=1)}
#: How many posts the bar offers; a demo district has fewer.
POSTS_SHOWN = 60
#: How many milestones the demo page offers, and how much of what happened a message tells.
MILESTONES_SHOWN = 8
TOLD = 5
#: No milestone lies further off: one click must not carry the demo to the day when records may be destroyed.
HORIZON = datetime.timedelta(days=366)
#: What the sample budget asks for.
SAMPLE_TITLES = ("实训中心设备购置项目", "卫生信息系统运维项目")
SAMPLE_LINES = len(SAMPLE_TITLES)
SAMPLE_AMOUNT = "4800000.00"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Milestone:
    """A moment at which something opens, closes or falls due."""

    at: datetime.datetime
    label: str
    title: str


@dataclass(frozen=True)
class Bar:
    """What the sandbox bar shows."""

    now: datetime.datetime
    milestone: Milestone | None = None
    posts: list[Post] = field(default_factory=list)


def bar(*, now: datetime.datetime) -> Bar:
    """The simulated time, the next milestone, and the posts to choose from."""
    return Bar(now=now, milestone=next(iter(milestones(now=now, limit=1)), None), posts=posts(now=now))


def posts(*, now: datetime.datetime) -> list[Post]:
    """The posts of the demo that are valid now, by role."""
    found = Post.objects.select_related("person", "organisation").exclude(person__username="clock")
    order = [str(role) for role in Role]
    valid = [post for post in found.order_by("organisation__name", "pk")[:POSTS_SHOWN] if post.is_valid_at(now)]
    return sorted(valid, key=lambda post: order.index(post.role))


def waiting(found: list[Post]) -> list[Post]:
    """The posts, each with `tasks`: how many lines its worklist has, on which what is to be done alike for several
    seats of one committee is one. Nobody else in the demo tells which experts were drawn."""
    open_tasks = Task.objects.filter(done_at__isnull=True).exclude(role="")
    line = Case(When(subject__startswith=f"{SEAT}:", then=Value("")), default=F("subject"), output_field=TextField())
    lines = open_tasks.annotate(line=line).values(
        "role", "person_id", "organisation_id", "action", "root", "due_at", "line"
    )
    counts = Counter(tuple(one.values())[:3] for one in lines.distinct())
    for post in found:
        post.tasks = sum(  # type: ignore[attr-defined]
            n
            for (role, person, organisation), n in counts.items()
            if role == post.role
            and (person == post.person_id or (person is None and organisation in {None, post.organisation_id}))
        )
    return found


def milestones(*, now: datetime.datetime, limit: int) -> list[Milestone]:
    """What comes next: periods that open or close, and deadlines that fall due, in order; of what comes in the same
    moment, the first."""
    open_tasks = Task.objects.filter(done_at__isnull=True, fired_at__isnull=True)
    known = calendar.horizon()  # a clock that stands beyond it has nothing before it, and cannot be added to
    until = min(known, now + HORIZON) if now < known else known
    due = open_tasks.filter(due_at__gt=now, due_at__lt=until).order_by("due_at", "pk").distinct("due_at")
    found = [Milestone(task.due_at, title_of(task), task.title) for task in due[:limit] if task.due_at]
    live = Period.objects.filter(case__ended_at__isnull=True).select_related("case")
    opening = live.filter(opens_at__gt=now, opens_at__lt=known).order_by("opens_at", "pk").distinct("opens_at")
    for period in opening[:limit]:
        found.append(Milestone(period.opens_at, _("%(stage)s开始") % _stage(period), period.case.title))
    closing = live.filter(closes_at__gt=now, closes_at__lt=known).order_by("closes_at", "pk").distinct("closes_at")
    for period in closing[:limit]:
        if period.closes_at:
            found.append(Milestone(period.closes_at, _("%(stage)s截止") % _stage(period), period.case.title))
    # Periods come last in the list and win: a stage that opens or closes says more of a moment than a deadline in it.
    moments = {milestone.at: milestone for milestone in found}
    return sorted(moments.values(), key=lambda milestone: milestone.at)[:limit]


def _stage(period: Period) -> dict[str, str]:
    return {"stage": str(Stage(period.stage).label)}


def forward(*, to: datetime.datetime) -> list[Task]:
    """Move the sandbox clock to `to`, stopping at every deadline on the way so that things fall due in order.

    Raises ClockError backwards, HorizonError beyond the days whose holidays are known (no deadline can be told there).
    """
    fired: list[Task] = []
    now = clock.now()
    if to < now:
        raise clock.ClockError("the sandbox clock moves only forward")
    if to >= calendar.horizon():
        raise calendar.HorizonError(to.year)
    while (due_at := tasks.next_due_at(after=now)) is not None and due_at <= to:
        clock.set_sandbox(at=due_at)
        fired += tasks.fire_due(now=due_at)
        now = due_at
    clock.set_sandbox(at=to)
    return fired + tasks.fire_due(now=to)


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(target if safe else "/")


def _only_in_sandbox() -> None:
    if not settings.YANGCAI_SANDBOX:
        raise Http404


@page(by=PUBLIC)
def demo(request: HttpRequest) -> HttpResponse:
    """The entrance of the demo: whom to be, and where on the time line to go."""
    _only_in_sandbox()
    now = clock.now()
    roles = dict(Role.choices)
    shown = waiting(posts(now=now))
    grouped = [(str(roles[Role(role)]), list(found)) for role, found in groupby(shown, lambda p: p.role)]
    context = {"roles": grouped, "milestones": milestones(now=now, limit=MILESTONES_SHOWN), "now": now}
    return render(request, "work/demo.html", context)


@page(by=PUBLIC, methods=("POST",))
def move_clock(request: HttpRequest) -> HttpResponse:
    """forward=hour, day, milestone (whatever comes next on any case), or a moment in ISO 8601."""
    _only_in_sandbox()
    try:
        to = _target(request.POST.get("forward", ""), now=clock.now())
        if to is None:
            return _back(request)
        fired = forward(to=to)
    except (calendar.HorizonError, OverflowError):  # the calendar of Python ends too
        last = formats.day(calendar.horizon() - calendar.ONE_DAY)
        messages.error(request, _("已载入的节假日安排只到 %(last)s，模拟时间不能越过。") % {"last": last})
        return _back(request)
    except clock.ClockError:
        messages.error(request, _("模拟时间只能向前。"))
        return _back(request)
    told = [f"{title_of(task)}（{task.title}）" for task in fired[:TOLD]]
    params = {"at": formats.moment(to), "n": len(fired)}
    said = _("现在是 %(at)s，到期处理 %(n)d 件。") % params
    messages.info(request, said + " " + _("；").join(told) if told else said)
    return _back(request)


@page(by=PUBLIC, methods=("POST",))
def issue_papers(request: HttpRequest) -> HttpResponse:
    """Do now what `yangcai work` would do: issue the signed papers that wait under a root."""
    _only_in_sandbox()
    root = request.POST.get("root", "")
    if re.fullmatch(r"case:[0-9]{1,18}", root):
        signed_papers.at_once(root=root, now=clock.now())
    return _back(request)


def _target(word: str, *, now: datetime.datetime) -> datetime.datetime | None:
    if word in STEPS:
        return now + STEPS[word]
    if word == "milestone":
        following = milestones(now=now, limit=1)
        return following[0].at if following else None
    try:
        at = datetime.datetime.fromisoformat(word)
    except ValueError:
        return None
    return at if at.tzinfo else timezone.make_aware(at)  # as a date field of a browser writes it


@page(by=PUBLIC)
def sample_budget(request: HttpRequest) -> HttpResponse:
    """A budget file to begin with: one line for each buyer of the demo, under codes that are still free."""
    _only_in_sandbox()
    now = clock.now()
    first = Appropriation.objects.count() + 1
    buyers = Organisation.objects.filter(kind=OrganisationKind.BUYER).order_by("pk")[:SAMPLE_LINES]
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([column.titles[0] for column in COLUMNS])
    day = timezone.localdate(now)
    for number, (buyer, title) in enumerate(zip(buyers, SAMPLE_TITLES, strict=False), start=first):
        values = {
            "buyer": buyer.name,
            "uscc": buyer.uscc,
            "fiscal_year": day.year,
            "code": f"{day.year}-{number:03d}",
            "name": title,
            "source": "一般公共预算",
            "amount": SAMPLE_AMOUNT,
            "approved_on": formats.day(day),
        }
        table.writerow([values.get(column.key, "") for column in COLUMNS])
    # The mark at the beginning tells a spreadsheet program that this is UTF-8.
    return HttpResponse(
        "\ufeff" + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="budget.csv"'},
    )


@page(by=PUBLIC, methods=("POST",))
def switch_post(request: HttpRequest) -> HttpResponse:
    """Go on as the person of another post, without a password."""
    _only_in_sandbox()
    wanted = number_of(request.POST.get("post", ""))
    post = get_object_or_404(Post.objects.select_related("person"), pk=wanted)
    login(request, post.person, backend=BACKEND)
    request.session[SESSION_KEY] = post.pk
    return HttpResponseRedirect(reverse("work"))
