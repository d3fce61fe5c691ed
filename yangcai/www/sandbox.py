"""How does one move the clock and change the role in a demo? Only where YANGCAI_SANDBOX is on."""

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yangcai.cases.models import Period, Stage
from yangcai.demo import acting, anew, living
from yangcai.demo.models import Story
from yangcai.demo.scene import Scene
from yangcai.kernel import calendar, clock
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.inputs import number_of
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import in_chinese
from yangcai.kernel.wording import Say, in_words
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.www import formats, guided, samples, sessions, signed_papers, story_line, wording
from yangcai.www.access import PUBLIC, page
from yangcai.www.middleware import SESSION_KEY
from yangcai.www.work import worklist
from yangcai.www.work.clocks import moment_of

STEPS = {"hour": datetime.timedelta(hours=1), "day": datetime.timedelta(days=1)}
#: How many posts the bar offers; a demo district has fewer.
POSTS_SHOWN = 200
#: How much of what happened a message tells.
TOLD = 5
#: So many milestones at most are passed by one click: no story has more between two steps of one visitor.
MOST_STOPS = 40
#: No milestone lies further off: one click must not carry the demo to the day when records may be destroyed.
HORIZON = datetime.timedelta(days=366)
#: So far ahead of a day its deadlines reach: the intention, the tender and what is owed after it.
REACH = datetime.timedelta(days=122)
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
    story: guided.Shown | None = None
    provisional: int | None = None


def bar(*, now: datetime.datetime, story: Story | None = None) -> Bar:
    """The simulated time, the next milestone (of the visitor's story, once one is begun), the posts to choose from, and
    what there is to try."""
    milestone = next(iter(milestones(now=now, limit=1, story=story)), None)
    shown = guided.shown(story, now=now)
    return Bar(now=now, milestone=milestone, posts=posts(now=now), story=shown, provisional=provisional_year(now=now))


def provisional_year(*, now: datetime.datetime) -> int | None:
    """The year whose holidays are not announced yet, once deadlines of these days reach into it; else None."""
    known = calendar.announced_until()
    return known.astimezone(calendar.SHANGHAI).year if now >= known - REACH and calendar.horizon() > known else None


def posts(*, now: datetime.datetime) -> list[Post]:
    """The posts of the demo that are valid now, by role."""
    found = Post.objects.select_related("person", "organisation").exclude(person__username="clock")
    order = [str(role) for role in Role]
    valid = [post for post in found.order_by("organisation__name", "pk")[:POSTS_SHOWN] if post.is_valid_at(now)]
    return sorted(valid, key=lambda post: order.index(post.role))


def waiting(found: list[Post], *, now: datetime.datetime) -> list[Post]:
    """The posts, each with `tasks`: how many lines its worklist has. Nobody else in the demo tells which experts were
    drawn."""
    open_tasks = Task.objects.filter(done_at__isnull=True).exclude(role="")
    has = set(open_tasks.values_list("role", "person_id", "organisation_id").distinct())
    for post in found:
        is_meant = any(
            role == post.role and (person or post.person_id) == post.person_id
            for role, person, organisation in has
            if person or organisation in {None, post.organisation_id}
        )
        post.tasks = worklist.count(post, now=now) if is_meant else 0  # type: ignore[attr-defined]
    return found


def milestones(*, now: datetime.datetime, limit: int, story: Story | None = None) -> list[Milestone]:
    """What comes next, on any case or in one story: periods that open or close, deadlines that fall due, and what
    somebody in the story means to do, in order; of what comes in the same moment, the first. Each in the words of its
    own case, whatever the page beneath the bar speaks of."""
    open_tasks = Task.objects.filter(done_at__isnull=True, fired_at__isnull=True)
    live = Period.objects.filter(case__ended_at__isnull=True).select_related("case")
    deed = None
    if story is not None:
        scene = Scene(story, acting.plot_of(story), now=now)
        open_tasks = open_tasks.filter(root__in=scene.roots)
        live = live.filter(case=scene.case)
        deed = acting.next_deed(story, now=now)
    known = calendar.horizon()  # a clock that stands beyond it has nothing before it, and cannot be added to
    until = min(known, now + HORIZON) if now < known else known
    due = open_tasks.filter(due_at__gt=now, due_at__lt=until).order_by("due_at", "pk").distinct("due_at")
    tasks = [task for task in due[:limit] if task.due_at]
    said = wording.of_roots(task.root for task in tasks)
    found = [_of_task(task, said=said.get(task.root)) for task in tasks]
    if deed is not None and deed.at is not None and deed.at < until:
        with in_words(wording.of(deed.subject)):
            found.append(Milestone(deed.at, ACTIONS[deed.action].title, str(deed.subject.root)))
    opening = live.filter(opens_at__gt=now, opens_at__lt=known).order_by("opens_at", "pk").distinct("opens_at")
    for period in opening[:limit]:
        found.append(Milestone(period.opens_at, _of_stage(_("%(stage)s开始"), period), period.case.title))
    closing = live.filter(closes_at__gt=now, closes_at__lt=known).order_by("closes_at", "pk").distinct("closes_at")
    for period in closing[:limit]:
        if period.closes_at:
            found.append(Milestone(period.closes_at, _of_stage(_("%(stage)s截止"), period), period.case.title))
    # Periods come last in the list and win: a stage that opens or closes says more of a moment than a deadline in it.
    moments = {milestone.at: milestone for milestone in found}
    return sorted(moments.values(), key=lambda milestone: milestone.at)[:limit]


