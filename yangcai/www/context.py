"""What does every page know without being told?"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yangcai.kernel import clock
from yangcai.www import guided, nav, preferences, sandbox
from yangcai.www.work import messages


def page(request: HttpRequest) -> dict[str, Any]:
    """The active Post, the time, the menu, the reader's preferences, and the bar of the sandbox."""
    # Both set by the middleware; a page that answers for an error before it comes without them.
    post, now = getattr(request, "post", None), getattr(request, "now", None) or clock.now()
    return {
        "post": post,
        "now": now,
        "nav": nav.menu(role=post.role if post else None, path=request.path),
        "unread": messages.unread(request) if post is not None else 0,
        "footer": nav.footer(is_in=post is not None),
        "sandbox": sandbox.bar(now=now, story=guided.of(request)) if settings.YANGCAI_SANDBOX else None,
        **preferences.chosen(request),
    }
