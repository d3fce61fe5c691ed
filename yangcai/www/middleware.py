"""Through which post does this request act, and at what time?"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yangcai.kernel import clock
from yangcai.parties.models import Post
from yangcai.parties.queries import posts_of

SESSION_KEY = "post"


class PostMiddleware:
    """Sets request.now (the platform's time) and request.post (checked against that time on every request)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        request.post = self.post_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def post_of(self, request: HttpRequest) -> Post | None:
        """The post chosen in this session if it is still valid, else the person's only one."""
        if not request.user.is_authenticated:
            return None
        valid = {post.pk: post for post in posts_of(request.user, now=request.now)}  # type: ignore[attr-defined]
        chosen = valid.get(request.session.get(SESSION_KEY))
        return chosen if chosen is not None or len(valid) != 1 else next(iter(valid.values()))
