"""Who holds the posts that a message is for, and what does each of them want?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from yangcai.kernel.reading import remembered
from yangcai.notifications.kinds.base import Kind, Whom
from yangcai.notifications.models import OUTSIDE, Channel, Choice, Wishes
from yangcai.parties.models import Person, Post
from yangcai.parties.queries import valid_on


@dataclass(frozen=True)
class Reader:
    """Somebody who is told, in which capacity, and by which channels besides the centre."""

    person: Person
    role: str
    organisation_id: int | None
    outside: tuple[tuple[str, str], ...] = ()


def readers(kind: Kind, whom: Iterable[Whom], *, without: int | None, now: datetime.datetime) -> list[Reader]:
    """Everybody whom this concerns and who wants it, each once; `without` is who did it. Two questions to the
    database, however many are told; the first of them once for all that one Action opens to the same people."""
    people: dict[int, Post] = {}
    for post in _posts(tuple(whom), today=timezone.localdate(now)):
        people.setdefault(post.person_id, post)
    people.pop(without or 0, None)
    if not people:
        return []
    said = {
        (choice.person_id, choice.channel): choice.is_on
        for choice in Choice.objects.filter(person_id__in=list(people), kind=kind.code)
    }
    found = []
    for pk, at in sorted(people.items()):
        person = at.person
        if not kind.is_for_everybody and not said.get((pk, Channel.CENTRE), Channel.CENTRE in kind.by):
            continue
        outside = tuple(
            (str(channel), address)
            for channel in OUTSIDE
            if (address := address_of(person, channel)) and said.get((pk, channel), channel in kind.by)
        )
        found.append(Reader(person, at.role, at.organisation_id, outside))
    return found


@remembered
def _posts(whom: tuple[Whom, ...], *, today: datetime.date) -> tuple[Post, ...]:
    """The posts, valid on that day, of those who are told, each with its person and what that wants."""
    condition = Q(pk__in=())
    for one in whom:
        if one.person_id is not None:
            condition |= Q(person_id=one.person_id, **({"role__in": one.roles} if one.roles else {}))
        elif one.organisation_id is not None:
            condition |= Q(organisation_id=one.organisation_id, role__in=one.roles)
        else:
            condition |= Q(role__in=one.roles)
    posts = Post.objects.filter(valid_on(today), condition, person__is_active=True).select_related("person__wishes")
    return tuple(posts.order_by("person_id", "pk")) if whom else ()


def wishes_of(person: Person) -> Wishes:
    """What a person wants; as the platform has it where nothing was said."""
    return getattr(person, "wishes", None) or Wishes(person=person)


def address_of(person: Person, channel: str) -> str:
    """Where a person is reached by a channel; empty where not."""
    wishes = wishes_of(person)
    if channel == Channel.EMAIL:
        return "" if wishes.unconfirmed == person.email else person.email
    return {Channel.SMS: wishes.mobile, Channel.IM: wishes.im_account}.get(Channel(channel), "")
