"""What do the tests of the pages share? People at their posts, a clock that stands, and a case on its way."""

import datetime
from typing import Any

from django.test import Client

from tests.tendering.walk import Tender
from yangcai.parties.models import Post


class Clock:
    """The pages' time: what `kernel.clock.now` answers in the tests."""

    def __init__(self, at: datetime.datetime):
        self.at = at

    def __call__(self) -> datetime.datetime:
        return self.at


def at_desk(post: Post) -> Client:
    """A browser in which this post is signed in."""
    client = Client()
    client.force_login(post.person)
    session = client.session
    session["post"] = post.pk
    session.save()
    return client


def text_of(answer: Any) -> str:
    """The body of a page, whatever its status."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode("utf-8", "replace"))


def follow(tender: Tender, clock: Clock) -> None:
    """Let the pages' clock stand where the tender stands."""
    clock.at = tender.now
