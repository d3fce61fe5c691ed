"""Where am I signed in, since when, and how do I end a session that is not mine?"""

from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.kernel.inputs import number_of
from yangcai.www.access import ACCOUNT, page

#: Word in what a browser calls itself -> its name; the first that is found.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """A session as a person recognises it."""

    row: UserSession
    is_current: bool

    @property
    def name(self) -> str:
        """Browser and system, as far as the browser tells; never the whole of what it sent."""
        agent = self.row.user_agent
        browser = next((name for word, name in BROWSERS if word in agent), "")
        system = next((name for word, name in SYSTEMS if word in agent), "")
        return _("，").join(part for part in (browser, system) if part) or str(_("未知设备"))


def note(request: HttpRequest) -> None:
    """Write down the session in which somebody has just signed in other than by the login form."""
    UserSession.objects.create_from_request(request)


def renamed(old: str | None, request: HttpRequest) -> None:
    """The session goes on under another key."""
    if old and request.session.session_key != old:
        UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def end_others(sender: object, request: HttpRequest, user: object, **_signal: object) -> None:
    """Whoever changes the password is left with this session alone."""
    for row in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        row.end()


def number_of_current(request: HttpRequest) -> int:
    """The row of this session; 0 where it was never written down."""
    key = request.session.session_key
    return UserSession.objects.filter(session_key=key).values_list("pk", flat=True).first() or 0 if key else 0


def is_alive(number: int, *, person: int) -> bool:
    """Whether this person's session of that number was neither ended nor ran out, by the machine's clock."""
    row = UserSession.objects.filter(pk=number, user_id=person).first()
    living = Session.objects.filter(expire_date__gt=timezone.now())
    return row is not None and living.filter(session_key=row.session_key).exists()


def devices(request: HttpRequest) -> list[Device]:
    """Those that are alive, this one first, then the newest. By the machine's clock: so do sessions end."""
    rows = UserSession.objects.filter(user=request.user).order_by("-created_at")
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    current = request.session.session_key
    found = [Device(row, row.session_key == current) for row in rows if row.session_key in alive]
    return sorted(found, key=lambda device: not device.is_current)


@page(by=ACCOUNT, methods=("GET", "POST"))
def listing(request: HttpRequest) -> HttpResponse:
    """GET: the list. POST: end one (`session`), or all others."""
    if request.method != "POST":
        return render(request, "account/sessions.html", {"devices": devices(request)})
    own = UserSession.objects.filter(user=request.user)
    wanted = request.POST.get("session", "")
    if not wanted:
        end_others(None, request, request.user)
        messages.success(request, _("其他登录都已结束。"))
        return HttpResponseRedirect(reverse("account_sessions"))
    row = get_object_or_404(own, pk=number_of(wanted))
    if row.session_key == request.session.session_key:
        row.delete()
        logout(request)
        return HttpResponseRedirect(reverse("account_login"))
    row.end()
    messages.success(request, _("该登录已结束。"))
    return HttpResponseRedirect(reverse("account_sessions"))
