"""How does one move the clock and change the role in a demo? Only where YANGCAI_SANDBOX is on."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yangcai.kernel import clock, tasks
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import in_chinese
from yangcai.law import clock as law_clock
from yangcai.parties.models import Post
from yangcai.www import formats

STEPS = {"hour": datetime.timedelta(hours=1), "day": datetime.timedelta(days=1)}
#: How many posts the bar offers; a demo district has fewer.
POSTS_SHOWN = 60


@dataclass(frozen=True)
class Bar:
    """What the sandbox bar shows."""

    now: datetime.datetime
    milestone: str = ""
    milestone_at: datetime.datetime | None = None
    posts: list[Post] = field(default_factory=list)


def bar() -> Bar:
    """The simulated time, the next deadline that falls due, and the posts to choose from."""
    now = clock.now()
    due_at = tasks.next_due_at(after=now)
    posts = Post.objects.select_related("person", "organisation").order_by("role", "organisation__name", "pk")
    return Bar(
        now=now,
        milestone=_deadline_name(due_at) if due_at else "",
        milestone_at=due_at,
        posts=[post for post in posts[:POSTS_SHOWN] if post.is_valid_at(now)],
    )


def _deadline_name(due_at: datetime.datetime) -> str:
    task = Task.objects.filter(done_at__isnull=True, fired_at__isnull=True, due_at=due_at).order_by("pk").first()
    if task is None or not task.clock:
        return ""
    found = law_clock(task.clock)
    return str(found.zh if in_chinese() else found.en)


def forward(*, to: datetime.datetime) -> list[Task]:
    """Move the sandbox clock to `to`, stopping at every deadline on the way so that things fall due in order."""
    fired: list[Task] = []
    now = clock.now()
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


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """forward=hour, day, or milestone (the next deadline of any case)."""
    _only_in_sandbox()
    now, step = clock.now(), request.POST.get("forward", "")
    to: Any = now + STEPS[step] if step in STEPS else tasks.next_due_at(after=now) if step == "milestone" else None
    if to is not None:
        fired = forward(to=to)
        params = {"at": formats.moment(to), "n": len(fired)}
        messages.info(request, _("现在是 %(at)s，到期处理 %(n)d 件。") % params)
    return _back(request)


@require_POST
def switch_post(request: HttpRequest) -> HttpResponse:
    """Go on as the person of another post, without a password."""
    _only_in_sandbox()
    post = get_object_or_404(Post.objects.select_related("person"), pk=request.POST.get("post"))
    login(request, post.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session["post"] = post.pk
    return HttpResponseRedirect("/")