def _of_task(task: Task, *, said: Say | None) -> Milestone:
    assert task.due_at is not None
    with in_words(said):
        return Milestone(task.due_at, moment_of(task), task.title)


def _of_stage(said: str, period: Period) -> str:
    with in_words(wording.of(period.case)):
        return formats.titled(said % {"stage": str(Stage(period.stage).label)})


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(target if safe else "/")


def _only_in_sandbox() -> None:
    if not settings.YANGCAI_SANDBOX:
        raise Http404


@page(by=PUBLIC)
def demo(request: HttpRequest) -> HttpResponse:
    """The entrance of the demo: which story, whom to be, and where on the time line to go."""
    _only_in_sandbox()
    now, story, why = clock.now(), guided.of(request), anew.obstacle(settings.YANGCAI_HOME)
    roles = dict(Role.choices)
    grouped = [
        (str(roles[Role(role)]), list(found))
        for role, found in groupby(waiting(posts(now=now), now=now), lambda p: p.role)
    ]
    context = {
        "roles": grouped,
        "stories": guided.offered(now=now),
        "line": story_line.points(
            Scene(story, acting.plot_of(story), now=now) if story else None,
            milestones(now=now, limit=story_line.POINTS, story=story),
            now=now,
        ),
        "progress": guided.progress(),
        "year_waits": why is None and guided.year_waits(),
        "cannot_reset": said_of(why),
        "samples_offered": samples.offered(),
        "now": now,
    }
    return render(request, "work/demo.html", context)


def said_of(why: anew.CannotReset | None) -> str:
    """In the reader's language."""
    return "" if why is None else why.zh if in_chinese() else why.en


@page(by=PUBLIC, methods=("POST",))
def reset(request: HttpRequest) -> HttpResponse:
    """The district as on its first morning; all visitors begin anew, and nobody is signed in any longer."""
    _only_in_sandbox()
    if not request.POST.get("sure"):
        messages.error(request, _("请先确认现在的演示记录不再保留。"))
        return HttpResponseRedirect(reverse("demo") + "#reset")
    try:
        anew.begin(settings.YANGCAI_HOME)
    except anew.CannotReset as why:
        messages.error(request, said_of(why))
        return HttpResponseRedirect(reverse("demo"))
    request.session = SessionStore()  # what this one was is gone with its row
    messages.success(request, _("演示区已恢复到第一天早上。"))
    return HttpResponseRedirect(reverse("demo"))


@page(by=PUBLIC, methods=("POST",))
def begin_story(request: HttpRequest) -> HttpResponse:
    """Begin a story: a purchase of the visitor's own, as the person with whom it begins."""
    _only_in_sandbox()
    name = request.POST.get("story", "")
    if name not in guided.NAMES:
        raise Http404
    now = clock.now()
    post = guided.beginner(name)
    if post is None:
        messages.error(request, _("演示数据还没有装入。"))
        return HttpResponseRedirect(reverse("demo"))
    if (needs := guided.missing(name, now=now)) is not None:
        messages.error(request, needs)
        return HttpResponseRedirect(reverse("demo"))
    _become(request, post)
    story = living.begin(name, now=now, post=post)
    request.session[guided.SESSION_KEY] = story.pk
    guided.say(request, acting.advance(story, now=now))
    return HttpResponseRedirect(reverse("demo"))


@page(by=PUBLIC, methods=("POST",))
def change_story(request: HttpRequest) -> HttpResponse:
    """Whether the others act by themselves in the visitor's story, or leave it."""
    _only_in_sandbox()
    story, word = guided.of(request), request.POST.get("others", "")
    if story is None:
        raise Http404
    if word == "leave":
        del request.session[guided.SESSION_KEY]
    elif word in guided.SWITCH:
        story.is_automatic = guided.SWITCH[word]
        story.save(update_fields=["is_automatic"])
        guided.say(request, acting.advance(story, now=clock.now()))
        guided.issue(request)
    return _back(request)


