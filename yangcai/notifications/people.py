"""Who holds the posts that a message is for, and what does each of them want?"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Asked:
    """Who is to be told something of a kind; `without` is who did it."""

    kind: Kind
    whom: tuple[Whom, ...]
    without: int | None = None


def readers(asked: Sequence[Asked], *, now: datetime.datetime) -> list[list[Reader]]:
    """For each that is to be told: everybody whom it concerns and who wants it, each once. Two questions to the
    database, however many are told and of however much."""
    whom = tuple(dict.fromkeys(one for each in asked for one in each.whom))
    posts = _posts(whom, today=timezone.localdate(now))
    people: list[dict[int, Post]] = []
    for each in asked:
        held: dict[int, Post] = {}
        for post in sorted((post for one in each.whom for post in posts[one]), key=lambda post: post.pk):
            held.setdefault(post.person_id, post)
        held.pop(each.without or 0, None)
        people.append(held)
    everybody, kinds = {pk for held in people for pk in held}, {each.kind.code for each in asked}
    if not everybody:
        return [[] for _ in asked]
    chosen = Choice.objects.filter(person_id__in=everybody, kind__in=kinds)
    said = {(choice.kind, choice.person_id, choice.channel): choice.is_on for choice in chosen}
    return [_wanting(each.kind, held, said) for each, held in zip(asked, people, strict=True)]


def _wanting(kind: Kind, people: dict[int, Post], said: dict[tuple[str, int, str], bool]) -> list[Reader]:
    """Of these people those who want such a message, each with the channels by which."""
    found = []
    for pk, at in sorted(people.items()):
        person = at.person
        wants_it = said.get((kind.code, pk, Channel.CENTRE), Channel.CENTRE in kind.by)
        if not kind.is_for_everybody and not wants_it:
            continue
        outside = tuple(
            (str(channel), address)
            for channel in OUTSIDE
            if (address := address_of(person, channel)) and said.get((kind.code, pk, channel), channel in kind.by)
        )
        found.append(Reader(person, at.role, at.organisation_id, outside))
    return found


@remembered
def _posts(whom: tuple[Whom, ...], *, today: datetime.date) -> dict[Whom, list[Post]]:
    """The posts, valid on that day, of each of those who are told, with their people and what these want."""
    persons, units = defaultdict[Any, set[int]](set), defaultdict[Any, set[int]](set)
    condition = Q(pk__in=())
    for one in whom:
        if one.person_id is not None:
            persons[one.roles].add(one.person_id)
        elif one.organisation_id is not None:
            units[one.roles].add(one.organisation_id)
        else:
            condition |= Q(role__in=one.roles)
    for roles, keys in persons.items():
        condition |= Q(person_id__in=keys, **({"role__in": roles} if roles else {}))
    for roles, keys in units.items():
        condition |= Q(organisation_id__in=keys, role__in=roles)
    posts = Post.objects.filter(valid_on(today), condition, person__is_active=True).select_related("person__wishes")
    by_person, by_unit = defaultdict[Any, list[Post]](list), defaultdict[Any, list[Post]](list)
    found = list(posts) if whom else []
    for post in found:
        by_person[post.person_id].append(post)
        by_unit[post.organisation_id].append(post)
    return {one: [post for post in _among(one, found, by_person, by_unit) if _is_at(post, one)] for one in whom}


def _among(
    whom: Whom, found: list[Post], by_person: dict[Any, list[Post]], by_unit: dict[Any, list[Post]]
) -> list[Post]:
    if whom.person_id is not None:
        return by_person[whom.person_id]
    return found if whom.organisation_id is None else by_unit[whom.organisation_id]


def _is_at(post: Post, whom: Whom) -> bool:
    """Whether the post is one of those: of a person any, where no role is named."""
    return post.role in whom.roles or (whom.person_id is not None and not whom.roles)


def wishes_of(person: Person) -> Wishes:
    """What a person wants; as the platform has it where nothing was said."""
    return getattr(person, "wishes", None) or Wishes(person=person)


def address_of(person: Person, channel: str) -> str:
    """Where a person is reached by a channel; empty where not."""
    wishes = wishes_of(person)
    if channel == Channel.EMAIL:
        return "" if wishes.unconfirmed == person.email else person.email
    return {Channel.SMS: wishes.mobile, Channel.IM: wishes.im_account}.get(Channel(channel), "")
