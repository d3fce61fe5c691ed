"""What does every page know without being told?"""

import functools
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yangcai.kernel import clock
from yangcai.www import nav, preferences, sandbox


def page(request: HttpRequest) -> dict[str, Any]:
    """The active Post, the time, the menu, the reader's preferences, and the bar of the sandbox."""
    post = getattr(request, "post", None)  # set by the middleware; error pages come without it
    return {
        "post": post,
        "now": functools.cache(clock.now),  # called by the template that needs it, once
        "nav": nav.menu(role=post.role if post else None, path=request.path),
        "footer": nav.footer(),
        "sandbox": sandbox.bar() if settings.YANGCAI_SANDBOX else None,
        **preferences.chosen(request),
    }