@page(by=PUBLIC, methods=("POST",))
def move_clock(request: HttpRequest) -> HttpResponse:
    """forward=hour, day, milestone (whatever comes next in the visitor's story, else on any case), turn (until there is
    something for the visitor to do in it), or a moment in ISO 8601."""
    _only_in_sandbox()
    try:
        now, story, word = clock.now(), guided.of(request), request.POST.get("forward", "")
        if word == "turn" and story is not None:
            to, happened = _to_turn(story, now=now)
        elif (target := _target(word, now=now, story=story)) is not None:
            to, happened = target, living.forward(to=target, now=now)
        else:
            return _back(request)
    except (calendar.HorizonError, OverflowError):  # the calendar of Python ends too
        last = formats.day(calendar.horizon() - calendar.ONE_DAY)
        messages.error(request, _("已载入的节假日安排只到 %(last)s，模拟时间不能越过。") % {"last": last})
        return _back(request)
    except clock.ClockError:
        messages.error(request, _("模拟时间只能向前。"))
        return _back(request)
    messages.info(request, _passed(happened.fired, to=to))
    guided.say(request, happened.told)
    guided.issue(request)  # the year has hundreds that wait: one click must not issue them all
    mine = guided.shown(story, now=to) if word == "turn" else None
    if mine is not None and mine.turn:
        return HttpResponseRedirect(mine.turn_url)
    return _back(request)


@page(by=PUBLIC, methods=("POST",))
def issue_papers(request: HttpRequest) -> HttpResponse:
    """Do now what `yangcai work` would do: issue the signed papers that wait under a root."""
    _only_in_sandbox()
    root = request.POST.get("root", "")
    if re.fullmatch(r"case:[0-9]{1,18}", root):
        signed_papers.at_once(roots={root}, now=clock.now())
    return _back(request)


def _passed(fired: list[Task], *, to: datetime.datetime) -> str:
    """Where the clock stands, and what fell due on the way: what fell due of several alike is told once."""
    if not fired:
        return _("现在是 %(at)s。") % {"at": formats.moment(to)}
    words, alike = wording.of_roots(task.root for task in fired), Counter[tuple[str, str]]()
    for task in fired:
        with in_words(words.get(task.root)):
            alike[task.title, moment_of(task)] += 1
    shown = [
        _("%(what)s（%(who)s）") % {"what": f"{what} × {n}" if n > 1 else what, "who": about}
        for (about, what), n in list(alike.items())[:TOLD]
    ]
    if len(alike) > TOLD:
        shown.append(_("其余从略"))
    said = _("现在是 %(at)s，到期处理 %(n)d 件。") % {"at": formats.moment(to), "n": len(fired)}
    return said + " " + _("；").join(shown)


def _to_turn(story: Story, *, now: datetime.datetime) -> tuple[datetime.datetime, living.Happened]:
    """From one milestone of the story to the next, until the visitor has something to do or it is over."""
    happened = living.Happened()
    for _stop in range(MOST_STOPS):
        following = milestones(now=now, limit=1, story=story)
        if not following or guided.waits_for_visitor(story, now=now):
            break
        now, before = following[0].at, now
        step = living.forward(to=now, now=before)
        happened.fired += step.fired
        happened.told += step.told
    return now, happened


def _target(word: str, *, now: datetime.datetime, story: Story | None) -> datetime.datetime | None:
    if word in STEPS:
        return now + STEPS[word]
    if word == "milestone":
        following = milestones(now=now, limit=1, story=story)
        return following[0].at if following else None
    try:
        at = datetime.datetime.fromisoformat(word)
    except ValueError:
        return None
    return at if at.tzinfo else timezone.make_aware(at)  # as a date field of a browser writes it


@page(by=PUBLIC, methods=("POST",))
def switch_post(request: HttpRequest) -> HttpResponse:
    """Go on as the person of another post, without a password."""
    _only_in_sandbox()
    wanted = number_of(request.POST.get("post", ""))
    post = get_object_or_404(Post.objects.select_related("person"), pk=wanted)
    _become(request, post)
    story = guided.of(request)
    if story is not None:
        story.post = post
        story.save(update_fields=["post"])
    return HttpResponseRedirect(reverse("work"))


def _become(request: HttpRequest, post: Post) -> None:
    story = request.session.get(guided.SESSION_KEY)  # signing in as another person empties the session
    login(request, post.person, backend=BACKEND)
    request.session[SESSION_KEY] = post.pk
    if story is not None:
        request.session[guided.SESSION_KEY] = story
    sessions.note(request)
