"""What happened that concerns me? The message centre: kept, read or unread, each with the way to where it is done."""

import datetime
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.inputs import number_of
from yangcai.kernel.wording import in_words
from yangcai.notifications import queries
from yangcai.notifications.kinds.base import KINDS, Kind, for_roles
from yangcai.notifications.models import Message
from yangcai.parties.models import Post
from yangcai.www import wording
from yangcai.www.access import page
from yangcai.www.paging import CappedPaginator
from yangcai.www.work import places

PER_PAGE = 20


@dataclass(frozen=True)
class Line:
    """A message as it is read: in the reader's language, and in the words of the method by which its case is bought."""

    message: Message
    kind: Kind
    title: str
    text: str


def unread(request: HttpRequest) -> int:
    """How many of the reader's messages are not read; for the head of every page."""
    return queries.unread(request.user)  # type: ignore[arg-type]


@page()
def centre(request: HttpRequest) -> HttpResponse:
    """All messages, or the unread ones, or one kind of them; newest first."""
    only = request.GET.get("show") == "unread"
    rows = queries.messages_of(request.user, unread=only)  # type: ignore[arg-type]
    chosen = request.GET.get("kind", "")
    if chosen in KINDS:
        rows = rows.filter(kind=chosen)
    shown = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    waiting = unread(request)
    address = reverse("work_messages")
    tabs = [
        {"label": _("全部"), "url": address, "current": not only},
        {"label": _("未读"), "url": f"{address}?show=unread", "current": only, "count": waiting or ""},
    ]
    return render(
        request,
        "work/messages.html",
        {
            "page": shown,
            "lines": lines_of(list(shown.object_list)),
            "tabs": tabs,
            "kinds": [(kind.code, kind.name, kind.code == chosen) for kind in for_roles([request.post.role])],  # type: ignore[attr-defined]
            "only": only,
            "waiting": waiting,
            "now": request.now,  # type: ignore[attr-defined]
        },
    )


def lines_of(messages: list[Message]) -> list[Line]:
    """Without those of a kind that this version of the platform does not know any more."""
    said, found = wording.of_roots(message.root for message in messages), []
    for message in messages:
        kind = KINDS.get(message.kind)
        if kind is not None:
            with in_words(said.get(message.root)):
                found.append(Line(message, kind, kind.title_of(message.facts), kind.text_of(message.facts)))
    return found


def _own(request: HttpRequest, pk: int) -> Message:
    """The reader's own; anybody else's is not there."""
    return get_object_or_404(queries.messages_of(request.user), pk=pk)  # type: ignore[arg-type]


@page()
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message, where the link of an e-mail leads. To look at it writes nothing: to go on does."""
    found = lines_of([_own(request, pk)])
    if not found:
        raise Http404
    (line,) = found
    return render(request, "work/message.html", {"line": line})


@page(methods=("POST",))
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that it was read, and go to where it is done: at the post at which it is seen."""
    found = _own(request, pk)
    now = request.now  # type: ignore[attr-defined]
    queries.mark_read(queries.messages_of(request.user).filter(pk=found.pk), now=now)  # type: ignore[arg-type]
    return HttpResponseRedirect(place_of(found, post=request.post, now=now))  # type: ignore[attr-defined]


def place_of(message: Message, *, post: Post, now: datetime.datetime) -> str:
    """The task's own page, else the page of the case; where this post may see neither, the choice of another post."""
    root = places.row_of_ref(message.root, post=post, now=now)
    is_mine = message.organisation_id is None or message.organisation_id == post.organisation_id
    if root is None or (message.role and message.role != post.role) or not is_mine:
        return f"{reverse('choose_post')}?next={reverse('work_message', args=[message.pk])}"
    if message.action in ACTIONS:
        return places.place_of_task(message.action, message.subject)
    return places.page_of(root)


@page(methods=("POST",))
def read(request: HttpRequest) -> HttpResponse:
    """Mark one message (`message`), or all, as read."""
    rows = queries.messages_of(request.user, unread=True)  # type: ignore[arg-type]
    wanted = request.POST.get("message", "")
    if wanted:
        rows = rows.filter(pk=number_of(wanted))
    queries.mark_read(rows, now=request.now)  # type: ignore[attr-defined]
    back = reverse("work_messages")
    return HttpResponseRedirect(f"{back}?show=unread" if request.POST.get("show") == "unread" else back)
